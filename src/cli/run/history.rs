//! What the person has done before in this dataset: pictures that were seen, and a run that was interrupted and is to go on.

use crate::cli::args::RunArgs;
use crate::cli::failure::Failure;
use crate::cli::load::Loaded;
use crate::cli::recover;
use crate::ground::plain;
use crate::ground::record::Place;
use crate::logger::allocation::Allocated;
use crate::logger::journal::{JOURNAL_FILE, read_journal};
use crate::logger::rundir::{self, FoundRun, RunName};
use crate::plan::compile::{History, Interrupted, compile};
use crate::plan::progress::{Progress, progress};
use crate::plan::schema::{LONGEST_PLAN, OnRestart, Phase, RunPlan, Who};
use std::path::Path;

/// A run that was begun before.
#[derive(Clone, Debug)]
pub struct Earlier {
    pub name: RunName,
    pub plan: RunPlan,
    pub progress: Progress,
}

/// The earlier runs of a person, of all visits and tasks, in the order in which they were begun; of one that the disk could not
/// take, the copy that has more of it. One that cannot be read is told of and passed over: nobody knows what it showed.
fn earlier(data: &Path, name: &RunName) -> Result<Vec<Earlier>, Failure> {
    let own = rundir::find_runs(data).map_err(|e| unreadable(data, &e))?;
    let rescued = recover::rescued_of(data)?;
    let of_person = |f: &FoundRun| f.name.sub == name.sub && f.name.dry_run == name.dry_run;
    let mut all: Vec<FoundRun> = own.into_iter().chain(rescued).filter(of_person).collect();
    all.sort_by(|a, b| (&a.stamp, &a.name).cmp(&(&b.stamp, &b.name)));
    let mut earlier: Vec<(String, usize, Earlier)> = Vec::new();
    for found in all {
        match read(&found) {
            Ok((lines, run)) => match earlier.last_mut() {
                Some((stamp, most, same)) if *stamp == found.stamp && same.name == run.name => {
                    if lines > *most {
                        (*most, *same) = (lines, run);
                    }
                }
                _ => earlier.push((found.stamp, lines, run)),
            },
            Err(why) => eprintln!(
                "warning: {} cannot be read, and what it showed is not known: {why}",
                found.folder.display()
            ),
        }
    }
    Ok(earlier.into_iter().map(|(.., run)| run).collect())
}

/// A run, and how many lines its journal has.
fn read(found: &FoundRun) -> Result<(usize, Earlier), String> {
    let text = plain::read_text(&found.folder.join("plan.json"), LONGEST_PLAN)
        .map_err(|e| e.to_string())?;
    let plan: RunPlan = serde_json::from_str(&text).map_err(|e| format!("plan.json: {e}"))?;
    let journal = read_journal(&found.folder.join(JOURNAL_FILE)).map_err(|e| e.to_string())?;
    let progress = progress(&plan, &journal.entries);
    Ok((journal.entries.len(), Earlier { name: found.name.clone(), plan, progress }))
}

fn unreadable(data: &Path, e: &std::io::Error) -> Failure {
    Failure::wrong(format!("cannot read {}: {e}", data.display()))
        .help("choose a folder that can be read and written with --data")
}

/// What was before a run.
#[derive(Debug)]
pub struct Before {
    pub earlier: Vec<Earlier>,
    pub history: History,
    /// The plan of the first part, where this run goes on with it.
    pub first: Option<RunPlan>,
}

/// What was before the run that is asked for; one that goes on has the next free number, and `name` is given it.
pub fn before(
    args: &RunArgs,
    data: &Path,
    name: &mut RunName,
    loaded: &Loaded,
) -> Result<Before, Failure> {
    let earlier = earlier(data, name)?;
    let seen = earlier.iter().flat_map(|e| e.progress.seen.iter().cloned()).collect();
    let Some(told) = args.resume else {
        let history = History { seen, interrupted: None };
        return Ok(Before { earlier, history, first: None });
    };
    let (interrupted, first) = interrupted(&earlier, name, loaded, told.map(OnRestart::from))?;
    if let Some(place) = args.place.map(Place::from).filter(|place| *place != first.who.place) {
        let text = format!(
            "run {} took place at the {}, and what is left of it cannot be shown at the {}: it has other screens there",
            first.who.run,
            first.who.place.name(),
            place.name()
        );
        return Err(Failure::wrong(text).help(
            "leave --place out; or leave --resume out, and begin anew with the next --run number",
        ));
    }
    if let Some(seed) = args.seed.filter(|seed| *seed != first.who.seed) {
        let text = format!(
            "run {} had seed {}, and what is left of it cannot be planned with seed {seed}",
            first.who.run, first.who.seed
        );
        return Err(Failure::wrong(text).help("leave --seed out"));
    }
    let next = rundir::next_free_run(data, name).map_err(|e| unreadable(data, &e))?;
    let same = earlier.iter().filter(|e| e.name.ses == name.ses && e.name.task == name.task);
    name.run = same.map(|e| e.name.run + 1).max().unwrap_or(1).max(next);
    let history = History { seen, interrupted: Some(interrupted) };
    Ok(Before { earlier, history, first: Some(first) })
}

/// The run that is to go on: the last of this person, visit and task. `told` is how, where the command line says it.
fn interrupted(
    earlier: &[Earlier],
    name: &RunName,
    loaded: &Loaded,
    told: Option<OnRestart>,
) -> Result<(Interrupted, RunPlan), Failure> {
    let same = |e: &&Earlier| e.name.ses == name.ses && e.name.task == name.task;
    let last = earlier.iter().filter(same).max_by_key(|e| e.name.run).ok_or_else(|| {
        let text = format!(
            "sub-{} has no run of task {:?} that could go on",
            name.sub,
            name.task.as_str()
        );
        Failure::wrong(text).help("leave --resume out; check --sub, --ses and --data")
    })?;
    if last.progress.complete {
        let text = format!("{} is complete: there is nothing to go on with", last.name);
        return Err(Failure::wrong(text).help(format!(
            "leave --resume out; another run of the task has its own number: --run {}",
            last.name.run + 1
        )));
    }
    let first_of = |e: &Earlier| e.plan.restart.as_ref().map_or(e.name.run, |r| r.first);
    let first = first_of(last);
    let mut parts: Vec<&Earlier> =
        earlier.iter().filter(same).filter(|e| first_of(e) == first).collect();
    parts.sort_by_key(|e| e.name.run);
    let whole = parts.iter().find(|e| e.name.run == first).ok_or_else(|| {
        let text = format!("{} goes on with run {first}, whose folder is gone", last.name);
        Failure::wrong(text).help("leave --resume out, and begin anew with the next --run number")
    })?;
    unchanged(loaded, &whole.plan)?;
    let finished = parts
        .iter()
        .map(|e| {
            let places = e.plan.places();
            e.progress.finished.iter().filter_map(|i| places.get(i).copied()).collect()
        })
        .collect();
    let interrupted = Interrupted {
        first,
        before: last.name.run,
        part: parts.len() as u32 + 1,
        seen: parts.iter().flat_map(|e| e.progress.seen.iter().cloned()).collect(),
        mode: told.unwrap_or(loaded.protocol.task.on_restart),
        practised: parts.iter().any(|e| e.progress.practised),
        finished,
    };
    Ok((interrupted, whole.plan.clone()))
}

/// Whether the protocol and the table still give the order that the first part had: what is left of it can be told by that
/// alone.
fn unchanged(loaded: &Loaded, first: &RunPlan) -> Result<(), Failure> {
    let again = compile(&loaded.protocol, loaded.table.as_ref(), &first.who, first.volumes, 60.0);
    let what = |p: &Phase| {
        let pictures: Vec<_> = p.scene.pictures().cloned().collect();
        (p.name.clone(), p.variables.clone(), pictures)
    };
    let counted =
        |plan: &RunPlan| plan.phases().filter(|p| !p.practice).map(what).collect::<Vec<_>>();
    if again.is_ok_and(|again| counted(&again) == counted(first)) {
        return Ok(());
    }
    let text = format!(
        "{} or its stimulus table was changed since run {} began: its order cannot be gone on with",
        loaded.source.path, first.who.run
    );
    let help = "put back what was changed (the run folder has the protocol as it was), or leave --resume out and begin anew \
                with the next --run number";
    Err(Failure::wrong(text).help(help))
}

/// Whether a person still has the place in the study by which the first part was planned.
pub fn same_assignment(first: &Who, now: Allocated, table: &Path) -> Result<(), Failure> {
    if (first.allocation, first.visit) == (now.allocation, now.visit) {
        return Ok(());
    }
    let text = format!(
        "run {} was planned with allocation {}, visit {}, and sub-{} has allocation {}, visit {} now",
        first.run,
        first.allocation,
        first.visit + 1,
        first.sub,
        now.allocation,
        now.visit + 1
    );
    Err(Failure::wrong(text).help(format!("put the old row back into {}", table.display())))
}

/// What a run that goes on shows, for the operator.
pub fn words(plan: &RunPlan, history: &History) -> Vec<String> {
    let Some(restart) = &plan.restart else { return Vec::new() };
    let counted: Vec<&Phase> = plan.phases().filter(|p| p.row.is_some()).collect();
    let pictures: std::collections::BTreeSet<_> = plan.counted_pictures().collect();
    let again = pictures.iter().filter(|id| history.seen.contains(**id)).count();
    let how = match restart.mode {
        OnRestart::Continue => "shows what is left",
        OnRestart::Repeat => "shows all of it again",
        OnRestart::Spare => "shows all of it again, with spare pictures",
    };
    let seconds = crate::plan::timing::timed_length(plan).secs();
    let mut said = vec![format!(
        "goes on with run {}: part {}, {how}; {} screens, {}:{:02} min",
        restart.before,
        restart.part,
        counted.len(),
        seconds as u64 / 60,
        seconds as u64 % 60,
    )];
    if again > 0 {
        said.push(format!(
            "{again} of {} pictures were seen before, and are marked so in the data (seen_before): in another run, or the \
             stimulus table has no others of their kind",
            pictures.len()
        ));
    }
    said
}
