//! A screen that is not fit for a run, and somebody at a terminal that the full screen hides: the question stands in the window
//! too, and a key there answers it.

use super::keys::Keys;
use super::server::{Server, not_tested};
use super::system::now;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const TASK: &str = r#"
sequence = ["cross"]
[task]
name = "asked"
[phase.cross]
duration = 0.5
elements = [{ kind = "fixation" }]
trial_type = "cross"
[trial_type.cross]
description = "A cross"
"#;

/// A run that fills the screen, at a terminal of its own.
fn at_a_terminal(server: &Server, folder: &Path) -> Option<Child> {
    fs::write(folder.join("task.toml"), TASK).unwrap();
    let binary = env!("CARGO_BIN_EXE_reframe");
    let line = format!("{binary} run task.toml --sub 01 --data data");
    let mut command = Command::new("script");
    command
        .args(["-qec", &line, "/dev/null"])
        .current_dir(folder)
        .env("DISPLAY", &server.display)
        .env_remove("WAYLAND_DISPLAY")
        // Nobody types there; closed it would be an answer.
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match command.spawn() {
        Ok(child) => Some(child),
        Err(why) => {
            not_tested("the question on the screen", &format!("no `script` ({why})"));
            None
        }
    }
}

/// Presses a key until the program has ended, and says how.
fn pressing(code: &'static str) -> Option<(Option<i32>, bool)> {
    let server = Server::start()?;
    let mut keys = Keys::connect(&server);
    let folder = tempfile::tempdir().unwrap();
    let mut run = at_a_terminal(&server, folder.path())?;
    let until = Instant::now() + Duration::from_secs(90);
    loop {
        if let Some(status) = run.try_wait().unwrap() {
            let shown = folder.path().join("data/sub-01/beh").exists();
            return Some((status.code(), shown));
        }
        assert!(Instant::now() < until, "it does not end");
        keys.tap(code, now() + 500_000_000, 30);
    }
}

#[test]
fn the_question_whether_a_screen_will_do_is_answered_in_the_window() {
    // Xvfb's screen is paced by a timer.
    let Some(yes) = pressing("KeyY") else { return };
    assert_eq!(yes, (Some(0), true));
    assert_eq!(pressing("KeyN"), Some((Some(3), false)));
}
