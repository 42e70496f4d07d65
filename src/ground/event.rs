//! What the world tells a running session: raw keys, pulses, reports of the display.
//! Each carries the stamp of the thing itself; what it means is decided elsewhere.

use super::record::{
    Basis, Clipping, DisplayInfo, Level, SentMarker, SoundDevice, SoundEnd, SoundOnset, Underrun,
};
use super::scene::StimulusId;
use super::time::Nanos;

/// Something that happened outside, in the order it was noticed.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A physical key went down or up.
    Key(KeyEvent),
    /// From here on keys are stamped by another source; what was down is so no more.
    KeysFrom { stamp: Nanos, from: KeysFrom },
    /// A mouse or trackball moved.
    Pointer(PointerEvent),
    /// A trigger pulse; `source` as in the journal (`emulator`).
    Pulse { stamp: Nanos, source: String },
    /// Something came over a wire that nobody has a use for; `data` is what, in short.
    Stray { stamp: Nanos, source: String, data: String },
    /// A scene was handed to the display at `stamp`; the final report follows.
    Shown { stamp: Nanos, ticket: u64, frame: u64 },
    /// The display's final report of when a scene appeared.
    Presented(Presented),
    /// Pictures that the scene on the screen had lacked were handed to the display with it at `stamp`.
    Came { stamp: Nanos, ticket: u64, pictures: Vec<StimulusId> },
    /// The display is up, measured and ready for scenes.
    DisplayReady(Box<DisplayInfo>),
    /// Progress of loading pictures before the run.
    Loading { done: usize, of: usize },
    /// The display is gone and will not come back; the text says why and what helps.
    DisplayFailed(DisplayFailure),
    /// The window was closed by its user.
    Closed { stamp: Nanos },
    /// The window gained or lost the keyboard focus.
    Focus { stamp: Nanos, gained: bool },
    /// The operator or the system asked the program to end.
    Signal { stamp: Nanos },
    /// A mark for a recorder beside the screen was written, or could not be.
    Marked(Box<SentMarker>),
    /// What there is to say of sounds, and the instant that it is said of.
    Sound { stamp: Nanos, said: Box<SoundSaid> },
    /// Something the experimenter should know.
    Note { stamp: Nanos, level: Level, text: String },
}

/// What there is to say of sounds.
#[derive(Clone, Debug, PartialEq)]
pub enum SoundSaid {
    /// They are played on this device from here on.
    Device(SoundDevice),
    /// One was heard, or was not played.
    Onset(SoundOnset),
    /// One that was heard fell silent.
    End(SoundEnd),
    /// The device ran dry.
    Underrun(Underrun),
    /// Sounds together were beyond full amplitude.
    Clipping(Clipping),
}

/// A physical key event.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyEvent {
    pub stamp: Nanos,
    /// W3C `code` name: `ArrowLeft`, `Digit5`, `KeyQ`.
    pub code: String,
    pub down: bool,
    pub repeat: bool,
    pub device: String,
    pub source: String,
}

/// Who stamps keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysFrom {
    /// As in key events: `window`, `xinput2`, `evdev`.
    pub source: String,
    /// Buttons of a mouse too; else these are the window's.
    pub buttons: bool,
}

/// A movement of a mouse or trackball, as the device or the window told it.
#[derive(Clone, Debug, PartialEq)]
pub struct PointerEvent {
    pub stamp: Nanos,
    pub travel: RawTravel,
    pub device: String,
    pub source: String,
}

/// Where a pointer went: right and down are positive, as windows count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RawTravel {
    /// By so many counts of the device, whatever the system makes of them.
    By([f64; 2]),
    /// To this physical pixel of the window, from its top left.
    To([f64; 2]),
}

/// When a scene appeared on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Presented {
    pub ticket: u64,
    pub onset: Nanos,
    /// The flip that it was meant for: the one nearest to its target, or the one after so many frames.
    pub flip: Nanos,
    pub basis: Basis,
    /// Number of the flip on which it appeared; the display's own, where it numbers them.
    pub frame: u64,
    /// By how many refreshes that is not the flip it was meant for, where the display numbers its refreshes.
    pub skipped: Option<u32>,
    pub marked: bool,
    /// Pictures of the scene that were not in what appeared.
    pub lacks: Vec<StimulusId>,
}

/// Why there is no display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayFailure {
    pub text: String,
    pub remedy: String,
}
