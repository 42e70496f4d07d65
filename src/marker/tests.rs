//! Marks on made devices: pseudo-terminals for serial ports, sockets of this PC for the network.
#![allow(unsafe_code)]

use super::*;
use crate::ground::record::SentMarker;
use crate::rig::schema::MarkerTo;
use crossbeam_channel::{Receiver, unbounded};
use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr::null_mut;

const MS: Nanos = Nanos::from_millis(1);
const LONG: Duration = Duration::from_secs(20);

/// A made serial port: the end that plays the device, the other, which keeps the pair alive, and its path.
fn serial() -> (Played, File, String) {
    let (mut near, mut far) = (0, 0);
    // SAFETY: both numbers are writable; the system chooses name and settings. Each descriptor becomes the file's own.
    let (near, far) = unsafe {
        let made = libc::openpty(&mut near, &mut far, null_mut(), null_mut(), null_mut());
        assert_eq!(made, 0);
        (File::from_raw_fd(near), File::from_raw_fd(far))
    };
    let path = std::fs::read_link(format!("/proc/self/fd/{}", far.as_raw_fd())).unwrap();
    (Played::new(near), far, path.to_str().unwrap().to_string())
}

/// Who is at the other end of a made serial port.
struct Played {
    near: File,
    level: Cell<Option<u8>>,
}

impl Played {
    /// Nothing was read yet.
    fn new(near: File) -> Played {
        Played { near, level: Cell::new(None) }
    }

    /// The next so many levels of its lines. The rest level may be written twice: a panic of any other test of this process
    /// has it written.
    fn levels<const N: usize>(&self) -> [u8; N] {
        std::array::from_fn(|_| {
            loop {
                let level = self.byte();
                if self.level.replace(Some(level)) != Some(level) {
                    return level;
                }
            }
        })
    }

    fn byte(&self) -> u8 {
        let near = &self.near;
        let mut asked = libc::pollfd { fd: near.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one valid pollfd.
        let ready = unsafe { libc::poll(&mut asked, 1, LONG.as_millis() as i32) };
        assert_eq!(ready, 1, "nothing more came");
        let mut byte = [0];
        (&*near).read_exact(&mut byte).unwrap();
        byte[0]
    }
}

fn setup(to: MarkerTo, pulse: Option<f64>) -> MarkerSetup {
    MarkerSetup {
        to,
        pulse,
        rest: 0,
        start: Some(254),
        stop: Some(255),
        volumes: Some(200),
        required: true,
    }
}

fn of_serial(path: &str, pulse: Option<f64>) -> MarkerSetup {
    setup(MarkerTo::Serial { port: path.into(), baud: 9600 }, pulse)
}

fn order(code: u8, at: Nanos) -> MarkOrder {
    let mark = EventMark { phase: Some(3), name: "picture".into(), code, detail: "happy".into() };
    MarkOrder { mark, at, scene: Some((4, 12)) }
}

fn opened(setups: &[MarkerSetup]) -> (Markers, Receiver<Event>) {
    let (tell, events) = unbounded();
    (Markers::open(setups, &tell).unwrap(), events)
}

/// The next mark that is told of.
fn sent(events: &Receiver<Event>) -> SentMarker {
    loop {
        if let Event::Marked(sent) = events.recv_timeout(LONG).unwrap() {
            return *sent;
        }
    }
}

/// Waits for a note with these words.
fn noted(events: &Receiver<Event>, part: &str) -> Level {
    loop {
        if let Event::Note { level, text, .. } = events.recv_timeout(LONG).unwrap()
            && text.contains(part)
        {
            return level;
        }
    }
}

#[test]
fn a_serial_device_gets_each_code_and_the_rest_level_behind_it() {
    let (device, _far, path) = serial();
    let (mut markers, events) = opened(&[of_serial(&path, Some(0.005))]);
    let now = monotonic_now();
    markers.start(now);
    markers.port().send(order(11, now + MS * 60));
    markers.volume(3, now + MS * 100);
    assert_eq!(device.levels(), [0, 254, 0, 11, 0, 200, 0]);
    markers.stop(monotonic_now());
    markers.finish();
    assert_eq!(device.levels(), [255, 0], "at rest in the end");
    let all: Vec<SentMarker> = (0..4).map(|_| sent(&events)).collect();
    assert_eq!(all.iter().map(|m| m.code).collect::<Vec<_>>(), [254, 11, 200, 255]);
    let names: Vec<&str> = all.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["start", "picture", "volume", "stop"]);
    let picture = &all[1];
    assert_eq!((picture.phase, picture.ticket, picture.frame), (Some(3), Some(4), Some(12)));
    assert_eq!(picture.requested_ns, now + MS * 60);
    assert!(picture.before_ns.unwrap() >= picture.requested_ns, "never before its instant");
    assert!(picture.after_ns >= picture.before_ns);
    assert!(all.iter().all(|m| m.error.is_none() && m.device == format!("serial:{path}@9600")));
    assert_eq!(all[2].detail, "3");
}

#[test]
fn marks_that_come_closer_than_a_pulse_are_all_written_in_their_order() {
    let (device, _far, path) = serial();
    let (mut markers, _events) = opened(&[of_serial(&path, Some(0.05))]);
    let at = monotonic_now() + MS * 20;
    (1..=5).for_each(|code| markers.port().send(order(code, at)));
    assert_eq!(device.levels(), [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0]);
    markers.finish();
}

#[test]
fn a_network_device_gets_lines_and_packets_of_text() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let (tcp, udp) = (listener.local_addr().unwrap(), socket.local_addr().unwrap());
    let host = "127.0.0.1".to_string();
    let setups = [
        setup(MarkerTo::Tcp { host: host.clone(), port: tcp.port() }, Some(0.005)),
        setup(MarkerTo::Udp { host, port: udp.port() }, Some(0.005)),
    ];
    let (mut markers, _events) = opened(&setups);
    let (stream, _) = listener.accept().unwrap();
    markers.start(monotonic_now());
    markers.port().send(order(12, monotonic_now() + MS * 30));
    let mut lines = BufReader::new(stream).lines();
    let mut line = || lines.next().unwrap().unwrap();
    assert_eq!([line(), line()], ["start 254 n/a", "picture 12 happy"]);
    let packet = || {
        let mut bytes = [0; 100];
        let n = socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..n].to_vec()).unwrap()
    };
    assert_eq!([packet(), packet()], ["start 254 n/a", "picture 12 happy"]);
    markers.finish();
    assert!(lines.next().is_none(), "the connection ends with the run, and text has no rest level");
}

#[test]
fn a_device_that_a_run_needs_and_is_not_there_is_refused_and_another_is_said() {
    let (tell, events) = unbounded();
    let gone = of_serial("/dev/ttyNOWHERE9", None);
    let why = Markers::open(std::slice::from_ref(&gone), &tell).unwrap_err();
    assert_eq!(why.to_string(), "marker device serial:/dev/ttyNOWHERE9@9600: it is not there");
    assert!(!why.remedy.is_empty());
    let mut markers = Markers::open(&[MarkerSetup { required: false, ..gone }], &tell).unwrap();
    assert_eq!(noted(&events, "it is tried again each second"), Level::Warning);
    markers.port().send(order(11, monotonic_now()));
    let sent = sent(&events);
    assert_eq!((sent.before_ns, sent.after_ns), (None, None));
    assert_eq!(sent.error.as_deref(), Some("the device was not there"));
    markers.finish();
}

#[test]
fn a_device_that_is_lost_is_opened_again_and_marks_meanwhile_are_told_as_not_written() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = MarkerTo::Tcp { host: "127.0.0.1".into(), port };
    let (mut markers, events) = opened(&[setup(to, None)]);
    drop(listener.accept().unwrap());
    drop(listener);
    // Found out within a second, without a mark.
    assert_eq!(noted(&events, "is gone"), Level::Error);
    markers.port().send(order(11, monotonic_now()));
    assert_eq!(sent(&events).error.as_deref(), Some("the device was not there"));
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (stream, _) = listener.accept().unwrap();
    assert_eq!(noted(&events, "is there"), Level::Info);
    markers.port().send(order(12, monotonic_now()));
    assert_eq!(sent(&events).error, None);
    let line = BufReader::new(stream).lines().next().unwrap().unwrap();
    assert_eq!(line, "picture 12 happy", "what fell into the meantime is not sent later");
    markers.finish();
}

#[test]
fn one_device_that_does_not_read_holds_up_no_other() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (device, _far, path) = serial();
    let deaf = setup(MarkerTo::Tcp { host: "127.0.0.1".into(), port }, None);
    let (mut markers, events) = opened(&[deaf, of_serial(&path, Some(0.001))]);
    let _deaf = listener.accept().unwrap();
    let detail: std::sync::Arc<str> = "x".repeat(60_000).into();
    // More than the system keeps for somebody who does not read.
    let now = monotonic_now();
    for i in 0..300 {
        let mut order = order(7, now + Nanos(i));
        order.mark.detail = detail.clone();
        markers.devices[0].1.orders.send(Command::Mark(order)).unwrap();
    }
    markers.devices[1].1.orders.send(Command::Mark(order(9, now))).unwrap();
    assert_eq!(device.levels(), [0, 9, 0]);
    assert_eq!(noted(&events, "it does not read what is sent"), Level::Error);
    markers.finish();
}

/// The level that stands when nobody has asked for another.
fn standing(path: &str) -> Markers {
    let (markers, events) = opened(&[of_serial(path, None)]);
    markers.port().send(order(11, monotonic_now()));
    assert_eq!(sent(&events).error, None);
    markers
}

#[test]
fn a_panic_anywhere_leaves_the_lines_at_rest() {
    let (device, _far, path) = serial();
    let markers = standing(&path);
    assert_eq!(device.levels(), [0, 11]);
    let defect = std::thread::spawn(|| panic!("a defect that a test has made")).join();
    assert!(defect.is_err());
    assert_eq!(device.levels(), [0], "though nobody has closed the device");
    drop(markers);
}

/// Where the next test's child finds its port, and how it is to die.
const CHILD: &str = "REFRAME_TEST_MARKER_PORT";

/// What the children of the next test are; nothing in any other run of the tests.
#[test]
fn child_that_dies_with_a_mark_standing() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let (how, path) = told.split_once(' ').unwrap();
    let markers = standing(path);
    // Held where no stack is taken down before the process ends.
    std::thread::spawn(move || {
        let _markers = markers;
        loop {
            std::thread::park();
        }
    });
    match how {
        "abort" => std::process::abort(),
        // SAFETY: none: nothing is there, as for a driver that reads what it has freed. It ends this child, as it is meant to.
        "fault" => drop(unsafe { std::ptr::read_volatile(std::ptr::without_provenance::<u8>(64)) }),
        _ => panic!("a defect that a test has made"),
    };
}

#[test]
fn a_process_that_panics_or_aborts_or_faults_leaves_the_lines_at_rest() {
    use std::os::unix::process::ExitStatusExt;
    for (how, signal) in
        [("panic", None), ("abort", Some(libc::SIGABRT)), ("fault", Some(libc::SIGSEGV))]
    {
        let (device, _far, path) = serial();
        let me = std::env::current_exe().unwrap();
        let name = "marker::tests::child_that_dies_with_a_mark_standing";
        let out = std::process::Command::new(me)
            .args(["--exact", name, "--test-threads=1"])
            .env(CHILD, format!("{how} {path}"))
            .output()
            .unwrap();
        assert!(!out.status.success(), "{how}: it was to die");
        assert_eq!(device.levels(), [0, 11, 0], "{how}");
        assert_eq!(
            out.status.signal(),
            signal,
            "{how}: it dies as it would have died without marks"
        );
    }
}
