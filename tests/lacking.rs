//! Pictures that cannot be read when their screen is due: no row says that they were shown, and what is left of the run shows
//! them.
#![cfg(all(target_os = "linux", feature = "gpu"))]

mod runs_on_disk;

use reframe::ground::record::{Entry, Record};
use reframe::logger::journal::read_journal;
use runs_on_disk::*;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output};

/// Three pictures of 1.5 s each with a pause behind each; the screens are tickets 1 to 6.
const TASK: &str = r#"
sequence = ["trials"]
[task]
name = "shown"
stimuli = "pictures.tsv"
[pictures.scene]
[block.trials]
cycles = 3
contents = ["picture", "pause"]
[phase.picture]
duration = 1.5
elements = [{ kind = "picture", from = "scene" }]
trial_type = "picture"
[phase.pause]
duration = 0.6
elements = [{ kind = "fixation" }]
[trial_type.picture]
description = "A picture"
"#;

fn room() -> tempfile::TempDir {
    let dir = folder(1);
    let pictures = dir.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    fs::write(dir.path().join("task.toml"), TASK).unwrap();
    let mut table = "id\tfile\n".to_string();
    for n in 1..=3 {
        table.push_str(&format!("p{n}\tp{n}.png\n"));
        let color = image::Rgb([40 * n, 200, 90]);
        image::RgbImage::from_pixel(32, 32, color)
            .save(pictures.join(format!("p{n}.png")))
            .unwrap();
    }
    fs::write(pictures.join("pictures.tsv"), table).unwrap();
    dir
}

/// A run whose graphics device is lost before its second picture, and whose pictures are away from its first on.
fn run_without(dir: &Path) -> (Child, PathBuf) {
    let mut command = reframe(dir);
    command.env("REFRAME_TEST_LOSSES", "3");
    let mut run = begin(command, &["--sub", "01", "--stimuli", "pictures"]);
    let folder = wait_for("the first picture was on", &mut run, || {
        run_folder(&dir.join("data")).filter(|f| text(f).contains("\"kind\":\"onset\""))
    });
    fs::rename(dir.join("pictures"), dir.join("away")).unwrap();
    (run, folder)
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join("journal.jsonl")).unwrap_or_default()
}

fn entries(folder: &Path) -> Vec<Entry> {
    read_journal(&folder.join("journal.jsonl")).unwrap().entries
}

/// The cells of a column of the events file, and what the sidecar says of the run.
fn data(dir: &Path, run: u32, column: &str) -> (Vec<String>, Value) {
    let stem = format!("data/sub-01/beh/sub-01_task-shown_acq-dryrun_run-{run}_events");
    let table = fs::read_to_string(dir.join(format!("{stem}.tsv"))).unwrap();
    let mut lines = table.lines();
    let at = lines.next().unwrap().split('\t').position(|c| c == column).unwrap();
    let cells = lines.map(|l| l.split('\t').nth(at).unwrap().to_string()).collect();
    let sidecar = fs::read(dir.join(format!("{stem}.json"))).unwrap();
    let sidecar: Value = serde_json::from_slice(&sidecar).unwrap();
    (cells, sidecar["StimulusPresentation"]["Run"].clone())
}

fn lacking(folder: &Path) -> Vec<u32> {
    let lacks = |e: &Entry| match &e.record {
        Record::Onset(o) => (!o.lacks.is_empty()).then_some(o.phase),
        _ => None,
    };
    entries(folder).iter().filter_map(lacks).collect()
}

#[track_caller]
fn ended(run: Child) -> Output {
    let out = run.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(4), "{}", said(&out));
    out
}

#[test]
fn a_screen_that_appeared_without_its_picture_never_stands_in_the_data_as_shown() {
    let dir = room();
    let (run, folder) = run_without(dir.path());
    let out = ended(run);
    assert!(said(&out).contains("2 screens appeared without a picture"), "{}", said(&out));
    assert_eq!(lacking(&folder), [2, 4]);
    let (files, sidecar) = data(dir.path(), 1, "stim_file");
    assert!(files[0].ends_with(".png"), "{files:?}");
    assert_eq!(files[1..], ["n/a", "n/a"]);
    assert_eq!(sidecar["WithoutPicture"].as_array().map(Vec::len), Some(2), "{sidecar}");
    assert_eq!(sidecar["Complete"], false);
    // No file of the dataset says where this computer has its pictures.
    let here = dir.path().to_str().unwrap();
    assert!(!text(&folder).contains(here), "{}", text(&folder));
    // What is left is what was not seen.
    fs::rename(dir.path().join("away"), dir.path().join("pictures")).unwrap();
    let line = ["--sub", "01", "--stimuli", "pictures", "--resume", "--clock", "virtual"];
    let out = begin(reframe(dir.path()), &line).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    let (rest, sidecar) = data(dir.path(), 2, "stim_file");
    assert_eq!(rest.len(), 2);
    assert!(!rest.contains(&files[0]) && !rest.contains(&"n/a".to_string()), "{rest:?}");
    assert_eq!(sidecar["WithoutPicture"], Value::Null);
    assert!(data(dir.path(), 2, "seen_before").0.iter().all(|seen| seen == "0"));
}

#[test]
fn a_picture_that_comes_after_its_screen_is_told_of_with_its_own_time() {
    let dir = room();
    let (mut run, folder) = run_without(dir.path());
    wait_for("the second picture was due", &mut run, || {
        text(&folder).contains("was shown without it").then_some(())
    });
    fs::rename(dir.path().join("away"), dir.path().join("pictures")).unwrap();
    ended(run);
    assert_eq!(lacking(&folder), [2], "the third is there in time");
    let all = entries(&folder);
    let onset = all.iter().find_map(|e| match &e.record {
        Record::Onset(o) if o.phase == 2 => Some(o.onset_ns),
        _ => None,
    });
    let came = all.iter().find_map(|e| match &e.record {
        Record::Came { phase: 2, pictures, .. } => Some((e.t_ns, pictures.len())),
        _ => None,
    });
    let (at, pictures) = came.expect("it came while its screen was on");
    let after = (at - onset.unwrap()).secs();
    assert!(pictures == 1 && after > 0.0 && after < 1.6, "{after} s");
    let (files, sidecar) = data(dir.path(), 1, "stim_file");
    assert_eq!(files.iter().filter(|f| *f == "n/a").count(), 1, "{files:?}");
    let told = sidecar["WithoutPicture"][0]["PictureCame"].as_f64().unwrap();
    let onset = sidecar["WithoutPicture"][0]["Onset"].as_f64().unwrap();
    assert!((told - onset - after).abs() < 0.05, "{sidecar}");
}
