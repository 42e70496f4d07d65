//! What the runner waits for where no clock goes on: a key that ends a page, the scanner's first pulse, and volumes.

use super::Runner;
use super::touch::{Act, Touch};
use crate::ground::record::Record;
use crate::ground::time::Nanos;
use crate::plan::schema::{Again, Anchor, Length, Phase};
use crate::plan::timing::counts_from;
use std::sync::Arc;

/// A phase that only a key can end, once it is on screen.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    phase: u32,
    ticket: u64,
    onset: Nanos,
    /// Meanings of the keys that go on.
    keys: Vec<String>,
    again: Option<Again>,
    /// When nobody waits for a key any longer.
    until: Option<Nanos>,
}

/// A phase that a volume ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct VolumeWait {
    phase: u32,
    ticket: u64,
    /// Pulses before that belong to what was shown before it.
    from: Nanos,
    /// How many volumes must still begin.
    left: u32,
}

impl Waiting {
    /// The segment that a press of this meaning begins, where `here` is the present one.
    fn leads_to(&self, meaning: &String, here: usize) -> Option<usize> {
        if self.keys.contains(meaning) {
            return Some(here + 1);
        }
        let again = self.again.as_ref().filter(|a| a.keys.contains(meaning));
        again.map(|a| a.segment as usize)
    }
}

impl Runner {
    /// A phase is on screen since `onset`: if only a key can end it, it may have been pressed already.
    pub(super) fn wait_for_key(&mut self, ticket: u64, onset: Nanos) {
        let shot = &self.shots[ticket as usize - 1];
        let plan = Arc::clone(&self.plan);
        let phase = &plan.segments[shot.segment].phases[shot.place];
        if phase.length != Length::UntilResponse {
            return;
        }
        let keys = phase.response.as_ref().map(|w| w.keys.clone()).unwrap_or_default();
        let again = phase.again.clone();
        let until = phase.at_most.map(|limit| onset + limit);
        self.waiting = Some(Waiting { phase: phase.index, ticket, onset, keys, again, until });
        self.recent.keys().iter().for_each(|touch| self.end_wait(touch));
    }

    /// Ends the phase that only a key can end, if this is the key.
    pub(super) fn end_wait(&mut self, touch: &Touch) {
        let Some(w) = &self.waiting else { return };
        let Act::Key { meaning: Some(meaning), down: true, .. } = &touch.act else { return };
        let stamp = touch.stamp;
        if stamp < w.onset || w.until.is_some_and(|t| t <= stamp) || self.is_pointing(touch) {
            return;
        }
        let Some(next) = w.leads_to(meaning, self.segment) else { return };
        let (phase, ticket) = (w.phase, w.ticket);
        self.answers.shut(phase, stamp + Nanos(1));
        for (close, outcome) in self.answers.settle(stamp + Nanos(1)) {
            self.log(close.min(stamp), Record::Outcome(outcome));
        }
        self.close_rating(ticket, stamp);
        self.begin(next, stamp, Anchor::Response);
    }

    /// When the page on screen goes on without a key, if it does.
    pub(super) fn patience_of_page(&self) -> Option<Nanos> {
        self.waiting.as_ref().and_then(|w| w.until).filter(|_| self.ending.is_none())
    }

    /// Goes on where nobody waits for a key any longer. A press that was made in time and arrives late still answers, but
    /// ends nothing.
    pub(super) fn end_patience(&mut self) {
        let Some(until) = self.patience_of_page().filter(|t| *t <= self.now) else { return };
        let ticket = self.waiting.as_ref().map_or(0, |w| w.ticket);
        self.close_rating(ticket, until);
        self.begin(self.segment + 1, until, Anchor::Limit);
    }

    /// Notes that a phase which is given to the display waits for volumes.
    pub(super) fn await_volume(&mut self, ticket: u64, phase: &Phase, target: Nanos) {
        if let Length::UntilVolume { volumes } = phase.length {
            let from = counts_from(target, self.plan.volumes.tr);
            let phase = phase.index;
            // Volumes that came before grey made the phase come anew have been counted.
            let begun = self.volume_wait.filter(|w| w.phase == phase && w.from == from);
            let left = begun.map_or(volumes, |w| w.left);
            self.volume_wait = Some(VolumeWait { phase, ticket, from, left });
        }
    }

    /// So many volumes have begun at `stamp`, lost ones included: if that was waited for, what follows begins.
    pub(super) fn end_volume_wait(&mut self, stamp: Nanos, volumes: u32) {
        let Some(wait) = self.volume_wait.as_mut().filter(|w| w.from <= stamp) else { return };
        // Pulses that were lost before it began are not of those that were waited for.
        let since = ((stamp - wait.from).0 / self.plan.volumes.tr.0.max(1)) as u32 + 1;
        wait.left = wait.left.saturating_sub(volumes.min(since));
        let VolumeWait { phase, ticket, left, .. } = *wait;
        if left > 0 || self.ending.is_some() {
            return;
        }
        self.answers.shut(phase, stamp);
        self.close_rating(ticket, stamp);
        self.begin(self.segment + 1, stamp, Anchor::Volume);
    }
}
