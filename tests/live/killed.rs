//! Runs that are killed without a word, at any instant: what a journal then holds of the keys and the pictures, against those
//! who pressed and saw; and that the data of all of them can still be made.
//!
//!     REFRAME_KILLS=100 cargo test --test live killed:: -- --nocapture        (runs; without it three)

use super::album::{Album, told};
use super::keys::{Dice, Keys, Stroke};
use super::outsider::{Outsider, Seen};
use super::program::{Program, done, journal, kind, number, reframe, text};
use super::resumed::go_on;
use super::server::Server;
use super::spread::Spread;
use super::system::{now, sleep_until, wake_on_time};
use super::{MS, edited, soak};
use reframe::logger::journal::{Damage, read_journal};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SHIPPED: &str = include_str!("../../protocols/reappraisal-block.toml");
/// The middle of a patch of 40 pixels, and a spot where pictures are and scales are not.
const PATCH: (u32, u32) = (20, 20);
const SPOT: (u32, u32) = (400, 200);
/// A press that is older than that must be in the journal, whenever the end comes.
const SAFE: i64 = 250 * MS;
/// A picture that the journal does not tell of was due so near to its last record.
const NEXT: i64 = 500 * MS;
/// After the last flip that was handed over, the server still has it to show.
const AFTERGLOW: i64 = 100 * MS;

fn how_many() -> usize {
    std::env::var("REFRAME_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(3)
}

/// The shipped protocol at a quicker pace, without its practice.
fn quicker() -> String {
    let edits = [
        ("tr = 2.0\nvolumes = 250\n", "tr = 0.5\n"),
        ("[phase.lead_in]\nduration = 10.0", "[phase.lead_in]\nduration = 0.5"),
        ("[phase.cue]\nduration = 4.0", "[phase.cue]\nduration = 0.5"),
        ("[phase.picture]\nduration = 5.0", "[phase.picture]\nduration = 0.7"),
        ("[phase.rating]\nduration = 6.0", "[phase.rating]\nduration = 1.5"),
        ("[phase.rest]\nduration = 10.0", "[phase.rest]\nduration = 0.5"),
    ];
    edited(SHIPPED, &edits)
}

/// Presses keys on a connection and a thread of its own, and says of each press that it was made.
struct Robot {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Keys>,
    presses: Receiver<Stroke>,
}

impl Robot {
    fn start(mut keys: Keys, seed: u64) -> Robot {
        let stop = Arc::new(AtomicBool::new(false));
        let over = stop.clone();
        let (tell, presses) = channel();
        let thread = std::thread::spawn(move || {
            wake_on_time();
            let mut dice = Dice(seed);
            while !over.load(Ordering::Relaxed) {
                let code = ["ArrowLeft", "ArrowRight", "Digit1", "Digit2", "Enter"]
                    [dice.below(5) as usize];
                let at = now() + dice.ms(20, 300);
                sleep_until(at);
                let press = keys.send(code, true);
                // Nobody listens in half of the runs.
                let _ = tell.send(press);
                sleep_until(at + dice.ms(25, 150));
                keys.send(code, false);
            }
            keys
        });
        Robot { stop, thread, presses }
    }

    fn finish(self) -> Vec<Stroke> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("it presses keys").log
    }
}

/// One killed run.
struct Killed {
    /// Just before and just after the signal was sent.
    before: i64,
    after: i64,
    lines: Vec<Value>,
    torn: bool,
    pictures: std::collections::HashMap<i64, String>,
    /// Planned onsets by phase: the segment, and the time in it.
    planned: BTreeMap<i64, (i64, i64)>,
    log: Vec<Stroke>,
    seen: Vec<Seen>,
}

/// Begins a run of this person and kills it: at any instant after the first picture, or right after a press.
fn kill(server: &Server, data: &Path, album: &Album, sub: usize, seed: u64) -> Killed {
    let mut dice = Dice(seed);
    let outsider = Outsider::watching(server, PATCH, SPOT);
    let mut keys = Keys::connect(server);
    let sub = format!("{sub:03}");
    let data = data.to_str().expect("a plain path");
    let extra = [
        ["--sub", &sub],
        ["--data", data],
        ["--stimuli", album.path()],
        ["--trigger", "emulate:0.5"],
    ]
    .concat();
    let extra = [&extra[..], &["--no-practice"]].concat();
    let mut program = Program::start(server, &quicker(), None, &extra);
    // Four pages, the check of the buttons, and one page more.
    let pages = ["Space", "Space", "Space", "Space", "ArrowLeft", "ArrowRight", "Enter", "Space"];
    for (page, code) in pages.into_iter().enumerate() {
        let onset = program.wait_for_phase(page as u64);
        keys.tap(code, onset + 60 * MS, 20);
    }
    let run = program.run_folder().expect("it has begun");
    let pictures = soak::pictures(&run);
    let first = *pictures.keys().min().expect("there are pictures");
    let robot = Robot::start(keys, seed);
    let shown = program.wait_for_phase(first as u64);
    wake_on_time();
    sleep_until(shown + dice.ms(0, 5_500));
    if dice.below(2) == 0 {
        // What was pressed before is of no interest.
        while robot.presses.try_recv().is_ok() {}
        let press = robot.presses.recv_timeout(Duration::from_secs(10)).expect("a press");
        sleep_until(press.after + dice.ms(0, 50));
    }
    let (before, after) = program.kill();
    let log = robot.finish();
    let seen = outsider.finish();
    let told = read_journal(&run.join("journal.jsonl")).expect("the journal is readable");
    let damages: Vec<&Damage> = told.damages.iter().collect();
    assert!(told.is_sound() && damages.len() <= 1, "{damages:?}");
    let lines = journal(&run);
    let entries = told.entries.len();
    // A last line whose newline alone is missing is whole, and read by the program.
    assert!(entries == lines.len() || entries == lines.len() + 1, "{entries} of {}", lines.len());
    for (i, line) in lines.iter().enumerate() {
        assert_eq!(line["seq"], i as u64 + 1, "no line is missing");
    }
    assert!(!lines.iter().any(|l| kind(l) == "end"), "it was killed before its end");
    Killed {
        before,
        after,
        torn: !damages.is_empty(),
        planned: planned(&run),
        lines,
        pictures,
        log,
        seen,
    }
}

/// When each phase was to come, by the plan in a run folder.
fn planned(run: &Path) -> BTreeMap<i64, (i64, i64)> {
    let text = std::fs::read_to_string(run.join("plan.json")).expect("a plan");
    let plan: Value = serde_json::from_str(&text).expect("a plan is JSON");
    let segments = plan["segments"].as_array().expect("a list").iter().enumerate();
    let phases = segments.flat_map(|(s, segment)| {
        let phases = segment["phases"].as_array().expect("a list").iter();
        phases.map(move |p| (number(&p["index"]), (s as i64, number(&p["onset"]))))
    });
    phases.collect()
}

/// How the journal knows of the last picture that was on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    /// It was handed over: so says a `shown` line.
    Shown,
    /// It follows those that were, and was due about when the journal ends.
    Next,
}

impl Killed {
    fn lines(&self, wanted: &str) -> impl DoubleEndedIterator<Item = &Value> {
        self.lines.iter().filter(move |l| kind(l) == wanted)
    }

    /// Nanoseconds from the youngest record to the end. Some lines carry an instant that is yet to come.
    fn youngest(&self) -> i64 {
        let all = self.lines.iter().map(|l| number(&l["t_ns"])).filter(|t| *t <= self.after);
        self.before - all.max().expect("there are lines")
    }

    /// Presses that the journal has not, with their ages at the end. What it has are the first of them, in order.
    #[track_caller]
    fn lost(&self) -> Vec<i64> {
        assert!(self.has_keyboard(), "the window had the keyboard all the time");
        let strokes = self.lines("response").filter(|l| l["repeat"] == false);
        let had: Vec<(String, bool)> =
            strokes.map(|l| (text(&l["code"]), l["down"] == true)).collect();
        for (ours, theirs) in had.iter().zip(&self.log) {
            assert_eq!((ours.0.as_str(), ours.1), (theirs.code, theirs.down));
        }
        assert!(had.len() <= self.log.len(), "keys that nobody pressed");
        let lost = self.log[had.len()..].iter().filter(|s| s.down && s.before < self.before);
        lost.map(|s| self.before - s.after.min(self.before)).collect()
    }

    fn has_keyboard(&self) -> bool {
        self.lines("focus").all(|l| l["gained"] == true)
    }

    /// The last picture that was seen, and how the journal knows of it.
    #[track_caller]
    fn last_picture(&self, album: &Album) -> (Known, String) {
        let before = |s: &&Seen| s.before < self.after + AFTERGLOW;
        let mut colours = self.seen.iter().filter(before).filter_map(told);
        let colour = colours.rfind(|c| album.is_any(*c)).expect("a picture was seen");
        let shown: Vec<i64> = self.lines("shown").map(|l| number(&l["phase"])).collect();
        let last = shown.iter().rev().find_map(|phase| self.pictures.get_key_value(phase));
        if let Some((_, id)) = last
            && album.is(id, colour)
        {
            return (Known::Shown, id.clone());
        }
        let furthest = shown.last().copied().unwrap_or(-1);
        let coming = self.planned.range(furthest + 1..);
        let next = coming.filter_map(|(phase, _)| self.pictures.get_key_value(phase)).next();
        let (phase, id) = next.expect("a picture comes");
        assert!(album.is(id, colour), "{colour:?} is neither {last:?} nor the next, {id}");
        let (segment, onset) = self.planned[phase];
        let began = self.lines("segment").rfind(|l| number(&l["index"]) == segment);
        let due = number(&began.expect("its segment began")["t_ns"]) + onset;
        let end = self.before - self.youngest();
        assert!(
            (due - end).abs() <= NEXT,
            "{id} was due {} ms from the last record",
            (due - end) / MS
        );
        (Known::Next, id.clone())
    }
}

#[test]
fn what_was_pressed_and_shown_is_in_the_journal_of_a_run_that_is_killed() {
    let Some(server) = Server::start() else { return };
    let mut folder = TempDir::new().unwrap();
    folder.disable_cleanup(std::env::var_os("REFRAME_KEEP").is_some());
    let data = folder.path().join("data");
    let album = Album::like(&Path::new(ROOT).join("stimuli/scenes.tsv"), (160, 120));
    let began = now();
    let runs = how_many();
    let mut all = Vec::new();
    for i in 0..runs {
        let killed = kill(&server, &data, &album, i + 1, 100 + i as u64);
        let lost = killed.lost();
        let known = killed.last_picture(&album);
        println!(
            "run {:3}: {} lines{}, youngest record {:.1} ms old, {} presses lost, the oldest {:.1} ms old, last picture {} {:?}",
            i + 1,
            killed.lines.len(),
            if killed.torn { " and a torn one" } else { "" },
            killed.youngest() as f64 / MS as f64,
            lost.len(),
            lost.iter().max().map_or(0.0, |age| *age as f64 / MS as f64),
            known.1,
            known.0
        );
        assert!(lost.iter().all(|age| *age < SAFE), "a press is lost that was old: {lost:?}");
        all.push((killed, lost, known));
    }
    println!(
        "{runs} runs killed in {:.1} s; data: {}",
        (now() - began) as f64 / 1e9,
        data.display()
    );
    Spread::of("age of the youngest record", all.iter().map(|a| a.0.youngest()));
    let oldest: Vec<i64> = all.iter().filter_map(|a| a.1.iter().max().copied()).collect();
    println!("{} of {runs} runs lost a press", oldest.len());
    if !oldest.is_empty() {
        Spread::of("age of the oldest press that was lost", oldest);
    }
    let torn = all.iter().filter(|a| a.0.torn).count();
    let next = all.iter().filter(|a| a.2.0 == Known::Next).count();
    println!(
        "last picture: {} times shown by the journal, {next} times its next; {torn} torn",
        runs - next
    );
    make_data(&data);
    are_incomplete(&data, &all.iter().map(|a| &a.0).collect::<Vec<_>>());
    let task = folder.path().join("task.toml");
    std::fs::write(&task, quicker()).unwrap();
    for (i, (_, _, (_, last))) in all.iter().enumerate() {
        go_on(&data, &task, &album, i + 1, last);
    }
    println!("{runs} runs gone on with: each condition comes as often as planned");
    check_bids(&data);
}

/// Makes the data files of runs that were killed.
#[track_caller]
fn make_data(data: &Path) {
    done(reframe().arg("recover").arg(data));
}

/// Each person has an events file that says that the run is not complete, with a row for each picture of the journal.
#[track_caller]
fn are_incomplete(data: &Path, all: &[&Killed]) {
    for (i, killed) in all.iter().enumerate() {
        let person = data.join(format!("sub-{:03}", i + 1));
        let files = files(&person);
        let one = |end: &str| {
            let mut found = files.iter().filter(|f| f.ends_with(end));
            let path = found.next().unwrap_or_else(|| panic!("no {end} in {}", person.display()));
            assert!(found.next().is_none(), "one {end}");
            std::fs::read_to_string(path).unwrap()
        };
        let sidecar: Value = serde_json::from_str(&one("_events.json")).unwrap();
        assert_eq!(sidecar["StimulusPresentation"]["Run"]["Complete"], false, "run {}", i + 1);
        let onsets: Vec<i64> = killed.lines("onset").map(|l| number(&l["phase"])).collect();
        let pictures = onsets.iter().filter(|phase| killed.pictures.contains_key(phase)).count();
        let table = one("_events.tsv");
        let rows = table.lines().filter(|l| l.contains("scenes/")).count();
        assert_eq!(rows, pictures, "run {}: a row for each picture", i + 1);
    }
}

/// All files below a folder, as text.
pub fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => found.push(path.display().to_string()),
            }
        }
    }
    found
}

/// The validators, where their packages are installed already: scripts/check-bids would fetch them.
#[track_caller]
fn check_bids(data: &Path) {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(std::path::PathBuf::from);
    let home = || Some(std::path::PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let venv = cache.or_else(home).map(|c| c.join("check-bids-venv"));
    if !venv.is_some_and(|v| v.join("bin/hedpy").exists()) {
        println!("not checked by the validators: scripts/check-bids has no packages yet");
        return;
    }
    let output = Command::new(Path::new(ROOT).join("scripts/check-bids")).arg(data).output();
    let output = output.expect("bash is there");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    // A few seconds of a run make a design whose columns look alike: that is said of a model, and not of the files.
    let bad = said.lines().filter(|l| l.contains("BAD ") && !l.contains("BAD design")).count();
    let validated = said.lines().filter(|l| l.contains("bids-validator rc=0 errors=0 warnings=0"));
    let sound = bad == 0
        && validated.count() == 2
        && ["Found 0 issues", " 0 problems", "stats model"].iter().all(|part| said.contains(part));
    assert!(sound, "{said}{}", String::from_utf8_lossy(&output.stderr));
}
