//! Sounds as data: what is played, and when, beside a scene. It knows no device and no sample.

use super::time::Nanos;
use serde::{Deserialize, Serialize};

/// Scenes, and their sounds with them, are given to screen and device so long ahead of their time.
pub const LOOK_AHEAD: Nanos = Nanos::from_millis(300);

/// Where a sound comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundSource {
    /// A file, relative to the stimuli folder.
    File(String),
    Tone(Tone),
}

/// A sine wave whose beginning and end rise and fall like a cosine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tone {
    /// In hertz.
    pub frequency: f64,
    /// From the first sample to the last, ramps included.
    pub duration: Nanos,
    /// How long it takes to rise, and to fall.
    pub ramp: Nanos,
}

/// When a sound is silenced before its own end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// Never.
    #[default]
    End,
    /// When the next scene appears.
    Phase,
    /// When the phase is answered, or the next scene appears.
    Response,
}

/// A sound that goes with a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    /// Its name in the plan.
    pub sound: String,
    /// From the onset of the scene.
    pub at: Nanos,
    /// It comes again after this, from onset to onset, as long as the scene is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Nanos>,
    /// What its amplitude is multiplied by, 0 to 1.
    pub volume: f64,
    /// From -1 (left) over 0 (both) to 1 (right): what it takes from one ear it does not add to the other.
    pub pan: f64,
    pub stop: Stop,
}

/// Why a sound fell silent, or is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silenced {
    /// Its own end came.
    End,
    /// The next scene appeared.
    Phase,
    /// The phase was answered.
    Response,
    /// Plain grey was asked for.
    Grey,
    /// The scanner's start was taken back.
    FalseStart,
    /// The run was over, or was ended.
    Run,
    /// The device went.
    Device,
}

impl Silenced {
    /// The name that stands in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Silenced::End => "end",
            Silenced::Phase => "phase",
            Silenced::Response => "response",
            Silenced::Grey => "grey",
            Silenced::FalseStart => "false_start",
            Silenced::Run => "run",
            Silenced::Device => "device",
        }
    }
}
