//! What a simulated participant presses is what its wanted value needs, on every kind of scale.

use super::*;
use crate::ground::record::{Answer, Place};
use crate::ground::scene::{Rgb, Scene};
use crate::plan::schema::{Again, ResponseWindow, Who};
use crate::protocol::schema::{SimResponse, Simulate};
use crate::rig::schema::Rig;
use crate::runner::rating::{Rating, Stretch};
use crate::runner::touch::{Act, Touch};
use indexmap::IndexMap;

const ONSET: Nanos = Nanos::from_millis(10_000);

fn line() -> Scale {
    Scale {
        name: "s".into(),
        left: 0.0,
        right: 10.0,
        start: 0.3,
        key_left: "left".into(),
        key_right: "right".into(),
        key_confirm: Some("confirm".into()),
        step: 0.01,
        delay: Nanos::from_millis(200),
        speed: 0.1,
        acceleration: 0.5,
        top_speed: 0.5,
        repeat: Nanos::from_millis(150),
        ..Scale::default()
    }
}

fn points() -> Scale {
    Scale { points: Some(9), left: 1.0, right: 9.0, start: 0.25, ..line() }
}

fn phase(scale: &Scale, length: Length) -> Phase {
    Phase {
        index: 0,
        name: "rating".into(),
        onset: Nanos::ZERO,
        length,
        at_most: None,
        scene: Scene::blank(Rgb::GREY),
        response: None,
        scale: Some(scale.clone()),
        row: None,
        mark: false,
        event_code: None,
        sounds: Vec::new(),
        practice: false,
        again: None,
        variables: IndexMap::new(),
    }
}

/// Somebody who wants exactly this value, always answers and confirms.
fn somebody(value: f64) -> Participant {
    let exact = |default| SimRating {
        default,
        per_visit: 0.0,
        person_sd: 0.0,
        condition_sd: 0.0,
        visit_sd: 0.0,
        trial_sd: 0.0,
        miss: 0.0,
        confirm: 1.0,
        ..SimRating::default()
    };
    let who = Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation: 0,
        visit: 0,
        seed: 3,
        place: Place::Lab,
        language: "en".into(),
    };
    // Another scale has its own model.
    let simulate = Simulate {
        rating: exact(-1000.0),
        scales: [("s".to_string(), exact(value))].into(),
        response: SimResponse { anticipation: 1.0, ..SimResponse::default() },
    };
    Participant::new(&simulate, &who)
}

fn desk() -> Mapping {
    Mapping::new(&Rig::default(), &[])
}

/// A room with a key for each of nine points.
fn desk_with_picks() -> Mapping {
    let mut rig = Rig { keys: IndexMap::new(), ..Rig::default() };
    for point in 1..=9 {
        rig.keys.insert(format!("pick{point}"), vec![format!("Digit{point}")]);
    }
    Mapping::new(&rig, &[])
}

/// What is pressed in a phase: stamp, meaning and whether down.
fn pressed(who: &mut Participant, phase: &Phase, onset: Nanos, room: &Mapping) -> Vec<Touch> {
    who.saw(phase, onset, room);
    let meanings: Vec<String> =
        ["left", "right", "confirm", "continue"].map(String::from).into_iter().collect();
    let picks = (1..=9).map(|p| format!("pick{p}"));
    let all: Vec<String> = meanings.into_iter().chain(picks).collect();
    who.keys
        .drain(..)
        .map(|(stamp, code, down)| {
            let meaning = all.iter().find(|m| room.code_for(m) == Some(&code)).cloned();
            Touch { stamp, act: Act::Key { code, meaning, down } }
        })
        .collect()
}

fn rated(scale: &Scale, touches: &[Touch], close: Nanos) -> (f64, bool, bool) {
    let stretch = Stretch {
        phase: 0,
        ticket: 1,
        onset: ONSET,
        close,
        followed: false,
        track: None,
        told: false,
    };
    let mut rating = Rating::open(1, scale, stretch, touches);
    match rating.cut(close).unwrap().answer {
        Answer::Rating { rating: Some(value), moved, confirmed, .. } => (value, moved, confirmed),
        other => panic!("nothing was rated: {other:?}"),
    }
}

#[test]
fn every_value_on_every_kind_of_scale_is_reached_and_confirmed() {
    let long = Length::Time(Nanos::from_secs(12.0));
    let close = ONSET + Nanos::from_secs(12.0);
    for value in [0.0, 2.9, 3.4, 5.0, 7.7, 10.0] {
        let touches = pressed(&mut somebody(value), &phase(&line(), long), ONSET, &desk());
        let (got, _, confirmed) = rated(&line(), &touches, close);
        assert!((got - value).abs() < 0.051 && confirmed, "{value} became {got}");
    }
    for value in 1..=9 {
        let wanted = f64::from(value) + 0.3;
        let touches = pressed(&mut somebody(wanted), &phase(&points(), long), ONSET, &desk());
        assert_eq!(rated(&points(), &touches, close), (f64::from(value), value != 3, true));
        // Without a repeat every point is a tap of its own.
        let taps = Scale { repeat: Nanos::ZERO, ..points() };
        let touches = pressed(&mut somebody(wanted), &phase(&taps, long), ONSET, &desk());
        assert_eq!(rated(&taps, &touches, close).0, f64::from(value));
    }
}

#[test]
fn a_room_with_a_key_for_each_point_has_it_pressed_once() {
    let picks: IndexMap<String, u32> = (0..9).map(|p| (format!("pick{}", p + 1), p)).collect();
    let scale = Scale { picks, pick_confirms: true, ..points() };
    let mut phase = phase(&scale, Length::UntilResponse);
    let keys = (1..=9).map(|p| format!("pick{p}")).collect();
    phase.response = Some(ResponseWindow { keys, ..ResponseWindow::default() });
    for value in [1.0, 3.0, 9.0] {
        let touches = pressed(&mut somebody(value), &phase, ONSET, &desk_with_picks());
        assert_eq!(touches.len(), 2, "a press and its release: the pick ends the phase");
        assert_eq!(rated(&scale, &touches, Nanos::MAX), (value, true, true));
    }
}

#[test]
fn a_page_that_a_rating_keeps_open_is_ended_by_one_key_and_no_more() {
    let mut phase = phase(&line(), Length::UntilResponse);
    phase.response = Some(ResponseWindow { keys: vec!["confirm".into()], ..Default::default() });
    let presses = |touches: Vec<Touch>| touches.iter().filter(|t| t.press().is_some()).count();
    let touches = pressed(&mut somebody(8.0), &phase, ONSET, &desk());
    assert_eq!(presses(touches), 2);
    phase.response = Some(ResponseWindow { keys: vec!["continue".into()], ..Default::default() });
    let touches = pressed(&mut somebody(8.0), &phase, ONSET, &desk());
    assert_eq!(presses(touches), 3, "moved, confirmed, and then on");
}

#[test]
fn a_rating_that_goes_on_is_moved_from_where_it_was_left() {
    let scale = Scale { continuous: true, key_confirm: None, ..line() };
    let second = Length::Time(Nanos::from_secs(3.0));
    let mut who = somebody(9.0);
    let first = pressed(&mut who, &phase(&scale, second), ONSET, &desk());
    assert!(first.iter().all(|t| t.stamp < ONSET + Nanos::from_secs(3.0)));
    // Already there: nothing to press.
    let goes_on = Scale { continues: true, ..scale.clone() };
    let again = phase(&goes_on, second);
    assert_eq!(pressed(&mut who, &again, ONSET + Nanos::from_secs(3.0), &desk()), []);
    assert!((who.standing - 0.9).abs() < 0.006, "{}", who.standing);
    who.scales["s"].default = 5.0;
    let touches = pressed(&mut who, &again, ONSET + Nanos::from_secs(6.0), &desk());
    assert_eq!(touches[0].press().unwrap().meaning, "left");
    assert!((who.standing - 0.5).abs() < 0.006, "{}", who.standing);
}

#[test]
fn a_page_goes_on_and_never_begins_the_practice_anew() {
    let mut page = phase(&line(), Length::UntilResponse);
    page.scale = None;
    page.again = Some(Again { keys: vec!["left".into()], segment: 0 });
    page.response = Some(ResponseWindow { keys: vec!["right".into()], ..Default::default() });
    let touches = pressed(&mut somebody(0.0), &page, ONSET, &desk());
    assert_eq!(touches[0].press().unwrap().meaning, "right");
}

#[test]
fn who_anticipates_presses_before_the_limit_and_only_where_there_is_one() {
    let mut face = phase(&line(), Length::Time(Nanos::from_secs(2.0)));
    face.scale = None;
    let limit = Nanos::from_millis(150);
    let keys = vec!["left".to_string(), "right".to_string()];
    let answers: IndexMap<String, String> =
        [("left", "male"), ("right", "female")].map(|(k, a)| (k.into(), a.into())).into();
    let window = ResponseWindow { keys, answers, anticipation: limit, ..Default::default() };
    face.response = Some(ResponseWindow { correct: Some("female".into()), ..window });
    let mut who = somebody(0.0);
    (who.response.miss, who.response.default) = (0.0, 1.0);
    for _ in 0..20 {
        let touches = pressed(&mut who, &face, ONSET, &desk());
        assert!(touches[0].stamp - ONSET < limit);
    }
    who.response.anticipation = 0.0;
    let touches = pressed(&mut who, &face, ONSET, &desk());
    assert!(touches[0].stamp - ONSET >= limit);
    assert_eq!(touches[0].press().unwrap().meaning, "right", "the key that stands for the answer");
}

#[test]
fn holding_a_key_for_the_reckoned_time_reaches_the_target() {
    for target in [0.05, 0.27, 0.33, 0.9] {
        let motion = held(&line(), 0.3, if target > 0.3 { 1.0 } else { -1.0 });
        assert!((motion.at(hold_for(&motion, target)) - target).abs() < 1e-6, "{target}");
    }
}
