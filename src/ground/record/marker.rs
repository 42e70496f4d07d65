//! What the journal says of a mark that went to a recorder beside the screen.

use crate::ground::time::Nanos;
use serde::{Deserialize, Serialize};

/// A mark for one device: what it was, when it was to be written, and when it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMarker {
    /// The name of a phase; `start`, `stop`, `volume` for marks of the run itself.
    pub name: String,
    /// Number of the phase, where it is one.
    pub phase: Option<u32>,
    pub code: u8,
    /// What text devices are told behind the code: `trial_type`, or number of the volume.
    pub detail: String,
    /// The device, as the rig names it; `virtual` on the virtual clock.
    pub device: String,
    /// The scene it went with, and the flip that this was handed over for.
    pub ticket: Option<u64>,
    pub frame: Option<u64>,
    /// When it was to be written: the flip that was aimed at.
    pub requested_ns: Nanos,
    /// Just before it was written, and just after; none where it never was.
    pub before_ns: Option<Nanos>,
    pub after_ns: Option<Nanos>,
    /// Why it was not.
    pub error: Option<String>,
}
