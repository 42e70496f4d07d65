//! Which scene goes to the display when: look-ahead, due instants, frame counts, and what "late" means.

use super::Runner;
use super::io::Output;
use crate::ground::cue::LOOK_AHEAD;
use crate::ground::event::Presented;
use crate::ground::ports::{Due, EventMark, ShowRequest};
use crate::ground::scene::{Countdown, Scene, StimulusId};
use crate::ground::time::Nanos;
use crate::plan::schema::{Anchor, Length, Phase};

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
    /// Ticket of the scene with which its rating began; its own where it has none, or begins one.
    pub group: u64,
    pub due: Due,
    /// Planned onset: anchor of the segment plus onset in it.
    pub target: Nanos,
    /// Final onset, once reported.
    pub onset: Option<Nanos>,
    /// It missed the flip that it was meant for.
    pub missed_flip: bool,
    /// It belongs to a start that was taken back, or had to give way to grey before it was seen.
    pub withdrawn: bool,
    /// Grey is shown in its place.
    pub covered: bool,
    /// It is the grey itself, which came over what was on screen.
    pub interrupts: bool,
    /// It appeared without a picture of its own.
    pub lacks: bool,
}

impl Shot {
    /// A scene that is given to the display now.
    pub fn new(segment: usize, place: usize, group: u64, due: Due, target: Nanos) -> Shot {
        Shot {
            segment,
            place,
            group,
            due,
            target,
            onset: None,
            missed_flip: false,
            withdrawn: false,
            covered: false,
            interrupts: false,
            lacks: false,
        }
    }
}

/// What recorders are told of a phase.
fn event_mark(phase: &Phase) -> Option<EventMark> {
    let code = phase.event_code?;
    let detail = phase.row.as_ref().map_or("n/a", |row| row.trial_type.as_str());
    let (name, detail) = (phase.name.as_str().into(), detail.into());
    Some(EventMark { phase: Some(phase.index), name, code, detail })
}

/// The scene of a phase that begins at `target`, with its countdown set.
pub(super) fn scene(phase: &Phase, target: Nanos) -> Scene {
    let mut scene = phase.scene.clone();
    let last = phase.scale.as_ref().and_then(|s| s.countdown);
    if let (Some(last), Some(length)) = (last, phase.length.nominal().or(phase.at_most))
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
        let closes = self.answers.next_close().into_iter();
        let closes = closes.chain(self.ratings.iter().filter_map(|r| r.next_end()));
        let settle = closes.filter(|c| *c < Nanos::MAX).map(|c| c + super::GRACE).min();
        let patience = self.patience_of_page();
        let end = match &self.ending {
            Some(e) => Some(e.patience_ends()),
            None => self.end_of_plan(),
        };
        // What is past and still open waits for a report, not for an instant.
        let watch = self.next_watch();
        let loud = self.next_volume();
        [show, settle, patience, watch, end, loud]
            .into_iter()
            .flatten()
            .filter(|t| *t > self.now)
            .min()
    }

    /// The planned onset of the first scene whose report is due and has not come: what closed after it may still be
    /// cut short by it.
    pub(super) fn first_unreported(&self) -> Nanos {
        let outstanding = self.shots.iter().skip(self.reported as usize).filter(|s| !s.withdrawn);
        let due = outstanding.filter(|s| s.onset.is_none() && s.target <= self.now);
        due.map(|s| s.target).min().unwrap_or(Nanos::MAX)
    }

    fn next_target(&self) -> Option<Nanos> {
        if self.ending.is_some() || self.is_held() {
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
            let covered = self.is_grey();
            let group = if covered { ticket } else { self.group(ticket, phase) };
            self.announce(phase.index as usize, target);
            if !covered {
                self.begin_volume(phase);
            }
            let shot = Shot::new(self.segment, self.next, group, due, target);
            self.shots.push(Shot { covered, ..shot });
            self.await_volume(ticket, phase, target);
            let mut scene = if covered { self.greyed() } else { scene(phase, target) };
            if !covered {
                self.show_marker(group, &mut scene);
            }
            self.out.push_back(Output::Show(ShowRequest {
                ticket,
                scene,
                due,
                report: true,
                mark: phase.mark && !covered,
                event: event_mark(phase).filter(|_| !covered),
                sounds: super::sounding::sounds(phase, covered),
            }));
            self.next += 1;
        }
    }

    /// When the next scene of the segment is due: after a counted number of frames behind a short phase, at the
    /// next flip where a key or a pulse has just begun the segment, else at its absolute target.
    ///
    /// A phase in frames always keeps them. A short phase keeps them too, but a row of short phases must not leave
    /// the schedule: a gap (a phase without a row) gives way, and so does a phase by which the roundings of the row
    /// add up to more than half a frame, or that itself came late because the one before it had kept its frames.
    fn due(&mut self, target: Nanos) -> Due {
        let plan = std::sync::Arc::clone(&self.plan);
        let segment = &plan.segments[self.segment];
        // After a false start the screen that waits for the scanner comes back at once.
        let late_by_grey = self.grey.lifted.is_some_and(|lifted| target <= lifted);
        if self.armed.is_some() || late_by_grey {
            self.rounding = Nanos::ZERO;
            return Due::Next;
        }
        let Some(before) = self.next.checked_sub(1) else {
            self.rounding = Nanos::ZERO;
            let first = segment.anchor == Anchor::Start && self.shots.is_empty();
            return if first { Due::At(target) } else { Due::Next };
        };
        let ticket = self.shots.len() as u64;
        let own = |s: &&Shot| {
            s.segment == self.segment && s.place == before && !s.withdrawn && !s.interrupts
        };
        if self.shots.last().filter(own).is_none() {
            // Grey came between the two.
            self.rounding = Nanos::ZERO;
            return Due::At(target);
        }
        let phase = &segment.phases[before];
        let (frames, exact) = match phase.length {
            Length::Frames { frames, .. } => (frames, true),
            Length::Time(t) if t <= SHORT => (t.periods(self.period).max(1) as u32, false),
            _ => (0, false),
        };
        let nominal = phase.length.nominal().unwrap_or_default();
        self.rounding += self.period * i64::from(frames) - nominal;
        let keeps = phase.row.is_some()
            && self.rounding.abs() <= self.period.half()
            && !self.inherited_delay(ticket);
        if frames > 0 && (exact || keeps) {
            return Due::FramesAfter { ticket, frames, near: target };
        }
        self.rounding = Nanos::ZERO;
        Due::At(target)
    }

    /// Whether a scene came after its plan only because the one before it kept its frames.
    fn inherited_delay(&self, ticket: u64) -> bool {
        let Some(shot) = self.shots.get(ticket as usize - 1) else { return false };
        let counted = matches!(shot.due, Due::FramesAfter { .. });
        let limit = self.period.half() + SPREAD;
        counted && !shot.missed_flip && shot.onset.is_some_and(|t| t - shot.target > limit)
    }

    /// Tells the loader which pictures the next phases need, whatever segment they stand in, and the first ones
    /// behind a page that can begin an earlier segment anew.
    fn announce(&mut self, shown: usize, target: Nanos) {
        let until = shown + 1 + ANNOUNCE;
        let plan = std::sync::Arc::clone(&self.plan);
        let next = plan.phases().skip(self.announced);
        let next = next.take(until.saturating_sub(self.announced));
        let again =
            |p: &Phase| p.again.as_ref().and_then(|a| plan.segments.get(a.segment as usize));
        let ahead: Vec<StimulusId> = next
            .flat_map(|p| {
                let anew = again(p).into_iter().flat_map(|s| s.phases.iter().take(ANNOUNCE));
                std::iter::once(p).chain(anew)
            })
            .flat_map(|p| p.scene.pictures().cloned())
            .collect();
        self.announced = self.announced.max(until);
        if !ahead.is_empty() {
            self.out.push_back(Output::Upcoming { pictures: ahead, at: target });
        }
    }

    /// A segment is begun anew: its pictures may have made way for others by now.
    pub(super) fn announce_anew(&mut self, segment: usize) {
        self.announced = self.plan.segments[..segment].iter().map(|s| s.phases.len()).sum();
    }

    /// Draws a scene that is on screen anew.
    pub(super) fn update(&mut self, ticket: u64, scene: Scene) {
        let mark = self
            .shots
            .get(ticket as usize - 1)
            .is_some_and(|s| self.phase(s.segment, s.place).is_some_and(|p| p.mark));
        let request = ShowRequest {
            ticket,
            scene,
            due: Due::Next,
            report: false,
            mark,
            event: None,
            sounds: None,
        };
        self.out.push_back(Output::Show(request));
    }

    /// The number in the plan of the phase that a scene belongs to.
    pub fn phase_of(&self, ticket: u64) -> Option<u32> {
        let shot = self.shots.get((ticket as usize).checked_sub(1)?)?;
        Some(self.phase(shot.segment, shot.place)?.index)
    }

    pub(super) fn planned(&self, ticket: u64) -> Nanos {
        self.shots[ticket as usize - 1].target
    }

    /// By how many refreshes a scene came too late, as the display's own counter says, else by time: none within half a
    /// period of the flip that it was meant for, and within a whole one (and 1 ms for the spread of the report) of its
    /// planned onset. A scene that was due at once
    /// has no other plan than the first flip that could be reached.
    pub(super) fn missed(&self, report: &Presented) -> u32 {
        let shot = &self.shots[report.ticket as usize - 1];
        let of_flip = report.onset - report.flip;
        let of_plan = match shot.due {
            Due::Next => of_flip,
            Due::At(_) | Due::FramesAfter { .. } => report.onset - shot.target,
        };
        let skipped = report.skipped.unwrap_or(0);
        let on_time =
            skipped == 0 && of_flip <= self.period.half() && of_plan <= self.period + SPREAD;
        let by_time = of_flip.max(of_plan).periods(self.period).max(1) as u32;
        if on_time { 0 } else { by_time.max(skipped) }
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
