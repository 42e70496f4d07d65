//! `reframe run --resume`, on what interrupted runs leave: what is left comes, and where it could not be told it is refused
//! before anything is shown.
#![cfg(all(target_os = "linux", feature = "gpu"))]

mod runs_on_disk;

use runs_on_disk::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const LINE: [&str; 8] =
    ["--sub", "01", "--clock", "virtual", "--trigger", "emulate:1", "--place", "scanner"];

fn virtual_run(folder: &Path, line: &[&str]) -> Output {
    begin(reframe(folder), line).wait_with_output().unwrap()
}

/// A run at the scanner, of which the first three trials are left in the journal.
fn interrupted(folder: &Path) -> (PathBuf, String) {
    let task = fs::read_to_string(folder.join("task.toml")).unwrap();
    let task = task
        .replace("sequence = [", "sequence = [\"armed\", ")
        .replace("name = \"kept\"", "name = \"kept\"\ntr = 1.0")
        .replace(
            "[phase.end]",
            "[phase.armed]\nuntil = \"trigger\"\nwhen = { place = \"scanner\" }\n[phase.end]",
        );
    fs::write(folder.join("task.toml"), task).unwrap();
    let out = virtual_run(folder, &LINE);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    let run = folder.join(told(&out).trim());
    let journal = fs::read_to_string(run.join("journal.jsonl")).unwrap();
    let mut outcomes = 0;
    let kept = journal.lines().take_while(|l| {
        outcomes += usize::from(l.contains("\"kind\":\"outcome\""));
        outcomes < 4
    });
    fs::write(run.join("journal.jsonl"), kept.map(|l| format!("{l}\n")).collect::<String>())
        .unwrap();
    for (path, _) in tree(&folder.join("data")) {
        if !path.starts_with(folder.join("data/sourcedata"))
            && path.to_string_lossy().contains("run-1")
        {
            fs::remove_file(path).unwrap();
        }
    }
    (run, journal)
}

fn with(more: &[&'static str]) -> Vec<&'static str> {
    LINE[..6].iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn what_is_left_comes_under_the_next_number_and_a_whole_run_has_nothing_left() {
    let dir = folder(8);
    interrupted(dir.path());
    let out = virtual_run(dir.path(), &with(&["--resume"]));
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    assert!(said(&out).contains("goes on with run 1: part 2"), "{}", said(&out));
    let events = tree(&dir.path().join("data"));
    let second = events.iter().find(|(p, _)| p.to_string_lossy().ends_with("run-2_events.tsv"));
    let text = String::from_utf8(second.expect("an events file").1.clone()).unwrap();
    assert_eq!(text.lines().count(), 1 + 5, "{text}");
    let out = virtual_run(dir.path(), &with(&["--resume"]));
    assert_eq!(out.status.code(), Some(2));
    assert!(said(&out).contains("run-2 is complete"), "{}", said(&out));
}

#[test]
fn a_run_goes_on_at_its_own_place_with_its_own_assignment_and_protocol_or_not_at_all() {
    let dir = folder(8);
    interrupted(dir.path());
    let data = dir.path().join("data");
    let before = tree(&data);
    let refused = |line: &[&str], part: &str| {
        let out = virtual_run(dir.path(), line);
        assert_eq!(out.status.code(), Some(2), "{}", said(&out));
        assert!(said(&out).contains(part), "{}", said(&out));
        assert!(tree(&data) == before, "nothing was written");
    };
    refused(&with(&["--resume", "--place", "lab"]), "cannot be shown at the lab");
    refused(&with(&["--resume", "--run", "3"]), "cannot be used with");
    refused(&with(&["--resume", "--seed", "7"]), "run 1 had seed 1");
    refused(
        &["--sub", "02", "--clock", "virtual", "--trigger", "emulate:1", "--resume"],
        "no run of task",
    );
    let task = dir.path().join("task.toml");
    let text = fs::read_to_string(&task).unwrap();
    fs::write(
        &task,
        text.replace("contents = [\"cue\", \"asked\"]", "contents = [\"asked\", \"cue\"]"),
    )
    .unwrap();
    refused(&with(&["--resume"]), "was changed since run 1");
    fs::write(&task, text).unwrap();
    let table =
        tree(&data).into_iter().find(|(p, _)| p.ends_with("allocation-dryrun.tsv")).unwrap().0;
    let row = fs::read_to_string(&table).unwrap();
    fs::write(&table, row.replace("\t0\t0", "\t5\t0")).unwrap();
    let out = virtual_run(dir.path(), &with(&["--resume"]));
    assert_eq!(out.status.code(), Some(2));
    assert!(said(&out).contains("put the old row back"), "{}", said(&out));
}

#[test]
fn what_a_fall_back_folder_holds_is_known_when_a_run_goes_on() {
    let dir = folder(8);
    let (run, whole) = interrupted(dir.path());
    // The disk took three trials, and the fall-back folder all of them.
    let copy = dir.path().join("state/reframe/rescued").join(run.file_name().unwrap());
    fs::create_dir_all(&copy).unwrap();
    for file in ["plan.json", "protocol.toml", "rig.toml"] {
        fs::copy(run.join(file), copy.join(file)).unwrap();
    }
    fs::write(copy.join("run-folder.txt"), format!("{}\n", run.display())).unwrap();
    fs::write(copy.join("journal.jsonl"), whole).unwrap();
    let out = virtual_run(dir.path(), &with(&["--resume"]));
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
    assert!(said(&out).contains("is complete"), "{}", said(&out));
}
