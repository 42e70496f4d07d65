//! A scanner for dry runs: once started it pulses at each TR, dummies first, until its volumes are done, with as many
//! faults as are asked for. It is a schedule, not a thread: it is asked when its next pulse comes. `places` sends the same
//! schedule out of the computer.

pub mod faults;
pub mod place;
pub mod play;
pub mod schedule;

use crate::ground::event::Event;
use crate::ground::time::Nanos;
use crate::plan::schema::{Pulses, VolumeSetup};
use faults::Faults;
use schedule::{Moment, Scan, Schedule};

/// How long after it is started the first pulse comes.
const LEAD: Nanos = Nanos::from_millis(1_000);

/// An emulated scanner.
#[derive(Clone, Debug)]
pub struct Emulator {
    scan: Scan,
    faults: Faults,
    running: Option<Running>,
}

#[derive(Clone, Debug)]
struct Running {
    /// The instant of the schedule's zero.
    origin: Nanos,
    /// What comes after `next`.
    schedule: Schedule,
    next: Option<Moment>,
}

impl Emulator {
    /// A scanner with this TR (seconds; that of the volumes where absent, else 2) which makes these volumes. Without a
    /// number of volumes it has no end.
    pub fn new(tr: Option<f64>, volumes: &VolumeSetup) -> Emulator {
        let own = if volumes.tr > Nanos::ZERO { volumes.tr } else { Nanos::from_secs(2.0) };
        let scan = Scan {
            tr: tr.map_or(own, Nanos::from_secs),
            volumes: match volumes.pulses {
                Pulses::Start => Some(1),
                _ => volumes.expected,
            },
            slices: volumes.pulses_a_volume(),
            // Without pulses nobody here can tell that there were any.
            dummies: match volumes.pulses {
                Pulses::Start => 0,
                _ if volumes.dummies_pulse => volumes.dummies,
                _ => 0,
            },
            dummies_pulse: true,
        };
        Emulator { scan, faults: Faults::default(), running: None }
    }

    /// The same scanner with these faults, as long as it has not been started.
    pub fn with_faults(mut self, faults: Faults) -> Emulator {
        self.faults = faults;
        self
    }

    /// Starts the scan, once.
    pub fn start(&mut self, now: Nanos) {
        if self.running.is_none() {
            let mut schedule = Schedule::new(self.scan, self.faults.clone());
            let next = schedule.find(|m| m.what.is_pulse());
            self.running = Some(Running { origin: now + LEAD, schedule, next });
        }
    }

    /// When the next pulse comes.
    pub fn next_at(&self) -> Option<Nanos> {
        let running = self.running.as_ref()?;
        running.next.as_ref().map(|m| running.origin + m.at)
    }

    /// The pulse that is due at `now`, if any, with the exact instant of the schedule.
    pub fn take(&mut self, now: Nanos) -> Option<Event> {
        let stamp = self.next_at().filter(|t| *t <= now)?;
        let running = self.running.as_mut()?;
        running.next = running.schedule.find(|m| m.what.is_pulse());
        Some(Event::Pulse { stamp, source: "emulator".into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(expected: Option<u32>) -> VolumeSetup {
        VolumeSetup {
            tr: Nanos::from_secs(2.0),
            expected,
            dummies: 1,
            dummies_pulse: true,
            dummies_stored: false,
            pulses: Default::default(),
        }
    }

    /// The instants of its pulses until then, in seconds.
    fn pulses(mut e: Emulator, until: f64) -> Vec<f64> {
        let taken = std::iter::from_fn(|| e.take(Nanos::from_secs(until)));
        taken
            .map(|event| match event {
                Event::Pulse { stamp, .. } => stamp.secs(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn pulses_come_at_each_tr_and_end_with_the_volumes() {
        let mut e = Emulator::new(None, &setup(Some(3)));
        assert_eq!(e.take(Nanos::MAX), None);
        e.start(Nanos::ZERO);
        e.start(Nanos::from_secs(9.0));
        assert_eq!(pulses(e, 100.0), [1.0, 3.0, 5.0, 7.0]);
    }

    #[test]
    fn a_scanner_whose_volumes_nobody_has_counted_has_no_end() {
        let mut e = Emulator::new(Some(0.5), &setup(None));
        e.start(Nanos::ZERO);
        assert_eq!(pulses(e.clone(), 3600.0).len(), 7199);
        assert_eq!(e.next_at(), Some(Nanos::from_secs(1.0)));
    }

    #[test]
    fn faults_are_pulses_too_many_and_pulses_that_never_come() {
        let faults = Faults { false_start: Some(Nanos::from_secs(8.0)), ..Faults::default() };
        let mut e = Emulator::new(None, &setup(Some(2))).with_faults(faults);
        e.start(Nanos::ZERO);
        assert_eq!(pulses(e, 100.0), [1.0, 9.0, 11.0, 13.0]);
        let faults = Faults { dropped: 1.0, spurious: 1.0, ..Faults::default() };
        let mut e = Emulator::new(None, &setup(Some(2))).with_faults(faults);
        e.start(Nanos::ZERO);
        let stamps = pulses(e, 100.0);
        assert_eq!(stamps.len(), 3);
        assert!(stamps.iter().all(|s| (s - 1.0) % 2.0 != 0.0), "{stamps:?}");
    }
}
