//! The wires of a room, opened for a command, with what is missing told as a failure.

use super::failure::Failure;
use crate::ground::event::Event;
use crate::rig::boxes::ResponseBox;
use crate::rig::trigger::TriggerSource;
use crate::session::wires;
use crate::wire::listen::{Listener, NotThere};
use crossbeam_channel::Sender;

/// Opens triggers and response boxes.
///
/// # Errors
/// All that cannot be opened.
pub fn start(
    triggers: &[TriggerSource],
    boxes: &[ResponseBox],
    events: &Sender<Event>,
) -> Result<Vec<Listener>, Failure> {
    wires::start(triggers, boxes, events).map_err(|missing| {
        let one = |why: &NotThere| format!("error: {}\n  help: {}\n", why.text, why.remedy);
        let problems = missing.iter().map(one).collect();
        let remedy = "`reframe doctor` looks at this PC, `reframe devices` shows what arrives";
        Failure { problems, ..Failure::device("the room is not ready", remedy) }
    })
}
