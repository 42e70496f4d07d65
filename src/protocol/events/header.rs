//! The first line of an events file: which column has which role, and what the others are called.

use super::{Role, Wanted};
use crate::ground::cells::Cell;
use crate::ground::document::{Problems, short, suggest::nearest};

/// The most columns that a protocol can describe, roles apart.
const MOST_COLUMNS: usize = 90;

/// Where the roles stand, and the other columns.
#[derive(Debug)]
pub struct Header {
    pub onset: usize,
    pub duration: usize,
    pub trial_type: Option<usize>,
    pub picture: Option<usize>,
    /// The names of all columns; one for those without.
    pub names: Vec<String>,
    /// The columns that the rows of the protocol keep.
    pub others: Vec<usize>,
}

/// Reads the first line; nothing where it cannot be read, which is said.
pub fn header(line: &[Cell<'_>], wanted: &Wanted<'_>, problems: &Problems) -> Option<Header> {
    let whole = line.first()?.span.start..line.last()?.span.end;
    if let [only] = line
        && let Some(found) = separator(only.text)
    {
        problems.error(
            whole,
            format!("{found} stand between the columns of this file"),
            "tabs between the columns, as BIDS wants them",
            "open it in a spreadsheet program, and save it as tab-separated text (.tsv)",
        );
        return None;
    }
    let names: Vec<&str> = line.iter().map(|c| c.text.trim()).collect();
    for (i, cell) in line.iter().enumerate() {
        let name = names[i];
        let (message, remedy) = if !name.is_empty() && names[..i].contains(&name) {
            (format!("the column \"{}\" comes twice", short(name)), "rename one of the two")
        } else if name.chars().any(char::is_control) {
            (
                format!("the name of column {} has a control character", i + 1),
                "remove it; lines end with a line feed",
            )
        } else if name.chars().count() > 200 {
            (format!("the name of column {} is longer than 200 characters", i + 1), "shorten it")
        } else {
            continue;
        };
        problems.error(cell.span.clone(), message, "a name of its own for each column", remedy);
    }
    let find = |role: Role| {
        let mapped = wanted.map.iter().find(|(r, _)| *r == role).map(|(_, name)| name.as_str());
        let found = names.iter().position(|name| *name == mapped.unwrap_or(role.column()));
        let needed = matches!(role, Role::Onset | Role::Duration) || mapped.is_some();
        if found.is_none() && needed {
            missing(role, mapped, &names, whole.clone(), problems);
        }
        found
    };
    let [onset, duration, trial_type, picture] = Role::ALL.map(find);
    let role = |i: usize| [onset, duration, trial_type].contains(&Some(i));
    let others: Vec<usize> = (0..names.len()).filter(|i| !role(*i)).collect();
    if others.len() > MOST_COLUMNS {
        problems.error(
            whole,
            format!("the file has {} columns", names.len()),
            format!("at most {MOST_COLUMNS} beside onset, duration and trial_type"),
            "remove those that are not needed from a copy of the file",
        );
    }
    if problems.has_errors() {
        return None;
    }
    let named = |(i, name): (usize, &&str)| match *name {
        "" => format!("column {}", i + 1),
        name => name.to_string(),
    };
    let names = names.iter().enumerate().map(named).collect();
    Some(Header { onset: onset?, duration: duration?, trial_type, picture, names, others })
}

/// What separates the columns of a line without tabs.
fn separator(line: &str) -> Option<&'static str> {
    let several = |c: char| line.contains(c);
    if several(',') {
        Some("commas")
    } else if several(';') {
        Some("semicolons")
    } else if line.split_whitespace().count() > 1 {
        Some("spaces")
    } else {
        None
    }
}

fn missing(
    role: Role,
    mapped: Option<&str>,
    names: &[&str],
    place: std::ops::Range<usize>,
    problems: &Problems,
) {
    let column = mapped.unwrap_or(role.column());
    let near = nearest(column, names.iter().copied().filter(|name| !name.is_empty()));
    let expected = match near {
        Some(near) => format!("is \"{}\" meant?", short(near)),
        None => "the first line names the columns".to_string(),
    };
    let example = near.map_or("COLUMN".into(), short);
    let remedy = match mapped {
        Some(_) => format!("name a column of the file: --map {}={example}", role.name()),
        None => format!(
            "say which column holds it with --map {}={example}, or write the name over the column",
            role.name()
        ),
    };
    problems.error(place, format!("no column is called \"{}\"", short(column)), expected, remedy);
}
