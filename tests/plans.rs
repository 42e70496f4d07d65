//! The shipped protocols as plans: counts, durations, orders and pictures hold for whoever comes, and whatever the seed.

use reframe::ground::diagnostic::Source;
use reframe::ground::record::Place;
use reframe::ground::scene::StimulusId;
use reframe::ground::time::Nanos;
use reframe::plan::compile::{CompileError, compile};
use reframe::plan::schema::{Anchor, Phase, RunPlan, VolumeSetup, Who};
use reframe::protocol::schema::Protocol;
use reframe::table::Table;
use std::collections::BTreeSet;

fn read(path: &str) -> Source {
    let full = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    Source { path: path.into(), text: std::fs::read_to_string(full).unwrap() }
}

fn shipped() -> (Protocol, Table) {
    load("reappraisal-block")
}

/// A shipped protocol with its table.
fn load(name: &str) -> (Protocol, Table) {
    let protocol = read(&format!("protocols/{name}.toml"));
    let protocol = reframe::protocol::parse::parse(&protocol).expect("it parses").protocol;
    let table = protocol.task.stimuli.first().expect("it shows pictures");
    let table = read(&format!("stimuli/{table}"));
    (protocol, reframe::table::parse::parse(&table).expect("it parses"))
}

fn who(allocation: u32, visit: u32, seed: u64) -> Who {
    let place = Place::Scanner;
    Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation,
        visit,
        seed,
        place,
        language: "en".into(),
    }
}

fn volumes() -> VolumeSetup {
    VolumeSetup {
        tr: Nanos::from_secs(2.0),
        expected: Some(250),
        dummies: 0,
        dummies_pulse: true,
        dummies_stored: false,
        pulses: Default::default(),
    }
}

fn plan(protocol: &Protocol, table: &Table, who: &Who) -> RunPlan {
    compile(protocol, Some(table), who, volumes(), 60.0).expect("it compiles")
}

/// The condition of each block, in order.
fn blocks(plan: &RunPlan) -> Vec<String> {
    let cues = plan.phases().filter(|p| p.name == "cue");
    cues.map(|p| p.variables["condition"].clone()).collect()
}

/// The pictures that a condition shows.
fn pictures(plan: &RunPlan, condition: &str) -> BTreeSet<StimulusId> {
    let phases =
        plan.phases().filter(|p| p.variables.get("condition").is_some_and(|c| c == condition));
    phases.flat_map(|p| p.scene.pictures().cloned()).collect()
}

const CONDITIONS: [&str; 3] = ["attend_negative", "attend_neutral", "regulate_negative"];

#[test]
fn blocks_keep_their_order_constraints_and_no_picture_comes_twice_for_ten_thousand_seeds() {
    let (protocol, table) = shipped();
    for seed in 0..10_000_u32 {
        let plan = plan(&protocol, &table, &who(seed % 40, seed % 2, u64::from(seed)));
        let blocks = blocks(&plan);
        assert_eq!(blocks.len(), 12);
        for cycle in blocks.chunks(3) {
            assert_eq!(
                cycle.iter().map(String::as_str).collect::<BTreeSet<_>>(),
                CONDITIONS.into()
            );
        }
        assert!(blocks.windows(2).all(|w| w[0] != w[1]), "seed {seed}: {blocks:?}");
        let shown: Vec<&StimulusId> = plan.phases().flat_map(|p| p.scene.pictures()).collect();
        // Four of them are practice.
        assert_eq!((shown.len(), plan.pictures.len()), (52, 52), "seed {seed}");
    }
}

#[test]
fn the_timed_part_is_as_the_task_says() {
    let (protocol, table) = shipped();
    let plan = plan(&protocol, &table, &who(0, 0, 1));
    let timed = &plan.segments[plan.zero_segment()];
    assert_eq!(timed.anchor, Anchor::Trigger);
    let block: Vec<(&str, f64)> = (timed.phases.iter().skip(1).take(7))
        .map(|p| (p.name.as_str(), p.length.nominal().unwrap().secs()))
        .collect();
    let picture = ("picture", 5.0);
    assert_eq!(
        block,
        [("cue", 4.0), picture, picture, picture, picture, ("rating", 6.0), ("rest", 10.0)]
    );
    assert_eq!(timed.phases[1].onset, Nanos::from_secs(10.0));
    let tail = timed.phases.iter().rev().find(|p| p.name == "tail").unwrap();
    assert_eq!(tail.onset + tail.length.nominal().unwrap(), Nanos::from_secs(500.0));
}

#[test]
fn the_two_visits_of_a_person_share_no_picture_and_halves_rotate_between_people() {
    let (protocol, table) = shipped();
    for allocation in 0..8 {
        let [first, second] = [0, 1].map(|v| plan(&protocol, &table, &who(allocation, v, 1)));
        assert!(first.pictures.keys().all(|id| !second.pictures.contains_key(id)));
    }
    let attended = |a| pictures(&plan(&protocol, &table, &who(a, 0, 1)), "attend_negative");
    let regulated = |a| pictures(&plan(&protocol, &table, &who(a, 0, 1)), "regulate_negative");
    // Persons 0 and 2 see the same set at the first visit, with the halves exchanged.
    assert_eq!(attended(0), regulated(2));
    assert_eq!(regulated(0), attended(2));
    assert!(attended(0).is_disjoint(&attended(1)), "person 1 begins with the other set");
}

#[test]
fn the_same_person_gets_the_same_plan_and_others_another() {
    let (protocol, table) = shipped();
    let hash = |who: &Who| plan(&protocol, &table, who).sha256();
    assert_eq!(hash(&who(3, 1, 7)), hash(&who(3, 1, 7)));
    let all = [who(3, 1, 7), who(4, 1, 7), who(3, 0, 7), who(3, 1, 8)];
    assert_eq!(all.iter().map(hash).collect::<BTreeSet<_>>().len(), 4);
}

#[test]
fn a_table_with_too_few_pictures_is_an_error_that_counts_them() {
    let (protocol, mut table) = shipped();
    table.rows.retain(|id, _| !id.0.starts_with("A_neu_0"));
    let error = compile(&protocol, Some(&table), &who(0, 0, 1), volumes(), 60.0).unwrap_err();
    let CompileError::NotEnoughPictures { needed, found, filter, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!((*needed, *found), (16, 7));
    assert!(filter.contains("neutral"), "{filter}");
    assert_eq!(
        compile(&protocol, None, &who(0, 0, 1), volumes(), 60.0),
        Err(CompileError::NoTable)
    );
}

#[test]
fn phases_in_frames_take_the_time_that_they_take_at_the_refresh_rate() {
    let (mut protocol, table) = shipped();
    protocol.phases["cue"].duration = reframe::protocol::schema::DurationDef::Frames {
        frames: reframe::protocol::schema::Template("12".into()),
        at: None,
    };
    for hz in [60.0, 144.0] {
        let plan = compile(&protocol, Some(&table), &who(0, 0, 1), volumes(), hz).unwrap();
        let timed = &plan.segments[plan.zero_segment()].phases;
        assert_eq!(timed[2].onset - timed[1].onset, Nanos::from_secs(12.0 / hz));
    }
}

#[test]
fn at_the_lab_nothing_waits_for_a_scanner() {
    let (protocol, table) = shipped();
    let who = Who { place: Place::Lab, ..who(0, 0, 1) };
    let plan = plan(&protocol, &table, &who);
    assert!(plan.segments.iter().all(|s| s.anchor != Anchor::Trigger));
    assert!(plan.phases().all(|p| p.name != "armed"));
    assert_eq!(plan.segments[plan.zero_segment()].phases[0].name, "lead_in");
}

/// The faces of a run that are no practice, in order.
fn faces(plan: &RunPlan) -> Vec<&Phase> {
    plan.phases().filter(|p| p.name == "face").collect()
}

#[test]
fn each_block_of_faces_shows_ten_people_once_in_one_expression() {
    for name in ["faces-block", "faces-passive"] {
        let (protocol, table) = load(name);
        for seed in 0..500_u32 {
            let who = who(seed % 40, seed % 2, u64::from(seed));
            let plan = plan(&protocol, &table, &who);
            let set = if (who.allocation + who.visit).is_multiple_of(2) { "A" } else { "B" };
            let shown = faces(&plan);
            let blocks: Vec<&[&Phase]> = shown.chunks(10).collect();
            assert_eq!(blocks.len(), 8);
            let mut expressions = Vec::new();
            for block in blocks {
                let rows: Vec<_> = block
                    .iter()
                    .map(|p| &table.rows[p.scene.pictures().next().expect("a face")].values)
                    .collect();
                let all = |column: &str| -> BTreeSet<&str> {
                    rows.iter().map(|r| r[column].as_str()).collect()
                };
                assert_eq!(all("person").len(), 10, "{name} seed {seed}");
                assert_eq!((all("expression").len(), all("set")), (1, [set].into()));
                assert_eq!(rows.iter().filter(|r| r["sex"] == "female").count(), 5);
                expressions.push(rows[0]["expression"].clone());
            }
            assert!(expressions.windows(2).all(|w| w[0] != w[1]), "{name} seed {seed}");
            for half in expressions.chunks(4) {
                assert_eq!(half.iter().collect::<BTreeSet<_>>().len(), 4);
            }
        }
    }
}

#[test]
fn the_buttons_of_a_face_are_exchanged_by_person_and_never_by_visit() {
    let (protocol, table) = load("faces-block");
    for allocation in 0..8 {
        let left = if (allocation / 2) % 2 == 0 { "female" } else { "male" };
        for visit in [0, 1] {
            let plan = plan(&protocol, &table, &who(allocation, visit, 3));
            for face in faces(&plan) {
                let asked = face.response.as_ref().expect("it is judged");
                assert_eq!(asked.answers["left"], left);
                assert_ne!(asked.answers["right"], left);
                let row = &table.rows[face.scene.pictures().next().expect("a face")];
                assert_eq!(asked.correct.as_ref(), Some(&row.values["sex"]));
                assert_eq!(asked.window, Some(Nanos::from_secs(2.0)), "it outlasts the picture");
            }
        }
    }
}

#[test]
fn no_shipped_task_shows_a_picture_at_both_visits_or_in_practice_and_run() {
    for name in ["reappraisal-block", "reappraisal-continuous", "faces-block", "faces-passive"] {
        let (protocol, table) = load(name);
        for allocation in 0..8 {
            let [first, second] = [0, 1].map(|v| plan(&protocol, &table, &who(allocation, v, 1)));
            assert!(first.pictures.keys().all(|id| !second.pictures.contains_key(id)), "{name}");
            for plan in [first, second] {
                let of = |practice: bool| -> BTreeSet<&StimulusId> {
                    let phases = plan.phases().filter(|p| p.practice == practice);
                    phases.flat_map(|p| p.scene.pictures()).collect()
                };
                assert!(of(true).is_disjoint(&of(false)), "{name}");
            }
        }
    }
}

#[test]
fn a_block_that_is_rated_in_real_time_is_one_rating_over_four_pictures() {
    let (protocol, table) = load("reappraisal-continuous");
    let plan = plan(&protocol, &table, &who(0, 0, 1));
    let pictures: Vec<&Phase> = plan.phases().filter(|p| p.name == "picture").collect();
    assert_eq!(pictures.len(), 48);
    for block in pictures.chunks(4) {
        let goes_on: Vec<bool> =
            block.iter().map(|p| p.scale.as_ref().expect("it is rated").continues).collect();
        assert_eq!(goes_on, [false, true, true, true]);
    }
}
