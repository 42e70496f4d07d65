//! The phase gate: how many pulses of a regular row lie between the last one and a new one, if the new one is of the row.

use crate::ground::time::Nanos;

/// How near to its place a pulse must come, at least.
const NEAR: Nanos = Nanos::from_millis(25);

/// Follows a row of pulses.
#[derive(Clone, Debug)]
pub struct Gate {
    interval: Nanos,
    /// The last pulse of the row.
    last: Nanos,
    /// Where it should have come, by those before it: it lags behind a jitter, and keeps up with a slow drift.
    smooth: Nanos,
    /// Pulses so far, while the smoothing begins.
    seen: i64,
}

/// What a pulse is to the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// So many intervals after the last, 1 where none is missing.
    Next(u32),
    /// By so much off the nearest place.
    Off(Nanos),
}

impl Gate {
    /// A row that begins here.
    pub fn new(interval: Nanos, first: Nanos) -> Gate {
        Gate { interval, last: first, smooth: first, seen: 1 }
    }

    /// The last pulse of the row.
    pub fn last(&self) -> Nanos {
        self.last
    }

    /// How far off its place a pulse of the row may be: max(25 ms, 2 % of the interval).
    pub fn tolerance(&self) -> Nanos {
        // Slices come so fast that 25 ms would be several of them.
        NEAR.max(Nanos(self.interval.0 / 50)).min(Nanos(self.interval.0 / 4))
    }

    /// Where a pulse stands in the row. It is of the row if it is near a place as seen from the last pulse, or from where that
    /// should have come: a jitter of both ends must not push a true pulse out.
    pub fn place(&self, stamp: Nanos) -> Place {
        let from = |reference: Nanos| {
            let since = stamp - reference;
            let steps = since.periods(self.interval);
            (steps, (since - self.interval * steps).abs())
        };
        let (steps, off) = [from(self.smooth), from(self.last)]
            .into_iter()
            .min_by_key(|(_, off)| *off)
            .expect("two were given");
        match u32::try_from(steps) {
            Ok(steps) if steps >= 1 && off <= self.tolerance() => Place::Next(steps),
            _ => Place::Off(off),
        }
    }

    /// How many intervals a time off the row is nearest to: at least one.
    pub fn nearest(&self, stamp: Nanos) -> u32 {
        u32::try_from((stamp - self.last).periods(self.interval)).unwrap_or(1).max(1)
    }

    /// Whether two pulses off the row are one interval apart from each other: a row of their own.
    pub fn are_a_row(&self, one: Nanos, other: Nanos) -> bool {
        (other - one - self.interval).abs() <= self.tolerance()
    }

    /// The pulse is the one so many intervals after the last.
    pub fn follow(&mut self, stamp: Nanos, steps: u32) {
        self.seen += 1;
        let expected = self.smooth + self.interval * i64::from(steps);
        self.smooth = expected + Nanos((stamp - expected).0 / self.seen.min(4));
        self.last = stamp;
    }

    /// The row goes on from here.
    pub fn begin_anew(&mut self, stamp: Nanos) {
        (self.last, self.smooth, self.seen) = (stamp, stamp, 1);
    }

    /// When the pulse so many intervals after the last should come.
    pub fn due(&self, steps: u32) -> Nanos {
        self.smooth + self.interval * i64::from(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: f64) -> Nanos {
        Nanos::from_secs(s)
    }

    #[test]
    fn pulses_near_their_place_are_of_the_row_and_missing_ones_are_counted() {
        let gate = Gate::new(at(2.0), at(10.0));
        assert_eq!(gate.place(at(12.04)), Place::Next(1));
        assert_eq!(gate.place(at(12.05)), Place::Off(Nanos::from_millis(50)));
        assert_eq!(gate.place(at(17.99)), Place::Next(4));
        assert_eq!(gate.place(at(10.3)), Place::Off(Nanos::from_millis(300)));
        assert_eq!(Gate::new(at(0.5), at(0.0)).tolerance(), Nanos::from_millis(25));
        assert_eq!(Gate::new(at(0.06), at(0.0)).tolerance(), Nanos::from_millis(15));
    }

    #[test]
    fn a_pulse_that_came_early_does_not_push_the_next_one_out() {
        let mut gate = Gate::new(at(1.0), at(0.0));
        (1..10).for_each(|n| gate.follow(at(f64::from(n)), 1));
        gate.follow(at(9.98), 1);
        assert_eq!(gate.place(at(11.015)), Place::Next(1), "35 ms later than the last says");
    }

    #[test]
    fn a_scanner_that_is_a_little_slower_than_its_tr_is_followed() {
        let mut gate = Gate::new(at(2.0), at(0.0));
        for n in 1..500 {
            let stamp = at(2.02 * f64::from(n));
            assert_eq!(gate.place(stamp), Place::Next(1), "pulse {n}");
            gate.follow(stamp, 1);
        }
    }
}
