//! A scanner in another process that presses a key, as `reframe emulate-scanner` does: a run takes each of its pulses, at
//! the instant that the scanner's own log tells.

use super::keys::Keys;
use super::program::{Program, number};
use super::server::Server;
use super::spread::Spread;
use super::system::now;
use super::trigger_key::{SCANNER, rig, task};
use super::{MS, program};
use std::process::Command;

/// The first pulse is a dummy, then each volume.
const PULSES: usize = 7;

#[test]
fn a_run_takes_every_pulse_of_an_emulated_scanner_at_its_time() {
    let Some(server) = Server::start() else { return };
    let mut keys = Keys::connect(&server);
    let mut run = Program::start(&server, &task(), Some(&rig(1, true)), &SCANNER);
    run.wait_for_phase(0);
    keys.tap("Space", now() + 200 * MS, 50);
    run.wait_for_phase(1);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.tsv");
    let line =
        "emulate-scanner --to key:5 --tr 0.6 --dummies 1 --volumes 6 --delay 0 --hold-ms 20 --log";
    let scanner = Command::new(env!("CARGO_BIN_EXE_reframe"))
        .args(line.split(' '))
        .arg(&log)
        .env("DISPLAY", &server.display)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&scanner.stderr);
    assert_eq!(scanner.status.code(), Some(0), "{said}");
    let finished: program::Finished = run.finish();
    assert_eq!(finished.code, Some(0), "{}", finished.said);
    let text = std::fs::read_to_string(&log).unwrap();
    let rows = text.lines().skip(1).map(|l| l.split('\t').collect::<Vec<_>>());
    let sent: Vec<i64> =
        rows.filter(|r| r[4] != "release").map(|r| r[2].parse().unwrap()).collect();
    let taken = finished.lines("trigger");
    assert_eq!((sent.len(), taken.len()), (PULSES, PULSES));
    let off = taken.iter().zip(&sent).map(|(t, s)| number(&t["t_ns"]) - s);
    Spread::of("pulses, taken minus sent", off).within(3, 8);
    finished.proves_itself();
}
