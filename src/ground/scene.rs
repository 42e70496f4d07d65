//! What a screen shows, as data: a list of elements with symbolic sizes, pictures named by stimulus id.
//! It knows no pixel, no texture and no font; the presenter lays it out for the rig at hand.

mod lengths;
mod marker;
mod scale;

pub use lengths::Lengths;
pub use marker::{Countdown, Marker, Motion, Steps};
pub use scale::{Figures, ScaleLook, ScaleView, Track};

use serde::{Deserialize, Serialize};

/// The name of a picture in the stimulus table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StimulusId(pub String);

impl std::fmt::Display for StimulusId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An opaque colour in sRGB, as on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// Black.
    pub const BLACK: Rgb = Rgb([0, 0, 0]);
    /// White.
    pub const WHITE: Rgb = Rgb([255, 255, 255]);
    /// The middle grey of an sRGB screen (value 128).
    pub const GREY: Rgb = Rgb([128, 128, 128]);
}

/// A length on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Degrees of visual angle, by the rig's screen size and distance.
    Deg(f64),
    /// Physical pixels.
    Px(f64),
    /// A share (0 to 1) of the height of the visible part of the screen.
    Share(f64),
}

/// How large a picture is drawn; its shape is never changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureSize {
    /// As large as the visible part of the screen allows.
    Fit,
    /// One picture pixel to one screen pixel.
    Native,
    /// This high; the width follows.
    Height(Extent),
}

/// Where on the depth axis and the screen an element stands. Higher depth is nearer to the viewer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// A name, unique in its scene.
    pub id: String,
    /// Centre of the element, right of the middle of the visible part of the screen.
    pub x: Extent,
    /// Centre of the element, above the middle of the visible part of the screen.
    pub y: Extent,
    /// Drawing order: lower is drawn first.
    pub depth: i32,
    /// How much of what is behind it is covered, above 0 to 1, in linear light. A scale has 1.
    #[serde(default = "opaque", skip_serializing_if = "is_opaque")]
    pub opacity: f64,
    /// What it is.
    pub kind: ElementKind,
}

/// What covers all that is behind it.
fn opaque() -> f64 {
    1.0
}

fn is_opaque(opacity: &f64) -> bool {
    *opacity == opaque()
}

/// A filled shape, or its outline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    pub width: Extent,
    pub height: Extent,
    pub color: Rgb,
    /// How thick the outline is, which lies within width and height; none for a filled shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Extent>,
}

/// The kinds of element that a scene can hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElementKind {
    /// A picture from the stimulus table.
    Picture {
        stimulus: StimulusId,
        size: PictureSize,
    },
    /// Lines of text, centred; `height` is that of a line of text, `wrap` the widest line.
    Text {
        text: String,
        height: Extent,
        wrap: Option<Extent>,
        color: Rgb,
    },
    /// A fixation cross of this size, with arms this thick.
    Fixation {
        size: Extent,
        thickness: Extent,
        color: Rgb,
    },
    Rect(Shape),
    /// A circle where width and height are equal.
    Ellipse(Shape),
    /// A rating scale with its marker.
    Scale(ScaleView),
}

/// A whole screen: the background and what stands on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    pub background: Rgb,
    pub elements: Vec<Element>,
}

impl Element {
    /// The scale that it is, if it is one.
    pub fn scale(&self) -> Option<&ScaleView> {
        match &self.kind {
            ElementKind::Scale(view) => Some(view),
            _ => None,
        }
    }
}

impl Scene {
    /// An empty screen of one colour.
    pub fn blank(background: Rgb) -> Scene {
        Scene { background, elements: Vec::new() }
    }

    /// The pictures it needs, in drawing order.
    pub fn pictures(&self) -> impl Iterator<Item = &StimulusId> {
        self.elements.iter().filter_map(|e| match &e.kind {
            ElementKind::Picture { stimulus, .. } => Some(stimulus),
            _ => None,
        })
    }

    /// The scale it shows, if any.
    pub fn scale_mut(&mut self) -> Option<&mut ScaleView> {
        self.elements.iter_mut().find_map(|e| match &mut e.kind {
            ElementKind::Scale(s) => Some(s),
            _ => None,
        })
    }

    /// Whether another scene shows the same but for what moves in a scale: marker, countdown and confirmation.
    pub fn is_like(&self, other: &Scene) -> bool {
        let alike = |(a, b): (&Element, &Element)| match (a.scale(), b.scale()) {
            (Some(v), Some(w)) => {
                a.id == b.id
                    && (a.x, a.y, a.depth) == (b.x, b.y, b.depth)
                    && (&v.look, &v.question, &v.anchors) == (&w.look, &w.question, &w.anchors)
                    && (v.width, v.text_height, v.color) == (w.width, w.text_height, w.color)
            }
            _ => a == b,
        };
        self.background == other.background
            && self.elements.len() == other.elements.len()
            && self.elements.iter().zip(&other.elements).all(alike)
    }

    /// Whether it looks different from one instant to another without being replaced.
    pub fn is_moving(&self) -> bool {
        self.elements.iter().any(|e| match &e.kind {
            ElementKind::Scale(s) => !matches!(s.marker, Marker::At(_)) || s.countdown.is_some(),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::Nanos;

    fn scene(change: impl Fn(&mut Element, &mut ScaleView)) -> Scene {
        let mut view = ScaleView {
            look: ScaleLook::Points { labels: vec!["a".into(), "b".into()] },
            question: "q".into(),
            anchors: Vec::new(),
            width: Extent::Px(100.0),
            text_height: Extent::Px(10.0),
            color: Rgb::WHITE,
            marker: Marker::At(0.0),
            confirmed: false,
            countdown: None,
        };
        let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
        let shape = Shape { width: x, height: y, color: Rgb::BLACK, stroke: None };
        let kind = ElementKind::Rect(shape);
        let mut element = Element { id: "e".into(), x, y, depth: 0, opacity: 1.0, kind };
        change(&mut element, &mut view);
        element.kind = ElementKind::Scale(view);
        Scene { background: Rgb::GREY, elements: vec![element] }
    }

    #[test]
    fn scenes_are_alike_where_only_what_moves_in_a_scale_differs() {
        let plain = scene(|_, _| {});
        let countdown = Countdown { end: Nanos::ZERO, last: Nanos::ZERO };
        assert!(plain.is_like(&scene(|_, v| v.marker = Marker::At(0.7))));
        assert!(plain.is_like(&scene(|_, v| v.confirmed = true)));
        assert!(plain.is_like(&scene(|_, v| v.countdown = Some(countdown))));
        for other in [
            scene(|e, _| e.id = "f".into()),
            scene(|e, _| e.x = Extent::Px(1.0)),
            scene(|e, _| e.y = Extent::Px(1.0)),
            scene(|e, _| e.depth = 1),
            scene(|_, v| v.look = ScaleLook::Line),
            scene(|_, v| v.question = "r".into()),
            scene(|_, v| v.anchors.push("a".into())),
            scene(|_, v| v.width = Extent::Px(99.0)),
            scene(|_, v| v.text_height = Extent::Px(9.0)),
            scene(|_, v| v.color = Rgb::BLACK),
            Scene { background: Rgb::BLACK, ..plain.clone() },
            Scene { elements: Vec::new(), ..plain.clone() },
        ] {
            assert!(!plain.is_like(&other), "{other:?}");
        }
    }
}
