//! Equal light for all faces: the figure's tones are spread and moved until the oval has the wanted mean luminance
//! and contrast. The ground around the figure, and within the oval, stays as it is.

use super::plate::{Plate, SIZE};

/// The grey of the ground, outside and behind: the background of the tasks.
pub const GROUND: u8 = 128;
/// Centre and half axes of the oval through which every face is seen, in pixels.
pub const OVAL: (f64, f64, f64, f64) = (160.0, 225.0, 142.0, 206.0);
/// Mean luminance within the oval, in linear light (0 is black, 1 the brightest white): that of the ground.
pub const MEAN: f64 = 0.215_861;
/// Root-mean-square contrast within the oval: the standard deviation of luminance divided by its mean.
pub const CONTRAST: f64 = 0.55;
/// The luminance of an sRGB value from 0 to 1 (IEC 61966-2-1), as a share of white's.
pub fn linear(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Whether the pixel lies within the oval.
pub fn in_oval(x: usize, y: usize) -> bool {
    let (cx, cy, rx, ry) = OVAL;
    let (dx, dy) = ((x as f64 + 0.5 - cx) / rx, (y as f64 + 0.5 - cy) / ry);
    dx * dx + dy * dy <= 1.0
}

/// The finished picture, 8-bit grey.
///
/// Encoded tones become `gain * tone + offset`. The offset is searched by halving, since the mean rises with it;
/// the gain then goes up or down by what the contrast falls short, and so on until both hold.
pub fn matched(plate: &Plate) -> Vec<u8> {
    let parts = Parts::of(plate);
    let (mut gain, mut offset) = (1.0, 0.0);
    for _ in 0..16 {
        offset = halve((-4.0, 1.0), |o| parts.measure(gain, o).0 < MEAN);
        gain *= CONTRAST / parts.measure(gain, offset).1;
    }
    // Even values only: a step of two in 255 is not seen, and makes the files a fifth smaller.
    let even = |value: f64| (127.0 * value).round().min(127.0) as u8 * 2;
    let pixels = plate.tones.iter().zip(&plate.hidden);
    pixels.map(|(&tone, &hidden)| even(255.0 / 254.0 * seen(tone, hidden, gain, offset))).collect()
}

/// The value that shows where a tone hides so much of the ground.
fn seen(tone: f64, hidden: f64, gain: f64, offset: f64) -> f64 {
    let ground = f64::from(GROUND) / 255.0;
    ground + hidden * ((gain * tone + offset).clamp(0.0, 1.0) - ground)
}

/// The value between two others below which `less` holds.
fn halve((mut low, mut high): (f64, f64), less: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..20 {
        let middle = 0.5 * (low + high);
        if less(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

const TONES: usize = 500;
const HIDES: usize = 20;

/// What the oval holds, counted: tones in five-hundredths, with what they hide in twentieths.
#[derive(Debug)]
struct Parts {
    counted: Vec<(f64, f64, f64)>,
}

impl Parts {
    fn of(plate: &Plate) -> Parts {
        let mut counts = vec![0u32; (TONES + 1) * (HIDES + 1)];
        for (i, (tone, hidden)) in plate.tones.iter().zip(&plate.hidden).enumerate() {
            if in_oval(i % SIZE.0 as usize, i / SIZE.0 as usize) {
                let tone = (tone * TONES as f64).round() as usize;
                counts[tone * (HIDES + 1) + (hidden * HIDES as f64).round() as usize] += 1;
            }
        }
        let seen = counts.iter().enumerate().filter(|(_, n)| **n > 0);
        let part = |(i, &n): (usize, &u32)| {
            let (tone, hidden) = (i / (HIDES + 1), i % (HIDES + 1));
            (tone as f64 / TONES as f64, hidden as f64 / HIDES as f64, f64::from(n))
        };
        Parts { counted: seen.map(part).collect() }
    }

    /// Mean luminance and contrast.
    fn measure(&self, gain: f64, offset: f64) -> (f64, f64) {
        let (mut total, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for &(tone, hidden, n) in &self.counted {
            let light = linear(seen(tone, hidden, gain, offset));
            total += n;
            sum += n * light;
            squares += n * light * light;
        }
        let mean = sum / total;
        (mean, (squares / total - mean * mean).max(0.0).sqrt() / mean)
    }
}
