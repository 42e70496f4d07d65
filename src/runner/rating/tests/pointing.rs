//! Mice and trackballs: travels by counts, and hands that point at the scale on the screen.

use super::*;

#[test]
fn travels_move_the_marker_by_their_share_and_stop_at_the_ends() {
    let r = taken(&line(), &[by(2_000, 0.25), by(2_001, 0.5), by(2_002, -0.1)]);
    assert_eq!(parts(r.clone()), (Some(40.0), true, false));
    assert_eq!(told(r).path.marks.len(), 4);
}

#[test]
fn on_points_travels_add_up_until_the_next_point_is_nearest() {
    let scale = points();
    // A point is 0.125; half of it must be covered. What trembles less changes nothing.
    let r = taken(&scale, &[by(2_000, 0.03), by(2_100, -0.03), by(2_200, 0.03), by(2_300, 0.03)]);
    assert_eq!(parts(r.clone()), (None, false, false));
    let mut r = r;
    assert!(r.take(&by(2_400, 0.003)));
    assert_eq!((parts(r.clone()), times(r)), ((Some(6.0), true, false), (Some(1_400), None)));
    // A key begins from the point, not from where the pointer had got to.
    let touches = [by(2_000, 0.05), key(2_100, "right", true), key(2_110, "right", false)];
    let r = taken(&scale, &[&touches[..], &[by(2_200, 0.05)]].concat());
    assert_eq!(parts(r), (Some(6.0), true, false));
}

#[test]
fn a_trackball_that_trembles_under_a_held_key_changes_nothing() {
    let held = [key(2_000, "right", true), key(3_200, "right", false)];
    let calm = told(taken(&line(), &held));
    let trembling = [&held[..1], &[by(2_500, 0.001), by(2_600, -0.002)], &held[1..]].concat();
    assert_eq!(told(taken(&line(), &trembling)), calm);
}

#[test]
fn a_hand_that_points_puts_the_marker_there_and_drags_it_until_it_lets_go() {
    let touches = [
        to(2_000, 200.0, -110.0),
        button(2_100, true),
        to(2_200, 300.0, 500.0),
        to(2_300, 9_999.0, -100.0),
        to(2_400, 320.0, -100.0),
        button(2_500, false),
        to(2_600, 0.0, -100.0),
    ];
    let r = taken(&line(), &touches);
    assert_eq!(
        (parts(r.clone()), times(r.clone())),
        ((Some(40.0), true, false), (Some(1_100), None))
    );
    let at: Vec<f64> = told(r).path.marks.iter().map(|(t, m)| m.at(*t)).collect();
    assert_eq!(at.iter().map(|p| round(*p)).collect::<Vec<_>>(), [0.5, 0.75, 0.875, 1.0, 0.9]);
    let on_points = taken(&points(), &touches);
    assert_eq!(parts(on_points), (Some(8.0), true, false));
}

#[test]
fn pointing_where_the_marker_stands_is_an_answer_and_pointing_beside_the_scale_is_none() {
    let r = taken(&line(), &[to(2_000, 0.0, -100.0), button(2_100, true)]);
    assert!(r.is_pointed_at(ms(2_100)));
    assert_eq!(parts(r), (Some(0.0), true, false));
    let r = taken(&line(), &[to(2_000, 0.0, 100.0), button(2_100, true)]);
    assert!(!r.is_pointed_at(ms(2_100)));
    assert_eq!(parts(r), (None, false, false));
}

#[test]
fn the_button_is_an_ordinary_key_beside_the_scale_and_without_a_place() {
    let confirm = |t| Touch {
        stamp: ms(t),
        act: Act::Key { code: POINTS.into(), meaning: Some("confirm".into()), down: true },
    };
    let beside = taken(&line(), &[to(2_000, 0.0, 100.0), confirm(2_100)]);
    assert_eq!(parts(beside), (Some(0.0), false, true));
    let moved_only = taken(&line(), &[by(2_000, 0.1), confirm(2_100)]);
    assert_eq!(parts(moved_only), (Some(10.0), true, true));
    let on_it = taken(&line(), &[to(2_000, 40.0, -100.0), confirm(2_100)]);
    assert_eq!(parts(on_it), (Some(5.0), true, false));
}

#[test]
fn a_place_that_was_seen_before_the_onset_counts_and_travels_before_it_do_not() {
    let before = [to(800, 200.0, -100.0), by(900, 0.3), button(950, true), button(960, false)];
    let mut r = Rating::open(4, &line(), stretch(3, 1_000, 7_000), &before);
    assert_eq!(parts(r.clone()), (None, false, false));
    r.take(&button(1_500, true));
    assert_eq!(parts(r), (Some(25.0), true, false));
}

#[test]
fn a_scale_without_a_pointer_takes_none() {
    let scale = Scale { pointer: false, ..line() };
    let r = taken(&scale, &[by(2_000, 0.2), to(2_100, 300.0, -100.0), button(2_200, true)]);
    assert!(!r.is_pointed_at(ms(2_200)));
    assert_eq!(parts(r), (None, false, false));
}

#[test]
fn ten_thousand_travels_take_well_under_a_second() {
    let begun = std::time::Instant::now();
    let mut r = open(&line());
    for i in 0..10_000_i64 {
        let stamp = ms(1_000) + Nanos(i * 500_000);
        let right = if (i / 100) % 2 == 0 { 0.001 } else { -0.001 };
        r.take(&Touch { stamp, act: Act::Travel(Travel::By([right, 0.0])) });
        if i % 100 == 50 {
            // Keys that come 20 ms late have everything reckoned anew.
            r.take(&Touch { stamp: stamp - ms(20), ..key(0, "right", true) });
            r.take(&Touch { stamp: stamp - ms(19), ..key(0, "right", false) });
        }
    }
    assert!(told(r).path.marks.len() > 4_000);
    assert!(begun.elapsed().as_secs_f64() < 0.9, "{:?}", begun.elapsed());
}
