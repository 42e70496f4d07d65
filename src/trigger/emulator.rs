//! A scanner for dry runs: once started it pulses at each TR, dummies first, until its volumes are done.
//! It is a schedule, not a thread: it is asked when its next pulse comes.

use crate::ground::event::Event;
use crate::ground::time::Nanos;
use crate::plan::schema::VolumeSetup;

/// How long after it is started the first pulse comes.
const LEAD: Nanos = Nanos::from_millis(1_000);

/// An emulated scanner.
#[derive(Clone, Debug)]
pub struct Emulator {
    tr: Nanos,
    /// Pulses still to come; `None` for no end.
    left: Option<u32>,
    next: Option<Nanos>,
}

impl Emulator {
    /// A scanner with this TR (seconds; that of the volumes where absent, else 2) which makes these volumes.
    pub fn new(tr: Option<f64>, volumes: &VolumeSetup) -> Emulator {
        let own = if volumes.tr > Nanos::ZERO { volumes.tr } else { Nanos::from_secs(2.0) };
        let dummies = if volumes.dummies_pulse { volumes.dummies } else { 0 };
        Emulator {
            tr: tr.map_or(own, Nanos::from_secs),
            left: volumes.expected.map(|n| n + dummies),
            next: None,
        }
    }

    /// Starts the scan, once.
    pub fn start(&mut self, now: Nanos) {
        self.next.get_or_insert(now + LEAD);
    }

    /// When the next pulse comes.
    pub fn next_at(&self) -> Option<Nanos> {
        self.next.filter(|_| self.left != Some(0))
    }

    /// The pulse that is due at `now`, if any.
    pub fn take(&mut self, now: Nanos) -> Option<Event> {
        let stamp = self.next_at().filter(|t| *t <= now)?;
        self.next = Some(stamp + self.tr);
        self.left = self.left.map(|n| n - 1);
        Some(Event::Pulse { stamp, source: "emulator".into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulses_come_at_each_tr_and_end_with_the_volumes() {
        let setup = VolumeSetup {
            tr: Nanos::from_secs(2.0),
            expected: Some(3),
            dummies: 1,
            dummies_pulse: true,
            dummies_stored: false, pulses: Default::default() };
        let mut e = Emulator::new(None, &setup);
        assert_eq!(e.take(Nanos::MAX), None);
        e.start(Nanos::ZERO);
        e.start(Nanos::from_secs(9.0));
        let mut stamps = vec![];
        while let Some(Event::Pulse { stamp, .. }) = e.take(Nanos::from_secs(100.0)) {
            stamps.push(stamp.secs());
        }
        assert_eq!(stamps, [1.0, 3.0, 5.0, 7.0]);
    }
}
