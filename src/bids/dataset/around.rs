//! What a dataset needs besides runs. Each file is made once, if nobody made it before; from then on it is
//! the researchers' own to edit.

use super::super::error::ExportError;
use super::super::run::Run;
use super::super::task::json_text;
use crate::logger::rundir;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The version of BIDS that the files follow.
const BIDS_VERSION: &str = "1.11.1";
/// The version of HED that the tags are from; validators know no later one yet.
const HED_VERSION: &str = "8.4.0";

/// The files that nobody made yet.
pub(super) fn missing(run: &Run, dataset: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, ExportError> {
    let readme = ["README.md", "README", "README.txt", "README.rst"];
    type Text = fn(&Run) -> String;
    let wanted: [(&[&str], Text); 4] = [
        (&["dataset_description.json"], description),
        (&readme, readme_of),
        (&["CHANGES"], changes),
        (&["participants.json"], |_| participants()),
    ];
    let mut files = Vec::new();
    for (names, text) in wanted {
        if !names.iter().any(|n| dataset.join(n).exists()) {
            files.push((names[0].into(), text(run).into_bytes()));
        }
    }
    Ok(files)
}

/// Names datasets of dry runs that lie inside this one, so that no tool takes them for a part of it.
pub(super) fn ignore_dry_runs(dataset: &Path) -> Result<(), ExportError> {
    let io = |source| ExportError::Io { path: dataset.join(".bidsignore"), source };
    let mut inner = Vec::new();
    for entry in std::fs::read_dir(dataset).map_err(io)? {
        let entry = entry.map_err(io)?;
        if rundir::source_folder(&entry.path()).is_dir()
            && let Ok(name) = entry.file_name().into_string()
        {
            inner.push(name);
        }
    }
    inner.sort();
    for name in inner {
        rundir::ensure_ignored(dataset, &name).map_err(io)?;
    }
    Ok(())
}

fn description(run: &Run) -> String {
    let name = if run.start.dry_run { "Dry runs (no data)" } else { "Emotion regulation study" };
    let source = match run.to_share {
        true => json!({ "Version": "the raw record, which the authors keep" }),
        false => json!({ "URL": "bids::sourcedata/reframe" }),
    };
    json_text(&json!({
        "Name": name,
        "BIDSVersion": BIDS_VERSION,
        "HEDVersion": HED_VERSION,
        "DatasetType": "raw",
        "License": "All rights reserved until the authors decide",
        "Authors": ["First author, to be filled in", "Second author, to be filled in"],
        "GeneratedBy": [{
            "Name": run.start.program,
            "Version": run.start.program_version,
            "Description": "Showed the tasks and wrote the events files",
        }],
        "SourceDatasets": [source],
    }))
}

const README: &str = "\
# About this dataset

Events of tasks that were shown and recorded with Reframe. Please replace this paragraph: what the study
asked, who took part, and whom to write to.

- `sub-*/`: events files (`func` for runs in the scanner room, `beh` for others), with what was shown, when it really
  appeared, and what the person answered.
- `task-*_events.json`: what each column means.
SOURCE

A run that was ended early has `\"Complete\": false` in its own `_events.json`.
";

const SOURCE: &str = "\
- `sourcedata/reframe/`: the raw record of each run: a journal with exact times, the plan, the protocol and the
  description of the room. All events files are made from it and can be made again.
";

fn readme_of(run: &Run) -> String {
    README.replace("SOURCE\n", if run.to_share { "" } else { SOURCE })
}

fn changes(run: &Run) -> String {
    if run.to_share {
        // The day of a recording can identify a person.
        return "1.0.0\n  - First version that is shared.\n".into();
    }
    let day = run.start.wall.get(..10).unwrap_or("2000-01-01");
    format!("1.0.0 {day}\n  - First run.\n")
}

fn participants() -> String {
    json_text(&json!({
        "participant_id": { "Description": "The label of the person, with the prefix sub-" },
    }))
}
