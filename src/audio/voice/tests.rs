//! Sounds in kira's mixer, driven by its mock backend; an effect on the main track keeps what comes out of it.

use super::*;
use crate::audio::line::Line;
use crate::ground::cue::Tone;
use kira::backend::mock::{MockBackend, MockBackendSettings};
use kira::effect::{Effect, EffectBuilder};
use kira::track::MainTrackBuilder;
use kira::{AudioManager, AudioManagerSettings};
use proptest::prelude::*;
use std::sync::Mutex;

type Heard = Arc<Mutex<Vec<Frame>>>;

/// Keeps what comes out of the mixer.
struct Tap(Heard);

impl EffectBuilder for Tap {
    type Handle = ();

    fn build(self) -> (Box<dyn Effect>, ()) {
        (Box::new(self), ())
    }
}

impl Effect for Tap {
    fn process(&mut self, input: &mut [Frame], _dt: f64, _info: &Info<'_>) {
        self.0.lock().unwrap().extend_from_slice(input);
    }
}

/// A mixer on a device whose first sample is heard at `offset`.
struct Room {
    manager: AudioManager<MockBackend>,
    now: Arc<Now>,
    heard: Heard,
    offset: Nanos,
    chunk: usize,
    frame: u64,
}

impl Room {
    fn new(rate: u32, chunk: usize, offset: Nanos) -> Room {
        let heard = Heard::default();
        let mut main_track_builder = MainTrackBuilder::new();
        main_track_builder.add_effect(Tap(heard.clone()));
        let manager = AudioManager::new(AudioManagerSettings {
            main_track_builder,
            internal_buffer_size: chunk,
            backend_settings: MockBackendSettings { sample_rate: rate },
            ..AudioManagerSettings::default()
        });
        let manager = manager.expect("a mock needs no device");
        Room { manager, now: Arc::new(Now::new(rate)), heard, offset, chunk, frame: 0 }
    }

    fn play(&mut self, samples: &Samples, volume: f32, pan: f32) -> Arc<Part> {
        let (part, now) = (Arc::new(Part::default()), self.now.clone());
        let voice = Voice { samples: samples.clone(), part: part.clone(), now, volume, pan };
        self.manager.play(voice).expect("there is room");
        part
    }

    /// The device asks for so many chunks.
    fn ask(&mut self, chunks: usize) {
        self.now.tell(self.frame, Some(self.offset));
        self.manager.backend_mut().on_start_processing();
        (0..chunks).for_each(|_| self.manager.backend_mut().process());
        self.frame += (chunks * self.chunk) as u64;
    }

    /// Number of the first sample that is not silent.
    fn first(&self) -> Option<usize> {
        self.heard.lock().unwrap().iter().position(|f| *f != Frame::ZERO)
    }
}

fn burst(rate: u32, count: usize) -> Samples {
    Samples { rate, frames: vec![[0.5, 0.25]; count].into() }
}

proptest! {
    #[test]
    fn a_sound_begins_within_one_sample_of_its_time_wherever_that_lies(
        at in 0i64..300_000_000,
        offset in -50_000_000i64..2_000_000_000,
        chunk in 1usize..400,
        asked in proptest::collection::vec(1usize..9, 1..4),
        rate in prop_oneof![Just(44_100u32), Just(48_000), Just(96_000)],
        told_late in any::<bool>(),
    ) {
        let offset = Nanos(offset);
        let due = offset + Nanos(at);
        let mut room = Room::new(rate, chunk, offset);
        let part = room.play(&burst(rate, 40), 1.0, 0.0);
        if !told_late {
            part.set_due(due);
        }
        let mut sizes = asked.iter().cycle();
        while span(room.frame, rate) < Nanos::from_millis(320) {
            // It is told when it must be at last: before the samples of its time are asked for.
            let chunks = *sizes.next().unwrap();
            if span(room.frame + (chunks * chunk) as u64 + 1, rate) > Nanos(at) {
                part.set_due(due);
            }
            room.ask(chunks);
        }
        let first = room.first().expect("it was heard") as u64;
        prop_assert_eq!(part.first(), Some(first));
        let heard = offset + span(first, rate);
        let sample = 1_000_000_000 / i64::from(rate) + 1;
        prop_assert!((heard - due).abs() <= Nanos(sample), "{} for {}", heard, due);
        prop_assert_eq!(part.last(), Some(first + 40));
    }
}

#[test]
fn sounds_that_are_heard_at_once_are_added_up() {
    let mut room = Room::new(48_000, 128, Nanos::ZERO);
    let low = room.play(&burst(48_000, 300), 0.5, 0.0);
    let high = room.play(&burst(48_000, 100), 1.0, 1.0);
    low.set_due(Nanos::from_millis(1));
    high.set_due(Nanos::from_millis(2));
    room.ask(4);
    let heard = room.heard.lock().unwrap();
    assert_eq!(heard[60], Frame::new(0.25, 0.125));
    assert_eq!(heard[100].left, 0.25, "one that is panned to the right is not in the left ear");
    assert_eq!(heard[100].right, 0.125 + 0.25);
}

#[test]
fn a_sound_whose_time_is_long_gone_is_not_begun_and_one_that_is_a_little_late_is() {
    let mut room = Room::new(48_000, 128, Nanos::ZERO);
    room.ask(75);
    let (gone, late) =
        (room.play(&burst(48_000, 9), 1.0, 0.0), room.play(&burst(48_000, 9), 1.0, 0.0));
    gone.set_due(Nanos::from_millis(99));
    late.set_due(Nanos::from_millis(101));
    room.ask(1);
    assert_eq!((gone.fate(), late.fate()), (Fate::TooLate, Fate::Over));
    assert_eq!(late.first(), Some(75 * 128));
}

#[test]
fn a_sound_waits_while_neither_its_time_nor_the_time_of_the_device_is_known() {
    let mut room = Room::new(48_000, 128, Nanos::ZERO);
    let part = room.play(&burst(48_000, 9), 1.0, 0.0);
    room.ask(3);
    part.set_due(Nanos::from_millis(10));
    room.now.tell(room.frame, Line::new(48_000).offset());
    room.manager.backend_mut().on_start_processing();
    room.manager.backend_mut().process();
    assert_eq!((part.fate(), room.first()), (Fate::Waiting, None));
}

#[test]
fn a_silenced_sound_fades_within_five_milliseconds_and_says_where_it_ended() {
    let mut room = Room::new(48_000, 128, Nanos::ZERO);
    let tone = Tone { frequency: 440.0, duration: Nanos::from_millis(500), ramp: Nanos::ZERO };
    let part = room.play(&Samples::tone(&tone, 48_000), 1.0, 0.0);
    part.set_due(Nanos::from_millis(10));
    part.silence(Some(Nanos::from_millis(50)));
    room.ask(40);
    assert_eq!((part.first(), part.last()), (Some(480), Some(2_400 + 240)));
    let heard = room.heard.lock().unwrap();
    let loudest =
        |from: usize, to: usize| heard[from..to].iter().fold(0f32, |m, f| m.max(f.left.abs()));
    assert!(loudest(2_300, 2_400) > 0.45 && loudest(2_580, 2_640) < 0.13);
    assert_eq!(loudest(2_640, heard.len()), 0.0);
}

#[test]
fn a_sound_is_not_begun_where_the_next_scene_comes_before_it() {
    let mut room = Room::new(48_000, 128, Nanos::ZERO);
    let part = room.play(&burst(48_000, 9), 1.0, 0.0);
    part.set_due(Nanos::from_millis(2));
    part.end_of_scene(Some(Nanos::from_millis(2)));
    room.ask(2);
    assert_eq!((part.fate(), room.first()), (Fate::Gone, None));
}

#[test]
fn a_sound_that_is_late_does_not_begin_behind_its_scene() {
    let mut room = Room::new(48_000, 128, Nanos::ZERO);
    room.ask(75);
    // It is 200 ms.
    let parts = [199, 201].map(|end| {
        let part = room.play(&burst(48_000, 9), 1.0, 0.0);
        part.set_due(Nanos::from_millis(150));
        part.end_of_scene(Some(Nanos::from_millis(end)));
        part
    });
    room.ask(1);
    assert_eq!(parts.map(|p| p.fate()), [Fate::TooLate, Fate::Over]);
}
