//! Which scene goes to the display when: look-ahead, due instants, frame counts, and what "late" means.

use super::Runner;
use super::io::Output;
use crate::ground::ports::{Due, ShowRequest};
use crate::ground::scene::{Countdown, Scene, StimulusId};
use crate::ground::time::Nanos;
use crate::plan::schema::{Anchor, Length, Phase};

/// How long before its target a scene is given to the display.
const LOOK_AHEAD: Nanos = Nanos::from_millis(300);
/// How many phases ahead pictures are announced to the loader.
const ANNOUNCE: usize = 4;
/// Phases of this length or less keep a fixed number of frames from their own first frame.
const SHORT: Nanos = Nanos::from_millis(500);
/// Spread of the report that does not make a scene late.
const SPREAD: Nanos = Nanos::from_millis(1);

/// A scene that was given to the display.
#[derive(Clone, Debug)]
pub(super) struct Shot {
    pub segment: usize,
    pub place: usize,
    pub due: Due,
    /// Planned onset: anchor of the segment plus onset in it.
    pub target: Nanos,
    /// Final onset, once reported.
    pub onset: Option<Nanos>,
}

/// The scene of a phase that begins at `target`, with its countdown set.
pub(super) fn scene(phase: &Phase, target: Nanos) -> Scene {
    let mut scene = phase.scene.clone();
    let last = phase.scale.as_ref().and_then(|s| s.countdown);
    if let (Some(last), Some(length)) = (last, phase.length.nominal())
        && let Some(view) = scene.scale_mut()
    {
        view.countdown = Some(Countdown { end: target + length, last });
    }
    scene
}

impl Runner {
    /// The next instant at which the runner must be told that it has come; none once it has finished, or while
    /// only a key, a pulse or a report can go on.
    pub fn next_deadline(&self) -> Option<Nanos> {
        if self.finished {
            return None;
        }
        let show = self.next_target().map(|t| t - LOOK_AHEAD);
        let window =
            self.answers.next_close().filter(|c| *c < Nanos::MAX).map(|c| c + super::GRACE);
        let rating = self.ratings.iter().map(|r| r.close).min();
        let rating = rating.filter(|c| *c < Nanos::MAX).map(|c| c + super::GRACE);
        let end = match &self.ending {
            Some(e) => Some(e.patience_ends()).filter(|t| *t > self.now),
            None => self.end_of_plan(),
        };
        [show, window, rating, end].into_iter().flatten().min()
    }

    fn next_target(&self) -> Option<Nanos> {
        if self.ending.is_some() {
            return None;
        }
        Some(self.anchor? + self.phase(self.segment, self.next)?.onset)
    }

    /// Gives the display every scene that is due within the look-ahead.
    pub(super) fn issue(&mut self) {
        while let Some(target) = self.next_target() {
            if target - LOOK_AHEAD > self.now {
                break;
            }
            let plan = std::sync::Arc::clone(&self.plan);
            let phase = &plan.segments[self.segment].phases[self.next];
            let due = self.due(target);
            let ticket = self.shots.len() as u64 + 1;
            self.announce(phase.index as usize, target);
            let shot = Shot { segment: self.segment, place: self.next, due, target, onset: None };
            self.shots.push(shot);
            self.out.push_back(Output::Show(ShowRequest {
                ticket,
                scene: scene(phase, target),
                due,
                report: true,
                mark: phase.mark,
            }));
            self.next += 1;
        }
    }

    /// When the next scene of the segment is due: after a counted number of frames behind a short phase, at the
    /// next flip where a key or a pulse has just begun the segment, else at its absolute target.
    fn due(&self, target: Nanos) -> Due {
        let anchor = self.plan.segments[self.segment].anchor;
        let Some(before) = self.next.checked_sub(1) else {
            return if anchor == Anchor::Start { Due::At(target) } else { Due::Next };
        };
        let ticket = self.shots.len() as u64;
        match self.plan.segments[self.segment].phases[before].length {
            Length::Frames { frames, .. } => Due::FramesAfter { ticket, frames, near: target },
            Length::Time(t) if t <= SHORT => {
                let frames = t.periods(self.period).max(1) as u32;
                Due::FramesAfter { ticket, frames, near: target }
            }
            _ => Due::At(target),
        }
    }

    /// Tells the loader which pictures the next phases need, whatever segment they stand in.
    fn announce(&mut self, shown: usize, target: Nanos) {
        let until = shown + 1 + ANNOUNCE;
        let ahead: Vec<StimulusId> = (self.plan.phases())
            .skip(self.announced)
            .take(until.saturating_sub(self.announced))
            .flat_map(|p| p.scene.pictures().cloned())
            .collect();
        self.announced = self.announced.max(until);
        if !ahead.is_empty() {
            self.out.push_back(Output::Upcoming { pictures: ahead, at: target });
        }
    }

    /// Draws a scene that is on screen anew.
    pub(super) fn update(&mut self, ticket: u64, scene: Scene) {
        let mark = self
            .shots
            .get(ticket as usize - 1)
            .is_some_and(|s| self.phase(s.segment, s.place).is_some_and(|p| p.mark));
        let request = ShowRequest { ticket, scene, due: Due::Next, report: false, mark };
        self.out.push_back(Output::Show(request));
    }

    pub(super) fn phase_of(&self, ticket: u64) -> Option<u32> {
        let shot = self.shots.get((ticket as usize).checked_sub(1)?)?;
        Some(self.phase(shot.segment, shot.place)?.index)
    }

    pub(super) fn planned(&self, ticket: u64) -> Nanos {
        self.shots[ticket as usize - 1].target
    }

    /// By how many refreshes a scene came too late: none within half a period (and 1 ms for the spread of the
    /// report) of the instant it was due; a scene due at once has two whole periods, for its drawing and for its flip.
    pub(super) fn missed(&self, ticket: u64, onset: Nanos) -> u32 {
        let shot = &self.shots[ticket as usize - 1];
        let expected = match shot.due {
            Due::At(t) => t,
            Due::Next => shot.target + self.period * 2,
            Due::FramesAfter { ticket, frames, near } => {
                let first = self.shots.get(ticket as usize - 1).and_then(|s| s.onset);
                first.map_or(near, |t| t + self.period * i64::from(frames))
            }
        };
        let behind = onset - expected;
        if behind <= self.period.half() + SPREAD {
            return 0;
        }
        behind.periods(self.period).max(1) as u32
    }

    /// When the last phase of the plan is over, once that is known.
    pub(super) fn end_of_plan(&self) -> Option<Nanos> {
        let segment = self.plan.segments.get(self.segment)?;
        let last = segment.phases.last()?;
        let done =
            self.segment + 1 == self.plan.segments.len() && self.next == segment.phases.len();
        done.then_some(self.anchor? + last.onset + last.length.nominal()?)
    }
}
