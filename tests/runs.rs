//! Whole runs of the runner under the conductor, on the virtual clock, with and without disturbances.

mod common;

use common::{key, plan, row_of, run, run_at, secs, self_paced_rating};
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
    assert!(onsets(&lagged).iter().all(|o| o.late && o.missed > 0));
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
        key("KeyD", 10.2, true),
    ];
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    assert_eq!(end(&journal), (false, "distress".into()));
    assert!(onsets(&journal).len() < plan.phases().count());
    assert_eq!(journal.iter().filter(|e| matches!(e.record, Record::Response(_))).count(), 7);
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

/// How far each onset is from its plan, in frames.
fn offs(journal: &[Entry], hz: f64) -> Vec<f64> {
    onsets(journal).iter().map(|o| (o.onset_ns - o.planned_ns).secs() * hz).collect()
}

#[test]
fn a_row_of_short_phases_never_leaves_the_schedule_at_any_refresh_rate() {
    let on_off: Vec<(f64, bool)> = (0..200).map(|i| (0.5, i % 2 == 0)).collect();
    let all_rows: Vec<(f64, bool)> = (0..200).map(|_| (0.1, true)).collect();
    for hz in [50.0, 59.94, 60.0, 75.0, 120.0, 144.0] {
        for phases in [&on_off, &all_rows] {
            let (_, journal) = run_at(hz, row_of(phases), false, |_| {});
            for off in offs(&journal, hz) {
                assert!(off.abs() <= 1.01, "{off} frames off at {hz} Hz");
            }
            assert!(onsets(&journal).iter().all(|o| !o.late), "{hz} Hz");
        }
    }
}

#[test]
fn a_short_picture_keeps_its_frames_and_the_gap_behind_it_gives_way() {
    let on_off: Vec<(f64, bool)> = (0..100).map(|i| (0.5, i % 2 == 0)).collect();
    let (_, journal) = run_at(75.0, row_of(&on_off), false, |_| {});
    let shown = onsets(&journal);
    for pair in shown.windows(2).filter(|w| w[0].phase % 2 == 0) {
        assert_eq!(pair[1].frame - pair[0].frame, 38, "phase {}", pair[0].phase);
    }
}

#[test]
fn a_late_flip_does_not_stay_in_a_row_of_short_phases() {
    let phases: Vec<(f64, bool)> = (0..20).map(|_| (0.5, true)).collect();
    // Tickets count from 1: the fifth scene comes six frames late.
    let mut lags = vec![0; 21];
    lags[5] = 6;
    let (_, journal) = run(row_of(&phases), false, |s| s.lags = lags);
    let offs = offs(&journal, 60.0);
    assert!(offs[4] > 5.0 && onsets(&journal)[4].late);
    assert!(offs[7..].iter().all(|o| o.abs() < 1.01), "{offs:?}");
}

#[test]
fn a_self_paced_rating_has_one_outcome_and_it_is_a_rating() {
    let keys =
        vec![key("ArrowRight", 2.0, true), key("ArrowRight", 2.05, false), key("Enter", 3.0, true)];
    let (plan, journal) = run(self_paced_rating(), false, |s| s.keys = keys);
    let all = outcomes(&journal);
    assert_eq!(all.len(), 1);
    let Answer::Rating { rating, confirmed, .. } = &all[0].answer else { panic!("not a rating") };
    assert_eq!((rating.map(f64::round), *confirmed), (Some(-9.0), true));
    assert_eq!(replay(plan, &journal).unwrap().differences, vec![]);
}

#[test]
fn a_window_that_a_later_phase_cuts_short_is_named_before_the_run() {
    use reframe::plan::timing::windows_cut_short;
    let mut plan = row_of(&[(1.0, true), (1.0, true), (1.0, true)]);
    let mut ask = |window: f64| {
        for phase in &mut plan.segments[0].phases {
            phase.response = Some(reframe::plan::schema::ResponseWindow {
                keys: vec!["left".into()],
                window: Some(secs(window)),
                ..Default::default()
            });
        }
        windows_cut_short(&plan)
    };
    assert_eq!(ask(1.0), Vec::<String>::new());
    let said = ask(1.9);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("1.000 s of its 1.900 s"), "{said:?}");
}

#[test]
fn a_simulated_run_in_which_nobody_presses_ends_and_names_the_phase() {
    use reframe::ground::clock::{Clock, VirtualClock};
    use reframe::input::mapping::Mapping;
    use reframe::rig::schema::Rig;
    use reframe::runner::Runner;
    use reframe::session::conductor::Conductor;
    use reframe::session::stage::VirtualStage;
    use reframe::trigger::emulator::Emulator;
    use std::sync::Arc;
    let clock = Arc::new(VirtualClock::new());
    let mut stage = VirtualStage::new(clock.clone(), 60.0);
    let mut journal: Vec<Entry> = vec![];
    let mut plan = self_paced_rating();
    plan.volumes.expected = None;
    let runner = Runner::new(Arc::new(plan.clone()), Nanos::period(60.0), None);
    let mapping = Mapping::new(&Rig::default(), &[]);
    let mut conductor = Conductor::new(runner, clock.as_ref(), &mut journal, mapping);
    // A scanner without an end ends no phase that waits for a key.
    let mut scanner = Emulator::new(None, &plan.volumes);
    scanner.start(clock.now());
    conductor.emulator = Some(scanner);
    let ended = conductor.run(&mut stage);
    assert!(!ended.complete && ended.reason.contains("\"rating\""), "{ended:?}");
}

#[test]
fn an_abort_behind_the_last_phase_closes_the_window_that_outlasts_it() {
    let mut plan = row_of(&[(1.0, true)]);
    plan.segments[0].phases[0].response = Some(reframe::plan::schema::ResponseWindow {
        keys: vec!["left".into()],
        window: Some(secs(600.0)),
        ..Default::default()
    });
    let keys = vec![key("Escape", 3.0, true), key("KeyQ", 3.1, true), key("KeyO", 3.2, true)];
    let (_, journal) = run(plan, false, |s| s.keys = keys);
    let last = journal.last().unwrap();
    assert!(matches!(last.record, Record::End(_)));
    assert!(last.t_ns < journal[0].t_ns + secs(10.0), "it waited for the window");
}

#[test]
fn a_run_that_is_ended_twice_ends_at_once_and_no_stamp_lies_in_the_future() {
    let keys = vec![
        key("Escape", 2.5, true),
        key("KeyQ", 2.6, true),
        key("KeyS", 2.7, true),
        key("KeyS", 2.75, false),
        key("KeyS", 2.8, true),
    ];
    let last = keys[4].0;
    let (plan, journal) = run(plan(), false, |s| s.keys = keys);
    assert_eq!(end(&journal), (false, "scanner".into()));
    assert_eq!(journal.last().unwrap().t_ns, last);
    assert!(journal.iter().all(|e| e.t_ns <= last));
    assert_eq!(replay(plan, &journal).unwrap().differences, vec![]);
}

#[test]
fn a_report_that_comes_after_the_abort_opens_nothing_and_the_run_ends() {
    // The page's report is on its way when the run is ended.
    let keys = vec![key("Escape", 0.3, true), key("KeyQ", 0.31, true), key("KeyE", 0.32, true)];
    let (plan, journal) = run(plan(), false, |s| {
        s.keys = keys;
        s.latency = secs(0.5);
    });
    assert_eq!(end(&journal), (false, "equipment".into()));
    let covered: Vec<bool> = onsets(&journal).iter().map(|o| o.covered).collect();
    assert_eq!((covered, outcomes(&journal).len()), (vec![false, true], 0));
    assert_eq!(replay(plan, &journal).unwrap().differences, vec![]);
}

#[test]
fn a_pulse_that_comes_before_the_report_of_the_armed_screen_counts() {
    use reframe::ground::event::Presented;
    use reframe::ground::record::{Basis, Trigger};
    use reframe::runner::Runner;
    use reframe::runner::io::{Input, Output};
    let whole = plan();
    let armed = whole.segments[1].phases.clone();
    let mut segments = whole.segments.clone();
    segments[0].phases = armed;
    segments.remove(1);
    let mut runner = Runner::new(
        std::sync::Arc::new(reframe::plan::schema::RunPlan { segments, ..whole }),
        Nanos::period(60.0),
        None,
    );
    let t = |ms: i64| Nanos::from_millis(10_000 + ms);
    runner.handle(Input::Deadline { at: t(0) });
    runner.handle(Input::Shown { stamp: t(200), ticket: 1, frame: 1 });
    runner.handle(Input::Pulse { stamp: t(210), source: "key:Digit5".into() });
    let (onset, basis) = (t(205), Basis::WpPresentation);
    let report = Presented {
        ticket: 1,
        onset,
        flip: onset,
        basis,
        frame: 1,
        skipped: None,
        marked: false,
        lacks: Vec::new(),
    };
    runner.handle(Input::Presented(report));
    let pulses: Vec<Trigger> = std::iter::from_fn(|| runner.poll())
        .filter_map(|o| match o {
            Output::Log { record: Record::Trigger(t), .. } => Some(t),
            _ => None,
        })
        .collect();
    assert_eq!((pulses.len(), pulses[0].volume), (1, Some(1)));
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

#[test]
fn a_press_that_moves_a_rating_is_no_answer_to_the_picture_before_it() {
    use reframe::plan::timing::windows_cut_short;
    let mut plan = row_of(&[(1.0, true), (2.0, true)]);
    let [picture, rating] = &mut plan.segments[0].phases[..] else { panic!("two phases") };
    picture.response = Some(reframe::plan::schema::ResponseWindow {
        keys: vec!["left".into(), "right".into()],
        window: Some(secs(2.5)),
        ..Default::default()
    });
    rating.scale = Some(common::scale());
    rating.scene.elements.push(common::scale_element());
    let said = windows_cut_short(&plan);
    assert!(said.len() == 1 && said[0].contains("listens to one of its keys"), "{said:?}");
    let keys = vec![key("ArrowLeft", 1.8, true), key("ArrowLeft", 1.85, false)];
    let (_, journal) = run(plan, false, |s| s.keys = keys);
    let given = outcomes(&journal);
    assert_eq!(given.len(), 2);
    for outcome in given {
        match &outcome.answer {
            Answer::Button { meaning, presses, .. } => {
                assert_eq!((meaning.as_ref(), *presses), (None, 0));
            }
            Answer::Rating { moved, .. } => assert!(moved),
        }
    }
}

#[test]
fn keys_of_the_window_count_only_while_nobody_else_stamps_them() {
    use reframe::ground::clock::VirtualClock;
    use reframe::ground::event::{Event, KeyEvent, KeysFrom};
    let by = |source: &str, (at, event): (Nanos, KeyEvent)| {
        (at, KeyEvent { source: source.into(), ..event })
    };
    let from = |source: &str, at: f64| {
        let stamp = VirtualClock::START + secs(at);
        let from = KeysFrom { source: source.into(), buttons: true };
        (stamp, Event::KeysFrom { stamp, from })
    };
    let (_, journal) = run(row_of(&[(8.0, true)]), false, |s| {
        s.held_back = vec![from("xinput2", 1.0), from("window", 4.0)];
        s.keys = vec![
            by("xinput2", key("ArrowLeft", 2.0, true)),
            by("window", key("ArrowLeft", 2.01, true)),
            by("window", key("ArrowLeft", 3.0, false)),
            by("window", key("ArrowLeft", 4.5, false)),
            by("window", key("ArrowRight", 5.0, true)),
        ];
    });
    let told: Vec<_> = (journal.iter())
        .filter_map(|e| match &e.record {
            Record::Response(r) => Some((r.code.as_str(), r.down, r.source.as_str())),
            _ => None,
        })
        .collect();
    // The key that was down when its source was lost comes up then, and not once more.
    let wanted = [
        ("ArrowLeft", true, "xinput2"),
        ("ArrowLeft", false, "source lost"),
        ("ArrowRight", true, "window"),
    ];
    assert_eq!(told, wanted);
}
