//! The question behind a run that ended early, at the terminal.

use super::{command, told, words};
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

/// Asks whether to begin anew, and does it by starting the program anew, for it has one window system in its life.
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
    let mut command = Command::new(program);
    command.args(words(&told).iter().skip(1));
    // In the place of this process where that can be, so that whoever ends it ends the run.
    #[cfg(unix)]
    return Err(failed(std::os::unix::process::CommandExt::exec(&mut command)));
    #[cfg(not(unix))]
    end_of(command.status().map_err(failed)?)
}

#[cfg(not(unix))]
fn end_of(status: std::process::ExitStatus) -> Result<Exit, Failure> {
    Ok(match status.code() {
        Some(0) => Exit::Done,
        Some(2) => Exit::Wrong,
        Some(3) => Exit::Device,
        Some(4) => Exit::Ended,
        _ => Exit::AtRisk,
    })
}
