//! The references for experimenters say what the program checks: their tables of keys are compared with the
//! program's own, and their examples are read. `REFRAME_BLESS=1 cargo test --test references` writes the tables anew.

use reframe::ground::diagnostic::Source;
use reframe::ground::document::keys::Section;
use std::path::PathBuf;

const BEGIN: &str = "<!-- keys: begin -->\n";
const END: &str = "<!-- keys: end -->\n";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

fn compare(name: &str, sections: &[&Section]) {
    let text = std::fs::read_to_string(path(name)).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the marker where keys begin");
    let (_, after) = rest.split_once(END).expect("the marker where keys end");
    let keys: String = sections.iter().map(|s| s.markdown()).collect();
    let expected = format!("{before}{BEGIN}\n{keys}{END}{after}");
    if std::env::var_os("REFRAME_BLESS").is_some() {
        std::fs::write(path(name), &expected).unwrap();
        return;
    }
    assert!(text == expected, "docs/{name} is not what the program checks: bless it");
}

/// The examples of a reference.
fn examples(name: &str) -> Vec<Source> {
    let text = std::fs::read_to_string(path(name)).unwrap();
    let parts = text.split("<!-- example -->\n```toml\n").skip(1);
    let toml = parts.map(|p| p.split_once("```\n").expect("the end of the example").0);
    toml.map(|text| Source { path: name.into(), text: text.into() }).collect()
}

#[test]
fn references_hold_every_key_that_is_checked() {
    compare("protocol-reference.md", reframe::protocol::keys::SECTIONS);
    compare("rig-reference.md", reframe::rig::keys::SECTIONS);
}

#[test]
fn the_example_protocols_have_no_problem() {
    let all = examples("protocol-reference.md");
    assert_eq!(all.len(), 3);
    for s in all {
        let warnings = reframe::protocol::parse::parse(&s).map_or_else(|p| p, |p| p.warnings);
        assert!(warnings.is_empty(), "{}", s.render(&warnings, false));
    }
}

#[test]
fn the_example_rig_has_no_problem() {
    let s = &examples("rig-reference.md")[0];
    let warnings = reframe::rig::parse::parse(s).map_or_else(|p| p, |(_, w)| w);
    assert!(warnings.is_empty(), "{}", s.render(&warnings, false));
}

#[test]
fn the_room_of_the_timing_guide_has_no_problem() {
    let s = &examples("timing.md")[0];
    let (rig, warnings) = reframe::rig::parse::parse(s).unwrap_or_else(|p| panic!("{p:?}"));
    assert!(warnings.is_empty(), "{}", s.render(&warnings, false));
    assert!(rig.offset.is_some() && rig.screen.photodiode.is_some());
}

#[test]
fn the_rooms_of_the_marker_guide_have_no_problem() {
    let text = std::fs::read_to_string(path("markers.md")).unwrap();
    let rooms = text.split("```toml\n").filter(|p| p.starts_with("[[marker]]"));
    let rooms: Vec<&str> = rooms.map(|p| p.split_once("```").expect("its end").0).collect();
    assert_eq!(rooms.len(), 6);
    for room in rooms {
        let s = Source { path: "markers.md".into(), text: room.into() };
        let (rig, warnings) = reframe::rig::parse::parse(&s)
            .unwrap_or_else(|problems| panic!("{}", s.render(&problems, false)));
        assert!(rig.markers.len() == 1 && warnings.is_empty(), "{room}");
    }
}

#[test]
fn every_example_of_a_key_is_toml_and_begins_with_its_key() {
    let sections = reframe::protocol::keys::SECTIONS.iter().chain(reframe::rig::keys::SECTIONS);
    for key in sections.flat_map(|s| s.keys) {
        let table: toml::Table =
            key.example.parse().unwrap_or_else(|e| panic!("{}: {e}", key.example));
        let (first, value) = table.iter().next().expect("an example of a key");
        let inner = value.as_table().is_some_and(|t| t.contains_key(key.name));
        assert!(table.len() == 1 && (first == key.name || inner), "{}", key.example);
    }
}

/// A key that the reference names but no reader asks for would be taken without effect.
#[test]
fn every_key_is_read_somewhere() {
    fn sources(folder: PathBuf, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("keys") {
                sources(path, out);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("keys.rs") {
                out.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for (room, sections) in
        [("protocol", reframe::protocol::keys::SECTIONS), ("rig", reframe::rig::keys::SECTIONS)]
    {
        let mut text = String::new();
        sources(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut text);
        for key in sections.iter().flat_map(|s| s.keys) {
            assert!(
                text.contains(&format!("\"{}\"", key.name)),
                "{room}: {} is not read",
                key.name
            );
        }
    }
}

/// A protocol in which each table can be given one more line.
fn with_line(section: &str, line: &str) -> String {
    let at = |name: &str| if name == section { line } else { "" };
    let inline = |name: &str| if name == section { format!(", {line}") } else { String::new() };
    format!(
        r#"sequence = ["blocks"]
[task]
name = "x"
stimuli = "t.tsv"
{}
[allocate.half]
values = ["a", "b"]
{}
[pictures.p]
where = {{ half = "{{half}}" }}
[scale.s]
left = 0
right = 1
anchors = ["a", "b"]
higher_means = "better"
{}
keys = {{ left = "left"{} }}
hold = {{ delay = 0.3{} }}
[sound.s]
tone = {{ frequency = 440, duration = 0.2{} }}
[block.blocks]
contents = ["page", "show", "rate"]
{}
[phase.page]
until = "response"
elements = [{{ kind = "text", text = "a"{} }}]
{}
[phase.show]
duration = 1
elements = [{{ kind = "picture", from = "p"{} }}, {{ kind = "fixation"{} }}]
sounds = [{{ play = "s"{} }}]
[phase.rate]
duration = 1
trial_type = "rate"
elements = [{{ kind = "scale", scale = "s" }}]
[trial_type.rate]
description = "a"
[simulate.rating]
{}
[simulate.response]
{}
"#,
        at("task"),
        at("allocate"),
        at("scale"),
        inline("keys of a scale"),
        inline("hold"),
        inline("tone"),
        at("block"),
        inline("text"),
        at("phase"),
        inline("picture"),
        inline("fixation"),
        inline("sounds"),
        at("rating"),
        at("response"),
    )
}

#[test]
fn defaults_in_the_reference_are_the_defaults() {
    use reframe::protocol::keys::*;
    let read = |section: &str, line: &str| {
        let text = with_line(section, line);
        let s = Source { path: "defaults.toml".into(), text };
        reframe::protocol::parse::parse(&s).map(|p| p.protocol).map_err(|p| s.render(&p, false))
    };
    let plain = read("", "").unwrap_or_else(|e| panic!("{e}"));
    let mut compared = 0;
    for (section, keys) in [
        ("task", &TASK),
        ("allocate", &ALLOCATE),
        ("scale", &SCALE),
        ("keys of a scale", &SCALE_KEYS),
        ("hold", &HOLD),
        ("block", &BLOCK),
        ("text", &TEXT),
        ("phase", &PHASE),
        ("picture", &PICTURE),
        ("fixation", &FIXATION),
        ("fixation", &OPACITY),
        ("tone", &TONE),
        ("sounds", &CUE),
        ("rating", &SIM_RATING),
        ("response", &SIM_RESPONSE),
    ] {
        for key in keys.keys {
            let quoted = key.default.strip_prefix('`').and_then(|d| d.strip_suffix('`'));
            let value = match (quoted, key.default.parse::<f64>()) {
                (Some(list), _) if list.starts_with('[') => list.to_string(),
                (Some(word), _) => format!("\"{word}\""),
                (None, Ok(_)) => key.default.to_string(),
                _ => continue,
            };
            // These two stand in the plain file already.
            if matches!((section, key.name), ("keys of a scale", "left") | ("hold", "delay")) {
                continue;
            }
            let line = format!("{} = {value}", key.name);
            let given = read(section, &line).unwrap_or_else(|e| panic!("{line}: {e}"));
            assert_eq!(given, plain, "{section}: {line} is not the default");
            compared += 1;
        }
    }
    assert!(compared >= 40, "only {compared} defaults were compared");
}
