//! TOML to [`Rig`]: every problem at once, as for protocols. Whether a device or a font file is there is for
//! those who open it.

mod devices;
mod markers;
mod sound;
mod trigger;
mod uses;

pub use uses::trigger_uses;

use super::codes::{is_code, meant};
use super::keys;
use super::patch::{Patch, patch};
use super::schema::{Institution, Offset, Rig, Screen, Transform};
use crate::ground::diagnostic::{Problem, Source};
use crate::ground::document::{self, Problems, Table, short, value::Value};
use crate::ground::record::Place;
use chrono::NaiveDate;
use indexmap::IndexMap;

/// The largest rig file that is read, in bytes.
const LARGEST_FILE: usize = 1 << 16;
const SHORT_TEXT: usize = 200;
/// The most font files.
const MOST_FONTS: usize = 8;
/// The word by which protocols name that there is no key.
const NO_MEANING: &str = "none";

/// Reads a rig file; what it does not say is as in [`Rig::default`].
///
/// # Errors
/// Every problem of the file, warnings included, where at least one is an error.
pub fn parse(source: &Source) -> Result<(Rig, Vec<Problem>), Vec<Problem>> {
    let document = document::read(source, LARGEST_FILE)?;
    let problems = Problems::default();
    let root = Table::root(&problems, document.get_ref(), "the rig");
    root.allow(&[&keys::TOP]);
    let d = Rig::default();
    let rig = Rig {
        name: root.text("name", SHORT_TEXT).unwrap_or(d.name),
        place: root
            .get("place")
            .and_then(|v| v.word(&[("scanner", Place::Scanner), ("lab", Place::Lab)])),
        screen: inner(&root, "screen").map(|t| screen(&t)).unwrap_or_default(),
        keys: inner(&root, "keys").map(|t| meanings(&t)).unwrap_or(d.keys),
        input: inner(&root, "input").map(|t| devices::input(&t)).unwrap_or_default(),
        pointer: inner(&root, "pointer").and_then(|t| devices::pointer(&t)),
        grey: codes(&root, "grey").unwrap_or(d.grey),
        grey_button: codes(&root, "grey_button").unwrap_or(d.grey_button),
        go_on: together(&root, "go_on").unwrap_or(d.go_on),
        abort: together(&root, "abort").unwrap_or(d.abort),
        rearm: together(&root, "rearm").unwrap_or(d.rearm),
        boxes: devices::boxes(&root),
        trigger: inner(&root, "trigger").map(|t| trigger::trigger(&t)).unwrap_or_default(),
        markers: markers::markers(&root),
        sound: inner(&root, "sound").map(|t| sound::sound(&t)).unwrap_or_default(),
        offset: inner(&root, "offset").and_then(|t| offset(&t)),
        head_stabilization: root
            .text("head_stabilization", SHORT_TEXT)
            .unwrap_or(d.head_stabilization),
        institution: inner(&root, "institution").map(|t| institution(&t)).unwrap_or_default(),
    };
    uses::one_each(&rig, &root);
    let warnings = problems.finish()?;
    Ok((rig, warnings))
}

fn inner<'a>(root: &Table<'a>, key: &str) -> Option<Table<'a>> {
    let table = root.get(key)?.table(&format!("[{key}]"))?;
    Some(table.named(format!("[{key}]")))
}

fn screen(t: &Table<'_>) -> Screen {
    t.allow(&[&keys::SCREEN]);
    let d = Screen::default();
    let transform = t.get("transform").and_then(|v| {
        v.word(&[
            ("none", Transform::None),
            ("flip-h", Transform::FlipH),
            ("flip-v", Transform::FlipV),
            ("rotate-180", Transform::Rotate180),
        ])
    });
    Screen {
        size_m: t
            .get("size")
            .and_then(|v| v.numbers::<2>(0.01, 20.0, "[0.53, 0.30]"))
            .unwrap_or(d.size_m),
        distance_m: t.number("distance", 0.05, 20.0).unwrap_or(d.distance_m),
        transform: transform.unwrap_or(d.transform),
        visible: t.get("visible").and_then(|v| visible(&v)).unwrap_or(d.visible),
        monitor: t.get("monitor").and_then(|v| filled(&v)),
        refresh_hz: t.number("refresh", 20.0, 1000.0),
        present_wait: t.flag("present_wait").unwrap_or(d.present_wait),
        fonts: t.get("font").map(|v| fonts(&v)).unwrap_or_default(),
        photodiode: t.get("photodiode").and_then(|v| photodiode(&v)),
    }
}

fn photodiode(value: &Value<'_>) -> Option<Patch> {
    let text = value.text(SHORT_TEXT)?;
    patch(&text).unwrap_or_else(|expected| {
        let remedy = "write for example \"bottom-right:40\", or leave the line out";
        value.wrong(&format!("is \"{}\"", short(&text)), expected, remedy);
        None
    })
}

/// A text that is not empty.
fn filled(value: &Value<'_>) -> Option<String> {
    let text = value.text(1000)?;
    if text.trim().is_empty() {
        value.wrong("is empty", "a text", "write it, or leave the line out");
        return None;
    }
    Some(text)
}

/// One font file, or several in the order in which they are asked for a letter.
fn fonts(value: &Value<'_>) -> Vec<String> {
    let items = match value.is_list() {
        true => value.list(1, MOST_FONTS, "[\"fonts/NotoSans.ttf\"]").unwrap_or_default(),
        false => vec![value.clone()],
    };
    items.iter().filter_map(filled).collect()
}

fn visible(value: &Value<'_>) -> Option<[f64; 4]> {
    let [left, top, width, height] = value.numbers::<4>(0.0, 1.0, "[0, 0, 1, 1]")?;
    let slack = 1e-9;
    if width < 0.05 || height < 0.05 || left + width > 1.0 + slack || top + height > 1.0 + slack {
        value.wrong(
            &format!("is [{left}, {top}, {width}, {height}]"),
            "left, top, width, height as shares of the screen, within it",
            "left + width and top + height are at most 1, width and height at least 0.05",
        );
        return None;
    }
    Some([left, top, width, height])
}

fn meanings(t: &Table<'_>) -> IndexMap<String, Vec<String>> {
    let mut found = IndexMap::new();
    for (meaning, span, value) in t.at_most(100) {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let starts = meaning.starts_with(|c: char| c.is_ascii_alphabetic());
        if !starts || !meaning.chars().all(plain) || meaning.len() > 60 || meaning == NO_MEANING {
            t.problems.error(
                span,
                format!("\"{}\" in [keys] cannot be a meaning", short(meaning)),
                "a letter, then letters, digits and \"_\"; not \"none\"",
                "write a word such as left, confirm, index_finger",
            );
        }
        let codes = match value.is_list() {
            true => value.list(1, 30, "[\"ArrowLeft\", \"Digit1\"]").unwrap_or_default(),
            false => vec![value],
        };
        found.insert(meaning.to_string(), codes.iter().filter_map(code).collect());
    }
    found
}

fn code(value: &Value<'_>) -> Option<String> {
    let text = value.text(SHORT_TEXT)?;
    if is_code(&text) {
        return Some(text);
    }
    let expected = match meant(&text) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "a W3C code such as \"ArrowLeft\", \"Digit1\", \"KeyB\", or \"MouseLeft\"".into(),
    };
    let remedy = "write the W3C code of the physical key: letters are KeyA ... KeyZ, digits Digit0 ... Digit9; mouse buttons are MouseLeft, MouseMiddle, MouseRight";
    value.wrong(&format!("is \"{}\"", short(&text)), expected, remedy);
    None
}

/// Keys that each do something.
fn codes(root: &Table<'_>, key: &str) -> Option<Vec<String>> {
    let value = root.get(key)?;
    let items = match value.is_list() {
        true => value.list(1, 4, "[\"Escape\"]")?,
        false => vec![value],
    };
    Some(items.iter().filter_map(code).collect())
}

/// Keys that do something when they are held down together.
fn together(root: &Table<'_>, key: &str) -> Option<Vec<String>> {
    let value = root.get(key)?;
    let items = value.list(2, 3, "[\"Escape\", \"KeyQ\"]")?;
    let codes: Vec<String> = items.iter().filter_map(code).collect();
    if codes.iter().enumerate().any(|(i, c)| codes[..i].contains(c)) {
        let remedy = "write for example [\"Escape\", \"KeyQ\"]";
        value.wrong("names a key twice", "different keys, held down together", remedy);
    }
    Some(codes)
}

/// A day, as `2026-11-22`.
fn day(value: &Value<'_>) -> Option<String> {
    let text = value.text(SHORT_TEXT)?;
    // The parser of dates takes "2026-1-2" too, which does not sort.
    if text.len() != 10 || NaiveDate::parse_from_str(&text, "%Y-%m-%d").is_err() {
        let message = format!("is \"{}\"", short(&text));
        value.wrong(&message, "a day as year-month-day", "write for example \"2026-11-22\"");
        return None;
    }
    Some(text)
}

fn offset(t: &Table<'_>) -> Option<Offset> {
    t.allow(&[&keys::OFFSET]);
    let seconds = t.need("seconds", "seconds that are added to onsets", "seconds = 0.0113");
    let measured = t.need("measured", "the day it was measured", "measured = \"2026-11-22\"");
    let mode = t.need("mode", "width, height, refresh rate", "mode = [1920, 1080, 60.0]");
    let measured = measured.and_then(|v| day(&v));
    let mode = mode.and_then(|v| {
        let items = v.list(3, 3, "[1920, 1080, 60.0]")?;
        let (width, height) = (items[0].count(1, 32_768), items[1].count(1, 32_768));
        let hertz = items[2].number(20.0, 1000.0);
        Some((width?, height?, hertz?))
    });
    let seconds = seconds.and_then(|v| v.number(-0.5, 0.5));
    Some(Offset { seconds: seconds?, measured: measured?, mode: mode? })
}

fn institution(t: &Table<'_>) -> Institution {
    t.allow(&[&keys::INSTITUTION]);
    let text = |key: &str| t.text(key, 500).unwrap_or_default();
    Institution { name: text("name"), address: text("address"), department: text("department") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Rig, Vec<Problem>), Vec<Problem>> {
        parse(&Source { path: "rig.toml".into(), text: text.into() })
    }

    #[test]
    fn an_empty_file_is_the_desk() {
        assert_eq!(read(""), Ok((Rig::default(), vec![])));
    }

    #[test]
    fn one_font_or_several_are_asked_in_their_order() {
        let fonts = |text: &str| read(text).map(|(rig, _)| rig.screen.fonts);
        assert_eq!(fonts("[screen]\nfont = \"a.ttf\""), Ok(vec!["a.ttf".to_string()]));
        let two = fonts("[screen]\nfont = [\"b.ttf\", \"a.ttf\"]");
        assert_eq!(two, Ok(vec!["b.ttf".to_string(), "a.ttf".to_string()]));
        assert!(fonts("[screen]\nfont = []").is_err());
        assert!(fonts(&format!("[screen]\nfont = [{}]", "\"a\", ".repeat(9))).is_err());
    }

    #[test]
    fn a_key_with_two_uses_is_refused_whichever_they_are() {
        for text in [
            "[trigger]\nsource = \"key:1\"",
            "[trigger]\nsource = \"key:q\"",
            "abort = [\"Space\", \"KeyQ\"]",
            "[keys]\nleft = \"KeyA\"\nright = [\"KeyB\", \"KeyA\"]",
        ] {
            let problems = read(text).expect_err(text);
            assert!(problems[0].message.contains(" and "), "{}", problems[0].message);
        }
        assert!(read("[keys]\nleft = [\"KeyA\", \"KeyA\"]").is_ok());
    }
}
