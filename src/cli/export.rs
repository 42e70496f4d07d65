//! `reframe export`: the BIDS files of recorded runs, made again from their run folders.

use super::args::ExportArgs;
use super::failure::{Exit, Failure};
use super::say;
use crate::bids::{ExportError, Summary, dataset_of, export_dataset, export_run};
use crate::ground::diagnostic::Source;
use crate::rig::schema::Rig;
use std::path::{Path, PathBuf};

/// Exports every run folder that is named or lies in a dataset that is; one that cannot be exported is told and
/// the rest go on.
pub fn run(args: &ExportArgs) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    for folder in &args.folders {
        // A run folder is known by its name, which `.` does not tell.
        let folder = &std::fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        let done = match dataset_of(folder) {
            Ok(home) => one(args, folder, home)?,
            Err(_) => all(args, folder)?,
        };
        for exported in &done.exported {
            let (name, files) = (&exported.name, exported.files.len());
            say(format_args!("{name}: {files} files, {} of the dataset's new\n", exported.written));
            for note in &exported.notes {
                eprintln!("note: {name}: {note}");
            }
        }
        for (folder, error) in &done.failed {
            if let ExportError::NeverBegan(_) = error {
                eprintln!("note: {error}");
                continue;
            }
            eprintln!("error: {}: {error}", folder.display());
            exit = Exit::AtRisk;
        }
    }
    Ok(exit)
}

/// All runs of a dataset.
fn all(args: &ExportArgs, data: &Path) -> Result<Summary, Failure> {
    let out = args.out.as_deref().unwrap_or(data);
    let own = data.join("stimuli");
    let stimuli = args.stimuli.as_deref().or(own.is_dir().then_some(own.as_path()));
    let summary = export_dataset(data, out, &read_rig, stimuli).map_err(Failure::wrong)?;
    if summary.exported.is_empty() && summary.failed.is_empty() {
        let text = format!("{} holds no run folder", data.display());
        return Err(Failure::wrong(text).help("name the dataset that was given to run as --data"));
    }
    Ok(summary)
}

/// One run folder, which may have been rescued to somewhere outside its dataset.
fn one(args: &ExportArgs, folder: &Path, home: Option<PathBuf>) -> Result<Summary, Failure> {
    let Some(out) = args.out.clone().or(home) else {
        let text = format!("the run folder {} lies in no dataset", folder.display());
        return Err(Failure::wrong(text).help("name the dataset it belongs to with --out DIR"));
    };
    let path = folder.join("rig.toml");
    let done = read_rig(&path)
        .map_err(|what| ExportError::Rig { path, what })
        .and_then(|rig| export_run(folder, &out, &rig, args.stimuli.as_deref()));
    let mut summary = Summary::default();
    match done {
        Ok(exported) => summary.exported.push(exported),
        Err(error) => summary.failed.push((folder.to_path_buf(), error)),
    }
    Ok(summary)
}

/// The rig file of a run folder.
pub(super) fn read_rig(path: &Path) -> Result<Rig, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let source = Source { path: path.display().to_string(), text };
    match crate::rig::parse::parse(&source) {
        Ok((rig, _)) => Ok(rig),
        Err(problems) => Err(source.render(&problems, false)),
    }
}
