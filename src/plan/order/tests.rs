//! Order constraints hold for every seed, and impossible ones are proved.

use super::*;
use crate::ground::hash::stream;
use crate::protocol::schema::When;
use std::collections::BTreeMap;

/// So many seeds each kind of order is tried with.
const SEEDS: u64 = 10_000;

fn levels(names: &[&str]) -> Vec<Pass> {
    names.iter().map(|n| IndexMap::from([("c".to_string(), n.to_string())])).collect()
}

/// Two factors crossed: `c` with these levels, `v` with a valence that follows from them.
fn valued(names: &[(&str, &str)]) -> Vec<Pass> {
    let pass =
        |(c, v): &(&str, &str)| [("c", c), ("v", v)].map(|(k, x)| (k.to_string(), x.to_string()));
    names.iter().map(|n| pass(n).into()).collect()
}

fn block(order: OrderDef, cycles: u32, limits: &[(&str, u32)]) -> BlockDef {
    BlockDef {
        each: vec!["c".into()],
        cycles,
        times: IndexMap::new(),
        order,
        max_in_row: limits.iter().map(|(v, n)| (v.to_string(), InRow::Any(*n))).collect(),
        when: When::new(),
        practice: false,
        count: None,
        contents: vec![],
    }
}

fn by_seed(block: &BlockDef, all: &[Pass], seed: u64) -> Result<Vec<Pass>, String> {
    order("main", block, all, &[], seed as u32, &mut stream(seed, &["order"]))
}

fn longest(passes: &[Pass], variable: &str, value: &str) -> usize {
    let runs = passes.chunk_by(|a, b| a[variable] == b[variable]);
    runs.filter(|r| r[0][variable] == value).map(<[Pass]>::len).max().unwrap_or(0)
}

fn tally(passes: &[Pass]) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    passes.iter().for_each(|p| *found.entry(p["c"].as_str()).or_default() += 1);
    found
}

#[test]
fn each_cycle_holds_each_level_once_and_none_twice_in_a_row_for_ten_thousand_seeds() {
    let all = levels(&["a", "b", "d"]);
    let block = block(OrderDef::Cycle, 4, &[("c", 1)]);
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..SEEDS {
        let got = by_seed(&block, &all, seed).unwrap();
        assert_eq!(got.len(), 12);
        assert!(
            got.chunks(3)
                .all(|cycle| tally(cycle) == BTreeMap::from([("a", 1), ("b", 1), ("d", 1)]))
        );
        assert!(got.windows(2).all(|w| w[0] != w[1]));
        seen.insert(got.iter().map(|p| p["c"].clone()).collect::<String>());
    }
    // 6 first cycles, then 4 of the 6 orders may follow each: 6 * 4^3.
    assert_eq!(seen.len(), 384);
}

#[test]
fn shuffling_keeps_counts_and_both_bounds_at_once_for_ten_thousand_seeds() {
    let all = valued(&[
        ("look_neutral", "neutral"),
        ("look_negative", "negative"),
        ("decrease", "negative"),
    ]);
    let mut block = block(OrderDef::Shuffle, 15, &[("c", 2)]);
    block.max_in_row.insert("v".into(), InRow::Of(IndexMap::from([("negative".to_string(), 4)])));
    for seed in 0..SEEDS {
        let got = by_seed(&block, &all, seed).unwrap();
        assert!(tally(&got).values().all(|n| *n == 15), "{seed}");
        assert!(
            ["look_neutral", "look_negative", "decrease"]
                .iter()
                .all(|c| longest(&got, "c", c) <= 2),
            "{seed}"
        );
        assert!(longest(&got, "v", "negative") <= 4, "{seed}");
    }
}

#[test]
fn levels_that_come_more_often_keep_their_share_and_seldom_ones_their_distance_for_ten_thousand_seeds()
 {
    let all = levels(&["new", "repeated"]);
    for order in [OrderDef::Shuffle, OrderDef::Cycle] {
        let mut block = block(order, 3, &[]);
        block.times.insert(
            "c".into(),
            [("new", 9), ("repeated", 2)].map(|(k, n)| (k.to_string(), n)).into(),
        );
        block
            .max_in_row
            .insert("c".into(), InRow::Of(IndexMap::from([("repeated".to_string(), 1)])));
        for seed in 0..SEEDS {
            let got = by_seed(&block, &all, seed).unwrap();
            assert_eq!(tally(&got), BTreeMap::from([("new", 27), ("repeated", 6)]));
            assert_eq!(longest(&got, "c", "repeated"), 1);
            if block.order == OrderDef::Cycle {
                assert!(got.chunks(11).all(|c| tally(c)["repeated"] == 2));
            }
        }
    }
}

#[test]
fn a_tight_bound_leaves_no_choice_and_is_kept_for_ten_thousand_seeds() {
    let all = levels(&["a", "b"]);
    let mut block = block(OrderDef::Shuffle, 1, &[("c", 2)]);
    block.times.insert("c".into(), [("a", 8), ("b", 3)].map(|(k, n)| (k.to_string(), n)).into());
    for seed in 0..SEEDS {
        let got = by_seed(&block, &all, seed).unwrap();
        assert_eq!(got.iter().map(|p| p["c"].as_str()).collect::<String>(), "aabaabaabaa");
    }
}

#[test]
fn fixed_orders_keep_their_counts_for_ten_thousand_allocations() {
    let all = levels(&["a", "b", "d", "e", "f"]);
    for order in [OrderDef::Sequential, OrderDef::Latin, OrderDef::Williams] {
        let block = block(order, 2, &[("c", 2)]);
        for seed in 0..SEEDS {
            let got = by_seed(&block, &all, seed).unwrap();
            assert!(got.chunks(5).all(|c| tally(c).len() == 5));
            assert_eq!(got[..5], got[5..]);
        }
    }
}

#[test]
fn listed_orders_come_as_listed_and_unknown_levels_are_said() {
    let all = levels(&["a", "b"]);
    let block = block(OrderDef::Explicit(Vec::new()), 2, &[("c", 2)]);
    let listed = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|n| n.to_string()).collect();
        order("main", &block, &all, &names, 0, &mut stream(0, &["order"]))
    };
    let got = listed(&["b", "a", "b"]).unwrap();
    assert_eq!(got.iter().map(|p| p["c"].as_str()).collect::<String>(), "babbab");
    assert!(listed(&["b", "z"]).unwrap_err().contains("\"z\", which is not a level"));
    assert!(listed(&["b", "b", "a"]).is_ok());
    assert!(listed(&["b", "b", "b"]).unwrap_err().contains("more often in a row"));
}

#[test]
fn bounds_that_cannot_be_kept_are_proved_to_be_so_with_the_reason() {
    let said = |block: &BlockDef, all: &[Pass]| by_seed(block, all, 1).unwrap_err();
    let alone = said(&block(OrderDef::Shuffle, 3, &[("c", 1)]), &levels(&["a"]));
    assert!(
        alone.contains("is a in 3 of the 3 passes of all passes")
            && alone.contains("at most 1 of them"),
        "{alone}"
    );
    // Within a cycle only a b a keeps it, and then a follows a.
    let mut cycles = block(OrderDef::Cycle, 2, &[("c", 1)]);
    cycles.times.insert("c".into(), IndexMap::from([("a".to_string(), 2)]));
    let text = said(&cycles, &levels(&["a", "b"]));
    assert!(text.contains("from one cycle to the next"), "{text}");
    // x y x y x and a b a b a can each be had, but the x are not all a.
    let all = valued(&[("a", "x"), ("a", "x"), ("b", "x"), ("a", "y"), ("b", "y")]);
    let text = said(&block(OrderDef::Shuffle, 1, &[("v", 1), ("c", 1)]), &all);
    assert!(text.contains("max_in_row of v, c together"), "{text}");
}

#[test]
fn latin_and_williams_rows_balance_places_and_williams_rows_balance_neighbours() {
    for n in 1..9 {
        for place in 0..n {
            let mut seen: Vec<usize> = (0..n).map(|row| latin_row(n, row)[place]).collect();
            seen.sort();
            assert_eq!(seen, (0..n).collect::<Vec<_>>());
        }
        let rows: Vec<Vec<usize>> = (0..williams_rows(n)).map(|row| williams_row(n, row)).collect();
        let mut follows = BTreeMap::new();
        for pair in rows.iter().flat_map(|r| r.windows(2)) {
            *follows.entry((pair[0], pair[1])).or_insert(0) += 1;
        }
        assert_eq!(follows.len(), n * (n - 1), "{n}");
        assert!(follows.values().all(|k| *k == rows.len() / n), "{n}: {follows:?}");
    }
}
