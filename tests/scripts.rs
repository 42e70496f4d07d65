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

/// A dataset of one task: for each person and visit, the rows below the header.
fn dataset(
    header: &str,
    rows: impl Fn(usize, &str) -> Vec<String>,
    people: usize,
) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for person in 0..people {
        for visit in ["1", "2"] {
            let stem = format!("sub-{person:02}_ses-{visit}_task-made_run-1");
            let folder = dir.path().join(format!("sub-{person:02}/ses-{visit}/beh"));
            std::fs::create_dir_all(&folder).unwrap();
            let text = format!("{header}\n{}\n", rows(person, visit).join("\n"));
            std::fs::write(folder.join(format!("{stem}_events.tsv")), text).unwrap();
        }
    }
    dir
}

fn effects(dataset: &Path, expected: &[&str]) -> (Option<i32>, String) {
    let arguments = expected.iter().flat_map(|e| ["--expect", e]);
    let done = Command::new("scripts/check-effects")
        .arg(dataset)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// Hours of sleep gained with two drugs (Student 1908), whose paired test stands in textbooks:
/// t(9) = 4.0621, p = 0.002833, 95 % interval 0.7001 to 2.4599.
#[test]
#[ignore = "needs the Python packages that scripts/check-bids installs"]
fn the_test_of_ratings_gives_the_figures_of_students_sleep_data() {
    let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    let ratings = |person: usize, visit: &str| {
        let gain = if visit == "1" { first[person] } else { second[person] };
        // Two ratings with that mean, and a screen that was not rated.
        let row = |by: f64| format!("1.0\t1.0\trating\tattend_negative\t{:.4}", gain + by);
        vec![row(-0.5), row(0.5), "9.0\t1.0\trating\tattend_negative\tn/a".into()]
    };
    let made = dataset("onset\tduration\ttrial_type\tcondition\trating", ratings, 10);
    let (code, said) = effects(made.path(), &["visit=1.58"]);
    assert_eq!(code, Some(0), "{said}");
    for part in ["1.58", "t(9) = 4.06", "0.003", "0.70 to 2.46", "expected 1.58: inside"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for (expected, exit) in [("visit=0.6", Some(1)), ("visit=2.4", Some(0)), ("sleep=1", Some(2))] {
        let (code, said) = effects(made.path(), &[expected]);
        assert_eq!(code, exit, "{expected}: {said}");
    }
    // Rated while the picture is shown, the row is the picture's own and says the same.
    let own = |person: usize, visit: &str| {
        let turn = |row: String| row.replacen("rating\tattend_negative", "attend_negative", 1);
        ratings(person, visit).into_iter().map(turn).collect::<Vec<_>>()
    };
    let (_, said) = effects(dataset("onset\tduration\ttrial_type\trating", own, 10).path(), &[]);
    assert!(said.contains("t(9) = 4.06") && said.contains("0.70 to 2.46"), "{said}");
}

/// Twenty of 25 women and ten of 25 men are called female: with half a case more of each and one more in the numbers,
/// d' = z(20.5 / 26) - z(10.5 / 26) = 0.8010 + 0.2434 = 1.0444.
#[test]
#[ignore = "needs the Python packages that scripts/check-bids installs"]
fn what_was_answered_with_buttons_is_counted_as_by_hand() {
    let header =
        "onset\tduration\ttrial_type\texpression\tresponse\tresponse_time\tresponse_kind\taccuracy";
    let rows = |person: usize, visit: &str| {
        let faces = (0..50).map(|n| {
            let female = n < 25;
            let right = if female { n < 20 } else { n >= 35 };
            let says = if female == right { "female" } else { "male" };
            let expression = if n % 5 < 2 { "fearful" } else { "neutral" };
            // Each is 10 ms slower at the second visit, but for the first.
            let slower = if visit == "2" && person > 0 { 0.010 } else { 0.0 };
            let time = 0.600 + slower + n as f64 / 10_000.0;
            format!(
                "{n}.0\t1.0\tface\t{expression}\t{says}\t{time:.6}\tanswer\t{}",
                u8::from(right)
            )
        });
        let others = [
            "60.0\t1.0\tface\tfearful\tfemale\t0.090000\tanticipation\tn/a".to_string(),
            "61.0\t1.0\tface\tneutral\tn/a\tn/a\tmiss\tn/a".into(),
            "62.0\t1.0\trest\tn/a\tn/a\tn/a\tn/a\tn/a".into(),
        ];
        faces.chain(others).collect()
    };
    let made = dataset(header, rows, 4);
    let (code, said) = effects(made.path(), &["rt=0.0075"]);
    assert_eq!(code, Some(0), "{said}");
    let line = |start: &str| {
        let found = said.lines().find(|l| l.trim_start().starts_with(start));
        found.unwrap_or_else(|| panic!("{start}: {said}")).to_string()
    };
    assert!(line("answer").contains("200 (96.2 %)"), "{said}");
    assert!(line("anticipation").contains("4 (1.9 %)") && line("miss").contains("4 (1.9 %)"));
    assert!(line("d' (female").contains("1.044 (0.000)"), "{said}");
    // 35 of 50 are right: 14 of the 20 fearful and 21 of the 30 neutral.
    assert!(line("fearful").contains("0.700") && line("neutral").contains("0.700"), "{said}");
    // Differences of 0, 10, 10 and 10 ms: mean 7.5, SD 5.
    assert!(line("rt ").contains("0.008   0.005") && line("rt ").contains("t(3) = 3.00"), "{said}");
}
