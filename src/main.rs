//! The thin binary: arguments in, exit code out; and what is said when the program itself is at fault.

use clap::Parser;
use reframe::cli::{self, Cli};
use std::process::ExitCode;

fn main() -> ExitCode {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |defect| {
        report(defect);
        eprintln!(
            "error: this is a defect of reframe (exit code 101); what was recorded is kept in the run folder\n  \
             help: write its data files with `reframe export DATA`, start again with the next --run number, and \
             report the lines above"
        );
    }));
    ExitCode::from(cli::run(Cli::parse()) as u8)
}
