//! What weather, fire and force do to places.

use super::{ASH, BLACK, FLAME, GLOW, PALE, RUST, clouds, gloom, smoke};
use crate::stimuli::make::brush::Brush;
use crate::stimuli::make::canvas::Ink;

/// A flame with its foot at a point.
fn flame(b: &mut Brush, x: f64, y: f64, wide: f64, tall: f64) {
    for (ink, share) in [(Ink::new(0xC23A14), 1.0), (FLAME, 0.72), (GLOW, 0.4)] {
        let (w, t) = (wide * share, tall * share);
        let lean = b.between(-0.12, 0.12) * wide;
        b.blob(
            ink,
            &[
                (x - w * 0.3, y),
                (x - w * 0.5, y - t * 0.3),
                (x - w * 0.2, y - t * 0.58),
                (x + lean, y - t),
                (x + w * 0.22, y - t * 0.62),
                (x + w * 0.5, y - t * 0.3),
                (x + w * 0.3, y),
            ],
        );
    }
}

fn bolt(b: &mut Brush, x: f64, tall: f64) {
    let sway = b.between(-12.0, 12.0);
    let y = |share: f64| 66.0 + tall * share;
    let points = [
        (x, y(0.0)),
        (x - 30.0 + sway, y(0.48)),
        (x - 4.0 + sway, y(0.46)),
        (x - 34.0, y(1.0)),
        (x + 26.0 + sway, y(0.36)),
        (x + 2.0 + sway, y(0.38)),
        (x + 26.0, y(0.0)),
    ];
    b.line(GLOW.thin(0.25), 18.0, &points[..4]);
    b.poly(Ink::new(0xFFF1B0), &points);
}

pub fn storm(b: &mut Brush) {
    gloom(b);
    bolt(b, 170.0, 210.0);
    bolt(b, 330.0, 170.0);
    clouds(b, Ink::new(0x1C2028));
    for i in 0..26 {
        let x = -20.0 + f64::from(i) * 21.0;
        let y = b.between(110.0, 300.0);
        b.line(PALE.thin(0.35), 2.5, &[(x, y), (x - 12.0, y + 34.0)]);
    }
    b.taper(BLACK, 14.0, 4.0, &[(398.0, 320.0), (392.0, 250.0), (366.0, 200.0)]);
    b.taper(BLACK, 8.0, 2.0, &[(394.0, 262.0), (372.0, 250.0), (346.0, 252.0)]);
    b.taper(BLACK, 8.0, 2.0, &[(390.0, 246.0), (404.0, 216.0), (396.0, 190.0)]);
}

pub fn fire(b: &mut Brush) {
    gloom(b);
    smoke(b, 230.0, 130.0, 66.0);
    for (r, thin) in [(200.0, 0.16), (150.0, 0.2)] {
        b.oval(FLAME.thin(thin), (240.0, 210.0), r, r * 0.8);
    }
    for (x, tall) in [(170.0, 120.0), (240.0, 170.0), (308.0, 130.0)] {
        flame(b, x, 190.0, 90.0, tall);
    }
    b.rect(BLACK, 140.0, 178.0, 200.0, 130.0);
    b.poly(
        BLACK,
        &[
            (120.0, 180.0),
            (190.0, 118.0),
            (214.0, 150.0),
            (250.0, 110.0),
            (300.0, 140.0),
            (360.0, 180.0),
        ],
    );
    for x in [164.0, 276.0] {
        b.rect(FLAME, x, 204.0, 42.0, 44.0);
        flame(b, x + 21.0, 248.0, 34.0, 60.0);
    }
    b.rect(Ink::new(0xC23A14), 220.0, 236.0, 40.0, 72.0);
    flame(b, 240.0, 308.0, 36.0, 66.0);
}

pub fn wreck(b: &mut Brush) {
    let sea = b.by_variant([0x2C4450, 0x3A4048, 0x26484A, 0x34404C]);
    let zenith = b.by_variant([0x343C48, 0x443A40, 0x2E4044, 0x46443A]);
    b.land(zenith, Ink::new(0x8A8C8C), sea);
    clouds(b, Ink::new(0x2A2F38));
    let hull = b.by_variant(RUST);
    b.poly(hull, &[(120.0, 320.0), (150.0, 232.0), (330.0, 120.0), (388.0, 150.0), (330.0, 330.0)]);
    b.poly(BLACK.thin(0.45), &[(120.0, 320.0), (138.0, 268.0), (362.0, 230.0), (330.0, 330.0)]);
    b.line(BLACK, 9.0, &[(232.0, 184.0), (166.0, 96.0)]);
    b.line(BLACK, 4.0, &[(190.0, 128.0), (226.0, 110.0), (262.0, 166.0)]);
    b.poly(ASH, &[(250.0, 172.0), (300.0, 140.0), (280.0, 104.0), (230.0, 136.0)]);
    b.oval(BLACK, (290.0, 226.0), 22.0, 15.0);
    b.rect(sea, -200.0, 284.0, 900.0, 160.0);
    for (x, y) in [
        (60.0, 290.0),
        (190.0, 282.0),
        (320.0, 288.0),
        (440.0, 296.0),
        (120.0, 326.0),
        (280.0, 330.0),
    ] {
        b.curve(
            PALE.thin(0.6),
            6.0,
            &[(x - 50.0, y + 8.0), (x - 16.0, y - 10.0), (x + 6.0, y + 6.0), (x + 50.0, y - 4.0)],
        );
    }
}

pub fn flood(b: &mut Brush) {
    gloom(b);
    clouds(b, Ink::new(0x262B34));
    let wall = b.by_variant([0x9C8E76, 0x8A7C7A, 0x7E8886, 0x948A6A]);
    let roof = b.by_variant(RUST);
    for (x, y, s) in [(90.0, 200.0, 0.9), (280.0, 180.0, 1.15)] {
        b.rect(wall, x, y, 110.0 * s, 130.0);
        b.poly(roof, &[(x - 16.0, y), (x + 55.0 * s, y - 60.0 * s), (x + 110.0 * s + 16.0, y)]);
        b.rect(BLACK, x + 38.0 * s, y + 18.0, 34.0 * s, 30.0);
    }
    let water = b.by_variant([0x5E5A48, 0x4E5A60, 0x566054, 0x665C4C]);
    b.blob(
        water,
        &[
            (-160.0, 460.0),
            (-140.0, 262.0),
            (60.0, 250.0),
            (160.0, 264.0),
            (280.0, 248.0),
            (420.0, 264.0),
            (640.0, 252.0),
            (640.0, 460.0),
        ],
    );
    b.line(Ink::new(0x3A2C20), 15.0, &[(180.0, 306.0), (262.0, 292.0)]);
    for (x, y) in [(60.0, 290.0), (330.0, 286.0), (430.0, 316.0), (130.0, 330.0), (290.0, 334.0)] {
        b.curve(
            PALE.thin(0.45),
            4.0,
            &[(x - 40.0, y), (x - 10.0, y - 7.0), (x + 14.0, y + 3.0), (x + 40.0, y - 4.0)],
        );
    }
}

pub fn volcano(b: &mut Brush) {
    gloom(b);
    smoke(b, 236.0, 96.0, 62.0);
    for i in 0..9 {
        let x = 240.0 + (f64::from(i) - 4.0) * 16.0 + b.between(-6.0, 6.0);
        let top = b.between(24.0, 78.0) + (x - 240.0).abs() * 0.5;
        b.taper(FLAME, 9.0, 3.0, &[(240.0, 140.0), ((240.0 + x) / 2.0, top + 24.0), (x, top)]);
    }
    let rock = b.by_variant([0x3A332E, 0x3E3636, 0x2E3634, 0x423A2C]);
    b.poly(
        rock,
        &[
            (20.0, 330.0),
            (130.0, 228.0),
            (196.0, 130.0),
            (286.0, 130.0),
            (352.0, 224.0),
            (470.0, 330.0),
        ],
    );
    b.oval(GLOW, (241.0, 131.0), 45.0, 10.0);
    let lava = Ink::new(0xD2431A);
    b.taper(lava, 36.0, 12.0, &[(226.0, 134.0), (210.0, 190.0), (232.0, 240.0), (190.0, 322.0)]);
    b.taper(lava, 26.0, 10.0, &[(260.0, 134.0), (286.0, 190.0), (276.0, 236.0), (330.0, 320.0)]);
    b.taper(GLOW, 12.0, 4.0, &[(228.0, 134.0), (212.0, 190.0), (231.0, 240.0), (194.0, 316.0)]);
}

pub fn tornado(b: &mut Brush) {
    gloom(b);
    let dust = b.by_variant([0x4A4E54, 0x5A4C44, 0x44504E, 0x57523F]);
    clouds(b, dust.towards(BLACK, 0.5));
    let sway = b.between(-20.0, 20.0);
    for i in 0..15 {
        let share = f64::from(i) / 14.0;
        let x = 240.0 + (share * 6.0).sin() * 26.0 + sway * share;
        let r = 150.0 * (1.0 - share).powf(1.3) + 16.0;
        let ink = dust.towards(if i % 2 == 0 { BLACK } else { PALE }, 0.22);
        b.oval(ink, (x, 66.0 + share * 232.0), r, 17.0);
    }
    b.oval(dust.towards(PALE, 0.25).thin(0.8), (240.0 + sway, 312.0), 110.0, 24.0);
    for i in 0..10 {
        let (x, y) = (110.0 + f64::from(i) * 28.0, b.between(200.0, 310.0));
        let s = b.between(5.0, 13.0);
        b.poly(
            BLACK,
            &[(x, y), (x + s, y - s * 0.6), (x + s * 1.6, y + s * 0.3), (x + s * 0.4, y + s * 0.6)],
        );
    }
    b.rect(BLACK, 386.0, 262.0, 56.0, 46.0);
    b.poly(
        BLACK,
        &[(376.0, 264.0), (408.0, 232.0), (420.0, 248.0), (428.0, 236.0), (452.0, 264.0)],
    );
}

pub fn crash(b: &mut Brush) {
    gloom(b);
    b.rect(Ink::new(0x33353A), -200.0, 276.0, 900.0, 150.0);
    b.line(BLACK, 22.0, &[(372.0, 60.0), (366.0, 318.0)]);
    b.line(BLACK, 10.0, &[(330.0, 76.0), (412.0, 72.0)]);
    smoke(b, 330.0, 180.0, 40.0);
    let paint = b.by_variant([0x9C3A30, 0x3F5F82, 0x7C7F86, 0x8A7A34]);
    b.poly(
        paint,
        &[
            (84.0, 250.0),
            (96.0, 216.0),
            (150.0, 206.0),
            (186.0, 164.0),
            (268.0, 160.0),
            (300.0, 200.0),
            (334.0, 190.0),
            (352.0, 214.0),
            (338.0, 236.0),
            (358.0, 262.0),
            (336.0, 286.0),
            (90.0, 284.0),
        ],
    );
    b.poly(Ink::new(0x28323C), &[(164.0, 206.0), (194.0, 174.0), (226.0, 174.0), (226.0, 206.0)]);
    b.poly(Ink::new(0x28323C), &[(236.0, 206.0), (236.0, 174.0), (262.0, 172.0), (284.0, 204.0)]);
    b.line(PALE, 2.5, &[(240.0, 180.0), (262.0, 200.0), (250.0, 176.0), (276.0, 198.0)]);
    b.line(BLACK, 4.0, &[(300.0, 204.0), (322.0, 226.0), (308.0, 250.0), (334.0, 262.0)]);
    for (x, y) in [(140.0, 286.0), (300.0, 292.0)] {
        b.oval(BLACK, (x, y), 31.0, 31.0);
        b.oval(ASH, (x, y), 14.0, 14.0);
    }
    for i in 0..7 {
        let (x, y) = (90.0 + f64::from(i) * 46.0, b.between(318.0, 344.0));
        b.poly(PALE, &[(x, y), (x + 12.0, y - 7.0), (x + 15.0, y + 4.0)]);
    }
}

pub fn ruin(b: &mut Brush) {
    gloom(b);
    smoke(b, 330.0, 150.0, 40.0);
    let wall = b.by_variant([0x7A736A, 0x6E6668, 0x667070, 0x7A7258]);
    let shade = wall.towards(BLACK, 0.35);
    b.poly(
        wall,
        &[
            (110.0, 310.0),
            (110.0, 92.0),
            (142.0, 74.0),
            (156.0, 110.0),
            (190.0, 98.0),
            (204.0, 150.0),
            (240.0, 160.0),
            (252.0, 214.0),
            (288.0, 226.0),
            (300.0, 310.0),
        ],
    );
    b.poly(
        shade,
        &[
            (318.0, 310.0),
            (322.0, 190.0),
            (352.0, 168.0),
            (366.0, 206.0),
            (392.0, 196.0),
            (398.0, 310.0),
        ],
    );
    for (x, y) in [(130.0, 130.0), (130.0, 200.0), (190.0, 190.0), (200.0, 250.0), (344.0, 226.0)] {
        b.rect(BLACK, x, y, 32.0, 38.0);
    }
    b.line(BLACK, 5.0, &[(240.0, 160.0), (290.0, 122.0)]);
    b.line(BLACK, 5.0, &[(252.0, 214.0), (310.0, 170.0)]);
    for i in 0..22 {
        let x = 70.0 + f64::from(i) * 16.0;
        let (y, s) = (b.between(290.0, 332.0), b.between(12.0, 34.0));
        let ink = if i % 3 == 0 { shade } else { wall.towards(PALE, 0.12) };
        b.poly(
            ink,
            &[(x, y), (x + s * 0.4, y - s * 0.7), (x + s, y - s * 0.3), (x + s * 0.8, y + s * 0.2)],
        );
    }
}
