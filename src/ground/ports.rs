//! The small traits between a session and the world: a display, a disk and the pictures. (The clock is one
//! more, in `clock`; keys and pulses simply arrive as events.) Tests put faults into them.

use super::cue::{Cue, Silenced};
use super::record::Entry;
use super::scene::{Scene, StimulusId};
use super::time::Nanos;
use std::sync::Arc;

/// When a scene should appear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Due {
    /// At the flip nearest to this instant.
    At(Nanos),
    /// This many frames after the first frame of the scene with that ticket; `near` is the plan.
    FramesAfter { ticket: u64, frames: u32, near: Nanos },
    /// At the next flip: an answer, an abort or a moved marker.
    Next,
}

/// A scene for the display.
#[derive(Clone, Debug, PartialEq)]
pub struct ShowRequest {
    /// Grows by one with each new scene; reports come back under it.
    pub ticket: u64,
    pub scene: Scene,
    pub due: Due,
    /// False for a mere update of a scene (a moved marker). It bears the ticket of the scene it updates, is drawn
    /// at the next flip while that scene is on screen, replaces it while it waits, is dropped once it has gone,
    /// and is never reported.
    pub report: bool,
    /// Photodiode patch white on this scene.
    pub mark: bool,
    /// What recorders beside the screen are told with its first frame.
    pub event: Option<EventMark>,
    /// What is heard with it.
    pub sounds: Option<SceneSounds>,
}

/// The sounds of a scene.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneSounds {
    /// The number of its phase in the plan.
    pub phase: u32,
    pub cues: Arc<[Cue]>,
    /// Plain grey is shown in place of the scene: they are not played, and that is said.
    pub covered: bool,
}

/// Which sounds are to fall silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hush {
    /// Those of this scene, as far as they stop with an answer; else all.
    pub answered: Option<u64>,
    pub why: Silenced,
}

/// Who is told when scenes will appear, so that sounds can come with them. Must not block.
pub trait SoundPort: std::fmt::Debug + Send + Sync {
    /// The scene of that ticket appears at `at`, by all that is known now.
    fn expect(&self, ticket: u64, at: Nanos);
}

/// What recorders beside the screen (an EEG amplifier, an eye tracker) are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventMark {
    /// Its number in the plan, where it is a phase.
    pub phase: Option<u32>,
    /// The name of the phase; `start`, `stop`, `volume` for marks of the run itself.
    pub name: Arc<str>,
    pub code: u8,
    /// The `trial_type` of the phase, the number of the volume; `n/a` where there is none.
    pub detail: Arc<str>,
}

impl EventMark {
    /// The line for recorders that take text: name, code and detail, without an end of line.
    pub fn line(&self) -> String {
        format!("{} {} {}", self.name, self.code, self.detail)
    }
}

/// A mark, and the instant at which it is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkOrder {
    pub mark: EventMark,
    pub at: Nanos,
    /// Ticket of the scene that it goes with, and the flip that this scene was handed over for.
    pub scene: Option<(u64, u64)>,
}

/// Where marks go. Must not block: real ones have threads of their own.
pub trait MarkerPort: std::fmt::Debug + Send + Sync {
    /// Takes a mark that is to be written at its instant, or at once where that is past.
    fn send(&self, order: MarkOrder);
}

/// Where scenes go. Reports come back as events.
pub trait Display {
    /// These pictures are needed from about `at` on.
    fn upcoming(&mut self, pictures: &[StimulusId], at: Nanos);
    /// Show a scene when it is due.
    fn show(&mut self, request: ShowRequest);
    /// Forget requests with this ticket and later ones, if they are not shown yet.
    fn withdraw(&mut self, from_ticket: u64);
}

/// Where journal entries go. Must not block: a real one queues for a thread of its own.
pub trait JournalSink {
    /// Takes the next entry.
    fn append(&mut self, entry: &Entry);
}

impl JournalSink for Vec<Entry> {
    fn append(&mut self, entry: &Entry) {
        self.push(entry.clone());
    }
}

/// Presses a key as another program would, to measure how long keys take on their way.
pub trait KeyPresser: Send {
    /// The W3C `code` name of the key: one that does nothing on a desktop.
    fn code(&self) -> &str;
    /// Presses or releases it. It happened between the two instants.
    ///
    /// # Errors
    /// A sentence that says why it could not be done.
    fn press(&mut self, down: bool) -> Result<(Nanos, Nanos), String>;
}

/// A decoded picture: 8-bit sRGB with straight alpha, row by row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixels({} x {})", self.width, self.height)
    }
}

/// Where decoded pictures come from; called on a loading thread, never on the flip thread.
pub trait PictureSource: Send + Sync {
    /// Reads and decodes one picture.
    ///
    /// # Errors
    /// A sentence that names the picture's file and what is wrong with it.
    fn load(&self, id: &StimulusId) -> Result<Pixels, String>;
}
