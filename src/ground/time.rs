//! The one unit of time: whole nanoseconds, as an instant on the run's monotonic clock or as a span.
//! It refuses to know which clock an instant came from.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

/// Nanoseconds: an instant on the monotonic clock, or the span between two instants.
#[derive(
    Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Nanos(pub i64);

impl Nanos {
    /// Zero nanoseconds.
    pub const ZERO: Nanos = Nanos(0);
    /// The latest instant that can be named; used for "never".
    pub const MAX: Nanos = Nanos(i64::MAX);

    /// The span of `s` seconds, rounded to the nearest nanosecond.
    pub fn from_secs(s: f64) -> Nanos {
        Nanos((s * 1e9).round() as i64)
    }

    /// The span of `ms` whole milliseconds.
    pub const fn from_millis(ms: i64) -> Nanos {
        Nanos(ms * 1_000_000)
    }

    /// The span of one period of a signal of `hz` hertz.
    pub fn period(hz: f64) -> Nanos {
        Nanos::from_secs(1.0 / hz)
    }

    /// Seconds as a float.
    pub fn secs(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Milliseconds as a float.
    pub fn millis(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The span without its sign.
    pub fn abs(self) -> Nanos {
        Nanos(self.0.abs())
    }

    /// Half of the span, rounded towards zero.
    pub fn half(self) -> Nanos {
        Nanos(self.0 / 2)
    }

    /// How many whole `period`s lie nearest to this span. A period that is not positive gives 0.
    pub fn periods(self, period: Nanos) -> i64 {
        if period.0 <= 0 {
            return 0;
        }
        (self.0 + period.0.signum() * period.0 / 2).div_euclid(period.0)
    }

    /// The later of two instants, where `Nanos::MAX` stands for "never" and adding must not wrap.
    pub fn saturating_add(self, span: Nanos) -> Nanos {
        Nanos(self.0.saturating_add(span.0))
    }

    /// The span as a `std::time::Duration`; negative spans become zero.
    pub fn to_duration(self) -> std::time::Duration {
        std::time::Duration::from_nanos(self.0.max(0) as u64)
    }
}

impl Add for Nanos {
    type Output = Nanos;
    fn add(self, o: Nanos) -> Nanos {
        Nanos(self.0 + o.0)
    }
}
impl Sub for Nanos {
    type Output = Nanos;
    fn sub(self, o: Nanos) -> Nanos {
        Nanos(self.0 - o.0)
    }
}
impl Mul<i64> for Nanos {
    type Output = Nanos;
    fn mul(self, n: i64) -> Nanos {
        Nanos(self.0 * n)
    }
}
impl Neg for Nanos {
    type Output = Nanos;
    fn neg(self) -> Nanos {
        Nanos(-self.0)
    }
}
impl AddAssign for Nanos {
    fn add_assign(&mut self, o: Nanos) {
        self.0 += o.0;
    }
}
impl SubAssign for Nanos {
    fn sub_assign(&mut self, o: Nanos) {
        self.0 -= o.0;
    }
}
impl fmt::Display for Nanos {
    /// Seconds with three decimals: `12.345 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s", self.secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_round_to_the_nearest_frame() {
        let p = Nanos::period(60.0);
        assert_eq!(Nanos::from_secs(5.0).periods(p), 300);
        assert_eq!(Nanos::from_millis(17).periods(p), 1);
        assert_eq!(Nanos::from_millis(8).periods(p), 0);
        assert_eq!(Nanos::from_millis(-17).periods(p), -1);
        assert_eq!(Nanos::from_millis(17).periods(Nanos::ZERO), 0);
    }
}
