//! `[phase.NAME]`: when it comes, what is shown and heard, what is answered, what goes into its row. How long it lasts is read in
//! `duration`.

use super::cue::cues;
use super::duration::{LONGEST, SHORTEST, lasting};
use super::element::elements;
use super::event_code::event_code;
use super::task::{cells, choices};
use super::words::{by_name, cell, is_identifier, names, no_repeats};
use crate::ground::document::{Table, short, value::Value};
use crate::protocol::keys;
use crate::protocol::schema::{DurationDef, PhaseDef, ResponseDef, Template, When, Window};
use indexmap::IndexMap;

/// The most keys that a list of meanings names.
pub const MOST_KEYS: usize = 20;
/// Seconds within which nobody answers what they see, as reports of reaction times count them.
const ANTICIPATION: f64 = 0.15;

/// All phases.
pub fn phases(root: &Table<'_>) -> IndexMap<String, PhaseDef> {
    by_name(root, "phase", "[phase.cue]", 1000, |t| phase(&t))
}

fn phase(t: &Table<'_>) -> PhaseDef {
    t.allow(&[&keys::PHASE]);
    let trial_type = t.get("trial_type").and_then(|v| cell(&v));
    let columns = t.get("columns").and_then(|v| v.table("{ block = \"{block}\" }"));
    PhaseDef {
        duration: lasting(t).unwrap_or(DurationDef::Seconds(1.0)),
        when: when(t),
        elements: elements(t),
        response: response(t),
        again: again(t),
        mark: mark(t).unwrap_or(t.has("trial_type")),
        marker: t.get("marker").and_then(|v| event_code(&v)),
        sounds: cues(t),
        trial_type,
        columns: columns.map(|c| cells(&c)).unwrap_or_default(),
    }
}

/// Whether the patch of the photodiode is white. Codes of markers are often written here.
fn mark(t: &Table<'_>) -> Option<bool> {
    let value = t.get("mark")?;
    if value.as_flag().is_none() && (value.as_number().is_some() || value.is_table()) {
        let expected = "true or false: it is the patch of the photodiode";
        value.wrong("is a code", expected, "write `marker = ...` for the code of an event marker");
        return None;
    }
    value.flag()
}

/// What must hold for a phase or block, so that it is not left out.
pub fn when(t: &Table<'_>) -> When {
    let table = t.get("when").and_then(|v| v.table("{ place = \"scanner\" }"));
    let table = table.map(|w| w.named(format!("\"when\" of {}", t.what)));
    table.map(|w| choices(&w)).unwrap_or_default()
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
        window: r.get("window").and_then(|v| window(&v)),
    })
}

fn window(value: &Value<'_>) -> Option<Window> {
    match value.as_str() {
        Some(phase) => Some(Window::Through(phase.to_string())),
        None => value.number(SHORTEST, LONGEST).map(Window::Seconds),
    }
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
