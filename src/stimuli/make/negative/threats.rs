//! Broken, sharp, crawling and abandoned things.

use super::{ASH, BLACK, GLOW, PALE, dark_room, gloom};
use crate::stimuli::make::brush::Brush;
use crate::stimuli::make::canvas::Ink;

pub fn window(b: &mut Brush) {
    dark_room(b);
    b.rect(Ink::new(0x4A3A2C), 118.0, 40.0, 244.0, 220.0);
    b.rect(Ink::new(0x1E2A38), 132.0, 54.0, 216.0, 192.0);
    let glass = Ink::new(0x9DB6C2);
    b.poly(
        glass,
        &[
            (132.0, 54.0),
            (232.0, 54.0),
            (206.0, 96.0),
            (222.0, 132.0),
            (172.0, 128.0),
            (158.0, 168.0),
            (132.0, 160.0),
        ],
    );
    b.poly(
        glass,
        &[
            (348.0, 54.0),
            (348.0, 178.0),
            (318.0, 148.0),
            (300.0, 160.0),
            (292.0, 112.0),
            (264.0, 100.0),
            (278.0, 54.0),
        ],
    );
    b.poly(
        glass,
        &[(132.0, 246.0), (132.0, 196.0), (176.0, 206.0), (196.0, 186.0), (230.0, 246.0)],
    );
    b.poly(
        glass,
        &[(348.0, 246.0), (348.0, 206.0), (312.0, 196.0), (286.0, 218.0), (262.0, 246.0)],
    );
    let hit = (250.0 + b.between(-12.0, 12.0), 152.0 + b.between(-10.0, 10.0));
    for end in [(140.0, 66.0), (340.0, 62.0), (342.0, 236.0), (142.0, 238.0), (138.0, 150.0)] {
        b.line(PALE.thin(0.6), 2.0, &[hit, end]);
    }
    for i in 0..9 {
        let x = 110.0 + f64::from(i) * 30.0;
        let (y, s) = (b.between(280.0, 326.0), b.between(8.0, 20.0));
        b.poly(glass, &[(x, y), (x + s, y - s * 0.8), (x + s * 1.4, y + s * 0.4)]);
    }
}

pub fn snake(b: &mut Brush) {
    let ground = b.by_variant([0x8A7C58, 0x6F6A52, 0x7C6A50, 0x66704E]);
    b.land(ground.towards(BLACK, 0.55), ground.towards(BLACK, 0.25), ground);
    let skin = b.by_variant([0x3E5A2E, 0x5A4A26, 0x2F3B3A, 0x6A3A2A]);
    let path = [
        (60.0, 318.0),
        (130.0, 270.0),
        (210.0, 312.0),
        (300.0, 318.0),
        (372.0, 272.0),
        (320.0, 226.0),
        (230.0, 240.0),
        (176.0, 208.0),
        (200.0, 150.0),
        (248.0, 112.0),
    ];
    b.taper(BLACK.thin(0.25), 8.0, 46.0, &path.map(|(x, y)| (x + 8.0, y + 14.0)));
    b.taper(skin, 8.0, 44.0, &path);
    let mark = skin.towards(GLOW, 0.45);
    for &(x, y) in &path[1..9] {
        b.oval(mark, (x, y), 10.0, 6.0);
    }
    b.blob(
        skin,
        &[
            (214.0, 128.0),
            (232.0, 84.0),
            (280.0, 70.0),
            (306.0, 92.0),
            (292.0, 122.0),
            (248.0, 140.0),
        ],
    );
    b.oval(GLOW, (272.0, 92.0), 9.0, 8.0);
    b.oval(BLACK, (273.0, 92.0), 3.0, 7.0);
    let tongue = Ink::new(0xC2352E);
    b.line(tongue, 4.0, &[(300.0, 104.0), (334.0, 110.0), (352.0, 102.0)]);
    b.line(tongue, 4.0, &[(334.0, 110.0), (350.0, 120.0)]);
}

pub fn spill(b: &mut Brush) {
    dark_room(b);
    let dark = b.by_variant([0x5A1016, 0x1A1A20, 0x3B1420, 0x2A2414]);
    b.blob(
        dark,
        &[
            (90.0, 306.0),
            (130.0, 280.0),
            (230.0, 290.0),
            (300.0, 274.0),
            (400.0, 290.0),
            (440.0, 318.0),
            (330.0, 346.0),
            (250.0, 330.0),
            (160.0, 350.0),
        ],
    );
    for i in 0..8 {
        let (x, y, r) = (50.0 + f64::from(i) * 56.0, b.between(264.0, 350.0), b.between(3.0, 9.0));
        b.oval(dark, (x, y), r * 1.4, r * 0.8);
    }
    b.oval(PALE.thin(0.25), (270.0, 304.0), 60.0, 6.0);
    let bottle = b.by_variant([0x3F5B4A, 0x5A4632, 0x44506A, 0x4E5A3A]);
    b.poly(
        bottle,
        &[
            (108.0, 236.0),
            (196.0, 218.0),
            (240.0, 238.0),
            (286.0, 240.0),
            (286.0, 264.0),
            (244.0, 270.0),
            (206.0, 296.0),
            (112.0, 296.0),
        ],
    );
    b.rect(bottle.towards(BLACK, 0.4), 280.0, 234.0, 16.0, 36.0);
    b.line(PALE.thin(0.5), 6.0, &[(124.0, 248.0), (190.0, 236.0)]);
    b.taper(dark, 20.0, 34.0, &[(294.0, 254.0), (316.0, 270.0), (322.0, 292.0)]);
}

pub fn wire(b: &mut Brush) {
    gloom(b);
    let post = Ink::new(0x2A241E);
    for x in [70.0, 240.0, 410.0] {
        let lean = b.between(-10.0, 10.0);
        b.line(post, 17.0, &[(x + lean, 78.0), (x, 340.0)]);
    }
    for y in [118.0, 178.0, 238.0] {
        let sag = b.between(8.0, 18.0);
        for (from, to) in [(-120.0, 70.0), (70.0, 240.0), (240.0, 410.0), (410.0, 600.0)] {
            let middle = (from + to) / 2.0;
            let line = [(from, y), (middle, y + sag), (to, y)];
            b.curve(PALE, 4.0, &line);
            for share in [0.2, 0.5, 0.8] {
                let x = from + (to - from) * share;
                let h = y + sag * (1.0 - (2.0 * share - 1.0f64).powi(2));
                b.line(PALE, 4.0, &[(x - 11.0, h - 12.0), (x + 11.0, h + 12.0)]);
                b.line(PALE, 4.0, &[(x - 10.0, h + 12.0), (x + 10.0, h - 12.0)]);
            }
        }
    }
}

pub fn graves(b: &mut Brush) {
    gloom(b);
    b.oval(Ink::new(0xC9C6B4), (370.0, 78.0), 34.0, 34.0);
    b.taper(BLACK, 26.0, 6.0, &[(76.0, 300.0), (82.0, 200.0), (70.0, 120.0), (90.0, 60.0)]);
    for (x, y, ex, ey) in
        [(80.0, 190.0, 150.0, 120.0), (74.0, 150.0, 16.0, 96.0), (78.0, 110.0, 126.0, 62.0)]
    {
        b.taper(BLACK, 12.0, 3.0, &[(x, y), ((x + ex) / 2.0, (y + ey) / 2.0 + 8.0), (ex, ey)]);
    }
    for (x, y, s) in [(180.0, 250.0, 0.8), (390.0, 256.0, 0.85), (280.0, 290.0, 1.2)] {
        let stone = b.by_variant([0x8A8D8C, 0x7C7874, 0x6F7A78, 0x86806E]);
        let lean = b.between(-9.0, 9.0);
        b.oval(BLACK.thin(0.4), (x, y + 4.0), 52.0 * s, 9.0 * s);
        b.blob(
            stone,
            &[
                (x - 38.0 * s, y),
                (x - 38.0 * s + lean, y - 74.0 * s),
                (x + lean, y - 106.0 * s),
                (x + 38.0 * s + lean, y - 74.0 * s),
                (x + 38.0 * s, y),
            ],
        );
        let at = (x + lean * 0.7, y - 66.0 * s);
        b.line(BLACK.thin(0.7), 6.0 * s, &[(at.0, at.1 - 18.0 * s), (at.0, at.1 + 28.0 * s)]);
        b.line(BLACK.thin(0.7), 6.0 * s, &[(at.0 - 14.0 * s, at.1), (at.0 + 14.0 * s, at.1)]);
    }
}

pub fn knife(b: &mut Brush) {
    dark_room(b);
    b.rect(Ink::new(0x3A2C22), -200.0, 92.0, 900.0, 400.0);
    b.poly(
        BLACK.thin(0.4),
        &[(92.0, 300.0), (330.0, 210.0), (406.0, 186.0), (366.0, 246.0), (110.0, 326.0)],
    );
    b.poly(
        Ink::new(0xC3C9CE),
        &[(196.0, 226.0), (392.0, 118.0), (408.0, 122.0), (392.0, 152.0), (228.0, 280.0)],
    );
    b.poly(Ink::new(0x8F979E), &[(212.0, 253.0), (404.0, 134.0), (392.0, 152.0), (228.0, 280.0)]);
    let grip = b.by_variant([0x4A2A1C, 0x1E2226, 0x5A3A2A, 0x2C3A34]);
    b.line(grip, 36.0, &[(110.0, 308.0), (200.0, 258.0)]);
    b.line(ASH, 16.0, &[(190.0, 228.0), (224.0, 284.0)]);
    for (x, y) in [(128.0, 298.0), (160.0, 280.0)] {
        b.oval(PALE, (x, y), 5.0, 5.0);
    }
    let red = Ink::new(0x7A1418);
    b.poly(red, &[(404.0, 134.0), (392.0, 152.0), (330.0, 200.0), (350.0, 170.0)]);
    let drops = b.between(0.0, 14.0);
    for (x, y, r) in [(352.0, 236.0, 10.0), (330.0, 262.0, 15.0), (376.0, 280.0, 8.0)] {
        b.oval(red, (x + drops, y), r * 1.5, r);
    }
}

pub fn spider(b: &mut Brush) {
    dark_room(b);
    let thread = PALE.thin(0.55);
    let ends = [
        (-40.0, 20.0),
        (120.0, -40.0),
        (360.0, -40.0),
        (520.0, 40.0),
        (540.0, 250.0),
        (400.0, 420.0),
        (120.0, 420.0),
        (-60.0, 260.0),
    ];
    let hub = (240.0, 170.0);
    let at = |end: (f64, f64), share: f64| {
        (hub.0 + (end.0 - hub.0) * share, hub.1 + (end.1 - hub.1) * share)
    };
    for end in ends {
        b.line(thread, 2.5, &[hub, end]);
    }
    for ring in 1..7 {
        let share = f64::from(ring) * 0.13 + b.between(-0.015, 0.015);
        for (i, &end) in ends.iter().enumerate() {
            let next = ends[(i + 1) % ends.len()];
            let (p, q) = (at(end, share), at(next, share));
            let sag = at(((end.0 + next.0) / 2.0, (end.1 + next.1) / 2.0), share * 0.86);
            b.curve(thread, 2.0, &[p, sag, q]);
        }
    }
    let body = b.by_variant([0x16161A, 0x2E1E16, 0x1C2420, 0x2A1A22]);
    for (side, up) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)] {
        for (reach, bend) in [(70.0, 66.0), (112.0, 46.0)] {
            let knee = (240.0 + side * reach * 0.62, 180.0 + up * bend);
            let foot = (240.0 + side * reach, 180.0 + up * (bend + 34.0) - 6.0);
            b.line(body, 8.0, &[(240.0, 180.0), knee, foot]);
        }
    }
    b.oval(body, (240.0, 216.0), 40.0, 48.0);
    b.oval(body, (240.0, 160.0), 26.0, 24.0);
    let mark = b.by_variant([0xB3261E, 0xC28A2A, 0x8E9AA0, 0xB35A1E]);
    b.poly(
        mark,
        &[
            (228.0, 196.0),
            (252.0, 196.0),
            (240.0, 216.0),
            (252.0, 238.0),
            (228.0, 238.0),
            (240.0, 216.0),
        ],
    );
    for x in [231.0, 249.0] {
        b.oval(PALE, (x, 148.0), 4.0, 4.0);
    }
}

pub fn shards(b: &mut Brush) {
    dark_room(b);
    b.shadow((240.0, 312.0), 160.0);
    let clay = b.by_variant([0x7FA0B4, 0xB79A84, 0x93A58A, 0xA28CA8]);
    let inside = clay.towards(PALE, 0.55);
    b.poly(
        clay,
        &[
            (132.0, 198.0),
            (160.0, 222.0),
            (176.0, 200.0),
            (206.0, 232.0),
            (226.0, 206.0),
            (236.0, 306.0),
            (176.0, 304.0),
            (144.0, 262.0),
        ],
    );
    b.poly(
        inside,
        &[
            (132.0, 198.0),
            (160.0, 222.0),
            (176.0, 200.0),
            (206.0, 232.0),
            (226.0, 206.0),
            (204.0, 186.0),
        ],
    );
    b.poly(
        clay,
        &[
            (280.0, 306.0),
            (300.0, 238.0),
            (326.0, 250.0),
            (344.0, 222.0),
            (380.0, 268.0),
            (366.0, 308.0),
        ],
    );
    b.curve(clay, 15.0, &[(392.0, 300.0), (416.0, 262.0), (446.0, 270.0), (448.0, 304.0)]);
    for i in 0..11 {
        let x = 60.0 + f64::from(i) * 36.0;
        let (y, s) = (b.between(306.0, 346.0), b.between(9.0, 24.0));
        let ink = if i % 2 == 0 { clay } else { inside };
        b.poly(
            ink,
            &[(x, y), (x + s * 0.5, y - s), (x + s * 1.3, y - s * 0.2), (x + s * 0.7, y + s * 0.3)],
        );
    }
    b.blob(
        Ink::new(0x3B2A1E),
        &[(220.0, 312.0), (262.0, 300.0), (300.0, 316.0), (290.0, 330.0), (240.0, 332.0)],
    );
}
