//! Valid files of every format, spoilt and cut in thousands of ways: decoding gives a picture or a fault, panics
//! nowhere (not even inside a decoder, where it would be caught), and keeps to its bounds.

use super::make::profile::{ADOBE, Curve, grey, tables};
use super::make::tiff::{Value, file, page, rgb};
use super::make::*;
use super::*;
use proptest::prelude::*;
use std::sync::LazyLock;

/// One small file of each kind that takes a way of its own through the decoders.
static WHOLE: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let turned = rgb().with(274, Value::Short(vec![6]));
    let mut info = bmp_info(40, (2, 1), 8, 1);
    info[32] = 2;
    let block = [b"Exif\0\0".to_vec(), exif(8, true)].concat();
    let deep: Vec<u8> = (0..48).collect();
    vec![
        ("png", rgb_png(&[(b"eXIf", exif(6, false))])),
        ("png 16", png((4, 2), (16, 2), &deep, &[])),
        ("png grey", png((4, 2), (8, 4), &deep[..16], &[])),
        (
            "png palette",
            png(
                (4, 2),
                (2, 3),
                &[0x1b, 0xe4],
                &[(b"PLTE", deep[..12].to_vec()), (b"tRNS", vec![1])],
            ),
        ),
        ("jpeg", jpeg(&[(0xE1, block)])),
        ("bmp", bmp(&bmp_info(124, (3, 2), 24, 0), &[], &bmp_rows())),
        ("bmp run lengths", bmp(&info, &[3, 2, 1, 0, 60, 50, 40, 0], &[1, 0, 1, 1, 0, 1])),
        ("gif", gif(&[[0, 1, 2, 3, 4, 5, 6, 7], [9; 8]])),
        ("webp", rgb_webp(8, &[], &[(b"EXIF", exif(3, false))])),
        ("webp animated", riff(&[vp8x(2), (b"ANIM", vec![0; 6]), anmf(&RGB), anmf(&[9; 18])])),
        ("webp lossy", hex(LOSSY)),
        ("webp lossy alpha", hex(LOSSY_ALPHA)),
        ("tiff", file(&[turned, rgb()], false, None)),
        ("tiff lzw", file(&[page((3, 2), (8, 3), 2, 5, lzw(&RGB, false))], true, None)),
        ("tiff deflate", file(&[page((3, 2), (8, 3), 2, 8, deflate(&RGB))], false, None)),
        (
            "tiff 16",
            file(
                &[page((2, 2), (16, 4), 2, 1, deep[..32].to_vec())
                    .with(338, Value::Short(vec![1]))],
                true,
                None,
            ),
        ),
    ]
});

/// Decodes and holds the result to what every picture promises.
fn holds(bytes: &[u8]) -> bool {
    // Not `decode_bytes`, which would catch a panic.
    let Ok(d) = decode(bytes) else { return false };
    let pixels = u64::from(d.pixels.width) * u64::from(d.pixels.height);
    assert!(pixels > 0 && pixels <= MAX_PIXELS);
    assert_eq!(d.pixels.rgba.len() as u64, pixels * 4);
    true
}

#[test]
fn whole_files_are_pictures() {
    for (name, bytes) in WHOLE.iter() {
        assert!(holds(bytes), "{name}: {:?}", decode(bytes));
    }
}

#[test]
fn a_file_that_is_cut_short_is_never_shown_in_part() {
    for (name, bytes) in WHOLE.iter() {
        let whole = decode(bytes).unwrap();
        for keep in 0..bytes.len() {
            // What is missing then is no part of the first picture: a trailer, padding, a further frame or page.
            if let Ok(d) = decode(&bytes[..keep]) {
                assert_eq!(d.pixels, whole.pixels, "{name}: {keep} of {} bytes", bytes.len());
            }
        }
    }
}

#[test]
fn each_byte_spoilt_alone_gives_a_picture_or_a_fault() {
    for (_, bytes) in WHOLE.iter() {
        for at in 0..bytes.len() {
            let values = [bytes[at] ^ 1, 0xFF, bytes[at] ^ 0x80, 0, bytes[at].wrapping_add(1)];
            // The two kilobytes of a scan are all alike.
            for value in values.iter().take(if at < 1_000 { 5 } else { 2 }) {
                let mut spoilt = bytes.clone();
                spoilt[at] = *value;
                holds(&spoilt);
            }
        }
    }
}

#[test]
fn each_byte_of_a_profile_spoilt_gives_a_picture_or_a_fault() {
    for icc in [ADOBE.profile(), grey("g", Curve::Gamma(2.2)), tables(&ADOBE)] {
        let samples = if icc[16..20] == *b"GRAY" { 1 } else { 3 };
        let page = page(
            (2, 1),
            (8, samples),
            if samples == 1 { 1 } else { 2 },
            1,
            vec![9; 2 * usize::from(samples)],
        );
        // Each of the first bytes, which say what follows, and samples of the rest.
        for at in (0..icc.len()).filter(|at| *at % 7 == 0 || (128..180).contains(at)).take(150) {
            let mut spoilt = icc.clone();
            spoilt[at] ^= 0xFF;
            let tagged = page.clone().with(34675, Value::Bytes(spoilt));
            holds(&file(&[tagged], false, None));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn files_spoilt_in_many_places_give_faults_or_pictures_and_never_panic(
        which in any::<prop::sample::Index>(),
        spoil in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = which.get(&WHOLE).1.clone();
        for (at, value) in spoil {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(cut.map_or(bytes.len(), |at| at.index(bytes.len())));
        holds(&bytes);
    }
}
