//! Who has which allocation index, and which visit it is: `allocation.tsv`, one row for each session of each
//! person, only ever appended to. A row is looked up first and written when its run begins: what never began
//! uses up no index. Dry runs have a table of their own. It refuses to know what is assigned by the index, and
//! what a visit holds.

use super::disk;
use super::rundir::{Label, source_folder};
use crate::ground::plain;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The largest table that is read, in bytes: a million rows.
const LONGEST_TABLE: u64 = 32 << 20;
const HEADER: &str = "sub\tses\tallocation\tvisit\n";

/// A session's place in the study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// Index by which sets, halves and hands are assigned, from 0.
    pub allocation: u32,
    /// How many visits this person had before, from 0.
    pub visit: u32,
}

/// A place that was looked up, and that a run is planned with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub allocated: Allocated,
    /// The index that was asked for, if one was.
    pub explicit: Option<u32>,
}

/// Why there is no allocation.
#[derive(Debug, thiserror::Error)]
pub enum AllocateError {
    #[error(
        "sub-{sub} has allocation {has}, not {wanted}; leave --allocation out, or correct {}",
        path.display()
    )]
    Other { sub: Label, has: u32, wanted: u32, path: PathBuf },
    #[error(
        "another run has begun since this one was planned: sub-{sub} was to have allocation {}, visit {}, and now \
         gets allocation {}, visit {}; start again",
        planned.allocation, planned.visit + 1, now.allocation, now.visit + 1
    )]
    Taken { sub: Label, planned: Allocated, now: Allocated },
    #[error("{} line {line}: {what}; correct the line by hand", path.display())]
    Damaged { path: PathBuf, line: usize, what: &'static str },
    #[error("cannot use {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Where the table of a dataset lies. An index that a dry run has is free for a person.
pub fn table_path(data: &Path, dry_run: bool) -> PathBuf {
    let name = if dry_run { "allocation-dryrun.tsv" } else { "allocation.tsv" };
    source_folder(data).join(name)
}

/// The table as it was read, with the places that were planned since.
#[derive(Clone, Debug)]
pub struct Allocations {
    path: PathBuf,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    sub: String,
    ses: String,
    allocated: Allocated,
}

impl Allocations {
    /// Reads the table of a dataset; nothing is written, and no table is an empty one.
    ///
    /// # Errors
    /// If the table cannot be understood, or the disk fails.
    pub fn read(data: &Path, dry_run: bool) -> Result<Allocations, AllocateError> {
        let path = table_path(data, dry_run);
        let text = match plain::read_text(&path, LONGEST_TABLE).map_err(plain::Unreadable::into_io)
        {
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(AllocateError::Io { path, source }),
            Ok(text) => text,
        };
        Allocations::parse(path, &text)
    }

    fn parse(path: PathBuf, text: &str) -> Result<Allocations, AllocateError> {
        match parse(text) {
            Ok(rows) => Ok(Allocations { path, rows }),
            Err((line, what)) => Err(AllocateError::Damaged { path, line, what }),
        }
    }

    /// The allocation and visit of a session. A session that is known keeps what it has. A person's new session
    /// gets the next visit number; a new person gets `explicit`, or else the lowest index that nobody has.
    /// Sessions that are planned later find it taken; the table on the disk does not change.
    ///
    /// # Errors
    /// If `explicit` contradicts the table.
    pub fn plan(
        &mut self,
        sub: &Label,
        ses: Option<&Label>,
        explicit: Option<u32>,
    ) -> Result<Claim, AllocateError> {
        let rows = &self.rows;
        let ses = ses.map_or("n/a", Label::as_str);
        let of_person = || rows.iter().filter(|r| r.sub == sub.as_str());
        if let (Some(row), Some(wanted)) = (of_person().next(), explicit)
            && row.allocated.allocation != wanted
        {
            let has = row.allocated.allocation;
            let path = self.path.clone();
            return Err(AllocateError::Other { sub: sub.clone(), has, wanted, path });
        }
        if let Some(row) = of_person().find(|r| r.ses == ses) {
            return Ok(Claim { allocated: row.allocated, explicit });
        }
        let free = || (0..).find(|i| rows.iter().all(|r| r.allocated.allocation != *i));
        let allocated = Allocated {
            allocation: (of_person().next().map(|r| r.allocated.allocation))
                .or(explicit)
                .or_else(free)
                .expect("a table has fewer rows than there are numbers"),
            visit: of_person().map(|r| r.allocated.visit + 1).max().unwrap_or(0),
        };
        self.rows.push(Row { sub: sub.to_string(), ses: ses.into(), allocated });
        Ok(Claim { allocated, explicit })
    }
}

/// Writes the row of a run that begins, unless its session has one. The caller holds the lock of the dataset:
/// two sessions that begin at once must not both get the same index.
///
/// # Errors
/// [`AllocateError::Taken`] if the place is no longer what the run was planned with.
pub(super) fn keep(
    data: &Path,
    dry_run: bool,
    (sub, ses): (&Label, Option<&Label>),
    claim: Claim,
) -> Result<(), AllocateError> {
    let path = table_path(data, dry_run);
    let io = |source| AllocateError::Io { path: path.clone(), source };
    let mut file = disk::open_append(&path).map_err(io)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io)?;
    let mut table = Allocations::parse(path.clone(), &text)?;
    let known = table.rows.len();
    let now = table.plan(sub, ses, claim.explicit)?.allocated;
    if now != claim.allocated {
        return Err(AllocateError::Taken { sub: sub.clone(), planned: claim.allocated, now });
    }
    let Some(row) = table.rows.get(known) else { return Ok(()) };
    let header = if text.is_empty() { HEADER } else { "" };
    let Allocated { allocation, visit } = now;
    let line = format!("{header}{sub}\t{}\t{allocation}\t{visit}\n", row.ses);
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(io)
}

fn parse(text: &str) -> Result<Vec<Row>, (usize, &'static str)> {
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
            let allocated = Allocated { allocation, visit };
            Ok(Row { sub: sub.into(), ses: ses.into(), allocated })
        })
        .collect()
}

#[cfg(test)]
mod tests;
