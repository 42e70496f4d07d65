//! Plain grey for the person, whatever is on. Beneath it the run keeps to its time: what is timed goes by and is not shown,
//! what waits for a key or for the scanner waits, and nothing is asked. When the grey goes, a page that waits is shown once
//! more from its beginning, and the rest from the next scene on. It refuses to know who asked for it.

use super::Runner;
use super::io::Output;
use super::schedule::Shot;
use crate::ground::ports::{Due, ShowRequest};
use crate::ground::record::Record;
use crate::ground::scene::{Rgb, Scene};
use crate::ground::time::Nanos;
use crate::plan::schema::Length;

/// The grey that is up, or was.
#[derive(Debug, Default)]
pub(super) struct Grey {
    /// Since when it is up.
    pub since: Option<Nanos>,
    /// When it went the last time.
    pub lifted: Option<Nanos>,
    /// What stands on it for the operator; none on plain grey. It touches no record.
    caption: Option<Scene>,
}

impl Runner {
    /// Whether the screen is grey because somebody asked for it.
    pub fn is_grey(&self) -> bool {
        self.grey.since.is_some()
    }

    /// Puts words for the operator on the grey, or takes them away. Nothing of the run depends on it.
    pub fn caption(&mut self, words: Option<Scene>) {
        self.grey.caption = words;
        if self.is_grey() && !self.shots.is_empty() {
            self.update(self.shots.len() as u64, self.greyed());
        }
    }

    /// What is shown while the screen is grey.
    pub(super) fn greyed(&self) -> Scene {
        self.grey.caption.clone().unwrap_or_else(|| Scene::blank(Rgb::GREY))
    }

    /// Grey is put up or taken away at `at`.
    pub(super) fn grey(&mut self, at: Nanos, up: bool) {
        match (up, self.grey.since) {
            (true, None) => self.cover(at),
            (false, Some(_)) if self.ending.is_none() => self.uncover(at),
            _ => {}
        }
    }

    fn cover(&mut self, at: Nanos) {
        self.grey.since = Some(at);
        if self.ending.is_some() {
            // The last scene may still be on the screen.
            if !self.shots.is_empty() {
                self.update(self.shots.len() as u64, self.greyed());
            }
            return;
        }
        self.recall();
        self.show_grey(at);
        for (close, outcome) in self.answers.settle(Nanos::MAX) {
            self.log(close.min(at), Record::Outcome(outcome));
        }
        self.cut_ratings(at);
        // Keys turn no page that nobody sees; it comes again.
        let waiting = self.waiting.take().is_some() || self.armed.is_some();
        let places = self.plan.segments.get(self.segment).map_or(0, |s| s.phases.len());
        if waiting && self.next == places {
            self.next = places.saturating_sub(1);
        }
    }

    fn uncover(&mut self, at: Nanos) {
        self.grey.since = None;
        self.grey.lifted = Some(at);
        self.recall();
    }

    /// Gives the display the grey itself: what covers the phase that was on screen last.
    fn show_grey(&mut self, at: Nanos) {
        let last = self.shots.get((self.reported as usize).saturating_sub(1));
        let Some((segment, place)) = last.map(|s| (s.segment, s.place)) else { return };
        let ticket = self.shots.len() as u64 + 1;
        let due = Due::Next;
        self.shots.push(Shot { covered: true, ..Shot::new(segment, place, ticket, due, at) });
        let (scene, event) = (self.greyed(), None);
        let request = ShowRequest { ticket, scene, due, report: true, mark: false, event };
        self.out.push_back(Output::Show(request));
    }

    /// What was given to the display and is not known to have appeared is taken back, and given anew as things stand now.
    fn recall(&mut self) {
        let from = self.reported as usize;
        let outstanding = self.shots.get_mut(from..).unwrap_or_default();
        if outstanding.is_empty() {
            return;
        }
        let here = outstanding.iter().filter(|s| !s.withdrawn && s.segment == self.segment);
        if let Some(place) = here.map(|s| s.place).min() {
            self.next = self.next.min(place);
        }
        outstanding.iter_mut().for_each(|s| s.withdrawn = true);
        self.out.push_back(Output::Withdraw { from_ticket: from as u64 + 1 });
    }

    /// Whether the next phase waits for the grey to go: one that a person or the scanner ends.
    pub(super) fn is_held(&self) -> bool {
        let next = self.phase(self.segment, self.next);
        let waits =
            next.is_some_and(|p| matches!(p.length, Length::UntilResponse | Length::UntilTrigger));
        self.is_grey() && waits
    }

    /// Phases that had their time under grey and were seen at no other.
    pub(super) fn covered(&self) -> usize {
        let place = |s: &Shot| (s.segment, s.place);
        let seen = |covered: bool| {
            let those =
                self.shots.iter().filter(move |s| s.onset.is_some() && s.covered == covered);
            those.map(place).collect::<std::collections::BTreeSet<_>>()
        };
        seen(true).difference(&seen(false)).count()
    }
}
