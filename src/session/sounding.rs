//! What the journal says of sounds.

use super::conductor::Conductor;
use crate::ground::event::SoundSaid;
use crate::ground::record::Record;
use crate::ground::time::Nanos;

impl Conductor<'_> {
    /// Something is to be said of sounds.
    pub(super) fn sound(&mut self, stamp: Nanos, said: SoundSaid) {
        let record = match said {
            SoundSaid::Device(device) => Record::SoundDevice(device),
            SoundSaid::Onset(onset) => Record::Sound(onset),
            SoundSaid::End(end) => Record::SoundEnd(end),
            SoundSaid::Underrun(underrun) => Record::Underrun(underrun),
        };
        self.write(stamp, record);
    }
}
