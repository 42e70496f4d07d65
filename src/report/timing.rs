//! The report of a PC's timing: what was measured, its statistics, a verdict on each item with a remedy, and all of it
//! as text, data and picture. Figures that say nothing of a real screen are marked as such in all three.

pub mod measured;
pub mod picture;
pub mod summary;
pub mod text;
pub mod verdict;

#[cfg(test)]
mod fixture;

use measured::Measured;
use serde::Serialize;
use summary::Series;
use verdict::Verdict;

/// What stands wherever figures of a virtual display do.
pub const VIRTUAL: &str = "VIRTUAL DISPLAY: these figures say nothing of a real screen";

/// A whole report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What this file is.
    pub about: String,
    /// Set where the figures say nothing of a real screen; the reason stands in it.
    pub virtual_display: Option<String>,
    pub verdicts: Vec<Verdict>,
    pub summaries: Vec<Series>,
    pub measured: Measured,
}

impl Report {
    /// The report on what was measured.
    pub fn new(measured: Measured) -> Report {
        let virtual_display = measured.screen.virtual_because.as_ref();
        Report {
            about: format!("timing self-test of a PC by {}", measured.program),
            virtual_display: virtual_display.map(|why| format!("{VIRTUAL} ({why})")),
            verdicts: verdict::verdicts(&measured),
            summaries: summary::all(&measured),
            measured,
        }
    }

    /// As data, for programs: JSON with units in the names.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("numbers and texts become JSON");
        text.push('\n');
        text
    }

    /// As text, for a person.
    pub fn text(&self) -> String {
        text::of(self)
    }

    /// As a picture of the distributions: SVG.
    pub fn picture(&self) -> String {
        picture::of(self)
    }
}
