//! Ratings alone: what touches of every kind make of a marker, in whatever order they arrive.

mod pointing;
mod stretches;

use super::*;
use crate::runner::touch::POINTS;
use proptest::prelude::*;

fn ms(n: i64) -> Nanos {
    Nanos::from_millis(n)
}

fn line() -> Scale {
    Scale {
        name: "distress".into(),
        left: -50.0,
        right: 50.0,
        start: 0.5,
        key_left: "left".into(),
        key_right: "right".into(),
        key_confirm: Some("confirm".into()),
        step: 0.01,
        delay: ms(200),
        speed: 0.2,
        acceleration: 0.0,
        top_speed: 0.2,
        repeat: ms(100),
        pointer: true,
        ..Scale::default()
    }
}

/// Nine points, the marker on the fifth.
fn points() -> Scale {
    let picks = (0..9).map(|p| (format!("pick{}", p + 1), p)).collect();
    Scale { points: Some(9), left: 1.0, right: 9.0, picks, ..line() }
}

/// From -400 to 400 pixels.
fn track() -> Track {
    Track { from_x: -400.0, to_x: 400.0, y: -100.0, above: 30.0, below: 30.0 }
}

fn stretch(phase: u32, from: i64, to: i64) -> Stretch {
    let (onset, close) = (ms(from), ms(to));
    let (ticket, track) = (u64::from(phase) + 1, Some(track()));
    Stretch { phase, ticket, onset, close, followed: false, track, told: false }
}

/// On screen from 1 s to 7 s.
fn open(scale: &Scale) -> Rating {
    Rating::open(4, scale, stretch(3, 1_000, 7_000), &[])
}

fn key(t: i64, meaning: &str, down: bool) -> Touch {
    let act = Act::Key { code: meaning.to_uppercase(), meaning: Some(meaning.into()), down };
    Touch { stamp: ms(t), act }
}

fn button(t: i64, down: bool) -> Touch {
    Touch { stamp: ms(t), act: Act::Key { code: POINTS.into(), meaning: None, down } }
}

fn by(t: i64, right: f64) -> Touch {
    Touch { stamp: ms(t), act: Act::Travel(Travel::By([right, 0.3])) }
}

fn to(t: i64, x: f64, y: f64) -> Touch {
    Touch { stamp: ms(t), act: Act::Travel(Travel::To([x, y])) }
}

fn taken(scale: &Scale, touches: &[Touch]) -> Rating {
    let mut r = open(scale);
    touches.iter().for_each(|t| {
        r.take(t);
    });
    r
}

/// What a whole rating gives in the end.
fn told(mut r: Rating) -> Told {
    r.cut(ms(100_000)).expect("a phase is open")
}

fn round(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}

/// Rating, whether it was moved, whether it was confirmed.
fn parts(r: Rating) -> (Option<f64>, bool, bool) {
    match told(r).answer {
        Answer::Rating { rating, moved, confirmed, .. } => (rating.map(round), moved, confirmed),
        Answer::Button { .. } => unreachable!("a rating gives a rating"),
    }
}

/// When it was first moved and confirmed, in milliseconds from its onset.
fn times(r: Rating) -> (Option<i64>, Option<i64>) {
    match told(r).answer {
        Answer::Rating { first_move_ns: a, confirm_ns: b, .. } => {
            (a.map(|t| t.0 / 1_000_000), b.map(|t| t.0 / 1_000_000))
        }
        Answer::Button { .. } => unreachable!("a rating gives a rating"),
    }
}

#[test]
fn untouched_marker_rates_nothing() {
    assert_eq!(parts(open(&line())), (None, false, false));
    let Told { end, path, .. } = told(open(&line()));
    assert_eq!((end, path.marks.len(), path.end_ns), (ms(7_000), 1, ms(6_000)));
}

#[test]
fn confirmed_start_is_a_rating_though_unmoved() {
    let r = taken(&line(), &[key(2_000, "confirm", true)]);
    assert_eq!(parts(r.clone()), (Some(0.0), false, true));
    assert_eq!(times(r), (None, Some(1_000)));
}

#[test]
fn a_tap_is_one_step_and_a_held_key_glides_after_its_delay() {
    let mut r = taken(&line(), &[key(2_000, "right", true), key(2_050, "right", false)]);
    assert_eq!(parts(r.clone()), (Some(1.0), true, false));
    r.take(&key(3_000, "right", true));
    r.take(&key(4_200, "right", false));
    assert_eq!(parts(r), (Some(22.0), true, false));
}

#[test]
fn a_key_held_at_the_close_counts_until_the_close() {
    let r = taken(&line(), &[key(5_800, "left", true)]);
    assert_eq!(parts(r), (Some(-21.0), true, false));
}

#[test]
fn keys_held_from_before_and_presses_outside_count_for_nothing() {
    let mut r = open(&line());
    assert!(!r.take(&key(900, "right", true)));
    assert!(!r.take(&key(1_100, "right", false)));
    assert!(!r.take(&key(7_000, "right", true)));
    assert_eq!(parts(r), (None, false, false));
}

#[test]
fn the_key_that_is_still_held_goes_on_when_the_later_one_is_released() {
    let touches = [
        key(2_000, "right", true),
        key(2_100, "left", true),
        key(2_150, "left", false),
        key(3_150, "right", false),
    ];
    // One step right, one left, then a second of gliding to the right.
    assert_eq!(parts(taken(&line(), &touches)), (Some(20.0), true, false));
    // On points: one right, one left, then one to the right every 100 ms, the last at 3150 ms itself.
    let r = Scale { start: 0.0, ..points() };
    assert_eq!(parts(taken(&r, &touches)), (Some(9.0), true, false));
}

#[test]
fn nothing_moves_after_confirmation() {
    let mut r = taken(&line(), &[key(2_000, "right", true), key(2_010, "confirm", true)]);
    r.take(&key(2_020, "right", false));
    for touch in [key(3_000, "left", true), by(3_100, 0.2), to(3_200, 0.0, -100.0)] {
        assert!(!r.take(&touch), "{touch:?}");
    }
    assert!(!r.take(&button(3_300, true)));
    assert_eq!(parts(r), (Some(1.0), true, true));
}

#[test]
fn on_points_a_tap_is_one_point_and_a_held_key_repeats() {
    let r = taken(&points(), &[key(2_000, "right", true), key(2_050, "right", false)]);
    assert_eq!(parts(r), (Some(6.0), true, false));
    // After 200 ms the second point, the third at 300 ms.
    let r = taken(&points(), &[key(2_000, "left", true), key(2_350, "left", false)]);
    assert_eq!(parts(r), (Some(2.0), true, false));
    let r = taken(&points(), &[key(2_000, "right", true)]);
    assert_eq!(parts(r), (Some(9.0), true, false));
}

#[test]
fn a_press_at_the_end_of_the_scale_moves_nothing() {
    let scale = Scale { start: 1.0, ..points() };
    assert_eq!(parts(taken(&scale, &[key(2_000, "right", true)])), (None, false, false));
}

#[test]
fn a_pick_is_an_answer_even_of_the_point_where_the_marker_stands() {
    let r = taken(&points(), &[key(2_000, "pick5", true)]);
    assert_eq!((parts(r.clone()), times(r)), ((Some(5.0), true, false), (Some(1_000), None)));
    let mut r = taken(&points(), &[key(2_000, "right", true), key(2_010, "pick2", true)]);
    r.take(&key(2_900, "right", false));
    assert_eq!(parts(r), (Some(2.0), true, false), "a pick lets go of what is held");
}

#[test]
fn a_pick_that_confirms_fixes_the_rating() {
    let scale = Scale { pick_confirms: true, ..points() };
    let r = taken(&scale, &[key(2_000, "pick7", true), key(2_100, "pick8", true)]);
    assert_eq!(parts(r.clone()), (Some(7.0), true, true));
    assert_eq!(times(r), (Some(1_000), Some(1_000)));
}

fn any_touch() -> impl Strategy<Value = Touch> {
    let t = 500..7_500_i64;
    prop_oneof![
        (t.clone(), 0..4_usize, any::<bool>()).prop_map(|(t, k, down)| key(
            t,
            ["left", "right", "confirm", "pick3"][k],
            down
        )),
        (t.clone(), -0.2..0.2_f64).prop_map(|(t, dx)| by(t, dx)),
        (t.clone(), -500.0..500.0_f64, -140.0..-60.0_f64).prop_map(|(t, x, y)| to(t, x, y)),
        (t, any::<bool>()).prop_map(|(t, down)| button(t, down)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// Whatever is touched in whatever order it arrives, some of it before the report: the same rating. (Of touches
    /// of one instant the order of arrival is all that tells them apart, so each has its own.)
    #[test]
    fn the_order_of_arrival_does_not_matter(
        touches in proptest::collection::vec(any_touch(), 0..40),
        order in proptest::collection::vec(any::<u32>(), 40),
        ahead in 0..40_usize,
        on_points in any::<bool>(),
        many in any::<bool>(),
    ) {
        let mut touches: Vec<Touch> = touches;
        for (i, t) in touches.iter_mut().enumerate() {
            t.stamp += Nanos(i as i64);
        }
        let mut scale = if on_points { points() } else { line() };
        scale.continuous = many;
        let go = |touches: &[Touch], ahead: usize| {
            let first = Stretch { followed: many, ..stretch(3, 1_000, 7_000) };
            let mut queued = touches[..ahead].to_vec();
            queued.sort_by_key(|t| t.stamp);
            let mut r = Rating::open(4, &scale, first, &queued);
            for (i, t) in touches[ahead..].iter().enumerate() {
                r.take(t);
                if many && i == 3 {
                    r.goes_on(stretch(4, 4_000, 7_000));
                }
            }
            if many && touches[ahead..].len() <= 3 {
                r.goes_on(stretch(4, 4_000, 7_000));
            }
            std::iter::from_fn(|| r.settle(ms(100_000))).collect::<Vec<_>>()
        };
        let mut sorted = touches.clone();
        sorted.sort_by_key(|t| t.stamp);
        let mut shuffled: Vec<(u32, Touch)> = order.into_iter().zip(touches).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Touch> = shuffled.into_iter().map(|(_, t)| t).collect();
        let ahead = ahead.min(shuffled.len());
        prop_assert_eq!(go(&sorted, 0), go(&shuffled, ahead));
    }
}
