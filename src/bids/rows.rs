//! The rows of an events file: one for each phase that has one in the plan and was really shown. Times come
//! out in whole microseconds, so that rows which touch on the screen touch in the file. It writes no text.

mod gather;
mod sound;

pub(super) use gather::FAR;
pub(super) use sound::Heard;

use super::error::ExportError;
use super::run::Run;
use crate::ground::record::{Answer, Basis, End, MarkerPath, Onset};
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use crate::plan::schema::{Anchor, Length, Phase, RunPlan};
use crate::plan::timing::stored_before_anchor;
use gather::{Gathered, gather};
use sound::{Offsets, heard, unplayed};
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
    /// How the onset is known; none for a mark, whose onset is that of the plan.
    pub basis: Option<Basis>,
    pub late: bool,
    pub answer: Option<&'a Answer>,
    /// Grey came before the time for the answer was up.
    pub cut: bool,
    /// Pictures that were not in it when it appeared.
    pub lacks: &'a [StimulusId],
    /// Its first sound, where that was heard.
    pub heard: Option<Heard<'a>>,
}

impl<'a> EventRow<'a> {
    /// The picture of the row, where it was in what appeared.
    pub fn picture(&self, plan: &RunPlan) -> Option<&'a StimulusId> {
        let picture = self.phase.row.as_ref()?.picture.as_ref()?;
        let lacks = self.lacks.iter().any(|id| id == picture || plan.original(id) == picture);
        (!lacks).then_some(picture)
    }

    /// Whether a button answered it.
    pub fn is_pressed(&self) -> bool {
        matches!(self.answer, Some(Answer::Button { meaning: Some(_), .. }))
    }
}

/// A scale that was on the screen, with a row or without.
#[derive(Debug)]
pub(super) struct Rated<'a> {
    pub phase: &'a Phase,
    /// When its screen appeared and went, as a row of it says.
    pub from: Micros,
    pub to: Micros,
    /// The onset that the path counts from: as it was reported, without the display's correction.
    pub reported: Nanos,
    pub path: &'a MarkerPath,
}

/// What was shown, and what was not as it should be.
#[derive(Debug)]
pub(super) struct Timeline<'a> {
    /// Sorted by onset; none if the run has no onset zero.
    pub rows: Vec<EventRow<'a>>,
    /// Sorted by onset, and never at the same time.
    pub rated: Vec<Rated<'a>>,
    /// When the last screen went.
    pub over: Micros,
    /// The instant of onset zero, and what it is.
    pub zero: Option<(Nanos, &'a str)>,
    pub end: Option<&'a End>,
    /// The display's correction that is in the onsets.
    pub offset: Nanos,
    /// When grey was put up and when it went, where it did.
    pub greys: Vec<(Nanos, Option<Nanos>)>,
    /// How many sounds were not played, by name and reason.
    pub unplayed: BTreeMap<(&'a str, &'a str), usize>,
    pub notes: Vec<String>,
}

/// Nanoseconds to microseconds, halves away from zero.
pub(super) fn micros(ns: i128) -> Micros {
    (ns + 500 * ns.signum()) / 1000
}

fn wide(t: Nanos) -> i128 {
    i128::from(t.0)
}

impl<'a> Timeline<'a> {
    /// Reads the rows off a run.
    pub fn of(run: &'a Run) -> Result<Timeline<'a>, ExportError> {
        let mut seen = gather(run)?;
        let mut time = Timeline {
            rows: Vec::new(),
            rated: Vec::new(),
            over: 0,
            zero: seen.zero,
            end: seen.end.map(|(_, end)| end),
            offset: run.display.as_ref().map_or(Nanos::ZERO, |d| d.offset_ns),
            greys: std::mem::take(&mut seen.greys),
            unplayed: unplayed(&seen),
            notes: std::mem::take(&mut seen.notes),
        };
        time.note_losses(&seen);
        match seen.zero {
            Some((zero, _)) => {
                time.place(zero, &seen, &Offsets::of(run));
                time.mark(run);
            }
            None if !seen.onsets.is_empty() => {
                time.notes.push("the run ended before the timed part of the task began, so it has no events file".into());
            }
            None => {}
        }
        let lacking = time.rows.iter().filter(|r| !r.lacks.is_empty()).count();
        if lacking > 0 {
            time.notes.push(format!(
                "{lacking} screens appeared without a picture of theirs, which could not be loaded in time; they are listed \
                 in the sidecar as WithoutPicture, and no picture stands in their rows"
            ));
        }
        let unheard: usize = time.unplayed.values().sum();
        if unheard > 0 {
            time.notes.push(format!(
                "{unheard} sounds were not played; they are counted in the sidecar as SoundsUnplayed, and no sound stands in \
                 the rows of those that were the first of their screens"
            ));
        }
        Ok(time)
    }

    fn note_losses(&mut self, seen: &Gathered<'a>) {
        if !seen.unshown.is_empty() {
            self.notes.push(format!(
                "{} screens were handed to the display, but no report of their onset came; they have no row",
                seen.unshown.len()
            ));
        }
        // A key that turns a page is no answer that anybody would look for in a table, and a rating that goes on
        // while other things are shown stands in its recording.
        let rowless = |(index, _): &&(u32, u32)| {
            let phase = seen.phases[index];
            let goes_on = phase.scale.as_ref().is_some_and(|s| s.continuous);
            phase.row.is_none() && phase.length != Length::UntilResponse && !goes_on
        };
        let lost = seen.answers.keys().filter(rowless).count();
        if lost > 0 {
            self.notes.push(format!(
                "{lost} answers belong to phases without a row; they stand in the journal only"
            ));
        }
    }

    /// Places the screens in the time that counts from onset 0.
    fn place(&mut self, zero: Nanos, seen: &Gathered<'a>, offsets: &Offsets) {
        let mut shown = seen.onsets.clone();
        shown.sort_by_key(|o| (o.onset_ns, o.phase));
        let mut times: BTreeMap<u32, u32> = BTreeMap::new();
        // Seconds from zero as they will stand in the file; durations are differences of these.
        let from_zero = |t: Nanos| micros(wide(t) - wide(zero));
        let offset = self.offset;
        let corrected = |o: &Onset| micros(wide(o.onset_ns) + wide(offset) - wide(zero));
        for (i, o) in shown.iter().enumerate() {
            let phase = seen.phases[&o.phase];
            let onset = corrected(o);
            let duration = match shown.get(i + 1) {
                Some(next) => corrected(next) - onset,
                None => micros(last_duration(o, phase, seen)),
            };
            let duration = duration.max(0);
            self.over = self.over.max(onset + duration);
            // Grey in its place is no picture that anybody saw.
            if phase.practice || o.covered {
                continue;
            }
            let time = times.entry(o.phase).or_default();
            *time += 1;
            let this = (o.phase, *time);
            if let Some(path) = seen.paths.get(&this) {
                let (from, to, reported) = (onset, onset + duration, o.onset_ns);
                self.rated.push(Rated { phase, from, to, reported, path });
            }
            if phase.row.is_some() {
                self.rows.push(EventRow {
                    phase,
                    onset,
                    duration,
                    planned: from_zero(o.planned_ns),
                    basis: Some(o.basis),
                    late: o.late,
                    answer: seen.answers.get(&this).map(|o| &o.answer),
                    cut: seen.answers.get(&this).is_some_and(|o| o.cut),
                    lacks: &o.lacks,
                    heard: heard(seen, offsets, o.ticket, zero),
                });
            }
        }
    }

    /// Puts the marks among the rows: those whose time came before the last screen went.
    fn mark(&mut self, run: &'a Run) {
        let over = self.over;
        // They count from the anchor of the timed part, before which silent dummies may have been stored.
        let zero = run.plan.segments.get(run.plan.zero_segment());
        let before = match zero.map(|s| s.anchor) {
            Some(Anchor::Trigger) => stored_before_anchor(&run.plan.volumes),
            _ => Nanos::ZERO,
        };
        let at = |phase: &Phase| micros(wide(phase.onset + before));
        let marks = run.plan.marks.iter().map(|phase| (at(phase), phase));
        self.rows.extend(marks.filter(|(at, _)| *at <= over).map(|(at, phase)| EventRow {
            phase,
            onset: at,
            duration: 0,
            planned: at,
            basis: None,
            late: false,
            answer: None,
            cut: false,
            lacks: &[],
            heard: None,
        }));
        self.rows.sort_by_key(|r| r.onset);
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
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bids::fixture::{Wanted, make};
    use crate::ground::record::Record;
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
