//! When samples were heard, looked back upon: by what the device said before them and behind them. A device that was held up
//! goes on later, so its stamps lie on pieces of line, one behind the other. Pure.

use super::line::{AGREE, SLIP, Stamp, span};
use crate::ground::record::SoundBasis;
use crate::ground::time::Nanos;
use std::collections::VecDeque;

/// Stamps that are kept: more than a minute of them.
const KEPT: usize = 8192;
/// Stamps within this of a sample tell when it was heard.
const NEAR: Nanos = Nanos::from_millis(1_000);
/// So many must have come behind it.
pub const BEHIND: usize = 6;
/// What is asked for within this after a pause was asked for at once.
const AT_ONCE: Nanos = Nanos::from_millis(4);

/// Stamps that lie on one line.
#[derive(Clone, Debug)]
struct Piece {
    stamps: Vec<(Stamp, i64)>,
}

/// Between two pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The first sample behind it.
    pub frame: u64,
    /// When the device asked for that.
    pub called: Nanos,
    /// By how much later samples are heard from there on; negative where they come sooner.
    pub by: Nanos,
    /// All samples before it had been heard; else it was stopped with some of them still to be heard.
    pub drained: bool,
}

/// What a device has said so far.
#[derive(Clone, Debug)]
pub struct Ledger {
    rate: u32,
    pieces: VecDeque<Piece>,
    kept: usize,
    odd: Vec<Stamp>,
    slips: Vec<Slip>,
}

fn median(mut values: Vec<i64>) -> Option<i64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    Some(*values.select_nth_unstable(middle).1)
}

impl Piece {
    fn first(&self) -> &Stamp {
        &self.stamps[0].0
    }

    fn last(&self) -> &Stamp {
        &self.stamps[self.stamps.len() - 1].0
    }

    /// Where sample 0 would lie by the stamps around a sample; by the nearest where none are that near.
    fn offset(&self, frame: u64, rate: u32) -> i64 {
        let near = (i128::from(NEAR.0) * i128::from(rate) / 1_000_000_000) as u64;
        let from = self.stamps.partition_point(|(s, _)| s.frame + near < frame);
        let to = self.stamps.partition_point(|(s, _)| s.frame <= frame + near);
        let from = from.min(self.stamps.len().saturating_sub(AGREE));
        let to = to.max((from + AGREE).min(self.stamps.len()));
        median(self.stamps[from..to].iter().map(|(_, offset)| *offset).collect()).unwrap_or(0)
    }
}

impl Ledger {
    /// Nothing is known yet; `rate` in hertz.
    pub fn new(rate: u32) -> Ledger {
        let (pieces, odd, slips) = (VecDeque::new(), Vec::new(), Vec::new());
        Ledger { rate, pieces, kept: 0, odd, slips }
    }

    /// Takes the next stamp. Where the device has slipped before it, says so.
    pub fn push(&mut self, stamp: Stamp) -> Option<Slip> {
        let offset = stamp.offset(self.rate).0;
        let Some(piece) = self.pieces.back_mut() else {
            self.begin(&[stamp]);
            return None;
        };
        let tail = piece.stamps.iter().rev().take(2 * AGREE).map(|(_, o)| *o).collect();
        let line = median(tail).unwrap_or(offset);
        // The first ones of a stream are guesses.
        let settled = piece.stamps.len() >= AGREE;
        if !settled || (offset - line).abs() <= SLIP.0 {
            self.odd.clear();
            piece.stamps.push((stamp, offset));
            self.keep();
            return None;
        }
        self.odd.push(stamp);
        if self.odd.len() < AGREE {
            return None;
        }
        let odd = std::mem::take(&mut self.odd);
        let slip = self.slip(&odd, line);
        self.begin(&odd);
        self.slips.push(slip);
        Some(slip)
    }

    fn slip(&self, behind: &[Stamp], line: i64) -> Slip {
        let first = behind[0];
        let offsets = behind.iter().map(|s| s.offset(self.rate).0).collect();
        let by = Nanos(median(offsets).unwrap_or(line) - line);
        let usual = self.pieces.back().map(|p| {
            let sizes = p.stamps.iter().rev().take(32).map(|(s, _)| i64::from(s.frames));
            median(sizes.collect()).unwrap_or(0)
        });
        // A device that has nothing left asks for all that it can hold, one that was stopped goes on where it was.
        let soon = behind.iter().take_while(|s| s.called - first.called <= AT_ONCE);
        let taken: i64 = soon.map(|s| i64::from(s.frames)).sum();
        let drained = 2 * taken >= 3 * usual.unwrap_or(0);
        Slip { frame: first.frame, called: first.called, by, drained }
    }

    fn begin(&mut self, stamps: &[Stamp]) {
        let stamps = stamps.iter().map(|s| (*s, s.offset(self.rate).0)).collect();
        self.pieces.push_back(Piece { stamps });
        self.keep();
    }

    fn keep(&mut self) {
        self.kept = self.pieces.iter().map(|p| p.stamps.len()).sum();
        while self.kept > KEPT
            && let Some(piece) = self.pieces.front_mut()
        {
            let half = (piece.stamps.len() / 2).max(1);
            piece.stamps.drain(..half);
            self.kept -= half;
            if piece.stamps.is_empty() {
                self.pieces.pop_front();
            }
        }
    }

    /// The stream was made anew: what it says has nothing to do with what was said before.
    pub fn restart(&mut self) {
        self.odd.clear();
        self.pieces.clear();
        self.slips.clear();
    }

    /// How many stamps came behind a sample, those of an uncertain slip not counted.
    pub fn behind(&self, frame: u64) -> usize {
        let last = self
            .pieces
            .iter()
            .rev()
            .map(|p| p.stamps.len() - p.stamps.partition_point(|(s, _)| s.frame <= frame));
        if self.odd.is_empty() { last.sum() } else { 0 }
    }

    /// When a sample was heard, and how that is known; none where nothing is known of its time.
    pub fn heard(&self, frame: u64) -> Option<(Nanos, SoundBasis)> {
        let at = self.pieces.iter().rposition(|p| p.first().frame <= frame).unwrap_or(0);
        let piece = self.pieces.get(at)?;
        let by = |piece: &Piece| Nanos(piece.offset(frame, self.rate)) + span(frame, self.rate);
        let basis = match self.pieces.iter().skip(at).any(|p| p.last().frame > frame) {
            true => SoundBasis::DeviceStamps,
            false => SoundBasis::EarlierStamps,
        };
        let next = self.pieces.get(at + 1);
        let slip = next.and_then(|n| self.slips.iter().find(|s| s.frame == n.first().frame));
        if let (Some(next), Some(slip)) = (next, slip)
            && !slip.drained
        {
            // It goes on some time between the last call for samples that it did not make and the first that it made.
            let resumed = slip.called - span(u64::from(next.first().frames), self.rate).half();
            if by(next) > resumed {
                return Some((by(next), basis));
            }
        }
        Some((by(piece), basis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;
    const MS: i64 = 1_000_000;

    /// A device of 10 ms buffers that holds two of them: what is asked for is heard 20 ms later.
    fn even(ledger: &mut Ledger, from: u64, to: u64, shift: i64) -> Vec<Slip> {
        (from..to)
            .filter_map(|k| {
                let called = Nanos(k as i64 * 10 * MS + shift);
                ledger.push(Stamp {
                    frame: k * 480,
                    frames: 480,
                    called,
                    heard: called + Nanos(20 * MS),
                })
            })
            .collect()
    }

    fn heard(ledger: &Ledger, frame: u64) -> f64 {
        ledger.heard(frame).expect("it is known").0.0 as f64 / MS as f64
    }

    #[test]
    fn samples_of_a_device_that_runs_evenly_are_heard_one_behind_the_other() {
        let mut ledger = Ledger::new(RATE);
        assert!(even(&mut ledger, 0, 50, 0).is_empty());
        assert_eq!(heard(&ledger, 4_800), 120.0);
        assert_eq!(heard(&ledger, 4_824), 120.5);
        let (_, basis) = ledger.heard(4_800).unwrap();
        assert_eq!((basis, ledger.behind(4_800)), (SoundBasis::DeviceStamps, 39));
        assert_eq!(ledger.heard(50 * 480).unwrap().1, SoundBasis::EarlierStamps);
    }

    #[test]
    fn what_lies_before_a_device_ran_dry_was_heard_on_time_and_what_lies_behind_it_later() {
        let mut ledger = Ledger::new(RATE);
        even(&mut ledger, 0, 50, 0);
        // 60 ms late it asks for both of its buffers at once.
        let called = Nanos(560 * MS);
        for k in 50..52 {
            let heard = called + Nanos((k - 50) * 10 * MS + 5 * MS);
            let stamp = Stamp { frame: k as u64 * 480, frames: 480, called, heard };
            assert_eq!(ledger.push(stamp), None);
        }
        let slips: Vec<Slip> = (52..60)
            .filter_map(|k| {
                let heard = Nanos((565 + (k - 50) * 10) * MS);
                let called = heard - Nanos(20 * MS);
                ledger.push(Stamp { frame: k as u64 * 480, frames: 480, called, heard })
            })
            .collect();
        let slip = Slip { frame: 50 * 480, called, by: Nanos(45 * MS), drained: true };
        assert_eq!(slips, [slip]);
        assert!((heard(&ledger, 49 * 480 + 470) - (490.0 + 20.0 + 470.0 / 48.0)).abs() < 1e-3);
        assert_eq!(heard(&ledger, 50 * 480), 565.0);
    }

    #[test]
    fn what_a_stopped_device_still_held_is_heard_when_it_goes_on() {
        let mut ledger = Ledger::new(RATE);
        even(&mut ledger, 0, 50, 0);
        // Stopped at 495 ms for two seconds: what was to be heard from there on comes later.
        let slips = even(&mut ledger, 50, 70, 2_000 * MS);
        assert_eq!(slips.len(), 1);
        assert!(!slips[0].drained);
        assert_eq!(slips[0].by, Nanos(2_000 * MS));
        assert_eq!(heard(&ledger, 46 * 480), 480.0);
        assert_eq!(heard(&ledger, 49 * 480), 2_510.0);
        assert_eq!(heard(&ledger, 55 * 480), 2_570.0);
    }

    #[test]
    fn one_stale_stamp_is_no_slip() {
        let mut ledger = Ledger::new(RATE);
        even(&mut ledger, 0, 20, 0);
        let slips = even(&mut ledger, 20, 21, 30 * MS);
        assert!(slips.is_empty());
        assert_eq!(ledger.behind(10 * 480), 0, "nothing is said before it is clear");
        assert!(even(&mut ledger, 21, 40, 0).is_empty());
        assert_eq!(heard(&ledger, 20 * 480), 220.0);
    }

    #[test]
    fn a_long_run_keeps_the_stamps_of_its_last_minute() {
        let mut ledger = Ledger::new(RATE);
        even(&mut ledger, 0, 20_000, 0);
        assert!(ledger.kept <= KEPT);
        assert_eq!(heard(&ledger, 19_500 * 480), 195_020.0);
    }
}
