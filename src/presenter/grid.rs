//! The flips as a numbered row of instants, and which of them is nearest to a target. Pure arithmetic: it is
//! told where flips were seen.

use crate::ground::time::Nanos;

/// Flip number `k` lies at `at + (k - index) * period`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    index: u64,
    at: Nanos,
    /// Kept as a float: a third of a nanosecond at 60 Hz would be a millisecond after a day.
    period_ns: f64,
}

impl Grid {
    /// A grid with a flip, number 1, at an instant. The rate is in hertz and positive.
    pub fn new(at: Nanos, hz: f64) -> Grid {
        Grid { index: 1, at, period_ns: 1e9 / hz }
    }

    /// From one flip to the next.
    pub fn period(&self) -> Nanos {
        Nanos(self.period_ns.round() as i64)
    }

    /// The same, unrounded.
    pub fn period_ns(&self) -> f64 {
        self.period_ns
    }

    /// When flip `k` is.
    pub fn time(&self, k: u64) -> Nanos {
        let steps = k as f64 - self.index as f64;
        self.at + Nanos((steps * self.period_ns).round() as i64)
    }

    /// The flip nearest to `t`.
    pub fn nearest(&self, t: Nanos) -> u64 {
        self.number(self.steps(t).round())
    }

    /// The first flip that is not before `t`.
    pub fn first_from(&self, t: Nanos) -> u64 {
        self.number(self.steps(t).ceil())
    }

    /// Moves the grid towards a tick that was seen, by `gain` (0 to 1) of the difference. Numbers stay.
    pub fn follow(&mut self, tick: Nanos, gain: f64) {
        let k = self.nearest(tick);
        let here = self.time(k);
        let step = (tick - here).0 as f64 * gain;
        (self.index, self.at) = (k, here + Nanos(step.round() as i64));
    }

    /// The same flips by what is now known of them: flip `k` lies at `at`.
    #[cfg(feature = "window")]
    pub fn lay(&mut self, k: u64, at: Nanos, period_ns: f64) {
        if period_ns > 0.0 {
            *self = Grid { index: k, at, period_ns };
        }
    }

    fn steps(&self, t: Nanos) -> f64 {
        (t - self.at).0 as f64 / self.period_ns
    }

    fn number(&self, steps: f64) -> u64 {
        self.index.saturating_add_signed(steps as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn flips_do_not_drift_in_an_hour() {
        let g = Grid::new(Nanos(5), 60.0);
        let hour = g.time(1 + 60 * 3600);
        assert_eq!(hour, Nanos(5) + Nanos::from_secs(3600.0));
        assert_eq!(g.nearest(hour), 1 + 60 * 3600);
    }

    #[test]
    fn the_nearest_flip_is_within_half_a_frame() {
        let g = Grid::new(Nanos::from_secs(1.0), 100.0);
        let at = |ms: i64| Nanos::from_secs(1.0) + Nanos(ms * MS);
        assert_eq!([4, 6, 14, 16].map(|ms| g.nearest(at(ms))), [1, 2, 2, 3]);
        assert_eq!(g.first_from(at(10)), 2);
        assert_eq!(g.first_from(at(11)), 3);
    }

    #[test]
    fn following_a_tick_moves_instants_and_keeps_numbers() {
        let mut g = Grid::new(Nanos::ZERO, 100.0);
        g.follow(Nanos(102 * MS), 0.5);
        assert_eq!(g.time(11), Nanos(101 * MS));
        assert_eq!(g.nearest(Nanos(111 * MS)), 12);
    }
}
