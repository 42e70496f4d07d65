//! What concerns several tables of a protocol together: names that refer to something, variables in scope,
//! block structure, rows and their descriptions. It finds problems only; it changes nothing.

mod answers;
mod event_codes;
mod names;
mod order;
mod practice;
mod rows;
mod scope;
mod simulated;
mod sounds;
mod structure;
mod unused;
mod walk;
mod when;
mod words;

pub(crate) use rows::RESERVED_COLUMNS;

use super::schema::{PhaseDef, Protocol};
use crate::ground::document::Table;
use crate::ground::document::suggest::nearest;
use std::ops::Range;

/// Variables that every run has.
const RUN_VARIABLES: [&str; 5] = ["sub", "ses", "run", "visit", "place"];

/// A protocol beside the file it was read from.
struct Checked<'p> {
    protocol: &'p Protocol,
    root: &'p Table<'p>,
}

/// Puts every problem between the tables of a protocol on the file's list.
pub(super) fn check(protocol: &Protocol, root: &Table<'_>) {
    let c = Checked { protocol, root };
    c.names();
    c.cues();
    c.words();
    let clear = c.variables();
    c.columns();
    let walkable = c.structure();
    if walkable {
        c.practice();
    }
    if walkable && clear {
        let used = c.walk();
        if !root.problems.has_errors() {
            c.unused(&used);
        }
    }
}

impl<'p> Checked<'p> {
    /// Adds an error at a path of the file.
    fn error(&self, path: &[&str], message: String, expected: String, remedy: &str) {
        self.root.problems.error(self.root.place(path), message, expected, remedy);
    }

    /// Adds a warning at a path of the file.
    fn warning(&self, path: &[&str], message: String, expected: &str, remedy: &str) {
        self.root.problems.warning(self.root.place(path), message, expected, remedy);
    }

    /// Adds an error for a name that refers to nothing.
    fn unknown<'a>(
        &self,
        place: Range<usize>,
        message: String,
        written: &str,
        known: impl Iterator<Item = &'a str> + Clone,
        remedy: &str,
    ) {
        let expected = match nearest(written, known.clone()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "no such name".to_string(),
        };
        self.root.problems.error(place, message, expected, format!("{remedy}{}", listed(known)));
    }

    /// The phases and blocks that a block, or the sequence, holds.
    fn phase(&self, name: &str) -> Option<&'p PhaseDef> {
        self.protocol.phases.get(name)
    }
}

/// `; known: a, b, c`, shortened where there are many.
fn listed<'a>(known: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = Vec::new();
    known.for_each(|name| {
        if names.len() < 1000 && !names.contains(&name) {
            names.push(name);
        }
    });
    let all = names.len();
    names.truncate(30);
    let more = if all > names.len() { ", ..." } else { "" };
    match all {
        0 => "; there is none yet".to_string(),
        _ => format!("; known: {}{more}", names.join(", ")),
    }
}
