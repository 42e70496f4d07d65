//! Replay: a journal's taken records are fed to a new runner in the order of their arrival, and what it gives is
//! held against what the journal says was given.

use crate::ground::event::Presented;
use crate::ground::record::{Entry, Record};
use crate::ground::time::Nanos;
use crate::plan::schema::RunPlan;
use crate::runner::Runner;
use crate::runner::io::{Input, Output};
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
}

/// Replays a journal.
///
/// # Errors
/// [`ReplayError::NoDisplay`] if the run ended before its display was ready.
pub fn replay(plan: Arc<RunPlan>, entries: &[Entry]) -> Result<Replayed, ReplayError> {
    let display = entries.iter().find_map(|e| match &e.record {
        Record::Display(d) => Some(d),
        _ => None,
    });
    let display = display.ok_or(ReplayError::NoDisplay)?;
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
            marked: o.marked,
        }),
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

/// Pairs records in order. Outcomes and paths pair by phase and segments by index, so that one that changed, came elsewhere
/// or is missing does not make all later ones differ.
fn compare(journal: Vec<Entry>, given: Vec<(Nanos, Record)>, out: &mut Vec<Difference>) {
    let mut rest: Vec<Option<(Nanos, Record)>> = given.into_iter().map(Some).collect();
    for entry in journal {
        let twin = rest
            .iter_mut()
            .find(|g| g.as_ref().is_some_and(|(_, record)| same_place(&entry.record, record)));
        let replay = twin.and_then(Option::take);
        let same = replay.as_ref().is_some_and(|(t, r)| *r == entry.record && *t == entry.t_ns);
        if !same {
            out.push(Difference { journal: Some(entry), replay });
        }
    }
    for left in rest.into_iter().flatten() {
        out.push(Difference { journal: None, replay: Some(left) });
    }
}

fn same_place(a: &Record, b: &Record) -> bool {
    match (a, b) {
        (Record::Outcome(a), Record::Outcome(b)) => a.phase == b.phase,
        (Record::Path(a), Record::Path(b)) => a.phase == b.phase,
        (Record::Segment { index: a, .. }, Record::Segment { index: b, .. }) => a == b,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
