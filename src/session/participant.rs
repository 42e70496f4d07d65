//! A simulated participant: sees what appears and presses keys as the protocol says people do. Its chance comes
//! from the plan's seed and the person's label; it holds the same keys as a real one and is never asked the time.

use crate::ground::event::{Event, KeyEvent};
use crate::ground::hash::stream;
use crate::ground::scene::Motion;
use crate::ground::time::Nanos;
use crate::input::mapping::Mapping;
use crate::plan::randomise::unit;
use crate::plan::schema::{Length, Phase, Scale, Who};
use crate::protocol::schema::{SimRating, SimResponse, Simulate};
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
    response: SimResponse,
    who: Who,
    chance: ChaCha8Rng,
    keys: VecDeque<(Nanos, String, bool)>,
}

impl Participant {
    /// The participant of a run.
    pub fn new(simulate: &Simulate, who: &Who) -> Participant {
        let run = format!("{}-{}", who.visit, who.run);
        Participant {
            rating: simulate.rating.clone(),
            response: simulate.response.clone(),
            who: who.clone(),
            chance: stream(who.seed, &["participant", &who.sub, &run]),
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
                if let Some(code) = window.keys.iter().find_map(|m| code(m)) {
                    self.press(onset + PAGE, TAP, code);
                }
            } else {
                self.answer(phase, onset, &code);
            }
        }
        self.keys.make_contiguous().sort_by_key(|(t, ..)| *t);
    }

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
        if misses && phase.length != Length::UntilResponse {
            return;
        }
        let level = model.by.as_ref().and_then(|by| phase.variables.get(by));
        let accuracy = level.and_then(|l| model.accuracy.get(l)).copied().unwrap_or(model.default);
        let right = unit(&mut self.chance) < accuracy;
        let wrong = window.keys.iter().find(|k| Some(*k) != window.correct.as_ref());
        let meaning = match &window.correct {
            Some(correct) if right => Some(correct),
            Some(_) => wrong,
            None => window.keys.first(),
        };
        let spread = model.rt_spread * normal(&mut self.chance);
        let rt = model.rt * spread.exp() + model.per_visit * f64::from(self.who.visit);
        if let Some(code) = meaning.and_then(|m| code(m)) {
            self.press(onset + Nanos::from_secs(rt), TAP, code);
        }
    }

    /// A rating: one held key to the wanted value, then the confirming key.
    fn rate(&mut self, phase: &Phase, scale: &Scale, onset: Nanos, keys: &Mapping) {
        let model = self.rating.clone();
        // Nobody misses what waits for them.
        let misses = unit(&mut self.chance) < model.miss;
        if misses && phase.length != Length::UntilResponse {
            return;
        }
        let wanted = self.wanted(&model, phase);
        let target = ((wanted - scale.left) / (scale.right - scale.left)).clamp(0.0, 1.0);
        let latency = model.latency * (0.25 * normal(&mut self.chance)).exp();
        let close = phase.length.nominal().map_or(Nanos::MAX, |l| onset + l);
        let start = onset + Nanos::from_secs(latency);
        let distance = (target - scale.start).abs();
        let mut done = start;
        if distance >= scale.step / 2.0 && start < close {
            let direction = if target > scale.start { 1.0 } else { -1.0 };
            let meaning = if direction > 0.0 { &scale.key_right } else { &scale.key_left };
            let hold = hold_for(scale, direction, target);
            if let Some(code) = keys.code_for(meaning) {
                self.press(start, hold, code.to_string());
            }
            done = start + hold;
        }
        let pause = Nanos::from_secs(0.3 + 0.4 * unit(&mut self.chance));
        let confirms = unit(&mut self.chance) < model.confirm || close == Nanos::MAX;
        if confirms && done + pause < close {
            // What waits for the person is ended by any key that it names; the one that confirms comes first.
            let ending = phase.response.iter().flat_map(|r| &r.keys);
            let meanings = scale.key_confirm.iter().chain(ending);
            for (i, code) in meanings.filter_map(|m| keys.code_for(m)).enumerate() {
                self.press(done + pause * (i as i64 + 1), TAP, code.to_string());
            }
        }
    }

    /// Mean of the condition + visit + deviations of person, person by condition, person by visit, and trial.
    fn wanted(&mut self, model: &SimRating, phase: &Phase) -> f64 {
        let level = model.by.as_ref().and_then(|by| phase.variables.get(by));
        let mean = level.and_then(|l| model.mean.get(l)).copied().unwrap_or(model.default);
        let level = level.map_or("", String::as_str);
        let sub = self.who.sub.as_str();
        let seed = self.who.seed;
        let of = |names: &[&str]| normal(&mut stream(seed, names));
        let visit = self.who.visit.to_string();
        mean + model.per_visit * f64::from(self.who.visit)
            + model.person_sd * of(&["person", sub])
            + model.condition_sd * of(&["person by condition", sub, level])
            + model.visit_sd * of(&["person by visit", sub, &visit])
            + model.trial_sd * normal(&mut self.chance)
    }
}

/// How long a key must be held for the marker to reach `target`, to the nanosecond where the scale allows.
fn hold_for(scale: &Scale, direction: f64, target: f64) -> Nanos {
    let motion = Motion {
        from: (scale.start + direction * scale.step).clamp(0.0, 1.0),
        since: Nanos::ZERO,
        direction,
        delay: scale.delay,
        speed: scale.speed,
        acceleration: scale.acceleration,
        top_speed: scale.top_speed,
    };
    let short_of = |t: i64| (target - motion.at(Nanos(t))) * direction > 0.0;
    if !short_of(0) {
        return TAP.min(scale.delay.max(Nanos::from_millis(1)));
    }
    let (mut low, mut high) = (0_i64, 60_000_000_000_i64);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if short_of(middle) { low = middle } else { high = middle }
    }
    Nanos(high)
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
    fn holding_a_key_for_the_reckoned_time_reaches_the_target() {
        let scale = Scale {
            name: "s".into(),
            left: 0.0,
            right: 1.0,
            start: 0.3,
            key_left: "left".into(),
            key_right: "right".into(),
            key_confirm: None,
            step: 0.01,
            delay: Nanos::from_millis(200),
            speed: 0.1,
            acceleration: 0.5,
            top_speed: 0.5,
            countdown: None,
            ..Scale::default()
        };
        for target in [0.05, 0.27, 0.33, 0.9] {
            let direction: f64 = if target > 0.3 { 1.0 } else { -1.0 };
            let hold = hold_for(&scale, direction, target);
            let motion = Motion {
                from: 0.3 + direction * 0.01,
                since: Nanos::ZERO,
                direction,
                delay: scale.delay,
                speed: scale.speed,
                acceleration: scale.acceleration,
                top_speed: scale.top_speed,
            };
            assert!((motion.at(hold) - target).abs() < 1e-6, "{target}");
        }
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let mut rng = stream(5, &["normal"]);
        let all: Vec<f64> = (0..20_000).map(|_| normal(&mut rng)).collect();
        let mean = all.iter().sum::<f64>() / 20_000.0;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05);
    }
}
