//! What the experimenter is told of the scanner while a run goes on: who started it and when, what did not come, and what to
//! do when it has stopped.

use crate::ground::clock::Clock;
use crate::ground::record::{Level, ScannerEvent, Trigger};
use crate::input::mapping::Mapping;
use crate::runner::NOT_ARMED;

/// What is known of the scanner so far.
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    /// Where the last pulse came from.
    pub source: String,
    /// Volumes that did not come.
    pub missing: u32,
    /// It was said that pulses come too early.
    early: bool,
}

impl Scanner {
    /// What to say of a pulse: once, that one came before the run was armed.
    pub fn pulsed(&mut self, pulse: &Trigger) -> Option<(Level, String)> {
        self.source = pulse.source.clone();
        let early = !pulse.accepted && pulse.why.as_deref() == Some(NOT_ARMED);
        if !early || std::mem::replace(&mut self.early, true) {
            return None;
        }
        let text = format!(
            "a pulse of {} came before the run was armed: such pulses are recorded and do not count",
            pulse.source
        );
        Some((Level::Warning, text))
    }

    /// What to say of it.
    pub fn heard(
        &mut self,
        event: ScannerEvent,
        volume: Option<u32>,
        clock: &dyn Clock,
        mapping: &Mapping,
    ) -> (Level, String) {
        let n = volume.unwrap_or(0);
        let time = clock.wall().format("%H:%M:%S");
        match event {
            ScannerEvent::Started => {
                self.missing = 0;
                (Level::Info, format!("started by {} at {time}, with volume {n}", self.source))
            }
            ScannerEvent::FalseStart => (
                Level::Warning,
                format!(
                    "{} pulsed once and not again within 1.5 TR ({time}): taken for a false start; the run waits for the \
                     scanner once more",
                    self.source
                ),
            ),
            ScannerEvent::Missing => {
                self.missing += 1;
                (
                    Level::Warning,
                    format!("volume {n} did not come; the run goes on by its own clock"),
                )
            }
            ScannerEvent::Stopped => {
                let keys = mapping.abort_keys().join(" and ");
                let text = format!(
                    "the scanner has stopped: nothing came after volume {n}. The pictures go on. If the scan is over, hold {keys} \
                     together, and start the run again with the next --run number; what was recorded is kept"
                );
                (Level::Error, text)
            }
            ScannerEvent::Resumed => {
                (Level::Info, format!("the scanner pulses again, with volume {n} ({time})"))
            }
        }
    }
}
