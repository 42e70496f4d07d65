//! The runner: a pure state machine that follows a plan. `handle` an input, then drain `poll`.
//! It reads no clock, opens no file and knows no screen; the same runner runs live, simulated, replayed.
//!
//! Targets are absolute within a segment: nothing that was observed shifts what is still to come, but for the
//! anchors of segments. Inputs are consumed as they arrive and attributed by their stamps.

pub mod answers;
mod ending;
pub mod io;
pub mod rating;
mod schedule;
pub mod volumes;

use crate::ground::event::Presented;
use crate::ground::record::{Onset, Record, Response, Trigger};
use crate::ground::scene::Lengths;
use crate::ground::time::Nanos;
use crate::plan::schema::{Anchor, Length, Phase, RunPlan};
use answers::{Answers, Press};
use ending::Ending;
use io::{Input, Output};
use rating::Rating;
use schedule::Shot;
use std::collections::VecDeque;
use std::sync::Arc;
use volumes::Volumes;

/// How long after the start of the program the first scene is due.
const START_LEAD: Nanos = Nanos::from_millis(200);
/// How long a window is kept after its close for keys that are still on their way.
const GRACE: Nanos = Nanos::from_millis(100);
/// Key events that are kept for a phase whose onset is not reported yet.
const KEPT_EDGES: usize = 128;

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
    edges: VecDeque<Edge>,
    answers: Answers,
    ratings: Vec<Rating>,
    /// The phase that only a key can end, once it is on screen.
    waiting: Option<Waiting>,
    /// When the phase that waits for the scanner was handed to the display.
    armed: Option<Nanos>,
    volumes: Volumes,
    ending: Option<Ending>,
    finished: bool,
    late: u32,
}

/// A key event that counts: no auto-repeat, and with a meaning.
#[derive(Clone, Debug)]
struct Edge {
    press: Press,
    down: bool,
}

#[derive(Clone, Debug)]
struct Waiting {
    phase: u32,
    onset: Nanos,
    keys: Vec<String>,
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
            edges: VecDeque::new(),
            answers: Answers::default(),
            ratings: Vec::new(),
            waiting: None,
            armed: None,
            volumes,
            ending: None,
            finished: false,
            late: 0,
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

    /// The phase whose scene was last reported on screen, if any.
    pub fn on_screen(&self) -> Option<&Phase> {
        let shot = self.shots.get(self.reported.checked_sub(1)? as usize)?;
        self.phase(shot.segment, shot.place)
    }

    /// Counted volumes so far.
    pub fn volumes(&self) -> u32 {
        self.volumes.counted()
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
                    self.begin(0, at + START_LEAD);
                }
                self.advance(at);
            }
            Input::Key { stamp, response } => self.key(stamp, response),
            Input::Pointer { stamp, pointer } => {
                self.log(stamp, Record::Pointer(pointer));
                self.advance(stamp);
            }
            Input::Pulse { stamp, source } => self.pulse(stamp, source),
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
        self.late += u32::from(missed > 0);
        let record = Onset {
            phase,
            ticket,
            planned_ns: self.planned(ticket),
            onset_ns: onset,
            flip_ns: report.flip,
            basis: report.basis,
            frame: report.frame,
            missed,
            late: missed > 0,
            marked: report.marked,
        };
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

    /// A segment begins: its targets are now known.
    fn begin(&mut self, segment: usize, anchor: Nanos) {
        self.segment = segment;
        self.anchor = Some(anchor);
        self.next = 0;
        self.waiting = None;
        self.armed = None;
        let Some(here) = self.plan.segments.get(segment) else {
            self.complete(anchor);
            return;
        };
        let kind = here.anchor;
        let index = segment as u32;
        self.log(anchor, Record::Segment { index, anchor: kind.name().into() });
        if segment == self.plan.zero_segment() {
            let before = self.volumes.stored_before_anchor();
            let (zero, basis) = match kind {
                Anchor::Trigger => (anchor - before, "first stored volume"),
                Anchor::Start | Anchor::Response => (anchor, "start of the timed part"),
            };
            self.log(zero, Record::Zero { basis: basis.into() });
        }
    }

    /// Does everything that is due at the instant `t`.
    fn advance(&mut self, t: Nanos) {
        self.now = self.now.max(t);
        self.issue();
        self.settle_answers(self.first_unreported());
        self.settle_ratings();
        self.end_if_due();
    }

    fn key(&mut self, stamp: Nanos, response: Response) {
        let counts = !response.repeat;
        let edge = response.meaning.clone().filter(|_| counts).map(|meaning| Edge {
            press: Press { stamp, code: response.code.clone(), meaning },
            down: response.down,
        });
        self.log(stamp, Record::Response(response));
        if let Some(edge) = edge {
            self.edges.push_back(edge.clone());
            if self.edges.len() > KEPT_EDGES {
                self.edges.pop_front();
            }
            if edge.down {
                self.answers.press(&edge.press);
            }
            for i in 0..self.ratings.len() {
                self.move_marker(i, &edge);
            }
            self.end_wait(&edge);
        }
        self.advance(stamp);
    }

    fn move_marker(&mut self, rating: usize, edge: &Edge) {
        let r = &mut self.ratings[rating];
        if r.key(edge.press.stamp, &edge.press.code, &edge.press.meaning, edge.down) {
            let (ticket, scene) = (r.ticket, r.scene());
            self.update(ticket, scene);
        }
    }

    /// Ends the phase that only a key can end, if this is the key.
    fn end_wait(&mut self, edge: &Edge) {
        let Some(w) = &self.waiting else { return };
        let ends = edge.down && edge.press.stamp >= w.onset && w.keys.contains(&edge.press.meaning);
        if !ends {
            return;
        }
        let phase = w.phase;
        let stamp = edge.press.stamp;
        self.answers.shut(phase, stamp + Nanos(1));
        for (close, outcome) in self.answers.settle(stamp + Nanos(1)) {
            self.log(close.min(stamp), Record::Outcome(outcome));
        }
        self.close_rating(phase, stamp);
        self.begin(self.segment + 1, stamp);
    }

    fn pulse(&mut self, stamp: Nanos, source: String) {
        let waits = self.armed.is_some_and(|since| stamp >= since);
        let counting = self.volumes.counted() > 0;
        if !waits && !counting {
            let why = Some("before the run was armed".to_string());
            let record = Trigger { source, volume: None, accepted: false, why };
            self.log(stamp, Record::Trigger(record));
            self.advance(stamp);
            return;
        }
        let verdict = self.volumes.pulse(stamp);
        let accepted = verdict.volume.is_some();
        let record = Trigger { source, volume: verdict.volume, accepted, why: verdict.why };
        self.log(stamp, Record::Trigger(record));
        if let Some(anchor) = verdict.anchor {
            self.begin(self.segment + 1, anchor);
        }
        self.advance(stamp);
    }

    /// From the moment its screen is handed to the display, the run can be started by the scanner: the report of
    /// that screen may come later than the first pulse.
    fn arm(&mut self, ticket: u64, stamp: Nanos) {
        let shot = &self.shots[ticket as usize - 1];
        let phase = self.phase(shot.segment, shot.place);
        let waits = phase.is_some_and(|p| p.length == Length::UntilTrigger);
        if waits && shot.segment == self.segment && self.ending.is_none() {
            self.armed.get_or_insert(stamp);
        }
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
        let (segment, place, target) = (shot.segment, shot.place, shot.target);
        self.reported = self.reported.max(ticket);
        if ended_early {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let phase = &plan.segments[segment].phases[place];
        let edges = self.edges.clone();
        if let Some(scale) = &phase.scale {
            let close = match phase.length {
                Length::Time(t) => target + t,
                Length::Frames { nominal, .. } => onset + nominal,
                Length::UntilResponse | Length::UntilTrigger => Nanos::MAX,
            };
            let scene = schedule::scene(phase, target);
            self.ratings.push(Rating::open(phase.index, ticket, scale, &scene, onset, close));
            let rating = self.ratings.len() - 1;
            edges.iter().for_each(|edge| self.move_marker(rating, edge));
        } else if let Some(window) = &phase.response {
            let span = window.window.or(phase.length.nominal()).unwrap_or(Nanos::MAX);
            let presses = edges.iter().filter(|e| e.down).map(|e| &e.press);
            let within = (onset, onset.saturating_add(span));
            self.answers.open(phase.index, window, within, presses);
        }
        if let (Length::UntilResponse, Some(window)) = (phase.length, &phase.response) {
            let keys = window.keys.clone();
            self.waiting = Some(Waiting { phase: phase.index, onset, keys });
            edges.iter().for_each(|edge| self.end_wait(edge));
        }
    }

    /// Writes the outcomes of windows that closed long enough ago, and before `limit`.
    fn settle_answers(&mut self, limit: Nanos) {
        for (close, outcome) in self.answers.settle(limit.min(self.now - GRACE)) {
            self.log(close, Record::Outcome(outcome));
        }
    }

    fn settle_ratings(&mut self) {
        let due: Vec<u32> = (self.ratings.iter())
            .filter(|r| r.close.saturating_add(GRACE) <= self.now)
            .map(|r| r.phase)
            .collect();
        for phase in due {
            self.close_rating(phase, Nanos::MAX);
        }
    }

    /// Takes out the rating of a phase and logs its outcome as of `end`, or of its close if that came first.
    fn close_rating(&mut self, phase: u32, end: Nanos) {
        let Some(i) = self.ratings.iter().position(|r| r.phase == phase) else { return };
        let rating = self.ratings.remove(i);
        let answer = rating.answer(end);
        let t = end.min(rating.close);
        self.log(t, Record::Outcome(crate::ground::record::Outcome { phase, answer }));
    }
}
