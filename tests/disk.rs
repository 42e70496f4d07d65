//! Disks that fail while a run goes on, with real disks: one that is full, one that hangs, folders that vanish or cannot be
//! written any more. Nothing may be lost, nothing may be late, and the operator is told.
#![cfg(all(target_os = "linux", feature = "gpu"))]

mod runs_on_disk;

use runs_on_disk::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A small disk of its own, which is gone with it.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this user may not mount.
    fn mount(at: &Path) -> Option<SmallDisk> {
        fs::create_dir(at).unwrap();
        let options = ["-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs"];
        let done = Command::new("mount").args(options).arg(at).output();
        done.is_ok_and(|o| o.status.success()).then(|| SmallDisk(at.into()))
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        use std::io::Write;
        let mut file = fs::File::create(self.0.join("another.bin")).unwrap();
        while file.write(&[7; 512]).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn state(folder: &Path) -> PathBuf {
    folder.join("state/reframe/rescued")
}

#[test]
fn a_disk_that_fills_up_sends_every_record_elsewhere_at_once_and_is_recovered_from() {
    let dir = folder(30);
    let Some(disk) = SmallDisk::mount(&dir.path().join("data")) else {
        return skip("only root may mount the small disk of this test");
    };
    let mut run = begin(reframe(dir.path()), &["--sub", "01"]);
    let own = wait_for_lines(&disk.0, 20, &mut run);
    disk.fill();
    let rescued = wait_for_lines(&state(dir.path()), 60, &mut run);
    assert!(lines(&rescued) > lines(&own));
    let out = run.wait_with_output().unwrap();
    let text = said(&out);
    assert_eq!(out.status.code(), Some(5), "{text}");
    for part in ["error: journal: cannot write", "every record is kept in", "DATA AT RISK"] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert!(text.contains(rescued.to_str().unwrap()), "{text}");
    whole(&rescued);
    // With room again, what was rescued comes into the dataset.
    fs::remove_file(disk.0.join("another.bin")).unwrap();
    let out = reframe(dir.path()).args(["recover", "data"]).output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}{}", told(&out), said(&out));
    let events = disk.0.join("sub-01/beh/sub-01_task-kept_acq-dryrun_run-1_events.tsv");
    assert_eq!(fs::read_to_string(events).unwrap().lines().count(), 31);
}

#[test]
fn a_program_that_is_killed_after_its_disk_failed_has_lost_nothing_but_the_last_moment() {
    let dir = folder(60);
    let Some(disk) = SmallDisk::mount(&dir.path().join("data")) else {
        return skip("only root may mount the small disk of this test");
    };
    let mut run = begin(reframe(dir.path()), &["--sub", "01"]);
    wait_for_lines(&disk.0, 20, &mut run);
    disk.fill();
    let rescued = wait_for_lines(&state(dir.path()), 120, &mut run);
    let clock = || reframe::ground::clock::monotonic_now();
    let before = clock();
    run.kill().unwrap();
    run.wait().unwrap();
    let journal = reframe::logger::journal::read_journal(&rescued.join("journal.jsonl")).unwrap();
    assert!(journal.is_sound());
    let last = journal.entries.last().unwrap().t_ns;
    eprintln!("the last record is {:.0} ms older than the kill", (before - last).millis());
    // A phase lasts 300 ms at most, and something is recorded in each.
    assert!((before - last).millis() < 1000.0);
}

#[test]
fn a_dataset_that_is_removed_mid_run_is_rescued_whole() {
    let dir = folder(24);
    let data = dir.path().join("data");
    let mut run = begin(reframe(dir.path()), &["--sub", "01"]);
    wait_for_lines(&data, 20, &mut run);
    fs::remove_dir_all(&data).unwrap();
    let rescued = wait_for_lines(&state(dir.path()), 40, &mut run);
    let out = run.wait_with_output().unwrap();
    let text = said(&out);
    assert_eq!(out.status.code(), Some(5), "{text}");
    assert!(text.contains("was removed or replaced while the run goes on"), "{text}");
    whole(&rescued);
    assert!(rescued.join("plan.json").exists() && !rescued.join("running").exists());
}

/// Holds the first write to a journal (or its sync) after so many for five seconds, once.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
static atomic_int calls;
static void hold(int fd, const char *which) {
    const char *wanted = getenv("HOLD");
    if (!wanted || strcmp(wanted, which)) return;
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(name, path, sizeof path - 1);
    if (n <= 0) return;
    path[n] = 0;
    if (!strstr(path, "/data/") || n < 13 || strcmp(path + n - 13, "journal.jsonl")) return;
    if (atomic_fetch_add(&calls, 1) == 12) {
        FILE *said = fopen(getenv("HELD"), "w");
        fclose(said);
        sleep(5);
    }
}
ssize_t write(int fd, const void *bytes, size_t n) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    hold(fd, "write");
    return real(fd, bytes, n);
}
int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
    hold(fd, "fdatasync");
    return real(fd);
}
"#;

/// Scenes that came late, all scenes, and the median of their delays, in milliseconds.
fn lateness(run: &Path) -> (usize, usize, f64) {
    let text = fs::read_to_string(run.join("frames.tsv")).unwrap();
    let head: Vec<&str> = text.lines().next().unwrap().split('\t').collect();
    let column = |name: &str| head.iter().position(|h| *h == name).unwrap();
    let (late, delay) = (column("late"), column("delay_ns"));
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|l| l.split('\t').collect()).collect();
    let mut delays: Vec<f64> =
        rows.iter().map(|r| r[delay].parse::<f64>().unwrap() / 1e6).collect();
    delays.sort_by(f64::total_cmp);
    (rows.iter().filter(|r| r[late] == "1").count(), rows.len(), delays[delays.len() / 2])
}

#[test]
fn a_journal_that_is_held_for_five_seconds_makes_nothing_late_and_loses_nothing() {
    let dir = folder(24);
    let (source, shim) = (dir.path().join("hold.c"), dir.path().join("hold.so"));
    fs::write(&source, SHIM).unwrap();
    let mut gcc = Command::new("gcc");
    gcc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(&source).arg("-ldl");
    if !gcc.output().is_ok_and(|o| o.status.success()) {
        return skip("no C compiler makes the shim of this test");
    }
    let mut seen = Vec::new();
    for (sub, hold) in [("01", "nothing"), ("02", "write"), ("03", "fdatasync")] {
        let held = dir.path().join(format!("held-{sub}"));
        let mut command = reframe(dir.path());
        command.env("LD_PRELOAD", &shim).env("HOLD", hold).env("HELD", &held);
        let mut run = begin(command, &["--sub", sub]);
        if hold != "nothing" {
            wait_for("the journal was held", &mut run, || held.exists().then_some(()));
            let since = Instant::now();
            let rescued = wait_for_lines(&state(dir.path()), 20, &mut run);
            eprintln!("{hold} held: rescued after {:.1} s", since.elapsed().as_secs_f64());
            assert!(since.elapsed() < Duration::from_millis(4500), "{:?}", since.elapsed());
            assert!(lines(&rescued) > 20);
        }
        let out = run.wait_with_output().unwrap();
        let text = said(&out);
        assert_eq!(out.status.code(), Some(0), "{text}");
        assert_eq!(text.contains("the disk does not answer"), hold != "nothing", "{text}");
        let folder =
            run_folder(&dir.path().join(format!("data/sourcedata/reframe/sub-{sub}"))).unwrap();
        whole(&folder);
        assert!(run_folder(&state(dir.path())).is_none(), "a copy was left behind");
        let late = lateness(&folder);
        eprintln!(
            "{hold} held: {} of {} scenes late, median delay {:.3} ms",
            late.0, late.1, late.2
        );
        seen.push(late);
    }
    // A busy machine makes scenes late by itself; the hold must not add to it.
    let (free, all, _) = seen[0];
    for (late, scenes, _) in &seen[1..] {
        assert_eq!(*scenes, all);
        assert!(*late <= free + all / 10, "{seen:?}");
    }
}

#[test]
fn a_dataset_that_cannot_be_written_any_more_keeps_its_journal_and_says_how_to_export_later() {
    let dir = folder(16);
    let data = dir.path().join("data");
    let Some(command) = reframe_as_nobody(dir.path()) else {
        return skip("only root may run a program as another user, whom modes bind");
    };
    let mut run = begin(command, &["--sub", "01"]);
    let folder = wait_for_lines(&data, 20, &mut run);
    let modes = |mode: &str| {
        let done = Command::new("chmod").args(["-R", mode]).arg(&data).status();
        assert!(done.unwrap().success());
    };
    modes("a-w");
    let out = run.wait_with_output().unwrap();
    let text = said(&out);
    assert_eq!(out.status.code(), Some(5), "{text}");
    for part in ["BIDS files not written", "ermission denied", "reframe recover data"] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert!(!text.contains("DATA AT RISK"), "{text}");
    whole(&folder);
    modes("u+w");
    let out = reframe_as_nobody(dir.path()).unwrap().args(["recover", "data"]).output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}{}", told(&out), said(&out));
    assert!(told(&out).contains("recovered: "), "{}", told(&out));
}
