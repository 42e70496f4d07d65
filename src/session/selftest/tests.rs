//! The self-test on a display of paper: what it asks for, what it gives, and how it is ended.

use super::*;
use crate::ground::clock::MonotonicClock;
use crate::ground::event::{KeyEvent, Presented};
use crate::ground::ports::{Due, ShowRequest};
use crate::ground::record::{Basis, DisplayInfo};
use crate::ground::scene::StimulusId;
use crate::input::listening::Listening;
use crate::rig::schema::Rig;
use crossbeam_channel::{Sender, unbounded};

/// Reports each scene at once, at the flip it asks for.
struct Paper {
    events: Sender<Event>,
    shown: Vec<ShowRequest>,
    flip: Nanos,
}

impl Display for Paper {
    fn upcoming(&mut self, _: &[StimulusId], _: Nanos) {}
    fn show(&mut self, request: ShowRequest) {
        self.flip = match request.due {
            Due::At(t) => t,
            Due::FramesAfter { .. } | Due::Next => self.flip + Nanos::period(100.0),
        };
        // Slower than a program can ask, or the row would have no end.
        std::thread::sleep(std::time::Duration::from_micros(500));
        let presented = Presented {
            ticket: request.ticket,
            onset: self.flip,
            flip: self.flip,
            basis: Basis::Virtual,
            frame: request.ticket,
            skipped: None,
            marked: request.mark,
            lacks: Vec::new(),
        };
        self.events.send(Event::Presented(presented)).unwrap();
        self.shown.push(request);
    }
    fn withdraw(&mut self, _: u64) {}
}

/// Its key is heard of 1 ms after it was pressed.
struct Finger(Sender<Event>);

impl KeyPresser for Finger {
    fn code(&self) -> &str {
        "F24"
    }
    fn press(&mut self, down: bool) -> Result<(Nanos, Nanos), String> {
        let now = MonotonicClock.now();
        self.0.send(key(now + Nanos::from_millis(1), "F24", down)).unwrap();
        Ok((now, now))
    }
}

fn key(stamp: Nanos, code: &str, down: bool) -> Event {
    let (device, source) = ("keyboard".into(), "window".into());
    Event::Key(KeyEvent { stamp, code: code.into(), down, repeat: false, device, source })
}

fn ready() -> Ready {
    let info = DisplayInfo {
        mode: "window".into(),
        monitor: None,
        width_px: 800,
        height_px: 600,
        refresh_hz: 100.0,
        mode_hz: None,
        jitter_ns: None,
        concerns: Vec::new(),
        paced: false,
        basis: Basis::Virtual,
        adapter: "paper".into(),
        driver: "none".into(),
        offset_ns: Nanos::ZERO,
        lengths: None,
    };
    Ready {
        sounds: Vec::new(),
        info,
        notes: Vec::new(),
        focused: Some(true),
        listening: Listening::default(),
        grey: None,
    }
}

/// What a test gives that meets these events first.
fn tested(first: Vec<Event>, with_keys: bool) -> (Result<Seen, Stopped>, Vec<ShowRequest>) {
    let (events, receiver) = unbounded();
    first.into_iter().for_each(|e| events.send(e).unwrap());
    let presser: Result<Box<dyn KeyPresser>, String> = match with_keys {
        true => Ok(Box::new(Finger(events.clone()))),
        false => Err("no fingers".into()),
    };
    let mut paper = Paper { events, shown: Vec::new(), flip: MonotonicClock.now() };
    let seen = SelfTest {
        display: &mut paper,
        events: receiver,
        clock: Arc::new(MonotonicClock),
        ready: ready(),
        mapping: Mapping::new(&Rig::default(), &[]),
        how_to_end: "Escape and Q end it".into(),
        presser,
        sounds: None,
        span: Nanos::from_secs(0.8),
        progress: &mut |_, _| {},
    }
    .perform();
    (seen, paper.shown)
}

#[test]
fn every_scene_that_was_asked_for_is_accounted_for() {
    let (seen, shown) = tested(Vec::new(), true);
    let seen = seen.unwrap();
    let kinds: Vec<_> = seen.stretches.iter().map(|s| (s.course, s.busy_cores)).collect();
    let wanted = [(Course::EveryFlip, 0), (Course::EveryFlip, 1), (Course::NowAndThen, 0)];
    assert_eq!(kinds, wanted);
    for s in &seen.stretches {
        assert!(s.requested > 0 && s.presented.len() == s.requested as usize);
    }
    // A chain of frames hangs together.
    for pair in shown.windows(2) {
        assert_eq!(pair[1].ticket, pair[0].ticket + 1);
        if let Due::FramesAfter { ticket, frames, .. } = pair[1].due {
            assert_eq!((ticket, frames), (pair[0].ticket, 1));
        }
    }
    assert!(!seen.keys.presses.is_empty());
    assert_eq!(seen.keys.heard.len(), seen.keys.presses.len());
    assert!(seen.clock.step > Nanos::ZERO && !seen.clock.sleeps[0].over.is_empty());
}

#[test]
fn where_nothing_presses_keys_the_reason_is_kept() {
    let (seen, _) = tested(Vec::new(), false);
    let keys = seen.unwrap().keys;
    assert_eq!((keys.presses.len(), keys.why_not.as_deref()), (0, Some("no fingers")));
}

#[test]
fn escape_and_q_a_closed_window_and_a_lost_display_end_it_without_a_result() {
    let now = Nanos::ZERO;
    let pair = vec![key(now, "Escape", true), key(now, "KeyQ", true)];
    assert_eq!(tested(pair, true).0, Err(Stopped::Ended));
    assert_eq!(tested(vec![Event::Closed { stamp: now }], true).0, Err(Stopped::Ended));
    let failure = DisplayFailure { text: "gone".into(), remedy: "none".into() };
    let failed = vec![Event::DisplayFailed(failure.clone())];
    assert_eq!(tested(failed, true).0, Err(Stopped::Display(failure)));
}
