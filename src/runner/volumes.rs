//! Which pulses are volumes: the phase gate, the refractory time, the count over dummies and lost pulses, false starts, and
//! a scanner that has stopped. It is told stamps and instants, and decides; what the run does with it is the runner's.

mod gate;
#[cfg(test)]
mod tests;

use crate::ground::pulses::{COUNTED_FROM, NO_FALSE_START, REANCHORED, SAME_PULSE};
use crate::ground::record::ScannerEvent;
use crate::ground::time::Nanos;
use crate::plan::schema::{Pulses, VolumeSetup};
use gate::{Gate, Place};

/// A pulse so soon after another is the same one.
const REFRACTORY: Nanos = Nanos::from_millis(100);
/// So many volumes missing in a row, and the scanner has stopped.
const STOPPED: u32 = 3;
/// A pulse that is overdue may still be on its way to the program for so long.
const ON_ITS_WAY: Nanos = Nanos::from_millis(100);

/// What was made of a pulse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// It is one of the row: a volume, or a slice of one.
    pub accepted: bool,
    /// Number of the volume it announces, from 1 over all volumes that pulse.
    pub volume: Option<u32>,
    /// Why it was not accepted, or what was odd about it.
    pub why: Option<String>,
    /// The pulse settled when the first counted volume began.
    pub anchor: Option<Anchor>,
    /// The scanner pulses again, after it had stopped.
    pub resumed: bool,
    /// What was taken for the start was a false one.
    pub restarted: bool,
}

/// Where the timed part of a task begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// What is shown counts from here.
    pub at: Nanos,
    /// Onset of the first counted volume: the same, but for a task that a lost pulse has held up.
    pub first: Nanos,
}

/// Counts volumes.
#[derive(Clone, Debug)]
pub struct Volumes {
    setup: VolumeSetup,
    row: Option<Row>,
    anchored: bool,
    /// A start that was taken for a false one: the only pulse of its row.
    doubted: bool,
}

/// A row of pulses.
#[derive(Clone, Debug)]
struct Row {
    gate: Gate,
    first: Nanos,
    source: String,
    /// Number of the last pulse in the row, from 0.
    number: u32,
    /// Stamp of the last pulse that came off phase, for re-anchoring.
    rejected: Option<Nanos>,
    /// How many did since the last that was of the row.
    rejects: u32,
    /// Volumes that were overdue since the last pulse, and told.
    overdue: u32,
}

impl Volumes {
    /// Counts from nothing.
    pub fn new(setup: VolumeSetup) -> Volumes {
        Volumes { setup, row: None, anchored: false, doubted: false }
    }

    /// From the first counted pulse back to the first stored volume: dummies that are stored but do not pulse.
    pub fn stored_before_anchor(&self) -> Nanos {
        let silent = self.setup.dummies_stored && !self.setup.dummies_pulse;
        if silent { self.setup.tr * i64::from(self.setup.dummies) } else { Nanos::ZERO }
    }

    /// Counted volumes so far.
    pub fn counted(&self) -> u32 {
        let last = self.row.as_ref().filter(|_| !self.doubted).map(|r| self.volume(r.number));
        last.map_or(0, |n| (n + 1).saturating_sub(self.setup.first_counted()))
    }

    /// Counts from nothing again; false where nothing was counted.
    pub fn forget(&mut self) -> bool {
        (self.anchored, self.doubted) = (false, false);
        self.row.take().is_some()
    }

    /// The volume of a pulse of the row.
    fn volume(&self, number: u32) -> u32 {
        number / self.setup.pulses_a_volume() + 1
    }

    /// Judges a pulse. Accepted are pulses outside the refractory time, min(100 ms, half an interval), that lie within
    /// max(25 ms, 2 % of it) of a whole number of intervals after the last; two off-phase pulses one interval apart
    /// re-anchor the count. Without a TR only the refractory time holds.
    pub fn pulse(&mut self, stamp: Nanos, source: &str) -> Verdict {
        let interval = self.setup.interval();
        let Some(row) = &self.row else { return self.begin(stamp, source) };
        let since = stamp - row.gate.last();
        let refractory = match interval.0 {
            0 => REFRACTORY,
            _ => REFRACTORY.min(interval.half()),
        };
        if since < refractory {
            let ms = since.millis();
            return refuse(match row.source == source {
                true => format!("{ms:.1} ms after the last volume"),
                false => format!("{SAME_PULSE} as that of {}, {ms:.1} ms later", row.source),
            });
        }
        if self.setup.pulses == Pulses::Start {
            return refuse("after the start of the run".into());
        }
        if interval == Nanos::ZERO {
            return self.accept(stamp, source, 1, None);
        }
        match row.gate.place(stamp) {
            // One pulse that was lost, and no false start. After a longer silence it was one; and of slices, one alone never
            // begins a scan.
            Place::Next(steps)
                if self.doubted && (steps != 2 || self.setup.pulses_a_volume() > 1) =>
            {
                self.begin_off_phase(stamp, source)
            }
            Place::Next(steps) => self.accept(stamp, source, steps, None),
            Place::Off(_) if self.doubted => self.begin_off_phase(stamp, source),
            Place::Off(off) => self.off_phase(stamp, source, off),
        }
    }

    fn off_phase(&mut self, stamp: Nanos, source: &str, off: Nanos) -> Verdict {
        let may_be_false = self.may_be_false();
        let Some(row) = &mut self.row else { return self.begin(stamp, source) };
        if row.rejected.is_some_and(|one| row.gate.are_a_row(one, stamp)) {
            // Nothing ever came in the phase of the first, and these two alone in another: it was none of the scan. Where
            // stray pulses come in numbers, onset 0 stays.
            if row.number == 0 && row.rejects == 1 && may_be_false {
                let verdict = self.begin_off_phase(stamp, source);
                return Verdict { restarted: true, ..verdict };
            }
            let steps = row.gate.nearest(stamp);
            let why = format!("off phase, but one TR after another: {REANCHORED}");
            let verdict = self.accept(stamp, source, steps, Some(why));
            if let Some(row) = &mut self.row {
                row.gate.begin_anew(stamp);
            }
            return verdict;
        }
        row.rejected = Some(stamp);
        row.rejects += 1;
        refuse(format!("off phase by {:.1} ms", off.millis()))
    }

    /// The first pulse of a row.
    fn begin(&mut self, stamp: Nanos, source: &str) -> Verdict {
        (self.doubted, self.anchored) = (false, false);
        self.row = Some(Row {
            gate: Gate::new(self.setup.interval(), stamp),
            first: stamp,
            source: source.into(),
            number: 0,
            rejected: None,
            rejects: 0,
            overdue: 0,
        });
        let anchor = self.anchor(stamp);
        Verdict { accepted: true, volume: Some(1), anchor, ..Verdict::default() }
    }

    /// A pulse that is not of the row of a false start. The one before it may have been the first of its own, refused while the
    /// false one was believed in.
    fn begin_off_phase(&mut self, stamp: Nanos, source: &str) -> Verdict {
        let row = self.row.as_ref();
        let refused = row.and_then(|row| row.rejected.filter(|r| row.gate.are_a_row(*r, stamp)));
        let Some(first) = refused else { return self.begin(stamp, source) };
        let anchor = self.begin(first, source).anchor;
        let mut verdict = self.accept(stamp, source, 1, None);
        let ms = (stamp - first).millis();
        verdict.why = Some(format!("{COUNTED_FROM} {ms:.0} ms before it, which was the first"));
        // What would have begun then begins now.
        verdict.anchor = verdict.anchor.or(anchor.map(|a| Anchor { at: stamp.max(a.at), ..a }));
        verdict
    }

    /// A pulse of the row, so many intervals after the last one.
    fn accept(&mut self, stamp: Nanos, source: &str, steps: u32, why: Option<String>) -> Verdict {
        let a_volume = self.setup.pulses_a_volume();
        let doubted = std::mem::take(&mut self.doubted);
        let Some(row) = &mut self.row else { return self.begin(stamp, source) };
        let before = row.number;
        row.number += steps;
        row.gate.follow(stamp, steps);
        (row.rejected, row.rejects) = (None, 0);
        row.source = source.into();
        let resumed = std::mem::take(&mut row.overdue) >= STOPPED;
        let number = row.number;
        let slice = number % a_volume;
        let missing = missing(before, number, a_volume);
        let why = match (why, missing) {
            (Some(why), Some(missing)) => Some(format!("{why}; {missing}")),
            (why, missing) => why.or(missing),
        };
        let why = match doubted {
            true => Some(format!("{NO_FALSE_START}: {}", why.unwrap_or_default())),
            false => why,
        };
        let why = match slice {
            0 => why,
            _ => Some(format!(
                "slice {} of volume {}{}",
                slice + 1,
                number / a_volume + 1,
                why.map_or_else(String::new, |why| format!("; {why}"))
            )),
        };
        let volume = (slice == 0).then_some(number / a_volume + 1);
        let anchor =
            if doubted && self.anchored { self.anchor_late(stamp) } else { self.anchor(stamp) };
        Verdict { accepted: true, volume, why, anchor, resumed, restarted: false }
    }

    /// The anchor, once, when the first counted volume has begun; reckoned, where its pulse was lost.
    fn anchor(&mut self, stamp: Nanos) -> Option<Anchor> {
        let row = self.row.as_ref().filter(|_| !self.anchored)?;
        let first = (self.setup.first_counted() - 1) * self.setup.pulses_a_volume();
        let since = row.number.checked_sub(first)?;
        self.anchored = true;
        let unstored = match self.setup.pulses {
            // The one pulse is the start of the dummies.
            Pulses::Start if !self.setup.dummies_stored => {
                self.setup.tr * i64::from(self.setup.dummies)
            }
            _ => Nanos::ZERO,
        };
        let at = stamp - self.setup.interval() * i64::from(since) + unstored;
        Some(Anchor { at, first: at })
    }

    /// A start was taken back, and it was none of the false ones: the task begins at this pulse, and volumes count from the
    /// first one all the same.
    fn anchor_late(&self, stamp: Nanos) -> Option<Anchor> {
        Some(Anchor { at: stamp, first: self.row.as_ref()?.first })
    }

    /// When something is to be said, should no pulse come before: a volume is overdue.
    pub fn next_watch(&self) -> Option<Nanos> {
        let row = self.row.as_ref().filter(|_| !self.doubted)?;
        let over = self.setup.last_expected().is_some_and(|last| self.volume(row.number) >= last);
        let interval = self.setup.interval();
        if interval == Nanos::ZERO || over || row.overdue >= STOPPED {
            return None;
        }
        // The next volume that is not told of yet is overdue half a repetition time after its first pulse should have come.
        let a_volume = self.setup.pulses_a_volume();
        let steps = a_volume - row.number % a_volume + row.overdue * a_volume;
        Some(row.gate.due(steps) + self.setup.tr.half() + ON_ITS_WAY)
    }

    /// What is to be said at `now`, if anything: each instant once.
    pub fn watch(&mut self, now: Nanos) -> Vec<(Nanos, ScannerEvent, Option<u32>)> {
        let mut said = Vec::new();
        while let Some(due) = self.next_watch().filter(|due| *due <= now) {
            let Some(row) = &mut self.row else { break };
            row.overdue += 1;
            let (overdue, number) = (row.overdue, row.number);
            let volume = self.volume(number) + overdue;
            let alone = number == 0;
            let false_start = overdue == 1 && alone && self.may_be_false();
            // A scan that ends among its dummies was no scan of this task.
            let before_all = overdue == STOPPED && !self.anchored;
            if false_start || before_all {
                if false_start {
                    self.doubted = true;
                } else {
                    self.row = None;
                }
                said.push((due, ScannerEvent::FalseStart, None));
                continue;
            }
            said.push((due, ScannerEvent::Missing, Some(volume)));
            if overdue == STOPPED {
                said.push((due, ScannerEvent::Stopped, Some(self.volume(number))));
            }
        }
        said
    }

    /// Whether a single pulse can be told from a whole run: not where one is all that is expected.
    fn may_be_false(&self) -> bool {
        self.setup.last_expected().is_none_or(|last| last > 1)
    }
}

/// The volumes between two pulses of a row that sent none, by number.
fn missing(before: u32, number: u32, a_volume: u32) -> Option<String> {
    // Volumes whose first pulse lies strictly between the two.
    let (from, to) = (before / a_volume + 2, number.div_ceil(a_volume));
    match to.checked_sub(from)? {
        0 => Some(format!("volume {from} missing before it")),
        _ => Some(format!("volumes {from} to {to} missing before it")),
    }
}

fn refuse(why: String) -> Verdict {
    Verdict { why: Some(why), ..Verdict::default() }
}
