//! Curls: a wreath of them behind the head, and a row along the hairline.

use super::super::{MIDDLE, Sitting};
use crate::stimuli::make::canvas::ellipse;
use crate::stimuli::make::faces::plate::Mask;

/// A wreath of curls around the head down to a height.
pub fn wreath(s: &mut Sitting, out: f64, size: f64, down: f64, tone: f64) {
    let w = s.who.face * out;
    let count = (std::f64::consts::PI * w / size * 1.25) as usize;
    let (mut circles, mut lights) = (Vec::new(), Vec::new());
    for i in 0..=count {
        let turn = std::f64::consts::PI * (i as f64 / count as f64);
        let (x, y) = (MIDDLE - w * turn.cos(), 170.0 - (170.0 - 78.0) * out * turn.sin());
        let wobble = if i % 2 == 0 { 1.0 } else { 0.86 };
        circles.push(ellipse((x, y), size * wobble, size * wobble));
        lights.push((x, y - 0.3 * size));
    }
    let mut y = 170.0;
    while y < down {
        // Below the ears the hair comes in towards the neck.
        let near = w * (1.0 - 0.10 * ((y - 170.0) / 110.0f64).powi(2));
        for side in [-1.0, 1.0] {
            circles.push(ellipse((MIDDLE + side * near, y), size, size));
            lights.push((MIDDLE + side * near, y - 0.3 * size));
            circles.push(ellipse((MIDDLE + side * (near - size), y), size * 1.3, size));
        }
        y += size * 1.1;
    }
    let crown = ellipse((MIDDLE, 150.0), w, 92.0 * out);
    circles.push(crown);
    s.plate.lay(&Mask::of(&circles), s.who.hair * tone, 1.0);
    for at in lights {
        s.patch(at, 0.4 * size, 0.25 * size, 0.25 * size, 0.30);
    }
}

/// Curls along the hairline, and light and shade of those on the crown.
pub fn fringe(s: &mut Sitting, size: f64, y: f64) {
    let w = s.who.face;
    let hair = s.who.hair;
    let count = (1.7 * w / (1.25 * size)).round();
    for i in 0..=count as u32 {
        let at = -0.85 + 1.7 * f64::from(i) / count;
        let low = y - 8.0 + 34.0 * at * at - if i % 2 == 1 { 5.0 } else { 0.0 };
        let x = MIDDLE + at * w;
        let curl = Mask::oval((x, low), size, size).soft(1.5);
        s.plate.lay(&curl, hair * 0.92, 1.0);
        let lit = Mask::oval((x - 2.0, low - size * 0.4), size * 0.45, size * 0.3).soft(4.0);
        s.plate.shade(&lit.within(&curl), 0.28);
    }
    for row in 0..3 {
        let steps = (1.5 * w / (1.3 * size)).round();
        for i in 0..=steps as u32 {
            let odd = if row % 2 == 1 { 0.5 } else { 0.0 };
            let at = -0.75 + 1.5 * (f64::from(i) + odd) / steps;
            let high = y - 20.0 - f64::from(row) * size * 1.1 + 46.0 * at * at;
            let x = MIDDLE + at * w;
            s.patch((x, high), size * 0.4, size * 0.28, size * 0.3, 0.24);
            let shade = (x + size * 0.5, high + size * 0.5);
            s.patch(shade, size * 0.4, size * 0.25, size * 0.3, -0.22);
        }
    }
}
