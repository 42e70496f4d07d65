//! `reframe simulate`: a whole study on the virtual clock. People are simulated side by side on all cores; the
//! dataset is written in one order, so that the same arguments give the same bytes.

use super::args::SimulateArgs;
use super::failure::{Exit, Failure};
use super::load::{self, Loaded, LoadedRig};
use super::prepare::{self, label};
use crate::bids::{check_task_sidecar, export_run};
use crate::ground::clock::VirtualClock;
use crate::logger::allocation::allocate;
use crate::logger::journal::WriterOptions;
use crate::logger::rundir::{Label, RunName};
use crate::plan::schema::{RunPlan, Who};
use crate::session::simulate::simulate;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One run that is to be simulated.
struct Job<'a> {
    loaded: &'a Loaded,
    rig: &'a LoadedRig,
    name: RunName,
    plan: Arc<RunPlan>,
}

/// Simulates every person, visit, protocol and run, then writes the dataset.
pub fn run(args: &SimulateArgs) -> Result<Exit, Failure> {
    let loaded = (args.protocols.iter())
        .map(|p| {
            let rig = load::rig(args.rig.as_deref(), p)?;
            let loaded = load::protocol(p, args.pictures.stimuli.as_deref())?;
            prepare::keys(&loaded, &rig.rig)?;
            Ok((loaded, rig))
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
    loaded: &'a [(Loaded, LoadedRig)],
) -> Result<Vec<Job<'a>>, Failure> {
    let sessions: Vec<Option<Label>> = match args.sessions.as_slice() {
        [] => vec![None],
        all => {
            all.iter().map(|s| label(s.trim(), "--sessions").map(Some)).collect::<Result<_, _>>()?
        }
    };
    let width = args.subjects.to_string().len().max(2);
    let mut jobs = Vec::new();
    for person in 1..=args.subjects {
        let sub = label(&format!("{person:0width$}"), "--subjects")?;
        for ses in &sessions {
            let place = allocate(&args.data, &sub, ses.as_ref(), None).map_err(Failure::wrong)?;
            for (l, rig) in loaded {
                for number in 1..=args.runs {
                    let who = Who {
                        sub: sub.to_string(),
                        ses: ses.as_ref().map(Label::to_string),
                        run: number,
                        allocation: place.allocation,
                        visit: place.visit,
                        seed: args.seed,
                        place: args.place.into(),
                    };
                    let trigger = rig.rig.trigger.source.as_ref();
                    let volumes = prepare::volumes(l, &rig.rig, trigger);
                    let plan = prepare::plan(l, &who, volumes, prepare::refresh(&rig.rig))?;
                    check_task_sidecar(&plan, &args.data).map_err(Failure::wrong)?;
                    let name = RunName {
                        sub: sub.clone(),
                        ses: ses.clone(),
                        task: label(&plan.task.name, "task")?,
                        dry_run: true,
                        run: number,
                    };
                    jobs.push(Job { loaded: l, rig, name, plan });
                }
            }
        }
    }
    if let Some(job) = jobs.first() {
        prepare::pictures(job.loaded, &job.plan, |_, _| {})?;
    }
    Ok(jobs)
}

/// Simulates on all cores; returns the run folders in the order of the jobs.
fn perform(
    args: &SimulateArgs,
    jobs: &[Job<'_>],
    bar: &indicatif::ProgressBar,
) -> Result<Vec<PathBuf>, Failure> {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, Result<PathBuf, Failure>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    loop {
                        let i = next.fetch_add(1, Ordering::Relaxed);
                        let Some(job) = jobs.get(i) else { break mine };
                        mine.push((i, perform_one(args, job)));
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

fn perform_one(args: &SimulateArgs, job: &Job<'_>) -> Result<PathBuf, Failure> {
    let clock = VirtualClock::new();
    let files = (job.loaded, job.rig);
    let (folder, mut journal) =
        prepare::open(&args.data, &job.name, &job.plan, files, &clock, WriterOptions::at_end)?;
    let words = ("simulated", "virtual");
    let start = prepare::start(&job.plan, &job.name, job.loaded, job.rig, &clock, words);
    let people = &job.loaded.protocol.simulate;
    simulate(&job.plan, &job.rig.rig, people, start, &mut journal);
    let finished = journal.finish();
    match finished.problem {
        Some(problem) => Err(Failure { exit: Exit::AtRisk, ..Failure::wrong(problem) }),
        None => Ok(folder),
    }
}
