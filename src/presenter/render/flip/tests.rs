//! The flip loop with a display system that reports late, throws pictures away, or says nothing.

use super::*;
use crate::ground::event::Presented;
use crate::ground::ports::Due;
use crate::ground::record::{Basis, Level};
use crate::ground::scene::{Rgb, Scene};
use crate::presenter::feedback::{Fate, Gone, Handed, Seen};
use crate::presenter::render::Target;
use crate::presenter::render::refresh::{Pacing, Refresh};
use crossbeam_channel::unbounded;

/// What becomes of each picture, by its number from 1; those behind the list are shown.
#[derive(Debug, Default)]
struct Script {
    fates: Vec<Does>,
    waiting: Vec<Handed>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    Show,
    Discard,
}

/// Every report comes so late.
const LATE: Nanos = Nanos::from_millis(40);

impl Feedback for Script {
    fn basis(&self) -> Basis {
        Basis::WpPresentation
    }

    fn handed(&mut self, handed: &Handed) -> Result<(), Gone> {
        self.waiting.push(*handed);
        Ok(())
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        let now = monotonic_now();
        let (due, waiting) = self.waiting.iter().partition(|h| h.returned + LATE <= now);
        self.waiting = waiting;
        let due: Vec<Handed> = due;
        reports.extend(due.into_iter().map(|h| {
            let does = self.fates.get(h.number as usize - 1).copied().unwrap_or(Does::Show);
            let seen = Seen { onset: h.returned, basis: Basis::WpPresentation, count: None };
            let fate = if does == Does::Show { Fate::Shown(seen) } else { Fate::Discarded };
            Report { number: h.number, fate }
        }));
    }
}

/// Shows scenes so many milliseconds from now, with that script, and gives what was told.
fn told(fates: Vec<Does>, at_ms: &[i64]) -> (Vec<Presented>, Vec<String>) {
    let config = RenderConfig::default();
    let target = Target::Offscreen { width: 64, height: 64 };
    let mut machine = Machine::build(&config, &target).expect("an adapter");
    let pacing = Pacing::Timer { handover: Nanos::ZERO };
    let measured = Measured {
        refresh: Refresh::timer(monotonic_now(), 100.0, pacing),
        feedback: Box::new(Script { fates, waiting: Vec::new() }),
        concerns: Vec::new(),
        mode_hz: None,
        jitter: None,
        handed: 0,
    };
    let (commands, inbox) = unbounded();
    let (tell, events) = unbounded();
    let begun = monotonic_now();
    for (i, ms) in at_ms.iter().enumerate() {
        let (ticket, due) = (i as u64 + 1, Due::At(begun + Nanos::from_millis(*ms)));
        let scene = Scene::blank(Rgb::WHITE);
        let request = ShowRequest {
            ticket,
            scene,
            due,
            report: true,
            mark: false,
            event: None,
            sounds: None,
        };
        commands.send(Command::Show(Box::new(request))).expect("it listens");
    }
    let wanted = at_ms.len();
    let stop = std::thread::spawn(move || {
        let (mut presented, mut errors) = (Vec::new(), Vec::new());
        while presented.len() < wanted {
            match events.recv_timeout(std::time::Duration::from_secs(20)).expect("in time") {
                Event::Presented(p) => presented.push(p),
                Event::Note { level: Level::Error, text, .. } => errors.push(text),
                _ => {}
            }
        }
        // Nothing more may come.
        std::thread::sleep(std::time::Duration::from_millis(150));
        commands.send(Command::Stop).expect("it listens");
        for event in events.try_iter() {
            match event {
                Event::Presented(p) => presented.push(p),
                Event::Note { level: Level::Error, text, .. } => errors.push(text),
                _ => {}
            }
        }
        (presented, errors)
    });
    let mut flips = Flips::new(&config, measured, inbox, tell, Quiet::new());
    assert!(matches!(flips.run(&mut machine), Ended::Stopped));
    stop.join().expect("it hears all")
}

#[test]
fn reports_that_come_late_give_each_scene_its_own_onset_once() {
    let (presented, errors) = told(Vec::new(), &[100, 120, 140, 300]);
    assert_eq!(presented.iter().map(|p| p.ticket).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(presented.iter().all(|p| p.basis == Basis::WpPresentation));
    assert!(presented.windows(2).all(|w| w[0].onset < w[1].onset));
    assert_eq!(errors, [""; 0]);
}

#[test]
fn a_scene_that_was_thrown_away_is_handed_over_again_and_has_the_onset_of_the_picture_that_came() {
    // The first is the blank screen of the loop's beginning.
    let (presented, errors) = told(vec![Does::Show, Does::Discard], &[100]);
    let [scene] = &presented[..] else { panic!("{presented:?}") };
    assert_eq!(scene.basis, Basis::WpPresentation);
    let late = scene.onset - scene.flip;
    assert!(late >= LATE - Nanos::from_millis(1), "as late as it was to be seen: {late}");
    assert_eq!(errors, [""; 0], "it was to be seen after all");
}

#[test]
fn a_scene_that_was_never_to_be_seen_has_an_estimate_and_an_error_says_so() {
    let (presented, errors) = told(vec![Does::Show, Does::Discard], &[100, 120]);
    let [first, second] = &presented[..] else { panic!("{presented:?}") };
    let (first, second) = if first.ticket == 1 { (first, second) } else { (second, first) };
    assert_eq!((first.basis, second.basis), (Basis::Estimate, Basis::WpPresentation));
    assert!(errors.iter().any(|e| e.contains("never to be seen")), "{errors:?}");
}

/// Keeps what was foretold.
#[derive(Debug, Default)]
struct Told(std::sync::Mutex<Vec<(u64, Nanos)>>);

impl crate::ground::ports::SoundPort for Told {
    fn expect(&self, ticket: u64, at: Nanos) {
        self.0.lock().unwrap().push((ticket, at));
    }
}

#[test]
fn a_scene_that_is_drawn_is_foreseen_at_its_flip_however_long_drawing_takes() {
    let told = std::sync::Arc::new(Told::default());
    let config = RenderConfig { sounds: Some(told.clone()), ..RenderConfig::default() };
    let pacing = Pacing::Timer { handover: Nanos::ZERO };
    let measured = Measured {
        refresh: Refresh::timer(monotonic_now(), 100.0, pacing),
        feedback: Box::new(Script::default()),
        concerns: Vec::new(),
        mode_hz: None,
        jitter: None,
        handed: 0,
    };
    let (_commands, inbox) = unbounded();
    let (tell, _events) = unbounded();
    let mut flips = Flips::new(&config, measured, inbox, tell, Quiet::new());
    let frame = flips.refresh.grid.first_from(monotonic_now() + Nanos::from_secs(2.0));
    let due = Due::At(flips.refresh.grid.time(frame));
    let scene = Scene::blank(Rgb::WHITE);
    let (mark, event, sounds) = (false, None, None);
    let request = ShowRequest { ticket: 1, scene, due, report: true, mark, event, sounds };
    flips.handle(Command::Show(Box::new(request)), None);
    // Drawing it anew would take until behind its flip.
    flips.draw_cost = Nanos::from_secs(3.0);
    flips.foresee();
    let late = told.0.lock().unwrap().pop().expect("it was foretold");
    assert!(late.1 > flips.refresh.grid.time(frame), "not drawn, it cannot come in time");
    let (what, look) = (What::Request(1), Default::default());
    flips.staged = Some(Staged { what, frame, look, outdated: false });
    flips.foresee();
    assert_eq!(told.0.lock().unwrap().pop(), Some((1, flips.refresh.grid.time(frame))));
}
