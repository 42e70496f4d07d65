//! The figures of self-assessment manikins, drawn by code of our own after the idea of Bradley and Lang (1994), J Behav Ther
//! Exp Psychiatry 25:49-59: five steps of valence, arousal and dominance. Coverage alone; the colour is the scale's.

mod brush;

use crate::ground::scene::Figures;
use brush::{Brush, Point};

/// Draws one figure of a row: `index` from 0 (unpleasant, calm, controlled) to 4 (pleasant, excited, in control), a square of
/// `side` pixels; one byte a pixel from the top left, 0 for nothing and 255 for ink.
pub fn draw(figures: Figures, index: u32, side: u32) -> Vec<u8> {
    let mut brush = Brush::new(side);
    // From 0 to 1.
    let level = f64::from(index.min(4)) / 4.0;
    match figures {
        Figures::Valence => valence(&mut brush, level),
        Figures::Arousal => arousal(&mut brush, level),
        Figures::Dominance => dominance(&mut brush, level),
    }
    brush.finish()
}

/// A face, from frowning to smiling, on its shoulders.
fn valence(b: &mut Brush, level: f64) {
    let mood = level * 2.0 - 1.0;
    let line = b.line(0.028);
    let shoulders = |p: Point| {
        brush::rounded(p, [0.5, 1.06], [0.36, 0.2], 0.18).min(brush::disc(p, [0.5, 0.43], 0.36))
    };
    b.outline(shoulders, line);
    // The chin, which the silhouette leaves open.
    b.outline(|p| brush::disc(p, [0.5, 0.43], 0.36), line);

    for side in [-1.0, 1.0] {
        let x = |by: f64| 0.5 + side * by;
        b.fill(|p| brush::disc(p, [x(0.135), 0.37], 0.038));
        // Brows: their inner ends go up in sorrow, and all of them in joy.
        let inner = [x(0.075), 0.265 + mood.min(0.0) * 0.045 - mood.max(0.0) * 0.015];
        let outer = [x(0.205), 0.265 - mood.min(0.0) * 0.035 - mood.max(0.0) * 0.015];
        let bow = [x(0.14), (inner[1] + outer[1]) / 2.0 - 0.025 - mood.max(0.0) * 0.03];
        b.stroke_curve(inner, bow, outer, line * 0.85);
    }
    let (corner, middle) = (0.585 - mood * 0.055, 0.585 + mood * 0.13);
    let half = 0.15 + mood.abs() * 0.03;
    b.stroke_curve([0.5 - half, corner], [0.5, middle], [0.5 + half, corner], line * 1.15);
}

/// A body that is asleep, up to one with an explosion in it.
fn arousal(b: &mut Brush, level: f64) {
    let line = b.line(0.024);
    b.outline(body, line);
    let step = (level * 4.0).round() as u32;
    for side in [-1.0, 1.0] {
        let x = |by: f64| 0.5 + side * by;
        let eye = [x(0.052), 0.165];
        match step {
            // Closed.
            0 => b.stroke_curve([x(0.025), 0.165], [x(0.052), 0.19], [x(0.08), 0.165], line * 0.8),
            // Half open.
            1 => {
                b.stroke_curve([x(0.022), 0.16], [x(0.052), 0.155], [x(0.083), 0.16], line * 0.8);
                b.fill(|p| brush::disc(p, [eye[0], 0.172], 0.016));
            }
            2 => b.fill(|p| brush::disc(p, eye, 0.02)),
            // Wide open.
            _ => {
                let wide = if step == 3 { 0.03 } else { 0.037 };
                b.outline(|p| brush::disc(p, eye, wide), line * 0.7);
                b.fill(|p| brush::disc(p, eye, 0.013));
            }
        }
    }
    match step {
        0..=2 => b.stroke_curve([0.465, 0.235], [0.5, 0.24], [0.535, 0.235], line * 0.8),
        _ => b.fill(|p| brush::disc(p, [0.5, 0.24], if step == 3 { 0.016 } else { 0.024 })),
    }
    // The turmoil within, which breaks out in the end.
    let (middle, outer) = ([0.5, 0.53], [0.014, 0.05, 0.095, 0.155, 0.235][step as usize]);
    let spikes = 7 + step;
    b.erase(|p| brush::star(p, middle, outer + line * 1.4, spikes));
    b.fill(|p| brush::star(p, middle, outer, spikes));
    // Trembling beside it.
    for i in 0..step.saturating_sub(2) {
        for side in [-1.0, 1.0] {
            let x = |by: f64| 0.5 + side * by;
            let out = 0.36 + 0.065 * f64::from(i);
            b.stroke_curve([x(out), 0.36], [x(out + 0.045), 0.44], [x(out), 0.52], line * 0.8);
            b.stroke_curve([x(out), 0.52], [x(out - 0.045), 0.6], [x(out), 0.68], line * 0.8);
        }
    }
}

/// The same body, from tiny to as large as there is room.
fn dominance(b: &mut Brush, level: f64) {
    let line = b.line(0.024);
    let size = [0.24, 0.4, 0.58, 0.78, 1.0][(level * 4.0).round() as usize];
    // All stand on the same ground.
    let scaled = |p: Point| [0.5 + (p[0] - 0.5) / size, 0.97 + (p[1] - 0.97) / size];
    let thin = line.min(b.line(0.05 * size));
    b.outline(move |p| body(scaled(p)) * size, thin);
    for side in [-1.0, 1.0] {
        b.fill(move |p| brush::disc(scaled(p), [0.5 + side * 0.052, 0.165], 0.021) * size);
    }
    let to = |x: f64, y: f64| [0.5 + (x - 0.5) * size, 0.97 + (y - 0.97) * size];
    b.stroke_curve(to(0.462, 0.235), to(0.5, 0.238), to(0.538, 0.235), thin * 0.8);
}

/// Head, trunk, arms and legs: how far a point is from their edge, negative inside.
fn body(p: Point) -> f64 {
    // Both sides are the same.
    let p = [0.5 + (p[0] - 0.5).abs(), p[1]];
    let head = brush::disc(p, [0.5, 0.185], 0.145);
    let trunk = brush::rounded(p, [0.5, 0.53], [0.14, 0.2], 0.1);
    let arm = brush::limb(p, [0.6, 0.4], [0.76, 0.6], 0.055);
    let leg = brush::limb(p, [0.575, 0.7], [0.61, 0.905], 0.062);
    brush::merge(brush::merge(head, trunk, 0.02), arm.min(leg), 0.03)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Figures; 3] = [Figures::Valence, Figures::Arousal, Figures::Dominance];

    fn ink(figures: Figures, index: u32) -> u64 {
        draw(figures, index, 120).iter().map(|&a| u64::from(a)).sum()
    }

    #[test]
    fn five_figures_differ_from_each_other_at_any_size() {
        for figures in ALL {
            for side in [24, 120] {
                let drawn: Vec<_> = (0..5).map(|i| draw(figures, i, side)).collect();
                for i in 0..5 {
                    assert_eq!(drawn[i].len(), (side * side) as usize);
                    assert!((0..i).all(|j| drawn[i] != drawn[j]), "{figures:?} {i}");
                }
            }
        }
    }

    #[test]
    fn more_arousal_and_dominance_take_more_ink() {
        for figures in [Figures::Arousal, Figures::Dominance] {
            let inks: Vec<u64> = (0..5).map(|i| ink(figures, i)).collect();
            assert!(inks.is_sorted_by(|a, b| a < b), "{figures:?} {inks:?}");
        }
    }

    #[test]
    fn figures_are_the_same_on_both_sides() {
        for (figures, i) in ALL.iter().flat_map(|f| (0..5).map(move |i| (*f, i))) {
            let drawn = draw(figures, i, 60);
            for row in drawn.chunks(60) {
                for x in 0..30 {
                    assert!(row[x].abs_diff(row[59 - x]) < 12, "{figures:?} {i}");
                }
            }
        }
    }

    #[test]
    fn the_corners_of_a_mouth_go_up_with_valence() {
        // The row in which the mouth is inked at its corner.
        let corner = |i| {
            let drawn = draw(Figures::Valence, i, 200);
            (90..150).max_by_key(|y| drawn[y * 200 + 72]).expect("there are rows")
        };
        assert!(corner(0) > corner(2) && corner(2) > corner(4));
    }
}
