//! The eight orientations in every format that carries them.

use super::make::tiff::{Value, file, rgb};
use super::make::*;
use super::*;

/// Where the pixels of the 3 x 2 picture
///
/// ```text
/// 0 1 2
/// 3 4 5
/// ```
///
/// are when it is upright, row by row, with its width: by the drawings of EXIF 2.32, 4.6.4.
const UPRIGHT: [(u32, [usize; 6]); 8] = [
    (3, [0, 1, 2, 3, 4, 5]),
    (3, [2, 1, 0, 5, 4, 3]),
    (3, [5, 4, 3, 2, 1, 0]),
    (3, [3, 4, 5, 0, 1, 2]),
    (2, [0, 3, 1, 4, 2, 5]),
    (2, [3, 0, 4, 1, 5, 2]),
    (2, [5, 2, 4, 1, 3, 0]),
    (2, [2, 5, 1, 4, 0, 3]),
];

fn all_formats(orientation: u8) -> [Vec<u8>; 6] {
    let tag = Value::Short(vec![orientation.into()]);
    let in_jpeg = [b"Exif\0\0".to_vec(), exif(orientation, false)].concat();
    [
        rgb_png(&[(b"eXIf", exif(orientation, false))]),
        rgb_png(&[(b"eXIf", exif(orientation, true))]),
        rgb_webp(8, &[], &[(b"EXIF", exif(orientation, false))]),
        // As some writers put it, with the opening of JPEG.
        rgb_webp(8, &[], &[(b"EXIF", in_jpeg)]),
        file(&[rgb().with(274, tag.clone())], false, None),
        file(&[rgb().with(274, tag)], true, None),
    ]
}

#[test]
fn each_orientation_is_turned_upright_in_each_format() {
    for (i, (width, places)) in UPRIGHT.iter().enumerate() {
        let orientation = i as u8 + 1;
        let wanted: Vec<u8> = places.iter().flat_map(|p| opaque(&RGB[p * 3..p * 3 + 3])).collect();
        for bytes in all_formats(orientation) {
            let d = decode(&bytes).unwrap();
            assert_eq!((d.pixels.width, d.pixels.height), (*width, 6 / width), "{orientation}");
            assert_eq!(d.pixels.rgba, wanted, "{orientation}");
            let remarks: &[Remark] = if orientation == 1 { &[] } else { &[Remark::Turned] };
            assert_eq!(d.remarks, remarks, "{orientation}");
        }
    }
}

#[test]
fn each_orientation_of_a_jpeg_is_that_of_its_own_upright_pixels() {
    // 48 x 32, so that a quarter turn shows in the size.
    let busy: Vec<u8> = (0..48 * 32 * 3).map(|i| (i * 7 % 251) as u8).collect();
    let plain = jpeg_of(&busy, 48, image::ExtendedColorType::Rgb8);
    let upright = decode(&plain).unwrap().pixels;
    let at = |p: &Pixels, x: u32, y: u32| {
        let i = ((y * p.width + x) * 4) as usize;
        p.rgba[i..i + 4].to_vec()
    };
    for orientation in 1..=8u8 {
        for motorola in [false, true] {
            let block = [b"Exif\0\0".to_vec(), exif(orientation, motorola)].concat();
            let mut bytes = plain[..2].to_vec();
            bytes.extend([0xFF, 0xE1]);
            bytes.extend((block.len() as u16 + 2).to_be_bytes());
            bytes.extend(&block);
            bytes.extend(&plain[2..]);
            let turned = decode(&bytes).unwrap().pixels;
            let (w, h) = if orientation < 5 { (48, 32) } else { (32, 48) };
            assert_eq!((turned.width, turned.height), (w, h));
            for (x, y) in [(0, 0), (5, 3), (47, 0), (0, 31), (47, 31), (20, 30)] {
                let (right, down) = (47 - x, 31 - y);
                let (to_x, to_y) = match orientation {
                    1 => (x, y),
                    2 => (right, y),
                    3 => (right, down),
                    4 => (x, down),
                    5 => (y, x),
                    6 => (down, x),
                    7 => (down, right),
                    _ => (y, right),
                };
                assert_eq!(at(&turned, to_x, to_y), at(&upright, x, y), "{orientation}: {x}, {y}");
            }
        }
    }
}

#[test]
fn an_orientation_that_does_not_exist_turns_nothing_and_is_told() {
    for orientation in [0, 9, 200] {
        for bytes in all_formats(orientation) {
            let d = decode(&bytes).unwrap();
            assert_eq!(d.pixels.rgba, opaque(&RGB));
            assert_eq!(d.remarks, [Remark::NoOrientation(orientation.into())]);
        }
    }
}

#[test]
fn a_broken_exif_block_leaves_the_picture_as_it_is_stored() {
    let mut lying = exif(6, false);
    lying[4] = 200;
    for block in [lying, exif(6, false)[..12].to_vec(), b"nonsense".to_vec(), Vec::new()] {
        let in_jpeg = [b"Exif\0\0".to_vec(), block.clone()].concat();
        let in_png = decode(&rgb_png(&[(b"eXIf", block.clone())])).unwrap();
        assert_eq!(in_png.pixels.rgba, opaque(&RGB));
        let in_webp = decode(&rgb_webp(8, &[], &[(b"EXIF", block)])).unwrap();
        assert_eq!(in_webp.pixels.rgba, opaque(&RGB));
        assert_eq!(decode(&jpeg(&[(0xE1, in_jpeg)])).unwrap(), decode(&jpeg(&[])).unwrap());
    }
}
