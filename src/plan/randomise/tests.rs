//! Drawn durations keep their distribution, their bounds and their totals.

use super::*;
use crate::ground::hash::stream;

fn drawn(
    from: Spread,
    total: Option<f64>,
    step: Option<f64>,
    n: usize,
    seed: u64,
) -> Result<Vec<f64>, String> {
    let jitter = Jitter { from, total, step };
    let all = durations(&jitter, n, total, &mut stream(seed, &["jitter"]))?;
    Ok(all.into_iter().map(Nanos::secs).collect())
}

#[test]
fn values_of_a_list_come_equally_often() {
    let got = drawn(Spread::Choose(vec![4.0, 5.0, 6.0, 7.0]), None, None, 18, 3).unwrap();
    for v in [4.0, 5.0, 6.0, 7.0] {
        let n = got.iter().filter(|x| **x == v).count();
        assert!(n == 4 || n == 5);
    }
}

#[test]
fn totals_are_exact_for_a_thousand_seeds_of_each_spread() {
    let exponential = Spread::Exponential { from: 1.0, to: 10.0, mean: 2.0 };
    for (from, step) in [
        (Spread::Choose(vec![4.0, 5.0, 6.0, 7.0]), None),
        (Spread::Uniform(1.0, 10.0), None),
        (Spread::Uniform(1.0, 10.0), Some(0.5)),
        (exponential.clone(), None),
        (exponential, Some(0.25)),
    ] {
        let (least, most) = from.bounds();
        for seed in 0..1000 {
            let got = drawn(from.clone(), Some(99.0), step, 18, seed).unwrap();
            let sum: i64 = got.iter().map(|s| Nanos::from_secs(*s).0).sum();
            assert_eq!(sum, 99_000_000_000, "{from:?} {seed}");
            assert!(got.iter().all(|s| (least..=most).contains(s)), "{got:?}");
            if let Some(step) = step {
                assert!(got.iter().all(|s| (s / step).fract() == 0.0), "{got:?}");
            }
        }
    }
}

#[test]
fn totals_out_of_reach_say_what_is_in_reach() {
    let text = drawn(Spread::Uniform(1.0, 4.0), Some(100.0), None, 10, 1).unwrap_err();
    assert!(text.contains("add up to 10 to 40 s"), "{text}");
    let text = drawn(Spread::Uniform(1.0, 4.0), Some(20.3), Some(0.5), 10, 1).unwrap_err();
    assert!(text.contains("multiples of its `step`"), "{text}");
    let text = drawn(Spread::Choose(vec![4.0, 5.0]), Some(20.0), None, 4, 1).unwrap_err();
    assert!(text.contains("cannot add up to its `total` of 20 s; about 18.000 s"), "{text}");
}

#[test]
fn a_cut_exponential_has_the_mean_that_was_asked_for() {
    let from = Spread::Exponential { from: 1.0, to: 10.0, mean: 2.5 };
    let got = drawn(from, None, None, 100_000, 7).unwrap();
    let mean = got.iter().sum::<f64>() / got.len() as f64;
    assert!((mean - 2.5).abs() < 0.02, "{mean}");
    // Short ones are frequent: the median of an exponential lies below its mean.
    let below = got.iter().filter(|s| **s < 2.5).count();
    assert!(below > 60_000, "{below}");
}

#[test]
fn uniform_durations_fill_their_range_evenly() {
    let got = drawn(Spread::Uniform(1.0, 4.0), None, None, 30_000, 5).unwrap();
    for third in 0..3 {
        let n = got.iter().filter(|s| (**s - 1.0).floor() as i32 == third).count();
        assert!((9_500..10_500).contains(&n), "{n}");
    }
}
