//! What a scanner sends and when, drawn from a seed: the same scan and the same faults give the same list on every
//! machine, in the order of time. Each kind of fault has a chance of its own, so that asking for one leaves the others
//! where they were. It reads no clock: its zero is the first pulse.

use super::faults::Faults;
use crate::ground::hash::stream;
use crate::ground::time::Nanos;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// When a held key repeats for the first time, and how often from then on, as keyboards usually do.
const REPEATS_AFTER: Nanos = Nanos::from_millis(250);
const REPEATS_EVERY: Nanos = Nanos::from_millis(33);
/// How long a person holds a button.
const RESPONSE_HELD: Nanos = Nanos::from_millis(80);

/// The scan as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    pub tr: Nanos,
    /// Stored volumes; none where it goes on until it is stopped.
    pub volumes: Option<u32>,
    /// Pulses for each volume.
    pub slices: u32,
    /// Volumes before the first that counts.
    pub dummies: u32,
    pub dummies_pulse: bool,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// The first or only pulse of a volume.
    Volume,
    /// A pulse of a dummy.
    Dummy,
    /// A further pulse of a volume.
    Slice,
    /// The same pulse again.
    Doubled,
    /// A pulse that belongs to nothing.
    Spurious,
    /// The pulse of a scan that did not begin.
    FalseStart,
    /// A key that is held repeats.
    Repeat,
    /// A button of the person.
    Response,
    /// A pulse or button ends.
    Release,
    /// A pulse that should come and does not.
    Dropped,
}

impl What {
    /// The name in logs.
    pub fn name(self) -> &'static str {
        match self {
            What::Volume => "volume",
            What::Dummy => "dummy",
            What::Slice => "slice",
            What::Doubled => "doubled",
            What::Spurious => "spurious",
            What::FalseStart => "false_start",
            What::Repeat => "repeat",
            What::Response => "response",
            What::Release => "release",
            What::Dropped => "dropped",
        }
    }

    /// Whether who listens to the scanner takes it for a pulse.
    pub fn is_pulse(self) -> bool {
        !matches!(self, What::Response | What::Release | What::Dropped)
    }
}

/// One thing that happens, so long after the schedule's zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    pub at: Nanos,
    pub what: What,
    /// The volume from 1; none for dummies and what belongs to none.
    pub volume: Option<u32>,
    /// What is pressed or let go; none for the scanner's own pulse.
    pub code: Option<String>,
}

/// The moments of a scan in the order of time; without an end where the scan has none.
#[derive(Clone, Debug)]
pub struct Schedule {
    scan: Scan,
    faults: Faults,
    jitter: ChaCha8Rng,
    dropped: ChaCha8Rng,
    doubled: ChaCha8Rng,
    spurious: ChaCha8Rng,
    /// When this scan began, and whether it is the one after a stop.
    begun: Nanos,
    restarted: bool,
    /// Pulses of this scan that have been made, those that nobody hears too.
    made: u64,
    ended: bool,
    /// Made and not yet given, in order; of one instant that which was made first comes first.
    waiting: BTreeMap<(Nanos, u64), Moment>,
    counted: u64,
}

impl Schedule {
    /// The moments of a scan with these faults.
    pub fn new(scan: Scan, faults: Faults) -> Schedule {
        let chance = |name| stream(faults.seed, &["scanner", name]);
        let mut made = Schedule {
            jitter: chance("jitter"),
            dropped: chance("dropped"),
            doubled: chance("doubled"),
            spurious: chance("spurious"),
            begun: faults.false_start.unwrap_or(Nanos::ZERO),
            restarted: false,
            made: 0,
            ended: false,
            waiting: BTreeMap::new(),
            counted: 0,
            scan: Scan {
                tr: scan.tr.max(Nanos::from_millis(1)),
                slices: scan.slices.max(1),
                ..scan
            },
            faults,
        };
        if made.faults.false_start.is_some() {
            made.press(Nanos::ZERO, What::FalseStart, None);
        }
        for response in std::mem::take(&mut made.faults.responses) {
            let code = Some(response.code);
            if made.faults.hold > Nanos::ZERO {
                let at = response.at + RESPONSE_HELD;
                made.put(at, What::Release, None, code.clone());
            }
            made.put(response.at, What::Response, None, code);
        }
        made
    }

    /// How far apart pulses are.
    pub fn between(&self) -> Nanos {
        Nanos(self.scan.tr.0 / i64::from(self.scan.slices))
    }

    /// How many volumes the scan makes before it ends or is stopped; none where it goes on.
    fn volumes(&self) -> Option<u32> {
        let stop = self.faults.stop_after.filter(|_| !self.restarted);
        match (self.scan.volumes, stop) {
            (Some(all), Some(stop)) => Some(all.min(stop)),
            (all, stop) => all.or(stop),
        }
    }

    /// When the pulse of this number is due, with the drift and without the jitter.
    fn due(&self, number: u64) -> Nanos {
        let slices = u64::from(self.scan.slices);
        let (volume, slice) = ((number / slices) as i64, (number % slices) as i64);
        let since = self.scan.tr * volume + Nanos(self.scan.tr.0 * slice / slices as i64);
        let drift = (since.0 as f64 * self.faults.drift_ppm * 1e-6).round() as i64;
        self.begun + since + Nanos(drift)
    }

    fn put(&mut self, at: Nanos, what: What, volume: Option<u32>, code: Option<String>) {
        self.waiting.insert((at, self.counted), Moment { at, what, volume, code });
        self.counted += 1;
    }

    /// A pulse with its end, where ends are told.
    fn press(&mut self, at: Nanos, what: What, volume: Option<u32>) -> Nanos {
        self.put(at, what, volume, None);
        let hold = self.faults.hold.min(Nanos(self.between().0 * 4 / 5));
        if hold > Nanos::ZERO {
            let mut again = REPEATS_AFTER;
            while again < hold && what != What::Spurious {
                self.put(at + again, What::Repeat, volume, None);
                again += REPEATS_EVERY;
            }
            self.put(at + hold, What::Release, volume, None);
        }
        at + hold
    }

    /// Makes one more pulse with all that belongs to it, or ends the scan.
    fn make(&mut self) {
        let (dummies, slices) = (u64::from(self.scan.dummies), u64::from(self.scan.slices));
        if self.volumes().is_some_and(|n| self.made == (dummies + u64::from(n)) * slices) {
            let stopped = !self.restarted && self.faults.stop_after.is_some();
            match self.faults.restart_after.filter(|_| stopped) {
                Some(pause) => {
                    self.begun = self.due(self.made) + pause;
                    self.restarted = true;
                    self.made = 0;
                }
                None => self.ended = true,
            }
            return;
        }
        let (due, between) = (self.due(self.made), self.between());
        let (volume, slice) = (self.made / slices, self.made % slices);
        self.made += 1;
        // Drawn whether or not it is used, so that every pulse has its own.
        let jitter = (0..12).map(|_| self.jitter.random::<f64>()).sum::<f64>() - 6.0;
        let dropped = self.dropped.random::<f64>() < self.faults.dropped;
        let (twice, gap) = (self.doubled.random::<f64>(), self.doubled.random::<f64>());
        let (stray, when) = (self.spurious.random::<f64>(), self.spurious.random::<f64>());
        let most = between.0 as f64 * 0.45;
        let jitter = (jitter * self.faults.jitter.0 as f64).clamp(-most, most);
        let at = (due + Nanos(jitter.round() as i64)).max(self.begun);
        let (what, number) = match (volume.checked_sub(dummies), slice) {
            (None, _) => (What::Dummy, None),
            (Some(n), 0) => (What::Volume, Some(n as u32 + 1)),
            (Some(n), _) => (What::Slice, Some(n as u32 + 1)),
        };
        if stray < self.faults.spurious {
            self.press(due + Nanos((between.0 as f64 * when) as i64), What::Spurious, None);
        }
        if what == What::Dummy && !self.scan.dummies_pulse {
            return;
        }
        if dropped {
            self.put(at, What::Dropped, number, None);
            return;
        }
        let end = self.press(at, what, number);
        if twice < self.faults.doubled {
            let (least, span) = (Nanos(between.0 / 8), Nanos(between.0 / 4));
            let least = least.min(Nanos::from_millis(5));
            let span = span.min(Nanos::from_millis(40));
            self.press(end + least + Nanos((span.0 as f64 * gap) as i64), What::Doubled, number);
        }
    }
}

impl Iterator for Schedule {
    type Item = Moment;

    fn next(&mut self) -> Option<Moment> {
        loop {
            // Nothing that is still to be made comes before this.
            let settled = match self.ended {
                true => Nanos::MAX,
                false => self.due(self.made) - Nanos(self.between().0 / 2),
            };
            if let Some(first) = self.waiting.first_entry().filter(|e| e.key().0 < settled) {
                return Some(first.remove());
            }
            if self.ended {
                return None;
            }
            self.make();
        }
    }
}

#[cfg(test)]
mod tests;
