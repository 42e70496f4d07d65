//! What the self-test measured, as data: every single value in milliseconds, and the machine it was measured on. It is
//! made of the display's own reports; nothing in it is judged.

mod sound;

pub use sound::Sound;

use crate::ground::event::{KeyEvent, Presented};
use crate::ground::record::DisplayInfo;
use crate::ground::time::Nanos;
use indexmap::IndexMap;
use serde::Serialize;

/// Everything that was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Name and version of the program.
    pub program: String,
    /// When the test ended: wall time with its offset.
    pub made: String,
    pub machine: Machine,
    pub screen: Screen,
    pub flips: Vec<Flips>,
    pub keys: Keys,
    pub clock: ClockFigures,
    /// None where it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<Sound>,
    pub notes: Vec<Note>,
}

/// The computer, as far as it tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Machine {
    pub system: String,
    pub processor: String,
    pub cores: usize,
    /// Programs that wanted to run in the minute before the test.
    pub load_before: Option<f64>,
}

/// The screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Screen {
    pub mode: String,
    pub monitor: Option<String>,
    pub width_px: u32,
    pub height_px: u32,
    pub refresh_hz: f64,
    /// What the rig expects.
    pub expected_hz: Option<f64>,
    pub paced: bool,
    pub basis: String,
    pub adapter: String,
    pub driver: String,
    /// Why it is no real screen, where it is none.
    pub virtual_because: Option<String>,
    /// Whether the pictures were drawn by the processor.
    pub software: bool,
}

/// How scenes followed one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    EveryFlip,
    NowAndThen,
}

/// A stretch of scenes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flips {
    pub course: Course,
    pub busy_cores: u32,
    pub requested: u32,
    pub shown: u32,
    /// Scenes that came on a later flip than the one they were meant for.
    pub late: u32,
    /// Flips that they were late by, all together.
    pub missed_frames: u32,
    /// How many onsets are known from which source.
    pub by_basis: IndexMap<String, u32>,
    /// From one onset to the next, where scenes followed at every flip.
    pub intervals_ms: Vec<f64>,
    /// From the flip that a scene was meant for to its onset.
    pub onset_minus_flip_ms: Vec<f64>,
}

/// Keys that were pressed by a program.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Keys {
    pub code: Option<String>,
    pub pressed: u32,
    /// Why nothing was measured, or less than planned.
    pub not_measured: Option<String>,
    /// How long pressing one took at most until the server had done it, in the middle case: so exactly is it known when.
    pub pressed_within_ms: Option<f64>,
    pub by_source: Vec<KeySource>,
}

/// What one source of key stamps said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeySource {
    /// Who took the stamps: `window`, for one.
    pub source: String,
    pub heard: u32,
    pub lost: u32,
    /// From just before a key was pressed to its stamp.
    pub latencies_ms: Vec<f64>,
}

/// The clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClockFigures {
    pub step_ns: i64,
    pub reading_ns: f64,
    pub sleeps: Vec<Sleeps>,
    /// From the first reading of all clocks to the last.
    pub compared_over_s: f64,
    /// How much faster the monotonic clock went than the uncorrected one, in millionths.
    pub against_raw_ppm: Option<f64>,
    /// How much further the wall clock went than the monotonic one.
    pub wall_moved_ms: f64,
}

/// How late sleeping threads woke.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sleeps {
    /// Whether they ran before all ordinary threads.
    pub real_time: bool,
    /// The system's words, where that was asked for.
    pub granted: Option<String>,
    pub over_ms: Vec<f64>,
}

/// Something that display, window or threads said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// `info`, `warning` or `error`.
    pub level: String,
    pub text: String,
}

impl Screen {
    /// The screen of a display; `expected_hz` is the rig's.
    pub fn of(info: &DisplayInfo, expected_hz: Option<f64>) -> Screen {
        let software = is_software(&info.adapter);
        Screen {
            mode: info.mode.clone(),
            monitor: info.monitor.clone(),
            width_px: info.width_px,
            height_px: info.height_px,
            refresh_hz: info.refresh_hz,
            expected_hz,
            paced: info.paced,
            basis: info.basis.name().into(),
            adapter: info.adapter.clone(),
            driver: info.driver.clone(),
            virtual_because: virtual_because(&info.mode, info.monitor.as_deref(), software),
            software,
        }
    }
}

/// Adapters that are programs.
fn is_software(adapter: &str) -> bool {
    let adapter = adapter.to_ascii_lowercase();
    let programs = ["llvmpipe", "lavapipe", "softpipe", "swiftshader", "basic render"];
    programs.iter().any(|p| adapter.contains(p))
}

/// Why a display is no real screen; none where it may be one. Outputs that only exist in memory have names of their own.
fn virtual_because(mode: &str, monitor: Option<&str>, software: bool) -> Option<String> {
    if matches!(mode, "offscreen" | "virtual") {
        return Some("drawn into memory, shown nowhere".into());
    }
    let Some(monitor) = monitor else {
        return software.then(|| "drawn by the processor, on no monitor".into());
    };
    let name = monitor.to_ascii_lowercase();
    let in_memory = ["dummy", "headless", "virtual", "vnc", "rdp", "meta-"];
    // Xvfb's only output.
    (name == "screen" || in_memory.iter().any(|p| name.starts_with(p)))
        .then(|| format!("the output \"{monitor}\" exists in memory alone"))
}

impl Flips {
    /// The figures of a row of reports.
    pub fn of(
        course: Course,
        busy_cores: u32,
        requested: u32,
        presented: &[Presented],
        refresh_hz: f64,
    ) -> Flips {
        let period = Nanos::period(refresh_hz);
        let late_by = presented.iter().map(|p| (p.onset - p.flip).periods(period).max(0));
        let late_by: Vec<u32> = late_by.map(|n| u32::try_from(n).unwrap_or(u32::MAX)).collect();
        let mut by_basis = IndexMap::new();
        for p in presented {
            *by_basis.entry(p.basis.name().to_string()).or_default() += 1;
        }
        let intervals = presented.windows(2).filter(|_| course == Course::EveryFlip);
        Flips {
            course,
            busy_cores,
            requested,
            shown: count(presented.len()),
            late: count(late_by.iter().filter(|n| **n > 0).count()),
            missed_frames: late_by.iter().fold(0, |sum, n| sum.saturating_add(*n)),
            by_basis,
            intervals_ms: intervals.map(|w| (w[1].onset - w[0].onset).millis()).collect(),
            onset_minus_flip_ms: presented.iter().map(|p| (p.onset - p.flip).millis()).collect(),
        }
    }

    /// What the stretch was, in words.
    pub fn words(&self) -> String {
        let course = match self.course {
            Course::EveryFlip => "every flip",
            Course::NowAndThen => "now and then",
        };
        match self.busy_cores {
            0 => course.into(),
            1 => format!("{course}, one busy core"),
            n => format!("{course}, {n} busy cores"),
        }
    }
}

impl Keys {
    /// Presses, each known between two instants, held against what was heard of them.
    pub fn of(
        code: Option<String>,
        presses: &[(Nanos, Nanos)],
        heard: &[KeyEvent],
        not_measured: Option<String>,
    ) -> Keys {
        let mut sources: IndexMap<&str, Vec<&KeyEvent>> = IndexMap::new();
        for key in heard {
            sources.entry(key.source.as_str()).or_default().push(key);
        }
        let by_source = sources.iter().map(|(source, keys)| {
            let latencies_ms = latencies(presses, keys);
            let heard = count(latencies_ms.len());
            let lost = count(presses.len()) - heard;
            KeySource { source: source.to_string(), heard, lost, latencies_ms }
        });
        let mut within: Vec<Nanos> = presses.iter().map(|(a, b)| *b - *a).collect();
        within.sort();
        Keys {
            code,
            pressed: count(presses.len()),
            not_measured,
            pressed_within_ms: within.get(within.len() / 2).map(|w| w.millis()),
            by_source: by_source.collect(),
        }
    }
}

/// Each press with the first stamp that lies between it and the next press.
fn latencies(presses: &[(Nanos, Nanos)], keys: &[&KeyEvent]) -> Vec<f64> {
    let next = presses.iter().skip(1).map(|(before, _)| *before).chain([Nanos::MAX]);
    let each = presses.iter().zip(next).filter_map(|((before, _), next)| {
        let stamps = keys.iter().map(|k| k.stamp).filter(|s| (*before..next).contains(s));
        stamps.min().map(|stamp| (stamp - *before).millis())
    });
    each.collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::record::Basis;

    fn presented(onset_ms: f64, flip_ms: f64) -> Presented {
        Presented {
            ticket: 1,
            onset: Nanos::from_secs(onset_ms / 1e3),
            flip: Nanos::from_secs(flip_ms / 1e3),
            basis: Basis::Estimate,
            frame: 1,
            skipped: None,
            marked: false,
            lacks: Vec::new(),
        }
    }

    #[test]
    fn a_scene_that_came_two_flips_late_is_two_missed_frames() {
        let row = [presented(10.1, 10.0), presented(40.2, 20.0), presented(50.0, 50.0)];
        let f = Flips::of(Course::EveryFlip, 0, 4, &row, 100.0);
        assert_eq!((f.requested, f.shown, f.late, f.missed_frames), (4, 3, 1, 2));
        assert_eq!(f.by_basis["estimate"], 3);
        assert_eq!(f.intervals_ms.len(), 2);
        assert!((f.onset_minus_flip_ms[1] - 20.2).abs() < 1e-9);
        let still = Flips::of(Course::NowAndThen, 0, 3, &row, 100.0);
        assert!(still.intervals_ms.is_empty(), "they follow no flips");
    }

    #[test]
    fn each_source_of_stamps_is_held_against_the_presses_by_itself() {
        let key = |ms: i64, source: &str| KeyEvent {
            stamp: Nanos::from_millis(ms),
            code: "F24".into(),
            down: true,
            repeat: false,
            device: "keyboard".into(),
            source: source.into(),
        };
        let presses =
            [100, 200, 300].map(|ms| (Nanos::from_millis(ms), Nanos::from_millis(ms + 1)));
        let heard = [key(102, "window"), key(201, "raw"), key(305, "window"), key(301, "raw")];
        let keys = Keys::of(Some("F24".into()), &presses, &heard, None);
        assert_eq!((keys.pressed, keys.pressed_within_ms), (3, Some(1.0)));
        let [window, raw] = &keys.by_source[..] else { panic!("two sources") };
        assert_eq!((window.source.as_str(), window.heard, window.lost), ("window", 2, 1));
        assert_eq!(window.latencies_ms, [2.0, 5.0]);
        assert_eq!(raw.latencies_ms, [1.0, 1.0]);
    }

    #[test]
    fn displays_without_an_output_are_virtual_and_others_are_not() {
        for (mode, monitor, software) in [
            ("offscreen", None, true),
            ("window", Some("screen"), true),
            ("window", None, true),
            ("fullscreen", Some("DUMMY0"), false),
            ("fullscreen", Some("HEADLESS-1"), false),
        ] {
            assert!(virtual_because(mode, monitor, software).is_some(), "{mode} {monitor:?}");
        }
        for (monitor, software) in [(Some("DP-1"), false), (Some("HDMI-1"), true), (None, false)] {
            assert_eq!(virtual_because("fullscreen", monitor, software), None, "{monitor:?}");
        }
    }
}
