//! Statistics of a row of values: pure arithmetic, in milliseconds.

use super::measured::Measured;
use serde::Serialize;

/// Statistics of at least one value, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub n: usize,
    pub median_ms: f64,
    pub mean_ms: f64,
    /// Standard deviation of the sample (n - 1); 0 for a single value.
    pub sd_ms: f64,
    /// The value that lies farthest from the median.
    pub worst_ms: f64,
    pub least_ms: f64,
    pub most_ms: f64,
    pub p1_ms: f64,
    pub p5_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
}

/// A row of values under its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// What was measured, and in which stretch.
    pub name: String,
    /// None where nothing was measured.
    pub summary: Option<Summary>,
}

impl Summary {
    /// None where there is no value.
    pub fn of(values: &[f64]) -> Option<Summary> {
        let n = values.len();
        if n == 0 {
            return None;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let mean = sorted.iter().sum::<f64>() / n as f64;
        let squares = sorted.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        let median = percentile(&sorted, 50.0);
        let (low, high) = (sorted[0], sorted[n - 1]);
        Some(Summary {
            n,
            median_ms: median,
            mean_ms: mean,
            sd_ms: if n > 1 { (squares / (n - 1) as f64).sqrt() } else { 0.0 },
            worst_ms: if high - median >= median - low { high } else { low },
            least_ms: low,
            most_ms: high,
            p1_ms: percentile(&sorted, 1.0),
            p5_ms: percentile(&sorted, 5.0),
            p95_ms: percentile(&sorted, 95.0),
            p99_ms: percentile(&sorted, 99.0),
        })
    }
}

/// The value below which so many per cent of sorted values lie; between two of them in proportion (Hyndman and Fan's
/// seventh, which R and NumPy give).
pub fn percentile(sorted: &[f64], percent: f64) -> f64 {
    debug_assert!(!sorted.is_empty(), "a percentile of nothing");
    let place = (sorted.len() - 1) as f64 * percent / 100.0;
    let below = sorted[place.floor() as usize];
    below + (sorted[place.ceil() as usize] - below) * place.fract()
}

/// Every row of values of a test, in the order in which they are told.
pub fn all(m: &Measured) -> Vec<Series> {
    let mut all = Vec::new();
    let mut add = |name: String, values: &[f64]| {
        all.push(Series { name, summary: Summary::of(values) });
    };
    for f in m.flips.iter().filter(|f| !f.intervals_ms.is_empty()) {
        add(format!("flip to flip: {}", f.words()), &f.intervals_ms);
    }
    for f in &m.flips {
        add(format!("onset minus flip: {}", f.words()), &f.onset_minus_flip_ms);
    }
    for k in &m.keys.by_source {
        add(format!("key stamp by {}", k.source), &k.latencies_ms);
    }
    for s in m.clock.sleeps.iter().filter(|s| !s.over_ms.is_empty()) {
        let priority = if s.real_time { "real-time priority" } else { "ordinary priority" };
        add(format!("late awakening: {priority}"), &s.over_ms);
    }
    if let Some(s) = &m.sound {
        add("sound minus picture".into(), &s.sound_minus_picture_ms);
        add("sound minus plan".into(), &s.onset_minus_plan_ms);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_a_textbook() {
        let s = Summary::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!((s.n, s.median_ms, s.mean_ms, s.worst_ms), (8, 4.5, 5.0, 9.0));
        assert!((s.sd_ms - (32.0f64 / 7.0).sqrt()).abs() < 1e-12);
        // As `numpy.percentile` has them.
        assert!((s.p95_ms - 8.3).abs() < 1e-12 && (s.p5_ms - 2.7).abs() < 1e-12);
    }

    #[test]
    fn the_worst_value_may_lie_on_either_side() {
        assert_eq!(Summary::of(&[-9.0, 0.0, 1.0]).unwrap().worst_ms, -9.0);
        let s = Summary::of(&[-1.0, 0.0, 9.0]).unwrap();
        assert_eq!((s.worst_ms, s.least_ms, s.most_ms), (9.0, -1.0, 9.0));
    }

    #[test]
    fn one_value_has_no_spread_and_none_has_no_statistics() {
        let s = Summary::of(&[3.0]).unwrap();
        assert_eq!((s.sd_ms, s.p1_ms, s.p99_ms, s.worst_ms), (0.0, 3.0, 3.0, 3.0));
        assert_eq!(Summary::of(&[]), None);
    }
}
