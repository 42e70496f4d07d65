//! Keys straight from the kernel (Linux evdev), with its own stamps on the monotonic clock, on a thread of their own. Devices
//! know nothing of windows: what counts is decided by what the window says of itself. Unverified on hardware.

mod kernel;
pub mod pulses;
mod stream;

use super::codes;
use super::gate::Gate;
use super::source::{Place, Stop, Unavailable, Voice};
use crate::ground::clock::monotonic_now;
use crate::ground::event::KeyEvent;
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crate::rig::schema::InputSetup;
use indexmap::IndexMap;
use kernel::Kernel;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;
use stream::{Raw, Stream};

/// The name of this source in key events.
pub const NAME: &str = "evdev";

/// How long a change of the focus, or the end, may go unnoticed while no key is pressed. Stamps do not depend on it.
const PATIENCE: Duration = Duration::from_millis(20);
/// How often it is looked for devices that have been plugged in.
const LOOK_EVERY: Nanos = Nanos::from_millis(1000);

/// A keyboard, mouse or button box.
pub trait Device: std::fmt::Debug + Send {
    /// What it calls itself.
    fn name(&self) -> &str;
    /// What has happened since the last call; nothing, if nothing did.
    ///
    /// # Errors
    /// It is gone.
    fn read(&mut self) -> io::Result<Vec<Raw>>;
    /// The kernel's numbers of the keys that are down now.
    ///
    /// # Errors
    /// It is gone.
    fn down(&self) -> io::Result<Vec<u16>>;
    /// Takes its keys away from everybody else, or gives them back.
    ///
    /// # Errors
    /// Somebody else has taken them.
    fn grab(&mut self, ours: bool) -> io::Result<()>;
}

/// A device, or why it cannot be opened.
pub type Opened<D> = io::Result<D>;

/// Where devices are plugged in.
pub trait Bus: Send {
    type Device: Device;
    /// Opens the devices with keys that are there beside those with these paths.
    fn open(&mut self, known: &[PathBuf]) -> Vec<(PathBuf, Opened<Self::Device>)>;
    /// Waits until one of these has something to tell, or so long at most.
    fn wait(&mut self, devices: &[&Self::Device], most: Duration);
}

/// A device in use.
#[derive(Debug)]
struct InUse<D> {
    path: PathBuf,
    device: D,
    stream: Stream,
    /// Nobody else gets its keys.
    grabbed: bool,
    /// It was said that they cannot be taken.
    refused: bool,
}

/// Listens to all devices of a bus.
struct Listener<B: Bus> {
    bus: B,
    voice: Voice,
    place: Place,
    grab: bool,
    gate: Gate,
    devices: Vec<InUse<B::Device>>,
    next_number: u16,
    /// Since when those that were unplugged are away, by name.
    away: IndexMap<String, Nanos>,
    focused: bool,
    looked: Nanos,
}

/// Listens to the kernel's devices while the window has the keyboard.
///
/// # Errors
/// There are no devices, or none may be read.
pub fn start(
    setup: &InputSetup,
    place: &Place,
    voice: Voice,
    stop: Stop,
) -> Result<(), Unavailable> {
    let mut listener = Listener::new(Kernel::new(&setup.devices), setup.grab, place, voice.clone());
    listener.find()?;
    let thread = voice.on_thread(NAME, move |_| listener.listen(&stop));
    thread.map_err(|e| Unavailable {
        text: format!("the thread \"{NAME}\" cannot be started ({e})"),
        remedy: "close other programs and start again".into(),
    })
}

impl<B: Bus> Listener<B> {
    fn new(bus: B, grab: bool, place: &Place, voice: Voice) -> Listener<B> {
        Listener {
            bus,
            voice,
            place: place.clone(),
            grab,
            gate: Gate::new(NAME),
            devices: Vec::new(),
            next_number: 0,
            away: IndexMap::new(),
            focused: false,
            looked: monotonic_now(),
        }
    }

    /// Opens what is there at the start, and says what cannot be opened.
    fn find(&mut self) -> Result<(), Unavailable> {
        let mut refused: Vec<(PathBuf, io::Error)> = Vec::new();
        for (path, opened) in self.bus.open(&[]) {
            match opened.and_then(|device| self.take(path.clone(), device)) {
                Ok(()) => {}
                Err(e) => refused.push((path, e)),
            }
        }
        let list: Vec<String> =
            refused.iter().map(|(path, e)| format!("{} ({e})", path.display())).collect();
        let denied = refused.iter().any(|(_, e)| e.kind() == io::ErrorKind::PermissionDenied);
        let remedy = if denied {
            "add yourself to the group input (usermod -aG input NAME), log out and in again"
        } else {
            "plug a keyboard in, and look at the paths in `devices` of [input] of the rig"
        };
        match (self.devices.is_empty(), list.is_empty()) {
            (true, true) => Err(Unavailable {
                text: "evdev has no keyboard to read in /dev/input".into(),
                remedy: remedy.into(),
            }),
            (true, false) => Err(Unavailable {
                text: format!("evdev cannot read {}", list.join(", ")),
                remedy: remedy.into(),
            }),
            (false, false) => {
                let text = format!("evdev cannot read {}: {remedy}", list.join(", "));
                self.voice.note(Level::Warning, text);
                Ok(())
            }
            (false, true) => Ok(()),
        }
    }

    fn take(&mut self, path: PathBuf, device: B::Device) -> io::Result<()> {
        let down = device.down()?;
        // A number is never used twice, so that keys of a device that was unplugged are not those of the next.
        let number = self.next_number;
        self.next_number = self.next_number.wrapping_add(1);
        let stream = Stream::new(number, down);
        stream.down().for_each(|key| self.gate.is_down(key));
        self.gate.name(number, device.name());
        let name = device.name();
        let text = match self.away.shift_remove(name) {
            Some(since) => {
                let seconds = (monotonic_now() - since).secs();
                format!("keyboard \"{name}\" is there again, after {seconds:.1} s")
            }
            None => format!("evdev listens to {name}"),
        };
        self.voice.note(Level::Info, text);
        self.devices.push(InUse { path, device, stream, grabbed: false, refused: false });
        Ok(())
    }

    /// Tells of keys until nobody listens.
    fn listen(&mut self, stop: &Stop) -> String {
        loop {
            let devices: Vec<&B::Device> = self.devices.iter().map(|d| &d.device).collect();
            self.bus.wait(&devices, PATIENCE);
            if stop.is_set() || !self.turn(monotonic_now()) {
                return String::new();
            }
        }
    }

    /// Follows the focus, then takes all that devices have to tell. False once nobody listens.
    fn turn(&mut self, now: Nanos) -> bool {
        let mut events = Vec::new();
        let focused = self.place.focused.load(Ordering::Acquire);
        if focused != self.focused {
            self.focused = focused;
            events.extend(self.gate.focus(now, focused));
        }
        let had_none = self.devices.is_empty();
        let mut i = 0;
        while i < self.devices.len() {
            match self.hear(i, now, &mut events) {
                Ok(()) => i += 1,
                Err(e) => self.unplug(i, &e, now, &mut events),
            }
        }
        let heard = events.into_iter().all(|event| self.voice.key(event));
        if now - self.looked >= LOOK_EVERY {
            self.looked = now;
            self.look();
        }
        if had_none != self.devices.is_empty() {
            // The window may have other ears: a keyboard that this program may not read, or another seat.
            self.voice.counts(had_none);
        }
        self.keep();
        heard
    }

    fn hear(&mut self, i: usize, now: Nanos, events: &mut Vec<KeyEvent>) -> io::Result<()> {
        let d = &mut self.devices[i];
        let inside = self.place.inside.load(Ordering::Acquire);
        for raw in d.device.read()? {
            for stroke in d.stream.take(raw) {
                let button = codes::is_button(stroke.key.code);
                if !button || self.place.buttons {
                    events.extend(self.gate.stroke(stroke, !button || inside || d.grabbed));
                }
            }
        }
        if d.stream.is_stale() {
            let caught = d.stream.catch_up(now, d.device.down()?);
            let text = format!(
                "{} was read too slowly, and events were lost: {} releases are stamped late, {} presses do not count",
                d.device.name(),
                caught.released.len(),
                caught.pressed.len()
            );
            self.voice.note(Level::Error, text);
            events.extend(caught.released.into_iter().filter_map(|s| self.gate.stroke(s, true)));
            caught.pressed.into_iter().for_each(|key| self.gate.is_down(key));
        }
        Ok(())
    }

    fn unplug(&mut self, i: usize, why: &io::Error, now: Nanos, events: &mut Vec<KeyEvent>) {
        let d = self.devices.remove(i);
        events.extend(self.gate.gone(now, d.stream.device()));
        let name = d.device.name();
        let text = format!("keyboard \"{name}\" was unplugged ({why}): plug it in again");
        self.voice.note(Level::Error, text);
        self.away.insert(name.into(), now);
    }

    /// Opens what has been plugged in. What cannot be opened was said at the start, or is not ready yet.
    fn look(&mut self) {
        let known: Vec<PathBuf> = self.devices.iter().map(|d| d.path.clone()).collect();
        for (path, opened) in self.bus.open(&known) {
            if let Ok(device) = opened {
                // It may be gone again by now.
                let _ = self.take(path, device);
            }
        }
    }

    /// Takes keys away from others while the window has the keyboard, where that is wished. Not before all keys of a device are
    /// up: the desktop would hold one down that it never sees come up.
    fn keep(&mut self) {
        for d in self.devices.iter_mut().filter(|_| self.grab) {
            let ours = self.focused;
            let free = self.gate.is_free(d.stream.device());
            if ours == d.grabbed || d.refused || (ours && !free) {
                continue;
            }
            match d.device.grab(ours) {
                Ok(()) => d.grabbed = ours,
                Err(e) => {
                    d.refused = true;
                    let text = format!(
                        "the keys of {} cannot be kept from other programs ({e}): end the one that has them",
                        d.device.name()
                    );
                    self.voice.note(Level::Warning, text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
