//! Starting again: at a scanner every minute counts, so that a run which ended early is begun anew by one key, or by the one
//! command that is printed.

use super::Prepared;
use crate::cli::args::{ParticipantArg, RunArgs};
use crate::cli::ask;
use crate::cli::failure::{Exit, Failure};
use std::process::Command;
use std::time::Duration;

/// So long a question at the end of a run waits.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether somebody may want to begin the run anew, and could say so.
pub fn is_asked(args: &RunArgs, exit: Exit) -> bool {
    let early = matches!(exit, Exit::Ended | Exit::Device);
    early && args.participant == ParticipantArg::Human && ask::possible()
}

/// Asks whether to begin anew, and does it in a process of its own, for a process has one window system in its life.
pub fn ask(exit: Exit) -> Result<Exit, Failure> {
    // Not at Enter alone: somebody may have pressed that here while the run went on.
    let question = "start again now, as with --resume? [y and Enter: yes, Enter: no] ";
    match ask::line(question, PATIENCE).as_deref() {
        Some("y" | "Y" | "yes") => {}
        _ => return Ok(exit),
    }
    let told = told();
    let failed = |e: std::io::Error| {
        Failure::wrong(format!("cannot start again: {e}")).help(format!("type {}", command(&told)))
    };
    let program = std::env::current_exe().map_err(failed)?;
    let status =
        Command::new(program).args(words(&told).iter().skip(1)).status().map_err(failed)?;
    Ok(match status.code() {
        Some(0) => Exit::Done,
        Some(2) => Exit::Wrong,
        Some(3) => Exit::Device,
        Some(4) => Exit::Ended,
        _ => Exit::AtRisk,
    })
}

impl Prepared {
    /// The command that goes on with this run, under the next free number.
    pub(super) fn offer_again(&self) {
        let told = told();
        if told.get(1).is_some_and(|command| command == "run") {
            eprintln!("to start again: {}", command(&told));
        }
    }
}

/// The command line of this run; what is no Unicode is shown as near as can be.
fn told() -> Vec<String> {
    std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect()
}

/// A command line that goes on with its run.
fn words(told: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut told = told.iter();
    while let Some(word) = told.next() {
        match word.as_str() {
            "--run" => {
                told.next();
            }
            other if other.starts_with("--run=") || other.starts_with("--resume") => {}
            other => words.push(other.to_string()),
        }
    }
    words.push("--resume".into());
    words
}

/// As it is typed.
pub(super) fn command(told: &[String]) -> String {
    let quoted = |word: &String| match word.is_empty()
        || word.contains([' ', '\'', '"', '$', ';', '&', '*'])
    {
        true => format!("'{}'", word.replace('\'', "'\\''")),
        false => word.clone(),
    };
    words(told).iter().map(quoted).collect::<Vec<_>>().join(" ")
}
