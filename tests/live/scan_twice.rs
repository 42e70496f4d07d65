//! A scan that is begun twice, on a made serial port: one pulse, silence, then dummies and volumes of which some are lost; the
//! scanner stops, and starts again for a second run. `REFRAME_SCAN=full` makes it 8 s of silence and 100 volumes.

use super::MS;
use super::keys::Keys;
use super::program::{Program, number};
use super::server::Server;
use super::system::{now, wake_on_time};
use reframe::wire::pty::Pty;
use std::time::Duration;

const TR: i64 = 300 * MS;
const DUMMIES: i64 = 5;

struct Scan {
    silence: i64,
    volumes: i64,
    /// Numbers of the volumes, dummies among them, whose pulses are lost.
    lost: Vec<i64>,
}

fn scan(run: usize) -> Scan {
    match std::env::var("REFRAME_SCAN").as_deref() {
        Ok("full") => Scan { silence: 8_000 * MS, volumes: 100, lost: vec![40 + 7 * run as i64] },
        _ => Scan { silence: 1_400 * MS, volumes: 20, lost: vec![12 + run as i64] },
    }
}

fn task(volumes: i64) -> String {
    let seconds = volumes as f64 * TR as f64 / 1e9;
    // It goes on for half a second after the last volume has begun.
    let plain = super::pictures((seconds / 0.5) as u32 - 1, 0.1, 0.3, 0.2);
    let (sequence, rest) = plain.split_once("[task]\n").unwrap();
    let sequence = sequence.replace("[\"lead_in\"", "[\"armed\", \"lead_in\"");
    format!(
        "{sequence}\n[phase.armed]\nuntil = \"trigger\"\n\
         elements = [{{ kind = \"text\", text = \"The scan is about to start.\" }}]\n\n\
         [task]\ntr = 0.3\nvolumes = {volumes}\n{rest}"
    )
}

fn sleep_until(at: i64) {
    while now() < at {
        std::thread::sleep(Duration::from_nanos((at - now() - MS / 2).max(0) as u64));
    }
}

#[test]
fn a_scan_that_is_begun_twice_counts_from_its_true_start_in_both_runs() {
    let Some(server) = Server::start() else { return };
    let pty = Pty::open().unwrap();
    let rig = format!(
        "name = \"room\"\n[keys]\nleft = \"Digit1\"\nright = \"Digit2\"\n\
         [trigger]\nsource = \"serial:{}:5\"\ndummies = {DUMMIES}\n",
        pty.path().display()
    );
    for run in 0..2 {
        let Scan { silence, volumes, lost } = scan(run);
        let extra = ["--place", "scanner"];
        let mut program = Program::start(&server, &task(volumes), Some(&rig), &extra);
        program.wait_for_phase(0);
        wake_on_time();
        sleep_until(now() + 100 * MS);
        pty.write_all(b"5").unwrap();
        let first = now() + silence;
        let mut sent = Vec::new();
        for volume in 1..=DUMMIES + volumes {
            sleep_until(first + (volume - 1) * TR);
            sent.push((volume, now()));
            if !lost.contains(&volume) {
                pty.write_all(b"5").unwrap();
            }
        }
        let done = program.finish();
        assert_eq!(done.code, Some(0), "{}", done.said);
        let truly = sent[DUMMIES as usize].1;
        let off = done.zero() - truly;
        println!("run {}: onset 0, logged minus sent: {:+.3} ms", run + 1, off as f64 / MS as f64);
        let strict = std::env::var_os("REFRAME_STRICT").is_some();
        assert!(off.abs() < if strict { MS } else { 20 * MS }, "onset 0 is {off} ns off");
        // Nothing but the screen that waits was shown before.
        let early = done.lines("onset").into_iter().filter(|l| number(&l["onset_ns"]) < truly);
        assert!(early.clone().all(|l| l["phase"] == 0), "{:?}", early.collect::<Vec<_>>());
        let events: Vec<&str> =
            done.lines("scanner").iter().map(|l| l["event"].as_str().unwrap()).collect();
        assert_eq!(&events[..2], ["false_start", "started"], "{events:?}");
        for volume in &lost {
            let named = format!("(number {volume})");
            assert!(done.said.contains(&named), "{volume} is not named\n{}", done.said);
            let told = format!("volume {volume} did not come");
            assert!(done.said.contains(&told), "{told}\n{}", done.said);
        }
        assert!(done.said.contains("false start"), "{}", done.said);
        let counted = volumes as usize;
        assert_eq!(done.lines("end")[0]["volumes"], counted, "{}", done.said);
        done.proves_itself();
    }
}

/// Without dummies the first pulse begins the task; taken back, by itself or by hand, its pictures leave no row.
fn taken_back(by_hand: bool) {
    let Some(server) = Server::start() else { return };
    let mut keys = Keys::connect(&server);
    let pty = Pty::open().unwrap();
    let rig = format!(
        "name = \"room\"\n[keys]\nleft = \"Digit1\"\nright = \"Digit2\"\n[trigger]\nsource = \"serial:{}:5\"\n",
        pty.path().display()
    );
    let volumes = 12;
    let pictures = volumes * TR / (500 * MS) - 1;
    let mut program = Program::start(&server, &task(volumes), Some(&rig), &["--place", "scanner"]);
    program.wait_for_phase(0);
    wake_on_time();
    pty.write_all(b"5").unwrap();
    // The first picture of a start that does not count.
    program.wait_for_phase(2);
    if by_hand {
        pty.write_all(b"5").unwrap();
        keys.send("Escape", true);
        keys.send("Backspace", true);
        keys.send("Backspace", false);
        keys.send("Escape", false);
    }
    program.wait_for("the start to be taken back", |l| l["event"] == "false_start");
    sleep_until(now() + 700 * MS);
    let first = now();
    for volume in 0..volumes {
        sleep_until(first + volume * TR);
        pty.write_all(b"5").unwrap();
    }
    let done = program.finish();
    assert_eq!(done.code, Some(0), "{}", done.said);
    let words = if by_hand { "armed again by hand" } else { "taken for a false start" };
    assert!(done.said.contains(words), "{}", done.said);
    let zeros = done.lines("zero");
    assert_eq!(zeros.len(), 2, "both starts are in the journal");
    assert!((number(&zeros[1]["t_ns"]) - first).abs() < 20 * MS);
    let rows = done.events();
    assert_eq!(rows.len() as i64, pictures, "each picture once");
    assert!(rows.iter().all(|r| r.ns("onset").unwrap() > 0), "counted from the true start");
    assert_eq!(done.lines("end")[0]["volumes"], volumes);
    done.proves_itself();
}

#[test]
fn pictures_of_a_false_start_leave_no_row() {
    taken_back(false);
}

#[test]
fn a_wrong_start_is_taken_back_by_two_keys() {
    taken_back(true);
}
