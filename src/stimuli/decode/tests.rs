//! Pictures made in memory, whole and spoilt, and what decoding says of them.

use super::*;
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use proptest::prelude::*;

/// A 3 x 2 RGB picture whose pixels all differ.
const RGB: [u8; 18] =
    [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170];

fn png(dress: impl FnOnce(&mut PngEncoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = PngEncoder::new(&mut out);
    dress(&mut encoder);
    encoder.write_image(&RGB, 3, 2, ExtendedColorType::Rgb8).unwrap();
    out
}

fn jpeg(dress: impl FnOnce(&mut JpegEncoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, 100);
    dress(&mut encoder);
    let grey: Vec<u8> = (0..48 * 48 * 3).map(|i| (i * 7 % 251) as u8).collect();
    encoder.write_image(&grey, 48, 48, ExtendedColorType::Rgb8).unwrap();
    out
}

/// An EXIF block that holds an orientation and nothing else.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    block
}

/// An ICC profile that holds a version 2 description and nothing else.
fn profile(name: &str) -> Vec<u8> {
    let mut icc = vec![0; 128];
    icc.extend(1u32.to_be_bytes());
    icc.extend(b"desc");
    icc.extend(144u32.to_be_bytes());
    icc.extend(100u32.to_be_bytes());
    icc.extend(b"desc\0\0\0\0");
    icc.extend((name.len() as u32 + 1).to_be_bytes());
    icc.extend(name.bytes());
    icc.push(0);
    icc
}

/// The head of a PNG file of this size, without any pixels.
fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    out.extend(&chunk);
    out.extend(crc32fast::hash(&chunk).to_be_bytes());
    out.extend(b"\0\0\0\0IDAT");
    out.extend(crc32fast::hash(b"IDAT").to_be_bytes());
    out
}

#[test]
fn colour_values_pass_through_unchanged_and_opaque() {
    let d = decode_bytes(&png(|_| ())).unwrap();
    assert_eq!((d.pixels.width, d.pixels.height), (3, 2));
    let colours: Vec<u8> = d.pixels.rgba.chunks(4).flat_map(|p| p[..3].to_vec()).collect();
    assert_eq!(colours, RGB);
    assert!(d.pixels.rgba.chunks(4).all(|p| p[3] == 255));
    assert_eq!(d.foreign_profile, None);
}

#[test]
fn sixteen_bit_grey_becomes_eight_bit_rgba() {
    let mut out = Vec::new();
    let levels: Vec<u8> = [0u16, 0x8080, 0xFFFF].iter().flat_map(|v| v.to_ne_bytes()).collect();
    PngEncoder::new(&mut out).write_image(&levels, 3, 1, ExtendedColorType::L16).unwrap();
    let d = decode_bytes(&out).unwrap();
    assert_eq!(d.pixels.rgba, [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
}

#[test]
fn a_photograph_held_sideways_is_turned_upright() {
    let d = decode_bytes(&png(|e| e.set_exif_metadata(exif(6)).unwrap())).unwrap();
    assert_eq!((d.pixels.width, d.pixels.height), (2, 3));
    // A quarter turn clockwise brings the first pixel of the last row to the top left.
    assert_eq!(d.pixels.rgba[..4], [90, 100, 110, 255]);
    let upright = decode_bytes(&jpeg(|_| ())).unwrap();
    let turned = decode_bytes(&jpeg(|e| e.set_exif_metadata(exif(3)).unwrap())).unwrap();
    let last = upright.pixels.rgba.len() - 4;
    assert_eq!(turned.pixels.rgba[..4], upright.pixels.rgba[last..]);
}

#[test]
fn a_foreign_colour_profile_is_named_and_srgb_is_not() {
    let with =
        |name: &str| decode_bytes(&png(|e| e.set_icc_profile(profile(name)).unwrap())).unwrap();
    assert_eq!(with("Adobe RGB (1998)").foreign_profile.as_deref(), Some("Adobe RGB (1998)"));
    assert_eq!(with("sRGB IEC61966-2.1").foreign_profile, None);
    let mut icc = vec![0; 128];
    icc.extend(b"\0\0\0\x01desc\0\0\0\x90\0\0\0\x24mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x04\0\0\0\x1c\0P\x003");
    assert_eq!(profile_name(&icc).as_deref(), Some("P3"));
    assert_eq!(profile_name(&[0xFF; 200]), None);
}

#[test]
fn sizes_beyond_the_limits_are_refused_from_the_head_alone() {
    for (w, h) in [(20_000, 10), (10, 20_000), (9_000, 9_000), (u32::MAX >> 1, u32::MAX >> 1)] {
        match decode_bytes(&png_head(w, h)) {
            Err(Fault::TooLarge { width, height }) => assert_eq!((width, height), (w, h)),
            // The PNG reader itself refuses what no memory can hold.
            Err(Fault::Broken(_)) if w > 1 << 20 => {}
            other => panic!("{w} x {h} gave {other:?}"),
        }
    }
    assert!(matches!(decode_bytes(&png_head(100, 100)), Err(Fault::CutShort | Fault::Broken(_))));
}

#[test]
fn a_file_that_is_cut_short_is_never_shown_in_part() {
    for whole in [png(|_| ()), jpeg(|_| ())] {
        assert!(decode_bytes(&whole).is_ok());
        for keep in [whole.len() / 2, whole.len() * 3 / 4, whole.len() - 14] {
            let cut = decode_bytes(&whole[..keep]);
            assert!(cut.is_err(), "{keep} of {} bytes were taken for a picture", whole.len());
        }
    }
}

#[test]
fn bytes_after_the_end_of_a_jpeg_do_no_harm() {
    let mut bytes = jpeg(|_| ());
    bytes.extend(b"a phone's own appendix");
    assert!(decode_bytes(&bytes).is_ok());
}

#[test]
fn errors_name_the_file_and_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    std::fs::create_dir(dir.path().join("d.png")).unwrap();
    for (path, said) in [
        (dir.path().join("gone.png"), "does not exist: put it there"),
        (dir.path().join("d.png"), "is not a plain file"),
        (file("empty.png", b""), "is empty (0 bytes): copy it again"),
        (file("page.png", b"<html>404</html>"), "is neither PNG nor JPEG"),
        (file("big.png", &png_head(20_000, 10)), "is 20000 x 10 pixels"),
    ] {
        let text = decode_file(&path).unwrap_err().to_string();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(text.contains(name) && text.contains(said), "{text}");
    }
}

proptest! {
    #[test]
    fn spoilt_files_give_errors_or_pictures_and_never_panic(
        which in any::<bool>(),
        spoil in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = if which { png(|_| ()) } else { jpeg(|_| ()) };
        for (at, value) in spoil {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(d) = decode_bytes(&bytes) {
            prop_assert_eq!(d.pixels.rgba.len(), (d.pixels.width * d.pixels.height * 4) as usize);
        }
    }
}
