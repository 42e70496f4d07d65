//! Quiet places and things outside.

use super::{CALM, DARK, WHITE, WOOD};
use crate::stimuli::make::brush::Brush;
use crate::stimuli::make::canvas::Ink;

fn outdoors(b: &mut Brush) {
    let zenith = b.by_variant([0x9CC3DE, 0xB4CBE0, 0xA8D0D6, 0xC6D4E4]);
    let ground = b.by_variant([0x94B072, 0xA9B277, 0x86A97C, 0x9FAE88]);
    b.land(zenith, Ink::new(0xEAF1F2), ground);
}

pub fn tree(b: &mut Brush) {
    outdoors(b);
    b.shadow((240.0, 312.0), 120.0);
    b.taper(WOOD, 44.0, 24.0, &[(240.0, 306.0), (236.0, 250.0), (242.0, 180.0)]);
    b.taper(WOOD, 18.0, 8.0, &[(240.0, 220.0), (270.0, 190.0), (296.0, 170.0)]);
    b.taper(WOOD, 16.0, 8.0, &[(238.0, 210.0), (210.0, 186.0), (190.0, 170.0)]);
    let leaf = b.by_variant([0x5E8F4E, 0x7C9C48, 0x4F8562, 0xB08A3E]);
    for (x, y, r, light) in [
        (180.0, 150.0, 54.0, 0.0),
        (300.0, 148.0, 56.0, 0.0),
        (240.0, 150.0, 62.0, 0.05),
        (205.0, 102.0, 52.0, 0.12),
        (275.0, 98.0, 54.0, 0.12),
        (238.0, 72.0, 44.0, 0.22),
    ] {
        let r = r + b.between(-5.0, 5.0);
        b.oval(leaf.towards(WHITE, light), (x, y), r, r * 0.86);
    }
}

pub fn house(b: &mut Brush) {
    outdoors(b);
    let wall = b.by_variant([0xE9D9B6, 0xD9C7C0, 0xDCE2E4, 0xE2CFA5]);
    let roof = b.by_variant([0xA65F4A, 0x6B7787, 0x8C5A50, 0x5F7C74]);
    b.rect(roof.towards(DARK, 0.3), 292.0, 90.0, 26.0, 60.0);
    b.rect(wall, 140.0, 170.0, 210.0, 135.0);
    b.poly(roof, &[(118.0, 174.0), (245.0, 82.0), (372.0, 174.0)]);
    let glass = Ink::new(0x8FB3C4);
    for x in [162.0, 288.0] {
        b.rect(WHITE, x - 4.0, 196.0, 48.0, 48.0);
        b.rect(glass, x, 200.0, 40.0, 40.0);
        b.line(WHITE, 4.0, &[(x + 20.0, 200.0), (x + 20.0, 240.0)]);
        b.line(WHITE, 4.0, &[(x, 220.0), (x + 40.0, 220.0)]);
    }
    b.rect(WOOD, 222.0, 232.0, 46.0, 73.0);
    b.oval(WHITE, (259.0, 270.0), 3.5, 3.5);
    b.poly(Ink::new(0xCDBF9C), &[(222.0, 305.0), (268.0, 305.0), (320.0, 420.0), (170.0, 420.0)]);
}

pub fn umbrella(b: &mut Brush) {
    outdoors(b);
    b.shadow((250.0, 318.0), 90.0);
    let one = b.by_variant(CALM);
    b.line(DARK, 8.0, &[(240.0, 70.0), (240.0, 280.0)]);
    b.curve(DARK, 8.0, &[(240.0, 280.0), (240.0, 304.0), (258.0, 314.0), (275.0, 300.0)]);
    let rim = [(90.0, 200.0), (165.0, 184.0), (240.0, 200.0), (315.0, 184.0), (390.0, 200.0)];
    let mut whole = vec![(240.0, 62.0), (160.0, 84.0), (110.0, 136.0)];
    whole.extend(rim);
    whole.extend([(370.0, 136.0), (320.0, 84.0)]);
    b.blob(one, &whole);
    let pale = one.towards(WHITE, 0.5);
    b.blob(pale, &[(240.0, 62.0), (190.0, 120.0), (166.0, 186.0), (204.0, 188.0), (240.0, 199.0)]);
    b.blob(
        pale,
        &[
            (240.0, 62.0),
            (322.0, 110.0),
            (388.0, 199.0),
            (352.0, 188.0),
            (316.0, 186.0),
            (290.0, 120.0),
        ],
    );
    b.line(DARK, 6.0, &[(240.0, 48.0), (240.0, 66.0)]);
}

pub fn boat(b: &mut Brush) {
    let sky = b.by_variant([0xA9CDE4, 0xBFD3E2, 0xB2D6DA, 0xD3D3E6]);
    let sea = b.by_variant([0x5E93AE, 0x6C9CA6, 0x4F8C9C, 0x6A8CB0]);
    b.land(sky, Ink::new(0xF3F4EE), sea);
    let sail = b.by_variant([0xF4EFE2, 0xE8C9A8, 0xF0E6C0, 0xDDE8EA]);
    b.line(WOOD, 8.0, &[(236.0, 60.0), (236.0, 262.0)]);
    b.blob(sail, &[(246.0, 66.0), (318.0, 170.0), (346.0, 238.0), (290.0, 240.0), (246.0, 236.0)]);
    let jib = sail.towards(Ink::new(0xC46A5A), 0.55);
    b.poly(jib, &[(226.0, 92.0), (226.0, 236.0), (146.0, 236.0)]);
    let hull = b.by_variant([0x7A4B3A, 0x3F5A72, 0x5A6B4C, 0x6B5570]);
    b.poly(hull, &[(118.0, 254.0), (368.0, 254.0), (322.0, 304.0), (166.0, 304.0)]);
    b.line(WHITE, 5.0, &[(126.0, 262.0), (360.0, 262.0)]);
    for (x, y) in [(70.0, 300.0), (230.0, 318.0), (390.0, 296.0), (140.0, 336.0), (330.0, 342.0)] {
        b.curve(
            WHITE.thin(0.55),
            4.0,
            &[(x - 36.0, y), (x - 14.0, y - 7.0), (x + 8.0, y + 2.0), (x + 34.0, y - 5.0)],
        );
    }
}

pub fn hills(b: &mut Brush) {
    outdoors(b);
    b.oval(Ink::new(0xF6E7B0), (340.0, 84.0), 30.0, 30.0);
    for (x, y) in [(120.0, 78.0), (230.0, 52.0)] {
        for (dx, r) in [(-30.0, 20.0), (0.0, 27.0), (30.0, 18.0)] {
            b.oval(WHITE, (x + dx, y), r * 1.3, r * 0.8);
        }
    }
    let far = b.by_variant([0x8FAFB4, 0xA3AEBB, 0x90B3A2, 0xA9A9BE]);
    let near = b.by_variant([0x7E9E63, 0x93A05E, 0x6B9668, 0x8B9A72]);
    b.blob(
        far,
        &[
            (-160.0, 420.0),
            (-120.0, 220.0),
            (60.0, 150.0),
            (190.0, 210.0),
            (330.0, 140.0),
            (640.0, 250.0),
            (640.0, 420.0),
        ],
    );
    b.blob(
        near,
        &[
            (-160.0, 460.0),
            (-120.0, 270.0),
            (110.0, 240.0),
            (300.0, 270.0),
            (640.0, 200.0),
            (640.0, 460.0),
        ],
    );
    b.taper(
        Ink::new(0xE3D6B0),
        46.0,
        5.0,
        &[(150.0, 380.0), (230.0, 320.0), (190.0, 284.0), (260.0, 262.0), (250.0, 250.0)],
    );
}

pub fn bridge(b: &mut Brush) {
    let sky = b.by_variant([0xB3CFDF, 0xC6D3DA, 0xBAD8D2, 0xD6D2DC]);
    let water = b.by_variant([0x6E9BAA, 0x78A094, 0x7392AE, 0x6A949E]);
    b.land(sky, Ink::new(0xF2EFE4), water);
    let stone = b.by_variant([0xA79C8C, 0x9A8A80, 0xB3A58A, 0x8E959A]);
    b.blob(
        stone,
        &[
            (-140.0, 300.0),
            (-100.0, 196.0),
            (240.0, 130.0),
            (580.0, 196.0),
            (620.0, 300.0),
            (240.0, 296.0),
        ],
    );
    for x in [70.0, 240.0, 410.0] {
        let tall = if x == 240.0 { 118.0 } else { 84.0 };
        b.oval(water, (x, 300.0), 62.0, tall);
        b.oval(Ink::new(0xDCE6E4), (x, 292.0), 54.0, tall - 12.0);
    }
    b.rect(water, -200.0, 284.0, 900.0, 150.0);
    b.curve(
        stone.towards(DARK, 0.3),
        10.0,
        &[(-100.0, 190.0), (80.0, 146.0), (240.0, 128.0), (400.0, 146.0), (580.0, 190.0)],
    );
    for (x, y) in [(90.0, 310.0), (260.0, 326.0), (400.0, 306.0)] {
        b.line(WHITE.thin(0.5), 4.0, &[(x - 40.0, y), (x + 40.0, y)]);
    }
}

pub fn bench(b: &mut Brush) {
    outdoors(b);
    b.shadow((240.0, 318.0), 170.0);
    let plank = b.by_variant([0xA5744A, 0x6E8576, 0x8C6A5C, 0x7F7A94]);
    for x in [118.0, 362.0] {
        b.line(DARK, 11.0, &[(x, 140.0), (x, 316.0)]);
        b.line(DARK, 11.0, &[(x, 250.0), (x + 22.0, 262.0), (x + 22.0, 316.0)]);
    }
    for y in [146.0, 178.0, 210.0] {
        b.rect(plank, 92.0, y, 296.0, 22.0);
    }
    b.poly(
        plank.towards(WHITE, 0.2),
        &[(96.0, 246.0), (384.0, 246.0), (412.0, 268.0), (104.0, 268.0)],
    );
    b.rect(plank.towards(DARK, 0.25), 104.0, 268.0, 308.0, 9.0);
}
