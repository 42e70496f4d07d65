//! Pixels and tiles that change places: what is where is lost, and the colours stay. It draws from the stream that it is given.

use crate::ground::ports::Pixels;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Pixels change places. Alpha stays where it is, and only pixels that can be seen change places among themselves, so that a
/// figure without a background keeps its outline.
pub fn pixels(p: &mut Pixels, chance: &mut ChaCha8Rng) {
    let (pixels, _) = p.rgba.as_chunks_mut::<4>();
    let mut colors: Vec<[u8; 3]> =
        pixels.iter().filter(|p| p[3] > 0).map(|&[r, g, b, _]| [r, g, b]).collect();
    colors.shuffle(chance);
    let seen = pixels.iter_mut().filter(|p| p[3] > 0);
    seen.zip(&colors).for_each(|(pixel, color)| pixel[..3].copy_from_slice(color));
}

/// Tiles change places, `across` of them side by side, as many below each other as makes them nearly square; alpha goes with
/// them. Where the sides cannot be divided, some tiles are a pixel wider or higher than others: a tile that comes to a larger
/// place repeats its last row or column there, and one that comes to a smaller place loses it.
pub fn blocks(p: &mut Pixels, across: u32, chance: &mut ChaCha8Rng) {
    let columns = across.clamp(1, p.width);
    let side = f64::from(p.width) / f64::from(columns);
    let rows = ((f64::from(p.height) / side).round() as u32).clamp(1, p.height);
    let (xs, ys) = (edges(p.width, columns), edges(p.height, rows));
    let mut from: Vec<usize> = (0..(columns * rows) as usize).collect();
    from.shuffle(chance);
    let tile = |i: usize| {
        let (c, r) = (i % columns as usize, i / columns as usize);
        (xs[c], ys[r], xs[c + 1] - xs[c], ys[r + 1] - ys[r])
    };
    let original = p.rgba.clone();
    let width = p.width as usize;
    for (to, from) in from.into_iter().enumerate() {
        let ((x, y, w, h), (from_x, from_y, from_w, from_h)) = (tile(to), tile(from));
        for j in 0..h {
            for i in 0..w {
                let at = (y + j) * width + x + i;
                let there = (from_y + j.min(from_h - 1)) * width + from_x + i.min(from_w - 1);
                p.rgba[at * 4..at * 4 + 4].copy_from_slice(&original[there * 4..there * 4 + 4]);
            }
        }
    }
}

/// Where tiles begin and the last one ends.
fn edges(length: u32, tiles: u32) -> Vec<usize> {
    let edge = |i: u32| (u64::from(i) * u64::from(length) / u64::from(tiles)) as usize;
    (0..=tiles).map(edge).collect()
}
