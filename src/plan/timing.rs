//! What a plan means in time: its timeline, its frames at a refresh rate, its volumes. For `check` and for
//! the start of a run; it changes nothing.

use super::schema::{Anchor, Length, Phase, RunPlan, VolumeSetup};
use crate::ground::time::Nanos;
use indexmap::IndexMap;

/// Refresh rates that a check reports.
pub const RATES: [f64; 4] = [60.0, 75.0, 120.0, 144.0];
/// A rounding of more than this is worth naming.
const NAMED: Nanos = Nanos(500_000);

/// Phases of this length or less keep their number of frames; longer ones end at an absolute instant.
const SHORT: Nanos = Nanos::from_millis(500);

/// A length in whole refreshes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rounding {
    pub hz: f64,
    pub frames: i64,
    /// What is shown minus what was meant.
    pub error: Nanos,
}

impl Rounding {
    /// Whether the refresh rate cannot show the length: it is off by more than half a millisecond.
    pub fn is_off(&self) -> bool {
        self.error.abs() > NAMED
    }
}

/// The length at a refresh rate; none where the person or the scanner decides.
pub fn rounding(length: Length, hz: f64) -> Option<Rounding> {
    let wanted = length.nominal()?;
    let frames = match length {
        Length::Frames { frames, timed: false, .. } => i64::from(frames),
        _ => wanted.periods(Nanos::period(hz)),
    };
    let shown = Nanos::from_secs(frames as f64 / hz);
    Some(Rounding { hz, frames, error: shown - wanted })
}

/// Whether a phase of this length is shown for a fixed number of frames, so that a rounding shifts its end.
pub fn keeps_frames(length: Length) -> bool {
    match length {
        Length::Frames { .. } => true,
        Length::Time(t) => t <= SHORT,
        _ => false,
    }
}

/// From the first stored volume to the first counted pulse: dummies that are stored but do not pulse.
pub fn stored_before_anchor(v: &VolumeSetup) -> Nanos {
    let silent = v.dummies_stored && !v.dummies_pulse;
    if silent { v.tr * i64::from(v.dummies) } else { Nanos::ZERO }
}

/// Volumes that are stored from the first counted pulse on, if it is known how many are.
pub fn stored_from_anchor(v: &VolumeSetup) -> Option<u32> {
    let dummies = if v.dummies_stored && v.dummies_pulse { v.dummies } else { 0 };
    v.expected.map(|n| n + dummies)
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<'a> {
    pub phase: &'a Phase,
    pub anchor: Anchor,
    /// First phase of its segment.
    pub first: bool,
    /// Onset from onset zero of the data; only in the segment that holds it.
    pub onset: Option<Nanos>,
    /// Number of the stored volume during which it begins, from 1.
    pub volume: Option<u32>,
}

/// Every phase with its onset and volume.
pub fn timeline(plan: &RunPlan) -> Vec<Line<'_>> {
    let zero = plan.zero_segment();
    let tr = plan.volumes.tr;
    let mut lines = Vec::new();
    for (s, segment) in plan.segments.iter().enumerate() {
        let before = match segment.anchor {
            Anchor::Trigger => stored_before_anchor(&plan.volumes),
            _ => Nanos::ZERO,
        };
        for (i, phase) in segment.phases.iter().enumerate() {
            let onset = (s == zero).then_some(phase.onset + before);
            let counted = segment.anchor == Anchor::Trigger && tr > Nanos::ZERO;
            let volume = onset.filter(|_| counted).map(|t| (t.0 / tr.0) as u32 + 1);
            lines.push(Line { phase, anchor: segment.anchor, first: i == 0, onset, volume });
        }
    }
    lines
}

/// Length of the timed part: the segment that holds onset zero.
pub fn timed_length(plan: &RunPlan) -> Nanos {
    let Some(segment) = plan.segments.get(plan.zero_segment()) else { return Nanos::ZERO };
    let lengths = segment.phases.iter().filter_map(|p| p.length.nominal());
    Nanos(lengths.map(|n| n.0).sum())
}

/// The different lengths of each phase name, in order of first use.
pub fn lengths(plan: &RunPlan) -> IndexMap<&str, Vec<Length>> {
    let mut all: IndexMap<&str, Vec<Length>> = IndexMap::new();
    for phase in plan.phases() {
        let seen = all.entry(&phase.name).or_default();
        if phase.length.nominal().is_some() && !seen.contains(&phase.length) {
            seen.push(phase.length);
        }
    }
    all.retain(|_, lengths| !lengths.is_empty());
    all
}

/// What a refresh rate cannot show of a plan, a sentence each: phases that keep their frames, and end at another
/// time than was meant. Longer ones follow the schedule, however it falls between the frames.
pub fn unshowable(plan: &RunPlan, hz: f64) -> Vec<String> {
    let mut said = Vec::new();
    for (name, lengths) in lengths(plan) {
        for length in lengths.into_iter().filter(|l| keeps_frames(*l)) {
            let Some(r) = rounding(length, hz).filter(Rounding::is_off) else { continue };
            let wanted = length.nominal().unwrap_or_default();
            said.push(format!(
                "phase \"{name}\" of {:.1} ms is {} frames of {hz:.2} Hz: {:+.1} ms",
                wanted.millis(),
                r.frames,
                r.error.millis()
            ));
        }
    }
    said
}

/// Phases in frames that stand for a time, and whose frames were counted for another refresh rate, a sentence each.
pub fn miscounted(plan: &RunPlan, hz: f64) -> Vec<String> {
    let mut said = Vec::new();
    for (name, lengths) in lengths(plan) {
        for length in lengths {
            let Length::Frames { frames, timed: true, .. } = length else { continue };
            let Some(r) = rounding(length, hz).filter(|r| r.frames != i64::from(frames)) else {
                continue;
            };
            said.push(format!(
                "phase \"{name}\" was planned as {frames} frames, and at {hz:.2} Hz it would be {}",
                r.frames
            ));
        }
    }
    said
}

/// Phases whose answers are cut short by a later phase that listens to one of the same keys, a sentence each.
pub fn windows_cut_short(plan: &RunPlan) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for segment in &plan.segments {
        for (i, phase) in segment.phases.iter().enumerate() {
            let Some(window) = &phase.response else { continue };
            let Some(span) = window.window else { continue };
            let later = &segment.phases[i + 1..];
            let mut later = later.iter().take_while(|p| p.onset < phase.onset + span);
            let Some(next) = later.find(|p| p.keys().any(|k| window.keys.contains(k))) else {
                continue;
            };
            let text = format!(
                "answers to phase \"{}\" count for {:.3} s of its {:.3} s: then phase \"{}\" listens to one of its keys",
                phase.name,
                (next.onset - phase.onset).secs(),
                span.secs(),
                next.name
            );
            if !said.contains(&text) {
                said.push(text);
            }
        }
    }
    said
}

/// How many different pictures each `trial_type` shows.
pub fn pictures_per_type(plan: &RunPlan) -> IndexMap<String, usize> {
    let mut counts: IndexMap<String, indexmap::IndexSet<&str>> = IndexMap::new();
    for phase in plan.phases() {
        let kind = match &phase.row {
            Some(row) => row.trial_type.as_str(),
            None if phase.practice => "(practice)",
            None => "(no row)",
        };
        for id in phase.scene.pictures() {
            counts.entry(kind.to_string()).or_default().insert(&plan.original(id).0);
        }
    }
    counts.into_iter().map(|(kind, ids)| (kind, ids.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventeen_milliseconds_exist_at_sixty_hertz_and_not_at_fifty() {
        let length = Length::Time(Nanos::from_millis(17));
        assert!(!rounding(length, 60.0).unwrap().is_off());
        let at_50 = rounding(length, 50.0).unwrap();
        assert_eq!((at_50.frames, at_50.error), (1, Nanos::from_millis(3)));
        assert!(at_50.is_off());
    }

    #[test]
    fn only_short_phases_and_counted_ones_keep_their_frames() {
        assert!(keeps_frames(Length::Time(Nanos::from_millis(500))));
        assert!(!keeps_frames(Length::Time(Nanos::from_millis(501))));
        assert!(keeps_frames(Length::Frames {
            frames: 60,
            nominal: Nanos::from_secs(1.0),
            timed: false
        }));
    }

    #[test]
    fn dummies_that_are_stored_lie_before_the_anchor_or_after_it() {
        let mut v = VolumeSetup {
            tr: Nanos::from_secs(2.0),
            expected: Some(30),
            dummies: 3,
            dummies_pulse: false,
            dummies_stored: true,
        };
        assert_eq!(stored_before_anchor(&v), Nanos::from_secs(6.0));
        assert_eq!(stored_from_anchor(&v), Some(30));
        v.dummies_pulse = true;
        assert_eq!(stored_before_anchor(&v), Nanos::ZERO);
        assert_eq!(stored_from_anchor(&v), Some(33));
    }

    #[test]
    fn frames_that_stand_for_a_time_are_counted_for_one_rate_only() {
        let nominal = Nanos::from_secs(2.0 / 60.0);
        let two = |timed| Length::Frames { frames: 2, nominal, timed };
        assert_eq!(rounding(two(true), 120.0).unwrap().frames, 4);
        assert_eq!(rounding(two(false), 120.0).unwrap().frames, 2);
        assert!(!rounding(two(true), 59.94).unwrap().is_off());
        assert!(rounding(two(true), 75.0).unwrap().is_off());
    }

    #[test]
    fn lengths_in_frames_keep_their_frames_at_every_rate() {
        let two = Length::Frames { frames: 2, nominal: Nanos::from_secs(2.0 / 60.0), timed: false };
        assert_eq!(rounding(two, 144.0).unwrap().frames, 2);
        assert!(rounding(two, 144.0).unwrap().is_off());
        assert_eq!(rounding(Length::UntilResponse, 60.0), None);
    }
}
