//! `[phase.NAME]`: how long it lasts, what is shown, what is answered, what goes into its row.

use super::element::elements;
use super::task::cells;
use super::words::{by_name, cell, is_identifier, names, no_repeats};
use crate::ground::document::{Table, short, value::Value};
use crate::ground::record::Place;
use crate::protocol::keys;
use crate::protocol::schema::{DurationDef, PhaseDef, ResponseDef, Template};
use indexmap::IndexMap;

/// The longest phase, in seconds.
const LONGEST: f64 = 7200.0;
/// The shortest phase given in seconds: less than a frame at any refresh rate.
const SHORTEST: f64 = 0.001;
/// The most keys that a list of meanings names.
const MOST_KEYS: usize = 20;
/// Seconds within which nobody answers what they see, as reports of reaction times count them.
const ANTICIPATION: f64 = 0.15;

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
        again: again(t),
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
    let value = r.need("keys", "the meanings that count as an answer", example);
    let (mut keys, mut answers) = (Vec::new(), IndexMap::new());
    match value {
        Some(v) if v.is_table() => {
            answers = self::answers(&v);
            keys = answers.keys().cloned().collect();
        }
        Some(v) => {
            no_repeats(&v, "name each meaning once");
            keys = names(&v, 1, MOST_KEYS, "[\"left\", \"right\"]").unwrap_or_default();
        }
        None => {}
    }
    Some(ResponseDef {
        keys,
        answers,
        anticipation: r.number("anticipation", 0.0, 10.0).unwrap_or(ANTICIPATION),
        correct: r.get("correct").and_then(|v| cell(&v)),
        window: r.number("window", SHORTEST, LONGEST),
    })
}

/// What each key stands for.
fn answers(value: &Value<'_>) -> IndexMap<String, Template> {
    let mut found = IndexMap::new();
    let Some(table) = value.table("{ left = \"{left_answer}\", right = \"{right_answer}\" }")
    else {
        return found;
    };
    if table.is_empty() {
        let remedy = "write for example { left = \"{left_answer}\", right = \"{right_answer}\" }";
        value.wrong("names no key", "at least one meaning with its answer", remedy);
    }
    for (meaning, span, answer) in table.at_most(MOST_KEYS) {
        if !is_identifier(meaning) {
            table.problems.error(
                span,
                format!("\"{}\" in {} cannot be a meaning", short(meaning), table.what),
                "a letter, then letters, digits and \"_\"",
                "choose a name such as \"left\" or \"index_finger\"",
            );
        }
        if let Some(answer) = cell(&answer) {
            found.insert(meaning.to_string(), answer);
        }
    }
    found
}

/// The keys that begin the practice anew.
fn again(t: &Table<'_>) -> Vec<String> {
    let Some(value) = t.get("again") else { return Vec::new() };
    no_repeats(&value, "name each meaning once");
    if t.get("until").and_then(|v| v.as_str()) != Some("response") {
        value.wrong(
            "stands in a phase that no key ends",
            "`again` on a page with `until = \"response\"`",
            "add `until = \"response\"` instead of a duration, or leave the line out",
        );
    }
    names(&value, 1, MOST_KEYS, "[\"left\"]").unwrap_or_default()
}
