//! What a screen shows, as data: a list of elements with symbolic sizes, pictures named by stimulus id.
//! It knows no pixel, no texture and no font; the presenter lays it out for the rig at hand.

use super::time::Nanos;
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
    /// What it is.
    pub kind: ElementKind,
}

/// The kinds of element that a scene can hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElementKind {
    /// A picture from the stimulus table.
    Picture { stimulus: StimulusId, size: PictureSize },
    /// Lines of text, centred; `height` is that of a line of text, `wrap` the widest line.
    Text { text: String, height: Extent, wrap: Option<Extent>, color: Rgb },
    /// A fixation cross of this size, with arms this thick.
    Fixation { size: Extent, thickness: Extent, color: Rgb },
    /// A filled rectangle.
    Rect { width: Extent, height: Extent, color: Rgb },
    /// A visual analogue scale with its marker.
    Scale(ScaleView),
}

/// A visual analogue scale as it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScaleView {
    /// The question above the line.
    pub question: String,
    /// The words under the ends (and, where given, the middle) of the line, from left to right.
    pub anchors: Vec<String>,
    /// Length of the line.
    pub width: Extent,
    /// Height of a line of its text.
    pub text_height: Extent,
    /// Colour of line and text.
    pub color: Rgb,
    /// Where the marker is, and how it moves.
    pub marker: Marker,
    /// True once the person has confirmed: the marker is drawn filled.
    pub confirmed: bool,
    /// When the time is up, and for how long before that whole seconds are counted down.
    pub countdown: Option<Countdown>,
}

/// A countdown in whole seconds, shown from `end - last` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Countdown {
    pub end: Nanos,
    pub last: Nanos,
}

impl Countdown {
    /// The number to show at instant `t`: whole seconds left, rounded up; none before it starts.
    pub fn at(&self, t: Nanos) -> Option<u32> {
        let left = self.end - t;
        (left <= self.last).then(|| (left.0.max(0) as u64).div_ceil(1_000_000_000) as u32)
    }
}

/// The marker of a scale: a position from 0 (left end) to 1 (right end), and its motion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marker {
    At(f64),
    Moving(Motion),
}

impl Marker {
    /// Position (0 to 1) at the instant `t`.
    pub fn at(&self, t: Nanos) -> f64 {
        match self {
            Marker::At(p) => *p,
            Marker::Moving(m) => m.at(t),
        }
    }
}

/// A held key: the marker waits, then speeds up to its top speed. Positions are shares of the scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// Position when the motion was begun.
    pub from: f64,
    /// When it was begun.
    pub since: Nanos,
    /// -1 to the left, 1 to the right.
    pub direction: f64,
    /// How long the key must be held before the marker glides.
    pub delay: Nanos,
    /// Speed at which it begins to glide, in scales per second.
    pub speed: f64,
    /// Acceleration, in scales per second squared.
    pub acceleration: f64,
    /// Speed that is not exceeded, in scales per second.
    pub top_speed: f64,
}

impl Motion {
    /// Position (0 to 1) at the instant `t`: from + direction * (v t + a t^2 / 2), the speed capped.
    pub fn at(&self, t: Nanos) -> f64 {
        let s = (t - self.since - self.delay).secs().max(0.0);
        let speeding = if self.acceleration > 0.0 {
            ((self.top_speed - self.speed) / self.acceleration).max(0.0)
        } else {
            0.0
        };
        let a = s.min(speeding);
        let gliding = self.speed * a + 0.5 * self.acceleration * a * a;
        let capped = (s - a) * if self.acceleration > 0.0 { self.top_speed } else { self.speed };
        (self.from + self.direction * (gliding + capped)).clamp(0.0, 1.0)
    }
}

/// A whole screen: the background and what stands on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    pub background: Rgb,
    pub elements: Vec<Element>,
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

    /// Whether it looks different from one instant to another without being replaced.
    pub fn is_moving(&self) -> bool {
        self.elements.iter().any(|e| match &e.kind {
            ElementKind::Scale(s) => matches!(s.marker, Marker::Moving(_)) || s.countdown.is_some(),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Motion {
        Motion {
            from: 0.5,
            since: Nanos::ZERO,
            direction: 1.0,
            delay: Nanos::from_millis(200),
            speed: 0.1,
            acceleration: 0.2,
            top_speed: 0.3,
        }
    }

    #[test]
    fn motion_waits_then_speeds_up_then_is_capped_and_stops_at_the_end() {
        let m = held();
        assert_eq!(m.at(Nanos::from_millis(200)), 0.5);
        assert!((m.at(Nanos::from_secs(1.2)) - 0.7).abs() < 1e-12);
        assert!((m.at(Nanos::from_secs(2.2)) - 1.0).abs() < 1e-12);
        assert_eq!(m.at(Nanos::from_secs(100.0)), 1.0);
        assert_eq!(Motion { direction: -1.0, ..m }.at(Nanos::from_secs(100.0)), 0.0);
    }

    #[test]
    fn motion_without_acceleration_keeps_its_speed() {
        let m = Motion { acceleration: 0.0, ..held() };
        assert!((m.at(Nanos::from_secs(2.2)) - 0.7).abs() < 1e-12);
    }

    #[test]
    fn countdown_rounds_up_and_is_silent_before_its_time() {
        let c = Countdown { end: Nanos::from_secs(10.0), last: Nanos::from_secs(3.0) };
        assert_eq!(c.at(Nanos::from_secs(6.9)), None);
        assert_eq!(c.at(Nanos::from_secs(7.0)), Some(3));
        assert_eq!(c.at(Nanos::from_secs(9.5)), Some(1));
        assert_eq!(c.at(Nanos::from_secs(11.0)), Some(0));
    }
}
