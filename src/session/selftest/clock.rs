//! The clock itself: its steps, what reading it costs, and how late a thread wakes that sleeps until an instant.

use super::Stopped;
use super::room::Room;
use crate::ground::clock::{Clock, Readings};
use crate::ground::priority;
use crate::ground::time::Nanos;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What was seen of the clock.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockSeen {
    /// The smallest step it was seen to make.
    pub step: Nanos,
    /// What reading it costs, in nanoseconds, the mean of many.
    pub reading_ns: f64,
    pub sleeps: Vec<Sleeps>,
    /// All clocks of the machine, at the beginning and at the end of the test.
    pub readings: [Readings; 2],
}

/// Sleeps until an instant, by a thread of one priority.
#[derive(Clone, Debug, PartialEq)]
pub struct Sleeps {
    /// Whether the priority of the program's timed threads was asked for.
    pub asked: bool,
    /// Whether it was granted, and the system's words for it.
    pub granted: Option<(bool, String)>,
    /// From the instant to the awakening.
    pub over: Vec<Nanos>,
}

/// Readings in a row.
const READINGS: usize = 100_000;
/// The real-time priority of the thread that draws.
const PRIORITY: i32 = 10;
/// How long it sleeps, in milliseconds.
const SLEEPS_MS: std::ops::Range<f64> = 2.0..6.0;
/// How often the test looks whether the sleeper is done.
const LOOK: Nanos = Nanos::from_millis(20);

/// The smallest step of a clock, and what a reading costs in nanoseconds.
pub fn read(clock: &dyn Clock) -> (Nanos, f64) {
    let began = clock.now();
    let mut last = began;
    let mut step = Nanos::MAX;
    for _ in 0..READINGS {
        let now = clock.now();
        if now > last {
            step = step.min(now - last);
        }
        last = now;
    }
    (step, (last - began).0 as f64 / READINGS as f64)
}

/// Sleeps again and again for so long, on a thread of its own.
pub fn sleeps(room: &mut Room<'_>, raise: bool, span: Nanos) -> Result<Sleeps, Stopped> {
    let nothing = Sleeps { asked: raise, granted: None, over: Vec::new() };
    let stop = Arc::new(AtomicBool::new(false));
    let (clock, stopped) = (room.clock.clone(), stop.clone());
    let spawned = std::thread::Builder::new().name("sleeper".into()).spawn(move || {
        let granted = raise.then(|| priority::raise("sleeping", PRIORITY));
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        let mut over = Vec::new();
        let end = clock.now() + span;
        while clock.now() < end && !stopped.load(Ordering::Relaxed) {
            let until = clock.now() + Nanos::from_secs(chance.random_range(SLEEPS_MS) / 1e3);
            clock.sleep_until(until);
            over.push(clock.now() - until);
        }
        (granted, over)
    });
    let Ok(thread) = spawned else { return Ok(nothing) };
    while !thread.is_finished() {
        let waited = room.wait(room.clock.now() + LOOK);
        if waited.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        waited?;
    }
    Ok(match thread.join() {
        Ok((granted, over)) => Sleeps { granted, over, ..nothing },
        Err(_) => nothing,
    })
}
