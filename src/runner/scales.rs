//! The runner's part in ratings: which phases make up a rating, which scenes show its marker, and when its outcomes
//! are written. What a rating is made of stands in `rating`.

use super::io::Output;
use super::rating::{Rating, Stretch, Told};
use super::touch::{POINTS, Touch};
use super::{GRACE, Runner, schedule};
use crate::ground::ports::{Due, ShowRequest};
use crate::ground::record::{Outcome, Record};
use crate::ground::scene::{Marker, Scene};
use crate::ground::time::Nanos;
use crate::plan::schema::{Length, Phase, Scale};

impl Runner {
    /// Whether travels of a pointer matter now: a rating that it can move is open, or such a scale may be on screen
    /// and is not reported yet. While this is false, travels need not be given to the runner.
    pub fn wants_pointer(&self) -> bool {
        if self.finished || self.is_aborted() {
            return false;
        }
        if self.is_grey() {
            return false;
        }
        let shown = self.shots.iter().skip(self.reported as usize).filter(|s| s.onset.is_none());
        let mut scales = shown.filter_map(|s| self.phase(s.segment, s.place)?.scale.as_ref());
        self.ratings.iter().any(Rating::has_pointer) || scales.any(|s| s.pointer)
    }

    /// Gives a touch to the ratings.
    pub(super) fn move_markers(&mut self, touch: &Touch) {
        for i in 0..self.ratings.len() {
            if self.ratings[i].take(touch) {
                self.redraw(i);
            }
        }
    }

    /// Whether a touch is a hand that points at a scale: it answers nothing then, whatever the button means.
    pub(super) fn is_pointing(&self, touch: &Touch) -> bool {
        touch.is_button() && self.ratings.iter().any(|r| r.is_pointed_at(touch.stamp))
    }

    /// The ticket of the scene with which the rating of a phase began: its own, unless it goes on from the scene
    /// before.
    pub(super) fn group(&self, ticket: u64, phase: &Phase) -> u64 {
        let before = (ticket as usize).checked_sub(2).map(|i| &self.shots[i]);
        let shown = before.and_then(|s| self.phase(s.segment, s.place));
        match (before, shown) {
            (Some(shot), Some(shown)) if goes_on(shown, phase) && !shot.covered => shot.group,
            _ => ticket,
        }
    }

    /// Sets the marker of a scene of a rating as it stands now: also before anybody knows that the first of them has
    /// appeared.
    pub(super) fn show_marker(&self, group: u64, scene: &mut Scene) {
        if let Some(rating) = self.ratings.iter().find(|r| r.group == group) {
            rating.dress(scene);
        } else if let (Some(scale), Some(view)) = (self.scale_of(group), scene.scale_mut()) {
            view.marker = Marker::At(scale.start);
        }
    }

    /// The scale with which a rating began.
    fn scale_of(&self, group: u64) -> Option<&Scale> {
        let first = self.shots.get(group as usize - 1)?;
        self.phase(first.segment, first.place)?.scale.as_ref()
    }

    /// A phase with a scale is on screen since `onset`.
    pub(super) fn open_rating(&mut self, ticket: u64, onset: Nanos) {
        let shot = &self.shots[ticket as usize - 1];
        let (group, target, segment) = (shot.group, shot.target, shot.segment);
        let Some(phase) = self.phase(segment, shot.place) else { return };
        let first = &self.shots[group as usize - 1];
        let scale = self.phase(first.segment, first.place).and_then(|p| p.scale.as_ref());
        let Some(scale) = scale else { return };
        let close = match phase.length {
            Length::Time(t) => target + t,
            Length::Frames { nominal, .. } => onset + nominal,
            _ => phase.at_most.map_or(Nanos::MAX, |limit| onset + limit),
        };
        let next = self.phase(segment, shot.place + 1).or_else(|| self.phase(segment + 1, 0));
        let track = self.lengths.as_ref();
        let track = track.and_then(|l| phase.scene.elements.iter().find_map(|e| e.track(l)));
        let stretch = Stretch {
            phase: phase.index,
            ticket,
            onset,
            close,
            followed: next.is_some_and(|next| goes_on(phase, next)),
            track,
            told: false,
        };
        let open = self.ratings.iter().position(|r| r.group == group);
        let i = match open {
            Some(i) => {
                self.ratings[i].goes_on(stretch);
                i
            }
            None => {
                let touches = self.recent.all();
                self.ratings.push(Rating::open(group, scale, stretch, &touches));
                self.ratings.len() - 1
            }
        };
        if self.ratings[i].is_touched() {
            self.redraw(i);
        }
        self.set_volume(onset);
        // What was taken for an answer to the phase before was a hand that pointed at this scale.
        let rating = &self.ratings[i];
        self.answers.take_back(|p| p.code == POINTS && rating.is_pointed_at(p.stamp));
    }

    /// Draws the marker of a rating anew: on the scene that was reported last, and on those behind it that wait or
    /// have appeared since. The display drops what has gone.
    fn redraw(&mut self, rating: usize) {
        let Rating { group, .. } = self.ratings[rating];
        for ticket in self.ratings[rating].latest()..=self.shots.len() as u64 {
            let shot = &self.shots[ticket as usize - 1];
            let Some(phase) = self.phase(shot.segment, shot.place) else { continue };
            if shot.group != group {
                continue;
            }
            let mut scene = schedule::scene(phase, shot.target);
            self.ratings[rating].dress(&mut scene);
            let request = ShowRequest {
                ticket,
                scene,
                due: Due::Next,
                report: false,
                mark: phase.mark,
                event: None,
                sounds: None,
            };
            self.out.push_back(Output::Show(request));
        }
    }

    /// Writes what ratings have come to whose phases were over long enough ago.
    pub(super) fn settle_ratings(&mut self) {
        let time = self.now - GRACE;
        self.tell_ratings(|rating| rating.settle(time));
    }

    /// Everything that is rated is over at `at`, or was over before.
    pub(super) fn cut_ratings(&mut self, at: Nanos) {
        self.tell_ratings(|rating| rating.cut(at));
        self.ratings.clear();
    }

    /// Grey ends what is rated at `at`.
    pub(super) fn cut_ratings_by_grey(&mut self, at: Nanos) {
        self.tell(|rating| rating.cut(at), true);
        self.ratings.clear();
    }

    /// A key has ended the phase that a scene shows, at `at`; where its rating goes on, it ends when the next appears.
    pub(super) fn close_rating(&mut self, ticket: u64, at: Nanos) {
        self.tell_ratings(|rating| rating.cut_alone(ticket, at));
    }

    /// Writes all that `told` has to say, and forgets what is over.
    fn tell_ratings(&mut self, told: impl FnMut(&mut Rating) -> Option<Told>) {
        self.tell(told, false);
    }

    fn tell(&mut self, mut told: impl FnMut(&mut Rating) -> Option<Told>, cut: bool) {
        let mut all = Vec::new();
        for rating in &mut self.ratings {
            all.extend(std::iter::from_fn(|| told(rating)));
        }
        self.ratings.retain(|r| !r.is_over());
        for Told { end, path, answer } in all {
            let phase = path.phase;
            self.log(end, Record::Path(path));
            self.log(end, Record::Outcome(Outcome { phase, answer, cut }));
        }
    }
}

/// Whether a phase goes on with the rating of the one before it.
fn goes_on(before: &Phase, phase: &Phase) -> bool {
    let (Some(old), Some(new)) = (&before.scale, &phase.scale) else { return false };
    let same = old.name == new.name && old.continuous && new.continuous;
    same && new.continues && before.index + 1 == phase.index
}
