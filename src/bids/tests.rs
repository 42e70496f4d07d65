//! Run folders become datasets: what the rows hold, what is kept, what is refused.

use super::fixture::{ANCHOR, Made, OFFSET, Wanted, make, pictures, rig};
use super::*;
use crate::ground::record::{Answer, Place, Record};
use crate::ground::time::Nanos;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

mod answers;
mod dataset;
mod sounds;
mod trace;

/// A data folder with made runs and their pictures.
struct Lab {
    dir: TempDir,
}

impl Lab {
    fn new() -> Lab {
        let dir = tempfile::tempdir().unwrap();
        pictures(&dir.path().join("pictures"));
        Lab { dir }
    }
    fn data(&self) -> PathBuf {
        self.dir.path().join("logs")
    }
    fn stimuli(&self) -> PathBuf {
        self.dir.path().join("pictures")
    }
    fn export(&self, made: &Made) -> Result<Exported, ExportError> {
        let folder = made.save(&self.data());
        export_run(&folder, &self.data(), &rig(), Some(&self.stimuli()))
    }
    fn export_all(&self, dataset: &Path) -> Summary {
        export_dataset(&self.data(), dataset, &|_| Ok(rig()), Some(&self.stimuli())).unwrap()
    }
    fn events(&self, made: &Made) -> Table {
        let exported = self.export(made).unwrap();
        let path = &exported.files[0];
        assert!(path.to_str().unwrap().ends_with("_events.tsv"), "{path:?}");
        Table::read(&self.data().join(path))
    }
}

/// An events file, by column.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(path: &Path) -> Table {
        let text = fs::read_to_string(path).unwrap();
        let mut lines = text.lines().map(|l| l.split('\t').map(str::to_string).collect());
        let columns = lines.next().unwrap();
        Table { columns, rows: lines.collect() }
    }
    fn get(&self, row: usize, column: &str) -> &str {
        let at = self.columns.iter().position(|c| c == column).expect(column);
        &self.rows[row][at]
    }
    fn number(&self, row: usize, column: &str) -> f64 {
        self.get(row, column).parse().unwrap()
    }
}

/// All files under a folder with their bytes.
fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_path_buf();
                all.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    all
}

/// Compares with a committed file; `REFRAME_BLESS=1 cargo test` writes it anew.
fn held(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("REFRAME_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let old = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        old,
        text,
        "{} is not current: REFRAME_BLESS=1 cargo test writes it",
        path.display()
    );
}

#[test]
fn a_short_run_gives_the_golden_files() {
    let lab = Lab::new();
    let made = make(Wanted { trials: 4, ..Wanted::default() });
    let exported = lab.export(&made).unwrap();
    assert_eq!(exported.notes, Vec::<String>::new());
    let read = |p: &str| fs::read_to_string(lab.data().join(p)).unwrap();
    let stem = "sub-01/ses-A/func/sub-01_ses-A_task-blocks_run-1";
    let golden = "src/bids/fixture/";
    held(&format!("{golden}events.tsv"), &read(&format!("{stem}_events.tsv")));
    held(&format!("{golden}events.json"), &read(&format!("{stem}_events.json")));
    held(&format!("{golden}task-blocks_events.json"), &read("task-blocks_events.json"));
}

#[test]
fn the_column_dictionary_is_current() {
    held("docs/bids-output.md", &dictionary());
}

#[test]
fn rows_are_sorted_and_never_overlap_to_the_microsecond() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted::default()));
    assert_eq!(table.rows.len(), 32);
    let micros = |text: &str| -> i64 { text.replace('.', "").parse().unwrap() };
    for i in 1..table.rows.len() {
        let end = micros(table.get(i - 1, "onset")) + micros(table.get(i - 1, "duration"));
        assert!(end <= micros(table.get(i, "onset")), "row {i}");
    }
}

#[test]
fn onset_zero_is_the_first_stored_volume_and_what_was_before_is_negative() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted::default()));
    // Two dummy volumes of 2 s; the display's correction and the delay of the flip come on top.
    assert_eq!(table.get(0, "onset"), "-3.990399");
    assert_eq!(table.get(0, "onset_planned"), "-4.000000");
    assert_eq!(table.get(0, "onset_delay"), "0.009601");
}

#[test]
fn a_duration_ends_where_the_next_screen_really_appeared() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted::default()));
    // Phase 2, a fixation without a row, came 1 ms later than phase 1.
    assert_eq!(table.get(0, "duration"), "3.001000");
}

#[test]
fn a_late_screen_is_flagged_with_its_delay_and_the_others_are_not() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted::default()));
    let late: Vec<usize> = (0..32).filter(|r| table.get(*r, "late") == "1").collect();
    assert_eq!(late, [2]);
    assert_eq!(table.get(2, "onset_delay"), "0.025300");
    assert_eq!(table.get(2, "onset_basis"), "x11-present");
}

#[test]
fn the_display_correction_shortens_reaction_times_as_it_delays_onsets() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted::default()));
    assert_eq!(table.get(0, "response_time"), "0.604346");
    let moved = (0..32).find(|r| table.get(*r, "rating_moved") == "1").unwrap();
    assert_eq!(table.get(moved, "first_move_time"), "0.892000");
}

#[test]
fn an_unmoved_rating_is_na_but_says_where_the_marker_stood() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted::default()));
    let still = (0..32).find(|r| table.get(*r, "rating_moved") == "0").unwrap();
    let cells = ["rating", "rating_position", "rating_start", "first_move_time", "confirm_time"];
    assert_eq!(cells.map(|c| table.get(still, c)), ["n/a", "0.50", "0.50", "n/a", "n/a"]);
    let moved = (0..32).find(|r| table.get(*r, "rating_moved") == "1").unwrap();
    assert_eq!(table.get(moved, "rating"), "62.1234");
}

#[test]
fn a_missed_answer_is_na_in_all_its_columns() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted { keys: false, ..Wanted::default() }));
    for row in 0..table.rows.len() {
        for column in ["response", "response_time", "accuracy", "rating"] {
            assert_eq!(table.get(row, column), "n/a");
        }
    }
}

#[test]
fn pictures_that_may_not_be_shared_are_named_and_not_copied() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted::default()));
    let row = (0..32).find(|r| table.get(*r, "identifier") == "p03").unwrap();
    assert_eq!((table.get(row, "stim_file"), table.get(row, "database")), ("n/a", "IAPS"));
    assert_eq!((table.get(0, "stim_file"), table.get(0, "database")), ("set/p00.png", "n/a"));
    assert!(lab.data().join("stimuli/set/p00.png").exists());
    assert!(!lab.data().join("stimuli/set/p03.png").exists());
}

#[test]
fn an_aborted_run_is_exported_up_to_its_end_and_says_so() {
    let lab = Lab::new();
    let made = make(Wanted { stop_after: Some(7), ..Wanted::default() });
    let exported = lab.export(&made).unwrap();
    assert!(!exported.complete);
    let table = Table::read(&lab.data().join(&exported.files[0]));
    assert_eq!(table.rows.len(), 4);
    let last = table.rows.len() - 1;
    assert_eq!(table.get(last, "trial_type"), "rating");
    // Planned for 4 s, ended 1 s before that.
    assert!((table.number(last, "duration") - 3.0).abs() < 0.02);
    assert_eq!(table.get(last, "rating_moved"), "n/a");
    let sidecar = fs::read_to_string(lab.data().join(&exported.files[1])).unwrap();
    assert!(sidecar.contains("\"Complete\": false"), "{sidecar}");
    assert!(sidecar.contains("pressed the abort keys"), "{sidecar}");
}

#[test]
fn a_run_whose_program_was_killed_is_exported_to_the_last_thing_it_wrote() {
    let lab = Lab::new();
    let made = make(Wanted::default());
    let folder = made.save(&lab.data());
    let path = folder.join("journal.jsonl");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let exported = export_run(&folder, &lab.data(), &rig(), Some(&lab.stimuli())).unwrap();
    assert!(!exported.complete);
    assert!(exported.notes.iter().any(|n| n.contains("torn")), "{:?}", exported.notes);
}

#[test]
fn a_run_that_ended_before_onset_zero_has_no_files_and_says_so() {
    let lab = Lab::new();
    let mut made = make(Wanted::default());
    made.entries.retain(|e| e.t_ns < ANCHOR);
    let exported = lab.export(&made).unwrap();
    assert_eq!((exported.files.len(), exported.written), (0, 0));
    assert!(
        exported.notes.iter().any(|n| n.contains("before the timed part of the task")),
        "{:?}",
        exported.notes
    );
    assert!(!lab.data().join("sub-01").exists());
    assert!(!lab.data().join("task-blocks_events.json").exists());
}
