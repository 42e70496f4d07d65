//! What answers and ratings must be, reckoned anew from the keys as they were pressed: in small steps, not by
//! formulas, and by nothing of the program's.

use super::MS;
use super::keys::Stroke;

const LEFT: [&str; 2] = ["ArrowLeft", "Digit1"];
const RIGHT: [&str; 2] = ["ArrowRight", "Digit2"];
const CONFIRM: [&str; 3] = ["Enter", "ArrowDown", "Digit3"];

/// The defaults of docs/protocol-reference.md.
const STEP: f64 = 0.02;
const DELAY: i64 = 300 * MS;
const SPEED: f64 = 0.15;
const ACCELERATION: f64 = 0.4;
const TOP_SPEED: f64 = 0.6;

/// The first press of left or right from the onset to the close: its meaning and instant.
pub fn answer(strokes: &[Stroke], onset: i64, close: i64) -> Option<(&'static str, i64)> {
    strokes.iter().filter(|s| s.down && (onset..close).contains(&s.at())).find_map(|s| {
        if LEFT.contains(&s.code) {
            Some(("left", s.at()))
        } else {
            RIGHT.contains(&s.code).then_some(("right", s.at()))
        }
    })
}

/// How many presses of left or right there were from the onset to the close.
pub fn answers(strokes: &[Stroke], onset: i64, close: i64) -> usize {
    let counts = |s: &&Stroke| LEFT.contains(&s.code) || RIGHT.contains(&s.code);
    strokes.iter().filter(|s| s.down && (onset..close).contains(&s.at())).filter(counts).count()
}

/// Where the marker of a scale without a confirming key is, each millisecond from the onset to the close.
pub fn course(strokes: &[Stroke], onset: i64, close: i64, start: f64) -> Vec<f64> {
    let mut r = Rated { position: start, first_move: None, confirmed: None, leverage: 0.0 };
    let mut held: Option<(&str, f64, i64)> = None;
    let mut pending = strokes.iter().filter(|s| (onset..close).contains(&s.at())).peekable();
    let mut course = Vec::new();
    let mut now = onset;
    while now < close {
        course.push(r.position);
        let until = now + MS;
        while let Some(s) = pending.next_if(|s| s.at() < until) {
            glide(&mut r, held, now, s.at());
            now = s.at();
            let left = LEFT.contains(&s.code);
            if !left && !RIGHT.contains(&s.code) {
                continue;
            }
            let direction = if left { -1.0 } else { 1.0 };
            if s.down {
                r.position = (r.position + direction * STEP).clamp(0.0, 1.0);
                held = Some((s.code, direction, now));
            } else if held.is_some_and(|(code, ..)| code == s.code) {
                held = None;
            }
        }
        glide(&mut r, held, now, until);
        now = until;
    }
    course
}

/// A rating.
#[derive(Clone, Copy, Debug)]
pub struct Rated {
    /// From 0 (left) to 1 (right).
    pub position: f64,
    pub first_move: Option<i64>,
    pub confirmed: Option<i64>,
    /// How fast the marker was in all when a glide ended: what a wrong stamp can do to the position, in scales
    /// per second.
    pub leverage: f64,
}

/// What a scale that starts at `start` stands at when it closes.
pub fn rating(strokes: &[Stroke], onset: i64, close: i64, start: f64) -> Rated {
    let mut r = Rated { position: start, first_move: None, confirmed: None, leverage: 0.0 };
    let mut held: Option<(&str, f64, i64)> = None;
    let mut now = onset;
    for s in strokes.iter().filter(|s| (onset..close).contains(&s.at())) {
        glide(&mut r, held, now, s.at());
        now = s.at();
        let direction = match s.code {
            code if LEFT.contains(&code) => -1.0,
            code if RIGHT.contains(&code) => 1.0,
            code if s.down && CONFIRM.contains(&code) => {
                r.confirmed = Some(now);
                return r;
            }
            _ => continue,
        };
        if s.down {
            let stepped = (r.position + direction * STEP).clamp(0.0, 1.0);
            if stepped != r.position {
                r.first_move.get_or_insert(now);
            }
            r.position = stepped;
            held = Some((s.code, direction, now));
        } else if held.is_some_and(|(code, ..)| code == s.code) {
            held = None;
        }
    }
    glide(&mut r, held, now, close);
    r
}

/// Moves the marker from one instant to another, 50 us at a time.
fn glide(r: &mut Rated, held: Option<(&str, f64, i64)>, from: i64, to: i64) {
    let Some((_, direction, since)) = held else { return };
    const TICK: i64 = 50_000;
    let speed = |t: i64| match t - since - DELAY {
        ..0 => 0.0,
        held_for => (SPEED + ACCELERATION * held_for as f64 / 1e9).min(TOP_SPEED),
    };
    let mut t = from;
    while t < to {
        let step = TICK.min(to - t);
        r.position += direction * speed(t + step / 2) * step as f64 / 1e9;
        t += step;
    }
    r.position = r.position.clamp(0.0, 1.0);
    // Just short of the delay, a little more would have been a glide.
    r.leverage += speed(to + 20 * MS);
}
