//! Each item of a good PC is in order; spoilt, it alone is worth a look, and says what helps.

use super::super::fixture::{good, note, on_xvfb, sleeps};
use super::*;
use indexmap::IndexMap;

/// The verdicts that are not in order.
fn amiss(m: &Measured) -> Vec<Verdict> {
    verdicts(m).into_iter().filter(|v| v.state != State::Ok).collect()
}

/// The only verdict that is not in order, on a PC that was spoilt.
#[track_caller]
fn only(spoil: impl FnOnce(&mut Measured)) -> Verdict {
    let mut m = good();
    spoil(&mut m);
    let mut amiss = amiss(&m);
    assert_eq!(amiss.len(), 1, "{amiss:#?}");
    amiss.remove(0)
}

#[test]
fn everything_of_a_good_pc_is_in_order() {
    assert_eq!(amiss(&good()), []);
}

#[test]
fn a_virtual_display_a_software_driver_and_a_window_are_told_apart() {
    let [v] = &amiss(&on_xvfb())[..] else { panic!("one") };
    assert!(v.text.starts_with("no real screen"), "{}", v.text);
    let v = only(|m| m.screen.software = true);
    assert!(v.text.contains("not a graphics card") && v.remedy.is_some(), "{}", v.text);
    let v = only(|m| m.screen.mode = "window".into());
    assert!(v.remedy.unwrap().contains("--display fullscreen"));
}

#[test]
fn another_rate_than_the_rigs_and_irregular_flips_are_worth_a_look() {
    let v = only(|m| m.screen.expected_hz = Some(75.0));
    assert!(v.text.contains("75.00 Hz") && v.text.contains("60.000 Hz"), "{}", v.text);
    let v = only(|m| {
        let far = |(i, v): (usize, &mut f64)| *v += if i % 2 == 0 { 3.0 } else { -3.0 };
        m.flips[0].intervals_ms.iter_mut().enumerate().for_each(far);
    });
    assert!(v.text.starts_with("irregular"), "{}", v.text);
}

#[test]
fn an_estimate_is_never_in_order_and_an_unknown_source_is_named() {
    let v = only(|m| m.flips[1].by_basis = IndexMap::from([("estimate".to_string(), 900)]));
    assert!(v.item == "onset times" && v.text.contains("900 by estimate"), "{}", v.text);
    assert!(v.remedy.unwrap().contains("photodiode"));
    let mut m = good();
    m.flips[0].by_basis = IndexMap::from([("estimate".to_string(), 900)]);
    let refresh = verdicts(&m).into_iter().find(|v| v.item == "refresh").unwrap();
    assert_eq!(refresh.state, State::NotMeasured);
    assert!(!refresh.text.contains("vary"), "reckoned flips are always regular: {}", refresh.text);
    let mut m = good();
    m.flips[1].by_basis = IndexMap::from([("new-source".to_string(), 900)]);
    assert!(verdicts(&m).iter().any(|v| v.text.contains("900 by new-source")));
}

#[test]
fn missed_frames_and_scenes_that_never_came_are_counted() {
    let v = only(|m| (m.flips[1].late, m.flips[1].missed_frames) = (2, 5));
    assert_eq!(v.item, "missed frames, every flip, one busy core");
    assert!(v.text.starts_with("5 (2 of 900 scenes late)"), "{}", v.text);
    let v = only(|m| m.flips[2].requested = 63);
    assert!(v.text.contains("3 scenes were never shown"), "{}", v.text);
}

#[test]
fn keys_that_were_not_measured_have_no_figure_and_say_how_to_test_by_hand() {
    let v = only(|m| {
        m.keys = super::super::measured::Keys {
            not_measured: Some("this window system does not let a program press keys".into()),
            ..Default::default()
        }
    });
    assert_eq!(v.state, State::NotMeasured);
    assert!(v.remedy.unwrap().starts_with("by hand"));
    assert!(!v.text.contains(char::is_numeric), "{}", v.text);
    let v = only(|m| (m.keys.by_source[0].heard, m.keys.by_source[0].lost) = (98, 2));
    assert!(v.text.contains("2 not heard"), "{}", v.text);
    let v = only(|m| m.keys.by_source[0].latencies_ms[98..].fill(9.0));
    assert!(v.text.contains("9.00 at most"), "{}", v.text);
}

#[test]
fn coarse_slow_and_moving_clocks_are_worth_a_look() {
    assert!(only(|m| m.clock.step_ns = 1_000_000).remedy.unwrap().contains("clocksource"));
    assert!(only(|m| m.clock.reading_ns = 9_000.0).remedy.unwrap().contains("clocksource"));
    assert!(only(|m| m.clock.against_raw_ppm = Some(400.0)).text.contains("+400.0 millionths"));
    assert!(only(|m| m.clock.wall_moved_ms = -30.0).remedy.unwrap().contains("time service"));
}

#[test]
fn late_awakening_lacking_priority_warnings_and_load_are_worth_a_look() {
    assert_eq!(only(|m| m.clock.sleeps[1] = sleeps(true, 2.0)).item, "waking on time");
    let said = "the render thread runs without real-time priority (no)";
    assert_eq!(only(|m| m.notes[0] = note("warning", said)).item, "priority");
    let v = only(|m| m.notes.push(note("error", "the window is hidden")));
    assert_eq!((v.item.as_str(), v.text.as_str()), ("concern", "the window is hidden"));
    assert!(only(|m| m.machine.load_before = Some(6.0)).text.contains("load 6.0 on 8 cores"));
}
