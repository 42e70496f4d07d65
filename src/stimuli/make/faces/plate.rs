//! A grey picture in floating point, drawn with soft masks as with an airbrush, on a ground that shows through
//! where nothing was laid. It knows tones and shapes; it does not know what a face is.

use crate::stimuli::make::canvas::{Point, ellipse, rasterise, smooth, stroke};

/// Width and height of every face picture, in pixels.
pub const SIZE: (u32, u32) = (320, 450);
const WIDE: usize = SIZE.0 as usize;
const HIGH: usize = SIZE.1 as usize;

/// Where a shape is, from 0 to 1 a pixel, within the box that encloses it.
#[derive(Clone, Debug)]
pub struct Mask {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    shares: Vec<f64>,
}

impl Mask {
    /// What any of the outlines encloses.
    pub fn of(outlines: &[Vec<Point>]) -> Mask {
        let points = || outlines.iter().flatten();
        let span = |low: f64, high: f64, end: usize| {
            let first = (low.floor().max(0.0) as usize).min(end);
            (first, (high.ceil().max(0.0) as usize).clamp(first, end))
        };
        let least = |of: fn(&Point) -> f64| points().map(of).fold(f64::MAX, f64::min);
        let most = |of: fn(&Point) -> f64| points().map(of).fold(f64::MIN, f64::max);
        let (left, right) = span(least(|p| p.0), most(|p| p.0), WIDE);
        let (top, bottom) = span(least(|p| p.1), most(|p| p.1), HIGH);
        let (width, height) = (right - left, bottom - top);
        let mut mask = Mask { left, top, width, height, shares: vec![0.0; width * height] };
        rasterise(outlines, SIZE, |x, y, share| {
            if let Some(at) = mask.place(x as usize, y as usize) {
                mask.shares[at] = share.min(1.0);
            }
        });
        mask
    }

    /// What a smooth closed outline through the points encloses.
    pub fn blob(points: &[Point]) -> Mask {
        let mut round = points.to_vec();
        round.push(points[0]);
        Mask::of(&[smooth(&round)])
    }

    /// An ellipse around its centre.
    pub fn oval(centre: Point, rx: f64, ry: f64) -> Mask {
        Mask::of(&[ellipse(centre, rx, ry)])
    }

    /// A smooth line through the points, whose width goes from one value to another.
    pub fn line(points: &[Point], first: f64, last: f64) -> Mask {
        Mask::of(&stroke(&smooth(points), first, last))
    }

    /// The same shape with edges that fade over about `radius` pixels to each side.
    pub fn soft(&self, radius: f64) -> Mask {
        // Three box filters come near to a Gaussian whose deviation is about the box's half width.
        let half = (radius / 1.7).round().max(1.0) as usize;
        let pad = half * 3;
        let (left, top) = (self.left.saturating_sub(pad), self.top.saturating_sub(pad));
        let right = (self.left + self.width + pad).min(WIDE);
        let bottom = (self.top + self.height + pad).min(HIGH);
        let (width, height) = (right - left, bottom - top);
        let mut shares = vec![0.0; width * height];
        for y in 0..self.height {
            let to = (self.top + y - top) * width + self.left - left;
            let from = y * self.width;
            shares[to..to + self.width].copy_from_slice(&self.shares[from..from + self.width]);
        }
        let mut line = Vec::new();
        for _ in 0..3 {
            for y in 0..height {
                box_filter(&mut shares, (y * width, 1, width), half, &mut line);
            }
            for x in 0..width {
                box_filter(&mut shares, (x, width, height), half, &mut line);
            }
        }
        Mask { left, top, width, height, shares }
    }

    /// What lies in the other shape too.
    pub fn within(mut self, other: &Mask) -> Mask {
        self.each(|x, y, share| share * other.at(x, y));
        self
    }

    /// What lies outside the other shape.
    pub fn without(mut self, other: &Mask) -> Mask {
        self.each(|x, y, share| share * (1.0 - other.at(x, y)));
        self
    }

    /// The share of a pixel.
    pub fn at(&self, x: usize, y: usize) -> f64 {
        self.place(x, y).map_or(0.0, |at| self.shares[at])
    }

    fn place(&self, x: usize, y: usize) -> Option<usize> {
        let (dx, dy) = (x.checked_sub(self.left)?, y.checked_sub(self.top)?);
        (dx < self.width && dy < self.height).then_some(dy * self.width + dx)
    }

    fn each(&mut self, change: impl Fn(usize, usize, f64) -> f64) {
        for (i, share) in self.shares.iter_mut().enumerate() {
            *share = change(self.left + i % self.width, self.top + i / self.width, *share);
        }
    }
}

/// Replaces `count` values from `first` on, `step` apart, by their means over `half` neighbours to each side.
fn box_filter(
    values: &mut [f64],
    (first, step, count): (usize, usize, usize),
    half: usize,
    line: &mut Vec<f64>,
) {
    line.clear();
    line.extend((0..count).map(|i| values[first + i * step]));
    let size = (2 * half + 1) as f64;
    // Beyond its ends a line goes on as it ends, so that shapes that are cut by the picture's edge stay whole.
    let at = |i: isize| line[i.clamp(0, count as isize - 1) as usize];
    let mut sum: f64 = (-(half as isize)..=half as isize).map(at).sum();
    for i in 0..count {
        values[first + i * step] = sum / size;
        sum += at((i + half + 1) as isize) - at(i as isize - half as isize);
    }
}

/// A picture that is being drawn: tones from 0 (black) to 1 (white) as they are encoded in sRGB, and how much of
/// the ground each pixel hides.
#[derive(Clone, Debug)]
pub struct Plate {
    pub tones: Vec<f64>,
    pub hidden: Vec<f64>,
}

impl Plate {
    /// A plate that shows the ground everywhere.
    pub fn new() -> Plate {
        Plate { tones: vec![0.5; WIDE * HIGH], hidden: vec![0.0; WIDE * HIGH] }
    }

    /// Lays one tone over what is there.
    pub fn lay(&mut self, mask: &Mask, tone: f64, density: f64) {
        self.paint(mask, density, |_, _| tone);
    }

    /// Lays a tone that varies over the picture.
    pub fn paint(&mut self, mask: &Mask, density: f64, tone: impl Fn(f64, f64) -> f64) {
        for (i, share) in mask.shares.iter().enumerate().filter(|(_, s)| **s > 0.0) {
            let (x, y) = (mask.left + i % mask.width, mask.top + i / mask.width);
            let (at, share) = (y * WIDE + x, share * density);
            let hidden = self.hidden[at];
            let after = hidden + share * (1.0 - hidden);
            let own = share / after;
            self.tones[at] += own * (tone(x as f64, y as f64) - self.tones[at]);
            self.hidden[at] = after;
        }
    }

    /// Makes what is there lighter or darker by a share of its tone.
    pub fn shade(&mut self, mask: &Mask, by: f64) {
        for (i, share) in mask.shares.iter().enumerate() {
            let at = (mask.top + i / mask.width) * WIDE + mask.left + i % mask.width;
            self.tones[at] = (self.tones[at] * (1.0 + by * share)).clamp(0.0, 1.0);
        }
    }

    /// Shows the ground again outside a shape.
    pub fn cut(&mut self, to: &Mask) {
        for (i, hidden) in self.hidden.iter_mut().enumerate() {
            *hidden *= to.at(i % WIDE, i / WIDE);
        }
    }
}
