//! Sounds of whole runs, recorded at the loudspeaker: what the journal says of each is compared with the recording, and the
//! recording with what an observer saw of the patch. With REFRAME_STRICT=1 a hundred tones are held to what an idle machine
//! must reach.

use super::program::{Finished, Program, number};
use super::screen::{Change, Observer};
use super::server::Server;
use super::sound_room::{APART, Recorder, SoundRoom, Tape};
use super::spread::Spread;
use serde_json::Value;
use std::time::Duration;

fn is_strict() -> bool {
    std::env::var("REFRAME_STRICT").as_deref() == Ok("1")
}

/// So many pictures of nothing with a tone each; the patch is white with them.
pub fn tones(count: usize, tone: f64, rest: f64) -> String {
    format!(
        r#"
sequence = ["lead_in", "trials", "tail"]

[task]
name = "tones"

[sound.beep]
tone = {{ frequency = 1000, duration = {tone:?}, ramp = 0.0 }}

[block.trials]
cycles = {count}
contents = ["beep", "rest"]

[phase.lead_in]
duration = 1.5

[phase.beep]
duration = 0.2
sounds = [{{ play = "beep" }}]
trial_type = "beep"

[phase.rest]
duration = {rest:?}

[phase.tail]
duration = 1.0

[trial_type.beep]
description = "A tone"
"#
    )
}

/// A run with its recording and what was seen of it.
struct Heard {
    run: Finished,
    tape: Tape,
    seen: Vec<Change>,
    /// Silences shorter than this lie within a sound, in samples.
    apart: usize,
    /// Tones are louder than this.
    level: f32,
}

/// Runs a protocol in a room with sound; `meanwhile` may disturb it.
fn perform(protocol: &str, meanwhile: impl FnOnce(&SoundRoom, &mut Program)) -> Option<Heard> {
    perform_with(&[], protocol, meanwhile)
}

/// The same with more in its environment.
fn perform_with(
    told: &[(&str, String)],
    protocol: &str,
    meanwhile: impl FnOnce(&SoundRoom, &mut Program),
) -> Option<Heard> {
    let server = Server::start()?;
    let room = SoundRoom::open()?;
    let recorder = Recorder::start(&room);
    let observer = Observer::start(&server);
    let loudspeaker = room.server();
    let mut place = vec![("DISPLAY", server.display.as_str()), ("PULSE_SERVER", &loudspeaker)];
    place.extend(told.iter().map(|(name, value)| (*name, value.as_str())));
    let patch = ["--photodiode", "top-left:40"];
    let mut program = Program::bare(&place, protocol, None, &patch);
    meanwhile(&room, &mut program);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    Some(Heard { run, tape: recorder.finish(), seen: observer.finish(), apart: APART, level: 0.01 })
}

/// The tones that the journal says were heard, by their onsets.
fn played(run: &Finished) -> Vec<&Value> {
    let mut all = run.lines("sound");
    all.retain(|l| !l["onset_ns"].is_null() && l["sound"] == "beep");
    all.sort_by_key(|l| number(&l["onset_ns"]));
    all
}

impl Heard {
    /// Onset that is told minus that which was recorded, of each sound.
    #[track_caller]
    fn told_minus_recorded(&self) -> Vec<i64> {
        let (played, sounds) = (played(&self.run), self.tape.louder(self.level, self.apart));
        let all = self.run.lines("sound").into_iter().filter(|l| l["sound"] == "beep").count();
        let unplayed = all - played.len();
        println!(
            "{} sounds told as played, {unplayed} as not, {} recorded",
            played.len(),
            sounds.len()
        );
        assert_eq!(played.len(), sounds.len(), "as many as were recorded: {}", self.run.said);
        let pairs = played.iter().zip(&sounds);
        pairs.map(|(told, heard)| number(&told["onset_ns"]) - self.tape.time(heard.first)).collect()
    }

    /// Silences within what should be heard without any, in milliseconds: those on the tape, and those that are told of it.
    fn gaps(&self, sound: &str) -> (Vec<f64>, Vec<f64>) {
        let parts = self.tape.sounds(96);
        let gap = |w: &[super::sound_room::Heard]| w[1].first - w[0].first - w[0].count;
        let recorded = parts.windows(2).map(|w| gap(w) as f64 / 48.0).collect();
        let of_it =
            |l: &&Value| l["sounds"].as_array().is_some_and(|s| s.iter().any(|s| s == sound));
        let told = self.run.lines("underrun").into_iter().filter(of_it);
        (recorded, told.map(|l| number(&l["silence_ns"]) as f64 / 1e6).collect())
    }

    fn slips(&self) -> Vec<i64> {
        self.run.lines("underrun").iter().map(|l| number(&l["silence_ns"])).collect()
    }
}

#[test]
fn tones_are_heard_when_the_journal_says_and_with_their_pictures() {
    let count = if is_strict() { 100 } else { 25 };
    let Some(h) = perform(&tones(count, 0.1, 0.37), |_, _| {}) else { return };
    let off = h.told_minus_recorded();
    let told = played(&h.run);
    assert_eq!(told.len(), count);
    let told_off = Spread::of("onset, told minus recorded", off);
    let lags = told.iter().map(|l| number(&l["lag_ns"]));
    Spread::of("onset, told minus planned", lags);
    let heard: Vec<i64> = h.tape.sounds(APART).iter().map(|s| h.tape.time(s.first)).collect();
    let planned = told.iter().map(|l| number(&l["planned_ns"]));
    let onsets =
        Spread::of("onset, recorded minus planned", heard.iter().zip(planned).map(|(h, p)| h - p));
    let white: Vec<i64> = h.seen.iter().filter(|c| c.white).map(Change::at).collect();
    assert_eq!(white.len(), count, "each patch was seen");
    let beside = Spread::of(
        "sound minus picture, recorded and seen",
        heard.iter().zip(white).map(|(h, w)| h - w),
    );
    println!("silences: {:?}", h.slips());
    let device = h.run.lines("sound_device");
    println!("{}", device[0]);
    assert_eq!(device.len(), 1);
    if is_strict() {
        told_off.strictly(Some(2_000), Some(2_000), 1_000);
        onsets.strictly(None, None, 1_000);
        beside.strictly(None, None, 1_500);
    }
    told_off.within(2, 2);
    h.run.proves_itself();
}

#[test]
fn what_the_journal_says_follows_a_device_that_slips() {
    let stalls = [2_300, 3_950, 5_120, 6_700, 8_010, 9_480];
    let asked: Vec<String> = stalls
        .iter()
        .zip([60, 90, 140, 75, 200, 110])
        .map(|(at, ms)| format!("{at}:{ms}"))
        .collect();
    let asked = [("REFRAME_TEST_SOUND_STALLS", asked.join(","))];
    let Some(h) = perform_with(&asked, &tones(20, 0.1, 0.37), |_, _| {}) else { return };
    // The device may run dry within a tone.
    let h = Heard { apart: 48 * 240, ..h };
    let off = Spread::of("onset, told minus recorded", h.told_minus_recorded());
    println!("silences: {:?}", h.slips());
    off.within(2, 2);
    assert!(off.worst() <= 2_000_000, "each follows the recording");
    // A busy machine may hold it up once more.
    assert!(h.slips().len() >= stalls.len(), "each time that it ran dry is told");
}

#[test]
fn tones_that_a_suspended_sink_did_not_play_are_told_as_not_played() {
    let Some(h) = perform(&tones(16, 0.1, 0.37), |room, program| {
        program.wait_for_phase(8);
        std::thread::sleep(Duration::from_millis(330));
        room.suspend();
        std::thread::sleep(Duration::from_millis(2_000));
        room.resume();
    }) else {
        return;
    };
    Spread::of("onset, told minus recorded", h.told_minus_recorded());
    let all = h.run.lines("sound");
    assert_eq!(all.len(), 16, "each is told of");
    let errors: Vec<&Value> = all.iter().map(|l| &l["error"]).filter(|e| !e.is_null()).collect();
    assert!((2..=5).contains(&errors.len()), "{errors:?}");
}

#[test]
fn a_run_goes_on_when_its_connection_to_the_sound_server_breaks_and_says_what_was_not_heard() {
    // A stopped process finds its waits interrupted, which the connection does not survive.
    let Some(h) = perform(&tones(12, 0.1, 0.37), |_, program| {
        program.wait_for_phase(6);
        program.signal(libc::SIGSTOP);
        std::thread::sleep(Duration::from_millis(80));
        program.signal(libc::SIGCONT);
    }) else {
        return;
    };
    let off = Spread::of("onset, told minus recorded", h.told_minus_recorded());
    off.within(2, 2);
    assert_eq!(h.run.lines("sound").len(), 12, "each is told of");
    let played = played(&h.run).len();
    assert!((9..=12).contains(&played), "{played}");
}

#[test]
fn a_sound_server_that_goes_ends_no_run_and_each_sound_behind_it_is_told_as_not_played() {
    let Some(server) = Server::start() else { return };
    let Some(mut room) = SoundRoom::open() else { return };
    let loudspeaker = room.server();
    let place = [("DISPLAY", server.display.as_str()), ("PULSE_SERVER", &loudspeaker)];
    let mut program = Program::bare(&place, &tones(8, 0.1, 0.37), None, &[]);
    program.wait_for_phase(6);
    room.kill();
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let all = run.lines("sound");
    assert_eq!(all.len(), 8, "each is told of");
    let errors = all.iter().filter(|l| l["error"] == "the sound device was gone").count();
    assert!((4..=7).contains(&errors), "{errors}");
    let gone = run.lines("note").into_iter().any(|n| n["text"].to_string().contains("is gone"));
    assert!(gone, "it was said");
}

#[test]
fn a_run_with_sounds_is_refused_without_a_device_and_told_so_it_names_each_as_not_played() {
    let Some(server) = Server::start() else { return };
    let place = [("DISPLAY", server.display.as_str()), ("PULSE_SERVER", "unix:/nowhere")];
    let (code, said) = Program::bare(&place, &tones(3, 0.1, 0.2), None, &[]).refused();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("no sound device") && said.contains("--no-sound"), "{said}");
    let run = Program::bare(&place, &tones(3, 0.1, 0.2), None, &["--no-sound"]).finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let all = run.lines("sound");
    assert_eq!(all.len(), 3);
    assert!(
        all.iter()
            .all(|l| l["onset_ns"].is_null() && l["error"].to_string().contains("--no-sound"))
    );
    assert!(run.lines("sound_device").is_empty());
    run.proves_itself();
}

/// The same with a quiet tone beneath them from the first to the last, in which each gap is heard.
fn bedded(protocol: &str) -> String {
    let bed = "[sound.bed]\ntone = { frequency = 500, duration = 60, ramp = 0.0 }\n\n[phase.lead_in]\n\
               sounds = [{ play = \"bed\", volume = 0.1 }]\n";
    protocol.replace("[phase.lead_in]\n", bed)
}

/// Two hundred tones, by themselves and with more programs than cores beside them.
#[test]
fn two_hundred_tones_are_played_without_a_gap_and_under_load_each_gap_is_told() {
    if !is_strict() {
        return;
    }
    let Some(mut idle) = perform(&bedded(&tones(200, 0.05, 0.09)), |_, _| {}) else { return };
    idle.level = 0.2;
    Spread::of("idle: onset, told minus recorded", idle.told_minus_recorded());
    println!(
        "idle: gaps recorded and told {:?}, {} of {} scenes late",
        idle.gaps("bed"),
        late(&idle.run),
        idle.run.lines("onset").len()
    );
    assert!(idle.slips().is_empty() && played(&idle.run).len() == 200);
    let load: Vec<_> = (0..6).map(|_| Busy::start()).collect();
    let loaded = perform(&bedded(&tones(200, 0.05, 0.09)), |_, _| {});
    drop(load);
    let Some(mut loaded) = loaded else { return };
    loaded.level = 0.2;
    let off = Spread::of("loaded: onset, told minus recorded", loaded.told_minus_recorded());
    println!(
        "loaded: gaps recorded and told {:?}, {} of {} scenes late",
        loaded.gaps("bed"),
        late(&loaded.run),
        loaded.run.lines("onset").len()
    );
    off.within(2, 2);
    let (recorded, told) = loaded.gaps("bed");
    assert!(recorded.len() <= told.len(), "each is told: {recorded:?}, {told:?}");
    // The same scenes without any sound, for what drawing makes of that load by itself.
    let load: Vec<_> = (0..6).map(|_| Busy::start()).collect();
    let silent = tones(200, 0.05, 0.09).replace("sounds = [{ play = \"beep\" }]\n", "");
    let silent = silent
        .replace("[sound.beep]\ntone = { frequency = 1000, duration = 0.05, ramp = 0.0 }\n", "");
    let silent = perform(&silent, |_, _| {});
    drop(load);
    if let Some(silent) = silent {
        println!(
            "loaded, without sounds: {} of {} scenes late",
            late(&silent.run),
            silent.run.lines("onset").len()
        );
    }
}

fn late(run: &Finished) -> usize {
    run.lines("onset").iter().filter(|l| l["late"] == true).count()
}

/// A program that keeps a core busy; killed when it is dropped.
struct Busy(std::process::Child);

impl Busy {
    fn start() -> Busy {
        let spin = std::process::Command::new("sh").args(["-c", "while :; do :; done"]).spawn();
        Busy(spin.expect("a shell"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // It fails only where it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One tone that goes on while the device runs dry; strictly, with more programs than cores beside it.
#[test]
fn each_gap_in_a_tone_that_is_heard_is_told() {
    let strict = is_strict();
    let seconds = if strict { 30.0 } else { 12.0 };
    let load: Vec<_> = (0..if strict { 6 } else { 0 }).map(|_| Busy::start()).collect();
    let stalls = [("REFRAME_TEST_SOUND_STALLS", "6500:70,8100:120".to_string())];
    let protocol = tones(1, seconds, seconds + 0.5);
    let Some(h) = perform_with(&stalls, &protocol, |_, _| {}) else { return };
    drop(load);
    // A silence before the tone or behind it is told too, but nobody can hear that one: it names no sound.
    let (gaps, told) = h.gaps("beep");
    println!("gaps recorded {gaps:?}, told {told:?}, with those elsewhere {:?}", h.slips());
    assert!(gaps.len() >= 2, "it was held up twice");
    // A recorder that gets no processor may lose a short one itself.
    assert!(gaps.len() <= told.len(), "each is told: {gaps:?}, {told:?}");
    // A recorder that gets no processor loses samples itself, so that gaps look shorter on its tape.
    let alike = gaps.iter().filter(|g| told.iter().any(|t| (*g - t).abs() < 3.0)).count();
    assert!(alike >= if strict { 1 } else { 2 }, "with its length");
}
