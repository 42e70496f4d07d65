//! `sounds` of a phase: what is played, and when. Whether there is such a sound is looked at in `check`.

use super::words::{SHORT_TEXT, template};
use crate::ground::cue::Stop;
use crate::ground::document::{Table, value::Value};
use crate::protocol::keys;
use crate::protocol::schema::{CueDef, Template};

/// The most sounds of one phase.
const MOST: usize = 20;
/// The latest that a sound comes, and the longest until it comes again, in seconds.
const LATEST: f64 = 3600.0;
const EXAMPLE: &str = "{ play = \"beep\" }";

/// All sounds of a phase.
pub fn cues(phase: &Table<'_>) -> Vec<CueDef> {
    let Some(value) = phase.get("sounds") else { return Vec::new() };
    let mut items = match value.is_table() {
        true => vec![value],
        false => value.list(1, MOST, "[{ play = \"beep\" }]").unwrap_or_default(),
    };
    for (i, item) in items.iter_mut().enumerate() {
        item.what = format!("sound {} of {}", i + 1, phase.what);
    }
    // One that could not be read keeps its place, by which problems of the others are pointed at.
    items.iter().map(|item| cue(item).unwrap_or_default()).collect()
}

fn cue(value: &Value<'_>) -> Option<CueDef> {
    let t = value.table(EXAMPLE)?;
    t.allow(&[&keys::CUE]);
    let play = t.need("play", "the [sound.NAME] that is played", "play = \"beep\"");
    let stops = [("end", Stop::End), ("phase", Stop::Phase), ("response", Stop::Response)];
    let usual = CueDef::default();
    Some(CueDef {
        play: play.and_then(|v| name(&v)).unwrap_or_default(),
        at: t.number("at", 0.0, LATEST).unwrap_or(usual.at),
        every: t.number("every", 0.05, LATEST),
        volume: t.number("volume", 0.0, 1.0).unwrap_or(usual.volume),
        pan: t.number("pan", -1.0, 1.0).unwrap_or(usual.pan),
        stop: t.get("stop").and_then(|v| v.word(&stops)).unwrap_or_default(),
    })
}

/// The name of a sound, or what comes out as one.
fn name(value: &Value<'_>) -> Option<Template> {
    let name = template(value, SHORT_TEXT)?;
    if name.0.is_empty() {
        let remedy = "write the name of a table [sound.NAME]; for silence leave the sound out";
        value.wrong("is empty", "the name of a sound", remedy);
        return None;
    }
    Some(name)
}
