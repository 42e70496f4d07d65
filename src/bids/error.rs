//! Why a run cannot be exported, or a task not be run into a dataset.

use crate::logger::journal::{Damage, ReadError};
use std::io;
use std::path::PathBuf;

/// Why a run cannot be exported. The run folder is never changed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("cannot use {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is not named like a run folder", .0.display())]
    NotARun(PathBuf),
    #[error(transparent)]
    Journal(#[from] ReadError),
    #[error(
        "the journal in {} is damaged ({} places, the first: {}); its times cannot be trusted; look for a \
         rescued copy of the run, or correct it by hand and say so in the dataset's README",
        folder.display(), damages.len(), damages[0]
    )]
    Damaged { folder: PathBuf, damages: Vec<Damage> },
    #[error("the journal in {} does not begin with the line that says which run it is", .0.display())]
    NoStart(PathBuf),
    #[error("the run in {} never began: its journal is empty, so there is nothing to export", .0.display())]
    NeverBegan(PathBuf),
    #[error("{} is not a plan this program can read: {what}", path.display())]
    Plan { path: PathBuf, what: String },
    #[error("{} was changed after the run: its hash is not the one in the journal", .0.display())]
    Changed(PathBuf),
    #[error("{}: {what}", path.display())]
    Rig { path: PathBuf, what: String },
    #[error("the {what} in {} does not belong to this run: it says {says}", folder.display())]
    OtherRun { folder: PathBuf, what: &'static str, says: String },
    #[error("the journal in {} contradicts itself: {what}", folder.display())]
    Contradiction { folder: PathBuf, what: String },
    #[error(transparent)]
    Task(#[from] TaskError),
    #[error(
        "{} exists with other content and is left alone; move it away if the new one should be written",
        .0.display()
    )]
    Differs(PathBuf),
    #[error(
        "picture {file:?} is neither in the dataset nor in {}; name the folder that has it, as in: reframe export \
         {} --stimuli DIR",
        root.as_ref().map_or_else(|| "any folder that was named".into(), |r| r.display().to_string()), run.display()
    )]
    NoPicture { file: String, root: Option<PathBuf>, run: PathBuf },
    #[error(
        "{} is not the picture of that name in {}: give the changed picture a name of its own in the stimulus \
         table, or use another data folder",
        path.display(), root.display()
    )]
    OtherPicture { path: PathBuf, root: PathBuf },
    #[error("{} line {line}: {what}; correct it by hand", path.display())]
    Participants { path: PathBuf, line: usize, what: String },
}

/// Why a task cannot be run into a dataset.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    #[error(
        "the dataset holds runs of another form of task {task:?} ({}): its columns, conditions or scales differ; \
         give the changed task a name of its own, or use another data folder",
        path.display()
    )]
    OtherForm { task: String, path: PathBuf },
    #[error("cannot read {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("task {task:?} cannot be written as BIDS: {what}")]
    NotBids { task: String, what: String },
}
