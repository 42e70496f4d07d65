//! What people and other programs do to the window of a run: none of it ends the run, all of it is recorded and said.

use super::conductor::Conductor;
use super::stage::Stage;
use crate::ground::record::{Level, Record};
use crate::ground::time::Nanos;
use crate::rig::codes::spoken_list;

impl Conductor<'_> {
    /// Somebody has pressed the button of the window that closes it. A person in a scanner cannot be asked to begin again because
    /// of a slip, so only the two keys end a run.
    pub(super) fn asked_to_close(&mut self, stamp: Nanos) {
        let keys = spoken_list(self.mapping.abort_keys(), " and ");
        let text = format!("the window was asked to close; to end the run hold {keys} together");
        self.note(stamp, Level::Warning, text);
    }

    /// The window gained or lost the keyboard.
    pub(super) fn focus(&mut self, stamp: Nanos, gained: bool, stage: &mut dyn Stage) {
        self.write(stamp, Record::Focus { gained });
        if gained {
            if let Some(since) = self.away.take() {
                let seconds = (stamp - since).secs();
                let text = format!("the window has the keyboard again, after {seconds:.1} s");
                self.tell(Some((Level::Info, text)));
            }
            return;
        }
        self.away.get_or_insert(stamp);
        self.release_all(stamp, "focus lost", stage);
        let text = "window lost the keyboard focus: click on it, or keys are not heard";
        self.tell(Some((Level::Warning, text.into())));
    }
}
