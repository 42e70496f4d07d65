//! What becomes of the presses and releases of devices that know nothing of windows: only a key that goes down while our
//! window has the keyboard counts, once, and it always comes up again. It reads no clock and opens no device.

use super::codes;
use crate::ground::event::KeyEvent;
use crate::ground::time::Nanos;
use indexmap::{IndexMap, IndexSet};

/// The source of a release that is reckoned, because whoever would have told of it is gone.
const LOST: &str = "source lost";

/// A physical key: of which device, and the kernel's number of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub device: u16,
    pub code: u16,
}

/// A key that went down or came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stroke {
    pub stamp: Nanos,
    pub key: Key,
    pub down: bool,
    /// The system says so of itself: no finger moved.
    pub repeat: bool,
}

/// What is known of a key that is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// Its press was let through; its release will be.
    Told,
    /// It went down when it was none of our business, or before anybody looked.
    Untold,
}

/// Lets through what was meant for our window.
#[derive(Debug)]
pub struct Gate {
    source: &'static str,
    focused: bool,
    held: IndexMap<Key, Held>,
    /// Keys that were down at the start, on a device that is not known.
    somewhere: IndexSet<u16>,
    names: IndexMap<u16, String>,
}

impl Gate {
    /// A gate without the keyboard focus, and no key known to be down.
    pub fn new(source: &'static str) -> Gate {
        Gate {
            source,
            focused: false,
            held: IndexMap::new(),
            somewhere: IndexSet::new(),
            names: IndexMap::new(),
        }
    }

    /// This key is down, and it is not known since when: it counts only from its next press on.
    pub fn is_down(&mut self, key: Key) {
        self.held.entry(key).or_insert(Held::Untold);
    }

    /// The same where only the number of the key is known.
    pub fn is_down_somewhere(&mut self, code: u16) {
        self.somewhere.insert(code);
    }

    /// Whether no key of a device is down.
    pub fn is_free(&self, device: u16) -> bool {
        self.held.keys().all(|k| k.device != device)
    }

    /// The window got or lost the keyboard. Gives the releases of keys that are down: the real ones go elsewhere.
    pub fn focus(&mut self, stamp: Nanos, gained: bool) -> Vec<KeyEvent> {
        self.focused = gained;
        if gained {
            return Vec::new();
        }
        let told = |(key, held): (&Key, &mut Held)| {
            (std::mem::replace(held, Held::Untold) == Held::Told).then_some(*key)
        };
        let released: Vec<Key> = self.held.iter_mut().filter_map(told).collect();
        released.into_iter().map(|key| self.event(stamp, key, false, false)).collect()
    }

    /// What becomes of a press or release. `ours` is false for a press that the window would not have got although it has the
    /// keyboard, as of a mouse button beside it.
    pub fn stroke(&mut self, stroke: Stroke, ours: bool) -> Option<KeyEvent> {
        let Stroke { stamp, key, down, repeat } = stroke;
        if !down {
            self.somewhere.shift_remove(&key.code);
            let held = self.held.shift_remove(&key)?;
            return (held == Held::Told).then(|| self.event(stamp, key, false, false));
        }
        match self.held.get(&key) {
            Some(Held::Told) => Some(self.event(stamp, key, true, true)),
            Some(Held::Untold) => None,
            None => {
                let counts = self.focused && ours && !repeat && !self.somewhere.contains(&key.code);
                self.held.insert(key, if counts { Held::Told } else { Held::Untold });
                counts.then(|| self.event(stamp, key, true, false))
            }
        }
    }

    fn event(&self, stamp: Nanos, key: Key, down: bool, repeat: bool) -> KeyEvent {
        let device = match codes::is_button(key.code) {
            // Whose the buttons are, the pointer's events say as well.
            true => "mouse",
            false => self.names.get(&key.device).map_or("keyboard", String::as_str),
        };
        KeyEvent {
            stamp,
            code: codes::name(key.code).unwrap_or(codes::UNKNOWN).into(),
            down,
            repeat,
            device: device.into(),
            source: self.source.into(),
        }
    }

    /// What a device calls itself: its keys can then be told from those of others.
    pub fn name(&mut self, device: u16, name: &str) {
        self.names.insert(device, name.into());
    }

    /// Whether the name of a device is known.
    pub fn knows(&self, device: u16) -> bool {
        self.names.contains_key(&device)
    }

    /// A device has gone. Gives the releases of its keys that are down, as those of a source that is lost: nobody will tell of
    /// them. Its number may be given to another.
    pub fn gone(&mut self, stamp: Nanos, device: u16) -> Vec<KeyEvent> {
        let keys: Vec<Key> = self.held.keys().copied().filter(|k| k.device == device).collect();
        let release = |key| Stroke { stamp, key, down: false, repeat: false };
        let events = keys.into_iter().filter_map(|key| self.stroke(release(key), true)).collect();
        self.names.shift_remove(&device);
        lost(events)
    }
}

/// Releases that nobody has told of.
fn lost(events: Vec<KeyEvent>) -> Vec<KeyEvent> {
    events.into_iter().map(|event| KeyEvent { source: LOST.into(), ..event }).collect()
}

#[cfg(test)]
mod tests;
