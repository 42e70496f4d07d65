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
    /// When the run was first asked to end early.
    aborted: Option<Nanos>,
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
        // A key that turns a page is no answer that anybody would look for in a table.
        let rowless = |index: &&u32| {
            let phase = phases[index];
            phase.row.is_none() && phase.length != Length::UntilResponse
        };
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
        // The screen is emptied when a run is ended early; reports are awaited for a while after that.
        Some((t, end)) if !end.complete => {
            wide(seen.aborted.map_or(t, |aborted| aborted.min(t))) - wide(o.onset_ns)
        }
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
            Record::Abort { .. } => {
                seen.aborted.get_or_insert(entry.t_ns);
            }
            Record::End(end) => seen.end = Some((entry.t_ns, end)),
            _ => {}
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bids::fixture::{Wanted, make};
    use proptest::prelude::*;

    #[test]
    fn microseconds_round_halves_away_from_zero() {
        let cases = [1_499, 1_500, -1_499, -1_500, 0];
        assert_eq!(cases.map(micros), [1, 2, -1, -2, 0]);
    }

    proptest! {
        // Whatever the display reports, and in whatever order.
        #[test]
        fn rows_are_sorted_and_never_overlap(
            delays in proptest::collection::vec(-40_000_000i64..80_000_000, 65),
            jumps in proptest::collection::vec(0usize..64, 0..3),
        ) {
            let mut made = make(Wanted::default());
            for entry in &mut made.entries {
                if let Record::Onset(o) = &mut entry.record {
                    o.onset_ns += Nanos(delays[o.phase as usize]);
                    if jumps.contains(&(o.phase as usize)) {
                        o.onset_ns += Nanos::from_secs(7.0);
                    }
                }
            }
            let run = made.into_run();
            let time = Timeline::of(&run).unwrap();
            prop_assert_eq!(time.rows.len(), 32);
            for pair in time.rows.windows(2) {
                prop_assert!(pair[0].onset + pair[0].duration <= pair[1].onset);
            }
            prop_assert!(time.rows.iter().all(|r| r.duration >= 0));
        }
    }

    #[test]
    fn a_phase_without_an_onset_has_no_row_and_the_screen_before_it_lasts_longer() {
        let mut made = make(Wanted::default());
        made.entries.retain(|e| !matches!(&e.record, Record::Onset(o) if o.phase == 2));
        let run = made.into_run();
        let time = Timeline::of(&run).unwrap();
        assert_eq!(time.rows[0].duration, time.rows[1].onset - time.rows[0].onset);
        assert!(time.notes[0].contains("1 screens were handed"), "{:?}", time.notes);
    }

    #[test]
    fn the_last_screen_of_an_aborted_run_lasts_to_the_abort_and_not_to_the_end_of_the_journal() {
        let mut made = make(Wanted::default());
        let at =
            made.entries.iter().position(|e| matches!(&e.record, Record::Onset(o) if o.phase == 7));
        made.entries.truncate(at.unwrap() + 1);
        let Record::Onset(last) = made.entries.last().unwrap().record.clone() else {
            panic!("it was cut there")
        };
        let mut add = |after: i64, record: Record| {
            let t_ns = last.onset_ns + Nanos::from_millis(after);
            let seq = made.entries.len() as u64 + 1;
            made.entries.push(crate::ground::record::Entry { seq, t_ns, record });
        };
        add(190, Record::Abort { reason: "ended by the experimenter".into() });
        let (reason, counts) = ("ended by the experimenter".into(), Default::default());
        add(
            1_190,
            Record::End(End { complete: false, reason, phases: 8, late: 0, volumes: 0, counts }),
        );
        let run = made.into_run();
        let time = Timeline::of(&run).unwrap();
        assert_eq!(time.rows.last().unwrap().duration, 190_000);
    }

    #[test]
    fn a_journal_that_contradicts_itself_is_refused() {
        let twice = |of: fn(&Record) -> bool| {
            let mut made = make(Wanted::default());
            let again = made.entries.iter().find(|e| of(&e.record)).unwrap().clone();
            made.entries.push(again);
            Timeline::of(&made.into_run()).map(|_| ()).unwrap_err().to_string()
        };
        let said = [
            twice(|r| matches!(r, Record::Zero { .. })),
            twice(|r| matches!(r, Record::Onset(o) if o.phase == 3)),
            twice(|r| matches!(r, Record::Outcome(_))),
        ];
        for (text, part) in said.iter().zip(["onset 0", "two onsets for phase 3", "two outcomes"]) {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn the_last_screen_of_a_killed_program_lasts_to_the_last_thing_it_wrote() {
        let mut made = make(Wanted::default());
        let at =
            made.entries.iter().position(|e| matches!(&e.record, Record::Onset(o) if o.phase == 7));
        made.entries.truncate(at.unwrap() + 1);
        let run = made.into_run();
        let time = Timeline::of(&run).unwrap();
        assert_eq!(time.rows.last().unwrap().duration, 0);
        assert!(!time.complete());
    }
}
