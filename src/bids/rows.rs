//! The rows of an events file: one for each phase that has one in the plan and was really shown. Times come
//! out in whole microseconds, so that rows which touch on the screen touch in the file. It writes no text.

use super::error::ExportError;
use super::run::Run;
use crate::ground::record::{Answer, Basis, End, Onset, Record};
use crate::ground::time::Nanos;
use crate::plan::schema::{Length, Phase};
use std::collections::BTreeMap;

/// Whole microseconds. Wide enough for the difference of any two instants.
pub(super) type Micros = i128;

/// A row of the events file.
#[derive(Debug)]
pub(super) struct EventRow<'a> {
    pub phase: &'a Phase,
    pub onset: Micros,
    pub duration: Micros,
    pub planned: Micros,
    pub basis: Basis,
    pub late: bool,
    pub answer: Option<&'a Answer>,
}

/// What was shown, and what was not as it should be.
#[derive(Debug)]
pub(super) struct Timeline<'a> {
    /// Sorted by onset; none if the run has no onset zero.
    pub rows: Vec<EventRow<'a>>,
    /// The instant of onset zero, and what it is.
    pub zero: Option<(Nanos, &'a str)>,
    pub end: Option<&'a End>,
    /// The display's correction that is in the onsets.
    pub offset: Nanos,
    pub notes: Vec<String>,
}

/// Nanoseconds to microseconds, halves away from zero.
pub(super) fn micros(ns: i128) -> Micros {
    (ns + 500 * ns.signum()) / 1000
}

fn wide(t: Nanos) -> i128 {
    i128::from(t.0)
}

/// Everything the rows need, gathered from the journal.
#[derive(Default)]
struct Gathered<'a> {
    onsets: BTreeMap<u32, &'a Onset>,
    answers: BTreeMap<u32, &'a Answer>,
    pending: BTreeMap<u32, u64>,
    zero: Option<(Nanos, &'a str)>,
    end: Option<(Nanos, &'a End)>,
    last: Nanos,
    notes: Vec<String>,
}

impl<'a> Timeline<'a> {
    /// Reads the rows off a run.
    pub fn of(run: &'a Run) -> Result<Timeline<'a>, ExportError> {
        let mut seen = gather(run)?;
        let offset = run.display.as_ref().map_or(Nanos::ZERO, |d| d.offset_ns);
        let phases: BTreeMap<u32, &Phase> = run.plan.phases().map(|p| (p.index, p)).collect();
        for index in seen.onsets.keys().chain(seen.answers.keys()) {
            if !phases.contains_key(index) {
                let what = format!("phase {index} is not in the plan");
                return Err(ExportError::Contradiction { folder: run.folder.clone(), what });
            }
        }
        let unshown = seen.pending.keys().filter(|p| !seen.onsets.contains_key(p)).count();
        if unshown > 0 {
            seen.notes.push(format!(
                "{unshown} screens were handed to the display, but no report of their onset came; they have no row"
            ));
        }
        let rowless = |index: &&u32| phases[index].row.is_none();
        let lost = seen.answers.keys().filter(rowless).count();
        if lost > 0 {
            seen.notes.push(format!(
                "{lost} answers belong to phases without a row; they stand in the journal only"
            ));
        }
        let mut rows = Vec::new();
        if let Some((zero, _)) = seen.zero {
            let mut shown: Vec<&Onset> = seen.onsets.values().copied().collect();
            shown.sort_by_key(|o| (o.onset_ns, o.phase));
            // Seconds from zero as they will stand in the file; durations are differences of these.
            let from_zero = |t: Nanos| micros(wide(t) - wide(zero));
            let corrected = |o: &Onset| micros(wide(o.onset_ns) + wide(offset) - wide(zero));
            for (i, o) in shown.iter().enumerate() {
                let phase = phases[&o.phase];
                if phase.row.is_none() {
                    continue;
                }
                let onset = corrected(o);
                let duration = match shown.get(i + 1) {
                    Some(next) => corrected(next) - onset,
                    None => micros(last_duration(o, phase, &seen)),
                };
                rows.push(EventRow {
                    phase,
                    onset,
                    duration: duration.max(0),
                    planned: from_zero(o.planned_ns),
                    basis: o.basis,
                    late: o.late,
                    answer: seen.answers.get(&o.phase).copied(),
                });
            }
        } else if !seen.onsets.is_empty() {
            seen.notes.push("the run ended before onset 0; it has no events file".into());
        }
        let end = seen.end.map(|(_, end)| end);
        Ok(Timeline { rows, zero: seen.zero, end, offset, notes: seen.notes })
    }

    /// The run went to its planned end.
    pub fn complete(&self) -> bool {
        self.end.is_some_and(|e| e.complete)
    }

    /// A span from the final onset, with the display's correction: the picture came later than was reported,
    /// so the answer came sooner after it.
    pub fn since_onset(&self, span: Nanos) -> Micros {
        micros(wide(span) - wide(self.offset))
    }
}

/// How long the last screen was shown, in nanoseconds: as planned, but no longer than the run. Where the
/// program itself stopped, the last thing it wrote is the last that is known.
fn last_duration(o: &Onset, phase: &Phase, seen: &Gathered<'_>) -> i128 {
    let planned = match phase.length {
        // It ends at an absolute instant, however late it began.
        Length::Time(t) => Some(wide(o.planned_ns) + wide(t) - wide(o.onset_ns)),
        Length::Frames { nominal, .. } => Some(wide(nominal)),
        Length::UntilResponse | Length::UntilTrigger => None,
    };
    let over = match seen.end {
        Some((t, _)) => wide(t) - wide(o.onset_ns),
        None => wide(seen.last) - wide(o.onset_ns),
    };
    match planned {
        Some(planned) if seen.end.is_some_and(|(_, e)| e.complete) => planned,
        Some(planned) => planned.min(over),
        None => over,
    }
}

fn gather(run: &Run) -> Result<Gathered<'_>, ExportError> {
    let mut seen = Gathered::default();
    let once = |there_before: bool, what: String| {
        let folder = run.folder.clone();
        if there_before { Err(ExportError::Contradiction { folder, what }) } else { Ok(()) }
    };
    for entry in &run.entries {
        seen.last = seen.last.max(entry.t_ns);
        match &entry.record {
            Record::Shown { phase, ticket, .. } => {
                seen.pending.insert(*phase, *ticket);
            }
            Record::Onset(o) => {
                let old = seen.onsets.insert(o.phase, o);
                once(old.is_some(), format!("two onsets for phase {}", o.phase))?;
            }
            Record::Outcome(o) => {
                let old = seen.answers.insert(o.phase, &o.answer);
                once(old.is_some(), format!("two outcomes for phase {}", o.phase))?;
            }
            Record::Zero { basis } => {
                let old = seen.zero.replace((entry.t_ns, basis));
                once(old.is_some(), "two instants are called onset 0".into())?;
            }
            Record::End(end) => seen.end = Some((entry.t_ns, end)),
            _ => {}
        }
    }
    Ok(seen)
}
