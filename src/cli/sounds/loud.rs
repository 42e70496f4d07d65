//! Sounds of a screen that are on together and can go beyond what a device can give.

use crate::ground::cue::Cue;
use crate::ground::time::Nanos;
use crate::plan::schema::RunPlan;
use indexmap::{IndexMap, IndexSet};
use std::collections::BTreeSet;

/// A sound as it is made: how long it lasts, and its largest amplitude, 1 at most.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub duration: Nanos,
    pub peak: f64,
}

/// More than full amplitude, and what rounding makes of it.
const FULL: f64 = 1.0 + 1e-3;

/// The phases of a plan in which that can happen, each in a sentence.
pub fn warnings(plan: &RunPlan, sizes: &IndexMap<String, Size>) -> Vec<String> {
    let mut told = BTreeSet::new();
    let phases = plan.phases().filter(|p| told.insert(p.name.clone()));
    let loudest = phases.filter_map(|p| Some((p, loudest(&p.sounds, sizes)?)));
    loudest.map(|(p, (reaches, names))| {
        format!(
            "{} of phase \"{}\" are on together and can reach {reaches:.2} times full amplitude: what goes beyond it is cut off \
             and sounds distorted; lower their `volume`",
            names.join(" and "),
            p.name
        )
    })
    .collect()
}

/// The most that the sounds of a phase can reach in one ear, with their names; none where that is not too much.
fn loudest(cues: &[Cue], sizes: &IndexMap<String, Size>) -> Option<(f64, Vec<String>)> {
    let at_once = |at: Nanos| {
        let on = cues.iter().filter_map(move |cue| {
            let size = sizes.get(&cue.sound)?;
            let times = times_on(cue, size.duration, at);
            (times > 0).then_some((cue, size.peak * cue.volume * times as f64))
        });
        let on: Vec<(&Cue, f64)> = on.collect();
        let ear =
            |pan: fn(f64) -> f64| on.iter().map(|(c, a)| a * pan(c.pan).min(1.0)).sum::<f64>();
        let reaches = ear(|pan| 1.0 - pan).max(ear(|pan| 1.0 + pan));
        let names: IndexSet<&str> = on.iter().map(|(c, _)| c.sound.as_str()).collect();
        (reaches, names.iter().map(|name| format!("\"{name}\"")).collect())
    };
    // It only grows where one begins. One that is repeated meets another at last, wherever that begins.
    let begins = cues.iter().map(|c| at_once(c.at));
    begins.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(reaches, _)| *reaches > FULL)
}

/// How many times over a sound can be on at an instant of its phase.
fn times_on(cue: &Cue, duration: Nanos, at: Nanos) -> i64 {
    match cue.every {
        Some(every) if every > Nanos::ZERO => (duration.0 + every.0 - 1) / every.0,
        _ => i64::from((cue.at..cue.at + duration).contains(&at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::cue::Stop;

    fn cue(sound: &str, at_ms: i64, volume: f64, pan: f64) -> Cue {
        let at = Nanos::from_millis(at_ms);
        Cue { sound: sound.into(), at, every: None, volume, pan, stop: Stop::End }
    }

    fn of(cues: &[Cue]) -> Option<(f64, Vec<String>)> {
        let size = |ms, peak| Size { duration: Nanos::from_millis(ms), peak };
        let sizes = [("word", size(500, 1.0)), ("tone", size(100, 0.5))];
        loudest(cues, &sizes.into_iter().map(|(n, s)| (n.to_string(), s)).collect())
    }

    #[test]
    fn sounds_that_are_on_together_add_up_in_each_ear_and_others_do_not() {
        let word = cue("word", 0, 0.8, 0.0);
        let names = vec!["\"word\"".to_string(), "\"tone\"".to_string()];
        let both = of(&[word.clone(), cue("tone", 400, 1.0, 0.0)]).unwrap();
        assert!((both.0 - 1.3).abs() < 1e-9 && both.1 == names);
        assert!(of(&[word.clone(), cue("tone", 500, 1.0, 0.0)]).is_none(), "one behind the other");
        assert!(of(&[word.clone(), cue("tone", 400, 0.4, 0.0)]).is_none(), "exactly full");
        let (left, right) = (cue("word", 0, 1.0, -1.0), cue("word", 0, 1.0, 1.0));
        assert!(of(&[left, right]).is_none(), "in different ears");
        let again = Cue { every: Some(Nanos::from_millis(200)), ..word };
        assert!((of(&[again]).unwrap().0 - 2.4).abs() < 1e-9, "itself, three times over");
    }
}
