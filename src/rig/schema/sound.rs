//! What sounds of a room are played on.

/// The sound device of a room.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundSetup {
    /// Its name, as the system calls it; the system's own default device where there is none.
    pub device: Option<String>,
    /// Frames that it is to take at a time.
    pub buffer: u32,
    /// In hertz; the device's own where there is none.
    pub rate: Option<u32>,
    pub offset: Option<SoundOffset>,
}

/// A measured, dated correction: seconds added to onsets of sounds.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundOffset {
    pub seconds: f64,
    /// The day it was measured, `2026-11-22`.
    pub measured: String,
}

impl Default for SoundSetup {
    fn default() -> Self {
        SoundSetup { device: None, buffer: 1024, rate: None, offset: None }
    }
}
