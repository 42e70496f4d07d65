//! The self-test of timing in a window: it measures, says that this is no real screen, and can be ended. How good the
//! figures are is not tested: a busy machine has others.

use super::MS;
use super::keys::Keys;
use super::server::Server;
use super::system::{now, sleep_until};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn timing(server: &Server, folder: &Path, seconds: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    command.env("DISPLAY", &server.display).current_dir(folder);
    command.args(["timing", "--display", "window", "--seconds", seconds]);
    command
}

/// Text, data and picture of the only report in a folder.
fn files(folder: &Path) -> [String; 3] {
    let all: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    let [report] = &all[..] else { panic!("one report: {all:?}") };
    let read = |name: &str| fs::read_to_string(report.join(name)).unwrap();
    ["timing.txt", "timing.json", "timing.svg"].map(read)
}

#[test]
fn the_self_test_measures_screen_keys_and_clock_and_says_that_the_display_is_virtual() {
    let Some(server) = Server::start() else { return };
    let folder = TempDir::new().unwrap();
    let done = timing(&server, folder.path(), "8").output().expect("the binary starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{said}");
    let text = String::from_utf8(done.stdout).unwrap();
    let label = "VIRTUAL DISPLAY: these figures say nothing of a real screen";
    assert!(text.contains(label), "{text}");

    let [kept, json, svg] = files(&folder.path().join("timing"));
    assert_eq!(kept, text);
    let json: Value = serde_json::from_str(&json).expect("the data are JSON");
    assert!(json["virtual_display"].as_str().unwrap().starts_with(label));
    let measured = &json["measured"];
    for flips in measured["flips"].as_array().unwrap() {
        let shown = flips["shown"].as_u64().unwrap();
        assert!(shown > 0, "{flips}");
        assert_eq!(flips["by_basis"]["x11-roundtrip"], shown);
        assert_eq!(flips["onset_minus_flip_ms"].as_array().unwrap().len() as u64, shown);
    }
    // Whoever reads the figures must find what was pressed, whichever sources heard it.
    let keys = &measured["keys"];
    assert!(keys["pressed"].as_u64().unwrap() > 0, "{keys}");
    let sources = keys["by_source"].as_array().unwrap();
    assert!(sources.iter().any(|s| s["heard"].as_u64().unwrap() > 0), "{keys}");
    for late in sources.iter().flat_map(|s| s["latencies_ms"].as_array().unwrap()) {
        assert!(late.as_f64().unwrap() >= 0.0, "no stamp lies before its press: {keys}");
    }
    let picture = roxmltree::Document::parse(&svg).expect("the picture is sound XML");
    let texts = picture.descendants().filter_map(|n| n.text());
    assert!(texts.into_iter().any(|t| t.starts_with(label)));
}

#[test]
fn escape_and_q_end_the_self_test_and_nothing_is_written() {
    let Some(server) = Server::start() else { return };
    let folder = TempDir::new().unwrap();
    let mut command = timing(&server, folder.path(), "300");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut keys = Keys::connect(&server);
    // Whenever it begins to listen; a key that came too early is nobody's.
    let give_up = now() + 120_000 * MS;
    while child.try_wait().unwrap().is_none() {
        assert!(now() < give_up, "it does not end");
        keys.send("Escape", true);
        keys.send("KeyQ", true);
        keys.send("Escape", false);
        keys.send("KeyQ", false);
        sleep_until(now() + 200 * MS);
    }
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(4), "{said}");
    assert!(said.contains("ended early"), "{said}");
    assert!(done.stdout.is_empty() && !folder.path().join("timing").exists());
}
