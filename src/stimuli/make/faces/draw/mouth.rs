//! The mouth: lips, what is between them, and how units 12, 15, 20 and 23 to 26 move it.

use super::{MIDDLE, Sitting, both_sides, in_order, on_side};
use crate::stimuli::make::canvas::{Point, smooth};
use crate::stimuli::make::faces::plate::Mask;

/// Half the mouth's width, and the height of its corners.
pub fn corner(s: &Sitting) -> (f64, f64) {
    let d = s.does;
    let half = s.who.mouth
        * (1.0 + 0.36 * d.smile + 0.26 * d.stretch - 0.10 * d.tight_lip - 0.06 * d.depress)
        - 3.0 * d.jaw;
    let down = 11.0 * d.depress + 6.0 * d.stretch + 5.0 * d.press;
    let y = s.mouth_y() - 13.0 * d.smile + down + 0.30 * s.drop();
    (half, y)
}

/// Draws the mouth.
pub fn mouth(s: &mut Sitting) {
    let (p, d) = (s.who, s.does);
    let (half, corner_y) = corner(s);
    let thin = 1.0 - 0.42 * d.tight_lip - 0.22 * d.press;
    let upper = p.upper_lip * thin * (1.0 - 0.30 * d.smile - 0.10 * d.stretch);
    let lower = p.lower_lip * thin * (1.0 - 0.25 * d.smile - 0.18 * d.stretch);
    // The inner edges of the lips, in the middle: with AU 25 they part, with AU 26 the lower goes with the jaw.
    let top = s.mouth_y() - 3.0 * d.part * (1.0 - d.smile) - 1.0 * d.smile;
    let bottom = s.mouth_y() + 7.0 * d.part + 10.0 * d.part * d.smile + s.drop() * 0.95;
    let gap = bottom - top;
    let inner_top = |x: f64| {
        let u: f64 = x / half;
        // Stretched lips part over their whole width.
        let power = 2.0 + 1.4 * d.stretch;
        corner_y + (top - corner_y) * (1.0 - u.powf(power))
    };
    let inner_bottom = |x: f64| {
        let u: f64 = x / half;
        let power = 2.0 + 0.6 * d.stretch;
        corner_y + (bottom - corner_y) * (1.0 - u.powf(power))
    };
    let bow = 0.35 * upper;
    let across = [0.0f64, 0.17, 0.34, 0.52, 0.70, 0.86, 1.0];
    let x = |u: f64| u * half;
    let upper_edge: Vec<Point> = across
        .iter()
        .map(|&u| {
            // Cupid's bow: a dip in the middle, the highest points beside it.
            let high = match u {
                0.0 => upper - bow,
                u if u < 0.2 => upper,
                u => upper * (1.0 - ((u - 0.17) / 0.83).powf(1.4)),
            };
            (x(u), inner_top(x(u)) - high)
        })
        .collect();
    let lower_edge: Vec<Point> =
        across.iter().map(|&u| (x(u), inner_bottom(x(u)) + lower * (1.0 - u.powf(2.4)))).collect();
    let inner_upper: Vec<Point> = across.iter().map(|&u| (x(u), inner_top(x(u)))).collect();
    let inner_lower: Vec<Point> = across.iter().map(|&u| (x(u), inner_bottom(x(u)))).collect();
    let ring = |above: &[Point], below: &[Point]| -> Mask {
        let line = |edge: &[Point]| smooth(&in_order(&both_sides(edge)));
        let mut outline = line(above);
        outline.extend(line(below).into_iter().rev());
        Mask::of(&[outline])
    };
    // Shade below the lower lip and in the corners.
    let under = s.mouth_y().max(bottom) + lower + 4.0;
    s.patch((MIDDLE, under), half * 0.5, 2.5, 4.0, -0.20);
    for side in [-1.0, 1.0] {
        let [at] = on_side(side, [(half + 3.0, corner_y)]);
        s.patch(at, 3.0, 3.5, 3.0, -0.22 - 0.12 * d.smile);
    }
    let tone = p.skin * (1.0 - p.lip_dark);
    s.plate.lay(&ring(&upper_edge, &inner_upper).soft(1.0), tone * 0.88, 0.95);
    s.plate.lay(&ring(&inner_lower, &lower_edge).soft(1.0), tone, 0.95);
    let shine = bottom + 0.42 * lower;
    s.patch((MIDDLE - 3.0, shine), half * 0.34, lower * 0.16, 2.5, 0.16);
    if gap > 1.0 {
        let inside = ring(&inner_upper, &inner_lower);
        s.plate.lay(&inside, 0.09, 1.0);
        teeth(s, &inside, (top, bottom, half));
    }
    // The line between the lips, or their edges where they are parted.
    let mut line = in_order(&both_sides(&inner_upper));
    if gap <= 1.0 {
        for point in &mut line {
            let u = ((point.0 - MIDDLE) / half).abs();
            point.1 += 1.6 * (1.0 - (u / 0.3).min(1.0)) - 0.8 * d.tight_lip;
        }
    }
    let closed = Mask::line(&line, 2.6, 2.6).soft(1.0);
    s.plate.shade(&closed, -0.62);
    if d.press > 0.0 {
        // Pressed lips bulge above and below.
        s.patch((MIDDLE, s.mouth_y() - upper - 6.0), half * 0.6, 3.0, 4.0, 0.08 * d.press);
        let crease = on_side(
            1.0,
            [(-half * 0.8, under + 3.0), (0.0, under + 6.0), (half * 0.8, under + 3.0)],
        );
        s.soft_line(&crease, (2.5, 2.5), 2.5, -0.22 * d.press);
    }
}

/// The upper teeth hang from the upper lip; stretched lips bare the lower ones too.
fn teeth(s: &mut Sitting, inside: &Mask, (top, bottom, half): (f64, f64, f64)) {
    let gap = bottom - top;
    let (_, corner_y) = corner(s);
    // A smile shows the upper teeth; between lips that are only stretched and parted it is mostly dark.
    let broad = s.does.smile / (s.does.smile + s.does.stretch).max(1e-6);
    let high = ((0.30 + 0.42 * broad) * gap).min(6.5 + 6.5 * broad);
    let curve = |y: f64, lift: f64| {
        both_sides(&[(0.0, y), (half * 0.5, y + 0.25 * lift), (half * 0.95, y + lift)])
    };
    let lift = (corner_y - top) * 0.8;
    let mut upper = in_order(&curve(top - 8.0, lift));
    upper.extend(in_order(&curve(top + high, lift)).into_iter().rev());
    let mask = Mask::of(&[upper]).soft(1.0).within(inside);
    let white = 0.90;
    s.plate.lay(&mask, white, 0.95);
    if s.does.stretch > 0.0 {
        let up = bottom - 3.5 * s.does.stretch;
        let mut lower = in_order(&curve(up, (corner_y - bottom) * 0.5));
        lower.extend([(MIDDLE + half, bottom + 12.0), (MIDDLE - half, bottom + 12.0)]);
        let mask = Mask::of(&[lower]).soft(1.0).within(inside);
        s.plate.lay(&mask, white * 0.86, 0.9 * s.does.stretch);
    }
    // The lips shade the teeth, most of all in the corners.
    for side in [-1.0, 1.0] {
        let [at] = on_side(side, [(half * 0.92, corner_y)]);
        let shade = Mask::oval(at, half * 0.2, 9.0).soft(4.0).within(inside);
        s.plate.shade(&shade, -0.7);
    }
}
