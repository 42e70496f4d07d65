//! How lengths become pixels on one screen: the few numbers that the journal keeps of it, so that a click can be
//! understood again.

use super::Extent;
use serde::{Deserialize, Serialize};

/// What turns lengths into pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lengths {
    /// Width and height of the visible part of the screen, in pixels.
    pub visible_px: [f64; 2],
    pub pixels_per_metre: f64,
    /// From eye to screen.
    pub distance_m: f64,
}

impl Lengths {
    /// Pixels of a size that is looked at straight: degrees `a` are `2 d tan(a / 2)`.
    pub fn length(&self, extent: Extent) -> f64 {
        self.pixels(extent, |a| 2.0 * (a / 2.0).tan())
    }

    /// Pixels of a distance from the middle, which lies on the line of sight: degrees `a` are `d tan(a)`.
    pub fn offset(&self, extent: Extent) -> f64 {
        self.pixels(extent, f64::tan)
    }

    fn pixels(&self, extent: Extent, on_unit_distance: impl Fn(f64) -> f64) -> f64 {
        match extent {
            Extent::Deg(a) => {
                on_unit_distance(a.to_radians()) * self.distance_m * self.pixels_per_metre
            }
            Extent::Px(p) => p,
            Extent::Share(s) => s * self.visible_px[1],
        }
    }
}
