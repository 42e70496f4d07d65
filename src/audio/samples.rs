//! A sound as samples, at the rate of its device: loaded and made before a run, never in it.

use super::line::span;
use crate::ground::cue::Tone;
use crate::ground::time::Nanos;
use std::f64::consts::PI;
use std::sync::Arc;

/// Left and right, from -1 to 1, with their rate.
#[derive(Clone, PartialEq)]
pub struct Samples {
    /// In hertz.
    pub rate: u32,
    pub frames: Arc<[[f32; 2]]>,
}

impl std::fmt::Debug for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Samples({} at {} Hz)", self.frames.len(), self.rate)
    }
}

/// What is quieter than this share of the loudest sample is not heard as a beginning: -40 dB.
const AUDIBLE: f32 = 0.01;

fn level(frame: &[f32; 2]) -> f32 {
    frame[0].abs().max(frame[1].abs())
}

impl Samples {
    /// How long it is.
    pub fn duration(&self) -> Nanos {
        span(self.frames.len() as u64, self.rate)
    }

    /// The amplitude of its loudest sample, in either ear.
    pub fn peak(&self) -> f32 {
        self.frames.iter().map(level).fold(0.0, f32::max)
    }

    /// How long it is silent before anything is heard; its whole length where nothing ever is.
    pub fn lead_in(&self) -> Nanos {
        let loudest = self.peak();
        let audible = |f: &[f32; 2]| level(f) > loudest * AUDIBLE;
        let first = self.frames.iter().position(audible).unwrap_or(self.frames.len());
        span(first as u64, self.rate)
    }

    /// A tone with half its full amplitude, in both ears.
    pub fn tone(tone: &Tone, rate: u32) -> Samples {
        let count = (tone.duration.secs() * f64::from(rate)).round() as usize;
        let ramp = tone.ramp.secs() * f64::from(rate);
        let sample = |i: usize| {
            let phase = 2.0 * PI * tone.frequency * i as f64 / f64::from(rate);
            // Half a sample in, so that both ends are alike and neither is silent.
            let from_end = (i as f64 + 0.5).min(count as f64 - i as f64 - 0.5);
            let rise = if from_end < ramp { 0.5 - 0.5 * (PI * from_end / ramp).cos() } else { 1.0 };
            let value = (0.5 * phase.sin() * rise) as f32;
            [value, value]
        };
        Samples { rate, frames: (0..count).map(sample).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_has_its_length_its_frequency_and_its_ramps() {
        let (duration, ramp) = (Nanos::from_millis(200), Nanos::from_millis(10));
        let tone = Samples::tone(&Tone { frequency: 500.0, duration, ramp }, 48_000);
        assert_eq!((tone.frames.len(), tone.duration()), (9_600, duration));
        let left: Vec<f32> = tone.frames.iter().map(|f| f[0]).collect();
        let crossings = left.windows(2).filter(|w| w[0] <= 0.0 && w[1] > 0.0).count();
        assert_eq!(crossings, 100);
        let peak = |from: usize, to: usize| left[from..to].iter().fold(0f32, |m, x| m.max(x.abs()));
        assert!((peak(1_000, 8_000) - 0.5).abs() < 1e-3);
        assert!(peak(0, 240) < 0.27 && peak(9_360, 9_600) < 0.27, "half way up it is half as loud");
        assert!(tone.lead_in() < Nanos::from_millis(2));
    }

    #[test]
    fn the_silence_before_a_sound_is_measured_from_its_loudest_sample() {
        let mut frames = vec![[0.001, 0.0]; 480];
        frames.push([0.0, -0.4]);
        let sound = Samples { rate: 48_000, frames: frames.into() };
        assert_eq!(sound.lead_in(), Nanos::from_millis(10));
        let silent = Samples { rate: 48_000, frames: vec![[0.0; 2]; 96].into() };
        assert_eq!(silent.lead_in(), Nanos::from_millis(2));
    }
}
