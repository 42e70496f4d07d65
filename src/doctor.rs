//! What a PC lacks for a run, each with its remedy. Every check reads something and has a judgement of its own over what was
//! read, so that judgements can be tested on made PCs. Nothing is changed, and nothing stays open.

mod access;
mod machine;
mod ports;
mod room;
mod screen;
mod sound;
pub mod storage;

use crate::rig::schema::Rig;
use crate::rig::trigger::TriggerSource;
use std::path::Path;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Ok,
    /// Worth knowing; nothing is wrong.
    Note,
    Warning,
    /// A run that needs it cannot begin.
    Missing,
}

impl State {
    /// The word before a finding.
    pub fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Note => "note",
            State::Warning => "warning",
            State::Missing => "missing",
        }
    }
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub state: State,
    pub text: String,
    pub help: Option<String>,
}

impl Finding {
    fn ok(text: impl Into<String>) -> Finding {
        Finding { state: State::Ok, text: text.into(), help: None }
    }

    fn note(text: impl Into<String>) -> Finding {
        Finding { state: State::Note, ..Finding::ok(text) }
    }

    fn warning(text: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding { state: State::Warning, text: text.into(), help: Some(help.into()) }
    }

    fn missing(text: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding { state: State::Missing, ..Finding::warning(text, help) }
    }
}

/// Findings of one kind, under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    pub head: &'static str,
    pub findings: Vec<Finding>,
}

/// What the examination is for.
#[derive(Clone, Copy, Debug)]
pub struct Patient<'a> {
    /// The room; none where only the PC is looked at.
    pub rig: Option<&'a Rig>,
    pub triggers: &'a [TriggerSource],
    /// Where data go.
    pub data: &'a Path,
}

/// Looks at everything. It takes some seconds.
pub fn examine(patient: &Patient<'_>) -> Vec<Chapter> {
    let chapter = |head, findings| Chapter { head, findings };
    let mut all = vec![
        chapter("this PC", machine::look()),
        chapter("real-time priority and permissions", access::look()),
        chapter("screen and graphics", screen::look()),
        chapter("serial ports", ports::look()),
        chapter("sound", sound::look(patient.rig.map(|r| &r.sound))),
        chapter("disk", storage::look(patient.data)),
    ];
    if let Some(rig) = patient.rig {
        all.push(chapter("the room", room::look(rig, patient.triggers)));
    }
    all
}

/// The first line of a file, trimmed; none where it cannot be read.
fn line_of(path: impl AsRef<Path>) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.lines().next().unwrap_or("").trim().to_string())
}
