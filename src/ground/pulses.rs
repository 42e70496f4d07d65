//! What the pulses of a run say of its scanner, held against what was to come: volumes that came and that did not, and the
//! repetition time as this computer's clock saw it. It reads journal entries and knows no plan.

use super::record::{Entry, Record, ScannerEvent};
use super::time::Nanos;
use std::ops::Range;

/// What was to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Repetition time; zero where it is not known.
    pub tr: Nanos,
    /// Numbers of the first and the last volume that count, among those that pulse.
    pub first: u32,
    pub last: Option<u32>,
}

/// What came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Volumes that were to come, where the task says so.
    pub expected: Option<u32>,
    /// Pulses of volumes that count.
    pub received: u32,
    /// Numbers of those that did not come until the run was over; dummies among them.
    pub missing: Vec<u32>,
    /// Pulses that were no volume of the row.
    pub unexpected: u32,
    /// The same pulse once more from another source.
    pub repeated: u32,
    /// Starts that were taken back.
    pub false_starts: u32,
    pub fit: Option<Fit>,
    /// From pulse to pulse, whatever was made of them: the median, in seconds. None where they are not regular.
    pub interval_s: Option<f64>,
}

/// A straight line through the stamps of volumes over their numbers, by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Its slope, in seconds: the repetition time by this computer's clock.
    pub tr_s: f64,
    /// By how many millionths that is longer than the task's own; none where it has none.
    pub drift_ppm: Option<f64>,
    /// Standard deviation of the stamps around the line, in milliseconds.
    pub residual_ms: f64,
}

impl Account {
    /// Reads the journal of a run.
    pub fn of(entries: &[Entry], expected: &Expected) -> Account {
        let mut account = Account::default();
        let mut row: Vec<(u32, Nanos)> = Vec::new();
        let mut taken_back = false;
        let mut stamps: Vec<Nanos> = Vec::new();
        // Where the row in one phase began that is the present one.
        let mut in_phase = 0;
        let mut longest = 0..0;
        for entry in entries {
            if let Record::Trigger(t) = &entry.record
                && !t.why.as_deref().is_some_and(|why| why.starts_with(SAME_PULSE))
            {
                stamps.push(entry.t_ns);
            }
            match &entry.record {
                Record::Trigger(t) if t.accepted => {
                    let Some(volume) = t.volume else { continue };
                    // What came before belongs to a start that was taken back, unless it was none.
                    let goes_on =
                        || t.why.as_deref().is_some_and(|w| w.starts_with(NO_FALSE_START));
                    if std::mem::take(&mut taken_back) && !goes_on() {
                        row.clear();
                        (in_phase, longest) = (0, 0..0);
                    }
                    if t.why.as_deref().is_some_and(|w| w.contains(REANCHORED)) {
                        longest = longer(longest, in_phase..row.len());
                        in_phase = row.len();
                    }
                    // Its first pulse was refused while a false one was believed in.
                    let first = t.why.as_deref().is_some_and(|w| w.starts_with(COUNTED_FROM));
                    if first && volume > 1 {
                        let at = Nanos(entry.t_ns.0.saturating_sub(expected.tr.0));
                        row.push((volume - 1, at));
                        account.unexpected = account.unexpected.saturating_sub(1);
                    }
                    row.push((volume, entry.t_ns));
                }
                Record::Trigger(t) => {
                    let same = t.why.as_deref().is_some_and(|why| why.starts_with(SAME_PULSE));
                    match same {
                        true => account.repeated += 1,
                        false => account.unexpected += 1,
                    }
                }
                Record::Scanner { event: ScannerEvent::FalseStart, .. } => {
                    taken_back = true;
                    account.false_starts += 1;
                }
                _ => {}
            }
        }
        if taken_back {
            row.clear();
        }
        let counts = |n: u32| n >= expected.first && expected.last.is_none_or(|last| n <= last);
        account.expected = expected.last.map(|last| (last + 1).saturating_sub(expected.first));
        account.received = row.iter().filter(|(n, _)| counts(*n)).count() as u32;
        // Of those behind the last that came, the ones that were overdue when the run ended are missing.
        let over = entries.iter().rev().find(|e| matches!(e.record, Record::End(_)));
        let to = row.last().map_or(0, |(last, at)| {
            // Instants of a journal that somebody changed may be anything.
            let left = over.map_or(0, |e| e.t_ns.0.saturating_sub(at.0));
            let left = left.saturating_sub(expected.tr.half().0);
            let due = left.checked_div(expected.tr.0).unwrap_or(0).max(0);
            let due = last.saturating_add(u32::try_from(due).unwrap_or(0));
            expected.last.map_or(*last, |to| due.min(to)).max(*last)
        });
        let mut came = row.iter().map(|(n, _)| *n).peekable();
        for n in 1..=to.min(MOST_NAMED as u32) {
            if came.peek() == Some(&n) {
                came.next();
            } else if account.missing.len() < MOST_NAMED {
                account.missing.push(n);
            }
        }
        let longest = longer(longest, in_phase..row.len());
        account.fit = fit(row.get(longest).unwrap_or_default(), expected.tr);
        account.interval_s = median_gap(&stamps);
        account
    }

    /// The missing volumes in words: `7, 12 to 14`.
    pub fn missing_words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        let mut rest = &self.missing[..];
        while let Some(first) = rest.first() {
            let run = rest.iter().zip(*first..).take_while(|(n, m)| **n == *m).count();
            words.push(match run {
                1 => first.to_string(),
                _ => format!("{first} to {}", rest[run - 1]),
            });
            rest = &rest[run..];
        }
        words.join(", ")
    }
}

/// How a pulse is told of that shows a start to have been a true one after all.
pub const NO_FALSE_START: &str = "no false start";

/// How a pulse is told of that shows the one before it to have been the first.
pub const COUNTED_FROM: &str = "counted from the pulse";

/// How a pulse is told of that is another's once more.
pub const SAME_PULSE: &str = "the same pulse";

/// What is told of a pulse with which the count goes on in another phase.
pub const REANCHORED: &str = "count re-anchored";

fn longer(a: Range<usize>, b: Range<usize>) -> Range<usize> {
    if b.len() > a.len() { b } else { a }
}

fn median_gap(stamps: &[Nanos]) -> Option<f64> {
    let gap = |w: &[Nanos]| (i128::from(w[1].0) - i128::from(w[0].0)) as f64 / 1e9;
    let mut gaps: Vec<f64> = stamps.windows(2).map(gap).collect();
    gaps.sort_by(f64::total_cmp);
    let median = *gaps.get(gaps.len() / 2).filter(|m| gaps.len() >= 3 && **m > 0.0)?;
    // Among stray pulses a median says nothing.
    let near = gaps.iter().filter(|g| (**g / median - 1.0).abs() < 0.03).count();
    (near * 10 >= gaps.len() * 6).then_some(median)
}

/// No more missing volumes are named: a day of them at one a second.
const MOST_NAMED: usize = 86_400;

/// Least squares of stamps over numbers: slope = sum((n - mean n)(t - mean t)) / sum((n - mean n)^2).
fn fit(row: &[(u32, Nanos)], tr: Nanos) -> Option<Fit> {
    let (_, origin) = row.first()?;
    // The same volume again and again is no line.
    if row.len() < 3 || row.iter().all(|(n, _)| *n == row[0].0) {
        return None;
    }
    let since = |t: Nanos| (i128::from(t.0) - i128::from(origin.0)) as f64 / 1e9;
    let points: Vec<(f64, f64)> = row.iter().map(|(n, t)| (f64::from(*n), since(*t))).collect();
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_n, mean_t) = (mean(|p| p.0), mean(|p| p.1));
    let spread = points.iter().map(|(n, _)| (n - mean_n).powi(2)).sum::<f64>();
    let slope = points.iter().map(|(n, t)| (n - mean_n) * (t - mean_t)).sum::<f64>() / spread;
    if slope <= 0.0 {
        return None;
    }
    let residual = |(n, t): &(f64, f64)| (t - mean_t - slope * (n - mean_n)).powi(2);
    let sd = (points.iter().map(residual).sum::<f64>() / (count - 2.0)).sqrt();
    let drift = (tr > Nanos::ZERO).then(|| (slope / tr.secs() - 1.0) * 1e6);
    Some(Fit { tr_s: slope, drift_ppm: drift, residual_ms: sd * 1e3 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::record::{End, Trigger};

    fn pulse(volume: Option<u32>, at: f64, why: Option<&str>) -> Entry {
        let accepted = volume.is_some();
        let why = why.map(String::from);
        let record =
            Record::Trigger(Trigger { source: "key:Digit5".into(), volume, accepted, why });
        Entry { seq: 1, t_ns: Nanos::from_secs(at), record }
    }

    fn expected(first: u32, last: Option<u32>) -> Expected {
        Expected { tr: Nanos::from_secs(2.0), first, last }
    }

    #[test]
    fn volumes_that_did_not_come_while_the_run_went_on_are_named() {
        let mut came: Vec<Entry> =
            [1, 2, 4, 7, 8].map(|n| pulse(Some(n), 2.0 * f64::from(n), None)).into();
        assert_eq!(Account::of(&came, &expected(2, Some(10))).missing, [3, 5, 6], "it was killed");
        let end = End {
            complete: true,
            reason: "done".into(),
            phases: 1,
            late: 0,
            volumes: 7,
            counts: indexmap::IndexMap::new(),
        };
        // Volumes 9 and 10 are overdue at 19 s and 21 s.
        for (over, missing) in [(18.0, 3), (19.5, 4), (21.5, 5), (90.0, 5)] {
            let end =
                Entry { seq: 9, t_ns: Nanos::from_secs(over), record: Record::End(end.clone()) };
            let all = [&came[..], &[end]].concat();
            let account = Account::of(&all, &expected(2, Some(10)));
            assert_eq!(account.missing.len(), missing, "at {over} s");
        }
        let t_ns = Nanos::from_secs(90.0);
        came.push(Entry { seq: 9, t_ns, record: Record::End(end) });
        let account = Account::of(&came, &expected(2, Some(10)));
        assert_eq!(account.missing, [3, 5, 6, 9, 10]);
        assert_eq!(account.missing_words(), "3, 5 to 6, 9 to 10");
        assert_eq!((account.expected, account.received), (Some(9), 4));
        assert_eq!(Account::of(&came, &expected(1, None)).missing, [3, 5, 6]);
        assert_eq!(Account::of(&[], &expected(1, Some(9))).missing, [] as [u32; 0]);
    }

    #[test]
    fn the_line_through_the_pulses_tells_tr_drift_and_spread() {
        let off = [0.001, -0.001, 0.0, 0.0, -0.001, 0.001];
        let at = |i: usize| 5.0 + 2.0 * 1.00005 * i as f64 + off[i];
        let came: Vec<Entry> = (0..6).map(|i| pulse(Some(i as u32 + 1), at(i), None)).collect();
        let fit = Account::of(&came, &expected(1, None)).fit.unwrap();
        assert!((fit.tr_s - 2.0001).abs() < 1e-5, "{fit:?}");
        assert!((fit.drift_ppm.unwrap() - 50.0).abs() < 5.0, "{fit:?}");
        assert!((fit.residual_ms - 1.0).abs() < 0.05, "{fit:?}");
    }

    #[test]
    fn a_scan_that_goes_on_in_another_phase_is_fitted_by_its_longest_part() {
        let mut all: Vec<Entry> =
            (0..10_u32).map(|n| pulse(Some(n + 1), 2.0 * f64::from(n), None)).collect();
        all.push(pulse(
            Some(14),
            27.3,
            Some("off phase, but one TR after another: count re-anchored"),
        ));
        all.extend((15..18_u32).map(|n| pulse(Some(n), 27.3 + 2.0 * f64::from(n - 14), None)));
        let account = Account::of(&all, &expected(1, None));
        let fit = account.fit.unwrap();
        assert!((fit.tr_s - 2.0).abs() < 1e-9 && fit.residual_ms < 1e-6, "{fit:?}");
        assert_eq!(account.interval_s, Some(2.0));
    }

    #[test]
    fn a_false_start_counts_for_nothing_and_a_second_source_is_no_fault() {
        let mut all = vec![pulse(Some(1), 0.0, None)];
        let event = ScannerEvent::FalseStart;
        let t_ns = Nanos::from_secs(3.1);
        all.push(Entry { seq: 2, t_ns, record: Record::Scanner { event, volume: None } });
        all.extend([1, 2, 3].map(|n| pulse(Some(n), 20.0 + 2.0 * f64::from(n), None)));
        all.push(pulse(None, 26.001, Some("the same pulse as that of tcp, 1.0 ms later")));
        all.push(pulse(None, 27.0, Some("off phase by 900.0 ms")));
        let account = Account::of(&all, &expected(1, Some(3)));
        assert_eq!((account.received, account.missing.len(), account.false_starts), (3, 0, 1));
        assert_eq!((account.unexpected, account.repeated), (1, 1));
        assert!((account.fit.unwrap().tr_s - 2.0).abs() < 1e-9);
    }
}
