//! A BIDS events file as a protocol: text in, TOML text out. What was shown to somebody once becomes a fixed timeline that
//! can be run again. It knows the rules by which rows become screens; it opens no file and draws nothing.
//!
//! Rows stand in the order of their onsets. One that lasts becomes a phase, which ends where the next begins at the latest;
//! one without duration becomes a mark. Rows of one onset become one. What lies between them is a phase without row.

mod header;
mod names;
mod read;
mod timeline;
mod write;

use crate::ground::diagnostic::{Problem, Source};
use crate::ground::document::Problems;
use std::fmt;

/// What a column of an events file is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Onset,
    Duration,
    TrialType,
    Picture,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 4] = [Role::Onset, Role::Duration, Role::TrialType, Role::Picture];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Onset => "onset",
            Role::Duration => "duration",
            Role::TrialType => "trial_type",
            Role::Picture => "picture",
        }
    }

    /// The column that has the role where none is named.
    fn column(self) -> &'static str {
        match self {
            Role::Picture => "stim_file",
            other => other.name(),
        }
    }
}

/// How an events file is to be read, and for what.
pub struct Wanted<'a> {
    /// The name of the file, without its folder.
    pub file: &'a str,
    /// Columns that have another role than their name says.
    pub map: &'a [(Role, String)],
    /// Repetition time in seconds; with one, runs at the scanner wait for its first pulse.
    pub tr: Option<f64>,
    /// Whether the stimuli folder has a picture with this path.
    pub at_hand: &'a dyn Fn(&str) -> bool,
}

impl fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wanted { file, map, tr, .. } = self;
        f.debug_struct("Wanted").field("file", file).field("map", map).field("tr", tr).finish()
    }
}

/// A protocol, and what somebody who reads the events file beside it should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The protocol, as TOML.
    pub text: String,
    /// Sentences; they stand at the top of the protocol too.
    pub notes: Vec<String>,
}

/// Makes a protocol of an events file.
///
/// # Errors
/// Every problem of the file, up to a hundred.
pub fn convert(source: &Source, wanted: &Wanted<'_>) -> Result<Made, Vec<Problem>> {
    let problems = Problems::default();
    let Some(events) = read::read(source, wanted, &problems) else {
        return Err(problems.finish().expect_err("what cannot be read is an error"));
    };
    let timeline = timeline::timeline(&events, wanted.tr, &problems);
    let made = write::write(&events, &timeline, wanted, &problems);
    problems.finish()?;
    Ok(made)
}
