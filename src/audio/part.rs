//! What the desk and the mixer share of one sound that is to be heard once: when it is due, and what has become of it. Both look
//! at it without waiting for each other.
#![cfg_attr(not(feature = "audio"), allow(dead_code))]

use crate::ground::time::Nanos;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering};

/// What has become of a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits for its time.
    Waiting,
    /// It is being given to the device.
    Playing,
    /// It was given to the device, whole or until it was silenced.
    Over,
    /// Its time had gone by so far that it was not begun.
    TooLate,
    /// The next scene had come before its time.
    Gone,
    /// The desk took it back.
    Cancelled,
}

const FATES: [Fate; 6] =
    [Fate::Waiting, Fate::Playing, Fate::Over, Fate::TooLate, Fate::Gone, Fate::Cancelled];

/// No instant, and no sample.
const NEVER: i64 = i64::MAX;
const NO_FRAME: u64 = u64::MAX;

/// One sound that is to be heard once. Times are those of the device, in nanoseconds.
#[derive(Debug)]
pub struct Part {
    due: AtomicI64,
    /// From here on it is faded out.
    silent_from: AtomicI64,
    /// It is not begun where it is due at this instant or later.
    not_from: AtomicI64,
    fate: AtomicU8,
    first: AtomicU64,
    last: AtomicU64,
}

impl Default for Part {
    fn default() -> Part {
        Part {
            due: AtomicI64::new(NEVER),
            silent_from: AtomicI64::new(NEVER),
            not_from: AtomicI64::new(NEVER),
            fate: AtomicU8::new(0),
            first: AtomicU64::new(NO_FRAME),
            last: AtomicU64::new(NO_FRAME),
        }
    }
}

fn instant(of: &AtomicI64) -> Option<Nanos> {
    let ns = of.load(Ordering::Relaxed);
    (ns != NEVER).then_some(Nanos(ns))
}

fn set(to: &AtomicI64, at: Option<Nanos>) {
    to.store(at.map_or(NEVER, |t| t.0), Ordering::Relaxed);
}

fn frame(of: &AtomicU64) -> Option<u64> {
    let n = of.load(Ordering::Acquire);
    (n != NO_FRAME).then_some(n)
}

impl Part {
    /// When its first sample is to be heard, where that is known yet.
    pub fn due(&self) -> Option<Nanos> {
        instant(&self.due)
    }

    pub fn set_due(&self, at: Nanos) {
        set(&self.due, Some(at));
    }

    /// When it is to fall silent, if it is.
    pub fn silent_from(&self) -> Option<Nanos> {
        instant(&self.silent_from)
    }

    pub fn silence(&self, from: Option<Nanos>) {
        set(&self.silent_from, from);
    }

    /// Until when it can be begun.
    pub fn not_from(&self) -> Option<Nanos> {
        instant(&self.not_from)
    }

    pub fn end_of_scene(&self, at: Option<Nanos>) {
        set(&self.not_from, at);
    }

    /// What has become of it.
    pub fn fate(&self) -> Fate {
        FATES[usize::from(self.fate.load(Ordering::Acquire))]
    }

    fn turn(&self, from: Fate, to: Fate) -> bool {
        self.fate
            .compare_exchange(from as u8, to as u8, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// The desk takes it back; false where it is too late for that.
    pub fn cancel(&self) -> bool {
        self.turn(Fate::Waiting, Fate::Cancelled)
    }

    /// The mixer begins it with this sample; false where it was taken back.
    pub fn begin(&self, with: u64) -> bool {
        self.first.store(with, Ordering::Release);
        self.turn(Fate::Waiting, Fate::Playing)
    }

    /// The mixer does not begin it.
    pub fn refuse(&self, why: Fate) {
        self.turn(Fate::Waiting, why);
    }

    /// The mixer is done with it: the sample behind its last one.
    pub fn end(&self, with: u64) {
        self.last.store(with, Ordering::Release);
        self.turn(Fate::Playing, Fate::Over);
    }

    /// Number of its first sample, where it has begun.
    pub fn first(&self) -> Option<u64> {
        let begun = matches!(self.fate(), Fate::Playing | Fate::Over);
        frame(&self.first).filter(|_| begun)
    }

    /// Number of the sample behind its last one, where it is over.
    pub fn last(&self) -> Option<u64> {
        frame(&self.last).filter(|_| self.fate() == Fate::Over)
    }
}

/// Where the device is, for sounds in the mixer: told before it asks them for samples.
#[derive(Debug)]
pub struct Now {
    rate: u32,
    frame: AtomicU64,
    offset: AtomicI64,
    gain: AtomicU32,
}

impl Now {
    /// `rate` in hertz.
    pub fn new(rate: u32) -> Now {
        let gain = AtomicU32::new(1f32.to_bits());
        Now { rate, frame: AtomicU64::new(0), offset: AtomicI64::new(NEVER), gain }
    }

    /// In hertz.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// The next samples begin with this one; sample 0 lies at `offset`, where that is known.
    pub fn tell(&self, frame: u64, offset: Option<Nanos>) {
        self.frame.store(frame, Ordering::Relaxed);
        set(&self.offset, offset);
    }

    /// All sounds are so loud.
    pub fn gain(&self) -> f32 {
        f32::from_bits(self.gain.load(Ordering::Relaxed))
    }

    pub fn set_gain(&self, gain: f32) {
        self.gain.store(gain.to_bits(), Ordering::Relaxed);
    }

    /// Number of the next sample, and where sample 0 lies.
    pub fn read(&self) -> (u64, Option<Nanos>) {
        (self.frame.load(Ordering::Relaxed), instant(&self.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_taken_back_or_begun_and_never_both() {
        let part = Part::default();
        assert!(part.cancel());
        assert!(!part.begin(7));
        assert_eq!((part.fate(), part.first()), (Fate::Cancelled, None));
        let part = Part::default();
        assert!(part.begin(7));
        assert!(!part.cancel());
        part.end(9);
        assert_eq!((part.fate(), part.first(), part.last()), (Fate::Over, Some(7), Some(9)));
    }
}
