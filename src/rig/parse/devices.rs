//! What a rig file says of keyboards, mice and boxes: who stamps keys, how a mouse moves a marker, what buttons there are.

use super::super::boxes::{BoxKind, ResponseBox};
use super::super::keys;
use super::super::schema::{InputSetup, KeySource, PointerSetup};
use super::super::trigger::{Byte, byte};
use super::filled;
use crate::ground::document::Table;

/// The most input devices.
const MOST_DEVICES: usize = 16;
/// The most response boxes, and bytes of one.
const MOST_BOXES: usize = 8;
const MOST_BYTES: usize = 32;
/// Counts of a mouse or trackball from one end of a scale to the other.
const USUAL_COUNTS: f64 = 800.0;

/// The table `[input]`.
pub fn input(t: &Table<'_>) -> InputSetup {
    t.allow(&[&keys::INPUT]);
    let source = t.get("source").and_then(|v| {
        v.word(&[
            ("auto", KeySource::Auto),
            ("xinput2", KeySource::Xinput2),
            ("evdev", KeySource::Evdev),
            ("window", KeySource::Window),
        ])
    });
    let source = source.unwrap_or_default();
    for key in ["grab", "devices"] {
        if let (KeySource::Xinput2 | KeySource::Window, Some(v)) = (source, t.get(key)) {
            let remedy = "leave the line out, or write source = \"evdev\"";
            v.wrong("is used by `source = \"evdev\"` only", format!("no \"{key}\" here"), remedy);
        }
    }
    let devices = t.get("devices").and_then(|v| v.list(1, MOST_DEVICES, "[\"/dev/input/event3\"]"));
    InputSetup {
        source,
        grab: t.flag("grab").unwrap_or_default(),
        devices: devices.iter().flatten().filter_map(filled).collect(),
    }
}

/// The table `[pointer]`; none where it is wrong.
pub fn pointer(t: &Table<'_>) -> Option<PointerSetup> {
    t.allow(&[&keys::POINTER]);
    let moves = t.need("mode", "move or point", "mode = \"move\"")?;
    let moves = moves.word(&[("move", true), ("point", false)])?;
    let counts = t.number("counts", 1.0, 1e6);
    if let (Some(v), false) = (t.get("counts"), moves) {
        let remedy = "leave the line out, or write mode = \"move\"";
        v.wrong("is used by `mode = \"move\"` only", "no \"counts\" here", remedy);
    }
    Some(match moves {
        true => PointerSetup::Move { counts: counts.unwrap_or(USUAL_COUNTS) },
        false => PointerSetup::Point,
    })
}

/// The tables `[[box]]`.
pub fn boxes(root: &Table<'_>) -> Vec<ResponseBox> {
    let list = root.get("box").and_then(|v| v.list(1, MOST_BOXES, "[[box]]"));
    let mut found: Vec<ResponseBox> = Vec::new();
    for value in list.unwrap_or_default() {
        let Some(t) = value.table("[[box]]") else { continue };
        let t = t.named("[[box]]");
        t.allow(&[&keys::BOX]);
        let Some(one) = response_box(&t) else { continue };
        if let (true, Some(v)) = (found.iter().any(|f| f.name == one.name), t.get("name")) {
            v.wrong("is the name of two boxes", "a name for each", "give one of them another name");
        }
        found.push(one);
    }
    found
}

fn response_box(t: &Table<'_>) -> Option<ResponseBox> {
    let name = t.need("name", "what the box is called", "name = \"pad\"").and_then(|v| filled(&v));
    let kind = t.need("kind", "serial, xid or keyboard", "kind = \"serial\"")?;
    let kind = kind.word(&[("serial", "serial"), ("xid", "xid"), ("keyboard", "keyboard")])?;
    let used: &[&str] = match kind {
        "serial" => &["port", "baud", "bytes"],
        "xid" => &["port", "baud", "holds"],
        _ => &["has", "holds"],
    };
    for key in ["port", "baud", "bytes", "has", "holds"] {
        if let (false, Some(v)) = (used.contains(&key), t.get(key)) {
            let message = format!("has no use with `kind = \"{kind}\"`");
            v.wrong(&message, format!("no \"{key}\" here"), "leave the line out");
        }
    }
    let port = || {
        let v = t.need("port", "the serial port of the box", "port = \"/dev/ttyUSB0\"")?;
        filled(&v)
    };
    let baud = |usual| t.count("baud", 50, 4_000_000).unwrap_or(usual);
    let holds = t.flag("holds").unwrap_or(kind != "serial");
    let kind = match kind {
        "serial" => BoxKind::Serial { port: port()?, baud: baud(9600), bytes: bytes(t)? },
        "xid" => BoxKind::Xid { port: port()?, baud: baud(115_200) },
        _ => {
            let v =
                t.need("has", "a part of the keyboard's own name", "has = \"Current Designs\"")?;
            BoxKind::Keyboard { has: filled(&v)? }
        }
    };
    Some(ResponseBox { name: name?, kind, holds })
}

/// The bytes of buttons, each once.
fn bytes(t: &Table<'_>) -> Option<Vec<u8>> {
    let example = "bytes = [\"1\", \"2\", \"3\", \"4\"]";
    let list = t.need("bytes", "what each button sends, the first that of Button1", example)?;
    let mut found = Vec::new();
    for item in list.list(1, MOST_BYTES, example)? {
        let text = item.text(10)?;
        match byte(&text) {
            Some(Byte::One(one)) if !found.contains(&one) => found.push(one),
            Some(Byte::One(_)) => item.wrong("is there twice", "each byte once", "take one out"),
            _ => {
                let remedy = "write one character, as in \"1\", or a number, as in \"0x31\"";
                item.wrong(&format!("is \"{text}\""), "one byte", remedy);
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::diagnostic::Source;
    use crate::rig::parse::parse;

    fn read(text: &str) -> Result<InputSetup, String> {
        let source = Source { path: "rig.toml".into(), text: format!("[input]\n{text}") };
        let first = |problems: Vec<crate::ground::diagnostic::Problem>| problems[0].message.clone();
        parse(&source).map(|(rig, _)| rig.input).map_err(first)
    }

    #[test]
    fn the_source_of_keys_is_the_best_there_is_unless_one_is_named() {
        assert_eq!(read(""), Ok(InputSetup::default()));
        assert_eq!(read("source = \"window\"").unwrap().source, KeySource::Window);
        let all =
            read("source = \"evdev\"\ngrab = true\ndevices = [\"/dev/input/event3\"]").unwrap();
        assert_eq!((all.source, all.grab), (KeySource::Evdev, true));
        assert_eq!(all.devices, ["/dev/input/event3"]);
        assert!(read("source = \"xinput\"").is_err());
    }

    #[test]
    fn boxes_are_on_serial_ports_or_are_keyboards() {
        let read = |text: &str| {
            let source = Source {
                path: "rig.toml".into(),
                text: format!("[[box]]\nname = \"pad\"\n{text}"),
            };
            parse(&source).map(|(rig, _)| rig.boxes[0].clone()).map_err(|p| p[0].message.clone())
        };
        let serial = read("kind = \"serial\"\nport = \"COM3\"\nbytes = [\"1\", \"0x32\"]").unwrap();
        let kind = BoxKind::Serial { port: "COM3".into(), baud: 9600, bytes: vec![0x31, 0x32] };
        assert_eq!((serial.kind, serial.holds), (kind, false), "bytes tell of no release");
        let xid = read("kind = \"xid\"\nport = \"COM3\"").unwrap();
        assert_eq!((xid.serial_port(), xid.holds), (Some(("COM3", 115_200)), true));
        assert!(!read("kind = \"keyboard\"\nhas = \"Current\"\nholds = false").unwrap().holds);
        for wrong in [
            "kind = \"usb\"",
            "kind = \"serial\"\nport = \"COM3\"",
            "kind = \"serial\"\nport = \"COM3\"\nbytes = [\"11\"]",
            "kind = \"serial\"\nport = \"COM3\"\nbytes = [\"1\", \"0x31\"]",
            "kind = \"serial\"\nport = \"COM3\"\nbytes = [\"1\"]\nholds = true",
            "kind = \"keyboard\"",
            "kind = \"xid\"",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_only_the_kernel_can_do_is_refused_elsewhere() {
        for line in ["grab = true", "devices = [\"/dev/input/event3\"]"] {
            assert!(read(line).is_ok());
            let why = read(&format!("source = \"xinput2\"\n{line}")).unwrap_err();
            assert!(why.contains("evdev"), "{why}");
        }
    }
}
