//! One tone as each kind of file, brought to another rate, spoilt, and behind a silence.

use super::*;
use std::path::PathBuf;

fn shipped(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("tests/sounds").join(name)
}

/// How much of a sound is a tone of that frequency: 1 where it is nothing else.
fn purity(sound: &Samples, frequency: f64) -> f64 {
    let turn = |i: usize| std::f64::consts::TAU * frequency * i as f64 / f64::from(sound.rate);
    let left: Vec<f64> = sound.frames.iter().map(|f| f64::from(f[0])).collect();
    let sum = |f: fn(f64) -> f64| left.iter().enumerate().map(|(i, x)| x * f(turn(i))).sum::<f64>();
    let (cos, sin) = (sum(f64::cos), sum(f64::sin));
    let power = left.iter().map(|x| x * x).sum::<f64>();
    2.0 * (cos * cos + sin * sin) / (power * left.len() as f64)
}

#[test]
fn each_kind_of_file_gives_the_same_tone_from_its_first_sample_on() {
    for (name, slack) in [("tone.wav", 0), ("tone.flac", 0), ("tone.ogg", 0), ("tone.mp3", 1_152)] {
        let sound = file(&shipped(name), 44_100).unwrap_or_else(|e| panic!("{name}: {e}"));
        let count = sound.frames.len();
        assert!((11_025..=11_025 + slack).contains(&count), "{name} has {count} samples");
        assert!(sound.lead_in() < Nanos::from_millis(2), "{name}: {}", sound.lead_in());
        let pure = purity(&sound, 441.0);
        assert!(pure > 0.9, "{name}: {pure}");
        assert!(sound.frames.iter().all(|f| f[0] == f[1]), "both ears hear it");
    }
}

#[test]
fn a_sound_is_brought_to_the_rate_of_the_device_without_moving() {
    let own = file(&shipped("tone.wav"), 44_100).unwrap();
    let other = file(&shipped("tone.wav"), 48_000).unwrap();
    assert!((12_000..=12_001).contains(&other.frames.len()) && other.rate == 48_000);
    assert!(purity(&other, 441.0) > 0.99);
    // The hundredth crossing of zero is where it was.
    let crossing = |s: &Samples| {
        let up = |w: &[[f32; 2]]| w[0][0] <= 0.0 && w[1][0] > 0.0;
        let at = s.frames.windows(2).enumerate().filter(|(_, w)| up(w)).nth(99);
        f64::from(at.expect("it has some").0 as u32) / f64::from(s.rate)
    };
    assert!((crossing(&own) - crossing(&other)).abs() < 1.0 / 22_050.0);
}

#[test]
fn what_is_no_sound_says_so_with_a_remedy() {
    let of = |bytes: Vec<u8>| decode(bytes, "wav").unwrap_err();
    assert!(of(b"not a sound at all".repeat(40)).contains("save it anew as WAV"));
    assert!(of(Vec::new()).contains("save it anew as WAV"));
    let wav = std::fs::read(shipped("tone.wav")).unwrap();
    assert!(decode(wav[..40].to_vec(), "wav").is_err());
    let missing = file(&shipped("none.wav"), 48_000).unwrap_err();
    assert!(missing.contains("cannot be read"), "{missing}");
    let folder = file(&shipped(""), 48_000).unwrap_err();
    assert!(folder.contains("is a folder"), "{folder}");
}

#[test]
fn silence_before_a_sound_is_said_and_a_sound_that_is_all_silence() {
    let folder = tempfile::tempdir().unwrap();
    let mut wav = std::fs::read(shipped("tone.wav")).unwrap();
    let tone = look(&shipped("tone.wav")).unwrap();
    assert!(tone.warning.is_none() && tone.peak > 0.3 && tone.peak <= 1.0, "{tone:?}");
    let path = folder.path().join("late.wav");
    // 16-bit samples of one channel behind a header of 44 bytes.
    wav[44..44 + 2 * 1_323].fill(0);
    std::fs::write(&path, &wav).unwrap();
    assert!(look(&path).unwrap().warning.unwrap().contains("begins with 30 ms of silence"));
    wav[44..].fill(0);
    std::fs::write(&path, &wav).unwrap();
    assert!(look(&path).unwrap().warning.unwrap().contains("is silent"));
}

#[test]
fn a_sound_for_more_than_two_ears_is_refused_and_one_for_two_is_not() {
    let mut wav = std::fs::read(shipped("tone.wav")).unwrap();
    let mut with = |channels: u16| {
        // The header says how many channels there are, and how many bytes their samples take together.
        wav[22..24].copy_from_slice(&channels.to_le_bytes());
        wav[28..32].copy_from_slice(&(44_100 * 2 * u32::from(channels)).to_le_bytes());
        wav[32..34].copy_from_slice(&(2 * channels).to_le_bytes());
        decode(wav.clone(), "wav")
    };
    assert!(with(2).is_ok());
    let refused = with(6).unwrap_err();
    assert!(refused.contains("6 channels") && refused.contains("one or two"), "{refused}");
}
