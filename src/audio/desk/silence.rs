//! What is not played, or no longer: sounds of scenes that are taken back, and those that are to fall silent.

use super::telling::{STOOD_STILL, why_not};
use super::{Desk, GIVEN_UP, Instance, limit};
use crate::audio::part::Fate;
use crate::ground::cue::{Silenced, Stop};
use crate::ground::event::SoundSaid;
use crate::ground::ports::Hush;
use crate::ground::time::Nanos;
use std::ops::RangeInclusive;

/// The end of a run takes scenes back and silences them within this.
const AT_ONCE: Nanos = Nanos::from_millis(100);

impl Desk {
    /// Scenes with these tickets will not appear, unless they just have.
    pub fn withdraw(&mut self, tickets: RangeInclusive<u64>, now: Nanos) {
        self.taken_back.clear();
        for i in std::mem::take(&mut self.instances) {
            if !tickets.contains(&i.ticket) || !i.part.cancel() {
                self.instances.push(i);
            } else if i.time == 0 && self.scenes[&i.ticket].appears.is_some_and(|at| at <= now) {
                let why = self.never().unwrap_or_else(|| why_not(Silenced::Run).into());
                self.taken_back.push((now, self.not_played(i.ticket, i.cue, 0, why)));
            }
        }
        for (ticket, scene) in &mut self.scenes {
            if tickets.contains(ticket) {
                scene.over = true;
            } else if scene.next.is_some_and(|(next, _)| tickets.contains(&next)) {
                scene.next = None;
                let own = self.instances.iter().filter(|i| i.ticket == *ticket);
                own.for_each(|i| limit(i, scene, None));
            }
        }
        self.scenes.retain(|ticket, s| !(s.sounds.covered && tickets.contains(ticket)));
        self.withdrawn.push(tickets);
    }

    /// Sounds are to fall silent at once, and those that wait are not begun.
    pub fn hush(&mut self, hush: Hush, now: Nanos) {
        // Behind grey the phase is shown once more, and tells of its sounds then.
        let ends = hush.why == Silenced::Run;
        for (at, onset) in self.taken_back.drain(..) {
            if ends && now - at < AT_ONCE {
                self.said.push((now, SoundSaid::Onset(onset)));
            }
        }
        let Desk { scenes, instances, .. } = self;
        let meant = |i: &Instance| match hush.answered {
            Some(ticket) => {
                let stop = scenes[&i.ticket].sounds.cues[i.cue].stop;
                i.ticket == ticket && stop == Stop::Response
            }
            None => true,
        };
        let mut gone = Vec::new();
        for i in instances.iter_mut().filter(|i| meant(i)) {
            if i.part.cancel() {
                gone.push((i.ticket, i.cue, i.time, i.part.due()));
            } else {
                i.hushed.get_or_insert(hush.why);
                i.part.silence(Some(now + self.correction));
            }
        }
        for (ticket, scene) in scenes.iter_mut() {
            scene.over |= hush.answered.is_none();
            if hush.answered == Some(*ticket) {
                let stops = scene.sounds.cues.iter().map(|c| c.stop == Stop::Response);
                scene.again.iter_mut().zip(stops).filter(|(_, s)| *s).for_each(|(n, _)| *n = None);
            }
        }
        for (ticket, cue, time, due) in gone {
            let was_due = due.is_some_and(|t| t + GIVEN_UP < now);
            // Of one that is repeated those are missed whose time had come.
            if time == 0 || was_due {
                let why = if was_due { STOOD_STILL } else { why_not(hush.why) };
                let why = self.never().unwrap_or_else(|| why.into());
                self.unplayed(ticket, cue, time, why, now);
            }
        }
        self.instances.retain(|i| i.part.fate() != Fate::Cancelled);
    }

    /// Why nothing is played in this run at all, where that is so.
    pub(super) fn never(&self) -> Option<String> {
        self.without.clone().filter(|_| self.mixer.is_none())
    }
}
