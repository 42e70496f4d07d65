//! One blocking thread for each wire: what arrives is stamped at once, given to those who understand it, and told as
//! events. A wire that dies is said, and opened again when it is back; one that floods is held to what a person or a
//! scanner can send.

pub mod flood;

use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::priority;
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crossbeam_channel::Sender;
use flood::Flood;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Real-time priority, as of those who stamp keys: they sleep nearly always, and a pulse must not wait for a flip.
pub const PRIORITY: i32 = 13;
/// How long a wire may wait for the next arrival: the end of a run goes unnoticed for as long.
pub const PATIENCE: Duration = Duration::from_millis(100);
/// So long rests a wire that brings too much, after each thing too many.
const BREATH: Duration = Duration::from_millis(1);
/// How often a wire that has died is tried anew.
const RETRY: Duration = Duration::from_millis(500);

/// Something that came over a wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// When it came, not when somebody looked.
    pub stamp: Nanos,
    pub what: What,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Bytes(Vec<u8>),
    Text(String),
    /// Something about the wire itself, for the experimenter.
    Said(String),
    /// A line went on or off.
    Level(bool),
    /// A key, by its W3C code.
    Key {
        code: String,
        down: bool,
        repeat: bool,
    },
}

/// A wire that is open.
pub trait Port: Send {
    /// What came next; none where nothing came for a while ([`PATIENCE`]).
    ///
    /// # Errors
    /// The wire is gone.
    fn next(&mut self) -> io::Result<Option<Arrived>>;

    /// Messages that could not be kept since the last call, because too many came.
    fn dropped(&mut self) -> u64 {
        0
    }
}

/// Why a wire cannot be opened, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct NotThere {
    pub text: String,
    pub remedy: String,
}

/// Opens a wire, and opens it again.
pub type Open = Box<dyn FnMut() -> Result<Box<dyn Port>, NotThere> + Send>;

/// Understands some of what comes over a wire.
pub trait Decode: Send {
    /// Adds the events that it makes of an arrival. False where it has no use for any of it.
    fn take(&mut self, arrived: &Arrived, out: &mut Vec<Event>) -> bool;
    /// The wire is gone: what was begun will not be finished.
    fn lost(&mut self, stamp: Nanos, out: &mut Vec<Event>);
}

/// A wire that is listened to, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

/// Opens a wire and listens to it on a thread of its own. `name` is how messages and journals call it.
///
/// # Errors
/// It cannot be opened.
pub fn start(
    name: &str,
    mut open: Open,
    decoders: Vec<Box<dyn Decode>>,
    events: Sender<Event>,
) -> Result<Listener, NotThere> {
    let port = open()?;
    let stop = Arc::new(AtomicBool::new(false));
    let ears = Ears {
        name: name.into(),
        open,
        decoders,
        events,
        stop: stop.clone(),
        flood: Flood::default(),
        strays: Flood::default(),
    };
    let thread = std::thread::Builder::new().name("wire".into()).spawn(move || ears.listen(port));
    let thread = thread.map_err(|e| NotThere {
        text: format!("no thread can be started for {name} ({e})"),
        remedy: "close other programs and start again".into(),
    })?;
    Ok(Listener { stop, thread: Some(thread) })
}

struct Ears {
    name: String,
    open: Open,
    decoders: Vec<Box<dyn Decode>>,
    events: Sender<Event>,
    stop: Arc<AtomicBool>,
    flood: Flood,
    strays: Flood,
}

impl Ears {
    fn listen(mut self, mut port: Box<dyn Port>) {
        let (raised, text) = priority::raise(&self.name, PRIORITY);
        self.note(if raised { Level::Info } else { Level::Warning }, text);
        while !self.stop.load(Ordering::Acquire) {
            match port.next() {
                Ok(arrived) => {
                    if let Some(arrived) = arrived {
                        self.take(&arrived);
                    }
                    let now = monotonic_now();
                    let said = [
                        self.flood.tell(now, port.dropped(), &self.name),
                        self.strays.tell(now, 0, &self.name),
                    ];
                    said.into_iter().flatten().for_each(|text| self.note(Level::Warning, text));
                }
                Err(e) => {
                    drop(port);
                    match self.lost(&e) {
                        Some(again) => port = again,
                        None => return,
                    }
                }
            }
        }
    }

    fn take(&mut self, arrived: &Arrived) {
        if let What::Said(text) = &arrived.what {
            let text = format!("{}: {text}", self.name);
            self.note(Level::Info, text);
            return;
        }
        let mut out = Vec::new();
        let mut used = false;
        for decoder in &mut self.decoders {
            used |= decoder.take(arrived, &mut out);
        }
        if !used {
            let data = told(&arrived.what);
            out.push(Event::Stray { stamp: arrived.stamp, source: self.name.clone(), data });
        }
        for event in out {
            // What nobody has a use for must not use up the room of pulses.
            let flood = match event {
                Event::Stray { .. } => &mut self.strays,
                _ => &mut self.flood,
            };
            if flood.lets_through(arrived.stamp) {
                // Nobody listening means that the session is ending.
                let _ = self.events.send(event);
            } else {
                // A thread before all others must not be kept busy by whoever sends without end.
                std::thread::sleep(BREATH);
            }
        }
    }

    /// Says that the wire is gone and waits for it; none where nobody needs it any more.
    fn lost(&mut self, why: &io::Error) -> Option<Box<dyn Port>> {
        let mut out = Vec::new();
        let now = monotonic_now();
        self.decoders.iter_mut().for_each(|d| d.lost(now, &mut out));
        for event in out {
            let _ = self.events.send(event);
        }
        let name = self.name.clone();
        let text = format!(
            "{name} is gone ({why}): plug it in again, it is tried twice a second; the run goes on"
        );
        self.note(Level::Error, text);
        while !self.stop.load(Ordering::Acquire) {
            if let Ok(port) = (self.open)() {
                self.note(Level::Info, format!("{name} is back"));
                return Some(port);
            }
            std::thread::sleep(RETRY);
        }
        None
    }

    fn note(&self, level: Level, text: String) {
        let _ = self.events.send(Event::Note { stamp: monotonic_now(), level, text });
    }
}

/// What came, for the journal: at most so many bytes.
fn told(what: &What) -> String {
    const MOST: usize = 64;
    match what {
        What::Bytes(bytes) => {
            let shown: Vec<String> = bytes.iter().take(MOST).map(|b| format!("{b:02x}")).collect();
            shown.join(" ")
        }
        What::Text(text) | What::Said(text) => text.chars().take(MOST).collect(),
        What::Level(on) => if *on { "on" } else { "off" }.into(),
        What::Key { code, down, .. } => format!("{code} {}", if *down { "down" } else { "up" }),
    }
}

#[cfg(test)]
mod tests;
