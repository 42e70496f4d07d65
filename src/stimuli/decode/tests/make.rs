//! Picture files made byte by byte, so that each says exactly what a test wants it to say, and no encoder's habits
//! stand between the test and the decoder.

pub mod profile;
pub mod tiff;

use flate2::{Compression, write::ZlibEncoder};
use image::codecs::{jpeg::JpegEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder};
use std::io::Write;

/// A 3 x 2 RGB picture whose pixels all differ.
pub const RGB: [u8; 18] =
    [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 255];

/// The bytes of [`RGB`] with an opaque alpha.
pub fn opaque(rgb: &[u8]) -> Vec<u8> {
    rgb.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect()
}

/// A lossy WebP of 16 x 16, written by libwebp: left half (200, 60, 40), right half (20, 120, 220).
pub const LOSSY: &str = "52494646400000005745425056503820340000001002009d012a1000100000c01225a00274ba01f801fa80\
    03c800fef1ad275ffb198781378cdffd2e0fff5767669a30ff94080000";
/// The same with an alpha of 128 in its upper half.
pub const LOSSY_ALPHA: &str = "524946466800000057454250565038580a000000100000000f00000f0000414c50480d00000001100b26\
    ea9947b03f22327e1e0056503820340000001002009d012a1000100000c01225a00274ba01f801fa8003c800fef1ad275ffb198781378c\
    dffd2e0fff5767669a30ff94080000";
/// A CMYK JPEG of 8 x 8, written by libjpeg.
pub const CMYK: &str = "ffd8ffee000e41646f626500640000000000ffdb0043000302020302020303030304030304050805050404050a\
    070706080c0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f171816141812141514ffc00014080008000804431100\
    4d11005911004b1100ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b51000020103030204030\
    50504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728\
    292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a9293949596979\
    8999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7\
    f8f9faffda000e0443004d0059004b00003f00fd53af8f2bd22bf476bfffd9";

/// A progressive JPEG of 8 x 8, written by libjpeg, all of it near (201, 60, 40).
pub const PROGRESSIVE: &str = "ffd8ffe000104a46494600010100000100010000ffdb0043000201010101010201010102020202020403020202020504040304060506\
    060605060606070908060709070606080b08090a0a0a0a0a06080b0c0b0a0c090a0a0affdb004301020202020202050303050a070607\
    0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0affc20011\
    080008000803011100021101031101ffc40014000100000000000000000000000000000006ffc4001501010100000000000000000000\
    000000000708ffda000c030100021003100000010e77487fffc40014100100000000000000000000000000000000ffda000801010001\
    05027fffc40014110100000000000000000000000000000000ffda0008010301013f017fffc400141101000000000000000000000000\
    00000000ffda0008010201013f017fffc40014100100000000000000000000000000000000ffda0008010100063f027fffc400141001\
    00000000000000000000000000000000ffda0008010100013f217fffda000c030100020003000000101fffc400141101000000000000\
    00000000000000000000ffda0008010301013f107fffc40014110100000000000000000000000000000000ffda0008010201013f107f\
    ffc40014100100000000000000000000000000000000ffda0008010100013f107fffd9";
/// [`RGB`] as BigTIFF, written by Pillow.
pub const BIG_TIFF: &str = "49492b000800000010000000000000000a00000000000000000104000100000000000000030000000000000001010400010000000000\
    000002000000000000000201030003000000000000000800080008000000030103000100000000000000010000000000000006010300\
    01000000000000000200000000000000110104000100000000000000e800000000000000150103000100000000000000030000000000\
    0000160104000100000000000000020000000000000017010400010000000000000012000000000000001c0103000100000000000000\
    01000000000000000000000000000000000a141e28323c46505a646e78828c96a0ff";

pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |p: &[u8]| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Codes of nine bits: each byte stands for itself, and the table is cleared before it could grow to ten bits.
/// GIF packs them from the low bit on, TIFF from the high one.
pub fn lzw(bytes: &[u8], low_first: bool) -> Vec<u8> {
    let codes =
        bytes.chunks(100).flat_map(|c| std::iter::once(256).chain(c.iter().map(|b| u32::from(*b))));
    let (mut out, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for code in codes.chain([257]) {
        held = if low_first { held | code << bits } else { held << 9 | code };
        bits += 9;
        while bits >= 8 {
            bits -= 8;
            out.push(if low_first { held as u8 } else { (held >> bits) as u8 });
            held = if low_first { held >> 8 } else { held & ((1 << bits) - 1) };
        }
    }
    out.push(if low_first { held as u8 } else { (held << (8 - bits)) as u8 });
    out
}

/// A PNG file of this size, depth and colour type; `rows` are whole rows without their filter bytes.
pub fn png(
    (width, height): (u32, u32),
    (depth, colour): (u8, u8),
    rows: &[u8],
    chunks: &[(&[u8; 4], Vec<u8>)],
) -> Vec<u8> {
    let mut head = width.to_be_bytes().to_vec();
    head.extend(height.to_be_bytes());
    head.extend([depth, colour, 0, 0, 0]);
    let stride = rows.len() / height as usize;
    let filtered: Vec<u8> = rows.chunks(stride).flat_map(|r| [&[0], r].concat()).collect();
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &head);
    for (name, data) in chunks {
        chunk(&mut out, name, data);
    }
    chunk(&mut out, b"IDAT", &deflate(&filtered));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    let body = [name.as_slice(), data].concat();
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(&body);
    out.extend(crc32fast::hash(&body).to_be_bytes());
}

/// [`RGB`] as an 8-bit PNG with these chunks.
pub fn rgb_png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    png((3, 2), (8, 2), &RGB, chunks)
}

/// A profile as PNG holds it.
pub fn iccp(profile: &[u8]) -> (&'static [u8; 4], Vec<u8>) {
    (b"iCCP", [b"p\0\0".to_vec(), deflate(profile)].concat())
}

/// The head of a PNG file of this size, without any pixels.
pub fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut head = width.to_be_bytes().to_vec();
    head.extend(height.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &head);
    chunk(&mut out, b"IDAT", &[]);
    chunk(&mut out, b"IEND", &[]);
    out
}

/// A JPEG of 48 x 48 with these segments behind its start.
pub fn jpeg(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let busy: Vec<u8> = (0..48 * 48 * 3).map(|i| (i * 7 % 251) as u8).collect();
    with_segments(jpeg_of(&busy, 48, ExtendedColorType::Rgb8), segments)
}

/// A JPEG of these pixels at the best quality.
pub fn jpeg_of(pixels: &[u8], width: u32, kind: ExtendedColorType) -> Vec<u8> {
    let mut out = Vec::new();
    let height = pixels.len() as u32 * 8 / (width * u32::from(kind.bits_per_pixel()));
    JpegEncoder::new_with_quality(&mut out, 100).write_image(pixels, width, height, kind).unwrap();
    out
}

fn with_segments(jpeg: Vec<u8>, segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    for (marker, body) in segments {
        out.extend([0xFF, *marker]);
        out.extend((body.len() as u16 + 2).to_be_bytes());
        out.extend(body);
    }
    out.extend(&jpeg[2..]);
    out
}

/// A profile as JPEG holds it, in pieces.
pub fn app2(profile: &[u8], pieces: usize) -> Vec<(u8, Vec<u8>)> {
    let each = profile.len().div_ceil(pieces);
    let piece = |(i, part): (usize, &[u8])| {
        (0xE2, [b"ICC_PROFILE\0".to_vec(), vec![i as u8 + 1, pieces as u8], part.to_vec()].concat())
    };
    profile.chunks(each).enumerate().map(piece).collect()
}

/// A GIF of 4 x 2 whose frames have these colour numbers; colour `n` is (n, 2 n, 255 - n), and number 7 is clear.
pub fn gif(frames: &[[u8; 8]]) -> Vec<u8> {
    let mut out = b"GIF89a\x04\0\x02\0\xf7\0\0".to_vec();
    out.extend((0..=255u8).flat_map(|n| [n, n.wrapping_mul(2), 255 - n]));
    for frame in frames {
        out.extend(b"!\xf9\x04\x01\x0a\0\x07\0");
        out.extend(b",\0\0\0\0\x04\0\x02\0\0\x08");
        let codes = lzw(frame, true);
        out.push(codes.len() as u8);
        out.extend(codes);
        out.push(0);
    }
    out.push(b';');
    out
}

/// A RIFF file of these chunks.
pub fn riff(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, data) in chunks {
        body.extend(*name);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(data);
        body.extend(vec![0; data.len() % 2]);
    }
    [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
}

/// The one chunk of a lossless WebP of these RGB pixels.
pub fn vp8l(rgb: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    WebPEncoder::new_lossless(&mut out)
        .write_image(rgb, width, height, ExtendedColorType::Rgb8)
        .unwrap();
    let size = u32::from_le_bytes(out[16..20].try_into().unwrap()) as usize;
    out[20..20 + size].to_vec()
}

/// The opening chunk of an extended WebP of 3 x 2 with these flags.
pub fn vp8x(flags: u8) -> (&'static [u8; 4], Vec<u8>) {
    (b"VP8X", vec![flags, 0, 0, 0, 2, 0, 0, 1, 0, 0])
}

/// [`RGB`] as an extended WebP with this metadata chunk.
pub fn rgb_webp(
    flags: u8,
    before: &[(&[u8; 4], Vec<u8>)],
    after: &[(&[u8; 4], Vec<u8>)],
) -> Vec<u8> {
    let mut chunks = vec![vp8x(flags)];
    chunks.extend(before.iter().cloned());
    chunks.push((b"VP8L", vp8l(&RGB, 3, 2)));
    chunks.extend(after.iter().cloned());
    riff(&chunks)
}

/// One frame of an animated WebP of 3 x 2.
pub fn anmf(rgb: &[u8]) -> (&'static [u8; 4], Vec<u8>) {
    let mut data = vec![0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 100, 0, 0, 0];
    let pixels = vp8l(rgb, 3, 2);
    data.extend(b"VP8L");
    data.extend((pixels.len() as u32).to_le_bytes());
    data.extend(&pixels);
    data.extend(vec![0; pixels.len() % 2]);
    (b"ANMF", data)
}

/// A BMP file: the information head (whose first word is its size), colours or masks, rows from the bottom.
pub fn bmp(info: &[u8], colours: &[u8], rows: &[u8]) -> Vec<u8> {
    let offset = 14 + info.len() + colours.len();
    let mut out = b"BM".to_vec();
    out.extend(((offset + rows.len()) as u32).to_le_bytes());
    out.extend([0; 4]);
    out.extend((offset as u32).to_le_bytes());
    [&out, info, colours, rows].concat()
}

/// An information head of `size` bytes; what is not said is zero.
pub fn bmp_info(size: u32, (width, height): (i32, i32), bits: u16, compression: u32) -> Vec<u8> {
    let mut info = size.to_le_bytes().to_vec();
    info.extend(width.to_le_bytes());
    info.extend(height.to_le_bytes());
    info.extend(1u16.to_le_bytes());
    info.extend(bits.to_le_bytes());
    info.extend(compression.to_le_bytes());
    info.resize(size as usize, 0);
    info
}

/// Rows of [`RGB`] as BMP holds them: from the bottom, blue first, in fours.
pub fn bmp_rows() -> Vec<u8> {
    let row = |r: &[u8]| {
        let mut row: Vec<u8> = r.chunks(3).flat_map(|p| [p[2], p[1], p[0]]).collect();
        row.resize(12, 0);
        row
    };
    RGB.chunks(9).rev().flat_map(row).collect()
}

/// An EXIF block that holds an orientation and nothing else, in the byte order of Intel or of Motorola.
pub fn exif(orientation: u8, motorola: bool) -> Vec<u8> {
    if motorola {
        let mut block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
        block.extend([0, orientation, 0, 0, 0, 0, 0, 0]);
        return block;
    }
    let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    block
}
