//! Locks that are held, left and looked at.

use super::*;

fn state(folder: &Path) -> RunState {
    states([folder]).remove(0)
}

/// A folder with what another process left in it.
fn left(holder: &Holder) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(RUNNING_FILE), holder.to_json()).unwrap();
    dir
}

fn own() -> Holder {
    Holder::own(MonotonicClock.wall())
}

#[test]
fn a_run_that_goes_on_is_seen_and_one_that_ended_in_order_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(state(dir.path()), RunState::Over);
    let lock = RunLock::take(dir.path()).unwrap();
    let RunState::Running(Some(holder)) = state(dir.path()) else { panic!("not running") };
    assert_eq!(holder.process, std::process::id());
    assert!(holder.words().ends_with("on this computer"), "{}", holder.words());
    assert_eq!(RunLock::take(dir.path()).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    drop(lock);
    assert_eq!(state(dir.path()), RunState::Over);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn what_is_written_names_no_computer_and_no_place() {
    let dir = tempfile::tempdir().unwrap();
    let _lock = RunLock::take(dir.path()).unwrap();
    let text = std::fs::read_to_string(dir.path().join(RUNNING_FILE)).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["process", "process_started", "machine", "boot", "begun"]);
    for file in ["/etc/hostname", "/etc/machine-id", "/proc/sys/kernel/random/boot_id"] {
        let own = std::fs::read_to_string(file).unwrap_or_default();
        assert!(own.trim().is_empty() || !text.contains(own.trim()), "{text}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_is_gone_or_whose_number_came_again_is_stale() {
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    // Not the tick of this process, in which the child may have begun as well.
    let mut holder = Holder { process: child.id(), process_started: Some(1), ..own() };
    let again = left(&holder);
    let RunState::Stale(Some(_)) = state(again.path()) else { panic!("its number came again") };
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let started = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap();
    holder.process_started = started.parse().ok();
    // Nobody holds its lock, as where the file system honours none; but the process is there.
    let alive = left(&holder);
    assert_eq!(state(alive.path()), RunState::Running(Some(holder.clone())));
    child.kill().unwrap();
    // Before its parent has asked for it, too.
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(10));
        if state(alive.path()) == RunState::Stale(Some(holder.clone())) {
            break;
        }
    }
    assert_eq!(state(alive.path()), RunState::Stale(Some(holder.clone())));
    child.wait().unwrap();
    assert_eq!(state(alive.path()), RunState::Stale(Some(holder)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_before_the_last_start_of_this_computer_is_stale() {
    let holder = Holder { boot: Some("0123456789abcdef".into()), ..own() };
    let dir = left(&holder);
    let file = File::options().write(true).open(dir.path().join(RUNNING_FILE)).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000)).unwrap();
    let began = monotonic_now();
    assert_eq!(state(dir.path()), RunState::Stale(Some(holder)));
    assert!(monotonic_now() - began < Nanos::from_secs(4.0), "it is known at once");
}

/// Computers that were copied from one image have one number.
#[cfg(target_os = "linux")]
#[test]
fn the_run_of_a_computer_of_the_same_number_is_told_by_its_heart() {
    let holder = Holder { boot: Some("0123456789abcdef".into()), ..own() };
    let alive = left(&holder);
    let path = alive.path().join(RUNNING_FILE);
    let beats = std::thread::spawn(move || {
        for _ in 0..10 {
            std::thread::sleep(Duration::from_millis(100));
            let file = File::options().write(true).open(&path).unwrap();
            (&file).write_all(b"{").unwrap();
        }
    });
    assert_eq!(state(alive.path()), RunState::Running(Some(holder)));
    beats.join().unwrap();
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_long_file_is_no_run_and_keeps_nobody_waiting() {
    for made in ["mkfifo", "truncate"] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(RUNNING_FILE);
        let mut command = std::process::Command::new(made);
        if made == "truncate" {
            command.args(["--size", "1M"]);
        }
        assert!(command.arg(&path).status().unwrap().success());
        assert_eq!(state(dir.path()), RunState::Stale(None), "{made}");
    }
}

#[test]
fn the_run_of_another_computer_is_told_by_its_heart_alone() {
    let other = |n: &str| Some(format!("0123456789abcde{n}"));
    let holder = Holder { machine: other("0"), boot: other("1"), ..own() };
    let (dead, alive) = (left(&holder), left(&holder));
    let path = alive.path().join(RUNNING_FILE);
    let beats = std::thread::spawn(move || {
        for _ in 0..30 {
            std::thread::sleep(Duration::from_millis(100));
            let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            (&file).write_all(b"{").unwrap();
        }
    });
    let seen = states([dead.path(), alive.path()]);
    assert_eq!(
        seen,
        [RunState::Stale(Some(holder.clone())), RunState::Running(Some(holder.clone()))]
    );
    assert!(holder.words().ends_with("on another computer"));
    beats.join().unwrap();
}

#[test]
fn a_file_that_says_nothing_is_stale() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(RUNNING_FILE), "").unwrap();
    assert_eq!(state(dir.path()), RunState::Stale(None));
}

#[test]
fn a_short_lock_that_is_held_too_long_is_an_error_that_names_its_holder() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".lock");
    let held = ShortLock::take(&path).unwrap();
    assert!(held.excludes());
    let error = ShortLock::take_within(&path, Nanos::from_millis(100)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    let process = format!("process {} on this computer", std::process::id());
    assert!(cfg!(windows) || error.to_string().contains(&process), "{error}");
    drop(held);
    ShortLock::take_within(&path, Nanos::from_millis(100)).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"");
}
