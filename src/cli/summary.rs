//! What is said when a run is over: whether all is there, what came late, what was answered, where it lies.

use super::failure::Exit;
use crate::bids::{ExportError, Exported};
use crate::ground::record::{Answer, Basis, End, Entry, Record};
use crate::logger::journal::{Finished, JOURNAL_FILE, read_journal};
use std::fmt::Write;
use std::path::Path;

/// What a run left behind.
#[derive(Debug)]
pub struct Left<'a> {
    pub folder: &'a Path,
    pub end: &'a End,
    pub journal: &'a Finished,
    pub exported: &'a Result<Exported, ExportError>,
}

impl Left<'_> {
    /// The exit code: data at risk before everything else, then how the run ended.
    pub fn exit(&self) -> Exit {
        let at_risk = self.journal.fallback.is_some() || self.journal.lost.is_some();
        if at_risk || self.exported.is_err() {
            Exit::AtRisk
        } else if self.end.reason.starts_with("display") {
            Exit::Device
        } else if self.end.complete {
            Exit::Done
        } else {
            Exit::Ended
        }
    }

    /// The words for the experimenter.
    pub fn text(&self) -> String {
        let entries = read_journal(&self.folder.join(JOURNAL_FILE)).map(|j| j.entries);
        let mut out = String::new();
        self.write(&mut out, &entries.unwrap_or_default())
            .expect("writing to a string cannot fail");
        out
    }

    fn write(&self, out: &mut String, entries: &[Entry]) -> std::fmt::Result {
        let end = self.end;
        let how = if end.complete { "complete" } else { end.reason.as_str() };
        writeln!(out, "run {how}: {} scenes shown, {} volumes", end.phases, end.volumes)?;
        write_timing(out, entries)?;
        write_pulses(out, entries)?;
        write_answers(out, entries)?;
        for (name, n) in &end.counts {
            writeln!(out, "  {name}: {n}")?;
        }
        writeln!(out, "  journal: {}", self.folder.display())?;
        if let Some(problem) = &self.journal.problem {
            writeln!(out, "  the disk had a problem: {problem}")?;
        }
        if let Some(fallback) = &self.journal.fallback {
            writeln!(
                out,
                "  DATA AT RISK: the whole journal is in {}; copy it",
                fallback.display()
            )?;
        }
        if let Some(lost) = &self.journal.lost {
            writeln!(out, "  DATA LOST: {lost}")?;
        }
        match self.exported {
            Ok(done) => {
                for file in &done.files {
                    writeln!(out, "  wrote {}", file.display())?;
                }
                for note in &done.notes {
                    writeln!(out, "  note: {note}")?;
                }
            }
            Err(e) => writeln!(out, "  BIDS files not written: {e}; the journal is kept")?,
        }
        Ok(())
    }
}

fn write_timing(out: &mut String, entries: &[Entry]) -> std::fmt::Result {
    let mut late = 0;
    let mut worst = 0.0_f64;
    let mut basis = "none";
    for entry in entries {
        if let Record::Onset(o) = &entry.record {
            late += u32::from(o.late);
            basis = match o.basis {
                Basis::Estimate => "estimate: this display confirms no onset",
                known => known.name(),
            };
            if o.late {
                worst = worst.max((o.onset_ns - o.planned_ns).millis());
            }
        }
    }
    match late {
        0 => writeln!(out, "  timing: no scene more than half a frame late (by {basis})"),
        n => writeln!(
            out,
            "  timing: {n} scenes more than half a frame late, the worst {worst:.1} ms (by {basis})"
        ),
    }
}

/// Pulses that never came between two that did, and pulses that were no volume.
fn write_pulses(out: &mut String, entries: &[Entry]) -> std::fmt::Result {
    let (mut accepted, mut refused, mut lost, mut last) = (0, 0, 0, None);
    for entry in entries {
        let Record::Trigger(t) = &entry.record else { continue };
        match t.volume {
            Some(n) => {
                accepted += 1;
                lost += last.map_or(0, |l| n - l - 1);
                last = Some(n);
            }
            None => refused += 1,
        }
    }
    match (accepted, refused, lost) {
        (0, 0, _) => Ok(()),
        (n, 0, 0) => writeln!(out, "  pulses: {n}, none missing"),
        (n, refused, lost) => {
            writeln!(
                out,
                "  pulses: {n} volumes, {lost} missing between them, {refused} not taken for volumes"
            )
        }
    }
}

fn write_answers(out: &mut String, entries: &[Entry]) -> std::fmt::Result {
    let (mut ratings, mut rated, mut buttons, mut pressed) = (0, 0, 0, 0);
    for entry in entries {
        let Record::Outcome(o) = &entry.record else { continue };
        match &o.answer {
            Answer::Rating { rating, .. } => {
                ratings += 1;
                rated += u32::from(rating.is_some());
            }
            Answer::Button { meaning, .. } => {
                buttons += 1;
                pressed += u32::from(meaning.is_some());
            }
        }
    }
    if ratings > 0 {
        writeln!(out, "  ratings: {rated} of {ratings} given")?;
    }
    if buttons > 0 {
        writeln!(out, "  key answers: {pressed} of {buttons} given")?;
    }
    Ok(())
}
