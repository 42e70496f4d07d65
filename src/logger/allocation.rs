//! Who has which allocation index, and which visit it is: `allocation.tsv`, one row for each session of each
//! person, only ever appended to. It refuses to know what is assigned by the index, and what a visit holds.

use super::disk;
use super::rundir::{Label, lock, source_folder};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

const HEADER: &str = "sub\tses\tallocation\tvisit\n";

/// A session's place in the study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// Index by which sets, halves and hands are assigned, from 0.
    pub allocation: u32,
    /// How many visits this person had before, from 0.
    pub visit: u32,
}

/// Why there is no allocation.
#[derive(Debug, thiserror::Error)]
pub enum AllocateError {
    #[error(
        "sub-{sub} has allocation {has}, not {wanted}; leave --allocation out, or correct {}",
        path.display()
    )]
    Other { sub: Label, has: u32, wanted: u32, path: PathBuf },
    #[error("{} line {line}: {what}; correct the line by hand", path.display())]
    Damaged { path: PathBuf, line: usize, what: &'static str },
    #[error("cannot use {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Where the table of a dataset lies.
pub fn table_path(data: &Path) -> PathBuf {
    source_folder(data).join("allocation.tsv")
}

/// The allocation and visit of a session. A session that is known keeps what it has. A person's new session
/// gets the next visit number; a new person gets `explicit`, or else the lowest index that nobody has.
///
/// # Errors
/// If `explicit` contradicts the table, the table cannot be understood, or the disk fails.
pub fn allocate(
    data: &Path,
    sub: &Label,
    ses: Option<&Label>,
    explicit: Option<u32>,
) -> Result<Allocated, AllocateError> {
    let path = table_path(data);
    let io = |source| AllocateError::Io { path: path.clone(), source };
    // Two sessions that begin at once must not both get the same index.
    let _lock = lock(data).map_err(io)?;
    let mut file = disk::open_append(&path).map_err(io)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io)?;
    let rows = parse(&text).map_err(|(line, what)| AllocateError::Damaged {
        path: path.clone(),
        line,
        what,
    })?;
    let ses = ses.map_or("n/a", Label::as_str);
    let of_person = || rows.iter().filter(|r| r.sub == sub.as_str());
    if let (Some(row), Some(wanted)) = (of_person().next(), explicit)
        && row.allocated.allocation != wanted
    {
        let has = row.allocated.allocation;
        return Err(AllocateError::Other { sub: sub.clone(), has, wanted, path });
    }
    if let Some(row) = of_person().find(|r| r.ses == ses) {
        return Ok(row.allocated);
    }
    let free = || (0..).find(|i| rows.iter().all(|r| r.allocated.allocation != *i));
    let allocated = Allocated {
        allocation: (of_person().next().map(|r| r.allocated.allocation))
            .or(explicit)
            .or_else(free)
            .expect("a table has fewer rows than there are numbers"),
        visit: of_person().map(|r| r.allocated.visit + 1).max().unwrap_or(0),
    };
    let header = if text.is_empty() { HEADER } else { "" };
    let Allocated { allocation, visit } = allocated;
    let row = format!("{header}{sub}\t{ses}\t{allocation}\t{visit}\n");
    file.write_all(row.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    Ok(allocated)
}

struct TableRow<'a> {
    sub: &'a str,
    ses: &'a str,
    allocated: Allocated,
}

fn parse(text: &str) -> Result<Vec<TableRow<'_>>, (usize, &'static str)> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let last = text.lines().count();
    if !text.ends_with('\n') {
        return Err((last, "the last line has no end"));
    }
    let mut lines = text.lines().zip(1..);
    if lines.next().map(|(l, _)| l) != Some(HEADER.trim_end()) {
        return Err((1, "the columns must be sub, ses, allocation, visit"));
    }
    lines
        .map(|(line, number)| {
            let cells: Vec<&str> = line.split('\t').collect();
            let &[sub, ses, allocation, visit] = &cells[..] else {
                return Err((number, "not four cells"));
            };
            let allocation = allocation.parse().map_err(|_| (number, "allocation is no number"))?;
            let visit: u32 = visit.parse().map_err(|_| (number, "visit is no number"))?;
            if visit == u32::MAX {
                return Err((number, "visit is too large"));
            }
            Ok(TableRow { sub, ses, allocated: Allocated { allocation, visit } })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn take(data: &Path, sub: &str, ses: Option<&str>, explicit: Option<u32>) -> (u32, u32) {
        let ses: Option<Label> = ses.map(|s| s.parse().unwrap());
        let a = allocate(data, &sub.parse().unwrap(), ses.as_ref(), explicit).unwrap();
        (a.allocation, a.visit)
    }

    #[test]
    fn people_get_the_lowest_free_index_and_sessions_the_next_visit() {
        let dir = tempfile::tempdir().unwrap();
        let d = dir.path();
        assert_eq!(take(d, "01", Some("A"), None), (0, 0));
        assert_eq!(take(d, "02", Some("A"), Some(2)), (2, 0));
        assert_eq!(take(d, "03", Some("B"), None), (1, 0));
        assert_eq!(take(d, "01", Some("B"), None), (0, 1));
        assert_eq!(take(d, "04", None, None), (3, 0));
        assert_eq!(take(d, "01", Some("A"), Some(0)), (0, 0));
        let text = std::fs::read_to_string(table_path(d)).unwrap();
        let rows = "sub\tses\tallocation\tvisit\n01\tA\t0\t0\n02\tA\t2\t0\n03\tB\t1\t0\n01\tB\t0\t1\n04\tn/a\t3\t0\n";
        assert_eq!(text, rows);
    }

    #[test]
    fn an_index_that_contradicts_the_table_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        take(dir.path(), "01", Some("A"), None);
        let (sub, ses) = ("01".parse().unwrap(), "B".parse().unwrap());
        let error = allocate(dir.path(), &sub, Some(&ses), Some(5)).unwrap_err();
        assert!(matches!(error, AllocateError::Other { has: 0, wanted: 5, .. }), "{error}");
    }

    #[test]
    fn a_damaged_line_is_named_and_the_table_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        take(dir.path(), "01", None, None);
        let path = table_path(dir.path());
        let text = std::fs::read_to_string(&path).unwrap() + "02\tn/a\tx\t0\n";
        std::fs::write(&path, &text).unwrap();
        let error = allocate(dir.path(), &"03".parse().unwrap(), None, None).unwrap_err();
        assert!(matches!(error, AllocateError::Damaged { line: 3, .. }), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn sessions_that_begin_at_once_get_different_indices() {
        let dir = tempfile::tempdir().unwrap();
        let mut got: Vec<u32> = std::thread::scope(|s| {
            let one = |i: u32| {
                let data = dir.path();
                s.spawn(move || take(data, &format!("s{i}"), None, None).0)
            };
            let all: Vec<_> = (0..16).map(one).collect();
            all.into_iter().map(|t| t.join().unwrap()).collect()
        });
        got.sort_unstable();
        assert_eq!(got, (0..16).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn no_table_makes_the_reader_panic(text in "[subvita\\t\\n0-9locn/]{0,80}") {
            let _ = parse(&format!("{HEADER}{text}"));
            let _ = parse(&text);
        }
    }
}
