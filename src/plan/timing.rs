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

/// So soon after the planned onset of a phase a pulse is that of a volume that began with it, or before it; half a
/// repetition time where that is less.
const WITH_IT: Nanos = Nanos::from_millis(100);

/// From when on pulses are those that a phase with this planned onset waits for.
pub fn counts_from(onset: Nanos, tr: Nanos) -> Nanos {
    onset + WITH_IT.min(tr.half())
}

/// When the segments of the timed part begin and when it is over, from its anchor. Those that a volume begins are reckoned
/// with a pulse at each repetition time; what a key begins is known to nobody.
fn reckoned(plan: &RunPlan) -> (Vec<Option<Nanos>>, Nanos) {
    let zero = plan.zero_segment();
    let tr = plan.volumes.tr;
    let mut begins = vec![None; plan.segments.len()];
    let mut at = Nanos::ZERO;
    for (i, segment) in plan.segments.iter().enumerate().skip(zero) {
        if i > zero && segment.anchor != Anchor::Volume {
            break;
        }
        begins[i] = Some(at);
        let lengths = segment.phases.iter().filter_map(|p| p.length.nominal());
        let end = at + Nanos(lengths.map(|n| n.0).sum());
        let last = segment.phases.last().map(|p| p.length);
        let Some(Length::UntilVolume { volumes }) = last.filter(|_| tr > Nanos::ZERO) else {
            return (begins, end);
        };
        let first = counts_from(end, tr).0.div_euclid(tr.0) + 1;
        at = tr * (first + i64::from(volumes) - 1);
    }
    (begins, at)
}

/// Every phase with its onset and volume.
pub fn timeline(plan: &RunPlan) -> Vec<Line<'_>> {
    let zero = plan.segments.get(plan.zero_segment()).map(|s| s.anchor);
    let tr = plan.volumes.tr;
    let before = match zero {
        Some(Anchor::Trigger) => stored_before_anchor(&plan.volumes),
        _ => Nanos::ZERO,
    };
    let counted = zero == Some(Anchor::Trigger) && tr > Nanos::ZERO;
    let (begins, _) = reckoned(plan);
    let mut lines = Vec::new();
    for (segment, begin) in plan.segments.iter().zip(begins) {
        for (i, phase) in segment.phases.iter().enumerate() {
            let onset = begin.map(|b| b + phase.onset + before);
            let volume = onset.filter(|_| counted).map(|t| (t.0 / tr.0) as u32 + 1);
            lines.push(Line { phase, anchor: segment.anchor, first: i == 0, onset, volume });
        }
    }
    lines
}

/// Length of the timed part: from the segment that holds onset zero, through those that volumes begin.
pub fn timed_length(plan: &RunPlan) -> Nanos {
    reckoned(plan).1
}

/// Whether a key decides how long the timed part goes on.
pub fn is_open(plan: &RunPlan) -> bool {
    plan.segments.iter().skip(plan.zero_segment() + 1).any(|s| s.anchor != Anchor::Volume)
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
            pulses: Default::default(),
        };
        assert_eq!(stored_before_anchor(&v), Nanos::from_secs(6.0));
        assert_eq!(stored_from_anchor(&v), Some(30));
        v.dummies_pulse = true;
        assert_eq!(stored_before_anchor(&v), Nanos::ZERO);
        assert_eq!(stored_from_anchor(&v), Some(33));
    }

    #[test]
    fn what_volumes_begin_is_reckoned_with_a_pulse_at_each_repetition_time() {
        let at = |s: f64| Nanos::from_secs(s);
        assert_eq!(counts_from(at(4.0), at(2.0)), at(4.1));
        assert_eq!(counts_from(at(4.0), at(0.1)), at(4.05));
        let text = "sequence = [\"armed\", \"rest\", \"wait\", \"look\", \"wait\", \"tail\"]\n[task]\nname = \"t\"\ntr = 2.0\n\
                    [phase.armed]\nuntil = \"trigger\"\nwhen = { place = \"scanner\" }\n[phase.rest]\nduration = 3.3\n\
                    [phase.wait]\nuntil = \"volume\"\nvolumes = 2\n[phase.look]\nduration = 4.0\n[phase.tail]\nduration = 1.0\n";
        let source = crate::ground::diagnostic::Source { path: "t.toml".into(), text: text.into() };
        let protocol = crate::protocol::parse::parse(&source).expect("it parses").protocol;
        let who = crate::plan::schema::Who {
            sub: "01".into(),
            ses: None,
            run: 1,
            allocation: 0,
            visit: 0,
            seed: 1,
            place: crate::ground::record::Place::Scanner,
            language: "en".into(),
        };
        let volumes = VolumeSetup {
            tr: at(2.0),
            expected: None,
            dummies: 0,
            dummies_pulse: false,
            dummies_stored: false,
            pulses: Default::default(),
        };
        let plan =
            crate::plan::compile::compile(&protocol, None, &who, volumes, 60.0).expect("a plan");
        let onsets: Vec<Option<f64>> =
            timeline(&plan).iter().map(|l| l.onset.map(Nanos::secs)).collect();
        // Pulses at 4 and 6 s; then, from 10 s on, that of 10 s began with the wait, so those of 12 and 14 s.
        let expected = [None, Some(0.0), Some(3.3), Some(6.0), Some(10.0), Some(14.0)];
        assert_eq!(onsets, expected);
        assert_eq!((timed_length(&plan), is_open(&plan)), (at(15.0), false));
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
