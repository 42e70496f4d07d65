//! How a simulated participant rates: it wants a value, and moves the marker there as the scale allows.

use super::{Participant, TAP, normal};
use crate::ground::hash::stream;
use crate::ground::scene::Motion;
use crate::ground::time::Nanos;
use crate::input::mapping::Mapping;
use crate::plan::randomise::unit;
use crate::plan::schema::{Length, Phase, Scale};
use crate::protocol::schema::SimRating;

/// From one tap to the next.
const BETWEEN_TAPS: Nanos = Nanos::from_millis(180);
/// A way of more points than this is gone with a held key.
const FEW: i64 = 3;
/// What is held is let go so long before the end of a phase.
const BEFORE_CLOSE: Nanos = Nanos::from_millis(50);

/// Keys on the way to a value.
struct Way {
    /// Meaning, time since the first press, and how long it is held.
    presses: Vec<(String, Nanos, Nanos)>,
    /// Position (0 to 1) that is reached.
    reaches: f64,
}

impl Way {
    fn takes(&self) -> Nanos {
        self.presses.iter().map(|(_, at, hold)| *at + *hold).max().unwrap_or(Nanos::ZERO)
    }
}

impl Participant {
    /// A rating: the marker to the wanted value, then the key that confirms. One that goes on from the phase before
    /// begins where the marker was left.
    pub(super) fn rate(&mut self, phase: &Phase, scale: &Scale, onset: Nanos, keys: &Mapping) {
        let model = self.scales.get(&scale.name).unwrap_or(&self.rating).clone();
        let from = if scale.continues { self.standing } else { scale.start };
        self.standing = from;
        // Nobody misses what waits for them.
        let misses = unit(&mut self.chance) < model.miss;
        if misses && (phase.length != Length::UntilResponse || phase.at_most.is_some()) {
            return;
        }
        let wanted = self.wanted(&model, phase);
        let target = ((wanted - scale.left) / (scale.right - scale.left)).clamp(0.0, 1.0);
        let latency = model.latency * (0.25 * normal(&mut self.chance)).exp();
        let close = phase.length.nominal().map_or(Nanos::MAX, |l| onset + l);
        let start = onset + Nanos::from_secs(latency);
        let time = close.saturating_add(-start) - BEFORE_CLOSE;
        let way = match scale.points {
            Some(points) => on_points(scale, points, from, target, time, keys),
            None => on_line(scale, from, target, time),
        };
        let mut done = start;
        if start < close {
            for (meaning, at, hold) in &way.presses {
                if let Some(code) = keys.code_for(meaning) {
                    self.press(start + *at, *hold, code.to_string());
                }
            }
            self.standing = way.reaches;
            done = start + way.takes();
        }
        let pause = Nanos::from_secs(0.3 + 0.4 * unit(&mut self.chance));
        let confirms = unit(&mut self.chance) < model.confirm || close == Nanos::MAX;
        if confirms && done + pause < close {
            for (i, meaning) in last_keys(phase, scale, &way, keys).into_iter().enumerate() {
                let code = keys.code_for(meaning).expect("only keys of the room are chosen");
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

/// The key that confirms, where the marker was not fixed on the way; and one that ends the phase, where the person
/// ends it and none of the others does.
fn last_keys<'a>(phase: &'a Phase, scale: &'a Scale, way: &Way, keys: &Mapping) -> Vec<&'a String> {
    let known = |meaning: &&String| keys.code_for(meaning).is_some();
    let picked = way.presses.iter().any(|(m, ..)| scale.picks.contains_key(m));
    let confirm = scale.key_confirm.as_ref().filter(|_| !(picked && scale.pick_confirms));
    let mut last: Vec<&String> = confirm.into_iter().filter(known).collect();
    if phase.length == Length::UntilResponse
        && let Some(ending) = phase.response.as_ref().map(|r| &r.keys)
    {
        let ends = |meaning: &String| ending.contains(meaning);
        // What came on the way and ends the phase has ended it.
        if way.presses.iter().any(|(m, ..)| ends(m)) {
            return Vec::new();
        }
        if !last.iter().any(|m| ends(m)) {
            last.extend(ending.iter().find(known));
        }
    }
    last
}

/// One held key.
fn on_line(scale: &Scale, from: f64, target: f64, time: Nanos) -> Way {
    if (target - from).abs() < scale.step / 2.0 || time <= Nanos::ZERO {
        return Way { presses: Vec::new(), reaches: from };
    }
    let direction = if target > from { 1.0 } else { -1.0 };
    let motion = held(scale, from, direction);
    let hold = hold_for(&motion, target).min(time);
    let meaning = if direction > 0.0 { &scale.key_right } else { &scale.key_left };
    let presses = vec![(meaning.clone(), Nanos::ZERO, hold)];
    Way { presses, reaches: motion.at(hold) }
}

/// The key of the point where the room has one, else some taps, or a held key for a longer way.
fn on_points(
    scale: &Scale,
    points: u32,
    from: f64,
    target: f64,
    time: Nanos,
    keys: &Mapping,
) -> Way {
    let last = f64::from(points.saturating_sub(1).max(1));
    let [here, there] = [from, target].map(|at| (at * last).round() as i64);
    let hold = TAP.min(scale.delay.half()).max(Nanos::from_millis(1));
    let pick = scale.picks.iter().find(|(_, point)| i64::from(**point) == there);
    if let Some((meaning, _)) = pick.filter(|(m, _)| keys.code_for(m).is_some()) {
        let presses = vec![(meaning.clone(), Nanos::ZERO, hold)];
        return Way { presses, reaches: there as f64 / last };
    }
    let direction = (there - here).signum();
    let meaning = if direction > 0 { &scale.key_right } else { &scale.key_left };
    if meaning.is_empty() {
        return Way { presses: Vec::new(), reaches: from };
    }
    let far = (there - here).abs();
    let (presses, gone) = if far > FEW && scale.repeat > Nanos::ZERO {
        // Its own step, one after the delay, then one each time; let go between two of them.
        let most = (time - scale.delay).0.div_euclid(scale.repeat.0) + 1;
        let gone = far.min(most.max(0));
        let long = scale.delay + scale.repeat * (gone - 2) + scale.repeat.half();
        (vec![(meaning.clone(), Nanos::ZERO, long.max(hold)); usize::from(gone > 1)], gone)
    } else {
        let taps = (0..far).map(|i| (meaning.clone(), BETWEEN_TAPS * i, hold));
        let taps: Vec<_> = taps.filter(|(_, at, hold)| *at + *hold < time).collect();
        let gone = taps.len() as i64;
        (taps, gone)
    };
    let gone = if presses.is_empty() { 0 } else { gone };
    Way { presses, reaches: (here + direction * gone) as f64 / last }
}

fn held(scale: &Scale, from: f64, direction: f64) -> Motion {
    Motion {
        from: (from + direction * scale.step).clamp(0.0, 1.0),
        since: Nanos::ZERO,
        direction,
        delay: scale.delay,
        speed: scale.speed,
        acceleration: scale.acceleration,
        top_speed: scale.top_speed,
    }
}

/// How long a key must be held for the marker to reach `target`, to the nanosecond where the scale allows.
fn hold_for(motion: &Motion, target: f64) -> Nanos {
    let short_of = |t: i64| (target - motion.at(Nanos(t))) * motion.direction > 0.0;
    if !short_of(0) {
        return TAP.min(motion.delay.max(Nanos::from_millis(1)));
    }
    let (mut low, mut high) = (0_i64, 60_000_000_000_i64);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if short_of(middle) { low = middle } else { high = middle }
    }
    Nanos(high)
}

#[cfg(test)]
mod tests;
