//! Lines to events: times in whole nanoseconds, texts without what a protocol cannot hold. Every problem of the file is
//! found at once.

use super::Wanted;
use super::header::{Header, header};
use crate::ground::cells::{Cell, lines};
use crate::ground::diagnostic::Source;
use crate::ground::document::value::counted;
use crate::ground::document::{Problems, short};
use crate::ground::time::Nanos;
use std::ops::Range;

/// The most rows: a factor has no more levels.
const MOST_ROWS: usize = 10_000;
/// The longest cell, in characters.
const LONGEST_CELL: usize = 1000;
/// The first and the last onset that is believed, in seconds.
const ONSETS: (f64, f64) = (-3600.0, 86_400.0);
/// The longest phase, in seconds.
const LONGEST: f64 = 7200.0;

/// An events file.
#[derive(Debug)]
pub struct Events {
    /// Names of the columns beside onset, duration and trial type, as the file writes them.
    pub columns: Vec<String>,
    /// The column that trial types are in.
    pub type_column: Option<String>,
    /// The column that pictures are in.
    pub picture_column: Option<String>,
    /// In the order of their onsets, and of the file where these are the same.
    pub rows: Vec<Event>,
    /// The file had them in another order.
    pub sorted: bool,
    /// Braces became parentheses.
    pub braces: bool,
}

/// A row of the file.
#[derive(Clone, Debug)]
pub struct Event {
    pub onset: Nanos,
    /// None where the file does not say.
    pub duration: Option<Nanos>,
    pub kind: Option<String>,
    pub picture: Option<String>,
    /// By column; none where there is no value.
    pub cells: Vec<Option<String>>,
    /// Where its onset stands.
    pub span: Range<usize>,
}

/// Reads the file; nothing where it has errors, which are on the list.
pub fn read(source: &Source, wanted: &Wanted<'_>, problems: &Problems) -> Option<Events> {
    let mut all: Vec<Vec<Cell<'_>>> = lines(&source.text).collect();
    while all.last().is_some_and(|line| blank(line)) {
        all.pop();
    }
    let end = source.text.len();
    let Some((first, rows)) = all.split_first() else {
        let remedy = "is this the right file, and was it saved?";
        problems.error(0..0, "the file is empty", "a line of column names, then rows", remedy);
        return None;
    };
    let header = header(first, wanted, problems)?;
    if rows.is_empty() {
        let remedy = "is this the right file? a run without events has nothing to show";
        problems.error(end..end, "the file has no rows", "a line for each event", remedy);
        return None;
    }
    if let Some(line) = rows.get(MOST_ROWS) {
        problems.error(
            line[0].span.clone(),
            format!("the file has {} rows", rows.len()),
            format!("at most {MOST_ROWS}"),
            "divide it into runs",
        );
    }
    let mut reader = Reader { header: &header, problems, braces: false };
    let found: Vec<Event> =
        rows.iter().take(MOST_ROWS).filter_map(|line| reader.row(line)).collect();
    let braces = reader.braces;
    if problems.has_errors() {
        return None;
    }
    Some(events(found, &header, braces))
}

fn blank(line: &[Cell<'_>]) -> bool {
    line.len() == 1 && line[0].text.trim().is_empty()
}

fn events(mut rows: Vec<Event>, header: &Header, braces: bool) -> Events {
    let sorted = rows.windows(2).any(|w| w[0].onset > w[1].onset);
    rows.sort_by_key(|row| row.onset);
    let columns: Vec<String> = header.others.iter().map(|i| header.names[*i].clone()).collect();
    let named = header.picture.and_then(|p| header.others.iter().position(|i| *i == p));
    let looks = || (0..columns.len()).find(|&c| looks_like_pictures(&rows, c));
    let picture = named.or_else(looks);
    if let Some(picture) = picture {
        rows.iter_mut().for_each(|row| row.picture = row.cells[picture].clone());
    }
    Events {
        type_column: header.trial_type.map(|i| header.names[i].clone()),
        picture_column: picture.map(|p| columns[p].clone()),
        columns,
        rows,
        sorted,
        braces,
    }
}

/// Whether every value of a column is the name of a picture.
fn looks_like_pictures(rows: &[Event], column: usize) -> bool {
    let mut values = rows.iter().filter_map(|row| row.cells[column].as_deref()).peekable();
    values.peek().is_some() && values.all(is_picture)
}

/// Whether a name ends as pictures do.
pub fn is_picture(name: &str) -> bool {
    const ENDS: [&str; 8] = ["png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp"];
    let end = name.rsplit_once('.').map(|(_, end)| end);
    end.is_some_and(|end| ENDS.iter().any(|e| e.eq_ignore_ascii_case(end)))
}

struct Reader<'a> {
    header: &'a Header,
    problems: &'a Problems,
    braces: bool,
}

impl Reader<'_> {
    fn row(&mut self, line: &[Cell<'_>]) -> Option<Event> {
        let expected = self.header.names.len();
        if line.len() != expected {
            let (message, remedy) = match blank(line) {
                true => ("this line is empty".to_string(), "remove the line"),
                false => (
                    format!("this row has {}", counted(line.len(), "cell")),
                    "put one tab between two cells, and n/a where a value is missing",
                ),
            };
            let whole = line[0].span.start..line[line.len() - 1].span.end;
            let expected = format!("expected {expected}, as the first line has");
            self.problems.error(whole, message, expected, remedy);
            return None;
        }
        let onset = &line[self.header.onset];
        let duration = &line[self.header.duration];
        let kind = self.header.trial_type.map(|i| self.text(&line[i]));
        let cells = self.header.others.iter().map(|i| self.text(&line[*i])).collect();
        let length = self.duration(duration);
        Some(Event {
            onset: self.onset(onset)?,
            duration: length?,
            kind: kind.flatten(),
            picture: None,
            cells,
            span: onset.span.clone(),
        })
    }

    fn onset(&self, cell: &Cell<'_>) -> Option<Nanos> {
        if missing(cell.text) {
            self.problems.error(
                cell.span.clone(),
                "this row has no onset",
                "seconds from the beginning of the run",
                "a row without onset has no place in the run: remove it from a copy of the file",
            );
            return None;
        }
        let seconds = self.number(cell, "onset")?;
        if !(ONSETS.0..=ONSETS.1).contains(&seconds) {
            self.problems.error(
                cell.span.clone(),
                format!("the onset is {} s", short(cell.text.trim())),
                format!("seconds from {} to {}", ONSETS.0, ONSETS.1),
                "are these milliseconds, or times of the day? count them in seconds from the beginning of the run",
            );
            return None;
        }
        Some(Nanos::from_secs(seconds))
    }

    /// The duration; none within where the file does not say.
    fn duration(&self, cell: &Cell<'_>) -> Option<Option<Nanos>> {
        if missing(cell.text) {
            return Some(None);
        }
        let seconds = self.number(cell, "duration")?;
        if !(0.0..=LONGEST).contains(&seconds) {
            let remedy = match seconds < 0.0 {
                true => "write n/a where it is not known",
                false => "are these milliseconds? a screen lasts two hours at the longest",
            };
            self.problems.error(
                cell.span.clone(),
                format!("the duration is {} s", short(cell.text.trim())),
                format!("seconds from 0 to {LONGEST}"),
                remedy,
            );
            return None;
        }
        Some(Some(Nanos::from_secs(seconds)))
    }

    fn number(&self, cell: &Cell<'_>, what: &str) -> Option<f64> {
        let text = cell.text.trim();
        let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
        if number.is_none() {
            let remedy = match text.replacen(',', ".", 1).parse::<f64>() {
                Ok(n) if n.is_finite() => "write decimals with a dot",
                _ => "write seconds as a number, as in 12.5",
            };
            let message =
                format!("the {what} is \"{}\", which is no number of seconds", short(text));
            self.problems.error(cell.span.clone(), message, "a number", remedy);
        }
        number
    }

    /// A text without what templates cannot hold; nothing where there is no value.
    fn text(&mut self, cell: &Cell<'_>) -> Option<String> {
        let text = cell.text.trim();
        let (message, remedy) = if text.chars().any(char::is_control) {
            ("this cell has a control character", "remove the character")
        } else if text.chars().count() > LONGEST_CELL {
            ("this cell is longer than 1000 characters", "shorten it, or remove the column")
        } else {
            self.braces |= text.contains(['{', '}']);
            return (!missing(text)).then(|| text.replace('{', "(").replace('}', ")"));
        };
        self.problems.error(cell.span.clone(), message, "a text in one line", remedy);
        None
    }
}

/// Whether a cell has no value.
fn missing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.eq_ignore_ascii_case("n/a")
}
