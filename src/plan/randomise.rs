//! Orders: in which sequence the passes of a block come, within the constraints of the protocol.
//! It knows factors and levels by name only, and takes its chance from the stream it is given.

use crate::protocol::schema::{BlockDef, OrderDef};
use indexmap::IndexMap;
use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The variables of one pass of a block.
pub type Pass = IndexMap<String, String>;

/// How often an order is begun anew before it is called impossible.
const ATTEMPTS: usize = 2_000;

/// The passes of a block in their order; `combinations` are the crossed levels with their variables.
///
/// # Errors
/// A sentence, if no order within the constraints was found in 2,000 attempts.
pub fn order(
    name: &str,
    block: &BlockDef,
    combinations: &[Pass],
    allocation: u32,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Pass>, String> {
    let cycles = block.cycles as usize;
    let fixed = match &block.order {
        OrderDef::Sequential => Some(repeat(combinations, cycles)),
        OrderDef::Explicit(levels) => {
            let factor = block.each.first().map(String::as_str).unwrap_or_default();
            let passes = levels
                .iter()
                .filter_map(|l| combinations.iter().find(|c| c.get(factor) == Some(l)).cloned());
            Some(repeat(&passes.collect::<Vec<_>>(), cycles))
        }
        OrderDef::Latin => {
            let n = combinations.len().max(1);
            let row = latin_row(n, allocation as usize % n);
            let passes: Vec<Pass> =
                row.into_iter().filter_map(|i| combinations.get(i).cloned()).collect();
            Some(repeat(&passes, cycles))
        }
        OrderDef::Shuffle | OrderDef::Cycle => None,
    };
    let limits = &block.max_in_row;
    if let Some(passes) = fixed {
        return if within(&passes, limits) {
            Ok(passes)
        } else {
            Err(format!("the order of block \"{name}\" breaks its own max_in_row"))
        };
    }
    let bag_size = if block.order == OrderDef::Cycle { 1 } else { cycles };
    let bags = if block.order == OrderDef::Cycle { cycles } else { 1 };
    for _ in 0..ATTEMPTS {
        let mut done: Vec<Pass> = Vec::with_capacity(combinations.len() * cycles);
        if (0..bags).all(|_| fill(&mut done, repeat(combinations, bag_size), limits, rng)) {
            return Ok(done);
        }
    }
    Err(format!(
        "no order of block \"{name}\" keeps max_in_row; allow more in a row, or use more cycles or levels"
    ))
}

/// The `row` of a cyclic Latin square of `n`, balanced for first-order carry-over where `n` is even:
/// 0, 1, n-1, 2, n-2, ... shifted by the row (Williams, 1949).
fn latin_row(n: usize, row: usize) -> Vec<usize> {
    (0..n).map(|k| (if k % 2 == 1 { k.div_ceil(2) } else { (n - k / 2) % n } + row) % n).collect()
}

fn repeat(passes: &[Pass], times: usize) -> Vec<Pass> {
    (0..times).flat_map(|_| passes.iter().cloned()).collect()
}

/// Moves a bag of passes behind those that stand already, each drawn from what the constraints allow.
fn fill(
    done: &mut Vec<Pass>,
    mut bag: Vec<Pass>,
    limits: &IndexMap<String, u32>,
    rng: &mut ChaCha8Rng,
) -> bool {
    bag.shuffle(rng);
    while !bag.is_empty() {
        let fitting: Vec<usize> =
            (0..bag.len()).filter(|&i| may_follow(done, &bag[i], limits)).collect();
        if fitting.is_empty() {
            return false;
        }
        let pick = fitting[(rng.next_u64() % fitting.len() as u64) as usize];
        done.push(bag.swap_remove(pick));
    }
    true
}

fn may_follow(done: &[Pass], next: &Pass, limits: &IndexMap<String, u32>) -> bool {
    limits.iter().all(|(var, max)| {
        let value = next.get(var);
        let same = done.iter().rev().take_while(|p| p.get(var) == value).count();
        value.is_none() || same < *max as usize
    })
}

fn within(passes: &[Pass], limits: &IndexMap<String, u32>) -> bool {
    (0..passes.len()).all(|i| may_follow(&passes[..i], &passes[i], limits))
}

/// `n` values in which each of `values` comes equally often (the remainder at random), shuffled.
pub fn balanced(values: &[f64], n: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut all = Vec::with_capacity(n + values.len());
    while all.len() < n {
        let mut round = values.to_vec();
        round.shuffle(rng);
        all.extend(round);
    }
    all.truncate(n);
    all.shuffle(rng);
    all
}

/// A uniform number in [0, 1) with 53 random bits.
pub fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::hash::stream;

    fn levels(names: &[&str]) -> Vec<Pass> {
        names.iter().map(|n| IndexMap::from([("c".to_string(), n.to_string())])).collect()
    }

    fn block(order: OrderDef, cycles: u32, max: u32) -> BlockDef {
        BlockDef {
            each: vec!["c".into()],
            cycles,
            order,
            max_in_row: IndexMap::from([("c".to_string(), max)]),
            practice: false,
            count: None,
            contents: vec![],
        }
    }

    #[test]
    fn each_cycle_holds_each_level_once_and_none_twice_in_a_row_for_ten_thousand_seeds() {
        let all = levels(&["a", "b", "d"]);
        let block = block(OrderDef::Cycle, 4, 1);
        let mut firsts = std::collections::BTreeSet::new();
        for seed in 0..10_000 {
            let got = order("main", &block, &all, 0, &mut stream(seed, &["order"])).unwrap();
            assert_eq!(got.len(), 12);
            for cycle in got.chunks(3) {
                let mut names: Vec<&str> = cycle.iter().map(|p| p["c"].as_str()).collect();
                names.sort();
                assert_eq!(names, ["a", "b", "d"]);
            }
            assert!(got.windows(2).all(|w| w[0] != w[1]));
            firsts.insert(got.iter().map(|p| p["c"].clone()).collect::<String>());
        }
        // 6 first cycles, then 4 of the 6 orders may follow each: 6 * 4^3.
        assert_eq!(firsts.len(), 384);
    }

    #[test]
    fn shuffle_keeps_counts_and_limits() {
        let all = levels(&["a", "b", "d"]);
        for seed in 0..200 {
            let b = block(OrderDef::Shuffle, 15, 2);
            let got = order("main", &b, &all, 0, &mut stream(seed, &["order"])).unwrap();
            assert_eq!(got.iter().filter(|p| p["c"] == "a").count(), 15);
            assert!(got.windows(3).all(|w| !(w[0] == w[1] && w[1] == w[2])));
        }
    }

    #[test]
    fn impossible_limits_are_an_error() {
        let got = order(
            "main",
            &block(OrderDef::Shuffle, 3, 1),
            &levels(&["a"]),
            0,
            &mut stream(1, &["order"]),
        );
        assert!(got.unwrap_err().contains("max_in_row"));
    }

    #[test]
    fn latin_square_has_each_level_once_in_each_place() {
        for n in 1..7 {
            for place in 0..n {
                let mut seen: Vec<usize> = (0..n).map(|row| latin_row(n, row)[place]).collect();
                seen.sort();
                assert_eq!(seen, (0..n).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn balanced_values_come_equally_often() {
        let got = balanced(&[4.0, 5.0, 6.0, 7.0], 18, &mut stream(3, &["jitter"]));
        assert_eq!(got.len(), 18);
        for v in [4.0, 5.0, 6.0, 7.0] {
            let n = got.iter().filter(|x| **x == v).count();
            assert!(n == 4 || n == 5);
        }
    }
}
