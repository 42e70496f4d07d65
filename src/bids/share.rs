//! A copy of a dataset to be given away: all files are made again from the run folders, without the run folders, without a
//! day, and without anything that tells whose computer made them. It lies under its name when all of it was looked through.

mod traces;

pub use traces::{Found, Trace, Traces};

use super::error::ExportError;
use super::files::is_empty_folder;
use super::run::Run;
use super::{Exported, Summary, dataset};
use crate::logger::disk;
use crate::logger::rundir::{self, FoundRun};
use crate::rig::schema::Rig;
use std::io;
use std::path::{Path, PathBuf};

/// Why no copy was made.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    #[error("{} is there already and is not empty; name a folder that does not exist", .0.display())]
    Taken(PathBuf),
    #[error("{} lies in the dataset itself; name a folder outside of it", .0.display())]
    Inside(PathBuf),
    #[error("cannot use {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}", told(.0))]
    Found(Vec<Found>),
}

/// Names each file, and what it holds.
fn told(found: &[Found]) -> String {
    let lines = found.iter().map(|f| format!("{} holds {}", f.file.display(), f.what));
    let lines: Vec<String> = lines.collect();
    format!("nothing was written, since it would give away who or when: {}", lines.join("; "))
}

/// Makes the copy `out` of the dataset `data`. Dry runs are left out where there are others. Runs that cannot be exported are
/// in the summary, and not in the copy.
///
/// # Errors
/// [`ShareError`]; then nothing is left at `out`.
pub fn share(
    data: &Path,
    out: &Path,
    rig_of: &dyn Fn(&Path) -> Result<Rig, String>,
    stimuli_root: Option<&Path>,
    traces: &Traces,
) -> Result<Summary, ShareError> {
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |source| ShareError::Io { path, source }
    };
    let absolute = std::path::absolute(out).map_err(at(out))?;
    if absolute.starts_with(std::path::absolute(data).map_err(at(data))?) {
        return Err(ShareError::Inside(out.into()));
    }
    if out.symlink_metadata().is_ok() && !is_empty_folder(out) {
        return Err(ShareError::Taken(out.into()));
    }
    let mut runs = rundir::find_runs(data).map_err(at(&rundir::source_folder(data)))?;
    if runs.iter().any(|r| !r.name.dry_run) {
        runs.retain(|r| !r.name.dry_run);
    }
    // The order in which people came is nobody's business.
    runs.sort_by(|a, b| a.name.cmp(&b.name));
    let mut name = absolute.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let draft = absolute.with_file_name(name);
    disk::create_dirs(&draft).map_err(at(&draft))?;
    let made = fill(&draft, &runs, rig_of, stimuli_root, traces).and_then(|summary| {
        // An empty folder makes room; one that has been filled meanwhile does not.
        let _ = std::fs::remove_dir(out);
        if out.symlink_metadata().is_ok() {
            return Err(ShareError::Taken(out.into()));
        }
        std::fs::rename(&draft, out).map_err(at(out)).map(|()| summary)
    });
    if made.is_err() {
        let _ = std::fs::remove_dir_all(&draft);
    }
    made
}

/// Exports the runs into a folder, and looks through it.
fn fill(
    draft: &Path,
    runs: &[FoundRun],
    rig_of: &dyn Fn(&Path) -> Result<Rig, String>,
    stimuli_root: Option<&Path>,
    traces: &Traces,
) -> Result<Summary, ShareError> {
    let mut summary = Summary::default();
    let mut traces = traces.clone();
    for run in runs {
        match export(run, draft, rig_of, stimuli_root, &mut traces) {
            Ok(exported) => summary.exported.push(exported),
            Err(error) => summary.failed.push((run.folder.clone(), error)),
        }
    }
    let found = traces.find(draft).map_err(|(path, source)| ShareError::Io { path, source })?;
    if found.is_empty() { Ok(summary) } else { Err(ShareError::Found(found)) }
}

/// One run, whose day must then not be found anywhere.
fn export(
    found: &FoundRun,
    draft: &Path,
    rig_of: &dyn Fn(&Path) -> Result<Rig, String>,
    stimuli_root: Option<&Path>,
    traces: &mut Traces,
) -> Result<Exported, ExportError> {
    let path = found.folder.join("rig.toml");
    let rig = rig_of(&path).map_err(|what| ExportError::Rig { path, what })?;
    let run = Run { to_share: true, ..Run::read(&found.folder)? };
    traces.add_day(&run.start.wall);
    dataset::export(&run, draft, &rig, stimuli_root)
}

#[cfg(test)]
mod tests;
