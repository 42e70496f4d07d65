//! Six ways to wear hair for each sex. Some say nothing of the sex: short hair on women, long hair on men.

mod curls;

use super::head::{outline, shape};
use super::{MIDDLE, Sitting, both_sides, on_side};
use crate::stimuli::make::canvas::Point;
use crate::stimuli::make::faces::person::Sex;
use crate::stimuli::make::faces::plate::Mask;

/// The ways to wear hair, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Long,
    Bob,
    Bun,
    Wavy,
    Cropped,
    Curls,
    SideParted,
    CrewCut,
    Receding,
    Shaven,
    SweptBack,
    ShortCurls,
}

impl Style {
    fn of(s: &Sitting) -> Style {
        use Style::*;
        let women = [Long, Bob, Bun, Wavy, Cropped, Curls];
        let men = [SideParted, CrewCut, Receding, Shaven, SweptBack, ShortCurls];
        if s.who.sex == Sex::Female { women[s.who.style] } else { men[s.who.style] }
    }
}

/// Hair that hangs behind neck and head.
pub fn behind(s: &mut Sitting) {
    let w = s.who.face;
    let tone = s.who.hair * 0.72;
    let outline: Vec<Point> = match Style::of(s) {
        Style::Long => vec![
            (0.0, 52.0),
            (0.6 * w, 60.0),
            (1.06 * w, 112.0),
            (1.16 * w, 220.0),
            (1.18 * w, 330.0),
            (1.22 * w, 480.0),
            (0.0, 480.0),
        ],
        Style::Wavy => vec![
            (0.0, 50.0),
            (0.65 * w, 58.0),
            (1.12 * w, 112.0),
            (1.24 * w, 200.0),
            (1.18 * w, 262.0),
            (1.32 * w, 320.0),
            (1.22 * w, 380.0),
            (1.0 * w, 404.0),
            (0.0, 404.0),
        ],
        Style::Bob => vec![
            (0.0, 48.0),
            (0.65 * w, 56.0),
            (1.14 * w, 112.0),
            (1.25 * w, 220.0),
            (1.24 * w, 300.0),
            (1.05 * w, 340.0),
            (0.5 * w, 344.0),
            (0.0, 344.0),
        ],
        Style::SweptBack => vec![
            (0.0, 52.0),
            (0.6 * w, 66.0),
            (1.03 * w, 120.0),
            (1.12 * w, 200.0),
            (1.10 * w, 262.0),
            (0.9 * w, 292.0),
            (0.0, 292.0),
        ],
        Style::Bun => {
            let bun = Mask::oval((MIDDLE, 46.0), 40.0, 32.0);
            s.plate.lay(&bun, s.who.hair * 0.9, 1.0);
            s.soft_line(
                &[(MIDDLE - 26.0, 50.0), (MIDDLE, 34.0), (MIDDLE + 24.0, 46.0)],
                (4.0, 4.0),
                4.0,
                0.25,
            );
            return;
        }
        Style::Curls => return curls::wreath(s, 1.20, 27.0, 300.0, 0.8),
        Style::ShortCurls => return curls::wreath(s, 1.05, 17.0, 176.0, 0.8),
        _ => return,
    };
    s.plate.lay(&Mask::blob(&both_sides(&outline)), tone, 1.0);
}

/// Hair in front of the shoulders, beside the neck.
pub fn beside(s: &mut Sitting) {
    let w = s.who.face;
    let tone = s.who.hair * 0.85;
    let side_shape: [Point; 6] = match Style::of(s) {
        Style::Long => [
            (0.80 * w, 240.0),
            (1.17 * w, 230.0),
            (1.22 * w, 360.0),
            (1.24 * w, 480.0),
            (0.66 * w, 480.0),
            (0.74 * w, 370.0),
        ],
        Style::Wavy => [
            (0.80 * w, 240.0),
            (1.20 * w, 250.0),
            (1.32 * w, 322.0),
            (1.18 * w, 392.0),
            (0.78 * w, 400.0),
            (0.66 * w, 350.0),
        ],
        _ => return,
    };
    for side in [-1.0, 1.0] {
        s.plate.lay(&Mask::blob(&on_side(side, side_shape)), tone, 1.0);
        let strand = on_side(side, [(1.02 * w, 250.0), (0.98 * w, 340.0), (0.92 * w, 420.0)]);
        s.soft_line(&strand, (6.0, 8.0), 6.0, 0.22);
    }
}

/// Hair over forehead and temples.
pub fn over(s: &mut Sitting) {
    let w = s.who.face;
    let style = Style::of(s);
    // How far the hair stands off the head, how low the sides reach, and the hairline from the temple to the
    // middle, in shares of the face's half width.
    let (stand, down, line): (f64, f64, Vec<Point>) = match style {
        Style::Long => {
            (24.0, 190.0, vec![(0.90, 176.0), (0.72, 138.0), (0.36, 112.0), (0.0, 96.0)])
        }
        Style::Wavy => (
            26.0,
            190.0,
            vec![
                (0.90, 178.0),
                (0.80, 140.0),
                (0.52, 118.0),
                (0.2, 108.0),
                (-0.2, 108.0),
                (-0.5, 98.0),
            ],
        ),
        Style::Bob => {
            (28.0, 190.0, vec![(0.88, 176.0), (0.80, 158.0), (0.44, 152.0), (0.0, 154.0)])
        }
        Style::Bun => {
            (14.0, 196.0, vec![(0.93, 170.0), (0.76, 128.0), (0.40, 110.0), (0.0, 106.0)])
        }
        Style::Cropped => (
            20.0,
            214.0,
            vec![(0.90, 172.0), (0.82, 146.0), (0.45, 136.0), (0.0, 124.0), (-0.4, 112.0)],
        ),
        Style::Curls => {
            (30.0, 200.0, vec![(0.92, 170.0), (0.80, 138.0), (0.42, 120.0), (0.0, 118.0)])
        }
        Style::SideParted => (
            20.0,
            208.0,
            vec![(0.94, 166.0), (0.88, 132.0), (0.60, 116.0), (0.1, 118.0), (-0.35, 108.0)],
        ),
        Style::CrewCut => {
            (9.0, 204.0, vec![(0.95, 164.0), (0.84, 128.0), (0.60, 114.0), (0.0, 110.0)])
        }
        Style::Receding => (
            8.0,
            204.0,
            vec![(0.95, 160.0), (0.84, 122.0), (0.58, 92.0), (0.30, 100.0), (0.0, 104.0)],
        ),
        Style::SweptBack => {
            (20.0, 190.0, vec![(0.92, 168.0), (0.80, 124.0), (0.45, 104.0), (0.0, 100.0)])
        }
        Style::ShortCurls => {
            (16.0, 196.0, vec![(0.95, 164.0), (0.84, 128.0), (0.52, 116.0), (0.0, 114.0)])
        }
        Style::Shaven => {
            let shape = shape(s);
            let cap = Mask::of(&[both_sides(&[
                (0.0, 40.0),
                (1.3 * w, 40.0),
                (1.3 * w, 196.0),
                (0.95 * w, 190.0),
                (0.90 * w, 138.0),
                (0.62 * w, 112.0),
                (0.0, 106.0),
            ])]);
            s.plate.shade(&cap.soft(6.0).within(&shape), -0.13);
            s.patch((MIDDLE - 22.0, 100.0), 26.0, 9.0, 12.0, 0.13);
            return;
        }
    };
    cap(s, stand, down, &line);
    match style {
        Style::Long | Style::SweptBack | Style::Wavy | Style::Bob => curtains(s, style),
        Style::Curls => curls::fringe(s, 17.0, 124.0),
        Style::ShortCurls => curls::fringe(s, 11.0, 116.0),
        _ => {}
    }
}

/// Hair on the crown, `stand` pixels off the head, down to a hairline; its sides reach down to the height `down`.
fn cap(s: &mut Sitting, stand: f64, down: f64, line: &[Point]) {
    let w = s.who.face;
    let head = outline(s);
    let out = |(x, y): Point| {
        let grow = 1.0 + 0.45 * stand / w;
        (x * grow, if y < 130.0 { y - stand * (1.0 - 0.5 * x / w) } else { y })
    };
    let mut right: Vec<Point> = head[..4].iter().map(|&p| out(p)).collect();
    right.push((w + 0.3 * stand, down - 10.0));
    right.push((w * 0.97, down));
    // A line that goes past the middle belongs to a parting, and the other side has only a temple of it.
    let lopsided = line.last().is_some_and(|p| p.0 < 0.0);
    let scaled: Vec<Point> = line.iter().map(|&(u, y)| (u * w, y)).collect();
    let turn = if lopsided { s.who.parting } else { 1.0 };
    let mut points: Vec<Point> = right.iter().map(|&(x, y)| (MIDDLE + turn * x, y)).collect();
    points.extend(scaled.iter().map(|&(x, y)| (MIDDLE + turn * x, y)));
    let other = scaled.iter().rev().filter(|p| p.0 > if lopsided { 0.55 * w } else { 0.0 });
    points.extend(other.map(|&(x, y)| (MIDDLE - turn * x, y)));
    points.extend(right.iter().rev().filter(|p| p.0 > 0.0).map(|&(x, y)| (MIDDLE - turn * x, y)));
    // Very short hair has no edge.
    let mask = Mask::blob(&points).soft(if stand < 10.0 { 3.0 } else { 1.5 });
    let depth = mask.soft(14.0);
    let hair = s.who.hair;
    s.plate.paint(&mask, 0.97, |x, y| {
        let inside = depth.at(x as usize, y as usize);
        let gloss = (-((y - 84.0) / 17.0).powi(2) - ((x - MIDDLE + 20.0) / 55.0).powi(2)).exp();
        hair * (0.72 + 0.30 * inside + 0.34 * gloss)
    });
    if !matches!(Style::of(s), Style::Curls | Style::ShortCurls) {
        strands(s, &mask, turn);
    }
}

/// Soft lines from the parting outwards, which say which way the hair goes.
fn strands(s: &mut Sitting, mask: &Mask, turn: f64) {
    let w = s.who.face;
    let parting = (MIDDLE + turn * 0.12 * w, 62.0);
    for i in 0..9 {
        let turned = f64::from(i) / 8.0 * 2.7 + 0.22;
        let end = (MIDDLE - 1.05 * w * turned.cos(), 168.0 - 72.0 * turned.sin());
        let at = |u: f64, rise: f64| {
            (parting.0 + u * (end.0 - parting.0), parting.1 + u * (end.1 - parting.1) - rise)
        };
        let line = Mask::line(&[at(0.3, 4.0), at(0.62, 9.0), at(1.1, 0.0)], 2.0, 4.5).soft(2.5);
        s.plate.shade(&line.within(mask), if i % 2 == 0 { -0.20 } else { 0.14 });
    }
}

/// Hair that falls beside the face, in front of temples and cheeks.
fn curtains(s: &mut Sitting, style: Style) {
    let w = s.who.face;
    let hair = s.who.hair;
    let shape: Vec<Point> = match style {
        Style::Long => vec![
            (0.62 * w, 70.0),
            (1.06 * w, 116.0),
            (1.17 * w, 220.0),
            (1.19 * w, 330.0),
            (1.10 * w, 400.0),
            (0.92 * w, 392.0),
            (0.96 * w, 300.0),
            (0.93 * w, 230.0),
            (0.88 * w, 170.0),
            (0.62 * w, 124.0),
        ],
        Style::Wavy => vec![
            (0.62 * w, 66.0),
            (1.12 * w, 116.0),
            (1.24 * w, 200.0),
            (1.18 * w, 262.0),
            (1.32 * w, 322.0),
            (1.12 * w, 380.0),
            (0.86 * w, 360.0),
            (1.0 * w, 310.0),
            (0.92 * w, 256.0),
            (0.97 * w, 214.0),
            (0.88 * w, 172.0),
            (0.7 * w, 124.0),
        ],
        Style::Bob => vec![
            (0.66 * w, 64.0),
            (1.13 * w, 114.0),
            (1.25 * w, 220.0),
            (1.24 * w, 300.0),
            (1.10 * w, 338.0),
            (0.84 * w, 330.0),
            (0.90 * w, 290.0),
            (0.92 * w, 230.0),
            (0.87 * w, 170.0),
            (0.7 * w, 130.0),
        ],
        _ => vec![
            (0.6 * w, 70.0),
            (1.04 * w, 118.0),
            (1.13 * w, 196.0),
            (1.12 * w, 252.0),
            (1.02 * w, 268.0),
            (0.98 * w, 240.0),
            (0.985 * w, 205.0),
            (0.93 * w, 166.0),
            (0.72 * w, 112.0),
        ],
    };
    for side in [-1.0, 1.0] {
        let points: Vec<Point> = shape.iter().map(|&(x, y)| (MIDDLE + side * x, y)).collect();
        let mask = Mask::blob(&points).soft(1.5);
        s.plate.paint(&mask, 1.0, |x, y| {
            let out = (((x - MIDDLE).abs() / w - 1.05) / 0.16).clamp(-1.0, 1.2);
            let fall = ((y - 120.0) / 240.0).clamp(0.0, 1.0);
            hair * (1.06 - 0.22 * out * out - 0.16 * fall)
        });
        let low = if style == Style::SweptBack { 262.0 } else { 360.0 };
        for (u, by) in [(0.98, -0.2), (1.05, 0.16), (1.12, -0.2)] {
            let line = on_side(
                side,
                [(u * w - 22.0, 112.0), (u * w - 4.0, 170.0), (u * w, 250.0), (u * w + 3.0, low)],
            );
            let strand = Mask::line(&line, 3.0, 5.0).soft(2.5).within(&mask);
            s.plate.shade(&strand, by);
        }
    }
}
