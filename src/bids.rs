//! Run folders to BIDS: events files, sidecars, trigger recordings and the files of a dataset around them.
//! Everything is a function of the run folder (and of the pictures that may be shared), so it can be made
//! again; nothing is ever overwritten with other content. It refuses to know clocks, devices and windows.

mod columns;
mod dataset;
mod error;
mod files;
mod physio;
mod pictures;
mod recording;
mod rows;
mod run;
mod share;
mod sidecar;
mod task;
mod trace;

pub use columns::dictionary;
pub use error::{ExportError, TaskError};
pub use pictures::{check_pictures, keep_pictures};
pub use share::{Found, ShareError, Trace, Traces, share};
pub use task::check_task_sidecar;

use crate::logger::rundir::{self, RunName};
use crate::rig::schema::Rig;
use std::path::{Path, PathBuf};

/// What became of a run folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    pub folder: PathBuf,
    pub name: RunName,
    /// The run went to its planned end.
    pub complete: bool,
    /// Files of this run, relative to the dataset; empty if the run holds nothing that has a row.
    pub files: Vec<PathBuf>,
    /// How many files of the dataset were new; 0 where all of them were there already.
    pub written: usize,
    /// What the experimenter should know.
    pub notes: Vec<String>,
}

/// What became of all run folders.
#[derive(Debug, Default)]
pub struct Summary {
    pub exported: Vec<Exported>,
    /// Runs that could not be exported, with the reason; the others are not touched by them.
    pub failed: Vec<(PathBuf, ExportError)>,
}

/// Exports one run folder into a dataset. Pictures that may be shared are those that were kept when the run
/// began, or else are copied from `stimuli_root`, or must be in the dataset already.
///
/// # Errors
/// See [`ExportError`]. Nothing is written unless everything of the run can be.
pub fn export_run(
    folder: &Path,
    dataset: &Path,
    rig: &Rig,
    stimuli_root: Option<&Path>,
) -> Result<Exported, ExportError> {
    let run = run::Run::read(folder)?;
    dataset::export(&run, dataset, rig, stimuli_root)
}

/// The dataset in which a run folder lies, by its name and place; none for other folders.
///
/// # Errors
/// [`ExportError::NotARun`] for a folder that is not named like a run.
pub fn dataset_of(folder: &Path) -> Result<Option<PathBuf>, ExportError> {
    let name = folder.file_name().and_then(|n| n.to_str()).and_then(RunName::from_folder);
    let (name, _) = name.ok_or_else(|| ExportError::NotARun(folder.into()))?;
    Ok(dataset::folder_of(folder, &name))
}

/// Exports all run folders of `data` into `dataset` (usually the same folder), in the order in which they
/// were begun. `rig_of` reads the rig file of a run folder.
///
/// # Errors
/// If the folders cannot be listed. A run that cannot be exported is listed in the summary.
pub fn export_dataset(
    data: &Path,
    dataset: &Path,
    rig_of: &dyn Fn(&Path) -> Result<Rig, String>,
    stimuli_root: Option<&Path>,
) -> Result<Summary, ExportError> {
    let runs = rundir::find_runs(data)
        .map_err(|source| ExportError::Io { path: rundir::source_folder(data), source })?;
    let mut summary = Summary::default();
    for run in runs {
        let path = run.folder.join("rig.toml");
        let done = rig_of(&path)
            .map_err(|what| ExportError::Rig { path, what })
            .and_then(|rig| export_run(&run.folder, dataset, &rig, stimuli_root));
        match done {
            Ok(exported) => summary.exported.push(exported),
            Err(error) => summary.failed.push((run.folder, error)),
        }
    }
    Ok(summary)
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
