//! Two cues for the ear, as WAV files: two notes of one pitch for looking, and two that fall for reappraising. They are
//! made of additions and multiplications alone, so every machine makes the same bytes.

use super::Made;

/// Samples a second.
const RATE: u32 = 48_000;
/// Samples of a note, of its rise and of its fall, and of the silence behind it: 150, 20 and 50 ms.
const NOTE: u32 = RATE * 150 / 1000;
const RAMP: u32 = RATE * 20 / 1000;
const PAUSE: u32 = RATE * 50 / 1000;
/// The largest amplitude, as a share of what fits.
const PEAK: f64 = 0.5;

/// Their names, and the pitches of their notes in hertz.
const CUES: [(&str, [u32; 2]); 2] = [("attend", [440, 440]), ("regulate", [660, 440])];

/// All of them.
pub(super) fn sounds() -> impl Iterator<Item = Made> {
    CUES.into_iter().map(|(name, [first, second])| {
        let silence = std::iter::repeat_n(0, PAUSE as usize);
        let samples: Vec<i16> = note(first).chain(silence).chain(note(second)).collect();
        Made { name: format!("sounds/{name}.wav"), bytes: wav(&samples) }
    })
}

/// A note that rises from its first sample on, as a cosine does, and falls likewise.
fn note(hertz: u32) -> impl Iterator<Item = i16> {
    (0..NOTE).map(move |n| {
        let edge = f64::from(n.min(NOTE - 1 - n).min(RAMP)) / f64::from(RAMP);
        let gain = 0.5 + 0.5 * sine(edge / 2.0 - 0.25);
        // The part of a turn is taken of whole numbers, so that it is exact.
        let turns = f64::from(n * hertz % RATE) / f64::from(RATE);
        (PEAK * gain * sine(turns) * f64::from(i16::MAX)).round() as i16
    })
}

/// The sine of an angle in turns, -1 to 1; those of the systems' own libraries differ in their last bits.
fn sine(turns: f64) -> f64 {
    // Into the half of a turn around 0, where few terms are enough.
    let near = turns - turns.round();
    let folded = if near.abs() > 0.25 { near.signum() * 0.5 - near } else { near };
    let x = folded * std::f64::consts::TAU;
    let (mut sum, mut term) = (x, x);
    for k in 1..12_u32 {
        term *= -x * x / f64::from(2 * k * (2 * k + 1));
        sum += term;
    }
    sum
}

/// Samples of one channel as a WAV file.
fn wav(samples: &[i16]) -> Vec<u8> {
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let long = |n: usize| u32::try_from(n).expect("a cue is short").to_le_bytes();
    let (rate, a_second) = (RATE.to_le_bytes(), (RATE * 2).to_le_bytes());
    // PCM of one channel, with two bytes and sixteen bits a sample.
    let (pcm, channels, frame, bits) = ([1, 0], [1, 0], [2, 0], [16, 0]);
    [
        &b"RIFF"[..],
        &long(36 + bytes.len()),
        b"WAVEfmt ",
        &long(16),
        &pcm,
        &channels,
        &rate,
        &a_second,
        &frame,
        &bits,
        b"data",
        &long(bytes.len()),
        &bytes,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(made: &Made) -> Vec<i16> {
        made.bytes[44..].chunks(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
    }

    #[test]
    fn the_own_sine_is_the_sine() {
        for n in -4800..=4800 {
            let turns = f64::from(n) / 4800.0;
            assert!((sine(turns) - (turns * std::f64::consts::TAU).sin()).abs() < 1e-12, "{turns}");
        }
    }

    #[test]
    fn a_cue_is_two_notes_with_a_pause_and_sounds_from_its_beginning() {
        for made in sounds() {
            let samples = samples(&made);
            assert_eq!(samples.len(), 48 * (150 + 50 + 150), "{}", made.name);
            let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
            assert!((16_300..=16_384).contains(&peak), "{peak}");
            assert!(samples[..48].iter().any(|s| *s != 0), "{} begins late", made.name);
            assert!(samples[48 * 150..48 * 200].iter().all(|s| *s == 0));
        }
    }

    #[test]
    fn the_notes_have_their_pitches() {
        let all: Vec<Vec<i16>> = sounds().map(|made| samples(&made)).collect();
        // Each wave crosses zero once on its way up.
        let pitch = |note: &[i16]| {
            let rises = note.windows(2).filter(|w| w[0] < 0 && w[1] >= 0).count();
            rises as f64 / 0.15
        };
        for (cue, [first, second]) in all.iter().zip([[440.0, 440.0], [660.0, 440.0]]) {
            assert!((pitch(&cue[..7200]) - first).abs() < 15.0, "{}", pitch(&cue[..7200]));
            assert!((pitch(&cue[9600..]) - second).abs() < 15.0, "{}", pitch(&cue[9600..]));
        }
    }

    #[test]
    fn the_head_says_what_follows() {
        let made = sounds().next().unwrap();
        let number = |at: usize| u32::from_le_bytes(made.bytes[at..at + 4].try_into().unwrap());
        assert_eq!((&made.bytes[..4], &made.bytes[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
        assert_eq!(number(4) as usize, made.bytes.len() - 8);
        assert_eq!((number(24), number(28)), (48_000, 96_000));
        assert_eq!(
            (&made.bytes[36..40], number(40) as usize),
            (&b"data"[..], made.bytes.len() - 44)
        );
    }
}
