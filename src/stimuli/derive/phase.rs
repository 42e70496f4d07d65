//! Phase scrambling: the picture as a sum of waves, each of which keeps its strength and gets another place. What can be
//! recognised goes; amplitude spectrum, mean and relations of colours stay. It draws from the stream that it is given.
//!
//! Phases are changed and amplitudes kept as in Dakin, Hess, Ledgeway & Achtman, 2002, "What causes non-monotonic tuning of fMRI
//! response to noisy images?", Current Biology 12, R476; spectra are taken apart and put together, on the stored values, as in
//! Willenbockel et al., 2010, "Controlling low-level image properties: the SHINE toolbox", Behavior Research Methods 42, 671. The
//! phases of one random field are added to those of every colour channel, so that channels that went together still do.

use crate::ground::light::linear;
use crate::ground::ports::Pixels;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rustfft::num_complex::Complex;
use rustfft::{FftDirection, FftPlanner};
use std::f32::consts::TAU;

type Wave = Complex<f32>;

/// Scrambles the phases of a picture. Alpha stays where it is; what cannot be seen counts as the mean of what can.
pub fn scramble(p: &mut Pixels, chance: &mut ChaCha8Rng) {
    let (pixels, _) = p.rgba.as_chunks_mut::<4>();
    let weight: f64 = pixels.iter().map(|p| f64::from(p[3])).sum();
    if weight == 0.0 {
        return;
    }
    let (width, height) = (p.width as usize, p.height as usize);
    let channel = |c: usize| -> Vec<f32> {
        let sum: f64 = pixels.iter().map(|p| f64::from(p[c]) * f64::from(p[3])).sum();
        let mean = (sum / weight) as f32;
        let value = |p: &[u8; 4]| match p[3] {
            255 => f32::from(p[c]),
            alpha => mean + (f32::from(p[c]) - mean) * f32::from(alpha) / 255.0,
        };
        pixels.iter().map(value).collect()
    };
    let field = Field::new(width, height, chance);
    // Two channels at a time, as the two parts of complex numbers: the field turns both as if each were alone.
    let [red, green] = field.turn([&channel(0), &channel(1)]);
    let blue = channel(2);
    let [blue, _] = field.turn([&blue, &vec![0.0; blue.len()]]);
    for (c, values) in [red, green, blue].iter().enumerate() {
        let shift = shift_to_keep_light(values, pixels, c);
        for (pixel, value) in pixels.iter_mut().zip(values) {
            pixel[c] = (value + shift).round().clamp(0.0, 255.0) as u8;
        }
    }
}

/// What is added to phases: a turn for each wave, opposite for the two of a pair, so that real values stay real. Waves that are
/// their own pair (the mean among them) are not turned.
pub(super) struct Field {
    width: usize,
    height: usize,
    /// Column by column, as [`transform`] leaves the waves.
    turns: Vec<Wave>,
}

impl Field {
    pub fn new(width: usize, height: usize, chance: &mut ChaCha8Rng) -> Field {
        let mut turns = vec![Wave::new(1.0, 0.0); width * height];
        for x in 0..width {
            for y in 0..height {
                let at = x * height + y;
                let pair = (width - x) % width * height + (height - y) % height;
                if at < pair {
                    let angle = (chance.next_u32() >> 8) as f32 / (1 << 24) as f32 * TAU;
                    turns[at] = Wave::from_polar(1.0, angle);
                    turns[pair] = turns[at].conj();
                }
            }
        }
        Field { width, height, turns }
    }

    /// Two real pictures of its size with their phases turned.
    pub fn turn(&self, [a, b]: [&[f32]; 2]) -> [Vec<f32>; 2] {
        let waves = a.iter().zip(b).map(|(&re, &im)| Wave { re, im }).collect();
        let mut waves = transform(waves, self.width, self.height, FftDirection::Forward);
        waves.iter_mut().zip(&self.turns).for_each(|(w, turn)| *w *= turn);
        let values = transform(waves, self.height, self.width, FftDirection::Inverse);
        let n = values.len() as f32;
        [values.iter().map(|v| v.re / n).collect(), values.iter().map(|v| v.im / n).collect()]
    }
}

/// The discrete Fourier transform of `height` rows of `width` values, not normalised; rows and columns come out exchanged.
fn transform(mut data: Vec<Wave>, width: usize, height: usize, way: FftDirection) -> Vec<Wave> {
    let mut planner = FftPlanner::new();
    planner.plan_fft(width, way).process(&mut data);
    let mut turned = vec![Wave::default(); data.len()];
    // In small squares, which stay in the cache.
    const SIDE: usize = 16;
    for top in (0..height).step_by(SIDE) {
        for left in (0..width).step_by(SIDE) {
            for y in top..(top + SIDE).min(height) {
                for x in left..(left + SIDE).min(width) {
                    turned[x * height + y] = data[y * width + x];
                }
            }
        }
    }
    planner.plan_fft(height, way).process(&mut turned);
    turned
}

/// Values are sorted into steps of this part of a level, from this far below black to this far above white.
const STEPS: i32 = 8;
const BEYOND: i32 = 512;

/// What must be added to scrambled values so that the mean light of what can be seen of a channel is that of the original
/// when values below black and above white have been cut. It rises with what is added, so it is found by halving.
fn shift_to_keep_light(values: &[f32], original: &[[u8; 4]], c: usize) -> f32 {
    let light: Vec<f64> =
        (0..=255 * STEPS).map(|s| linear(f64::from(s) / f64::from(255 * STEPS))).collect();
    let at = |step: i32| light[step.clamp(0, 255 * STEPS) as usize];
    let mut counts = vec![0u64; ((255 + 2 * BEYOND) * STEPS) as usize + 1];
    let last = counts.len() as i32 - 1;
    let (mut wanted, mut weight) = (0.0, 0.0);
    for (value, pixel) in values.iter().zip(original) {
        let step = (value * STEPS as f32).round() as i32 + BEYOND * STEPS;
        counts[step.clamp(0, last) as usize] += u64::from(pixel[3]);
        wanted += at(i32::from(pixel[c]) * STEPS) * f64::from(pixel[3]);
        weight += f64::from(pixel[3]);
    }
    let mean = |shift: i32| {
        let all = counts.iter().zip(-BEYOND * STEPS..);
        all.map(|(&n, step)| n as f64 * at(step + shift)).sum::<f64>() / weight
    };
    let wanted = wanted / weight;
    let (mut low, mut high) = (-255 * STEPS, 255 * STEPS);
    while high - low > 1 {
        let middle = (low + high).div_euclid(2);
        if mean(middle) < wanted { low = middle } else { high = middle }
    }
    let nearest = if wanted - mean(low) < mean(high) - wanted { low } else { high };
    nearest as f32 / STEPS as f32
}
