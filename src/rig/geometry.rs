//! From degrees, shares and metres to pixels, for one screen of one rig. It knows the rig's screen and the
//! number of pixels; what stands on the screen is not its business.

use super::schema::{Screen, Transform};
use crate::ground::scene::{Extent, Lengths};

/// A rectangle in pixels, from the top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PxRect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl PxRect {
    /// Horizontal middle.
    pub fn center_x(&self) -> f64 {
        self.x + self.w / 2.0
    }

    /// Vertical middle.
    pub fn center_y(&self) -> f64 {
        self.y + self.h / 2.0
    }
}

/// How lengths become pixels on one screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    pub width_px: u32,
    pub height_px: u32,
    pub transform: Transform,
    /// The visible part, upright as the participant sees it.
    pub visible: PxRect,
    pub lengths: Lengths,
}

impl Geometry {
    /// The geometry of the rig's screen with so many pixels. A window stands for the whole screen, so that a
    /// dry run looks like the run itself, only smaller.
    pub fn new(screen: &Screen, width_px: u32, height_px: u32) -> Geometry {
        let (w, h) = (f64::from(width_px), f64::from(height_px));
        let [mut left, mut top, vw, vh] = screen.visible;
        // `visible` is written down for the screen itself; scenes are laid out upright and turned afterwards.
        if matches!(screen.transform, Transform::FlipH | Transform::Rotate180) {
            left = 1.0 - left - vw;
        }
        if matches!(screen.transform, Transform::FlipV | Transform::Rotate180) {
            top = 1.0 - top - vh;
        }
        Geometry {
            width_px,
            height_px,
            transform: screen.transform,
            visible: PxRect { x: left * w, y: top * h, w: vw * w, h: vh * h },
            lengths: Lengths {
                visible_px: [vw * w, vh * h],
                // One density for both directions keeps circles round where window and screen differ in shape;
                // the smaller one keeps everything on the screen.
                pixels_per_metre: (w / screen.size_m[0]).min(h / screen.size_m[1]),
                distance_m: screen.distance_m,
            },
        }
    }

    /// Pixels of a size that is looked at straight: degrees `a` are `2 d tan(a / 2)`.
    pub fn length(&self, extent: Extent) -> f64 {
        self.lengths.length(extent)
    }

    /// Pixels of a distance from the middle, which lies on the line of sight: degrees `a` are `d tan(a)`.
    pub fn offset(&self, extent: Extent) -> f64 {
        self.lengths.offset(extent)
    }

    /// A pixel of the screen (from its top left), as the participant sees it: right of the middle of the visible part
    /// of the upright scene, and above it.
    pub fn upright(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (w, h) = (f64::from(self.width_px), f64::from(self.height_px));
        let x = if matches!(self.transform, Transform::FlipH | Transform::Rotate180) {
            w - x
        } else {
            x
        };
        let y = if matches!(self.transform, Transform::FlipV | Transform::Rotate180) {
            h - y
        } else {
            y
        };
        [x - self.visible.center_x(), self.visible.center_y() - y]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen() -> Screen {
        Screen { size_m: [0.5, 0.25], distance_m: 0.5, ..Screen::default() }
    }

    #[test]
    fn degrees_follow_the_screen_and_the_distance() {
        let g = Geometry::new(&screen(), 2000, 1000);
        // 90 degrees at 0.5 m are 2 * 0.5 * tan 45 = 1 m, at 4000 px/m.
        assert!((g.length(Extent::Deg(90.0)) - 4000.0).abs() < 1e-9);
        // A position at 45 degrees lies at half of that.
        assert!((g.offset(Extent::Deg(45.0)) - 2000.0).abs() < 1e-9);
        assert!((g.offset(Extent::Deg(-45.0)) + 2000.0).abs() < 1e-9);
        assert_eq!(g.length(Extent::Px(7.5)), 7.5);
    }

    #[test]
    fn shares_are_of_the_visible_height() {
        let s = Screen { visible: [0.0, 0.2, 1.0, 0.5], ..screen() };
        let g = Geometry::new(&s, 2000, 1000);
        assert_eq!(g.length(Extent::Share(0.5)), 250.0);
        assert_eq!(g.visible, PxRect { x: 0.0, y: 200.0, w: 2000.0, h: 500.0 });
    }

    #[test]
    fn the_visible_part_turns_with_the_screen() {
        let s =
            Screen { visible: [0.25, 0.0, 0.5, 0.75], transform: Transform::Rotate180, ..screen() };
        let g = Geometry::new(&s, 400, 400);
        assert_eq!(g.visible, PxRect { x: 100.0, y: 100.0, w: 200.0, h: 300.0 });
    }

    #[test]
    fn a_window_of_another_shape_keeps_circles_round() {
        let g = Geometry::new(&screen(), 1000, 1000);
        assert!((g.length(Extent::Deg(90.0)) - 2000.0).abs() < 1e-9);
    }
}
