//! Sounds: loaded before a run, mixed by kira, given to the device so that each is heard at its time, and told of as they were
//! heard. The display tells when scenes will appear; what is on them, this room refuses to know.

#[cfg(all(feature = "audio", target_os = "linux"))]
mod cookie;
mod desk;
#[cfg(feature = "audio")]
mod device;
mod ledger;
mod line;
#[cfg(feature = "audio")]
mod load;
#[cfg(feature = "audio")]
mod meter;
#[cfg(feature = "audio")]
mod mixer;
#[cfg(feature = "audio")]
mod open;
mod part;
mod player;
mod samples;
#[cfg(feature = "audio")]
mod stream;
#[cfg(feature = "audio")]
mod voice;
#[cfg(all(feature = "audio", target_os = "linux"))]
mod watch;

#[cfg(feature = "audio")]
pub use device::{list, name_of as find};
#[cfg(feature = "audio")]
pub use load::{Looked, decode, look};
#[cfg(feature = "audio")]
pub use open::open;
pub use samples::Samples;

use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::ports::{Hush, SceneSounds, SoundPort};
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use desk::Desk;
use indexmap::IndexMap;
use player::{Command, Player};
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

/// How long the end waits for a device that does not answer.
const PATIENCE: Nanos = Nanos::from_millis(5_000);

/// Why there is no sound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct NoSound {
    pub text: String,
    /// What helps.
    pub remedy: String,
}

/// The sounds of a run. Dropping it silences them.
#[derive(Debug)]
pub struct Sounds {
    orders: Sender<Command>,
    over: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

/// For whoever knows when scenes will appear.
#[derive(Debug)]
struct Port(Sender<Command>);

impl SoundPort for Port {
    fn expect(&self, ticket: u64, at: Nanos) {
        // The thread ends with the run alone.
        let _ = self.0.send(Command::Expect { ticket, at });
    }
}

impl Sounds {
    /// No device is opened: each sound is told of as not played, for this reason.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn silent(why: &str, events: &Sender<Event>) -> Result<Sounds, NoSound> {
        let mut desk = Desk::new(IndexMap::new(), 48_000, None);
        desk.without(Some(why.into()));
        Sounds::start(Player::new(desk, None, events.clone(), Nanos::ZERO, Vec::new()))
    }

    fn start(player: Player) -> Result<Sounds, NoSound> {
        // Unbounded: neither the flip loop nor the conductor may wait, and there are few of these.
        let (orders, commands) = unbounded();
        let (done, over) = bounded::<()>(1);
        let spawned = std::thread::Builder::new().name("sounds".into()).spawn(move || {
            let _done = done;
            let events = player.events();
            // The panic hook says where it was.
            if catch_unwind(AssertUnwindSafe(|| player.run(&commands))).is_err() {
                let text = "the thread for sounds has failed: none is played from here on, and none is in the data; end the run and start it again with --resume".into();
                // Nobody listening means that the session is ending.
                let (stamp, level) = (monotonic_now(), Level::Error);
                let _ = events.send(Event::Note { stamp, level, text });
            }
        });
        let thread = spawned.map_err(|e| NoSound {
            text: format!("the thread for sounds cannot be started: {e}"),
            remedy: "close other programs and start again".into(),
        })?;
        Ok(Sounds { orders, over, thread: Some(thread) })
    }

    /// For the display, which knows when scenes will appear.
    pub fn port(&self) -> Arc<dyn SoundPort> {
        Arc::new(Port(self.orders.clone()))
    }

    fn tell(&self, command: Command) {
        // The thread ends with the run alone.
        let _ = self.orders.send(command);
    }

    /// Scenes appear so much later than their display says.
    pub fn screen_offset(&self, offset: Nanos) {
        self.tell(Command::Screen { offset });
    }

    /// A scene with sounds is given to the display.
    pub fn order(&self, ticket: u64, sounds: SceneSounds) {
        self.tell(Command::Order { ticket, sounds });
    }

    /// Scenes with these tickets will not appear.
    pub fn withdraw(&self, tickets: RangeInclusive<u64>) {
        self.tell(Command::Withdraw { tickets });
    }

    /// Sounds are to fall silent now.
    pub fn hush(&self, hush: Hush) {
        self.tell(Command::Hush(hush));
    }

    /// What the amplitude of all sounds is multiplied by from now on.
    pub fn volume(&self, gain: f64) {
        self.tell(Command::Volume { gain });
    }

    /// Waits until all is said of every sound, but not for ever.
    pub fn finish(&mut self) {
        self.tell(Command::Finish);
        let until = monotonic_now() + PATIENCE;
        let left = (until - monotonic_now()).to_duration();
        let hangs = matches!(self.over.recv_timeout(left), Err(RecvTimeoutError::Timeout));
        if let (false, Some(thread)) = (hangs, self.thread.take()) {
            // It has told of a panic there.
            let _ = thread.join();
        }
    }
}

impl Drop for Sounds {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.finish();
        }
    }
}
