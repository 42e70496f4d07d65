//! The shell scripts that set a fresh machine up: what they say and do where something is missing.
//! The machine is played by replacing the questions that `scripts/lib.sh` asks it.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};

/// Runs a line of bash after `scripts/lib.sh`.
fn bash(line: &str) -> Output {
    let script = format!("set -euo pipefail; source scripts/lib.sh; {line}");
    Command::new("bash")
        .args(["-c", &script])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("bash is there")
}

fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with a cargo, and a rustc that gives itself out as this version.
fn rust(version: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    for name in ["rustc", "cargo"] {
        let path = dir.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\necho '{name} {version} (abc 2026-01-01)'\n"))
            .unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    dir
}

fn fits(dir: &Path) -> bool {
    bash(&format!("rust_in '{}'", dir.display())).status.success()
}

#[test]
fn missing_packages_are_named_with_the_command_and_present_ones_are_not() {
    let output = bash(
        "has_apt() { true; }; is_root() { false; }; is_installed() { [ \"$1\" = gcc ]; }; \
         need_packages gcc libxi6 xvfb; echo went on",
    );
    let said = talk(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("these packages are missing: libxi6 xvfb"), "{said}");
    assert!(said.contains("sudo apt-get install libxi6 xvfb"), "{said}");
    assert!(!said.contains("gcc") && output.stdout.is_empty(), "{said}");
}

#[test]
fn root_gets_what_is_missing_installed_and_nothing_else() {
    let output = bash(
        "has_apt() { true; }; is_root() { true; }; is_installed() { [ \"$1\" = gcc ]; }; \
         apt_install() { echo \"install $*\"; }; need_packages gcc libxi6; need_packages gcc",
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "install libxi6\n", "{}", talk(&output));
}

#[test]
fn a_rust_that_is_too_old_is_passed_over() {
    for (version, good) in
        [("1.94.1", false), ("1.95.0", true), ("1.100.0", true), ("1.96.0", true)]
    {
        assert_eq!(fits(rust(version).path()), good, "{version}");
    }
    let without_cargo = rust("1.99.0");
    std::fs::remove_file(without_cargo.path().join("cargo")).unwrap();
    assert!(!fits(without_cargo.path()));
}

#[test]
fn no_rust_at_all_ends_with_a_line_that_says_where_to_get_it() {
    let line = "has_apt() { false; }; rust_in() { false; }; need_rust";
    let output = bash(line);
    let said = talk(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("https://rustup.rs") && said.contains("rustup update"), "{said}");
}

#[test]
fn temporary_folders_are_gone_at_the_end_however_it_comes() {
    for end in ["exit 0", "exit 3", "die 'enough'", "kill -TERM $$"] {
        let output = bash(&format!("make_temp here; test -d \"$here\"; echo \"$here\"; {end}"));
        let made = String::from_utf8_lossy(&output.stdout).trim().to_string();
        assert!(made.contains("reframe."), "{end}: {made:?} {}", talk(&output));
        assert!(!Path::new(&made).exists(), "{end} left {made}");
    }
}

#[test]
fn unknown_arguments_of_the_test_script_are_refused() {
    let output = Command::new("scripts/test")
        .arg("--fast")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the script can be run");
    assert_eq!(output.status.code(), Some(1));
    assert!(talk(&output).contains("usage: scripts/test [--quick]"), "{}", talk(&output));
}
