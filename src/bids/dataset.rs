//! A run's place in a dataset, and the files around it: description, README, participants, pictures. Files
//! that people edit (description, README, CHANGES) are made once and then theirs.

mod around;
mod participants;

use super::columns::events_tsv;
use super::error::ExportError;
use super::files::{Files, put};
use super::recording::Recording;
use super::rows::Timeline;
use super::run::Run;
use super::task::{check_task_sidecar, json_text, root_sidecar};
use super::{Exported, physio, pictures, sidecar, trace};
use crate::ground::record::Place;
use crate::logger::rundir::{self, RunName};
use crate::rig::schema::Rig;
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
    // Two exports at once must not both find a file missing. A copy to share is nobody else's yet, and has no such folder.
    let _lock =
        match run.to_share {
            true => None,
            false => Some(rundir::lock(dataset).map_err(|source| ExportError::Io {
                path: rundir::source_folder(dataset),
                source,
            })?),
        };
    check_task_sidecar(&run.plan, dataset)?;
    let shown = pictures::shown(run, &time, dataset, stimuli_root)?;
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
    add(with("_events.json"), json_text(&sidecar::run_sidecar(run, &time, rig)).into());
    let mut record = |name: &str, recording: Option<Recording>| {
        if let Some(Recording { about, table }) = recording {
            add(with(&format!("_recording-{name}.json")), json_text(&about).into());
            add(with(&format!("_recording-{name}.tsv.gz")), table);
        }
    };
    if let Some((zero, _)) = time.zero {
        if run.start.place == Place::Scanner {
            record("trigger_physio", physio::recording(run, zero));
        }
        record("rating_stim", trace::recording(run, &time, zero));
    }
    let (name, text) = root_sidecar(&run.plan);
    files.add(name, text);
    for (file, bytes) in shown {
        files.add(Path::new("stimuli").join(file), bytes);
    }
    // The last of all: where it is, the others are, whenever the program was killed.
    let events = with("_events.tsv");
    files.add(&events, events_tsv(&run.plan, &time));
    exported.files.insert(0, events);
    let mut missing = around::missing(run, dataset)?;
    missing.extend(files.check(dataset)?);
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

/// The dataset in which a run folder lies, if it lies in one.
pub(super) fn folder_of(run_folder: &Path, name: &RunName) -> Option<PathBuf> {
    let depth = if name.ses.is_some() { 5 } else { 4 };
    let data = run_folder.ancestors().nth(depth)?;
    // The parent of a relative path may be the empty one.
    let data = if data.as_os_str().is_empty() { Path::new(".") } else { data };
    let inside = run_folder.strip_prefix(rundir::source_folder(data));
    let here = run_folder.strip_prefix(rundir::source_folder(Path::new("")));
    (inside.is_ok() || here.is_ok()).then(|| data.to_path_buf())
}
