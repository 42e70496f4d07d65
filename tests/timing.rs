//! `reframe timing` without a window: what it refuses, what it writes, and what it does not pretend to know.
#![cfg(feature = "gpu")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn timing(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    command.current_dir(folder).arg("timing").args(args).output().expect("the binary starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn offscreen_figures_are_labelled_and_keys_are_not_measured() {
    let folder = TempDir::new().unwrap();
    let args = ["--display", "offscreen", "--size", "320x240", "--seconds", "5"];
    let done = timing(folder.path(), &[&args[..], &["--json", "a.json"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(text.contains("VIRTUAL DISPLAY") && text.contains("not measured"), "{text}");
    let json = std::fs::read_to_string(folder.path().join("a.json")).unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(json["virtual_display"].as_str().unwrap().contains("drawn into memory"));
    assert_eq!(json["measured"]["keys"]["by_source"], Value::Array(Vec::new()));
    // Named files are all that is asked for.
    assert!(!folder.path().join("timing").exists());

    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/timing.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    for verdict in json["verdicts"].as_array().unwrap() {
        let item = verdict["item"].as_str().unwrap().split(',').next().unwrap();
        assert!(docs.contains(&format!("| {item} |")), "docs/timing.md does not explain {item:?}");
    }
}

#[test]
fn a_file_that_is_there_is_named_before_anything_is_measured() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.svg"), "mine").unwrap();
    // Without a screen, measuring would end with another code.
    let done = timing(folder.path(), &["--display", "window", "--picture", "a.svg"]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert!(said(&done).contains("a.svg is there already"), "{}", said(&done));
    assert_eq!(std::fs::read_to_string(folder.path().join("a.svg")).unwrap(), "mine");
}

#[test]
#[cfg(feature = "window")]
fn without_a_screen_it_says_so_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let done = timing(folder.path(), &["--display", "window"]);
    assert_eq!(done.status.code(), Some(3), "{}", said(&done));
    assert!(done.stdout.is_empty() && said(&done).contains("help:"), "{}", said(&done));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
