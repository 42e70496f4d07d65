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
}

/// Meanings of the keys of one rig, and of its mouse or trackball.
#[derive(Clone, Debug)]
pub struct Mapping {
    meanings: IndexMap<String, String>,
    triggers: Vec<String>,
    boxes: Vec<ResponseBox>,
    abort: Vec<String>,
    rearm: Vec<String>,
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
            return self.tap(key);
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
mod tests {
    use super::*;
    use crate::ground::time::Nanos;

    fn key(code: &str, down: bool) -> KeyEvent {
        KeyEvent {
            stamp: Nanos::ZERO,
            code: code.into(),
            down,
            repeat: false,
            device: "keyboard".into(),
            source: "window".into(),
        }
    }

    #[test]
    fn trigger_key_is_a_pulse_on_its_press_alone() {
        let source = TriggerSource::Key("Digit5".into());
        let mut m = Mapping::new(&Rig::default(), &[source]);
        assert_eq!(m.read(&key("Digit5", true)), Mapped::Pulse("key:Digit5".into()));
        let repeat = KeyEvent { repeat: true, ..key("Digit5", true) };
        for other in [repeat, key("Digit5", false)] {
            let Mapped::Response(r) = m.read(&other) else { panic!("not recorded") };
            assert_eq!(r.meaning, None, "recorded, and of no effect");
        }
    }

    #[test]
    fn the_same_key_of_two_keyboards_is_two_keys() {
        let text = "[[box]]\nname = \"pad\"\nkind = \"keyboard\"\nhas = \"current designs\"\n\
                    [keys]\nleft = \"Digit1@pad\"\nright = \"Digit2\"";
        let source = crate::ground::diagnostic::Source { path: "rig".into(), text: text.into() };
        let rig = crate::rig::parse::parse(&source).unwrap().0;
        let trigger = TriggerSource::Key("Digit5@Current Designs".into());
        let mut m = Mapping::new(&rig, &[trigger]);
        let of = |code: &str, device: &str| KeyEvent { device: device.into(), ..key(code, true) };
        let (pad, other) = ("Current Designs 932", "Dell keyboard");
        let mut meaning = |code: &str, device: &str| match m.read(&of(code, device)) {
            Mapped::Response(r) => r.meaning.unwrap_or_default(),
            Mapped::Pulse(source) => source,
            mapped => panic!("{mapped:?}"),
        };
        assert_eq!(meaning("Digit1", pad), "left");
        assert_eq!(meaning("Digit1", other), "");
        assert_eq!(meaning("Digit2", other), "right");
        assert_eq!(meaning("Digit5", pad), "key:Digit5@Current Designs");
        assert_eq!(meaning("Digit5", other), "");
    }

    #[test]
    fn keys_of_named_devices_are_released_with_their_meaning_and_wires_keep_theirs() {
        let text = "[[box]]\nname = \"pad\"\nkind = \"keyboard\"\nhas = \"current\"\n\
                    [[box]]\nname = \"xid\"\nkind = \"xid\"\nport = \"COM3\"\n\
                    [keys]\nleft = \"Digit1@pad\"\nright = \"Button2\"";
        let source = crate::ground::diagnostic::Source { path: "rig".into(), text: text.into() };
        let mut m = Mapping::new(&crate::rig::parse::parse(&source).unwrap().0, &[]);
        let of = |code: &str, device: &str| KeyEvent { device: device.into(), ..key(code, true) };
        m.read(&of("Digit1", "Current Designs"));
        m.read(&of("Digit1", "another"));
        m.read(&of("Button2", "xid"));
        let up = KeyEvent { down: false, ..of("Digit1", "another") };
        assert!(matches!(m.read(&up), Mapped::Response(_)), "another key of the same name");
        let released = m.release_all("focus lost");
        let told: Vec<_> =
            released.iter().map(|r| (r.meaning.as_deref(), r.device.as_str(), r.down)).collect();
        assert_eq!(told, [(Some("left"), "Current Designs", false)]);
        let up = KeyEvent { down: false, ..of("Button2", "xid") };
        assert!(matches!(m.read(&up), Mapped::Response(_)));
    }

    #[test]
    fn a_button_of_a_box_without_hold_is_let_go_at_once_and_once_only() {
        let kind = BoxKind::Xid { port: "COM3".into(), baud: 115_200 };
        let pad = ResponseBox { name: "pad".into(), kind, holds: false };
        let mut rig = Rig { boxes: vec![pad], ..Rig::default() };
        rig.keys.insert("left".into(), vec!["Button1".into()]);
        let mut m = Mapping::new(&rig, &[]);
        let of = |down| KeyEvent { device: "pad".into(), ..key("Button1", down) };
        let Mapped::Tap { press, release } = m.read(&of(true)) else { panic!("no tap") };
        assert_eq!((press.meaning.as_deref(), press.down), (Some("left"), true));
        assert_eq!((release.down, release.source.as_str()), (false, "box without hold"));
        let Mapped::Response(own) = m.read(&of(false)) else { panic!("not recorded") };
        assert_eq!((own.meaning, own.down), (None, false), "its own release has no effect");
        assert_eq!(m.release_all("focus lost"), []);
    }

    #[test]
    fn abort_takes_both_keys_at_once() {
        let mut m = Mapping::new(&Rig::default(), &[]);
        assert!(matches!(m.read(&key("Escape", true)), Mapped::Response(_)));
        assert!(matches!(m.read(&key("Escape", false)), Mapped::Response(_)));
        assert!(matches!(m.read(&key("KeyQ", true)), Mapped::Response(_)));
        assert!(matches!(m.read(&key("Escape", true)), Mapped::Abort(_)));
    }

    #[test]
    fn the_keys_that_arm_again_are_told_from_those_that_end_the_run() {
        let mut m = Mapping::new(&Rig::default(), &[]);
        assert!(matches!(m.read(&key("Escape", true)), Mapped::Response(_)));
        assert!(matches!(m.read(&key("Backspace", true)), Mapped::Rearm(_)));
        assert!(matches!(
            m.read(&KeyEvent { repeat: true, ..key("Backspace", true) }),
            Mapped::Response(_)
        ));
        assert!(matches!(m.read(&key("KeyQ", true)), Mapped::Abort(_)));
    }

    #[test]
    fn keys_that_are_down_are_released_once_when_the_focus_goes() {
        let mut m = Mapping::new(&Rig::default(), &[]);
        m.read(&key("ArrowLeft", true));
        m.read(&key("KeyZ", true));
        m.read(&key("KeyZ", false));
        let released = m.release_all("focus lost");
        assert_eq!(released.len(), 1);
        assert_eq!((released[0].code.as_str(), released[0].down), ("ArrowLeft", false));
        assert_eq!(m.release_all("focus lost"), []);
    }

    #[test]
    fn a_release_that_was_reckoned_is_not_told_twice() {
        let mut m = Mapping::new(&Rig::default(), &[]);
        m.read(&key("ArrowLeft", true));
        m.release_all("focus lost");
        assert_eq!(m.read(&key("ArrowLeft", false)), Mapped::Nothing);
        for down in [true, false, false] {
            assert!(matches!(m.read(&key("ArrowLeft", down)), Mapped::Response(_)));
        }
    }

    fn pointed(travel: RawTravel) -> PointerEvent {
        PointerEvent { stamp: Nanos::ZERO, travel, device: "mouse".into(), source: "window".into() }
    }

    #[test]
    fn counts_become_lengths_of_a_scale_and_down_is_negative() {
        let rig = Rig { pointer: Some(PointerSetup::Move { counts: 400.0 }), ..Rig::default() };
        let m = Mapping::new(&rig, &[]);
        let read = m.read_pointer(&pointed(RawTravel::By([100.0, 20.0]))).unwrap();
        assert_eq!(read.travel, Travel::By([0.25, -0.05]));
        assert_eq!(m.read_pointer(&pointed(RawTravel::To([1.0, 1.0]))), None);
        let none = Mapping::new(&Rig::default(), &[]);
        assert_eq!(none.read_pointer(&pointed(RawTravel::By([1.0, 0.0]))), None);
    }

    #[test]
    fn pixels_are_understood_as_the_participant_sees_them() {
        use crate::rig::schema::{Screen, Transform};
        let point = |transform, visible| {
            let screen = Screen { transform, visible, ..Screen::default() };
            let rig = Rig { pointer: Some(PointerSetup::Point), screen, ..Rig::default() };
            let m = Mapping::new(&rig, &[]).on(Geometry::new(&rig.screen, 800, 600));
            m.read_pointer(&pointed(RawTravel::To([500.0, 200.0]))).unwrap().travel
        };
        let whole = [0.0, 0.0, 1.0, 1.0];
        assert_eq!(point(Transform::None, whole), Travel::To([100.0, 100.0]));
        assert_eq!(point(Transform::FlipH, whole), Travel::To([-100.0, 100.0]));
        assert_eq!(point(Transform::Rotate180, whole), Travel::To([-100.0, -100.0]));
        // The visible part begins in the middle of the screen: its own middle lies at 600, 450.
        assert_eq!(point(Transform::None, [0.5, 0.5, 0.5, 0.5]), Travel::To([-100.0, 250.0]));
    }

    #[test]
    fn keys_without_meaning_are_passed_on() {
        let mut m = Mapping::new(&Rig::default(), &[]);
        let Mapped::Response(r) = m.read(&key("KeyZ", true)) else { panic!("not a response") };
        assert_eq!(r.meaning, None);
        let Mapped::Response(r) = m.read(&key("ArrowLeft", true)) else { panic!("not a response") };
        assert_eq!(r.meaning.as_deref(), Some("left"));
    }
}
