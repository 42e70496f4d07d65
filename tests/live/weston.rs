//! The photodiode protocol under a Wayland compositor without a screen, which reports when it shows what.

use super::photodiode::shorter;
use super::program::{Program, number, text};
use super::server::{not_tested, turn};
use super::spread::Spread;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command};
use std::sync::MutexGuard;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SOCKET: &str = "reframe";
const TRIALS: usize = 10;

/// A running compositor, 800 x 600. It is killed when it is dropped.
struct Weston {
    child: Child,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Weston {
    /// None, and a loud line, where it is not installed. On a build server that is a failure.
    fn start() -> Option<Weston> {
        let turn = turn();
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let log = folder.path().join("log");
        let spawned = Command::new("weston")
            .args(["--backend=headless-backend.so", "--width=800", "--height=600", "--idle-time=0"])
            .arg(format!("--socket={SOCKET}"))
            .env("XDG_RUNTIME_DIR", folder.path())
            .env_remove("WAYLAND_DISPLAY")
            .stdout(File::create(&log).unwrap())
            .stderr(File::options().append(true).open(&log).unwrap())
            .spawn();
        let child = match spawned {
            Ok(child) => child,
            Err(e) if e.kind() == ErrorKind::NotFound => {
                not_tested(
                    "live runs under Wayland",
                    "weston is not installed (Debian: apt install weston)",
                );
                return None;
            }
            Err(e) => panic!("weston cannot be started: {e}"),
        };
        let weston = Weston { child, folder, _turn: turn };
        let give_up = Instant::now() + Duration::from_secs(20);
        while !weston.folder.path().join(SOCKET).exists() {
            let said = || fs::read_to_string(&log).unwrap_or_default();
            assert!(Instant::now() < give_up, "weston does not come up\n{}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(weston)
    }
}

impl Drop for Weston {
    fn drop(&mut self) {
        // It fails only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_photodiode_protocol_runs_to_its_end_under_wayland() {
    let Some(weston) = Weston::start() else { return };
    let runtime = weston.folder.path().to_str().expect("a plain path");
    let place = [("WAYLAND_DISPLAY", SOCKET), ("XDG_RUNTIME_DIR", runtime)];
    let run = Program::bare(&place, &shorter(TRIALS), None, &[]).finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let rows = run.events();
    assert_eq!(rows.len(), TRIALS);
    assert!(rows.iter().all(|row| row.cell("response") == "n/a"), "nobody was at the keys");
    let bases: Vec<String> = run.lines("onset").iter().map(|l| text(&l["basis"])).collect();
    assert!(bases.iter().all(|b| b == "wp-presentation"), "{bases:?}");
    let display = run.lines("display")[0];
    assert_eq!(text(&display["basis"]), "wp-presentation");
    let concerns = display["concerns"].as_array().expect("a list");
    assert!(concerns.iter().any(|c| c == "compositor"), "{concerns:?}");
    // By the compositor's own clock, honoured: scenes come within two frames of their plan and not by hours or half seconds.
    let plan = |l: &&serde_json::Value| number(&l["onset_ns"]) - number(&l["planned_ns"]);
    Spread::of("onsets on weston, told minus planned", run.lines("onset").iter().map(plan))
        .within(17, 34);
    run.proves_itself();
}
