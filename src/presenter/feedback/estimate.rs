//! The processor's time after `present`: an estimate, and named so.

use super::{Fate, Feedback, Gone, Handed, Report, Seen};
use crate::ground::record::Basis;
use crate::ground::time::Nanos;

/// Nothing better is known.
#[derive(Clone, Debug, Default)]
pub struct Estimate {
    /// The period of a swap chain that waits for the screen: what was handed over appears at the next flip, not
    /// at once. None where flips are not paced.
    pub paced: Option<Nanos>,
    reports: Vec<Report>,
}

impl Estimate {
    /// An estimate for a swap chain that waits for the screen with this period, or for one that does not.
    pub fn new(paced: Option<Nanos>) -> Estimate {
        Estimate { paced, reports: Vec::new() }
    }
}

/// When a picture appears of which nothing is known but when it was handed over.
pub fn estimated(handed: &Handed, paced: Option<Nanos>) -> Nanos {
    let Handed { returned, flip, .. } = *handed;
    match paced {
        Some(period) if returned <= flip => {
            debug_assert!(period > Nanos::ZERO, "a screen refreshes");
            flip
        }
        Some(period) if period > Nanos::ZERO => {
            let missed = (returned - flip).0.div_euclid(period.0) + 1;
            flip + period * missed
        }
        _ => returned,
    }
}

impl Feedback for Estimate {
    fn basis(&self) -> Basis {
        Basis::Estimate
    }

    fn handed(&mut self, handed: &Handed) -> Result<(), Gone> {
        let onset = estimated(handed, self.paced);
        let seen = Seen { onset, basis: Basis::Estimate, count: None };
        self.reports.push(Report { number: handed.number, fate: Fate::Shown(seen) });
        Ok(())
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        reports.append(&mut self.reports);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_handed_over_too_late_appears_a_flip_later() {
        let onset = |paced, returned| {
            let (called, returned) = (Nanos(returned - 1), Nanos(returned));
            let handed = Handed { number: 1, called, returned, flip: Nanos(100) };
            estimated(&handed, paced)
        };
        assert_eq!(onset(Some(Nanos(10)), 95), Nanos(100));
        assert_eq!(onset(Some(Nanos(10)), 101), Nanos(110));
        assert_eq!(onset(Some(Nanos(10)), 125), Nanos(130));
        assert_eq!(onset(None, 101), Nanos(101));
    }
}
