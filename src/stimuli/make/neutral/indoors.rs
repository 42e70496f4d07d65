//! Household things, on a table or a floor.

use super::{CALM, DARK, FLOORS, WALLS, WHITE, WOOD};
use crate::stimuli::make::brush::Brush;
use crate::stimuli::make::canvas::Ink;
use std::f64::consts::TAU;

fn indoors(b: &mut Brush) {
    let (wall, floor) = (b.by_variant(WALLS), b.by_variant(FLOORS));
    b.room(wall, floor);
}

/// A table top that fills the lower part of the picture.
fn table(b: &mut Brush) {
    indoors(b);
    b.rect(WOOD, -200.0, 285.0, 900.0, 18.0);
    b.rect(WOOD.towards(DARK, 0.35), -200.0, 303.0, 900.0, 120.0);
}

pub fn cup(b: &mut Brush) {
    table(b);
    let ink = b.by_variant(CALM);
    b.oval(ink.towards(WHITE, 0.55), (235.0, 284.0), 120.0, 14.0);
    b.curve(ink, 15.0, &[(300.0, 188.0), (352.0, 186.0), (348.0, 236.0), (292.0, 250.0)]);
    b.blob(
        ink,
        &[
            (162.0, 170.0),
            (170.0, 240.0),
            (202.0, 280.0),
            (268.0, 280.0),
            (300.0, 240.0),
            (308.0, 170.0),
        ],
    );
    b.oval(ink.towards(WHITE, 0.4), (235.0, 170.0), 74.0, 17.0);
    b.oval(Ink::new(0x6B4A34), (235.0, 172.0), 64.0, 12.0);
    b.curve(WHITE.thin(0.6), 7.0, &[(215.0, 140.0), (225.0, 118.0), (212.0, 96.0), (222.0, 72.0)]);
    b.curve(WHITE.thin(0.6), 7.0, &[(252.0, 142.0), (262.0, 120.0), (250.0, 98.0), (260.0, 78.0)]);
}

pub fn chair(b: &mut Brush) {
    indoors(b);
    b.shadow((245.0, 322.0), 110.0);
    let seat = b.by_variant(CALM);
    let back = WOOD.towards(DARK, 0.25);
    for x in [185.0, 300.0] {
        b.line(back, 12.0, &[(x, 100.0), (x, 300.0)]);
    }
    for y in [112.0, 146.0, 180.0] {
        b.line(WOOD, 15.0, &[(185.0, y), (300.0, y)]);
    }
    b.poly(seat, &[(178.0, 222.0), (306.0, 222.0), (330.0, 252.0), (152.0, 252.0)]);
    b.rect(seat.towards(DARK, 0.3), 152.0, 252.0, 178.0, 12.0);
    for x in [162.0, 320.0] {
        b.line(WOOD, 13.0, &[(x, 266.0), (x, 322.0)]);
    }
}

pub fn lamp(b: &mut Brush) {
    table(b);
    let shade = b.by_variant([0xE6C46A, 0xD88C6A, 0x9CBFA0, 0xA9B6D6]);
    for (r, thin) in [(170.0, 0.10), (130.0, 0.13), (90.0, 0.16)] {
        b.oval(Ink::new(0xFFF3C4).thin(thin), (240.0, 140.0), r, r * 0.8);
    }
    b.oval(DARK, (240.0, 284.0), 62.0, 13.0);
    b.line(DARK, 11.0, &[(240.0, 284.0), (240.0, 170.0)]);
    b.poly(shade, &[(198.0, 80.0), (282.0, 80.0), (326.0, 182.0), (154.0, 182.0)]);
    b.poly(
        shade.towards(WHITE, 0.4),
        &[(224.0, 80.0), (256.0, 80.0), (270.0, 182.0), (210.0, 182.0)],
    );
    b.line(DARK.thin(0.7), 3.0, &[(284.0, 182.0), (284.0, 222.0)]);
    b.oval(DARK, (284.0, 226.0), 5.0, 5.0);
}

pub fn books(b: &mut Brush) {
    indoors(b);
    let shelf = WOOD.towards(DARK, 0.1);
    for y in [170.0, 296.0] {
        b.rect(shelf, 60.0, y, 360.0, 14.0);
    }
    let inks = [0x7A8FA6, 0xA66B5A, 0x8E9B6B, 0xC2A25E, 0x6B6F86, 0x9C8074, 0x557F7C];
    for (row, base) in [170.0, 296.0].into_iter().enumerate() {
        let mut x = 76.0 + b.between(0.0, 20.0);
        let mut i = row * 3 + b.between(0.0, 6.9) as usize;
        while x < 350.0 {
            let (wide, tall) = (b.between(18.0, 32.0), b.between(72.0, 102.0));
            let ink = Ink::new(inks[i % inks.len()]);
            b.rect(ink, x, base - tall, wide, tall);
            b.rect(WHITE.thin(0.7), x, base - tall + 14.0, wide, 5.0);
            b.rect(WHITE.thin(0.4), x, base - 20.0, wide, 4.0);
            x += wide + 2.0;
            i += 1;
        }
        let ink = Ink::new(inks[i % inks.len()]);
        b.poly(
            ink,
            &[(x + 4.0, base), (x + 40.0, base - 84.0), (x + 60.0, base - 76.0), (x + 26.0, base)],
        );
    }
}

pub fn clock(b: &mut Brush) {
    indoors(b);
    let rim = b.by_variant(CALM);
    b.oval(DARK.thin(0.2), (248.0, 172.0), 122.0, 122.0);
    b.oval(rim, (240.0, 164.0), 122.0, 122.0);
    b.oval(WHITE, (240.0, 164.0), 104.0, 104.0);
    for hour in 0..12 {
        let (sin, cos) = (f64::from(hour) / 12.0 * TAU).sin_cos();
        let inner = if hour % 3 == 0 { 76.0 } else { 86.0 };
        let at = |r: f64| (240.0 + r * sin, 164.0 - r * cos);
        b.line(DARK, 6.0, &[at(inner), at(94.0)]);
    }
    let (hour, minute) = (b.between(0.0, TAU), b.between(0.0, TAU));
    b.line(DARK, 9.0, &[(240.0, 164.0), (240.0 + 52.0 * hour.sin(), 164.0 - 52.0 * hour.cos())]);
    b.line(
        DARK,
        6.0,
        &[(240.0, 164.0), (240.0 + 80.0 * minute.sin(), 164.0 - 80.0 * minute.cos())],
    );
    b.oval(rim, (240.0, 164.0), 9.0, 9.0);
}

pub fn kettle(b: &mut Brush) {
    table(b);
    let ink = b.by_variant([0xA9B1B8, 0xC08A6E, 0x8FA89A, 0x9AA4C2]);
    b.taper(ink, 40.0, 18.0, &[(300.0, 240.0), (340.0, 206.0), (362.0, 158.0), (382.0, 150.0)]);
    b.curve(
        DARK,
        15.0,
        &[(168.0, 166.0), (176.0, 92.0), (236.0, 70.0), (296.0, 92.0), (306.0, 166.0)],
    );
    b.blob(
        ink,
        &[
            (150.0, 262.0),
            (160.0, 196.0),
            (196.0, 156.0),
            (238.0, 146.0),
            (280.0, 156.0),
            (316.0, 196.0),
            (326.0, 262.0),
            (300.0, 286.0),
            (176.0, 286.0),
        ],
    );
    b.oval(ink.towards(WHITE, 0.45), (204.0, 206.0), 18.0, 34.0);
    b.oval(ink.towards(DARK, 0.3), (238.0, 150.0), 46.0, 11.0);
    b.oval(DARK, (238.0, 136.0), 12.0, 10.0);
}

pub fn plant(b: &mut Brush) {
    indoors(b);
    b.shadow((240.0, 318.0), 90.0);
    let leaf = b.by_variant([0x5F8F58, 0x6F9A72, 0x4C7F5E, 0x86994F]);
    for (x, y, lean) in [
        (120.0, 170.0, 0.0),
        (360.0, 168.0, 0.0),
        (160.0, 104.0, 0.1),
        (322.0, 98.0, 0.1),
        (240.0, 62.0, 0.2),
        (90.0, 222.0, 0.05),
        (388.0, 224.0, 0.05),
    ] {
        let (x, y) = (x + b.between(-10.0, 10.0), y + b.between(-10.0, 10.0));
        let (dx, dy) = ((x - 240.0) * 0.5, (y - 230.0) * 0.5);
        let ink = leaf.towards(WHITE, lean);
        let (px, py) = (-dy * 0.28, dx * 0.28);
        b.blob(
            ink,
            &[
                (240.0, 236.0),
                (240.0 + dx + px, 230.0 + dy + py),
                (x, y),
                (240.0 + dx - px, 230.0 + dy - py),
            ],
        );
        b.line(ink.towards(DARK, 0.3), 3.0, &[(240.0, 236.0), (x, y)]);
    }
    let pot = b.by_variant([0xB9714F, 0x8A9099, 0xC49A6C, 0x7C6E8C]);
    b.poly(pot, &[(186.0, 236.0), (294.0, 236.0), (276.0, 318.0), (204.0, 318.0)]);
    b.rect(pot.towards(DARK, 0.2), 178.0, 222.0, 124.0, 22.0);
}

pub fn key(b: &mut Brush) {
    table(b);
    let metal = b.by_variant([0xC9A24E, 0x9BA3AA, 0xB58A5A, 0x8C99A6]);
    let wall = b.by_variant(WALLS);
    b.rect(WOOD.towards(WHITE, 0.15), 70.0, 84.0, 340.0, 130.0);
    b.rect(wall.towards(WHITE, 0.5), 82.0, 96.0, 316.0, 106.0);
    b.oval(metal, (160.0, 149.0), 42.0, 42.0);
    b.oval(wall.towards(WHITE, 0.5), (152.0, 149.0), 19.0, 19.0);
    b.rect(metal, 196.0, 140.0, 164.0, 19.0);
    b.rect(metal, 304.0, 156.0, 15.0, 32.0);
    b.rect(metal, 334.0, 156.0, 17.0, 26.0);
    b.line(metal.towards(WHITE, 0.5), 4.0, &[(200.0, 145.0), (352.0, 145.0)]);
}

pub fn fruit(b: &mut Brush) {
    table(b);
    let bowl = b.by_variant([0x6F8FA8, 0xA8A092, 0x8A9C7C, 0x9A7F8E]);
    for (x, y, r, ink) in [
        (186.0, 196.0, 40.0, 0xC98A3E),
        (296.0, 194.0, 42.0, 0xB3574A),
        (240.0, 172.0, 44.0, 0x8FA650),
        (214.0, 214.0, 36.0, 0xB3574A),
        (270.0, 216.0, 36.0, 0xD2A848),
    ] {
        b.oval(Ink::new(ink), (x, y), r, r * 0.96);
        b.oval(WHITE.thin(0.35), (x - r * 0.35, y - r * 0.4), r * 0.22, r * 0.16);
    }
    b.line(WOOD, 6.0, &[(240.0, 130.0), (248.0, 112.0)]);
    b.blob(
        bowl,
        &[
            (122.0, 214.0),
            (146.0, 262.0),
            (200.0, 286.0),
            (280.0, 286.0),
            (334.0, 262.0),
            (358.0, 214.0),
            (240.0, 230.0),
        ],
    );
}
