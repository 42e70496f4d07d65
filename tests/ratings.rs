//! Whole runs of ratings: over several pictures, led by keys, mice and trackballs, with frames and reports that come
//! late; held against a simulation that knows none of the program's formulas.

mod common;
#[path = "ratings/oracle.rs"]
mod oracle;
#[path = "ratings/practice.rs"]
mod practice;
#[path = "ratings/world.rs"]
mod world;

use common::{row_of, scale, scale_element, secs};
use oracle::Deed;
use proptest::prelude::*;
use reframe::ground::record::{Answer, Record, Travel};
use reframe::ground::scene::{ElementKind, Marker, ScaleLook};
use reframe::ground::time::Nanos;
use reframe::plan::schema::*;
use reframe::runner::io::Input;
use reframe::session::replay::replay;
use world::{Disturbance, START, Went, key, run, travel};

/// Four pictures of 1.5 s with one rating that goes on over all of them, between two phases without.
fn four_pictures(points: Option<u32>) -> RunPlan {
    let mut plan =
        row_of(&[(0.5, false), (1.5, true), (1.5, true), (1.5, true), (1.5, true), (0.5, false)]);
    for (i, phase) in plan.segments[0].phases.iter_mut().enumerate().skip(1).take(4) {
        let mut element = scale_element();
        let ElementKind::Scale(view) = &mut element.kind else { panic!("a scale") };
        view.marker = Marker::At(0.5);
        if let Some(n) = points {
            view.look = ScaleLook::Points { labels: vec![String::new(); n as usize] };
        }
        phase.scene.elements.push(element);
        phase.scale = Some(Scale {
            points,
            start: 0.5,
            key_confirm: None,
            countdown: None,
            pointer: true,
            continuous: true,
            continues: i > 1,
            repeat: Nanos::from_millis(130),
            ..scale()
        });
    }
    plan
}

fn at(ms: i64) -> Nanos {
    START + Nanos::from_millis(ms)
}

/// The input of a deed.
fn input(ms: i64, deed: Deed) -> Input {
    let name = |right| if right { "right" } else { "left" };
    match deed {
        // A key means one thing: the number tells the side.
        Deed::Down(k, right) => key(at(ms), &format!("Key{k}"), Some(name(right)), true),
        Deed::Up(k) => key(at(ms), &format!("Key{k}"), Some(name(k % 2 == 1)), false),
        Deed::By(way) => travel(at(ms), Travel::By([way, 0.1])),
    }
}

fn any_deeds() -> impl Strategy<Value = Vec<(i64, Deed)>> {
    let deed = prop_oneof![
        3 => (0..4_u8).prop_map(|k| Deed::Down(k, k % 2 == 1)),
        3 => (0..4_u8).prop_map(Deed::Up),
        4 => (-0.15..0.15_f64).prop_map(Deed::By),
    ];
    proptest::collection::vec((300..7_000_i64, deed), 0..60).prop_map(|mut all| {
        all.sort_by_key(|(t, _)| *t);
        // One thing at a time: at one instant nothing but arrival would tell which came first.
        all.dedup_by_key(|(t, _)| *t);
        all
    })
}

/// What stands in the journal of a stretch, against the oracle.
fn agrees(went: &Went, deeds: &[(i64, Deed)]) -> Result<(), TestCaseError> {
    let plan = &went.plan;
    let rated: Vec<&Phase> = plan.phases().filter(|p| p.scale.is_some()).collect();
    let scale = rated[0].scale.as_ref().unwrap();
    let onset = |phase: u32| went.onsets().iter().find(|o| o.phase == phase).unwrap().onset_ns;
    let begin = onset(rated[0].index);
    let truth = oracle::positions(scale, deeds, (begin - START).millis(), 8_000);
    let (paths, outcomes) = (went.paths(), went.outcomes());
    prop_assert_eq!(paths.len(), rated.len());
    prop_assert_eq!(outcomes.len(), rated.len());
    let mut touched = false;
    for (i, (path, outcome)) in paths.iter().zip(&outcomes).enumerate() {
        let (from, planned) = (
            onset(path.phase),
            went.onsets().iter().find(|o| o.phase == path.phase).unwrap().planned_ns,
        );
        let to = from + path.end_ns;
        let expected = match rated.get(i + 1) {
            Some(next) => onset(next.index),
            None => planned + rated[i].length.nominal().unwrap(),
        };
        prop_assert_eq!(to, expected.max(from));
        prop_assert_eq!((path.phase, outcome.phase), (rated[i].index, rated[i].index));
        // At each whole millisecond inside, the path stands where the oracle stands.
        let first = (from - START).0.div_euclid(1_000_000) + 1;
        let last = (to - START).0.div_euclid(1_000_000);
        let marker = |t: Nanos| {
            let here = path.marks.iter().rev().find(|(since, _)| from + *since <= t).unwrap();
            here.1.at(t)
        };
        let mut sum = 0.0;
        for ms in first..=last {
            let (is, should) = (marker(at(ms)), truth[ms as usize]);
            if at(ms) < to {
                prop_assert!((is - should).abs() < 1e-4, "{} ms: {} is not {}", ms, is, should);
            }
            sum += should;
        }
        let Answer::Rating {
            rating, position, start, moved, confirmed, first_move_ns, mean, ..
        } = &outcome.answer
        else {
            return Err(TestCaseError::fail("not a rating"));
        };
        // At most a millisecond of the fastest glide away, or one that happened on the boundary.
        let near = |ms: i64, is: f64| {
            (ms - 1..=ms + 1).any(|ms| (truth[ms.max(0) as usize] - is).abs() < 2e-3)
        };
        prop_assert!(near(first - 1, *start) && near(last, *position), "{} {}", start, position);
        prop_assert!(!confirmed);
        prop_assert_eq!(first_move_ns.is_some(), *moved);
        let step = |ms: i64| (truth[ms as usize] - truth[ms as usize - 1]).abs();
        let change = |after: i64| (after..=last).find(|ms| step(*ms) > 1e-12);
        // A glide that stops at an end within a millisecond of the onset, or something that happens in the last one,
        // may be seen by one and not by the other.
        let fits = |change: Option<i64>| match (change, first_move_ns) {
            (None, None) => true,
            (Some(ms), None) => ms == last,
            (None, Some(rt)) => to - from - *rt <= Nanos::from_millis(1),
            // A press moves the marker at once, a key that is held from before within a millisecond; a release
            // after which another key goes on moves it later, and is what moved it.
            (Some(ms), Some(rt)) => {
                let at_once = (at(ms) - from - *rt).abs() <= Nanos::from_millis(1);
                at_once || deeds.iter().any(|(t, _)| *t < ms && at(*t) == from + *rt)
            }
        };
        let seen = change(first);
        let brief = seen.filter(|ms| *ms <= first + 1 && step(*ms) < 1e-3).map(|ms| change(ms + 1));
        prop_assert!(fits(seen) || brief.is_some_and(fits), "{:?} {:?}", seen, first_move_ns);
        touched |= *moved;
        prop_assert_eq!(rating.is_some(), touched);
        prop_assert_eq!(mean.is_some(), touched);
        if let (Some(rating), Some(mean)) = (rating, mean) {
            prop_assert_eq!(*rating, scale.value(*position));
            let brute = scale.left + sum / (last - first + 1) as f64 * (scale.right - scale.left);
            prop_assert!((brute - mean).abs() < 0.25, "mean {} is not {}", mean, brute);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    /// Whatever is touched, however late its frames and reports come, and in whatever order touches arrive.
    #[test]
    fn a_rating_over_four_pictures_is_what_a_millisecond_by_millisecond_simulation_says(
        deeds in any_deeds(),
        lateness in proptest::collection::vec(0..90_i64, 60),
        lags in proptest::collection::vec(0..4_u8, 1..7),
        latencies in proptest::collection::vec(0..250_u16, 1..7),
        points in prop_oneof![Just(None), Just(Some(9_u32))],
    ) {
        let touches = deeds.iter().zip(&lateness).map(|((ms, d), late)| (at(*ms + *late), input(*ms, *d)));
        let went = run(four_pictures(points), Disturbance { lags, latencies }, touches.collect());
        prop_assert!(went.end().complete);
        agrees(&went, &deeds)?;
        prop_assert_eq!(replay(went.plan.clone(), &went.journal).unwrap().differences, vec![]);
        // Each path right before its outcome, with one stamp.
        for pair in went.journal.windows(2) {
            let (a, b) = (&pair[0], &pair[1]);
            prop_assert_eq!(matches!(a.record, Record::Path(_)), matches!(b.record, Record::Outcome(_)));
            if matches!(a.record, Record::Path(_)) {
                prop_assert_eq!(a.t_ns, b.t_ns);
            }
        }
    }

    /// What is seen is what is recorded: on every frame the marker stands where the path says, also on the first
    /// frame of a picture whose scene was handed over long before.
    #[test]
    fn the_marker_on_screen_is_the_marker_of_the_path_on_every_frame(
        deeds in any_deeds(),
        lags in proptest::collection::vec(0..4_u8, 1..7),
        latency in 0..60_u16,
    ) {
        let touches = deeds.iter().map(|(ms, d)| (at(*ms), input(*ms, *d))).collect();
        let disturbance = Disturbance { lags, latencies: vec![latency] };
        let went = run(four_pictures(None), disturbance, touches);
        let onset = |phase: u32| went.onsets().iter().find(|o| o.phase == phase).unwrap().onset_ns;
        let paths = went.paths();
        let ready = onset(paths[0].phase) + Nanos::from_millis(i64::from(latency));
        let mut seen = 0;
        for (t, ticket, drawn) in went.frames.iter().filter(|(t, ..)| *t > ready) {
            let phase = went.onsets().iter().find(|o| o.ticket == *ticket).unwrap().phase;
            let path = paths.iter().find(|p| p.phase == phase).unwrap();
            let since = *t - onset(phase);
            if since >= path.end_ns {
                continue;
            }
            let (_, marker) = path.marks.iter().rev().find(|(from, _)| *from <= since).unwrap();
            prop_assert!((marker.at(*t) - drawn).abs() < 1e-12, "{} at {}", drawn, since);
            seen += 1;
        }
        prop_assert!(seen > 300, "only {} frames", seen);
    }
}

#[test]
fn an_abort_in_the_middle_of_a_rating_closes_the_part_that_is_on_screen() {
    let mut touches = vec![(at(1_000), input(1_000, Deed::By(0.1)))];
    touches.push((at(3_000), Input::Abort { stamp: at(3_000), reason: "ended".into() }));
    let went = run(four_pictures(None), Disturbance::none(), touches);
    assert!(!went.end().complete);
    let outcomes = went.outcomes();
    assert_eq!(outcomes.iter().map(|o| o.phase).collect::<Vec<_>>(), [1, 2]);
    let Answer::Rating { rating, moved, .. } = &outcomes[1].answer else { panic!("a rating") };
    assert_eq!((rating.map(f64::round), *moved), (Some(10.0), false));
    assert_eq!(went.onsets()[2].onset_ns + went.paths()[1].end_ns, at(3_000));
    assert_eq!(replay(went.plan.clone(), &went.journal).unwrap().differences, vec![]);
}

#[test]
fn a_report_that_never_comes_keeps_no_outcome_from_being_written() {
    // The third scene's report comes half a minute late: after the run has given up waiting for it.
    let latencies = vec![0, 0, 0, 30_000, 0, 0, 0];
    let touches = vec![(at(1_000), input(1_000, Deed::By(0.1)))];
    let went = run(four_pictures(None), Disturbance { lags: vec![0], latencies }, touches);
    assert!(went.end().complete);
    assert_eq!(went.outcomes().iter().map(|o| o.phase).collect::<Vec<_>>(), [1, 3, 4]);
    assert_eq!(replay(went.plan.clone(), &went.journal).unwrap().differences, vec![]);
}

#[test]
fn travels_are_wanted_from_the_issue_of_a_scale_to_the_end_of_its_rating() {
    let went = run(four_pictures(None), Disturbance::none(), vec![]);
    let wanted: Vec<(i64, bool)> =
        went.wanted.iter().map(|(t, w)| ((*t - START).0 / 1_000_000, *w)).collect();
    // Issued 300 ms ahead of 0.62 s; over at 6.62 s, and kept 100 ms for what is still on its way.
    assert_eq!(wanted, [(0, false), (320, true), (6_720, false)]);
    let mut blind = four_pictures(None);
    for phase in &mut blind.segments[0].phases {
        phase.scale.iter_mut().for_each(|s| s.pointer = false);
    }
    assert_eq!(run(blind, Disturbance::none(), vec![]).wanted.len(), 1);
}

/// A page with a line that a button of the mouse can leave, then half a second of nothing.
fn page_with_a_mouse() -> RunPlan {
    let mut plan = common::self_paced_rating();
    let phase = &mut plan.segments[0].phases[0];
    phase.response.as_mut().unwrap().keys = vec!["continue".into()];
    let scale = phase.scale.as_mut().unwrap();
    (scale.pointer, scale.key_confirm, scale.countdown) = (true, None, None);
    plan
}

#[test]
fn the_button_that_points_leaves_the_page_only_beside_the_scale() {
    let button = |ms, down| (at(ms), key(at(ms), "MouseLeft", Some("continue"), down));
    let to = |ms, x: f64, y: f64| (at(ms), travel(at(ms), Travel::To([x, y])));
    // The scale stands in the middle: 480 px wide, of 800 by 600.
    let touches = vec![
        to(1_000, 0.0, 5.0),
        button(1_500, true),
        to(1_600, 119.5, 200.0),
        button(1_700, false),
        to(2_000, 0.0, 200.0),
        button(2_500, true),
        button(2_600, false),
    ];
    // Whether the report of the page comes before or after all that.
    for latency in [0, 2_900] {
        let disturbance = Disturbance { lags: vec![0], latencies: vec![latency] };
        let went = run(page_with_a_mouse(), disturbance, touches.clone());
        assert!(went.end().complete);
        let outcomes = went.outcomes();
        assert_eq!(outcomes.len(), 1);
        let Answer::Rating { position, moved, .. } = &outcomes[0].answer else {
            panic!("a rating")
        };
        assert!((position - 0.75).abs() < 0.01 && *moved, "{position}");
        let ended: Vec<Nanos> = went
            .journal
            .iter()
            .filter(|e| matches!(e.record, Record::Outcome(_)))
            .map(|e| e.t_ns)
            .collect();
        assert_eq!(ended, [at(2_500)]);
        assert_eq!(replay(went.plan.clone(), &went.journal).unwrap().differences, vec![]);
    }
}

#[test]
fn a_press_that_points_at_a_scale_answers_no_older_window() {
    // Two phases: a picture whose window outlasts it, and a scale on which the same button points.
    let mut plan = page_with_a_mouse();
    let rating = plan.segments[0].phases[0].clone();
    let mut short = row_of(&[(0.5, true), (3.0, true)]);
    let phases = &mut short.segments[0].phases;
    phases[0].response = Some(ResponseWindow {
        keys: vec!["continue".into()],
        window: Some(secs(3.0)),
        ..Default::default()
    });
    (phases[1].scale, phases[1].scene) = (rating.scale, rating.scene);
    plan.segments = short.segments;
    let touches = vec![
        (at(800), travel(at(800), Travel::To([50.0, 0.0]))),
        (at(1_000), key(at(1_000), "MouseLeft", Some("continue"), true)),
    ];
    for latency in [0, 200, 600] {
        let disturbance = Disturbance { lags: vec![0], latencies: vec![latency] };
        let went = run(plan.clone(), disturbance, touches.clone());
        let taken: Vec<bool> = went
            .outcomes()
            .iter()
            .map(|o| match &o.answer {
                Answer::Button { presses, .. } => *presses > 0,
                Answer::Rating { moved, .. } => *moved,
            })
            .collect();
        assert_eq!(taken.len(), 2);
        let by_phase = |p| went.outcomes().iter().position(|o| o.phase == p).unwrap();
        assert!(!taken[by_phase(0)] && taken[by_phase(1)], "latency {latency}");
    }
}
