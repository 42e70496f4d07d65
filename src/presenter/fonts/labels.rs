//! Labels in a row, each under its point. All have one size: as large as lets every word stand whole; where that would be
//! too small, every second label stands in a row below, with a thin line down to it.

use super::{Fonts, Shaped};
use crate::presenter::layout::{PixelRect, TextBox};
use glyphon::Wrap;

/// Sizes that are tried in one row, and then in two, as shares of the size that is asked for.
const ONE_ROW: [f64; 3] = [1.0, 0.9, 0.8];
const TWO_ROWS: [f64; 5] = [1.0, 0.9, 0.8, 0.7, SMALLEST];
/// Below this, words are broken instead.
const SMALLEST: f64 = 0.6;
/// So many shares at most belong to one label.
const MOST: usize = 4;
/// Between a label and the one beside it, and between rows, in heights of a line.
const GAP: f64 = 0.3;

/// Labels that have their places.
#[derive(Debug)]
pub struct LabelRows {
    pub shaped: Vec<Shaped>,
    /// Lines from points to labels in the second row.
    pub leaders: Vec<PixelRect>,
    /// Where the last of them ends.
    pub bottom: f32,
}

impl LabelRows {
    /// Sets labels (some may be empty) whose points are `share` pixels apart, with their first lines on their `y`. A label
    /// whose neighbours are empty takes their room.
    pub fn set(fonts: &mut Fonts, labels: &[TextBox], share: f64, thin: u32) -> LabelRows {
        let filled: Vec<(&TextBox, f64)> = labels
            .iter()
            .enumerate()
            .filter(|(_, t)| !t.text.is_empty())
            .map(|(i, t)| (t, share * room(labels, i)))
            .collect();
        let sized = |factor: f64, rows: f64| -> Vec<TextBox> {
            filled.iter().map(|(t, room)| resized(t, factor, room * rows)).collect()
        };
        let mut fitting = |factors: &[f64], rows: f64| {
            let mut tried = factors.iter().map(|f| sized(*f, rows));
            tried.find(|all| all.iter().all(|t| fits(fonts, t)))
        };
        if let Some(all) = fitting(&ONE_ROW, 1.0) {
            let shaped: Vec<Shaped> = all.iter().map(|t| fonts.shape(t)).collect();
            let bottom = lowest(&shaped, labels.first().map_or(0.0, |t| t.y as f32));
            return LabelRows { shaped, leaders: Vec::new(), bottom };
        }
        let mut all = fitting(&TWO_ROWS, 2.0).unwrap_or_else(|| sized(SMALLEST, 2.0));
        let mut shaped: Vec<Shaped> = all.iter().step_by(2).map(|t| fonts.shape(t)).collect();
        let upper = lowest(&shaped, 0.0);
        let mut leaders = Vec::new();
        for text in all.iter_mut().skip(1).step_by(2) {
            let from = text.y;
            text.y = f64::from(upper) + text.line_height * GAP;
            let length = (text.y - from).max(1.0);
            leaders.push(PixelRect::centered(
                text.x,
                from + length / 2.0,
                thin,
                length.round() as u32,
            ));
            shaped.push(fonts.shape(text));
        }
        let bottom = lowest(&shaped, upper);
        LabelRows { shaped, leaders, bottom }
    }
}

/// How many shares a label has for itself: as far as the next one that is not empty.
fn room(labels: &[TextBox], i: usize) -> f64 {
    let filled = |j: &usize| !labels[*j].text.is_empty();
    let before = (0..i).rev().find(filled).map_or(MOST, |j| i - j);
    let after = (i + 1..labels.len()).find(filled).map_or(MOST, |j| j - i);
    before.min(after).min(MOST) as f64
}

fn lowest(shaped: &[Shaped], least: f32) -> f32 {
    shaped.iter().map(Shaped::bottom).fold(least, f32::max)
}

fn resized(text: &TextBox, factor: f64, share: f64) -> TextBox {
    let line_height = (text.line_height * factor).max(1.0);
    TextBox { line_height, wrap: (share - line_height * GAP).max(1.0), ..text.clone() }
}

/// Whether every word of a text is narrower than its line.
fn fits(fonts: &mut Fonts, text: &TextBox) -> bool {
    f64::from(fonts.shape_with(text, Wrap::Word).width) <= text.wrap
}
