//! Event markers of whole runs: the real binary, with a made serial port in the place of an amplifier.
#![cfg(all(target_os = "linux", feature = "gpu"))]
#![allow(unsafe_code)]

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::ptr::null_mut;
use tempfile::TempDir;

const TASK: &str = r#"
sequence = ["trials", "end"]
[task]
name = "marked"
background = "black"
[factor.emotion.fearful]
[factor.emotion.happy]
[block.trials]
each = ["emotion"]
cycles = 3
contents = ["cue", "picture"]
[phase.cue]
duration = 0.2
marker = 10
[phase.picture]
duration = 0.2
trial_type = "picture_{emotion}"
marker = { emotion = { fearful = 11, happy = 12 } }
[phase.end]
duration = 0.2
[trial_type.picture_fearful]
description = "A fearful picture"
[trial_type.picture_happy]
description = "A happy picture"
"#;

/// Three seconds of nothing behind one mark.
const LONG: &str = r#"
sequence = ["show"]
[task]
name = "marked"
[phase.show]
duration = 60
marker = 11
"#;

/// A made serial port: the end that plays the device, the other, which keeps the pair alive, and its path.
fn serial() -> (File, File, String) {
    let (mut near, mut far) = (0, 0);
    // SAFETY: both numbers are writable; the system chooses name and settings. Each descriptor becomes the file's own.
    let (near, far) = unsafe {
        let made = libc::openpty(&mut near, &mut far, null_mut(), null_mut(), null_mut());
        assert_eq!(made, 0);
        (File::from_raw_fd(near), File::from_raw_fd(far))
    };
    let path = fs::read_link(format!("/proc/self/fd/{}", far.as_raw_fd())).unwrap();
    (near, far, path.to_str().unwrap().to_string())
}

/// The next byte, or none where none comes for so long.
fn byte(near: &File, patience_ms: i32) -> Option<u8> {
    let mut asked = libc::pollfd { fd: near.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one valid pollfd.
    if unsafe { libc::poll(&mut asked, 1, patience_ms) } != 1 {
        return None;
    }
    let mut byte = [0];
    (&*near).read_exact(&mut byte).ok()?;
    Some(byte[0])
}

fn rig(port: &str, more: &str) -> String {
    format!("[[marker]]\nto = \"serial:{port}@115200\"\n{more}")
}

fn start(folder: &Path, task: &str, rig: &str, extra: &[&str]) -> Child {
    fs::write(folder.join("task.toml"), task).unwrap();
    fs::write(folder.join("rig.toml"), rig).unwrap();
    Command::new(env!("CARGO_BIN_EXE_reframe"))
        .current_dir(folder)
        .args(["run", "task.toml", "--sub", "01", "--display", "offscreen", "--rig", "rig.toml"])
        .args(["--data", "data", "--size", "64x64"])
        .args(extra)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// A table of the run's folder: its rows by column.
fn table(folder: &Path, name: &str) -> Vec<std::collections::HashMap<String, String>> {
    fn find(folder: &Path, name: &str) -> Option<PathBuf> {
        let entries = fs::read_dir(folder).ok()?.map(|e| e.unwrap().path());
        entries.filter_map(|p| if p.ends_with(name) { Some(p) } else { find(&p, name) }).next()
    }
    let text = fs::read_to_string(find(&folder.join("data"), name).expect("the table")).unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        head.iter().map(|h| h.to_string()).zip(line.split('\t').map(String::from)).collect()
    };
    lines.map(row).collect()
}

#[test]
fn each_phase_of_a_run_is_marked_at_its_flip() {
    let folder = TempDir::new().unwrap();
    let (near, _far, port) = serial();
    let rig = rig(&port, "pulse = 0.005\nstart = 254\nstop = 255\nvolumes = 200\n");
    let out = start(folder.path(), TASK, &rig, &[]).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    let mut bytes: Vec<u8> = std::iter::from_fn(|| byte(&near, 100)).collect();
    bytes.dedup();
    let mut expected = vec![0, 254, 0];
    expected.extend([10, 0, 11, 0, 10, 0, 12, 0].repeat(3));
    expected.extend([255, 0]);
    assert_eq!(bytes, expected);
    let (marks, frames) = (table(folder.path(), "markers.tsv"), table(folder.path(), "frames.tsv"));
    assert_eq!(marks.len(), 14);
    let mut delays = Vec::new();
    for mark in marks.iter().filter(|m| m["ticket"] != "n/a") {
        let frame = frames.iter().find(|f| f["ticket"] == mark["ticket"]).expect("its scene");
        assert_eq!(mark["phase"], frame["phase"]);
        assert_eq!(mark["error"], "n/a");
        let number = |text: &str| text.parse::<i64>().unwrap();
        // A flip that is on time is the one that was aimed at; a busy machine may be late, and then both are.
        let off = number(&mark["before_ns"]) - number(&frame["onset_ns"]);
        assert!(number(&mark["before_ns"]) >= number(&mark["requested_ns"]));
        delays.push(off);
    }
    assert_eq!(delays.len(), 12);
    delays.sort();
    eprintln!("mark minus onset: median {} us, most {} us", delays[6] / 1000, delays[11] / 1000);
    assert!(delays[6].abs() < 2_000_000, "{delays:?}");
}

#[test]
fn a_run_that_is_ended_by_a_signal_leaves_the_lines_at_rest() {
    let folder = TempDir::new().unwrap();
    let (near, _far, port) = serial();
    let run = start(folder.path(), LONG, &rig(&port, "pulse = 0\nstop = 255\n"), &[]);
    assert_eq!(byte(&near, 60_000), Some(0));
    assert_eq!(byte(&near, 60_000), Some(11));
    // SAFETY: a signal to a child that was not waited for yet.
    assert_eq!(unsafe { libc::kill(run.id() as i32, libc::SIGTERM) }, 0);
    let out = run.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(4), "{}", said(&out));
    let rest: Vec<u8> = std::iter::from_fn(|| byte(&near, 100)).collect();
    assert_eq!(rest, [255, 0], "its last mark, and rest");
}

#[test]
fn a_run_without_a_device_that_it_needs_is_refused_before_anything_is_made() {
    let folder = TempDir::new().unwrap();
    let rig = rig("/dev/ttyNOWHERE9", "");
    let out = start(folder.path(), TASK, &rig, &[]).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(3), "{}", said(&out));
    for part in ["serial:/dev/ttyNOWHERE9@115200: it is not there", "required = false"] {
        assert!(said(&out).contains(part), "{part} is missing in:\n{}", said(&out));
    }
    assert!(!folder.path().join("data").join("sourcedata").exists());
}

#[test]
fn a_code_of_the_task_that_the_room_uses_itself_is_refused() {
    let folder = TempDir::new().unwrap();
    let rig = rig("/dev/ttyNOWHERE9", "start = 12\n");
    let out = start(folder.path(), TASK, &rig, &[]).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
    assert!(said(&out).contains("phase \"picture\" sends 12, which is `start`"), "{}", said(&out));
}

#[test]
fn a_run_on_the_virtual_clock_opens_no_device_and_has_its_marks_in_the_journal() {
    let folder = TempDir::new().unwrap();
    let extra = ["--clock", "virtual", "--participant", "simulated"];
    let out = start(folder.path(), TASK, &rig("/dev/ttyNOWHERE9", ""), &extra);
    let out = out.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    let (marks, frames) = (table(folder.path(), "markers.tsv"), table(folder.path(), "frames.tsv"));
    let codes: Vec<&str> = marks.iter().map(|m| m["code"].as_str()).collect();
    assert_eq!(codes, ["10", "11", "10", "12"].repeat(3));
    for mark in &marks {
        assert_eq!((mark["device"].as_str(), mark["delay_ns"].as_str()), ("virtual", "0"));
        let frame = frames.iter().find(|f| f["ticket"] == mark["ticket"]).expect("its scene");
        assert_eq!(mark["before_ns"], frame["onset_ns"]);
    }
}

#[test]
fn the_test_of_a_room_sends_twenty_marks_and_says_how_it_went() {
    let folder = TempDir::new().unwrap();
    let (near, _far, port) = serial();
    fs::write(folder.path().join("rig.toml"), rig(&port, "")).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_reframe"))
        .current_dir(folder.path())
        .args(["markers", "rig.toml"])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    let text = String::from_utf8_lossy(&out.stdout);
    eprintln!("{text}");
    assert!(text.contains(&format!("serial:{port}@115200: 20 of 20 marks written")), "{text}");
    let codes: Vec<u8> = std::iter::from_fn(|| byte(&near, 100)).filter(|b| *b != 0).collect();
    let counting: Vec<u8> = (1..=12).collect();
    assert_eq!(codes, [vec![1, 2, 4, 8, 16, 32, 64, 128], counting].concat());
}
