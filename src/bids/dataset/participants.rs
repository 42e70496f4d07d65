//! `participants.tsv`: every subject has a row. Rows are only appended; columns that people added are kept.

use super::super::error::ExportError;
use crate::logger::disk;
use std::io::{Read, Write};
use std::path::Path;

/// Adds a subject unless it is listed.
pub(super) fn ensure(dataset: &Path, sub: &str) -> Result<(), ExportError> {
    let path = dataset.join("participants.tsv");
    let io = |source| ExportError::Io { path: path.clone(), source };
    disk::create_dirs(dataset).map_err(io)?;
    // Whoever calls this has the dataset to itself, as far as its file system knows locks.
    let mut file = disk::open_append(&path).map_err(io)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io)?;
    let row = new_row(&text, sub).map_err(|(line, what)| ExportError::Participants {
        path: path.clone(),
        line,
        what,
    })?;
    if let Some(row) = row {
        file.write_all(row.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    }
    Ok(())
}

/// What must be appended to the table so that it lists a subject.
fn new_row(text: &str, sub: &str) -> Result<Option<String>, (usize, String)> {
    let id = format!("sub-{sub}");
    if text.is_empty() {
        return Ok(Some(format!("participant_id\n{id}\n")));
    }
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or("").split('\t').collect();
    if header[0].trim_start_matches('\u{feff}') != "participant_id" {
        return Err((1, "the first column must be participant_id".into()));
    }
    if lines.any(|l| l.split('\t').next() == Some(&id)) {
        return Ok(None);
    }
    // The file goes on as it is, with the line ends of its first line.
    let end = if text.lines().count() > 0 && text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if text.ends_with('\n') { "" } else { end };
    let cells = "\tn/a".repeat(header.len() - 1);
    Ok(Some(format!("{gap}{id}{cells}{end}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_subject_gets_na_in_columns_that_people_added() {
        let table = "participant_id\tage\tsex\nsub-01\t30\tF";
        assert_eq!(new_row(table, "02").unwrap().unwrap(), "\nsub-02\tn/a\tn/a\n");
    }

    #[test]
    fn a_listed_subject_is_not_listed_again() {
        assert_eq!(new_row("participant_id\r\nsub-01\r\n", "01").unwrap(), None);
        assert_eq!(new_row("participant_id\nsub-011\n", "01").unwrap().unwrap(), "sub-01\n");
    }

    #[test]
    fn a_table_without_participant_id_is_refused() {
        assert_eq!(new_row("id\nsub-01\n", "01").unwrap_err().0, 1);
    }
}
