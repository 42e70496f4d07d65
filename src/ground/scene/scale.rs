//! A rating scale as it is drawn, and where on the screen its positions lie: the drawing and the hand that points
//! at it must agree.

use super::{Countdown, Element, ElementKind, Extent, Lengths, Marker, Rgb};
use serde::{Deserialize, Serialize};

/// A rating scale as it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScaleView {
    pub look: ScaleLook,
    /// The question above the line.
    pub question: String,
    /// The words under the ends (and, where given, the middle) of the line, from left to right.
    pub anchors: Vec<String>,
    /// Length of the line; for points and figures, of the whole row.
    pub width: Extent,
    /// Height of a line of its text.
    pub text_height: Extent,
    /// Colour of line and text.
    pub color: Rgb,
    /// Where the marker is, and how it moves.
    pub marker: Marker,
    /// True once the person has confirmed: the marker of a line is drawn filled, that of points with a ring around it.
    pub confirmed: bool,
    /// When the time is up, and for how long before that whole seconds are counted down.
    pub countdown: Option<Countdown>,
}

/// What stands where the marker can be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleLook {
    /// A line: the marker can stand anywhere on it.
    Line,
    /// So many points in a row, each with its label (which may be empty), from left to right.
    Points { labels: Vec<String> },
    /// A row of drawn figures (self-assessment manikin), with a point under each of them and between them.
    Figures {
        figures: Figures,
        points: u32,
        /// Drawn from right to left.
        mirrored: bool,
    },
}

impl ScaleLook {
    /// How many points the marker can stand on; none where it can stand anywhere.
    pub fn points(&self) -> Option<u32> {
        match self {
            ScaleLook::Line => None,
            ScaleLook::Points { labels } => Some(labels.len() as u32),
            ScaleLook::Figures { points, .. } => Some(*points),
        }
    }
}

/// What the figures of a self-assessment manikin show (Bradley & Lang 1994), from the left: unpleasant to pleasant,
/// calm to excited, controlled to in control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figures {
    Valence,
    Arousal,
    Dominance,
}

/// Where the positions of a scale lie, in pixels from the middle of the visible part of the upright scene: right and
/// up are positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Track {
    /// Where position 0 and position 1 lie.
    pub from_x: f64,
    pub to_x: f64,
    pub y: f64,
    /// A hand that points so far above or below the line still means the line.
    pub above: f64,
    pub below: f64,
}

impl Track {
    /// The position (0 to 1) that a point on the screen means; none where it is too far from the line.
    pub fn position(&self, [x, y]: [f64; 2]) -> Option<f64> {
        let near = y <= self.y + self.above && y >= self.y - self.below;
        near.then(|| ((x - self.from_x) / (self.to_x - self.from_x)).clamp(0.0, 1.0))
    }
}

impl ScaleView {
    /// Height of a line of its text in pixels.
    pub fn em(&self, lengths: &Lengths) -> f64 {
        lengths.length(self.text_height).max(1.0)
    }

    /// Thickness of its line in pixels.
    pub fn stroke(&self, lengths: &Lengths) -> f64 {
        (self.em(lengths) * 0.1).round().max(2.0)
    }

    /// Side of the square that one figure fills, in pixels; zero where there are none.
    pub fn figure_px(&self, lengths: &Lengths) -> f64 {
        match self.look {
            // Five figures, and an eighth of one between them.
            ScaleLook::Figures { .. } => lengths.length(self.width).max(2.0) / 5.5,
            ScaleLook::Line | ScaleLook::Points { .. } => 0.0,
        }
    }

    /// Where its positions lie if its centre stands at `x`, `y`.
    pub fn track(&self, x: Extent, y: Extent, lengths: &Lengths) -> Track {
        let (x, y) = (lengths.offset(x), lengths.offset(y));
        let (width, em) = (lengths.length(self.width).max(2.0), self.em(lengths));
        let half = match self.look {
            ScaleLook::Line => (width - self.stroke(lengths)) / 2.0,
            ScaleLook::Points { .. } => {
                let points = f64::from(self.look.points().unwrap_or(2).max(2));
                width / 2.0 * (1.0 - 1.0 / points)
            }
            // The outermost figures, which stand above the ends, fill the row.
            ScaleLook::Figures { .. } => (width - self.figure_px(lengths)) / 2.0,
        };
        let reach = em * 2.0;
        Track {
            from_x: x - half,
            to_x: x + half,
            y,
            above: reach + self.figure_px(lengths),
            below: reach,
        }
    }
}

impl Element {
    /// Where the positions of a scale lie; none for anything else.
    pub fn track(&self, lengths: &Lengths) -> Option<Track> {
        match &self.kind {
            ElementKind::Scale(view) => Some(view.track(self.x, self.y, lengths)),
            _ => None,
        }
    }
}
