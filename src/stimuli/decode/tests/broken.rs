//! Files that are no pictures, or broken ones: each gets a message with the file, the trouble and a remedy.

use super::make::profile::ADOBE;
use super::make::tiff::{Value, file, page, rgb};
use super::make::*;
use super::*;

/// A file's name, its content, and what its message must say: the trouble, the remedy.
type Case = (&'static str, Vec<u8>, &'static str, &'static str);

fn cases() -> Vec<Case> {
    let heads = |b: &[u8], at: usize, v: &[u8]| {
        let mut b = b.to_vec();
        b[at..at + v.len()].copy_from_slice(v);
        b
    };
    let bmp24 = bmp(&bmp_info(40, (3, 2), 24, 0), &[], &bmp_rows());
    let gif1 = gif(&[[0, 1, 2, 3, 4, 5, 6, 7]]);
    let webp = riff(&[(b"VP8L", vp8l(&RGB, 3, 2))]);
    let loop_of_pages = file(&[rgb(), rgb()], false, Some(26 + 8));
    let first_page = u32::from_le_bytes(loop_of_pages[4..8].try_into().unwrap());
    let tiff_of = |bits, samples, photometric, n: usize| {
        file(&[page((1, 1), (bits, samples), photometric, 1, vec![0; n])], false, None)
    };
    let float = page((1, 1), (32, 3), 2, 1, vec![0; 12]).with(339, Value::Short(vec![3; 3]));
    let mut linked = bmp_info(124, (3, 2), 24, 0);
    linked[56..60].copy_from_slice(b"KNIL");
    let dng = rgb().with(50706, Value::Bytes(vec![1, 4, 0, 0]));
    let canon = page((2, 2), (8, 3), 2, 1, b"CR\x02\0\0\0\0\0\0\0\0\0".to_vec());
    let raw = rgb().with(254, Value::Long(vec![1]));
    let again = "copy it again";
    let png = "save it as PNG";
    let editor = "open it in a picture editor";
    let mut many = jpeg(&[]);
    let scan = many.windows(2).position(|w| w == [0xFF, 0xDA]).unwrap();
    let body = many[scan..many.len() - 2].to_vec();
    for _ in 0..100 {
        many.splice(scan..scan, body.clone());
    }
    let sof = jpeg(&[]).windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    vec![
        ("empty.png", Vec::new(), "is empty", again),
        ("text.png", b"Sehr geehrte Frau".to_vec(), "is none of PNG", png),
        ("page.jpg", b"<!DOCTYPE html><p>404".to_vec(), "is a web page", png),
        ("phone.jpg", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "is a HEIC picture", png),
        ("new.png", b"\0\0\0\x1cftypavif\0\0\0\0".to_vec(), "is an AVIF picture", png),
        ("newer.png", b"\xff\x0a\x7f\x00".to_vec(), "is a JPEG XL picture", png),
        ("older.png", b"\0\0\0\x0cjP  \x0d\x0a\x87\x0a".to_vec(), "is a JPEG 2000 picture", png),
        ("layers.tif", b"8BPS\0\x01".to_vec(), "is a Photoshop document", png),
        ("drawing.png", b"<?xml version='1.0'?><svg>".to_vec(), "is an SVG drawing", png),
        ("paper.png", b"%PDF-1.7".to_vec(), "is a PDF document", png),
        ("half.png", rgb_png(&[])[..60].to_vec(), "is cut short", again),
        ("noend.png", rgb_png(&[])[..rgb_png(&[]).len() - 12].to_vec(), "is cut short", again),
        ("bits.png", heads(&rgb_png(&[]), 50, &[1, 2, 3]), "cannot be decoded", editor),
        ("bomb.png", png_head(16_000, 16_000), "is 16000 x 16000 pixels", "save it smaller"),
        ("nothing.png", png_head(0, 10), "cannot be decoded", editor),
        ("half.jpg", jpeg(&[])[..900].to_vec(), "is cut short", again),
        ("print.jpg", hex(CMYK), "CMYK colours", png),
        ("deep.jpg", heads(&jpeg(&[]), sof + 4, &[12]), "12 bits a channel", png),
        ("coded.jpg", heads(&jpeg(&[]), sof, &[0xFF, 0xC9]), "arithmetic JPEG coding", png),
        ("exact.jpg", heads(&jpeg(&[]), sof, &[0xFF, 0xC3]), "lossless JPEG coding", png),
        ("hollow.jpg", vec![0xFF, 0xD8, 0xFF, 0xD9], "holds no picture", "save it again"),
        ("scans.jpg", many, "more than 100 scans", editor),
        ("half.bmp", bmp24[..60].to_vec(), "is cut short", again),
        ("zero.bmp", heads(&bmp24, 18, &[0; 4]), "holds no picture", "save it again"),
        ("link.bmp", bmp(&linked, &[], &bmp_rows()), "a profile in another file", png),
        ("planes.bmp", heads(&bmp24, 26, &[7]), "cannot be decoded", editor),
        ("head.bmp", heads(&bmp24, 14, &[41]), "cannot be decoded", editor),
        ("bomb.bmp", heads(&bmp24, 18, &30_000u32.to_le_bytes()), "is 30000 x 2", "smaller"),
        ("none.gif", [&gif1[..13 + 768], b";"].concat(), "holds no picture", "save it again"),
        ("half.gif", gif1[..gif1.len() - 5].to_vec(), "is cut short", again),
        ("bomb.gif", heads(&gif1, 6, &[0xff, 0x7f, 0xff, 0x7f]), "is 32767 x 32767", "smaller"),
        ("codes.gif", heads(&gif1, gif1.len() - 14, &[0xff; 12]), "cannot be decoded", editor),
        ("half.webp", webp[..webp.len() - 2].to_vec(), "is cut short", again),
        ("chunk.webp", heads(&webp, 16, &[0xff, 0xff]), "reaches beyond the end", editor),
        ("bits.webp", heads(&webp, 20, &[0]), "cannot be decoded", editor),
        (
            "bomb.webp",
            heads(&rgb_webp(0, &[], &[]), 24, &[0xff, 0xff, 0, 0xff, 0xff]),
            "is 65536 x 65536",
            "smaller",
        ),
        (
            "ring.tif",
            heads(&loop_of_pages, loop_of_pages.len() - 4, &first_page.to_le_bytes()),
            "in a circle",
            editor,
        ),
        ("half.tif", file(&[rgb()], false, None)[..100].to_vec(), "is cut short", again),
        (
            "lost.tif",
            file(&[rgb().with(273, Value::Long(vec![9_999]))], false, None),
            "is cut short",
            again,
        ),
        (
            "bomb.tif",
            file(&[rgb().with(256, Value::Long(vec![60_000]))], false, None),
            "is 60000 x 2",
            "smaller",
        ),
        ("print.tif", tiff_of(8, 4, 5, 4), "CMYK colours", png),
        ("lab.tif", tiff_of(8, 3, 8, 3), "Lab colours", png),
        ("index.tif", tiff_of(8, 1, 3, 1), "a palette, in TIFF", png),
        ("video.tif", tiff_of(8, 3, 6, 3), "YCbCr colours", png),
        ("twelve.tif", tiff_of(12, 1, 1, 2), "12 bits a channel", png),
        ("two.tif", tiff_of(8, 2, 1, 2), "grey with a further channel", png),
        ("float.tif", file(&[float], false, None), "floating-point values", png),
        ("camera.dng", file(&[dng], false, None), "raw file", "develop it"),
        ("camera.cr2", file(&[canon], false, None), "raw file", "develop it"),
        ("camera.nef", file(&[raw], false, None), "raw file", "develop it"),
        (
            "profile.png",
            rgb_png(&[iccp(&ADOBE.profile()[..300])]),
            "\"Adobe RGB (1998)\"",
            "convert it to sRGB",
        ),
    ]
}

#[test]
fn each_broken_picture_is_told_with_its_file_its_trouble_and_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes, trouble, remedy) in cases() {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let said = match decode_file(&path) {
            Err(fault) => fault.to_string(),
            Ok(d) => panic!("{name} was taken for a picture: {d:?}"),
        };
        for part in [name, trouble, remedy] {
            assert!(said.contains(part), "{name}: {said:?} lacks {part:?}");
        }
        assert!(!said.contains("gave up"), "{name}: a decoder panicked");
        assert!(!said.ends_with('.') && said.len() < 400, "{said}");
    }
}

#[test]
fn files_that_are_not_there_or_no_files_are_told() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("d.png")).unwrap();
    for (name, trouble) in
        [("gone.png", "does not exist: put it there"), ("d.png", "is not a plain file")]
    {
        let said = decode_file(&dir.path().join(name)).unwrap_err().to_string();
        assert!(said.contains(name) && said.contains(trouble), "{said}");
    }
}

#[test]
fn a_file_beyond_the_limit_is_not_even_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.png");
    // A file of nothing: the disk holds no byte of it.
    std::fs::File::create(&path).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
    let said = decode_file(&path).unwrap_err().to_string();
    assert!(said.contains("film.png") && said.contains("more than 256 MiB"), "{said}");
}

#[test]
fn a_file_under_a_wrong_name_is_read_as_what_it_is_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let remarks = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        decode_file(&path).unwrap().remarks
    };
    assert_eq!(remarks("a.jpg", &rgb_png(&[])), [Remark::OtherName("PNG")]);
    assert_eq!(remarks("a.png", &jpeg(&[])), [Remark::OtherName("JPEG")]);
    assert_eq!(remarks("b.png", &gif(&[[1; 8]])), [Remark::OtherName("GIF")]);
    assert_eq!(remarks("c.png", &rgb_webp(0, &[], &[])), [Remark::OtherName("WebP")]);
    assert_eq!(remarks("d.png", &file(&[rgb()], false, None)), [Remark::OtherName("TIFF")]);
    for name in ["a.PNG", "without", "a.picture"] {
        assert_eq!(remarks(name, &rgb_png(&[])), []);
    }
}

#[test]
fn sizes_beyond_the_limits_are_refused_from_the_head_alone() {
    for (w, h) in [(20_000, 10), (10, 20_000), (9_000, 9_000), (u32::MAX >> 1, u32::MAX >> 1)] {
        match decode(&png_head(w, h)) {
            Err(Fault::TooLarge { width, height }) => assert_eq!((width, height), (w, h)),
            // The PNG reader itself refuses what no memory can hold.
            Err(Fault::Broken(_)) if w > 1 << 20 => {}
            other => panic!("{w} x {h} gave {other:?}"),
        }
    }
    assert!(matches!(decode(&png_head(100, 100)), Err(Fault::CutShort | Fault::Broken(_))));
}

#[test]
fn bytes_after_the_end_of_a_picture_do_no_harm() {
    // A phone's film clip may hold what looks like markers of JPEG or chunks of WebP.
    let appendix = b"\xff\xda\0\x02film\xff\xc0ICCP\xff\xff\xff\xff";
    for whole in [
        jpeg(&[]),
        rgb_png(&[]),
        gif(&[[1; 8]]),
        rgb_webp(0, &[], &[]),
        file(&[rgb()], false, None),
        bmp(&bmp_info(40, (3, 2), 24, 0), &[], &bmp_rows()),
    ] {
        let longer = [whole.as_slice(), appendix].concat();
        assert_eq!(decode(&longer).unwrap(), decode(&whole).unwrap());
    }
}
