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
use crate::rig::schema::Rig;
use std::collections::BTreeMap;
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
    check_task_sidecar(&run.plan, dataset)?;
    let mut files = Files::default();
    let mut add = |path: PathBuf, bytes: Vec<u8>| {
        exported.files.push(path.clone());
        files.add(path, bytes);
    };
    let stem = stem(run);
    let with = |suffix: &str| PathBuf::from(format!("{stem}{suffix}"));
    add(with("_events.tsv"), events_tsv(&run.plan, &time).into());
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
    for (file, bytes) in pictures(run, &time, dataset, stimuli_root)? {
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

/// The pictures that were shown in rows and may be shared, unless they are in the dataset and nothing is
/// known to compare them with.
fn pictures(
    run: &Run,
    time: &Timeline<'_>,
    dataset: &Path,
    root: Option<&Path>,
) -> Result<BTreeMap<String, Vec<u8>>, ExportError> {
    let mut all = BTreeMap::new();
    let shown = time.rows.iter().filter_map(|r| r.phase.row.as_ref()?.picture.as_ref());
    for picture in shown.filter_map(|id| run.plan.pictures.get(id)).filter(|p| p.share) {
        let file = &picture.file;
        if all.contains_key(file) {
            continue;
        }
        match root.map(|r| std::fs::read(r.join(file))) {
            Some(Ok(bytes)) => {
                all.insert(file.clone(), bytes);
            }
            _ if dataset.join("stimuli").join(file).is_file() => {}
            Some(Err(source)) if source.kind() != std::io::ErrorKind::NotFound => {
                let path = root.expect("it was read from there").join(file);
                return Err(ExportError::Io { path, source });
            }
            _ => {
                let root = root.map(Path::to_path_buf);
                return Err(ExportError::NoPicture { file: file.clone(), root });
            }
        }
    }
    Ok(all)
}
