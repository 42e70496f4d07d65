//! Whether a task can be written as BIDS, and into a given dataset: asked before a run begins, when there is
//! still time to change something, and again at the export.

use super::columns::{clean, is_reserved, task_sidecar};
use super::error::TaskError;
use super::files::is_stim_file;
use crate::ground::plain;
use crate::logger::rundir::Label;
use crate::plan::schema::RunPlan;
use std::io;
use std::path::Path;

/// Name and text of a task's sidecar, which all its runs in a dataset share.
pub(super) fn root_sidecar(plan: &RunPlan) -> (String, String) {
    let name = format!("task-{}_events.json", plan.task.name);
    (name, json_text(&task_sidecar(&plan.task)))
}

/// JSON as it is written into datasets: indented, with a newline at its end.
pub(super) fn json_text(value: &serde_json::Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value has only string keys");
    text.push('\n');
    text
}

/// Whether runs of this plan can be written into this dataset: its names are such as BIDS takes, and the
/// dataset holds no other form of the same task. Call it before a run begins.
///
/// # Errors
/// [`TaskError::OtherForm`] where the task was changed since; [`TaskError::NotBids`] where it cannot be
/// written at all.
pub fn check_task_sidecar(plan: &RunPlan, dataset: &Path) -> Result<(), TaskError> {
    check_names(plan).map_err(|what| TaskError::NotBids { task: plan.task.name.clone(), what })?;
    let (name, text) = root_sidecar(plan);
    let path = dataset.join(name);
    match plain::read(&path, u64::MAX).map_err(plain::Unreadable::into_io) {
        Ok(bytes) if bytes == text.as_bytes() => Ok(()),
        Ok(_) => Err(TaskError::OtherForm { task: plan.task.name.clone(), path }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(TaskError::Io { path, source }),
    }
}

fn check_names(plan: &RunPlan) -> Result<(), String> {
    let task = &plan.task;
    task.name.parse::<Label>().map_err(|e| e.to_string())?;
    for (name, _) in &task.columns {
        if is_reserved(name) {
            return Err(format!("column {name:?} has a meaning of its own; name it otherwise"));
        }
        if clean(name) != *name {
            return Err(format!("column name {name:?} holds a tab, a quote or a space at its end"));
        }
    }
    for row in plan.phases().filter_map(|p| p.row.as_ref()) {
        let kind = &row.trial_type;
        if !is_identifier(kind) {
            return Err(format!(
                "trial_type {kind:?} must be a letter followed by letters, digits and _"
            ));
        }
        if !task.trial_types.contains_key(kind) {
            return Err(format!("trial_type {kind:?} is not described; add it to [trial_types]"));
        }
        for (name, value) in &row.columns {
            let Some(column) = task.columns.get(name) else {
                return Err(format!("column {name:?} is not described; add it to [columns]"));
            };
            let value = clean(value);
            if !column.levels.is_empty() && value != "n/a" && !column.levels.contains_key(&value) {
                return Err(format!(
                    "value {value:?} of column {name:?} is not among its levels; add it, or leave the levels out"
                ));
            }
        }
        if let Some(id) = &row.picture {
            let Some(picture) = plan.pictures.get(id) else {
                return Err(format!("picture {:?} is not in the plan's list", id.0));
            };
            if picture.share && !is_stim_file(&picture.file) {
                return Err(format!(
                    "picture file {:?} has signs that BIDS does not take; use letters, digits and + / _ - .",
                    picture.file
                ));
            }
        }
    }
    Ok(())
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
