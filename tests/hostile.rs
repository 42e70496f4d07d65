//! Nothing that comes from outside makes the program panic, hang or forget what must always hold. The seeds and all that a
//! fuzzer ever found are run as they are, and damaged at random; `fuzz/README.md` says how to look for more.

#[path = "hostile/targets.rs"]
mod targets;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Nobody waits longer for one file; tests are built with little optimisation and run beside each other.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longer inputs than this are not damaged, in bytes.
const MOST_DAMAGED: usize = 16_000;
/// So many damaged inputs of each target.
const DAMAGED: u32 = 200;

/// Files of the repository that are what a target reads.
fn shipped(target: &str) -> &'static [(&'static str, &'static str)] {
    match target {
        "protocol" => &[("protocols", "toml")],
        "rig" => &[("protocols/rigs", "toml")],
        "table" => &[("stimuli", "tsv")],
        "events" => &[("tests/events", "tsv")],
        "picture" => &[("stimuli/shapes", "png")],
        "sound" => &[("tests/sounds", "mp3"), ("tests/sounds", "ogg"), ("tests/sounds", "flac")],
        _ => &[],
    }
}

/// The seeds of a target, and the findings of its fuzzer.
fn corpus(target: &str) -> Vec<PathBuf> {
    let ours = Path::new(ROOT).join("tests/hostile/corpus").join(target);
    let mut all: Vec<PathBuf> = files(&ours);
    for (folder, ending) in shipped(target) {
        let found = files(&Path::new(ROOT).join(folder));
        all.extend(found.into_iter().filter(|f| f.extension().is_some_and(|e| e == *ending)));
    }
    assert!(all.len() > 1, "{target} has no seeds");
    all
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut all: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    all.retain(|path| path.is_file());
    all.sort();
    all
}

/// Runs a target; says which input it was where that fails or takes too long.
fn hold(target: targets::Target, what: &str, bytes: &[u8]) {
    let begun = Instant::now();
    let done = std::panic::catch_unwind(|| target.1(bytes));
    assert!(done.is_ok(), "{}: {what} panicked", target.0);
    assert!(begun.elapsed() < PATIENCE, "{}: {what} took {:?}", target.0, begun.elapsed());
}

#[derive(Clone, Debug)]
enum Damage {
    Flip { at: usize, to: u8 },
    Cut { at: usize, length: usize },
    Repeat { at: usize, length: usize, times: usize },
    Number { at: usize, number: usize },
}

/// Numbers that stand where others are expected.
const NUMBERS: [&str; 8] =
    ["0", "-1", "9223372036854775807", "-9223372036854775808", "4294967295", "1e308", "nan", "0.1"];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<usize>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, to)| Damage::Flip { at, to }),
        (at(), 1..200_usize).prop_map(|(at, length)| Damage::Cut { at, length }),
        (at(), 1..200_usize, 1..20_usize).prop_map(|(at, length, times)| Damage::Repeat {
            at,
            length,
            times
        }),
        (at(), 0..NUMBERS.len()).prop_map(|(at, number)| Damage::Number { at, number }),
    ]
}

fn apply(mut bytes: Vec<u8>, damage: &Damage) -> Vec<u8> {
    let end = bytes.len();
    let place = |at: usize, length: usize| at % (end + 1)..(at % (end + 1) + length).min(end);
    match damage {
        Damage::Flip { at, to } if end > 0 => bytes[at % end] = *to,
        Damage::Flip { .. } => {}
        Damage::Cut { at, length } => drop(bytes.drain(place(*at, *length))),
        Damage::Repeat { at, length, times } => {
            let part = bytes[place(*at, *length)].repeat(*times);
            let at = at % (end + 1);
            bytes.splice(at..at, part);
        }
        Damage::Number { at, number } => {
            let from = at % (end + 1);
            let digit = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'.');
            let Some(first) = bytes[from..].iter().position(digit) else { return bytes };
            let first = from + first;
            let length = bytes[first..].iter().take_while(|b| digit(b)).count();
            bytes.splice(first..first + length, NUMBERS[*number].bytes());
        }
    }
    bytes
}

/// The corpus as it is, then damaged.
fn all_of(name: &str) {
    let target = *targets::TARGETS.iter().find(|(n, _)| *n == name).expect("a target");
    let corpus: Vec<(String, Vec<u8>)> = corpus(name)
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    for (path, bytes) in &corpus {
        hold(target, path, bytes);
    }
    // A long input takes long, and its damage finds no more than that of a short one.
    let short = |(_, bytes): &(String, Vec<u8>)| bytes.len() <= MOST_DAMAGED;
    let corpus: Vec<_> = corpus.into_iter().filter(short).collect();
    let strategy = (0..corpus.len(), prop::collection::vec(damage(), 1..4));
    let config = Config { cases: DAMAGED, failure_persistence: None, ..Config::default() };
    let damaged = TestRunner::new(config).run(&strategy, |(which, damages)| {
        let (path, bytes) = &corpus[which];
        let bytes = damages.iter().fold(bytes.clone(), apply);
        hold(target, &format!("{path} with {damages:?}"), &bytes);
        Ok(())
    });
    damaged.unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn no_protocol_harms() {
    all_of("protocol");
}

#[test]
fn no_rig_harms() {
    all_of("rig");
}

#[test]
fn no_stimulus_table_harms() {
    all_of("table");
}

#[test]
fn no_journal_harms_its_replay_or_its_dataset() {
    all_of("journal");
}

#[test]
fn no_stream_of_a_box_harms() {
    all_of("xid");
}

#[test]
fn no_line_or_packet_harms() {
    all_of("lines");
}

#[test]
fn no_published_events_harm() {
    all_of("events");
}

#[test]
fn no_picture_harms() {
    all_of("picture");
}

#[test]
fn the_seeds_are_small_and_every_target_has_some() {
    let folder = Path::new(ROOT).join("tests/hostile/corpus");
    let mut bytes = 0;
    for (name, _) in targets::TARGETS {
        bytes += corpus(name)
            .iter()
            .filter(|p| p.starts_with(&folder))
            .fold(0, |sum, p| sum + fs::metadata(p).unwrap().len());
    }
    assert!(bytes < 300_000, "{bytes} bytes of seeds: keep them short");
}
