//! The test's own view of display and events: it numbers scenes, keeps what is said, and hears when somebody ends it.

use super::Stopped;
use super::scene::Scenes;
use crate::ground::clock::Clock;
use crate::ground::event::{Event, KeyEvent, Presented, SoundSaid};
use crate::ground::ports::{Display, Due, ShowRequest};
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crate::input::mapping::{Mapped, Mapping};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::sync::Arc;

/// Where the test takes place.
pub struct Room<'a> {
    display: &'a mut dyn Display,
    events: Receiver<Event>,
    pub clock: Arc<dyn Clock>,
    mapping: Mapping,
    pub notes: Vec<(Nanos, Level, String)>,
    /// Whether the window has the keyboard; none where there is no window.
    pub focused: Option<bool>,
    /// Keys that came, in the order in which they were heard of.
    pub keys: Vec<KeyEvent>,
    /// What was said of sounds.
    pub sounds: Vec<SoundSaid>,
    scenes: Scenes,
    ticket: u64,
}

impl<'a> Room<'a> {
    pub fn new(
        display: &'a mut dyn Display,
        events: Receiver<Event>,
        clock: Arc<dyn Clock>,
        mapping: Mapping,
        notes: Vec<(Nanos, Level, String)>,
        focused: Option<bool>,
        scenes: Scenes,
    ) -> Room<'a> {
        let (keys, sounds) = (Vec::new(), Vec::new());
        let ticket = 0;
        Room { display, events, clock, mapping, notes, focused, keys, sounds, scenes, ticket }
    }

    /// The ticket of the next scene, and whether its patch is white.
    pub fn next(&self) -> (u64, bool) {
        (self.ticket + 1, self.ticket.is_multiple_of(2))
    }

    /// Asks for the next scene; gives its ticket.
    pub fn show(&mut self, what: &'static str, due: impl FnOnce(u64) -> Due) -> u64 {
        let (ticket, mark) = self.next();
        self.ticket = ticket;
        let scene = self.scenes.of(what, ticket);
        self.display.show(ShowRequest {
            ticket,
            scene,
            due: due(ticket),
            report: true,
            mark,
            event: None,
            sounds: None,
        });
        ticket
    }

    /// Says on the screen what is measured.
    pub fn announce(&mut self, what: &'static str) -> Result<(), Stopped> {
        self.show(what, |_| Due::Next);
        let until = self.clock.now() + Nanos::from_secs(2.0);
        self.wait(until).map(|_| ())
    }

    /// Forgets scenes that were asked for and have not come.
    pub fn withdraw(&mut self, from_ticket: u64) {
        self.display.withdraw(from_ticket);
    }

    /// Waits for a scene to appear, until an instant at the latest. All else that comes meanwhile is taken.
    pub fn wait(&mut self, until: Nanos) -> Result<Option<Presented>, Stopped> {
        loop {
            let left = (until - self.clock.now()).to_duration();
            match self.events.recv_timeout(left) {
                Ok(Event::Presented(presented)) => return Ok(Some(presented)),
                Ok(event) => self.take(event)?,
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => return Err(Stopped::Ended),
            }
        }
    }

    fn take(&mut self, event: Event) -> Result<(), Stopped> {
        match event {
            Event::Key(key) => {
                let mapped = self.mapping.read(&key);
                self.keys.push(key);
                if let Mapped::Abort(_) = mapped {
                    return Err(Stopped::Ended);
                }
            }
            Event::Closed { .. } | Event::Signal { .. } => return Err(Stopped::Ended),
            Event::DisplayFailed(failure) => return Err(Stopped::Display(failure)),
            Event::Sound { said, .. } => self.sounds.push(*said),
            Event::Note { stamp, level, text } => self.notes.push((stamp, level, text)),
            Event::Focus { stamp, gained } => {
                self.focused = Some(gained);
                if !gained {
                    self.mapping.release_all("focus lost");
                    let text = "the window lost the keyboard during the test".into();
                    self.notes.push((stamp, Level::Warning, text));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
