//! `[scale.NAME]`: what every kind of scale has. Points and their labels are read in `points`, keys in `moving`.

mod moving;
mod points;

use super::length::{color, extent};
use super::words::{LONG_TEXT, SHORT_TEXT, by_name, cell, is_identifier, template};
use crate::ground::document::{Table, short, value::Value};
use crate::ground::scene::Extent;
use crate::protocol::keys;
use crate::protocol::schema::{ScaleDef, ScaleStart, Template};
use indexmap::IndexMap;

/// The largest number on a scale.
const FAR: f64 = 1e6;
/// Seconds between the steps of a held key: the usual ones of a nine-point manikin rating.
const REPEAT: f64 = 0.2;

/// The kinds of scale, as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Vas,
    Likert,
    Sam,
    /// It could not be read: nothing more is said of what it would need.
    Unread,
}

impl Kind {
    fn has_points(self) -> bool {
        self != Kind::Vas
    }
}

/// All scales.
pub fn scales(root: &Table<'_>) -> IndexMap<String, ScaleDef> {
    by_name(root, "scale", "[scale.distress]", 50, |t| scale(&t))
}

fn scale(t: &Table<'_>) -> ScaleDef {
    t.allow(&[&keys::SCALE]);
    let kinds = [("vas", Kind::Vas), ("likert", Kind::Likert), ("sam", Kind::Sam)];
    let kind = t.get("kind").map_or(Kind::Vas, |v| v.word(&kinds).unwrap_or(Kind::Unread));
    points::fitting(t, kind);
    let number = points::number(t, kind);
    let (left, right) = ends(t, number);
    let question = t.get("question").and_then(|v| template(&v, LONG_TEXT));
    let continuous = t.flag("continuous").unwrap_or(false);
    if continuous && let Some(v) = t.get("countdown") {
        v.wrong(
            "stands in a scale that is rated while other things are shown",
            "no countdown where `continuous = true`",
            "leave the line out: such a rating has no moment by which it must be given",
        );
    }
    ScaleDef {
        question: question.unwrap_or_default(),
        kind: points::kind(t, kind, number, (left, right)),
        left,
        right,
        anchors: anchors(t, kind),
        reverse: t.get("reverse").and_then(|v| reverse(&v)),
        higher_means: higher_means(t),
        unit: t.text("unit", SHORT_TEXT),
        start: start(t).unwrap_or(ScaleStart::At(0.5)),
        keys: moving::keys(t, kind, number, continuous),
        step: t.number("step", 0.0001, 1.0).unwrap_or(0.02),
        hold: moving::hold(t, kind),
        repeat: t.number("repeat", 0.02, 10.0).unwrap_or(REPEAT),
        pointer: t.flag("pointer").unwrap_or(true),
        continuous,
        volume: volume(t, kind, continuous),
        countdown: t.number("countdown", 0.1, 600.0),
        width: extent(t, "width").unwrap_or(Extent::Share(1.0)),
        text_height: extent(t, "text_height").unwrap_or(Extent::Share(0.045)),
        color: color(t, "color"),
    }
}

/// Whether its marker sets how loud sounds are.
fn volume(t: &Table<'_>, kind: Kind, continuous: bool) -> bool {
    let Some(value) = t.get("volume").filter(|v| v.flag() == Some(true)) else { return false };
    if kind == Kind::Sam {
        let remedy = "write `kind = \"vas\"` or `kind = \"likert\"`, or leave the line out";
        value.wrong("stands in a scale of figures", "a line, or points with labels", remedy);
    }
    if continuous {
        value.wrong(
            "stands in a scale that is rated while other things are shown",
            "a page on which the person sets it",
            "leave out this line or `continuous = true`",
        );
    }
    if let Some(reverse) = t.get("reverse") {
        reverse.wrong(
            "stands in a scale that sets how loud sounds are",
            "soft at the left end and loud at the right, for everybody",
            "leave the line out",
        );
    }
    true
}

/// The words under a scale; a line cannot be read without them.
fn anchors(t: &Table<'_>, kind: Kind) -> Vec<Template> {
    let example = "[\"not at all\", \"extremely\"]";
    let value = match kind.has_points() {
        true => t.get("anchors"),
        false => t.need(
            "anchors",
            "the words under the line, from left to right",
            &format!("anchors = {example}"),
        ),
    };
    let Some(value) = value else { return Vec::new() };
    if kind.has_points() && value.is_list() && value.items().is_empty() {
        return Vec::new();
    }
    let items = value.list(2, 3, example).unwrap_or_default();
    let read = |v: &Value<'_>| {
        let text = template(v, SHORT_TEXT)?;
        if text.0.is_empty() {
            v.wrong("is empty", "a text", "write a text or leave the item out");
            return None;
        }
        Some(text)
    };
    items.iter().map(|v| read(v).unwrap_or_default()).collect()
}

/// Whether it stands the other way round: `yes`, `no`, or what comes out as one of them.
fn reverse(value: &Value<'_>) -> Option<Template> {
    if value.as_flag().is_some() {
        let remedy = "exchange left and right, or name a variable of [allocate] with the values \"no\" and \"yes\"";
        value.wrong("is the same for everybody", "a variable such as \"{reversed}\"", remedy);
        return None;
    }
    cell(value)
}

fn ends(t: &Table<'_>, points: Option<u32>) -> (f64, f64) {
    let (left, right) = match points {
        Some(_) => (t.get("left"), t.get("right")),
        None => (
            t.need("left", "the value at the left end", "left = 0"),
            t.need("right", "the value at the right end", "right = 100"),
        ),
    };
    if points.is_some()
        && let (Some(one), None) | (None, Some(one)) = (&left, &right)
    {
        let remedy = "write both, or leave both out: then the points are 1, 2, 3 ... from the left";
        one.wrong("stands without the other end", "\"left\" and \"right\"", remedy);
    }
    let read = |v: &Value<'_>| v.number(-FAR, FAR);
    let ends = (left.as_ref().and_then(read), right.as_ref().and_then(read));
    if let ((Some(l), Some(r)), Some(v)) = (ends, right)
        && l == r
    {
        let message = format!("is {r}, the same as \"left\"");
        v.wrong(&message, "two ends that differ", "write the value of the right end of the scale");
    }
    let usual = points.map_or((0.0, 1.0), |n| (1.0, f64::from(n)));
    (ends.0.unwrap_or(usual.0), ends.1.unwrap_or(usual.1))
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
