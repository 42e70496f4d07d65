//! `reframe recover`: names every run that was cut off or whose data are elsewhere, and writes the BIDS files of each that
//! nobody writes any more. Run folders are never changed, and what was recovered once is there and stays as it is.

mod found;
mod table;

use super::args::RecoverArgs;
use super::export::read_rig;
use super::failure::{Exit, Failure};
use super::prepare;
use super::say;
use super::summary::quoted;
use crate::bids::{ExportError, Exported, dataset_of, export_run};
use crate::logger::journal::JOURNAL_FILE;
use crate::logger::lock::RunState;
use crate::logger::returned;
use crate::logger::rundir::{self, FoundRun, RunName};
use found::Found;
use indexmap::IndexSet;
use std::path::{Path, PathBuf};
use table::Row;

/// What is to be done with a run, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Done {
    /// Its BIDS files were written, so many of them new.
    Exported { new: usize },
    /// They are to be written.
    ToDo,
    /// They were there already.
    Before,
    /// It goes on, and is left alone.
    Running(String),
    /// It holds nothing that could be written.
    Nothing(String),
    /// It could not be recovered.
    Failed(String),
}

/// Runs the command.
pub fn run(args: &RecoverArgs) -> Result<Exit, Failure> {
    let told = args.all().next().is_some();
    let mut datasets: Vec<PathBuf> = match told {
        true => args.all().cloned().collect(),
        false => ["logs", "logs/dryrun"].map(PathBuf::from).into(),
    };
    let rescued = rescued(&datasets);
    if !told {
        // Whose journal is elsewhere needs help most, wherever it is.
        let homes = rescued.iter().filter_map(|(_, origin)| home(origin.as_deref()?));
        let others: IndexSet<PathBuf> = homes.filter(|home| home.is_dir()).collect();
        let known = |home: &PathBuf| datasets.iter().any(|data| found::is_same(home, data));
        let others: Vec<PathBuf> = others.into_iter().filter(|home| !known(home)).collect();
        datasets.extend(others);
    }
    let (mut any, mut rows, mut taken) = (false, Vec::new(), Vec::new());
    for data in &datasets {
        let found = found::find(data, &rescued).map_err(|e| unreadable(data, &e))?;
        if found.is_empty() && told {
            let text =
                format!("{} holds no run folder, and nothing of it was rescued", data.display());
            return Err(
                Failure::wrong(text).help("name the dataset that was given to run as --data")
            );
        }
        if datasets.len() > 1 && found.iter().any(|run| run.best().rescued) {
            say(format_args!("{}:\n", data.display()));
        }
        any |= !found.is_empty();
        taken.extend(found.iter().flat_map(|f| &f.copies).map(|c| c.folder.clone()));
        for run in &found {
            rows.extend(row(run, data, args.list));
        }
    }
    let size = |folder: &Path| std::fs::metadata(folder.join(JOURNAL_FILE)).map(|m| m.len()).ok();
    let is_back = |run: &FoundRun, origin: &Option<PathBuf>| {
        origin.as_ref().is_some_and(|o| size(o).is_some_and(|own| size(&run.folder) == Some(own)))
    };
    let others = rescued.iter().filter(|(run, _)| !taken.contains(&run.folder));
    for (run, origin) in others.filter(|(run, origin)| !is_back(run, origin)) {
        eprintln!("note: {}", elsewhere(run, origin.as_deref()));
    }
    finish(any, &rows, args)
}

/// Prints the table, and what to do next as its last line.
fn finish(any: bool, rows: &[Row], args: &RecoverArgs) -> Result<Exit, Failure> {
    let count = |of: fn(&Done) -> bool| rows.iter().filter(|r| of(&r.done)).count();
    let to_do = count(|d| *d == Done::ToDo);
    let failed = count(|d| matches!(d, Done::Failed(_)));
    let running = count(|d| matches!(d, Done::Running(_)));
    if !rows.is_empty() {
        say(format_args!("{}", table::text(rows)));
    }
    let next = if !any {
        "no runs are here: name the dataset that was given to run as --data".to_string()
    } else if rows.is_empty() {
        "every run came to its end and is in its dataset: nothing to do".into()
    } else if to_do > 0 {
        let data: Vec<String> = args.all().map(|d| quoted(d)).collect();
        let line = ["reframe recover".to_string()].into_iter().chain(data).collect::<Vec<_>>();
        format!("to recover {to_do} of them: {}", line.join(" "))
    } else if failed > 0 {
        format!(
            "{failed} could not be recovered: keep their folders; above stands for each what helps"
        )
    } else if running > 0 {
        format!(
            "{running} still going on: call this again when they are over; all others are in their dataset"
        )
    } else {
        "nothing is left to do: everything that was kept is in its dataset; a run that was cut off says so in its \
         _events.json (\"Complete\": false)"
            .into()
    };
    if rows.iter().any(|r| r.can_go_on) {
        say(format_args!(
            "a run that was cut off can go on: give the command that began it, with --resume in the place of --run\n"
        ));
    }
    say(format_args!("{next}\n"));
    Ok(if failed > 0 { Exit::AtRisk } else { Exit::Done })
}

/// The row of a run that needs help or got it; none for one that is well.
fn row(run: &Found, data: &Path, list: bool) -> Option<Row> {
    let best = run.best();
    let reach = run.reach();
    let rescued = best.rescued;
    let is_there = !rescued && run.is_written(data);
    let ended = run.end();
    let sound = best.journal.as_ref().is_ok_and(|j| j.is_sound());
    // A run that shows nothing has no files.
    if sound
        && run.going().is_none()
        && ended.is_some()
        && !rescued
        && (is_there || !reach.has_rows)
    {
        return None;
    }
    let why = match (run.going(), ended, &best.journal) {
        (Some(_), ..) => "still running",
        (None, _, Ok(journal)) if !journal.is_sound() => "damaged",
        (None, Some(end), _) if end.complete => "complete",
        (None, Some(end), _) => end.reason.as_str(),
        (None, None, Ok(_)) => run.cut_by(),
        (None, None, Err(_)) => "unreadable",
    };
    let done = match run.going() {
        Some(RunState::Running(Some(holder))) => Done::Running(holder.words()),
        Some(_) => Done::Running("another process has its folder".into()),
        None => recover(run, data, list, is_there),
    };
    let from = (best.rescued).then(|| best.folder.clone());
    let can_go_on = run.going().is_none() && sound && ended.is_none_or(|end| !end.complete);
    Some(Row {
        name: run.name.to_string(),
        stamp: run.stamp.clone(),
        reach,
        why: why.into(),
        done,
        from,
        can_go_on,
    })
}

fn recover(run: &Found, data: &Path, list: bool, is_there: bool) -> Done {
    let best = run.best();
    let journal = match &best.journal {
        Ok(journal) => journal,
        Err(_) if !best.folder.join(JOURNAL_FILE).exists() => {
            let text = "it has no journal: the run never began, or somebody removed it";
            return Done::Nothing(text.into());
        }
        Err(e) => return Done::Failed(e.clone()),
    };
    if !journal.is_sound() {
        let first = journal.damages.first().map(ToString::to_string).unwrap_or_default();
        return Done::Failed(format!(
            "the journal in {} was changed: {first}; put back the copy that was made before that, and recover again",
            best.folder.display()
        ));
    }
    if journal.entries.is_empty() {
        return Done::Nothing("its journal is empty: the run never began".into());
    }
    if list {
        return if is_there { Done::Before } else { Done::ToDo };
    }
    let folder = &match best.rescued {
        true => match bring_back(run, data) {
            Ok(folder) => folder,
            Err(e) => {
                return Done::Failed(format!(
                    "what was rescued to {} cannot come back into {}: {e}; see that it can be written and its disk has room, \
                     and recover again",
                    best.folder.display(),
                    data.display()
                ));
            }
        },
        false => best.folder.clone(),
    };
    let path = folder.join("rig.toml");
    let own = data.join("stimuli");
    let stimuli = own.is_dir().then_some(own.as_path());
    let exported = read_rig(&path)
        .map_err(|what| ExportError::Rig { path, what })
        .and_then(|rig| export_run(folder, data, &rig, stimuli));
    match exported {
        Ok(Exported { files, .. }) if files.is_empty() => {
            Done::Nothing("no screen with a row was shown".into())
        }
        Ok(Exported { written: 0, .. }) => Done::Before,
        Ok(Exported { written, notes, .. }) => {
            for note in notes {
                eprintln!("note: {}: {note}", run.name);
            }
            Done::Exported { new: written }
        }
        Err(e @ ExportError::Io { .. }) => Done::Failed(format!(
            "{e}; see that {} can be written and its disk has room, and recover again",
            data.display()
        )),
        Err(e) => Done::Failed(e.to_string()),
    }
}

/// Brings the whole of a run back into its folder, and says where that is.
fn bring_back(run: &Found, data: &Path) -> std::io::Result<PathBuf> {
    let best = run.best();
    let own = run.copies.iter().find(|c| !c.rescued).map(|c| c.folder.clone());
    let found =
        FoundRun { folder: best.folder.clone(), name: run.name.clone(), stamp: run.stamp.clone() };
    let folder = own.unwrap_or_else(|| rundir::home_of(data, &found));
    let _lock = rundir::lock(data)?;
    returned::bring_back(&best.folder, &folder)?;
    Ok(folder)
}

/// The first run of a dataset of which more was rescued than its folder has, with where that is: what is made from the folder
/// would be a part of it.
pub(super) fn not_brought_back(data: &Path) -> Result<Option<(RunName, PathBuf)>, Failure> {
    if rescued_of(data)?.is_empty() {
        return Ok(None);
    }
    let all =
        found::find(data, &rescued(&[data.to_path_buf()])).map_err(|e| unreadable(data, &e))?;
    let first = all.into_iter().find(|run| run.going().is_none() && run.best().rescued);
    Ok(first.map(|run| (run.name.clone(), run.best().folder.clone())))
}

/// The dataset of a run folder.
fn home(run: &Path) -> Option<PathBuf> {
    dataset_of(run).ok().flatten()
}

/// What lies in the places where fall-back folders of these datasets are made.
fn rescued(datasets: &[PathBuf]) -> Vec<(FoundRun, Option<PathBuf>)> {
    let own = datasets.iter().filter_map(|data| prepare::rescued(data));
    let spare = Some(prepare::spare()).filter(|spare| prepare::is_own(spare));
    let places: IndexSet<PathBuf> = own.chain(spare).collect();
    let mut all = Vec::new();
    for place in places {
        match rundir::find_rescued(&place) {
            Ok(found) => all.extend(found),
            // No reason to refuse a run, or to leave the others unrecovered.
            Err(e) => eprintln!(
                "warning: cannot read what may have been rescued to {}: {e}; let this user read the folder",
                place.display()
            ),
        }
    }
    all
}

/// What was rescued of a dataset.
pub(super) fn rescued_of(data: &Path) -> Result<Vec<FoundRun>, Failure> {
    let own = rundir::find_runs(data).map_err(|e| unreadable(data, &e))?;
    let all = rescued(&[data.to_path_buf()]);
    Ok(all.into_iter().filter(|r| found::is_of(r, data, &own)).map(|(run, _)| run).collect())
}

fn unreadable(data: &Path, e: &std::io::Error) -> Failure {
    Failure::wrong(format!("cannot read the runs of {}: {e}", data.display()))
        .help("name a dataset that can be read")
}

/// What to do about something that was rescued of a run in none of the datasets that are looked at.
fn elsewhere(run: &FoundRun, origin: Option<&Path>) -> String {
    let folder = run.folder.display();
    match origin.map(|origin| dataset_of(origin).ok().flatten().unwrap_or(origin.into())) {
        Some(home) if home.is_dir() => {
            format!("{folder} was rescued of a run in {}: recover that dataset too", home.display())
        }
        Some(home) => format!(
            "{folder} was rescued of a run in {}, which is not there: recover that dataset once its disk is back, by the name \
             that it has then",
            home.display()
        ),
        None => format!(
            "{folder} was rescued and does not say of which dataset: reframe export {} --out DIR writes its files",
            quoted(&run.folder)
        ),
    }
}
