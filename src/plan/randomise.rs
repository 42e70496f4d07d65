//! Chance in numbers: values that come equally often, and durations that are drawn and add up. It takes its chance from
//! the stream it is given.

use crate::ground::time::Nanos;
use crate::protocol::schema::{Jitter, Spread};
use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Steps in the search for values of a list that add up.
const MOST_STEPS: usize = 200_000;

/// A uniform number in [0, 1) with 53 random bits.
pub fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// `n` durations of a phase; `total` is what they must add up to.
///
/// # Errors
/// A sentence (without the name of the phase) where they cannot.
pub fn durations(
    jitter: &Jitter,
    n: usize,
    total: Option<f64>,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Nanos>, String> {
    if n == 0 {
        return Ok(Vec::new());
    }
    let total = total.map(Nanos::from_secs);
    if let Spread::Choose(list) = &jitter.from {
        let list: Vec<Nanos> = list.iter().map(|s| Nanos::from_secs(*s)).collect();
        return balanced(&list, n, total, rng);
    }
    let (from, to) = jitter.from.bounds();
    let drawn: Vec<f64> = match jitter.from {
        Spread::Exponential { mean, .. } => {
            let rate = rate(to - from, mean - from);
            (0..n).map(|_| from + exponential(rate, to - from, unit(rng))).collect()
        }
        _ => (0..n).map(|_| from + (to - from) * unit(rng)).collect(),
    };
    // Whole units between whole bounds: of the step, or of a nanosecond.
    let unit_ns = jitter.step.map_or(1, |s| Nanos::from_secs(s).0.max(1));
    let least = Nanos::from_secs(from).0.div_euclid(unit_ns)
        + i64::from(Nanos::from_secs(from).0.rem_euclid(unit_ns) > 0);
    let most = Nanos::from_secs(to).0.div_euclid(unit_ns);
    let whole = |s: f64| ((s * 1e9 / unit_ns as f64).round() as i64).clamp(least, most);
    let mut units: Vec<i64> = drawn.into_iter().map(whole).collect();
    if let Some(total) = total {
        let wanted = total.0 / unit_ns;
        let reach = (least * n as i64, most * n as i64);
        let secs = |units: i64| Nanos(units * unit_ns).secs();
        if total.0 % unit_ns != 0 {
            return Err(format!(
                "{n} multiples of its `step` cannot add up to its `total` of {} s",
                total.secs()
            ));
        }
        if wanted < reach.0 || wanted > reach.1 {
            return Err(format!(
                "it comes {n} times, which add up to {} to {} s, and its `total` is {} s",
                secs(reach.0),
                secs(reach.1),
                total.secs()
            ));
        }
        fit(&mut units, wanted, (least, most), rng);
    }
    Ok(units.into_iter().map(|u| Nanos(u * unit_ns)).collect())
}

/// Changes whole numbers within their bounds so that they add up to `wanted`: each by its share of the room that it has,
/// what is left over by chance.
fn fit(units: &mut [i64], wanted: i64, (least, most): (i64, i64), rng: &mut ChaCha8Rng) {
    let missing = wanted - units.iter().sum::<i64>();
    let room = |u: i64| if missing > 0 { most - u } else { u - least };
    let all: i64 = units.iter().map(|u| room(*u)).sum();
    if missing == 0 || all == 0 {
        return;
    }
    for u in units.iter_mut() {
        *u += (i128::from(missing) * i128::from(room(*u)) / i128::from(all)) as i64;
    }
    let mut left = wanted - units.iter().sum::<i64>();
    let mut places: Vec<usize> = (0..units.len()).collect();
    while left != 0 {
        places.shuffle(rng);
        for &i in &places {
            let next = units[i] + left.signum();
            if left != 0 && (least..=most).contains(&next) {
                units[i] = next;
                left -= left.signum();
            }
        }
    }
}

/// `n` values in which each of `values` comes equally often, shuffled. The remainder is by chance, or such that all add
/// up to `total`.
fn balanced(
    values: &[Nanos],
    n: usize,
    total: Option<Nanos>,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Nanos>, String> {
    let (rounds, rest) = (n / values.len(), n % values.len());
    let mut all: Vec<Nanos> = std::iter::repeat_n(values, rounds).flatten().copied().collect();
    let mut order = values.to_vec();
    order.shuffle(rng);
    match total {
        None => all.extend(&order[..rest]),
        Some(total) => {
            let sum: i64 = all.iter().map(|v| v.0).sum();
            let mut steps = 0;
            let found = adding_up(&order, rest, total.0 - sum, &mut steps);
            let found = found.ok_or_else(|| {
                format!(
                    "{n} of its {} values, each used equally often, cannot add up to its `total` of {} s; about {:.3} s can be",
                    values.len(),
                    total.secs(),
                    values.iter().map(|v| v.secs()).sum::<f64>() / values.len() as f64 * n as f64
                )
            })?;
            all.extend(found);
        }
    }
    all.shuffle(rng);
    Ok(all)
}

/// `n` of the values, none twice, that add up to `wanted` nanoseconds.
fn adding_up(values: &[Nanos], n: usize, wanted: i64, steps: &mut usize) -> Option<Vec<Nanos>> {
    *steps += 1;
    if n == 0 {
        return (wanted == 0).then(Vec::new);
    }
    if values.len() < n || *steps > MOST_STEPS {
        return None;
    }
    let (first, rest) = values.split_first()?;
    if let Some(mut found) = adding_up(rest, n - 1, wanted - first.0, steps) {
        found.push(*first);
        return Some(found);
    }
    adding_up(rest, n, wanted, steps)
}

/// The rate of an exponential distribution that is cut off at `length`, so that its mean is `mean` (both from its
/// start): 1 / rate - length / (exp(rate * length) - 1), solved by halving.
fn rate(length: f64, mean: f64) -> f64 {
    let mean_of = |rate: f64| 1.0 / rate - length / (rate * length).exp_m1();
    // At the lower end it is as good as uniform, at the upper one the cut is never reached.
    let (mut low, mut high) = (1e-6 / length, 1.0 / mean);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if mean_of(middle) > mean {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The value below which a share `u` of that distribution lies.
fn exponential(rate: f64, length: f64, u: f64) -> f64 {
    (-(u * (-rate * length).exp_m1()).ln_1p() / rate).clamp(0.0, length)
}

#[cfg(test)]
mod tests;
