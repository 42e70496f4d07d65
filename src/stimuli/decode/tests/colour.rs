//! Profiles in every format: what passes unchanged, what is converted to which numbers, what is refused.

use super::make::profile::{
    ADOBE, Curve, LINEAR, P3, PROPHOTO, SRGB, Space, desc, grey, profile, srgb_level, tables,
};
use super::make::tiff::{Value, file, page, rgb};
use super::make::*;
use super::*;

/// Levels that cover the cube, so that gamut cutting, dark and light are all met.
const LEVELS: [u8; 6] = [0, 20, 77, 128, 201, 255];

/// Every mixture of [`LEVELS`].
fn cube() -> Vec<[u8; 3]> {
    let all = || LEVELS.into_iter();
    all().flat_map(|r| all().flat_map(move |g| all().map(move |b| [r, g, b]))).collect()
}

fn near(made: &[u8], wanted: [f64; 3], within: f64, of: &dyn std::fmt::Debug) {
    let off = made.iter().zip(wanted).map(|(m, w)| (f64::from(*m) - w).abs()).fold(0.0, f64::max);
    assert!(off <= within, "{of:?} became {made:?} and should be near {wanted:?}");
}

fn remarks(bytes: &[u8]) -> Vec<Remark> {
    decode(bytes).unwrap_or_else(|fault| panic!("{fault}")).remarks
}

#[test]
fn wide_spaces_become_the_srgb_numbers_of_their_published_primaries() {
    for space in [ADOBE, P3, PROPHOTO, LINEAR] {
        let colours = cube();
        let bytes = png((36, 6), (8, 2), colours.as_flattened(), &[iccp(&space.profile())]);
        let d = decode(&bytes).unwrap();
        assert_eq!(d.remarks, [Remark::Converted(space.name.into())]);
        for (made, colour) in d.pixels.rgba.chunks(4).zip(&colours) {
            let wanted = space.in_srgb(colour.map(|v| f64::from(v) / 255.0));
            // Half a level is rounding; the rest is the five digits of the primaries.
            near(&made[..3], wanted, 0.9, &(space.name, colour));
            assert_eq!(made[3], 255);
        }
    }
}

#[test]
fn adobe_rgb_agrees_with_the_matrices_of_its_own_standard() {
    // Adobe RGB (1998), 4.3.6.2, to XYZ of D65, and IEC 61966-2-1 from there.
    let to_xyz =
        [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]];
    let to_srgb =
        [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]];
    let times = |m: [[f64; 3]; 3], v: [f64; 3]| {
        m.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>())
    };
    let colours = cube();
    let bytes = png((36, 6), (8, 2), colours.as_flattened(), &[iccp(&ADOBE.profile())]);
    let d = decode(&bytes).unwrap();
    for (made, colour) in d.pixels.rgba.chunks(4).zip(&colours) {
        let light = colour.map(|v| (f64::from(v) / 255.0).powf(563.0 / 256.0));
        let wanted = times(to_srgb, times(to_xyz, light)).map(srgb_level);
        near(&made[..3], wanted, 1.5, colour);
    }
}

#[test]
fn a_profile_of_tables_is_converted_like_one_of_primaries() {
    let colours = cube();
    let bytes = png((36, 6), (8, 2), colours.as_flattened(), &[iccp(&tables(&ADOBE))]);
    let d = decode(&bytes).unwrap();
    assert_eq!(d.remarks, [Remark::Converted(ADOBE.name.into())]);
    let off: Vec<f64> = d
        .pixels
        .rgba
        .chunks(4)
        .zip(&colours)
        .flat_map(|(made, colour)| {
            let wanted = ADOBE.in_srgb(colour.map(|v| f64::from(v) / 255.0));
            [0, 1, 2].map(|i| (f64::from(made[i]) - wanted[i]).abs())
        })
        .collect();
    let worst = off.iter().copied().fold(0.0, f64::max);
    let mean = off.iter().sum::<f64>() / off.len() as f64;
    // The colour library samples the tables anew, which tells where the gamut is cut.
    assert!(mean < 0.7 && worst < 6.0, "mean {mean}, worst {worst}");
}

#[test]
fn sixteen_bit_colours_are_converted_before_they_are_rounded() {
    // Linear light: at 8 bits, the lowest levels would be 13 apart.
    let levels: Vec<u16> = (0..300).map(|i| i * 10).collect();
    let rows: Vec<u8> = levels.iter().flat_map(|v| v.to_be_bytes().repeat(3)).collect();
    let bytes = png((300, 1), (16, 2), &rows, &[iccp(&LINEAR.profile())]);
    let d = decode(&bytes).unwrap();
    assert_eq!(d.remarks, [Remark::Rounded, Remark::Converted("linear sRGB".into())]);
    for (made, level) in d.pixels.rgba.chunks(4).zip(levels) {
        let wanted = srgb_level(f64::from(level) / 65535.0);
        near(&made[..3], [wanted; 3], 0.7, &level);
    }
}

#[test]
fn a_profile_that_is_srgb_by_another_name_changes_no_byte() {
    let d = decode(&rgb_png(&[iccp(&SRGB.profile())])).unwrap();
    assert_eq!(d.pixels.rgba, opaque(&RGB));
    assert_eq!(d.remarks, []);
    let rows: Vec<u8> = (0..=255).collect();
    let d = decode(&png((256, 1), (8, 0), &rows, &[iccp(&SRGB.profile())])).unwrap();
    assert!(d.pixels.rgba.chunks(4).zip(0..=255).all(|(p, v)| p == [v, v, v, 255]));
    assert_eq!(d.remarks, []);
}

#[test]
fn a_profile_that_is_only_called_srgb_is_converted() {
    let named = Space { name: "sRGB-elle-V2-g10", ..LINEAR };
    let bytes = rgb_png(&[iccp(&named.profile())]);
    assert_eq!(remarks(&bytes), [Remark::Converted("sRGB-elle-V2-g10".into())]);
}

#[test]
fn the_preference_profile_of_srgb_is_taken_for_srgb() {
    for name in ["sRGB_v4_ICC_preference.icc", "sRGB v4 ICC preference perceptual"] {
        let named = Space { name, ..LINEAR };
        let d = decode(&rgb_png(&[iccp(&named.profile())])).unwrap();
        assert_eq!((d.pixels.rgba, d.remarks), (opaque(&RGB), vec![]));
    }
}

#[test]
fn a_profile_is_found_in_every_format_that_carries_one() {
    let adobe = ADOBE.profile();
    let said = [Remark::Converted(ADOBE.name.into())];
    let wanted = decode(&rgb_png(&[iccp(&adobe)])).unwrap().pixels;
    let mut info = bmp_info(124, (3, 2), 24, 0);
    info[56..60].copy_from_slice(b"DEBM");
    info[112..116].copy_from_slice(&(124 + 24u32).to_le_bytes());
    info[116..120].copy_from_slice(&(adobe.len() as u32).to_le_bytes());
    let in_bmp = [bmp(&info, &[], &bmp_rows()), adobe.clone()].concat();
    for bytes in [
        rgb_webp(0x20, &[(b"ICCP", adobe.clone())], &[]),
        file(&[rgb().with(34675, Value::Bytes(adobe.clone()))], false, None),
        file(&[rgb().with(34675, Value::Bytes(adobe.clone()))], true, None),
        in_bmp,
    ] {
        let d = decode(&bytes).unwrap();
        assert_eq!(d.pixels, wanted);
        assert_eq!(d.remarks, said);
    }
    for pieces in [1, 3] {
        let bytes = jpeg(&app2(&adobe, pieces));
        assert_eq!(remarks(&bytes), said);
        assert_ne!(decode(&bytes).unwrap().pixels, decode(&jpeg(&[])).unwrap().pixels);
    }
    let mut in_gif = gif(&[[1, 2, 3, 4, 5, 6, 7, 8]]);
    let mut block = b"!\xff\x0bICCRGBG1012".to_vec();
    for part in adobe.chunks(255) {
        block.push(part.len() as u8);
        block.extend(part);
    }
    block.push(0);
    in_gif.splice(13 + 768..13 + 768, block);
    assert_eq!(remarks(&in_gif), said);
}

#[test]
fn grey_profiles_are_converted_and_stay_grey() {
    let levels: Vec<u8> = (0..=255).collect();
    for gamma in [1.0, 1.8, 2.2] {
        let icc = grey("Gray Gamma", Curve::Gamma(gamma));
        let deep: Vec<u8> = levels.iter().flat_map(|v| [*v, *v]).collect();
        let in_tiff =
            page((256, 1), (8, 1), 1, 1, levels.clone()).with(34675, Value::Bytes(icc.clone()));
        for bytes in [
            png((256, 1), (8, 0), &levels, &[iccp(&icc)]),
            png((256, 1), (16, 0), &deep, &[iccp(&icc)]),
            file(&[in_tiff], false, None),
        ] {
            let d = decode(&bytes).unwrap();
            assert!(d.remarks.contains(&Remark::Converted("Gray Gamma".into())));
            for (made, level) in d.pixels.rgba.chunks(4).zip(&levels) {
                // The profile holds its gamma in steps of 1/256.
                let held = (gamma * 256.0).round() / 256.0;
                let wanted = srgb_level((f64::from(*level) / 255.0).powf(held));
                near(&made[..3], [wanted; 3], 0.7, &(gamma, level));
                assert!(made[0] == made[1] && made[1] == made[2]);
            }
        }
    }
}

#[test]
fn grey_pixels_under_a_profile_of_colours_are_converted_as_equal_parts() {
    let levels: Vec<u8> = (0..=255).collect();
    let d = decode(&png((256, 1), (8, 0), &levels, &[iccp(&PROPHOTO.profile())])).unwrap();
    for (made, level) in d.pixels.rgba.chunks(4).zip(&levels) {
        near(&made[..3], PROPHOTO.in_srgb([f64::from(*level) / 255.0; 3]), 0.9, level);
    }
}

#[test]
fn alpha_is_left_alone_by_a_conversion() {
    let rows: Vec<u8> = (0..=255).flat_map(|a| [200, 100, 50, a]).collect();
    let d = decode(&png((256, 1), (8, 6), &rows, &[iccp(&ADOBE.profile())])).unwrap();
    let first = d.pixels.rgba[..3].to_vec();
    assert!(d.pixels.rgba.chunks(4).zip(0..=255).all(|(p, a)| p[..3] == first && p[3] == a));
}

#[test]
fn profiles_that_cannot_be_converted_are_named_with_a_remedy() {
    let described = |space, pcs, name| profile(space, pcs, &[(*b"desc", desc(name))]);
    let mut link = ADOBE.profile();
    link[12..16].copy_from_slice(b"link");
    for (icc, name) in [
        (described(b"CMYK", b"Lab ", "Coated FOGRA39"), "Coated FOGRA39"),
        (described(b"Lab ", b"Lab ", "Lab D50"), "Lab D50"),
        (described(b"RGB ", b"XYZ ", "no curves"), "no curves"),
        (grey("Dot Gain 20%", Curve::Gamma(1.75)), "Dot Gain 20%"),
        (link, "Adobe RGB (1998)"),
    ] {
        let said = decode(&rgb_png(&[iccp(&icc)])).unwrap_err().to_string();
        assert!(
            said.contains(&format!("{name:?}")) && said.contains("convert it to sRGB"),
            "{said}"
        );
    }
}

#[test]
fn a_damaged_profile_is_told_and_shown_as_srgb_unless_it_names_other_colours() {
    let adobe = ADOBE.profile();
    // Its tags lead outside, its name is still readable.
    let mut named = adobe.clone();
    for tag in named[132..132 + 12 * 8].chunks_mut(12).skip(2) {
        tag[4..8].copy_from_slice(&[0x7f; 4]);
    }
    let fault = decode(&rgb_png(&[iccp(&named)])).unwrap_err().to_string();
    assert!(fault.contains("Adobe RGB (1998)"), "{fault}");
    let mut nameless = named;
    nameless[132] = b'x';
    let mut short_chunk = iccp(&adobe);
    short_chunk.1.truncate(40);
    let mut gap = app2(&adobe, 3);
    gap.remove(1);
    let mut info = bmp_info(124, (3, 2), 24, 0);
    info[56..60].copy_from_slice(b"DEBM");
    info[112..120].fill(0x7f);
    for bytes in [
        rgb_png(&[iccp(&nameless)]),
        rgb_png(&[iccp(b"no profile at all")]),
        rgb_png(&[short_chunk]),
        jpeg(&gap),
        rgb_webp(0x20, &[(b"ICCP", vec![1, 2, 3])], &[]),
        file(&[rgb().with(34675, Value::Bytes(vec![0; 9]))], false, None),
        file(&[rgb().with(34675, Value::Short(vec![7; 9]))], false, None),
        bmp(&info, &[], &bmp_rows()),
    ] {
        let d = decode(&bytes).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(d.remarks, [Remark::DamagedProfile]);
        if d.pixels.width == 3 {
            assert_eq!(d.pixels.rgba, opaque(&RGB));
        }
    }
}

#[test]
fn png_colour_chunks_are_heeded_in_their_order() {
    let gamma = |n: u32| (b"gAMA", n.to_be_bytes().to_vec());
    let chrm = |first: u32| {
        let numbers = [first, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
        (b"cHRM", numbers.iter().flat_map(|n| n.to_be_bytes()).collect::<Vec<u8>>())
    };
    let srgb = (b"sRGB", vec![0]);
    let cicp = |primaries, transfer| (b"cICP", vec![primaries, transfer, 0, 1]);
    let of = |chunks: &[(&[u8; 4], Vec<u8>)]| remarks(&rgb_png(chunks));
    assert_eq!(of(&[gamma(45_455), chrm(31_270)]), []);
    assert_eq!(of(&[gamma(100_000)]), [Remark::Calibrated]);
    assert_eq!(of(&[chrm(34_570)]), [Remark::Calibrated]);
    assert_eq!(of(&[srgb.clone(), gamma(100_000)]), []);
    assert_eq!(of(&[gamma(100_000), iccp(&SRGB.profile())]), []);
    assert_eq!(of(&[cicp(1, 13), iccp(&ADOBE.profile())]), []);
    assert_eq!(of(&[cicp(12, 13), srgb]), [Remark::Converted("cICP 12/13".into())]);
    let from_cicp = decode(&rgb_png(&[cicp(12, 13)])).unwrap().pixels;
    for (made, colour) in from_cicp.rgba.chunks(4).zip(RGB.chunks(3)) {
        let wanted = P3.in_srgb([0, 1, 2].map(|i| f64::from(colour[i]) / 255.0));
        near(&made[..3], wanted, 0.9, &colour);
    }
    for (primaries, transfer) in [(9, 16), (9, 18), (77, 13), (1, 99)] {
        let said = decode(&rgb_png(&[cicp(primaries, transfer)])).unwrap_err().to_string();
        assert!(said.contains("cICP") && said.contains("sRGB"), "{said}");
    }
}

#[test]
fn the_optional_colour_space_of_cameras_is_adobe_rgb() {
    // Main directory, EXIF directory, interoperability directory with the index R03.
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    for (tag, kind, count, value) in [
        (0x8769u16, 4u16, 1u32, *b"\x1a\0\0\0"),
        (0xA005, 4, 1, *b"\x2c\0\0\0"),
        (1, 2, 4, *b"R03\0"),
    ] {
        block.extend([1, 0]);
        block.extend(tag.to_le_bytes());
        block.extend(kind.to_le_bytes());
        block.extend(count.to_le_bytes());
        block.extend(value);
        block.extend([0; 4]);
    }
    let said = [Remark::Converted("Adobe RGB (1998)".into())];
    let wanted = decode(&rgb_png(&[iccp(&ADOBE.profile())])).unwrap().pixels;
    let d = decode(&rgb_png(&[(b"eXIf", block.clone())])).unwrap();
    assert_eq!(d.remarks, said);
    let off = d.pixels.rgba.iter().zip(&wanted.rgba).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(off <= Some(1), "{off:?}");
    let in_jpeg = [b"Exif\0\0".to_vec(), block.clone()].concat();
    assert_eq!(remarks(&jpeg(&[(0xE1, in_jpeg)])), said);
    // A profile knows better.
    assert_eq!(remarks(&rgb_png(&[(b"eXIf", block), iccp(&SRGB.profile())])), []);
}

#[test]
fn calibrated_numbers_in_a_bmp_head_are_told() {
    let mut info = bmp_info(108, (3, 2), 24, 0);
    assert_eq!(remarks(&bmp(&info, &[], &bmp_rows())), []);
    info[96] = 1;
    assert_eq!(remarks(&bmp(&info, &[], &bmp_rows())), [Remark::Calibrated]);
    info[56..60].copy_from_slice(b"BGRs");
    assert_eq!(remarks(&bmp(&info, &[], &bmp_rows())), []);
}

#[test]
fn names_are_read_from_profiles_of_both_versions() {
    let name = super::super::colour::profile_name;
    assert_eq!(name(&ADOBE.profile()).as_deref(), Some("Adobe RGB (1998)"));
    let mut icc = vec![0; 128];
    icc.extend(b"\0\0\0\x01desc\0\0\0\x90\0\0\0\x24mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x04\0\0\0\x1c\0P\x003");
    assert_eq!(name(&icc).as_deref(), Some("P3"));
    assert_eq!(name(&[0xFF; 200]), None);
}
