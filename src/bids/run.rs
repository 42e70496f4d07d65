//! A run folder, read and checked against itself: the journal is sound, the plan is the one it was run by,
//! and all of it belongs to the run that the folder is named for. Nothing else of the room reads run folders.

use super::error::ExportError;
use crate::ground::hash::sha256_hex;
use crate::ground::plain;
use crate::ground::record::{DisplayInfo, Entry, Record, Start};
use crate::logger::journal::{JOURNAL_FILE, Wrong, read_journal};
use crate::logger::rundir::RunName;
use crate::plan::schema::{LONGEST_PLAN, RunPlan};
use std::path::{Path, PathBuf};

/// A run that can be trusted.
#[derive(Debug)]
pub(super) struct Run {
    pub folder: PathBuf,
    pub name: RunName,
    pub start: Start,
    pub display: Option<DisplayInfo>,
    pub plan: RunPlan,
    pub entries: Vec<Entry>,
    /// The program stopped in the middle of a line.
    pub torn: bool,
    /// Its files are to be given away, without the run folder.
    pub to_share: bool,
}

impl Run {
    /// Reads a run folder.
    pub fn read(folder: &Path) -> Result<Run, ExportError> {
        let name = folder.file_name().and_then(|n| n.to_str()).and_then(RunName::from_folder);
        let (name, _) = name.ok_or_else(|| ExportError::NotARun(folder.into()))?;
        let journal = read_journal(&folder.join(JOURNAL_FILE))?;
        if !journal.is_sound() {
            return Err(ExportError::Damaged { folder: folder.into(), damages: journal.damages });
        }
        let torn = journal.damages.iter().any(|d| d.what == Wrong::Torn);
        let entries = journal.entries;
        if entries.is_empty() {
            return Err(ExportError::NeverBegan(folder.into()));
        }
        let Some(Record::Start(start)) = entries.first().map(|e| &e.record) else {
            return Err(ExportError::NoStart(folder.into()));
        };
        let start = Start::clone(start);
        let plan = read_plan(folder, &start.plan_sha256)?;
        for (what, says) in [
            ("journal", name_of(&start.sub, start.ses.as_deref(), &start.task, start.run)),
            ("plan", {
                let who = &plan.who;
                name_of(&who.sub, who.ses.as_deref(), &plan.task.name, who.run)
            }),
        ] {
            let ours = RunName { dry_run: false, ..name.clone() }.to_string();
            if says != ours {
                return Err(ExportError::OtherRun { folder: folder.into(), what, says });
            }
        }
        if start.dry_run != name.dry_run {
            let says = format!("dry_run = {}", start.dry_run);
            return Err(ExportError::OtherRun { folder: folder.into(), what: "journal", says });
        }
        if start.place != plan.who.place {
            let says = format!("{:?}", plan.who.place);
            return Err(ExportError::OtherRun { folder: folder.into(), what: "plan", says });
        }
        let display = entries.iter().find_map(|e| match &e.record {
            Record::Display(d) => Some(DisplayInfo::clone(d)),
            _ => None,
        });
        Ok(Run {
            folder: folder.into(),
            name,
            start,
            display,
            plan,
            entries,
            torn,
            to_share: false,
        })
    }
}

fn read_plan(folder: &Path, sha256: &str) -> Result<RunPlan, ExportError> {
    let path = folder.join("plan.json");
    let bytes = plain::read(&path, LONGEST_PLAN)
        .map_err(|e| ExportError::Io { path: path.clone(), source: e.into_io() })?;
    if sha256_hex(&bytes) != sha256 {
        return Err(ExportError::Changed(path));
    }
    serde_json::from_slice(&bytes).map_err(|e| ExportError::Plan { path, what: e.to_string() })
}

fn name_of(sub: &str, ses: Option<&str>, task: &str, run: u32) -> String {
    let ses = ses.map_or_else(String::new, |s| format!("_ses-{s}"));
    format!("sub-{sub}{ses}_task-{task}_run-{run}")
}
