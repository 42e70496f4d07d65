//! Made pictures, small enough to hold every pixel against what it should be.
use super::phase::Field;
use super::*;
use crate::ground::recipe::Look;
use std::f64::consts::TAU;

/// Smooth light, edges and grain.
fn photo(width: u32, height: u32) -> Pixels {
    let mut grain = 1u32;
    let mut rgba = Vec::new();
    for y in 0..height {
        for x in 0..width {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let edge = if x > width / 3 && y > height / 4 { 60 } else { 0 };
            let v = 40 + edge + (grain >> 27);
            rgba.extend([(v + x % 90) as u8, v as u8, (v / 2 + y % 60) as u8, 255]);
        }
    }
    Pixels { width, height, rgba }
}

fn made(look: Look, seed: u64, p: &Pixels) -> Pixels {
    apply(&Recipe { look, seed }, p.clone()).unwrap()
}

fn scrambled(kind: Scramble, seed: u64, p: &Pixels) -> Pixels {
    made(Look { scramble: Some(kind), ..Look::default() }, seed, p)
}

fn sorted(p: &Pixels) -> Vec<[u8; 4]> {
    let mut all = p.rgba.as_chunks::<4>().0.to_vec();
    all.sort();
    all
}

/// Mean luminance as a share of white's, of what can be seen.
fn luminance(p: &Pixels) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for &[r, g, b, a] in p.rgba.as_chunks::<4>().0 {
        let [r, g, b] = [r, g, b].map(|v| linear(f64::from(v) / 255.0));
        sum += f64::from(a) * (0.2126 * r + 0.7152 * g + 0.0722 * b);
        weight += f64::from(a);
    }
    sum / weight
}

/// The amplitude of each wave, by the definition of the transform.
fn amplitudes(values: &[f32], width: usize, height: usize) -> Vec<f64> {
    let one = |u: usize, v: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, &value) in values.iter().enumerate() {
            let (x, y) = (i % width, i / width);
            let part = (u * x) as f64 / width as f64 + (v * y) as f64 / height as f64;
            re += f64::from(value) * (TAU * part).cos();
            im += f64::from(value) * (TAU * part).sin();
        }
        f64::hypot(re, im)
    };
    (0..width * height).map(|i| one(i % width, i / width)).collect()
}

#[test]
fn turned_phases_keep_every_amplitude_and_values_stay_real() {
    for (width, height) in [(16, 12), (15, 9), (7, 16)] {
        let p = photo(width, height);
        let channel = |c: usize| -> Vec<f32> {
            p.rgba.iter().skip(c).step_by(4).map(|&v| f32::from(v)).collect()
        };
        let (a, b) = (channel(0), channel(1));
        let (width, height) = (width as usize, height as usize);
        let field = Field::new(width, height, &mut stream(3, &[]));
        let turned = field.turn([&a, &b]);
        for (before, after) in [&a, &b].into_iter().zip(&turned) {
            let change = before.iter().zip(after).map(|(x, y)| (x - y).abs()).sum::<f32>();
            assert!(change > 5.0 * before.len() as f32, "{change}");
            let (x, y) = (amplitudes(before, width, height), amplitudes(after, width, height));
            assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 0.02), "{width} x {height}");
        }
        // One channel at a time gives the same, so nothing of one leaks into the other.
        let [alone, nothing] = field.turn([&a, &vec![0.0; a.len()]]);
        assert!(alone.iter().zip(&turned[0]).all(|(x, y)| (x - y).abs() < 1e-3));
        assert!(nothing.iter().all(|v| v.abs() < 1e-3));
    }
}

#[test]
fn scrambled_phases_keep_the_size_and_the_mean_luminance() {
    let dark = Pixels {
        rgba: photo(64, 48)
            .rgba
            .chunks(4)
            .flat_map(|p| [p[0] / 4, p[1] / 4, 255 - p[2], 255])
            .collect(),
        ..photo(64, 48)
    };
    for p in [photo(96, 64), photo(97, 61), dark] {
        let q = scrambled(Scramble::Phase, 5, &p);
        assert_eq!((q.width, q.height, q.rgba.len()), (p.width, p.height, p.rgba.len()));
        let (before, after) = (luminance(&p), luminance(&q));
        assert!((before - after).abs() < 0.002, "{before} {after}");
    }
}

#[test]
fn colours_that_go_together_still_do() {
    let mut grey = photo(64, 48);
    grey.rgba.as_chunks_mut::<4>().0.iter_mut().for_each(|p| *p = [p[1], p[1], p[1], 255]);
    let q = scrambled(Scramble::Phase, 5, &grey);
    assert!(
        q.rgba
            .as_chunks::<4>()
            .0
            .iter()
            .all(|p| p[0].abs_diff(p[1]) <= 1 && p[1].abs_diff(p[2]) <= 1)
    );
}

#[test]
fn a_seed_decides_on_every_byte() {
    let p = photo(48, 32);
    for kind in [Scramble::Phase, Scramble::Blocks(6), Scramble::Pixels] {
        assert_eq!(scrambled(kind, 9, &p), scrambled(kind, 9, &p), "{kind:?}");
        assert_ne!(scrambled(kind, 9, &p), scrambled(kind, 10, &p), "{kind:?}");
        assert_ne!(scrambled(kind, 9, &p), p, "{kind:?}");
    }
}

#[test]
fn pixels_and_tiles_that_change_places_keep_the_histogram() {
    let p = photo(48, 32);
    for kind in [Scramble::Pixels, Scramble::Blocks(6), Scramble::Blocks(48)] {
        assert_eq!(sorted(&scrambled(kind, 1, &p)), sorted(&p), "{kind:?}");
    }
    // More tiles than pixels are as many as pixels, and sides that cannot be divided are filled.
    for (kind, p) in [(Scramble::Blocks(256), photo(5, 3)), (Scramble::Blocks(7), photo(30, 1))] {
        let q = scrambled(kind, 1, &p);
        assert_eq!((q.width, q.height, q.rgba.len()), (p.width, p.height, p.rgba.len()));
        assert!(sorted(&q).iter().all(|pixel| sorted(&p).contains(pixel)));
    }
}

#[test]
fn what_cannot_be_seen_stays_unseen_and_changes_nothing() {
    let mut p = photo(40, 30);
    let figure = |i: usize| (i % 40) > 8 && i / 40 > 5;
    for (i, pixel) in p.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        if !figure(i) {
            *pixel = [255, 0, 255, 0];
        }
    }
    let mut other = p.clone();
    let hidden = other.rgba.as_chunks_mut::<4>().0.iter_mut().filter(|p| p[3] == 0);
    hidden.for_each(|p| *p = [0, 200, 0, 0]);
    for kind in [Scramble::Phase, Scramble::Pixels] {
        let (q, o) = (scrambled(kind, 2, &p), scrambled(kind, 2, &other));
        let (q, o) = (q.rgba.as_chunks::<4>().0, o.rgba.as_chunks::<4>().0);
        for (i, (q, o)) in q.iter().zip(o).enumerate() {
            assert_eq!(q[3], if figure(i) { 255 } else { 0 });
            assert!(q[3] == 0 || q == o, "{kind:?}: the colour of hidden pixels shows");
        }
    }
    let (before, after) = (luminance(&p), luminance(&scrambled(Scramble::Phase, 2, &p)));
    assert!((before - after).abs() < 0.002, "{before} {after}");
    let clear = Pixels { width: 2, height: 1, rgba: vec![9, 9, 9, 0, 8, 8, 8, 0] };
    assert_eq!(scrambled(Scramble::Phase, 1, &clear), clear);
}

#[test]
fn mirrored_twice_is_as_before_and_both_ways_is_half_a_turn() {
    for p in [photo(7, 5), photo(8, 4), photo(1, 1)] {
        let flipped = |flip, p: &Pixels| made(Look { flip: Some(flip), ..Look::default() }, 0, p);
        for flip in [Flip::H, Flip::V, Flip::Both] {
            assert_eq!(flipped(flip, &flipped(flip, &p)), p, "{flip:?}");
        }
        let mut turned = p.rgba.as_chunks::<4>().0.to_vec();
        turned.reverse();
        assert_eq!(flipped(Flip::Both, &p).rgba.as_chunks::<4>().0, turned);
        let h = flipped(Flip::H, &p);
        assert_eq!(h.rgba[..4], p.rgba[(p.width as usize - 1) * 4..p.width as usize * 4]);
        assert_eq!(flipped(Flip::V, &h), flipped(Flip::Both, &p));
    }
}

#[test]
fn a_crop_takes_shares_off_each_side_and_leaves_a_pixel() {
    let p = photo(100, 60);
    let cropped = |crop| made(Look { crop: Some(crop), ..Look::default() }, 0, &p);
    let q = cropped([0.1, 0.25, 0.2, 0.05]);
    assert_eq!((q.width, q.height), (70, 42));
    let at = (15 * 100 + 10) * 4;
    assert_eq!(q.rgba[..70 * 4], p.rgba[at..at + 70 * 4]);
    let q = cropped([0.5, 0.996, 0.499, 0.0]);
    assert_eq!((q.width, q.height), (1, 1));
}

#[test]
fn a_tint_multiplies_light() {
    let p = photo(40, 30);
    let tinted = |c| made(Look { tint: Some(Rgb(c)), ..Look::default() }, 0, &p);
    assert_eq!(tinted([255; 3]), p);
    // 188 is half the light of 255.
    let white = Pixels { width: 1, height: 1, rgba: vec![255, 255, 255, 77] };
    let look = Look { tint: Some(Rgb([188, 0, 255])), ..Look::default() };
    assert_eq!(made(look, 0, &white).rgba, [188, 0, 255, 77]);
    assert!((luminance(&tinted([188; 3])) / luminance(&p) - 0.5).abs() < 0.01);
}

#[test]
fn phases_of_a_picture_beyond_the_limit_are_refused_unless_it_is_cropped() {
    let phase = Look { scramble: Some(Scramble::Phase), ..Look::default() };
    let recipe = |look| Recipe { look, seed: 0 };
    let said = possible(&recipe(phase.clone()), 4000, 3000).unwrap_err().to_string();
    assert!(said.contains("4000 x 3000") && said.contains("crop it"), "{said}");
    let crop = Some([0.25, 0.0, 0.25, 0.0]);
    assert!(possible(&recipe(Look { crop, ..phase }), 4000, 3000).is_ok());
    let pixels = Look { scramble: Some(Scramble::Pixels), ..Look::default() };
    assert!(possible(&recipe(pixels), 4000, 3000).is_ok());
}
