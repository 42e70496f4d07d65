//! A run in several parts: what ties one that was started again to those before it.

use super::schema::{OnRestart, RunPlan};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A run that goes on where another was interrupted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// Number of the run that was begun first: its order and its chance are this one's.
    pub first: u32,
    /// Number of the run that was interrupted last.
    pub before: u32,
    /// Which part this run is, from 2.
    pub part: u32,
    pub mode: OnRestart,
    /// The place of each phase in the whole plan, practice left out, from 0.
    pub places: Vec<u32>,
}

impl RunPlan {
    /// The place of each phase in the whole plan of its first part, practice left out, by the number of the phase.
    pub fn places(&self) -> IndexMap<u32, u32> {
        let counted = self.phases().filter(|p| !p.practice).map(|p| p.index);
        match &self.restart {
            Some(restart) => counted.zip(restart.places.iter().copied()).collect(),
            None => counted.zip(0..).collect(),
        }
    }
}
