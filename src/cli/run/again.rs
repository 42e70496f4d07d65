//! Starting again: at a scanner every minute counts, so that a run which ended early is begun anew by one key, or by the one
//! command that is printed.

#[cfg(feature = "gpu")]
mod offer;

use super::Prepared;
use crate::cli::summary::quoted;
#[cfg(feature = "gpu")]
pub use offer::{ask, is_asked};
use std::path::Path;

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
    let mut resume = "--resume".to_string();
    let mut told = told.iter();
    while let Some(word) = told.next() {
        match word.as_str() {
            "--run" => {
                told.next();
            }
            other if other.starts_with("--run=") => {}
            // How it was to go on holds for what is left of it too.
            other if other.starts_with("--resume") => resume = other.into(),
            other => words.push(other.to_string()),
        }
    }
    words.push(resume);
    words
}

/// As it is typed.
pub(super) fn command(told: &[String]) -> String {
    words(told).iter().map(|word| quoted(Path::new(word))).collect::<Vec<_>>().join(" ")
}
