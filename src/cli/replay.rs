//! `reframe replay`: the proof that a journal replays to the same records.

use super::args::ReplayArgs;
use super::failure::{Exit, Failure};
use super::say;
use crate::ground::plain;
use crate::logger::journal::{JOURNAL_FILE, read_journal};
use crate::plan::schema::{LONGEST_PLAN, RunPlan};
use crate::session::replay::{Difference, replay};
use std::path::Path;
use std::sync::Arc;

/// Replays each run folder; any difference or damage is told, and makes the exit code 5.
pub fn run(args: &ReplayArgs) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    for folder in &args.runs {
        if !replay_one(folder)? {
            exit = Exit::AtRisk;
        }
    }
    Ok(exit)
}

fn replay_one(folder: &Path) -> Result<bool, Failure> {
    let journal = read_journal(&folder.join(JOURNAL_FILE)).map_err(|e| {
        Failure::wrong(e).help("name a run folder, as in logs/sourcedata/reframe/sub-01/...")
    })?;
    let plan_path = folder.join("plan.json");
    let text = plain::read_text(&plan_path, LONGEST_PLAN).map_err(|e| {
        Failure::wrong(format!("the plan {} {e}", plan_path.display())).help(e.remedy())
    })?;
    let plan: RunPlan = serde_json::from_str(&text)
        .map_err(|e| Failure::wrong(format!("{} is not a plan: {e}", plan_path.display())))?;
    let mut sound = journal.is_sound();
    for damage in &journal.damages {
        say(format_args!("{}: {damage}\n", folder.display()));
    }
    if journal.start().is_some_and(|s| s.plan_sha256 != plan.sha256()) {
        say(format_args!(
            "{}: plan.json is not the plan that the journal's first line names\n",
            folder.display()
        ));
        sound = false;
    }
    let result = replay(Arc::new(plan), &journal.entries)
        .map_err(|e| Failure::wrong(format!("{}: {e}", folder.display())))?;
    for difference in &result.differences {
        say(format_args!("{}: {}\n", folder.display(), tell(difference)));
    }
    let n = result.differences.len();
    say(format_args!(
        "{}: {} records taken, {} given, {}\n",
        folder.display(),
        result.taken,
        result.given,
        match n {
            0 => "replayed to the same records".to_string(),
            1 => "1 difference".to_string(),
            n => format!("{n} differences"),
        }
    ));
    Ok(sound && n == 0)
}

fn tell(d: &Difference) -> String {
    let json = |r| serde_json::to_string(r).expect("records have only string keys");
    match (&d.journal, &d.replay) {
        (Some(j), Some((t, r))) => format!(
            "line {}: journal has {} at {}, replay gives {} at {}",
            j.seq,
            json(&j.record),
            j.t_ns.0,
            json(r),
            t.0
        ),
        (Some(j), None) => {
            format!("line {}: {} is not given by the replay", j.seq, json(&j.record))
        }
        (None, Some((_, r))) => format!("replay gives {}, which is not in the journal", json(r)),
        (None, None) => "nothing".into(),
    }
}
