//! Sound devices that a system takes away, moves, mutes or lets hang while a run goes on, and one that it has only just got.

use super::program::{Finished, Program, reframe};
use super::server::Server;
use super::sound_room::SoundRoom;
use super::sounds::tones;
use serde_json::Value;

/// Runs so many tones; `meanwhile` meddles with the device. None where there is no server of sounds.
fn perform(
    count: usize,
    rig: Option<&str>,
    meanwhile: impl FnOnce(&SoundRoom, &mut Program),
) -> Option<Finished> {
    let server = Server::start()?;
    let room = SoundRoom::open()?;
    room.tell(&["load-module", "module-null-sink", "sink_name=other", "rate=48000", OTHER]);
    let loudspeaker = room.server();
    let place = [("DISPLAY", server.display.as_str()), ("PULSE_SERVER", &loudspeaker)];
    let mut program = Program::bare(&place, &tones(count, 0.1, 0.37), rig, &[]);
    meanwhile(&room, &mut program);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    assert_eq!(run.lines("sound").len(), count, "each is told of: {}", run.said);
    Some(run)
}

/// What people read of the other device.
const OTHER: &str = "sink_properties=device.description=Other";

fn says(run: &Finished, words: &str) -> bool {
    run.lines("note").iter().any(|n| n["text"].to_string().contains(words))
}

fn errors(run: &Finished) -> Vec<Value> {
    let all = run.lines("sound").into_iter().map(|l| l["error"].clone());
    all.filter(|e| !e.is_null()).collect()
}

#[test]
fn a_device_that_is_unplugged_is_told_of_and_the_one_that_takes_its_place_is_named() {
    let Some(run) = perform(14, None, |room, program| {
        program.wait_for_phase(6);
        room.tell(&["unload-module", "0"]);
    }) else {
        return;
    };
    assert!(says(&run, "is gone"), "{}", run.said);
    let devices = run.lines("sound_device");
    assert_eq!(devices.len(), 2, "{}", run.said);
    assert_eq!(devices[1]["name"], "Other");
    assert!(errors(&run).len() <= 6, "{:?}", errors(&run));
    let onset = |l: &Value| l["onset_ns"].is_null();
    assert!(!onset(run.lines("sound").last().unwrap()), "the last is heard there: {}", run.said);
}

#[test]
fn sounds_are_not_played_on_another_device_than_the_rig_names() {
    let rig = "[sound]\ndevice = \"room\"\n";
    let Some(run) = perform(12, Some(rig), |room, program| {
        program.wait_for_phase(6);
        room.tell(&["unload-module", "0"]);
    }) else {
        return;
    };
    assert_eq!(run.lines("sound_device").len(), 1, "{}", run.said);
    let errors = errors(&run);
    assert!((5..=10).contains(&errors.len()), "{errors:?}");
    assert!(errors.iter().all(|e| e == "the sound device was gone"), "{errors:?}");
}

#[test]
fn sounds_that_somebody_moves_to_another_device_or_mutes_are_told_of() {
    let Some(run) = perform(14, None, |room, program| {
        program.wait_for_phase(4);
        room.tell(&["set-sink-mute", "room", "1"]);
        program.wait_for_phase(10);
        // The only stream there is.
        room.tell(&["move-sink-input", "0", "other"]);
    }) else {
        return;
    };
    assert!(says(&run, "is muted"), "{}", run.said);
    assert!(says(&run, "has moved the sounds to"), "{}", run.said);
    assert_eq!(run.lines("sound_device").len(), 2, "{}", run.said);
}

#[test]
fn a_sound_server_that_hangs_holds_nothing_up_and_each_sound_is_told_as_not_played() {
    let Some(run) = perform(24, None, |room, program| {
        program.wait_for_phase(6);
        room.freeze();
    }) else {
        return;
    };
    let errors = errors(&run);
    assert!((18..=23).contains(&errors.len()), "{} of 24: {errors:?}", errors.len());
    assert!(says(&run, "has not asked for sound") && says(&run, "is gone"), "{}", run.said);
}

#[test]
fn a_person_without_a_cookie_reaches_the_sound_server_and_has_one_then() {
    let Some(room) = SoundRoom::open() else { return };
    let home = tempfile::tempdir().unwrap();
    let mut command = reframe();
    command.args(["devices", "--list"]).env("PULSE_SERVER", room.server());
    command.env("HOME", home.path()).env_remove("PULSE_COOKIE");
    let said = command.output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("(pulseaudio)"), "{said}");
    assert!(home.path().join(".config/pulse/cookie").exists());
}
