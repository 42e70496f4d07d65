//! The elements of a phase: texts, pictures, crosses, rectangles, scales.

use super::length::{color, extent, picture_size, position};
use super::look;
use super::words::{LONG_TEXT, cell, name, template};
use crate::ground::document::Table;
use crate::ground::document::keys::Section;
use crate::ground::scene::{Extent, PictureSize};
use crate::protocol::keys;
use crate::protocol::schema::{ElementDef, ElementKindDef, PictureOf, Template};

/// The most elements of one phase.
const MOST: usize = 50;

/// How the keys of a kind of element are read.
type Read = fn(&Table<'_>) -> Option<ElementKindDef>;

/// In the order of [`keys::ELEMENT_KINDS`].
const READ: [Read; 7] = [text, picture, fixation, look::rect, look::ellipse, scale, placeholder];

/// All elements of a phase, in drawing order as written.
pub fn elements(phase: &Table<'_>) -> Vec<ElementDef> {
    let Some(list) = phase.get("elements") else { return Vec::new() };
    let items = list.list(0, MOST, "[{ kind = \"fixation\" }]").unwrap_or_default();
    let mut found: Vec<ElementDef> = Vec::new();
    let mut scales = 0;
    for (i, mut item) in items.into_iter().enumerate() {
        item.what = format!("element {} of {}", i + 1, phase.what);
        let Some(t) = item.table("{ kind = \"fixation\" }") else { continue };
        let Some(mut element) = element(&t, i) else { continue };
        if !t.has("id") {
            element.id = unused(element.id, &found);
        }
        if found.iter().any(|e| e.id == element.id) {
            let message = format!("has the id \"{}\" of another element", element.id);
            item.wrong(&message, "each id once", "add a line such as `id = \"second\"`");
        }
        if matches!(element.kind, ElementKindDef::Scale { .. }) {
            scales += 1;
            if scales == 2 {
                let remedy = "show the second scale in a phase of its own";
                item.wrong("is a second scale", "one rating in a phase", remedy);
            }
        }
        found.push(element);
    }
    found
}

/// The name of a kind, with a number from the second of a phase on.
fn unused(kind: String, found: &[ElementDef]) -> String {
    let taken = |id: &String| found.iter().any(|e| e.id == *id);
    let numbered = (2..).map(|n| format!("{kind}_{n}"));
    std::iter::once(kind.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(kind)
}

fn element(t: &Table<'_>, index: usize) -> Option<ElementDef> {
    let kind = t.need(
        "kind",
        "text, picture, fixation, rect, ellipse, scale or placeholder",
        "kind = \"text\"",
    )?;
    let kinds: Vec<(&str, (&[&Section], Read))> = keys::ELEMENT_KINDS
        .iter()
        .zip(READ)
        .map(|((name, own), read)| (*name, (*own, read)))
        .collect();
    let (own, read) = kind.word(&kinds)?;
    t.allow(&[&[&keys::ELEMENT], own].concat());
    let id = t.get("id").and_then(|v| name(&v));
    let depth = t.get("depth").and_then(|v| v.whole(-1000, 1000));
    Some(ElementDef {
        id: id.or_else(|| kind.as_str().map(str::to_string))?,
        x: position(t, "x"),
        y: position(t, "y"),
        depth: depth.unwrap_or(index as i32),
        opacity: look::opacity(t),
        kind: read(t)?,
    })
}

fn text(t: &Table<'_>) -> Option<ElementKindDef> {
    let words = t.need("text", "the words that are shown", "text = \"ATTEND\"");
    Some(ElementKindDef::Text {
        text: words.and_then(|v| template(&v, LONG_TEXT)).unwrap_or(Template(String::new())),
        height: extent(t, "height").unwrap_or(Extent::Share(0.05)),
        wrap: extent(t, "wrap"),
        color: color(t, "color"),
    })
}

fn picture(t: &Table<'_>) -> Option<ElementKindDef> {
    let size = picture_size(t, "size").unwrap_or(PictureSize::Fit);
    let same = t.flag("same").unwrap_or(false);
    let Some(file) = t.get("file") else {
        let what = "the [pictures.NAME] it is drawn from, or a \"file\"";
        let from = t.need("from", what, "from = \"scene\"")?;
        return Some(ElementKindDef::Picture {
            of: PictureOf::Drawn { from: name(&from)?, same },
            size,
            look: look::look(t),
        });
    };
    if let Some(v) = t.get("from").or_else(|| t.get("same")) {
        let remedy = "leave out the one or the other: a picture is drawn from a source, or named by its file";
        v.wrong("stands beside \"file\"", "one of the two", remedy);
    }
    let file = cell(&file)?;
    Some(ElementKindDef::Picture { of: PictureOf::File(file), size, look: look::look(t) })
}

fn placeholder(t: &Table<'_>) -> Option<ElementKindDef> {
    let label = t.need("label", "what stands in the box", "label = \"a sad face\"");
    Some(ElementKindDef::Placeholder {
        label: label.and_then(|v| template(&v, LONG_TEXT)).unwrap_or_default(),
        height: extent(t, "height").unwrap_or(Extent::Share(0.6)),
    })
}

fn fixation(t: &Table<'_>) -> Option<ElementKindDef> {
    Some(ElementKindDef::Fixation {
        size: extent(t, "size").unwrap_or(Extent::Share(0.04)),
        thickness: extent(t, "thickness").unwrap_or(Extent::Share(0.006)),
        color: color(t, "color"),
    })
}

fn scale(t: &Table<'_>) -> Option<ElementKindDef> {
    let scale = t.need("scale", "the [scale.NAME] that is shown", "scale = \"distress\"");
    Some(ElementKindDef::Scale { scale: scale.and_then(|v| name(&v))? })
}
