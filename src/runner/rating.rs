//! A rating: what hands made of a marker, over one phase or over several that show the same scale one after the
//! other. It reckons from stamps alone, so a touch that arrives late leaves the same rating, and it says for each
//! phase what was rated there. It refuses to know the plan and the display.

mod area;
mod course;
mod hand;

use super::touch::{Act, Touch};
use crate::ground::record::{Answer, MarkerPath, Travel};
use crate::ground::scene::{Marker, Scene, Track};
use crate::ground::time::Nanos;
use crate::plan::schema::Scale;
use course::{Course, Span};
use hand::Hand;

/// A rating in progress.
#[derive(Clone, Debug)]
pub struct Rating {
    /// Ticket of the scene it began with; later scenes of the same rating name it.
    pub group: u64,
    scale: Scale,
    /// The phases that have appeared, by ticket.
    stretches: Vec<Stretch>,
    /// Every touch that concerns it, by stamp; those of one instant as they arrived.
    log: Vec<Touch>,
    hand: Hand,
    course: Course,
}

/// One phase of a rating.
#[derive(Clone, Debug)]
pub struct Stretch {
    pub phase: u32,
    pub ticket: u64,
    /// Its final onset.
    pub onset: Nanos,
    /// When it is over if nothing follows; never, where the person ends it.
    pub close: Nanos,
    /// The next phase of the plan goes on with the rating: this one is over when that one appears.
    pub followed: bool,
    /// Where on the screen the scale stands, where that is known.
    pub track: Option<Track>,
    /// Its outcome was given.
    pub told: bool,
}

/// What a phase of a rating has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub end: Nanos,
    pub path: MarkerPath,
    pub answer: Answer,
}

impl Rating {
    /// A rating whose first phase that is known has appeared; `touches` are what hands did lately, by stamp.
    pub fn open(group: u64, scale: &Scale, stretch: Stretch, touches: &[Touch]) -> Rating {
        let scale = scale.clone();
        let (hand, course) = (Hand::new(scale.start), Course::new(scale.start));
        let concerns = |t: &&Touch| hand::concerns(&scale, t);
        let log = touches.iter().filter(concerns).cloned().collect();
        let mut rating = Rating { group, scale, stretches: vec![stretch], log, hand, course };
        rating.reckon();
        rating
    }

    /// Another phase of it has appeared.
    pub fn goes_on(&mut self, stretch: Stretch) {
        let place = self.stretches.partition_point(|s| s.ticket < stretch.ticket);
        self.stretches.insert(place, stretch);
        // The scale may stand elsewhere on the screen from here on.
        self.reckon();
    }

    /// Takes a touch; true if the picture changed. What came before the onset or after the close, and everything
    /// after confirmation, counts for nothing.
    pub fn take(&mut self, touch: &Touch) -> bool {
        if touch.stamp >= self.limit() || !hand::concerns(&self.scale, touch) {
            return false;
        }
        let look = |hand: &Hand| (hand.marker, hand.confirmed);
        let before = look(&self.hand);
        if self.log.last().is_none_or(|last| last.stamp <= touch.stamp) {
            self.log.push(touch.clone());
            self.follow(self.log.len() - 1);
        } else {
            // One that arrived late takes its place among the others, and all that follows is reckoned anew.
            let place = self.log.partition_point(|t| t.stamp <= touch.stamp);
            self.log.insert(place, touch.clone());
            self.reckon();
        }
        look(&self.hand) != before
    }

    /// Whether a touch points at the scale: the button that points goes down while the pointer is on it.
    pub fn is_pointed_at(&self, stamp: Nanos) -> bool {
        let there = self.scale.pointer && self.begin() <= stamp && stamp < self.limit();
        let Some(track) = self.track(stamp).filter(|_| there) else { return false };
        let before = self.log.partition_point(|t| t.stamp <= stamp);
        let place = self.log[..before].iter().rev().find_map(|t| match &t.act {
            Act::Travel(Travel::To(place)) => Some(*place),
            _ => None,
        });
        place.is_some_and(|p| track.position(p).is_some())
    }

    /// Where its marker stands at an instant, where that sets how loud sounds are.
    pub fn volume(&self, at: Nanos) -> Option<f64> {
        self.scale.volume.then(|| self.hand.marker.at(at.min(self.limit())))
    }

    /// Whether its marker, which sets how loud sounds are, still moves by itself at an instant.
    pub fn moves_volume(&self, at: Nanos) -> bool {
        self.scale.volume && at < self.limit() && !matches!(self.hand.marker, Marker::At(_))
    }

    /// Whether a pointer can move it.
    pub fn has_pointer(&self) -> bool {
        self.scale.pointer
    }

    /// Sets the marker of a scene as it should look now.
    pub fn dress(&self, scene: &mut Scene) {
        if let Some(view) = scene.scale_mut() {
            view.marker = self.hand.marker;
            view.confirmed = self.hand.confirmed.is_some();
        }
    }

    /// Ticket of the latest of its scenes that is known to have appeared.
    pub fn latest(&self) -> u64 {
        self.last().ticket
    }

    /// The end of the first of its phases whose outcome was not given yet, once that is known.
    pub fn next_end(&self) -> Option<Nanos> {
        self.end(self.stretches.iter().position(|s| !s.told)?)
    }

    /// What a phase has come to whose end is known and not later than `time`; each is told once.
    pub fn settle(&mut self, time: Nanos) -> Option<Told> {
        let i = self.stretches.iter().position(|s| !s.told)?;
        let end = self.end(i).filter(|end| *end <= time)?;
        Some(self.tell(i, end))
    }

    /// What the next phase has come to if everything is over at `at`, whether or not its end is known.
    pub fn cut(&mut self, at: Nanos) -> Option<Told> {
        let i = self.stretches.iter().position(|s| !s.told)?;
        let end = self.end(i).unwrap_or(self.stretches[i].close).min(at);
        Some(self.tell(i, end))
    }

    /// As [`Rating::cut`], if a key has ended the phase of this scene and nothing goes on with the rating.
    pub fn cut_alone(&mut self, ticket: u64, at: Nanos) -> Option<Told> {
        let ends = self.latest() == ticket && !self.last().followed;
        if ends { self.cut(at) } else { None }
    }

    /// Whether it looks other than when it began.
    pub fn is_touched(&self) -> bool {
        self.hand.marker != Marker::At(self.scale.start) || self.hand.confirmed.is_some()
    }

    /// Whether nothing more will be told of it.
    pub fn is_over(&self) -> bool {
        !self.last().followed && self.stretches.iter().all(|s| s.told)
    }

    fn begin(&self) -> Nanos {
        self.stretches[0].onset
    }

    fn last(&self) -> &Stretch {
        self.stretches.last().expect("a rating has a phase from the beginning")
    }

    /// When it stops taking touches.
    fn limit(&self) -> Nanos {
        let last = self.last();
        if last.followed { Nanos::MAX } else { last.close }
    }

    /// The end of a phase: the onset of the one that follows, where one does.
    fn end(&self, i: usize) -> Option<Nanos> {
        let here = &self.stretches[i];
        let next = self.stretches.get(i + 1).filter(|next| next.ticket == here.ticket + 1);
        match next {
            Some(next) => Some(next.onset),
            None => (!here.followed).then_some(here.close),
        }
    }

    /// Where the scale stands at an instant.
    fn track(&self, at: Nanos) -> Option<&Track> {
        let here = self.stretches.iter().rev().find(|s| s.onset <= at);
        here.unwrap_or(&self.stretches[0]).track.as_ref()
    }

    fn reckon(&mut self) {
        self.hand = Hand::new(self.scale.start);
        self.course = Course::new(self.scale.start);
        (0..self.log.len()).for_each(|i| self.follow(i));
    }

    fn follow(&mut self, i: usize) {
        let touch = &self.log[i];
        if touch.stamp < self.begin() || touch.stamp >= self.limit() {
            self.hand.watch(touch);
            return;
        }
        let track = self.track(touch.stamp).copied();
        let before = self.hand.marker;
        let chosen = self.hand.follow(touch, &self.scale, track.as_ref());
        if chosen || self.hand.marker != before {
            self.course.mark(touch.stamp, self.hand.marker, chosen);
        }
    }

    fn tell(&mut self, i: usize, end: Nanos) -> Told {
        self.stretches[i].told = true;
        let Stretch { phase, onset, followed, .. } = self.stretches[i];
        let end = end.max(onset);
        // A touch at the very onset of the next phase belongs to that one.
        let inclusive = !followed;
        let span = Span { from: onset, to: end, inclusive };
        let whole = Span { from: self.begin(), ..span };
        let position = self.course.ends_at(span);
        let first_move = self.course.first_move(span);
        let confirmed = self.hand.confirmed.filter(|t| *t <= end);
        let touched = self.course.first_move(whole).is_some();
        let value = |at| self.scale.value(at);
        let answer = Answer::Rating {
            rating: (touched || confirmed.is_some()).then(|| value(position)),
            position,
            start: self.course.begins_at(span),
            moved: first_move.is_some(),
            confirmed: confirmed.is_some(),
            first_move_ns: first_move.map(|t| t - onset),
            confirm_ns: confirmed.map(|t| t - onset),
            mean: (touched && self.scale.continuous).then(|| self.mean(span)),
        };
        let marks = self.course.path(span);
        let path = MarkerPath { phase, marks, end_ns: end - onset };
        Told { end, path, answer }
    }

    /// In the units of the scale. A marker on points is always on one of them, so that the mean of its values is the
    /// value of its mean position, which lies between points.
    fn mean(&self, span: Span) -> f64 {
        self.scale.left + self.course.mean(span) * (self.scale.right - self.scale.left)
    }
}

#[cfg(test)]
mod tests;
