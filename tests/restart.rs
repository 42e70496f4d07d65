//! Runs that are interrupted anywhere and started again: what is left comes, in whole units, whatever the task; all parts
//! together hold each unit of the whole plan; and every picture that was seen is known to have been.

use proptest::prelude::*;
use reframe::ground::diagnostic::Source;
use reframe::ground::record::{Entry, JOURNAL_VERSION, Place, Record, Start};
use reframe::ground::scene::StimulusId;
use reframe::ground::time::Nanos;
use reframe::plan::compile::{CompileError, History, Interrupted, compile, compile_after};
use reframe::plan::progress::progress;
use reframe::plan::schema::{Length, OnRestart, Phase, RunPlan, VolumeSetup, Who};
use reframe::protocol::schema::Protocol;
use reframe::rig::schema::{Rig, TriggerSource};
use reframe::session::simulate::simulate;
use reframe::table::Table;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const TASKS: [&str; 6] = [
    "reappraisal-block",
    "reappraisal-event",
    "reappraisal-continuous",
    "faces-block",
    "faces-rated",
    "faces-oneback",
];

fn read(path: &str) -> Source {
    let full = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    Source { path: path.into(), text: std::fs::read_to_string(full).unwrap() }
}

fn load(name: &str) -> (Protocol, Table) {
    let protocol = read(&format!("protocols/{name}.toml"));
    let protocol = reframe::protocol::parse::parse(&protocol).expect("it parses").protocol;
    let table = read(&format!("stimuli/{}", protocol.task.stimuli[0]));
    (protocol, reframe::table::parse::parse(&table).expect("it parses"))
}

fn who(run: u32, place: Place) -> Who {
    let (sub, language) = ("01".to_string(), "en".to_string());
    Who { sub, ses: None, run, allocation: 3, visit: 1, seed: 11, place, language }
}

fn volumes(protocol: &Protocol) -> VolumeSetup {
    let tr = Nanos::from_secs(protocol.task.tr.unwrap_or(2.0));
    VolumeSetup { tr, expected: protocol.task.volumes, ..VolumeSetup::default() }
}

/// The journal of a whole simulated run.
fn journal(protocol: &Protocol, plan: &Arc<RunPlan>) -> Vec<Entry> {
    let mut rig = Rig::default();
    rig.trigger.sources = vec![TriggerSource::Emulate(None)];
    let start = Start {
        version: JOURNAL_VERSION,
        program: "reframe".into(),
        program_version: "0".into(),
        task: plan.task.name.clone(),
        sub: "01".into(),
        ses: None,
        run: plan.who.run,
        continues_run: None,
        dry_run: true,
        place: plan.who.place,
        participant: "simulated".into(),
        clock: "virtual".into(),
        wall: String::new(),
        operating_system: String::new(),
        plan_sha256: String::new(),
        protocol_sha256: String::new(),
        rig_sha256: String::new(),
    };
    let mut journal = Vec::new();
    simulate(plan, &rig, &protocol.simulate, start, &mut journal);
    journal
}

/// One part after the other.
struct Parts {
    protocol: Protocol,
    table: Table,
    place: Place,
    plans: Vec<Arc<RunPlan>>,
    finished: Vec<BTreeSet<u32>>,
    practised: bool,
    seen: BTreeSet<String>,
    /// What was seen in other runs.
    other: BTreeSet<String>,
}

impl Parts {
    fn new(task: &str, place: Place) -> Parts {
        let (protocol, table) = load(task);
        let (plans, finished, seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        let other = BTreeSet::new();
        Parts { protocol, table, place, plans, finished, practised: false, seen, other }
    }

    /// Shows the next part up to the `cut`th thousandth of its journal. False where nothing was left.
    fn go_on(&mut self, mode: OnRestart, cut: usize) -> bool {
        let part = self.plans.len() as u32 + 1;
        let interrupted = (part > 1).then(|| Interrupted {
            first: 1,
            before: part - 1,
            part,
            mode,
            practised: self.practised,
            seen: self.seen.clone(),
            finished: self.finished.clone(),
        });
        let seen = self.seen.iter().chain(&self.other).cloned().collect();
        let history = History { seen, interrupted };
        let volumes = volumes(&self.protocol);
        let who = who(part, self.place);
        let plan = compile_after(&self.protocol, Some(&self.table), &who, volumes, 60.0, &history);
        let plan = match plan {
            Err(CompileError::NothingLeft) => return false,
            plan => Arc::new(plan.expect("a plan")),
        };
        assert_eq!(plan.seen, history.seen.iter().cloned().collect::<Vec<_>>());
        let mut entries = journal(&self.protocol, &plan);
        assert!(matches!(&entries.last().unwrap().record, Record::End(e) if e.complete));
        entries.truncate(entries.len() * cut / 1000);
        let progress = progress(&plan, &entries);
        // What was seen at all is known to have been, the picture that was interrupted included.
        for entry in &entries {
            let (Record::Onset(_) | Record::Shown { .. }) = &entry.record else { continue };
            let index = match &entry.record {
                Record::Onset(o) => o.phase,
                Record::Shown { phase, .. } => *phase,
                _ => continue,
            };
            let phase = plan.phases().find(|p| p.index == index).unwrap();
            for id in phase.scene.pictures().filter(|_| !phase.practice) {
                let file = &plan.pictures[plan.original(id)].file;
                assert!(progress.seen.contains(file), "{id} was seen");
            }
        }
        let places = plan.places();
        let finished = progress.finished.iter().filter_map(|i| places.get(i).copied());
        self.finished.push(finished.collect());
        self.practised |= progress.practised;
        self.seen.extend(progress.seen);
        self.plans.push(plan);
        true
    }
}

fn rows(plan: &RunPlan) -> impl Iterator<Item = &Phase> {
    plan.phases().filter(|p| p.row.is_some())
}

/// What a row is, whatever its picture.
fn kind(phase: &Phase) -> (String, String) {
    (phase.name.clone(), phase.row.as_ref().unwrap().trial_type.clone())
}

fn whole(parts: &Parts) -> RunPlan {
    let volumes = volumes(&parts.protocol);
    compile(&parts.protocol, Some(&parts.table), &who(1, parts.place), volumes, 60.0).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn all_parts_together_finish_each_row_of_the_whole_plan_in_its_order(
        task in 0usize..TASKS.len(),
        cuts in proptest::collection::vec(0usize..1000, 1..4),
        lab in any::<bool>(),
    ) {
        let place = if lab { Place::Lab } else { Place::Scanner };
        let mut parts = Parts::new(TASKS[task], place);
        for cut in cuts {
            if !parts.go_on(OnRestart::Continue, cut) {
                break;
            }
        }
        parts.go_on(OnRestart::Continue, 1000);
        let whole = whole(&parts);
        let places = whole.places();
        let done: BTreeSet<u32> = parts.finished.iter().flatten().copied().collect();
        for row in rows(&whole) {
            prop_assert!(done.contains(&places[&row.index]), "{} was never finished", row.name);
        }
        // Each place is what it was in the whole plan, in its order; only pictures may be others.
        let by_place: BTreeMap<u32, (String, BTreeMap<String, String>)> = (whole.phases())
            .filter(|p| !p.practice)
            .map(|p| (places[&p.index], (p.name.clone(), p.variables.clone().into_iter().collect())))
            .collect();
        for plan in &parts.plans {
            let own = plan.places();
            prop_assert!(own.values().is_sorted());
            for phase in plan.phases().filter(|p| !p.practice) {
                let mut here: BTreeMap<String, String> = phase.variables.clone().into_iter().collect();
                here.insert("run".into(), "1".into());
                prop_assert_eq!(&(phase.name.clone(), here), &by_place[&own[&phase.index]]);
            }
        }
    }

    #[test]
    fn a_run_that_is_repeated_is_the_same_but_for_practice_and_pages_and_its_pictures_are_marked(
        task in 0usize..TASKS.len(),
        cut in 0usize..1000,
    ) {
        let mut parts = Parts::new(TASKS[task], Place::Scanner);
        parts.go_on(OnRestart::Repeat, cut);
        let first_practised = parts.practised;
        prop_assert!(parts.go_on(OnRestart::Repeat, 1000));
        let what = |plan: &RunPlan| -> Vec<_> {
            rows(plan).map(|p| (kind(p), p.scene.pictures().cloned().collect::<Vec<_>>())).collect()
        };
        prop_assert_eq!(what(&parts.plans[1]), what(&whole(&parts)));
        // Practice that was not done comes again too.
        let practises = |plan: &RunPlan| plan.phases().any(|p| p.practice);
        let again = !first_practised && practises(&parts.plans[0]);
        prop_assert_eq!(practises(&parts.plans[1]), again);
    }

    #[test]
    fn spare_pictures_are_of_the_same_kind_and_no_other_is_shown_twice(
        cut in 0usize..1000,
    ) {
        // A table with twice as many pictures as the task shows.
        let mut parts = Parts::new("reappraisal-block", Place::Scanner);
        let more: Vec<_> = (parts.table.rows.values())
            .map(|row| {
                let mut row = row.clone();
                row.id = StimulusId(format!("{}_more", row.id.0));
                row.file = row.file.replace(".png", "_more.png").replace(".jpg", "_more.jpg");
                row
            })
            .collect();
        // Half of the others were seen another time: they come last.
        parts.other = more.iter().step_by(2).map(|row| row.file.clone()).collect();
        parts.table.rows.extend(more.into_iter().map(|row| (row.id.clone(), row)));
        parts.go_on(OnRestart::Spare, cut);
        let seen = parts.seen.clone();
        prop_assert!(parts.go_on(OnRestart::Spare, 1000));
        let mut counts: BTreeMap<&StimulusId, u32> = BTreeMap::new();
        let plan = parts.plans[1].clone();
        for phase in rows(&plan) {
            for id in phase.scene.pictures() {
                *counts.entry(id).or_default() += 1;
                let row = &parts.table.rows[id];
                prop_assert!(!seen.contains(&row.file), "{id} was seen and has spare ones");
                prop_assert_eq!(row.values.get("valence"), phase.variables.get("valence"));
            }
        }
        prop_assert!(counts.values().all(|n| *n == 1));
        let kind = |id: &StimulusId| {
            let row = &parts.table.rows[id];
            ["valence", "set", "half"].map(|column| row.values.get(column).cloned())
        };
        let kinds: BTreeSet<_> = counts.keys().map(|id| kind(id)).collect();
        for one in kinds {
            let of = |id: &&StimulusId| kind(id) == one;
            let shown = |id: &StimulusId| counts.contains_key(id);
            let old = |id: &StimulusId| parts.other.contains(&parts.table.rows[id].file);
            let all: Vec<&StimulusId> = parts.table.rows.keys().filter(of).collect();
            let first: BTreeSet<&String> = parts.plans[0].pictures.values().map(|p| &p.file).collect();
            let planned = |id: &StimulusId| first.contains(&parts.table.rows[id].file);
            let unseen_left = all.iter().any(|id| !shown(id) && !old(id) && !planned(id));
            let old_shown = all.iter().any(|id| shown(id) && old(id) && !planned(id));
            prop_assert!(!(unseen_left && old_shown), "a picture seen before was taken, and another was free");
        }
        prop_assert!(counts.keys().all(|id| plan.pictures.contains_key(*id)));
    }
}

#[test]
fn a_block_that_was_interrupted_comes_as_a_whole_and_the_finished_ones_do_not() {
    let mut parts = Parts::new("reappraisal-block", Place::Scanner);
    parts.go_on(OnRestart::Continue, 1000);
    let plan = parts.plans[0].clone();
    let entries = journal(&parts.protocol, &plan);
    // In the middle of the third picture of the fifth block.
    let fifth = plan.phases().filter(|p| p.name == "picture").nth(4 * 4 + 2).unwrap().index;
    let at = entries.iter().position(|e| matches!(&e.record, Record::Onset(o) if o.phase == fifth));
    let entries = &entries[..=at.unwrap()];
    let so_far = progress(&plan, entries);
    let places = plan.places();
    parts.practised = so_far.practised;
    parts.finished = vec![so_far.finished.iter().filter_map(|i| places.get(i).copied()).collect()];
    parts.seen = so_far.seen.clone();
    parts.plans.truncate(1);
    assert!(parts.go_on(OnRestart::Continue, 1000));
    let rest = &parts.plans[1];
    let names: Vec<&str> = rest.phases().map(|p| p.name.as_str()).take(8).collect();
    assert_eq!(
        names,
        ["armed", "lead_in", "cue", "picture", "picture", "picture", "picture", "rating"],
        "no page, no practice: the scanner is waited for at once"
    );
    assert_eq!(rest.phases().filter(|p| p.name == "cue").count(), 8);
    assert_eq!(rest.volumes.expected, None);
    let first = rest.phases().find(|p| p.name == "cue").unwrap();
    let whole = whole(&parts);
    let planned = whole.phases().filter(|p| p.name == "cue").nth(4).unwrap();
    assert_eq!(first.variables["condition"], planned.variables["condition"]);
    assert_eq!(first.variables["block"], "5");
    let third = plan.phases().find(|p| p.index == fifth).unwrap();
    assert!(
        third.scene.pictures().all(|id| rest.seen.contains(&plan.pictures[id].file)),
        "the interrupted one included"
    );
    assert!(rest.phases().all(|p| p.length != Length::UntilResponse));
}

#[test]
fn a_part_that_showed_all_leaves_nothing() {
    let mut parts = Parts::new("faces-block", Place::Scanner);
    assert!(parts.go_on(OnRestart::Continue, 1000));
    assert!(!parts.go_on(OnRestart::Continue, 1000));
}
