//! What is said when a run is over: whether all is there, what came late, what was answered, where it lies.

mod sounds;
mod timing;

use super::failure::Exit;
use crate::bids::{ExportError, Exported};
use crate::ground::pulses::{Account, Fit, SAME_PULSE};
use crate::ground::record::{Answer, End, Entry, Level, Place, Record};
use crate::logger::journal::{Finished, JOURNAL_FILE, read_journal};
use crate::plan::schema::{Length, Phase, RunPlan};
use crate::session::conductor::DISPLAY_GONE;
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// What a run left behind.
#[derive(Debug)]
pub struct Left<'a> {
    /// The folder that holds the whole journal.
    pub folder: &'a Path,
    pub data: &'a Path,
    pub plan: &'a RunPlan,
    pub end: &'a End,
    pub journal: &'a Finished,
}

impl Left<'_> {
    /// The exit code: data at risk before everything else, then how the run ended.
    pub fn exit(&self, exported: &Result<Exported, ExportError>) -> Exit {
        let at_risk = self.journal.fallback.is_some() || self.journal.lost.is_some();
        if at_risk || exported.is_err() {
            Exit::AtRisk
        } else if DISPLAY_GONE.contains(&self.end.reason.as_str()) {
            Exit::Device
        } else if self.end.complete {
            Exit::Done
        } else {
            Exit::Ended
        }
    }

    /// What became of the BIDS files, in words.
    pub fn of_files(&self, exported: &Result<Exported, ExportError>) -> String {
        let lines = match exported {
            Ok(done) => {
                let wrote = done.files.iter().map(|file| format!("  wrote {}\n", file.display()));
                wrote.chain(done.notes.iter().map(|note| format!("  note: {note}\n"))).collect()
            }
            Err(e) => vec![format!(
                "  BIDS files not written: {e}; the journal is kept. When that is mended: reframe recover {}\n",
                quoted(self.data)
            )],
        };
        lines.concat()
    }

    /// How it went and where its journal is, in words for the experimenter.
    pub fn text(&self) -> String {
        let entries = read_journal(&self.folder.join(JOURNAL_FILE)).map(|j| j.entries);
        let mut out = String::new();
        self.write(&mut out, &entries.unwrap_or_default())
            .expect("writing to a string cannot fail");
        out
    }

    fn write(&self, out: &mut String, entries: &[Entry]) -> std::fmt::Result {
        let end = self.end;
        let how = match end.complete {
            true => "complete".to_string(),
            false => format!("not complete ({})", end.reason),
        };
        writeln!(out, "run {how}: {} scenes shown, {} volumes", end.phases, end.volumes)?;
        timing::write(out, self.plan, entries)?;
        sounds::write(out, entries)?;
        write_pulses(out, self.plan, entries)?;
        write_answers(out, self.plan, entries)?;
        write_troubles(out, entries)?;
        // What is missed stands with the timing.
        for (name, n) in end.counts.iter().filter(|(name, _)| *name != "missed_frames") {
            let what = match name.as_str() {
                "covered_scenes" => "scenes hidden by the grey",
                "scenes_without_onset" => "scenes whose onset is not known",
                "scenes_without_picture" => "scenes shown without their picture",
                other => other,
            };
            writeln!(out, "  {what}: {n}")?;
        }
        writeln!(out, "  journal: {}", self.folder.display())?;
        if let Some(problem) = &self.journal.problem {
            writeln!(out, "  the disk had a problem: {problem}")?;
        }
        if let Some(fallback) = &self.journal.fallback {
            writeln!(
                out,
                "  DATA AT RISK: the whole journal is in {}; keep that folder. When {} can be written again: reframe \
                 recover {}",
                fallback.display(),
                self.data.display(),
                quoted(self.data)
            )?;
        }
        if let Some(lost) = &self.journal.lost {
            writeln!(out, "  DATA LOST: {lost}")?;
        }
        Ok(())
    }
}

/// A path as it is typed into a shell.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-:=,@\\".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// Volumes of those that were to come, those that did not by their numbers, pulses that were no volume, and the scanner's
/// clock by this computer's.
fn write_pulses(out: &mut String, plan: &RunPlan, entries: &[Entry]) -> std::fmt::Result {
    let mut refused: IndexMap<String, (u32, &str)> = IndexMap::new();
    let mut any = false;
    for entry in entries {
        let Record::Trigger(t) = &entry.record else { continue };
        any |= t.accepted;
        let why = t.why.as_deref().unwrap_or("no reason");
        // One pulse over two wires is no fault.
        if !t.accepted && !why.starts_with(SAME_PULSE) {
            // The same reason, whatever its numbers.
            let kind = why.chars().filter(|c| !c.is_ascii_digit()).collect();
            refused.entry(kind).or_insert((0, why)).0 += 1;
        }
    }
    if plan.who.place == Place::Lab && !any && refused.is_empty() {
        return Ok(());
    }
    let account = Account::of(entries, &plan.volumes.to_come());
    let of = account.expected.map_or(String::new(), |n| format!(" of {n} expected"));
    let missing = match account.missing.len() {
        0 => "0 missing".to_string(),
        n => format!("{n} missing (number {})", account.missing_words()),
    };
    writeln!(out, "  volumes: {}{of}, {missing}", account.received)?;
    if let Some(Fit { tr_s, drift_ppm, residual_ms }) = account.fit {
        let drift =
            drift_ppm.map_or(String::new(), |ppm| format!(", {ppm:+.0} ppm from the task's"));
        writeln!(
            out,
            "  scanner: TR {tr_s:.5} s{drift}, pulses spread by {residual_ms:.2} ms (SD)"
        )?;
        if drift_ppm.is_some_and(|ppm| ppm.abs() > FAR_OFF_PPM) {
            writeln!(out, "  warning: {}", other_tr(tr_s, plan))?;
        }
    }
    let wanted = plan.volumes.interval().secs();
    if let Some(s) = account.interval_s.filter(|s| wanted > 0.0 && (s / wanted - 1.0).abs() > 0.05)
    {
        writeln!(out, "  warning: {}", other_tr(s, plan))?;
    }
    if account.false_starts > 0 {
        writeln!(out, "  false starts: {}", account.false_starts)?;
    }
    let all: u32 = refused.values().map(|(n, _)| n).sum();
    match refused.values().max_by_key(|(n, _)| *n) {
        Some((n, why)) => writeln!(
            out,
            "  pulses not taken for volumes: {all}; {n} of them as in \"{why}\": see triggers.tsv"
        ),
        None => Ok(()),
    }
}

/// A scanner that does not keep to the TR of the task.
fn other_tr(seconds: f64, plan: &RunPlan) -> String {
    format!(
        "pulses came every {seconds:.4} s, and a pulse each {} s was expected: compare tr of the task, and each of [trigger] of \
         the rig, with the scanner's settings",
        plan.volumes.interval().secs()
    )
}

/// Clocks are some 50 millionths off; more is another TR.
const FAR_OFF_PPM: f64 = 500.0;

/// Marks that no device got, and what was said of lost devices: the terminal may have been far away.
fn write_troubles(out: &mut String, entries: &[Entry]) -> std::fmt::Result {
    let mut unwritten: IndexMap<&str, (u32, u32)> = IndexMap::new();
    let mut errors: IndexMap<&str, u32> = IndexMap::new();
    for entry in entries {
        match &entry.record {
            Record::Marker(m) => {
                let (lost, all) = unwritten.entry(&m.device).or_default();
                *lost += u32::from(m.error.is_some());
                *all += 1;
            }
            Record::Note { level: Level::Error, text } => *errors.entry(text).or_default() += 1,
            _ => {}
        }
    }
    for (device, (lost, all)) in unwritten.iter().filter(|(_, (lost, _))| *lost > 0) {
        writeln!(
            out,
            "  warning: {lost} of {all} marks were not written to {device}: see markers.tsv"
        )?;
    }
    for (text, n) in errors.iter().take(MOST_ERRORS) {
        let times = if *n > 1 { format!(" ({n} times)") } else { String::new() };
        writeln!(out, "  during the run: {text}{times}")?;
    }
    Ok(())
}

/// So many different errors are told again at the end.
const MOST_ERRORS: usize = 5;

fn write_answers(out: &mut String, plan: &RunPlan, entries: &[Entry]) -> std::fmt::Result {
    // A page that is turned is no question that was answered, and practice is never counted.
    let turns = |p: &&Phase| p.practice || p.row.is_none() && p.length == Length::UntilResponse;
    let uncounted: BTreeSet<u32> = plan.phases().filter(turns).map(|p| p.index).collect();
    let (mut ratings, mut rated, mut buttons, mut pressed, mut early) = (0, 0, 0, 0, 0);
    for entry in entries {
        let Record::Outcome(o) = &entry.record else { continue };
        match &o.answer {
            _ if uncounted.contains(&o.phase) => {}
            Answer::Rating { rating, .. } => {
                ratings += 1;
                rated += u32::from(rating.is_some());
            }
            Answer::Button { meaning, anticipated, .. } => {
                buttons += 1;
                pressed += u32::from(meaning.is_some() && !anticipated);
                early += u32::from(*anticipated);
            }
        }
    }
    if ratings > 0 {
        writeln!(out, "  ratings: {rated} of {ratings} given")?;
    }
    if buttons > 0 {
        let early = match early {
            0 => String::new(),
            1 => ", 1 other was too early to count".into(),
            n => format!(", {n} others were too early to count"),
        };
        writeln!(out, "  key answers: {pressed} of {buttons} given{early}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
