//! Neck, clothes, ears, the head with the light that falls on it, and the oval through which all is seen.

use super::{EYES, MIDDLE, Sitting, both_sides, in_order, on_side};
use crate::stimuli::make::canvas::Point;
use crate::stimuli::make::faces::matching::OVAL;
use crate::stimuli::make::faces::person::Sex;
use crate::stimuli::make::faces::plate::Mask;

/// The tone of the shirt that everybody wears.
const SHIRT: f64 = 0.16;

/// The outline of the head on one side, from the crown to the chin.
pub fn outline(s: &Sitting) -> Vec<Point> {
    let p = s.who;
    let (w, chin_y) = (p.face, p.chin_y + 0.8 * s.drop());
    let jaw_y = p.chin_y - 58.0 + 0.4 * s.drop();
    vec![
        (0.0, 70.0),
        (0.40 * w, 75.0),
        (0.74 * w, 96.0),
        (0.94 * w, 133.0),
        (w, 180.0),
        (0.99 * w, 222.0),
        (0.5 * (0.97 * w + p.jaw) + 1.0, 0.5 * (222.0 + jaw_y)),
        (p.jaw, jaw_y),
        (p.chin + 0.50 * (p.jaw - p.chin), chin_y - 24.0),
        (p.chin, chin_y - 5.0),
        (0.0, chin_y),
    ]
}

/// The head's shape.
pub fn shape(s: &Sitting) -> Mask {
    Mask::blob(&both_sides(&outline(s)))
}

/// Neck and shirt.
pub fn body(s: &mut Sitting) {
    let p = s.who;
    let neck = if p.sex == Sex::Male { 0.70 * p.face } else { 0.52 * p.face };
    let skin = p.skin * 0.88;
    let outline = [
        (neck * 0.98, 250.0),
        (neck * 0.96, 370.0),
        (neck * 1.02, 392.0),
        (neck * 1.20, 420.0),
        (neck * 1.3, 500.0),
    ];
    let shape = Mask::blob(&both_sides(&outline));
    s.plate.lay(&shape, skin, 1.0);
    // The chin's shadow.
    let y = p.chin_y + 0.8 * s.drop();
    let shadow = Mask::oval((MIDDLE, y - 6.0), p.jaw, 34.0).soft(14.0).within(&shape);
    s.plate.shade(&shadow, -0.34);
    for side in [-1.0, 1.0] {
        let line = on_side(side, [(neck * 0.72, 366.0), (neck * 0.42, 410.0), (12.0, 436.0)]);
        s.soft_line(&line, (5.0, 3.0), 5.0, -0.10);
    }
    let shoulders = [
        (0.0, 420.0),
        (neck * 0.5, 415.0),
        (neck * 0.9, 400.0),
        (neck * 1.04, 388.0),
        (neck * 1.2, 386.0),
        (neck * 1.5, 398.0),
        (150.0, 416.0),
        (156.0, 500.0),
        (0.0, 500.0),
    ];
    let shirt = Mask::blob(&both_sides(&shoulders));
    s.plate.lay(&shirt, SHIRT, 1.0);
    let collar =
        both_sides(&[(0.0, 425.0), (neck * 0.5, 420.0), (neck * 0.93, 404.0), (neck * 1.1, 388.0)]);
    s.soft_line(&in_order(&collar), (7.0, 7.0), 1.0, 0.25);
}

/// Ears and the head, with its light and lines.
pub fn head(s: &mut Sitting) {
    let p = s.who;
    for side in [-1.0, 1.0] {
        let ear = on_side(
            side,
            [
                (p.face - 8.0, 196.0),
                (p.face + 6.0, 188.0),
                (p.face + 15.0, 198.0),
                (p.face + 13.0, 224.0),
                (p.face + 5.0, 246.0),
                (p.face - 8.0, 248.0),
            ],
        );
        let ear = Mask::blob(&ear);
        s.plate.lay(&ear, p.skin * 0.84, 1.0);
        let inner =
            on_side(side, [(p.face + 7.0, 200.0), (p.face + 7.0, 218.0), (p.face + 2.0, 236.0)]);
        s.soft_line(&inner, (5.0, 4.0), 2.0, -0.28);
    }
    let shape = shape(s);
    // A rounded thing is darker where it turns away; light comes from the upper left.
    let depth = shape.soft(24.0);
    let (skin, face) = (p.skin, p.face);
    s.plate.paint(&shape, 1.0, |x, y| {
        let turned = ((depth.at(x as usize, y as usize) - 0.45) / 0.5).clamp(0.0, 1.0);
        let round = turned * (2.0 - turned);
        let aside = 0.055 * (x - MIDDLE) / face;
        let below = 0.05 * (y - EYES) / 150.0;
        skin * (0.70 + 0.32 * round - aside - below)
    });
    beard(s, &shape);
    cheeks(s);
    forehead(s);
    let chin_y = p.chin_y + 0.8 * s.drop();
    s.patch((MIDDLE, chin_y - 17.0), p.chin * 0.55, 7.0, 8.0, 0.09);
    let groove = 0.5 * (s.mouth_y() + p.lower_lip + s.drop() + chin_y - 18.0);
    s.patch((MIDDLE, groove), 17.0, 2.5, 4.0, -0.16);
}

/// The shade of a shaven beard: cheeks below the mouth's height, jaw, chin and upper lip.
fn beard(s: &mut Sitting, shape: &Mask) {
    if s.who.stubble == 0.0 {
        return;
    }
    let (w, jaw) = (s.who.face, s.who.jaw);
    let (lip, nose) = (s.mouth_y(), s.nose_y());
    let area = both_sides(&[
        (0.0, nose + 5.0),
        (24.0, nose + 8.0),
        (44.0, lip - 4.0),
        (0.72 * w, lip - 34.0),
        (0.97 * w, 232.0),
        (1.1 * w, 250.0),
        (jaw * 1.1, 400.0),
        (0.0, 420.0),
    ]);
    let area = Mask::of(&[area]).soft(15.0).within(shape);
    s.plate.shade(&area, -s.who.stubble);
}

/// Cheekbones and cheeks: they rise and bulge with AU 6 and 12.
fn cheeks(s: &mut Sitting) {
    let p = s.who;
    let up = 0.6 * s.does.cheek + 0.4 * s.does.smile;
    let men = p.sex == Sex::Male;
    for side in [-1.0, 1.0] {
        let [at] = on_side(side, [(0.60 * p.face, 256.0 - 9.0 * up)]);
        s.patch(at, 17.0 + 5.0 * up, 9.0 + 5.0 * up, 15.0, 0.10 + 0.05 * up);
        let hollow =
            on_side(side, [(0.86 * p.face, 262.0), (0.66 * p.face, 306.0), (0.60 * p.face, 330.0)]);
        s.soft_line(&hollow, (16.0, 8.0), 13.0, if men { -0.14 } else { -0.07 });
        if up > 0.0 {
            // The edge of the raised cheek, below the eye and beside the mouth.
            let edge = on_side(
                side,
                [(p.eye_gap - 20.0, 226.0), (p.eye_gap + 2.0, 229.0), (p.eye_gap + 24.0, 221.0)],
            );
            s.soft_line(&edge, (2.0, 2.5), 2.0, -0.22 * up);
            let feet = on_side(
                side,
                [
                    (p.eye_gap + p.eye_width + 5.0, EYES - 2.0),
                    (p.eye_gap + p.eye_width + 17.0, EYES - 6.0),
                ],
            );
            s.soft_line(&feet, (2.0, 1.0), 1.2, -0.25 * up);
            let feet = on_side(
                side,
                [
                    (p.eye_gap + p.eye_width + 5.0, EYES + 4.0),
                    (p.eye_gap + p.eye_width + 16.0, EYES + 8.0),
                ],
            );
            s.soft_line(&feet, (2.0, 1.0), 1.2, -0.25 * up);
        }
    }
}

/// Forehead: lines across with AU 1 and 2, folds between the brows with AU 4.
fn forehead(s: &mut Sitting) {
    s.patch((MIDDLE - 14.0, 134.0), 44.0, 14.0, 18.0, 0.07);
    let raised = 0.5 * (s.does.inner_brow + s.does.outer_brow);
    if raised > 0.0 {
        for (y, half) in [(132.0, 44.0), (144.0, 50.0), (156.0, 40.0)] {
            let line = in_order(&both_sides(&[(0.0, y + 2.5), (half * 0.5, y), (half, y + 3.0)]));
            s.soft_line(&line, (2.4, 2.4), 1.8, -0.20 * raised);
        }
    }
    let rest = 0.12 * s.who.lines;
    let frown = rest + s.does.frown;
    let base = EYES - s.who.brow_height;
    for side in [-1.0, 1.0] {
        let fold = on_side(side, [(8.0, base - 13.0), (6.0, base), (8.5, base + 10.0)]);
        s.soft_line(&fold, (2.5, 2.5), 1.6, -0.36 * frown);
    }
    s.patch((MIDDLE, base + 2.0), 13.0, 10.0, 7.0, -0.16 * frown);
}

/// Cuts everything to the oval.
pub fn oval(s: &mut Sitting) {
    let (cx, cy, rx, ry) = OVAL;
    let oval = Mask::oval((cx, cy), rx, ry);
    s.plate.cut(&oval);
}
