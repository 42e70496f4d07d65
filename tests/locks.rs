//! Several programs on one dataset, and one that nobody may write.
#![cfg(all(target_os = "linux", feature = "gpu"))]

mod runs_on_disk;

use runs_on_disk::*;
use std::fs;

#[test]
fn of_two_programs_that_begin_the_same_run_at_once_one_runs_and_the_other_names_it() {
    let dir = folder(12);
    let both = [(); 2].map(|()| begin(reframe(dir.path()), &["--sub", "01"]));
    let ids = [both[0].id(), both[1].id()];
    let outs = both.map(|run| run.wait_with_output().unwrap());
    let codes: Vec<_> = outs.iter().map(|o| o.status.code().unwrap()).collect();
    let loser = codes.iter().position(|c| *c == 2).unwrap_or_else(|| panic!("{codes:?}"));
    let winner = 1 - loser;
    assert_eq!(codes[winner], 0, "{}", said(&outs[winner]));
    let text = said(&outs[loser]);
    let named = format!("process {} on this computer", ids[winner]);
    for part in ["sub-01_task-kept_acq-dryrun_run-1 is going on: begun ", &named] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    let person = dir.path().join("data/sourcedata/reframe/sub-01");
    assert_eq!(fs::read_dir(&person).unwrap().count(), 1);
    let folder = run_folder(&person).unwrap();
    whole(&folder);
    assert!(!folder.join("running").exists());
}

#[test]
fn another_run_of_a_person_is_refused_while_one_goes_on_and_one_of_another_person_is_not() {
    let dir = folder(24);
    let mut first = begin(reframe(dir.path()), &["--sub", "01"]);
    wait_for_lines(&dir.path().join("data"), 10, &mut first);
    let out =
        begin(reframe(dir.path()), &["--sub", "01", "--run", "2"]).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
    assert!(said(&out).contains("run-1 is going on"), "{}", said(&out));
    let mut other = begin(reframe(dir.path()), &["--sub", "02"]);
    wait_for_lines(&dir.path().join("data/sourcedata/reframe/sub-02"), 10, &mut other);
    let out = reframe(dir.path()).args(["recover", "data"]).output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    assert_eq!(told(&out).matches("still running").count(), 2, "{}", told(&out));
    assert!(!dir.path().join("data/sub-01").exists(), "a run that goes on was exported");
    let outs = [first, other].map(|run| run.wait_with_output().unwrap());
    assert_eq!(outs[0].status.code(), Some(0), "{}", said(&outs[0]));
    let text = said(&outs[1]);
    assert_eq!(outs[1].status.code(), Some(0), "{text}");
    assert!(text.contains("two runs on one computer"), "{text}");
}

#[test]
fn a_dataset_that_nobody_may_write_is_refused_before_anything_is_shown() {
    let dir = folder(2);
    let data = dir.path().join("data");
    fs::create_dir(&data).unwrap();
    let Some(command) = reframe_as_nobody(dir.path()) else {
        return skip("only root may run a program as another user, whom modes bind");
    };
    let out = begin(command, &["--sub", "01"]).wait_with_output().unwrap();
    let text = said(&out);
    assert_eq!(out.status.code(), Some(2), "{text}");
    assert!(text.contains("cannot use data: ") && text.contains("--data"), "{text}");
    assert!(
        !text.contains("refresh") && !text.contains("offscreen"),
        "a screen was opened: {text}"
    );
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
}
