//! Tab-separated text to [`Table`]: every problem at once, with line and column. Cells are never quoted; a
//! value that is not there is `n/a`.

use super::{Stimulus, Table};
use crate::ground::cells::{Cell, lines};
use crate::ground::diagnostic::{Problem, Source};
use crate::ground::document::value::counted;
use crate::ground::document::{Problems, short, suggest::nearest};
use crate::ground::paths::is_inner_path;
use crate::ground::scene::StimulusId;
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};

/// The largest table that is read, in bytes.
const LARGEST_FILE: usize = 64 << 20;
/// The most pictures of a table.
const MOST_ROWS: usize = 100_000;
/// The most columns.
const MOST_COLUMNS: usize = 200;
/// The longest cell, in characters.
const LONGEST_CELL: usize = 1000;

/// Columns that every table has.
const NEEDED: [&str; 2] = ["id", "file"];
/// Columns that this program reads, for suggestions.
const KNOWN: [&str; 4] = ["id", "file", "share", "database"];

/// Reads a stimulus table.
///
/// # Errors
/// Every problem of the file, up to a hundred.
pub fn parse(source: &Source) -> Result<Table, Vec<Problem>> {
    if source.text.len() > LARGEST_FILE {
        return Err(vec![Problem::error(
            0..0,
            format!("the table has {} bytes", source.text.len()),
            format!("at most {LARGEST_FILE} bytes are read"),
            "use one table for each task",
        )]);
    }
    let problems = Problems::default();
    let mut lines = lines(&source.text);
    let header = lines.next().unwrap_or_default();
    let Some(columns) = columns(&problems, &header) else {
        return Err(problems.finish().expect_err("a header without its columns is an error"));
    };
    let mut reader = Reader {
        problems: &problems,
        columns: &columns,
        files: HashMap::new(),
        ids: HashSet::new(),
    };
    let mut rows = IndexMap::new();
    for (number, cells) in lines.enumerate() {
        if number == MOST_ROWS {
            problems.error(
                cells[0].span.clone(),
                format!("the table has more than {MOST_ROWS} rows"),
                "",
                "use one table for each task",
            );
            break;
        }
        let Some(row) = reader.row(&cells) else { continue };
        rows.insert(row.id.clone(), row);
    }
    if rows.is_empty() && !problems.has_errors() {
        let end = source.text.len();
        problems.error(end..end, "the table has no rows", "a picture in each line", "add rows");
    }
    problems.finish()?;
    Ok(Table { columns, rows })
}

/// The names of the columns, where the header can be read.
fn columns(problems: &Problems, header: &[Cell<'_>]) -> Option<Vec<String>> {
    let place = header.first().map_or(0..0, |c| c.span.clone());
    if header.len() > MOST_COLUMNS {
        let message = format!("the table has {} columns", header.len());
        problems.error(place, message, format!("at most {MOST_COLUMNS}"), "leave some out");
        return None;
    }
    for (i, cell) in header.iter().enumerate() {
        let fault = if cell.text.trim() != cell.text || cell.text.is_empty() {
            "is empty or has spaces at its ends"
        } else if cell.text.chars().any(|c| c.is_control() || "{}\"".contains(c)) {
            "has a character that a name cannot have"
        } else if cell.text.len() > 100 {
            "is longer than 100 characters"
        } else if header[..i].iter().any(|c| c.text == cell.text) {
            "comes twice"
        } else {
            continue;
        };
        problems.error(
            cell.span.clone(),
            format!("the name of column {} {fault}", i + 1),
            "names of columns, with tabs between them",
            "give each column a name of its own, such as id, file, valence",
        );
    }
    for needed in NEEDED.into_iter().filter(|n| !header.iter().any(|c| c.text == *n)) {
        let near = header.iter().map(|c| c.text).filter(|t| !KNOWN.contains(t));
        let expected = match nearest(needed, near) {
            Some(near) => format!("is \"{}\" meant?", short(near)),
            None if header.len() < 2 => "columns are separated by tabs".into(),
            None => "the columns id and file are needed".into(),
        };
        problems.error(
            place.clone(),
            format!("the column \"{needed}\" is missing"),
            expected,
            "the first line names the columns, with tabs between them; save spreadsheets as tab-separated text",
        );
    }
    (!problems.has_errors()).then(|| header.iter().map(|c| c.text.to_string()).collect())
}

/// What reading a row needs to know of the rows before it.
struct Reader<'a> {
    problems: &'a Problems,
    columns: &'a [String],
    /// Ids by file.
    files: HashMap<String, String>,
    ids: HashSet<String>,
}

impl Reader<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Option<Stimulus> {
        if cells.len() != self.columns.len() {
            let last = cells.last()?;
            if cells.len() == 1 && last.text.trim().is_empty() {
                let place = last.span.clone();
                self.problems.error(place, "this line is empty", "a row", "remove the line");
                return None;
            }
            self.problems.error(
                cells[0].span.start..last.span.end,
                format!("this row has {}", counted(cells.len(), "cell")),
                format!("expected {}, as the header has", self.columns.len()),
                "put one tab between two cells, and n/a where a value is missing",
            );
            return None;
        }
        let values: Vec<bool> =
            cells.iter().zip(self.columns).map(|(c, name)| self.readable(c, name)).collect();
        let id = self.id(self.cell(cells, "id"));
        let file = self.file(self.cell(cells, "file"), &id);
        let share = self.share(cells);
        let database = self.optional(cells, "database").map(|c| c.text.to_string());
        if values.contains(&false) {
            return None;
        }
        let pairs = self.columns.iter().zip(cells);
        Some(Stimulus {
            id: StimulusId(id),
            file: file?,
            share: share?,
            database: database.filter(|d| d != "n/a"),
            values: pairs.map(|(name, c)| (name.clone(), c.text.to_string())).collect(),
        })
    }

    fn cell<'c, 'a>(&self, cells: &'c [Cell<'a>], column: &str) -> &'c Cell<'a> {
        self.optional(cells, column).expect("the header was checked for this column")
    }

    fn optional<'c, 'a>(&self, cells: &'c [Cell<'a>], column: &str) -> Option<&'c Cell<'a>> {
        cells.get(self.columns.iter().position(|c| c == column)?)
    }

    fn readable(&self, cell: &Cell<'_>, column: &str) -> bool {
        let (fault, remedy) = if cell.text.is_empty() {
            ("is empty", "write n/a where a value is missing")
        } else if cell.text.trim() != cell.text {
            ("has spaces at its ends", "remove them")
        } else if cell.text.chars().any(char::is_control) {
            ("has a control character", "write printable characters only")
        } else if cell.text.starts_with('"') {
            (
                "begins with a quote",
                "cells are not quoted: remove the quotes, and tabs within the text",
            )
        } else if cell.text.chars().count() > LONGEST_CELL {
            ("is longer than 1000 characters", "shorten it")
        } else {
            return true;
        };
        self.problems.error(
            cell.span.clone(),
            format!("the cell of column \"{}\" {fault}", short(column)),
            "a value",
            remedy,
        );
        false
    }

    fn id(&mut self, cell: &Cell<'_>) -> String {
        if cell.text == "n/a" || cell.text.chars().count() > 100 {
            self.problems.error(
                cell.span.clone(),
                format!("\"{}\" cannot be an id", short(cell.text)),
                "a name of at most 100 characters",
                "give each picture an id, such as its file's name",
            );
        }
        if !self.ids.insert(cell.text.to_string()) {
            self.problems.error(
                cell.span.clone(),
                format!("id \"{}\" comes twice", short(cell.text)),
                "an id of its own for each picture",
                "rename or remove one of the rows",
            );
        }
        cell.text.to_string()
    }

    fn file(&mut self, cell: &Cell<'_>, id: &str) -> Option<String> {
        if cell.text.is_empty() {
            return None;
        }
        if !is_inner_path(cell.text) {
            let expected = if cell.text.contains('\\') {
                "\"/\" between folders, no backslash"
            } else if cell.text.starts_with('/') || cell.text.contains(':') {
                "a path relative to the stimuli folder"
            } else if cell.text.split('/').any(|part| part == "..") {
                "a path that stays in the stimuli folder"
            } else {
                "letters, digits, \"+\", \"_\", \".\", \"-\", with \"/\" between folders"
            };
            self.problems.error(
                cell.span.clone(),
                format!("\"{}\" cannot be the file of a picture", short(cell.text)),
                expected,
                "copy the picture into the stimuli folder under a plain name, and write that name",
            );
            return None;
        }
        if let Some(other) = self.files.insert(cell.text.to_string(), id.to_string()) {
            self.problems.error(
                cell.span.clone(),
                format!("file \"{}\" is also that of \"{}\"", short(cell.text), short(&other)),
                "a file of its own for each picture",
                "remove one of the rows: under two ids a picture would be shown twice",
            );
        }
        Some(cell.text.to_string())
    }

    fn share(&self, cells: &[Cell<'_>]) -> Option<bool> {
        let Some(cell) = self.optional(cells, "share") else { return Some(true) };
        match cell.text {
            "yes" => Some(true),
            "no" => Some(false),
            other => {
                self.problems.error(
                    cell.span.clone(),
                    format!("share is \"{}\"", short(other)),
                    "yes or no",
                    "write no for pictures that may not be copied into a dataset",
                );
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, Vec<Problem>> {
        parse(&Source { path: "t.tsv".into(), text: text.into() })
    }

    #[test]
    fn a_table_from_a_spreadsheet_is_read_like_one_from_an_editor() {
        let plain = "id\tfile\tshare\tvalence\na\tx/a.png\tno\t2.5\nb\tb.jpg\tyes\tn/a\n";
        let windows = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
        let table = read(plain).unwrap();
        assert_eq!(read(&windows).unwrap(), table);
        let a = &table.rows[&StimulusId("a".into())];
        assert_eq!(
            (a.share, a.file.as_str(), a.values["valence"].as_str()),
            (false, "x/a.png", "2.5")
        );
        assert!(table.rows[&StimulusId("b".into())].share);
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for path in [
            "/etc/passwd",
            "../a.png",
            "a/../b.png",
            "a\\b.png",
            "C:a.png",
            "a//b.png",
            "./a",
            "a b",
        ] {
            let problems = read(&format!("id\tfile\na\t{path}\n")).expect_err(path);
            assert!(problems[0].message.contains("cannot be the file"), "{path}");
        }
        assert!(read("id\tfile\na\tset+1/AF09_x-1.JPG\n").is_ok());
    }

    #[test]
    fn rows_are_bounded() {
        let mut text = String::from("id\tfile\n");
        for i in 0..=MOST_ROWS {
            text.push_str(&format!("{i}\t{i}.png\n"));
        }
        let problems = read(&text).unwrap_err();
        assert!(problems[0].message.contains("more than 100000 rows"), "{}", problems[0].message);
    }
}
