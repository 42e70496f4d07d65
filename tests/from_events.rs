//! The real binary makes protocols of events files, and runs them: each row of the file comes again at its time, but for the
//! rules that docs/protocol-reference.md states. The rules are reckoned anew in `from_events/rules.rs`.

#[path = "from_events/property.rs"]
mod property;
#[path = "from_events/rules.rs"]
mod rules;

use rules::{Expected, NANO, expected};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// A refresh at 60 Hz, and half of it with its rounding, in seconds.
const FRAME: f64 = 0.016_67;
const HALF: f64 = 0.008_34;

fn reframe(folder: &Path, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.args(line).current_dir(folder).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.output().expect("the binary starts")
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[track_caller]
fn done(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(0), "{}", said(out));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

fn events(name: &str) -> String {
    format!("{ROOT}/tests/events/{name}.tsv")
}

type Row = HashMap<String, String>;

/// The rows of the one events file in a dataset.
fn rows(data: &Path) -> Vec<Row> {
    let mut todo = vec![data.join("sub-01")];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.to_string_lossy().ends_with("_events.tsv") {
                found.push(path);
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    let text = fs::read_to_string(&found[0]).unwrap();
    let mut lines = text.lines().map(|l| l.split('\t').map(str::to_string).collect::<Vec<_>>());
    let head = lines.next().unwrap();
    lines.map(|cells| head.iter().cloned().zip(cells).collect()).collect()
}

fn seconds(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

/// A file is made a protocol, checked without a warning, simulated, and its rows compared with the rules.
struct Again {
    dir: TempDir,
    toml: String,
    rows: Vec<Row>,
}

impl Again {
    #[track_caller]
    fn of(name: &str, extra: &[&str], place: &str) -> Again {
        let dir = TempDir::new().unwrap();
        let file = events(name);
        let made = [&["protocol", "from-events", &file, "--out", "t.toml"], extra].concat();
        done(&reframe(dir.path(), &made));
        let report = done(&reframe(dir.path(), &["check", "t.toml", "--place", place]));
        assert!(report.contains("no problem found"), "{report}");
        let line = ["simulate", "t.toml", "--place", place, "--data", "data"];
        done(&reframe(dir.path(), &line));
        let toml = fs::read_to_string(dir.path().join("t.toml")).unwrap();
        let rows = rows(&dir.path().join("data"));
        Again { dir, toml, rows }
    }

    /// Each row is there, and begins and ends within half a frame of the plan.
    #[track_caller]
    fn keeps_time(&self, expected: &Expected) {
        let (marks, screens): (Vec<&Row>, Vec<&Row>) =
            self.rows.iter().partition(|r| r["onset_basis"] == "schedule");
        assert_eq!((screens.len(), marks.len()), (expected.screens.len(), expected.marks.len()));
        for (mark, at) in marks.iter().zip(&expected.marks) {
            assert!((seconds(mark, "onset") - at / NANO).abs() < 1e-6, "{mark:?}");
            assert_eq!(seconds(mark, "duration"), 0.0);
        }
        let mut before = (-1.0, 1.0);
        for (row, (onset, end)) in screens.iter().zip(&expected.screens) {
            let (onset, end) = (onset / NANO, end / NANO);
            // What begins with the key itself comes with the next frame, and short rows keep their number of frames.
            let follows_short = before.0 == onset && before.1 <= 0.5;
            let limit = if onset == 0.0 || follows_short { FRAME } else { HALF };
            assert!((seconds(row, "onset_planned") - onset).abs() < 1e-6, "{row:?}");
            assert!((seconds(row, "onset") - onset).abs() <= limit, "{row:?} {onset}");
            let off = seconds(row, "onset") + seconds(row, "duration") - end;
            assert!(off.abs() <= if end - onset <= 0.5 { FRAME } else { HALF }, "{row:?} {end}");
            before = (end, end - onset);
        }
    }

    #[track_caller]
    fn says(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.toml.contains(part), "{part} is missing in:\n{}", self.toml);
        }
    }
}

#[test]
fn published_files_run_again_within_half_a_frame() {
    for (name, count) in [
        ("ds000009_sub-01_task-emotionalregulation_run-01_events", 30),
        ("ds000108_sub-01_task-Emotionregulation_run-01_events", 35),
        ("ds003548_task-emotionalfaces_run-1_events", 13),
    ] {
        let again = Again::of(name, &[], "lab");
        let expected = expected(&fs::read_to_string(events(name)).unwrap(), None);
        assert_eq!((expected.screens.len(), again.rows.len()), (count, count));
        again.keeps_time(&expected);
        again.says(&[&format!("status = \"made from {name}.tsv\"")]);
    }
    let again = Again::of("ds000009_sub-01_task-emotionalregulation_run-01_events", &[], "scanner");
    again.says(&["name = \"emotionalregulation\""]);
    assert_eq!(again.rows[1]["trial_type"], "rate");
    assert_eq!(again.rows[1]["orig_response"], "98");
    assert_eq!(again.rows[1]["image_type"], "n/a");
    assert_eq!(again.rows[2]["trial_type_orig"], "att_neg");
}

#[test]
fn any_text_is_kept_and_no_two_names_fall_together() {
    let again = Again::of("odd_columns", &[], "lab");
    let text = fs::read_to_string(events("odd_columns")).unwrap();
    again.keeps_time(&expected(&text, None));
    let types: Vec<&str> = again.rows.iter().map(|r| r["trial_type"].as_str()).collect();
    assert_eq!(types, ["ein_Bild_ansehen_2", "reguliere", "ein_Bild_ansehen", "event_2_zurueck"]);
    again.says(&["text = \"ein Bild ansehen\"", "text = \"regulière\"", "text = \"2 zurück\""]);
    let first = &again.rows[0];
    // The data have no quotes; the protocol keeps them.
    assert_eq!(first["Teilnehmer_Mass"], "ä'b\\");
    again.says(&["Teilnehmer_Mass = 'ä\"b\\'"]);
    assert_eq!((first["column_2nd"].as_str(), first["orig_response"].as_str()), ("1", "left"));
    assert_eq!((first["run"].as_str(), first["orig_Onset_Planned"].as_str()), ("1", "0.5"));
    assert_eq!(again.rows[2]["Teilnehmer_Mass"], "(d)");
    assert!(!first.contains_key("leer"), "a column without any value");
}

#[test]
fn rows_are_sorted_cut_joined_or_kept_as_marks() {
    let again = Again::of("unsorted", &["--map", "trial_type=condition"], "lab");
    again.keeps_time(&expected(&fs::read_to_string(events("unsorted")).unwrap(), None));
    let cell =
        |column: &str| -> Vec<&str> { again.rows.iter().map(|r| r[column].as_str()).collect() };
    assert_eq!(cell("trial_type"), ["a_c", "press", "block", "a", "press", "b", "end"]);
    assert_eq!(cell("value"), ["1", "2", "n/a", "5", "6", "3", "n/a"]);
    again.says(&[
        "order of their onsets",
        "1 row was joined",
        "1 row was cut short",
        "1 row has no duration",
        "\"a\" and \"c\"",
    ]);
    let without = Again::of("unsorted", &[], "lab");
    assert!(without.rows.iter().all(|r| r["trial_type"] == "event"));
    assert_eq!(without.rows[0]["condition"], "a");
}

#[test]
fn events_before_zero_shift_everything_and_the_onset_in_the_file_is_kept() {
    let text = fs::read_to_string(events("negative")).unwrap();
    let lab = Again::of("negative", &[], "lab");
    lab.keeps_time(&expected(&text, None));
    lab.says(&["Everything is 3.2 s later than in that file"]);
    assert_eq!(lab.rows[0]["orig_onset"], "-3.2");
    let scanner = Again::of("negative", &["--tr", "2"], "scanner");
    scanner.keeps_time(&expected(&text, Some(2.0)));
    scanner.says(&["Everything is 4 s later", "until = \"trigger\"", "tr = 2\n"]);
    assert_eq!(scanner.rows[0]["onset_planned"], "0.800000");
    Again::of("negative", &["--tr", "2"], "lab").keeps_time(&expected(&text, Some(2.0)));
}

#[test]
fn pictures_at_hand_are_shown_and_boxes_stand_for_the_others() {
    let dir = TempDir::new().unwrap();
    fs::create_dir_all(dir.path().join("stimuli/scenes")).unwrap();
    let scenes = fs::read_dir(format!("{ROOT}/stimuli/scenes")).unwrap();
    let png = scenes.map(|e| e.unwrap().path()).find(|p| p.extension().is_some_and(|e| e == "png"));
    fs::copy(png.unwrap(), dir.path().join("stimuli/scenes/there.png")).unwrap();
    let line = ["protocol", "from-events", &events("task-look_events"), "--out", "t.toml"];
    let out = reframe(dir.path(), &line);
    done(&out);
    assert!(said(&out).contains("1 of 2 were found"), "{}", said(&out));
    assert!(done(&reframe(dir.path(), &["check", "t.toml"])).contains("no problem found"));
    done(&reframe(dir.path(), &["simulate", "t.toml", "--data", "data"]));
    let rows = rows(&dir.path().join("data"));
    let files: Vec<&str> = rows.iter().map(|r| r["identifier"].as_str()).collect();
    assert_eq!(files, ["scenes/there.png", "n/a", "n/a"]);
    assert_eq!(rows[1]["orig_stim_file"], "scenes/gone.png");
    let text = fs::read_to_string(dir.path().join("t.toml")).unwrap();
    for part in
        ["file = \"{picture}\"", "label = \"{picture}\"", "text = \"event\"", "name = \"look\""]
    {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn a_protocol_that_exists_is_never_overwritten_and_standard_output_holds_the_same() {
    let again = Again::of("unsorted", &[], "lab");
    let path = again.dir.path();
    let out =
        reframe(path, &["protocol", "from-events", &events("odd_columns"), "--out", "t.toml"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(said(&out).contains("t.toml is there already"));
    assert_eq!(fs::read_to_string(path.join("t.toml")).unwrap(), again.toml);
    assert_eq!(done(&reframe(path, &["protocol", "from-events", &events("unsorted")])), again.toml);
}

/// What is said of a file with these bytes, which is refused.
#[track_caller]
fn refused(bytes: &[u8], extra: &[&str], parts: &[&str]) {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("e.tsv"), bytes).unwrap();
    let line = [&["protocol", "from-events", "e.tsv", "--out", "t.toml"], extra].concat();
    let out = reframe(dir.path(), &line);
    let text = said(&out);
    assert_eq!(out.status.code(), Some(2), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert!(!dir.path().join("t.toml").exists() && !text.contains("panicked"), "{text}");
}

#[test]
fn every_problem_of_a_file_is_told_with_its_place() {
    let wrong = fs::read(events("wrong")).unwrap();
    refused(
        &wrong,
        &[],
        &[
            "e.tsv:3:1",
            "with a dot",
            "e.tsv:3:5",
            "-1 s",
            "e.tsv:4:1",
            "e.tsv:4:3",
            "\"inf\"",
            "e.tsv:5:1",
            "milliseconds",
            "e.tsv:5:7",
            "9000 s",
            "e.tsv:6:1",
            "2 cells",
            "e.tsv:7:1",
            "e.tsv:8:1",
            "9 problems",
        ],
    );
}

#[test]
fn what_is_no_events_file_is_told_with_what_was_found() {
    let commas = fs::read(events("commas")).unwrap();
    refused(&commas, &[], &["e.tsv:1:1", "commas stand between", "tab-separated"]);
    refused(b"onset;duration\n0;1\n", &[], &["semicolons"]);
    refused(b"onset duration\n0 1\n", &[], &["spaces"]);
    refused(b"", &[], &["the file is empty"]);
    refused(b"onset\tduration\n", &[], &["no rows"]);
    refused(b"onset\tduration\n0\t\xff\n", &[], &["not UTF-8", "line 2"]);
    refused(
        b"Onset\tlength\n0\t1\n",
        &[],
        &["is \"Onset\" meant?", "--map onset=Onset", "\"duration\""],
    );
    refused(b"onset\tduration\tonset\n0\t1\t2\n", &[], &["comes twice"]);
    refused(b"onset\tduration\n0\t1\n", &["--map", "trial_type=kind"], &["\"kind\""]);
    refused(b"onset\tduration\n0\t1\n", &["--map", "onst=x"], &["did you mean \"onset\"?"]);
    refused(
        b"onset\tduration\n0\t1\n",
        &["--map", "onset=a", "--map", "onset=b"],
        &["two columns"],
    );
    refused(b"onset\tduration\n0\t1\n", &["--stimuli", "none"], &["none is no folder"]);
    refused(b"onset\tduration\n0\t1\n8000\t1\n", &[], &["e.tsv:3:1", "nothing happens for 7999 s"]);
    let many: String = (0..10_001).map(|i| format!("{i}\t0.5\n")).collect();
    refused(format!("onset\tduration\n{many}").as_bytes(), &[], &["e.tsv:10002:1", "10001 rows"]);
}
