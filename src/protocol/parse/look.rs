//! How elements look: opacity, outlines, and what is done to a picture when it is loaded. It reads keys of an element's table and
//! knows no pixel.

use super::length::{color, extent, needed};
use crate::ground::document::Table;
use crate::ground::recipe::{Flip, Look, Scramble};
use crate::ground::scene::{Rgb, Shape};
use crate::protocol::schema::ElementKindDef;

/// Tiles side by side where a picture is scrambled in blocks.
const BLOCKS: u32 = 16;
const MOST_BLOCKS: u32 = 256;

/// The opacity of an element.
pub fn opacity(t: &Table<'_>) -> f64 {
    let Some(value) = t.get("opacity") else { return 1.0 };
    let Some(opacity) = value.number(0.0, 1.0) else { return 1.0 };
    if opacity == 0.0 {
        let remedy = "leave the element out where it is not to be seen";
        value.wrong("is 0, which shows nothing", "a number above 0, at most 1", remedy);
        return 1.0;
    }
    opacity
}

/// A rectangle.
pub fn rect(t: &Table<'_>) -> Option<ElementKindDef> {
    Some(ElementKindDef::Rect(shape(t)))
}

/// An ellipse.
pub fn ellipse(t: &Table<'_>) -> Option<ElementKindDef> {
    Some(ElementKindDef::Ellipse(shape(t)))
}

fn shape(t: &Table<'_>) -> Shape {
    if !t.has("color") {
        t.missing("color", "a colour", "color = \"#404040\"");
    }
    Shape {
        width: needed(t, "width"),
        height: needed(t, "height"),
        color: color(t, "color").unwrap_or(Rgb::BLACK),
        stroke: extent(t, "stroke"),
    }
}

/// What is done to a picture when it is loaded.
pub fn look(t: &Table<'_>) -> Look {
    let flips = [("h", Flip::H), ("v", Flip::V), ("both", Flip::Both)];
    Look {
        flip: t.get("flip").and_then(|v| v.word(&flips)),
        crop: crop(t),
        tint: color(t, "tint"),
        scramble: scramble(t),
    }
}

fn crop(t: &Table<'_>) -> Option<[f64; 4]> {
    let value = t.get("crop")?;
    let cut: [f64; 4] = value.numbers(0.0, 1.0, "[0.1, 0, 0.1, 0]")?;
    let [left, top, right, bottom] = cut;
    for (sum, sides) in [(left + right, "left and right"), (top + bottom, "top and bottom")] {
        if sum >= 1.0 {
            let message = format!("leaves nothing between {sides}");
            let remedy = "write the shares that are cut off at the left, top, right and bottom, such as [0.1, 0, 0.1, 0]";
            value.wrong(&message, "less than 1 from both sides together", remedy);
            return None;
        }
    }
    (cut != [0.0; 4]).then_some(cut)
}

fn scramble(t: &Table<'_>) -> Option<Scramble> {
    let blocks = t.count("blocks", 2, MOST_BLOCKS).unwrap_or(BLOCKS);
    let kinds = [
        ("phase", Scramble::Phase),
        ("blocks", Scramble::Blocks(blocks)),
        ("pixels", Scramble::Pixels),
    ];
    let scramble = t.get("scramble").and_then(|v| v.word(&kinds));
    let needless =
        !t.has("scramble") || matches!(scramble, Some(Scramble::Phase | Scramble::Pixels));
    if let Some(value) = t.get("blocks").filter(|_| needless) {
        let remedy = "add `scramble = \"blocks\"`, or leave `blocks` out";
        value.wrong("has no effect", "`scramble = \"blocks\"` beside it", remedy);
    }
    scramble
}
