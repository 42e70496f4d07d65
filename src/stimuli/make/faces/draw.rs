//! A person with an expression becomes a plate: from the back to the front, neck, hair, head, features, hair.
//! It knows where the parts of a face lie and how they move; tones are matched elsewhere.

mod eyes;
mod hair;
mod head;
mod mouth;
mod nose;

use super::person::Person;
use super::plate::{Mask, Plate};
use super::units::Units;
use crate::stimuli::make::canvas::Point;

/// The middle of the face, from the picture's left edge.
const MIDDLE: f64 = 160.0;
/// Height of the eyes in the picture.
const EYES: f64 = 206.0;

/// A person with an expression, and the plate on which both are drawn.
#[derive(Debug)]
struct Sitting<'a> {
    who: &'a Person,
    does: Units,
    plate: Plate,
}

/// Draws the person with these units acting.
pub fn draw(who: &Person, does: Units) -> Plate {
    let mut s = Sitting { who, does, plate: Plate::new() };
    hair::behind(&mut s);
    head::body(&mut s);
    hair::beside(&mut s);
    head::head(&mut s);
    nose::nose(&mut s);
    mouth::mouth(&mut s);
    eyes::eyes(&mut s);
    hair::over(&mut s);
    head::oval(&mut s);
    s.plate
}

impl Sitting<'_> {
    /// A soft line that makes what is there lighter or darker by a share.
    fn soft_line(&mut self, points: &[Point], widths: (f64, f64), soft: f64, by: f64) {
        self.plate.shade(&Mask::line(points, widths.0, widths.1).soft(soft), by);
    }

    /// A soft oval patch that makes what is there lighter or darker by a share.
    fn patch(&mut self, centre: Point, rx: f64, ry: f64, soft: f64, by: f64) {
        self.plate.shade(&Mask::oval(centre, rx, ry).soft(soft), by);
    }

    /// Height of the base of the nose.
    fn nose_y(&self) -> f64 {
        EYES + self.who.nose_length
    }

    /// Height of the line between the lips at rest.
    fn mouth_y(&self) -> f64 {
        self.nose_y() + self.who.lip_height
    }

    /// How far the jaw has dropped.
    fn drop(&self) -> f64 {
        22.0 * self.does.jaw
    }
}

/// Points given from the middle of the face, on one side of it (-1 left, 1 right).
fn on_side<const N: usize>(side: f64, points: [Point; N]) -> [Point; N] {
    points.map(|(x, y)| (MIDDLE + side * x, y))
}

/// An outline that is the same on both sides, from points of the right side, from top to bottom.
fn both_sides(points: &[Point]) -> Vec<Point> {
    let right = points.iter().map(|&(x, y)| (MIDDLE + x, y));
    let left = points.iter().rev().filter(|p| p.0 > 0.0).map(|&(x, y)| (MIDDLE - x, y));
    right.chain(left).collect()
}

/// The same points from left to right.
fn in_order(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    sorted
}
