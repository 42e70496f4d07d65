//! A square of ink that is drawn on with shapes given as distances from their edge (negative inside), in units of its side
//! from the top left. It knows shapes and strokes, and nothing of what they show.

/// A place: right and down from the top left, 0 to 1.
pub type Point = [f64; 2];

/// Ink in a square.
#[derive(Debug)]
pub struct Brush {
    side: u32,
    /// From 0 to 1.
    ink: Vec<f64>,
}

/// Pixels along a tile.
const TILE: u32 = 8;
/// A stroke is never thinner than this many pixels.
const THINNEST: f64 = 1.3;

impl Brush {
    pub fn new(side: u32) -> Brush {
        Brush { side, ink: vec![0.0; (side * side) as usize] }
    }

    /// A stroke this wide, or as much as can be seen.
    pub fn line(&self, width: f64) -> f64 {
        width.max(THINNEST / f64::from(self.side))
    }

    /// Inks the inside of a shape.
    pub fn fill(&mut self, shape: impl Fn(Point) -> f64) {
        self.paint(shape, |ink, covered| ink.max(covered));
    }

    /// Inks the edge of a shape.
    pub fn outline(&mut self, shape: impl Fn(Point) -> f64, width: f64) {
        self.fill(|p| shape(p).abs() - width / 2.0);
    }

    /// Takes away what is inside a shape.
    pub fn erase(&mut self, shape: impl Fn(Point) -> f64) {
        self.paint(shape, |ink, covered| ink.min(1.0 - covered));
    }

    /// A curve from `a` to `c`, drawn towards `b` between them.
    pub fn stroke_curve(&mut self, a: Point, b: Point, c: Point, width: f64) {
        const PARTS: u32 = 16;
        let at = |i: u32| {
            let t = f64::from(i) / f64::from(PARTS);
            let mix =
                |k: usize| (1.0 - t) * (1.0 - t) * a[k] + 2.0 * t * (1.0 - t) * b[k] + t * t * c[k];
            [mix(0), mix(1)]
        };
        self.fill(|p| {
            let near = |i: u32| limb(p, at(i), at(i + 1), width / 2.0);
            (0..PARTS).map(near).fold(f64::MAX, f64::min)
        });
    }

    /// The ink as bytes, from the top left.
    pub fn finish(self) -> Vec<u8> {
        self.ink.iter().map(|a| (a * 255.0).round() as u8).collect()
    }

    /// Most of a square is far from any edge, so tiles are looked at first: a distance changes by no more than one goes.
    fn paint(&mut self, shape: impl Fn(Point) -> f64, mix: impl Fn(f64, f64) -> f64) {
        let side = f64::from(self.side);
        let reach = f64::from(TILE) * std::f64::consts::FRAC_1_SQRT_2 + 1.0;
        for (y, x) in tiles(self.side).flat_map(|y| tiles(self.side).map(move |x| (y, x))) {
            let at = |v: u32| (f64::from(v) + f64::from(TILE) / 2.0) / side;
            if shape([at(x), at(y)]) > reach / side {
                continue;
            }
            for y in y..(y + TILE).min(self.side) {
                for x in x..(x + TILE).min(self.side) {
                    let p = [(f64::from(x) + 0.5) / side, (f64::from(y) + 0.5) / side];
                    let ink = &mut self.ink[(y * self.side + x) as usize];
                    // Edges fade over one pixel.
                    *ink = mix(*ink, (0.5 - shape(p) * side).clamp(0.0, 1.0));
                }
            }
        }
    }
}

fn tiles(side: u32) -> impl Iterator<Item = u32> {
    (0..side).step_by(TILE as usize)
}

/// A disc.
pub fn disc(p: Point, middle: Point, radius: f64) -> f64 {
    (p[0] - middle[0]).hypot(p[1] - middle[1]) - radius
}

/// A rectangle with round corners, of these half sides.
pub fn rounded(p: Point, middle: Point, half: Point, radius: f64) -> f64 {
    let q: Point = std::array::from_fn(|k| (p[k] - middle[k]).abs() - half[k] + radius);
    q[0].max(0.0).hypot(q[1].max(0.0)) + q[0].max(q[1]).min(0.0) - radius
}

/// A line with round ends, so far to each side.
pub fn limb(p: Point, from: Point, to: Point, radius: f64) -> f64 {
    let (along, off) = ([to[0] - from[0], to[1] - from[1]], [p[0] - from[0], p[1] - from[1]]);
    let length = (along[0] * along[0] + along[1] * along[1]).max(1e-12);
    let share = ((off[0] * along[0] + off[1] * along[1]) / length).clamp(0.0, 1.0);
    (off[0] - along[0] * share).hypot(off[1] - along[1] * share) - radius
}

/// A star; every second spike is a little shorter. Its inner corners lie at nearly half of its reach.
pub fn star(p: Point, middle: Point, reach: f64, spikes: u32) -> f64 {
    let off = [p[0] - middle[0], p[1] - middle[1]];
    let wedge = std::f64::consts::PI / f64::from(spikes);
    // From straight up, and the same to both sides.
    let turn = off[0].abs().atan2(-off[1]);
    let nth = (turn / (2.0 * wedge)).round();
    let inner = reach * 0.46;
    let reach = if (nth as u32).is_multiple_of(2) { reach } else { reach * 0.82 };
    let (r, a) = (off[0].hypot(off[1]), (turn - nth * 2.0 * wedge).abs());
    let q = [r * a.cos(), r * a.sin()];
    let corner = [inner * wedge.cos(), inner * wedge.sin()];
    let edge = [corner[0] - reach, corner[1]];
    let length = edge[0].hypot(edge[1]).max(1e-12);
    // Which side of the edge from tip to inner corner; distances near a tip come out a little short.
    let cross = (q[0] - reach) * edge[1] - q[1] * edge[0];
    cross / length
}

/// Two shapes as one, with a smooth groove this deep where they meet.
pub fn merge(a: f64, b: f64, smooth: f64) -> f64 {
    let h = (smooth - (a - b).abs()).max(0.0) / smooth;
    a.min(b) - h * h * smooth / 4.0
}
