//! The shipped regulation tasks against what was published of them: counts, lengths, jitters, run lengths, orders and
//! pictures, in the plans of many people, runs and seeds.

use reframe::ground::diagnostic::Source;
use reframe::ground::record::Place;
use reframe::ground::scene::StimulusId;
use reframe::ground::time::Nanos;
use reframe::plan::compile::compile;
use reframe::plan::schema::{Anchor, Length, Phase, RunPlan, VolumeSetup, Who};
use reframe::protocol::schema::Protocol;
use reframe::table::Table;
use std::collections::{BTreeMap, BTreeSet};

/// So many people, each with a seed of their own.
const PEOPLE: u32 = 300;

struct Task {
    protocol: Protocol,
    table: Table,
}

fn read(path: &str) -> Source {
    let full = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    Source { path: path.into(), text: std::fs::read_to_string(full).unwrap() }
}

fn task(name: &str) -> Task {
    let source = read(&format!("protocols/{name}.toml"));
    let parsed = reframe::protocol::parse::parse(&source)
        .unwrap_or_else(|problems| panic!("{}", source.render(&problems, false)));
    assert!(parsed.warnings.is_empty(), "{}", source.render(&parsed.warnings, false));
    let table = reframe::table::parse::parse(&read("stimuli/scenes.tsv")).expect("it parses");
    Task { protocol: parsed.protocol, table }
}

impl Task {
    /// Run number `run` of a visit of a person.
    fn plan(&self, person: u32, visit: u32, run: u32) -> RunPlan {
        let who = Who {
            sub: "01".into(),
            ses: None,
            run,
            allocation: person,
            visit,
            seed: u64::from(person) * 7 + 1,
            place: Place::Scanner,
            language: "en".into(),
        };
        let volumes = VolumeSetup {
            tr: Nanos::from_secs(self.protocol.task.tr.expect("it is made for the scanner")),
            expected: self.protocol.task.volumes,
            dummies: 0,
            dummies_pulse: true,
            dummies_stored: false,
            pulses: Default::default(),
        };
        let found = compile(&self.protocol, Some(&self.table), &who, volumes, 60.0);
        found.unwrap_or_else(|e| panic!("person {person}, run {run}: {e}"))
    }

    /// The rows of the table that a phase shows.
    fn cell<'a>(&'a self, phase: &Phase, column: &str) -> &'a str {
        &self.table.rows[phase.scene.pictures().next().expect("a picture")].values[column]
    }
}

/// The phases of the run itself, without pages and practice.
fn timed(plan: &RunPlan) -> impl Iterator<Item = &Phase> {
    plan.segments[plan.zero_segment()..].iter().flat_map(|s| &s.phases)
}

fn named<'a>(plan: &'a RunPlan, name: &str) -> Vec<&'a Phase> {
    timed(plan).filter(|p| p.name == name).collect()
}

fn secs(phase: &Phase) -> f64 {
    phase.length.nominal().expect("it lasts a time").secs()
}

fn lengths(plan: &RunPlan, name: &str) -> Vec<f64> {
    named(plan, name).into_iter().map(secs).collect()
}

/// The sum, in whole nanoseconds.
fn total(plan: &RunPlan, name: &str) -> Nanos {
    let all = named(plan, name).into_iter().map(|p| p.length.nominal().expect("a time").0);
    Nanos(all.sum())
}

fn variable<'a>(phase: &'a Phase, name: &str) -> &'a str {
    &phase.variables[name]
}

fn counts<T: Ord>(all: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut found = BTreeMap::new();
    for one in all {
        *found.entry(one).or_insert(0) += 1;
    }
    found
}

/// The most values in a row for which this holds.
fn longest<T>(all: &[T], holds: impl Fn(&T, &T) -> bool) -> usize {
    let mut longest = usize::from(!all.is_empty());
    let mut run = longest;
    for pair in all.windows(2) {
        run = if holds(&pair[0], &pair[1]) { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

/// Pictures of the run, of which none may come twice in it.
fn pictures(plan: &RunPlan) -> BTreeSet<StimulusId> {
    let shown: Vec<_> = timed(plan).flat_map(|p| p.scene.pictures().cloned()).collect();
    let different: BTreeSet<_> = shown.iter().cloned().collect();
    assert_eq!(different.len(), shown.len(), "a picture comes twice in a run");
    different
}

/// One stretch from the first pulse, its phases without gaps, its end page with the last volume.
#[track_caller]
fn fills(plan: &RunPlan, volumes: u32, tr: f64) {
    let run = &plan.segments[plan.zero_segment()..];
    assert_eq!(run.len(), 1, "one stretch");
    assert_eq!(run[0].anchor, Anchor::Trigger);
    let mut clock = Nanos::ZERO;
    for phase in &run[0].phases {
        assert_eq!(phase.onset, clock, "{}", phase.name);
        clock += phase.length.nominal().expect("it lasts a time");
    }
    let end = run[0].phases.last().expect("an end page");
    assert_eq!(end.name, "end_page");
    assert_eq!((plan.volumes.expected, plan.volumes.tr), (Some(volumes), Nanos::from_secs(tr)));
    assert_eq!(end.onset, Nanos::from_secs(tr) * i64::from(volumes));
}

/// Every phase of these names lasts so long.
#[track_caller]
fn last(plan: &RunPlan, all: &[(&str, f64)]) {
    for (name, seconds) in all {
        let found = lengths(plan, name);
        assert!(!found.is_empty() && found.iter().all(|s| s == seconds), "{name}: {found:?}");
    }
}

#[test]
fn ds000009_has_two_runs_of_thirty_trials_and_392_seconds_with_jitters_that_add_up() {
    let task = task("reappraisal-event");
    let [mut gaps, mut pauses] = [BTreeMap::new(), BTreeMap::new()];
    for person in 0..PEOPLE {
        let runs = [1, 2].map(|run| task.plan(person, 0, run));
        for plan in &runs {
            fills(plan, 196, 2.0);
            last(plan, &[("instruction", 1.0), ("picture", 5.0), ("rating", 3.0)]);
            assert_eq!(named(plan, "instruction")[0].onset, Nanos::ZERO);
            let shown = named(plan, "picture");
            let conditions: Vec<&str> = shown.iter().map(|p| variable(p, "condition")).collect();
            assert_eq!(
                counts(conditions.clone()),
                [("attend_neutral", 10), ("attend_negative", 10), ("suppress_negative", 10)].into()
            );
            assert!(longest(&conditions, |a, b| a == b) <= 4, "{conditions:?}");
            for phase in &shown {
                let (_, valence) = variable(phase, "condition").split_once('_').expect("two words");
                assert_eq!(task.cell(phase, "valence"), valence);
            }
            for (name, sum, most, all) in
                [("gap", 60.0, 4.0, &mut gaps), ("pause", 62.0, 10.0, &mut pauses)]
            {
                let found = lengths(plan, name);
                assert_eq!((found.len(), total(plan, name)), (30, Nanos::from_secs(sum)), "{name}");
                for length in found {
                    assert!((1.0..=most).contains(&length) && length.fract() == 0.0, "{length}");
                    *all.entry(length as u32).or_insert(0) += 1;
                }
            }
            let scale = named(plan, "rating")[0].scale.as_ref().expect("a scale");
            assert_eq!((scale.points, scale.left, scale.right), (Some(4), 1.0, 4.0));
        }
        let [first, second] = runs.map(|plan| pictures(&plan));
        assert_eq!((first.len(), second.len()), (30, 30));
        assert!(first.is_disjoint(&second), "person {person}");
    }
    // Short ones come often, long ones seldom, and every length of the published range comes.
    assert_eq!(gaps.keys().copied().collect::<Vec<u32>>(), [1, 2, 3, 4]);
    assert!(gaps[&1] > gaps[&3] && gaps[&2] > gaps[&3] && gaps[&3] > gaps[&4], "{gaps:?}");
    assert!(pauses.keys().all(|s| (1..=10).contains(s)) && pauses.len() >= 9, "{pauses:?}");
    assert!(pauses[&1] > pauses[&3] && pauses[&3] > pauses[&6], "{pauses:?}");
}

#[test]
fn ds000108_has_six_runs_of_192_volumes_with_two_of_each_condition_and_kind_of_trial() {
    let task = task("reappraisal-wager2008");
    for person in 0..PEOPLE {
        let mut seen = BTreeSet::new();
        for run in 1..=6 {
            let plan = task.plan(person, 0, run);
            fills(&plan, 192, 2.0);
            last(&plan, &[("cue", 2.0), ("anticipation", 4.0), ("picture", 8.0), ("rating", 2.1)]);
            let cues = named(&plan, "cue");
            assert_eq!(cues[0].onset, Nanos::from_secs(1.5));
            let kinds = cues.iter().map(|p| (variable(p, "condition"), variable(p, "parts")));
            let kinds = counts(kinds);
            assert_eq!(kinds.len(), 9);
            assert!(kinds.values().all(|n| *n == 2), "{kinds:?}");
            let order: Vec<&str> = cues.iter().map(|p| variable(p, "condition")).collect();
            assert!(longest(&order, |a, b| a == b) <= 2, "{order:?}");
            for (name, n, sum) in [("gap", 12, 66.0), ("rest", 18, 98.0)] {
                let found = lengths(&plan, name);
                assert_eq!((found.len(), total(&plan, name)), (n, Nanos::from_secs(sum)));
                assert!(found.iter().all(|s| [4.0, 5.0, 6.0, 7.0].contains(s)), "{found:?}");
            }
            let shown = pictures(&plan);
            assert_eq!(shown.len(), 12);
            let before = seen.len();
            seen.extend(shown);
            assert_eq!(seen.len(), before + 12, "person {person}, run {run}: seen before");
            for phase in named(&plan, "picture") {
                let neutral = variable(phase, "condition") == "Look_Neutral";
                assert_eq!(task.cell(phase, "valence") == "neutral", neutral);
            }
        }
    }
}

/// Where a trial leaves a part out, the next one follows at once, as in the published events files.
#[test]
fn trials_of_ds000108_have_the_parts_of_their_kind_and_a_rating_without_a_picture_follows_at_once()
{
    let task = task("reappraisal-wager2008");
    for person in 0..PEOPLE {
        let plan = task.plan(person, 0, 1 + person % 6);
        let phases: Vec<&Phase> = timed(&plan).collect();
        let cues = (0..phases.len()).filter(|&i| phases[i].name == "cue");
        for at in cues {
            let parts: &[&str] = match variable(phases[at], "parts") {
                "anticipation_picture" => {
                    &["cue", "anticipation", "picture", "gap", "rating", "rest"]
                }
                "picture" => &["cue", "picture", "gap", "rating", "rest"],
                "anticipation" => &["cue", "anticipation", "rating", "rest"],
                other => panic!("{other}"),
            };
            let found = phases[at..at + parts.len()].iter().map(|p| p.name.as_str());
            assert_eq!(found.collect::<Vec<_>>(), parts);
            let types = phases[at..at + parts.len()].iter().filter_map(|p| p.row.as_ref());
            let condition = variable(phases[at], "condition");
            for row in types {
                // The names of the published events files.
                let part = row.trial_type.strip_prefix(condition).expect("its condition");
                assert!(["_Cue", "_Ant", "_Stim", "_Rating"].contains(&part), "{part}");
            }
        }
    }
}

#[test]
fn two_groups_of_pictures_are_left_for_runs_of_ds000108_that_are_done_again() {
    let task = task("reappraisal-wager2008");
    for person in 0..16 {
        let groups = (1..=8).map(|run| pictures(&task.plan(person, 0, run)));
        assert_eq!(groups.flatten().collect::<BTreeSet<_>>().len(), 96);
    }
}

#[test]
fn the_task_after_mcrae_keeps_its_counts_lengths_and_bounds() {
    let task = task("reappraisal-mcrae");
    let mut orders = BTreeSet::new();
    for person in 0..PEOPLE {
        let plan = task.plan(person, person % 2, 1);
        fills(&plan, 416, 2.0);
        last(&plan, &[("fixation", 2.0), ("cue", 2.0), ("picture", 7.0), ("rating", 4.0)]);
        let shown = named(&plan, "picture");
        assert_eq!(
            counts(shown.iter().map(|p| variable(p, "condition"))),
            [("look_neutral", 15), ("look_negative", 15), ("decrease_negative", 15)].into()
        );
        let instructions: Vec<&str> = shown.iter().map(|p| variable(p, "instruction")).collect();
        assert!(longest(&instructions, |a, b| a == b) <= 2, "person {person}: {instructions:?}");
        let valences: Vec<&str> = shown.iter().map(|p| task.cell(p, "valence")).collect();
        let negative = |a: &&str, b: &&str| *a == "negative" && *b == "negative";
        assert!(longest(&valences, negative) <= 4, "person {person}: {valences:?}");
        let relax = lengths(&plan, "relax");
        assert_eq!((relax.len(), total(&plan, "relax")), (45, Nanos::from_secs(157.0)));
        let each = counts(relax.iter().map(|s| *s as u32));
        assert_eq!(each.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        assert!(each.values().all(|n| *n == 7 || *n == 8), "{each:?}");
        assert_eq!(pictures(&plan).len(), 45);
        let scale = named(&plan, "rating")[0].scale.as_ref().expect("a scale");
        assert_eq!((scale.points, scale.reversed), (Some(5), person % 2 == 1));
        orders
            .insert(shown.iter().map(|p| variable(p, "condition").to_string()).collect::<Vec<_>>());
    }
    assert!(orders.len() > 290, "{} orders of {PEOPLE} people", orders.len());
    for person in 0..8 {
        let [first, second] = [0, 1].map(|visit| pictures(&task.plan(person, visit, 1)));
        assert!(first.is_disjoint(&second), "a picture comes at both visits");
    }
}

#[test]
fn the_arrows_of_ds000201_have_sixty_trials_in_fours_a_pause_in_the_middle_and_ratings_without_limit()
 {
    let task = task("reappraisal-arrows");
    assert_eq!((task.protocol.task.tr, task.protocol.task.volumes), (Some(3.0), None));
    for person in 0..PEOPLE {
        let plan = task.plan(person, 0, 1);
        last(
            &plan,
            &[("lead_in", 10.0), ("cue", 2.0), ("picture", 5.0), ("blank", 2.0), ("rest", 15.0)],
        );
        let shown = named(&plan, "picture");
        let conditions: Vec<&str> = shown.iter().map(|p| variable(p, "condition")).collect();
        assert_eq!(conditions.len(), 60);
        for four in conditions.chunks(4) {
            assert_eq!(four.iter().collect::<BTreeSet<_>>().len(), 4, "{conditions:?}");
        }
        assert_eq!(
            counts(lengths(&plan, "fixation").into_iter().map(|s| s as u32)),
            [(4, 20), (5, 20), (6, 20)].into()
        );
        let ratings = named(&plan, "rating");
        assert_eq!(ratings.len(), 60);
        for rating in ratings {
            assert_eq!((rating.length, rating.at_most), (Length::UntilResponse, None));
            let scale = rating.scale.as_ref().expect("a scale");
            assert_eq!((scale.points, scale.start), (Some(7), 0.5));
        }
        let rests = named(&plan, "rest");
        assert_eq!(rests.len(), 1);
        assert_eq!(variable(rests[0], "trial"), "30");
        assert_eq!(pictures(&plan).len(), 60);
        let mut parts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for phase in shown {
            let condition = variable(phase, "condition");
            let (_, valence) = condition.split_once('_').expect("two words");
            assert_eq!(task.cell(phase, "valence"), valence);
            parts.entry(condition).or_default().insert(task.cell(phase, "part"));
        }
        parts.remove("maintain_neutral");
        assert!(parts.values().all(|p| p.len() == 1), "{parts:?}");
    }
}

/// Which pictures stand under which instruction changes from person to person, so that no condition has its own.
#[test]
fn over_people_every_negative_picture_comes_under_every_instruction() {
    for (name, people, runs) in [
        ("reappraisal-event", 64, 2),
        ("reappraisal-wager2008", 64, 6),
        ("reappraisal-mcrae", 64, 1),
        ("reappraisal-arrows", 64, 1),
    ] {
        let task = task(name);
        let mut under: BTreeMap<String, BTreeSet<StimulusId>> = BTreeMap::new();
        for person in 0..people {
            for run in 1..=runs {
                let plan = task.plan(person, 0, run);
                for phase in named(&plan, "picture") {
                    let shown = phase.scene.pictures().next().expect("a picture").clone();
                    under.entry(variable(phase, "condition").into()).or_default().insert(shown);
                }
            }
        }
        for (condition, shown) in under {
            let all = if condition.to_lowercase().contains("neutral") { 32 } else { 64 };
            assert_eq!(shown.len(), all, "{name}: {condition}");
        }
    }
}

#[test]
fn no_practice_shows_a_picture_of_the_run_and_every_status_says_what_was_chosen() {
    for name in
        ["reappraisal-event", "reappraisal-wager2008", "reappraisal-mcrae", "reappraisal-arrows"]
    {
        let task = task(name);
        assert!(task.protocol.task.status.contains("chosen for this file"), "{name}");
        for person in 0..16 {
            let plan = task.plan(person, 0, 1);
            let practice = plan.phases().filter(|p| p.practice).flat_map(|p| p.scene.pictures());
            let practice: BTreeSet<_> = practice.cloned().collect();
            assert!(!practice.is_empty() && practice.is_disjoint(&pictures(&plan)), "{name}");
            assert!(plan.phases().all(|p| !p.practice || p.row.is_none()), "{name}");
        }
        let means = &task.protocol.simulate.rating.mean;
        assert_eq!(task.protocol.simulate.rating.by.as_deref(), Some("condition"), "{name}");
        assert_eq!(means.len(), task.protocol.factors["condition"].len(), "{name}");
    }
}
