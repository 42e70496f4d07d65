//! `[phase.NAME]`: how long it lasts, what is shown, what is answered, what goes into its row.

use super::element::elements;
use super::task::cells;
use super::words::{by_name, cell, names, no_repeats};
use crate::ground::document::Table;
use crate::ground::record::Place;
use crate::protocol::keys;
use crate::protocol::schema::{DurationDef, PhaseDef, ResponseDef};
use indexmap::IndexMap;

/// The longest phase, in seconds.
const LONGEST: f64 = 7200.0;
/// The shortest phase given in seconds: less than a frame at any refresh rate.
const SHORTEST: f64 = 0.001;
/// The most keys that a list of meanings names.
const MOST_KEYS: usize = 20;

/// All phases.
pub fn phases(root: &Table<'_>) -> IndexMap<String, PhaseDef> {
    by_name(root, "phase", "[phase.cue]", 500, |t| phase(&t))
}

fn phase(t: &Table<'_>) -> PhaseDef {
    t.allow(&[&keys::PHASE]);
    let trial_type = t.get("trial_type").and_then(|v| cell(&v));
    let columns = t.get("columns").and_then(|v| v.table("{ block = \"{block}\" }"));
    let places = [("scanner", Place::Scanner), ("lab", Place::Lab)];
    PhaseDef {
        duration: lasting(t).unwrap_or(DurationDef::Seconds(1.0)),
        only: t.get("only").and_then(|v| v.word(&places)),
        elements: elements(t),
        response: response(t),
        again: Vec::new(),
        mark: t.flag("mark").unwrap_or(t.has("trial_type")),
        trial_type,
        columns: columns.map(|c| cells(&c)).unwrap_or_default(),
    }
}

fn lasting(t: &Table<'_>) -> Option<DurationDef> {
    if let (Some(keys), false) = (t.get("keys"), t.has("until")) {
        keys.wrong(
            "is used by `until = \"response\"` only",
            "no \"keys\" here",
            "for an answer that does not end the phase write `response = { keys = [...] }`",
        );
    }
    match (t.get("duration"), t.get("until")) {
        (Some(_), Some(until)) => {
            let remedy = "leave out one of the two lines";
            until.wrong("stands beside \"duration\"", "one of the two", remedy);
            None
        }
        (None, None) => {
            t.missing("duration", "how long it lasts, in seconds", "duration = 4.0");
            None
        }
        (Some(_), None) => duration(t),
        (None, Some(until)) => {
            let response = until.word(&[("response", true), ("trigger", false)])?;
            if response {
                if let (Some(keys), true) = (t.get("keys"), t.has("response")) {
                    keys.wrong(
                        "stands beside a response, whose keys end the phase",
                        "keys in one place",
                        "leave this line out, and name every key in the response",
                    );
                }
                let keys = t.get("keys").map(|v| names(&v, 1, MOST_KEYS, "[\"continue\"]"));
                let usual = || Some(vec!["continue".to_string()]);
                return keys.unwrap_or_else(usual).map(DurationDef::UntilResponse);
            }
            if let Some(keys) = t.get("keys") {
                let remedy = "leave the line out: the scanner ends this phase";
                keys.wrong("stands beside `until = \"trigger\"`", "no keys", remedy);
            }
            Some(DurationDef::UntilTrigger)
        }
    }
}

fn duration(t: &Table<'_>) -> Option<DurationDef> {
    let value = t.get("duration")?;
    if value.as_number().is_some() {
        return value.number(SHORTEST, LONGEST).map(DurationDef::Seconds);
    }
    if !value.is_table() {
        value.mistyped(
            "seconds, or { frames = 2 }, { choose = [4, 5] }, { uniform = [1, 4] }",
            "4.0",
        );
        return None;
    }
    let d = value.table("{ frames = 2 }")?;
    d.allow(&[&keys::DURATION]);
    let given = ["frames", "choose", "uniform"].iter().filter(|k| d.has(k)).count();
    if given != 1 {
        let remedy = "write for example { frames = 2 } or { choose = [4, 5] }";
        value.wrong("does not hold one way of lasting", "frames, choose or uniform", remedy);
        return None;
    }
    if let Some(v) = d.get("frames") {
        return v.count(1, 100_000).map(DurationDef::Frames);
    }
    if let Some(v) = d.get("choose") {
        let items = v.list(1, 100, "[4, 5, 6]")?;
        let read = items.iter().map(|i| i.number(SHORTEST, LONGEST));
        return read.collect::<Option<Vec<f64>>>().map(DurationDef::Choose);
    }
    let v = d.get("uniform")?;
    let [from, to] = v.numbers::<2>(SHORTEST, LONGEST, "[1, 4]")?;
    if from >= to {
        let message = format!("goes from {from} to {to}");
        v.wrong(&message, "the smaller number first", "write for example [1, 4]");
        return None;
    }
    Some(DurationDef::Uniform(from, to))
}

fn response(t: &Table<'_>) -> Option<ResponseDef> {
    let r = t.get("response")?.table("{ keys = [\"left\", \"right\"] }")?;
    r.allow(&[&keys::RESPONSE]);
    let example = "keys = [\"left\", \"right\"]";
    let keys = r.need("keys", "the meanings that count as an answer", example);
    if let Some(v) = &keys {
        no_repeats(v, "name each meaning once");
    }
    Some(ResponseDef {
        keys: keys
            .and_then(|v| names(&v, 1, MOST_KEYS, "[\"left\", \"right\"]"))
            .unwrap_or_default(),
        answers: IndexMap::new(),
        anticipation: 0.15,
        correct: r.get("correct").and_then(|v| cell(&v)),
        window: r.number("window", SHORTEST, LONGEST),
    })
}
