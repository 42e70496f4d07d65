//! What the sidecars say of trial types and columns, and what a simulated participant does.

use super::task::cells;
use super::words::{SHORT_TEXT, by_name, is_identifier, name};
use crate::ground::document::Table;
use crate::ground::document::value::Value;
use crate::protocol::keys;
use crate::protocol::schema::{ColumnDoc, MarkDef, SimRating, SimResponse, Simulate, TrialTypeDoc};
use indexmap::IndexMap;

/// The longest description.
const LONG: usize = 2000;

/// `[trial_type.NAME]`.
pub fn trial_types(root: &Table<'_>) -> IndexMap<String, TrialTypeDoc> {
    by_name(root, "trial_type", "[trial_type.cue]", 200, |t| {
        t.allow(&[&keys::TRIAL_TYPE]);
        let hed = t.get("hed").and_then(|v| hed(&v)).unwrap_or_default();
        TrialTypeDoc { description: description(&t), hed }
    })
}

fn description(t: &Table<'_>) -> String {
    let value = t.need("description", "what it is, in words", "description = \"...\"");
    let text = value.as_ref().and_then(|v| v.text(LONG));
    if let (Some(v), Some("")) = (value, text.as_deref().map(str::trim)) {
        v.wrong("is empty", "what it is, in words", "describe it for those who read the data");
    }
    text.unwrap_or_default()
}

/// The form of a HED string. Whether its tags exist is for the validators of BIDS.
fn hed(value: &Value<'_>) -> Option<String> {
    let text = value.text(LONG)?;
    if let Some(fault) = hed_fault(&text) {
        let expected = "tags with commas between them, groups in ( )";
        value.wrong(fault, expected, "compare it with a HED string of a protocol that ships");
        return None;
    }
    Some(text)
}

fn hed_fault(text: &str) -> Option<&'static str> {
    let (mut depth, mut last) = (0_usize, ',');
    for c in text.chars() {
        match c {
            '\n' => return Some("has a line break"),
            '{' | '}' | '[' | ']' | '~' | '"' => {
                return Some("has a character that HED does not use");
            }
            ')' if depth == 0 => return Some("has a \")\" without its \"(\""),
            ',' | ')' if last == ',' || last == '(' => {
                return Some("has a place where a tag is missing");
            }
            '(' if last != ',' && last != '(' => return Some("lacks a comma before \"(\""),
            '(' => depth += 1,
            ')' => depth -= 1,
            c if c != ',' && !c.is_whitespace() && last == ')' => {
                return Some("lacks a comma after \")\"");
            }
            _ => {}
        }
        if !c.is_whitespace() {
            last = c;
        }
    }
    match depth {
        0 if last == ',' && !text.trim().is_empty() => Some("has a place where a tag is missing"),
        0 => None,
        _ => Some("has a \"(\" without its \")\""),
    }
}

/// `[column.NAME]`.
pub fn columns(root: &Table<'_>) -> IndexMap<String, ColumnDoc> {
    by_name(root, "column", "[column.condition]", 100, |t| {
        t.allow(&[&keys::COLUMN]);
        let levels = t.get("levels").and_then(|v| v.table("{ \"1\" = \"first half\" }"));
        let levels = levels.map(|l| {
            let entries = l.at_most(500);
            entries.filter_map(|(k, _, v)| Some((k.to_string(), v.text(LONG)?))).collect()
        });
        ColumnDoc {
            description: description(&t),
            units: t.text("units", SHORT_TEXT),
            levels: levels.unwrap_or_default(),
        }
    })
}

/// `[[mark]]`.
pub fn marks(root: &Table<'_>) -> Vec<MarkDef> {
    let list = root.get("mark").and_then(|v| v.list(0, 10_000, "[[mark]]")).unwrap_or_default();
    let mut found = Vec::new();
    for (i, mut item) in list.into_iter().enumerate() {
        item.what = format!("mark {}", i + 1);
        let Some(t) = item.table("{ at = 12.5, trial_type = \"breath\" }") else { continue };
        t.allow(&[&keys::MARK]);
        let at = t.need("at", "seconds from onset zero", "at = 12.5");
        let trial_type = t.need("trial_type", "what it is", "trial_type = \"breath\"");
        let columns = t.get("columns").and_then(|v| v.table("{ block = \"2\" }"));
        found.push(MarkDef {
            at: at.and_then(|v| v.number(-3600.0, 100_000.0)).unwrap_or(0.0),
            trial_type: trial_type.and_then(|v| name(&v)).unwrap_or_default(),
            columns: columns.map(|c| cells(&c)).unwrap_or_default(),
        });
    }
    found
}

/// `[simulate.rating]`, `[simulate.scale.NAME]` and `[simulate.response]`.
pub fn simulate(root: &Table<'_>) -> Simulate {
    let s = root.get("simulate").and_then(|v| v.table("[simulate.rating]"));
    let s = s.map(|t| t.named("[simulate]"));
    if let Some(s) = &s {
        s.allow(&[&keys::SIMULATE]);
    }
    let inner = |key: &str| {
        let t = s.as_ref()?.get(key)?.table("{ miss = 0.03 }")?;
        Some(t.named(format!("[simulate.{key}]")))
    };
    Simulate {
        rating: inner("rating").map(|t| rating(&t)).unwrap_or_default(),
        scales: inner("scale").map(|t| sim_scales(&t)).unwrap_or_default(),
        response: inner("response").map(|t| response(&t)).unwrap_or_default(),
    }
}

fn sim_scales(t: &Table<'_>) -> IndexMap<String, SimRating> {
    let mut found = IndexMap::new();
    for (name, _, value) in t.at_most(50).filter(|(name, ..)| is_identifier(name)) {
        let Some(inner) = value.table("{ miss = 0.03 }") else { continue };
        found.insert(name.to_string(), rating(&inner.named(format!("[simulate.scale.{name}]"))));
    }
    found
}

/// The largest mean or deviation of a simulated rating.
const FAR: f64 = 1e6;

fn rating(t: &Table<'_>) -> SimRating {
    t.allow(&[&keys::SIM_RATING]);
    let d = SimRating::default();
    let sd = |key: &str, usual: f64| t.number(key, 0.0, FAR).unwrap_or(usual);
    SimRating {
        by: t.get("by").and_then(|v| name(&v)),
        mean: numbers(t, "mean", -FAR, FAR),
        default: t.number("default", -FAR, FAR).unwrap_or(d.default),
        per_visit: t.number("per_visit", -FAR, FAR).unwrap_or(d.per_visit),
        person_sd: sd("person_sd", d.person_sd),
        condition_sd: sd("condition_sd", d.condition_sd),
        visit_sd: sd("visit_sd", d.visit_sd),
        trial_sd: sd("trial_sd", d.trial_sd),
        miss: t.number("miss", 0.0, 1.0).unwrap_or(d.miss),
        confirm: t.number("confirm", 0.0, 1.0).unwrap_or(d.confirm),
        latency: t.number("latency", 0.01, 60.0).unwrap_or(d.latency),
    }
}

fn response(t: &Table<'_>) -> SimResponse {
    t.allow(&[&keys::SIM_RESPONSE]);
    let d = SimResponse::default();
    SimResponse {
        by: t.get("by").and_then(|v| name(&v)),
        accuracy: numbers(t, "accuracy", 0.0, 1.0),
        default: t.number("default", 0.0, 1.0).unwrap_or(d.default),
        rt: t.number("rt", 0.05, 60.0).unwrap_or(d.rt),
        rt_spread: t.number("rt_spread", 0.0, 3.0).unwrap_or(d.rt_spread),
        per_visit: t.number("per_visit", -10.0, 10.0).unwrap_or(d.per_visit),
        miss: t.number("miss", 0.0, 1.0).unwrap_or(d.miss),
        anticipation: t.number("anticipation", 0.0, 1.0).unwrap_or(d.anticipation),
    }
}

fn numbers(t: &Table<'_>, key: &str, least: f64, most: f64) -> IndexMap<String, f64> {
    let Some(table) = t.get(key).and_then(|v| v.table("{ attend_negative = -10 }")) else {
        return IndexMap::new();
    };
    let entries = table.at_most(500);
    entries.filter_map(|(k, _, v)| Some((k.to_string(), v.number(least, most)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hed_strings_that_were_validated_pass_and_broken_ones_do_not() {
        for good in [
            "",
            "Sensory-event, Visual-presentation, Cue, (Experiment-participant, (Attend-to, Image))",
            "(Delay/# s, (Agent-action, (Press, Push-button)))",
            "A, (B, (C)), D",
        ] {
            assert_eq!(hed_fault(good), None, "{good}");
        }
        for bad in ["A, (B", "A, B)", "A,, B", "A, ", ", A", "A (B)", "(A) B", "A, ()", "A, {x}"] {
            assert!(hed_fault(bad).is_some(), "{bad}");
        }
    }
}
