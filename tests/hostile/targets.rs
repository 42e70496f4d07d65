//! What comes from outside, given to whoever reads it: one function for each kind, which panics where the program must
//! not, or where something that must always hold does not. The fuzzer (`fuzz/`) and `tests/hostile.rs` call the same.

// Each fuzzer uses one of them.
#![allow(dead_code)]

#[path = "targets/journal.rs"]
mod journal;
#[path = "targets/wires.rs"]
mod wires;

pub use journal::journal;
pub use wires::{lines, xid};

use reframe::ground::diagnostic::{Problem, Severity, Source};
use reframe::ground::record::Place;
use reframe::ground::scene::StimulusId;
use reframe::ground::time::Nanos;
use reframe::input::mapping::Mapping;
use reframe::plan::compile::compile;
use reframe::plan::schema::{Pulses, RunPlan, VolumeSetup, Who};
use reframe::protocol::events::{Role, Wanted, convert};
use reframe::rig::geometry::Geometry;
use reframe::stimuli::decode::{Fault, MAX_PIXELS, MAX_SIDE, decode_bytes};
use reframe::table::Table;
use std::sync::LazyLock;

/// A target by the name that its corpus and its fuzzer have.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 9] = [
    ("protocol", protocol),
    ("rig", rig),
    ("table", table),
    ("journal", journal),
    ("xid", xid),
    ("lines", lines),
    ("events", events),
    ("picture", picture),
    ("sound", sound_file),
];

/// The bytes as a file that was read; none where it would have been refused as no text.
fn source(data: &[u8], path: &str) -> Option<Source> {
    let text = std::str::from_utf8(data).ok()?.to_string();
    Some(Source { path: path.into(), text })
}

/// Every problem lies in the file, names a remedy, and can be shown.
fn sound(source: &Source, problems: &[Problem], refused: bool) {
    assert_eq!(refused, problems.iter().any(|p| p.severity == Severity::Error));
    for p in problems {
        assert!(p.span.start <= p.span.end && p.span.end <= source.text.len(), "{p:?}");
        assert!(!p.message.is_empty() && !p.remedy.is_empty(), "{p:?}");
    }
    assert!(problems.is_empty() || source.render(problems, false).contains(&source.path));
}

/// The first person, at the scanner.
fn who(language: &str) -> Who {
    Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation: 0,
        visit: 0,
        seed: 1,
        place: Place::Scanner,
        language: language.into(),
    }
}

fn volumes() -> VolumeSetup {
    VolumeSetup {
        tr: Nanos::from_secs(2.0),
        expected: None,
        dummies: 0,
        dummies_pulse: true,
        dummies_stored: false,
        pulses: Pulses::Volume,
    }
}

/// The tables that ship, as one.
static PICTURES: LazyLock<Table> = LazyLock::new(|| {
    let texts = [
        include_str!("../../stimuli/scenes.tsv"),
        include_str!("../../stimuli/faces.tsv"),
        include_str!("../../stimuli/shapes.tsv"),
    ];
    let read = |text: &str| {
        let source = Source { path: "t.tsv".into(), text: text.into() };
        reframe::table::parse::parse(&source).expect("a table that ships")
    };
    let join = |all: Table, next| Table::joined(all, next).expect("tables that ship together");
    texts.into_iter().map(read).reduce(join).expect("three tables")
});

/// A protocol: read, held together, and planned for one person.
pub fn protocol(data: &[u8]) {
    let Some(source) = source(data, "protocol.toml") else { return };
    match reframe::protocol::parse::parse(&source) {
        Ok(parsed) => {
            sound(&source, &parsed.warnings, false);
            let protocol = parsed.protocol;
            let who = who(protocol.languages()[0]);
            let plan = compile(&protocol, Some(&PICTURES), &who, volumes(), 60.0);
            match plan {
                // The long ones that ship are held to this by tests of their own.
                Ok(plan) if plan.phases().count() > 60 => {}
                Ok(plan) => {
                    let again: RunPlan = serde_json::from_str(&plan.to_json()).expect("a plan");
                    assert_eq!(again.to_json(), plan.to_json());
                }
                Err(e) => assert!(!e.to_string().is_empty()),
            }
        }
        Err(problems) => sound(&source, &problems, true),
    }
}

/// A rig: read, with what its keys mean and where things are on its screen.
pub fn rig(data: &[u8]) {
    let Some(source) = source(data, "rig.toml") else { return };
    match reframe::rig::parse::parse(&source) {
        Ok((rig, warnings)) => {
            sound(&source, &warnings, false);
            let screen = Geometry::new(&rig.screen, 800, 600);
            let mapping = Mapping::new(&rig, &rig.trigger.sources).on(screen);
            assert!(!mapping.abort_keys().is_empty(), "a run that nobody can end");
        }
        Err(problems) => sound(&source, &problems, true),
    }
}

/// A stimulus table: no path leaves the folder, and what was read reads again the same.
pub fn table(data: &[u8]) {
    let Some(source) = source(data, "table.tsv") else { return };
    match reframe::table::parse::parse(&source) {
        Ok(table) => {
            for (StimulusId(id), row) in &table.rows {
                assert!(!id.is_empty() && row.values.len() == table.columns.len());
                let leaves = |part| matches!(part, "" | "." | "..");
                assert!(!row.file.split('/').any(leaves), "{:?} leaves its folder", row.file);
                assert!(!row.file.contains(['\\', ':', '\0']), "{:?}", row.file);
            }
        }
        Err(problems) => sound(&source, &problems, true),
    }
}

/// A published events file, which becomes a protocol that is one.
pub fn events(data: &[u8]) {
    let Some(source) = source(data, "sub-01_task-x_events.tsv") else { return };
    let named = [(Role::TrialType, "condition".to_string()), (Role::Onset, "time".to_string())];
    let maps: [&[(Role, String)]; 2] = [&[], &named];
    for (map, tr) in [(maps[0], None), (maps[0], Some(2.0)), (maps[1], None)] {
        let at_hand = |picture: &str| picture.len().is_multiple_of(2);
        let wanted = Wanted { file: &source.path, map, tr, at_hand: &at_hand };
        match convert(&source, &wanted) {
            Ok(made) => {
                let made = Source { path: "made.toml".into(), text: made.text };
                let parsed = reframe::protocol::parse::parse(&made);
                let problems = |p: Vec<Problem>| panic!("{}", made.render(&p, false));
                let parsed = parsed.unwrap_or_else(problems);
                let _ = compile(&parsed.protocol, None, &who("en"), volumes(), 60.0);
            }
            Err(problems) => sound(&source, &problems, true),
        }
    }
}

/// What others' decoders say when they panic is not said: they are told from our own by their place.
fn keep_others_quiet() {
    static OWN: std::sync::Once = std::sync::Once::new();
    OWN.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map_or("", |l| l.file()).replace('\\', "/");
            let others = place.contains("/registry/src/") || place.contains("/library/");
            if !others {
                before(panic);
            }
        }));
    });
}

/// A sound file: samples that can be played, at the rate of a device, or refused with a remedy. A decoder that panics is
/// others' work and refuses the file.
#[cfg(feature = "audio")]
pub fn sound_file(data: &[u8]) {
    keep_others_quiet();
    for extension in ["wav", "mp3"] {
        match reframe::audio::decode(data.to_vec(), extension) {
            Ok(samples) => {
                assert!(!samples.frames.is_empty() && samples.rate > 0);
                assert!(samples.frames.iter().flatten().all(|x| x.is_finite()));
                assert!(samples.lead_in() <= samples.duration());
            }
            Err(why) => assert!(why.contains("save it anew") || why.contains("cut it"), "{why}"),
        }
    }
}

/// There is nothing that would read it.
#[cfg(not(feature = "audio"))]
pub fn sound_file(_data: &[u8]) {}

/// A picture: decoded within its bounds, or refused. A decoder that panics is others' work and refuses the file; a panic of
/// our own is a finding.
pub fn picture(data: &[u8]) {
    keep_others_quiet();
    match decode_bytes(data) {
        Ok(decoded) => {
            let pixels = decoded.pixels;
            let many = u64::from(pixels.width) * u64::from(pixels.height);
            assert!(pixels.width <= MAX_SIDE && pixels.height <= MAX_SIDE && many <= MAX_PIXELS);
            assert_eq!(pixels.rgba.len() as u64, many * 4);
        }
        Err(Fault::Broken(why)) => assert!(!why.is_empty()),
        Err(fault) => assert!(!fault.to_string().is_empty()),
    }
}
