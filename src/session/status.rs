//! What the experimenter sees of a run while it goes on.

use super::conductor::Conductor;
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crate::plan::schema::{Length, Phase};
use crate::plan::timing::stored_from_anchor;

/// The status is told at least this often, in a live run.
pub(super) const STATUS_EVERY: Nanos = Nanos::from_millis(250);

/// What is going on, for the experimenter.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Time since the run began.
    pub elapsed: Nanos,
    /// Name and number of the phase on screen, and how many there are.
    pub phase: String,
    pub index: u32,
    pub phases: u32,
    pub volumes: u32,
    /// How many are to come, where the task says it, and how many did not.
    pub of_volumes: Option<u32>,
    pub missing: u32,
    pub late: u32,
    /// Frames that they were late by, in all.
    pub missed_frames: u64,
    pub armed: bool,
    /// The phase on screen is practice.
    pub practice: bool,
    /// Meanings of the keys that end the phase on screen, where only a key can.
    pub waits_for: Vec<String>,
    /// Something to say at once.
    pub note: Option<(Level, String)>,
}

impl Conductor<'_> {
    /// Tells the experimenter what is going on, if anybody listens; never waits.
    pub(super) fn tell(&mut self, note: Option<(Level, String)>) {
        let Some(status) = &self.status else { return };
        let now = self.clock.now();
        if note.is_none() && now - self.last_status.max(Nanos::ZERO) < STATUS_EVERY {
            return;
        }
        self.last_status = now;
        let plan = self.runner.plan();
        let phase = self.runner.on_screen();
        let _ = status.try_send(Status {
            elapsed: now - self.began,
            phase: phase.map(|p| p.name.clone()).unwrap_or_default(),
            index: phase.map_or(0, |p| p.index + 1),
            phases: plan.phases().count() as u32,
            volumes: self.runner.volumes(),
            of_volumes: stored_from_anchor(&plan.volumes),
            missing: self.scanner.missing(),
            late: self.runner.late(),
            missed_frames: self.runner.missed_frames(),
            armed: self.runner.is_armed(),
            practice: phase.is_some_and(|p| p.practice),
            waits_for: phase.map(waits_for).unwrap_or_default(),
            note,
        });
    }
}

/// The keys that end a phase, those that begin the practice anew among them.
fn waits_for(phase: &Phase) -> Vec<String> {
    let ends = phase.response.iter().filter(|_| phase.length == Length::UntilResponse);
    let again = phase.again.iter().flat_map(|a| &a.keys);
    ends.flat_map(|r| &r.keys).chain(again).cloned().collect()
}
