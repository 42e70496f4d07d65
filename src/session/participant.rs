//! A simulated participant: sees what appears and presses keys as the protocol says people do. Its chance comes
//! from the plan's seed and the person's label; it holds the same keys as a real one and is never asked the time.

mod rating;

use crate::ground::event::{Event, KeyEvent};
use crate::ground::hash::stream;
use crate::ground::time::Nanos;
use crate::input::mapping::Mapping;
use crate::plan::randomise::unit;
use crate::plan::schema::{Length, NO_PRESS, Phase, Who};
use crate::protocol::schema::{SimRating, SimResponse, Simulate};
use indexmap::IndexMap;
use rand_chacha::ChaCha8Rng;
use std::collections::VecDeque;

/// How long a simulated key stays down when it is only tapped.
const TAP: Nanos = Nanos::from_millis(80);
/// Time from onset to the key that turns a page.
const PAGE: Nanos = Nanos::from_millis(1_500);

/// A simulated participant.
#[derive(Clone, Debug)]
pub struct Participant {
    rating: SimRating,
    /// Ratings on single scales, by name.
    scales: IndexMap<String, SimRating>,
    response: SimResponse,
    who: Who,
    chance: ChaCha8Rng,
    /// Where the marker was left, 0 to 1: a rating may go on from there.
    standing: f64,
    keys: VecDeque<(Nanos, String, bool)>,
}

impl Participant {
    /// The participant of a run.
    pub fn new(simulate: &Simulate, who: &Who) -> Participant {
        let run = format!("{}-{}", who.visit, who.run);
        Participant {
            rating: simulate.rating.clone(),
            scales: simulate.scales.clone(),
            response: simulate.response.clone(),
            who: who.clone(),
            chance: stream(who.seed, &["participant", &who.sub, &run]),
            standing: 0.5,
            keys: VecDeque::new(),
        }
    }

    /// When the next key event comes.
    pub fn next_at(&self) -> Option<Nanos> {
        self.keys.front().map(|(t, ..)| *t)
    }

    /// The key event that is due at `now`, if any.
    pub fn take(&mut self, now: Nanos) -> Option<Event> {
        self.next_at().filter(|t| *t <= now)?;
        let (stamp, code, down) = self.keys.pop_front()?;
        Some(Event::Key(KeyEvent {
            stamp,
            code,
            down,
            repeat: false,
            device: "simulated participant".into(),
            source: "simulated".into(),
        }))
    }

    /// A phase appeared: decides what to press, and when.
    pub fn saw(&mut self, phase: &Phase, onset: Nanos, keys: &Mapping) {
        if let Some(scale) = &phase.scale {
            self.rate(phase, scale, onset, keys);
        } else if let Some(window) = &phase.response {
            let code = |meaning: &str| keys.code_for(meaning).map(str::to_string);
            if phase.length == Length::UntilResponse && window.correct.is_none() {
                // The first key that goes on; those that begin the practice anew are not among them.
                if let Some(code) = window.keys.iter().find_map(|m| code(m)) {
                    self.press(onset + PAGE, TAP, code);
                }
            } else {
                self.answer(phase, onset, &code);
            }
        }
        self.keys.make_contiguous().sort_by_key(|(t, ..)| *t);
    }

    /// Presses a key, and lets it go after `hold`.
    fn press(&mut self, at: Nanos, hold: Nanos, code: String) {
        self.keys.push_back((at, code.clone(), true));
        self.keys.push_back((at + hold, code, false));
    }

    /// A button answer: right with the accuracy of its condition, after a log-normal time.
    fn answer(&mut self, phase: &Phase, onset: Nanos, code: &dyn Fn(&str) -> Option<String>) {
        let model = self.response.clone();
        let Some(window) = &phase.response else { return };
        // Nobody misses what waits for them.
        let misses = unit(&mut self.chance) < model.miss;
        let waits = phase.length == Length::UntilResponse && phase.at_most.is_none();
        if misses && !waits {
            return;
        }
        if window.anticipation > Nanos::ZERO && unit(&mut self.chance) < model.anticipation {
            let rt = window.anticipation.secs() * unit(&mut self.chance);
            let any = (unit(&mut self.chance) * window.keys.len() as f64) as usize;
            if let Some(code) = window.keys.get(any).and_then(|m| code(m)) {
                self.press(onset + Nanos::from_secs(rt), TAP, code);
            }
            return;
        }
        let level = model.by.as_ref().and_then(|by| phase.variables.get(by));
        let accuracy = level.and_then(|l| model.accuracy.get(l)).copied().unwrap_or(model.default);
        let right = unit(&mut self.chance) < accuracy;
        let is_right =
            |key: &&String| window.answers.get(*key).or(Some(*key)) == window.correct.as_ref();
        let meaning = match &window.correct {
            Some(none) if none == NO_PRESS && right => return,
            Some(none) if none == NO_PRESS => window.keys.first(),
            Some(_) if right => window.keys.iter().find(is_right),
            Some(_) => window.keys.iter().find(|key| !is_right(key)),
            None => window.keys.first(),
        };
        let spread = model.rt_spread * normal(&mut self.chance);
        let rt = model.rt * spread.exp() + model.per_visit * f64::from(self.who.visit);
        if let Some(code) = meaning.and_then(|m| code(m)) {
            self.press(onset + Nanos::from_secs(rt), TAP, code);
        }
    }
}

/// A standard normal number (Box and Muller, 1958).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let u = 1.0 - unit(rng);
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * unit(rng)).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let mut rng = stream(5, &["normal"]);
        let all: Vec<f64> = (0..20_000).map(|_| normal(&mut rng)).collect();
        let mean = all.iter().sum::<f64>() / 20_000.0;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05);
    }
}
