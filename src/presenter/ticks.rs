//! Numbered refreshes of a screen and the regular row that they lie on. Pure: it is told when refreshes were seen.

use crate::ground::time::Nanos;
use std::collections::VecDeque;

/// The latest refreshes that were seen, by the display's own numbers.
#[derive(Clone, Debug, Default)]
pub struct Ticks {
    seen: VecDeque<(u64, Nanos)>,
    /// The row through them.
    row: Option<Row>,
}

/// A regular row: refresh number `count` lies at `at`, each next one `period_ns` later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub count: u64,
    pub at: Nanos,
    pub period_ns: f64,
    /// SD of what was seen around the row, single ones that were far away left out.
    pub spread: Nanos,
}

/// Seen every half second, they tell of the last minute.
const KEPT: usize = 128;
/// Fewer say too little of a rate.
const FEWEST: usize = 8;
/// Residuals of so many SD are those of single refreshes that were held up.
const FAR: f64 = 5.0;

impl Ticks {
    /// A refresh was seen. A display that counts anew, or pauses, begins a new row.
    pub fn push(&mut self, count: u64, at: Nanos) {
        if let Some((last, when)) = self.seen.back().copied() {
            if count == last {
                return;
            }
            let jumps = self
                .row
                .is_some_and(|row| (at - row.time(count)).0.abs() as f64 > 2.5 * row.period_ns);
            if count < last || at <= when || jumps {
                self.seen.clear();
            }
        }
        if self.seen.len() == KEPT {
            self.seen.pop_front();
        }
        self.seen.push_back((count, at));
        self.row = self.through_seen();
    }

    /// The number of the latest.
    #[cfg(feature = "window")]
    pub fn last(&self) -> Option<u64> {
        self.seen.back().map(|(count, _)| *count)
    }

    /// How many are known.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// The row through what was seen; none while too few are known.
    pub fn row(&self) -> Option<Row> {
        self.row
    }

    /// The median of the slopes between refreshes that lie half of them apart (after Theil and Sen), and the median of what
    /// is left; a few that were held up do not move it.
    fn through_seen(&self) -> Option<Row> {
        let n = self.seen.len();
        if n < FEWEST {
            return None;
        }
        let pairs = self.seen.iter().zip(self.seen.iter().skip(n / 2));
        let slopes = pairs.map(|(a, b)| (b.1 - a.1).0 as f64 / (b.0 - a.0) as f64);
        let period_ns = median(slopes.collect())?;
        let (count, first) = *self.seen.front()?;
        let left = |(k, at): &(u64, Nanos)| (*at - first).0 as f64 - (k - count) as f64 * period_ns;
        let residuals: Vec<f64> = self.seen.iter().map(left).collect();
        let middle = median(residuals.clone())?;
        let around: Vec<f64> = residuals.iter().map(|r| (r - middle).abs()).collect();
        // The SD of a normal spread is 1.4826 times its median absolute deviation.
        let limit = FAR * 1.4826 * median(around.clone())?;
        let near: Vec<f64> = around.into_iter().filter(|r| *r <= limit).collect();
        let variance = near.iter().map(|r| r * r).sum::<f64>() / near.len().max(1) as f64;
        let spread = Nanos(variance.sqrt().round() as i64);
        Some(Row { count, at: first + Nanos(middle.round() as i64), period_ns, spread })
    }
}

impl Row {
    /// The number of an instant, with the share of a period that it lies behind a refresh.
    #[cfg(feature = "window")]
    pub fn steps(&self, t: Nanos) -> f64 {
        (t - self.at).0 as f64 / self.period_ns + self.count as f64
    }

    /// When refresh `count` is.
    pub fn time(&self, count: u64) -> Nanos {
        let steps = count as f64 - self.count as f64;
        self.at + Nanos((steps * self.period_ns).round() as i64)
    }

    /// Refreshes a second.
    pub fn hz(&self) -> f64 {
        1e9 / self.period_ns
    }
}

/// The middle one; the upper one of two.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(counts: impl Iterator<Item = u64>, jitter_ns: impl Fn(u64) -> i64) -> Ticks {
        let mut ticks = Ticks::default();
        for k in counts {
            ticks.push(k, Nanos(5_000 + (k as f64 * 16_683_350.0) as i64 + jitter_ns(k)));
        }
        ticks
    }

    #[test]
    fn a_few_late_refreshes_move_neither_rate_nor_place() {
        let late = |k: u64| if k % 11 == 10 { 9_000_000 } else { (k % 3) as i64 * 100_000 };
        let row = seen(1000..1060, late).row().expect("a row");
        assert!((row.hz() - 59.94).abs() < 0.02, "{}", row.hz());
        assert!((row.time(1030) - Nanos(5_000 + 17_183_850_500)).abs() < Nanos(150_000));
        assert!(row.spread < Nanos(150_000), "{:?}", row.spread);
        assert_eq!(seen(0..7, |_| 0).row(), None);
    }

    #[test]
    fn the_rate_becomes_true_to_parts_in_a_million_with_time() {
        let jitter = |k: u64| ((k * 7919) % 880) as i64 * 1000 - 440_000;
        let row = seen((0..24).chain((30..4000).step_by(30)), jitter).row().expect("a row");
        assert!((row.period_ns / 16_683_350.0 - 1.0).abs() < 5e-6, "{}", row.period_ns);
        let off = row.time(4000) - Nanos(5_000 + (4000.0 * 16_683_350.0) as i64);
        assert!(off.abs() < Nanos(200_000), "{off:?}");
    }

    #[test]
    fn a_display_that_counts_anew_begins_a_new_row() {
        let mut ticks = seen(100..130, |_| 0);
        ticks.push(3, Nanos::from_secs(100.0));
        assert_eq!((ticks.len(), ticks.row()), (1, None));
        let mut paused = seen(100..130, |_| 0);
        paused.push(131, Nanos::from_secs(100.0));
        assert_eq!(paused.len(), 1);
    }
}
