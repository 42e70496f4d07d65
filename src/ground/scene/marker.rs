//! The marker of a scale as a function of time: a position from 0 (left end) to 1 (right end), what a held key
//! makes of it, and the countdown beside it.

use crate::ground::time::Nanos;
use serde::{Deserialize, Serialize};

/// A countdown in whole seconds, shown from `end - last` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Countdown {
    pub end: Nanos,
    pub last: Nanos,
}

impl Countdown {
    /// The number to show at instant `t`: whole seconds left, rounded up; none before it starts.
    pub fn at(&self, t: Nanos) -> Option<u32> {
        let left = self.end - t;
        (left <= self.last).then(|| (left.0.max(0) as u64).div_ceil(1_000_000_000) as u32)
    }
}

/// The marker of a scale: a position from 0 (left end) to 1 (right end), and its motion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marker {
    At(f64),
    Moving(Motion),
    Stepping(Steps),
}

impl Marker {
    /// Position (0 to 1) at the instant `t`.
    pub fn at(&self, t: Nanos) -> f64 {
        match self {
            Marker::At(p) => *p,
            Marker::Moving(m) => m.at(t),
            Marker::Stepping(s) => s.at(t),
        }
    }
}

/// A held key on a scale of points: the marker goes on by one point after `delay`, then each time `every` has gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// Point when the key went down (its own step included), from 0 at the left.
    pub from: u32,
    /// How many points the scale has; at least two.
    pub points: u32,
    /// When the key went down.
    pub since: Nanos,
    /// -1 to the left, 1 to the right.
    pub direction: i32,
    pub delay: Nanos,
    /// Never zero.
    pub every: Nanos,
}

impl Steps {
    /// The point (from 0) at the instant `t`.
    pub fn point(&self, t: Nanos) -> u32 {
        let held = (t - self.since - self.delay).0;
        let steps = if held < 0 { 0 } else { 1 + held / self.every.0.max(1) };
        let point = i64::from(self.from).saturating_add(i64::from(self.direction) * steps);
        point.clamp(0, i64::from(self.points) - 1) as u32
    }

    /// Position (0 to 1) at the instant `t`: point / (points - 1).
    pub fn at(&self, t: Nanos) -> f64 {
        f64::from(self.point(t)) / f64::from((self.points - 1).max(1))
    }
}

/// A held key: the marker waits, then speeds up to its top speed. Positions are shares of the scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// Position when the motion was begun.
    pub from: f64,
    /// When it was begun.
    pub since: Nanos,
    /// -1 to the left, 1 to the right.
    pub direction: f64,
    /// How long the key must be held before the marker glides.
    pub delay: Nanos,
    /// Speed at which it begins to glide, in scales per second.
    pub speed: f64,
    /// Acceleration, in scales per second squared.
    pub acceleration: f64,
    /// Speed that is not exceeded, in scales per second.
    pub top_speed: f64,
}

impl Motion {
    /// Position (0 to 1) at the instant `t`: from + direction * (v t + a t^2 / 2), the speed capped.
    pub fn at(&self, t: Nanos) -> f64 {
        let s = (t - self.since - self.delay).secs().max(0.0);
        let speeding = if self.acceleration > 0.0 {
            ((self.top_speed - self.speed) / self.acceleration).max(0.0)
        } else {
            0.0
        };
        let a = s.min(speeding);
        let gliding = self.speed * a + 0.5 * self.acceleration * a * a;
        let capped = (s - a) * if self.acceleration > 0.0 { self.top_speed } else { self.speed };
        (self.from + self.direction * (gliding + capped)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Motion {
        Motion {
            from: 0.5,
            since: Nanos::ZERO,
            direction: 1.0,
            delay: Nanos::from_millis(200),
            speed: 0.1,
            acceleration: 0.2,
            top_speed: 0.3,
        }
    }

    #[test]
    fn motion_waits_then_speeds_up_then_is_capped_and_stops_at_the_end() {
        let m = held();
        assert_eq!(m.at(Nanos::from_millis(200)), 0.5);
        assert!((m.at(Nanos::from_secs(1.2)) - 0.7).abs() < 1e-12);
        assert!((m.at(Nanos::from_secs(2.2)) - 1.0).abs() < 1e-12);
        assert_eq!(m.at(Nanos::from_secs(100.0)), 1.0);
        assert_eq!(Motion { direction: -1.0, ..m }.at(Nanos::from_secs(100.0)), 0.0);
    }

    #[test]
    fn motion_without_acceleration_keeps_its_speed() {
        let m = Motion { acceleration: 0.0, ..held() };
        assert!((m.at(Nanos::from_secs(2.2)) - 0.7).abs() < 1e-12);
    }

    #[test]
    fn countdown_rounds_up_and_is_silent_before_its_time() {
        let c = Countdown { end: Nanos::from_secs(10.0), last: Nanos::from_secs(3.0) };
        assert_eq!(c.at(Nanos::from_secs(6.9)), None);
        assert_eq!(c.at(Nanos::from_secs(7.0)), Some(3));
        assert_eq!(c.at(Nanos::from_secs(9.5)), Some(1));
        assert_eq!(c.at(Nanos::from_secs(11.0)), Some(0));
    }

    #[test]
    fn a_held_key_steps_after_its_delay_and_stops_at_the_ends() {
        let s = Steps {
            from: 4,
            points: 9,
            since: Nanos::from_millis(100),
            direction: 1,
            delay: Nanos::from_millis(200),
            every: Nanos::from_millis(200),
        };
        let point = |ms| s.point(Nanos::from_millis(ms));
        assert_eq!([100, 299, 300, 499, 500, 900, 5_000].map(point), [4, 4, 5, 5, 6, 8, 8]);
        assert_eq!(s.at(Nanos::from_millis(300)), 0.625);
        assert_eq!(Steps { direction: -1, ..s }.point(Nanos::MAX), 0);
    }
}
