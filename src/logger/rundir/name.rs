//! The name of a run, as it stands in folder and file names. Labels are checked here once, so that no
//! other place has to think of slashes and spaces.

use std::fmt;
use std::str::FromStr;

/// A BIDS label: one or more ASCII letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

/// A text that is no label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be a label in file names: use letters a to z and digits only, as in 01 or A")]
pub struct BadLabel(pub String);

impl FromStr for Label {
    type Err = BadLabel;
    fn from_str(text: &str) -> Result<Label, BadLabel> {
        // Longer names than this make paths that some systems cannot open.
        let fits = (1..=64).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Label(text.into()))
        } else {
            Err(BadLabel(text.into()))
        }
    }
}

impl Label {
    /// The label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which run it is. Prints as the common part of its file names:
/// `sub-01_ses-A_task-blocks_acq-dryrun_run-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunName {
    pub sub: Label,
    pub ses: Option<Label>,
    pub task: Label,
    /// Stands in the name as `acq-dryrun`.
    pub dry_run: bool,
    pub run: u32,
}

impl fmt::Display for RunName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sub-{}", self.sub)?;
        if let Some(ses) = &self.ses {
            write!(f, "_ses-{ses}")?;
        }
        write!(f, "_task-{}", self.task)?;
        if self.dry_run {
            write!(f, "_acq-dryrun")?;
        }
        write!(f, "_run-{}", self.run)
    }
}

impl RunName {
    /// The run and the time stamp that a folder is named by; none if it is not a run folder's name.
    pub fn from_folder(folder: &str) -> Option<(RunName, String)> {
        let (name, stamp) = folder.rsplit_once('_')?;
        let digits = |s: &str, n| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !stamp.split_once('T').is_some_and(|(d, t)| digits(d, 8) && digits(t, 6)) {
            return None;
        }
        let mut parts = name.split('_').peekable();
        let mut part = |key: &str| -> Option<&str> {
            let value = parts.peek()?.strip_prefix(key)?.strip_prefix('-')?;
            parts.next();
            Some(value)
        };
        let sub = part("sub")?.parse().ok()?;
        let ses = part("ses").map(str::parse).transpose().ok()?;
        let task = part("task")?.parse().ok()?;
        let dry_run = part("acq") == Some("dryrun");
        let run = part("run")?.parse().ok()?;
        let found = RunName { sub, ses, task, dry_run, run };
        // Only what this program would have written: no run-01, no further parts.
        (found.to_string() == name).then(|| (found, stamp.to_string()))
    }
}
