//! A device that goes, is not there, or comes back.

use super::telling::why_not;
use super::{Desk, Instance};
use crate::audio::part::Fate;
use crate::ground::cue::Silenced;
use crate::ground::event::SoundSaid;
use crate::ground::time::Nanos;

impl Desk {
    /// Nothing can be played from here on, for this reason; or it can again, and so can what waits.
    pub fn without(&mut self, why: Option<String>) {
        self.without = why;
        let Desk { without: None, mixer: Some(mixer), sounds, scenes, instances, .. } = self else {
            return;
        };
        let waits = |i: &&mut Instance| i.cannot.is_some() && i.part.fate() == Fate::Waiting;
        for i in instances.iter_mut().filter(waits) {
            let cue = &scenes[&i.ticket].sounds.cues[i.cue];
            if let Some(samples) = sounds.get(&cue.sound) {
                i.cannot = mixer.play(samples, &i.part, cue.volume, cue.pan).err();
            }
        }
    }

    /// The device is gone: what it had not played by `at` was not heard.
    pub fn lost(&mut self, at: Nanos) {
        for i in &mut self.instances {
            if let Some(first) = i.part.first() {
                let played = self.ledger.heard(first).is_some_and(|(t, _)| t < at);
                // What was given to it to the end may have had its end still before it.
                let ended =
                    i.part.last().and_then(|l| self.ledger.heard(l)).is_some_and(|(t, _)| t <= at);
                if played && !ended {
                    i.hushed = Some(Silenced::Device);
                } else if !played {
                    // Nor is it on the device that takes its place.
                    i.part.end(first);
                    i.cannot = Some(why_not(Silenced::Device).into());
                }
            }
        }
        // What waits may still be played on the device that takes its place.
        let (waiting, begun) = std::mem::take(&mut self.instances)
            .into_iter()
            .partition(|i| i.part.fate() == Fate::Waiting);
        self.instances = begun;
        self.say_clip(at, true);
        self.say(at, true);
        self.cut_off(at, Silenced::Device);
        for (t, said) in &mut self.said {
            if matches!(said, SoundSaid::End(end) if end.why == Silenced::Device) {
                *t = at.min(*t);
            }
        }
        self.instances = waiting;
        self.restart();
    }

    /// What is still heard is heard no more.
    pub(super) fn cut_off(&mut self, at: Nanos, why: Silenced) {
        let (cut, others) = std::mem::take(&mut self.instances)
            .into_iter()
            .partition(|i: &Instance| i.onset.is_some());
        self.instances = others;
        for i in cut {
            i.part.end(i.part.first().unwrap_or(0));
            self.ended(&i, at, i.hushed.unwrap_or(why));
        }
    }

    /// What the device says from here on has nothing to do with what it said before.
    pub fn restart(&mut self) {
        self.ledger.restart();
    }
}
