//! `reframe export`: the BIDS files of recorded runs, made again from their run folders.

mod computer;

use super::args::ExportArgs;
use super::failure::{Exit, Failure};
use super::summary::quoted;
use super::{recover, say};
use crate::bids::{
    ExportError, ShareError, Summary, dataset_of, export_dataset, export_run, share,
};
use crate::ground::diagnostic::Source;
use crate::ground::plain;
use crate::rig::schema::Rig;
use std::path::{Path, PathBuf};

/// The largest rig file that is read, in bytes.
const LONGEST_RIG: u64 = 16 << 20;

/// Exports every run folder that is named or lies in a dataset that is; one that cannot be exported is told and
/// the rest go on.
pub fn run(args: &ExportArgs) -> Result<Exit, Failure> {
    if let Some(out) = &args.share {
        return to_share(args, out);
    }
    let mut exit = Exit::Done;
    for folder in &args.folders {
        // A run folder is known by its name, which `.` does not tell.
        let folder = &std::fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        let done = match dataset_of(folder) {
            Ok(home) => one(args, folder, home)?,
            Err(_) => all(args, folder)?,
        };
        if told(&done) == Exit::AtRisk {
            exit = Exit::AtRisk;
        }
    }
    Ok(exit)
}

/// Says what became of each run.
fn told(done: &Summary) -> Exit {
    let mut exit = Exit::Done;
    for exported in &done.exported {
        let (name, files) = (&exported.name, exported.files.len());
        let new = exported.written;
        say(format_args!(
            "{name}: {files} files of the run; {new} of the dataset were written now\n"
        ));
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
    exit
}

/// A copy of a dataset that can be given away.
fn to_share(args: &ExportArgs, out: &Path) -> Result<Exit, Failure> {
    let [data] = &args.folders[..] else {
        let text = format!("--share copies one dataset, and {} are named", args.folders.len());
        return Err(Failure::wrong(text).help("name one dataset, and a new folder with --share"));
    };
    if dataset_of(data).is_ok() {
        let text = format!("{} is a run folder, and --share copies a dataset", data.display());
        return Err(Failure::wrong(text).help("name the dataset that was given to run as --data"));
    }
    whole(data)?;
    let stimuli = stimuli_of(args, data);
    let done = share(data, out, &read_rig, stimuli.as_deref(), &computer::traces()).map_err(|e| {
        let found = matches!(e, ShareError::Found(_));
        let failure = Failure::wrong(e);
        match found {
            true => failure.help(
                "such a text is in the protocol or the rig of a run, or among its notes: leave that run out, in a copy of \
                 the dataset; where the word has another meaning there, begin the command with USER=x HOSTNAME=x",
            ),
            false => failure,
        }
    })?;
    let exit = told(&done);
    if done.exported.is_empty() && done.failed.is_empty() {
        return Err(no_run(data));
    }
    if done.exported.is_empty() {
        return Ok(exit);
    }
    let anew: Vec<&str> = HANDWRITTEN.into_iter().filter(|file| data.join(file).exists()).collect();
    if !anew.is_empty() {
        eprintln!(
            "note: {} were made anew: what people wrote into them stands in {} alone; carry over what may be known",
            anew.join(", "),
            data.display()
        );
    }
    say(format_args!("{}\n", out.display()));
    Ok(exit)
}

/// Files that people edit, whose words no program can judge.
const HANDWRITTEN: [&str; 5] =
    ["README.md", "CHANGES", "dataset_description.json", "participants.tsv", "participants.json"];

/// Where the pictures of a dataset are, as told or in it.
fn stimuli_of(args: &ExportArgs, data: &Path) -> Option<PathBuf> {
    let own = data.join("stimuli");
    args.stimuli.clone().or(own.is_dir().then_some(own))
}

/// Refuses a dataset of which something was rescued that is not in it again: a part of a run would pass for the whole.
fn whole(data: &Path) -> Result<(), Failure> {
    let Some((run, folder)) = recover::not_brought_back(data)? else { return Ok(()) };
    let text = format!(
        "the disk did not take all of {run}: the whole of it is in {}, and {} has a part",
        folder.display(),
        data.display()
    );
    Err(Failure::wrong(text).help(format!("bring it back first: reframe recover {}", quoted(data))))
}

/// All runs of a dataset.
fn all(args: &ExportArgs, data: &Path) -> Result<Summary, Failure> {
    whole(data)?;
    let out = args.out.as_deref().unwrap_or(data);
    let stimuli = stimuli_of(args, data);
    let summary =
        export_dataset(data, out, &read_rig, stimuli.as_deref()).map_err(Failure::wrong)?;
    if summary.exported.is_empty() && summary.failed.is_empty() {
        return Err(no_run(data));
    }
    Ok(summary)
}

fn no_run(data: &Path) -> Failure {
    let dry = data.join("dryrun");
    let failure = Failure::wrong(format!("{} holds no run", data.display()));
    match crate::logger::rundir::find_runs(&dry).is_ok_and(|runs| !runs.is_empty()) {
        true => failure.help(format!(
            "there are dry runs in {}: name that, or the dataset that was given to run as --data",
            quoted(&dry)
        )),
        false => failure.help("name the dataset that was given to run as --data"),
    }
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
    let text =
        plain::read_text(path, LONGEST_RIG).map_err(|e| format!("it {e}; {}", e.remedy()))?;
    let source = Source { path: path.display().to_string(), text };
    match crate::rig::parse::parse(&source) {
        Ok((rig, _)) => Ok(rig),
        Err(problems) => Err(source.render(&problems, false)),
    }
}
