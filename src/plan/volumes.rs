//! What the scanner of a room makes of a task: repetition time, volumes, dummies, and what a pulse announces.

use crate::ground::pulses::Expected;
use crate::ground::time::Nanos;
use serde::{Deserialize, Serialize};

/// What volumes the scanner makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VolumeSetup {
    /// Repetition time; zero where the task has none.
    pub tr: Nanos,
    /// Stored volumes that are expected after any dummies.
    pub expected: Option<u32>,
    pub dummies: u32,
    pub dummies_pulse: bool,
    pub dummies_stored: bool,
    /// What the scanner sends a pulse for.
    #[serde(default, skip_serializing_if = "Pulses::are_of_volumes")]
    pub pulses: Pulses,
}

impl VolumeSetup {
    /// Number of the first volume that is stored, among those that pulse.
    pub fn first_counted(&self) -> u32 {
        let skipped = self.dummies_pulse && !self.dummies_stored && self.pulses != Pulses::Start;
        if skipped { self.dummies + 1 } else { 1 }
    }

    /// Number of the last volume that is expected, among those that pulse; none where the task says no number, or the scanner
    /// tells of no volume.
    pub fn last_expected(&self) -> Option<u32> {
        let pulsing = if self.dummies_stored && self.dummies_pulse { self.dummies } else { 0 };
        let stored = self.expected? + pulsing;
        (self.pulses != Pulses::Start).then(|| stored + self.first_counted() - 1)
    }

    /// What a run is held against when it is over.
    pub fn to_come(&self) -> Expected {
        Expected { tr: self.tr, first: self.first_counted(), last: self.last_expected() }
    }

    /// From pulse to pulse: the repetition time, or that of a slice; zero where it is not known, or one pulse is all.
    pub fn interval(&self) -> Nanos {
        match self.pulses {
            Pulses::Volume => self.tr,
            Pulses::Slice(n) => Nanos(self.tr.0 / i64::from(n.max(1))),
            Pulses::Start => Nanos::ZERO,
        }
    }

    /// Pulses of a volume.
    pub fn pulses_a_volume(&self) -> u32 {
        match self.pulses {
            Pulses::Slice(n) => n.max(1),
            Pulses::Volume | Pulses::Start => 1,
        }
    }
}

/// What the scanner sends a pulse for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pulses {
    #[default]
    Volume,
    /// Each slice, of so many in a volume.
    Slice(u32),
    /// The start of a run, once.
    Start,
}

impl Pulses {
    fn are_of_volumes(&self) -> bool {
        *self == Pulses::Volume
    }
}
