//! Each format at each depth: the pixels that come out, to the byte.

use super::make::tiff::{Value, file, page, rgb};
use super::make::*;
use super::*;
use image::ExtendedColorType;

fn decoded(bytes: &[u8]) -> Decoded {
    decode(bytes).unwrap_or_else(|fault| panic!("{fault}"))
}

fn shows(bytes: &[u8], rgba: &[u8]) {
    assert_eq!(decoded(bytes).pixels.rgba, rgba);
}

fn greys(levels: &[u8]) -> Vec<u8> {
    levels.iter().flat_map(|v| [*v, *v, *v, 255]).collect()
}

#[test]
fn eight_bit_srgb_passes_through_byte_for_byte_in_every_lossless_format() {
    for bytes in [
        rgb_png(&[]),
        bmp(&bmp_info(40, (3, 2), 24, 0), &[], &bmp_rows()),
        riff(&[(b"VP8L", vp8l(&RGB, 3, 2))]),
        rgb_webp(0, &[], &[]),
        file(&[rgb()], false, None),
        file(&[rgb()], true, None),
        hex(BIG_TIFF),
    ] {
        let d = decoded(&bytes);
        assert_eq!((d.pixels.width, d.pixels.height), (3, 2));
        assert_eq!(d.pixels.rgba, opaque(&RGB));
        assert_eq!(d.remarks, []);
    }
}

#[test]
fn png_grey_of_every_depth_is_stretched_to_eight_bits() {
    shows(&png((8, 1), (1, 0), &[0b1010_0001], &[]), &greys(&[255, 0, 255, 0, 0, 0, 0, 255]));
    shows(&png((4, 1), (2, 0), &[0b0001_1011], &[]), &greys(&[0, 85, 170, 255]));
    shows(&png((2, 1), (4, 0), &[0x1f], &[]), &greys(&[17, 255]));
    shows(&png((2, 1), (8, 0), &[3, 200], &[]), &greys(&[3, 200]));
    shows(&png((2, 1), (8, 4), &[3, 9, 200, 255], &[]), &[3, 3, 3, 9, 200, 200, 200, 255]);
}

#[test]
fn png_palettes_and_clear_colours_are_looked_up() {
    let palette = (b"PLTE", vec![1, 2, 3, 40, 50, 60, 7, 8, 9]);
    let clear = (b"tRNS", vec![255, 0]);
    shows(
        &png((3, 1), (8, 3), &[2, 0, 1], std::slice::from_ref(&palette)),
        &opaque(&[7, 8, 9, 1, 2, 3, 40, 50, 60]),
    );
    shows(&png((2, 1), (2, 3), &[0b0100_0000], &[palette, clear]), &[40, 50, 60, 0, 1, 2, 3, 255]);
    let one = (b"tRNS", vec![0, 10, 0, 20, 0, 30]);
    shows(
        &png((2, 1), (8, 2), &[10, 20, 30, 10, 20, 31], &[one]),
        &[10, 20, 30, 0, 10, 20, 31, 255],
    );
}

#[test]
fn every_sixteen_bit_level_is_rounded_to_the_nearest_of_eight_bits() {
    let rows: Vec<u8> = (0..=65535u16).flat_map(u16::to_be_bytes).collect();
    let nearest = |v: u32| ((v * 255 + 32767) / 65535) as u8;
    let wanted = greys(&(0..=65535).map(nearest).collect::<Vec<u8>>());
    let d = decoded(&png((256, 256), (16, 0), &rows, &[]));
    assert_eq!(d.remarks, [Remark::Rounded]);
    assert!(d.pixels.rgba == wanted);
    let tiff = page((256, 256), (16, 1), 1, 1, rows);
    assert!(decoded(&file(&[tiff], true, None)).pixels.rgba == wanted);
}

#[test]
fn sixteen_bit_colour_and_alpha_are_rounded_alike() {
    let rows: Vec<u8> = [0u16, 128, 129, 65535, 65406, 65407, 257, 32768]
        .iter()
        .flat_map(|v| v.to_be_bytes())
        .collect();
    let wanted = [0, 0, 1, 255, 254, 255, 1, 128];
    shows(&png((2, 1), (16, 6), &rows, &[]), &wanted);
    shows(&png((2, 1), (16, 2), &rows[..12], &[]), &[0, 0, 1, 255, 255, 254, 255, 255]);
    shows(&png((2, 1), (16, 4), &rows[..8], &[]), &[0, 0, 0, 0, 1, 1, 1, 255]);
    let tiff = page((2, 1), (16, 4), 2, 1, rows.clone()).with(338, Value::Short(vec![2]));
    shows(&file(&[tiff], true, None), &wanted);
    let tiff = page((2, 1), (16, 3), 2, 1, rows[..12].to_vec());
    shows(&file(&[tiff], true, None), &[0, 0, 1, 255, 255, 254, 255, 255]);
}

#[test]
fn bmp_files_of_every_head_and_depth_are_read() {
    let rows = bmp_rows();
    let core = [12u8, 0, 0, 0, 3, 0, 2, 0, 1, 0, 24, 0];
    let mut top_down: Vec<u8> = rows[12..].to_vec();
    top_down.extend(&rows[..12]);
    for bytes in [
        bmp(&core, &[], &rows),
        bmp(&bmp_info(52, (3, 2), 24, 0), &[], &rows),
        bmp(&bmp_info(56, (3, 2), 24, 0), &[], &rows),
        bmp(&bmp_info(108, (3, 2), 24, 0), &[], &rows),
        bmp(&bmp_info(124, (3, 2), 24, 0), &[], &rows),
        bmp(&bmp_info(40, (3, -2), 24, 0), &[], &top_down),
    ] {
        shows(&bytes, &opaque(&RGB));
    }
    let palette = [3, 2, 1, 0, 60, 50, 40, 0];
    let two = [1, 2, 3, 255, 40, 50, 60, 255];
    for (bits, row) in [(1, 0b0100_0000), (4, 0x01)] {
        let mut info = bmp_info(40, (2, 1), bits, 0);
        info[32] = 2;
        shows(&bmp(&info, &palette, &[row, 0, 0, 0]), &two);
    }
    let mut info = bmp_info(40, (2, 1), 8, 0);
    info[32] = 2;
    shows(&bmp(&info, &palette, &[0, 1, 0, 0]), &two);
    // Run lengths: once colour 0, once colour 1, end.
    let mut info = bmp_info(40, (2, 1), 8, 1);
    info[32] = 2;
    shows(&bmp(&info, &palette, &[1, 0, 1, 1, 0, 1]), &two);
    // Five bits a channel, and masks of 8 bits with alpha.
    shows(
        &bmp(&bmp_info(40, (2, 1), 16, 0), &[], &[0xff, 0x7f, 0x00, 0x7c]),
        &[255, 255, 255, 255, 255, 0, 0, 255],
    );
    let mut info = bmp_info(108, (1, 1), 32, 3);
    info[40..56].copy_from_slice(&[0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255]);
    shows(&bmp(&info, &[], &[30, 20, 10, 77]), &[10, 20, 30, 77]);
    // Without masks the fourth byte is no alpha.
    shows(&bmp(&bmp_info(40, (1, 1), 32, 0), &[], &[30, 20, 10, 0]), &[10, 20, 30, 255]);
}

#[test]
fn a_gif_gives_its_first_frame_and_says_of_how_many() {
    let colour = |n: u8| [n, n * 2, 255 - n, if n == 7 { 0 } else { 255 }];
    let first = [0, 1, 2, 3, 4, 5, 6, 7];
    let wanted: Vec<u8> = first.iter().flat_map(|n| colour(*n)).collect();
    let one = decoded(&gif(&[first]));
    assert_eq!((one.pixels.width, one.pixels.height), (4, 2));
    assert_eq!(one.pixels.rgba, wanted);
    assert_eq!(one.remarks, []);
    let three = decoded(&gif(&[first, [9; 8], [10; 8]]));
    assert_eq!(three.pixels.rgba, wanted);
    assert_eq!(three.remarks, [Remark::FirstFrame(3)]);
    let whole = gif(&[first]);
    shows(&whole[..whole.len() - 1], &wanted);
}

#[test]
fn a_gif_frame_smaller_than_its_screen_leaves_the_rest_clear() {
    let mut bytes = gif(&[[1, 2, 3, 4, 5, 6, 7, 8]]);
    // The screen is said to be 5 x 3.
    (bytes[6], bytes[8]) = (5, 3);
    let d = decoded(&bytes);
    assert_eq!((d.pixels.width, d.pixels.height), (5, 3));
    assert_eq!(d.pixels.rgba[..4], [1, 2, 254, 255]);
    assert_eq!(d.pixels.rgba[16..20], [0, 0, 0, 0]);
    assert!(d.pixels.rgba[40..].iter().all(|v| *v == 0));
}

#[test]
fn lossy_webp_is_near_its_original_and_keeps_its_alpha() {
    for (file, upper) in [(LOSSY, 255), (LOSSY_ALPHA, 128)] {
        let d = decoded(&hex(file));
        assert_eq!((d.pixels.width, d.pixels.height), (16, 16));
        // What libwebp decodes is (201, 61, 40) and (22, 119, 220).
        for (x, y, wanted) in [(2, 2, [201, 61, 40, upper]), (13, 13, [22, 119, 220, 255])] {
            let at = (y * 16 + x) * 4;
            let near =
                d.pixels.rgba[at..at + 4].iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 2);
            assert!(near, "{:?} is not near {wanted:?}", &d.pixels.rgba[at..at + 4]);
        }
    }
}

#[test]
fn an_animated_webp_gives_its_first_frame_and_says_of_how_many() {
    let anim = (b"ANIM", vec![0; 6]);
    let bytes = riff(&[vp8x(2), anim, anmf(&RGB), anmf(&[9; 18])]);
    let d = decoded(&bytes);
    assert_eq!(d.pixels.rgba, opaque(&RGB));
    assert_eq!(d.remarks, [Remark::FirstFrame(2)]);
}

#[test]
fn an_animated_png_gives_its_first_picture_and_says_of_how_many() {
    let d = decoded(&rgb_png(&[(b"acTL", vec![0, 0, 0, 5, 0, 0, 0, 0])]));
    assert_eq!(d.pixels.rgba, opaque(&RGB));
    assert_eq!(d.remarks, [Remark::FirstFrame(5)]);
}

#[test]
fn tiff_is_read_however_it_is_packed() {
    let stored =
        |compression, data| file(&[page((3, 2), (8, 3), 2, compression, data)], false, None);
    let pack_bits = [vec![17], RGB.to_vec()].concat();
    for bytes in [
        stored(5, lzw(&RGB, false)),
        stored(8, deflate(&RGB)),
        stored(32946, deflate(&RGB)),
        stored(32773, pack_bits),
    ] {
        shows(&bytes, &opaque(&RGB));
    }
    // Two strips, one for each row.
    let mut strips = rgb().with(278, Value::Long(vec![1])).with(279, Value::Long(vec![9, 9]));
    strips.data = RGB.chunks(9).map(<[u8]>::to_vec).collect();
    shows(&file(&[strips], false, None), &opaque(&RGB));
    // One tile of 16 x 16, of which the picture is the corner.
    let mut tile = vec![0; 16 * 16 * 3];
    for (row, of) in RGB.chunks(9).enumerate() {
        tile[row * 48..row * 48 + 9].copy_from_slice(of);
    }
    let tiled = page((3, 2), (8, 3), 2, 1, tile)
        .without(273)
        .without(278)
        .without(279)
        .with(322, Value::Long(vec![16]))
        .with(323, Value::Long(vec![16]))
        .with(324, Value::Data)
        .with(325, Value::Long(vec![768]));
    shows(&file(&[tiled], false, None), &opaque(&RGB));
    // Each channel for itself.
    let mut planes = rgb().with(284, Value::Short(vec![2])).with(279, Value::Long(vec![6; 3]));
    planes.data = (0..3).map(|c| RGB.iter().skip(c).step_by(3).copied().collect()).collect();
    shows(&file(&[planes], false, None), &opaque(&RGB));
    // Differences to the left neighbour.
    let difference = |r: &[u8]| -> Vec<u8> {
        (0..9).map(|i| if i < 3 { r[i] } else { r[i].wrapping_sub(r[i - 3]) }).collect()
    };
    let data = RGB.chunks(9).flat_map(difference).collect::<Vec<u8>>();
    let predicted = page((3, 2), (8, 3), 2, 5, lzw(&data, false)).with(317, Value::Short(vec![2]));
    shows(&file(&[predicted], false, None), &opaque(&RGB));
}

#[test]
fn tiff_grey_is_read_with_black_or_white_as_zero() {
    shows(
        &file(&[page((3, 1), (8, 1), 1, 1, vec![0, 100, 255])], false, None),
        &greys(&[0, 100, 255]),
    );
    shows(
        &file(&[page((3, 1), (8, 1), 0, 1, vec![0, 100, 255])], false, None),
        &greys(&[255, 155, 0]),
    );
    shows(
        &file(&[page((4, 1), (1, 1), 1, 1, vec![0b1010_0000])], false, None),
        &greys(&[255, 0, 255, 0]),
    );
    shows(
        &file(&[page((4, 1), (1, 1), 0, 1, vec![0b1010_0000])], false, None),
        &greys(&[0, 255, 0, 255]),
    );
}

#[test]
fn tiff_alpha_is_straightened_where_it_was_multiplied_in() {
    let data = vec![50, 100, 128, 128, 10, 20, 30, 255, 0, 0, 0, 0];
    let with = |kind| {
        let page = page((3, 1), (8, 4), 2, 1, data.clone()).with(338, Value::Short(vec![kind]));
        file(&[page], false, None)
    };
    shows(&with(2), &data);
    shows(&with(1), &[100, 199, 255, 128, 10, 20, 30, 255, 0, 0, 0, 0]);
}

#[test]
fn a_tiff_of_several_pages_gives_the_first_and_says_of_how_many() {
    let small = page((1, 1), (8, 3), 2, 1, vec![1, 2, 3]).with(254, Value::Long(vec![1]));
    let d = decoded(&file(&[rgb(), page((1, 1), (8, 1), 1, 1, vec![9]), small], false, None));
    assert_eq!(d.pixels.rgba, opaque(&RGB));
    assert_eq!(d.remarks, [Remark::FirstPage(2)], "a smaller copy is no page");
}

#[test]
fn a_progressive_jpeg_is_read_to_its_last_scan() {
    let whole = hex(PROGRESSIVE);
    let near = |p: &[u8]| p.iter().zip([201, 60, 40, 255]).all(|(a, b)| a.abs_diff(b) <= 1);
    assert!(decoded(&whole).pixels.rgba.chunks(4).all(near));
    let last = whole.windows(2).rposition(|w| w == [0xFF, 0xDA]).unwrap();
    assert!(matches!(decode(&whole[..last]), Err(Fault::CutShort)));
}

#[test]
fn jpeg_grey_and_untransformed_rgb_keep_their_colours() {
    let flat = jpeg_of(&[77; 64], 8, ExtendedColorType::L8);
    assert!(decoded(&flat).pixels.rgba.chunks(4).all(|p| p == [77, 77, 77, 255]));
    // An encoder turns RGB into brightness and two colour differences; Adobe's mark says that it did not.
    let grey = jpeg_of(&[77; 192], 8, ExtendedColorType::Rgb8);
    let adobe = (0xEE, b"Adobe\0\x64\0\0\0\0\0".to_vec());
    let mut marked = grey[..2].to_vec();
    marked.extend([0xFF, adobe.0, 0, 14]);
    marked.extend(adobe.1);
    // The mark of JFIF says the contrary, and is left out.
    marked.extend(&grey[2 + 18..]);
    assert_eq!(grey[2..4], [0xFF, 0xE0]);
    assert!(decoded(&grey).pixels.rgba.chunks(4).all(|p| p == [77, 77, 77, 255]));
    assert!(decoded(&marked).pixels.rgba.chunks(4).all(|p| p == [77, 128, 128, 255]));
}
