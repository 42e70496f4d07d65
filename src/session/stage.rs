//! Where a run takes place: a display and the events that come from it. The live stage waits on a channel, the
//! virtual one moves its clock.

mod sounds;

use crate::audio::Sounds;
use crate::ground::clock::{Clock, VirtualClock};
use crate::ground::event::{Event, Presented};
use crate::ground::ports::{Display, Due, EventMark, Hush, ShowRequest};
use crate::ground::record::{Basis, DisplayInfo, SentMarker};
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use crate::rig::geometry::Geometry;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use sounds::Sounds as Planned;
use std::collections::VecDeque;
use std::sync::Arc;

/// A display with the stream of what happens.
pub trait Stage: Display {
    /// Waits for the next event, until an instant at the latest.
    fn wait(&mut self, until: Nanos) -> Wait;
    /// Sounds are to fall silent.
    fn hush(&mut self, _hush: Hush) {}
    /// What the amplitude of all sounds is multiplied by from now on.
    fn volume(&mut self, _gain: f64) {}
    /// No sound is begun any more; waits until all is said of those that were.
    fn end_sounds(&mut self) {}
    /// Whether no event can come any more but those that are asked for; never known of a real display.
    fn is_idle(&self) -> bool {
        false
    }
}

/// What a wait brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Wait {
    Event(Event),
    /// The instant has come.
    Due,
    /// No event can come any more.
    Closed,
}

/// A real display and a channel of events.
pub struct LiveStage<'a> {
    pub display: &'a mut dyn Display,
    pub events: Receiver<Event>,
    pub clock: Arc<dyn Clock>,
    /// Where sounds are played, where the plan has any.
    pub sounds: Option<&'a mut Sounds>,
    /// The latest ticket that was shown.
    pub latest: u64,
}

impl std::fmt::Debug for LiveStage<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveStage").finish_non_exhaustive()
    }
}

impl Display for LiveStage<'_> {
    fn upcoming(&mut self, pictures: &[StimulusId], at: Nanos) {
        self.display.upcoming(pictures, at);
    }
    fn show(&mut self, request: ShowRequest) {
        if request.report {
            self.latest = self.latest.max(request.ticket);
        }
        // Before the display, which tells when the scene will appear.
        if let (Some(device), Some(sounds)) = (&self.sounds, &request.sounds) {
            device.order(request.ticket, sounds.clone());
        }
        self.display.show(request);
    }
    fn withdraw(&mut self, from_ticket: u64) {
        self.display.withdraw(from_ticket);
        if let Some(device) = &self.sounds {
            device.withdraw(from_ticket..=self.latest);
        }
    }
}

impl Stage for LiveStage<'_> {
    fn hush(&mut self, hush: Hush) {
        self.sounds.iter().for_each(|s| s.hush(hush));
    }

    fn volume(&mut self, gain: f64) {
        self.sounds.iter().for_each(|s| s.volume(gain));
    }

    fn end_sounds(&mut self) {
        self.sounds.iter_mut().for_each(|s| s.finish());
    }

    fn wait(&mut self, until: Nanos) -> Wait {
        let left = (until - self.clock.now()).to_duration();
        match self.events.recv_timeout(left) {
            Ok(event) => Wait::Event(event),
            Err(RecvTimeoutError::Timeout) => Wait::Due,
            Err(RecvTimeoutError::Disconnected) => Wait::Closed,
        }
    }
}

/// A perfect display on a virtual clock: each scene appears at the flip nearest to the instant it is due.
#[derive(Debug)]
pub struct VirtualStage {
    clock: Arc<VirtualClock>,
    hz: f64,
    /// Scenes to come, with their flips, in order.
    pending: VecDeque<Pending>,
    /// First frames of what was shown, by ticket.
    shown: Vec<(u64, Nanos)>,
    sounds: Planned,
    ready: VecDeque<Event>,
}

/// A scene to come.
#[derive(Debug)]
struct Pending {
    /// The flip it was meant for.
    meant: Nanos,
    /// The flip at which it is shown.
    flip: Nanos,
    request: ShowRequest,
}

impl VirtualStage {
    /// A display with this refresh rate in hertz.
    pub fn new(clock: Arc<VirtualClock>, refresh_hz: f64) -> VirtualStage {
        VirtualStage {
            clock,
            hz: refresh_hz,
            pending: VecDeque::new(),
            shown: Vec::new(),
            sounds: Planned::default(),
            ready: VecDeque::new(),
        }
    }

    /// What the journal says of it.
    pub fn info(&self, geometry: &Geometry) -> DisplayInfo {
        DisplayInfo {
            mode: "virtual".into(),
            monitor: None,
            width_px: geometry.width_px,
            height_px: geometry.height_px,
            refresh_hz: self.hz,
            mode_hz: None,
            jitter_ns: None,
            concerns: Vec::new(),
            paced: true,
            basis: Basis::Virtual,
            adapter: "none".into(),
            driver: "none".into(),
            offset_ns: Nanos::ZERO,
            lengths: Some(geometry.lengths),
        }
    }

    /// The frame nearest to an instant.
    fn frame(&self, t: Nanos) -> i64 {
        ((t - VirtualClock::START).secs() * self.hz).round() as i64
    }

    /// When a frame is shown; reckoned from the first, so that no rounding adds up.
    fn flip(&self, frame: i64) -> Nanos {
        VirtualClock::START + Nanos::from_secs(frame as f64 / self.hz)
    }

    /// The flip that a request is for, and the one at which it can be shown.
    fn flip_of(&self, due: Due) -> (Nanos, Nanos) {
        let first_free = self.frame(self.clock.now()) + 1;
        let wanted = match due {
            Due::At(t) => self.frame(t),
            Due::Next => first_free,
            Due::FramesAfter { ticket, frames, near } => {
                let first = (self.shown.iter().chain(self.waiting().as_slice()))
                    .find(|(t, _)| *t == ticket)
                    .map(|(_, flip)| self.frame(*flip));
                first.map_or(self.frame(near), |f| f + i64::from(frames))
            }
        };
        (self.flip(wanted), self.flip(wanted.max(first_free)))
    }

    fn waiting(&self) -> Vec<(u64, Nanos)> {
        self.pending.iter().map(|p| (p.request.ticket, p.flip)).collect()
    }

    /// The next scene appears at its flip. Says that it was handed over; the report is ready behind that.
    fn appear(&mut self, flip: Nanos) -> Event {
        let Pending { meant, request, .. } = self.pending.pop_front().expect("one has a flip");
        let frame = self.frame(flip) as u64;
        let ticket = request.ticket;
        self.shown.push((ticket, flip));
        let missed = self.sounds.appear(flip, ticket, request.sounds);
        let marked = request.event.map(|mark| unwritten(mark, ticket, frame, flip));
        self.ready.push_back(Event::Presented(Presented {
            ticket,
            onset: flip,
            flip: meant,
            basis: Basis::Virtual,
            frame,
            skipped: None,
            marked: request.mark,
            lacks: Vec::new(),
        }));
        self.ready.extend(marked.into_iter().chain(missed));
        Event::Shown { stamp: flip, ticket, frame }
    }
}

impl Display for VirtualStage {
    fn upcoming(&mut self, _pictures: &[StimulusId], _at: Nanos) {}

    fn show(&mut self, request: ShowRequest) {
        if request.report {
            let (meant, flip) = self.flip_of(request.due);
            self.pending.push_back(Pending { meant, flip, request });
        }
    }

    fn withdraw(&mut self, from_ticket: u64) {
        self.pending.retain(|p| p.request.ticket < from_ticket);
    }
}

/// What is told of a mark where there is nothing to write it to: it went with its flip.
fn unwritten(mark: EventMark, ticket: u64, frame: u64, flip: Nanos) -> Event {
    Event::Marked(Box::new(SentMarker {
        name: mark.name.to_string(),
        phase: mark.phase,
        code: mark.code,
        detail: mark.detail.to_string(),
        device: "virtual".into(),
        ticket: Some(ticket),
        frame: Some(frame),
        requested_ns: flip,
        before_ns: Some(flip),
        after_ns: Some(flip),
        error: None,
    }))
}

impl Stage for VirtualStage {
    fn end_sounds(&mut self) {
        let missed = self.sounds.end(self.clock.now());
        self.ready.extend(missed);
    }

    fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.ready.is_empty()
    }

    fn wait(&mut self, until: Nanos) -> Wait {
        if let Some(event) = self.ready.pop_front() {
            return Wait::Event(event);
        }
        let flip = self.pending.front().map(|p| p.flip).filter(|flip| *flip <= until);
        if flip.is_none() && until == Nanos::MAX {
            return Wait::Closed;
        }
        // A scene goes before sounds of the same instant: those of the one before it may end with it.
        let sound = self.sounds.next_at().filter(|at| *at <= until);
        if let Some(at) = sound.filter(|at| flip.is_none_or(|flip| *at < flip)) {
            self.clock.advance_to(at);
            return Wait::Event(self.sounds.take().expect("just seen"));
        }
        match flip {
            None => {
                self.clock.advance_to(until);
                Wait::Due
            }
            Some(flip) => {
                self.clock.advance_to(flip);
                Wait::Event(self.appear(flip))
            }
        }
    }
}
