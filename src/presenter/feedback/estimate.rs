//! The processor's time after `present`: an estimate, and named so.

use super::Feedback;
use crate::ground::record::Basis;
use crate::ground::time::Nanos;

/// Nothing better is known.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// The period of a swap chain that waits for the screen: what was handed over appears at the next flip, not
    /// at once. None where flips are not paced.
    pub paced: Option<Nanos>,
}

impl Feedback for Estimate {
    fn basis(&self) -> Basis {
        Basis::Estimate
    }

    fn onset(&mut self, returned: Nanos, flip: Nanos) -> Option<(Nanos, Basis)> {
        let onset = match self.paced {
            Some(period) if returned <= flip => {
                debug_assert!(period > Nanos::ZERO, "a screen refreshes");
                flip
            }
            Some(period) if period > Nanos::ZERO => {
                let missed = (returned - flip).0.div_euclid(period.0) + 1;
                flip + period * missed
            }
            _ => returned,
        };
        Some((onset, Basis::Estimate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_handed_over_too_late_appears_a_flip_later() {
        let onset = |paced, returned| {
            let given = Estimate { paced }.onset(Nanos(returned), Nanos(100));
            given.expect("an estimate never fails").0
        };
        assert_eq!(onset(Some(Nanos(10)), 95), Nanos(100));
        assert_eq!(onset(Some(Nanos(10)), 101), Nanos(110));
        assert_eq!(onset(Some(Nanos(10)), 125), Nanos(130));
        assert_eq!(onset(None, 101), Nanos(101));
    }
}
