//! Ratings that go on over several phases.

use super::*;

/// Three phases of one rating, of 2 s each; the reports of the second and third come when they come.
fn continuous() -> Rating {
    let scale = Scale { continuous: true, key_confirm: None, ..line() };
    let first = Stretch { followed: true, ..stretch(3, 1_000, 3_000) };
    Rating::open(4, &scale, first, &[])
}

/// Start, position, whether it was moved and when first (in milliseconds from the onset), rating, mean.
type Part = (f64, f64, bool, Option<i64>, Option<f64>, Option<f64>);

fn answers(r: &mut Rating) -> Vec<Part> {
    std::iter::from_fn(|| r.settle(ms(100_000)))
        .map(|t| match t.answer {
            Answer::Rating { start, position, moved, first_move_ns, rating, mean, .. } => (
                round(start),
                round(position),
                moved,
                first_move_ns.map(|t| t.0 / 1_000_000),
                rating.map(round),
                mean.map(round),
            ),
            Answer::Button { .. } => unreachable!("a rating gives a rating"),
        })
        .collect()
}

#[test]
fn a_rating_goes_on_over_phases_with_what_is_held_and_each_has_its_own_part() {
    let mut r = continuous();
    // Held from 2.5 s to 4.2 s: from 2.7 s on 0.2 a second.
    r.take(&key(2_500, "right", true));
    r.take(&key(4_200, "right", false));
    assert_eq!(r.settle(ms(100_000)), None, "its end is not known before the next has appeared");
    r.goes_on(Stretch { followed: true, ..stretch(4, 3_010, 5_000) });
    r.goes_on(stretch(5, 5_000, 7_000));
    let all = answers(&mut r);
    assert!(r.is_over());
    // A step to 0.51, and 0.31 s of gliding; then 1.19 s more, from the onset on; then nothing.
    assert_eq!((all[0].0, all[0].1, all[0].2, all[0].3), (0.5, 0.572, true, Some(1_500)));
    assert_eq!((all[1].0, all[1].1, all[1].2, all[1].3), (0.572, 0.81, true, Some(0)));
    assert_eq!(all[2], (0.81, 0.81, false, None, Some(31.0), Some(31.0)));
    // 1.5 s at 0.5, 0.2 s at 0.51, 0.31 s from there to 0.572.
    let mean = (1.5 * 0.5 + 0.2 * 0.51 + 0.31 * (0.51 + 0.572) / 2.0) / 2.01;
    assert_eq!(all[0].5, Some(round(mean * 100.0 - 50.0)));
}

#[test]
fn a_stretch_before_the_first_movement_rates_nothing() {
    let mut r = continuous();
    r.take(&by(4_000, 0.1));
    r.goes_on(stretch(4, 3_000, 5_000));
    let all = answers(&mut r);
    assert_eq!(all[0], (0.5, 0.5, false, None, None, None));
    assert_eq!(all[1], (0.5, 0.6, true, Some(1_000), Some(10.0), Some(5.0)));
}

#[test]
fn a_touch_at_the_very_onset_of_a_phase_belongs_to_it() {
    let mut r = continuous();
    r.take(&by(3_000, 0.1));
    r.goes_on(stretch(4, 3_000, 5_000));
    let all = answers(&mut r);
    assert_eq!((all[0].1, all[0].2), (0.5, false));
    assert_eq!((all[1].0, all[1].1, all[1].3), (0.5, 0.6, Some(0)));
}

#[test]
fn reports_of_the_phases_may_come_in_any_order() {
    let touches = [key(2_500, "right", true), key(4_200, "right", false)];
    let second = || Stretch { followed: true, ..stretch(4, 3_010, 5_000) };
    let mut r = continuous();
    touches.iter().for_each(|t| {
        r.take(t);
    });
    r.goes_on(second());
    let scale = Scale { continuous: true, key_confirm: None, ..line() };
    let mut late = Rating::open(4, &scale, second(), &touches[..1]);
    late.goes_on(Stretch { followed: true, ..stretch(3, 1_000, 3_000) });
    late.take(&touches[1]);
    for r in [&mut r, &mut late] {
        r.goes_on(stretch(5, 5_000, 7_000));
    }
    assert_eq!(answers(&mut r), answers(&mut late));
}

#[test]
fn on_points_a_held_key_steps_on_over_a_boundary_and_first_moves_with_its_next_step() {
    let scale = Scale { continuous: true, ..points() };
    let first = Stretch { followed: true, ..stretch(3, 1_000, 3_000) };
    let mut r = Rating::open(4, &scale, first, &[]);
    // Steps at 2750, 2950 and 3050 ms.
    r.take(&key(2_750, "right", true));
    r.take(&key(3_090, "right", false));
    r.goes_on(stretch(4, 3_000, 5_000));
    let all = answers(&mut r);
    assert_eq!((all[0].4, all[1].4), (Some(7.0), Some(8.0)));
    assert_eq!(all[1].3, Some(50));
}

#[test]
fn a_step_at_the_instant_of_the_release_or_of_the_end_is_a_movement() {
    let scale = Scale { continuous: true, ..points() };
    for (release, end) in [(3_190, 5_000), (9_000, 3_190)] {
        let first = Stretch { followed: true, ..stretch(3, 1_000, 3_000) };
        let mut r = Rating::open(4, &scale, first, &[]);
        // Steps at 2790, 2990, 3090 and 3190 ms; the second phase comes after the third.
        r.take(&key(2_790, "right", true));
        r.take(&key(release, "right", false));
        r.goes_on(stretch(4, 3_100, end));
        let all = answers(&mut r);
        assert_eq!((all[1].0, all[1].1, all[1].3), (0.875, 1.0, Some(90)), "{release}");
    }
}
