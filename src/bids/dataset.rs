//! A run's place in a dataset, and the files around it: description, README, participants, pictures. Files
//! that people edit (description, README, CHANGES) are made once and then theirs.

mod around;
mod participants;

use super::columns::events_tsv;
use super::error::ExportError;
use super::files::{Files, put};
use super::rows::Timeline;
use super::run::Run;
use super::task::{check_task_sidecar, json_text, root_sidecar};
use super::{Exported, physio, sidecar};
use crate::ground::record::Place;
use crate::logger::rundir;
use crate::rig::schema::Rig;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// Writes everything of a run, or nothing.
pub(super) fn export(
    run: &Run,
    dataset: &Path,
    rig: &Rig,
    stimuli_root: Option<&Path>,
) -> Result<Exported, ExportError> {
    let mut time = Timeline::of(run)?;
    let mut notes = std::mem::take(&mut time.notes);
    if run.torn {
        notes
            .push("the last line of the journal is torn off; all lines before it are whole".into());
    }
    if !time.complete() {
        notes.push("the run is not complete".into());
    }
    let mut exported = Exported {
        folder: run.folder.clone(),
        name: run.name.clone(),
        complete: time.complete(),
        files: Vec::new(),
        written: 0,
        notes,
    };
    if time.rows.is_empty() {
        exported.notes.push("no screen with a row was shown; nothing was exported".into());
        return Ok(exported);
    }
    // Two exports at once must not both find a file missing.
    let _lock = rundir::lock(dataset)
        .map_err(|source| ExportError::Io { path: rundir::source_folder(dataset), source })?;
    check_task_sidecar(&run.plan, dataset)?;
    let pictures = pictures(run, &time, dataset, stimuli_root)?;
    if !pictures.absent.is_empty() {
        let n = pictures.absent.len();
        exported
            .notes
            .push(format!("{n} pictures of this dry run have no file; their stim_file is n/a"));
    }
    if time.rows[0].onset < EARLIEST {
        exported.notes.push(
            "a screen with a row came more than a minute before onset 0; validators will warn of it".into(),
        );
    }
    let mut files = Files::default();
    let mut add = |path: PathBuf, bytes: Vec<u8>| {
        exported.files.push(path.clone());
        files.add(path, bytes);
    };
    let stem = stem(run);
    let with = |suffix: &str| PathBuf::from(format!("{stem}{suffix}"));
    add(with("_events.tsv"), events_tsv(&run.plan, &time, &pictures.absent).into());
    add(with("_events.json"), json_text(&sidecar::run_sidecar(run, &time, rig)).into());
    if run.start.place == Place::Scanner
        && let Some((zero, _)) = time.zero
        && let Some((about, table)) = physio::recording(run, zero)
    {
        add(with("_recording-trigger_physio.json"), json_text(&about).into());
        add(with("_recording-trigger_physio.tsv.gz"), table);
    }
    let (name, text) = root_sidecar(&run.plan);
    files.add(name, text);
    for (file, bytes) in pictures.found {
        files.add(Path::new("stimuli").join(file), bytes);
    }
    let mut missing = files.check(dataset)?;
    missing.extend(around::missing(run, dataset)?);
    exported.written = missing.len();
    // Listed first: a subject's folder without its row is an error to validators, a row alone is not.
    participants::ensure(dataset, run.name.sub.as_str())?;
    for (relative, bytes) in missing {
        put(&dataset.join(relative), &bytes)?;
    }
    around::ignore_dry_runs(dataset)?;
    Ok(exported)
}

/// Folder and common part of the names of a run's files, relative to the dataset.
fn stem(run: &Run) -> String {
    let name = &run.name;
    let ses = name.ses.as_ref().map_or_else(String::new, |s| format!("ses-{s}/"));
    let kind = match run.start.place {
        Place::Scanner => "func",
        Place::Lab => "beh",
    };
    format!("sub-{}/{ses}{kind}/{name}", name.sub)
}

/// Onsets before this one make validators warn, in microseconds.
const EARLIEST: i128 = -60_000_000;

/// The shareable pictures of a run.
#[derive(Debug, Default)]
struct Pictures {
    /// Files with their bytes, where there is a folder to take them from.
    found: BTreeMap<String, Vec<u8>>,
    /// Files that nobody has: a dry run can go on with placeholders.
    absent: BTreeSet<String>,
}

/// The pictures that were shown in rows and may be shared. Those that are in the dataset are kept where
/// there is nothing to compare them with.
fn pictures(
    run: &Run,
    time: &Timeline<'_>,
    dataset: &Path,
    root: Option<&Path>,
) -> Result<Pictures, ExportError> {
    let mut all = Pictures::default();
    let shown = time.rows.iter().filter_map(|r| r.phase.row.as_ref()?.picture.as_ref());
    let shared = shown.filter_map(|id| run.plan.pictures.get(id)).filter(|p| p.share);
    for file in shared.map(|p| &p.file).collect::<BTreeSet<_>>() {
        let path = root.map(|r| r.join(file));
        match path.as_ref().map(std::fs::read) {
            Some(Ok(bytes)) => {
                all.found.insert(file.clone(), bytes);
            }
            Some(Err(source)) if source.kind() != io::ErrorKind::NotFound => {
                let path = path.expect("it was read from there");
                return Err(ExportError::Io { path, source });
            }
            _ if dataset.join("stimuli").join(file).is_file() => {}
            _ if run.start.dry_run => {
                all.absent.insert(file.clone());
            }
            _ => {
                let root = root.map(Path::to_path_buf);
                return Err(ExportError::NoPicture { file: file.clone(), root });
            }
        }
    }
    Ok(all)
}
