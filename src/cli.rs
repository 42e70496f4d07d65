//! The command line: one file a command. It parses, calls a session, and turns what happened into words for a
//! person and an exit code. stdout is data, stderr is talk.

mod args;
#[cfg(feature = "gpu")]
mod ask;
mod check;
#[cfg(feature = "gpu")]
mod concerns;
mod demo;
mod devices;
mod doctor;
mod emulate_scanner;
mod export;
mod failure;
mod load;
mod markers;
mod prepare;
mod progress;
mod protocol;
mod recover;
mod replay;
mod run;
mod schema;
mod simulate;
mod sounds;
mod stimuli;
mod storyboard;
mod summary;
mod timing;
#[cfg(feature = "gpu")]
mod window;
mod wires;

pub use args::{Cli, Command};
pub use failure::{Exit, Failure};

/// Prints data to stdout. A reader that has gone (`reframe check ... | head`) is no defect.
fn say(text: std::fmt::Arguments<'_>) {
    use std::io::Write;
    let _ = std::io::stdout().lock().write_fmt(text);
}

/// Runs a command line to its end.
pub fn run(cli: Cli) -> Exit {
    let done = match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Recover(args) => recover::run(&args),
        Command::Markers(args) => markers::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Stimuli(args) => stimuli::run(&args),
        Command::Schema => schema::run(),
        Command::Storyboard(args) => storyboard::run(&args),
        Command::Protocol(args) => protocol::run(&args),
        Command::Timing(args) => timing::run(&args),
        Command::Devices(args) => devices::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::EmulateScanner(args) => emulate_scanner::run(&args),
    };
    done.unwrap_or_else(|failure| {
        eprint!("{failure}");
        failure.exit
    })
}
