//! The self-test of a PC's timing: it shows scenes, presses keys and reads clocks for a minute, and gives what was seen,
//! unjudged. Like a live run it opens nothing itself: display, events, clock and key presser are given.

mod clock;
mod flips;
mod keys;
mod room;
mod scene;
mod sounds;

pub use clock::{ClockSeen, Sleeps};
pub use flips::{Course, Stretch};
pub use keys::{KeysSeen, Press};
pub use sounds::{SoundsSeen, TONE, TONES};

use crate::audio::Sounds;
use crate::ground::clock::{Clock, readings};
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::{Display, KeyPresser};
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crate::input::mapping::Mapping;
use crate::session::live::Ready;
use crossbeam_channel::Receiver;
use room::Room;
use std::sync::Arc;

/// Why the test has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    #[error("the test was ended early")]
    Ended,
    #[error("{}", .0.text)]
    Display(DisplayFailure),
}

/// What the test needs.
pub struct SelfTest<'a> {
    pub display: &'a mut dyn Display,
    pub events: Receiver<Event>,
    pub clock: Arc<dyn Clock>,
    pub ready: Ready,
    /// Tells the keys that end the test.
    pub mapping: Mapping,
    /// What is said of ending it, on the screen.
    pub how_to_end: String,
    /// What presses keys, or why nothing can.
    pub presser: Result<Box<dyn KeyPresser>, String>,
    /// What plays tones, where they are to be measured.
    pub sounds: Option<&'a mut Sounds>,
    /// How long the measuring takes, about; the tones come on top.
    pub span: Nanos,
    /// Told what is measured, and how much of the test is done (0 to 1).
    pub progress: &'a mut dyn FnMut(&'static str, f64),
}

impl std::fmt::Debug for SelfTest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SelfTest").field("span", &self.span).finish_non_exhaustive()
    }
}

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub stretches: Vec<Stretch>,
    pub keys: KeysSeen,
    pub clock: ClockSeen,
    /// None where no tones were played.
    pub sounds: Option<SoundsSeen>,
    /// What display, window and threads said of themselves.
    pub notes: Vec<(Nanos, Level, String)>,
}

/// Shares of the whole span.
const SLEEPS: f64 = 0.05;
const ROW: f64 = 0.25;
const STANDING: f64 = 0.2;

impl SelfTest<'_> {
    /// Measures, and gives what was seen.
    ///
    /// # Errors
    /// [`Stopped`] where somebody ended it, or the display has failed.
    pub fn perform(self) -> Result<Seen, Stopped> {
        let span = |share: f64| Nanos::from_secs(self.span.secs() * share);
        let period = Nanos::period(self.ready.info.refresh_hz);
        let mut room = Room::new(
            self.display,
            self.events,
            self.clock,
            self.mapping,
            self.ready.notes,
            self.ready.focused,
            scene::Scenes::new(self.how_to_end),
        );
        room.sounds.extend(self.ready.sounds.into_iter().map(|(_, said)| said));
        let before = readings();
        let mut stretches = Vec::new();

        (self.progress)("clock", 0.0);
        room.announce("clock")?;
        let (step, reading_ns) = clock::read(room.clock.as_ref());
        let ordinary = clock::sleeps(&mut room, false, span(SLEEPS))?;
        let raised = clock::sleeps(&mut room, true, span(SLEEPS))?;

        (self.progress)("every flip", 2.0 * SLEEPS);
        stretches.push(flips::row(&mut room, "every flip", period, span(ROW), false)?);
        (self.progress)("every flip, one busy core", 2.0 * SLEEPS + ROW);
        stretches.push(flips::row(
            &mut room,
            "every flip, one busy core",
            period,
            span(ROW),
            true,
        )?);
        (self.progress)("changes now and then", 2.0 * SLEEPS + 2.0 * ROW);
        stretches.push(flips::standing(&mut room, "changes now and then", span(STANDING))?);

        (self.progress)("keys", 2.0 * SLEEPS + 2.0 * ROW + STANDING);
        let pressing = keys::Pressing::start(&room, self.presser);
        // Where nothing presses keys, nothing is learnt from another row of flips.
        if pressing.is_on() {
            let rest = span(1.0 - 2.0 * SLEEPS - 2.0 * ROW - STANDING);
            flips::row(&mut room, "keys", period, rest, false)?;
        }
        let keys = pressing.finish(&mut room)?;
        let sounds = match &self.sounds {
            Some(device) => {
                (self.progress)("sound", 0.99);
                Some(sounds::beside(&mut room, "sound", device)?)
            }
            None => None,
        };
        (self.progress)("done", 1.0);

        let clock = ClockSeen {
            step,
            reading_ns,
            sleeps: vec![ordinary, raised],
            readings: [before, readings()],
        };
        Ok(Seen { stretches, keys, clock, sounds, notes: room.notes })
    }
}

#[cfg(test)]
mod tests;
