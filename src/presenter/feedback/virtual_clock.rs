//! Offscreen there is no screen: a scene counts as shown when it was drawn, and no sooner than its flip.

use super::{Fate, Feedback, Gone, Handed, Report, Seen};
use crate::ground::record::Basis;

/// Offscreen runs.
#[derive(Clone, Debug, Default)]
pub struct VirtualFlip {
    reports: Vec<Report>,
}

impl Feedback for VirtualFlip {
    fn basis(&self) -> Basis {
        Basis::Virtual
    }

    fn handed(&mut self, handed: &Handed) -> Result<(), Gone> {
        let onset = handed.returned.max(handed.flip);
        let seen = Seen { onset, basis: Basis::Virtual, count: None };
        self.reports.push(Report { number: handed.number, fate: Fate::Shown(seen) });
        Ok(())
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        reports.append(&mut self.reports);
    }
}
