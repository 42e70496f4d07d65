//! `reframe recover`, on what real runs leave: killed in the middle, torn at any byte, changed by hand.
#![cfg(all(target_os = "linux", feature = "gpu"))]

mod runs_on_disk;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use runs_on_disk::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

fn recover(folder: &Path, line: &[&str]) -> Output {
    reframe(folder).arg("recover").args(line).output().unwrap()
}

/// A finished run on the virtual clock: its folder, relative to the dataset.
fn finished(folder: &Path) -> PathBuf {
    let out =
        begin(reframe(folder), &["--sub", "01", "--clock", "virtual"]).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    let run = PathBuf::from(told(&out).trim());
    run.strip_prefix("data").unwrap().to_path_buf()
}

/// The run in a new dataset, with another journal.
fn copy(folder: &Path, run: &Path, name: &str, journal: &[u8]) -> PathBuf {
    let to = folder.join(name).join(run);
    fs::create_dir_all(&to).unwrap();
    for file in ["plan.json", "protocol.toml", "rig.toml"] {
        fs::copy(folder.join("data").join(run).join(file), to.join(file)).unwrap();
    }
    fs::write(to.join("journal.jsonl"), journal).unwrap();
    folder.join(name)
}

fn sidecar(data: &Path) -> Option<String> {
    let files = tree(data);
    let found = files.iter().find(|(p, _)| p.to_string_lossy().ends_with("run-1_events.json"))?;
    Some(String::from_utf8(found.1.clone()).unwrap())
}

#[test]
fn a_killed_run_is_listed_recovered_as_incomplete_and_not_touched_again() {
    let dir = folder(40);
    let data = dir.path().join("data");
    let mut run = begin(reframe(dir.path()), &["--sub", "01"]);
    let folder = wait_for_lines(&data, 60, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    let before = tree(dir.path());
    let out = recover(dir.path(), &["data", "--list"]);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    for part in ["sub-01_task-kept_acq-dryrun_run-1", " of 81", "killed", "can be recovered"] {
        assert!(told(&out).contains(part), "{part:?} is missing in:\n{}", told(&out));
    }
    assert!(told(&out).ends_with("to recover 1 of them: reframe recover data\n"), "{}", told(&out));
    assert!(tree(dir.path()) == before, "a list wrote something");
    let out = recover(dir.path(), &["data"]);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    assert!(told(&out).contains("recovered: "), "{}", told(&out));
    assert!(sidecar(&data).unwrap().contains("\"Complete\": false"));
    assert!(folder.join("running").exists(), "the run folder was changed");
    let before = tree(dir.path());
    let out = recover(dir.path(), &["data"]);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    assert!(told(&out).contains("is in the dataset"), "{}", told(&out));
    assert!(tree(dir.path()) == before, "a second time wrote something");
    // The person can go on.
    let out = begin(reframe(dir.path()), &["--sub", "01", "--run", "2", "--clock", "virtual"]);
    let out = out.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
}

#[test]
fn a_run_that_is_torn_at_any_byte_is_recovered_or_has_nothing_to_recover() {
    let dir = folder(6);
    let run = finished(dir.path());
    let journal = fs::read(dir.path().join("data").join(&run).join("journal.jsonl")).unwrap();
    let mut chance = ChaCha8Rng::seed_from_u64(60);
    let first = journal.iter().position(|b| *b == b'\n').unwrap();
    let drawn = (0..60).map(|_| chance.random_range(0..journal.len()));
    // The borders too: nothing, within the first line, at its end, and without the last byte.
    let cuts = drawn.chain([0, first / 2, first, first + 1, journal.len() - 1]);
    let (mut exported, mut nothing) = (0, 0);
    for (i, cut) in cuts.enumerate() {
        let name = format!("cut-{i}");
        let data = copy(dir.path(), &run, &name, &journal[..cut]);
        let out = recover(dir.path(), &[&name]);
        let text = told(&out);
        assert_eq!(out.status.code(), Some(0), "byte {cut}: {text}{}", said(&out));
        assert!(!said(&out).contains("panicked"), "byte {cut}: {}", said(&out));
        match sidecar(&data) {
            // All but the last newline is the whole run.
            Some(sidecar) if cut + 1 == journal.len() => {
                assert!(sidecar.contains("\"Complete\": true"), "{sidecar}");
            }
            Some(sidecar) => {
                assert!(sidecar.contains("\"Complete\": false"), "byte {cut}: {sidecar}");
                assert!(text.contains("recovered: ") && text.contains("killed"), "{text}");
                exported += 1;
            }
            None => {
                let why = text.contains("never began") || text.contains("no screen with a row");
                assert!(text.contains("nothing to export") && why, "byte {cut}: {text}");
                nothing += 1;
            }
        }
        assert_eq!(fs::read(data.join(&run).join("journal.jsonl")).unwrap(), &journal[..cut]);
    }
    eprintln!("{exported} exported as incomplete, {nothing} with nothing to export");
    assert!(exported > 30 && nothing >= 3);
}

#[test]
fn a_changed_line_is_named_and_the_other_runs_go_on() {
    let dir = folder(3);
    let run = finished(dir.path());
    let path = dir.path().join("data").join(&run).join("journal.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    let changed = lines[7].replacen("\"t_ns\":1", "\"t_ns\":2", 1);
    lines[7] = &changed;
    let data = copy(dir.path(), &run, "two", lines.join("\n").as_bytes());
    let other = run.to_str().unwrap().replace("run-1_", "run-2_");
    // The other is a run that was killed, by its name alone another: it does not belong there, and that is said.
    fs::create_dir_all(data.join(&other)).unwrap();
    fs::write(data.join(&other).join("journal.jsonl"), "").unwrap();
    let out = recover(dir.path(), &["two"]);
    assert_eq!(out.status.code(), Some(5), "{}", told(&out));
    for part in
        ["damaged", "NOT RECOVERED", "journal line 8: the checksum does not fit", "never began"]
    {
        assert!(told(&out).contains(part), "{part:?} is missing in:\n{}", told(&out));
    }
    assert!(sidecar(&data).is_none());
}

#[test]
fn a_run_with_an_end_whose_files_are_missing_is_recovered_whole() {
    let dir = folder(3);
    let run = finished(dir.path());
    let out = recover(dir.path(), &["data"]);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    assert!(told(&out).contains("nothing to do"), "{}", told(&out));
    let journal = fs::read(dir.path().join("data").join(&run).join("journal.jsonl")).unwrap();
    let data = copy(dir.path(), &run, "bare", &journal);
    let out = recover(dir.path(), &["bare"]);
    assert!(
        told(&out).contains("complete") && told(&out).contains("recovered: "),
        "{}",
        told(&out)
    );
    assert!(sidecar(&data).unwrap().contains("\"Complete\": true"));
    let out = recover(dir.path(), &["nowhere"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(said(&out).contains("nowhere holds no run folder"), "{}", said(&out));
}
