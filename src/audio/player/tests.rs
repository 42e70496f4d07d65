//! The thread with a device of paper, which asks, stands still, goes and comes back as it is told.

use super::super::desk::Mixer;
use super::super::part::Part;
use super::super::samples::Samples;
use super::*;
use crate::ground::cue::{Cue, Stop};
use crossbeam_channel::unbounded;
use indexmap::IndexMap;
use std::sync::Arc;
use std::thread::JoinHandle;

#[test]
fn a_device_that_is_further_behind_than_scenes_are_known_ahead_is_told_of() {
    assert_eq!(too_slow(&device(180, 0)), None);
    assert_eq!(too_slow(&device(180, -50)), None);
    let said = too_slow(&device(150, 60)).unwrap();
    assert!(said.contains("\"Wireless\" needs sounds 310 ms ahead"), "{said}");
    assert!(said.contains("up to 30 ms late"), "{said}");
}

/// A device that does nothing by itself.
#[derive(Debug)]
struct Paper {
    stamps: Receiver<Stamp>,
    troubles: Receiver<Trouble>,
    cuts: Receiver<Cut>,
    /// What comes of opening it again.
    opens: Receiver<Result<(), String>>,
    asked: Sender<()>,
}

impl Source for Paper {
    fn stamps(&self) -> &Receiver<Stamp> {
        &self.stamps
    }

    fn troubles(&self) -> &Receiver<Trouble> {
        &self.troubles
    }

    fn cuts(&self) -> &Receiver<Cut> {
        &self.cuts
    }

    fn about(&self) -> SoundDevice {
        device(40, 0)
    }

    fn close(&mut self) {}

    fn reopen(&mut self) {
        self.asked.send(()).unwrap();
    }

    fn reopened(&mut self) -> Option<Result<(), String>> {
        self.opens.try_recv().ok()
    }
}

/// A mixer that begins each sound with the sample that it is told.
#[derive(Debug)]
struct Begins(u64);

impl Mixer for Begins {
    fn play(&mut self, _: &Samples, part: &Arc<Part>, _: f64, _: f64) -> Result<(), String> {
        part.begin(self.0);
        Ok(())
    }

    fn volume(&mut self, _gain: f64) {}
}

/// The thread, and the other ends of all that it has.
struct Room {
    commands: Sender<Command>,
    stamps: Sender<Stamp>,
    troubles: Sender<Trouble>,
    opens: Sender<Result<(), String>>,
    asked: Receiver<()>,
    events: Receiver<Event>,
    thread: JoinHandle<()>,
}

/// The first sample of the only sound.
const FIRST: u64 = 48_000;

impl Room {
    fn new() -> Room {
        let (commands, orders) = unbounded();
        let (stamps, stamped) = unbounded();
        let (troubles, troubled) = unbounded();
        let (opens, opened) = unbounded();
        let (asking, asked) = unbounded();
        let (sender, events) = unbounded();
        let samples = Samples { rate: 48_000, frames: vec![[0.5; 2]; 4_800].into() };
        let sounds = IndexMap::from([("beep".to_string(), samples)]);
        let thread = std::thread::spawn(move || {
            let desk = Desk::new(sounds, 48_000, Some(Box::new(Begins(FIRST))));
            let source = Paper {
                stamps: stamped,
                troubles: troubled,
                cuts: unbounded().1,
                opens: opened,
                asked: asking,
            };
            let source: Box<dyn Source> = Box::new(source);
            Player::new(desk, Some(source), sender, Nanos::ZERO, Vec::new()).run(&orders);
        });
        Room { commands, stamps, troubles, opens, asked, events, thread }
    }

    fn order(&self) {
        let cue = Cue {
            sound: "beep".into(),
            at: Nanos::ZERO,
            every: None,
            volume: 1.0,
            pan: 0.0,
            stop: Stop::End,
        };
        let sounds = SceneSounds { phase: 1, cues: [cue].as_slice().into(), covered: false };
        self.commands.send(Command::Order { ticket: 1, sounds }).unwrap();
        self.commands.send(Command::Expect { ticket: 1, at: monotonic_now() }).unwrap();
    }

    /// What is said, once the thread has ended.
    fn end(self) -> Vec<Event> {
        self.commands.send(Command::Finish).unwrap();
        self.thread.join().unwrap();
        self.events.try_iter().collect()
    }
}

fn device(latency: i64, offset: i64) -> SoundDevice {
    SoundDevice {
        name: "Wireless".into(),
        host: "pulseaudio".into(),
        sample_rate: 48_000,
        channels: 2,
        buffer: 1024,
        taken: 4_800,
        latency_ns: Nanos::from_millis(latency),
        offset_ns: Nanos::from_millis(offset),
    }
}

fn onsets(events: &[Event]) -> Vec<(Option<Nanos>, Option<String>)> {
    let said = events.iter().filter_map(|e| match e {
        Event::Sound { said, .. } => Some(&**said),
        _ => None,
    });
    let onset = |said: &SoundSaid| match said {
        SoundSaid::Onset(o) => Some((o.onset_ns, o.error.clone())),
        _ => None,
    };
    said.filter_map(onset).collect()
}

#[test]
fn what_a_device_held_that_stood_still_when_the_run_ended_is_told_as_not_played() {
    let room = Room::new();
    let start = monotonic_now();
    // It has taken the sound, which would be heard in a while, and then it stops.
    for k in 0..110 {
        let heard = start + Nanos::from_millis(k * 10 - 900);
        let called = heard - Nanos::from_millis(200);
        room.stamps.send(Stamp { frame: k as u64 * 480, frames: 480, called, heard }).unwrap();
    }
    room.order();
    let said = onsets(&room.end());
    let gone = "the sound device was gone".to_string();
    assert_eq!(said, [(None, Some(gone))], "by the stamps it was heard at 100 ms");
}

#[test]
fn a_device_that_hangs_while_it_is_opened_again_keeps_nothing_from_being_told() {
    let room = Room::new();
    let (at, text) = (monotonic_now(), "unplugged".to_string());
    room.troubles.send(Trouble { at, over: true, text }).unwrap();
    let patience = std::time::Duration::from_secs(20);
    room.asked.recv_timeout(patience).expect("it is opened again");
    room.order();
    let sound = |e: Event| matches!(e, Event::Sound { .. });
    let told = std::iter::from_fn(|| room.events.recv_timeout(patience).ok()).any(sound);
    assert!(told, "a sound is told of while nobody has answered");
    room.opens.send(Err("busy".into())).unwrap();
    room.asked.recv_timeout(patience).expect("it is tried once more");
    room.opens.send(Ok(())).unwrap();
    let again = |e: Event| matches!(e, Event::Note { text, .. } if text.contains("again"));
    let told = std::iter::from_fn(|| room.events.recv_timeout(patience).ok()).any(again);
    assert!(told, "it goes on");
    room.end();
}
