//! How far things lie apart, and how that is said. Limits are on medians and on most of the values: a busy
//! build server may hold up any single one.

use super::MS;

/// Signed differences in nanoseconds.
pub struct Spread(Vec<i64>);

impl Spread {
    /// Says the figures under a name. There must be some.
    pub fn of(name: &str, values: impl IntoIterator<Item = i64>) -> Spread {
        let mut v: Vec<i64> = values.into_iter().collect();
        assert!(!v.is_empty(), "nothing was measured of {name}");
        v.sort_unstable();
        let n = v.len() as f64;
        let mean = v.iter().map(|x| *x as f64).sum::<f64>() / n;
        let sd = (v.iter().map(|x| (*x as f64 - mean).powi(2)).sum::<f64>() / n).sqrt();
        let ms = |x: f64| x / MS as f64;
        let worst = v.iter().map(|x| x.abs()).max().unwrap_or(0);
        println!(
            "{name}: n {}, median {:+.3} ms, mean {:+.3}, SD {:.3}, lowest {:+.3}, highest {:+.3}, worst {:.3}",
            v.len(),
            ms(v[v.len() / 2] as f64),
            ms(mean),
            ms(sd),
            ms(v[0] as f64),
            ms(v[v.len() - 1] as f64),
            ms(worst as f64),
        );
        Spread(v)
    }

    /// Half of them lie within the first bound, and four fifths (or all but one) within the second.
    #[track_caller]
    pub fn within(&self, half_ms: i64, most_ms: i64) {
        let outside = |bound: i64| self.0.iter().filter(|x| x.abs() > bound * MS).count();
        let ms: Vec<f64> = self.0.iter().map(|x| *x as f64 / MS as f64).collect();
        let n = ms.len();
        assert!(outside(half_ms) * 2 <= n, "half should be within {half_ms} ms: {ms:?}");
        assert!(outside(most_ms) * 5 <= n.max(5), "most should be within {most_ms} ms: {ms:?}");
    }

    /// Holds it to what an idle machine must reach, in microseconds: the median and 95 in a hundred lie within the
    /// first two bounds, where there are any, and the standard deviation is at most the last.
    #[track_caller]
    pub fn strictly(&self, median_us: Option<i64>, most_us: Option<i64>, sd_us: i64) {
        let n = self.0.len();
        let median = self.0[n / 2];
        assert!(median_us.is_none_or(|us| median.abs() <= us * 1_000), "median {median} ns");
        let outside = |us: i64| self.0.iter().filter(|x| x.abs() > us * 1_000).count();
        assert!(
            most_us.is_none_or(|us| outside(us) * 20 <= n),
            "95 % are not within {most_us:?} us"
        );
        let mean = self.0.iter().map(|x| *x as f64).sum::<f64>() / n as f64;
        let variance = self.0.iter().map(|x| (*x as f64 - mean).powi(2)).sum::<f64>() / n as f64;
        let sd = variance.sqrt() / 1_000.0;
        assert!(sd <= sd_us as f64, "standard deviation {sd} us");
    }

    /// The largest, without its sign.
    pub fn worst(&self) -> i64 {
        self.0.iter().map(|x| x.abs()).max().unwrap_or(0)
    }
}
