//! Keys pressed at random instants by a connection of their own, while the screen changes at every flip: when each was
//! pressed, and when the program says that it was.

use super::Stopped;
use super::room::Room;
use crate::ground::clock::Clock;
use crate::ground::event::KeyEvent;
use crate::ground::ports::KeyPresser;
use crate::ground::time::Nanos;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// A press: it happened between the two instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    pub before: Nanos,
    pub after: Nanos,
}

/// What was seen of keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeysSeen {
    /// The key, where one was pressed.
    pub code: Option<String>,
    pub presses: Vec<Press>,
    /// Presses as the program heard of them, in the order in which it did.
    pub heard: Vec<KeyEvent>,
    /// Why nothing was pressed, or pressing ended.
    pub why_not: Option<String>,
}

/// From one press to the next, in milliseconds: no multiple of a refresh, and longer than any key takes.
const PAUSES_MS: std::ops::Range<f64> = 70.0..140.0;
/// How long a key is held.
const HELD: Nanos = Nanos::from_millis(20);
/// A key that has not come after this is lost.
const LOST: Nanos = Nanos::from_millis(500);

/// A thread that presses a key.
pub struct Pressing {
    code: Option<String>,
    why_not: Option<String>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Pressed>>,
}

/// The presses, and why there were no more.
type Pressed = (Vec<Press>, Option<String>);

impl Pressing {
    /// Begins, where something can press keys and the window hears them.
    pub fn start(room: &Room<'_>, presser: Result<Box<dyn KeyPresser>, String>) -> Pressing {
        let stop = Arc::new(AtomicBool::new(false));
        let not = |why: String| Pressing {
            code: None,
            why_not: Some(why),
            stop: stop.clone(),
            thread: None,
        };
        let presser = match presser {
            Ok(presser) => presser,
            Err(why) => return not(why),
        };
        if room.focused != Some(true) {
            return not("the window does not have the keyboard, so keys would go elsewhere".into());
        }
        let code = presser.code().to_string();
        let (clock, stopped) = (room.clock.clone(), stop.clone());
        let press = move || press(presser, clock.as_ref(), &stopped);
        match std::thread::Builder::new().name("presser".into()).spawn(press) {
            Ok(thread) => Pressing { code: Some(code), why_not: None, stop, thread: Some(thread) },
            Err(e) => not(format!("the thread \"presser\" cannot be started: {e}")),
        }
    }

    /// Whether keys are being pressed.
    pub fn is_on(&self) -> bool {
        self.thread.is_some()
    }

    /// Ends, and gathers what came.
    pub fn finish(mut self, room: &mut Room<'_>) -> Result<KeysSeen, Stopped> {
        self.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else {
            return Ok(KeysSeen { why_not: self.why_not.take(), ..KeysSeen::default() });
        };
        let died = || (Vec::new(), Some("the thread that presses keys has stopped".into()));
        let (presses, why_not) = thread.join().unwrap_or_else(|_| died());
        let until = room.clock.now() + LOST;
        while room.clock.now() < until {
            room.wait(until)?;
        }
        let code = self.code.take();
        let is_ours = |k: &&KeyEvent| Some(&k.code) == code.as_ref() && k.down && !k.repeat;
        let heard = room.keys.iter().filter(is_ours).cloned().collect();
        Ok(KeysSeen { code, presses, heard, why_not })
    }
}

impl Drop for Pressing {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn press(mut presser: Box<dyn KeyPresser>, clock: &dyn Clock, stop: &AtomicBool) -> Pressed {
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    let mut presses = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let pause = Nanos::from_secs(chance.random_range(PAUSES_MS) / 1e3);
        clock.sleep_until(clock.now() + pause);
        match presser.press(true) {
            Ok((before, after)) => presses.push(Press { before, after }),
            Err(why) => return (presses, Some(why)),
        }
        clock.sleep_until(clock.now() + HELD);
        if let Err(why) = presser.press(false) {
            return (presses, Some(why));
        }
    }
    (presses, None)
}
