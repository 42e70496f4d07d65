//! Grey for the person at any moment, and the end of a run as a step of its own, on the virtual clock.

mod common;
#[path = "stopping/exported.rs"]
mod exported;

use common::{key, plan, run, secs, self_paced_rating};
use proptest::prelude::*;
use reframe::ground::clock::VirtualClock;
use reframe::ground::event::KeyEvent;
use reframe::ground::record::{Entry, Onset, Record};
use reframe::ground::time::Nanos;
use reframe::plan::schema::RunPlan;
use reframe::session::replay::replay;
use std::sync::Arc;

fn onsets(journal: &[Entry]) -> Vec<&Onset> {
    journal
        .iter()
        .filter_map(|e| match &e.record {
            Record::Onset(o) => Some(o),
            _ => None,
        })
        .collect()
}

fn end(journal: &[Entry]) -> (bool, String) {
    match &journal.last().unwrap().record {
        Record::End(e) => (e.complete, e.reason.clone()),
        other => panic!("last line is {other:?}"),
    }
}

/// The instants at which grey appeared for the first time behind `at` seconds.
fn grey_after(journal: &[Entry], at: f64) -> f64 {
    let at = VirtualClock::START + secs(at);
    let grey = onsets(journal).into_iter().filter(|o| o.covered && o.onset_ns >= at);
    (grey.map(|o| o.onset_ns).min().expect("grey") - at).secs()
}

fn tap(code: &str, at: f64) -> [(Nanos, KeyEvent); 2] {
    [key(code, at, true), key(code, at + 0.02, false)]
}

fn go_on(at: f64) -> Vec<(Nanos, KeyEvent)> {
    vec![
        key("Escape", at, true),
        key("Tab", at + 0.01, true),
        key("Tab", at + 0.05, false),
        key("Escape", at + 0.06, false),
    ]
}

fn all(parts: impl IntoIterator<Item = Vec<(Nanos, KeyEvent)>>) -> Vec<(Nanos, KeyEvent)> {
    parts.into_iter().flatten().collect()
}

/// What every run keeps to, grey or not.
fn sound(plan: &Arc<RunPlan>, journal: &[Entry]) {
    assert_eq!(replay(plan.clone(), journal).unwrap().differences, vec![]);
    let mut since = None;
    for entry in journal {
        match &entry.record {
            Record::Grey { up: true, .. } => since = since.or(Some(entry.t_ns)),
            Record::Grey { up: false, .. } => since = None,
            // Two refreshes of 60 Hz, and what was handed over just before.
            Record::Onset(o) if !o.covered => {
                let late = since.is_some_and(|since| o.onset_ns > since + secs(0.034));
                assert!(!late, "phase {} was seen under grey", o.phase);
            }
            Record::Outcome(_) => {
                let asked = since.is_some_and(|since| entry.t_ns > since);
                assert!(!asked, "something was asked under grey");
            }
            _ => {}
        }
    }
}

#[test]
fn grey_comes_within_two_frames_and_the_run_keeps_its_time_beneath_it() {
    let (plain, calm) = run(plan(), false, |s| s.keys = tap("Space", 2.0).to_vec());
    let keys = all([tap("Space", 2.0).to_vec(), tap("Escape", 8.0).to_vec()]);
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    assert!(grey_after(&journal, 8.0) < 0.034, "{}", grey_after(&journal, 8.0));
    sound(&plan, &journal);
    let (complete, reason) = end(&journal);
    assert!(!complete && reason.contains("grey"), "{reason}");
    // What would have been seen is covered at the same instants.
    let late = |j: &[Entry]| -> Vec<(u32, Nanos)> {
        let behind = VirtualClock::START + secs(8.2);
        onsets(j).iter().filter(|o| o.onset_ns > behind).map(|o| (o.phase, o.onset_ns)).collect()
    };
    assert_eq!(late(&journal), late(&calm));
    assert_eq!(plain.phases().count(), plan.phases().count());
}

#[test]
fn what_is_timed_comes_back_with_its_next_scene() {
    let keys = all([tap("Space", 2.0).to_vec(), tap("Escape", 8.0).to_vec(), go_on(9.0)]);
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    sound(&plan, &journal);
    let shown = onsets(&journal);
    let covered: Vec<u32> = shown.iter().filter(|o| o.covered).map(|o| o.phase).collect();
    let last = plan.phases().last().unwrap().index;
    assert!(!covered.is_empty() && !covered.contains(&last));
    assert!(shown.iter().any(|o| o.phase == last && !o.covered && !o.late));
}

#[test]
fn a_page_that_waits_comes_again_from_its_beginning_and_no_key_turns_it_unseen() {
    let keys = all([
        tap("Escape", 1.0).to_vec(),
        tap("Space", 1.5).to_vec(),
        go_on(3.0),
        tap("Space", 4.0).to_vec(),
    ]);
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    sound(&plan, &journal);
    let pages: Vec<(bool, f64)> = onsets(&journal)
        .iter()
        .filter(|o| o.phase == 0)
        .map(|o| (o.covered, (o.onset_ns - VirtualClock::START).secs()))
        .collect();
    assert_eq!(pages.iter().map(|p| p.0).collect::<Vec<_>>(), [false, true, false]);
    assert!((3.0..3.05).contains(&pages[2].1), "{pages:?}");
    let begun = journal.iter().find(|e| matches!(e.record, Record::Segment { index: 1, .. }));
    assert_eq!(begun.unwrap().t_ns, VirtualClock::START + secs(4.0));
    assert!(end(&journal).0, "all of it was seen in the end");
}

#[test]
fn a_rating_that_waits_for_its_key_is_asked_again_when_grey_goes() {
    let keys = all([
        tap("ArrowRight", 1.0).to_vec(),
        tap("Escape", 1.5).to_vec(),
        go_on(3.0),
        tap("Enter", 4.0).to_vec(),
    ]);
    let (plan, journal) = run(self_paced_rating(), false, |s| s.keys = keys);
    sound(&plan, &journal);
    let outcomes = journal.iter().filter(|e| matches!(e.record, Record::Outcome(_))).count();
    assert_eq!(outcomes, 2, "what grey cut short, and what was answered");
}

#[test]
fn a_scanner_that_starts_under_grey_starts_the_run_and_nothing_of_it_is_seen() {
    let keys = all([tap("Space", 1.0).to_vec(), tap("Escape", 1.3).to_vec()]);
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    sound(&plan, &journal);
    assert!(journal.iter().any(|e| matches!(e.record, Record::Zero { .. })));
}

#[test]
fn ending_is_asked_for_and_given_with_a_reason_and_escape_alone_ends_nothing() {
    let mut keys = all([tap("Space", 2.0).to_vec(), tap("KeyD", 5.0).to_vec()]);
    keys.push(key("Escape", 8.0, true));
    keys.extend(tap("KeyD", 8.5));
    keys.push(key("KeyQ", 9.0, true));
    keys.extend(tap("ArrowLeft", 9.2));
    keys.extend(tap("KeyP", 9.5));
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    sound(&plan, &journal);
    assert_eq!(end(&journal), (false, "participant's wish".into()));
    let abort = journal.iter().find(|e| matches!(e.record, Record::Abort { .. })).unwrap();
    assert_eq!(abort.t_ns, VirtualClock::START + secs(9.5));
}

#[test]
fn grey_comes_whatever_other_key_is_held_down_or_stuck() {
    for stuck in ["Tab", "KeyX", "ArrowLeft"] {
        let mut keys = tap("Space", 2.0).to_vec();
        keys.extend([key(stuck, 7.0, true), key("Escape", 8.0, true), key("Escape", 8.1, false)]);
        let (plan, journal) = run(plan(), false, |s| s.keys = keys);
        assert!(grey_after(&journal, 8.0) < 0.034, "{stuck}");
        sound(&plan, &journal);
    }
}

#[test]
fn a_question_that_is_taken_back_leaves_the_run_going() {
    let mut keys = tap("Space", 2.0).to_vec();
    keys.extend([key("Escape", 8.0, true), key("KeyQ", 8.1, true), key("KeyQ", 8.2, false)]);
    keys.extend([key("Tab", 8.5, true), key("Tab", 8.6, false), key("Escape", 8.7, false)]);
    keys.extend(tap("KeyD", 9.5));
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    sound(&plan, &journal);
    assert!(!journal.iter().any(|e| matches!(e.record, Record::Abort { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn grey_at_any_moment_hides_all_and_replays(
        at in 0.01f64..22.0,
        lasts in proptest::option::of(0.02f64..6.0),
        latency in 0usize..3,
    ) {
        let mut keys = all([tap("Space", 0.5).to_vec(), tap("Space", 7.5).to_vec(), tap("Escape", at).to_vec()]);
        if let Some(lasts) = lasts {
            keys.extend(go_on(at + 0.03 + lasts));
        }
        keys.extend(tap("Space", 28.5));
        // A run that waits under grey waits for ever.
        keys.extend([key("Escape", 60.0, true), key("KeyQ", 60.1, true), key("KeyO", 60.2, true)]);
        keys.sort_by_key(|(t, _)| *t);
        let (plan, journal) = run(plan(), false, |s| {
            s.keys = keys;
            s.latency = [Nanos::ZERO, secs(0.042), secs(0.2)][latency];
        });
        sound(&plan, &journal);
        if onsets(&journal).iter().any(|o| (o.onset_ns - VirtualClock::START).secs() < at)
            && (journal.last().unwrap().t_ns - VirtualClock::START).secs() > at + 0.5
        {
            prop_assert!(grey_after(&journal, at) < 0.034);
        }
    }
}

#[test]
fn a_scene_that_grey_cut_short_leaves_the_run_incomplete_and_its_answer_open() {
    // Within the first picture, which has a window: seen before, and never after.
    let (plan, calm) = run(plan(), false, |s| s.keys = tap("Space", 2.0).to_vec());
    let picture = plan.phases().find(|p| p.response.is_some() && p.row.is_some()).unwrap().index;
    let onset = onsets(&calm).into_iter().find(|o| o.phase == picture).unwrap().onset_ns;
    let at = (onset - VirtualClock::START).secs();
    let keys = all([tap("Space", 2.0).to_vec(), tap("Escape", at + 0.3).to_vec(), go_on(at + 0.6)]);
    let (plan, journal) = run(common::plan(), false, |s| s.keys = keys);
    sound(&plan, &journal);
    assert!(!end(&journal).0, "{:?}", end(&journal));
    let cut = journal.iter().find_map(|e| match &e.record {
        Record::Outcome(o) if o.phase == picture => Some(o.cut),
        _ => None,
    });
    assert_eq!(cut, Some(true));
    let so_far = reframe::plan::progress::progress(&plan, &journal);
    assert!(!so_far.finished.contains(&picture) && !so_far.complete);
}

#[test]
fn grey_that_is_lifted_before_it_is_reported_shows_no_scene_anew() {
    let keys = all([tap("Space", 2.0).to_vec(), tap("Escape", 9.9).to_vec(), go_on(9.96)]);
    let (plan, journal) = run(plan(), false, |s| {
        s.keys = keys;
        s.latency = secs(0.2);
    });
    sound(&plan, &journal);
    let mut seen = std::collections::BTreeMap::new();
    for onset in onsets(&journal).iter().filter(|o| !o.covered) {
        *seen.entry(onset.phase).or_insert(0) += 1;
    }
    let last =
        onsets(&journal).iter().filter(|o| o.onset_ns < VirtualClock::START + secs(9.6)).count();
    assert!(last > 3);
    assert!(seen.values().all(|n| *n == 1), "{seen:?}");
}
