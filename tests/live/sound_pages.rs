//! What a person and an operator do to sounds, recorded at the loudspeaker: the volume is set on a page, and grey silences all. And
//! who is not played at all.

use super::keys::Keys;
use super::program::{Program, kind, number, reframe};
use super::server::Server;
use super::sound_room::{APART, Recorder, SoundRoom, Tape};
use super::system::now;
use serde_json::Value;
use std::os::unix::net::UnixListener;
use std::time::Duration;

/// A page with a tone that comes again, on which a scale sets the volume; then a long tone.
const PAGE: &str = r#"
sequence = ["lead_in", "page", "long", "tail"]
[task]
name = "volume"
[sound.beep]
tone = { frequency = 1000, duration = 0.1, ramp = 0.0 }
[sound.long]
tone = { frequency = 1000, duration = 4.0, ramp = 0.0 }
[scale.volume]
left = 0
right = 100
start = 0.5
anchors = ["soft", "loud"]
higher_means = "louder"
volume = true
[phase.lead_in]
duration = 1.0
[phase.page]
until = "response"
keys = ["confirm"]
sounds = { play = "beep", every = 0.5 }
elements = [{ kind = "scale", scale = "volume" }]
[phase.long]
duration = 3.0
sounds = { play = "long", at = 0.2 }
trial_type = "long"
[phase.tail]
duration = 1.0
[trial_type.long]
description = "A long tone"
"#;

fn loudest(tape: &Tape, first: usize, count: usize) -> f64 {
    tape.samples[first..first + count].iter().fold(0f64, |m, x| m.max(f64::from(x.abs())))
}

#[test]
fn the_volume_that_is_set_on_a_page_is_heard_and_grey_silences_at_once() {
    let Some(server) = Server::start() else { return };
    let Some(room) = SoundRoom::open() else { return };
    let recorder = Recorder::start(&room);
    let mut keys = Keys::connect(&server);
    let loudspeaker = room.server();
    let place = [("DISPLAY", server.display.as_str()), ("PULSE_SERVER", &loudspeaker)];
    let mut program = Program::bare(&place, PAGE, None, &[]);
    program.wait_for_phase(1);
    std::thread::sleep(Duration::from_millis(1_600));
    // A long press takes the marker to the right end.
    keys.send("ArrowRight", true);
    std::thread::sleep(Duration::from_millis(2_600));
    keys.send("ArrowRight", false);
    std::thread::sleep(Duration::from_millis(1_600));
    keys.tap("Enter", now(), 40);
    program.wait_for("the long tone", |l| kind(l) == "sound" && l["sound"] == "long");
    std::thread::sleep(Duration::from_millis(400));
    let grey = keys.send("Escape", true).at();
    keys.send("Escape", false);
    let run = program.finish();
    let tape = recorder.finish();
    let sounds = tape.sounds(APART);
    let played: Vec<&Value> =
        run.lines("sound").into_iter().filter(|l| !l["onset_ns"].is_null()).collect();
    assert_eq!(played.len(), sounds.len(), "{}", run.said);
    let level = |n: usize| loudest(&tape, sounds[n].first, sounds[n].count);
    let (first, last) = (level(0), level(sounds.len() - 2));
    let db = 20.0 * (last / first).log10();
    println!("first tone {first:.4}, last {last:.4}: {db:.2} dB apart");
    // From the middle of 40 dB to its upper end; a tone has half the full amplitude.
    assert!((db - 20.0).abs() < 0.5 && (last - 0.5).abs() < 0.01);
    let volumes = run.lines("volume");
    assert_eq!(volumes.last().unwrap()["position"], 1.0);
    let long = sounds[sounds.len() - 1];
    let silent = tape.time(long.first + long.count) - grey;
    println!("silent {:.1} ms after the key for grey", silent as f64 / 1e6);
    assert!((0..120_000_000).contains(&silent));
    let end = run.lines("sound_end").into_iter().find(|l| l["sound"] == "long").expect("it ended");
    assert_eq!(end["why"], "grey");
    let told = number(&end["t_ns"]) - tape.time(long.first + long.count);
    assert!(told.abs() < 3_000_000, "its end is told within {told} ns");
    // The run waits under the grey no longer than it lasts, and proves itself.
    run.proves_itself();
}

#[test]
fn a_protocol_without_sounds_opens_no_device() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("native");
    let listener = UnixListener::bind(&socket).unwrap();
    listener.set_nonblocking(true).unwrap();
    let loudspeaker = format!("unix:{}", socket.display());
    let place = [("DISPLAY", server.display.as_str()), ("PULSE_SERVER", &loudspeaker)];
    let silent = "sequence = [\"rest\"]\n[task]\nname = \"silent\"\n[phase.rest]\nduration = 1.0\ntrial_type = \"rest\"\n\
                  [trial_type.rest]\ndescription = \"Rest\"\n";
    let run = Program::bare(&place, silent, None, &[]).finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    assert!(listener.accept().is_err(), "nobody asked for the sound server");
    assert!(run.lines("sound_device").is_empty());
}

#[test]
fn the_self_test_plays_its_tones_with_their_pictures() {
    let _turn = super::server::turn();
    let Some(room) = SoundRoom::open() else { return };
    let recorder = Recorder::start(&room);
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("a.json");
    let done = reframe()
        .args(["timing", "--sound", "--display", "offscreen", "--seconds", "5", "--json"])
        .arg(&json)
        .env("PULSE_SERVER", room.server())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    let sound = &report["measured"]["sound"];
    println!("{sound}");
    assert_eq!((&sound["asked"], &sound["played"]), (&Value::from(50), &Value::from(50)));
    assert_eq!(sound["host"], "pulseaudio");
    assert!(sound["latency_ms"].as_f64().unwrap() > 1.0);
    assert_eq!(recorder.finish().sounds(APART).len(), 50);
}

/// Three tones at a time, which together are half as loud again as the device can be.
const LOUD: &str = r#"
sequence = ["lead_in", "loud", "tail"]
[task]
name = "loud"
[sound.a]
tone = { frequency = 1000, duration = 0.5, ramp = 0.0 }
[sound.b]
tone = { frequency = 1000, duration = 0.5, ramp = 0.0 }
[sound.c]
tone = { frequency = 1000, duration = 0.5, ramp = 0.0 }
[phase.lead_in]
duration = 1.5
[phase.loud]
duration = 1.0
sounds = [{ play = "a" }, { play = "b" }, { play = "c" }]
trial_type = "loud"
[phase.tail]
duration = 1.0
[trial_type.loud]
description = "Three tones"
"#;

#[test]
fn sounds_that_are_too_loud_together_are_told_with_what_was_cut_off() {
    let Some(server) = Server::start() else { return };
    let Some(room) = SoundRoom::open() else { return };
    let recorder = Recorder::start(&room);
    let loudspeaker = room.server();
    let place = [("DISPLAY", server.display.as_str()), ("PULSE_SERVER", &loudspeaker)];
    let run = Program::bare(&place, LOUD, None, &[]).finish();
    let tape = recorder.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let told = run.lines("clipping");
    let flat = tape.samples.iter().filter(|x| x.abs() >= 0.9999).count() as i64;
    println!("{told:?}, {flat} at full amplitude on the tape");
    let [told] = told[..] else { panic!("once: {told:?}") };
    let off = number(&told["samples"]) - flat;
    assert!(off.abs() * 20 <= flat && flat > 10_000, "{told}, {flat} recorded");
    assert_eq!(told["sounds"], serde_json::json!(["a", "b", "c"]));
    assert!(run.said.contains("went beyond full amplitude"), "{}", run.said);
    run.proves_itself();
}
