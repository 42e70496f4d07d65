//! `reframe doctor` and `reframe devices --list` on the PC of the test: the real binary, which changes nothing and never hangs.

use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn reframe(dir: &Path, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.args(line).current_dir(dir).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.output().expect("the binary starts")
}

#[test]
fn every_remedy_follows_what_it_is_for_and_the_pc_is_left_as_it_was() {
    let dir = TempDir::new().unwrap();
    let out = reframe(dir.path(), &["doctor"]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    for head in ["this PC", "real-time priority", "screen and graphics", "serial ports", "disk"] {
        assert!(said.lines().any(|l| l.starts_with(head)), "{head} is not looked at\n{said}");
    }
    let lines: Vec<&str> = said.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let bad =
            line.trim_start().starts_with("warning") || line.trim_start().starts_with("missing ");
        if bad && line.starts_with("  ") {
            assert!(lines[i + 1].trim_start().starts_with("help:"), "no remedy for {line}");
        }
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "it wrote something");
}

#[test]
fn a_room_whose_scanner_cannot_be_heard_is_a_missing_device() {
    let dir = TempDir::new().unwrap();
    let rig = "name = \"room\"\n[trigger]\nsource = \"serial:/dev/ttyNOWHERE@115200:5\"\n";
    std::fs::write(dir.path().join("room.toml"), rig).unwrap();
    let out = reframe(dir.path(), &["doctor", "--rig", "room.toml"]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(3), "{said}");
    assert!(said.contains("missing  serial port /dev/ttyNOWHERE: it is not there"), "{said}");
    assert!(said.contains("help: plug the device in"), "{said}");
}

#[test]
fn devices_are_listed_without_opening_any() {
    let dir = TempDir::new().unwrap();
    let out = reframe(dir.path(), &["devices", "--list"]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(0), "{said}");
    assert!(said.contains("serial ports\n") && said.contains("keyboards"), "{said}");
}

#[test]
fn what_a_wire_brings_is_shown_and_reckoned_without_a_window() {
    use std::net::{Ipv4Addr, TcpListener, UdpSocket};
    let dir = TempDir::new().unwrap();
    let at = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let trigger = format!("udp:{at}=TR");
    let sender = std::thread::spawn(move || {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        // Until the program hears them: it ends with the third.
        for _ in 0..400 {
            let _ = socket.send_to(b"odd", at);
            let _ = socket.send_to(b"TR", at);
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    let line = ["devices", "--display", "offscreen", "--trigger", &trigger, "--pulses", "3"];
    let out = reframe(dir.path(), &line);
    drop(sender);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(0), "{said}");
    assert!(said.contains(&format!("pulse 3 from udp:{at}")), "{said}");
    assert!(said.contains(&format!("odd  from udp:{at}: nothing in this rig")), "{said}");
    assert!(said.contains("3 pulses; from pulse to pulse mean"), "{said}");
}
