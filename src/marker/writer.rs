//! The thread of one device: sleeps until a mark's instant is near, waits for it with open eyes, writes, and tells what became
//! of it. A device that is lost is opened again each second; marks that fall into the meantime are told as not written.

use super::guard;
use super::line::{Line, Step};
use super::sink::{NoDevice, Sink};
use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::ports::MarkOrder;
use crate::ground::priority;
use crate::ground::record::{Level, SentMarker};
use crate::ground::time::Nanos;
use crate::rig::schema::MarkerSetup;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use std::thread::JoinHandle;

/// Real-time priority: above the render thread, whose flips a mark goes with, and below those who take stamps.
const PRIORITY: i32 = 11;
/// A waiting thread wakes up late; the rest is waited for with open eyes.
const SPIN: Nanos = Nanos(500_000);
/// How often a lost device is tried, and one that is idle is looked after.
const LOOK: Nanos = Nanos::from_millis(1000);
/// A device is not looked after so shortly before it has something to write.
const BUSY: Nanos = Nanos::from_millis(20);
/// Marks that are further away than this when the run ends are not waited for.
const LAST: Nanos = Nanos::from_millis(500);

/// What a thread is told.
#[derive(Debug)]
pub enum Command {
    Mark(MarkOrder),
    /// Write the rest level now, whatever stands; say so by letting go of the sender.
    Rest(Sender<()>),
    /// Write what is due, and end.
    Finish,
}

/// Opens the device again.
pub type Opener = Box<dyn FnMut() -> Result<Box<dyn Sink>, NoDevice> + Send>;

/// What the thread of a device has.
pub struct Writer {
    name: String,
    sink: Option<Box<dyn Sink>>,
    opener: Opener,
    events: Sender<Event>,
    line: Line,
    /// What is to be written earlier than this fell into a time without the device.
    since: Nanos,
    looked: Nanos,
}

/// The thread of a device, from outside.
#[derive(Debug)]
pub struct Device {
    pub orders: Sender<Command>,
    over: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Device {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system has none left.
    pub fn start(setup: &MarkerSetup, writer: Writer) -> Result<Device, NoDevice> {
        // Unbounded: the flip loop must never wait, and no mark may be dropped. There is one for each scene and volume.
        let (orders, inbox) = unbounded();
        let (done, over) = bounded(1);
        let ear = orders.clone();
        let spawned = std::thread::Builder::new().name("marker".into()).spawn(move || {
            let own = std::thread::current().id();
            guard::enter(own, ear);
            let _leave = Leave(own, done);
            // Goes before that, by a panic too: its lines are at rest when its end is heard.
            let mut writer = writer;
            writer.run(&inbox);
        });
        let thread = spawned.map_err(|e| NoDevice {
            to: setup.to.to_string(),
            what: format!("its thread cannot be started: {e}"),
            remedy: "close other programs and start again".into(),
        })?;
        Ok(Device { orders, over, thread: Some(thread) })
    }

    /// Waits until it has ended, until an instant at the latest; one that hangs in its device is left to it.
    pub fn join(&mut self, until: Nanos) {
        let left = (until - monotonic_now()).to_duration();
        let hangs = matches!(self.over.recv_timeout(left), Err(RecvTimeoutError::Timeout));
        if let (false, Some(thread)) = (hangs, self.thread.take()) {
            // A panic there was reported by the panic hook.
            let _ = thread.join();
        }
    }
}

struct Leave(std::thread::ThreadId, #[expect(dead_code, reason = "whose end is heard")] Sender<()>);

impl Drop for Leave {
    fn drop(&mut self) {
        guard::leave(self.0);
    }
}

impl Writer {
    /// One whose device is open, or is to be opened.
    pub fn new(
        setup: &MarkerSetup,
        sink: Option<Box<dyn Sink>>,
        opener: Opener,
        events: Sender<Event>,
    ) -> Writer {
        let now = monotonic_now();
        let pulse = setup.pulse.filter(|_| setup.to.has_level());
        let mut writer = Writer {
            name: setup.to.to_string(),
            sink,
            opener,
            events,
            line: Line::new(pulse.map(Nanos::from_secs)),
            since: now,
            looked: now,
        };
        writer.rest();
        writer
    }

    /// Until it is told to finish.
    fn run(&mut self, inbox: &Receiver<Command>) {
        let (raised, said) = priority::raise("marker", PRIORITY);
        self.note(if raised { Level::Info } else { Level::Warning }, said);
        let mut finish: Option<Nanos> = None;
        loop {
            let now = monotonic_now();
            let due = self.line.next_at();
            if let Some(until) = finish
                && due.is_none_or(|at| at > until)
            {
                return;
            }
            if due.is_some_and(|at| at - SPIN <= now) {
                self.step(due.unwrap_or(now));
                continue;
            }
            let look = self.looked + LOOK;
            if look <= now && due.is_none_or(|at| at - BUSY > now) {
                self.look_after();
                continue;
            }
            // Looking after it is put off where it would come into the way of a mark.
            let wake =
                due.map_or(look, |at| if look > now { look.min(at - SPIN) } else { at - SPIN });
            match inbox.recv_timeout((wake - now).to_duration()) {
                Ok(Command::Mark(order)) => self.line.push(order),
                Ok(Command::Rest(_done)) => self.rest(),
                Ok(Command::Finish) | Err(RecvTimeoutError::Disconnected) => {
                    finish.get_or_insert(now + LAST);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Waits for an instant that is near, and writes what is due then.
    fn step(&mut self, at: Nanos) {
        while monotonic_now() < at {
            std::hint::spin_loop();
        }
        match self.line.take(monotonic_now()) {
            Some(Step::Mark(order)) => self.mark(order),
            Some(Step::Rest) => self.rest(),
            None => {}
        }
    }

    fn mark(&mut self, order: MarkOrder) {
        let before = monotonic_now();
        let written = match &mut self.sink {
            Some(sink) if order.at >= self.since => sink.mark(&order.mark),
            _ => Err(std::io::Error::other("the device was not there")),
        };
        let after = monotonic_now();
        let done = written.is_ok();
        if done {
            self.line.wrote(true, before);
        }
        let (ticket, frame) = order.scene.unzip();
        let sent = SentMarker {
            name: order.mark.name.to_string(),
            phase: order.mark.phase,
            code: order.mark.code,
            detail: order.mark.detail.to_string(),
            device: self.name.clone(),
            ticket,
            frame,
            requested_ns: order.at,
            before_ns: done.then_some(before),
            after_ns: done.then_some(after),
            error: written.as_ref().err().map(ToString::to_string),
        };
        // Nobody listening means that the session is ending.
        let _ = self.events.send(Event::Marked(Box::new(sent)));
        if let (Err(e), true) = (written, self.sink.is_some() && order.at >= self.since) {
            self.lost(&e);
        }
    }

    fn rest(&mut self) {
        let Some(sink) = &mut self.sink else { return };
        match sink.rest() {
            Ok(()) => self.line.wrote(false, monotonic_now()),
            Err(e) => self.lost(&e),
        }
    }

    /// Sees whether the device is still there, or back.
    fn look_after(&mut self) {
        self.looked = monotonic_now();
        if let Some(sink) = &mut self.sink {
            if let Err(e) = sink.check() {
                self.lost(&e);
            }
            return;
        }
        if let Ok(sink) = (self.opener)() {
            self.sink = Some(sink);
            self.since = monotonic_now();
            self.rest();
            if self.sink.is_some() {
                self.note(Level::Info, format!("marker device {} is there", self.name));
            }
        }
        self.looked = monotonic_now();
    }

    fn lost(&mut self, e: &std::io::Error) {
        self.sink = None;
        self.line.lost();
        self.looked = monotonic_now();
        let text = format!(
            "marker device {} is gone ({e}): it is tried again each second, and marks until then are in the journal as not written",
            self.name
        );
        self.note(Level::Error, text);
    }

    fn note(&self, level: Level, text: String) {
        let note = Event::Note { stamp: monotonic_now(), level, text };
        // As above.
        let _ = self.events.send(note);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The last that its device hears, however the thread has ended.
        if let Some(sink) = &mut self.sink {
            let _ = sink.rest();
        }
    }
}
