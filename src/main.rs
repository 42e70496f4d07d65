//! The thin binary: arguments in, exit code out.

use clap::Parser;
use reframe::cli::{self, Cli};
use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cli::run(Cli::parse()) as u8)
}
