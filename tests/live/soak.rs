//! A run of any length at real speed, as a scanner day would have it: blocks of pictures, cues, ratings, faces and very short
//! phases, keys all the time, far more pictures than there is room for. An outsider sees the screen; each ten seconds it is
//! written down what the program holds. Nothing may grow, and nothing may come late without being said to.
//!
//!     REFRAME_SOAK=90 cargo test --test live soak:: -- --nocapture        (minutes; without it some twenty seconds)

use super::album::{Album, told};
use super::gauge::{Gauge, Growth, Held};
use super::keys::{Dice, Keys};
use super::outsider::{Outsider, Seen};
use super::program::{Finished, Program, kind, number};
use super::server::Server;
use super::spread::Spread;
use super::system::{now, wake_on_time};
use super::{MS, edited};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

const TASK: &str = include_str!("soak.toml");
/// The middle of a patch of 40 pixels, and a spot where pictures are and scales are not.
const PATCH: (u32, u32) = (20, 20);
const SPOT: (u32, u32) = (400, 200);
/// How long two blocks last, in seconds, by the protocol.
const CYCLE_S: f64 = 40.0;
/// A frame at 60 Hz.
const FRAME: i64 = 16_666_667;
/// What is read of the memory each so often, in nanoseconds.
const EVERY: i64 = 10_000 * MS;
/// Memory is settled after so many minutes; from there it may grow by so much (kB).
const SETTLED_MIN: f64 = 5.0;
const GROWS_BY: i64 = 5 * 1024;
/// Before that it may grow by some pictures that are decoded, on their way to the card, and not drawn any more.
const WARMS_BY: i64 = 32 * 1024;

/// How long, in minutes; none where a short form is enough.
fn minutes() -> Option<f64> {
    let text = std::env::var("REFRAME_SOAK").ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("REFRAME_SOAK is minutes, and not {text:?}")))
}

/// Pictures of 3 MB, of which a pool in memory holds 32, and faces.
fn album(scenes: usize) -> Album {
    let row = |kind: &str, i: usize| {
        let id = format!("{kind}_{i:03}");
        let sex = if i.is_multiple_of(2) { "female" } else { "male" };
        vec![id.clone(), format!("{id}.png"), kind.to_string(), sex.to_string()]
    };
    let faces = (0..24).map(|i| row("face", i));
    let rows: Vec<_> = (0..scenes).map(|i| row("scene", i)).chain(faces).collect();
    Album::new("soak.tsv", "id\tfile\tkind\tsex", &rows, (1024, 768))
}

/// So many cycles of two blocks; one of half as much where there are none.
fn protocol(cycles: usize) -> String {
    if cycles == 0 {
        let edits = [
            ("cycles = 4", "cycles = 2"),
            ("cycles = 6", "cycles = 3"),
            ("cycles = 8", "cycles = 4"),
            ("duration = 4.0", "duration = 2.0"),
        ];
        return edited(TASK, &edits);
    }
    edited(TASK, &[("cycles = 1\norder", &format!("cycles = {cycles}\norder"))])
}

/// Somebody who presses keys at random until told to stop, and logs them.
struct Robot {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Keys>,
}

impl Robot {
    fn start(mut keys: Keys, seed: u64) -> Robot {
        let stop = Arc::new(AtomicBool::new(false));
        let over = stop.clone();
        let thread = std::thread::spawn(move || {
            wake_on_time();
            let mut dice = Dice(seed);
            while !over.load(Ordering::Relaxed) {
                let code = ["ArrowLeft", "ArrowRight", "Digit1", "Digit2", "Enter"]
                    [dice.below(5) as usize];
                let held = if dice.below(6) == 0 { dice.below(1_200) } else { dice.below(100) };
                keys.tap(code, now() + dice.ms(150, 900), 25 + held as i64);
            }
            keys
        });
        Robot { stop, thread }
    }

    fn finish(self) -> Keys {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("it presses keys")
    }
}

#[test]
fn nothing_grows_and_nothing_is_late_in_secret_however_long_a_run_is() {
    let Some(server) = Server::start() else { return };
    let long = minutes();
    let cycles = long.map_or(0, |m| (m * 60.0 / CYCLE_S).ceil() as usize);
    let album = album(if long.is_some() { 150 } else { 12 });
    let outsider = Outsider::watching(&server, PATCH, SPOT);
    let keys = Keys::connect(&server);
    let extra = ["--trigger", "emulate", "--stimuli", album.path()];
    let mut program = Program::start(&server, &protocol(cycles), None, &extra);
    let table = format!("soak-{}.tsv", std::process::id());
    let table = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(table);
    let mut gauge = Gauge::new(program.id(), &server, &table);
    program.wait_for("the first scene of the scan", |l| kind(l) == "zero");
    println!("{cycles} cycles; what is held: {}", table.display());
    let robot = Robot::start(keys, 11);
    watch(&mut program, &mut gauge, if long.is_some() { EVERY } else { EVERY / 10 });
    let run = program.finish();
    let keys = robot.finish();
    let seen = outsider.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let end = run.journal.last().unwrap();
    assert_eq!((kind(end), &end["complete"]), ("end", &true.into()), "{}", run.said);
    one_onset_each(&run);
    no_key_is_lost(&run, &keys);
    as_it_was_seen(&run, &seen, long.is_some());
    the_right_pictures(&run, &seen, &album);
    nothing_grew(&gauge, long);
    run.proves_itself();
}

/// Reads what is held, until the run is over.
fn watch(program: &mut Program, gauge: &mut Gauge, every: i64) {
    let began = now();
    let run = program.run_folder();
    let mut due = began;
    while program.is_running() {
        if now() >= due {
            gauge.read((now() - began) as f64 / 1e9, run.as_deref());
            due += every;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Each scene that was handed over has an onset, and each onset such a scene.
#[track_caller]
fn one_onset_each(run: &Finished) {
    let tickets = |kind| -> Vec<i64> {
        let mut all: Vec<i64> = run.lines(kind).iter().map(|l| number(&l["ticket"])).collect();
        all.sort_unstable();
        all
    };
    let (shown, onsets) = (tickets("shown"), tickets("onset"));
    assert_eq!(shown, (1..=shown.len() as i64).collect::<Vec<_>>(), "each was handed over once");
    assert_eq!(onsets, shown, "one onset each");
    println!("{} scenes, each with one onset", onsets.len());
}

/// What was pressed while the run was there stands in it, in order. The last may have come when it was over.
#[track_caller]
fn no_key_is_lost(run: &Finished, keys: &Keys) {
    let had = run.strokes();
    let over = number(&run.journal.last().expect("a line")["t_ns"]);
    let sent = keys.log.iter().filter(|s| s.after < over - 20 * MS).count();
    assert!(had.len() >= sent, "{} of {sent} keys are in the journal", had.len());
    let pairs = had.iter().zip(&keys.log);
    let off = pairs.map(|(ours, theirs)| {
        assert_eq!((ours.0.as_str(), ours.1), (theirs.code, theirs.down));
        ours.2 - theirs.at()
    });
    Spread::of("key stamps, logged minus injected", off);
}

/// A change of the patch that the journal tells of, with what was seen of it.
struct Told<'a> {
    line: &'a Value,
    /// The same scene was due at once: it has no plan.
    at_once: bool,
    seen: Option<&'a Seen>,
}

/// Each change of the patch in the journal with the nearest of its kind that was seen, each of these once.
fn matched<'a>(onsets: &[&'a Value], seen: &'a [Seen]) -> (Vec<Told<'a>>, usize) {
    /// Longer than anything is late, shorter than from one flash to the next.
    const NEAR: i64 = 40 * MS;
    let mut left: HashMap<bool, std::collections::VecDeque<&Seen>> = HashMap::new();
    for s in seen.iter().filter(|s| s.spot == 0) {
        left.entry(s.what == "white").or_default().push_back(s);
    }
    let (mut all, mut strange, mut was) = (Vec::new(), 0, false);
    for (i, line) in onsets.iter().enumerate() {
        let white = line["marked"] == true;
        if std::mem::replace(&mut was, white) == white {
            continue;
        }
        let onset = number(&line["onset_ns"]);
        let queue = left.entry(white).or_default();
        while queue.front().is_some_and(|s| s.at() < onset - NEAR) {
            queue.pop_front();
            strange += 1;
        }
        let seen = queue.front().is_some_and(|s| s.at() <= onset + NEAR);
        let seen = if seen { queue.pop_front() } else { None };
        all.push(Told { line, at_once: i < 2, seen });
    }
    (all, strange + left.values().map(std::collections::VecDeque::len).sum::<usize>())
}

/// No onset was seen later than it is told, and none late against its plan that is not called late.
#[track_caller]
fn as_it_was_seen(run: &Finished, seen: &[Seen], strict: bool) {
    let onsets = run.lines("onset");
    let (all, strange) = matched(&onsets, seen);
    let unseen: Vec<_> = all.iter().filter(|t| t.seen.is_none()).map(|t| t.line).collect();
    let (mut secret, mut before, mut unflagged) = (Vec::new(), 0, Vec::new());
    for t in &all {
        let Some(seen) = t.seen else { continue };
        let onset = number(&t.line["onset_ns"]);
        // It is known to lie between two looks: what is surely later counts.
        if seen.before > onset + FRAME / 2 + MS {
            secret.push((seen, t.line));
        }
        before += usize::from(seen.after < onset - FRAME / 2 - MS);
        let plan = number(&t.line["planned_ns"]);
        // As docs/journal.md has it: more than a frame and 1 ms; and 1 ms for what an onset and a look may differ by.
        let late = seen.before > plan + FRAME + 2 * MS;
        if late && !t.at_once && t.line["late"] != true {
            unflagged.push((seen, t.line));
        }
    }
    let sure = all.iter().filter_map(|t| t.seen).filter(|s| s.doubt() < MS).count();
    let late = onsets.iter().filter(|l| l["late"] == true).count();
    println!(
        "{} changes of the patch, {sure} seen to the millisecond; {late} of {} onsets are called late; {} were not seen, \
         {strange} are told by no line, {before} were seen well before they are told",
        all.len(),
        onsets.len(),
        unseen.len(),
    );
    let off = all.iter().filter_map(|t| Some(number(&t.line["onset_ns"]) - t.seen?.at()));
    Spread::of("onsets, told minus seen", off).within(4, 8);
    let plan = all.iter().filter(|t| !t.at_once);
    let off = plan.filter_map(|t| Some(t.seen?.at() - number(&t.line["planned_ns"])));
    Spread::of("onsets, seen minus planned", off);
    println!("unreported misses: {} of the onset, {} of the plan", secret.len(), unflagged.len());
    assert!(secret.is_empty(), "seen later than it is told: {secret:?}");
    assert!(unflagged.is_empty(), "late, and not called so: {unflagged:?}");
    // An observer that a busy build server keeps from looking for a moment misses what is short.
    let may = if strict { 0 } else { all.len() / 50 };
    assert!(unseen.len() <= may, "not seen: {unseen:?}");
    assert!(strange <= may, "{strange} changes were seen that the journal does not tell of");
}

/// In the middle of the time of each picture its colour is on the screen, or the journal says that it could not be loaded.
#[track_caller]
fn the_right_pictures(run: &Finished, seen: &[Seen], album: &Album) {
    let pictures = pictures(&run.run);
    let colours: Vec<(&Seen, [u8; 3])> = seen.iter().filter_map(|s| Some((s, told(s)?))).collect();
    let onsets = run.lines("onset");
    let notes = run.lines("note");
    let is_told = |id: &str, onset: i64| {
        let text = format!("picture \"{id}\" was not loaded in time");
        let near = |l: &&Value| (number(&l["t_ns"]) - onset).abs() < 1_000 * MS;
        notes.iter().any(|l| near(l) && l["text"].as_str().is_some_and(|t| t.contains(&text)))
    };
    let (mut right, mut told_missing, mut wrong) = (0, 0, Vec::new());
    for pair in onsets.windows(2) {
        let Some(id) = pictures.get(&number(&pair[0]["phase"])) else { continue };
        let [from, to] = [0, 1].map(|i| number(&pair[i]["onset_ns"]));
        let middle = from + (to - from) / 2;
        let next = colours.partition_point(|(s, _)| s.at() <= middle);
        let colour = next.checked_sub(1).map(|i| colours[i].1);
        match colour {
            Some(c) if album.is(id, c) => right += 1,
            _ if is_told(id, from) => told_missing += 1,
            other => wrong.push((id, other, pair[0])),
        }
    }
    println!(
        "{right} pictures were on the screen, {told_missing} were not and are told of, {} were not in secret",
        wrong.len()
    );
    assert!(right > 0 && wrong.is_empty(), "{wrong:?}");
}

/// The picture of each phase that has one, by the plan in a run folder.
pub(super) fn pictures(run: &Path) -> HashMap<i64, String> {
    let text = std::fs::read_to_string(run.join("plan.json")).expect("a plan");
    let plan: Value = serde_json::from_str(&text).expect("a plan is JSON");
    let segments = plan["segments"].as_array().expect("a list");
    let phases = segments.iter().flat_map(|s| s["phases"].as_array().expect("a list"));
    let picture = |phase: &Value| {
        let all = phase["scene"]["elements"].as_array().expect("a list");
        let id = all.iter().find_map(|e| e["kind"]["picture"]["stimulus"].as_str());
        id.map(|id| (number(&phase["index"]), id.to_string()))
    };
    phases.filter_map(picture).collect()
}

/// Memory has come to rest, and no handle or thread is left behind.
#[track_caller]
fn nothing_grew(gauge: &Gauge, long: Option<f64>) {
    let all = gauge.held.len();
    // The last is of a program that is about to end.
    let rows: Vec<Held> = gauge.held[..all.saturating_sub(1)].to_vec();
    let last = rows.last().expect("it was read").seconds;
    // A short run is judged from its half on, and only for what grows fast.
    let (settled, most) = match last > 60.0 * SETTLED_MIN {
        true => (60.0 * SETTLED_MIN, GROWS_BY),
        false => (last / 2.0, WARMS_BY),
    };
    let kept: Vec<Held> = rows.into_iter().filter(|h| h.seconds >= settled).collect();
    let say = |name: &str, figure: &dyn Fn(&Held) -> i64| {
        let g = Growth::of(&kept, figure);
        println!(
            "{name}: {} at {settled:.0} s, then at most {}, so {:+}; slope {:+.2} a minute",
            g.first,
            g.highest,
            g.by(),
            g.slope
        );
        g
    };
    let rss = say("resident, kB", &|h| h.rss);
    say("resident less the files of the run folder, kB", &|h| h.rss - h.files);
    say("private and written to, kB", &|h| h.dirty);
    say("C heap, kB", &|h| h.heap);
    say("files of the run folder, kB", &|h| h.files);
    let fds = say("handles", &|h| h.fds);
    let threads = say("threads", &|h| h.threads);
    let x = say("X resources of all clients", &|h| h.x_resources);
    let pixmaps = say("X pixmaps of all clients, kB", &|h| h.x_pixmaps);
    assert!(rss.by() < most, "memory grows: {rss:?}");
    assert!(fds.by() <= 0, "handles are left open: {fds:?}");
    assert!(threads.by() <= 0, "threads are left behind: {threads:?}");
    assert!(long.is_none() || x.by() <= 8, "X resources are left behind: {x:?}");
    assert!(pixmaps.by() <= 8 * 1024, "pixmaps are left behind: {pixmaps:?}");
}
