//! From what the session saw to the figures of the report.

use crate::cli::concerns;
use crate::ground::clock::{Clock, MonotonicClock, Readings};
use crate::ground::record::{DisplayInfo, Level};
use crate::report::timing::measured::{
    ClockFigures, Course, Flips, Keys, Machine, Measured, Note, Screen, Sleeps, Sound,
};
use crate::rig::schema::Rig;
use crate::session::selftest::{self, Seen};

/// The figures of a test.
pub fn of(info: &DisplayInfo, seen: &Seen, rig: &Rig, machine: Machine) -> Measured {
    let flips = seen.stretches.iter().map(|s| {
        let course = match s.course {
            selftest::Course::EveryFlip => Course::EveryFlip,
            selftest::Course::NowAndThen => Course::NowAndThen,
        };
        Flips::of(course, s.busy_cores, s.requested, &s.presented, info.refresh_hz)
    });
    let presses: Vec<_> = seen.keys.presses.iter().map(|p| (p.before, p.after)).collect();
    let sleeps =
        seen.clock.sleeps.iter().filter(|s| s.granted.as_ref().is_none_or(|(yes, _)| *yes));
    let sleeps = sleeps.map(|s| Sleeps {
        real_time: s.asked,
        granted: s.granted.as_ref().map(|(_, said)| said.clone()),
        over_ms: s.over.iter().map(|o| o.millis()).collect(),
    });
    let notes = seen.notes.iter().map(|(_, level, text)| Note {
        level: match level {
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
        .into(),
        text: text.clone(),
    });
    let found = info.concerns.iter().map(|c| {
        let (text, remedy) = concerns::words(*c, info, rig);
        Note { level: "warning".into(), text: format!("{text}: {remedy}") }
    });
    Measured {
        program: concat!("reframe ", env!("CARGO_PKG_VERSION")).into(),
        made: MonotonicClock.wall().to_rfc3339_opts(chrono::SecondsFormat::Secs, false),
        machine,
        screen: Screen::of(info, rig.screen.refresh_hz),
        flips: flips.collect(),
        keys: Keys::of(
            seen.keys.code.clone(),
            &presses,
            &seen.keys.heard,
            seen.keys.why_not.clone(),
        ),
        clock: ClockFigures {
            step_ns: seen.clock.step.0,
            reading_ns: seen.clock.reading_ns,
            sleeps: sleeps.collect(),
            ..compared(seen.clock.readings)
        },
        sound: seen.sounds.as_ref().map(|s| {
            let tones = (s.tones.as_slice(), info.offset_ns);
            Sound::of(s.device.as_ref(), selftest::TONES as u32, tones, &s.silences)
        }),
        notes: notes.chain(found).collect(),
    }
}

/// How far the machine's clocks ran apart between two readings.
fn compared([first, last]: [Readings; 2]) -> ClockFigures {
    let gone = last.monotonic - first.monotonic;
    let against_raw_ppm = first.raw.zip(last.raw).filter(|(a, b)| b > a).map(|(a, b)| {
        let raw = (b - a).0 as f64;
        (gone.0 as f64 - raw) / raw * 1e6
    });
    ClockFigures {
        step_ns: 0,
        reading_ns: 0.0,
        sleeps: Vec::new(),
        compared_over_s: gone.secs(),
        against_raw_ppm,
        wall_moved_ms: ((last.wall - first.wall) - gone).millis(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::Nanos;

    #[test]
    fn clocks_that_run_apart_are_told_in_millionths_and_milliseconds() {
        let at = |monotonic: i64, raw: Option<i64>, wall: i64| Readings {
            monotonic: Nanos(monotonic),
            within: Nanos::ZERO,
            raw: raw.map(Nanos),
            wall: Nanos(wall),
        };
        let c =
            compared([at(0, Some(0), 0), at(10_000_100_000, Some(10_000_000_000), 10_002_100_000)]);
        assert!((c.against_raw_ppm.unwrap() - 10.0).abs() < 1e-6);
        assert!((c.wall_moved_ms - 2.0).abs() < 1e-9 && (c.compared_over_s - 10.0001).abs() < 1e-9);
        assert_eq!(compared([at(0, None, 0), at(1, None, 1)]).against_raw_ppm, None);
    }
}
