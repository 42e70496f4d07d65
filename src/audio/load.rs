//! Sound files become samples: decoded without what an encoder put before and behind the sound, and brought to the rate of the
//! device. It refuses to know when they are played.

use super::samples::Samples;
use crate::ground::document::short;
use crate::ground::plain;
use crate::ground::time::Nanos;
use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Fft, FixedSync, Resampler};
use std::io::Cursor;
use std::path::Path;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// The largest sound file that is read, in bytes.
const LARGEST: u64 = 256 << 20;
/// What helps where a file cannot be read.
const SAVE: &str = "save it anew as WAV";
/// The longest sound, in seconds: what it takes in memory is bounded by this.
const LONGEST: f64 = 600.0;
/// The most samples of one, and the rates that sound files have, in hertz.
const MOST: usize = 60_000_000;
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Reads a sound file at a rate in hertz.
///
/// # Errors
/// A sentence that says what is wrong with it and what helps.
pub fn file(path: &Path, rate: u32) -> Result<Samples, String> {
    at_rate(read(path)?, rate)
}

/// A sound that begins with more silence than this comes later than it is planned.
const SILENCE: Nanos = Nanos::from_millis(5);

/// What a sound file is like.
#[derive(Clone, Debug)]
pub struct Looked {
    pub duration: Nanos,
    /// Its largest amplitude, 1 at most.
    pub peak: f64,
    /// What may not be meant in it.
    pub warning: Option<String>,
}

/// Looks at a sound file.
///
/// # Errors
/// A sentence that says what is wrong with it and what helps.
pub fn look(path: &Path) -> Result<Looked, String> {
    let samples = read(path)?;
    let (duration, peak) = (samples.duration(), f64::from(samples.peak()));
    Ok(Looked { duration, peak, warning: doubtful(&samples) })
}

fn doubtful(samples: &Samples) -> Option<String> {
    let silent = samples.lead_in();
    if silent >= samples.duration() {
        return Some("is silent from its beginning to its end".into());
    }
    let text = || {
        format!(
            "begins with {:.0} ms of silence: it is heard that much later than its onset in the data says; cut the silence off",
            silent.millis()
        )
    };
    (silent > SILENCE).then(text)
}

fn read(path: &Path) -> Result<Samples, String> {
    let bytes = plain::read(path, LARGEST).map_err(|e| format!("it {e}; {}", e.remedy()))?;
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    decode(bytes, extension)
}

/// Decodes a sound file; both ears hear one that has a single channel.
///
/// # Errors
/// A sentence that says what is wrong with it and what helps.
pub fn decode(bytes: Vec<u8>, extension: &str) -> Result<Samples, String> {
    // A decoder that panics has met a file that it cannot read; nothing of it is kept.
    let decoded = std::panic::catch_unwind(|| samples(bytes, extension));
    decoded.unwrap_or_else(|_| Err(format!("it is damaged; {SAVE}")))
}

fn samples(bytes: Vec<u8>, extension: &str) -> Result<Samples, String> {
    let save = SAVE;
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let mut hint = Hint::new();
    hint.with_extension(extension);
    let probe = symphonia::default::get_probe();
    let (format, meta) = (FormatOptions::default(), MetadataOptions::default());
    let mut reader = probe.probe(&hint, stream, format, meta).map_err(|e| {
        format!(
            "it is no sound file that can be read ({e}): WAV, FLAC, OGG Vorbis and MP3 can; {save}"
        )
    })?;
    let track = reader.default_track(TrackType::Audio);
    let track = track.ok_or_else(|| format!("there is no sound in it; {save}"))?;
    let id = track.id;
    let params = track.codec_params.as_ref().and_then(|p| p.audio());
    let params = params.ok_or_else(|| format!("there is no sound in it; {save}"))?;
    // What an encoder adds before and behind the sound is cut off, where the file says how much that is.
    let options = AudioDecoderOptions::default();
    let mut decoder = (symphonia::default::get_codecs().make_audio_decoder(params, &options))
        .map_err(|e| format!("it is coded in a way that cannot be read ({e}); {save}"))?;
    let (mut rate, mut frames, mut part) = (0, Vec::new(), Vec::<f32>::new());
    let broken = |e: Error| format!("it is damaged ({}); {save}", short(&e.to_string()));
    while let Some(packet) = reader.next_packet().map_err(broken)? {
        if packet.track_id != id {
            continue;
        }
        let buffer = decoder.decode(&packet).map_err(broken)?;
        let (here, channels) = (buffer.spec().rate(), buffer.num_planes());
        if !RATES.contains(&here) {
            return Err(format!("it says that it has {here} samples a second; {save}"));
        }
        if channels == 0 || (rate != 0 && here != rate) {
            return Err(format!("its rate or its channels change within it; {save}"));
        }
        if channels > 2 {
            return Err(format!(
                "it has {channels} channels, and a sound is played in two ears; save it with one or two"
            ));
        }
        rate = here;
        buffer.copy_to_vec_interleaved(&mut part);
        frames.extend(part.chunks_exact(channels).map(|c| [c[0], c[usize::from(channels > 1)]]));
        if frames.len() > MOST || frames.len() as f64 > LONGEST * f64::from(rate) {
            return Err(format!("it is longer than {LONGEST} s; cut it"));
        }
    }
    // A file of floating-point numbers may hold some that are none.
    if !frames.iter().flatten().all(|x| x.is_finite()) {
        return Err(format!("some of its samples are no numbers; {save}"));
    }
    if frames.is_empty() {
        return Err(format!("there is no sound in it; {save}"));
    }
    Ok(Samples { rate, frames: frames.into() })
}

/// The same sound at another rate.
fn at_rate(sound: Samples, rate: u32) -> Result<Samples, String> {
    if sound.rate == rate {
        return Ok(sound);
    }
    let wrong = |e: &dyn std::fmt::Display| {
        format!(
            "it cannot be brought from {} Hz to the {rate} Hz of the device ({e}); save it at {rate} Hz",
            sound.rate
        )
    };
    let count = sound.frames.len();
    let flat: Vec<f32> = sound.frames.iter().flatten().copied().collect();
    let input = InterleavedOwned::new_from(flat, 2, count).map_err(|e| wrong(&e))?;
    let (from, to) = (sound.rate as usize, rate as usize);
    let mut resampler =
        Fft::<f32>::new(from, to, 1024, 2, FixedSync::Both).map_err(|e| wrong(&e))?;
    let out = resampler.process_all(&input, count, None).map_err(|e| wrong(&e))?.take_data();
    let frames = out.chunks_exact(2).map(|c| [c[0].clamp(-1.0, 1.0), c[1].clamp(-1.0, 1.0)]);
    Ok(Samples { rate, frames: frames.collect() })
}

#[cfg(test)]
mod tests;
