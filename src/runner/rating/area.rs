//! The area under the way of a marker, without a rounding error worth the name: what a mean over time is made of.

use crate::ground::scene::{Marker, Motion, Steps};
use crate::ground::time::Nanos;

/// Integral of the position (0 to 1) of one marker from `from` to `to`, in seconds.
pub fn area(marker: &Marker, from: Nanos, to: Nanos) -> f64 {
    if to <= from {
        return 0.0;
    }
    match marker {
        Marker::At(p) => p * (to - from).secs(),
        Marker::Moving(m) => gliding(m, from, to),
        Marker::Stepping(s) => stepping(s, from, to),
    }
}

/// Point by point; once the last one is reached nothing changes any more.
fn stepping(s: &Steps, from: Nanos, to: Nanos) -> f64 {
    let (first, every) = (s.since + s.delay, s.every.0.max(1));
    let (mut t, mut sum) = (from, 0.0);
    while t < to {
        let next =
            if t < first { first } else { first + Nanos(((t - first).0 / every + 1) * every) };
        let stays = s.point(next) == s.point(t) && t >= first;
        let next = if stays { to } else { next.min(to) };
        sum += s.at(t) * (next - t).secs();
        t = next;
    }
    sum
}

fn gliding(m: &Motion, from: Nanos, to: Nanos) -> f64 {
    let glide = Glide::of(m);
    let since = m.since + m.delay;
    let (a, b) = ((from - since).secs().max(0.0), (to - since).secs().max(0.0));
    m.from * (to - from).secs() + m.direction * (glide.area(b) - glide.area(a))
}

/// The way from the start of a glide on: v t + a t² / 2 until the top speed is reached, then with that speed, and no
/// farther than there is room.
struct Glide {
    speed: f64,
    acceleration: f64,
    top: f64,
    /// How long it speeds up, in seconds.
    speeding: f64,
    room: f64,
}

impl Glide {
    fn of(m: &Motion) -> Glide {
        let speeds_up = m.acceleration > 0.0;
        Glide {
            speed: m.speed,
            acceleration: m.acceleration,
            top: if speeds_up { m.top_speed } else { m.speed },
            speeding: if speeds_up {
                ((m.top_speed - m.speed) / m.acceleration).max(0.0)
            } else {
                0.0
            },
            room: if m.direction > 0.0 { 1.0 - m.from } else { m.from },
        }
    }

    fn way(&self, t: f64) -> f64 {
        let s = t.min(self.speeding);
        self.speed * s + 0.5 * self.acceleration * s * s + self.top * (t - s)
    }

    /// When there is no room left, in seconds; the way to it grows all the time.
    fn arrives(&self) -> f64 {
        let speeding = self.way(self.speeding);
        if speeding < self.room {
            return if self.top > 0.0 {
                self.speeding + (self.room - speeding) / self.top
            } else {
                f64::INFINITY
            };
        }
        if self.room <= 0.0 {
            return 0.0;
        }
        // The positive root of a t² / 2 + v t = room, in the form that loses no digits.
        let root = (self.speed * self.speed + 2.0 * self.acceleration * self.room).sqrt();
        2.0 * self.room / (self.speed + root)
    }

    /// Integral of the way from 0 to `t`.
    fn area(&self, t: f64) -> f64 {
        let arrives = self.arrives();
        let moving = t.min(arrives);
        let s = moving.min(self.speeding);
        let rest = moving - s;
        self.speed * s * s / 2.0
            + self.acceleration * s * s * s / 6.0
            + self.way(s) * rest
            + self.top * rest * rest / 2.0
            + self.room * (t - moving)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By so many small slices, each as high as its middle.
    fn brute(marker: &Marker, from: Nanos, to: Nanos) -> f64 {
        const SLICES: i64 = 20_000;
        let width = (to - from).0 as f64 / SLICES as f64;
        let middle = |i: i64| from + Nanos(((i as f64 + 0.5) * width) as i64);
        (0..SLICES).map(|i| marker.at(middle(i)) * width / 1e9).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn the_area_is_what_many_small_slices_add_up_to(
            start in 0.0..1.0_f64,
            right in any::<bool>(),
            delay in 0..400_i64,
            speed in 0.0..0.6_f64,
            acceleration in prop_oneof![Just(0.0), 0.01..1.0_f64],
            more in 0.0..0.6_f64,
            points in 2..12_u32,
            every in 30..400_i64,
            begin in 0..3_000_i64,
            long in 1..5_000_i64,
        ) {
            let (since, delay) = (Nanos::from_millis(1_000), Nanos::from_millis(delay));
            let moving = Marker::Moving(Motion {
                from: start,
                since,
                direction: if right { 1.0 } else { -1.0 },
                delay,
                speed,
                acceleration,
                top_speed: speed + more,
            });
            let stepping = Marker::Stepping(Steps {
                from: (start * f64::from(points - 1)) as u32,
                points,
                since,
                direction: if right { 1 } else { -1 },
                delay,
                every: Nanos::from_millis(every),
            });
            let from = since + Nanos::from_millis(begin);
            let to = from + Nanos::from_millis(long);
            let secs = (to - from).secs();
            // Of a smooth way the slices know more than of one that jumps: each jump may lie anywhere in its slice.
            for (marker, tolerance) in [(moving, 1e-7), (stepping, 12.0 / 20_000.0)] {
                let off = area(&marker, from, to) - brute(&marker, from, to);
                prop_assert!(off.abs() <= tolerance * secs, "{marker:?} off by {off}");
            }
        }
    }

    #[test]
    fn a_stepping_marker_stands_on_each_point_for_its_time() {
        let s = Marker::Stepping(Steps {
            from: 1,
            points: 5,
            since: Nanos::ZERO,
            direction: 1,
            delay: Nanos::from_millis(300),
            every: Nanos::from_millis(100),
        });
        // 0.3 s on point 1, 0.1 s on point 2, 0.1 s on point 3, and the rest on point 4.
        let exact = 0.3 * 0.25 + 0.1 * 0.5 + 0.1 * 0.75 + 1.5;
        assert!((area(&s, Nanos::ZERO, Nanos::from_secs(2.0)) - exact).abs() < 1e-12);
        assert_eq!(area(&s, Nanos::from_secs(9.0), Nanos::from_secs(3_600.0)), 3_591.0);
    }
}
