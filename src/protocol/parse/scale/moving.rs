//! Keys of a scale: which ones move, pick and confirm, and what a held one does.

use super::Kind;
use crate::ground::document::{Table, short};
use crate::protocol::keys as known;
use crate::protocol::parse::words::{name, names, no_repeats};
use crate::protocol::schema::{Hold, ScaleKeys};

/// Reads `keys`. `points` is how many points the scale has.
pub fn keys(t: &Table<'_>, kind: Kind, points: Option<u32>, continuous: bool) -> ScaleKeys {
    let table = t.get("keys").and_then(|v| v.table("{ left = \"left\", right = \"right\" }"));
    if let Some(k) = &table {
        k.allow(&[&known::SCALE_KEYS]);
    }
    let meaning = |key: &str| {
        let written = table.as_ref().and_then(|k| k.get(key)).and_then(|v| name(&v));
        written.unwrap_or_else(|| key.to_string())
    };
    let confirm = Some(meaning("confirm")).filter(|m| m != "none" && !continuous);
    let pick = match &table {
        Some(k) if matches!(kind, Kind::Likert | Kind::Sam) => picks(k, points),
        _ => Vec::new(),
    };
    let told = table.as_ref().and_then(|k| k.flag("pick_confirms"));
    // Keys that pick points need none that move the marker: those are there only where they are written.
    let picking =
        matches!(kind, Kind::Likert | Kind::Sam) && table.as_ref().is_some_and(|k| k.has("pick"));
    let moving = |key: &str| match &table {
        Some(k) if picking && !k.has(key) => String::new(),
        _ => meaning(key),
    };
    let keys = ScaleKeys {
        left: moving("left"),
        right: moving("right"),
        pick_confirms: !pick.is_empty() && told.unwrap_or(confirm.is_none() && !continuous),
        confirm,
        pick,
    };
    let Some(k) = table else { return keys };
    one_use_each(&k, &keys);
    if let (Some(v), Kind::Likert | Kind::Sam) = (k.get("pick_confirms"), kind)
        && !k.has("pick")
    {
        let remedy =
            "add a line such as `pick = [\"one\", \"two\", \"three\"]`, or leave this one out";
        v.wrong("stands without \"pick\"", "keys that pick a point", remedy);
    }
    if continuous {
        let asked = |key: &str| k.get(key).filter(|v| v.as_str() != Some("none"));
        let confirms = asked("confirm").or(k.get("pick_confirms").filter(|_| told == Some(true)));
        if let Some(v) = confirms {
            v.wrong(
                "confirms a rating that goes on while other things are shown",
                "nothing that confirms where `continuous = true`",
                "leave it out: the rating ends with the last phase that shows the scale",
            );
        }
    }
    keys
}

/// One meaning for each point.
fn picks(k: &Table<'_>, points: Option<u32>) -> Vec<String> {
    let Some(value) = k.get("pick") else { return Vec::new() };
    no_repeats(&value, "give each point a key of its own");
    let found = names(&value, 1, 21, "[\"one\", \"two\", \"three\"]").unwrap_or_default();
    let points = points.unwrap_or(0) as usize;
    if value.is_list() && value.items().len() != points && !found.is_empty() {
        let message = format!("names {} keys for {points} points", value.items().len());
        let remedy = "name one for each point, from the left, or leave the line out";
        value.wrong(&message, format!("{points} meanings"), remedy);
    }
    found
}

fn one_use_each(k: &Table<'_>, keys: &ScaleKeys) {
    let moves: Vec<&String> =
        [&keys.left, &keys.right].into_iter().filter(|m| !m.is_empty()).collect();
    let twice = !keys.left.is_empty() && keys.left == keys.right;
    let same = twice || keys.confirm.as_ref().is_some_and(|c| moves.contains(&c));
    if same {
        k.problems.error(
            k.span.clone(),
            format!("{} uses one meaning for two things", k.what),
            "left, right and confirm must differ",
            "give each a meaning of its own; confirm = \"none\" where there is no such key",
        );
    }
    let others = moves.into_iter().chain(&keys.confirm);
    for other in others.filter(|o| keys.pick.contains(o)) {
        k.problems.error(
            k.get("pick").map_or(k.span.clone(), |v| v.span),
            format!(
                "{} picks a point with \"{}\", which does something else too",
                k.what,
                short(other)
            ),
            "left, right and confirm are other meanings",
            "give each a meaning of its own; `left` and `right` may be left out beside `pick`, and confirm = \"none\" is no key",
        );
    }
}

/// Reads `hold`.
pub fn hold(t: &Table<'_>, kind: Kind) -> Hold {
    let delay = if kind.has_points() { 0.2 } else { 0.3 };
    let usual = Hold { delay, speed: 0.15, acceleration: 0.4, top_speed: 0.6 };
    let Some(h) = t.get("hold").and_then(|v| v.table("{ delay = 0.3, speed = 0.15 }")) else {
        return usual;
    };
    h.allow(&[&known::HOLD]);
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
