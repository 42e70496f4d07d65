//! Exit codes, and failures as they are told to a person.

use std::fmt;

/// What the program tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Protocol, rig, table or arguments are wrong, or the run exists already.
    Wrong = 2,
    /// A device is missing, or the display cannot do it.
    Device = 3,
    /// Ended early by the experimenter or a signal; data are kept.
    Ended = 4,
    /// Done, but data are at risk.
    AtRisk = 5,
}

/// Why a command did not do what was asked, with what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub exit: Exit,
    /// Problems of a file, each in its own form, shown above the text.
    pub problems: String,
    pub text: String,
    pub remedy: Option<String>,
}

impl Failure {
    /// Something the user gave is wrong. The text names it and says what helps.
    pub fn wrong(text: impl fmt::Display) -> Failure {
        Failure { exit: Exit::Wrong, problems: String::new(), text: text.to_string(), remedy: None }
    }

    /// A device is missing.
    pub fn device(text: impl fmt::Display, remedy: impl fmt::Display) -> Failure {
        Failure { exit: Exit::Device, ..Failure::wrong(text).help(remedy) }
    }

    /// Adds what helps.
    pub fn help(mut self, remedy: impl fmt::Display) -> Failure {
        self.remedy = Some(remedy.to_string());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems)?;
        writeln!(f, "error: {}", self.text.trim_end())?;
        if let Some(remedy) = &self.remedy {
            writeln!(f, "  help: {remedy}")?;
        }
        Ok(())
    }
}
