//! The marks of a run itself: its beginning, its end, its volumes; and what the journal says of every mark. Those of scenes go
//! from the display to the devices on their own.

use super::conductor::Conductor;
use super::stage::{Stage, Wait};
use crate::ground::event::Event;
use crate::ground::record::{Record, SentMarker};

impl Conductor<'_> {
    /// The run begins.
    pub(super) fn mark_start(&self) {
        if let Some(markers) = &self.markers {
            markers.start(self.clock.now());
        }
    }

    /// Marks what the runner has just made of a pulse.
    pub(super) fn mark_volume(&self, record: &Record) {
        if let (Some(markers), Record::Trigger(trigger)) = (&self.markers, record)
            && let (true, Some(volume)) = (trigger.accepted, trigger.volume)
        {
            markers.volume(volume, self.clock.now());
        }
    }

    /// The run is over: the last mark, the lines at rest, silence, and all that is still to be said of marks and sounds, before
    /// the last line.
    pub(super) fn mark_stop(&mut self, stage: &mut dyn Stage) {
        let now = self.clock.now();
        // Its instant is now, however long sounds take to end.
        if let Some(markers) = &self.markers {
            markers.stop(now);
        }
        stage.end_sounds();
        if let Some(markers) = &mut self.markers {
            markers.finish();
        }
        while let Wait::Event(event) = stage.wait(now) {
            match event {
                Event::Marked(sent) => self.marked(*sent),
                Event::Sound { stamp, said } => self.sound(stamp, *said),
                Event::Note { stamp, level, text } => self.note(stamp, level, text),
                // A run that is over takes nothing more.
                _ => {}
            }
        }
    }

    /// A mark was written, or could not be.
    pub(super) fn marked(&mut self, sent: SentMarker) {
        self.write(sent.before_ns.unwrap_or(sent.requested_ns), Record::Marker(sent));
    }
}
