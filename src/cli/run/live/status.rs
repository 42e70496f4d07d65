//! The line of the running run in the experimenter's terminal, and warnings as they come. Only on a terminal is the
//! line redrawn; elsewhere warnings alone are printed.

use super::super::super::progress::style;
use crate::ground::record::Level;
use crate::logger::journal::Monitor;
use crate::session::status::Status;
use crossbeam_channel::{Receiver, Sender, bounded};
use indicatif::ProgressBar;
use std::thread::JoinHandle;

/// Prints statuses on a thread of its own until the sender is dropped.
#[derive(Debug)]
pub struct StatusLine {
    thread: JoinHandle<()>,
}

impl StatusLine {
    /// Starts the line; a status that finds the queue full is not shown. Troubles of the journal are said as they
    /// come.
    pub fn start(journal: Option<Monitor>) -> (Sender<Status>, StatusLine) {
        let (sender, statuses) = bounded(64);
        let thread = std::thread::Builder::new()
            .name("status".into())
            .spawn(move || show(&statuses, journal.as_ref()))
            .expect("a thread can be started");
        (sender, StatusLine { thread })
    }

    /// Waits until the last status has been shown.
    pub fn finish(self) {
        // A line that could not be printed is no reason to lose the summary.
        let _ = self.thread.join();
    }
}

fn show(statuses: &Receiver<Status>, journal: Option<&Monitor>) {
    let bar = ProgressBar::new_spinner();
    bar.set_style(style("{msg}"));
    let mut trouble = None;
    for status in statuses {
        let now = journal.and_then(|j| j.health().problem);
        if now != trouble {
            match &now {
                Some(text) => bar.suspend(|| eprintln!("error: journal: {text}; the run goes on")),
                None => bar.suspend(|| eprintln!("note: journal: the disk takes records again")),
            }
            trouble = now;
        }
        if let Some((level, text)) = &status.note {
            let word = match level {
                Level::Info => "note",
                Level::Warning => "warning",
                Level::Error => "error",
            };
            bar.suspend(|| eprintln!("{word}: {text}"));
        }
        let risk = if trouble.is_some() { "  JOURNAL AT RISK" } else { "" };
        bar.set_message(format!("{}{risk}", line(&status)));
        bar.tick();
    }
    bar.finish_and_clear();
}

fn line(s: &Status) -> String {
    let seconds = s.elapsed.secs() as u64;
    let mut line = format!(
        "{:02}:{:02}  phase {}/{} {}",
        seconds / 60,
        seconds % 60,
        s.index,
        s.phases,
        s.phase
    );
    if s.practice {
        line.push_str("  practice");
    }
    if !s.waits_for.is_empty() {
        line.push_str(&format!("  waiting for the key {}", s.waits_for.join(" or ")));
    }
    if s.armed && s.volumes == 0 {
        line.push_str("  armed: waiting for the first pulse");
    } else if s.volumes > 0 {
        line.push_str(&format!("  volume {}", s.volumes));
        if let Some(of) = s.of_volumes {
            line.push_str(&format!(" of {of}"));
        }
        if s.missing > 0 {
            line.push_str(&format!(", {} missing", s.missing));
        }
    }
    if s.late > 0 {
        line.push_str(&format!("  late scenes: {}, missed frames: {}", s.late, s.missed_frames));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::Nanos;

    #[test]
    fn status_line_names_phase_volume_and_late_scenes() {
        let status = Status {
            elapsed: Nanos::from_secs(75.0),
            phase: "picture".into(),
            index: 12,
            phases: 90,
            volumes: 7,
            of_volumes: Some(30),
            missing: 1,
            late: 2,
            missed_frames: 3,
            armed: false,
            practice: false,
            waits_for: vec![],
            note: None,
        };
        assert_eq!(
            line(&status),
            "01:15  phase 12/90 picture  volume 7 of 30, 1 missing  late scenes: 2, missed frames: 3"
        );
        let keys = vec!["left".to_string(), "confirm".to_string()];
        let check = Status { practice: true, waits_for: keys, volumes: 0, late: 0, ..status };
        let said = "01:15  phase 12/90 picture  practice  waiting for the key left or confirm";
        assert_eq!(line(&check), said);
    }
}
