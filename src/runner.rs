//! The runner: a pure state machine that follows a plan. `handle` an input, then drain `poll`.
//! It reads no clock, opens no file and knows no screen; the same runner runs live, simulated, replayed.
//!
//! Targets are absolute within a segment: nothing that was observed shifts what is still to come, but for the
//! anchors of segments. Inputs are consumed as they arrive and attributed by their stamps.

pub mod answers;
mod ending;
mod grey;
pub mod io;
pub mod rating;
mod scales;
mod scanner;
mod schedule;
mod sounding;
pub mod touch;
pub mod volumes;
mod waits;

use crate::ground::event::Presented;
use crate::ground::record::{Onset, Record, Response};
use crate::ground::scene::Lengths;
use crate::ground::time::Nanos;
use crate::plan::schema::{Anchor, Phase, RunPlan};
use answers::Answers;
use ending::Ending;
use grey::Grey;
use io::{Input, Output};
use rating::Rating;
use schedule::Shot;
use std::collections::VecDeque;
use std::sync::Arc;
use touch::{Act, Recent, Touch};
use volumes::Volumes;
use waits::{VolumeWait, Waiting};

pub use scanner::NOT_ARMED;

/// How long after the start of the program the first scene is due: it must be laid out and drawn.
const START_LEAD: Nanos = Nanos::from_millis(120);
/// How long a window is kept after its close for keys that are still on their way.
const GRACE: Nanos = Nanos::from_millis(100);

/// Follows one plan from its first deadline to `Finished`.
#[derive(Debug)]
pub struct Runner {
    plan: Arc<RunPlan>,
    /// Refresh period of the display.
    period: Nanos,
    lengths: Option<Lengths>,
    out: VecDeque<Output>,
    /// The latest instant that any input has shown to have come.
    now: Nanos,
    segment: usize,
    /// Anchor of the present segment; none before the first deadline.
    anchor: Option<Nanos>,
    /// The phase of the present segment whose scene goes out next.
    next: usize,
    /// Phases of the run whose pictures have been announced.
    announced: usize,
    /// Every scene given to the display, by ticket - 1.
    shots: Vec<Shot>,
    /// By how much the frames of the short phases since the last absolute target are longer than planned.
    rounding: Nanos,
    /// Ticket of the last scene whose final report came.
    reported: u64,
    /// What hands did lately.
    recent: Recent,
    answers: Answers,
    ratings: Vec<Rating>,
    /// The phase that only a key can end, once it is on screen.
    waiting: Option<Waiting>,
    /// The phase that a volume ends, once its scene is given to the display.
    volume_wait: Option<VolumeWait>,
    /// When the phase that waits for the scanner was handed to the display.
    armed: Option<Nanos>,
    volumes: Volumes,
    /// Onset of the first counted volume.
    first_volume: Option<Nanos>,
    ending: Option<Ending>,
    grey: Grey,
    /// Where the marker stood that set the volume last.
    loudness: Option<f64>,
    finished: bool,
    late: u32,
    /// Frames that scenes were late by, in all.
    missed: u64,
}

impl Runner {
    /// A runner before its first input; `period` is the display's refresh period, `lengths` how lengths become pixels
    /// on it, without which a hand that points at a scale cannot be understood.
    pub fn new(plan: Arc<RunPlan>, period: Nanos, lengths: Option<Lengths>) -> Runner {
        let volumes = Volumes::new(plan.volumes);
        Runner {
            plan,
            period,
            lengths,
            out: VecDeque::new(),
            now: Nanos(i64::MIN),
            segment: 0,
            anchor: None,
            next: 0,
            announced: 0,
            shots: Vec::new(),
            rounding: Nanos::ZERO,
            reported: 0,
            recent: Recent::default(),
            answers: Answers::default(),
            ratings: Vec::new(),
            waiting: None,
            volume_wait: None,
            armed: None,
            volumes,
            first_volume: None,
            ending: None,
            grey: Grey::default(),
            loudness: None,
            finished: false,
            late: 0,
            missed: 0,
        }
    }

    /// The next thing to do, if any.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// The plan it follows.
    pub fn plan(&self) -> &Arc<RunPlan> {
        &self.plan
    }

    /// Whether the run waits for the scanner's first counted pulse.
    pub fn is_armed(&self) -> bool {
        self.armed.is_some()
    }

    /// Whether a pulse of the scanner can end what is shown.
    pub fn waits_for_pulse(&self) -> bool {
        self.is_armed() || self.volume_wait.is_some()
    }

    /// The phase whose scene was last reported on screen, if any.
    pub fn on_screen(&self) -> Option<&Phase> {
        let shot = self.shots.get(self.reported.checked_sub(1)? as usize)?;
        self.phase(shot.segment, shot.place)
    }

    /// Counted volumes so far.
    pub fn volumes(&self) -> u32 {
        self.volumes.counted()
    }

    /// Frames that were missed so far: by so many refreshes all late scenes were late.
    pub fn missed_frames(&self) -> u64 {
        self.missed
    }

    /// Scenes that came too late so far.
    pub fn late(&self) -> u32 {
        self.late
    }

    /// Takes an input. Everything that follows from it waits in `poll`, its own record first.
    pub fn handle(&mut self, input: Input) {
        if self.finished {
            return;
        }
        match input {
            Input::Deadline { at } => {
                self.log(at, Record::Deadline {});
                if self.anchor.is_none() {
                    self.begin(0, at + START_LEAD, Anchor::Start);
                }
                self.set_volume(at);
                self.advance(at);
            }
            Input::Key { stamp, response } => self.key(stamp, response),
            Input::Pointer { stamp, pointer } => {
                let touch = Touch { stamp, act: Act::Travel(pointer.travel) };
                self.log(stamp, Record::Pointer(pointer));
                self.recent.keep(touch.clone());
                self.move_markers(&touch);
                self.set_volume(stamp);
                self.advance(stamp);
            }
            Input::Pulse { stamp, source } => self.pulse(stamp, source),
            Input::Rearm { stamp } => {
                self.log(stamp, Record::Rearm {});
                self.rearm(stamp);
                self.advance(stamp);
            }
            Input::Grey { stamp, up, by } => {
                self.log(stamp, Record::Grey { up, by });
                self.grey(stamp, up);
                self.advance(stamp);
            }
            Input::Shown { stamp, ticket, frame } => {
                if let Some(phase) = self.phase_of(ticket) {
                    self.log(stamp, Record::Shown { phase, ticket, frame });
                    self.arm(ticket, stamp);
                }
                self.advance(stamp);
            }
            Input::Presented(report) => self.presented(&report),
            Input::Abort { stamp, reason } => {
                self.log(stamp, Record::Abort { reason: reason.clone() });
                self.abort(stamp, reason);
            }
        }
    }

    fn presented(&mut self, report: &Presented) {
        let (ticket, onset) = (report.ticket, report.onset);
        let Some(phase) = self.phase_of(ticket) else { return };
        let missed = self.missed(report);
        let covered = self.shots[ticket as usize - 1].covered;
        if !covered {
            self.late += u32::from(missed > 0);
            self.missed += u64::from(missed);
        }
        let record = Onset {
            phase,
            ticket,
            planned_ns: self.planned(ticket),
            onset_ns: onset,
            flip_ns: report.flip,
            basis: report.basis,
            frame: report.frame,
            skipped: report.skipped,
            missed,
            late: missed > 0,
            marked: report.marked,
            covered,
            lacks: if covered { Vec::new() } else { report.lacks.clone() },
        };
        self.shots[ticket as usize - 1].lacks = !record.lacks.is_empty();
        self.log(onset, Record::Onset(record));
        self.appeared(ticket, onset, onset - report.flip > self.period.half());
        self.advance(onset);
    }

    fn log(&mut self, t: Nanos, record: Record) {
        self.out.push_back(Output::Log { t, record });
    }

    fn phase(&self, segment: usize, place: usize) -> Option<&Phase> {
        self.plan.segments.get(segment)?.phases.get(place)
    }

    /// A segment begins: its targets are now known. What it was begun by is what the plan says, but for one that
    /// a key begins anew.
    fn begin(&mut self, segment: usize, anchor: Nanos, by: Anchor) {
        if self.anchor.is_some() && segment <= self.segment {
            self.announce_anew(segment);
        }
        self.segment = segment;
        self.anchor = Some(anchor);
        self.next = 0;
        self.waiting = None;
        self.volume_wait = None;
        self.armed = None;
        let Some(here) = self.plan.segments.get(segment) else {
            self.complete(anchor);
            return;
        };
        let kind = here.anchor;
        let index = segment as u32;
        self.log(anchor, Record::Segment { index, anchor: by.name().into() });
        if segment == self.plan.zero_segment() {
            let before = self.volumes.stored_before_anchor();
            let (zero, basis) = match kind {
                Anchor::Trigger => {
                    (self.first_volume.unwrap_or(anchor) - before, "first stored volume")
                }
                _ => (anchor, "start of the first part with rows"),
            };
            self.log(zero, Record::Zero { basis: basis.into() });
        }
    }

    /// Does everything that is due at the instant `t`.
    fn advance(&mut self, t: Nanos) {
        self.now = self.now.max(t);
        self.watch_scanner(t);
        self.end_patience();
        self.issue();
        self.settle_answers(self.first_unreported());
        self.settle_ratings();
        self.end_if_due();
        if !self.wants_pointer() {
            self.recent.forget_travels();
        }
    }

    fn key(&mut self, stamp: Nanos, response: Response) {
        let touch = Touch::key(stamp, &response);
        self.log(stamp, Record::Response(response));
        if let Some(touch) = touch {
            self.recent.keep(touch.clone());
            if !self.is_pointing(&touch)
                && let Some(press) = touch.press()
            {
                self.answers.press(&press);
            }
            self.move_markers(&touch);
            self.set_volume(stamp);
            self.silence_answered(&touch);
            self.end_wait(&touch);
        }
        self.advance(stamp);
    }

    /// A scene is on screen since `onset`: its windows open, and take the keys that came before the report.
    fn appeared(&mut self, ticket: u64, onset: Nanos, missed_flip: bool) {
        let ended_early = self.is_aborted();
        let shot = &mut self.shots[ticket as usize - 1];
        if shot.onset.is_some() {
            return;
        }
        shot.onset = Some(onset);
        shot.missed_flip = missed_flip;
        let (segment, place) = (shot.segment, shot.place);
        self.reported = self.reported.max(ticket);
        let shot = &self.shots[ticket as usize - 1];
        if ended_early || shot.withdrawn || shot.covered {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let phase = &plan.segments[segment].phases[place];
        if phase.scale.is_some() {
            self.answers.give_way(|key| phase.keys().any(|k| k == key), onset);
            self.open_rating(ticket, onset);
        } else if let Some(window) = &phase.response {
            let span =
                window.window.or(phase.length.nominal()).or(phase.at_most).unwrap_or(Nanos::MAX);
            let touches = self.recent.keys();
            let answers = touches.iter().filter(|t| !self.is_pointing(t));
            let presses: Vec<_> = answers.filter_map(Touch::press).collect();
            let within = (onset, onset.saturating_add(span));
            let mut window = window.clone();
            window.keys.extend(phase.again.iter().flat_map(|a| a.keys.clone()));
            self.answers.open(phase.index, &window, within, presses.iter());
        }
        self.wait_for_key(ticket, onset);
    }

    /// Writes the outcomes of windows that closed long enough ago, and before `limit`.
    fn settle_answers(&mut self, limit: Nanos) {
        for (close, outcome) in self.answers.settle(limit.min(self.now - GRACE)) {
            self.log(close, Record::Outcome(outcome));
        }
    }
}
