//! One entry of every kind, for the tests of the journal and of its documentation.

use crate::ground::cue::Silenced;
use crate::ground::record::*;
use crate::ground::scene::{Lengths, Marker, Motion, Steps, StimulusId};
use crate::ground::time::Nanos;
use indexmap::IndexMap;

pub(crate) fn entries() -> Vec<Entry> {
    let at = |record| Entry { seq: 0, t_ns: Nanos(1_000_000_007), record };
    let mut all: Vec<Entry> = [
        Record::Start(Box::new(start())),
        Record::Display(Box::new(display())),
        Record::Focus { gained: true },
        Record::Deadline {},
        Record::Segment { index: 0, anchor: "start".into() },
        Record::Trigger(Trigger {
            source: "key:Digit5".into(),
            volume: Some(1),
            accepted: true,
            why: None,
        }),
        Record::Zero { basis: "first stored volume".into() },
        Record::Shown { phase: 0, ticket: 1, frame: 10 },
        Record::Onset(onset()),
        Record::Came { phase: 0, ticket: 1, pictures: vec![StimulusId("beach_01".into())] },
        Record::Response(Response {
            code: "ArrowLeft".into(),
            meaning: Some("left".into()),
            down: true,
            repeat: false,
            device: "keyboard".into(),
            source: "window".into(),
        }),
        Record::Pointer(Pointer {
            travel: Travel::By([0.0125, -0.003]),
            device: "mouse".into(),
            source: "window".into(),
        }),
        Record::Pointer(Pointer {
            travel: Travel::To([-120.5, 3.0]),
            device: "mouse".into(),
            source: "window".into(),
        }),
        Record::Path(MarkerPath {
            phase: 0,
            marks: vec![
                (Nanos(0), Marker::At(0.1)),
                (
                    Nanos(700_000_001),
                    Marker::Stepping(Steps {
                        from: 2,
                        points: 9,
                        since: Nanos(1_700_000_008),
                        direction: -1,
                        delay: Nanos(200_000_000),
                        every: Nanos(200_000_000),
                    }),
                ),
                (
                    Nanos(900_000_001),
                    Marker::Moving(Motion {
                        from: 0.3,
                        since: Nanos(1_900_000_008),
                        direction: 1.0,
                        delay: Nanos(300_000_000),
                        speed: 0.15,
                        acceleration: 0.4,
                        top_speed: 0.6,
                    }),
                ),
            ],
            end_ns: Nanos(5_000_000_000),
        }),
        Record::Outcome(Outcome {
            phase: 0,
            cut: true,
            answer: Answer::Button {
                meaning: Some("left".into()),
                code: Some("ArrowLeft".into()),
                correct: Some(true),
                rt_ns: Some(Nanos(512_345_678)),
                given: Some("female".into()),
                anticipated: false,
                presses: 2,
            },
        }),
        rating(37.123456789012345).record,
        Record::Clock {
            before_ns: Nanos(1),
            after_ns: Nanos(2),
            wall: "2026-01-01T09:00:00+00:00".into(),
            lsl: Some(12.5),
        },
        Record::Rearm {},
        Record::Grey { up: true, by: "Escape of keyboard".into() },
        Record::Scanner { event: ScannerEvent::Missing, volume: Some(7) },
        Record::Stray { source: "serial:COM3".into(), data: "0d 0a".into() },
        Record::Note { level: Level::Warning, text: "tab\tand \"quote\" and ü".into() },
        Record::Marker(SentMarker {
            name: "picture".into(),
            phase: Some(3),
            code: 12,
            detail: "picture_happy".into(),
            device: "serial:/dev/ttyACM0@9600".into(),
            ticket: Some(4),
            frame: Some(12),
            requested_ns: Nanos(1_000_000_000),
            before_ns: Some(Nanos(1_000_000_100)),
            after_ns: Some(Nanos(1_000_010_000)),
            error: None,
        }),
        Record::SoundDevice(SoundDevice {
            name: "Scarlett 2i2 USB".into(),
            host: "pulseaudio".into(),
            sample_rate: 48_000,
            channels: 2,
            buffer: 256,
            taken: 240,
            latency_ns: Nanos(21_300_000),
            offset_ns: Nanos(12_000_000),
        }),
        Record::Sound(sound()),
        Record::SoundEnd(SoundEnd {
            phase: 3,
            ticket: 4,
            cue: 0,
            time: 1,
            sound: "beat".into(),
            why: Silenced::Response,
        }),
        Record::Underrun(Underrun {
            silence_ns: Some(Nanos(5_333_333)),
            sounds: vec!["beat".into()],
        }),
        Record::Clipping(Clipping { samples: 48, sounds: vec!["beat".into(), "look".into()] }),
        Record::Volume { position: 0.75, gain: 0.31622776601683794 },
        Record::Abort { reason: "escape".into() },
        Record::End(End {
            complete: false,
            reason: "escape".into(),
            phases: 1,
            late: 0,
            volumes: 1,
            counts: IndexMap::from([("flips".into(), 600)]),
        }),
    ]
    .into_iter()
    .map(at)
    .collect();
    for (i, entry) in all.iter_mut().enumerate() {
        entry.seq = i as u64 + 1;
    }
    all
}

/// How many kinds there are.
pub(crate) const KINDS: usize = 29;

/// Fails to compile when a kind is added: add a sample of it, and count it.
pub(crate) fn assert_known(record: &Record) {
    match record {
        Record::Start(_)
        | Record::Display(_)
        | Record::Deadline {}
        | Record::Response(_)
        | Record::Pointer(_)
        | Record::Path(_)
        | Record::Trigger(_)
        | Record::Shown { .. }
        | Record::Onset(_)
        | Record::Came { .. }
        | Record::Abort { .. }
        | Record::Segment { .. }
        | Record::Zero { .. }
        | Record::Outcome(_)
        | Record::Marker(_)
        | Record::SoundDevice(_)
        | Record::Sound(_)
        | Record::SoundEnd(_)
        | Record::Underrun(_)
        | Record::Clipping(_)
        | Record::Volume { .. }
        | Record::Focus { .. }
        | Record::Clock { .. }
        | Record::Stray { .. }
        | Record::Rearm {}
        | Record::Grey { .. }
        | Record::Scanner { .. }
        | Record::Note { .. }
        | Record::End(_) => {}
    }
}

/// A lone rating, as the first entry.
pub(crate) fn rating(rating: f64) -> Entry {
    let answer = Answer::Rating {
        rating: Some(rating),
        position: 0.37123456789012345,
        start: 0.5,
        moved: true,
        confirmed: false,
        first_move_ns: Some(Nanos(800_000_001)),
        confirm_ns: None,
        mean: Some(-3.25),
    };
    Entry {
        seq: 1,
        t_ns: Nanos(5),
        record: Record::Outcome(Outcome { phase: 1, answer, cut: false }),
    }
}

pub(crate) fn start() -> Start {
    Start {
        version: JOURNAL_VERSION,
        program: "reframe".into(),
        program_version: "0.1.0".into(),
        task: "blocks".into(),
        sub: "01".into(),
        ses: Some("A".into()),
        run: 1,
        continues_run: Some(1),
        dry_run: false,
        place: Place::Scanner,
        participant: "human".into(),
        clock: "real".into(),
        wall: "2026-11-22T10:15:00+01:00".into(),
        operating_system: "Linux 6.8".into(),
        plan_sha256: "00".into(),
        protocol_sha256: "11".into(),
        rig_sha256: "22".into(),
    }
}

pub(crate) fn display() -> DisplayInfo {
    DisplayInfo {
        mode: "fullscreen".into(),
        monitor: Some("DP-1".into()),
        width_px: 1920,
        height_px: 1080,
        refresh_hz: 59.951,
        mode_hz: Some(60.0),
        jitter_ns: Some(Nanos(21_000)),
        paced: true,
        basis: Basis::X11Present,
        concerns: vec![Concern::Compositor],
        adapter: "llvmpipe".into(),
        driver: "Mesa 25".into(),
        offset_ns: Nanos(8_000_000),
        lengths: Some(Lengths {
            visible_px: [1920.0, 1080.0],
            pixels_per_metre: 3622.6415094339623,
            distance_m: 0.6,
        }),
    }
}

pub(crate) fn onset() -> Onset {
    Onset {
        phase: 0,
        ticket: 1,
        planned_ns: Nanos(1_000_000_000),
        onset_ns: Nanos(1_000_000_007),
        flip_ns: Nanos(1_000_000_000),
        basis: Basis::X11Present,
        frame: 11,
        skipped: Some(0),
        missed: 0,
        late: false,
        marked: true,
        covered: true,
        lacks: vec![StimulusId("beach_01".into())],
    }
}

pub(crate) fn sound() -> SoundOnset {
    SoundOnset {
        phase: 3,
        ticket: 4,
        cue: 0,
        time: 1,
        sound: "beat".into(),
        planned_ns: Some(Nanos(1_000_000_000)),
        onset_ns: Some(Nanos(1_001_000_007)),
        lag_ns: Some(Nanos(1_000_007)),
        basis: Some(SoundBasis::DeviceStamps),
        frame: Some(96_000),
        error: None,
    }
}
