//! What a rig file says of keyboards and mice: who stamps keys, and how a mouse moves a marker.

use super::super::keys;
use super::super::schema::{InputSetup, KeySource, PointerSetup};
use super::filled;
use crate::ground::document::Table;

/// The most input devices.
const MOST_DEVICES: usize = 16;
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
    fn what_only_the_kernel_can_do_is_refused_elsewhere() {
        for line in ["grab = true", "devices = [\"/dev/input/event3\"]"] {
            assert!(read(line).is_ok());
            let why = read(&format!("source = \"xinput2\"\n{line}")).unwrap_err();
            assert!(why.contains("evdev"), "{why}");
        }
    }
}
