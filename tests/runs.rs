//! Whole runs of the runner under the conductor, on the virtual clock, with and without disturbances.

mod common;

use common::{key, plan, run, secs};
use proptest::prelude::*;
use reframe::ground::record::{Answer, Entry, Onset, Outcome, Record};
use reframe::ground::time::Nanos;
use reframe::session::replay::replay;

fn onsets(journal: &[Entry]) -> Vec<&Onset> {
    journal
        .iter()
        .filter_map(|e| match &e.record {
            Record::Onset(o) => Some(o),
            _ => None,
        })
        .collect()
}

fn outcomes(journal: &[Entry]) -> Vec<&Outcome> {
    journal
        .iter()
        .filter_map(|e| match &e.record {
            Record::Outcome(o) => Some(o),
            _ => None,
        })
        .collect()
}

fn zero(journal: &[Entry]) -> Nanos {
    journal.iter().find(|e| matches!(e.record, Record::Zero { .. })).expect("a zero").t_ns
}

fn end(journal: &[Entry]) -> (bool, String) {
    match &journal.last().unwrap().record {
        Record::End(e) => (e.complete, e.reason.clone()),
        other => panic!("last line is {other:?}"),
    }
}

#[test]
fn a_whole_run_shows_every_phase_within_half_a_frame_and_ends() {
    let (plan, journal) = run(plan(), true, |_| {});
    assert_eq!(end(&journal), (true, "done".into()));
    let shown = onsets(&journal);
    assert_eq!(shown.len(), plan.phases().count());
    for o in shown {
        let off = (o.onset_ns - o.planned_ns).millis();
        assert!((-8.4..17.0).contains(&off), "phase {} is off by {off} ms", o.phase);
        assert!(!o.late);
    }
    // Two pages' keys, one dummy, then 8 volumes in 16.75 s.
    assert_eq!(outcomes(&journal).len(), 1 + 3 + 3);
}

#[test]
fn first_counted_pulse_anchors_the_timed_part() {
    let (_, journal) = run(plan(), true, |_| {});
    let pulses: Vec<(Nanos, Option<u32>)> = journal
        .iter()
        .filter_map(|e| match &e.record {
            Record::Trigger(t) => Some((e.t_ns, t.volume)),
            _ => None,
        })
        .collect();
    assert_eq!(pulses[0].1, Some(1));
    assert_eq!(zero(&journal), pulses[1].0);
}

#[test]
fn replay_gives_the_same_records() {
    for latency in [0.0, 0.042, 0.3] {
        let (plan, journal) = run(plan(), true, |s| s.latency = secs(latency));
        let got = replay(plan, &journal).unwrap();
        assert_eq!(got.differences, vec![], "latency {latency}");
        assert!(got.taken > 60 && got.given > 10);
    }
}

#[test]
fn one_changed_key_stamp_changes_exactly_its_outcome() {
    let (plan, mut journal) = run(plan(), true, |_| {});
    // The first press after onset zero answers the first picture.
    let zero = zero(&journal);
    let press = journal
        .iter_mut()
        .find(|e| e.t_ns > zero && matches!(&e.record, Record::Response(r) if r.down))
        .unwrap();
    press.t_ns += secs(0.01);
    let differences = replay(plan, &journal).unwrap().differences;
    assert_eq!(differences.len(), 1, "{differences:#?}");
    let (Some(entry), Some((_, Record::Outcome(new)))) =
        (&differences[0].journal, &differences[0].replay)
    else {
        panic!("not an outcome: {differences:#?}");
    };
    let Record::Outcome(old) = &entry.record else { panic!("not an outcome") };
    let rt = |o: &Outcome| match &o.answer {
        Answer::Button { rt_ns, .. } => rt_ns.unwrap(),
        Answer::Rating { .. } => panic!("a rating"),
    };
    assert_eq!(rt(new) - rt(old), secs(0.01));
}

#[test]
fn late_flips_are_logged_as_shown_and_reaction_times_follow_them() {
    let keys = vec![key("Space", 2.0, true), key("ArrowLeft", 7.9, true)];
    let (_, calm) = run(plan(), false, |s| s.keys = keys.clone());
    let (_, lagged) = run(plan(), false, |s| {
        s.keys = keys;
        s.lags = vec![3];
    });
    assert!(onsets(&calm).iter().all(|o| !o.late && o.missed == 0));
    assert!(onsets(&lagged).iter().skip(3).all(|o| o.late || o.missed == 0));
    assert_eq!(onsets(&lagged).iter().filter(|o| o.late).count(), onsets(&lagged).len() - 3);
    let rt = |journal: &[Entry]| {
        outcomes(journal).into_iter().find_map(|o| match &o.answer {
            Answer::Button { rt_ns: Some(rt), meaning: Some(m), .. } if m == "left" => Some(*rt),
            _ => None,
        })
    };
    // The same key against a picture that came 50 ms later: the reaction time is 50 ms shorter, less the 50 ms by
    // which the whole timed part began later after a late page.
    let (calm, lagged) = (rt(&calm).unwrap(), rt(&lagged).unwrap());
    assert!((calm - lagged).0 > 0, "{calm} {lagged}");
}

#[test]
fn abort_keeps_everything_and_answers_open_windows() {
    let keys = vec![
        key("Space", 2.0, true),
        key("Space", 2.1, false),
        key("ArrowRight", 9.5, true),
        key("ArrowRight", 9.6, false),
        key("Escape", 10.0, true),
        key("KeyQ", 10.1, true),
    ];
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    assert_eq!(end(&journal), (false, "ended by the experimenter".into()));
    assert!(onsets(&journal).len() < plan.phases().count());
    assert_eq!(journal.iter().filter(|e| matches!(e.record, Record::Response(_))).count(), 6);
    let Answer::Rating { rating, moved, .. } = &outcomes(&journal).last().unwrap().answer else {
        panic!("the rating that was open has no outcome");
    };
    assert_eq!((rating.map(f64::round), *moved), (Some(-9.0), true));
    assert_eq!(replay(plan, &journal).unwrap().differences, vec![]);
}

#[test]
fn run_without_any_key_misses_everything_and_rates_nothing() {
    let keys = vec![key("Space", 2.0, true)];
    let (_, journal) = run(plan(), false, |s| s.keys = keys);
    assert_eq!(end(&journal), (true, "done".into()));
    for o in outcomes(&journal).iter().skip(1) {
        match &o.answer {
            Answer::Button { meaning, rt_ns, .. } => {
                assert_eq!((meaning.as_ref(), rt_ns), (None, &None));
            }
            Answer::Rating { rating, moved, .. } => assert_eq!((*rating, *moved), (None, false)),
        }
    }
}

#[test]
fn auto_repeat_and_keys_held_from_before_answer_nothing() {
    let mut keys = vec![key("Space", 2.0, true), key("ArrowLeft", 4.0, true)];
    for i in 0..400 {
        let mut repeat = key("ArrowLeft", 4.1 + 0.03 * f64::from(i), true);
        repeat.1.repeat = true;
        keys.push(repeat);
    }
    let (_, journal) = run(plan(), false, |s| s.keys = keys);
    for o in outcomes(&journal).iter().skip(1) {
        match &o.answer {
            Answer::Button { meaning, .. } => assert_eq!(meaning.as_ref(), None),
            Answer::Rating { moved, .. } => assert!(!moved),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    /// Whatever is pressed and however late frames and reports come: the same records again, by a second run and by
    /// replay; onsets sorted; no phase lost; one onset for each scene.
    #[test]
    fn any_run_is_deterministic_replays_and_loses_nothing(
        presses in proptest::collection::vec((0.0..25.0_f64, 0..5_usize, any::<bool>()), 0..80),
        lags in proptest::collection::vec(0..4_u8, 1..9),
        latency in 0.0..0.2_f64,
    ) {
        let codes = ["ArrowLeft", "ArrowRight", "Enter", "KeyZ", "Space"];
        let mut keys: Vec<_> =
            presses.iter().map(|(t, c, down)| key(codes[*c], *t, *down)).collect();
        keys.push(key("Space", 30.0, true));
        keys.sort_by_key(|(t, _)| *t);
        let go = || run(plan(), true, |s| {
            s.keys = keys.clone();
            s.lags = lags.clone();
            s.latency = secs(latency);
        });
        let (plan, journal) = go();
        prop_assert_eq!(&journal, &go().1);
        prop_assert_eq!(end(&journal), (true, "done".to_string()));
        let shown = onsets(&journal);
        prop_assert_eq!(shown.len(), plan.phases().count());
        prop_assert!(shown.windows(2).all(|w| w[0].phase < w[1].phase));
        prop_assert!(journal.windows(2).all(|w| w[0].seq + 1 == w[1].seq));
        prop_assert_eq!(replay(plan, &journal).unwrap().differences, vec![]);
    }
}
