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

/// A fall-back folder of this program's making, for a run folder in some place.
fn rescued(folder: &Path, run: &Path, origin: Option<&Path>, journal: &[u8]) -> PathBuf {
    let to = folder.join("state/reframe/rescued").join(run.file_name().unwrap());
    fs::create_dir_all(&to).unwrap();
    for file in ["plan.json", "protocol.toml", "rig.toml"] {
        fs::copy(folder.join("data").join(run).join(file), to.join(file)).unwrap();
    }
    if let Some(origin) = origin {
        fs::write(to.join("run-folder.txt"), format!("{}\n", origin.join(run).display())).unwrap();
    }
    fs::write(to.join("journal.jsonl"), journal).unwrap();
    to
}

#[test]
fn what_was_rescued_is_found_for_a_dataset_that_has_moved_and_never_passed_over_in_silence() {
    let dir = folder(3);
    let run = finished(dir.path());
    let whole = fs::read(dir.path().join("data").join(&run).join("journal.jsonl")).unwrap();
    let half = &whole[..whole.len() / 2];
    let list = |data: &str| {
        let out = recover(dir.path(), &[data, "--list"]);
        assert_eq!(out.status.code(), Some(0), "{}", said(&out));
        format!("{}{}", told(&out), said(&out))
    };
    // The disk was known by another name when the run was shown; the dataset on it has a part of the journal.
    let moved = copy(dir.path(), &run, "moved", half);
    let folder = rescued(dir.path(), &run, Some(Path::new("/old/disk/data")), &whole);
    assert!(
        list("moved").contains(&format!("rescued to {}", folder.display())),
        "{}",
        list("moved")
    );
    // A run that is not in the dataset may be anybody's.
    fs::remove_dir_all(moved.join(&run)).unwrap();
    let other = copy(dir.path(), &run, "other", half).join(&run);
    fs::rename(&other, other.to_string_lossy().replace("run-1", "run-2")).unwrap();
    let text = list("other");
    assert!(text.contains("/old/disk/data, which is not there"), "{text}");
    // A dataset that is there is named, and its own run is not another's.
    let journal = dir.path().join("data").join(&run).join("journal.jsonl");
    fs::write(&journal, half).unwrap();
    rescued(dir.path(), &run, Some(&dir.path().join("data")), &whole);
    copy(dir.path(), &run, "moved", half);
    let text = list("moved");
    assert!(text.contains("data: recover that dataset too"), "{text}");
    assert!(!text.contains("rescued to"), "{text}");
    // Once it is back, nobody need hear of it.
    fs::write(&journal, &whole).unwrap();
    let text = list("moved");
    assert!(!text.contains("recover that dataset"), "{text}");
    fs::remove_file(folder.join("run-folder.txt")).unwrap();
    let text = list("other");
    assert!(text.contains("does not say of which dataset"), "{text}");
    let out = reframe(dir.path()).arg("export").arg(&folder).args(["--out", "saved"]).output();
    assert_eq!(out.unwrap().status.code(), Some(0));
    assert!(sidecar(&dir.path().join("saved")).unwrap().contains("\"Complete\": true"));
}

#[test]
fn what_was_rescued_comes_back_and_nothing_is_made_of_a_part_before() {
    let dir = folder(3);
    let run = finished(dir.path());
    let data = dir.path().join("data");
    let journal = data.join(&run).join("journal.jsonl");
    let whole = fs::read(&journal).unwrap();
    let half = whole[..whole.len() / 2].to_vec();
    // As a disk that failed leaves it: a part of the journal, and none of the BIDS files.
    fs::write(&journal, &half).unwrap();
    fs::remove_dir_all(data.join("sub-01")).unwrap();
    let kept = rescued(dir.path(), &run, Some(&data), &whole);
    for line in [&["export", "data"][..], &["export", "data", "--share", "given"]] {
        let out = reframe(dir.path()).args(line).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{}", said(&out));
        assert!(said(&out).contains("bring it back first: reframe recover "), "{}", said(&out));
    }
    assert!(!data.join("sub-01").exists() && !dir.path().join("given").exists());
    // Without its name too: what was rescued needs help wherever it is.
    for line in [&[][..], &["--data", "data"]] {
        let out = recover(dir.path(), line);
        assert_eq!(out.status.code(), Some(0), "{}{}", told(&out), said(&out));
        let back = told(&out).contains("that folder may be removed");
        assert!(back || told(&out).contains("nothing to do"), "{}", told(&out));
    }
    assert_eq!(fs::read(&journal).unwrap(), whole);
    assert_eq!(fs::read(journal.with_file_name("journal-cut-off.jsonl")).unwrap(), half);
    assert!(sidecar(&data).unwrap().contains("\"Complete\": true"));
    fs::remove_dir_all(kept).unwrap();
    for line in [&["export", "data"][..], &["export", "data", "--share", "given"]] {
        let out = reframe(dir.path()).args(line).output().unwrap();
        assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    }
}

#[test]
fn a_dataset_that_is_half_written_is_written_to_its_end() {
    let dir = folder(3);
    let run = finished(dir.path());
    let data = dir.path().join("data");
    let files = |data: &Path| -> Vec<PathBuf> {
        let all = tree(data).into_iter().map(|(path, _)| path);
        all.filter(|p| !p.starts_with(data.join("sourcedata"))).collect()
    };
    let whole = files(&data);
    let events = whole.iter().find(|p| p.to_string_lossy().ends_with("_events.tsv")).unwrap();
    // Wherever a program is killed while it writes, the events file is not there yet.
    for file in whole.iter().filter(|p| p.extension().is_some_and(|e| e == "json")) {
        fs::remove_file(file).unwrap();
        let cut_short = !file.to_string_lossy().ends_with("_events.json");
        if cut_short {
            fs::remove_file(events).unwrap();
        }
        let out = recover(dir.path(), &["data"]);
        assert_eq!(out.status.code(), Some(0), "{}", said(&out));
        assert!(told(&out).contains("recovered: "), "{}: {}", file.display(), told(&out));
        assert_eq!(files(&data), whole);
    }
    assert!(told(&recover(dir.path(), &["data"])).contains("nothing to do"));
    assert!(data.join(run).exists());
}

/// What lies among the temporary files of all users is none of anybody's run, and stops nobody.
#[test]
fn leftovers_of_another_user_stop_nobody() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(1);
    let Some(command) = reframe_as_nobody(dir.path()) else {
        return skip("only root may be another user");
    };
    for name in ["reframe-rescued", "reframe-rescued-65534"] {
        let place = dir.path().join(name);
        fs::create_dir(&place).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let out = begin(command, &["--sub", "01", "--clock", "virtual"]).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
}

#[test]
fn two_who_recover_one_dataset_at_once_write_it_once() {
    let dir = folder(3);
    let run = finished(dir.path());
    let journal = fs::read(dir.path().join("data").join(&run).join("journal.jsonl")).unwrap();
    let data = copy(dir.path(), &run, "bare", &journal);
    let both: Vec<_> = (0..2)
        .map(|_| reframe(dir.path()).args(["recover", "bare"]).spawn().unwrap())
        .collect::<Vec<_>>()
        .into_iter()
        .map(|child| child.wait_with_output().unwrap())
        .collect();
    for out in &both {
        assert_eq!(out.status.code(), Some(0), "{}", said(out));
    }
    assert!(sidecar(&data).unwrap().contains("\"Complete\": true"));
    let alone = copy(dir.path(), &run, "alone", &journal);
    assert_eq!(recover(dir.path(), &["alone"]).status.code(), Some(0));
    let files = |data: &Path| -> Vec<_> {
        let own =
            tree(data).into_iter().map(|(p, b)| (p.strip_prefix(data).unwrap().to_owned(), b));
        own.filter(|(p, _)| !p.ends_with("dataset_description.json")).collect()
    };
    assert!(files(&data) == files(&alone), "two at once wrote other files than one");
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
