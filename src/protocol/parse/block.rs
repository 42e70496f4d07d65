//! `sequence` and `[block.NAME]`: what comes when, and how often.

use super::phase::when;
use super::words::{by_name, cell, name, names, no_repeats};
use crate::ground::document::{Table, value::Value};
use crate::protocol::keys;
use crate::protocol::schema::{BlockDef, InRow, OrderDef};
use indexmap::IndexMap;

/// The most names in one list of phases and blocks.
const MOST_CONTENTS: usize = 500;

/// The phases and blocks of a run.
pub fn sequence(root: &Table<'_>) -> Vec<String> {
    let example = "sequence = [\"welcome\", \"blocks\"]";
    if !root.has("sequence") {
        // Written below a head such as [task], TOML takes it for a key of that table.
        root.problems.error(
            0..0,
            "\"sequence\" is missing in the protocol",
            "the phases and blocks of a run, in their order",
            format!("add `{example}` at the very top, above the first [...]"),
        );
    }
    let value = root.get("sequence");
    value.and_then(|v| names(&v, 1, MOST_CONTENTS, "[\"welcome\"]")).unwrap_or_default()
}

/// All blocks.
pub fn blocks(root: &Table<'_>) -> IndexMap<String, BlockDef> {
    by_name(root, "block", "[block.trials]", 200, |t| block(&t))
}

fn block(t: &Table<'_>) -> BlockDef {
    t.allow(&[&keys::BLOCK]);
    let each = t.get("each");
    if let Some(v) = &each {
        no_repeats(v, "name each factor once");
    }
    let contents = t.need(
        "contents",
        "the phases and blocks of one pass",
        "contents = [\"cue\", \"picture\"]",
    );
    BlockDef {
        each: each.and_then(|v| names(&v, 0, 10, "[\"condition\"]")).unwrap_or_default(),
        cycles: t.count("cycles", 1, 20_000).unwrap_or(1),
        times: times(t),
        order: order(t).unwrap_or(OrderDef::Sequential),
        max_in_row: max_in_row(t),
        when: when(t),
        practice: t.flag("practice").unwrap_or(false),
        count: t.get("count").and_then(|v| name(&v)),
        contents: contents
            .and_then(|v| names(&v, 1, MOST_CONTENTS, "[\"cue\", \"picture\"]"))
            .unwrap_or_default(),
    }
}

fn order(t: &Table<'_>) -> Option<OrderDef> {
    let value = t.get("order")?;
    if value.is_list() {
        let levels = value.list(1, 10_000, "[\"attend\", \"regulate\"]")?;
        return levels.iter().map(cell).collect::<Option<Vec<_>>>().map(OrderDef::Explicit);
    }
    value.word(&[
        ("sequential", OrderDef::Sequential),
        ("shuffle", OrderDef::Shuffle),
        ("cycle", OrderDef::Cycle),
        ("latin", OrderDef::Latin),
        ("williams", OrderDef::Williams),
    ])
}

fn max_in_row(t: &Table<'_>) -> IndexMap<String, InRow> {
    let table = t.get("max_in_row").and_then(|v| v.table("{ condition = 2 }"));
    let Some(table) = table else { return IndexMap::new() };
    let bound = |v: &Value<'_>| match v.is_table() {
        true => Some(InRow::Of(counts(&v.table("{ negative = 4 }")?))),
        false => v.count(1, 20_000).map(InRow::Any),
    };
    let entries = table.at_most(50);
    entries.filter_map(|(name, _, v)| Some((name.to_string(), bound(&v)?))).collect()
}

fn times(t: &Table<'_>) -> IndexMap<String, IndexMap<String, u32>> {
    let example = "{ kind = { new = 9, repeated = 1 } }";
    let Some(table) = t.get("times").and_then(|v| v.table(example)) else { return IndexMap::new() };
    let factor = |v: &Value<'_>| Some(counts(&v.table("{ new = 9, repeated = 1 }")?));
    let entries = table.at_most(50);
    entries.filter_map(|(name, _, v)| Some((name.to_string(), factor(&v)?))).collect()
}

fn counts(table: &Table<'_>) -> IndexMap<String, u32> {
    let entries = table.at_most(1000);
    entries.filter_map(|(name, _, v)| Some((name.to_string(), v.count(1, 20_000)?))).collect()
}
