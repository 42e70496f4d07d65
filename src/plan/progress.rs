//! How far a run came, read off its journal: what was shown to its end and answered, and which pictures were seen. A run that
//! is started again is planned from it. It opens no file.

use super::schema::{Length, Phase, RunPlan};
use crate::ground::record::{Entry, Record, ScannerEvent};
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use std::collections::{BTreeMap, BTreeSet};

/// How far a run came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Phases, by their numbers in the plan, that were seen for their whole time, and whose answer is there where they ask.
    pub finished: BTreeSet<u32>,
    /// Files of pictures, in the stimuli folder, that were on the screen outside practice, or may have been when the program
    /// stopped. Two tables may have one name for two pictures, or two names for one.
    pub seen: BTreeSet<String>,
    /// The practice was done to its last screen, or there was none.
    pub practised: bool,
    /// Every phase of the plan was shown.
    pub complete: bool,
    /// Why it ended, where it says so itself.
    pub reason: Option<String>,
}

/// A screen may go this much sooner than planned and was shown for its whole time: the spread of two frames at 60 Hz.
const SPREAD: Nanos = Nanos::from_millis(34);
/// What was due so soon after the last record may have been on the screen when a program was killed: the journal is written
/// within 200 ms, and scenes are handed over 300 ms ahead.
const MAY_HAVE: Nanos = Nanos::from_millis(500);

/// A screen that appeared.
#[derive(Clone, Copy, Debug)]
struct Screen {
    phase: u32,
    onset: Nanos,
    planned: Nanos,
    covered: bool,
    answered: bool,
    /// All of its pictures were in it.
    whole: bool,
}

/// What the journal of a run says of it. Records of phases that the plan does not have are passed over.
pub fn progress(plan: &RunPlan, entries: &[Entry]) -> Progress {
    let phases: BTreeMap<u32, &Phase> = plan.phases().map(|p| (p.index, p)).collect();
    let armed = plan.phases().find(|p| p.length == Length::UntilTrigger).map(|p| p.index);
    let mut screens: Vec<Screen> = Vec::new();
    let mut handed: BTreeSet<u32> = BTreeSet::new();
    let mut progress = Progress::default();
    let (mut segment, mut last, mut over) = (None, Nanos(i64::MIN), None);
    for entry in entries {
        last = last.max(entry.t_ns);
        match &entry.record {
            Record::Shown { phase, .. } => {
                handed.insert(*phase);
            }
            Record::Onset(o) => {
                handed.remove(&o.phase);
                let Some(phase) = phases.get(&o.phase) else { continue };
                let (onset, planned) = (o.onset_ns, o.planned_ns);
                let (covered, answered, whole) = (o.covered, false, o.lacks.is_empty());
                screens.push(Screen { phase: o.phase, onset, planned, covered, answered, whole });
                if !covered {
                    let there = phase.scene.pictures().filter(|id| !o.lacks.contains(id));
                    see(plan, phase, there, &mut progress.seen);
                }
            }
            Record::Outcome(o) => {
                let own = |s: &&mut Screen| s.phase == o.phase && !s.covered;
                if let Some(screen) = screens.iter_mut().rev().find(own) {
                    screen.answered = !o.cut;
                }
            }
            Record::Segment { index, .. } => segment = Some((*index as usize, entry.t_ns)),
            Record::Came { phase, pictures, .. } => {
                if let Some(phase) = phases.get(phase) {
                    see(plan, phase, pictures, &mut progress.seen);
                }
            }
            // What a false start began counts for nothing, and was seen all the same.
            Record::Scanner { event: ScannerEvent::FalseStart, .. } => {
                screens.retain(|s| armed.is_none_or(|armed| s.phase <= armed));
            }
            Record::Abort { .. } => {
                over.get_or_insert(entry.t_ns);
            }
            Record::End(end) => {
                over.get_or_insert(if end.complete { Nanos::MAX } else { entry.t_ns });
                progress.complete = end.complete;
                progress.reason = Some(end.reason.clone());
            }
            _ => {}
        }
    }
    for phase in handed.iter().filter_map(|i| phases.get(i)) {
        see_all(plan, phase, &mut progress.seen);
    }
    if let (Some((segment, anchor)), None) = (segment, &progress.reason) {
        let due = |p: &&Phase| {
            let planned = anchor.saturating_add(p.onset);
            planned > last - MAY_HAVE && planned <= last.saturating_add(MAY_HAVE)
        };
        let here = plan.segments.get(segment).map_or(&[][..], |s| &s.phases);
        here.iter().filter(due).for_each(|p| see_all(plan, p, &mut progress.seen));
        // A key or a pulse may have begun the next segment, at once, and no line of it was written.
        let waits = here.last().filter(|p| p.length.nominal().is_none());
        if waits.is_some_and(|p| screens.last().is_some_and(|s| s.phase == p.index)) {
            let again = waits.and_then(|p| p.again.as_ref()).map(|a| a.segment as usize);
            let next = [Some(segment + 1), again].into_iter().flatten();
            let phases = next.filter_map(|i| plan.segments.get(i)).flat_map(|s| &s.phases);
            let soon = phases.filter(|p| p.onset <= MAY_HAVE);
            soon.for_each(|p| see_all(plan, p, &mut progress.seen));
        }
    }
    screens.sort_by_key(|s| (s.onset, s.covered));
    for (i, screen) in screens.iter().enumerate().filter(|(_, s)| !s.covered) {
        let next = screens.get(i + 1);
        let until = next.map(|n| n.onset).or(over).unwrap_or(last);
        let phase = phases[&screen.phase];
        let lasted = match phase.length {
            Length::Time(t) => until.saturating_add(SPREAD) >= screen.planned.saturating_add(t),
            Length::Frames { nominal, .. } => {
                until.saturating_add(SPREAD) >= screen.onset.saturating_add(nominal)
            }
            // A page of the practice that begins it anew was not its last.
            _ => next.is_some_and(|n| n.phase > screen.phase),
        };
        let asks = phase.row.is_some() && (phase.scale.is_some() || phase.response.is_some());
        if lasted && screen.whole && (!asks || screen.answered) {
            progress.finished.insert(screen.phase);
        }
    }
    let last = plan.phases().filter(|p| p.practice).last();
    progress.practised = last.is_none_or(|p| progress.finished.contains(&p.index));
    progress
}

/// All pictures of a phase were seen.
fn see_all(plan: &RunPlan, phase: &Phase, seen: &mut BTreeSet<String>) {
    see(plan, phase, phase.scene.pictures(), seen);
}

/// These pictures of a phase were seen.
fn see<'a>(
    plan: &RunPlan,
    phase: &Phase,
    pictures: impl IntoIterator<Item = &'a StimulusId>,
    seen: &mut BTreeSet<String>,
) {
    if !phase.practice {
        let originals = pictures.into_iter().map(|id| plan.original(id));
        seen.extend(originals.filter_map(|id| plan.pictures.get(id)).map(|p| p.file.clone()));
    }
}
