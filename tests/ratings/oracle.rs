//! What a rating should be, found out by going through it millisecond by millisecond, without a formula of the
//! program: a speed is added up, a key is held or not.

use reframe::plan::schema::Scale;

/// What a hand does at a whole millisecond.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// A key of this number goes down: to the left or to the right.
    Down(u8, bool),
    Up(u8),
    /// A mouse goes so far.
    By(f64),
}

/// Where the marker stood at each millisecond from 0 to `until`, right after what happened then; hands count from
/// `onset` (in milliseconds) on.
pub fn positions(scale: &Scale, deeds: &[(i64, Deed)], onset: f64, until: i64) -> Vec<f64> {
    let last = scale.points.map(|n| f64::from(n - 1));
    let (delay, repeat) = (scale.delay.millis(), scale.repeat.millis());
    let mut at = scale.start;
    // Keys that are down, with the instant from which they move the marker, and whether to the right.
    let mut held: Vec<(u8, bool)> = vec![];
    let (mut since, mut wait) = (0.0, 0.0);
    let mut aim: Option<f64> = None;
    let mut all = vec![];
    for ms in 0..=until {
        // What the last millisecond brought.
        if let Some((_, right)) = held.last() {
            let sign = if *right { 1.0 } else { -1.0 };
            if let Some(last) = last {
                let gone = ms as f64 - since - wait;
                if gone >= 0.0 && (gone / repeat).fract() == 0.0 {
                    at = ((at * last).round() + sign).clamp(0.0, last) / last;
                }
            } else {
                let middle = (ms as f64 - 0.5 - since - wait) / 1e3;
                if middle > 0.0 {
                    let cap = if scale.acceleration > 0.0 { scale.top_speed } else { scale.speed };
                    let speed = (scale.speed + scale.acceleration * middle).min(cap);
                    at = (at + sign * speed / 1e3).clamp(0.0, 1.0);
                }
            }
        }
        for (_, deed) in deeds.iter().filter(|(t, _)| *t == ms && ms as f64 >= onset) {
            match *deed {
                Deed::Down(key, right) => {
                    held.retain(|(k, _)| *k != key);
                    held.push((key, right));
                    let sign = if right { 1.0 } else { -1.0 };
                    at = match last {
                        Some(last) => ((at * last).round() + sign).clamp(0.0, last) / last,
                        None => (at + sign * scale.step).clamp(0.0, 1.0),
                    };
                    (since, wait, aim) = (ms as f64, delay, None);
                }
                Deed::Up(key) => {
                    let moved = held.last().is_some_and(|(k, _)| *k == key);
                    held.retain(|(k, _)| *k != key);
                    if moved {
                        (since, wait) = (ms as f64, if last.is_some() { repeat } else { 0.0 });
                    }
                }
                Deed::By(way) if held.is_empty() => {
                    let to = (aim.unwrap_or(at) + way).clamp(0.0, 1.0);
                    at = last.map_or(to, |last| (to * last).round() / last);
                    aim = last.map(|_| to);
                }
                Deed::By(_) => {}
            }
        }
        all.push(at);
    }
    all
}
