//! Real runs in real time on an offscreen display, of a task without pictures, for tests of what happens to their folders.
#![allow(dead_code)]

use reframe::ground::record::{Entry, Record};
use reframe::logger::journal::{JOURNAL_FILE, read_journal};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder that another user may use too, with a task of so many trials of half a second in it.
pub fn folder(trials: u32) -> TempDir {
    let dir = TempDir::new().unwrap();
    let task = format!(
        r#"
sequence = ["trials", "end"]
[task]
name = "kept"
[block.trials]
cycles = {trials}
contents = ["cue", "asked"]
[phase.cue]
duration = 0.2
elements = [{{ kind = "fixation" }}]
[phase.asked]
duration = 0.3
elements = [{{ kind = "fixation" }}]
response = {{ keys = ["left", "right"], correct = "left" }}
trial_type = "asked"
[phase.end]
duration = 0.2
[trial_type.asked]
description = "Something is asked"
"#
    );
    fs::write(dir.path().join("task.toml"), task).unwrap();
    open_to_all(dir.path());
    dir
}

#[cfg(unix)]
pub fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
}

#[cfg(not(unix))]
pub fn open_to_all(_path: &Path) {}

/// The binary in a folder, which keeps what it rescues in `state` there.
pub fn reframe(folder: &Path) -> Command {
    within(Command::new(env!("CARGO_BIN_EXE_reframe")), folder)
}

/// The same as another user, where this one may do that.
pub fn reframe_as_nobody(folder: &Path) -> Option<Command> {
    let mut trial = Command::new("setpriv");
    let who = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let binary = env!("CARGO_BIN_EXE_reframe");
    if !trial.args(who).args([binary, "--version"]).output().is_ok_and(|o| o.status.success()) {
        return None;
    }
    let mut command = Command::new("setpriv");
    command.args(who).arg(binary);
    Some(within(command, folder))
}

fn within(mut command: Command, folder: &Path) -> Command {
    command
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("TMPDIR", folder)
        .env("HOME", folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Begins a run into `data`.
pub fn begin(mut command: Command, extra: &[&str]) -> Child {
    command
        .args(["run", "task.toml", "--display", "offscreen", "--participant", "simulated"])
        .args(["--size", "64x64", "--data", "data"])
        .args(extra);
    command.spawn().unwrap()
}

pub fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

pub fn told(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// The first folder below another that holds a journal.
pub fn run_folder(below: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(below).ok()?.filter_map(|e| Some(e.ok()?.path()));
    let mut folders: Vec<PathBuf> = entries.collect();
    folders.sort();
    if folders.iter().any(|p| p.ends_with(JOURNAL_FILE)) {
        return Some(below.into());
    }
    folders.iter().filter(|p| p.is_dir()).find_map(|p| run_folder(p))
}

/// How many lines a journal has at present.
pub fn lines(folder: &Path) -> usize {
    let bytes = fs::read(folder.join(JOURNAL_FILE)).unwrap_or_default();
    bytes.iter().filter(|b| **b == b'\n').count()
}

/// Waits until something is there; fails after two minutes, or when the run has ended.
#[track_caller]
pub fn wait_for<T>(what: &str, run: &mut Child, so: impl Fn() -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(found) = so() {
            return found;
        }
        let ended = run.try_wait().unwrap();
        assert!(ended.is_none(), "the run ended before {what}");
        assert!(Instant::now() < until, "it never came that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until the journal of the run below a folder has so many lines, and gives the run's folder.
#[track_caller]
pub fn wait_for_lines(below: &Path, count: usize, run: &mut Child) -> PathBuf {
    wait_for("it had written enough", run, || {
        run_folder(below).filter(|folder| lines(folder) >= count)
    })
}

/// The entries of a journal that lacks nothing up to its end.
#[track_caller]
pub fn whole(folder: &Path) -> Vec<Entry> {
    let journal = read_journal(&folder.join(JOURNAL_FILE)).unwrap();
    assert_eq!(journal.damages, []);
    let numbers: Vec<u64> = journal.entries.iter().map(|e| e.seq).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let last = &journal.entries.last().unwrap().record;
    assert!(matches!(last, Record::End(end) if end.complete), "{last:?}");
    journal.entries
}

/// All files below a folder with their bytes.
pub fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => todo.push(path),
                false => all.push((path.clone(), fs::read(&path).unwrap())),
            }
        }
    }
    all.sort();
    all
}

/// Says that a test proves nothing here.
pub fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
}
