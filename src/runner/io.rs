//! What the runner takes and gives.

use crate::ground::event::Presented;
use crate::ground::ports::{Hush, ShowRequest};
use crate::ground::record::{Pointer, Record, Response};
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;

/// Something that has happened. Each input is journalled, so that a journal can be fed to a runner again.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// An instant that the runner asked to be woken at has been reached. Also starts the run.
    Deadline { at: Nanos },
    /// A key or button, with the stamp of the press itself.
    Key { stamp: Nanos, response: Response },
    /// A movement of a mouse or trackball.
    Pointer { stamp: Nanos, pointer: Pointer },
    /// A trigger pulse.
    Pulse { stamp: Nanos, source: String },
    /// The start of the scanner was a wrong one: wait for it once more.
    Rearm { stamp: Nanos },
    /// Plain grey is to be put up, whatever is on, or taken away; `by` names the key.
    Grey { stamp: Nanos, up: bool, by: String },
    /// A scene was handed to the display.
    Shown { stamp: Nanos, ticket: u64, frame: u64 },
    /// The display's final report on a scene.
    Presented(Presented),
    /// End the run early.
    Abort { stamp: Nanos, reason: String },
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// These pictures will be needed at about this instant.
    Upcoming { pictures: Vec<StimulusId>, at: Nanos },
    /// Show a scene.
    Show(ShowRequest),
    /// Forget this ticket and later ones, if not shown yet.
    Withdraw { from_ticket: u64 },
    /// These sounds are to fall silent at once, and those of them that wait are not begun.
    Hush(Hush),
    /// What the amplitude of all sounds is multiplied by from now on.
    Volume { gain: f64 },
    /// Write a record whose stamp is `t`.
    Log { t: Nanos, record: Record },
    /// The run is over; nothing more will come.
    Finished,
}
