//! The observer of examples/observer.rs as a process of its own. The test binary starts itself again for it: so it is
//! there, and as new as the tests, whoever builds and runs them.

use super::server::Server;
use std::fs;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

#[path = "../../examples/observer.rs"]
mod observer;

/// Where the new process finds its command line, one argument a line.
const ARGUMENTS: &str = "REFRAME_OBSERVER";

#[test]
#[ignore = "the observer's own process, which other tests start"]
fn observes_in_a_process_of_its_own() {
    let Ok(line) = std::env::var(ARGUMENTS) else { return };
    let args = observer::Args::read(line.lines().map(String::from)).unwrap();
    observer::observe(&args).unwrap();
}

/// It watches. It is killed if its test gives up.
pub struct Outsider {
    child: Child,
    folder: TempDir,
}

impl Outsider {
    /// Watches these spots of a server's screen, and answers the first when it turns white.
    pub fn start(server: &Server, spots: &[(u32, u32)], seed: u64) -> Outsider {
        let mut args = vec!["--seed".into(), seed.to_string()];
        for (x, y) in spots {
            args.extend(["--spot".into(), format!("{x},{y}")]);
        }
        Outsider::told(server, args)
    }

    /// Watches the patch in a corner (spot 0) and the colours of another spot (1), and answers nothing.
    pub fn watching(server: &Server, patch: (u32, u32), coloured: (u32, u32)) -> Outsider {
        let place = |(x, y): (u32, u32)| format!("{x},{y}");
        let args = ["--watch".into(), place(patch), "--colour".into(), place(coloured)];
        Outsider::told(server, args.into())
    }

    fn told(server: &Server, more: Vec<String>) -> Outsider {
        let folder = TempDir::new().unwrap();
        let path = |p: std::path::PathBuf| p.to_str().expect("a plain path").to_string();
        let mut args = vec!["--display".into(), server.display.clone()];
        args.extend(["--fb".into(), path(server.frame_buffer())]);
        args.extend(["--out".into(), path(folder.path().join("seen.csv"))]);
        args.extend(more);
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "outsider::observes_in_a_process_of_its_own"])
            .env(ARGUMENTS, args.join("\n"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the test binary starts once more");
        Outsider { child, folder }
    }

    /// All that it has seen.
    pub fn finish(mut self) -> Vec<Seen> {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success(), "the observer failed");
        let text = fs::read_to_string(self.folder.path().join("seen.csv")).expect("its file");
        text.lines().skip(1).map(Seen::read).collect()
    }
}

impl Drop for Outsider {
    fn drop(&mut self) {
        // It fails only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A change or a stroke, between two stamps.
#[derive(Clone, Debug)]
pub struct Seen {
    pub spot: usize,
    pub what: String,
    pub before: i64,
    pub after: i64,
}

impl Seen {
    fn read(line: &str) -> Seen {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |i: usize| cells[i].parse::<i64>().expect("a number");
        let (spot, what) = (usize::try_from(number(0)).unwrap(), cells[1].to_string());
        Seen { spot, what, before: number(2), after: number(3) }
    }

    /// From one stamp to the other: it is not known better.
    pub fn doubt(&self) -> i64 {
        self.after - self.before
    }

    /// The middle of the two stamps.
    pub fn at(&self) -> i64 {
        self.before + (self.after - self.before) / 2
    }
}
