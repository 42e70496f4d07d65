//! What can be known of a run that may need help: read from its folders, of which there are two where its disk had
//! failed. Nothing is written here.

use crate::bids::dataset_of;
use crate::ground::plain;
use crate::ground::pulses::Account;
use crate::ground::record::{End, Entry, Place, Record};
use crate::logger::journal::{JOURNAL_FILE, Journal, read_journal};
use crate::logger::lock::{self, RunState};
use crate::logger::rundir::{self, FoundRun, RunName};
use crate::plan::schema::{LONGEST_PLAN, RunPlan};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// One run with all its copies.
#[derive(Debug)]
pub struct Found {
    pub name: RunName,
    /// When it was begun, as in `20261122T101500`.
    pub stamp: String,
    /// Its folder in the dataset, if that is there, and those that were rescued.
    pub copies: Vec<Held>,
}

/// One folder of a run.
#[derive(Debug)]
pub struct Held {
    pub folder: PathBuf,
    pub rescued: bool,
    pub state: RunState,
    /// Its journal, or why that cannot be read.
    pub journal: Result<Journal, String>,
}

/// How far a run went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Phases that were shown, and those of the plan.
    pub shown: usize,
    pub planned: Option<usize>,
    /// Whether one of them has a row in the events file.
    pub has_rows: bool,
    pub volumes: u32,
    /// From the first record to the last, in seconds.
    pub seconds: f64,
}

impl Held {
    fn lines(&self) -> usize {
        self.journal.as_ref().map_or(0, |j| j.entries.len())
    }

    fn is_sound(&self) -> bool {
        self.journal.as_ref().is_ok_and(Journal::is_sound)
    }
}

impl Found {
    /// The copy that holds most, of those that nobody has changed; of all, where each was.
    pub fn best(&self) -> &Held {
        let worth = |c: &&Held| (c.is_sound(), c.lines(), !c.rescued);
        self.copies.iter().max_by_key(worth).expect("a run has a folder")
    }

    /// Who writes it at present, where somebody does.
    pub fn going(&self) -> Option<&RunState> {
        self.copies.iter().map(|c| &c.state).find(|s| matches!(s, RunState::Running(_)))
    }

    /// How it ended, where it came to an end of its own.
    pub fn end(&self) -> Option<&End> {
        let journal = self.best().journal.as_ref().ok()?;
        journal.entries.iter().rev().find_map(|e| match &e.record {
            Record::End(end) => Some(end),
            _ => None,
        })
    }

    /// Why it has no end.
    pub fn cut_by(&self) -> &'static str {
        let stale = self.copies.iter().find_map(|c| match &c.state {
            RunState::Stale(Some(holder)) => Some(holder),
            _ => None,
        });
        match stale {
            Some(holder)
                if holder.is_here() && holder.boot.is_some() && !holder.is_of_this_boot() =>
            {
                "power cut or restart"
            }
            Some(holder) if !holder.is_here() => "killed or power cut, on another computer",
            _ => "killed",
        }
    }

    pub fn reach(&self) -> Reach {
        let best = self.best();
        let Ok(journal) = &best.journal else { return Reach::default() };
        let plan = plain::read(&best.folder.join("plan.json"), LONGEST_PLAN).ok();
        let plan: Option<RunPlan> = plan.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        reach(&journal.entries, plan.as_ref())
    }

    /// Whether its BIDS files are in a dataset: the events file, which is written last, and those that explain it.
    pub fn is_written(&self, data: &Path) -> bool {
        let Some(events) = self.events_file(data) else { return false };
        let task = data.join(format!("task-{}_events.json", self.name.task));
        [&events, &events.with_extension("json"), &task].into_iter().all(|file| file.exists())
    }

    /// Where its events file is in a dataset, or would be.
    fn events_file(&self, data: &Path) -> Option<PathBuf> {
        let start = self.best().journal.as_ref().ok()?.start()?;
        let kind = match start.place {
            Place::Scanner => "func",
            Place::Lab => "beh",
        };
        let person = data.join(format!("sub-{}", self.name.sub));
        let visit =
            self.name.ses.as_ref().map_or(person.clone(), |s| person.join(format!("ses-{s}")));
        Some(visit.join(kind).join(format!("{}_events.tsv", self.name)))
    }
}

fn reach(entries: &[Entry], plan: Option<&RunPlan>) -> Reach {
    let onsets = entries.iter().filter_map(|e| match &e.record {
        Record::Onset(o) => Some(o.phase),
        _ => None,
    });
    let shown: BTreeSet<u32> = onsets.collect();
    let stamps = || entries.iter().map(|e| e.t_ns);
    let seconds =
        stamps().max().zip(stamps().min()).map_or(0.0, |(last, first)| (last - first).secs());
    let volumes = plan.map_or(0, |p| Account::of(entries, &p.volumes.to_come()).received);
    Reach {
        shown: shown.len(),
        planned: plan.map(|p| p.phases().count()),
        // Where the plan cannot be read the export says so.
        has_rows: plan
            .is_none_or(|p| p.phases().any(|p| p.row.is_some() && shown.contains(&p.index))),
        volumes,
        seconds,
    }
}

/// All runs of a dataset with their rescued copies, in the order in which they were begun.
///
/// # Errors
/// Those of the system.
pub fn find(data: &Path, rescued: &[(FoundRun, Option<PathBuf>)]) -> io::Result<Vec<Found>> {
    let own = rundir::find_runs(data)?;
    let theirs: Vec<FoundRun> =
        rescued.iter().filter(|r| is_of(r, data, &own)).map(|(run, _)| run.clone()).collect();
    let all: Vec<(FoundRun, bool)> = (own.into_iter().map(|run| (run, false)))
        .chain(theirs.into_iter().map(|run| (run, true)))
        .collect();
    let states = lock::states(all.iter().map(|(run, _)| run.folder.as_path()));
    let mut found: Vec<Found> = Vec::new();
    for ((run, rescued), state) in all.into_iter().zip(states) {
        let journal = read_journal(&run.folder.join(JOURNAL_FILE)).map_err(|e| e.to_string());
        let copy = Held { folder: run.folder, rescued, state, journal };
        match found.iter_mut().find(|f| f.name == run.name && f.stamp == run.stamp) {
            Some(same) => same.copies.push(copy),
            None => found.push(Found { name: run.name, stamp: run.stamp, copies: vec![copy] }),
        }
    }
    found.sort_by(|a, b| (&a.stamp, &a.name).cmp(&(&b.stamp, &b.name)));
    Ok(found)
}

/// Whether what was rescued is of a dataset: of its folder, or, where the folder that it names is not there (a dataset was
/// moved, or the disk has another name now), of a run in it with the same name and second.
pub fn is_of((run, origin): &(FoundRun, Option<PathBuf>), data: &Path, own: &[FoundRun]) -> bool {
    let home = origin.as_ref().and_then(|o| dataset_of(o).ok().flatten());
    let home_is_there = origin.as_ref().is_some_and(|o| o.exists());
    home.is_some_and(|home| is_same(&home, data))
        || !home_is_there && own.iter().any(|o| (&o.name, &o.stamp) == (&run.name, &run.stamp))
}

/// Whether two paths are one folder, which need not be there any more.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let real = |p: &Path| p.canonicalize().or_else(|_| std::path::absolute(p)).unwrap_or(p.into());
    real(one) == real(other)
}
