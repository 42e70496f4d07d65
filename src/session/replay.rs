//! Replay: a journal's taken records are fed to a new runner in the order of their arrival, and what it gives is
//! held against what the journal says was given.

use crate::ground::event::Presented;
use crate::ground::record::{Entry, Record};
use crate::ground::time::Nanos;
use crate::plan::schema::RunPlan;
use crate::runner::Runner;
use crate::runner::io::{Input, Output};
use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

/// What a replay found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replayed {
    /// Records that were taken and fed to the runner.
    pub taken: usize,
    /// Records that the runner gave.
    pub given: usize,
    /// Where the two disagree, in the order of the journal.
    pub differences: Vec<Difference>,
}

/// One record that the journal and the replay do not share.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What the journal has (sequence number and record), if anything.
    pub journal: Option<Entry>,
    /// What the replay gave, if anything.
    pub replay: Option<(Nanos, Record)>,
}

/// Why a journal cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error(
        "journal has no `display` line, so the refresh rate of the run is unknown; the run never began"
    )]
    NoDisplay,
    #[error(
        "journal line number {0} has an instant that is none of a run: the line was changed, or the clock was broken"
    )]
    Far(u64),
}

/// Instants further from the beginning of the clock than this (73 years) are none of a run.
const FAR: i64 = i64::MAX / 4;

/// Whether all instants of a line can be reckoned with.
fn is_near(entry: &Entry) -> bool {
    let near = |t: Nanos| (-FAR..=FAR).contains(&t.0);
    let onset = match &entry.record {
        Record::Onset(o) => [o.planned_ns, o.onset_ns, o.flip_ns].into_iter().all(near),
        _ => true,
    };
    near(entry.t_ns) && onset
}

/// Replays a journal.
///
/// # Errors
/// [`ReplayError::NoDisplay`] if the run ended before its display was ready; [`ReplayError::Far`] if an instant is none of a run.
pub fn replay(plan: Arc<RunPlan>, entries: &[Entry]) -> Result<Replayed, ReplayError> {
    let display = entries.iter().find_map(|e| match &e.record {
        Record::Display(d) => Some(d),
        _ => None,
    });
    let display = display.ok_or(ReplayError::NoDisplay)?;
    if let Some(far) = entries.iter().find(|e| !is_near(e)) {
        return Err(ReplayError::Far(far.seq));
    }
    let period = Nanos::period(display.refresh_hz);
    let mut runner = Runner::new(plan, period, display.lengths);
    let mut result = Replayed::default();
    let mut given: Vec<(Nanos, Record)> = Vec::new();
    for entry in entries {
        if let Some(input) = input(entry) {
            result.taken += 1;
            runner.handle(input);
            drain(&mut runner, entry, &mut given, &mut result);
        }
    }
    result.given = given.len();
    let journal = entries.iter().filter(|e| e.record.is_given()).cloned().collect();
    compare(journal, given, &mut result.differences);
    Ok(result)
}

/// The input that a taken record stands for.
fn input(entry: &Entry) -> Option<Input> {
    let stamp = entry.t_ns;
    Some(match &entry.record {
        Record::Deadline {} => Input::Deadline { at: stamp },
        Record::Response(r) => Input::Key { stamp, response: r.clone() },
        Record::Pointer(p) => Input::Pointer { stamp, pointer: p.clone() },
        Record::Trigger(t) => Input::Pulse { stamp, source: t.source.clone() },
        Record::Shown { ticket, frame, .. } => {
            Input::Shown { stamp, ticket: *ticket, frame: *frame }
        }
        Record::Onset(o) => Input::Presented(Presented {
            ticket: o.ticket,
            onset: o.onset_ns,
            flip: o.flip_ns,
            basis: o.basis,
            frame: o.frame,
            skipped: o.skipped,
            marked: o.marked,
            lacks: o.lacks.clone(),
        }),
        Record::Rearm {} => Input::Rearm { stamp },
        Record::Grey { up, by } => Input::Grey { stamp, up: *up, by: by.clone() },
        Record::Abort { reason } => Input::Abort { stamp, reason: reason.clone() },
        _ => return None,
    })
}

/// Takes what the runner gave: its echo of the input must be the journal's line, the rest is compared later.
fn drain(
    runner: &mut Runner,
    entry: &Entry,
    given: &mut Vec<(Nanos, Record)>,
    result: &mut Replayed,
) {
    while let Some(output) = runner.poll() {
        let Output::Log { t, record } = output else { continue };
        if record.is_given() {
            given.push((t, record));
        } else if record != entry.record || t != entry.t_ns {
            let (journal, replay) = (Some(entry.clone()), Some((t, record)));
            result.differences.push(Difference { journal, replay });
        }
    }
}

/// Holds each record of the journal against its twin, if it has one.
fn compare(journal: Vec<Entry>, given: Vec<(Nanos, Record)>, out: &mut Vec<Difference>) {
    let twins = twins(&journal, &given);
    let mut rest: Vec<Option<(Nanos, Record)>> = given.into_iter().map(Some).collect();
    for (entry, twin) in journal.into_iter().zip(twins) {
        let replay = twin.and_then(|n| rest[n].take());
        let same = replay.as_ref().is_some_and(|(t, r)| *r == entry.record && *t == entry.t_ns);
        if !same {
            out.push(Difference { journal: Some(entry), replay });
        }
    }
    for left in rest.into_iter().flatten() {
        out.push(Difference { journal: None, replay: Some(left) });
    }
}

/// Which of the given records each of the journal is held against. Outcomes and paths pair by phase and segments by
/// index, so that one that changed, came elsewhere or is missing does not make all later ones differ. A practice that
/// was done several times has several of one place: of those, the two that are nearest in time are paired first.
fn twins(journal: &[Entry], given: &[(Nanos, Record)]) -> Vec<Option<usize>> {
    let mut places: HashMap<_, Vec<usize>> = HashMap::new();
    for (n, (_, record)) in given.iter().enumerate() {
        places.entry(place(record)).or_default().push(n);
    }
    let mut pairs = Vec::new();
    for (j, entry) in journal.iter().enumerate() {
        for &n in places.get(&place(&entry.record)).into_iter().flatten() {
            let (t, record) = &given[n];
            pairs.push((t.0.abs_diff(entry.t_ns.0), *record != entry.record, j, n));
        }
    }
    pairs.sort_unstable();
    let mut twins = vec![None; journal.len()];
    let mut taken = vec![false; given.len()];
    for (_, _, j, n) in pairs {
        if twins[j].is_none() && !taken[n] {
            (twins[j], taken[n]) = (Some(n), true);
        }
    }
    twins
}

/// What a record tells of: its kind, with the phase or the segment.
fn place(record: &Record) -> (Discriminant<Record>, Option<u32>) {
    let number = match record {
        Record::Outcome(o) => Some(o.phase),
        Record::Path(p) => Some(p.phase),
        Record::Segment { index, .. } => Some(*index),
        _ => None,
    };
    (discriminant(record), number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::record::{Answer, Outcome};

    fn outcome(phase: u32, presses: u32) -> Record {
        let answer = Answer::Button {
            meaning: None,
            code: None,
            correct: None,
            rt_ns: None,
            given: None,
            anticipated: false,
            presses,
        };
        Record::Outcome(Outcome { phase, answer, cut: false })
    }

    /// Three passes of a practice of two phases: when, which phase, how many presses.
    fn passes() -> Vec<(i64, u32, u32)> {
        vec![(10, 2, 1), (12, 3, 0), (30, 2, 2), (32, 3, 0), (50, 2, 3), (52, 3, 0)]
    }

    fn differences(journal: &[(i64, u32, u32)], given: &[(i64, u32, u32)]) -> Vec<Difference> {
        let time = |t: i64| Nanos::from_millis(t * 1000);
        let records = |all: &[(i64, u32, u32)]| -> Vec<(Nanos, Record)> {
            all.iter().map(|&(t, phase, presses)| (time(t), outcome(phase, presses))).collect()
        };
        let entries = records(journal).into_iter().zip(1..);
        let journal = entries.map(|((t_ns, record), seq)| Entry { seq, t_ns, record }).collect();
        let mut out = Vec::new();
        compare(journal, records(given), &mut out);
        out
    }

    #[test]
    fn an_outcome_that_one_pass_of_a_practice_lacks_is_the_only_difference() {
        let whole = passes();
        assert_eq!(differences(&whole, &whole), vec![]);
        for gone in 0..whole.len() {
            let mut less = whole.clone();
            let (_, phase, presses) = less.remove(gone);
            let found = differences(&less, &whole);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert_eq!(found[0].journal, None);
            let replay = found[0].replay.as_ref().map(|(_, record)| record);
            assert_eq!(replay, Some(&outcome(phase, presses)));
            let found = differences(&whole, &less);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert_eq!(found[0].replay, None);
            assert_eq!(found[0].journal.as_ref().map(|e| e.seq), Some(gone as u64 + 1));
        }
    }

    #[test]
    fn an_outcome_that_changed_is_shown_beside_what_it_was_in_the_same_pass() {
        let whole = passes();
        let mut other = whole.clone();
        other[2] = (31, 2, 7);
        let found = differences(&whole, &other);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].journal.as_ref().map(|e| e.seq), Some(3));
        assert_eq!(found[0].replay.as_ref().map(|(_, r)| r), Some(&outcome(2, 7)));
    }
}
