//! How long one picture of 1024 x 768 takes from file bytes to upright 8-bit sRGB, for each format, and how long to be changed
//! by a recipe after that.
//! `cargo bench --profile dev --bench decode` prints the times; docs/benchmarks.md keeps the figures.

use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, RgbImage};
use moxcms::ColorProfile;
use reframe::ground::ports::Pixels;
use reframe::ground::recipe::{Flip, Look, Recipe, Scramble};
use reframe::ground::scene::Rgb;
use reframe::stimuli::decode::decode_bytes;
use reframe::stimuli::derive::apply;
use std::io::Cursor;
use std::time::Instant;

/// Each picture is decoded this often; the median is told.
const TIMES: usize = 21;

fn main() {
    let plain = DynamicImage::from(picture());
    let deep = DynamicImage::from(plain.to_rgb16());
    let as_format = |picture: &DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("the picture can be encoded");
        bytes.into_inner()
    };
    let adobe = ColorProfile::new_adobe_rgb().encode().expect("a profile of the library itself");
    for (name, bytes) in [
        ("PNG", as_format(&plain, ImageFormat::Png)),
        ("PNG, Adobe RGB", with_profile(&plain, adobe.clone())),
        ("PNG, 16 bits", as_format(&deep, ImageFormat::Png)),
        ("PNG, 16 bits, Adobe RGB", with_profile(&deep, adobe)),
        ("JPEG", as_format(&plain, ImageFormat::Jpeg)),
        ("BMP", as_format(&plain, ImageFormat::Bmp)),
        ("GIF", as_format(&plain, ImageFormat::Gif)),
        ("WebP, lossless", as_format(&plain, ImageFormat::WebP)),
        ("TIFF", as_format(&plain, ImageFormat::Tiff)),
    ] {
        let median = median(|| {
            let decoded = decode_bytes(&bytes).expect("the picture can be decoded");
            assert_eq!(decoded.pixels.width, 1024);
        });
        let kilobytes = bytes.len() / 1024;
        println!("{name}: {median:.1} ms (median of {TIMES}; {kilobytes} KiB)");
    }
    let rgba = plain.to_rgba8();
    let pixels = Pixels { width: 1024, height: 768, rgba: rgba.into_raw() };
    let scramble = |s| Look { scramble: Some(s), ..Look::default() };
    for (name, look) in [
        ("phases", scramble(Scramble::Phase)),
        ("16 blocks", scramble(Scramble::Blocks(16))),
        ("pixels", scramble(Scramble::Pixels)),
        ("flip", Look { flip: Some(Flip::Both), ..Look::default() }),
        ("tint", Look { tint: Some(Rgb([255, 160, 160])), ..Look::default() }),
    ] {
        let recipe = Recipe { look, seed: 1 };
        let median = median(|| {
            apply(&recipe, pixels.clone()).expect("the picture is not too large");
        });
        println!("made, {name}: {median:.1} ms (median of {TIMES})");
    }
}

/// Milliseconds of one turn.
fn median(turn: impl Fn()) -> f64 {
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let begun = Instant::now();
            turn();
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[TIMES / 2]
}

/// Smooth light with grain, as a photograph has.
fn picture() -> RgbImage {
    let mut grain = 1u32;
    RgbImage::from_fn(1024, 768, |x, y| {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (grain >> 29) as u8;
        image::Rgb([(x / 5) as u8 + noise, (y / 4) as u8 + noise, ((x + y) / 8) as u8 + noise])
    })
}

fn with_profile(picture: &DynamicImage, profile: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(profile).expect("PNG holds profiles");
    let (width, height, kind) = (picture.width(), picture.height(), picture.color().into());
    encoder
        .write_image(picture.as_bytes(), width, height, kind)
        .expect("the picture can be encoded");
    bytes
}
