//! Where everything of the figure stands, in pixels of the page: pure arithmetic. Screens run down to the right along an arrow,
//! conditions stand above each other, brackets above what is repeated. It draws nothing, and is told how wide words are.

mod row;

use super::story::{Column, Repeat, Story};
use std::ops::Range;

/// A point of the page, from its top left.
pub type Point = (f64, f64);

/// How wide a line of text is at a size of its letters.
pub type Ruler<'a> = &'a mut dyn FnMut(&str, f64) -> f64;

/// Letters, and the height of a line of them.
pub const LETTERS: f64 = 32.0;
pub const LINE: f64 = 40.0;
/// Width of a screen of the run, and of one before it.
pub const WIDE: f64 = 360.0;
pub const NARROW: f64 = 216.0;
const SMALL_LETTERS: f64 = 24.0;
const SMALL_LINE: f64 = 30.0;
const MARGIN: f64 = 48.0;
/// Between screens that do not overlap, and between text and what is beside it.
const GAP: f64 = 28.0;
const PAD: f64 = 12.0;
/// At most so many columns run down to the right before a new row begins.
const COLUMNS: usize = 8;

/// A rectangle of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

/// A screen in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub phase: u32,
    pub name: String,
    pub at: Rect,
}

/// A line of words: its middle, and its measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub text: String,
    pub middle: Point,
    pub width: f64,
    pub letters: f64,
    pub height: f64,
    /// Said less loudly.
    pub soft: bool,
}

/// The whole figure, in drawing order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    pub width: f64,
    pub height: f64,
    /// Filled shapes of one colour: arrows and brackets.
    pub shapes: Vec<Vec<Point>>,
    pub tiles: Vec<Placed>,
    pub lines: Vec<Line>,
}

/// Share of a screen's width, at its right, that the next may cover.
pub const COVERED: f64 = 0.08;

/// What is to be known of the screens themselves.
#[derive(Clone, Copy)]
pub struct Screens<'a> {
    /// Their height as a share of their width.
    pub shape: f64,
    /// Whether that of a phase shows nothing where the next may cover it.
    pub clear: &'a dyn Fn(u32) -> bool,
}

impl std::fmt::Debug for Screens<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Screens({})", self.shape)
    }
}

/// Lays a story out.
pub fn lay_out(story: &Story, screens: Screens<'_>, ruler: Ruler<'_>) -> Page {
    let height = |width: f64| (width * screens.shape).round().max(1.0);
    let rows: Vec<Page> = rows(story)
        .into_iter()
        .map(|range| row::lay_out(story, range, (height(WIDE), screens), ruler))
        .collect();
    let widest = rows.iter().map(|r| r.width).fold(0.0, f64::max);
    let mut page = Page::default();
    let mut y = MARGIN;
    if !story.before.is_empty() {
        let strip = strip(&story.before, widest, (NARROW, height(NARROW)), ruler);
        y = page.add(strip, y) + 2.0 * GAP;
    }
    for row in rows {
        y = page.add(row, y) + 2.0 * GAP;
    }
    page.width = (page.width + 2.0 * MARGIN).ceil();
    page.height = (y - 2.0 * GAP + MARGIN).ceil();
    page
}

impl Page {
    /// Puts another below, from `y` on, and says where it ends.
    fn add(&mut self, part: Page, y: f64) -> f64 {
        let (right, down) = (MARGIN, y.round());
        let moved = |(x, y): Point| (x + right, y + down);
        let shapes = part.shapes.into_iter().map(|s| s.into_iter().map(moved).collect());
        self.shapes.extend(shapes);
        self.tiles.extend(part.tiles.into_iter().map(|t| {
            let (x, y) = moved((t.at.x, t.at.y));
            Placed { at: Rect { x, y, ..t.at }, ..t }
        }));
        self.lines.extend(part.lines.into_iter().map(|l| Line { middle: moved(l.middle), ..l }));
        self.width = self.width.max(part.width);
        down + part.height
    }

    /// Adds lines around `x` that begin at `y`, and says where they end.
    fn write(&mut self, (x, y): Point, words: &[Words]) -> f64 {
        let mut at = y;
        for w in words {
            self.lines.push(Line {
                text: w.text.clone(),
                middle: (x, at + w.line / 2.0),
                width: w.width,
                letters: w.letters,
                height: w.line,
                soft: w.soft,
            });
            at += w.line;
        }
        at
    }
}

/// A line that has no place yet.
struct Words {
    text: String,
    width: f64,
    letters: f64,
    line: f64,
    soft: bool,
}

/// How words look.
#[derive(Clone, Copy)]
struct Style {
    letters: f64,
    line: f64,
    soft: bool,
}

const NAME: Style = Style { letters: LETTERS, line: LINE, soft: false };
const SOFT: Style = Style { soft: true, ..NAME };
const SMALL: Style = Style { letters: SMALL_LETTERS, line: SMALL_LINE, soft: false };

/// Words that stay with the number before them.
const UNITS: [&str; 4] = ["s", "ms", "frames", "\u{d7}"];

/// The words of a text, a number being one with its unit.
fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match words.last_mut().filter(|_| UNITS.contains(&word)) {
            Some(number) => *number = format!("{number} {word}"),
            None => words.push(word.to_string()),
        }
    }
    words
}

/// A text in lines of at most this width; a word that is wider is broken.
fn wrap(text: &str, style: Style, most: f64, ruler: Ruler<'_>) -> Vec<Words> {
    let mut lines = vec![String::new()];
    for word in words_of(text) {
        let last = lines.last_mut().expect("there is a line");
        let longer = if last.is_empty() { word.clone() } else { format!("{last} {word}") };
        if ruler(&longer, style.letters) <= most {
            *last = longer;
            continue;
        }
        if !last.is_empty() {
            lines.push(String::new());
        }
        for letter in word.chars() {
            let last = lines.last_mut().expect("there is a line");
            let longer = format!("{last}{letter}");
            if last.is_empty() || ruler(&longer, style.letters) <= most {
                *last = longer;
            } else {
                lines.push(letter.to_string());
            }
        }
    }
    lines.retain(|l| !l.is_empty());
    let words = lines.into_iter().map(|text| {
        let width = ruler(&text, style.letters);
        Words { text, width, letters: style.letters, line: style.line, soft: style.soft }
    });
    words.collect()
}

/// What stands under a screen: its name, and how long it lasts.
fn caption(name: &str, lasts: &[String], style: Style, most: f64, ruler: Ruler<'_>) -> Vec<Words> {
    let mut lines = wrap(name, style, most, ruler);
    for text in lasts {
        lines.extend(wrap(text, Style { soft: true, ..style }, most, ruler));
    }
    lines
}

fn height_of(words: &[Words]) -> f64 {
    words.iter().map(|w| w.line).sum()
}

/// The columns of each row: a new one begins where nothing is cut apart, unless that would leave it half empty.
fn rows(story: &Story) -> Vec<Range<usize>> {
    let n = story.columns.len();
    let cuts = |at: usize| story.repeats.iter().filter(|r| r.first < at && at <= r.last).count();
    let mut rows = Vec::new();
    let mut from = 0;
    while n - from > COLUMNS {
        // Rows of about the same length.
        let rows_left = (n - from).div_ceil(COLUMNS);
        let even = from + (n - from).div_ceil(rows_left);
        let candidates = from + COLUMNS / 2..=from + COLUMNS;
        let best = candidates.min_by_key(|at| (cuts(*at), at.abs_diff(even)));
        let to = best.unwrap_or(from + COLUMNS);
        rows.push(from..to);
        from = to;
    }
    if from < n {
        rows.push(from..n);
    }
    rows
}

/// Small screens side by side, on as many lines as they need.
fn strip(columns: &[Column], room: f64, (w, h): (f64, f64), ruler: Ruler<'_>) -> Page {
    let mut page = Page::default();
    let title = wrap("Before the run", SOFT, f64::MAX, ruler);
    let half = title.iter().map(|t| t.width).fold(0.0, f64::max) / 2.0;
    let mut y = page.write((half, 0.0), &title) + PAD;
    page.width = 2.0 * half;
    let step = w + GAP;
    let across = (((room + GAP) / step) as usize).max(4);
    // No line of one or two where the others are full.
    let across = columns.len().div_ceil(columns.len().div_ceil(across));
    for line in columns.chunks(across) {
        let mut end = y;
        for (i, column) in line.iter().enumerate() {
            let x = (i as f64 * step).round();
            for tile in column.tiles.iter().flatten().take(1) {
                let at = Rect { x, y: y.round(), w, h };
                page.tiles.push(Placed { phase: tile.phase, name: tile.name.clone(), at });
                let words = caption(&tile.name, &column.lasts, SMALL, w, ruler);
                end = page.write((x + w / 2.0, y.round() + h + PAD), &words).max(end);
            }
            page.width = page.width.max(x + w);
        }
        page.height = end;
        y = end + GAP;
    }
    page
}

/// Brackets around columns `range`, as those columns are counted in the row.
fn within<'a>(
    repeats: &'a [Repeat],
    range: &'a Range<usize>,
) -> impl Iterator<Item = (&'a Repeat, usize, usize)> {
    let here = repeats.iter().filter(|r| r.first < range.end && r.last >= range.start);
    here.map(|r| {
        (r, r.first.max(range.start) - range.start, r.last.min(range.end - 1) - range.start)
    })
}

#[cfg(test)]
mod tests;
