//! Whether every scene was on time: the verdict, and each phase that was not.

use crate::ground::record::{Basis, Entry, Onset, Record};
use crate::ground::time::Nanos;
use crate::plan::schema::RunPlan;
use indexmap::IndexMap;
use std::fmt::Write;

/// What became of the scenes of one phase.
#[derive(Debug, Default)]
struct Tally {
    shown: u32,
    off: u32,
    missed: u64,
    worst: Nanos,
}

impl Tally {
    fn add(&mut self, onset: &Onset, half: Nanos) {
        let delay = onset.onset_ns - onset.flip_ns;
        let off = onset.late || delay.abs() > half;
        self.shown += 1;
        self.off += u32::from(off);
        self.missed += u64::from(onset.missed);
        let behind = delay.abs().max((onset.onset_ns - onset.planned_ns) * i64::from(onset.late));
        if off && behind > self.worst {
            self.worst = behind;
        }
    }
}

/// Writes it. A scene is off where it came more than half a frame from the flip it was meant for, or is late by its plan.
pub fn write(out: &mut String, plan: &RunPlan, entries: &[Entry]) -> std::fmt::Result {
    let mut half = Nanos::MAX;
    let mut all = Tally::default();
    let mut phases: IndexMap<&str, Tally> = IndexMap::new();
    let mut bases: Vec<Basis> = Vec::new();
    for entry in entries {
        match &entry.record {
            Record::Display(display) => {
                half = Nanos::period(display.refresh_hz).half();
                if !display.concerns.is_empty() {
                    let names: Vec<&str> = display.concerns.iter().map(|c| c.name()).collect();
                    writeln!(
                        out,
                        "  screen: not fit by its check, and marked so: {}",
                        names.join(", ")
                    )?;
                }
            }
            // Grey in the place of a scene is none.
            Record::Onset(onset) if !onset.covered => {
                all.add(onset, half);
                let phase = plan.phases().find(|p| p.index == onset.phase);
                phases.entry(phase.map_or("?", |p| &p.name)).or_default().add(onset, half);
                if !bases.contains(&onset.basis) {
                    bases.push(onset.basis);
                }
            }
            _ => {}
        }
    }
    let bases: Vec<&str> = bases.into_iter().map(in_words).collect();
    let by = if bases.is_empty() { "nothing".into() } else { bases.join(", ") };
    if all.off == 0 {
        let scenes = all.shown;
        return writeln!(
            out,
            "  timing: all {scenes} scenes came within half a frame of the flip they were meant for (by {by})"
        );
    }
    writeln!(
        out,
        "  timing: {} of {} scenes were off by more than half a frame, {} frames missed, the worst {:.1} ms (by {by}); \
         see frames.tsv",
        all.off,
        all.shown,
        all.missed,
        all.worst.millis()
    )?;
    for (name, tally) in phases.iter().filter(|(_, t)| t.off > 0) {
        let worst = tally.worst.millis();
        let Tally { shown, off, missed, .. } = tally;
        writeln!(
            out,
            "    {name}: {off} of {shown}, {missed} frames missed, the worst {worst:.1} ms"
        )?;
    }
    Ok(())
}

fn in_words(basis: Basis) -> &'static str {
    match basis {
        Basis::Estimate => "estimate: this display confirms no onset",
        known => known.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logger::journal::samples;

    fn entry(record: Record) -> Entry {
        Entry { seq: 1, t_ns: Nanos::ZERO, record }
    }

    fn onset(delay_ms: i64, missed: u32) -> Entry {
        let flip_ns = Nanos::from_millis(1000);
        let onset_ns = flip_ns + Nanos::from_millis(delay_ms);
        let late = missed > 0;
        let planned_ns = flip_ns;
        entry(Record::Onset(Onset {
            planned_ns,
            onset_ns,
            flip_ns,
            missed,
            late,
            covered: false,
            lacks: Vec::new(),
            ..samples::onset()
        }))
    }

    fn told(mut entries: Vec<Entry>) -> String {
        let mut display = samples::display();
        display.concerns.clear();
        entries.insert(0, entry(Record::Display(Box::new(display))));
        let mut out = String::new();
        write(&mut out, &super::super::tests::plan(), &entries).unwrap();
        out
    }

    #[test]
    fn a_run_on_time_is_said_to_be() {
        let text = told(vec![onset(1, 0), onset(-7, 0)]);
        assert!(text.starts_with("  timing: all 2 scenes came within half a frame"), "{text}");
    }

    #[test]
    fn what_was_off_is_counted_with_its_phase_and_size() {
        let text = told(vec![onset(1, 0), onset(40, 2), onset(-9, 0)]);
        assert!(
            text.contains("2 of 3 scenes were off by more than half a frame, 2 frames missed"),
            "{text}"
        );
        assert!(text.contains("the worst 40.0 ms"), "{text}");
        assert_eq!(text.lines().count(), 2, "one phase: {text}");
    }

    #[test]
    fn a_screen_that_was_accepted_all_the_same_is_named() {
        let mut out = String::new();
        let display = entry(Record::Display(Box::new(samples::display())));
        write(&mut out, &super::super::tests::plan(), &[display]).unwrap();
        assert!(out.contains("marked so: compositor"), "{out}");
    }
}
