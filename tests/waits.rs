//! What ends a phase beside the clock, and what answers through several phases: run by the real binary with simulated people,
//! read from its data files, and replayed. A screen that cannot show counted frames is refused by check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const TASK: &str = r#"
sequence = ["armed", "rest", "volumes", "limited", "go", "gap", "stop", "gap", "tail"]

[task]
name = "demo"
tr = 2.0

[phase.armed]
until = "trigger"
when = { place = "scanner" }

# 3.3 s from the first pulse, then on with the volumes of the scanner: the second pulse from there is that of 6 s.
[phase.rest]
duration = 3.3

[phase.volumes]
until = "volume"
volumes = 2
trial_type = "volumes"

# Nobody presses: misses are certain.
[phase.limited]
until = "response"
at_most = 1.5
response = { keys = ["left"], correct = "left" }
trial_type = "limited"

[phase.go]
duration = 0.2
response = { keys = ["left"], correct = "left", window = "gap" }
trial_type = "go"

[phase.stop]
duration = 0.2
response = { keys = ["left"], correct = "none", window = "gap" }
trial_type = "stop"

[phase.gap]
duration = { choose = [1.0, 2.0], total = 3.0 }

[phase.tail]
duration = 2.0

[[mark]]
at = 1.25
trial_type = "breath"

[trial_type.volumes]
description = "Until two volumes have begun"

[trial_type.limited]
description = "At most 1.5 s"

[trial_type.go]
description = "To be answered"

[trial_type.stop]
description = "Not to be answered"

[trial_type.breath]
description = "Breathe in"

[simulate.response]
miss = 1.0
"#;

fn reframe(dir: &Path, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.args(line).current_dir(dir).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.output().expect("the binary starts")
}

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

fn room(task: &str) -> TempDir {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("task.toml"), task).unwrap();
    dir
}

/// The rows of the events file of one simulated run, by column, and the run's folder.
fn events(dir: &Path, place: &str) -> (Vec<Vec<(String, String)>>, PathBuf) {
    let rig = format!("{}/protocols/rigs/scanner-emulated.toml", env!("CARGO_MANIFEST_DIR"));
    let line =
        ["run", "task.toml", "--sub", "01", "--data", place, "--place", place, "--rig", &rig];
    let rest = ["--clock", "virtual", "--participant", "simulated"];
    let out = reframe(dir, &[&line[..], &rest].concat());
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    let folder = dir.join(String::from_utf8_lossy(&out.stdout).trim());
    let mut found = Vec::new();
    let mut left = vec![dir.join(place)];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(next).unwrap().map(|e| e.unwrap().path()) {
            match entry.is_dir() {
                true => left.push(entry),
                false if entry.to_string_lossy().ends_with("_events.tsv") => found.push(entry),
                false => {}
            }
        }
    }
    let text = fs::read_to_string(found.pop().expect("an events file")).unwrap();
    let mut lines = text.lines().map(|l| l.split('\t').map(String::from).collect::<Vec<_>>());
    let head = lines.next().unwrap();
    (lines.map(|cells| head.iter().cloned().zip(cells).collect()).collect(), folder)
}

fn cell<'a>(rows: &'a [Vec<(String, String)>], kind: &str, column: &str) -> &'a str {
    let of = |r: &[(String, String)], c: &str| r.iter().position(|(name, _)| name == c);
    let is = |r: &&Vec<(String, String)>| of(r, "trial_type").is_some_and(|i| r[i].1 == kind);
    let row = rows.iter().find(is).unwrap_or_else(|| panic!("no row {kind}"));
    &row[of(row, column).unwrap_or_else(|| panic!("no column {column}"))].1
}

fn number(rows: &[Vec<(String, String)>], kind: &str, column: &str) -> f64 {
    cell(rows, kind, column).parse().unwrap()
}

#[test]
fn volumes_limits_and_windows_end_phases_where_they_should_and_the_run_replays() {
    let dir = room(TASK);
    let (rows, folder) = events(dir.path(), "scanner");
    // Begins at 3.3 s; the volumes of 4 s and 6 s are waited for.
    assert!((number(&rows, "volumes", "onset") - 3.3).abs() < 0.02, "{rows:?}");
    assert!((number(&rows, "limited", "onset") - 6.0).abs() < 0.03, "{rows:?}");
    let limited = number(&rows, "limited", "duration");
    assert!((1.5..1.54).contains(&limited), "{limited}");
    assert_eq!(cell(&rows, "limited", "response_kind"), "miss");
    assert_eq!(
        (cell(&rows, "go", "response_kind"), cell(&rows, "go", "accuracy")),
        ("miss", "n/a")
    );
    assert_eq!(
        (cell(&rows, "stop", "response_kind"), cell(&rows, "stop", "accuracy")),
        ("withheld", "1")
    );
    assert_eq!(
        (cell(&rows, "breath", "onset"), cell(&rows, "breath", "duration")),
        ("1.250000", "0.000000")
    );
    assert_eq!(cell(&rows, "breath", "onset_basis"), "schedule");
    let plan = fs::read_to_string(folder.join("plan.json")).unwrap();
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let phases =
        plan["segments"].as_array().unwrap().iter().flat_map(|s| s["phases"].as_array().unwrap());
    let phases: Vec<_> = phases.collect();
    // A window through the gap is as long as what is shown and the gap.
    for (i, phase) in
        phases.iter().enumerate().filter(|(_, p)| p["name"] == "go" || p["name"] == "stop")
    {
        let gap = phases[i + 1]["length"]["time"].as_i64().unwrap();
        assert_eq!(phase["response"]["window"].as_i64().unwrap(), 200_000_000 + gap);
    }
    // What began what follows is told as it was: nobody pressed a key.
    let journal = fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    let began =
        |by: &str| journal.lines().filter(|l| l.contains(&format!("\"anchor\":\"{by}\""))).count();
    assert_eq!(
        (began("trigger"), began("volume"), began("limit"), began("response")),
        (1, 1, 1, 0)
    );
    let replayed = reframe(dir.path(), &["replay", folder.to_str().unwrap()]);
    assert_eq!(replayed.status.code(), Some(0), "{}", said(&replayed));
}

#[test]
fn in_the_lab_volumes_are_as_long_as_their_repetition_times() {
    let dir = room(TASK);
    let (rows, _) = events(dir.path(), "lab");
    assert!((number(&rows, "volumes", "duration") - 4.0).abs() < 0.02, "{rows:?}");
}

#[test]
fn counted_frames_that_a_screen_cannot_show_are_refused_with_the_nearest() {
    let task = r#"
sequence = ["face", "mask"]

[task]
name = "masked"

[phase.face]
duration = { frames = 1, at = 60 }
elements = [{ kind = "fixation" }]

[phase.mask]
duration = { frames = 11, at = 60 }
"#;
    let dir = room(task);
    for (hz, refused) in [(60, false), (120, false), (75, true), (144, true)] {
        let rig =
            fs::read_to_string(format!("{}/protocols/rigs/desk.toml", env!("CARGO_MANIFEST_DIR")));
        let rig = rig.unwrap().replace("[screen]", &format!("[screen]\nrefresh = {hz}.0"));
        fs::write(dir.path().join("rig.toml"), &rig).unwrap();
        let out = reframe(dir.path(), &["check", "task.toml", "--rig", "rig.toml"]);
        let text = said(&out);
        assert_eq!(out.status.code(), Some(if refused { 2 } else { 0 }), "{hz}: {rig}\n{text}");
        if hz == 75 {
            assert!(text.contains("1 frame (13.33 ms) and 2 frames (26.67 ms)"), "{text}");
        }
        if hz == 144 {
            assert!(text.contains("2 frames (13.89 ms) and 3 frames (20.83 ms)"), "{text}");
        }
    }
}

#[test]
fn a_pulse_that_was_lost_before_a_phase_began_is_none_that_it_waits_for() {
    use reframe::ground::diagnostic::Source;
    use reframe::ground::event::Presented;
    use reframe::ground::record::{Basis, Place, Record};
    use reframe::ground::time::Nanos;
    use reframe::plan::schema::{VolumeSetup, Who};
    use reframe::runner::Runner;
    use reframe::runner::io::{Input, Output};
    let at = Nanos::from_secs;
    let text = TASK.replace("duration = 3.3", "duration = 4.3");
    let source = Source { path: "task.toml".into(), text };
    let protocol = reframe::protocol::parse::parse(&source).unwrap().protocol;
    let who = Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation: 0,
        visit: 0,
        seed: 1,
        place: Place::Scanner,
        language: "en".into(),
    };
    let volumes = VolumeSetup {
        tr: at(2.0),
        expected: None,
        dummies: 0,
        dummies_pulse: false,
        dummies_stored: false,
        pulses: Default::default(),
    };
    let plan = reframe::plan::compile::compile(&protocol, None, &who, volumes, 60.0).unwrap();
    let mut runner = Runner::new(plan.into(), Nanos::period(60.0), None);
    let mut began = Vec::new();
    let mut feed = |runner: &mut Runner, input: Input| {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            runner.handle(input);
            while let Some(output) = runner.poll() {
                match output {
                    Output::Show(s) if s.report => {
                        let (ticket, frame) = (s.ticket, s.ticket);
                        inputs.push(Input::Shown { stamp: Nanos::ZERO, ticket, frame });
                    }
                    Output::Log { t, record: Record::Segment { anchor, .. } } => {
                        began.push((anchor, t))
                    }
                    _ => {}
                }
            }
        }
    };
    feed(&mut runner, Input::Deadline { at: Nanos::ZERO });
    let report = |ticket, onset| {
        let (flip, basis, frame) = (onset, Basis::Virtual, ticket);
        Input::Presented(Presented {
            ticket,
            onset,
            flip,
            basis,
            frame,
            skipped: None,
            marked: false,
            lacks: Vec::new(),
        })
    };
    feed(&mut runner, report(1, at(0.12)));
    let pulse = |s: f64| Input::Pulse { stamp: at(s), source: "key".into() };
    // The anchor is at 1 s, the phase that waits is due at 5.3 s. The pulse of 5 s is lost.
    for s in [1.0, 3.0] {
        feed(&mut runner, pulse(s));
    }
    feed(&mut runner, Input::Deadline { at: at(5.2) });
    feed(&mut runner, pulse(7.0));
    feed(&mut runner, pulse(9.0));
    let volume: Vec<Nanos> =
        began.iter().filter(|(by, _)| by == "volume").map(|(_, t)| *t).collect();
    assert_eq!(volume, [at(9.0)], "{began:?}");
}
