//! A schedule sent to one place in real time, on a thread of its own: it waits until somebody listens, then until each
//! moment, by absolute times, and says what it sent and when. A place that does not answer holds up no other.

use super::place::{Edge, Place, Said};
use super::schedule::{Moment, Schedule, What};
use crate::ground::clock::{Clock, MonotonicClock, monotonic_now};
use crate::ground::priority;
use crate::ground::time::Nanos;
use crossbeam_channel::Sender;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

/// The last bit before a moment is waited for without sleep: a sleeper is woken late.
const SPUN: Nanos = Nanos::from_millis(1);
/// How often a place is looked at between moments.
const LOOK: Nanos = Nanos::from_millis(100);
/// Nothing is looked at closer to a moment than that.
const QUIET: Nanos = Nanos::from_millis(10);
/// What is due for longer than that is not sent any more: this PC was asleep.
const TOO_LATE: Nanos = Nanos::from_millis(1_000);
/// Ordinary programs wait, those that record do not.
const PRIORITY: i32 = 9;

/// What all places of a scan share: when it begins, and whether it has been ended.
#[derive(Debug)]
pub struct Switch {
    start: AtomicI64,
    stop: AtomicBool,
}

impl Default for Switch {
    fn default() -> Switch {
        Switch { start: AtomicI64::new(Nanos::MAX.0), stop: AtomicBool::new(false) }
    }
}

impl Switch {
    /// The schedule's zero is at this instant.
    pub fn start_at(&self, at: Nanos) {
        self.start.store(at.0, Ordering::Release);
    }

    /// Nothing more is sent.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }

    /// Whether it was ended.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    fn started_at(&self) -> Option<Nanos> {
        Some(Nanos(self.start.load(Ordering::Acquire))).filter(|at| *at != Nanos::MAX)
    }
}

/// What is told of a place, by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// What the system said to the wish for priority.
    Priority { granted: bool, text: String },
    /// Somebody listens there.
    Ready { place: usize },
    /// Nobody does; why.
    Waiting { place: usize, why: String },
    /// A moment has passed.
    Passed(Passed),
    /// All is sent, or it was ended.
    Done,
}

/// A moment that has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    pub place: usize,
    /// When it was due, by the monotonic clock.
    pub planned: Nanos,
    /// The instants right before and right after it was handed to the system, or why it was not sent.
    pub sent: Result<(Nanos, Nanos), String>,
    pub what: What,
    pub volume: Option<u32>,
    pub code: Option<String>,
}

/// Sends a schedule to a place, and returns when all is sent or the switch says so.
pub fn play(
    mut place: Box<dyn Place>,
    number: usize,
    schedule: Schedule,
    switch: &Arc<Switch>,
    tell: &Sender<Told>,
) {
    let (granted, text) = priority::raise("scanner's", PRIORITY);
    // Whoever listens may have gone; then nothing is left to be done either.
    let _ = tell.send(Told::Priority { granted, text });
    let mut door = Door { place: place.as_mut(), number, tell, open: None };
    if let Some(start) = door.wait_for_start(switch) {
        for moment in schedule {
            let planned = start + moment.at;
            if !door.wait_until(planned, switch) {
                break;
            }
            let Some(sent) = door.send(planned, &moment) else { continue };
            let Moment { what, volume, code, .. } = moment;
            let _ = tell.send(Told::Passed(Passed {
                place: number,
                planned,
                sent,
                what,
                volume,
                code,
            }));
        }
    }
    drop(place);
    let _ = tell.send(Told::Done);
}

/// A place, and what was last said of it.
struct Door<'a> {
    place: &'a mut dyn Place,
    number: usize,
    tell: &'a Sender<Told>,
    open: Option<bool>,
}

impl Door<'_> {
    fn look(&mut self, patience: Duration) {
        let ready = self.place.ready(patience);
        self.found(ready);
    }

    /// Tells whether somebody listens, where that is news.
    fn found(&mut self, ready: Result<(), String>) {
        if self.open != Some(ready.is_ok()) {
            self.open = Some(ready.is_ok());
            let place = self.number;
            let _ = self.tell.send(match ready {
                Ok(()) => Told::Ready { place },
                Err(why) => Told::Waiting { place, why },
            });
        }
    }

    fn wait_for_start(&mut self, switch: &Switch) -> Option<Nanos> {
        loop {
            if switch.is_stopped() {
                return None;
            }
            if let Some(start) = switch.started_at() {
                return Some(start);
            }
            self.look(Duration::from_millis(200));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether the instant has come; otherwise the scan was ended.
    fn wait_until(&mut self, at: Nanos, switch: &Switch) -> bool {
        while !switch.is_stopped() {
            let left = at - monotonic_now();
            if left <= SPUN {
                while monotonic_now() < at {
                    std::hint::spin_loop();
                }
                return true;
            }
            if left > QUIET {
                self.look((left - QUIET).min(LOOK).to_duration());
            }
            let now = monotonic_now();
            MonotonicClock.sleep_until((at - SPUN).min(now + LOOK));
        }
        false
    }

    /// What became of it; none where the place does not tell of such things.
    fn send(&mut self, planned: Nanos, moment: &Moment) -> Option<Result<(Nanos, Nanos), String>> {
        let edge = match moment.what {
            What::Dropped => return Some(Err("left out on purpose".into())),
            What::Release => Edge::Up,
            What::Repeat => Edge::Repeat,
            _ => Edge::Down,
        };
        let before = monotonic_now();
        if before - planned > TOO_LATE {
            return Some(Err(format!(
                "{:.1} s too late: this PC was held up",
                (before - planned).secs()
            )));
        }
        match self.place.send(edge, moment.code.as_deref()) {
            Ok(Said::Yes) => Some(Ok((before, monotonic_now()))),
            Ok(Said::NotHere) => None,
            Err(why) => {
                // A break that is over before the next look is told of all the same.
                self.found(Err(why.clone()));
                Some(Err(why))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::faults::Faults;
    use super::super::schedule::Scan;
    use super::*;
    use crossbeam_channel::unbounded;
    use std::sync::Mutex;

    type Heard = Arc<Mutex<Vec<(Edge, Option<String>)>>>;

    /// A place that keeps what it is sent, and cannot be reached at first.
    #[derive(Debug)]
    struct Kept {
        heard: Heard,
        away: u32,
    }

    impl Place for Kept {
        fn ready(&mut self, _patience: Duration) -> Result<(), String> {
            self.away = self.away.saturating_sub(1);
            if self.away == 0 { Ok(()) } else { Err("nobody is there".into()) }
        }
        fn send(&mut self, edge: Edge, code: Option<&str>) -> Result<Said, String> {
            if edge == Edge::Up {
                return Ok(Said::NotHere);
            }
            self.heard.lock().unwrap().push((edge, code.map(Into::into)));
            Ok(Said::Yes)
        }
    }

    #[test]
    fn every_moment_is_sent_at_its_time_or_told_why_not() {
        let heard = Heard::default();
        let place = Box::new(Kept { heard: heard.clone(), away: 3 });
        let tr = Nanos::from_millis(20);
        let scan = Scan { tr, volumes: Some(20), slices: 1, dummies: 0, dummies_pulse: true };
        let hold = Nanos::from_millis(2);
        let schedule = Schedule::new(scan, Faults { dropped: 0.3, hold, ..Faults::default() });
        let planned: Vec<Moment> = schedule.clone().filter(|m| m.what != What::Release).collect();
        let (tell, told) = unbounded();
        let switch = Arc::new(Switch::default());
        let theirs = switch.clone();
        let playing = std::thread::spawn(move || play(place, 4, schedule, &theirs, &tell));
        assert!(matches!(told.recv(), Ok(Told::Priority { .. })));
        assert_eq!(told.recv(), Ok(Told::Waiting { place: 4, why: "nobody is there".into() }));
        assert_eq!(told.recv(), Ok(Told::Ready { place: 4 }));
        let start = monotonic_now() + Nanos::from_millis(50);
        switch.start_at(start);
        playing.join().unwrap();
        let mut all: Vec<Told> = told.iter().collect();
        assert_eq!(all.pop(), Some(Told::Done));
        assert_eq!(all.len(), planned.len());
        let mut sent = 0;
        for (told, moment) in all.iter().zip(&planned) {
            let Told::Passed(passed) = told else { panic!("{told:?}") };
            assert_eq!((passed.planned, passed.what), (start + moment.at, moment.what));
            match &passed.sent {
                Ok((before, after)) => {
                    assert!(passed.planned <= *before && before <= after);
                    sent += 1;
                }
                Err(why) => {
                    assert_eq!((passed.what, why.as_str()), (What::Dropped, "left out on purpose"))
                }
            }
        }
        assert_eq!(heard.lock().unwrap().len(), sent);
        assert!((5..20).contains(&sent), "{sent}");
    }

    #[test]
    fn a_scan_without_an_end_is_ended_by_the_switch() {
        let place = Box::new(Kept { heard: Heard::default(), away: 0 });
        let tr = Nanos::from_secs(3600.0);
        let scan = Scan { tr, volumes: None, slices: 1, dummies: 0, dummies_pulse: true };
        let (tell, told) = unbounded();
        let switch = Arc::new(Switch::default());
        let theirs = switch.clone();
        let schedule = Schedule::new(scan, Faults::default());
        let playing = std::thread::spawn(move || play(place, 0, schedule, &theirs, &tell));
        switch.start_at(monotonic_now());
        let first = told.iter().find_map(|t| if let Told::Passed(p) = t { Some(p) } else { None });
        assert_eq!(first.map(|p| p.volume), Some(Some(1)));
        switch.stop();
        playing.join().unwrap();
    }
}
