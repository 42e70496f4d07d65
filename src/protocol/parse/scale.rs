//! `[scale.NAME]`.

use super::length::{color, extent};
use super::words::{LONG_TEXT, SHORT_TEXT, by_name, is_identifier, name, template};
use crate::ground::document::{Table, short};
use crate::ground::scene::Extent;
use crate::protocol::keys;
use crate::protocol::schema::{Hold, ScaleDef, ScaleKeys, ScaleKindDef, ScaleStart, Template};
use indexmap::IndexMap;

/// The largest number on a scale.
const FAR: f64 = 1e6;

/// All scales.
pub fn scales(root: &Table<'_>) -> IndexMap<String, ScaleDef> {
    by_name(root, "scale", "[scale.distress]", 50, |t| scale(&t))
}

fn scale(t: &Table<'_>) -> ScaleDef {
    t.allow(&[&keys::SCALE]);
    let (left, right) = ends(t);
    let question = t.get("question").and_then(|v| template(&v, LONG_TEXT));
    let example = "anchors = [\"not at all\", \"extremely\"]";
    let anchors = t
        .need("anchors", "the words under the line, from left to right", example)
        .and_then(|v| v.texts(2, 3, "[\"not at all\", \"extremely\"]"));
    ScaleDef {
        question: question.unwrap_or(Template(String::new())),
        left,
        right,
        kind: ScaleKindDef::Vas,
        reverse: None,
        repeat: 0.2,
        pointer: true,
        continuous: false,
        anchors: anchors.unwrap_or_default().into_iter().map(Template).collect(),
        higher_means: higher_means(t),
        unit: t.text("unit", SHORT_TEXT),
        start: start(t).unwrap_or(ScaleStart::At(0.5)),
        keys: scale_keys(t),
        step: t.number("step", 0.0001, 1.0).unwrap_or(0.02),
        hold: hold(t),
        countdown: t.number("countdown", 0.1, 600.0),
        width: extent(t, "width").unwrap_or(Extent::Share(1.0)),
        text_height: extent(t, "text_height").unwrap_or(Extent::Share(0.045)),
        color: color(t, "color"),
    }
}

fn ends(t: &Table<'_>) -> (f64, f64) {
    let left = t.need("left", "the value at the left end", "left = 0");
    let right = t.need("right", "the value at the right end", "right = 100");
    let read = |v: &crate::ground::document::value::Value<'_>| v.number(-FAR, FAR);
    let ends = (left.as_ref().and_then(read), right.as_ref().and_then(read));
    if let ((Some(l), Some(r)), Some(v)) = (ends, right)
        && l == r
    {
        let message = format!("is {r}, the same as \"left\"");
        v.wrong(&message, "two ends that differ", "write the value of the right end of the line");
    }
    (ends.0.unwrap_or(0.0), ends.1.unwrap_or(1.0))
}

/// Said by every scale: a rating without its polarity cannot be read afterwards.
fn higher_means(t: &Table<'_>) -> String {
    let expected = "more_distress, less_distress, or a word of your own";
    let value = t.need("higher_means", expected, "higher_means = \"more_distress\"");
    let Some(value) = value else { return String::new() };
    let text = value.text(SHORT_TEXT).unwrap_or_default();
    if !is_identifier(&text) {
        let message = format!("is \"{}\"", short(&text));
        value.wrong(&message, expected, "write one word of letters, digits and \"_\"");
    }
    text
}

fn start(t: &Table<'_>) -> Option<ScaleStart> {
    let value = t.get("start")?;
    if !value.is_table() {
        if value.as_number().is_none() {
            value
                .mistyped("a share from 0 to 1, or { random = [a, b] }", "{ random = [0.2, 0.8] }");
            return None;
        }
        return value.number(0.0, 1.0).map(ScaleStart::At);
    }
    let inner = value.table("{ random = [0.2, 0.8] }")?;
    inner.allow(&[&keys::START]);
    let random = inner.need("random", "two shares", "random = [0.2, 0.8]")?;
    let [from, to] = random.numbers::<2>(0.0, 1.0, "[0.2, 0.8]")?;
    if from >= to {
        let message = format!("goes from {from} to {to}");
        random.wrong(&message, "the smaller share first", "write for example [0.2, 0.8]");
        return None;
    }
    Some(ScaleStart::Random(from, to))
}

fn scale_keys(t: &Table<'_>) -> ScaleKeys {
    let table = t.get("keys").and_then(|v| v.table("{ left = \"left\", right = \"right\" }"));
    if let Some(k) = &table {
        k.allow(&[&keys::SCALE_KEYS]);
    }
    let meaning = |key: &str| {
        let written = table.as_ref().and_then(|k| k.get(key)).and_then(|v| name(&v));
        written.unwrap_or_else(|| key.to_string())
    };
    let confirm = Some(meaning("confirm")).filter(|m| m != "none");
    let keys = ScaleKeys {
        left: meaning("left"),
        right: meaning("right"),
        confirm,
        pick: Vec::new(),
        pick_confirms: false,
    };
    let same = keys.left == keys.right
        || keys.confirm.as_ref().is_some_and(|c| *c == keys.left || *c == keys.right);
    if let (Some(k), true) = (table, same) {
        k.problems.error(
            k.span.clone(),
            format!("{} uses one meaning for two things", k.what),
            "left, right and confirm must differ",
            "give each a meaning of its own; confirm = \"none\" where there is no such key",
        );
    }
    keys
}

fn hold(t: &Table<'_>) -> Hold {
    let usual = Hold { delay: 0.3, speed: 0.15, acceleration: 0.4, top_speed: 0.6 };
    let Some(h) = t.get("hold").and_then(|v| v.table("{ delay = 0.3, speed = 0.15 }")) else {
        return usual;
    };
    h.allow(&[&keys::HOLD]);
    let speed = h.number("speed", 0.0, 20.0).unwrap_or(usual.speed);
    let found = Hold {
        delay: h.number("delay", 0.0, 10.0).unwrap_or(usual.delay),
        speed,
        acceleration: h.number("acceleration", 0.0, 100.0).unwrap_or(usual.acceleration),
        top_speed: h.number("top_speed", 0.001, 20.0).unwrap_or(usual.top_speed.max(speed)),
    };
    if found.top_speed < found.speed
        && let Some(v) = h.get("top_speed")
    {
        let message = format!("is {}, below \"speed\" ({})", found.top_speed, found.speed);
        v.wrong(&message, "at least the first speed", "raise top_speed or lower speed");
    }
    if found.speed == 0.0
        && found.acceleration == 0.0
        && let Some(v) = h.get("speed")
    {
        let remedy =
            "give one of them a value above 0, or a long delay where only steps shall count";
        v.wrong("is 0, and so is \"acceleration\"", "a marker that moves", remedy);
    }
    found
}
