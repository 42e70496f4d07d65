//! Pulses as scanners send them, and as rooms distort them.

use super::*;

fn volumes(dummies: u32, pulse: bool, stored: bool) -> Volumes {
    Volumes::new(VolumeSetup {
        tr: Nanos::from_secs(2.0),
        expected: None,
        dummies,
        dummies_pulse: pulse,
        dummies_stored: stored,
        pulses: Pulses::Volume,
    })
}

fn at(s: f64) -> Nanos {
    Nanos::from_secs(s)
}

#[test]
fn dummies_that_pulse_and_are_not_stored_come_before_the_anchor() {
    let mut v = volumes(2, true, false);
    assert_eq!(v.pulse(at(1.0), "key").anchor, None);
    assert_eq!(v.pulse(at(3.0), "key").anchor, None);
    assert_eq!(v.pulse(at(5.0), "key").anchor.map(|a| a.at), Some(at(5.0)));
    assert_eq!(v.counted(), 1);
    assert_eq!(v.stored_before_anchor(), Nanos::ZERO);
}

#[test]
fn dummies_that_do_not_pulse_or_are_stored_anchor_at_the_first_pulse() {
    for (pulse, stored, before) in [(false, false, 0.0), (true, true, 0.0), (false, true, 6.0)] {
        let mut v = volumes(3, pulse, stored);
        assert_eq!(v.pulse(at(1.0), "key").anchor.map(|a| a.at), Some(at(1.0)));
        assert_eq!(v.stored_before_anchor(), at(before));
    }
}

#[test]
fn a_lost_anchor_pulse_is_reckoned_from_the_next() {
    let mut v = volumes(1, true, false);
    v.pulse(at(1.0), "key");
    let verdict = v.pulse(at(5.0), "key");
    assert_eq!(verdict.volume, Some(3));
    assert_eq!(verdict.anchor.map(|a| a.at), Some(at(3.0)));
}

#[test]
fn doubled_and_spurious_pulses_are_refused_and_lost_ones_counted() {
    let mut v = volumes(0, true, false);
    v.pulse(at(0.0), "key");
    assert_eq!(v.pulse(at(0.05), "key").volume, None);
    assert_eq!(v.pulse(at(0.9), "key").volume, None);
    assert_eq!(v.pulse(at(2.01), "key").volume, Some(2));
    assert_eq!(v.pulse(at(8.0), "key").volume, Some(5));
}

#[test]
fn two_off_phase_pulses_one_tr_apart_reanchor_the_count() {
    let mut v = volumes(0, true, false);
    v.pulse(at(0.0), "key");
    v.pulse(at(2.0), "key");
    assert_eq!(v.pulse(at(4.9), "key").volume, None);
    let again = v.pulse(at(6.9), "key");
    assert_eq!((again.volume, again.anchor), (Some(4), None), "onset 0 stays");
    assert_eq!(v.pulse(at(8.9), "key").volume, Some(5));
}

/// Everything that is said up to an instant.
fn said(v: &mut Volumes, now: f64) -> Vec<(ScannerEvent, Option<u32>)> {
    v.watch(at(now)).into_iter().map(|(_, event, volume)| (event, volume)).collect()
}

#[test]
fn missing_volumes_are_named_by_the_pulse_after_them() {
    let mut v = volumes(0, true, false);
    v.pulse(at(0.0), "key");
    assert_eq!(v.pulse(at(2.0), "key").why, None);
    assert_eq!(v.pulse(at(6.0), "key").why.as_deref(), Some("volume 3 missing before it"));
    assert_eq!(v.pulse(at(14.0), "key").why.as_deref(), Some("volumes 5 to 7 missing before it"));
}

#[test]
fn a_volume_that_is_overdue_is_told_once_and_three_in_a_row_are_a_stop() {
    use ScannerEvent::{Missing, Stopped};
    let mut v = volumes(0, true, false);
    v.pulse(at(0.0), "key");
    v.pulse(at(2.0), "key");
    assert_eq!(said(&mut v, 5.0), []);
    assert_eq!(
        v.next_watch(),
        Some(at(5.1)),
        "1.5 TR after the last, and a moment for what is on its way"
    );
    assert_eq!(said(&mut v, 5.1), [(Missing, Some(3))]);
    assert_eq!(said(&mut v, 5.2), []);
    assert!(!v.pulse(at(6.0), "key").resumed, "one that is missing changes nothing");
    let all = [(Missing, Some(5)), (Missing, Some(6)), (Missing, Some(7)), (Stopped, Some(4))];
    assert_eq!(said(&mut v, 60.0), all);
    assert_eq!(v.next_watch(), None);
    let again = v.pulse(at(60.0), "key");
    assert!(again.resumed);
    assert_eq!(again.volume, Some(31));
}

#[test]
fn a_single_pulse_is_a_false_start_and_the_next_row_counts_from_its_own_first() {
    for dummies in [0, 5] {
        let mut v = volumes(dummies, true, false);
        v.pulse(at(10.0), "key");
        assert_eq!(said(&mut v, 13.0), []);
        assert_eq!(said(&mut v, 13.1), [(ScannerEvent::FalseStart, None)], "{dummies} dummies");
        assert_eq!((v.counted(), v.next_watch()), (0, None));
        let first = 21.3;
        let anchors: Vec<Option<Nanos>> = (0..8)
            .map(|n| v.pulse(at(first + 2.0 * f64::from(n)), "key").anchor.map(|a| a.at))
            .collect();
        let zero = at(first + 2.0 * f64::from(dummies));
        assert_eq!(anchors[dummies as usize], Some(zero));
        assert_eq!(anchors.iter().flatten().count(), 1);
        assert_eq!(v.counted(), 8 - dummies);
    }
}

#[test]
fn a_false_start_that_was_a_lost_pulse_keeps_the_onset_of_the_first_volume() {
    let mut v = volumes(0, true, false);
    v.pulse(at(10.0), "key");
    said(&mut v, 13.5);
    let verdict = v.pulse(at(14.0), "key");
    assert_eq!(verdict.volume, Some(3));
    assert_eq!(verdict.anchor, Some(Anchor { at: at(14.0), first: at(10.0) }));
    assert!(verdict.why.unwrap().starts_with("no false start: volume 2 missing"));
    let mut v = volumes(2, true, false);
    v.pulse(at(10.0), "key");
    said(&mut v, 13.5);
    assert_eq!(
        v.pulse(at(14.0), "key").anchor.map(|a| (a.at, a.first)),
        Some((at(14.0), at(14.0)))
    );
}

#[test]
fn a_scan_that_stops_among_its_dummies_was_none() {
    let mut v = volumes(5, true, false);
    v.pulse(at(0.0), "key");
    v.pulse(at(2.0), "key");
    let all = said(&mut v, 30.0);
    assert_eq!(all.last(), Some(&(ScannerEvent::FalseStart, None)), "{all:?}");
    assert_eq!(v.pulse(at(31.0), "key").volume, Some(1));
}

#[test]
fn nothing_is_overdue_after_the_last_volume_or_where_one_pulse_is_all() {
    let setup = |expected, pulses| VolumeSetup {
        tr: at(2.0),
        expected: Some(expected),
        dummies: 0,
        dummies_pulse: true,
        dummies_stored: false,
        pulses,
    };
    let mut v = Volumes::new(setup(2, Pulses::Volume));
    v.pulse(at(0.0), "key");
    v.pulse(at(2.0), "key");
    assert_eq!(said(&mut v, 100.0), []);
    let mut v = Volumes::new(setup(1, Pulses::Volume));
    v.pulse(at(0.0), "key");
    assert_eq!(said(&mut v, 100.0), [], "a single volume is no false start");
    let mut v = Volumes::new(setup(200, Pulses::Start));
    assert_eq!(v.pulse(at(5.0), "key").anchor.map(|a| a.at), Some(at(5.0)));
    assert_eq!(said(&mut v, 100.0), []);
    let later = v.pulse(at(50.0), "key");
    assert!(!later.accepted && later.why.unwrap().contains("after the start"));
    let with_dummies = VolumeSetup { dummies: 3, ..setup(200, Pulses::Start) };
    let mut v = Volumes::new(with_dummies);
    assert_eq!(v.pulse(at(5.0), "key").anchor.map(|a| a.at), Some(at(11.0)));
}

#[test]
fn slices_are_followed_and_the_first_of_each_volume_counts() {
    let mut setup = volumes(1, true, false).setup;
    (setup.tr, setup.pulses) = (at(2.0), Pulses::Slice(20));
    let mut v = Volumes::new(setup);
    let mut counted = Vec::new();
    for n in 0..100 {
        // The first slice of volume 4 and another one are lost.
        if n == 60 || n == 71 {
            continue;
        }
        let verdict = v.pulse(at(0.1 * f64::from(n)), "key");
        assert!(verdict.accepted, "slice {n}: {verdict:?}");
        counted.extend(verdict.volume);
        if n == 20 {
            assert_eq!(verdict.anchor.map(|a| a.at), Some(at(2.0)));
        }
        if n == 61 {
            let why = verdict.why.unwrap();
            assert!(why.contains("slice 2 of volume 4; volume 4 missing"), "{why}");
        }
    }
    assert_eq!(counted, [1, 2, 3, 5]);
    assert_eq!(v.counted(), 4);
    assert!(!v.pulse(at(9.93), "key").accepted, "a doubled slice");
}

#[test]
fn the_same_pulse_from_two_sources_counts_once_and_says_so() {
    let mut v = volumes(0, true, false);
    v.pulse(at(0.0), "key:Digit5");
    let second = v.pulse(at(0.004), "tcp:127.0.0.1:5000");
    assert!(!second.accepted);
    assert_eq!(second.why.as_deref(), Some("the same pulse as that of key:Digit5, 4.0 ms later"));
}

#[test]
fn the_true_first_pulse_counts_although_it_was_refused_while_a_false_one_was_believed_in() {
    for dummies in [0, 2] {
        let mut v = volumes(dummies, true, false);
        v.pulse(at(10.0), "key");
        assert!(!v.pulse(at(12.4), "key").accepted, "off phase");
        assert_eq!(said(&mut v, 13.2), [(ScannerEvent::FalseStart, None)]);
        let second = v.pulse(at(14.4), "key");
        assert_eq!(second.volume, Some(2));
        let anchor = match dummies {
            0 => second.anchor,
            _ => v.pulse(at(16.4), "key").anchor,
        };
        let first = at(12.4) + at(2.0) * i64::from(dummies);
        assert_eq!(anchor.map(|a| a.first), Some(first), "{dummies} dummies");
    }
}

#[test]
fn after_a_longer_silence_in_phase_it_was_a_false_start_all_the_same() {
    for steps in [3, 4, 7] {
        let mut v = volumes(5, true, false);
        v.pulse(at(10.0), "key");
        said(&mut v, 13.2);
        assert_eq!(v.pulse(at(10.0 + 2.0 * f64::from(steps)), "key").volume, Some(1), "{steps}");
    }
    let mut setup = volumes(0, true, false).setup;
    setup.pulses = Pulses::Slice(20);
    let mut v = Volumes::new(setup);
    v.pulse(at(0.0), "key");
    assert_eq!(said(&mut v, 3.2), [(ScannerEvent::FalseStart, None)]);
    let first = v.pulse(at(4.0), "key");
    assert_eq!((first.volume, first.anchor.map(|a| a.first)), (Some(1), Some(at(4.0))));
}

#[test]
fn a_stray_pulse_just_before_the_scan_is_no_start_of_it() {
    let mut v = volumes(0, true, false);
    v.pulse(at(0.0), "key");
    assert!(!v.pulse(at(0.6), "key").accepted);
    let second = v.pulse(at(2.6), "key");
    assert!(second.restarted);
    assert_eq!(second.volume, Some(2));
    assert_eq!(second.anchor, Some(Anchor { at: at(2.6), first: at(0.6) }));
    assert_eq!(v.pulse(at(4.6), "key").volume, Some(3));
}

#[test]
fn pulses_in_numbers_do_not_move_onset_zero() {
    let mut v = volumes(0, true, false);
    v.pulse(at(0.0), "tcp");
    let flood = (1..300).map(|n| v.pulse(at(0.15 + 0.01 * f64::from(n)), "tcp"));
    let all: Vec<Verdict> = flood.collect();
    assert!(all.iter().all(|verdict| !verdict.restarted && verdict.anchor.is_none()));
}
