//! Raw keys become responses, pulses and the abort, and raw movements those of a marker, by the rig. Everything is passed on; nothing is judged.

use crate::ground::event::{KeyEvent, PointerEvent, RawTravel};
use crate::ground::record::{Pointer, Response, Travel};
use crate::rig::boxes::{BoxKind, ResponseBox};
use crate::rig::codes::split;
use crate::rig::geometry::Geometry;
use crate::rig::schema::{PointerSetup, Rig};
use crate::rig::trigger::TriggerSource;
use indexmap::{IndexMap, IndexSet};

/// The source of a release that no box told of.
const NO_HOLD: &str = "box without hold";

/// What a key event is in this room.
#[derive(Clone, Debug, PartialEq)]
pub enum Mapped {
    /// An answer, or a key without meaning: the journal takes both.
    Response(Response),
    /// A press on a box that does not tell how long: it was let go at once.
    Tap { press: Response, release: Response },
    /// A pulse of the scanner, with the name of its source.
    Pulse(String),
    /// A release that was reckoned before: nothing.
    Nothing,
    /// All keys of the abort pair are down; the last of them is passed on too.
    Abort(Response),
    /// All keys that arm the run again are down, likewise.
    Rearm(Response),
    /// A key that puts grey up.
    Grey(Response),
    /// All keys that take the grey away are down.
    GoOn(Response),
}

/// Meanings of the keys of one rig, and of its mouse or trackball.
#[derive(Clone, Debug)]
pub struct Mapping {
    meanings: IndexMap<String, String>,
    triggers: Vec<String>,
    boxes: Vec<ResponseBox>,
    abort: Vec<String>,
    rearm: Vec<String>,
    go_on: Vec<String>,
    /// Those of the operator and of the participant.
    grey: Vec<String>,
    pointer: Option<PointerSetup>,
    /// The screen that a pointer points at.
    screen: Option<Geometry>,
    /// Keys that are down, by device and code.
    down: IndexMap<(String, String), KeyEvent>,
    /// Keys that were down and were reckoned as released; their own releases may still come.
    let_go: IndexSet<(String, String)>,
}

impl Mapping {
    /// The keys of a rig, with the triggers that this run uses.
    pub fn new(rig: &Rig, triggers: &[TriggerSource]) -> Mapping {
        let mut meanings = IndexMap::new();
        for (meaning, codes) in &rig.keys {
            for code in codes {
                meanings.insert(code.clone(), meaning.clone());
            }
        }
        let key = |source: &TriggerSource| match source {
            TriggerSource::Key(code) => Some(code.clone()),
            _ => None,
        };
        Mapping {
            meanings,
            triggers: triggers.iter().filter_map(key).collect(),
            boxes: rig.boxes.clone(),
            abort: rig.abort.clone(),
            rearm: rig.rearm.clone(),
            go_on: rig.go_on.clone(),
            grey: rig.grey.iter().chain(&rig.grey_button).cloned().collect(),
            pointer: rig.pointer,
            screen: None,
            down: IndexMap::new(),
            let_go: IndexSet::new(),
        }
    }

    /// The same for a screen that a pointer can point at.
    pub fn on(self, screen: Geometry) -> Mapping {
        Mapping { screen: Some(screen), ..self }
    }

    /// The keys that end the run when they are held down together.
    pub fn abort_keys(&self) -> &[String] {
        &self.abort
    }

    /// The keys that take the grey away when they are held down together.
    pub fn go_on_keys(&self) -> &[String] {
        &self.go_on
    }

    /// Whether a key event puts grey up.
    pub fn is_grey(&self, key: &KeyEvent) -> bool {
        key.down && !key.repeat && self.grey.iter().any(|code| self.is_of(code, key))
    }

    /// Whether a key is one of a keyboard that is no response box of the rig.
    pub fn is_of_the_desk(&self, key: &KeyEvent) -> bool {
        self.box_of(key).is_none()
    }

    /// Whether the pointer must be seen to be of use.
    pub fn points(&self) -> bool {
        self.pointer == Some(PointerSetup::Point)
    }

    /// What a movement is in this room; none where the rig has no use for it.
    pub fn read_pointer(&self, event: &PointerEvent) -> Option<Pointer> {
        let travel = match (self.pointer?, event.travel) {
            (PointerSetup::Move { counts }, RawTravel::By([right, down])) => {
                // No negative zero: the journal is read by people.
                Travel::By([right / counts, 0.0 - down / counts])
            }
            (PointerSetup::Point, RawTravel::To(pixel)) => Travel::To(self.screen?.upright(pixel)),
            _ => return None,
        };
        let (device, source) = (event.device.clone(), event.source.clone());
        Some(Pointer { travel, device, source })
    }

    /// A key that has this meaning, for a simulated participant.
    pub fn code_for(&self, meaning: &str) -> Option<&str> {
        self.meanings.iter().find(|(_, m)| *m == meaning).map(|(code, _)| code.as_str())
    }

    /// What the key event is.
    pub fn read(&mut self, key: &KeyEvent) -> Mapped {
        if let Some(trigger) = self.triggers.iter().find(|code| self.is_of(code, key)) {
            return match key.down && !key.repeat {
                true => Mapped::Pulse(format!("key:{trigger}")),
                false => Mapped::Response(Response { meaning: None, ..self.response(key) }),
            };
        }
        if self.box_of(key).is_some_and(|b| !b.holds) {
            return match self.is_grey(key) {
                true => Mapped::Grey(self.response(key)),
                false => self.tap(key),
            };
        }
        let place = (key.device.clone(), key.code.clone());
        let let_go = self.let_go.shift_remove(&place);
        if key.down {
            self.down.insert(place, key.clone());
        } else if self.down.shift_remove(&place).is_none() && let_go {
            return Mapped::Nothing;
        }
        let response = self.response(key);
        match key.down && !key.repeat {
            true if self.held(&self.abort, key) => Mapped::Abort(response),
            true if self.held(&self.rearm, key) => Mapped::Rearm(response),
            true if self.held(&self.go_on, key) => Mapped::GoOn(response),
            true if self.is_grey(key) => Mapped::Grey(response),
            _ => Mapped::Response(response),
        }
    }

    /// Whether a key is the last of some that are now all down.
    fn held(&self, together: &[String], key: &KeyEvent) -> bool {
        let down = |code: &String| self.down.values().any(|k| self.is_of(code, k));
        together.iter().any(|code| self.is_of(code, key)) && together.iter().all(down)
    }

    fn response(&self, key: &KeyEvent) -> Response {
        Response {
            code: key.code.clone(),
            meaning: self.meaning(key).cloned(),
            down: key.down,
            repeat: key.repeat,
            device: key.device.clone(),
            source: key.source.clone(),
        }
    }

    /// A box that lets go by itself, or tells of no release at all: what it says of one tells nothing.
    fn tap(&self, key: &KeyEvent) -> Mapped {
        if !key.down || key.repeat {
            return Mapped::Response(Response { meaning: None, ..self.response(key) });
        }
        let press = self.response(key);
        let release = Response { down: false, source: NO_HOLD.into(), ..press.clone() };
        Mapped::Tap { press, release }
    }

    /// What a key means: by itself, or as one of a device that the rig names.
    fn meaning(&self, key: &KeyEvent) -> Option<&String> {
        let of_device = || self.meanings.iter().find(|(code, _)| self.is_of(code, key));
        self.meanings.get(&key.code).or_else(|| of_device().map(|(_, meaning)| meaning))
    }

    /// Whether a key event is that of a code; behind an `@` stands a box of the rig, or a part of a keyboard's name.
    fn is_of(&self, code: &str, key: &KeyEvent) -> bool {
        let (code, device) = split(code);
        let from =
            |name: &str| self.box_of(key).is_some_and(|b| b.name == name) || has(&key.device, name);
        code == key.code && device.is_none_or(from)
    }

    /// The box that a key event comes from, if it is one of the rig's.
    fn box_of(&self, key: &KeyEvent) -> Option<&ResponseBox> {
        self.boxes.iter().find(|b| match &b.kind {
            BoxKind::Keyboard { has: part } => has(&key.device, part),
            BoxKind::Serial { .. } | BoxKind::Xid { .. } => key.device == b.name,
        })
    }

    /// The releases of all keys that are down, because the real ones go elsewhere; `why` stands as their source. Boxes on wires
    /// of their own tell of theirs all the same.
    pub fn release_all(&mut self, why: &str) -> Vec<Response> {
        let on_wire = |key: &KeyEvent| {
            self.box_of(key).is_some_and(|b| !matches!(b.kind, BoxKind::Keyboard { .. }))
        };
        let (kept, down): (Vec<_>, Vec<_>) =
            self.down.clone().into_iter().partition(|(_, key)| on_wire(key));
        self.down = kept.into_iter().collect();
        self.let_go.extend(down.iter().map(|(place, _)| place.clone()));
        let release = |(_, key): &(_, KeyEvent)| Response {
            down: false,
            repeat: false,
            source: why.into(),
            ..self.response(key)
        };
        down.iter().map(release).collect()
    }
}

/// Whether the name of a device has this part, in capitals or not.
fn has(device: &str, part: &str) -> bool {
    device.to_lowercase().contains(&part.to_lowercase())
}

#[cfg(test)]
mod tests;
