//! The program under test: started in a window on the test's server, watched through its journal, and held to
//! the proofs that every run must pass.

use super::server::Server;
use super::system::{now, signal};
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Longest a run of these tests takes on a very slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub fn reframe() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    command
}

/// A run that is under way. It is killed if its test gives up.
pub struct Program {
    child: Child,
    folder: TempDir,
    /// The dataset, and the person's folder in it.
    data: PathBuf,
    home: PathBuf,
}

/// What a command line says of an option.
fn told<'a>(extra: &[&'a str], option: &str) -> Option<&'a str> {
    let at = extra.iter().position(|word| *word == option)?;
    extra.get(at + 1).copied()
}

impl Program {
    /// Starts a protocol, in a room where one is given, with what else the command line says.
    pub fn start(server: &Server, protocol: &str, rig: Option<&str>, extra: &[&str]) -> Program {
        let patch = ["--photodiode", "top-left:40"];
        Program::bare(&[("DISPLAY", &server.display)], protocol, rig, &[&patch, extra].concat())
    }

    /// The same without a patch, on the window system that these variables of the environment name.
    pub fn bare(
        window_system: &[(&str, &str)],
        protocol: &str,
        rig: Option<&str>,
        extra: &[&str],
    ) -> Program {
        let mut folder = TempDir::new().unwrap();
        // To look at what a failed test has left behind.
        folder.disable_cleanup(std::env::var_os("REFRAME_KEEP").is_some());
        let at = |name: &str| folder.path().join(name);
        fs::write(at("task.toml"), protocol).unwrap();
        let shipped = format!("{ROOT}/stimuli");
        let data = told(extra, "--data").map_or_else(|| at("data"), PathBuf::from);
        let own = data.to_str().expect("a plain path").to_string();
        let mut command = reframe();
        command.arg("run").arg(at("task.toml"));
        let usual =
            [("--sub", "01"), ("--stimuli", &shipped), ("--data", &own), ("--display", "window")];
        for (name, usual) in usual {
            if told(extra, name).is_none() {
                command.args([name, usual]);
            }
        }
        command
            .envs(window_system.iter().copied())
            .args(["--size", "800x600"])
            .args(extra)
            .stdout(File::create(at("stdout")).unwrap())
            .stderr(File::create(at("stderr")).unwrap());
        if let Some(rig) = rig {
            fs::write(at("room.toml"), rig).unwrap();
            command.arg("--rig").arg(at("room.toml"));
        }
        let sub = told(extra, "--sub").unwrap_or("01");
        let home = data.join("sourcedata/reframe").join(format!("sub-{sub}"));
        Program { child: command.spawn().expect("the binary starts"), folder, data, home }
    }

    /// Sends it a signal.
    pub fn signal(&self, number: i32) {
        signal(self.child.id(), number);
    }

    /// Its number among the processes.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it goes on.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Where its journal is, once there is one.
    pub fn run_folder(&self) -> Option<PathBuf> {
        run_folder(&self.home)
    }

    /// Kills it where it is; gives the instants before and after. It is gone when this returns.
    pub fn kill(&mut self) -> (i64, i64) {
        let before = now();
        self.child.kill().expect("it runs");
        let after = now();
        self.child.wait().expect("it is ours");
        (before, after)
    }

    pub fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }

    /// Waits for the first line of the journal that is wanted.
    #[track_caller]
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let give_up = Instant::now() + PATIENCE;
        while Instant::now() < give_up {
            let ended = self.child.try_wait().unwrap();
            let lines = self.run_folder().map(|f| journal(&f)).unwrap_or_default();
            if let Some(line) = lines.into_iter().find(&wanted) {
                return line;
            }
            assert!(ended.is_none(), "it ended before {what}: {ended:?}\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("no {what} came\n{}", self.said());
    }

    /// Waits until a phase is on the screen, by its number; gives its onset.
    #[track_caller]
    pub fn wait_for_phase(&mut self, phase: u64) -> i64 {
        let line =
            self.wait_for("the onset of a phase", |l| kind(l) == "onset" && l["phase"] == phase);
        number(&line["onset_ns"])
    }

    /// Waits for the end of a run that does not begin; gives its exit code and what it said.
    #[track_caller]
    pub fn refused(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        assert!(self.run_folder().is_none(), "a run folder was made");
        (status.code(), self.said())
    }

    /// Waits for the end, and reads what is left.
    #[track_caller]
    pub fn finish(mut self) -> Finished {
        let give_up = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < give_up, "it does not end\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        };
        let data = self.data.clone();
        let run = self.run_folder().unwrap_or_else(|| panic!("no run folder\n{}", self.said()));
        let journal = journal(&run);
        let said = self.said();
        // A signal that ended it has no code.
        println!("run folder: {}, {status}", run.display());
        let folder = std::mem::replace(&mut self.folder, TempDir::new().unwrap());
        Finished { code: status.code(), said, journal, run, data, _folder: folder }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It fails only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A run that is over.
pub struct Finished {
    pub code: Option<i32>,
    pub said: String,
    pub journal: Vec<Value>,
    pub run: PathBuf,
    pub data: PathBuf,
    _folder: TempDir,
}

impl Finished {
    /// Lines of one kind.
    pub fn lines(&self, wanted: &str) -> Vec<&Value> {
        self.journal.iter().filter(|l| kind(l) == wanted).collect()
    }

    /// Key events that are no auto-repeat: code, whether down, stamp.
    pub fn strokes(&self) -> Vec<(String, bool, i64)> {
        let all = self.lines("response").into_iter().filter(|l| l["repeat"] == false);
        all.map(|l| (text(&l["code"]), l["down"] == true, number(&l["t_ns"]))).collect()
    }

    /// The instant of onset 0.
    pub fn zero(&self) -> i64 {
        number(&self.lines("zero")[0]["t_ns"])
    }

    /// The files of the dataset that have this in their path.
    pub fn files(&self, part: &str) -> Vec<PathBuf> {
        let all = tree(&self.data).into_iter().map(|(path, _)| path);
        all.filter(|p| !p.starts_with("sourcedata/") && p.contains(part))
            .map(|p| self.data.join(p))
            .collect()
    }

    /// Rows of the events file.
    #[track_caller]
    pub fn events(&self) -> Vec<Row> {
        let files = self.files("_events.tsv");
        assert_eq!(files.len(), 1, "one events file\n{}", self.said);
        let text = fs::read_to_string(&files[0]).unwrap();
        let mut lines = text.lines().map(|l| l.split('\t').map(String::from).collect::<Vec<_>>());
        let header = lines.next().expect("a header");
        lines.map(|cells| Row { header: header.clone(), cells }).collect()
    }

    /// What every run must pass: its journal is whole, replays to the same records, and gives the same files.
    #[track_caller]
    pub fn proves_itself(&self) {
        for (i, line) in self.journal.iter().enumerate() {
            assert_eq!(line["seq"], i as u64 + 1, "no line is missing");
        }
        let replayed = done(reframe().arg("replay").arg(&self.run));
        assert!(replayed.contains("replayed to the same records"), "{replayed}");
        let before = tree(&self.data);
        done(reframe().arg("export").arg(&self.data));
        assert!(tree(&self.data) == before, "export in place changes nothing");
        let again = self.data.with_file_name("again");
        done(reframe().arg("export").arg(&self.data).arg("--out").arg(&again));
        let bids = |t: Vec<(String, Vec<u8>)>| -> Vec<_> {
            t.into_iter().filter(|(path, _)| !path.starts_with("sourcedata/")).collect()
        };
        let (old, new) = (bids(before), bids(tree(&again)));
        let names = |t: &[(String, Vec<u8>)]| t.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
        assert_eq!(names(&new), names(&old));
        assert!(new == old, "export makes the same files byte for byte");
    }
}

/// A row of the events file.
pub struct Row {
    header: Vec<String>,
    cells: Vec<String>,
}

impl Row {
    /// A cell as it stands there.
    #[track_caller]
    pub fn cell(&self, column: &str) -> &str {
        let at = self.header.iter().position(|h| h == column);
        &self.cells[at.unwrap_or_else(|| panic!("no column {column}"))]
    }

    /// A number, or none for n/a.
    #[track_caller]
    pub fn value(&self, column: &str) -> Option<f64> {
        match self.cell(column) {
            "n/a" => None,
            cell => Some(cell.parse().expect("a number")),
        }
    }

    /// Nanoseconds, or none for n/a.
    #[track_caller]
    pub fn ns(&self, column: &str) -> Option<i64> {
        self.value(column).map(|s| (s * 1e9).round() as i64)
    }
}

pub fn kind(line: &Value) -> &str {
    line["kind"].as_str().unwrap_or_default()
}

pub fn number(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_string()
}

/// What the program says when it is asked to do something else than a run, which must succeed.
#[track_caller]
pub fn done(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    let said = String::from_utf8_lossy(&stdout).into_owned();
    assert_eq!(status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&stderr));
    said
}

/// The first run folder below a person's.
fn run_folder(home: &Path) -> Option<PathBuf> {
    let mut folders = vec![home.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).ok()?.flatten() {
            let path = entry.path();
            if path.ends_with("journal.jsonl") {
                return Some(folder);
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    None
}

/// The whole lines of a journal; the last may be in the course of being written.
pub fn journal(run: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run.join("journal.jsonl")).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|l| serde_json::from_str(l).expect("a line is JSON")).collect()
}

/// All files below a folder with their bytes, by relative path.
fn tree(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                all.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}
