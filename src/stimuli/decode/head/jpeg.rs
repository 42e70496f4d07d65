//! The segments of a JPEG file, from the first to the end of the picture (ITU-T T.81, annex B). The decoder fills
//! what is missing with grey and says nothing, so the end is looked for here.

use super::{Fault, Head, be16, part};

/// The most scans that are accepted: a few hundred bytes of further scans can keep a decoder busy for minutes.
const MAX_SCANS: usize = 100;

pub fn read(bytes: &[u8]) -> Result<Head<'_>, Fault> {
    let mut head = Head { frames: 1, ..Head::default() };
    let mut scans = 0;
    let mut at = 2;
    loop {
        let marker = next_marker(bytes, &mut at).ok_or(Fault::CutShort)?;
        match marker {
            0xD9 if scans == 0 => return Err(Fault::NoFrame),
            0xD9 => return Ok(Head { end: Some(at), ..head }),
            // Stand-alone markers.
            0x01 | 0xD0..=0xD8 => continue,
            _ => {}
        }
        let size = be16(bytes, at).ok_or(Fault::CutShort)?;
        let Some(body_size) = size.checked_sub(2) else {
            return Err(Fault::Broken("a segment without a length".into()));
        };
        let body = part(bytes, at + 2, body_size).ok_or(Fault::CutShort)?;
        at += size;
        match marker {
            0xC4 | 0xC8 | 0xCC => {}
            0xC0..=0xCF => frame(marker, body)?,
            0xDA => scans += 1,
            0xE1 if scans == 0 && body.starts_with(b"Exif\0\0") => head.take_exif(body),
            0xE2 if body.starts_with(b"ICC_PROFILE\0") => head.colours.has_profile = true,
            _ => {}
        }
        if scans > MAX_SCANS {
            return Err(Fault::Broken(format!("more than {MAX_SCANS} scans")));
        }
    }
}

/// The marker at `at` or after it; bytes of a scan and stray ones are passed over. `at` is then behind it.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        let from = bytes.get(*at..)?;
        let ff = from.iter().position(|b| *b == 0xFF)?;
        // A marker may be led in by any number of FF bytes.
        let code = from[ff..].iter().position(|b| *b != 0xFF)?;
        *at += ff + code + 1;
        match from[ff + code] {
            // A stuffed zero, or a restart within a scan.
            0x00 | 0xD0..=0xD7 => {}
            marker => return Some(marker),
        }
    }
}

/// Refuses a frame that would not be decoded, or to wrong colours.
fn frame(marker: u8, body: &[u8]) -> Result<(), Fault> {
    let unsuited = |what: String| Err(Fault::Unsuited(what));
    let (Some(bits), Some(channels)) = (body.first(), body.get(5)) else {
        return Err(Fault::Broken("a frame head that is too short".into()));
    };
    match (marker, bits, channels) {
        (0xC3 | 0xC5..=0xC7 | 0xCB | 0xCD..=0xCF, ..) => unsuited("lossless JPEG coding".into()),
        (0xC9 | 0xCA, ..) => unsuited("arithmetic JPEG coding".into()),
        (_, 8, 1 | 3) => Ok(()),
        (_, 8, 4) => unsuited("CMYK colours".into()),
        (_, 8, _) => unsuited(format!("{channels} colour channels")),
        _ => unsuited(format!("{bits} bits a channel")),
    }
}
