//! When samples were heard, looked back upon: by what the device said before them and behind them. A device that was held up
//! goes on later, so its stamps lie on pieces of line, one behind the other. Pure.

use super::line::{AGREE, SLIP, STAYS, Stamp, Usual, low, span};
use crate::ground::record::SoundBasis;
use crate::ground::time::Nanos;
use std::collections::VecDeque;

/// Stamps that are kept: more than a minute of them.
const KEPT: usize = 8192;
/// Stamps within this of a sample tell when it was heard.
const NEAR: Nanos = Nanos::from_millis(1_000);
/// So many must have come behind it.
pub const BEHIND: usize = 6;
/// So many of the last ones say how a device runs.
const TAIL: usize = 32;
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
        let mut offsets: Vec<i64> = self.stamps[from..to].iter().map(|(_, o)| *o).collect();
        low(&mut offsets).unwrap_or(0)
    }

    /// How the device ran at its end.
    fn usual(&self, rate: u32) -> Usual {
        let tail = || self.stamps.iter().rev().take(TAIL);
        let mut offsets: Vec<i64> = tail().map(|(_, offset)| *offset).collect();
        let mut leads: Vec<i64> = tail().map(|(s, _)| (s.heard - s.called).0).collect();
        Usual {
            rate,
            line: Nanos(low(&mut offsets).unwrap_or(0)),
            lead: Nanos(low(&mut leads).unwrap_or(0)),
            frames: median(tail().map(|(s, _)| i64::from(s.frames)).collect()).unwrap_or(0) as u64,
        }
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
        let usual = piece.usual(self.rate);
        // The first ones of a stream are guesses.
        let settled = piece.stamps.len() >= AGREE;
        if !settled || (offset - usual.line.0).abs() <= SLIP.0 {
            self.odd.clear();
            piece.stamps.push((stamp, offset));
            self.keep();
            return None;
        }
        self.odd.push(stamp);
        let sooner = offset < usual.line.0;
        let late = self.odd.iter().position(|s| sooner || usual.asked_late(s));
        let stays = stamp.called - self.odd[0].called >= STAYS;
        let from = late.or(stays.then_some(0)).filter(|from| self.odd.len() - from >= AGREE)?;
        // What came before that was stale.
        let odd = std::mem::take(&mut self.odd).split_off(from);
        let slip = self.slip(&odd, &usual);
        self.begin(&odd);
        self.slips.push(slip);
        Some(slip)
    }

    fn slip(&self, behind: &[Stamp], usual: &Usual) -> Slip {
        let first = behind[0];
        let mut offsets: Vec<i64> = behind.iter().map(|s| s.offset(self.rate).0).collect();
        let by = Nanos(low(&mut offsets).unwrap_or(usual.line.0)) - usual.line;
        // A device that has nothing left asks for all that it can hold, one that was stopped goes on where it was.
        let soon = behind.iter().take_while(|s| s.called - first.called <= AT_ONCE);
        let taken: u64 = soon.map(|s| u64::from(s.frames)).sum();
        let drained = 2 * taken >= 3 * usual.frames;
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

    /// When the device asked last.
    pub fn asked(&self) -> Option<Nanos> {
        let last = self.odd.last().or_else(|| Some(self.pieces.back()?.last()));
        last.map(|s| s.called)
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
mod tests;
