//! Facts of schedules, exact ones by their numbers and shares over many seeds.

use super::super::faults::responses;
use super::*;
use proptest::prelude::*;

fn scan(tr: f64, volumes: u32, slices: u32, dummies: u32) -> Scan {
    Scan { tr: Nanos::from_secs(tr), volumes: Some(volumes), slices, dummies, dummies_pulse: true }
}

/// Seconds, name and volume of each moment.
fn told(scan: Scan, faults: Faults) -> Vec<(f64, &'static str, Option<u32>)> {
    Schedule::new(scan, faults).map(|m| (m.at.secs(), m.what.name(), m.volume)).collect()
}

fn count(all: &[Moment], what: What) -> usize {
    all.iter().filter(|m| m.what == what).count()
}

#[test]
fn volumes_slices_and_dummies_come_at_their_times() {
    assert_eq!(
        told(scan(2.0, 2, 2, 1), Faults::default()),
        [
            (0.0, "dummy", None),
            (1.0, "dummy", None),
            (2.0, "volume", Some(1)),
            (3.0, "slice", Some(1)),
            (4.0, "volume", Some(2)),
            (5.0, "slice", Some(2)),
        ]
    );
    let silent = Scan { dummies_pulse: false, ..scan(2.0, 1, 1, 3) };
    assert_eq!(told(silent, Faults::default()), [(6.0, "volume", Some(1))]);
    // Slices that do not divide the TR evenly never drift away from it.
    let thirds: Vec<Moment> = Schedule::new(scan(1.0, 1000, 3, 0), Faults::default()).collect();
    assert_eq!(thirds[2997].at, Nanos::from_secs(999.0));
    assert_eq!(thirds[1].at, Nanos(333_333_333));
}

#[test]
fn drift_is_exact_at_every_volume() {
    let faults = Faults { drift_ppm: 30.0, ..Faults::default() };
    for (k, m) in Schedule::new(scan(2.0, 300, 1, 0), faults).enumerate() {
        assert_eq!(m.at, Nanos(k as i64 * 2_000_060_000));
    }
}

#[test]
fn a_stopped_scan_begins_anew_with_its_dummies() {
    let faults = Faults {
        stop_after: Some(1),
        restart_after: Some(Nanos::from_secs(10.0)),
        ..Faults::default()
    };
    assert_eq!(
        told(scan(2.0, 2, 1, 1), faults.clone()),
        [
            (0.0, "dummy", None),
            (2.0, "volume", Some(1)),
            (14.0, "dummy", None),
            (16.0, "volume", Some(1)),
            (18.0, "volume", Some(2)),
        ]
    );
    let for_good = Faults { restart_after: None, ..faults };
    assert_eq!(told(scan(2.0, 2, 1, 1), for_good).len(), 2);
}

#[test]
fn a_false_start_is_one_pulse_and_a_silence() {
    let faults = Faults { false_start: Some(Nanos::from_secs(8.0)), ..Faults::default() };
    let all = told(scan(2.0, 1, 1, 1), faults);
    assert_eq!(all, [(0.0, "false_start", None), (8.0, "dummy", None), (10.0, "volume", Some(1))]);
}

#[test]
fn a_held_key_repeats_and_is_let_go() {
    let faults = Faults { hold: Nanos::from_millis(300), ..Faults::default() };
    assert_eq!(
        told(scan(2.0, 1, 1, 0), faults.clone()),
        [
            (0.0, "volume", Some(1)),
            (0.25, "repeat", Some(1)),
            (0.283, "repeat", Some(1)),
            (0.3, "release", Some(1)),
        ]
    );
    let faults = Faults { doubled: 1.0, ..faults };
    let all = told(scan(2.0, 1, 1, 0), faults);
    let again = all.iter().find(|m| m.1 == "doubled").unwrap().0;
    assert!((0.305..0.345).contains(&again), "it comes up before it goes down again: {again}");
}

#[test]
fn responses_stand_among_the_pulses_and_after_them() {
    let faults = Faults {
        hold: Nanos::from_millis(4),
        responses: responses("1.5:1,9:b").unwrap(),
        ..Faults::default()
    };
    let all: Vec<Moment> = Schedule::new(scan(2.0, 2, 1, 0), faults).collect();
    let said: Vec<_> =
        all.iter().map(|m| (m.at.secs(), m.what.name(), m.code.as_deref())).collect();
    assert_eq!(
        said,
        [
            (0.0, "volume", None),
            (0.004, "release", None),
            (1.5, "response", Some("1")),
            (1.58, "release", Some("1")),
            (2.0, "volume", None),
            (2.004, "release", None),
            (9.0, "response", Some("b")),
            (9.08, "release", Some("b")),
        ]
    );
}

#[test]
fn shares_are_kept_over_many_seeds() {
    let (mut dropped, mut doubled, mut spurious, mut square) = (0, 0, 0, 0.0);
    let seeds = 100;
    for seed in 0..seeds {
        let faults = Faults {
            seed,
            jitter: Nanos::from_millis(1),
            dropped: 0.02,
            doubled: 0.03,
            spurious: 0.05,
            ..Faults::default()
        };
        let all: Vec<Moment> = Schedule::new(scan(2.0, 300, 1, 0), faults).collect();
        dropped += count(&all, What::Dropped);
        doubled += count(&all, What::Doubled);
        spurious += count(&all, What::Spurious);
        let volumes = all.iter().filter(|m| m.what == What::Volume);
        square += volumes
            .map(|m| (m.at.millis() - f64::from(m.volume.unwrap() - 1) * 2000.0).powi(2))
            .sum::<f64>();
        assert_eq!(count(&all, What::Volume) + count(&all, What::Dropped), 300);
    }
    // The seeds are always the same, so that these numbers are: within four standard errors of what was asked for.
    let near = |n: usize, share: f64| {
        let all = 300.0 * seeds as f64;
        let error = (all * share * (1.0 - share)).sqrt();
        assert!((n as f64 - all * share).abs() < 4.0 * error, "{n} of {all} for {share}");
    };
    near(dropped, 0.02);
    near(doubled, 0.03 * 0.98);
    near(spurious, 0.05);
    let sd = (square / (300.0 * seeds as f64 - dropped as f64)).sqrt();
    assert!((sd - 1.0).abs() < 0.02, "{sd}");
}

#[test]
fn one_kind_of_fault_leaves_the_others_where_they_were() {
    let jittered = Faults { seed: 7, jitter: Nanos::from_millis(2), ..Faults::default() };
    let all = Faults { dropped: 0.1, doubled: 0.1, spurious: 0.1, ..jittered.clone() };
    let volumes = |faults| -> Vec<Moment> {
        Schedule::new(scan(2.0, 200, 1, 0), faults).filter(|m| m.volume.is_some()).collect()
    };
    let (alone, with) = (volumes(jittered), volumes(all));
    let kept: Vec<&Moment> = with.iter().filter(|m| m.what == What::Volume).collect();
    assert!(kept.len() < 200 && kept.iter().all(|m| alone.contains(m)));
}

proptest! {
    #[test]
    fn moments_are_in_order_and_the_same_each_time(
        seed in 0u64..1000,
        tr_ms in 50i64..3000,
        slices in 1u32..5,
        dummies in 0u32..4,
        volumes in 1u32..60,
        shares in prop::array::uniform3(0.0f64..1.0),
        jitter in 0.0f64..0.075,
        hold in 0.0f64..0.8,
        stop in prop::option::of(1u32..60),
        drift in -200.0f64..200.0,
    ) {
        let tr = Nanos::from_millis(tr_ms);
        let between = Nanos(tr.0 / i64::from(slices));
        let part = |share: f64| Nanos((between.0 as f64 * share) as i64);
        let faults = Faults {
            seed,
            jitter: part(jitter),
            drift_ppm: drift,
            dropped: shares[0],
            doubled: shares[1],
            spurious: shares[2],
            hold: part(hold),
            false_start: Some(tr),
            stop_after: stop,
            restart_after: stop.map(|_| tr),
            responses: responses("0.1:1,3:2").unwrap(),
        };
        prop_assert_eq!(faults.fit(between), Ok(()));
        let scan = Scan { tr, volumes: Some(volumes), slices, dummies, dummies_pulse: true };
        let all: Vec<Moment> = Schedule::new(scan, faults.clone()).collect();
        prop_assert!(all.is_sorted_by_key(|m| m.at));
        prop_assert!(all.iter().all(|m| m.at >= Nanos::ZERO));
        let again: Vec<Moment> = Schedule::new(scan, faults).collect();
        prop_assert_eq!(&all, &again);
        // Each pulse of each scan came or was dropped, and whatever was pressed was let go.
        let first = stop.map_or(0, |n| n.min(volumes) + dummies);
        let scans = u64::from(first + volumes + dummies) * u64::from(slices);
        let came = [What::Volume, What::Slice, What::Dummy, What::Dropped];
        let came = all.iter().filter(|m| came.contains(&m.what)).count() as u64;
        prop_assert_eq!(came, scans);
        if part(hold) > Nanos::ZERO {
            let down = |m: &&Moment| !matches!(m.what, What::Repeat | What::Release | What::Dropped);
            prop_assert_eq!(all.iter().filter(down).count(), count(&all, What::Release));
        }
    }
}
