//! Scenes at every flip, with and without a busy core beside them, and a standing screen that changes now and then.

use super::Stopped;
use super::room::Room;
use crate::ground::event::Presented;
use crate::ground::ports::Due;
use crate::ground::time::Nanos;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// How scenes follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Each one frame after the one before.
    EveryFlip,
    /// At instants of no pattern, with a still screen between them.
    NowAndThen,
}

/// A stretch of the test.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    pub course: Course,
    /// Cores that were kept busy meanwhile.
    pub busy_cores: u32,
    /// Scenes that were asked for.
    pub requested: u32,
    /// Reports of those that appeared, in their order.
    pub presented: Vec<Presented>,
}

/// So many scenes wait at a time, as in a run.
const WAITING: usize = 6;
/// From the beginning of a stretch to its first scene.
const LEAD: Nanos = Nanos::from_millis(300);
/// A screen that shows nothing for so long has stalled.
const STALLED: Nanos = Nanos::from_millis(3000);
/// Between two changes of a standing screen, in milliseconds.
const PAUSES_MS: std::ops::Range<f64> = 100.0..300.0;

/// A scene at every flip, for so long.
pub fn row(
    room: &mut Room<'_>,
    what: &'static str,
    period: Nanos,
    span: Nanos,
    busy: bool,
) -> Result<Stretch, Stopped> {
    let load = busy.then(Busy::start);
    let first = room.clock.now() + LEAD;
    let mut near = first;
    let mut next = |ticket: u64| {
        let due = Due::FramesAfter { ticket: ticket - 1, frames: 1, near };
        let due = if near == first { Due::At(first) } else { due };
        near += period;
        due
    };
    let busy_cores = u32::from(load.as_ref().is_some_and(Busy::is_on));
    follow(room, what, Course::EveryFlip, busy_cores, span, &mut next)
}

/// A standing screen that changes at random instants, for so long.
pub fn standing(room: &mut Room<'_>, what: &'static str, span: Nanos) -> Result<Stretch, Stopped> {
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    let mut at = room.clock.now() + LEAD;
    let mut next = |_| {
        let due = Due::At(at);
        at += Nanos::from_secs(chance.random_range(PAUSES_MS) / 1e3);
        due
    };
    follow(room, what, Course::NowAndThen, 0, span, &mut next)
}

/// Keeps scenes waiting until the time is over, and hears of each.
fn follow(
    room: &mut Room<'_>,
    what: &'static str,
    course: Course,
    busy_cores: u32,
    span: Nanos,
    next: &mut dyn FnMut(u64) -> Due,
) -> Result<Stretch, Stopped> {
    let began = room.clock.now();
    let mut requested = 0;
    let mut presented: Vec<Presented> = Vec::new();
    let mut first = None;
    loop {
        let waiting = requested - presented.len();
        // Those that wait are shown in time: the last of them ends the stretch.
        let over = room.clock.now() - began >= span;
        if over && waiting == 0 {
            break;
        }
        for _ in waiting..if over { 0 } else { WAITING } {
            let ticket = room.show(what, &mut *next);
            first.get_or_insert(ticket);
            requested += 1;
        }
        let until = room.clock.now() + STALLED;
        match room.wait(until)? {
            // A scene of an earlier stretch says nothing of this one.
            Some(p) if first.is_some_and(|f| p.ticket < f) => {}
            Some(p) => presented.push(p),
            None => break,
        }
    }
    if let Some(first) = first {
        room.withdraw(first);
    }
    let requested = u32::try_from(requested).unwrap_or(u32::MAX);
    Ok(Stretch { course, busy_cores, requested, presented })
}

/// A core that is kept busy, at the priority of ordinary programs.
struct Busy {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Busy {
    fn start() -> Busy {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let spin = move || {
            while !stopped.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        };
        let thread = std::thread::Builder::new().name("busy".into()).spawn(spin).ok();
        Busy { stop, thread }
    }

    fn is_on(&self) -> bool {
        self.thread.is_some()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It does nothing that could fail.
            let _ = thread.join();
        }
    }
}
