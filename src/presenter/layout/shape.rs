//! Rectangles that a shape is put together from, none over another, so that nothing is blended twice.

use super::{PixelRect, Placed};
use crate::ground::scene::Rgb;

/// Places rectangles of one colour: solid ones one by one, others as one veil.
pub fn fill(rects: &[PixelRect], color: Rgb, opacity: f64, placed: &mut Vec<Placed>) {
    if opacity < 1.0 {
        return placed.push(Placed::Veil { rects: rects.to_vec(), color, opacity });
    }
    placed.extend(rects.iter().map(|&rect| Placed::Fill { rect, color }));
}

/// A cross of a level and an upright arm without the middle twice.
pub fn cross([level, upright]: [PixelRect; 2]) -> Vec<PixelRect> {
    let above = (level.y - upright.y).max(0) as u32;
    let under = level.y + level.h as i32;
    let below = (upright.y + upright.h as i32 - under).max(0) as u32;
    let parts =
        [level, PixelRect { h: above, ..upright }, PixelRect { y: under, h: below, ..upright }];
    parts.into_iter().filter(|r| r.h > 0).collect()
}

/// The outline of a rectangle, so many pixels thick and within it; all of it where that leaves no hole.
pub fn frame(r: PixelRect, thick: u32) -> Vec<PixelRect> {
    if thick * 2 >= r.w.min(r.h) {
        return vec![r];
    }
    let t = thick as i32;
    let (right, bottom) = (r.x + r.w as i32 - t, r.y + r.h as i32 - t);
    let side = PixelRect { x: r.x, y: r.y + t, w: thick, h: r.h - 2 * thick };
    vec![
        PixelRect { h: thick, ..r },
        PixelRect { y: bottom, h: thick, ..r },
        side,
        PixelRect { x: right, ..side },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often each pixel of a field of 20 x 20 is covered.
    fn covered(rects: &[PixelRect]) -> Vec<u32> {
        let within = |r: &&PixelRect, x: i32, y: i32| {
            (r.x..r.x + r.w as i32).contains(&x) && (r.y..r.y + r.h as i32).contains(&y)
        };
        let at = |i: i32| rects.iter().filter(|r| within(r, i % 20, i / 20)).count() as u32;
        (0..400).map(at).collect()
    }

    fn rect(x: i32, y: i32, w: u32, h: u32) -> PixelRect {
        PixelRect { x, y, w, h }
    }

    #[test]
    fn a_cross_covers_what_its_arms_cover_and_nothing_twice() {
        for arms in [[rect(3, 9, 15, 3), rect(9, 3, 3, 15)], [rect(4, 4, 6, 6), rect(4, 4, 6, 6)]] {
            let both = covered(&arms).into_iter().map(|n| n.min(1)).collect::<Vec<_>>();
            assert_eq!(covered(&cross(arms)), both);
        }
    }

    #[test]
    fn a_frame_is_a_rectangle_without_its_inside_and_nothing_twice() {
        let outer = rect(2, 3, 15, 11);
        let hole = covered(&[rect(4, 5, 11, 7)]);
        let want: Vec<u32> = covered(&[outer]).iter().zip(&hole).map(|(o, h)| o - h).collect();
        assert_eq!(covered(&frame(outer, 2)), want);
        assert_eq!(frame(outer, 6), [outer], "there is no hole in a thick one");
    }
}
