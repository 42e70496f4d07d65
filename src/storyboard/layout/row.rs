//! One row of the figure: screens that run down to the right, so that each covers a corner of the one before, the arrow of time
//! below them, and brackets above. Where a bracket begins or ends, or something would be hidden, there is a gap instead.

use super::super::story::Tile;
use super::{
    COVERED, Column, GAP, NAME, PAD, Page, Placed, Point, Rect, Ruler, SOFT, Screens, Story, Style,
    WIDE, Words, caption, height_of, within, wrap,
};
use std::ops::Range;

/// Share of a screen's height that is gone down over the width of one.
const FALL: f64 = 0.25;
/// Thickness of the arrow and of brackets; length of the feet of these.
const ARROW: f64 = 4.0;
const THICK: f64 = 2.0;
const FOOT: f64 = 12.0;
/// The arrow's head, along it and to each side.
const HEAD: (f64, f64) = (26.0, 11.0);

const TIME: Style = SOFT;

/// Lays columns `range` of a story out; `h` is the height of their screens.
pub fn lay_out(
    story: &Story,
    range: Range<usize>,
    (h, screens): (f64, Screens<'_>),
    ruler: Ruler<'_>,
) -> Page {
    let columns = &story.columns[range.clone()];
    let row = Row::new(story, &range, (h, screens), ruler);
    let mut page = Page::default();
    for (i, column) in columns.iter().enumerate() {
        row.put(&mut page, i, column);
    }
    let mut tops = row.tops.clone();
    for (repeat, first, last) in within(&story.repeats, &range) {
        let whole = (range.start <= repeat.first, repeat.last < range.end);
        let text = if whole.0 { &repeat.text } else { "" };
        let (left, right) = (row.xs[first], row.xs[last] + WIDE);
        let foot = tops[first..=last].iter().copied().fold(f64::MAX, f64::min) - PAD;
        bracket(&mut page, (left, right), foot, whole);
        let words = wrap(text, NAME, right - left, ruler);
        let top = foot - FOOT - PAD / 2.0 - height_of(&words);
        page.write(((left + right) / 2.0, top), &words);
        tops[first..=last].fill(top - PAD / 2.0);
    }
    let right = row.xs.last().map_or(0.0, |x| x + WIDE);
    let tip = (right, row.arrow + right * row.slope);
    page.shapes.push(arrow((0.0, row.arrow), tip));
    let time = wrap("time", TIME, f64::MAX, ruler);
    let half = time.iter().map(|t| t.width).fold(0.0, f64::max) / 2.0;
    let bottom = page.write((right - half, tip.1 + PAD), &time);
    let top = tops.iter().copied().fold(0.0, f64::min).floor();
    page.shift(-top);
    page.width = right;
    page.height = bottom - top;
    page
}

/// The measures of a row, from the top of the first screen on the arrow.
struct Row {
    h: f64,
    /// Left edge and top of the lowest screen of each column.
    xs: Vec<f64>,
    ys: Vec<f64>,
    /// From one condition up to the next.
    pitch: f64,
    /// Top of the highest screen of each column.
    tops: Vec<f64>,
    /// Captions of each column's screens, and the width that they have.
    captions: Vec<Vec<Vec<Words>>>,
    rooms: Vec<f64>,
    /// Fall for each pixel to the right.
    slope: f64,
    /// Where the arrow begins, below the first screen.
    arrow: f64,
}

impl Row {
    fn new(
        story: &Story,
        range: &Range<usize>,
        (h, screens): (f64, Screens<'_>),
        ruler: Ruler<'_>,
    ) -> Row {
        let columns = &story.columns[range.clone()];
        let slope = h * FALL / WIDE;
        let steps = steps(story, range, screens);
        let xs: Vec<f64> = (0..columns.len()).map(|i| steps[..i].iter().sum()).collect();
        let ys: Vec<f64> = xs.iter().map(|x| (x * slope).round()).collect();
        // The last has nothing to its right.
        let room = |i: usize| if i + 1 < columns.len() { steps[i].min(WIDE) } else { WIDE };
        let rooms: Vec<f64> = (0..columns.len()).map(room).collect();
        let captions: Vec<Vec<Vec<Words>>> = columns
            .iter()
            .zip(&rooms)
            .map(|(c, room)| {
                let of = |t: &Option<Tile>| match t {
                    Some(t) => caption(&t.name, &c.lasts, NAME, room - PAD, ruler),
                    None => Vec::new(),
                };
                c.tiles.iter().map(of).collect()
            })
            .collect();
        let highest = |all: &mut dyn Iterator<Item = &Vec<Words>>| {
            all.map(|c| height_of(c)).fold(0.0, f64::max)
        };
        let under_all = highest(&mut captions.iter().flatten());
        let under_lowest = highest(&mut captions.iter().filter_map(|c| c.last()));
        // Conditions beside a screen that overlaps them must clear it with their captions.
        let beside = |i: usize| steps[i - 1] < WIDE && columns[i].tiles.len() > 1;
        let falls = (1..columns.len()).filter(|i| beside(*i)).map(|i| ys[i] - ys[i - 1]);
        let pitch = (h + PAD + under_all + 2.0 * PAD + falls.fold(0.0, f64::max)).ceil();
        let up = |c: &Column| (c.tiles.len().max(1) - 1) as f64 * pitch;
        let tops = columns.iter().zip(&ys).map(|(c, y)| y - up(c)).collect();
        let arrow = h + PAD + under_lowest + PAD;
        Row { h, xs, ys, pitch, tops, captions, rooms, slope, arrow }
    }

    /// Puts the screens of a column, the last of its conditions on the arrow.
    fn put(&self, page: &mut Page, i: usize, column: &Column) {
        for (j, tile) in column.tiles.iter().enumerate() {
            let Some(tile) = tile else { continue };
            let y = self.tops[i] + j as f64 * self.pitch;
            debug_assert!(y <= self.ys[i]);
            let at = Rect { x: self.xs[i], y, w: WIDE, h: self.h };
            page.tiles.push(Placed { phase: tile.phase, name: tile.name.clone(), at });
            let middle = self.xs[i] + self.rooms[i] / 2.0;
            page.write((middle, y + self.h + PAD), &self.captions[i][j]);
        }
    }
}

/// From each column to the next. Between two brackets all are alike: either each may cover a corner, or none does.
fn steps(story: &Story, range: &Range<usize>, screens: Screens<'_>) -> Vec<f64> {
    let at_bracket = |c: usize| story.repeats.iter().any(|r| r.last == c || r.first == c + 1);
    let clear =
        |c: usize| story.columns[c].tiles.iter().flatten().all(|t| (screens.clear)(t.phase));
    let mut steps = Vec::new();
    let mut from = range.start;
    while from < range.end {
        let last = (from..range.end).find(|c| at_bracket(*c)).unwrap_or(range.end - 1);
        let covered = (from..last).all(clear);
        let step = if covered { (WIDE * (1.0 - COVERED)).round() } else { WIDE + GAP };
        steps.extend((from..last).map(|_| step));
        steps.push(WIDE + GAP);
        from = last + 1;
    }
    steps
}

impl Page {
    /// Moves everything down.
    fn shift(&mut self, down: f64) {
        self.tiles.iter_mut().for_each(|t| t.at.y += down);
        self.lines.iter_mut().for_each(|l| l.middle.1 += down);
        self.shapes.iter_mut().flatten().for_each(|p| p.1 += down);
    }
}

/// A bar with feet at its ends, where these are in this row.
fn bracket(page: &mut Page, (left, right): (f64, f64), foot: f64, (begins, ends): (bool, bool)) {
    let top = foot - FOOT;
    page.shapes.push(block(left, top, right - left, THICK));
    let feet = [(begins, left), (ends, right - THICK)];
    let feet = feet.into_iter().filter(|(there, _)| *there);
    page.shapes.extend(feet.map(|(_, x)| block(x, top, THICK, FOOT)));
}

fn block(x: f64, y: f64, w: f64, h: f64) -> Vec<Point> {
    vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
}

/// A shaft with a head, as one outline.
fn arrow(from: Point, tip: Point) -> Vec<Point> {
    let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let at = |along: f64, aside: f64| {
        (from.0 + ux * along - uy * aside, from.1 + uy * along + ux * aside)
    };
    let (neck, half) = (length - HEAD.0, ARROW / 2.0);
    vec![
        at(0.0, -half),
        at(neck, -half),
        at(neck, -HEAD.1),
        at(length, 0.0),
        at(neck, HEAD.1),
        at(neck, half),
        at(0.0, half),
    ]
}
