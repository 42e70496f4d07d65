//! What a scene is drawn with: the canvas, a stream of chance, and short words for common shapes.
//! Each picture has a variant number, by which scenes of one theme are told apart on purpose.

use super::canvas::{Canvas, Ink, Placing, Point, ellipse, smooth, stroke};
use crate::ground::hash;
use image::RgbImage;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Width and height of every scene, in pixels.
pub const SIZE: (u32, u32) = (480, 360);
const WIDE: f64 = SIZE.0 as f64;
const HIGH: f64 = SIZE.1 as f64;

/// Draws one scene.
#[derive(Debug)]
pub struct Brush {
    canvas: Canvas,
    chance: ChaCha8Rng,
    /// 0 to 3: which of its theme's scenes this is.
    variant: usize,
}

impl Brush {
    /// A brush for the scene `id`, whose chance depends on seed and id alone.
    pub fn new(seed: u64, id: &str, variant: usize) -> Brush {
        let chance = hash::stream(seed, &["scene", id]);
        Brush { canvas: Canvas::new(SIZE.0, SIZE.1), chance, variant }
    }

    /// The finished picture.
    pub fn into_picture(self) -> RgbImage {
        self.canvas.into_picture()
    }

    /// A number between two others.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.chance.random::<f64>()
    }

    /// The colour of this variant.
    pub fn by_variant(&self, inks: [u32; 4]) -> Ink {
        Ink::new(inks[self.variant])
    }

    /// A room: wall, skirting and floor, which meet at a height that varies.
    pub fn room(&mut self, wall: Ink, floor: Ink) {
        let edge = self.between(225.0, 265.0);
        let dark = Ink::new(0x202028);
        self.canvas.place(None);
        self.canvas.band((0.0, wall), (edge, wall.towards(dark, 0.12)));
        self.canvas.band((edge - 8.0, floor.towards(Ink::new(0xFFFFFF), 0.35)), (edge, floor));
        self.canvas.band((edge, floor), (HIGH, floor.towards(dark, 0.2)));
        self.stage();
    }

    /// A landscape: sky from top to horizon, and ground below.
    pub fn land(&mut self, zenith: Ink, horizon: Ink, ground: Ink) {
        let edge = self.between(225.0, 255.0);
        let dark = Ink::new(0x101820);
        self.canvas.place(None);
        self.canvas.band((0.0, zenith), (edge, horizon));
        self.canvas.band((edge, ground), (HIGH, ground.towards(dark, 0.35)));
        self.stage();
    }

    /// What follows is the subject: mirrored in every second variant, moved and sized by chance.
    fn stage(&mut self) {
        let scale = self.between(0.92, 1.1);
        let moved = (self.between(-34.0, 34.0), self.between(-6.0, 8.0));
        let mirrored = self.variant % 2 == 1;
        self.canvas.place(Some(Placing { pivot: (WIDE / 2.0, 240.0), scale, mirrored, moved }));
    }

    /// A filled polygon.
    pub fn poly(&mut self, ink: Ink, points: &[Point]) {
        self.canvas.fill(ink, &[points.to_vec()]);
    }

    /// A filled closed shape with a smooth outline through the points.
    pub fn blob(&mut self, ink: Ink, points: &[Point]) {
        let mut round = points.to_vec();
        round.push(points[0]);
        self.canvas.fill(ink, &[smooth(&round)]);
    }

    /// A filled rectangle from its top left.
    pub fn rect(&mut self, ink: Ink, x: f64, y: f64, width: f64, height: f64) {
        self.poly(ink, &[(x, y), (x + width, y), (x + width, y + height), (x, y + height)]);
    }

    /// A filled ellipse around its centre.
    pub fn oval(&mut self, ink: Ink, centre: Point, rx: f64, ry: f64) {
        self.canvas.fill(ink, &[ellipse(centre, rx, ry)]);
    }

    /// A line with corners.
    pub fn line(&mut self, ink: Ink, width: f64, points: &[Point]) {
        self.canvas.fill(ink, &stroke(points, width, width));
    }

    /// A smooth line through the points.
    pub fn curve(&mut self, ink: Ink, width: f64, points: &[Point]) {
        self.taper(ink, width, width, points);
    }

    /// A smooth line whose width goes from one value to another.
    pub fn taper(&mut self, ink: Ink, first: f64, last: f64, points: &[Point]) {
        self.canvas.fill(ink, &stroke(&smooth(points), first, last));
    }

    /// The soft shadow of something that stands on the ground.
    pub fn shadow(&mut self, centre: Point, rx: f64) {
        for ring in 0..3 {
            let grow = 1.0 - 0.18 * f64::from(ring);
            self.oval(Ink::new(0x101018).thin(0.13), centre, rx * grow, rx * 0.16 * grow);
        }
    }
}
