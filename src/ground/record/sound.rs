//! What the journal says of sounds: the device, when each was heard, when it fell silent, and what went wrong.

use crate::ground::cue::Silenced;
use crate::ground::time::Nanos;
use serde::{Deserialize, Serialize};

/// How the onset of a sound is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SoundBasis {
    /// From the times at which the device says that samples before it and behind it are played.
    DeviceStamps,
    /// From such times before it alone: what came behind is not known.
    EarlierStamps,
    /// The virtual clock of a simulation.
    Virtual,
}

impl SoundBasis {
    /// The name that stands in data files.
    pub fn name(self) -> &'static str {
        match self {
            SoundBasis::DeviceStamps => "device-stamps",
            SoundBasis::EarlierStamps => "earlier-stamps",
            SoundBasis::Virtual => "virtual",
        }
    }
}

/// The sound device that a run plays on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundDevice {
    /// As the system calls it.
    pub name: String,
    /// The sound system: `pulseaudio`, `alsa`, `wasapi`, `coreaudio`.
    pub host: String,
    /// In hertz.
    pub sample_rate: u32,
    pub channels: u16,
    /// Frames that it is to take at a time, and that it took at first.
    pub buffer: u32,
    pub taken: u32,
    /// From the call for samples until the first of them is heard, as it says; the median of the first ones.
    pub latency_ns: Nanos,
    /// The rig's measured correction, added to onsets of sounds when data files are written.
    pub offset_ns: Nanos,
}

/// A sound was heard, or was not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundOnset {
    pub phase: u32,
    /// The scene that it goes with.
    pub ticket: u64,
    /// Which of the sounds of its phase, from 0.
    pub cue: u32,
    /// Which time it comes, from 0; more than that only where it is repeated.
    pub time: u32,
    pub sound: String,
    /// When it was to be heard: the flip that was foreseen for its scene, and what lies between.
    pub planned_ns: Option<Nanos>,
    /// When its first sample left the device, as that says; none where it was not played.
    pub onset_ns: Option<Nanos>,
    /// By how much it came later than planned, both corrected by what was measured in the room.
    pub lag_ns: Option<Nanos>,
    pub basis: Option<SoundBasis>,
    /// Number of its first sample among all that were given to the device.
    pub frame: Option<u64>,
    /// Why it was not played.
    pub error: Option<String>,
}

/// A sound that was heard fell silent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundEnd {
    pub phase: u32,
    pub ticket: u64,
    pub cue: u32,
    pub time: u32,
    pub sound: String,
    pub why: Silenced,
}

/// The sound device ran dry: it was silent where something else should have been heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Underrun {
    /// How long; what came behind it came by so much later. None where the device did not say.
    pub silence_ns: Option<Nanos>,
    /// The sounds that it fell into.
    pub sounds: Vec<String>,
}

/// Sounds that were on together went beyond the amplitude that a device can give: what was beyond was cut off and distorted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clipping {
    /// How many samples were cut off.
    pub samples: u64,
    /// The sounds that were on.
    pub sounds: Vec<String>,
}
