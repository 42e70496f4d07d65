//! `reframe simulate`: a whole study on the virtual clock. People are simulated side by side on all cores; the
//! dataset is written in one order, so that the same arguments give the same bytes.

use super::args::SimulateArgs;
use super::failure::{Exit, Failure};
use super::load::{self, Loaded, LoadedRig};
use super::prepare::{self, label};
use super::sounds;
use crate::bids::{check_task_sidecar, export_run};
use crate::ground::clock::VirtualClock;
use crate::logger::allocation::{Allocations, Claim};
use crate::logger::journal::{JournalWriter, WriterOptions};
use crate::logger::rundir::{self, Label, RunName};
use crate::plan::compile::History;
use crate::plan::schema::{RunPlan, Who};
use crate::session::simulate::simulate;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// One run that is to be simulated.
struct Job<'a> {
    loaded: &'a Loaded,
    rig: &'a LoadedRig,
    name: RunName,
    claim: Claim,
    plan: Arc<RunPlan>,
}

/// Simulates every person, visit, protocol and run, then writes the dataset.
pub fn run(args: &SimulateArgs) -> Result<Exit, Failure> {
    let loaded = (args.protocols.iter())
        .map(|p| {
            let rig = load::rig(args.rig.as_deref(), p)?;
            let loaded = load::protocol(p, args.pictures.stimuli.as_deref())?;
            let (loaded, language) = prepare::form(loaded, &args.form)?;
            prepare::keys(&loaded, &rig.rig)?;
            Ok((loaded, rig, language))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let jobs = jobs(args, &loaded)?;
    let bar = indicatif::ProgressBar::new(jobs.len() as u64);
    let folders = perform(args, &jobs, &bar)?;
    bar.finish_and_clear();
    for (job, folder) in jobs.iter().zip(&folders) {
        let root = job.loaded.root.as_deref();
        export_run(folder, &args.data, &job.rig.rig, root).map_err(|e| Failure {
            exit: Exit::AtRisk,
            ..Failure::wrong(format!("{}: {e}", folder.display()))
        })?;
    }
    eprintln!("{} runs simulated into {}", jobs.len(), args.data.display());
    Ok(Exit::Done)
}

/// All runs, in the order of the dataset. Every plan is made and held against the dataset before anything is shown.
fn jobs<'a>(
    args: &SimulateArgs,
    loaded: &'a [(Loaded, LoadedRig, String)],
) -> Result<Vec<Job<'a>>, Failure> {
    let sessions: Vec<Option<Label>> = match args.sessions.as_slice() {
        [] => vec![None],
        all => {
            all.iter().map(|s| label(s.trim(), "--sessions").map(Some)).collect::<Result<_, _>>()?
        }
    };
    let width = args.subjects.to_string().len().max(2);
    let disk = |e| {
        Failure::wrong(format!("cannot use {}: {e}", args.data.display()))
            .help("choose a folder that can be read and written with --data")
    };
    if let Some(part) = rundir::inside_of_dataset(&args.data).map_err(disk)? {
        let text = format!("{} belongs to another dataset", part.display());
        return Err(Failure::wrong(text).help("name another folder with --data"));
    }
    let there = rundir::find_runs(&args.data).map_err(disk)?;
    rundir::check_writable(&args.data).map_err(disk)?;
    let mut table = Allocations::read(&args.data, true).map_err(Failure::wrong)?;
    let mut jobs = Vec::new();
    for person in 1..=args.subjects {
        let sub = label(&format!("{person:0width$}"), "--subjects")?;
        // Simulated people forget nothing either.
        let mut history = History::default();
        for ses in &sessions {
            let claim = table.plan(&sub, ses.as_ref(), None).map_err(Failure::wrong)?;
            for (l, rig, language) in loaded {
                for number in 1..=args.runs {
                    let who = Who {
                        sub: sub.to_string(),
                        ses: ses.as_ref().map(Label::to_string),
                        run: number,
                        allocation: claim.allocated.allocation,
                        visit: claim.allocated.visit,
                        seed: args.seed,
                        place: args.place.into(),
                        language: language.clone(),
                    };
                    let trigger = &rig.rig.trigger.sources;
                    let volumes = prepare::volumes(l, &rig.rig, trigger)?;
                    let refresh = prepare::refresh(&rig.rig);
                    let plan = prepare::plan_after(l, &who, volumes, refresh, &history)?;
                    history.seen.extend(plan.counted_pictures().cloned());
                    check_task_sidecar(&plan, &args.data).map_err(Failure::wrong)?;
                    let name = RunName {
                        sub: sub.clone(),
                        ses: ses.clone(),
                        task: label(&plan.task.name, "task")?,
                        dry_run: true,
                        run: number,
                    };
                    if let Some(found) = there.iter().find(|f| f.name == name) {
                        let text = format!(
                            "this run exists already in {}; nothing was changed",
                            found.folder.display()
                        );
                        return Err(Failure::wrong(text)
                            .help("simulate into a new folder: name another one with --data"));
                    }
                    jobs.push(Job { loaded: l, rig, name, claim, plan });
                }
            }
        }
    }
    for (l, ..) in loaded {
        let plans = jobs.iter().filter(|j| std::ptr::eq(j.loaded, l)).map(|j| &*j.plan);
        prepare::pictures(l, plans, |_, _| {})?;
        for warning in sounds::check(l, &l.protocol.sounds, None)? {
            eprintln!("warning: {warning}");
        }
    }
    Ok(jobs)
}

/// Simulates on all cores; returns the run folders in the order of the jobs.
fn perform(
    args: &SimulateArgs,
    jobs: &[Job<'_>],
    bar: &indicatif::ProgressBar,
) -> Result<Vec<PathBuf>, Failure> {
    let queue = Mutex::new(jobs.iter().enumerate());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, Result<PathBuf, Failure>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    loop {
                        // Begun one after the other: the rows of the allocation table come in the order of
                        // the plans.
                        let mut next = queue.lock().expect("no simulation panicked");
                        let Some((i, job)) = next.next() else { break mine };
                        let begun = begin(args, job);
                        drop(next);
                        mine.push((i, begun.and_then(|b| perform_one(job, b))));
                        bar.inc(1);
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|w| w.join().expect("a simulation does not panic")).collect()
    });
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, folder)| folder).collect()
}

/// A run that is open, with the clock it was opened by.
type Begun = (VirtualClock, PathBuf, JournalWriter);

fn begin(args: &SimulateArgs, job: &Job<'_>) -> Result<Begun, Failure> {
    let clock = VirtualClock::new();
    let files = (job.loaded, job.rig);
    let which = (&job.name, job.claim);
    let (folder, journal) =
        prepare::open(&args.data, which, &job.plan, files, &clock, WriterOptions::at_end)?;
    Ok((clock, folder, journal))
}

fn perform_one(job: &Job<'_>, (clock, folder, mut journal): Begun) -> Result<PathBuf, Failure> {
    let words = ("simulated", "virtual");
    let start = prepare::start(&job.plan, &job.name, job.loaded, job.rig, &clock, words);
    let people = &job.loaded.protocol.simulate;
    let end = simulate(&job.plan, &job.rig.rig, people, start, &mut journal);
    let finished = journal.finish();
    match finished.problem {
        Some(problem) => Err(Failure { exit: Exit::AtRisk, ..Failure::wrong(problem) }),
        None if !end.complete => Err(Failure::wrong(format!("{}: {}", job.name, end.reason))
            .help("see the keys of that phase, the rig's [keys], and [simulate] in the protocol")),
        None => Ok(folder),
    }
}
