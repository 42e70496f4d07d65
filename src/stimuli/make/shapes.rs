//! Simple shapes, and their table: a circle, an upright ellipse and a lying one, for trials that ask for the same
//! matching without faces. They have one size, one grey and one area, so that nothing but the outline tells them apart.

use super::Made;
use super::canvas::{ellipse, rasterise};
use image::ExtendedColorType;
use std::fmt::Write as _;

/// The name of the table among the files.
pub const TABLE: &str = "shapes.tsv";

const COLUMNS: &str = "id\tfile\tshare\tshape\tnorms\n";
/// Width and height of every picture, in pixels.
const SIZE: (u32, u32) = (320, 320);
/// The grey around a shape (the background of the tasks), and that of the shape.
const GREYS: (f64, f64) = (128.0, 40.0);

/// One shape, before it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Circle,
    Upright,
    Lying,
}

impl Shape {
    /// All of them, in the order of the table.
    pub const ALL: [Shape; 3] = [Shape::Circle, Shape::Upright, Shape::Lying];

    /// The word in tables and file names.
    fn name(self) -> &'static str {
        match self {
            Shape::Circle => "circle",
            Shape::Upright => "upright",
            Shape::Lying => "lying",
        }
    }

    /// Half its width and height, in pixels. The product is the same for all.
    fn radii(self) -> (f64, f64) {
        match self {
            Shape::Circle => (96.0, 96.0),
            Shape::Upright => (64.0, 144.0),
            Shape::Lying => (144.0, 64.0),
        }
    }

    /// The picture's file, relative to the stimuli folder.
    pub fn file(self) -> String {
        format!("shapes/{}.png", self.name())
    }

    /// The shape as a PNG file, 8-bit grey.
    pub fn draw(self) -> Vec<u8> {
        let mut grey = vec![GREYS.0 as u8; (SIZE.0 * SIZE.1) as usize];
        let (rx, ry) = self.radii();
        let middle = (f64::from(SIZE.0) / 2.0, f64::from(SIZE.1) / 2.0);
        rasterise(&[ellipse(middle, rx, ry)], SIZE, |x, y, share| {
            let tone = GREYS.0 + (GREYS.1 - GREYS.0) * share;
            grey[(y * SIZE.0 + x) as usize] = tone.round() as u8;
        });
        Made::png(&grey, SIZE, ExtendedColorType::L8)
    }
}

/// The stimulus table, tab-separated, one row a shape.
pub fn table() -> String {
    let mut table = String::from(COLUMNS);
    for shape in Shape::ALL {
        let name = shape.name();
        writeln!(table, "{name}\t{}\tyes\t{name}\tplaceholder", shape.file())
            .expect("writing to a string cannot fail");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stimuli::decode::decode_bytes;

    #[test]
    fn shapes_differ_in_outline_and_neither_in_area_nor_in_grey() {
        let drawn = Shape::ALL.map(|s| decode_bytes(&s.draw()).unwrap().pixels);
        let dark =
            |rgba: &[u8]| -> f64 { rgba.chunks(4).map(|p| (128.0 - f64::from(p[0])) / 88.0).sum() };
        for picture in &drawn {
            assert_eq!((picture.width, picture.height), SIZE);
            assert_eq!(picture.rgba.chunks(4).map(|p| p[0]).min(), Some(40));
            assert_eq!(picture.rgba[0], 128, "the ground of the tasks");
            let area = dark(&picture.rgba) / (std::f64::consts::PI * 96.0 * 96.0);
            assert!((area - 1.0).abs() < 0.005, "{area}");
        }
        assert!(drawn[0].rgba != drawn[1].rgba && drawn[1].rgba != drawn[2].rgba);
        assert!(drawn[0].rgba != drawn[2].rgba);
    }
}
