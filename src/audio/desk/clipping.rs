//! Sounds that are on together and go beyond what the device can give.

use super::{Desk, Said};
use crate::ground::event::SoundSaid;
use crate::ground::record::Clipping;
use crate::ground::time::Nanos;

/// Samples in a row of which some were cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Numbers of the first and of the last one that were.
    pub first: u64,
    pub last: u64,
    /// How many were.
    pub count: u64,
}

/// What comes within this of each other is told as one.
const TOGETHER: Nanos = Nanos::from_millis(1_000);

/// It goes on, as far as is known.
#[derive(Debug)]
pub(super) struct Clip {
    cut: Cut,
    sounds: Vec<String>,
}

impl Desk {
    /// The mixer has cut off samples.
    pub fn cut(&mut self, cut: Cut) {
        let on = |i: &&super::Instance| {
            i.part.first().is_some_and(|f| f <= cut.last)
                && i.part.last().is_none_or(|l| l > cut.first)
        };
        let sounds: Vec<String> = self.instances.iter().filter(on).map(|i| self.name(i)).collect();
        let clip =
            self.clip.get_or_insert(Clip { cut: Cut { count: 0, ..cut }, sounds: Vec::new() });
        clip.cut.last = cut.last;
        clip.cut.count += cut.count;
        for sound in sounds {
            if !clip.sounds.contains(&sound) {
                clip.sounds.push(sound);
            }
        }
    }

    /// Says it when it is over: when nothing is on any more, or has not been cut off for a while.
    pub(super) fn say_clip(&mut self, now: Nanos, last: bool) {
        let Some(clip) = &self.clip else { return };
        let heard = |frame: u64| self.ledger.heard(frame).map(|(t, _)| t);
        let goes_on = heard(clip.cut.last).is_some_and(|t| now < t + TOGETHER);
        if goes_on && self.is_busy() && !last {
            return;
        }
        let at = heard(clip.cut.first).unwrap_or(now);
        let clip = self.clip.take().map(|c| Clipping { samples: c.cut.count, sounds: c.sounds });
        let said: Said = clip.into_iter().map(|c| (at, SoundSaid::Clipping(c))).collect();
        self.said.extend(said);
    }
}
