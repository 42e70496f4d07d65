//! An X server without a screen, one for each test. It can be stopped for a while, as a hanging desktop would be.

use super::system::signal;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// Two live runs at once would disturb one another's times.
static TURN: Mutex<()> = Mutex::new(());

/// Waits for the end of any other live run of this process.
pub fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says loudly what cannot be tested here, and why. On a build server that is a failure.
#[track_caller]
pub fn not_tested(what: &str, why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
    // Not captured by the test runner, unlike eprintln.
    let text = format!("\n!!! NOT TESTED, {what}: {why}\n\n");
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// A running server, 800 x 600. It is killed when it is dropped.
pub struct Server {
    child: Child,
    pub display: String,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Server {
    /// None, and a loud line, where Xvfb is not installed. On a build server that is a failure.
    pub fn start() -> Option<Server> {
        let turn = turn();
        let folder = TempDir::new().unwrap();
        let spawned = Command::new("Xvfb")
            .args(["-screen", "0", "800x600x24", "-displayfd", "1", "-nolisten", "tcp", "-noreset"])
            .arg("-fbdir")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(e) if e.kind() == ErrorKind::NotFound => {
                let said = "Xvfb is not installed (Debian: apt install xvfb)";
                not_tested("live runs in a window", said);
                return None;
            }
            Err(e) => panic!("Xvfb cannot be started: {e}"),
        };
        let mut number = String::new();
        let out = child.stdout.take().expect("it is piped");
        let mut server = Server { child, display: String::new(), folder, _turn: turn };
        BufReader::new(out).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb ended at once");
        server.display = format!(":{}", number.trim());
        Some(server)
    }

    /// Where its screen can be read.
    pub fn frame_buffer(&self) -> PathBuf {
        self.folder.path().join("Xvfb_screen0")
    }

    /// Stops it where it is.
    pub fn stop(&self) {
        signal(self.child.id(), libc::SIGSTOP);
    }

    /// Ends it, as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is ours");
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        signal(self.child.id(), libc::SIGCONT);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It fails only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
