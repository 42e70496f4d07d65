//! The shipped face tasks that follow publications: their counts, lengths, orders and pictures hold for many seeds.
//! `published/ds003548.tsv` is the events file of a run of ds003548 (OpenNeuro, CC0).

#[path = "published_faces/masked.rs"]
mod masked;

use reframe::ground::diagnostic::Source;
use reframe::ground::record::Place;
use reframe::ground::scene::StimulusId;
use reframe::ground::time::Nanos;
use reframe::plan::compile::{CompileError, compile};
use reframe::plan::schema::{Phase, RunPlan, VolumeSetup, Who};
use reframe::protocol::schema::Protocol;
use reframe::table::Table;
use std::collections::{BTreeMap, BTreeSet};

const SEEDS: u32 = 300;
const TASKS: [&str; 5] =
    ["faces-ds003548", "faces-match", "faces-masked", "faces-oneback", "faces-rated"];

fn read(path: &str) -> Source {
    let full = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    Source { path: path.into(), text: std::fs::read_to_string(full).unwrap() }
}

fn load(name: &str) -> (Protocol, Table) {
    let source = read(&format!("protocols/{name}.toml"));
    let parsed = reframe::protocol::parse::parse(&source);
    let protocol = parsed.unwrap_or_else(|p| panic!("{}", source.render(&p, false))).protocol;
    let tables = protocol.task.stimuli.iter().map(|table| {
        reframe::table::parse::parse(&read(&format!("stimuli/{table}"))).expect("it parses")
    });
    let table = tables.reduce(|a, b| Table::joined(a, b).expect("they fit together"));
    (protocol, table.expect("it shows pictures"))
}

fn who(seed: u32) -> Who {
    Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation: seed % 40,
        visit: seed % 2,
        seed: u64::from(seed),
        place: Place::Scanner,
        language: "en".into(),
    }
}

fn at(protocol: &Protocol, table: &Table, seed: u32, hz: f64) -> Result<RunPlan, CompileError> {
    let volumes = VolumeSetup {
        tr: Nanos::from_secs(protocol.task.tr.expect("a scanner task")),
        expected: protocol.task.volumes,
        dummies: 0,
        dummies_pulse: true,
        dummies_stored: false,
        pulses: Default::default(),
    };
    compile(protocol, Some(table), &who(seed), volumes, hz)
}

/// Calls `hold` with the plan of every seed.
fn for_all(name: &str, hold: impl Fn(u32, &RunPlan, &Table)) {
    let (protocol, table) = load(name);
    for seed in 0..SEEDS {
        let plan = at(&protocol, &table, seed, 60.0);
        let plan = plan.unwrap_or_else(|e| panic!("{name}, seed {seed}: {e}"));
        hold(seed, &plan, &table);
    }
}

/// The phases from the first counted pulse on.
fn timed(plan: &RunPlan) -> &[Phase] {
    &plan.segments[plan.zero_segment()].phases
}

fn named<'a>(plan: &'a RunPlan, name: &str) -> Vec<&'a Phase> {
    plan.phases().filter(|p| p.name == name).collect()
}

fn seconds(phase: &Phase) -> f64 {
    phase.length.nominal().expect("a length").secs()
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6
}

/// The cells of the picture that the row of a phase names.
fn cells<'a>(phase: &Phase, table: &'a Table) -> BTreeMap<&'a str, &'a str> {
    let id = phase.row.as_ref().and_then(|r| r.picture.as_ref()).expect("a picture");
    table.rows[id].values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()
}

/// How often each value comes.
fn tally<'a>(values: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    values.for_each(|v| *counts.entry(v).or_default() += 1);
    counts
}

#[test]
fn runs_are_as_long_as_their_volumes_and_then_only_the_end_page_is_left() {
    for (name, volumes, tr) in [
        ("faces-ds003548", 185, 2.0),
        ("faces-match", 67, 2.0),
        ("faces-masked", 100, 2.0),
        ("faces-oneback", 110, 2.0),
        ("faces-rated", 101, 3.0),
    ] {
        let (protocol, _) = load(name);
        assert_eq!((protocol.task.volumes, protocol.task.tr), (Some(volumes), Some(tr)), "{name}");
        for_all(name, |seed, plan, _| {
            let last = timed(plan).last().expect("phases");
            assert_eq!(last.name, "end_page");
            let end = last.onset.secs();
            assert!(near(end, tr * f64::from(volumes)), "{name}, seed {seed}: {end}");
        });
    }
}

#[test]
fn visits_share_no_picture_of_a_face() {
    for name in TASKS {
        let (protocol, table) = load(name);
        for person in 0..8 {
            let [first, second] = [0, 1].map(|visit| {
                let who = Who { allocation: person, visit, ..who(person) };
                let volumes = VolumeSetup {
                    tr: Nanos::from_secs(2.0),
                    expected: None,
                    dummies: 0,
                    dummies_pulse: true,
                    dummies_stored: false,
                    pulses: Default::default(),
                };
                let plan = compile(&protocol, Some(&table), &who, volumes, 60.0).unwrap();
                let faces = plan.pictures.values().map(|p| p.file.clone());
                faces.filter(|f| f.starts_with("faces/")).collect::<BTreeSet<_>>()
            });
            assert!(!first.is_empty() && first.is_disjoint(&second), "{name}");
        }
    }
}

/// Kind, onset and length of each block of the published run.
fn published() -> Vec<(String, f64, f64)> {
    let text = include_str!("published/ds003548.tsv");
    let lines = text.lines().skip(1).filter(|l| !l.is_empty());
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        (cells[2].to_string(), cells[0].parse().unwrap(), cells[1].parse().unwrap())
    };
    lines.map(row).collect()
}

#[test]
fn ds003548_has_the_blocks_of_the_published_run_in_halves_with_each_kind_once() {
    let published = published();
    assert_eq!(published.len(), 13, "twelve blocks and the end");
    let kinds: BTreeSet<&str> = published[..12].iter().map(|b| b.0.as_str()).collect();
    for half in published[..12].chunks(6) {
        assert_eq!(half.iter().map(|b| b.0.as_str()).collect::<BTreeSet<_>>(), kinds);
    }
    for_all("faces-ds003548", |seed, plan, table| {
        // Kind, onset and faces of each block.
        let mut blocks: Vec<(String, f64, Vec<&Phase>)> = Vec::new();
        for phase in timed(plan) {
            let Some(kind) = phase.variables.get("kind") else { continue };
            let onset = phase.onset.secs();
            if blocks.last().is_none_or(|(_, start, _)| near(onset, start + 30.0)) {
                blocks.push((kind.clone(), onset, Vec::new()));
            }
            let last = blocks.last_mut().expect("it was pushed");
            assert_eq!(last.0, *kind);
            last.2.push(phase);
        }
        let onsets: Vec<f64> = blocks.iter().map(|b| b.1).collect();
        assert!(onsets.iter().zip(&published).all(|(o, p)| near(*o, p.1)), "{onsets:?}");
        assert_eq!(blocks.len(), 12);
        for half in blocks.chunks(6) {
            assert_eq!(half.iter().map(|b| b.0.as_str()).collect::<BTreeSet<_>>(), kinds);
        }
        assert!(blocks.windows(2).all(|w| w[0].0 != w[1].0), "seed {seed}");
        for (kind, _, phases) in &blocks {
            if kind == "blank" {
                assert_eq!((phases.len(), seconds(phases[0])), (1, 30.0));
                assert_eq!(phases[0].scene.pictures().count(), 0);
                continue;
            }
            assert!(phases.len() == 10 && phases.iter().all(|p| near(seconds(p), 3.0)));
            let rows: Vec<_> = phases.iter().map(|p| cells(p, table)).collect();
            let people: BTreeSet<&str> = rows.iter().map(|r| r["person"]).collect();
            assert_eq!(people.len(), 10, "seed {seed}: a face twice in a block of {kind}");
            let scrambled = kind == "scrambled";
            let shown = if scrambled { "neutral" } else { kind };
            assert!(rows.iter().all(|r| r["expression"] == shown), "seed {seed}");
            for (phase, row) in phases.iter().zip(&rows) {
                let on_screen = phase.scene.pictures().next().expect("a picture");
                assert_eq!(!table.rows.contains_key(on_screen), scrambled, "{on_screen:?}");
                assert_eq!(phase.response.is_none(), scrambled);
                let Some(asked) = &phase.response else { continue };
                assert_eq!((&*asked.answers["left"], &*asked.answers["right"]), ("male", "female"));
                assert_eq!(asked.correct.as_deref(), Some(row["sex"]));
            }
        }
        let tail = &timed(plan)[timed(plan).len() - 2];
        let end = published.last().expect("the end");
        assert!(near(tail.onset.secs(), end.1) && near(seconds(tail), end.2));
    });
}

#[test]
fn matching_has_one_match_a_trial_and_both_sides_equally_often_in_each_block() {
    for_all("faces-match", |seed, plan, table| {
        let phases = timed(plan);
        let blocks: Vec<&[Phase]> = phases[..6 * 13].chunks(13).collect();
        let kinds: Vec<&str> = blocks.iter().map(|b| b[0].variables["kind"].as_str()).collect();
        let first = if (seed % 40 / 2).is_multiple_of(2) { "faces" } else { "shapes" };
        assert!(kinds[0] == first && kinds.windows(2).all(|w| w[0] != w[1]), "{kinds:?}");
        assert_eq!((seconds(&phases[78]), phases[78].name.as_str()), (8.0, "tail"));
        for (i, block) in blocks.iter().enumerate() {
            assert!(near(block[0].onset.secs(), 21.0 * i as f64), "seed {seed}");
            assert_eq!((block[0].name.as_str(), seconds(&block[0])), ("cue", 3.0));
            let mut sides = Vec::new();
            let mut targets = Vec::new();
            for trial in block[1..].chunks(2) {
                assert_eq!(trial.iter().map(seconds).collect::<Vec<_>>(), [2.0, 1.0]);
                assert_eq!(trial[1].name, "gap");
                let shown: Vec<&StimulusId> = trial[0].scene.pictures().collect();
                let [above, left, right] = shown[..] else { panic!("{shown:?}") };
                let cell = |id: &StimulusId, column: &str| table.rows[id].values[column].clone();
                let faces = kinds[i] == "faces";
                let column = if faces { "expression" } else { "shape" };
                let matches = |id| cell(id, column) == cell(above, column);
                assert_ne!(matches(left), matches(right), "seed {seed}: {shown:?}");
                let side = if matches(left) { "left" } else { "right" };
                let asked = trial[0].response.as_ref().expect("it is asked");
                assert_eq!(asked.correct.as_deref(), Some(side));
                assert_eq!(asked.window, Some(Nanos::from_secs(3.0)));
                if faces {
                    let people: BTreeSet<_> = shown.iter().map(|id| cell(id, "person")).collect();
                    assert_eq!(people.len(), 3, "seed {seed}: {shown:?}");
                    assert_eq!(cell(left, "sex"), cell(right, "sex"));
                    assert_ne!(cell(left, "sex"), cell(above, "sex"));
                }
                sides.push(side);
                targets.push(cell(above, column));
            }
            assert_eq!(tally(sides.into_iter()), BTreeMap::from([("left", 3), ("right", 3)]));
            let counts = tally(targets.iter().map(String::as_str));
            let even = 6 / counts.len();
            assert!(counts.values().all(|n| *n == even), "seed {seed}: {counts:?}");
        }
    });
}

#[test]
fn one_face_in_ten_is_a_repeat_never_the_first_and_never_two_in_a_row() {
    for_all("faces-oneback", |seed, plan, _| {
        let faces: Vec<&Phase> = timed(plan).iter().filter(|p| p.name.ends_with("_face")).collect();
        assert_eq!(faces.len(), 101);
        let repeats: Vec<bool> = faces.iter().map(|p| p.name == "repeated_face").collect();
        assert!(!repeats[0] && repeats.windows(2).all(|w| !(w[0] && w[1])), "seed {seed}");
        for ten in repeats[1..].chunks(10) {
            assert_eq!(ten.iter().filter(|r| **r).count(), 1, "seed {seed}");
        }
        let picture = |p: &Phase| p.scene.pictures().next().expect("a face").clone();
        for (i, face) in faces.iter().enumerate() {
            assert!(near(face.onset.secs(), 8.0 + 2.0 * i as f64) && near(seconds(face), 1.0));
            let asked = face.response.as_ref().expect("it is asked");
            let correct = if repeats[i] { "repeated" } else { "none" };
            assert_eq!(asked.correct.as_deref(), Some(correct));
            assert_eq!(asked.window, Some(Nanos::from_secs(2.0)));
            if i > 0 {
                let same = picture(face) == picture(faces[i - 1]);
                assert_eq!(same, repeats[i], "seed {seed}, face {i}");
            }
        }
    });
}

#[test]
fn ds000201_faces_are_twelve_blocks_of_twenty_rated_after_each_three_with_rest_in_the_middle() {
    for_all("faces-rated", |seed, plan, table| {
        let phases = timed(plan);
        let marks: String = phases
            .iter()
            .filter_map(|p| match p.name.as_str() {
                "face" => Some('f'),
                "rating" => Some('R'),
                "rest" => Some('-'),
                _ => None,
            })
            .collect();
        let round = format!("{}R", "f".repeat(60));
        assert_eq!(marks, format!("{round}{round}-{round}{round}"), "seed {seed}");
        let faces = named(plan, "face");
        for three in faces.chunks(60) {
            let mut kinds = BTreeSet::new();
            for block in three.chunks(20) {
                let rows: Vec<_> = block.iter().map(|p| cells(p, table)).collect();
                let expressions: BTreeSet<&str> = rows.iter().map(|r| r["expression"]).collect();
                assert_eq!(expressions.len(), 1);
                kinds.extend(expressions);
                let people = tally(rows.iter().map(|r| r["person"]));
                assert!(people.len() == 10 && people.values().all(|n| *n == 2), "seed {seed}");
                assert!(rows.windows(2).all(|w| w[0]["id"] != w[1]["id"]), "seed {seed}");
                let start = block[0].onset;
                for (i, face) in block.iter().enumerate() {
                    assert!(
                        near((face.onset - start).secs(), i as f64) && near(seconds(face), 0.5)
                    );
                }
            }
            assert_eq!(kinds.len(), 3, "seed {seed}: {kinds:?}");
        }
        assert!(named(plan, "gap").iter().all(|p| near(seconds(p), 0.5)));
        assert!(near(seconds(named(plan, "rest")[0]), 15.0));
        let scale = named(plan, "rating")[0].scale.clone().expect("a scale");
        assert_eq!((scale.left, scale.right), (0.0, 100.0));
    });
}
