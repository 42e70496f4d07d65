//! What devices said, made up and as one said it on a machine with far more to do than it has cores.

use super::*;

const RATE: u32 = 48_000;
const MS: i64 = 1_000_000;

fn ms(n: i64) -> Nanos {
    Nanos(n * MS)
}

/// A device of 10 ms buffers that holds two of them: what is asked for is heard 20 ms later.
fn even(ledger: &mut Ledger, from: u64, to: u64, shift: i64) -> Vec<Slip> {
    (from..to)
        .filter_map(|k| {
            let called = Nanos(k as i64 * 10 * MS + shift);
            ledger.push(Stamp {
                frame: k * 480,
                frames: 480,
                called,
                heard: called + Nanos(20 * MS),
            })
        })
        .collect()
}

fn heard(ledger: &Ledger, frame: u64) -> f64 {
    ledger.heard(frame).expect("it is known").0.0 as f64 / MS as f64
}

#[test]
fn samples_of_a_device_that_runs_evenly_are_heard_one_behind_the_other() {
    let mut ledger = Ledger::new(RATE);
    assert!(even(&mut ledger, 0, 50, 0).is_empty());
    assert_eq!(heard(&ledger, 4_800), 120.0);
    assert_eq!(heard(&ledger, 4_824), 120.5);
    let (_, basis) = ledger.heard(4_800).unwrap();
    assert_eq!((basis, ledger.behind(4_800)), (SoundBasis::DeviceStamps, 39));
    assert_eq!(ledger.heard(50 * 480).unwrap().1, SoundBasis::EarlierStamps);
}

#[test]
fn what_lies_before_a_device_ran_dry_was_heard_on_time_and_what_lies_behind_it_later() {
    let mut ledger = Ledger::new(RATE);
    even(&mut ledger, 0, 50, 0);
    // 60 ms late it asks for both of its buffers at once.
    let called = Nanos(560 * MS);
    for k in 50..52 {
        let heard = called + Nanos((k - 50) * 10 * MS + 5 * MS);
        let stamp = Stamp { frame: k as u64 * 480, frames: 480, called, heard };
        assert_eq!(ledger.push(stamp), None);
    }
    let slips: Vec<Slip> = (52..60)
        .filter_map(|k| {
            let heard = Nanos((565 + (k - 50) * 10) * MS);
            let called = heard - Nanos(20 * MS);
            ledger.push(Stamp { frame: k as u64 * 480, frames: 480, called, heard })
        })
        .collect();
    let slip = Slip { frame: 50 * 480, called, by: Nanos(45 * MS), drained: true };
    assert_eq!(slips, [slip]);
    assert!((heard(&ledger, 49 * 480 + 470) - (490.0 + 20.0 + 470.0 / 48.0)).abs() < 1e-3);
    assert_eq!(heard(&ledger, 50 * 480), 565.0);
}

#[test]
fn what_a_stopped_device_still_held_is_heard_when_it_goes_on() {
    let mut ledger = Ledger::new(RATE);
    even(&mut ledger, 0, 50, 0);
    // Stopped at 495 ms for two seconds: what was to be heard from there on comes later.
    let slips = even(&mut ledger, 50, 70, 2_000 * MS);
    assert_eq!(slips.len(), 1);
    assert!(!slips[0].drained);
    assert_eq!(slips[0].by, Nanos(2_000 * MS));
    assert_eq!(heard(&ledger, 46 * 480), 480.0);
    assert_eq!(heard(&ledger, 49 * 480), 2_510.0);
    assert_eq!(heard(&ledger, 55 * 480), 2_570.0);
}

#[test]
fn one_stale_stamp_is_no_slip() {
    let mut ledger = Ledger::new(RATE);
    even(&mut ledger, 0, 20, 0);
    let slips = even(&mut ledger, 20, 21, 30 * MS);
    assert!(slips.is_empty());
    assert_eq!(ledger.behind(10 * 480), 0, "nothing is said before it is clear");
    assert!(even(&mut ledger, 21, 40, 0).is_empty());
    assert_eq!(heard(&ledger, 20 * 480), 220.0);
}

#[test]
fn a_long_run_keeps_the_stamps_of_its_last_minute() {
    let mut ledger = Ledger::new(RATE);
    even(&mut ledger, 0, 20_000, 0);
    assert!(ledger.kept <= KEPT);
    assert_eq!(heard(&ledger, 19_500 * 480), 195_020.0);
}

/// Stamps as they came: sample, frames, called and heard in microseconds.
type Measured = &'static [(u64, u32, i64, i64)];

/// PulseAudio beside ten busy programs: five stamps are 3 ms too late, and nothing was silent in the recording.
const STALE: Measured = &[
    (0, 1034, 0, 20267),
    (1034, 1033, 20320, 41846),
    (2067, 1035, 42060, 63322),
    (3102, 1034, 63811, 84878),
    (4136, 1034, 89519, 106434),
    (5170, 1033, 109516, 128013),
    (6203, 1034, 128029, 149492),
    (7237, 1036, 153473, 171101),
    (8273, 1034, 171117, 192635),
    (9307, 1033, 192700, 214162),
    (10340, 1034, 214158, 235682),
    (11374, 1033, 235677, 257242),
    (12407, 1033, 259450, 278727),
    (13440, 1039, 286214, 300254),
    (14479, 1033, 301578, 321925),
    (15512, 1033, 325488, 343418),
    (16545, 1035, 345472, 365068),
    (17580, 1033, 369560, 386506),
    (18613, 1034, 389619, 410614),
    (19647, 1034, 409510, 433234),
    (20681, 1033, 429885, 454001),
    (21714, 1033, 453488, 476424),
    (22747, 1033, 472575, 496793),
    (23780, 1034, 494116, 515896),
    (24814, 1035, 515722, 537213),
    (25849, 1034, 537386, 558781),
    (26883, 1033, 559955, 580399),
    (27916, 1034, 580355, 601903),
    (28950, 1033, 601883, 623390),
    (29983, 1033, 623397, 644882),
];

/// The same: it asks 24 ms late, for all that it holds, and goes on 3 ms later.
const SHORT: Measured = &[
    (0, 1033, 0, 21230),
    (1033, 1033, 23940, 42740),
    (2066, 1033, 43960, 65420),
    (3099, 1034, 66840, 85640),
    (4133, 1033, 87910, 111590),
    (5166, 1033, 107970, 130340),
    (6199, 1033, 128700, 150190),
    (7232, 1034, 150190, 171760),
    (8266, 1033, 171670, 193250),
    (9299, 1033, 199470, 214780),
    (10332, 1033, 225930, 236420),
    (11365, 2048, 260040, 263110),
    (13413, 1032, 282370, 303620),
    (14445, 1033, 303580, 325130),
    (15478, 1033, 325170, 346660),
    (16511, 1033, 346600, 368150),
    (17544, 1033, 368140, 389670),
    (18577, 1033, 389670, 411190),
];

fn said(ledger: &mut Ledger, stamps: Measured) -> Vec<Slip> {
    let us = |t: i64| Nanos(t * 1_000);
    let stamp = |(frame, frames, called, heard): (u64, u32, i64, i64)| Stamp {
        frame,
        frames,
        called: us(called),
        heard: us(heard),
    };
    stamps.iter().filter_map(|s| ledger.push(stamp(*s))).collect()
}

#[test]
fn stamps_that_are_stale_for_a_while_are_no_slip_and_move_no_onset() {
    let mut ledger = Ledger::new(RATE);
    assert_eq!(said(&mut ledger, STALE), []);
    let (first, last) = (STALE[0], STALE[STALE.len() - 1]);
    let even = (last.3 - first.3) as f64 / 1e3;
    let heard = heard(&ledger, last.0) - heard(&ledger, first.0);
    assert!((heard - even).abs() < 0.3, "{heard} {even}");
}

#[test]
fn a_short_silence_is_told_where_the_device_asked_late() {
    let mut ledger = Ledger::new(RATE);
    let slips = said(&mut ledger, SHORT);
    let [slip] = slips[..] else { panic!("one: {slips:?}") };
    assert!(slip.drained && slip.frame == SHORT[11].0, "{slip:?}");
    assert!((slip.by.millis() - 3.0).abs() < 0.3, "{slip:?}");
}

#[test]
fn a_device_that_stays_later_without_having_asked_late_is_believed_after_half_a_second() {
    let mut ledger = Ledger::new(RATE);
    assert!(even(&mut ledger, 0, 50, 0).is_empty());
    let stamp = |k: u64| Stamp {
        frame: k * 480,
        frames: 480,
        called: ms(k as i64 * 10),
        heard: ms(k as i64 * 10 + 26),
    };
    let slips: Vec<Slip> = (50..120).filter_map(|k| ledger.push(stamp(k))).collect();
    let [slip] = slips[..] else { panic!("one: {slips:?}") };
    assert_eq!((slip.frame, slip.by), (50 * 480, ms(6)));
    assert_eq!(heard(&ledger, 60 * 480), 626.0);
}
