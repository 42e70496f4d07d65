//! Which pulses are volumes: the phase gate, the refractory time, and the count over dummies and lost pulses.
//! It is told stamps and decides; what the run does with a volume is the runner's.

use crate::ground::time::Nanos;
use crate::plan::schema::VolumeSetup;

/// What was made of a pulse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Number of the volume it announces, from 1 over all volumes that pulse.
    pub volume: Option<u32>,
    /// Why it was not accepted, or what was odd about it.
    pub why: Option<String>,
    /// Onset of the first counted volume, if this pulse settled it.
    pub anchor: Option<Nanos>,
}

/// Counts volumes.
#[derive(Clone, Debug)]
pub struct Volumes {
    setup: VolumeSetup,
    /// Stamp and number of the last volume.
    last: Option<(Nanos, u32)>,
    /// Stamp of the last pulse that came off phase, for re-anchoring.
    rejected: Option<Nanos>,
    anchored: bool,
}

impl Volumes {
    /// Counts from nothing.
    pub fn new(setup: VolumeSetup) -> Volumes {
        Volumes { setup, last: None, rejected: None, anchored: false }
    }

    /// Number of the first counted volume: the one after the dummies that pulse and are not stored.
    fn first_counted(&self) -> u32 {
        let skipped = self.setup.dummies_pulse && !self.setup.dummies_stored;
        if skipped { self.setup.dummies + 1 } else { 1 }
    }

    /// From the first counted pulse back to the first stored volume: dummies that are stored but do not pulse.
    pub fn stored_before_anchor(&self) -> Nanos {
        let silent = self.setup.dummies_stored && !self.setup.dummies_pulse;
        if silent { self.setup.tr * i64::from(self.setup.dummies) } else { Nanos::ZERO }
    }

    /// Counted volumes so far.
    pub fn counted(&self) -> u32 {
        self.last.map_or(0, |(_, n)| (n + 1).saturating_sub(self.first_counted()))
    }

    /// Judges a pulse. Accepted are pulses outside the refractory time, min(100 ms, TR/2), that lie within
    /// max(25 ms, 2 % of TR) of a whole number of TRs after the last volume; two off-phase pulses one TR apart
    /// re-anchor the count. Without a TR only the refractory time holds.
    pub fn pulse(&mut self, stamp: Nanos) -> Verdict {
        let Some((last, number)) = self.last else { return self.accept(stamp, 1, None) };
        let tr = self.setup.tr;
        let since = stamp - last;
        let refractory = match tr.0 {
            0 => Nanos::from_millis(100),
            _ => Nanos::from_millis(100).min(tr.half()),
        };
        if since < refractory {
            return refuse(format!("{:.1} ms after the last volume", since.millis()));
        }
        if tr == Nanos::ZERO {
            return self.accept(stamp, number + 1, None);
        }
        let tolerance = Nanos::from_millis(25).max(Nanos(tr.0 / 50));
        let steps = since.periods(tr);
        let residual = (since - tr * steps).abs();
        if steps >= 1 && residual <= tolerance {
            let lost = steps - 1;
            let why = (lost > 0).then(|| format!("{lost} missing before it"));
            return self.accept(stamp, number + steps as u32, why);
        }
        let twin = self.rejected.is_some_and(|r| {
            let gap = stamp - r;
            gap.periods(tr) == 1 && (gap - tr).abs() <= tolerance
        });
        if twin {
            let why = "off phase, but one TR after another: count re-anchored";
            return self.accept(stamp, number + steps.max(1) as u32, Some(why.to_string()));
        }
        self.rejected = Some(stamp);
        refuse(format!("off phase by {:.1} ms", residual.millis()))
    }

    fn accept(&mut self, stamp: Nanos, number: u32, why: Option<String>) -> Verdict {
        self.last = Some((stamp, number));
        self.rejected = None;
        let first = self.first_counted();
        let anchor = (!self.anchored && number >= first).then(|| {
            self.anchored = true;
            stamp - self.setup.tr * i64::from(number - first)
        });
        Verdict { volume: Some(number), why, anchor }
    }
}

fn refuse(why: String) -> Verdict {
    Verdict { volume: None, why: Some(why), anchor: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volumes(dummies: u32, pulse: bool, stored: bool) -> Volumes {
        Volumes::new(VolumeSetup {
            tr: Nanos::from_secs(2.0),
            expected: None,
            dummies,
            dummies_pulse: pulse,
            dummies_stored: stored,
        })
    }

    fn at(s: f64) -> Nanos {
        Nanos::from_secs(s)
    }

    #[test]
    fn dummies_that_pulse_and_are_not_stored_come_before_the_anchor() {
        let mut v = volumes(2, true, false);
        assert_eq!(v.pulse(at(1.0)).anchor, None);
        assert_eq!(v.pulse(at(3.0)).anchor, None);
        assert_eq!(v.pulse(at(5.0)).anchor, Some(at(5.0)));
        assert_eq!(v.counted(), 1);
        assert_eq!(v.stored_before_anchor(), Nanos::ZERO);
    }

    #[test]
    fn dummies_that_do_not_pulse_or_are_stored_anchor_at_the_first_pulse() {
        for (pulse, stored, before) in [(false, false, 0.0), (true, true, 0.0), (false, true, 6.0)]
        {
            let mut v = volumes(3, pulse, stored);
            assert_eq!(v.pulse(at(1.0)).anchor, Some(at(1.0)));
            assert_eq!(v.stored_before_anchor(), at(before));
        }
    }

    #[test]
    fn a_lost_anchor_pulse_is_reckoned_from_the_next() {
        let mut v = volumes(1, true, false);
        v.pulse(at(1.0));
        let verdict = v.pulse(at(5.0));
        assert_eq!(verdict.volume, Some(3));
        assert_eq!(verdict.anchor, Some(at(3.0)));
    }

    #[test]
    fn doubled_and_spurious_pulses_are_refused_and_lost_ones_counted() {
        let mut v = volumes(0, true, false);
        v.pulse(at(0.0));
        assert_eq!(v.pulse(at(0.05)).volume, None);
        assert_eq!(v.pulse(at(0.9)).volume, None);
        assert_eq!(v.pulse(at(2.01)).volume, Some(2));
        assert_eq!(v.pulse(at(8.0)).volume, Some(5));
    }

    #[test]
    fn two_off_phase_pulses_one_tr_apart_reanchor_the_count() {
        let mut v = volumes(0, true, false);
        v.pulse(at(0.0));
        assert_eq!(v.pulse(at(2.9)).volume, None);
        assert_eq!(v.pulse(at(4.9)).volume, Some(3));
        assert_eq!(v.pulse(at(6.9)).volume, Some(4));
    }
}
