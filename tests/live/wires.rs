//! Wires into a live run: pulses over a pseudo-terminal, TCP and UDP, sent by this process while the program shows
//! pictures; a box and a scanner on one serial port; a port that is unplugged and comes back; senders that misbehave.
//! `REFRAME_PULSES=400` sends as many as the figures of docs/benchmarks.md are from.

use super::MS;
use super::program::{Finished, Program, number};
use super::server::Server;
use super::spread::Spread;
use super::system::{now, wake_on_time};
use reframe::wire::pty::Pty;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::time::Duration;

/// From pulse to pulse: 20 a second, at ever other phases of the frame.
const EVERY: i64 = 50 * MS + 137_000;

/// Waits for the scanner, then shows pictures for so long.
fn task(seconds: f64) -> String {
    let count = (seconds / 0.5).ceil() as u32;
    let plain = super::pictures(count, 0.2, 0.3, 0.2);
    let (sequence, rest) = plain.split_once("[task]\n").unwrap();
    let sequence = sequence.replace("[\"lead_in\"", "[\"armed\", \"lead_in\"");
    format!(
        "{sequence}\n[phase.armed]\nuntil = \"trigger\"\n\
         elements = [{{ kind = \"text\", text = \"The scan is about to start.\" }}]\n\n[task]\ntr = 2.0\n{rest}"
    )
}

fn rig(more: &str) -> String {
    format!(
        "name = \"room\"\n[keys]\nleft = \"Digit1\"\nright = \"Digit2\"\ncontinue = \"Space\"\n{more}"
    )
}

fn free() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

fn pulses() -> usize {
    std::env::var("REFRAME_PULSES").ok().and_then(|n| n.parse().ok()).unwrap_or(40)
}

fn sleep_until(at: i64) {
    while now() < at {
        let left = (at - now() - MS / 2).max(0) as u64;
        std::thread::sleep(Duration::from_nanos(left));
    }
}

/// Runs with this trigger while `send` sends pulses, each stamped just before; gives the run and those stamps.
fn sent(trigger: &str, mut send: impl FnMut()) -> Option<(Finished, Vec<i64>)> {
    let server = Server::start()?;
    let n = pulses();
    let seconds = n as f64 * EVERY as f64 / 1e9 + 0.5;
    let extra = ["--trigger", trigger, "--place", "scanner"];
    // So many pulses a second are of no repetition time that a task has.
    let rig = rig("[trigger]\neach = \"start\"\n");
    let mut program = Program::start(&server, &task(seconds), Some(&rig), &extra);
    program.wait_for_phase(0);
    wake_on_time();
    let first = now() + 200 * MS;
    let mut stamps = Vec::new();
    for i in 0..n as i64 {
        sleep_until(first + i * EVERY);
        stamps.push(now());
        send();
    }
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    Some((run, stamps))
}

/// All pulses are in the journal, in order, each near the instant at which it was sent; nothing is quantised to frames.
#[track_caller]
fn all_found(source: &str, run: &Finished, stamps: &[i64]) {
    let lines = run.lines("trigger");
    assert_eq!(lines.len(), stamps.len(), "{}", run.said);
    assert!(lines.iter().all(|l| l["source"] == source), "{:?}", lines[0]);
    let late = lines.iter().zip(stamps).map(|(l, sent)| number(&l["t_ns"]) - sent);
    let late: Vec<i64> = late.collect();
    assert!(late.iter().all(|l| *l >= 0), "a pulse was stamped before it was sent");
    let mean = late.iter().sum::<i64>() as f64 / late.len() as f64 / 1e6;
    println!("{source}: {} pulses, mean {mean:.3} ms late", late.len());
    Spread::of(source, late).within(2, 20);
    run.proves_itself();
}

#[test]
fn pulses_on_a_serial_port_are_stamped_as_they_arrive() {
    let pty = Pty::open().unwrap();
    let source = format!("serial:{}", pty.path().display());
    let send = || pty.write_all(b"5").unwrap();
    let Some((run, stamps)) = sent(&format!("{source}:5"), send) else { return };
    all_found(&source, &run, &stamps);
}

#[test]
fn pulses_over_tcp_are_stamped_as_they_arrive() {
    let at = free();
    let mut stream: Option<TcpStream> = None;
    let send = || {
        let stream = stream.get_or_insert_with(|| {
            let stream = TcpStream::connect(at).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        });
        stream.write_all(b"5\n").unwrap();
    };
    let Some((run, stamps)) = sent(&format!("tcp:{at}=5"), send) else { return };
    // The first may wait until its connection is taken, which is looked for 50 times a second.
    all_found(&format!("tcp:{at}"), &run, &stamps);
}

#[test]
fn pulses_over_udp_are_stamped_as_they_arrive() {
    let at = free();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let send = || assert_eq!(socket.send_to(b"5", at).unwrap(), 1);
    let Some((run, stamps)) = sent(&format!("udp:{at}"), send) else { return };
    all_found(&format!("udp:{at}"), &run, &stamps);
}

#[test]
fn a_scanner_and_a_box_share_a_port() {
    let Some(server) = Server::start() else { return };
    let pty = Pty::open().unwrap();
    let port = pty.path().display();
    let more = format!(
        "[[box]]\nname = \"pad\"\nkind = \"serial\"\nport = \"{port}\"\nbytes = [\"1\", \"2\"]\n\
         [trigger]\nsource = \"serial:{port}:5\"\n"
    );
    let rig = rig(&more).replace("\"Digit1\"", "\"Button1\"").replace("\"Digit2\"", "\"Button2\"");
    let mut program = Program::start(&server, &task(1.0), Some(&rig), &["--place", "scanner"]);
    program.wait_for_phase(0);
    wake_on_time();
    pty.write_all(b"5").unwrap();
    let onset = program.wait_for_phase(2);
    let pressed = now();
    pty.write_all(b"1").unwrap();
    pty.write_all(b"x").unwrap();
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    assert_eq!(run.lines("trigger").len(), 1);
    let strokes = run.strokes();
    let codes: Vec<(&str, bool)> = strokes.iter().map(|(c, down, _)| (c.as_str(), *down)).collect();
    assert_eq!(codes, [("Button1", true), ("Button1", false)], "a byte holds nothing");
    assert!((strokes[0].2 - pressed) < 20 * MS && strokes[0].2 >= pressed);
    let stray = run.lines("stray");
    assert!(
        stray.iter().any(|l| l["data"].as_str().is_some_and(|d| d.contains("78"))),
        "{stray:?}"
    );
    let row = &run.events()[0];
    assert_eq!(row.cell("response"), "left");
    assert!(run.lines("response").iter().all(|l| l["device"] == "pad"));
    let rt = row.ns("response_time").expect("a reaction time");
    assert!((rt - (pressed - onset)).abs() < 20 * MS, "{rt} {}", pressed - onset);
    run.proves_itself();
}

#[test]
fn a_port_that_is_unplugged_is_said_and_taken_again_while_pictures_go_on() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let link = folder.path().join("scanner");
    let plug = |pty: &Pty| {
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(pty.path(), &link).unwrap();
    };
    let pty = Pty::open().unwrap();
    plug(&pty);
    let trigger = format!("serial:{}:5", link.display());
    let extra = ["--trigger", &trigger, "--place", "scanner"];
    let mut program = Program::start(&server, &task(9.0), Some(&rig("")), &extra);
    program.wait_for_phase(0);
    wake_on_time();
    let first = now();
    pty.write_all(b"5").unwrap();
    program.wait_for_phase(3);
    drop(pty);
    std::fs::remove_file(&link).unwrap();
    let says = |part: &'static str| {
        move |l: &serde_json::Value| {
            l["kind"] == "note" && l["text"].as_str().is_some_and(|t| t.contains(part))
        }
    };
    program.wait_for("the loss", says("is gone"));
    let again = Pty::open().unwrap();
    plug(&again);
    program.wait_for("the return", says("is back"));
    // The next volume on the scanner's own clock.
    let volume = (now() - first) / (2_000 * MS) + 1;
    sleep_until(first + volume * 2_000 * MS);
    again.write_all(b"5").unwrap();
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let lines = run.lines("trigger");
    let volumes: Vec<_> = lines.iter().map(|l| l["volume"].as_i64()).collect();
    assert_eq!(volumes, [Some(1), Some(volume + 1)], "the count goes on");
    assert!(run.said.contains("is gone") && run.said.contains("is back"), "{}", run.said);
    assert_eq!(run.lines("end")[0]["complete"], true);
    run.proves_itself();
}

#[test]
fn a_run_does_not_begin_where_the_scanner_cannot_be_heard() {
    let Some(server) = Server::start() else { return };
    let extra = ["--trigger", "serial:/dev/ttyNOWHERE", "--place", "scanner"];
    let said = Program::start(&server, &task(1.0), Some(&rig("")), &extra).refused();
    assert_eq!(said.0, Some(3), "{}", said.1);
    assert!(said.1.contains("serial port /dev/ttyNOWHERE: it is not there"), "{}", said.1);
    assert!(said.1.contains("reframe devices"), "{}", said.1);
}

#[test]
fn senders_that_flood_stop_halfway_or_come_twice_harm_nothing() {
    let Some(server) = Server::start() else { return };
    let at = free();
    let trigger = format!("tcp:{at}=5");
    let extra = ["--trigger", &trigger, "--place", "scanner"];
    let mut program = Program::start(&server, &task(4.0), Some(&rig("")), &extra);
    program.wait_for_phase(0);
    let mut scanner = TcpStream::connect(at).unwrap();
    let mut twice = TcpStream::connect(at).unwrap();
    let mut half = TcpStream::connect(at).unwrap();
    half.write_all(b"half a mess").unwrap();
    drop(half);
    let first = now();
    scanner.write_all(b"5\n").unwrap();
    program.wait_for_phase(2);
    twice.write_all(b"5\n").unwrap();
    let line = [b'x'; 4096];
    for _ in 0..200 {
        // The program may turn it away.
        let _ = twice.write_all(&line).and(twice.write_all(&b"5\n".repeat(2000)));
    }
    // The scan goes on, or its first pulse would be a false start.
    sleep_until(first + 2_000 * MS);
    scanner.write_all(b"5\n").unwrap();
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let lines = run.lines("trigger");
    assert_eq!(lines.iter().filter(|l| l["accepted"] == true && l["volume"] == 1).count(), 1);
    assert!(lines.len() < 3_000, "{} pulses were taken", lines.len());
    assert!(run.said.contains("messages in a second"), "{}", run.said);
    assert_eq!(run.lines("end")[0]["complete"], true);
    let journal = run.run.join("journal.jsonl");
    assert!(Path::new(&journal).metadata().unwrap().len() < 4_000_000);
    run.proves_itself();
}
