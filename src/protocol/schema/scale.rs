//! Rating scales, as a protocol describes them.

use super::Template;
use crate::ground::scene::{Extent, Figures, Rgb};

/// A rating scale.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleDef {
    pub kind: ScaleKindDef,
    pub question: Template,
    /// Value at the left end.
    pub left: f64,
    /// Value at the right end; below `left` for a scale that runs backwards.
    pub right: f64,
    /// Words under the line from left to right: none, two, or three with one for the middle.
    pub anchors: Vec<Template>,
    /// Where this comes out as `yes` the scale stands on the screen the other way round: labels, anchors, figures and ends are
    /// exchanged, and a value means the same as ever.
    pub reverse: Option<Template>,
    /// What a higher value means: `more_distress`, `less_distress`, or a word of one's own.
    pub higher_means: String,
    pub unit: Option<String>,
    pub start: ScaleStart,
    /// Meanings of the keys that move left, move right and confirm.
    pub keys: ScaleKeys,
    /// One press moves the marker this far (share of the scale); with points it is one point.
    pub step: f64,
    pub hold: Hold,
    /// With points: seconds from one step to the next while a key is held.
    pub repeat: f64,
    /// Whether a mouse or trackball moves it, where the rig has one.
    pub pointer: bool,
    /// Rated while other things are shown; it goes on through consecutive phases that show it.
    pub continuous: bool,
    /// Its marker sets how loud all sounds are from then on: -40 dB at the left end, full at the right end.
    pub volume: bool,
    /// The last seconds are counted down, where given.
    pub countdown: Option<f64>,
    pub width: Extent,
    pub text_height: Extent,
    pub color: Option<Rgb>,
}

/// The kinds of scale.
#[derive(Clone, Debug, PartialEq)]
pub enum ScaleKindDef {
    /// Visual analogue scale: a line.
    Vas,
    /// Likert scale: a row of points, each with its label (which may be empty), from left to right.
    Likert { labels: Vec<Template> },
    /// Self-assessment manikin: drawn figures, with points under and between them.
    Sam { figures: Figures, points: u32 },
}

impl ScaleKindDef {
    /// How many points it has; none for a line.
    pub fn points(&self) -> Option<u32> {
        match self {
            ScaleKindDef::Vas => None,
            ScaleKindDef::Likert { labels } => Some(labels.len() as u32),
            ScaleKindDef::Sam { points, .. } => Some(*points),
        }
    }
}

/// Where the marker begins, as a share of the scale from the left; with points, on the nearest of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScaleStart {
    At(f64),
    /// Uniformly at random between two shares.
    Random(f64, f64),
}

/// Meanings of the keys of a scale. Without `confirm` the rating ends with the phase alone; where `left` or `right` is
/// empty, which needs `pick`, no key moves the marker that way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleKeys {
    pub left: String,
    pub right: String,
    pub confirm: Option<String>,
    /// With points: the keys that choose a point at once, from the left; empty, or one for each point.
    pub pick: Vec<String>,
    /// Such a key confirms as well.
    pub pick_confirms: bool,
}

/// A held key: after `delay` seconds the marker glides, from `speed` with `acceleration` up to `top_speed`
/// (scales per second).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hold {
    pub delay: f64,
    pub speed: f64,
    pub acceleration: f64,
    pub top_speed: f64,
}
