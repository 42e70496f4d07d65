//! The nose, made of light and shade, and the folds from its wings to the mouth.

use super::{EYES, MIDDLE, Sitting, on_side};

/// Draws nose and folds.
pub fn nose(s: &mut Sitting) {
    let p = s.who;
    let (y, w) = (s.nose_y(), p.nose_width);
    for side in [-1.0, 1.0] {
        // Light comes from the left, so that the right flank is the darker one.
        let dark = if side > 0.0 { -0.17 } else { -0.08 };
        let flank = on_side(
            side,
            [
                (13.0, EYES - 14.0),
                (10.0, EYES + 8.0),
                (0.62 * w + 2.0, y - 22.0),
                (0.8 * w + 2.0, y - 12.0),
            ],
        );
        s.soft_line(&flank, (7.0, 8.0), 7.0, dark);
        let socket = on_side(side, [(14.0, EYES - 16.0), (17.0, EYES - 4.0)]);
        s.soft_line(&socket, (8.0, 5.0), 5.0, -0.18);
        let wing = on_side(
            side,
            [(0.80 * w, y - 15.0), (w, y - 8.0), (0.94 * w, y - 1.0), (0.72 * w, y + 1.0)],
        );
        s.soft_line(&wing, (2.0, 3.5), 1.8, -0.28);
        let nostril =
            on_side(side, [(0.28 * w, y - 0.5), (0.45 * w, y - 2.2), (0.64 * w, y - 0.8)]);
        s.soft_line(&nostril, (2.2, 3.4), 1.4, -0.72);
    }
    s.soft_line(&[(MIDDLE - 2.0, EYES - 6.0), (MIDDLE - 2.0, y - 18.0)], (6.0, 8.0), 4.0, 0.10);
    s.patch((MIDDLE - 2.0, y - 11.0), 0.30 * w, 5.0, 4.0, 0.12);
    s.patch((MIDDLE, y + 3.0), 0.62 * w, 2.0, 3.5, -0.22);
    for side in [-1.0, 1.0] {
        let ridge = on_side(side, [(4.0, y + 8.0), (5.0, s.mouth_y() - p.upper_lip - 5.0)]);
        s.soft_line(&ridge, (2.5, 3.0), 2.2, -0.07);
    }
    folds(s);
}

/// From the wings of the nose to beside the mouth: deeper with age, AU 12, 20 and 26.
fn folds(s: &mut Sitting) {
    let d = s.does;
    let depth = 0.10 * s.who.lines + 0.34 * d.smile + 0.22 * d.stretch + 0.08 * d.jaw;
    let (y, w) = (s.nose_y(), s.who.nose_width);
    let (corner, corner_y) = super::mouth::corner(s);
    for side in [-1.0, 1.0] {
        let fold = on_side(
            side,
            [
                (w + 3.0, y - 9.0),
                (w + 11.0 + 7.0 * d.smile, y + 4.0),
                (corner + 8.0 + 4.0 * d.smile, 0.5 * (y + corner_y) + 6.0),
                (corner + 11.0 + 2.0 * d.smile, corner_y + 5.0),
            ],
        );
        s.soft_line(&fold, (2.5, 4.0), 3.0, -depth);
    }
}
