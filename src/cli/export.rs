//! `reframe export`: the BIDS files of recorded runs, made again from their run folders.

use super::args::ExportArgs;
use super::failure::{Exit, Failure};
use super::say;
use crate::bids::export_dataset;
use crate::ground::diagnostic::Source;
use crate::rig::schema::Rig;
use std::path::Path;

/// Exports every run folder of a dataset; one that cannot be exported is told and the rest go on.
pub fn run(args: &ExportArgs) -> Result<Exit, Failure> {
    let out = args.out.as_ref().unwrap_or(&args.data);
    let own = args.data.join("stimuli");
    let stimuli = args.stimuli.as_deref().or(own.is_dir().then_some(own.as_path()));
    let summary = export_dataset(&args.data, out, &read_rig, stimuli).map_err(Failure::wrong)?;
    if summary.exported.is_empty() && summary.failed.is_empty() {
        let text = format!("{} holds no run folder", args.data.display());
        return Err(Failure::wrong(text).help("name the dataset that was given to run as --data"));
    }
    for done in &summary.exported {
        let files = done.files.len();
        say(format_args!("{}: {files} files, {} of the dataset's new\n", done.name, done.written));
        for note in &done.notes {
            eprintln!("note: {}: {note}", done.name);
        }
    }
    for (folder, error) in &summary.failed {
        eprintln!("error: {}: {error}", folder.display());
    }
    Ok(if summary.failed.is_empty() { Exit::Done } else { Exit::AtRisk })
}

/// The rig file of a run folder.
fn read_rig(path: &Path) -> Result<Rig, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let source = Source { path: path.display().to_string(), text };
    match crate::rig::parse::parse(&source) {
        Ok((rig, _)) => Ok(rig),
        Err(problems) => Err(source.render(&problems, false)),
    }
}
