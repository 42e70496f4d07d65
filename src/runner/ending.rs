//! How a run ends: after its last phase, or early; in both cases only when what was shown has been reported
//! and what was answered has been written.

use super::Runner;
use super::io::Output;
use super::schedule::Shot;
use crate::ground::cue::Silenced;
use crate::ground::ports::{Due, ShowRequest};
use crate::ground::record::{End, Record};
use crate::ground::scene::{Rgb, Scene};
use crate::ground::time::Nanos;
use indexmap::IndexMap;

/// How long reports of the display are awaited after the last phase.
const PATIENCE: Nanos = Nanos::from_millis(1_000);

/// A run that shows nothing more.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    since: Nanos,
    complete: bool,
    reason: String,
}

impl Ending {
    /// When reports are no longer awaited.
    pub fn patience_ends(&self) -> Nanos {
        self.since + PATIENCE
    }
}

impl Runner {
    /// Whether the run was ended early: nothing that still appears asks anything of the person.
    pub(super) fn is_aborted(&self) -> bool {
        self.ending.as_ref().is_some_and(|e| !e.complete)
    }

    /// The plan is done.
    pub(super) fn complete(&mut self, at: Nanos) {
        let ending = Ending { since: at, complete: true, reason: "done".into() };
        self.ending.get_or_insert(ending);
    }

    /// The run is ended early: what is not on screen yet never comes, open windows close now. Asked for once more,
    /// or behind the last phase, it ends at once, without waiting for reports of the display.
    pub(super) fn abort(&mut self, at: Nanos, reason: String) {
        if let Some(ending) = &mut self.ending {
            ending.since = ending.since.min(at - PATIENCE);
        } else {
            self.ending = Some(Ending { since: at, complete: false, reason });
            // Grey that is on its way must come; nothing but grey waits behind it.
            let grey = self.is_grey();
            if grey {
                self.caption(None);
            } else {
                self.out.push_back(Output::Withdraw { from_ticket: self.reported + 1 });
            }
            // Whichever of these scenes is on screen gives way to an empty one.
            let blank = if grey { Rgb::GREY } else { self.plan.background };
            for ticket in self.reported.max(1)..=self.shots.len() as u64 {
                self.update(ticket, Scene::blank(blank));
            }
            self.silence(Silenced::Run);
        }
        // Also of a run whose last window is still open behind its last phase.
        for (close, outcome) in self.answers.settle(Nanos::MAX) {
            self.log(close.min(at), Record::Outcome(outcome));
        }
        self.cut_ratings(at);
        self.advance(at);
    }

    /// Scenes outside practice that were seen without a picture of theirs.
    fn lacking(&self) -> usize {
        let counts = |s: &&Shot| {
            let practice = self.phase(s.segment, s.place).is_none_or(|p| p.practice);
            s.lacks && !s.withdrawn && !practice
        };
        self.shots.iter().filter(counts).count()
    }

    /// An empty screen in the place of the last scene, which has been on for its whole time.
    fn blank(&mut self) {
        let Some(shot) = self.shots.last().filter(|s| s.onset.is_some() && !s.withdrawn) else {
            return;
        };
        let scene = Scene::blank(self.plan.background);
        let ticket = self.shots.len() as u64;
        if self.phase(shot.segment, shot.place).is_some_and(|p| p.scene != scene || p.mark) {
            let (due, report, mark, event) = (Due::Next, false, false, None);
            self.out.push_back(Output::Show(ShowRequest {
                ticket,
                scene,
                due,
                report,
                mark,
                event,
                sounds: None,
            }));
        }
    }

    /// Ends the run if its time has come and nothing is outstanding.
    pub(super) fn end_if_due(&mut self) {
        if self.ending.is_none() && self.end_of_plan().is_some_and(|end| end <= self.now) {
            let end = self.end_of_plan().expect("just seen");
            self.complete(end);
        }
        let Some(ending) = &self.ending else { return };
        let given_up = ending.patience_ends() <= self.now;
        if given_up {
            // Reports that have not come by now will not move any window.
            self.settle_answers(Nanos::MAX);
            self.cut_ratings(self.now);
        }
        let Some(ending) = &self.ending else { return };
        // An aborted run has withdrawn what was not shown, so only a report under way could still come.
        let reported = ending.complete && self.reported == self.shots.len() as u64;
        let answered = self.answers.is_empty() && self.ratings.is_empty();
        if !answered || !(reported || given_up) {
            return;
        }
        let counted = || self.shots.iter().filter(|s| !s.withdrawn && !s.covered);
        let shown = counted().filter(|s| s.onset.is_some()).count() as u32;
        let lost = (counted().count() - shown as usize) as u64;
        let mut counts = IndexMap::new();
        if lost > 0 {
            counts.insert("scenes_without_onset".to_string(), lost);
        }
        if self.missed > 0 {
            counts.insert("missed_frames".to_string(), self.missed);
        }
        let covered = self.covered();
        let mut reason = ending.reason.clone();
        if covered > 0 {
            counts.insert("covered_scenes".to_string(), covered as u64);
            if ending.complete {
                reason = "grey was shown in place of some scenes".into();
            }
        }
        let lacking = self.lacking();
        if lacking > 0 {
            counts.insert("scenes_without_picture".to_string(), lacking as u64);
            if ending.complete && covered == 0 {
                reason = "some scenes were shown without their pictures".into();
            }
        }
        let end = End {
            complete: ending.complete && covered == 0 && lacking == 0,
            reason,
            phases: shown,
            late: self.late,
            volumes: self.volumes.counted(),
            counts,
        };
        // Nothing of the task stays on while its files are written, however long that takes.
        if ending.complete && !self.is_grey() {
            self.blank();
        }
        self.finished = true;
        self.log(self.now, Record::End(end));
        self.out.push_back(Output::Finished);
    }
}
