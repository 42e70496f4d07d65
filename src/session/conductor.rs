//! The conductor: turns events into inputs of the runner, and the runner's outputs into scenes and journal
//! lines. It waits for whatever comes next and for nothing else; no disk, no display can hold it up.

use super::participant::Participant;
use super::scanner::Scanner;
use super::stage::{Stage, Wait};
use super::status::{STATUS_EVERY, Status};
use crate::ground::clock::Clock;
use crate::ground::event::{Event, KeyEvent, PointerEvent};
use crate::ground::ports::JournalSink;
use crate::ground::record::{End, Entry, Level, Record};
use crate::ground::time::Nanos;
use crate::input::listening::Listening;
use crate::input::mapping::{Mapped, Mapping};
use crate::marker::Markers;
use crate::runner::Runner;
use crate::runner::io::{Input, Output};
use crate::trigger::emulator::Emulator;
use crate::wire::lsl::Library;
use crossbeam_channel::Sender;
use std::sync::Arc;

/// Wall time is recorded at least this often.
const WALL_EVERY: Nanos = Nanos(60_000_000_000);

/// Why a run ends whose display has failed, has gone, or never answered: with one of these.
pub const DISPLAY_GONE: [&str; 2] = [DISPLAY_FAILED, DISPLAY_CLOSED];
const DISPLAY_FAILED: &str = "display failed";
const DISPLAY_CLOSED: &str = "nothing more could happen: the display is gone";

/// Shows or hides the pointer of a mouse; must not wait.
pub type ShowPointer = Box<dyn Fn(bool)>;

/// Everything a run needs but the runner and the stage.
pub struct Conductor<'a> {
    pub runner: Runner,
    pub clock: &'a dyn Clock,
    pub journal: &'a mut dyn JournalSink,
    pub mapping: Mapping,
    /// Whose keys count.
    pub listening: Listening,
    pub participant: Option<Participant>,
    pub emulator: Option<Emulator>,
    /// Where the status goes, in a live run.
    pub status: Option<Sender<Status>>,
    /// Devices that event markers go to, in a live run.
    pub markers: Option<&'a mut Markers>,
    /// The clock of the Lab Streaming Layer, where the run uses it.
    pub lsl: Option<Arc<Library>>,
    /// Only where a pointer must be seen to be of use.
    pub show_pointer: Option<ShowPointer>,
    pointer_shown: bool,
    /// Since when the window has not had the keyboard, where it had it before.
    pub(super) away: Option<Nanos>,
    pub(super) scanner: Scanner,
    /// The operator was asked why the run is to end.
    pub(super) asking: bool,
    seq: u64,
    pub(super) began: Nanos,
    last_wall: Nanos,
    pub(super) last_status: Nanos,
    end: Option<End>,
}

impl std::fmt::Debug for Conductor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conductor").field("seq", &self.seq).finish_non_exhaustive()
    }
}

impl<'a> Conductor<'a> {
    /// A conductor whose first journal line is number 1.
    pub fn new(
        runner: Runner,
        clock: &'a dyn Clock,
        journal: &'a mut dyn JournalSink,
        mapping: Mapping,
    ) -> Conductor<'a> {
        let now = clock.now();
        Conductor {
            runner,
            clock,
            journal,
            mapping,
            listening: Listening::default(),
            participant: None,
            emulator: None,
            status: None,
            markers: None,
            lsl: None,
            show_pointer: None,
            pointer_shown: false,
            away: None,
            scanner: Scanner::default(),
            asking: false,
            seq: 0,
            began: now,
            last_wall: now,
            last_status: Nanos(i64::MIN),
            end: None,
        }
    }

    /// Writes a line to the journal.
    pub fn write(&mut self, t_ns: Nanos, record: Record) {
        self.seq += 1;
        self.journal.append(&Entry { seq: self.seq, t_ns, record });
    }

    /// Runs from the first scene to the end, and says how it ended.
    pub fn run(&mut self, stage: &mut dyn Stage) -> End {
        self.wall();
        self.mark_start();
        let now = self.clock.now();
        self.give(Input::Deadline { at: now }, stage);
        while self.end.is_none() {
            if self.is_stuck(stage) {
                self.give_up(stage);
                break;
            }
            let until = self.next_instant();
            match stage.wait(until) {
                Wait::Event(event) => self.event(event, stage),
                Wait::Due => self.due(stage),
                Wait::Closed => self.end_now(DISPLAY_CLOSED, stage),
            }
            self.show_pointer();
            self.tell(None);
        }
        self.end.clone().expect("the loop ends with the run")
    }

    /// Whether nothing will ever happen: only in a simulated run, where nobody else could press a key. An endless
    /// scanner goes on pulsing, which ends no phase but the one that waits for it.
    fn is_stuck(&self, stage: &dyn Stage) -> bool {
        let presses = self.participant.as_ref().and_then(Participant::next_at).is_some();
        let pulses = self.emulator.as_ref().and_then(Emulator::next_at).is_some();
        stage.is_idle()
            && self.runner.next_deadline().is_none()
            && !presses
            && !(self.runner.waits_for_pulse() && pulses)
    }

    fn give_up(&mut self, stage: &mut dyn Stage) {
        let phase = self.runner.on_screen().map_or("the first", |p| p.name.as_str());
        let reason = format!("nothing ends phase {phase:?}: no key is pressed and no pulse comes");
        self.end_now(&reason, stage);
    }

    fn next_instant(&self) -> Nanos {
        let mut next = [
            self.runner.next_deadline(),
            self.participant.as_ref().and_then(Participant::next_at),
            self.emulator.as_ref().and_then(Emulator::next_at),
        ]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(Nanos::MAX);
        if self.status.is_some() {
            next = next.min(self.clock.now() + STATUS_EVERY);
        }
        next
    }

    /// Does all that is due by the clock: pulses and simulated keys first, for they carry stamps.
    fn due(&mut self, stage: &mut dyn Stage) {
        let now = self.clock.now();
        while let Some(event) = self.emulator.as_mut().and_then(|e| e.take(now)) {
            self.event(event, stage);
        }
        while let Some(event) = self.participant.as_mut().and_then(|p| p.take(now)) {
            self.event(event, stage);
        }
        while let Some(at) = self.runner.next_deadline().filter(|at| *at <= now) {
            self.give(Input::Deadline { at }, stage);
        }
        if now - self.last_wall >= WALL_EVERY {
            self.wall();
        }
    }

    /// Ends the run now: nothing that it could wait for will come. The second call for the end is what does not wait.
    fn end_now(&mut self, reason: &str, stage: &mut dyn Stage) {
        let stamp = self.clock.now();
        self.abort(stamp, reason, stage);
        self.abort(stamp, reason, stage);
    }

    fn event(&mut self, event: Event, stage: &mut dyn Stage) {
        match event {
            Event::Key(key) if self.listening.hears(&key) => self.key(key, stage),
            Event::Key(_) => {}
            Event::KeysFrom { stamp, from } => {
                self.release_all(stamp, "source lost", stage);
                self.listening = Listening::to(from);
            }
            Event::Pointer(event) => self.pointer(&event, stage),
            Event::Pulse { stamp, source } => self.give(Input::Pulse { stamp, source }, stage),
            Event::Shown { stamp, ticket, frame } => {
                self.give(Input::Shown { stamp, ticket, frame }, stage);
            }
            Event::Presented(report) => self.give(Input::Presented(report), stage),
            Event::Came { stamp, ticket, pictures } => {
                if let Some(phase) = self.runner.phase_of(ticket) {
                    self.write(stamp, Record::Came { phase, ticket, pictures });
                }
            }
            Event::Closed { stamp } => self.asked_to_close(stamp),
            Event::Signal { stamp } => self.abort(stamp, "ended by a signal", stage),
            Event::DisplayFailed(failure) => {
                let text = format!("{}; {}", failure.text, failure.remedy);
                self.note(self.clock.now(), Level::Error, text);
                self.end_now(DISPLAY_FAILED, stage);
            }
            Event::Focus { stamp, gained } => self.focus(stamp, gained, stage),
            Event::Stray { stamp, source, data } => {
                self.write(stamp, Record::Stray { source, data });
            }
            Event::Note { stamp, level, text } => self.note(stamp, level, text),
            Event::Marked(sent) => self.marked(*sent),
            Event::Sound { stamp, said } => self.sound(stamp, *said),
            Event::DisplayReady(info) => self.write(self.clock.now(), Record::Display(info)),
            Event::Loading { .. } => {}
        }
    }

    /// A marker must not glide on because its key was released where nobody listens.
    pub(super) fn release_all(&mut self, stamp: Nanos, why: &str, stage: &mut dyn Stage) {
        for response in self.mapping.release_all(why) {
            self.give(Input::Key { stamp, response }, stage);
        }
    }

    /// A movement counts only while a marker could follow it; a mouse that is pushed about meanwhile fills no journal.
    fn pointer(&mut self, event: &PointerEvent, stage: &mut dyn Stage) {
        if self.runner.wants_pointer()
            && let Some(pointer) = self.mapping.read_pointer(event)
        {
            self.give(Input::Pointer { stamp: event.stamp, pointer }, stage);
        }
    }

    /// Shows the pointer while a scale can be pointed at.
    fn show_pointer(&mut self) {
        let wanted = self.runner.wants_pointer();
        if let Some(show) = &self.show_pointer
            && wanted != self.pointer_shown
        {
            show(wanted);
            self.pointer_shown = wanted;
        }
    }

    fn key(&mut self, key: KeyEvent, stage: &mut dyn Stage) {
        let stamp = key.stamp;
        match self.mapping.read(&key) {
            Mapped::Response(response) => {
                let why = self.is_answer(&key, &response);
                self.give(Input::Key { stamp, response }, stage);
                if let Some(why) = why {
                    self.abort(stamp, why, stage);
                }
            }
            Mapped::Grey(response) => self.grey_key(stamp, response, stage),
            // Nothing is to go on: whoever presses the key for grey while another is held down, or stuck, wants grey.
            Mapped::GoOn(response) if !self.runner.is_grey() && self.mapping.is_grey(&key) => {
                self.grey_key(stamp, response, stage);
            }
            Mapped::GoOn(response) => {
                let by = response.code.clone();
                self.give(Input::Key { stamp, response }, stage);
                self.take_grey_away(stamp, by, stage);
            }
            Mapped::Tap { press, release } => {
                self.give(Input::Key { stamp, response: press }, stage);
                self.give(Input::Key { stamp, response: release }, stage);
            }
            Mapped::Pulse(source) => self.give(Input::Pulse { stamp, source }, stage),
            Mapped::Rearm(response) => {
                let by = super::stopping::named(&response);
                self.give(Input::Key { stamp, response }, stage);
                if !self.rearm(stamp, stage) && self.mapping.is_grey(&key) {
                    self.put_grey_up(stamp, by, stage);
                }
            }
            Mapped::Nothing => {}
            Mapped::Abort(response) => self.ask(stamp, response, stage),
        }
    }

    /// Takes a wrong start of the scanner back, where that is still possible.
    fn rearm(&mut self, stamp: Nanos, stage: &mut dyn Stage) -> bool {
        self.scanner.by_hand = true;
        self.give(Input::Rearm { stamp }, stage);
        if !self.scanner.by_hand {
            self.take_grey_away(stamp, "armed again".into(), stage);
        }
        let refused = std::mem::take(&mut self.scanner.by_hand);
        if refused {
            let said = self.scanner.not_rearmed(&self.mapping);
            self.tell(Some(said));
        }
        !refused
    }

    /// Ends the run; asked for once more, it ends at once, without waiting for the display.
    fn abort(&mut self, stamp: Nanos, reason: &str, stage: &mut dyn Stage) {
        self.give(Input::Abort { stamp, reason: reason.into() }, stage);
    }

    /// Says something to the journal and to the experimenter.
    pub fn note(&mut self, stamp: Nanos, level: Level, text: String) {
        self.write(stamp, Record::Note { level, text: text.clone() });
        self.tell(Some((level, text)));
    }

    pub(super) fn give(&mut self, input: Input, stage: &mut dyn Stage) {
        self.runner.handle(input);
        self.pass_on(stage);
    }

    /// Passes on what the runner gives.
    pub(super) fn pass_on(&mut self, stage: &mut dyn Stage) {
        while let Some(output) = self.runner.poll() {
            match output {
                Output::Upcoming { pictures, at } => stage.upcoming(&pictures, at),
                Output::Show(request) => stage.show(request),
                Output::Withdraw { from_ticket } => stage.withdraw(from_ticket),
                Output::Hush(hush) => stage.hush(hush),
                Output::Volume { gain } => stage.volume(gain),
                Output::Log { t, record } => {
                    self.follow(t, &record);
                    self.mark_volume(&record);
                    if matches!(record, Record::End(_)) {
                        self.mark_stop(stage);
                        self.wall();
                    }
                    self.write(t, record);
                }
                Output::Finished => {}
            }
        }
    }

    /// Lets the simulated parts see what the run does.
    fn follow(&mut self, at: Nanos, record: &Record) {
        match record {
            Record::Onset(onset) if !onset.covered => {
                if let (Some(p), Some(phase)) = (&mut self.participant, self.runner.on_screen()) {
                    p.saw(phase, onset.onset_ns, &self.mapping);
                }
                if self.runner.is_armed()
                    && let Some(e) = &mut self.emulator
                {
                    e.start(onset.onset_ns);
                }
            }
            Record::End(end) => self.end = Some(end.clone()),
            Record::Trigger(t) => {
                if let Some(said) = self.scanner.pulsed(at, t) {
                    self.tell(Some(said));
                }
            }
            Record::Scanner { event, volume } => {
                let tr = self.runner.plan().volumes.interval();
                let said = self.scanner.heard(*event, *volume, self.clock, &self.mapping, tr);
                self.tell(Some(said));
            }
            _ => {}
        }
    }

    /// Records the wall time between two readings of the monotonic clock.
    fn wall(&mut self) {
        let before_ns = self.clock.now();
        let wall = self.clock.wall().to_rfc3339_opts(chrono::SecondsFormat::Micros, false);
        let lsl = self.lsl.as_ref().map(|lib| lib.local_clock());
        let after_ns = self.clock.now();
        self.last_wall = before_ns;
        self.write(before_ns, Record::Clock { before_ns, after_ns, wall, lsl });
    }
}
