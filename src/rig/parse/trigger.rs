//! The table `[trigger]` of a rig file.

use super::super::keys;
use super::super::trigger::{PulseFor, TriggerSetup, TriggerSource, trigger_source};
use super::SHORT_TEXT;
use crate::ground::document::Table;
use crate::ground::document::value::Value;

/// The most sources at once.
const MOST_SOURCES: usize = 8;

/// The table `[trigger]`.
pub fn trigger(t: &Table<'_>) -> TriggerSetup {
    t.allow(&[&keys::TRIGGER]);
    let d = TriggerSetup::default();
    let sources = t.get("source").map(|v| sources(&v)).unwrap_or_default();
    let each = each(t);
    let dummies = t.count("dummies", 0, 1000).unwrap_or(d.dummies);
    for key in ["dummies_pulse", "dummies_stored"] {
        if let (0, Some(v)) = (dummies, t.get(key)) {
            v.problems.warning(
                v.span.clone(),
                format!("\"{key}\" is set, but there are no dummy volumes"),
                "it has no effect",
                "set \"dummies\", or remove the line",
            );
        }
    }
    if let (PulseFor::Start, Some(v), true) = (each, t.get("dummies_pulse"), dummies > 0) {
        v.wrong(
            "is set, but a pulse comes at the start alone",
            "no \"dummies_pulse\" here",
            "leave the line out: the one pulse is the start of the dummies",
        );
    }
    TriggerSetup {
        sources,
        each,
        dummies,
        dummies_pulse: t.flag("dummies_pulse").unwrap_or(d.dummies_pulse),
        dummies_stored: t.flag("dummies_stored").unwrap_or(d.dummies_stored),
    }
}

fn each(t: &Table<'_>) -> PulseFor {
    let word = t.get("each").and_then(|v| {
        v.word(&[
            ("volume", PulseFor::Volume),
            ("slice", PulseFor::Slice(0)),
            ("start", PulseFor::Start),
        ])
    });
    let slices = t.count("slices", 2, 1000);
    match (word, slices) {
        (Some(PulseFor::Slice(_)), None) if !t.has("slices") => {
            t.missing("slices", "how many pulses a volume has", "slices = 32");
            PulseFor::Volume
        }
        (Some(PulseFor::Slice(_)), n) => PulseFor::Slice(n.unwrap_or(2)),
        (word, _) => {
            if let Some(v) = t.get("slices") {
                let remedy = "leave the line out, or write each = \"slice\"";
                v.wrong("is used by `each = \"slice\"` only", "no \"slices\" here", remedy);
            }
            word.unwrap_or(PulseFor::Volume)
        }
    }
}

fn sources(value: &Value<'_>) -> Vec<TriggerSource> {
    let items = match value.is_list() {
        true => value.list(1, MOST_SOURCES, "[\"key:5\", \"tcp:5000\"]").unwrap_or_default(),
        false => vec![value.clone()],
    };
    let mut found: Vec<TriggerSource> = Vec::new();
    for item in &items {
        let Some(text) = item.text(SHORT_TEXT) else { continue };
        match trigger_source(&text) {
            Ok(source) if found.iter().any(|f| f.to_string() == source.to_string()) => {
                item.wrong("is named twice", "each source once", "take one of them out")
            }
            Ok(source) => found.push(source),
            Err(why) => {
                // What somebody wrote may hold such a sign too.
                let from = why.rfind('"').map_or(0, |at| at + 1);
                let (message, remedy) = match why[from..].find(": ") {
                    Some(at) => (&why[..from + at], &why[from + at + 2..]),
                    None => (&*why, "correct it as the example says, or leave this source out"),
                };
                item.problems.error(
                    item.span.clone(),
                    message,
                    "a source of pulses, as in key:5, serial:/dev/ttyUSB0@115200:5, tcp:5000 or emulate",
                    remedy,
                );
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::diagnostic::{Severity, Source};
    use crate::rig::parse::parse;

    fn read(text: &str) -> Result<TriggerSetup, String> {
        let source = Source { path: "rig.toml".into(), text: format!("[trigger]\n{text}") };
        parse(&source).map(|(rig, _)| rig.trigger).map_err(|p| p[0].message.clone())
    }

    #[test]
    fn one_source_or_several_are_listened_to() {
        assert_eq!(read("source = \"key:5\"").unwrap().sources.len(), 1);
        let both = read("source = [\"key:5\", \"serial:COM3:5\"]").unwrap().sources;
        assert_eq!(both[1].to_string(), "serial:COM3");
        assert!(read("source = [\"key:5\", \"key:Digit5\"]").unwrap_err().contains("twice"));
        assert!(read("source = []").is_err());
        assert!(read("source = \"tcp\"").unwrap_err().contains("no trigger source"));
    }

    #[test]
    fn each_source_that_is_wrong_has_a_remedy() {
        for wrong in [
            "modem:COM1:Cts",
            "modem:COM1",
            "key:A: B",
            "serial:",
            "tcp:a: b",
            "xid:COM3:x",
            "parport:p:q",
            "udp:",
            "lsl:",
            "evdev:x: y",
            "what: ever",
        ] {
            let text = format!("[trigger]\nsource = \"{wrong}\"");
            let problems = parse(&Source { path: "rig.toml".into(), text }).unwrap_err();
            let problem = problems.iter().find(|p| p.severity == Severity::Error).unwrap();
            assert!(!problem.remedy.is_empty() && !problem.message.is_empty(), "{problem:?}");
        }
    }

    #[test]
    fn pulses_are_of_volumes_slices_or_the_start() {
        assert_eq!(read("").unwrap().each, PulseFor::Volume);
        assert_eq!(read("each = \"slice\"\nslices = 32").unwrap().each, PulseFor::Slice(32));
        assert_eq!(read("each = \"start\"").unwrap().each, PulseFor::Start);
        assert!(read("each = \"slice\"").is_err());
        assert!(read("slices = 32").is_err());
        assert!(read("each = \"start\"\ndummies = 2\ndummies_pulse = true").is_err());
    }
}
