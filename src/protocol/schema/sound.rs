//! The sounds of a phase, as a protocol writes them. Where sounds come from is [`SoundSource`](crate::ground::cue::SoundSource).

use super::Template;
use crate::ground::cue::Stop;

/// A sound that goes with a phase.
#[derive(Clone, Debug, PartialEq)]
pub struct CueDef {
    /// The name of the sound.
    pub play: Template,
    /// Seconds from the onset of the phase.
    pub at: f64,
    /// Seconds after which it comes again, as long as the phase is on the screen.
    pub every: Option<f64>,
    /// What its amplitude is multiplied by, 0 to 1.
    pub volume: f64,
    /// From -1 (left) to 1 (right).
    pub pan: f64,
    pub stop: Stop,
}

impl Default for CueDef {
    fn default() -> Self {
        CueDef {
            play: Template::default(),
            at: 0.0,
            every: None,
            volume: 1.0,
            pan: 0.0,
            stop: Stop::End,
        }
    }
}
