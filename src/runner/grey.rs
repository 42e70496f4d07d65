//! Plain grey for the person, whatever is on. Beneath it the run keeps to its time: what is timed goes by and is not shown,
//! what waits for a key or for the scanner waits, and nothing is asked. When the grey goes, a page that waits is shown once
//! more from its beginning, and the rest from the next scene on. It refuses to know who asked for it.

use super::Runner;
use super::io::Output;
use super::schedule::Shot;
use crate::ground::cue::Silenced;
use crate::ground::ports::{Due, ShowRequest};
use crate::ground::record::{Outcome, Record};
use crate::ground::scene::{Rgb, Scene};
use crate::ground::time::Nanos;
use crate::plan::schema::Length;
use std::collections::BTreeSet;

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
            self.silence(Silenced::Grey);
            return;
        }
        self.recall();
        self.silence(Silenced::Grey);
        self.show_grey(at);
        for (close, outcome) in self.answers.settle(Nanos::MAX) {
            let outcome = Outcome { cut: close > at, ..outcome };
            self.log(close.min(at), Record::Outcome(outcome));
        }
        self.cut_ratings_by_grey(at);
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
    pub(super) fn show_grey(&mut self, at: Nanos) {
        let last = self.shots.get((self.reported as usize).saturating_sub(1));
        let Some((segment, place)) = last.map(|s| (s.segment, s.place)) else { return };
        let ticket = self.shots.len() as u64 + 1;
        let due = Due::Next;
        self.shots.push(Shot {
            covered: true,
            interrupts: true,
            ..Shot::new(segment, place, ticket, due, at)
        });
        let (scene, event) = (self.greyed(), None);
        let request =
            ShowRequest { ticket, scene, due, report: true, mark: false, event, sounds: None };
        self.out.push_back(Output::Show(request));
    }

    /// What was given to the display and is not known to have appeared is taken back, and given anew as things stand now.
    fn recall(&mut self) {
        let from = self.reported as usize;
        let outstanding = self.shots.get_mut(from..).unwrap_or_default();
        if outstanding.is_empty() {
            return;
        }
        let own = |s: &&Shot| !s.withdrawn && !s.interrupts && s.segment == self.segment;
        let here = outstanding.iter().filter(own);
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

    /// Phases with a row that grey covered or cut short, and that were not seen for their whole time before or after.
    pub(super) fn covered(&self) -> usize {
        let with_row = |s: &Shot| self.phase(s.segment, s.place).is_some_and(|p| p.row.is_some());
        let of = |wanted: &dyn Fn(&Shot) -> bool| -> BTreeSet<(usize, usize)> {
            let those = self.shots.iter().filter(|s| s.onset.is_some() && wanted(s) && with_row(s));
            those.map(|s| (s.segment, s.place)).collect()
        };
        let whole = of(&|s| !s.covered && !s.withdrawn && !self.is_cut(s));
        of(&|s| s.covered || self.is_cut(s)).difference(&whole).count()
    }

    /// Whether grey came over a scene before its time was up.
    fn is_cut(&self, shot: &Shot) -> bool {
        let (Some(onset), Some(phase)) = (shot.onset, self.phase(shot.segment, shot.place)) else {
            return false;
        };
        let over = match phase.length {
            Length::Time(t) => shot.target + t - self.period,
            Length::Frames { nominal, .. } => onset + nominal - self.period,
            _ => Nanos::MAX,
        };
        let grey = |g: &&Shot| g.interrupts && (g.segment, g.place) == (shot.segment, shot.place);
        self.shots.iter().filter(grey).any(|g| g.target >= onset && g.target < over)
    }
}
