//! Pictures that are changed by a recipe when they are loaded: cut, mirrored, scrambled, tinted. The same recipe and pixels make
//! the same picture. It knows no file, no table and no screen.

mod phase;
mod shuffle;

use super::decode::Fault;
use crate::ground::hash::stream;
use crate::ground::light::{level, linear};
use crate::ground::ports::Pixels;
use crate::ground::recipe::{Flip, Recipe, Scramble};
use crate::ground::scene::Rgb;

/// The most pixels whose phases are scrambled: a screen of 3840 x 2160 and a little more. Each takes some 44 bytes meanwhile.
pub const MAX_PHASE_PIXELS: u64 = 9_000_000;

/// Whether a picture of this size can be made into another.
///
/// # Errors
/// [`Fault::TooLargeForPhases`].
pub fn possible(recipe: &Recipe, width: u32, height: u32) -> Result<(), Fault> {
    let [_, _, width, height] = kept(recipe.look.crop, width, height);
    let pixels = u64::from(width) * u64::from(height);
    if recipe.look.scramble == Some(Scramble::Phase) && pixels > MAX_PHASE_PIXELS {
        return Err(Fault::TooLargeForPhases { width, height });
    }
    Ok(())
}

/// Makes a picture: crop, flip, scramble, tint, in this order.
///
/// # Errors
/// [`Fault::TooLargeForPhases`].
pub fn apply(recipe: &Recipe, original: Pixels) -> Result<Pixels, Fault> {
    possible(recipe, original.width, original.height)?;
    let look = &recipe.look;
    let mut p = match look.crop {
        Some(_) => cut(&original, kept(look.crop, original.width, original.height)),
        None => original,
    };
    if let Some(flip) = look.flip {
        mirror(&mut p, flip);
    }
    let mut chance = stream(recipe.seed, &["scramble"]);
    match look.scramble {
        Some(Scramble::Phase) => phase::scramble(&mut p, &mut chance),
        Some(Scramble::Blocks(across)) => shuffle::blocks(&mut p, across, &mut chance),
        Some(Scramble::Pixels) => shuffle::pixels(&mut p, &mut chance),
        None => {}
    }
    if let Some(color) = look.tint {
        tint(&mut p, color);
    }
    Ok(p)
}

/// What is left of a picture: left, top, width and height; at least one pixel.
fn kept(crop: Option<[f64; 4]>, width: u32, height: u32) -> [u32; 4] {
    let [left, top, right, bottom] = crop.unwrap_or_default();
    let side = |length: u32, before: f64, behind: f64| {
        let cut = |share: f64| (share * f64::from(length)).round() as u32;
        let from = cut(before).min(length.saturating_sub(1));
        (from, length.saturating_sub(from + cut(behind)).max(1))
    };
    let ((x, w), (y, h)) = (side(width, left, right), side(height, top, bottom));
    [x, y, w, h]
}

fn cut(p: &Pixels, [x, y, width, height]: [u32; 4]) -> Pixels {
    let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
    for row in p.rgba.chunks_exact(p.width as usize * 4).skip(y as usize).take(height as usize) {
        rgba.extend_from_slice(&row[x as usize * 4..(x + width) as usize * 4]);
    }
    Pixels { width, height, rgba }
}

fn mirror(p: &mut Pixels, flip: Flip) {
    let (pixels, _) = p.rgba.as_chunks_mut::<4>();
    let width = p.width as usize;
    if flip != Flip::V {
        pixels.chunks_exact_mut(width).for_each(<[[u8; 4]]>::reverse);
    }
    if flip != Flip::H {
        let height = p.height as usize;
        for y in 0..height / 2 {
            let (upper, lower) = pixels.split_at_mut((height - 1 - y) * width);
            upper[y * width..(y + 1) * width].swap_with_slice(&mut lower[..width]);
        }
    }
}

/// Multiplies the light of each pixel with that of a colour, as a filter before it would; white changes nothing.
fn tint(p: &mut Pixels, color: Rgb) {
    let share = |v: u8| linear(f64::from(v) / 255.0);
    let tables =
        color.0.map(|c| -> [u8; 256] { std::array::from_fn(|v| level(share(v as u8) * share(c))) });
    for pixel in p.rgba.chunks_exact_mut(4) {
        for (value, table) in pixel.iter_mut().zip(&tables) {
            *value = table[usize::from(*value)];
        }
    }
}

#[cfg(test)]
mod tests;
