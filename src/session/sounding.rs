//! What the journal says of sounds, and what the experimenter hears of it at once.

use super::conductor::Conductor;
use crate::ground::event::SoundSaid;
use crate::ground::record::{Clipping, Level, Record, Underrun};
use crate::ground::time::Nanos;

impl Conductor<'_> {
    /// Something is to be said of sounds.
    pub(super) fn sound(&mut self, stamp: Nanos, said: SoundSaid) {
        if let Some(text) = self.trouble(&said) {
            self.tell(Some((Level::Warning, text)));
        }
        let record = match said {
            SoundSaid::Device(device) => Record::SoundDevice(device),
            SoundSaid::Onset(onset) => Record::Sound(onset),
            SoundSaid::End(end) => Record::SoundEnd(end),
            SoundSaid::Underrun(underrun) => Record::Underrun(underrun),
            SoundSaid::Clipping(clipping) => Record::Clipping(clipping),
        };
        self.write(stamp, record);
    }

    /// What is wrong with it, in words.
    fn trouble(&self, said: &SoundSaid) -> Option<String> {
        match said {
            SoundSaid::Onset(onset) => {
                let why = onset.error.as_ref()?;
                let phase = self.runner.plan().phases().find(|p| p.index == onset.phase);
                let phase = phase.map_or("?", |p| p.name.as_str());
                Some(format!(
                    "sound \"{}\" of phase \"{phase}\" was not played: {why}",
                    onset.sound
                ))
            }
            SoundSaid::Underrun(Underrun { silence_ns, sounds }) => {
                let silent =
                    silence_ns.map_or(String::new(), |t| format!(" for {:.0} ms", t.millis()));
                let within = match sounds.is_empty() {
                    true => "no sound was on".to_string(),
                    false => format!("within {}", sounds.join(", ")),
                };
                Some(format!("the sound device ran dry{silent}, {within}"))
            }
            SoundSaid::Clipping(Clipping { samples, sounds }) => Some(format!(
                "{} together went beyond full amplitude: {samples} samples were cut off, and it sounded distorted; lower \
                 their `volume`",
                sounds.join(", ")
            )),
            SoundSaid::Device(_) | SoundSaid::End(_) => None,
        }
    }
}
