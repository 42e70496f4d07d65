//! Run folders: where a run's journal and what it was made from lie, by whom and which run it is. A run is
//! never written twice and nothing is ever overwritten. It knows names and folders, not what is in the files.

mod name;

pub use name::{BadLabel, Label, RunName};

use super::allocation::{self, AllocateError, Claim};
use super::disk;
use super::lock::{self, RunLock, RunState, ShortLock};
use crate::ground::plain;
use chrono::{DateTime, FixedOffset};
use std::io;
use std::path::{Path, PathBuf};

/// The files a run folder begins with, beside the journal and its tables.
pub const GIVEN_FILES: [&str; 3] = ["plan.json", "protocol.toml", "rig.toml"];

/// In a fall-back folder: where the run folder is, or was, to which it belongs.
pub const ORIGIN_FILE: &str = "run-folder.txt";
/// It holds one path, in bytes.
const LONGEST_ORIGIN: u64 = 64 * 1024;

/// What is saved with a run before it begins.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub plan_json: &'a str,
    pub protocol_toml: &'a str,
    pub rig_toml: &'a str,
    /// The place in the study that the plan was made with.
    pub claim: Claim,
}

/// A run folder that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRun {
    pub folder: PathBuf,
    pub name: RunName,
    /// When it was begun, by the local wall clock: `20261122T101500`.
    pub stamp: String,
}

/// Why there is no new run folder.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error(
        "this run exists already in {}; nothing was changed; use --run {next_free} for the next one",
        folder.display()
    )]
    Exists { folder: PathBuf, next_free: u32 },
    #[error("{}; nothing was changed; wait for its end, or end it", .0.text())]
    Held(Box<Going>),
    #[error(
        "another run of that name was begun in the same moment, and this file system knows no locks; nothing was changed; \
         start again"
    )]
    Crossed,
    #[error(transparent)]
    Allocation(#[from] AllocateError),
    #[error("cannot create {}: {source}; make room or give yourself the right to write there, or use another --data", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// A run that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Going {
    pub run: FoundRun,
    /// None where the system does not let it be read.
    pub holder: Option<lock::Holder>,
}

impl Going {
    /// As in `sub-01_task-blocks_run-1 is going on: begun 10:15:00, process 1234 on this computer`.
    pub fn text(&self) -> String {
        let who = self.holder.as_ref().map_or_else(|| "by another process".into(), |h| h.words());
        format!("{} is going on: {who}", self.run.name)
    }
}

/// The runs of a dataset that go on at present.
///
/// # Errors
/// Those of the system; a dataset without runs is no error.
pub fn going_on(data: &Path) -> io::Result<Vec<Going>> {
    going_of(data, None)
}

/// Those of one person, or of all.
fn going_of(data: &Path, sub: Option<&Label>) -> io::Result<Vec<Going>> {
    let mut runs = find_runs(data)?;
    runs.retain(|run| sub.is_none_or(|sub| run.name.sub == *sub));
    let states = lock::states(runs.iter().map(|r| r.folder.as_path()));
    let going = runs.into_iter().zip(states).filter_map(|(run, state)| match state {
        RunState::Running(holder) => Some(Going { run, holder }),
        _ => None,
    });
    Ok(going.collect())
}

/// Where a dataset keeps what this program recorded: `DATA/sourcedata/reframe`.
pub fn source_folder(data: &Path) -> PathBuf {
    data.join("sourcedata").join("reframe")
}

/// Creates the folder of a new run with the files it begins with, and returns it.
///
/// # Errors
/// [`CreateError::Exists`] if the same person, session and task has a run of that number, whatever its time
/// stamp; [`CreateError::Allocation`] if the place in the study is no longer free; else those of the system.
pub fn create(
    data: &Path,
    name: &RunName,
    given: Given<'_>,
    wall: DateTime<FixedOffset>,
) -> Result<PathBuf, CreateError> {
    make(data, name, (given, wall), false, |_| Ok(())).map(|(folder, ())| folder)
}

/// As [`create`], for a run in real time: it is marked as going on until the lock is dropped, and no other of the same
/// person may go on in the dataset.
///
/// # Errors
/// [`CreateError::Held`] if one does; else as [`create`].
pub fn begin(
    data: &Path,
    name: &RunName,
    given: Given<'_>,
    wall: DateTime<FixedOffset>,
) -> Result<(PathBuf, RunLock), CreateError> {
    make(data, name, (given, wall), true, |folder| {
        let path = folder.join(lock::RUNNING_FILE);
        RunLock::take(folder).map_err(|source| CreateError::Io { path, source })
    })
}

/// Creates the folder, and does the last thing before anybody else may see it.
fn make<T>(
    data: &Path,
    name: &RunName,
    (given, wall): (Given<'_>, DateTime<FixedOffset>),
    live: bool,
    last: impl FnOnce(&Path) -> Result<T, CreateError>,
) -> Result<(PathBuf, T), CreateError> {
    let parent = parent_folder(data, name);
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |source| CreateError::Io { path, source }
    };
    disk::create_dirs(&parent).map_err(at(&parent))?;
    // Two sessions that begin at once must not both find the number free.
    let locked = lock(data).map_err(at(&source_folder(data)))?;
    if live && let Some(going) = going_of(data, Some(&name.sub)).map_err(at(&parent))?.pop() {
        return Err(CreateError::Held(Box::new(going)));
    }
    let same = || {
        let like = runs_like(data, name).map_err(at(&parent))?;
        Ok::<Vec<FoundRun>, CreateError>(like.filter(|f| f.name == *name).collect())
    };
    let exists = |found: FoundRun| match next_free_run(data, name) {
        Ok(next_free) => CreateError::Exists { folder: found.folder, next_free },
        Err(e) => at(&parent)(e),
    };
    if let Some(found) = same()?.pop() {
        return Err(exists(found));
    }
    let folder = parent.join(format!("{name}_{}", wall.format("%Y%m%dT%H%M%S")));
    match disk::create_dir(&folder) {
        // Only where locks are none can somebody have come in between.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Err(CreateError::Crossed),
        done => done.map_err(at(&folder))?,
    }
    let undo = |e: CreateError| {
        for file in GIVEN_FILES.iter().chain([&lock::RUNNING_FILE]) {
            let _ = std::fs::remove_file(folder.join(file));
        }
        let _ = std::fs::remove_dir(&folder);
        e
    };
    // Both may withdraw, but never may both go on.
    if !locked.excludes() && same()?.len() > 1 {
        return Err(undo(CreateError::Crossed));
    }
    let texts = [given.plan_json, given.protocol_toml, given.rig_toml];
    for (file, text) in GIVEN_FILES.iter().zip(texts) {
        let path = folder.join(file);
        disk::write_new(&path, text.as_bytes()).map_err(at(&path)).map_err(undo)?;
    }
    let done = last(&folder).map_err(undo)?;
    // After the folder, so that what was not begun uses up no index, and before the journal, so that no run
    // happens without its row.
    let person = (&name.sub, name.ses.as_ref());
    if let Err(e) = allocation::keep(data, name.dry_run, person, given.claim) {
        drop(done);
        return Err(undo(e.into()));
    }
    disk::sync_dir(&folder).and_then(|()| disk::sync_dir(&parent)).map_err(at(&folder))?;
    if name.dry_run {
        hide_from_enclosing(data).map_err(at(data))?;
    }
    Ok((folder, done))
}

/// The folder of another dataset's own in which a folder lies: of a person, of the raw record, of pictures. What is
/// recorded there would be taken for a part of that dataset.
pub fn inside_of_dataset(data: &Path) -> io::Result<Option<PathBuf>> {
    let data = std::path::absolute(data)?;
    let own = |name: &str| {
        name.starts_with("sub-") || ["sourcedata", "stimuli", "derivatives"].contains(&name)
    };
    let found = data.ancestors().find(|part| {
        let named = part.file_name().and_then(|n| n.to_str()).is_some_and(own);
        named && part.parent().is_some_and(is_dataset)
    });
    Ok(found.map(Path::to_path_buf))
}

fn is_dataset(folder: &Path) -> bool {
    folder.join("dataset_description.json").exists() || source_folder(folder).exists()
}

/// Whether a dataset, or the folder in which it would be made, can be written. Leaves no trace.
///
/// # Errors
/// Those of the system.
pub fn check_writable(data: &Path) -> io::Result<()> {
    let data = std::path::absolute(data)?;
    let there = data.ancestors().find(|d| d.exists()).unwrap_or(&data);
    let trial = there.join(format!(".reframe-trial-{}", std::process::id()));
    disk::write_new(&trial, b"").and_then(|()| std::fs::remove_file(&trial))
}

/// The lowest run number above all runs of the same person, session and task; 1 if there is none.
///
/// # Errors
/// Those of the system.
pub fn next_free_run(data: &Path, name: &RunName) -> io::Result<u32> {
    Ok(runs_like(data, name)?.map(|f| f.name.run).max().unwrap_or(0).saturating_add(1))
}

/// All run folders of a dataset, in the order in which they were begun; runs begun in the same second by name.
///
/// # Errors
/// Those of the system; a dataset without runs is no error.
pub fn find_runs(data: &Path) -> io::Result<Vec<FoundRun>> {
    let mut found = Vec::new();
    for sub in folders(&source_folder(data), "sub-")? {
        found.extend(runs_in(&sub)?);
        for ses in folders(&sub, "ses-")? {
            found.extend(runs_in(&ses)?);
        }
    }
    found.sort_by(|a, b| (&a.stamp, &a.folder).cmp(&(&b.stamp, &b.folder)));
    Ok(found)
}

/// The fall-back folders in a place where they are made, each with the run folder that it belongs to, where it says so.
///
/// # Errors
/// Those of the system; a place that does not exist is no error.
pub fn find_rescued(place: &Path) -> io::Result<Vec<(FoundRun, Option<PathBuf>)>> {
    let mut found = runs_in(place)?;
    for numbered in folders(place, "")? {
        let name = numbered.file_name().and_then(|n| n.to_str());
        if name.is_some_and(|n| n.parse::<u32>().is_ok()) {
            found.extend(runs_in(&numbered)?);
        }
    }
    let with_origin = |run: FoundRun| {
        let origin = plain::read_text(&run.folder.join(ORIGIN_FILE), LONGEST_ORIGIN).ok();
        (run, origin.map(|path| PathBuf::from(path.trim_end_matches('\n'))))
    };
    Ok(found.into_iter().map(with_origin).collect())
}

/// Names a dataset in the `.bidsignore` of the one that holds it, if one does: dry runs must not be read as
/// data of the real dataset around them.
///
/// # Errors
/// Those of the system.
pub fn hide_from_enclosing(data: &Path) -> io::Result<()> {
    let data = std::path::absolute(data)?;
    let Some((outer, name)) = data.parent().zip(data.file_name().and_then(|n| n.to_str())) else {
        return Ok(());
    };
    if is_dataset(outer) { ensure_ignored(outer, name) } else { Ok(()) }
}

/// Names a folder in a dataset's `.bidsignore` unless it stands there.
pub(crate) fn ensure_ignored(dataset: &Path, folder: &str) -> io::Result<()> {
    use std::io::{Read, Write};
    let mut file = disk::open_append(&dataset.join(".bidsignore"))?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    // Without a slash at its end: the validator sees an unknown folder as one thing, and a pattern that ends
    // in a slash does not match it.
    let line = format!("/{folder}");
    if text.lines().any(|l| l.trim() == line) {
        return Ok(());
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    file.write_all(format!("{gap}{line}\n").as_bytes())?;
    file.sync_all()
}

/// Keeps other processes from changing a dataset's tables and folders until it is dropped, or the process ends in whatever
/// way.
///
/// # Errors
/// See [`ShortLock::take`]: nobody waits for it for ever.
pub(crate) fn lock(data: &Path) -> io::Result<ShortLock> {
    let folder = source_folder(data);
    disk::create_dirs(&folder)?;
    ShortLock::take(&folder.join(".lock"))
}

/// Where the folder of a run is that was found somewhere else, as a rescued one.
pub fn home_of(data: &Path, run: &FoundRun) -> PathBuf {
    parent_folder(data, &run.name).join(run.folder.file_name().unwrap_or_default())
}

fn parent_folder(data: &Path, name: &RunName) -> PathBuf {
    let sub = source_folder(data).join(format!("sub-{}", name.sub));
    match &name.ses {
        Some(ses) => sub.join(format!("ses-{ses}")),
        None => sub,
    }
}

/// The runs that differ from `name` in nothing but the run number.
fn runs_like(data: &Path, name: &RunName) -> io::Result<impl Iterator<Item = FoundRun>> {
    let like = name.clone();
    Ok(runs_in(&parent_folder(data, name))?
        .into_iter()
        .filter(move |f| RunName { run: like.run, ..f.name.clone() } == like))
}

fn runs_in(parent: &Path) -> io::Result<Vec<FoundRun>> {
    let found = folders(parent, "sub-")?.into_iter().filter_map(|folder| {
        let (name, stamp) = RunName::from_folder(folder.file_name()?.to_str()?)?;
        Some(FoundRun { folder, name, stamp })
    });
    Ok(found.collect())
}

/// Folders in `parent` whose name begins so, sorted; none where there is no such parent.
fn folders(parent: &Path, prefix: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(parent) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let named = entry.file_name().to_str().is_some_and(|n| n.starts_with(prefix));
        if named && entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
