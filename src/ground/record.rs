//! The lines of the journal: everything a run takes and gives, as data. The runner makes them, the
//! logger writes them, replay and the BIDS writer read them. docs/journal.md describes each field.
//!
//! A record that is *taken* holds the whole input, so that a journal can be fed to a runner again.

mod display;
mod marker;
mod sound;

pub use display::{Basis, Concern, DisplayInfo};
pub use marker::SentMarker;
pub use sound::{Clipping, SoundBasis, SoundDevice, SoundEnd, SoundOnset, Underrun};

use super::scene::{Marker, StimulusId};
use super::time::Nanos;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The version of the journal's form; it changes when an old reader would misread a new journal.
pub const JOURNAL_VERSION: u32 = 1;

/// One line of the journal, without its checksum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Place in the order of arrival, from 1.
    pub seq: u64,
    /// When the thing itself happened, in monotonic nanoseconds.
    pub t_ns: Nanos,
    #[serde(flatten)]
    pub record: Record,
}

/// What a line of the journal says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// First line: what this run is.
    Start(Box<Start>),
    /// The screen it is shown on.
    Display(Box<DisplayInfo>),
    /// Taken: nothing but a due instant was reached.
    Deadline {},
    /// Taken: a key or button went down or up.
    Response(Response),
    /// Taken: a mouse or trackball moved while a rating could be on screen.
    Pointer(Pointer),
    /// Taken: a trigger pulse came, with what was made of it.
    Trigger(Trigger),
    /// Taken: the operator said that the start of the scanner was a wrong one.
    Rearm {},
    /// Taken: plain grey was asked for, whatever was on, or taken away.
    Grey { up: bool, by: String },
    /// Taken: a scene was handed to the display; its final onset follows.
    Shown { phase: u32, ticket: u64, frame: u64 },
    /// Taken: the display's report of when a scene appeared. Exactly one for each scene shown.
    Onset(Onset),
    /// Taken: the run was asked to end early.
    Abort { reason: String },
    /// Given: what the runner makes of the scanner: a volume that did not come, a false start, a stop.
    Scanner { event: ScannerEvent, volume: Option<u32> },
    /// Given: a segment of the plan began at `t_ns`.
    Segment { index: u32, anchor: String },
    /// Given: onset zero of the data (the first stored volume, or the start of the first part with rows).
    Zero { basis: String },
    /// Given: how the marker of a rating went; stands before the outcome of its phase.
    Path(MarkerPath),
    /// Given: what the person answered in a phase.
    Outcome(Outcome),
    /// Said: a mark for a recorder beside the screen was written, or could not be.
    Marker(SentMarker),
    /// Said: sounds are played on this device from `t_ns` on.
    SoundDevice(SoundDevice),
    /// Said: a sound was heard at `t_ns`, or was not played.
    Sound(SoundOnset),
    /// Said: a sound that was heard fell silent at `t_ns`.
    SoundEnd(SoundEnd),
    /// Said: the sound device ran dry at `t_ns`.
    Underrun(Underrun),
    /// Said: what was mixed from `t_ns` on was beyond full amplitude, and was cut off.
    Clipping(Clipping),
    /// Given: sounds are as loud as the person has set them, from `t_ns` on: `gain` is what their amplitude is multiplied by.
    Volume { position: f64, gain: f64 },
    /// Said: pictures that a scene lacked were handed to the display with it at `t_ns`, and appeared a refresh or two later.
    Came { phase: u32, ticket: u64, pictures: Vec<StimulusId> },
    /// Said: window focus came or went.
    Focus { gained: bool },
    /// Said: the wall time between two readings of the monotonic clock.
    Clock {
        before_ns: Nanos,
        after_ns: Nanos,
        wall: String,
        /// The clock of the Lab Streaming Layer in seconds, where the run uses that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lsl: Option<f64>,
    },
    /// Said: something came over a wire that was neither a pulse nor a button.
    Stray { source: String, data: String },
    /// Said: something the experimenter should know.
    Note { level: Level, text: String },
    /// Given: last line of a whole run.
    End(End),
}

/// What the runner makes of a scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannerEvent {
    /// The timed part of the task began with this volume.
    Started,
    /// A single pulse came and no second one: nothing that it began counts.
    FalseStart,
    /// This volume did not come.
    Missing,
    /// Three in a row did not come; this was the last that did.
    Stopped,
    /// It pulses again, with this volume.
    Resumed,
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// What a run is: the first line of its journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    pub version: u32,
    pub program: String,
    pub program_version: String,
    pub task: String,
    pub sub: String,
    pub ses: Option<String>,
    pub run: u32,
    /// The run that was interrupted and that this one goes on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues_run: Option<u32>,
    pub dry_run: bool,
    pub place: Place,
    pub participant: String,
    pub clock: String,
    pub wall: String,
    pub operating_system: String,
    pub plan_sha256: String,
    pub protocol_sha256: String,
    pub rig_sha256: String,
}

/// Where a run takes place: decides between BIDS `func` and `beh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Scanner,
    Lab,
}

impl Place {
    /// The name that protocols and journals use.
    pub fn name(self) -> &'static str {
        match self {
            Place::Scanner => "scanner",
            Place::Lab => "lab",
        }
    }
}

/// A key or button event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The physical key, by the names of the W3C `code` list: `ArrowLeft`, `Digit5`.
    pub code: String,
    /// What the rig says it means: `left`, `confirm`.
    pub meaning: Option<String>,
    pub down: bool,
    /// The system's auto-repeat; never counts.
    pub repeat: bool,
    /// `keyboard`, `mouse`, or the simulated participant.
    pub device: String,
    /// Who took the stamp: `xinput2`, `evdev`, `window`, `simulated`; or why a key was reckoned as released: `focus lost`,
    /// `source lost`.
    pub source: String,
}

/// A movement of a mouse or trackball.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pointer {
    #[serde(flatten)]
    pub travel: Travel,
    /// `mouse`, or the simulated participant.
    pub device: String,
    /// Who took the stamp: `window`, `simulated`.
    pub source: String,
}

/// Where a pointer went: right and up are positive.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Travel {
    /// By so much, in lengths of a scale: the counts of the device, divided by those that the rig gives to a whole scale.
    By([f64; 2]),
    /// To this point: pixels from the middle of the visible part of the upright scene.
    To([f64; 2]),
}

/// How the marker of a rating went while its phase was on screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarkerPath {
    pub phase: u32,
    /// From the final onset of the phase on, each marker with the time since then at which it became valid; it holds until
    /// the next. Stamps inside a motion are absolute.
    pub marks: Vec<(Nanos, Marker)>,
    /// When it was over, since the onset of the phase.
    pub end_ns: Nanos,
}

/// A trigger pulse and what was made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    /// `key:Digit5`, `emulator`.
    pub source: String,
    /// Number of the volume it announces, counted from 1 over dummies that pulse and all others.
    pub volume: Option<u32>,
    pub accepted: bool,
    /// Why it was not accepted, or what was odd about it.
    pub why: Option<String>,
}

/// When a scene appeared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Onset {
    pub phase: u32,
    pub ticket: u64,
    pub planned_ns: Nanos,
    pub onset_ns: Nanos,
    /// The flip that it was meant for: the one nearest to its target, the one after so many frames, or the first that
    /// could be reached.
    pub flip_ns: Nanos,
    pub basis: Basis,
    /// Number of the flip on which it appeared; the display's own, where it numbers them.
    pub frame: u64,
    /// By how many refreshes that is not the flip it was meant for, where the display numbers its refreshes.
    #[serde(default)]
    pub skipped: Option<u32>,
    /// Whole refresh periods by which it came too late.
    pub missed: u32,
    /// It came more than half a frame after that flip, or more than a frame and 1 ms after its plan. One that was due at
    /// once, behind a key or a pulse, has no plan but the first flip that could be reached.
    pub late: bool,
    /// The photodiode patch was white on its first frame.
    pub marked: bool,
    /// Plain grey appeared in place of the scene of its phase.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub covered: bool,
    /// Pictures of the scene that were not in what appeared, because they could not be loaded in time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<StimulusId>,
}

/// What a person answered in a phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub phase: u32,
    #[serde(flatten)]
    pub answer: Answer,
    /// Grey came before the time for it was up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// A button answer, or a rating.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// The first valid key in a response window; all `None` for a miss.
    Button {
        meaning: Option<String>,
        code: Option<String>,
        /// `None` where the phase names no right answer, or nothing was answered.
        correct: Option<bool>,
        /// Stamp of the key minus the final onset of its phase.
        rt_ns: Option<Nanos>,
        /// What the button stands for in this run; the meaning itself where nothing else is said.
        #[serde(default)]
        given: Option<String>,
        /// Pressed too early to be an answer to what was shown; never right or wrong.
        #[serde(default)]
        anticipated: bool,
        /// Valid presses in the window; all but the first count for nothing.
        #[serde(default)]
        presses: u32,
    },
    /// A rating on a scale.
    Rating {
        /// In the units of the scale; `None` unless the marker was moved or confirmed.
        rating: Option<f64>,
        /// Marker position, 0 (left) to 1 (right), at the end.
        position: f64,
        /// Where it stood at the beginning.
        start: f64,
        moved: bool,
        confirmed: bool,
        /// First movement minus the final onset of the phase.
        first_move_ns: Option<Nanos>,
        /// Confirmation minus the final onset of the phase.
        confirm_ns: Option<Nanos>,
        /// Mean over the time of the phase, in the units of the scale: only where the rating goes on while other things
        /// are shown, and `None` unless it was moved.
        #[serde(default)]
        mean: Option<f64>,
    },
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// Every phase of the plan was shown.
    pub complete: bool,
    /// `done`, or why it ended early.
    pub reason: String,
    pub phases: u32,
    pub late: u32,
    pub volumes: u32,
    /// Anything else worth counting, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub counts: IndexMap<String, u64>,
}

impl Record {
    /// Whether the record was taken from the world and must be fed to a replayed runner.
    pub fn is_taken(&self) -> bool {
        matches!(
            self,
            Record::Deadline {}
                | Record::Response(_)
                | Record::Pointer(_)
                | Record::Trigger(_)
                | Record::Rearm {}
                | Record::Grey { .. }
                | Record::Shown { .. }
                | Record::Onset(_)
                | Record::Abort { .. }
        )
    }

    /// Whether the record was given by the runner on its own account.
    pub fn is_given(&self) -> bool {
        matches!(
            self,
            Record::Segment { .. }
                | Record::Scanner { .. }
                | Record::Zero { .. }
                | Record::Path(_)
                | Record::Volume { .. }
                | Record::Outcome(_)
                | Record::End(_)
        )
    }
}
