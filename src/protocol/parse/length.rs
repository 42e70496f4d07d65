//! Lengths and colours, written as people write them: `"1.5deg"`, `"40px"`, `"10%"`, `"#808080"`.

use crate::ground::document::{Table, short, suggest::nearest, value::Value};
use crate::ground::scene::{Extent, PictureSize, Rgb};

const EXPECTED: &str = "a length such as \"1.5deg\", \"40px\" or \"10%\" (of the screen's height)";

/// Colours that have names.
const COLORS: [(&str, [u8; 3]); 9] = [
    ("black", [0, 0, 0]),
    ("white", [255, 255, 255]),
    ("grey", [128, 128, 128]),
    ("gray", [128, 128, 128]),
    ("red", [255, 0, 0]),
    ("green", [0, 128, 0]),
    ("blue", [0, 0, 255]),
    ("yellow", [255, 255, 0]),
    ("orange", [255, 165, 0]),
];

/// The length of a key, larger than nothing.
pub fn extent(table: &Table<'_>, key: &str) -> Option<Extent> {
    let value = table.get(key)?;
    let (length, size) = written(&value)?;
    if size <= 0.0 {
        let message = "is not larger than zero";
        value.wrong(message, "a length above zero", "write a larger number, or leave it out");
        return None;
    }
    Some(length)
}

/// The position of a key: a length that may be negative; nothing where the key is absent.
pub fn position(table: &Table<'_>, key: &str) -> Extent {
    table.get(key).and_then(|v| written(&v)).map_or(Extent::Px(0.0), |(length, _)| length)
}

/// The length that must be there.
pub fn needed(table: &Table<'_>, key: &str) -> Extent {
    if !table.has(key) {
        table.missing(key, EXPECTED, &format!("{key} = \"2deg\""));
    }
    extent(table, key).unwrap_or(Extent::Deg(1.0))
}

/// `fit`, `native`, or a height.
pub fn picture_size(table: &Table<'_>, key: &str) -> Option<PictureSize> {
    match table.get(key)?.as_str() {
        Some("fit") => Some(PictureSize::Fit),
        Some("native") => Some(PictureSize::Native),
        _ => extent(table, key).map(PictureSize::Height),
    }
}

fn written(value: &Value<'_>) -> Option<(Extent, f64)> {
    if value.as_number() == Some(0.0) {
        return Some((Extent::Px(0.0), 0.0));
    }
    let Some(text) = value.as_str() else {
        value.mistyped(EXPECTED, "\"1.5deg\"");
        return None;
    };
    let text = text.trim();
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let number = number.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let read = match (number, unit) {
        (Some(n), "deg") if n.abs() <= 120.0 => Some((Extent::Deg(n), n)),
        (Some(n), "px") if n.abs() <= 20_000.0 => Some((Extent::Px(n), n)),
        (Some(n), "%") if n.abs() <= 1000.0 => Some((Extent::Share(n / 100.0), n)),
        _ => None,
    };
    if read.is_none() {
        let message = format!("is \"{}\"", short(text));
        let limits = "at most 120deg, 20000px or 1000%; decimals with a dot, no space within";
        value.wrong(&message, EXPECTED, limits);
    }
    read
}

/// The colour of a key.
pub fn color(table: &Table<'_>, key: &str) -> Option<Rgb> {
    let value = table.get(key)?;
    let Some(text) = value.as_str() else {
        value.mistyped("a colour in quotes", "\"#808080\"");
        return None;
    };
    let named = COLORS.iter().find(|(name, _)| *name == text).map(|(_, rgb)| Rgb(*rgb));
    let read = named.or_else(|| hex(text));
    if read.is_none() {
        let expected = match nearest(text, COLORS.iter().map(|(name, _)| *name)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "a colour such as \"#808080\"".into(),
        };
        let names: Vec<&str> = COLORS.iter().map(|(name, _)| *name).collect();
        let remedy =
            format!("write six hexadecimal digits after #, or one of {}", names.join(", "));
        value.wrong(&format!("is \"{}\"", short(text)), expected, remedy);
    }
    read
}

fn hex(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#')?;
    if digits.len() != 6 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    let n = u32::from_str_radix(digits, 16).ok()?;
    let [_, r, g, b] = n.to_be_bytes();
    Some(Rgb([r, g, b]))
}
