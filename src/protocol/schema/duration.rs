//! How long a phase lasts.

use super::Template;

/// How long a phase lasts.
#[derive(Clone, Debug, PartialEq)]
pub enum DurationDef {
    Seconds(f64),
    /// Seconds that a text comes to, by its variables.
    SecondsOf(Template),
    /// Screen refreshes: of any screen, or of one with the rate `at` in hertz, so that they stand for a time.
    Frames {
        frames: Template,
        at: Option<f64>,
    },
    /// Drawn at random.
    Jitter(Jitter),
    /// Until one of these meanings is pressed, but no longer than `at_most` seconds. What follows begins a new segment.
    UntilResponse {
        keys: Vec<String>,
        at_most: Option<f64>,
    },
    /// Until the first counted pulse of the scanner. What follows begins a new segment.
    UntilTrigger,
    /// Until so many further volumes of the scanner have begun. What follows begins a new segment.
    UntilVolume(u32),
}

/// Durations that are drawn, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Jitter {
    pub from: Spread,
    /// What all of them in a run add up to, where that is given.
    pub total: Option<f64>,
    /// Durations are whole multiples of this, where given.
    pub step: Option<f64>,
}

/// What durations are drawn from.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// One of these; each used equally often where the phase comes that often.
    Choose(Vec<f64>),
    /// Uniformly between two values.
    Uniform(f64, f64),
    /// Exponentially from the first value on, cut off at the second; `mean` is the mean of what is drawn.
    Exponential { from: f64, to: f64, mean: f64 },
}

impl Spread {
    /// The shortest and the longest that can come.
    pub fn bounds(&self) -> (f64, f64) {
        match self {
            Spread::Choose(all) => {
                let least = all.iter().copied().fold(f64::INFINITY, f64::min);
                (least, all.iter().copied().fold(0.0, f64::max))
            }
            Spread::Uniform(from, to) | Spread::Exponential { from, to, .. } => (*from, *to),
        }
    }
}

impl DurationDef {
    /// Whether it is a page: a key ends it.
    pub fn is_page(&self) -> bool {
        matches!(self, DurationDef::UntilResponse { .. })
    }
}
