//! What the experimenter is told of the scanner while a run goes on: who started it and when, what did not come, and what to
//! do when it has stopped.

use crate::ground::clock::Clock;
use crate::ground::pulses::REANCHORED;
use crate::ground::record::{Level, ScannerEvent, Trigger};
use crate::ground::time::Nanos;
use crate::input::mapping::Mapping;
use crate::rig::codes::spoken_list;
use crate::runner::NOT_ARMED;

/// So many pulses tell how regular they are.
const KEPT: usize = 6;

/// What is known of the scanner so far.
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    /// Where the last pulse came from.
    pub source: String,
    /// Volumes that are known not to have come, before the last that did.
    lost: u32,
    /// Those that were told of since.
    overdue: u32,
    /// The last that came.
    last: u32,
    /// The operator takes the start back.
    pub by_hand: bool,
    /// It was said that pulses come too early.
    early: bool,
    /// The last pulses, whatever was made of them.
    stamps: Vec<Nanos>,
}

impl Scanner {
    /// What to say of a pulse: once, that one came before the run was armed.
    pub fn pulsed(&mut self, at: Nanos, pulse: &Trigger) -> Option<(Level, String)> {
        self.source = pulse.source.clone();
        self.stamps.push(at);
        let old = self.stamps.len().saturating_sub(KEPT);
        self.stamps.drain(..old);
        if let Some(volume) = pulse.volume {
            self.lost += volume.saturating_sub(self.last + 1);
            (self.last, self.overdue) = (volume, 0);
        }
        if pulse.why.as_deref().is_some_and(|why| why.contains(REANCHORED)) {
            let text = "the scanner pulses in another phase than before: volumes are counted on in it, onset 0 stays";
            return Some((Level::Warning, text.into()));
        }
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

    /// Volumes that did not come so far.
    pub fn missing(&self) -> u32 {
        self.lost + self.overdue
    }

    /// Why the start was not taken back.
    pub fn not_rearmed(&self, mapping: &Mapping) -> (Level, String) {
        let keys = spoken_list(mapping.abort_keys(), " and ");
        let text = format!(
            "the run is not armed again: nothing has started it, or more than a minute ago; to begin anew hold {keys} together, and \
             start it with the next --run number"
        );
        (Level::Warning, text)
    }

    /// The seconds between pulses, where they come regularly and are not those of the task.
    fn other_tr(&self, tr: Nanos) -> Option<f64> {
        let gaps: Vec<f64> = self.stamps.windows(2).map(|w| (w[1] - w[0]).secs()).collect();
        let last = *gaps.last().filter(|_| gaps.len() >= 2 && tr > Nanos::ZERO)?;
        let regular = gaps.iter().rev().take(3).all(|g| (g / last - 1.0).abs() < 0.03);
        (regular && (last / tr.secs() - 1.0).abs() > 0.03).then_some(last)
    }

    /// What to say of it.
    pub fn heard(
        &mut self,
        event: ScannerEvent,
        volume: Option<u32>,
        clock: &dyn Clock,
        mapping: &Mapping,
        tr: Nanos,
    ) -> (Level, String) {
        let n = volume.unwrap_or(0);
        let time = clock.wall().format("%H:%M:%S");
        match event {
            ScannerEvent::Started => {
                (Level::Info, format!("started by {} at {time}, with volume {n}", self.source))
            }
            ScannerEvent::FalseStart if std::mem::take(&mut self.by_hand) => {
                (self.lost, self.overdue, self.last) = (0, 0, 0);
                let text = format!(
                    "armed again by hand at {time}: what began before counts for nothing, and the next pulse starts the run"
                );
                (Level::Warning, text)
            }
            ScannerEvent::FalseStart if self.other_tr(tr).is_some() => {
                let s = self.other_tr(tr).unwrap_or_default();
                let text = format!(
                    "pulses of {} come every {s:.3} s, and the task expects one each {:.3} s: the run cannot follow them. Compare \
                     tr of the task, and each of [trigger] of the rig, with the scanner's settings",
                    self.source,
                    tr.secs()
                );
                (Level::Error, text)
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
                self.overdue += 1;
                (
                    Level::Warning,
                    format!("volume {n} did not come; the run goes on by its own clock"),
                )
            }
            ScannerEvent::Stopped => {
                let keys = spoken_list(mapping.abort_keys(), " and ");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::clock::VirtualClock;
    use crate::rig::schema::Rig;

    #[test]
    fn a_scanner_of_another_tr_is_told_as_such_and_not_as_a_false_start() {
        let (clock, mapping) = (VirtualClock::new(), Mapping::new(&Rig::default(), &[]));
        let said = |gaps: &[f64]| {
            let mut scanner = Scanner::default();
            let mut at = 0.0;
            for gap in gaps {
                at += gap;
                let (source, volume, accepted, why) = ("tcp".into(), None, false, None);
                scanner.pulsed(Nanos::from_secs(at), &Trigger { source, volume, accepted, why });
            }
            let tr = Nanos::from_secs(2.0);
            scanner.heard(ScannerEvent::FalseStart, None, &clock, &mapping, tr).1
        };
        assert!(said(&[0.0, 1.5, 1.5, 1.5]).contains("every 1.500 s"));
        assert!(said(&[0.0]).contains("false start"));
        assert!(said(&[0.0, 2.0, 2.0]).contains("false start"));
        assert!(said(&[0.0, 0.7, 3.1]).contains("false start"));
    }
}
