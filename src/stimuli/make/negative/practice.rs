//! Themes to practise with, which neither set has.

use super::{ASH, BLACK, GLOW, PALE, dark_room, gloom};
use crate::stimuli::make::brush::Brush;
use crate::stimuli::make::canvas::Ink;

pub fn shark(b: &mut Brush) {
    gloom(b);
    let sea = Ink::new(0x2C4450);
    b.rect(sea, -200.0, 214.0, 900.0, 300.0);
    for (y, thin) in [(232.0, 0.35), (268.0, 0.28), (312.0, 0.22), (350.0, 0.18)] {
        let mut wave = Vec::new();
        for i in 0..15 {
            let dip = if i % 2 == 0 { 6.0 } else { -6.0 };
            wave.push((-60.0 + f64::from(i) * 44.0, y + dip + b.between(-3.0, 3.0)));
        }
        b.curve(PALE.thin(thin), 4.0, &wave);
    }
    let fin = Ink::new(0x1B2228);
    b.blob(
        fin,
        &[
            (176.0, 262.0),
            (204.0, 206.0),
            (252.0, 138.0),
            (274.0, 118.0),
            (266.0, 168.0),
            (286.0, 262.0),
        ],
    );
    b.blob(fin, &[(356.0, 262.0), (378.0, 222.0), (398.0, 204.0), (396.0, 262.0)]);
    b.curve(PALE.thin(0.7), 6.0, &[(150.0, 268.0), (230.0, 258.0), (300.0, 266.0), (330.0, 262.0)]);
    b.curve(PALE.thin(0.6), 4.0, &[(340.0, 268.0), (376.0, 260.0), (416.0, 268.0)]);
}

pub fn poison(b: &mut Brush) {
    dark_room(b);
    b.rect(Ink::new(0x3A2C22), -200.0, 292.0, 900.0, 200.0);
    b.shadow((240.0, 310.0), 90.0);
    let glass = b.by_variant([0x2F4A3A, 0x4A4426, 0x2C3A4A, 0x4A2C3A]);
    b.rect(Ink::new(0x6A4A30), 216.0, 44.0, 48.0, 34.0);
    b.blob(
        glass,
        &[
            (208.0, 70.0),
            (272.0, 70.0),
            (276.0, 116.0),
            (322.0, 150.0),
            (324.0, 300.0),
            (298.0, 312.0),
            (182.0, 312.0),
            (156.0, 300.0),
            (158.0, 150.0),
            (204.0, 116.0),
        ],
    );
    b.rect(PALE, 168.0, 164.0, 144.0, 118.0);
    b.oval(BLACK, (240.0, 208.0), 33.0, 30.0);
    b.rect(BLACK, 222.0, 224.0, 36.0, 26.0);
    for x in [227.0, 253.0] {
        b.oval(PALE, (x, 209.0), 9.0, 10.0);
    }
    b.poly(PALE, &[(240.0, 218.0), (235.0, 230.0), (245.0, 230.0)]);
    for x in [231.0, 240.0, 249.0] {
        b.line(PALE, 3.0, &[(x, 236.0), (x, 250.0)]);
    }
    b.line(BLACK, 9.0, &[(184.0, 252.0), (296.0, 276.0)]);
    b.line(BLACK, 9.0, &[(296.0, 252.0), (184.0, 276.0)]);
    b.line(PALE.thin(0.35), 9.0, &[(168.0, 156.0), (168.0, 298.0)]);
}

pub fn cell(b: &mut Brush) {
    dark_room(b);
    b.rect(Ink::new(0x20242A), 60.0, 20.0, 360.0, 330.0);
    b.rect(Ink::new(0x7D8A94), 196.0, 52.0, 88.0, 62.0);
    b.poly(GLOW.thin(0.14), &[(196.0, 114.0), (284.0, 114.0), (372.0, 340.0), (150.0, 340.0)]);
    b.rect(ASH.towards(BLACK, 0.4), 84.0, 246.0, 170.0, 16.0);
    for x in [96.0, 232.0] {
        b.rect(ASH.towards(BLACK, 0.5), x, 262.0, 12.0, 52.0);
    }
    b.blob(
        Ink::new(0x4C4740),
        &[(90.0, 246.0), (120.0, 232.0), (200.0, 236.0), (248.0, 230.0), (252.0, 248.0)],
    );
    let iron = b.by_variant([0x0E1014, 0x1A1410, 0x101814, 0x18101A]);
    for i in 0..8 {
        let x = 66.0 + f64::from(i) * 50.0 + b.between(-2.0, 2.0);
        b.line(iron, 13.0, &[(x, -20.0), (x, 380.0)]);
        b.line(PALE.thin(0.16), 3.0, &[(x - 3.0, -20.0), (x - 3.0, 380.0)]);
    }
    for y in [36.0, 190.0, 330.0] {
        b.line(iron, 12.0, &[(40.0, y), (440.0, y)]);
    }
}

pub fn drought(b: &mut Brush) {
    let dust = b.by_variant([0x9A7E58, 0x8C7050, 0x96825E, 0x8A744C]);
    b.land(dust.towards(ASH, 0.6), dust.towards(PALE, 0.3), dust);
    let crack = BLACK.thin(0.75);
    for i in 0..6 {
        let x = -20.0 + f64::from(i) * 96.0 + b.between(-14.0, 14.0);
        let bend = b.between(-26.0, 26.0);
        b.taper(crack, 2.0, 8.0, &[(x, 250.0), (x + bend, 296.0), (x - bend, 368.0)]);
        let y = 270.0 + b.between(0.0, 60.0);
        let middle = y + b.between(-14.0, 14.0);
        b.line(crack, 4.0, &[(x, y), (x + 50.0, middle), (x + 100.0, y)]);
    }
    let bark = Ink::new(0x2B231C);
    b.taper(bark, 30.0, 12.0, &[(352.0, 292.0), (346.0, 210.0), (358.0, 130.0)]);
    for (x, y, ex, ey) in [
        (348.0, 200.0, 276.0, 128.0),
        (354.0, 170.0, 428.0, 104.0),
        (356.0, 140.0, 330.0, 54.0),
        (357.0, 138.0, 400.0, 62.0),
    ] {
        b.taper(bark, 12.0, 3.0, &[(x, y), ((x + ex) / 2.0, (y + ey) / 2.0 + 9.0), (ex, ey)]);
    }
    let bone = Ink::new(0xE4DCC8);
    b.oval(BLACK.thin(0.35), (160.0, 322.0), 66.0, 10.0);
    b.blob(
        bone,
        &[
            (118.0, 262.0),
            (158.0, 246.0),
            (200.0, 262.0),
            (190.0, 296.0),
            (174.0, 324.0),
            (146.0, 324.0),
            (128.0, 296.0),
        ],
    );
    b.taper(bone, 13.0, 3.0, &[(122.0, 262.0), (86.0, 250.0), (74.0, 214.0)]);
    b.taper(bone, 13.0, 3.0, &[(196.0, 262.0), (232.0, 250.0), (244.0, 214.0)]);
    for x in [138.0, 180.0] {
        b.oval(BLACK, (x, 276.0), 9.0, 11.0);
    }
    for x in [153.0, 167.0] {
        b.oval(BLACK, (x, 314.0), 3.0, 6.0);
    }
}
