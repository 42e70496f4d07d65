//! How long a phase lasts: `duration`, or `until` with what belongs to it.

use super::phase::MOST_KEYS;
use super::words::{SHORT_TEXT, names, template};
use crate::ground::document::{Table, value::Value};
use crate::protocol::keys;
use crate::protocol::schema::{DurationDef, Jitter, Spread, Template};

/// The longest phase, in seconds.
pub const LONGEST: f64 = 7200.0;
/// The shortest phase given in seconds: less than a frame at any refresh rate.
pub const SHORTEST: f64 = 0.001;

const WAYS: &str = "a number of seconds, \"{variable}\", { frames = 2 }, { choose = [4, 5] }, { uniform = [1, 4] } or { exponential = [1, 10], mean = 3 }";

/// What ends a phase.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    Response,
    Trigger,
    Volume,
}

/// How long a phase lasts; nothing where that cannot be read.
pub fn lasting(t: &Table<'_>) -> Option<DurationDef> {
    let until = t.get("until").map(|v| {
        let words =
            [("response", Until::Response), ("trigger", Until::Trigger), ("volume", Until::Volume)];
        (v.word(&words), v)
    });
    let ends = until.as_ref().and_then(|(ends, _)| *ends);
    if until.is_none() || ends.is_some() {
        belong(t, ends);
    }
    match (t.get("duration"), until) {
        (Some(_), Some((_, until))) => {
            let remedy =
                "leave out one of the two lines; how long a page waits at most is `at_most`";
            until.wrong("stands beside \"duration\"", "one of the two", remedy);
            None
        }
        (None, None) => {
            t.missing("duration", "how long it lasts, in seconds", "duration = 4.0");
            None
        }
        (Some(value), None) => duration(&value),
        (None, Some((ends, _))) => match ends? {
            Until::Response => {
                let at_most = t.number("at_most", SHORTEST, LONGEST);
                page_keys(t).map(|keys| DurationDef::UntilResponse { keys, at_most })
            }
            Until::Trigger => Some(DurationDef::UntilTrigger),
            Until::Volume => {
                Some(DurationDef::UntilVolume(t.count("volumes", 1, 10_000).unwrap_or(1)))
            }
        },
    }
}

/// Says of each key that belongs to another way of ending that it does.
fn belong(t: &Table<'_>, ends: Option<Until>) {
    let page = "`until = \"response\"`";
    for (key, owner, way, remedy) in [
        (
            "keys",
            Until::Response,
            page,
            "for an answer that does not end the phase write `response = { keys = [...] }`",
        ),
        (
            "at_most",
            Until::Response,
            page,
            "leave the line out, or write `until = \"response\"` instead of what ends the phase now",
        ),
        (
            "volumes",
            Until::Volume,
            "`until = \"volume\"`",
            "leave the line out, or write `until = \"volume\"` instead of what ends the phase now",
        ),
    ] {
        if let (Some(value), true) = (t.get(key), ends != Some(owner)) {
            let remedy = match ends {
                Some(Until::Trigger | Until::Volume) if key == "keys" => {
                    "leave the line out: the scanner ends this phase"
                }
                _ => remedy,
            };
            value.wrong(&format!("is used by {way} only"), format!("no \"{key}\" here"), remedy);
        }
    }
}

fn page_keys(t: &Table<'_>) -> Option<Vec<String>> {
    if let (Some(keys), true) = (t.get("keys"), t.has("response")) {
        keys.wrong(
            "stands beside a response, whose keys end the phase",
            "keys in one place",
            "leave this line out, and name every key in the response",
        );
    }
    match t.get("keys") {
        Some(value) => names(&value, 1, MOST_KEYS, "[\"continue\"]"),
        None => Some(vec!["continue".to_string()]),
    }
}

fn duration(value: &Value<'_>) -> Option<DurationDef> {
    if value.as_number().is_some() {
        return value.number(SHORTEST, LONGEST).map(DurationDef::Seconds);
    }
    if value.as_str().is_some() {
        return variable(value).map(DurationDef::SecondsOf);
    }
    if !value.is_table() {
        value.mistyped(WAYS, "4.0");
        return None;
    }
    let d = value.table("{ frames = 2 }")?;
    d.allow(&[&keys::DURATION]);
    let ways = ["frames", "choose", "uniform", "exponential"];
    let given: Vec<&str> = ways.into_iter().filter(|k| d.has(k)).collect();
    let [way] = given[..] else {
        let remedy = "write for example { frames = 2 } or { choose = [4, 5] }";
        value.wrong(
            "does not hold one way of lasting",
            "frames, choose, uniform or exponential",
            remedy,
        );
        return None;
    };
    for (key, belongs) in [
        ("at", &["frames"][..]),
        ("mean", &["exponential"]),
        ("total", &["choose", "uniform", "exponential"]),
        ("step", &["uniform", "exponential"]),
    ] {
        if let (Some(v), false) = (d.get(key), belongs.contains(&way)) {
            let expected = format!("\"{key}\" beside {}", belongs.join(", "));
            v.wrong(&format!("stands beside \"{way}\""), expected, "leave it out");
        }
    }
    if way == "frames" {
        let at = d.number("at", 20.0, 1000.0);
        return frames(&d.get("frames")?).map(|frames| DurationDef::Frames { frames, at });
    }
    let from = spread(&d, way)?;
    let jitter = Jitter {
        from,
        total: d.number("total", SHORTEST, 100_000.0),
        step: d.number("step", SHORTEST, 3600.0),
    };
    on_steps(&d, &jitter).then_some(DurationDef::Jitter(jitter))
}

/// A text that comes to a number by a variable; a number in quotes is a slip.
fn variable(value: &Value<'_>) -> Option<Template> {
    let text = template(value, SHORT_TEXT)?;
    if text.variables().next().is_none() {
        let message = format!("is the text \"{}\"", crate::ground::document::short(&text.0));
        value.wrong(&message, WAYS, "write a number without quotes, or a variable in braces");
        return None;
    }
    Some(text)
}

fn frames(value: &Value<'_>) -> Option<Template> {
    match value.as_str() {
        Some(_) => variable(value),
        None => value.count(1, 100_000).map(|n| Template(n.to_string())),
    }
}

fn spread(d: &Table<'_>, way: &str) -> Option<Spread> {
    let v = d.get(way)?;
    if way == "choose" {
        let items = v.list(1, 100, "[4, 5, 6]")?;
        let read = items.iter().map(|i| i.number(SHORTEST, LONGEST));
        return read.collect::<Option<Vec<f64>>>().map(Spread::Choose);
    }
    let [from, to] = v.numbers::<2>(SHORTEST, LONGEST, "[1, 4]")?;
    if from >= to {
        let message = format!("goes from {from} to {to}");
        v.wrong(&message, "the smaller number first", "write for example [1, 4]");
        return None;
    }
    if way == "uniform" {
        return Some(Spread::Uniform(from, to));
    }
    let value = d.need("mean", "the mean of what is drawn, in seconds", "mean = 2.5")?;
    let mean = value.number(SHORTEST, LONGEST)?;
    if !(from < mean && mean < (from + to) / 2.0) {
        value.wrong(
            &format!("is {mean}"),
            format!("more than {from} and less than {}, the middle between the bounds", (from + to) / 2.0),
            "short ones come more often than long ones: lower the mean, raise the upper bound, or use `uniform`",
        );
        return None;
    }
    Some(Spread::Exponential { from, to, mean })
}

/// Whether some multiple of the step lies between the bounds.
fn on_steps(d: &Table<'_>, jitter: &Jitter) -> bool {
    let Some(step) = jitter.step else { return true };
    let (from, to) = jitter.from.bounds();
    let fits = (from / step - 1e-9).ceil() * step <= to + 1e-9;
    if let (Some(v), false) = (d.get("step"), fits) {
        let message = format!("is {step}, and no multiple of it lies between {from} and {to}");
        v.wrong(&message, "a smaller step", "lower the step, or widen the bounds");
    }
    fits
}
