//! Eyes and brows, and how units 1, 2 and 4 to 7 move them.

use super::{EYES, Sitting, on_side};
use crate::stimuli::make::canvas::{Point, smooth};
use crate::stimuli::make::faces::person::Sex;
use crate::stimuli::make::faces::plate::Mask;

/// How far the lids are from the eye's centre: upper, lower.
pub fn lids(s: &Sitting) -> (f64, f64) {
    let (open, d) = (s.who.eye_open, s.does);
    let upper =
        open * (1.0 + 0.30 * d.upper_lid - 0.30 * d.tight_lid - 0.22 * d.cheek) + 4.0 * d.upper_lid;
    let lower = open * 0.82 * (1.0 + 0.10 * d.upper_lid - 0.45 * d.tight_lid - 0.50 * d.cheek);
    (upper, lower)
}

/// The brow's middle line, from its inner end, and how wide it is there and at its outer end.
/// Points are measured from the middle of the face.
pub fn brow(s: &Sitting) -> [Point; 4] {
    let (p, d) = (s.who, s.does);
    let y = EYES - p.brow_height;
    let inner = p.eye_gap - 0.92 * p.eye_width;
    let outer = p.eye_gap + 1.22 * p.eye_width;
    let at = |u: f64| inner + u * (outer - inner);
    let together = 8.0 * d.frown;
    [
        (at(0.0) - together, y - 22.0 * d.inner_brow + 14.0 * d.frown),
        (
            at(0.32) - 0.6 * together,
            y - 0.7 * p.brow_arch - 13.0 * d.inner_brow - 4.0 * d.outer_brow + 9.5 * d.frown,
        ),
        (
            at(0.66) - 0.2 * together,
            y - p.brow_arch - 3.0 * d.inner_brow - 10.0 * d.outer_brow + 3.0 * d.frown,
        ),
        (at(1.0), y + 4.0 - 8.0 * d.outer_brow - 1.0 * d.frown),
    ]
}

/// Draws eyes and brows.
pub fn eyes(s: &mut Sitting) {
    for side in [-1.0, 1.0] {
        eye(s, side);
        one_brow(s, side);
    }
}

fn eye(s: &mut Sitting, side: f64) {
    let (p, d) = (s.who, s.does);
    let (upper, lower) = lids(s);
    let (gap, w) = (p.eye_gap, p.eye_width);
    let tilt = p.eye_tilt;
    let inner = (gap - w, EYES + 2.0 + 0.3 * tilt);
    let outer = (gap + w, EYES + 1.0 - 0.7 * tilt);
    let top = [
        inner,
        (gap - 0.45 * w, EYES - 0.80 * upper),
        (gap + 0.05 * w, EYES - upper),
        (gap + 0.55 * w, EYES - 0.74 * upper - 0.3 * tilt),
        outer,
    ];
    let low = [
        inner,
        (gap - 0.45 * w, EYES + 0.72 * lower),
        (gap + 0.1 * w, EYES + lower),
        (gap + 0.6 * w, EYES + 0.66 * lower - 0.3 * tilt),
        outer,
    ];
    let (top, low) = (on_side(side, top), on_side(side, low));
    let (men, [centre]) = (p.sex == Sex::Male, on_side(side, [(gap, EYES)]));
    // The socket: shade above the lid, below the brow and a little below the eye.
    s.patch((centre.0, EYES - upper - 4.0), w * 0.9, 4.0, 6.0, -0.17 - 0.08 * d.frown);
    s.patch((centre.0 - side * w * 0.7, EYES - 8.0), 9.0, 8.0, 6.0, -0.14 - 0.10 * d.frown);
    s.patch((centre.0, EYES + lower + 5.0), w * 0.8, 2.0, 4.0, -0.12 - 0.10 * d.tight_lid);
    let mut outline = smooth(&top);
    outline.extend(smooth(&low).into_iter().rev());
    let open = Mask::of(&[outline]);
    s.plate.lay(&open, 0.93, 1.0);
    let iris_y = EYES - 0.10 * p.eye_open;
    let radius = 0.96 * p.eye_open.clamp(9.2, 11.4);
    let iris = Mask::oval((centre.0, iris_y), radius, radius).soft(1.0).within(&open);
    s.plate.lay(&iris, p.iris, 1.0);
    let rim = Mask::oval((centre.0, iris_y), radius, radius)
        .without(&Mask::oval((centre.0, iris_y), radius - 2.0, radius - 2.0))
        .soft(1.0)
        .within(&open);
    s.plate.shade(&rim, -0.5);
    let pupil = Mask::oval((centre.0, iris_y), 4.6, 4.6).within(&open);
    s.plate.lay(&pupil, 0.04, 1.0);
    // The lid's shadow on the eye, then lids and lashes.
    let shadow = Mask::line(&top, 7.0, 7.0).soft(2.5).within(&open);
    s.plate.shade(&shadow, -0.30);
    let glint = Mask::oval((centre.0 - 3.5, iris_y - 3.5), 2.1, 2.1).within(&open);
    s.plate.lay(&glint, 0.97, 0.95);
    let (lash, dense) = if men { (2.6, 0.70) } else { (3.8, 0.86) };
    let upper_line = Mask::line(&top, lash * 0.6, lash * 1.15).soft(1.0);
    s.plate.lay(&upper_line, 0.10, dense);
    let lower_line = Mask::line(&low, 1.6, 2.0).soft(1.0);
    s.plate.lay(&lower_line, 0.16, if men { 0.32 } else { 0.45 });
    if !men {
        let [a, b] =
            on_side(side, [(outer.0 - 2.0, outer.1 - 1.0), (outer.0 + 5.0, outer.1 - 5.0)]);
        s.plate.lay(&Mask::line(&[a, b], 3.4, 1.2).soft(1.0), 0.10, 0.75);
    }
    // The crease goes with the lid, and closes up against a lowered brow.
    let room = (5.5 - 3.0 * d.upper_lid - 1.5 * d.tight_lid).max(2.0);
    let crease = top.map(|(x, y)| (x, y - room));
    s.soft_line(&crease[..4], (1.6, 2.2), 1.4, -0.34);
    if d.tight_lid + d.cheek > 0.0 {
        let pouch = low.map(|(x, y)| (x, y + 5.5));
        s.soft_line(&pouch, (1.5, 2.0), 1.8, -0.24 * (d.tight_lid + d.cheek).min(1.0));
    }
}

fn one_brow(s: &mut Sitting, side: f64) {
    let points = on_side(side, brow(s));
    let tone = (s.who.hair * 0.75).min(s.who.skin * 0.62);
    let wide = s.who.brow_width;
    let body = Mask::line(&points, wide, wide * 0.42).soft(1.8);
    s.plate.lay(&body, tone, 0.86);
    // Light falls on the bone above the brow, and shade lies below it.
    let above = points.map(|(x, y)| (x, y - wide * 0.5 - 5.0));
    s.soft_line(&above[1..], (5.0, 4.0), 4.0, 0.05);
}
