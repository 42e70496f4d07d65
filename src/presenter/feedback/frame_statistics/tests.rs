//! Readings as DXGI gives them, at 100 Hz: refresh `k` is at `k` times ten milliseconds.

use super::*;

const PERIOD: Nanos = Nanos::from_millis(10);

fn at(refresh: u32) -> Nanos {
    PERIOD * i64::from(refresh)
}

/// A picture that was handed over in the middle of the refresh before `refresh`.
fn handed(number: u64, refresh: u32) -> Handed {
    let called = at(refresh) - PERIOD.half();
    Handed { number, called, returned: called + Nanos::from_millis(1), flip: at(refresh) }
}

/// The time of the very refresh is told.
fn on(present: u32, refresh: u32) -> Reading {
    later(present, refresh, 0)
}

/// The time of a refresh so many later is told.
fn later(present: u32, refresh: u32, by: u32) -> Reading {
    let sync_refresh = refresh.wrapping_add(by);
    Reading { present, refresh, sync_refresh, sync: at(sync_refresh) }
}

fn told(of: &mut FrameStatistics) -> Vec<(u64, &'static str, i64, Option<u64>)> {
    let mut reports = Vec::new();
    of.take(&mut reports);
    let each = reports.into_iter().map(|r| match r.fate {
        Fate::Shown(s) => (r.number, s.basis.name(), s.onset.0 / 1_000_000, s.count),
        Fate::Discarded => (r.number, "discarded", 0, None),
    });
    each.collect()
}

#[test]
fn a_picture_is_known_from_the_reading_that_tells_of_it() {
    let mut s = FrameStatistics::default();
    s.handed(&handed(1, 101), Some(7));
    assert!(s.is_waiting());
    s.read(&on(6, 99));
    assert_eq!(told(&mut s), []);
    s.read(&on(7, 101));
    s.read(&on(7, 101));
    assert_eq!(told(&mut s), [(1, "dxgi-statistics", 1010, Some(101))]);
    assert!(!s.is_waiting());
    assert_eq!(s.period(), Some(PERIOD));
}

#[test]
fn the_time_of_a_later_refresh_is_reckoned_back_once_the_period_is_known() {
    let mut s = FrameStatistics::default();
    s.handed(&handed(1, 101), Some(7));
    s.read(&later(7, 101, 2));
    assert_eq!(told(&mut s), [], "nobody knows how long two refreshes are");
    s.read(&later(7, 101, 3));
    assert_eq!(told(&mut s), [(1, "dxgi-statistics", 1010, Some(101))]);
}

#[test]
fn pictures_between_two_readings_are_named_where_each_refresh_had_one() {
    let mut s = FrameStatistics::default();
    for i in 0..4 {
        s.handed(&handed(1 + u64::from(i), 101 + i), Some(7 + i));
    }
    s.read(&on(7, 101));
    told(&mut s);
    s.read(&on(10, 104));
    assert_eq!(
        told(&mut s),
        [
            (2, "dxgi-statistics", 1020, Some(102)),
            (3, "dxgi-statistics", 1030, Some(103)),
            (4, "dxgi-statistics", 1040, Some(104)),
        ]
    );
}

#[test]
fn where_a_refresh_was_without_a_picture_those_between_are_estimates() {
    let mut s = FrameStatistics::default();
    s.handed(&handed(1, 101), Some(7));
    s.handed(&handed(2, 102), Some(8));
    s.handed(&handed(3, 103), Some(9));
    s.read(&on(7, 101));
    s.read(&on(9, 104));
    let told = told(&mut s);
    assert_eq!(told[1], (2, "estimate", 1020, None), "102 or 103");
    assert_eq!(told[2], (3, "dxgi-statistics", 1040, Some(104)));
}

#[test]
fn an_estimate_is_never_later_than_the_picture_after_it() {
    let mut s = FrameStatistics::default();
    s.handed(&handed(1, 130), Some(7));
    let mut late = handed(2, 131);
    late.called = at(100);
    s.handed(&late, Some(8));
    s.read(&on(8, 103));
    assert_eq!(told(&mut s)[0], (1, "estimate", 1295, None), "but not before it was handed over");
    let mut early = handed(3, 140);
    early.called = at(103);
    s.handed(&early, Some(9));
    s.handed(&Handed { called: at(104), ..handed(4, 141) }, Some(10));
    s.read(&on(10, 106));
    assert_eq!(told(&mut s)[0], (3, "estimate", 1060, None));
}

#[test]
fn what_lay_across_a_break_of_the_statistics_is_an_estimate() {
    let mut s = FrameStatistics::default();
    s.handed(&handed(1, 101), Some(7));
    s.read(&on(7, 101));
    told(&mut s);
    s.handed(&handed(2, 102), Some(8));
    s.handed(&handed(3, 103), Some(9));
    s.disjoint();
    assert_eq!(s.period(), None, "of another mode, perhaps");
    s.read(&on(9, 103));
    assert_eq!(
        told(&mut s),
        [(2, "estimate", 1016, None), (3, "dxgi-statistics", 1030, Some(103))]
    );
}

#[test]
fn counters_go_round() {
    let mut s = FrameStatistics::default();
    let (present, refresh) = (u32::MAX, u32::MAX - 1);
    let time = |k: i64| at(u32::MAX - 1) + PERIOD * k;
    let reading = |present: u32, k: u32| Reading {
        present,
        refresh: refresh.wrapping_add(k),
        sync_refresh: refresh.wrapping_add(k),
        sync: time(i64::from(k)),
    };
    for i in 0..4_u32 {
        let called = time(i64::from(i)) - PERIOD.half();
        let handed = Handed { number: 1 + u64::from(i), called, returned: called, flip: called };
        s.handed(&handed, Some(present.wrapping_add(i)));
    }
    s.read(&reading(present, 0));
    s.read(&reading(1, 2));
    s.read(&reading(2, 3));
    let counts: Vec<_> = told(&mut s).iter().map(|r| (r.0, r.3)).collect();
    let first = u64::from(refresh);
    assert_eq!(
        counts,
        [(1, Some(first)), (2, Some(first + 1)), (3, Some(first + 2)), (4, Some(first + 3))]
    );
}

#[test]
fn a_picture_that_the_swap_chain_did_not_count_was_never_taken() {
    let mut s = FrameStatistics::default();
    s.handed(&handed(1, 101), Some(7));
    s.handed(&handed(2, 102), Some(7));
    assert_eq!(told(&mut s), [(2, "discarded", 0, None)]);
    s.handed(&handed(3, 103), None);
    assert_eq!(told(&mut s), [(3, "estimate", 1026, None)], "nobody knows its number");
}

#[test]
fn an_onset_before_the_picture_was_handed_over_is_of_another_one() {
    let mut s = FrameStatistics::default();
    s.handed(&handed(1, 110), Some(7));
    s.read(&on(7, 105));
    assert_eq!(told(&mut s), [(1, "estimate", 1096, None)]);
}

#[test]
fn a_swap_chain_made_anew_tells_of_nothing_before() {
    let mut s = FrameStatistics::default();
    s.handed(&handed(1, 101), Some(700));
    s.restart();
    assert_eq!(told(&mut s), [(1, "estimate", 1006, None)]);
    s.handed(&handed(2, 102), Some(1));
    s.read(&on(1, 102));
    assert_eq!(told(&mut s), [(2, "dxgi-statistics", 1020, Some(102))]);
}
