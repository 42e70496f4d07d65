//! The runner's part in the scanner: when it may start the run, what a pulse begins, and what a false start takes back.
//! Which pulses are volumes, `volumes` knows.

use super::Runner;
use super::io::Output;
use crate::ground::cue::Silenced;
use crate::ground::record::{Record, ScannerEvent, Trigger};
use crate::ground::time::Nanos;
use crate::plan::schema::{Anchor, Length};

/// Why a pulse does not count that came too early.
pub const NOT_ARMED: &str = "before the run was armed";
/// So long after the first volume the operator can take a start back.
const REARM: Nanos = Nanos::from_millis(60_000);

impl Runner {
    /// A pulse of the scanner: a volume, or not.
    pub(super) fn pulse(&mut self, stamp: Nanos, source: String) {
        // What was overdue before it came is said before it.
        self.watch_scanner(stamp);
        let waits = self.armed.is_some_and(|since| stamp >= since);
        let counting = self.volumes.counted() > 0;
        if !waits && !counting {
            let why = Some(NOT_ARMED.to_string());
            let record = Trigger { source, volume: None, accepted: false, why };
            self.log(stamp, Record::Trigger(record));
            self.advance(stamp);
            return;
        }
        let before = self.volumes.counted();
        let verdict = self.volumes.pulse(stamp, &source);
        if verdict.restarted {
            let (event, volume) = (ScannerEvent::FalseStart, None);
            self.log(stamp, Record::Scanner { event, volume });
            self.take_back(stamp);
        }
        let accepted = verdict.accepted;
        let record = Trigger { source, volume: verdict.volume, accepted, why: verdict.why };
        self.log(stamp, Record::Trigger(record));
        if verdict.resumed {
            let event = ScannerEvent::Resumed;
            self.log(stamp, Record::Scanner { event, volume: verdict.volume });
        }
        if let Some(anchor) = verdict.anchor {
            self.first_volume = Some(anchor.first);
            let event = ScannerEvent::Started;
            self.log(anchor.at, Record::Scanner { event, volume: verdict.volume });
            self.begin(self.segment + 1, anchor.at, Anchor::Trigger);
        } else if accepted {
            self.end_volume_wait(stamp, self.volumes.counted() - before);
        }
        self.advance(stamp);
    }

    /// From the moment its screen is handed to the display, the run can be started by the scanner: the report of
    /// that screen may come later than the first pulse.
    pub(super) fn arm(&mut self, ticket: u64, stamp: Nanos) {
        let shot = &self.shots[ticket as usize - 1];
        let phase = self.phase(shot.segment, shot.place);
        let waits = phase.is_some_and(|p| p.length == Length::UntilTrigger);
        if waits && !shot.covered && shot.segment == self.segment && self.ending.is_none() {
            self.armed.get_or_insert(stamp);
        }
    }

    /// The operator says that the start was a wrong one. Behind the first minute too much would be thrown away: then the run is
    /// ended, and another begun.
    fn rearm_within(&self, at: Nanos) -> bool {
        let began = self.first_volume.filter(|_| self.volumes.counted() > 0);
        self.ending.is_none() && began.is_none_or(|began| at - began <= REARM)
    }

    pub(super) fn rearm(&mut self, at: Nanos) {
        if !self.rearm_within(at) || !self.volumes.forget() {
            return;
        }
        let (event, volume) = (ScannerEvent::FalseStart, None);
        self.log(at, Record::Scanner { event, volume });
        self.take_back(at);
    }

    /// When something is to be said of the scanner, should no pulse come before.
    pub(super) fn next_watch(&self) -> Option<Nanos> {
        self.volumes.next_watch().filter(|_| self.ending.is_none())
    }

    /// Says what is overdue at `t`, and takes a false start back.
    pub(super) fn watch_scanner(&mut self, t: Nanos) {
        if self.ending.is_some() {
            return;
        }
        for (due, event, volume) in self.volumes.watch(t) {
            self.log(due, Record::Scanner { event, volume });
            if event == ScannerEvent::FalseStart {
                self.take_back(due);
            }
        }
    }

    /// What a false start began is over: nothing of it counts, and the screen that waits for the scanner is shown again. Where
    /// it still is, because dummies come first, nothing has begun.
    fn take_back(&mut self, at: Nanos) {
        let plan = std::sync::Arc::clone(&self.plan);
        let begun = plan.segments.iter().position(|s| s.anchor == Anchor::Trigger);
        let Some(begun) = begun.filter(|begun| *begun > 0 && self.segment >= *begun) else {
            return;
        };
        let waits = |p: &crate::plan::schema::Phase| p.length == Length::UntilTrigger;
        let Some(place) = plan.segments[begun - 1].phases.iter().position(waits) else { return };
        let first = self.shots.iter().position(|s| s.segment >= begun);
        for shot in self.shots.iter_mut().skip(first.unwrap_or(usize::MAX)) {
            shot.withdrawn = true;
        }
        let from_ticket = first.map_or(self.shots.len() as u64, |n| n as u64) + 1;
        self.out.push_back(Output::Withdraw { from_ticket });
        self.silence(Silenced::FalseStart);
        self.answers.forget();
        self.ratings.clear();
        self.waiting = None;
        self.volume_wait = None;
        self.announce_anew(begun);
        self.segment = begun - 1;
        self.next = place;
        self.anchor = Some(at - plan.segments[begun - 1].phases[place].onset);
        self.armed = Some(at);
        let index = self.segment as u32;
        let anchor = Anchor::FalseStart.name().to_string();
        self.log(at, Record::Segment { index, anchor });
        // The grey that was on its way may have been taken back with the rest.
        if self.is_grey() {
            self.show_grey(at);
        }
    }
}
