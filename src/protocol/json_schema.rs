//! The keys of a protocol as a JSON Schema (draft 2020-12), with which editors complete and check what is typed. It is made
//! from the one list of keys; what values mean together is for `reframe check`.

use super::keys::*;
use crate::ground::document::keys::{Key, Section};
use serde_json::{Map, Value, json};

/// The schema of a whole protocol.
pub fn json_schema() -> Value {
    let mut root = object(&[&TOP]);
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Reframe protocol",
        "$defs": definitions(),
    });
    let (Value::Object(root), Value::Object(mut all)) = (&mut root, head) else {
        unreachable!("both were made as objects")
    };
    all.append(root);
    Value::Object(all)
}

/// Tables that are named by what they are.
fn definitions() -> Value {
    let named: [(&str, &Section); 20] = [
        ("task", &TASK),
        ("allocate", &ALLOCATE),
        ("pictures", &PICTURES),
        ("scale", &SCALE),
        ("keys", &SCALE_KEYS),
        ("start", &START),
        ("hold", &HOLD),
        ("sound", &SOUND),
        ("tone", &TONE),
        ("cue", &CUE),
        ("phase", &PHASE),
        ("duration", &DURATION),
        ("response", &RESPONSE),
        ("block", &BLOCK),
        ("trial_type", &TRIAL_TYPE),
        ("column", &COLUMN),
        ("mark", &MARK),
        ("simulate", &SIMULATE),
        ("sim_rating", &SIM_RATING),
        ("sim_response", &SIM_RESPONSE),
    ];
    let mut all: Map<String, Value> =
        named.into_iter().map(|(name, section)| (name.to_string(), object(&[section]))).collect();
    let elements: Vec<Value> = ELEMENT_KINDS
        .into_iter()
        .map(|(kind, sections)| {
            let mut element = object(&[&[&ELEMENT], sections].concat());
            element["properties"]["kind"] = json!({ "const": kind });
            element
        })
        .collect();
    all.insert("element".into(), json!({ "oneOf": elements }));
    Value::Object(all)
}

/// A table that may hold the keys of these sections and no others.
fn object(sections: &[&Section]) -> Value {
    let keys = || sections.iter().flat_map(|s| s.keys);
    let required: Vec<&str> = keys().filter(|k| k.default == "required").map(|k| k.name).collect();
    let properties: Map<String, Value> =
        keys().map(|k| (k.name.to_string(), property(k))).collect();
    json!({
        "type": "object",
        "description": sections[0].about,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// One key, with what it means.
fn property(key: &Key) -> Value {
    let mut value = of_key(key);
    let default = match key.default {
        "required" | "none" => String::new(),
        default => format!(" (default: {default})"),
    };
    let text = format!("{}: {}{default}. Example: {}", key.kind, key.meaning, key.example);
    // Beside a reference too: draft 2020-12 allows it.
    value["description"] = json!(text);
    value
}

fn definition(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn map_of(value: Value) -> Value {
    json!({ "type": "object", "additionalProperties": value })
}

fn list_of(value: Value) -> Value {
    json!({ "type": "array", "items": value })
}

fn any(values: impl IntoIterator<Item = Value>) -> Value {
    json!({ "anyOf": values.into_iter().collect::<Vec<_>>() })
}

/// What a key takes: tables by the name of the key, all else by the kind of its value.
fn of_key(key: &Key) -> Value {
    let text = || json!({ "type": "string" });
    let cell = || any([text(), list_of(text())]);
    match (key.name, key.kind) {
        ("words", _) => map_of(map_of(text())),
        ("factor", _) => map_of(map_of(map_of(any([text(), json!({ "type": "number" })])))),
        ("simulate", _) | ("task", _) => definition(key.name),
        ("rating", "table") => definition("sim_rating"),
        ("response", "table") if key.example.starts_with("[simulate") => definition("sim_response"),
        ("scale", _) if key.example.starts_with("[simulate") => map_of(definition("sim_rating")),
        (
            "allocate" | "pictures" | "scale" | "sound" | "phase" | "block" | "trial_type"
            | "column",
            "tables by name",
        ) => map_of(definition(key.name)),
        ("mark", "list of tables") => list_of(definition("mark")),
        ("elements", _) => list_of(definition("element")),
        ("sounds", _) => any([list_of(definition("cue")), definition("cue")]),
        ("response" | "hold" | "tone", _) => definition(key.name),
        ("keys", "table") => definition("keys"),
        ("duration", kind) if kind.contains("table") => {
            any([json!({ "type": "number" }), text(), definition("duration")])
        }
        ("start", _) => any([json!({ "type": "number" }), definition("start")]),
        ("columns", _) => map_of(text()),
        ("levels", _) => map_of(text()),
        ("marker", _) => {
            let code = || json!({ "type": "integer", "minimum": 1, "maximum": 255 });
            any([code(), text(), map_of(map_of(code()))])
        }
        ("times", _) => map_of(map_of(json!({ "type": "integer" }))),
        ("max_in_row", _) => {
            let number = || json!({ "type": "integer" });
            map_of(any([number(), map_of(number())]))
        }
        ("when" | "where", _) => map_of(cell()),
        ("mean" | "accuracy", kind) if kind.starts_with("table") => {
            map_of(json!({ "type": "number" }))
        }
        (_, kind) => of_kind(kind),
    }
}

/// A value by the words for its kind.
fn of_kind(kind: &str) -> Value {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "number" });
    let words: Vec<&str> = kind.split('`').skip(1).step_by(2).collect();
    let free = ["word of your own", "meaning", "list of", "by a `", "length", "path", "variable"];
    if kind.starts_with('`') && !free.iter().any(|f| kind.contains(f)) {
        return json!({ "enum": words });
    }
    if kind.contains("list of levels") {
        return any([json!({ "enum": words }), list_of(text())]);
    }
    if kind == "list of meanings, or table of meaning = answer" {
        return any([list_of(text()), map_of(text())]);
    }
    if kind.starts_with("path") && kind.contains("list of paths") {
        return any([text(), list_of(text())]);
    }
    if kind.starts_with("list of seconds") || kind.contains("numbers") || kind.starts_with("two ") {
        return list_of(number());
    }
    if kind.starts_with("list of") {
        return list_of(text());
    }
    if kind.starts_with("true or false") {
        return json!({ "type": "boolean" });
    }
    if kind.contains("or `\"{variable}\"`") || kind == "seconds, or name of a phase" {
        return any([number(), text()]);
    }
    let numbers = ["whole number", "number", "seconds", "share", "hertz"];
    if numbers.iter().any(|n| kind.starts_with(n)) {
        return match kind.starts_with("whole") {
            true => json!({ "type": "integer" }),
            false => number(),
        };
    }
    // A length of nothing is written 0.
    if kind.contains("length") {
        return any([text(), json!({ "const": 0 })]);
    }
    text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_element_and_every_section_is_in_the_schema() {
        let (name, kind) =
            ELEMENT.keys.iter().map(|k| (k.name, k.kind)).next().expect("it has keys");
        assert_eq!(name, "kind");
        let kinds: Vec<&str> = kind.split('`').skip(1).step_by(2).collect();
        let mut told: Vec<&str> = ELEMENT_KINDS.iter().map(|(kind, _)| *kind).collect();
        told.sort();
        let mut kinds = kinds;
        kinds.sort();
        assert_eq!(kinds, told);
        let text = json_schema().to_string();
        for key in SECTIONS.iter().flat_map(|s| s.keys) {
            assert!(text.contains(&format!("\"{}\":{{", key.name)), "{}", key.name);
        }
    }
}
