//! `[sound]`: what sounds are played on, and how much later they leave it than it says.

use super::super::keys;
use super::super::schema::{SoundOffset, SoundSetup};
use super::{day, filled};
use crate::ground::document::Table;

/// Frames that a device takes at a time: fewer are not served in time, more come late by themselves.
const BUFFERS: (u32, u32) = (64, 4096);
/// Sample rates in hertz.
const RATES: (u32, u32) = (8000, 192_000);
/// The largest correction, in seconds.
const LARGEST_OFFSET: f64 = 0.5;

/// A device takes at most so much at a time, in seconds: scenes are not known much longer ahead.
const LONGEST_BUFFER: f64 = 0.1;

/// The table `[sound]`.
pub fn sound(t: &Table<'_>) -> SoundSetup {
    t.allow(&[&keys::SOUND]);
    let buffer = t.count("buffer", BUFFERS.0, BUFFERS.1).unwrap_or(SoundSetup::default().buffer);
    let rate = t.count("rate", RATES.0, RATES.1);
    if let (Some(hz), Some(v)) = (rate, t.get("buffer").or(t.get("rate")))
        && f64::from(buffer) > LONGEST_BUFFER * f64::from(hz)
    {
        let long = f64::from(buffer) / f64::from(hz);
        v.wrong(
            &format!("makes {buffer} frames at {hz} Hz last {long:.2} s"),
            format!("frames for at most {LONGEST_BUFFER} s"),
            format!("write `buffer = {}` or less", (LONGEST_BUFFER * f64::from(hz)) as u32),
        );
    }
    SoundSetup { device: t.get("device").and_then(|v| filled(&v)), buffer, rate, offset: offset(t) }
}

fn offset(t: &Table<'_>) -> Option<SoundOffset> {
    let Some(seconds) = t.get("offset") else {
        if let Some(v) = t.get("measured") {
            let remedy = "leave the line out, or add a line such as `offset = 0.012`";
            v.wrong(
                "has no use without \"offset\"",
                "the day that \"offset\" was measured",
                remedy,
            );
        }
        return None;
    };
    // A correction that nobody can date cannot be trusted, one of nothing no more than others.
    let measured =
        t.need("measured", "the day that \"offset\" was measured", "measured = \"2026-11-22\"");
    let measured = measured.and_then(|v| day(&v));
    let seconds = seconds.number(-LARGEST_OFFSET, LARGEST_OFFSET);
    Some(SoundOffset { seconds: seconds?, measured: measured? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::diagnostic::Source;
    use crate::rig::parse::parse;

    fn read(text: &str) -> Result<SoundSetup, String> {
        let source = Source { path: "rig.toml".into(), text: format!("[sound]\n{text}") };
        parse(&source).map(|(rig, _)| rig.sound).map_err(|p| p[0].message.clone())
    }

    #[test]
    fn sounds_are_played_on_the_systems_own_device_unless_another_is_named() {
        assert_eq!(read(""), Ok(SoundSetup::default()));
        let all = "device = \"Scarlett\"\nbuffer = 256\nrate = 48000\noffset = 0.012\nmeasured = \"2026-11-22\"";
        let offset = SoundOffset { seconds: 0.012, measured: "2026-11-22".into() };
        let device = Some("Scarlett".into());
        let setup = SoundSetup { device, buffer: 256, rate: Some(48_000), offset: Some(offset) };
        assert_eq!(read(all), Ok(setup));
    }

    #[test]
    fn bounds_are_allowed_and_what_lies_behind_them_is_not() {
        let small = "rate = 8000\nbuffer = 800";
        for line in ["buffer = 64", "buffer = 4096", small, "rate = 192000"] {
            assert!(read(line).is_ok(), "{line}");
        }
        for line in
            ["buffer = 63", "buffer = 4097", "buffer = 64.0", "rate = 7999", "rate = 192001"]
        {
            assert!(read(line).is_err(), "{line}");
        }
        let long = read("rate = 8000\nbuffer = 801").unwrap_err();
        assert_eq!(long, "\"buffer\" of [sound] makes 801 frames at 8000 Hz last 0.10 s");
        let usual = read("rate = 8000").unwrap_err();
        assert_eq!(usual, "\"rate\" of [sound] makes 1024 frames at 8000 Hz last 0.13 s");
        let offset = |seconds| read(&format!("offset = {seconds}\nmeasured = \"2026-11-22\""));
        assert!(offset("0.5").is_ok() && offset("-0.5").is_ok());
        assert!(offset("0.51").is_err() && offset("-0.51").is_err());
    }

    #[test]
    fn an_offset_is_dated_and_a_date_is_of_an_offset() {
        assert_eq!(read("offset = 0.0"), Err("\"measured\" is missing in [sound]".into()));
        let alone = read("measured = \"2026-11-22\"");
        assert_eq!(alone, Err("\"measured\" of [sound] has no use without \"offset\"".into()));
        assert!(read("offset = 0.01\nmeasured = \"2026-1-2\"").is_err());
    }
}
