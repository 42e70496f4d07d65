//! Scanner pulses as key presses: which of them is onset 0, where the files go, and that pulses before the run
//! was armed do not count.

use super::MS;
use super::keys::{Keys, Stroke};
use super::program::{Finished, Program, number};
use super::screen::{Change, Observer};
use super::server::Server;
use super::spread::Spread;
use super::system::{now, wake_on_time};
use std::io::Read;

const TR: i64 = 600 * MS;
/// Volumes of the timed part, 3.6 s.
const VOLUMES: i64 = 6;
const LEAD_IN: i64 = 700 * MS;

/// A page, the scanner, then two pictures.
pub(super) fn task() -> String {
    let plain = super::pictures(2, 0.7, 0.6, 0.55);
    let (sequence, rest) = plain.split_once("[task]\n").unwrap();
    let sequence = sequence.replace("[\"lead_in\"", "[\"page\", \"armed\", \"lead_in\"");
    format!(
        r#"{sequence}
[phase.page]
until = "response"
elements = [{{ kind = "text", text = "Press the space bar." }}]

[phase.armed]
until = "trigger"
when = {{ place = "scanner" }}
elements = [{{ kind = "text", text = "The scan is about to start." }}]

[task]
tr = 0.6
{rest}"#
    )
}

pub(super) fn rig(dummies: u32, pulse: bool) -> String {
    format!(
        "name = \"room\"\n[keys]\nleft = \"Digit1\"\nright = \"Digit2\"\ncontinue = \"Space\"\n\
         [trigger]\ndummies = {dummies}\ndummies_pulse = {pulse}\ndummies_stored = false\n"
    )
}

struct Played {
    run: Finished,
    changes: Vec<Change>,
    pulses: Vec<Stroke>,
    page: Stroke,
}

/// Plays it; where there are volumes, the scanner sends one pulse too early, and then one for each of them.
fn play(rig: &str, extra: &[&str], volumes: i64) -> Option<Played> {
    let server = Server::start()?;
    let observer = Observer::start(&server);
    let mut keys = Keys::connect(&server);
    let mut program = Program::start(&server, &task(), Some(rig), extra);
    program.wait_for_phase(0);
    wake_on_time();
    let mut pulses = Vec::new();
    if volumes > 0 {
        pulses.push(keys.tap("Digit5", now() + 20 * MS, 20));
    }
    let page = keys.tap("Space", now() + 200 * MS, 50);
    if volumes > 0 {
        let armed = program.wait_for_phase(1);
        let first = now().max(armed) + 100 * MS;
        for i in 0..volumes {
            pulses.push(keys.tap("Digit5", first + i * TR, 20));
        }
    }
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    Some(Played { run, changes: observer.finish(), pulses, page })
}

/// Onset 0 is at this stroke, in the journal and on the screen.
#[track_caller]
fn zero_is(played: &Played, stroke: &Stroke) {
    let off = played.run.zero() - stroke.at();
    println!("onset 0, logged minus injected: {:+.3} ms", off as f64 / MS as f64);
    assert!(off.abs() < 50 * MS, "onset 0 is {off} ns from its key");
    let first = played.changes.iter().find(|c| c.white).expect("a picture").at();
    let off = first - stroke.at() - LEAD_IN;
    println!("first picture, seen minus planned: {:+.3} ms", off as f64 / MS as f64);
    assert!(off.abs() < 80 * MS, "the first picture came {off} ns from its time after onset 0");
}

/// All pulses are in the journal, and the early one does not count.
#[track_caller]
fn pulses_are_there(played: &Played) {
    let lines = played.run.lines("trigger");
    assert_eq!(lines.len(), played.pulses.len());
    let stamps = lines.iter().zip(&played.pulses).map(|(l, p)| number(&l["t_ns"]) - p.at());
    Spread::of("pulses, logged minus injected", stamps).within(3, 8);
    assert_eq!(lines[0]["accepted"], false);
    assert_eq!(lines[0]["why"], "before the run was armed");
    for (i, line) in lines.iter().enumerate().skip(1) {
        assert_eq!((&line["accepted"], &line["volume"]), (&true.into(), &(i as u64).into()));
        assert_eq!(line["source"], "key:Digit5");
    }
}

/// When pulses rise in the physiological file, in seconds from onset 0.
fn physio(run: &Finished) -> Vec<f64> {
    let files = run.files("_physio.tsv.gz");
    assert_eq!(files.len(), 1);
    assert!(files[0].to_str().unwrap().contains("/func/"), "{files:?}");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(&files[0]).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let signal: Vec<bool> = text.lines().map(|l| l.trim() == "1").collect();
    let rises = (0..signal.len()).filter(|i| signal[*i] && (*i == 0 || !signal[*i - 1]));
    rises.map(|i| i as f64 / 1000.0).collect()
}

pub(super) const SCANNER: [&str; 4] = ["--trigger", "key:5", "--place", "scanner"];

#[test]
fn the_pulse_after_the_dummies_is_onset_zero_where_they_pulse() {
    let Some(played) = play(&rig(2, true), &SCANNER, 2 + VOLUMES) else { return };
    pulses_are_there(&played);
    // One early, two dummies, then the first volume that is kept.
    zero_is(&played, &played.pulses[3]);
    let rises = physio(&played.run);
    let wanted: Vec<i64> =
        played.pulses[3..].iter().map(|p| p.at() - played.pulses[3].at()).collect();
    assert!(rises.len() >= wanted.len() - 1 && rises.len() <= wanted.len(), "{rises:?} {wanted:?}");
    let off = rises.iter().zip(&wanted).map(|(r, w)| (r * 1e9) as i64 - w);
    Spread::of("pulses in the physio file, written minus injected", off).within(4, 10);
    assert_eq!(played.run.files("/func/").len(), played.run.files("/sub-01_").len());
    played.run.proves_itself();
}

#[test]
fn the_first_pulse_is_onset_zero_where_dummies_send_none() {
    let Some(played) = play(&rig(2, false), &SCANNER, VOLUMES) else { return };
    pulses_are_there(&played);
    zero_is(&played, &played.pulses[1]);
    assert!(!physio(&played.run).is_empty());
    played.run.proves_itself();
}

#[test]
fn in_the_lab_the_key_that_turns_the_page_is_onset_zero() {
    let Some(played) = play(&rig(0, true), &["--place", "lab"], 0) else { return };
    zero_is(&played, &played.page);
    assert!(played.run.lines("trigger").is_empty());
    assert!(played.run.files("_physio").is_empty() && played.run.files("/func/").is_empty());
    assert_eq!(played.run.files("/beh/").len(), played.run.files("/sub-01_").len());
    assert!(played.run.files("/beh/").len() >= 2, "events and their sidecar");
    played.run.proves_itself();
}
