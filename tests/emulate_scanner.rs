//! The emulated scanner as a program of its own, heard by a listener in the test: what arrives is what its log says that
//! it sent, in order. Of times only what cannot fail by chance is asserted: nothing is sent before it is due.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// Long enough for any machine that works at all.
const PATIENCE: Duration = Duration::from_secs(60);

fn start(folder: &Path, line: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.arg("emulate-scanner").args(line).current_dir(folder);
    command.env_remove("DISPLAY").env_remove("REFRAME_LSL");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

fn refused(folder: &Path, line: &[&str], code: i32, part: &str) {
    let out = start(folder, line).wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(code), "{text}");
    assert!(text.contains(part), "{part:?} is missing in:\n{text}");
}

/// A row of the log.
#[derive(Debug)]
struct Row {
    planned: i64,
    sent: Option<(i64, i64)>,
    what: String,
    volume: Option<u32>,
    code: String,
    note: String,
}

fn log(folder: &Path) -> Vec<Row> {
    let text = fs::read_to_string(folder.join("log.tsv")).unwrap();
    assert!(text.ends_with('\n'), "the last row is whole");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("n\tt_ns\tbefore_ns\tafter_ns\twhat\tvolume\tcode\twhere\tnote"));
    let rows = lines.enumerate().map(|(i, line)| {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), 9, "{line}");
        assert_eq!(cells[0], (i + 1).to_string());
        Row {
            planned: cells[1].parse().unwrap(),
            sent: cells[2].parse().ok().zip(cells[3].parse().ok()),
            what: cells[4].into(),
            volume: cells[5].parse().ok(),
            code: cells[6].into(),
            note: cells[8].into(),
        }
    });
    rows.collect()
}

/// What a listener must have heard, by the log.
fn told(rows: &[Row]) -> Vec<String> {
    let sent = rows.iter().filter(|r| r.sent.is_some());
    sent.map(|r| if r.what == "response" { r.code.clone() } else { "5".into() }).collect()
}

/// Forty pulses at 20 Hz with every kind of fault and two buttons.
const SCAN: &str = "--tr 0.05 --volumes 40 --dummies 2 --drop 0.1 --double 0.1 --spurious 0.1 --jitter-ms 1 \
                    --drift-ppm 100 --responses 0.52:1,0.77:2 --seed 3 --delay 0 --log log.tsv";

fn scan<'a>(to: &'a str) -> Vec<&'a str> {
    SCAN.split_whitespace().chain(["--to", to]).collect()
}

/// What every log of that scan says.
fn is_whole(out: &Output, rows: &[Row]) {
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{said}");
    let count = |what: &str| rows.iter().filter(|r| r.what == what).count();
    assert_eq!(count("volume") + count("dummy") + count("dropped"), 42);
    assert_eq!(count("response"), 2);
    assert!(count("dropped") > 0 && count("doubled") > 0 && count("spurious") > 0);
    assert!(rows.is_sorted_by_key(|r| r.planned), "one place is told of in order");
    assert!(rows.iter().filter_map(|r| r.volume).is_sorted());
    for row in rows {
        assert_eq!(row.sent.is_none(), row.what == "dropped", "{row:?}");
        assert_eq!(row.note.is_empty(), row.sent.is_some(), "{row:?}");
        let (before, after) = row.sent.unwrap_or((row.planned, row.planned));
        assert!(row.planned <= before && before <= after, "{row:?}");
    }
    let sent = format!("{} sent, {} left out on purpose", told(rows).len(), count("dropped"));
    assert!(said.contains(&sent), "{sent:?} is missing in:\n{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_made_port_gives_the_bytes_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start(folder.path(), &scan("pty:scanner"));
    let mut path = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut path).unwrap();
    let link = folder.path().join("scanner");
    assert_eq!(fs::read_link(&link).unwrap(), Path::new(path.trim()));
    // Not as a terminal of this process, and without settings: the port is raw as it is.
    use std::os::unix::fs::OpenOptionsExt;
    let opened =
        fs::File::options().read(true).write(true).custom_flags(libc::O_NOCTTY).open(&link);
    let mut heard = Vec::new();
    // It ends with an error when the other side goes.
    let _ = opened.unwrap().read_to_end(&mut heard);
    let out = child.wait_with_output().unwrap();
    let rows = log(folder.path());
    is_whole(&out, &rows);
    assert_eq!(String::from_utf8(heard).unwrap(), told(&rows).concat());
    assert!(!link.is_symlink(), "the link goes with the port");
}

#[cfg(target_os = "linux")]
#[test]
fn packets_of_response_boxes_say_down_and_up() {
    let folder = tempfile::tempdir().unwrap();
    let line = "--to pty --format xid6 --xid-port 2 --tr 0.05 --volumes 5 --delay 0 --log log.tsv";
    let mut child = start(folder.path(), &line.split(' ').collect::<Vec<_>>());
    let mut path = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut path).unwrap();
    use std::os::unix::fs::OpenOptionsExt;
    let opened = fs::File::options().read(true).custom_flags(libc::O_NOCTTY).open(path.trim());
    let mut heard = Vec::new();
    let _ = opened.unwrap().read_to_end(&mut heard);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let rows = log(folder.path());
    let whats: Vec<&str> = rows.iter().map(|r| r.what.as_str()).collect();
    assert_eq!(whats, ["volume", "release"].repeat(5));
    assert_eq!(heard.len(), 60);
    for (i, packet) in heard.chunks(6).enumerate() {
        assert_eq!(packet[..2], [b'k', 5 << 5 | u8::from(i % 2 == 0) << 4 | 2]);
    }
}

#[test]
fn a_listening_program_gets_the_lines_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("tcp:{}", listener.local_addr().unwrap());
    let child = start(folder.path(), &scan(&to));
    let (stream, _) = listener.accept().unwrap();
    let heard: Vec<String> = BufReader::new(stream).lines().map(Result::unwrap).collect();
    let out = child.wait_with_output().unwrap();
    let rows = log(folder.path());
    is_whole(&out, &rows);
    assert_eq!(heard, told(&rows));
}

#[test]
fn datagrams_are_those_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = format!("udp:{}", socket.local_addr().unwrap());
    let out = start(folder.path(), &scan(&to)).wait_with_output().unwrap();
    let rows = log(folder.path());
    is_whole(&out, &rows);
    // They wait in the socket.
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = [0; 64];
    for text in told(&rows) {
        let n = socket.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..n], text.as_bytes());
    }
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut bytes).is_err(), "nothing more was sent");
}

#[test]
fn a_program_that_goes_and_comes_back_hears_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("tcp:{}=TR", listener.local_addr().unwrap());
    let line = ["--to", &to, "--tr", "0.05", "--volumes", "60", "--log", "log.tsv"];
    let mut child = start(folder.path(), &line);
    let (stream, _) = listener.accept().unwrap();
    // It starts with Enter.
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let mut lines = BufReader::new(stream).lines();
    for _ in 0..5 {
        assert_eq!(lines.next().unwrap().unwrap(), "TR");
    }
    drop(lines);
    let (stream, _) = listener.accept().unwrap();
    let rest = BufReader::new(stream).lines().map(Result::unwrap).count();
    let out = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{said}");
    assert!(said.contains("waiting") && said.contains("a program listens"), "{said}");
    let rows = log(folder.path());
    assert_eq!(rows.len(), 60, "no pulse is missing from the log, sent or not");
    let sent = told(&rows).len();
    assert!(rest > 0 && 5 + rest <= sent, "{rest} of {sent}");
}

#[cfg(unix)]
#[test]
fn a_scan_without_an_end_is_ended_by_ctrl_c_with_its_log_whole() {
    let folder = tempfile::tempdir().unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let to = format!("udp:{}", socket.local_addr().unwrap());
    let line = ["--to", &to, "--tr", "0.02", "--delay", "0", "--log", "log.tsv"];
    let child = start(folder.path(), &line);
    let mut bytes = [0; 8];
    for _ in 0..20 {
        socket.recv(&mut bytes).unwrap();
    }
    // SAFETY: a signal to the child that was just started and has not been waited for.
    #[allow(unsafe_code)]
    let rc = unsafe { libc::kill(child.id() as i32, libc::SIGINT) };
    assert_eq!(rc, 0);
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(4), "{}", String::from_utf8_lossy(&out.stderr));
    let rows = log(folder.path());
    socket.set_nonblocking(true).unwrap();
    let mut heard = 20;
    while socket.recv(&mut bytes).is_ok() {
        heard += 1;
    }
    assert_eq!(rows.len(), heard);
}

#[test]
fn what_cannot_be_is_refused_with_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let to = ["--to", "udp:127.0.0.1:5005"];
    let with = |more: &[&'static str]| -> Vec<&str> { [&to[..], more].concat() };
    fs::write(here.join("there"), "kept").unwrap();
    refused(here, &with(&["--delay", "0", "--log", "there"]), 2, "does not exist yet");
    assert_eq!(fs::read_to_string(here.join("there")).unwrap(), "kept");
    refused(here, &["--to", "serial:/dev/nothing-here"], 3, "serial:/dev/nothing-here");
    refused(here, &["--to", "usb"], 2, "no place");
    refused(here, &with(&["--tr", "0.05", "--jitter-ms", "20"]), 2, "at most");
    refused(here, &with(&["--tr", "0.1", "--slices", "200"]), 2, "too close");
    refused(here, &with(&["--restart-after", "2"]), 2, "--stop-after");
    refused(here, &with(&["--responses", "nothing-here.txt"]), 2, "nothing-here.txt");
    refused(here, &with(&["--responses", "1:2,x"]), 2, "\"x\"");
    refused(here, &[], 2, "--to");
    #[cfg(target_os = "linux")]
    {
        refused(here, &["--to", "pty:there", "--delay", "0"], 2, "does not exist yet");
        assert_eq!(fs::read_to_string(here.join("there")).unwrap(), "kept");
        let wrong = ["--to", "pty", "--format", "xid9", "--responses", "1:left"];
        refused(here, &wrong, 2, "keys 0 to 7");
    }
    #[cfg(all(unix, feature = "window"))]
    refused(here, &["--to", "key:5"], 3, "DISPLAY");
    // Nobody can press Enter.
    let mut child = start(here, &to);
    drop(child.stdin.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("--delay"));
}
