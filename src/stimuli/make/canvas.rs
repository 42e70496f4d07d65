//! A small rasteriser: filled and stroked shapes on an opaque picture, edges smoothed by coverage.
//! It knows geometry and colours; it does not know what a shape is meant to be.

use image::RgbImage;

/// A point: pixels right and down from the top left.
pub type Point = (f64, f64);

/// Rows of samples within one row of pixels; along a row coverage is exact.
const SUBROWS: usize = 8;

/// Steps from an uncovered to a covered pixel: enough for the eye, and few enough for small files.
const EDGE_STEPS: f64 = 8.0;

/// A colour that is laid over what is there, more or less densely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    rgb: [f64; 3],
    density: f64,
}

impl Ink {
    /// The opaque colour `0xRRGGBB`.
    pub const fn new(hex: u32) -> Ink {
        let [_, r, g, b] = hex.to_be_bytes();
        Ink { rgb: [r as f64, g as f64, b as f64], density: 1.0 }
    }

    /// The same colour, seen through: 0 is nothing, 1 hides what is below.
    pub fn thin(self, density: f64) -> Ink {
        Ink { density, ..self }
    }

    /// The colour a share of the way to another.
    pub fn towards(self, other: Ink, share: f64) -> Ink {
        let mix = |i: usize| self.rgb[i] + share * (other.rgb[i] - self.rgb[i]);
        Ink { rgb: [mix(0), mix(1), mix(2)], density: self.density }
    }

    fn over(self, below: u8, channel: usize, coverage: f64) -> u8 {
        let share = self.density * coverage;
        let value = f64::from(below) * (1.0 - share) + self.rgb[channel] * share;
        value.round().clamp(0.0, 255.0) as u8
    }
}

/// A change of place, size and direction: turn by the unit vector, scale, mirror, move.
#[derive(Clone, Copy, Debug)]
pub struct Placing {
    /// What stays where it is, before moving.
    pub pivot: Point,
    pub scale: f64,
    pub mirrored: bool,
    pub moved: Point,
}

impl Placing {
    /// Where a point comes to lie.
    pub fn of(&self, (x, y): Point) -> Point {
        let side = if self.mirrored { -self.scale } else { self.scale };
        let dx = (x - self.pivot.0) * side;
        let dy = (y - self.pivot.1) * self.scale;
        (self.pivot.0 + dx + self.moved.0, self.pivot.1 + dy + self.moved.1)
    }
}

/// A picture that is being drawn.
#[derive(Debug)]
pub struct Canvas {
    picture: RgbImage,
    placing: Option<Placing>,
}

impl Canvas {
    /// A canvas that is white all over.
    pub fn new(width: u32, height: u32) -> Canvas {
        let white = image::Rgb([255; 3]);
        Canvas { picture: RgbImage::from_pixel(width, height, white), placing: None }
    }

    /// From now on shapes are placed so; `None` takes coordinates as they are.
    pub fn place(&mut self, placing: Option<Placing>) {
        self.placing = placing;
    }

    /// The finished picture.
    pub fn into_picture(self) -> RgbImage {
        self.picture
    }

    /// Fills what any of the outlines encloses.
    pub fn fill(&mut self, ink: Ink, outlines: &[Vec<Point>]) {
        let placed: Vec<Vec<Point>> = outlines
            .iter()
            .map(|o| match self.placing {
                Some(p) => o.iter().map(|&point| p.of(point)).collect(),
                None => o.clone(),
            })
            .collect();
        let size = self.picture.dimensions();
        rasterise(&placed, size, |x, y, share| {
            let pixel = self.picture.get_pixel_mut(x, y);
            for (channel, value) in pixel.0.iter_mut().enumerate() {
                *value = ink.over(*value, channel, in_steps(share));
            }
        });
    }

    /// Fills the whole width between two heights with a gradient from top to bottom.
    pub fn band(&mut self, top: (f64, Ink), bottom: (f64, Ink)) {
        let from = top.0.max(0.0) as u32;
        let to = (bottom.0.max(0.0) as u32).min(self.picture.height());
        for row in from..to {
            let share = (f64::from(row) - top.0) / (bottom.0 - top.0);
            let ink = top.1.towards(bottom.1, share);
            for x in 0..self.picture.width() {
                let pixel = self.picture.get_pixel_mut(x, row);
                for (channel, value) in pixel.0.iter_mut().enumerate() {
                    *value = ink.over(*value, channel, 1.0);
                }
            }
        }
    }
}

/// Calls `each` with column, row and covered share, for every pixel of a picture of this size that any of the
/// outlines covers.
pub fn rasterise(outlines: &[Vec<Point>], size: (u32, u32), mut each: impl FnMut(u32, u32, f64)) {
    let rows = outlines.iter().flatten().map(|p| p.1);
    let (low, high) = rows.fold((f64::MAX, f64::MIN), |(a, b), y| (a.min(y), b.max(y)));
    let first = low.floor().max(0.0) as u32;
    let last = high.ceil().clamp(0.0, f64::from(size.1)) as u32;
    let mut coverage = vec![0.0; size.0 as usize];
    for row in first..last {
        coverage.fill(0.0);
        for sub in 0..SUBROWS {
            let y = f64::from(row) + (sub as f64 + 0.5) / SUBROWS as f64;
            for (from, to) in spans(outlines, y) {
                cover(&mut coverage, from, to);
            }
        }
        for (x, share) in coverage.iter().enumerate().filter(|(_, c)| **c > 0.0) {
            each(x as u32, row, *share);
        }
    }
}

/// Where a line at height `y` lies inside: from and to, in order, by the non-zero rule.
fn spans(outlines: &[Vec<Point>], y: f64) -> Vec<(f64, f64)> {
    let mut crossings: Vec<(f64, i32)> = Vec::new();
    for outline in outlines {
        let next = outline.iter().cycle().skip(1);
        for (&(x0, y0), &(x1, y1)) in outline.iter().zip(next) {
            if (y0 <= y) != (y1 <= y) {
                let x = x0 + (y - y0) / (y1 - y0) * (x1 - x0);
                crossings.push((x, if y1 > y0 { 1 } else { -1 }));
            }
        }
    }
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut found = Vec::new();
    let (mut winding, mut from) = (0, 0.0);
    for (x, turn) in crossings {
        if winding == 0 {
            from = x;
        }
        winding += turn;
        if winding == 0 {
            found.push((from, x));
        }
    }
    found
}

/// Adds one sample row's span to the coverage of the pixels that it crosses.
fn cover(coverage: &mut [f64], from: f64, to: f64) {
    let (from, to) = (from.max(0.0), to.min(coverage.len() as f64));
    let mut x = from;
    while x < to {
        let end = (x.floor() + 1.0).min(to);
        coverage[x as usize] += (end - x) / SUBROWS as f64;
        x = end;
    }
}

fn in_steps(coverage: f64) -> f64 {
    (coverage.min(1.0) * EDGE_STEPS).round() / EDGE_STEPS
}

/// The outline of an ellipse around a centre.
pub fn ellipse((cx, cy): Point, rx: f64, ry: f64) -> Vec<Point> {
    let turn = |i: u32| f64::from(i) / 64.0 * std::f64::consts::TAU;
    (0..64).map(|i| (cx + rx * turn(i).cos(), cy + ry * turn(i).sin())).collect()
}

/// A smooth line through all the points (Catmull-Rom), as a series of short straight ones.
pub fn smooth(points: &[Point]) -> Vec<Point> {
    let at = |i: usize| points[i.min(points.len() - 1)];
    let mut line = Vec::new();
    for i in 0..points.len() - 1 {
        let (a, b, c, d) = (at(i.saturating_sub(1)), at(i), at(i + 1), at(i + 2));
        let blend = |p: f64, q: f64, r: f64, s: f64, t: f64| {
            let (t2, t3) = (t * t, t * t * t);
            0.5 * (2.0 * q + (r - p) * t + (2.0 * p - 5.0 * q + 4.0 * r - s) * t2)
                + 0.5 * (3.0 * q - p - 3.0 * r + s) * t3
        };
        for step in 0..12 {
            let t = f64::from(step) / 12.0;
            line.push((blend(a.0, b.0, c.0, d.0, t), blend(a.1, b.1, c.1, d.1, t)));
        }
    }
    line.push(points[points.len() - 1]);
    line
}

/// The outlines of a line of this width, with round joins and ends. Widths go evenly from `first` to `last`.
pub fn stroke(points: &[Point], first: f64, last: f64) -> Vec<Vec<Point>> {
    let steps = (points.len().max(2) - 1) as f64;
    let half = |i: usize| 0.5 * (first + (last - first) * i as f64 / steps);
    let mut outlines: Vec<Vec<Point>> =
        points.iter().enumerate().map(|(i, &p)| ellipse(p, half(i), half(i))).collect();
    for (i, pair) in points.windows(2).enumerate() {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let length = (x1 - x0).hypot(y1 - y0);
        if length > 0.0 {
            let (nx, ny) = ((y1 - y0) / length, (x0 - x1) / length);
            let (a, b) = (half(i), half(i + 1));
            // The same sense of rotation as the joins, so that overlaps add up instead of cancelling.
            outlines.push(vec![
                (x0 + nx * a, y0 + ny * a),
                (x1 + nx * b, y1 + ny * b),
                (x1 - nx * b, y1 - ny * b),
                (x0 - nx * a, y0 - ny * a),
            ]);
        }
    }
    outlines
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Ink = Ink::new(0);

    fn level(c: &Canvas, x: u32, y: u32) -> u8 {
        c.picture.get_pixel(x, y).0[0]
    }

    #[test]
    fn half_covered_pixels_are_half_as_dark() {
        let mut c = Canvas::new(4, 4);
        c.fill(BLACK, &[vec![(1.5, 1.0), (3.0, 1.0), (3.0, 2.5), (1.5, 2.5)]]);
        assert_eq!((level(&c, 0, 1), level(&c, 1, 1), level(&c, 2, 1)), (255, 128, 0));
        assert_eq!((level(&c, 2, 2), level(&c, 2, 3)), (128, 255));
    }

    #[test]
    fn strokes_have_no_holes_where_their_parts_overlap() {
        let mut c = Canvas::new(40, 40);
        c.fill(BLACK, &stroke(&[(5.0, 20.0), (20.0, 20.0), (20.0, 35.0), (8.0, 30.0)], 6.0, 6.0));
        for (x, y) in [(6, 20), (19, 19), (20, 20), (20, 30), (18, 33), (10, 30)] {
            assert_eq!(level(&c, x, y), 0, "at {x}, {y}");
        }
    }

    #[test]
    fn shapes_that_reach_beyond_the_picture_are_cut_at_its_edge() {
        let mut c = Canvas::new(4, 4);
        c.fill(BLACK, &[ellipse((2.0, 2.0), 50.0, 50.0)]);
        assert!(c.into_picture().pixels().all(|p| p.0 == [0; 3]));
    }

    #[test]
    fn smooth_lines_pass_through_their_points() {
        let points = [(0.0, 0.0), (10.0, 5.0), (20.0, -5.0), (30.0, 0.0)];
        let line = smooth(&points);
        assert!(points.iter().all(|p| line.contains(p)), "{line:?}");
    }
}
