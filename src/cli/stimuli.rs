//! `reframe stimuli`: making pictures.

use super::args::{StimuliArgs, StimuliCommand};
use super::failure::{Exit, Failure};
use crate::stimuli::make::make;

/// Runs the subcommand.
pub fn run(args: &StimuliArgs) -> Result<Exit, Failure> {
    match &args.command {
        StimuliCommand::Make { out, seed } => {
            let done = make(out, *seed).map_err(Failure::wrong)?;
            eprintln!(
                "{}: {} files made, {} were there already",
                out.display(),
                done.written,
                done.kept
            );
            Ok(Exit::Done)
        }
    }
}
