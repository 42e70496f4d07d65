//! `[sound.NAME]`: a file, or a tone that is made. Whether the file is there is no matter here.

use super::words::{SHORT_TEXT, by_name};
use crate::ground::cue::{SoundSource, Tone};
use crate::ground::document::{Table, short, value::Value};
use crate::ground::paths::is_inner_path;
use crate::ground::time::Nanos;
use crate::protocol::keys;
use indexmap::IndexMap;
use std::path::Path;

/// The most sounds of a protocol.
const MOST: usize = 500;
/// The ends of files whose form is known.
const ENDINGS: [&str; 5] = ["wav", "flac", "ogg", "oga", "mp3"];
/// Seconds in which a tone rises and falls, so that it does not click.
const RAMP: f64 = 0.005;
/// Seconds of the longest tone.
const LONGEST: f64 = 60.0;
const TONE: &str = "{ frequency = 440, duration = 0.2 }";

/// All sounds.
pub fn sounds(root: &Table<'_>) -> IndexMap<String, SoundSource> {
    by_name(root, "sound", "[sound.beep]", MOST, |t| {
        // What could not be read is on the list of problems.
        source(&t).unwrap_or_else(|| SoundSource::File(String::new()))
    })
}

fn source(t: &Table<'_>) -> Option<SoundSource> {
    t.allow(&[&keys::SOUND]);
    match (t.get("file"), t.get("tone")) {
        (Some(value), None) => file(&value).map(SoundSource::File),
        (None, Some(value)) => tone(&value).map(SoundSource::Tone),
        (Some(_), Some(value)) => {
            let remedy =
                "leave out one of the two lines: a sound is a file, or a tone that is made";
            value.wrong("stands beside \"file\"", "one of the two", remedy);
            None
        }
        (None, None) => {
            t.missing(
                "file",
                "a file in the stimuli folder, or a \"tone\"",
                "file = \"sounds/cue.wav\"",
            );
            None
        }
    }
}

fn file(value: &Value<'_>) -> Option<String> {
    let path = value.text(SHORT_TEXT)?;
    let message = format!("is \"{}\"", short(&path));
    if path.contains(['{', '}']) {
        let remedy = "give each file a [sound.NAME] of its own, and let a variable choose the name: `play = \"{sound}\"`";
        value.wrong("holds a variable", "one file", remedy);
        return None;
    }
    if !is_inner_path(&path) {
        let expected = "a path inside the stimuli folder, with \"/\" between its parts";
        value.wrong(&message, expected, "write for example \"sounds/cue.wav\"");
        return None;
    }
    let ending = Path::new(&path).extension().and_then(|e| e.to_str());
    if !ending.is_some_and(|e| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(e))) {
        let expected = "a file that ends with .wav, .flac, .ogg, .oga or .mp3";
        value.wrong(&message, expected, "save the sound as WAV or FLAC, which lose nothing of it");
        return None;
    }
    Some(path)
}

fn tone(value: &Value<'_>) -> Option<Tone> {
    let t = value.table(TONE)?;
    t.allow(&[&keys::TONE]);
    let frequency = t.need("frequency", "its pitch, in hertz", "frequency = 440");
    let duration = t.need("duration", "how long it is, in seconds", "duration = 0.2");
    let written = t.get("ramp");
    let ramp = written.as_ref().map_or(Some(RAMP), |v| v.number(0.0, LONGEST / 2.0));
    let frequency = frequency.and_then(|v| v.number(20.0, 20_000.0));
    let length = duration.as_ref().and_then(|v| v.number(0.001, LONGEST));
    let (frequency, length, ramp) = (frequency?, length?, ramp?);
    let tone = Tone { frequency, duration: Nanos::from_secs(length), ramp: Nanos::from_secs(ramp) };
    if tone.ramp * 2 > tone.duration {
        let message = format!("leaves no room for two ramps of {ramp} s in {length} s");
        let expected = "ramps that are at most half as long as the tone";
        let remedy =
            "write a longer tone, or a shorter ramp, as in `ramp = 0.001`; without any it clicks";
        written.or(duration)?.wrong(&message, expected, remedy);
        return None;
    }
    Some(tone)
}
