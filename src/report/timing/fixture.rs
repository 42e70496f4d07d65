//! A made-up good PC, which tests spoil one by one.

use super::measured::*;
use indexmap::IndexMap;

/// A row with so many good flips at 60 Hz.
pub fn flips(course: Course, busy_cores: u32, n: u32) -> Flips {
    let wobble = |i: u32| f64::from(i % 7) * 0.01 - 0.03;
    Flips {
        course,
        busy_cores,
        requested: n,
        shown: n,
        late: 0,
        missed_frames: 0,
        by_basis: IndexMap::from([("x11-present".to_string(), n)]),
        intervals_ms: match course {
            Course::EveryFlip => (1..n).map(|i| 16.667 + wobble(i)).collect(),
            Course::NowAndThen => Vec::new(),
        },
        onset_minus_flip_ms: (0..n).map(|i| 0.1 + wobble(i)).collect(),
    }
}

/// What a good PC gives.
pub fn good() -> Measured {
    Measured {
        program: "reframe 0.0.0".into(),
        made: "2026-01-01T09:00:00+00:00".into(),
        machine: Machine {
            system: "Linux 6.1".into(),
            processor: "a processor <with> \"signs\" & more".into(),
            cores: 8,
            load_before: Some(0.2),
        },
        screen: Screen {
            mode: "fullscreen".into(),
            monitor: Some("DP-1".into()),
            width_px: 1920,
            height_px: 1080,
            refresh_hz: 60.0,
            expected_hz: Some(60.0),
            paced: true,
            basis: "x11-present".into(),
            adapter: "a card".into(),
            driver: "a driver".into(),
            virtual_because: None,
            software: false,
        },
        flips: vec![
            flips(Course::EveryFlip, 0, 900),
            flips(Course::EveryFlip, 1, 900),
            flips(Course::NowAndThen, 0, 60),
        ],
        keys: Keys {
            code: Some("F24".into()),
            pressed: 100,
            not_measured: None,
            pressed_within_ms: Some(0.05),
            by_source: vec![KeySource {
                source: "window".into(),
                heard: 100,
                lost: 0,
                latencies_ms: (0..100).map(|i| 0.2 + f64::from(i) * 0.001).collect(),
            }],
        },
        clock: ClockFigures {
            step_ns: 20,
            reading_ns: 25.0,
            sleeps: [false, true].map(|real_time| sleeps(real_time, 0.05)).to_vec(),
            compared_over_s: 57.0,
            against_raw_ppm: Some(-3.2),
            wall_moved_ms: 0.002,
        },
        sound: None,
        notes: vec![note("info", "the render thread runs with SCHED_FIFO priority 10")],
    }
}

/// Fifty tones, each with its picture.
pub fn sound() -> Sound {
    let wobble = |i: u32| f64::from(i % 5) * 0.05 - 0.1;
    Sound {
        device: Some("Headphones".into()),
        host: Some("alsa".into()),
        sample_rate_hz: Some(48_000),
        buffer: Some(1024),
        taken: Some(1024),
        latency_ms: Some(42.7),
        offset_ms: 0.0,
        asked: 50,
        played: 50,
        errors: Vec::new(),
        silences_ms: Vec::new(),
        onset_minus_plan_ms: (0..50).map(|i| 0.01 + wobble(i)).collect(),
        sound_minus_picture_ms: (0..50).map(|i| 0.2 + wobble(i)).collect(),
    }
}

/// A hundred sleeps that are about so late.
pub fn sleeps(real_time: bool, late_ms: f64) -> Sleeps {
    let over_ms = (0..100).map(|i| late_ms + f64::from(i) * 1e-4).collect();
    Sleeps { real_time, granted: None, over_ms }
}

/// Something that was said.
pub fn note(level: &str, text: &str) -> Note {
    Note { level: level.into(), text: text.into() }
}

/// The same as on Xvfb.
pub fn on_xvfb() -> Measured {
    let mut m = good();
    m.screen.monitor = Some("screen".into());
    m.screen.virtual_because = Some("the output \"screen\" exists in memory alone".into());
    m
}
