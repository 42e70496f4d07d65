//! One use for each physical thing: a key, a button, a byte of a port is a trigger, or has one meaning, or belongs to
//! the abort keys. With two uses it would give wrong data, or end a run by an answer.

use super::super::boxes::{BoxKind, ResponseBox};
use super::super::codes::{button, split};
use super::super::schema::Rig;
use super::super::trigger::{Byte, TriggerSource};
use crate::ground::document::{Table, short};

const REMEDY: &str = "give each physical key one use; a box that sends the same key for two things must be set to another mode";

/// Tells of everything with two uses.
pub fn one_each(rig: &Rig, root: &Table<'_>) {
    let mut uses: Vec<(&str, String)> = Vec::new();
    let clash = |path: &[&str], code: &str, one: &str, other: &str| {
        root.problems.error(
            root.place(path),
            format!("key {code} is {one} and {other}"),
            "one use for each physical key",
            REMEDY,
        );
    };
    for (meaning, codes) in &rig.keys {
        for code in codes {
            let this = format!("\"{}\"", short(meaning));
            match uses.iter().find(|(c, _)| same(rig, c, code)) {
                Some((_, other)) if *other == this => {}
                Some((_, other)) => clash(&["keys", meaning], code, other, &this),
                None => uses.push((code, this)),
            }
        }
    }
    for (key, codes, what) in of_the_operator(rig) {
        for code in codes {
            if let Some((_, other)) = uses.iter().find(|(c, _)| same(rig, c, code)) {
                clash(&[key], code, other, what);
            }
        }
    }
    for button in &rig.grey_button {
        for (_, codes, what) in held_together(rig) {
            if codes.iter().any(|c| same(rig, c, button)) {
                clash(&["grey_button"], button, "the participant's button for grey", what);
            }
        }
    }
    let together = held_together(rig);
    for (i, (key, own, what)) in together.iter().enumerate() {
        let within = |codes: &[String]| own.iter().all(|code| codes.contains(code));
        // Of two lists of the same keys one is told.
        let other = together.iter().enumerate().find(|(j, (_, codes, _))| {
            *j != i && within(codes) && (codes.len() > own.len() || *j < i)
        });
        if let Some((_, (other, _, does))) = other {
            root.problems.error(
                root.place(&[key]),
                format!("the keys of {key}, {what}, are all {does}"),
                format!("other keys than those of {other}"),
                "write for example rearm = [\"Escape\", \"Backspace\"], go_on = [\"Escape\", \"Tab\"]",
            );
        }
    }
    for source in &rig.trigger.sources {
        for problem in trigger_uses(rig, source) {
            let place = root.place(&["trigger", "source"]);
            root.problems.error(place, problem, "one use for each physical key", REMEDY);
        }
    }
    for problem in two_ways(&rig.trigger.sources) {
        let place = root.place(&["trigger", "source"]);
        root.problems.error(place, problem, "one way for each port", REMEDY);
    }
    known_boxes(rig, root);
}

/// A list of keys: its name in the file, the keys, and what they are for.
type Operated<'a> = (&'static str, &'a [String], &'static str);

/// Keys that do something together.
fn held_together(rig: &Rig) -> [Operated<'_>; 3] {
    [
        ("abort", &rig.abort, "among the keys that end the run"),
        ("rearm", &rig.rearm, "among the keys that arm the run again"),
        ("go_on", &rig.go_on, "among the keys that take the grey away"),
    ]
}

/// Keys that are no answers.
fn of_the_operator(rig: &Rig) -> Vec<Operated<'_>> {
    let alone: [Operated<'_>; 2] = [
        ("grey", &rig.grey, "a key that puts grey up"),
        ("grey_button", &rig.grey_button, "the participant's button for grey"),
    ];
    held_together(rig).into_iter().chain(alone).collect()
}

/// What a trigger of a rig is also used for, one sentence each.
pub fn trigger_uses(rig: &Rig, source: &TriggerSource) -> Vec<String> {
    match source {
        TriggerSource::Key(code) => {
            let meant =
                rig.keys.iter().filter(|(_, codes)| codes.iter().any(|c| same(rig, c, code)));
            let meant =
                meant.map(|(m, _)| format!("key {code} is the trigger and \"{}\"", short(m)));
            let ends = of_the_operator(rig)
                .into_iter()
                .filter(|(_, codes, _)| codes.iter().any(|c| same(rig, c, code)))
                .map(|(_, _, what)| format!("key {code} is the trigger and {what}"));
            meant.chain(ends).collect()
        }
        TriggerSource::Evdev { code, .. } => trigger_uses(rig, &TriggerSource::Key(code.clone()))
            .into_iter()
            .map(|text| text.replacen("key ", "kernel key ", 1))
            .collect(),
        _ => on_one_port(rig, source),
    }
}

/// A byte or a key of a serial box that is a button too, and ports that are to have two rates.
fn on_one_port(rig: &Rig, source: &TriggerSource) -> Vec<String> {
    let Some((port, baud)) = source.serial_port() else {
        return taken_whole(rig, source);
    };
    let mut found = Vec::new();
    for b in &rig.boxes {
        let Some((_, other)) = b.serial_port().filter(|(p, _)| *p == port) else { continue };
        let name = short(&b.name);
        if other != baud {
            found.push(format!(
                "port {port} has {baud} baud as trigger and {other} as box \"{name}\""
            ));
        }
        match (source, &b.kind) {
            (
                TriggerSource::Serial { byte: Byte::One(byte), .. },
                BoxKind::Serial { bytes, .. },
            ) => {
                if bytes.contains(byte) {
                    found.push(format!(
                        "byte 0x{byte:02x} of {port} is the trigger and a button of box \"{name}\""
                    ));
                }
            }
            (TriggerSource::Serial { byte: Byte::Any, .. }, BoxKind::Serial { .. }) => {
                found.push(format!(
                    "any byte of {port} is the trigger, and box \"{name}\" is on the same port"
                ));
            }
            (TriggerSource::Xid { key, .. }, BoxKind::Xid { .. }) => {
                let code = button(u32::from(*key));
                let of_box = |c: &&String| {
                    let (key, device) = split(c);
                    key == code && device.is_none_or(|d| d == b.name)
                };
                if let Some((m, _)) =
                    rig.keys.iter().find(|(_, codes)| codes.iter().any(|c| of_box(&c)))
                {
                    found.push(format!(
                        "key {key} of {port} is the trigger and, as {code}, \"{}\"",
                        short(m)
                    ));
                }
            }
            _ => found.push(format!(
                "port {port} speaks one way as trigger and another as box \"{name}\""
            )),
        }
    }
    found
}

/// A status line or pin wants the port for itself.
fn taken_whole(rig: &Rig, source: &TriggerSource) -> Vec<String> {
    let TriggerSource::Modem { port, .. } = source else { return Vec::new() };
    let on = |b: &&ResponseBox| b.serial_port().is_some_and(|(p, _)| p == port);
    let told = |b: &ResponseBox| {
        format!("port {port} is read for its status line, and box \"{}\" is on it", short(&b.name))
    };
    rig.boxes.iter().filter(on).map(told).collect()
}

/// Whether two codes can be the same key: one without a keyboard is that of each, and two names of which one is a part of the
/// other may be those of one keyboard.
fn same(rig: &Rig, a: &str, b: &str) -> bool {
    let named = |name: &str| {
        let of = rig.boxes.iter().find(|b| b.name == name).map(|b| &b.kind);
        match of {
            Some(BoxKind::Keyboard { has }) => has.to_lowercase(),
            _ => name.to_lowercase(),
        }
    };
    let ((a, on), (b, at)) = (split(a), split(b));
    let (Some(on), Some(at)) = (on.map(named), at.map(named)) else { return a == b };
    a == b && (on.contains(&at) || at.contains(&on))
}

/// Two triggers on one port that would set it up in two ways.
fn two_ways(sources: &[TriggerSource]) -> Vec<String> {
    let port = |s: &TriggerSource| match s {
        TriggerSource::Serial { port, baud, .. } => Some((port.clone(), "serial", *baud)),
        TriggerSource::Xid { port, baud, .. } => Some((port.clone(), "xid", *baud)),
        TriggerSource::Modem { port, .. } => Some((port.clone(), "modem", 0)),
        _ => None,
    };
    let all: Vec<_> = sources.iter().filter_map(port).collect();
    let mut found = Vec::new();
    for (i, (port, kind, baud)) in all.iter().enumerate() {
        for (other, as_kind, other_baud) in &all[..i] {
            if other == port && (kind, baud) != (as_kind, other_baud) {
                found.push(format!(
                    "port {port} is {as_kind} at {other_baud} baud and {kind} at {baud}"
                ));
            }
        }
    }
    found
}

/// Buttons that no box has.
fn known_boxes(rig: &Rig, root: &Table<'_>) {
    let with_buttons = |b: &&ResponseBox| !matches!(b.kind, BoxKind::Keyboard { .. });
    for (meaning, codes) in &rig.keys {
        for code in codes {
            let (key, device) = split(code);
            if !key.starts_with("Button") {
                continue;
            }
            let mut boxes = rig.boxes.iter().filter(with_buttons);
            let has = |b: &ResponseBox| match &b.kind {
                BoxKind::Serial { bytes, .. } => (1..=bytes.len()).any(|n| button(n as u32) == key),
                _ => true,
            };
            if !boxes.any(|b| has(b) && device.is_none_or(|d| d == b.name)) {
                root.problems.error(
                    root.place(&["keys", meaning]),
                    format!("{code} is a button of no box"),
                    "a box that has it",
                    "add the box with [[box]], or correct the name behind the @",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ground::diagnostic::Source;
    use crate::rig::parse::parse;

    fn first(text: &str) -> Option<String> {
        let source = Source { path: "rig.toml".into(), text: text.into() };
        parse(&source).err().map(|p| p[0].message.clone())
    }

    const BOX: &str = "[[box]]\nname = \"pad\"\nport = \"COM3\"\nbaud = 9600\nkind = ";

    #[test]
    fn a_key_with_two_uses_is_refused_whichever_they_are() {
        for text in [
            "[trigger]\nsource = \"key:1\"",
            "[trigger]\nsource = [\"tcp:5000\", \"key:q\"]",
            "[trigger]\nsource = \"evdev:/dev/input/event3:1\"",
            "abort = [\"Space\", \"KeyQ\"]",
            "rearm = [\"Escape\", \"ArrowLeft\"]",
            "[trigger]\nsource = \"key:Backspace\"",
            "[keys]\nleft = \"KeyA\"\nright = [\"KeyB\", \"KeyA\"]",
            "[keys]\nleft = \"KeyA\"\nright = \"KeyA@pad\"",
        ] {
            let said = first(text).expect(text);
            assert!(said.contains(" and "), "{said}");
        }
        let pad = "[[box]]\nname = \"pad\"\nkind = \"keyboard\"\nhas = \"Current\"\n[keys]\nleft = \"Digit5@pad\"\n";
        assert!(first(&format!("{pad}[trigger]\nsource = \"key:5@current designs\"")).is_some());
        assert_eq!(first(&format!("{pad}[trigger]\nsource = \"key:5@Dell\"")), None);
        let both = "[trigger]\nsource = [\"serial:COM3@115200:5\", \"modem:COM3:cts\"]";
        assert!(first(both).unwrap().contains("COM3 is serial"));
        assert_eq!(first("[keys]\nleft = [\"KeyA\", \"KeyA\"]"), None);
        let same = first("rearm = [\"KeyQ\", \"Escape\"]").unwrap();
        assert!(same.contains("are all among the keys that end the run"), "{same}");
        assert!(first("go_on = [\"Backspace\", \"Escape\"]").is_some());
        assert!(first("go_on = [\"Backspace\", \"Escape\", \"Tab\"]").is_some());
        assert!(first("grey = \"ArrowLeft\"").is_some());
        assert!(first("grey_button = \"KeyQ\"").is_some());
        assert_eq!(first("grey = [\"F12\", \"Escape\"]\ngrey_button = \"KeyB\""), None);
        assert_eq!(first("[keys]\nleft = \"KeyA@one\"\nright = \"KeyA@two\""), None);
        assert_eq!(
            first("[keys]\nleft = \"Digit5@pad\"\n[trigger]\nsource = \"key:5@scanner\""),
            None
        );
    }

    #[test]
    fn a_byte_of_a_port_is_a_trigger_or_a_button() {
        let rig = |byte: &str, rate: &str| {
            format!(
                "{BOX}\"serial\"\nbytes = [\"1\", \"2\", \"5\"]\n[trigger]\nsource = \"serial:COM3@{rate}:{byte}\""
            )
        };
        assert!(first(&rig("5", "9600")).unwrap().contains("byte 0x35 of COM3 is the trigger"));
        assert!(first(&rig("any", "9600")).unwrap().contains("any byte"));
        assert!(first(&rig("t", "115200")).unwrap().contains("baud"));
        assert_eq!(first(&rig("t", "9600")), None);
    }

    #[test]
    fn a_key_of_a_xid_box_is_a_trigger_or_an_answer() {
        let rig = |button: &str| {
            format!(
                "{BOX}\"xid\"\n[keys]\nleft = \"{button}\"\n[trigger]\nsource = \"xid:COM3@9600:4\""
            )
        };
        assert!(first(&rig("Button4")).unwrap().contains("as Button4"));
        assert_eq!(first(&rig("Button3@pad")), None);
        assert!(first(&rig("Button3@other")).unwrap().contains("button of no box"));
        let few = format!("{BOX}\"serial\"\nbytes = [\"1\"]\n[keys]\nleft = \"Button2\"");
        assert!(first(&few).unwrap().contains("Button2 is a button of no box"));
        assert!(first("[keys]\nleft = \"Button1\"").unwrap().contains("button of no box"));
        let modem = format!("{BOX}\"xid\"\n[trigger]\nsource = \"modem:COM3:cts\"");
        assert!(first(&modem).unwrap().contains("status line"));
    }
}
