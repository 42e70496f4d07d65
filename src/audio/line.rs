//! When samples are heard, by the device's own stamps: the line on which they lie now, for sounds that are still to come.
//! Pure, and without memory of its own to ask for: it is used where the device asks for samples.
#![cfg_attr(not(feature = "audio"), allow(dead_code))]

use crate::ground::time::Nanos;

/// What a device says when it asks for samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Number of the first sample that is asked for, among all that were given.
    pub frame: u64,
    /// How many are.
    pub frames: u32,
    /// When it asked.
    pub called: Nanos,
    /// When the first of them will be heard.
    pub heard: Nanos,
}

impl Stamp {
    /// When sample 0 would have been heard, had nothing ever held the device up.
    pub fn offset(&self, rate: u32) -> Nanos {
        self.heard - span(self.frame, rate)
    }
}

/// How long so many samples take.
pub fn span(frames: u64, rate: u32) -> Nanos {
    let ns = i128::from(frames) * 1_000_000_000 / i128::from(rate.max(1));
    Nanos(ns as i64)
}

/// The number of the sample that is heard nearest to an instant, where sample 0 is heard at `offset`; negative for one
/// before that.
pub fn frame_at(at: Nanos, offset: Nanos, rate: u32) -> i64 {
    let ns = i128::from((at - offset).0) * i128::from(rate);
    (ns + 500_000_000).div_euclid(1_000_000_000) as i64
}

/// Stamps that lie further than this from the line may belong to another: the device may have been held up between them.
pub const SLIP: Nanos = Nanos(1_500_000);
/// So many of them in a row must say so: a single one may be stale.
pub const AGREE: usize = 4;
/// A machine with much to do gives stale stamps for a fifth of a second on end, all of them too late. So a device was held up
/// only where it also asked late, or where it stays there for this long.
pub const STAYS: Nanos = Nanos::from_millis(500);
/// So many stamps make a line: about a second with buffers of 1024.
const KEPT: usize = 48;

/// The lower quartile: stamps that are stale are too late, and no stamp is too early by much.
pub fn low(values: &mut [i64]) -> Option<i64> {
    let at = values.len() / 4;
    (!values.is_empty()).then(|| *values.select_nth_unstable(at).1)
}

/// How a device runs while nothing holds it up.
#[derive(Clone, Copy, Debug)]
pub struct Usual {
    /// In hertz.
    pub rate: u32,
    /// Where sample 0 lies.
    pub line: Nanos,
    /// From the call for a sample until it is heard.
    pub lead: Nanos,
    /// Frames that it takes.
    pub frames: u64,
}

impl Usual {
    /// Whether it asked for these samples so late that it may have been silent meanwhile: by half of what it takes at a time.
    pub fn asked_late(&self, stamp: &Stamp) -> bool {
        let lead = self.line + span(stamp.frame, self.rate) - stamp.called;
        self.lead - lead >= span(self.frames, self.rate).half()
    }
}

/// The latest stamps of a device that runs evenly.
#[derive(Clone, Debug)]
pub struct Line {
    rate: u32,
    /// Where sample 0 would lie by each, and how long before it is heard it was asked for.
    offsets: [i64; KEPT],
    leads: [i64; KEPT],
    known: usize,
    next: usize,
    frames: u64,
    /// The last ones, as far as they lie elsewhere: how many there are, and the newest.
    odds: usize,
    odd: [Option<Stamp>; AGREE],
    /// When the first of them came.
    since: Nanos,
    /// One of them came late.
    late: bool,
}

impl Line {
    /// None are known yet; `rate` in hertz.
    pub fn new(rate: u32) -> Line {
        Line {
            rate,
            offsets: [0; KEPT],
            leads: [0; KEPT],
            known: 0,
            next: 0,
            frames: 0,
            odds: 0,
            odd: [None; AGREE],
            since: Nanos::ZERO,
            late: false,
        }
    }

    /// Takes the next stamp.
    pub fn push(&mut self, stamp: &Stamp) {
        let offset = stamp.offset(self.rate);
        let Some(line) = self.offset().filter(|line| (offset - *line).abs() > SLIP) else {
            self.odds = 0;
            self.keep(stamp);
            return;
        };
        if self.odds == 0 {
            (self.since, self.late) = (stamp.called, false);
        }
        let lead = Nanos(low(&mut { self.leads }[..self.known]).unwrap_or(0));
        let usual = Usual { rate: self.rate, line, lead, frames: self.frames };
        self.late |= usual.asked_late(stamp) || offset < line;
        self.odd[self.odds % AGREE] = Some(*stamp);
        self.odds += 1;
        if self.odds >= AGREE && (self.late || stamp.called - self.since >= STAYS) {
            (self.known, self.next, self.odds) = (0, 0, 0);
            let odd = self.odd;
            odd.iter().flatten().for_each(|stamp| self.keep(stamp));
        }
    }

    fn keep(&mut self, stamp: &Stamp) {
        self.offsets[self.next] = stamp.offset(self.rate).0;
        self.leads[self.next] = (stamp.heard - stamp.called).0;
        self.frames = u64::from(stamp.frames);
        self.next = (self.next + 1) % KEPT;
        self.known = (self.known + 1).min(KEPT);
    }

    /// When sample 0 would have been heard; none before enough is known.
    pub fn offset(&self) -> Option<Nanos> {
        if self.known < AGREE {
            return None;
        }
        let mut sorted = self.offsets;
        low(&mut sorted[..self.known]).map(Nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RATE: u32 = 48_000;

    fn stamp(k: u64, heard: i64) -> Stamp {
        Stamp {
            frame: k * 480,
            frames: 480,
            called: Nanos(heard - 20_000_000),
            heard: Nanos(heard),
        }
    }

    #[test]
    fn a_stale_stamp_does_not_move_the_line_and_a_slip_of_the_device_does() {
        let mut line = Line::new(RATE);
        assert_eq!(line.offset(), None);
        let even = |k: u64| 5_000_000 + 10_000_000 * k as i64;
        (0..20).for_each(|k| line.push(&stamp(k, even(k))));
        line.push(&stamp(20, even(20) + 9_000_000));
        assert_eq!(line.offset(), Some(Nanos(5_000_000)));
        (21..25).for_each(|k| line.push(&stamp(k, even(k) + 7_000_000)));
        assert_eq!(line.offset(), Some(Nanos(12_000_000)));
    }

    #[test]
    fn stamps_that_are_stale_for_a_while_do_not_move_the_line_unless_the_device_asked_late() {
        let even = |k: u64| 5_000_000 + 10_000_000 * k as i64;
        let later = |k: u64, called: i64| {
            let Stamp { heard, .. } = stamp(k, even(k) + 3_000_000);
            Stamp { called: Nanos(even(k) - 20_000_000 + called), heard, ..stamp(k, 0) }
        };
        for (late, moved) in [(0, 0), (12_000_000, 3_000_000)] {
            let mut line = Line::new(RATE);
            (0..20).for_each(|k| line.push(&stamp(k, even(k))));
            line.push(&later(20, late));
            (21..30).for_each(|k| line.push(&later(k, 0)));
            assert_eq!(line.offset(), Some(Nanos(5_000_000 + moved)));
        }
        let mut line = Line::new(RATE);
        (0..20).for_each(|k| line.push(&stamp(k, even(k))));
        (20..80).for_each(|k| line.push(&later(k, 0)));
        assert_eq!(line.offset(), Some(Nanos(8_000_000)), "it stays there");
    }

    proptest! {
        #[test]
        fn the_sample_for_an_instant_is_heard_within_half_a_sample_of_it(
            at in 0i64..10_000_000_000_000, offset in -1_000_000_000i64..1_000_000_000,
            rate in prop_oneof![Just(44_100u32), Just(48_000), Just(96_000), 8_000u32..192_000],
        ) {
            let frame = frame_at(Nanos(at), Nanos(offset), rate);
            prop_assume!(frame >= 0);
            let heard = Nanos(offset) + span(frame as u64, rate);
            prop_assert!((heard.0 - at).abs() <= 500_000_000 / i64::from(rate) + 2);
        }
    }
}
