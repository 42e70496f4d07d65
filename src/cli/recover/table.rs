//! The table of runs that need help, for a person to read.

use super::Done;
use super::found::Reach;
use std::fmt::Write;
use std::path::PathBuf;

/// One run.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    /// When it was begun, as in `20261122T101500`.
    pub stamp: String,
    pub reach: Reach,
    /// How it ended, or why it did not.
    pub why: String,
    pub done: Done,
    /// The fall-back folder that holds most of it.
    pub from: Option<PathBuf>,
    /// It did not come to its end.
    pub can_go_on: bool,
}

const HEAD: [&str; 7] = ["run", "begun", "phases", "volumes", "last record", "why", "what"];

/// The table, with a line below each run that has more to say.
pub fn text(rows: &[Row]) -> String {
    let cells: Vec<[String; 7]> = rows.iter().map(cells).collect();
    let heads = HEAD.map(str::to_string);
    let wide = |i: usize| {
        cells.iter().chain([&heads]).map(|row| row[i].chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(wide).collect();
    let line = |row: &[String; 7]| {
        let padded = row.iter().zip(&widths).map(|(cell, wide)| format!("{cell:<wide$}"));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut out = line(&heads);
    for (row, cells) in rows.iter().zip(&cells) {
        out.push_str(&line(cells));
        let more = match &row.done {
            Done::Running(text) | Done::Nothing(text) | Done::Failed(text) => Some(text),
            _ => None,
        };
        if let Some(text) = more {
            let _ = writeln!(out, "    {text}");
        }
        if let Some(folder) = &row.from {
            let folder = folder.display();
            let _ = match row.done {
                Done::Exported { .. } | Done::Before => writeln!(
                    out,
                    "    was rescued to {folder}; all of it is in the dataset now, and that folder may be removed"
                ),
                _ => writeln!(out, "    rescued to {folder}; keep that folder"),
            };
        }
    }
    out
}

fn cells(row: &Row) -> [String; 7] {
    let reach = &row.reach;
    let of = reach.planned.map_or_else(|| "?".into(), |n| n.to_string());
    let what = match &row.done {
        Done::Exported { new } => format!("recovered: {new} files"),
        Done::ToDo => "can be recovered".into(),
        Done::Before => "is in the dataset".into(),
        Done::Running(_) => "left alone".into(),
        Done::Nothing(_) => "nothing to export".into(),
        Done::Failed(_) => "NOT RECOVERED".into(),
    };
    [
        row.name.clone(),
        readable(&row.stamp),
        format!("{} of {of}", reach.shown),
        reach.volumes.to_string(),
        format!("after {:.1} s", reach.seconds),
        row.why.clone(),
        what,
    ]
}

/// `2026-11-22 10:15:00` of `20261122T101500`.
fn readable(stamp: &str) -> String {
    let part = |from: usize, to: usize| stamp.get(from..to).unwrap_or_default();
    let (date, time) = (
        [part(0, 4), part(4, 6), part(6, 8)].join("-"),
        [part(9, 11), part(11, 13), part(13, 15)].join(":"),
    );
    format!("{date} {time}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_has_a_line_and_what_is_more_stands_below_it() {
        let reach =
            Reach { shown: 3, planned: Some(9), has_rows: true, volumes: 12, seconds: 24.04 };
        let row = Row {
            name: "sub-01_task-a_run-1".into(),
            stamp: "20261122T101500".into(),
            reach,
            why: "killed".into(),
            done: Done::Exported { new: 4 },
            from: None,
            can_go_on: true,
        };
        let failed = Row {
            why: "damaged".into(),
            done: Done::Failed("journal line 3".into()),
            from: Some("/x".into()),
            ..row.clone()
        };
        assert_eq!(
            text(&[row, failed]),
            "run                  begun                phases  volumes  last record   why      what\n\
             sub-01_task-a_run-1  2026-11-22 10:15:00  3 of 9  12       after 24.0 s  killed   recovered: 4 files\n\
             sub-01_task-a_run-1  2026-11-22 10:15:00  3 of 9  12       after 24.0 s  damaged  NOT RECOVERED\n    \
             journal line 3\n    rescued to /x; keep that folder\n"
        );
    }
}
