//! The real binary, given one task in two languages, with and without its practice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const TASK: &str = r#"
sequence = ["training", "trials"]
[task]
name = "greet"
instructions = "{hello}"
[words.hello]
en = "Hello"
de = "Hallo"
[block.training]
practice = true
contents = ["greeting", "page"]
[block.trials]
cycles = 3
contents = ["greeting"]
[phase.page]
until = "response"
again = ["left"]
elements = [{ kind = "text", text = "{hello}?" }]
[phase.greeting]
duration = 0.5
elements = [{ kind = "text", text = "{hello}!" }, { kind = "scale", scale = "mood", y = "-20%" }]
trial_type = "greeting"
[scale.mood]
kind = "likert"
points = 5
higher_means = "better"
continuous = true
[trial_type.greeting]
description = "A greeting"
"#;

fn reframe(folder: &Path, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.args(line).current_dir(folder).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.output().expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn done(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    text(&out.stdout)
}

/// The plan of a simulated run.
fn plan(folder: &Path, extra: &[&str]) -> String {
    let mut line = vec!["run", "task.toml", "--sub", "01", "--place", "lab", "--data", "data"];
    line.extend(["--participant", "simulated", "--clock", "virtual"]);
    line.extend(extra);
    let run = PathBuf::from(done(&reframe(folder, &line)).trim());
    fs::read_to_string(folder.join(run).join("plan.json")).expect("a plan")
}

#[test]
fn a_language_is_chosen_and_practice_left_out_in_one_dataset() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("task.toml"), TASK).unwrap();
    let whole = plan(temp.path(), &[]);
    let german = plan(temp.path(), &["--run", "2", "--lang", "de", "--no-practice"]);
    assert!(whole.contains("\"Hello!\"") && whole.contains("\"practice\": true"));
    assert!(german.contains("\"Hallo!\"") && german.contains("\"language\": \"de\""));
    assert!(!german.contains("Hello") && !german.contains("\"practice\": true"), "{german}");
}

#[test]
fn a_language_that_the_task_lacks_is_refused_with_those_that_it_has() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("task.toml"), TASK).unwrap();
    for line in [
        &["check", "task.toml", "--lang", "fr"][..],
        &["run", "task.toml", "--sub", "1", "--lang", "fr", "--display", "window"],
        &["simulate", "task.toml", "--data", "data", "--lang", "fr"],
    ] {
        let out = reframe(temp.path(), line);
        let said = text(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(said.contains("\"fr\"") && said.contains("en, de"), "{said}");
    }
    assert!(!temp.path().join("data").exists());
}

#[test]
fn a_check_lists_languages_practice_and_scales() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("task.toml"), TASK).unwrap();
    let said = done(&reframe(temp.path(), &["check", "task.toml", "--place", "lab"]));
    for part in [
        "Languages: en, de; told here in en",
        "Practice: 2 phases, 1 of them until a key; begun anew with left",
        "Scale mood: Likert scale, 5 points, 1 to 5, higher is better; rated while other things are shown",
        "Timed part: 1.500 s",
    ] {
        assert!(said.contains(part), "{part:?} is missing in:\n{said}");
    }
}
