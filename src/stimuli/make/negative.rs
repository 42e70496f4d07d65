//! The negative themes: storms, fires, wrecks and broken things, as schematic shapes in dark colours.
//! Nobody is shown hurt; the pictures stand in for a licensed set and are not meant to distress.

mod disasters;
mod practice;
mod threats;

use super::brush::Brush;
use super::canvas::Ink;
use super::scenes::Theme;

const BLACK: Ink = Ink::new(0x14161A);
const ASH: Ink = Ink::new(0x5B5F66);
const PALE: Ink = Ink::new(0xD9D6CC);
const RUST: [u32; 4] = [0x8A4A2E, 0x6E4B3E, 0x7A3B34, 0x8C5A34];
const FLAME: Ink = Ink::new(0xF2761B);
const GLOW: Ink = Ink::new(0xFFD24A);

/// The themes, in the order of the table.
pub const THEMES: [Theme; 16] = [
    ("storm", disasters::storm),
    ("fire", disasters::fire),
    ("wreck", disasters::wreck),
    ("window", threats::window),
    ("snake", threats::snake),
    ("spill", threats::spill),
    ("wire", threats::wire),
    ("flood", disasters::flood),
    ("crash", disasters::crash),
    ("graves", threats::graves),
    ("knife", threats::knife),
    ("spider", threats::spider),
    ("volcano", disasters::volcano),
    ("shards", threats::shards),
    ("tornado", disasters::tornado),
    ("ruin", disasters::ruin),
];

/// The themes to practise with.
pub const PRACTICE: [Theme; 4] = [
    ("shark", practice::shark),
    ("poison", practice::poison),
    ("cell", practice::cell),
    ("drought", practice::drought),
];

fn gloom(b: &mut Brush) {
    let zenith = b.by_variant([0x2E3440, 0x3A3038, 0x28363A, 0x3B3A30]);
    let horizon = b.by_variant([0x7A808A, 0x8C6F66, 0x6F8480, 0x8F8868]);
    let ground = b.by_variant([0x46463C, 0x4A3F38, 0x3C443C, 0x4B463A]);
    b.land(zenith, horizon, ground);
}

fn dark_room(b: &mut Brush) {
    let wall = b.by_variant([0x6B6A66, 0x5F666C, 0x70625C, 0x5C645A]);
    let floor = b.by_variant([0x4A4038, 0x3E4246, 0x4B3E3C, 0x40443A]);
    b.room(wall, floor);
}

fn clouds(b: &mut Brush, ink: Ink) {
    for (x, y, r) in [
        (40.0, 40.0, 70.0),
        (130.0, 58.0, 66.0),
        (230.0, 40.0, 80.0),
        (330.0, 60.0, 70.0),
        (430.0, 42.0, 76.0),
    ] {
        let (dx, dy) = (b.between(-14.0, 14.0), b.between(-8.0, 8.0));
        b.oval(ink, (x + dx, y + dy), r, r * 0.56);
    }
}

fn smoke(b: &mut Brush, x: f64, y: f64, size: f64) {
    for i in 0..5 {
        let up = f64::from(i);
        let r = size * (0.5 + 0.22 * up);
        let sway = b.between(-0.3, 0.3) * size;
        b.oval(BLACK.thin(0.5), (x + sway + up * size * 0.3, y - up * size * 0.75), r, r * 0.8);
    }
}
