//! The chunks of a WebP file (RFC 9649). The decoder takes the size of a chunk at its word, so sizes are held to
//! the file here, and bytes behind the picture are kept from it.

use super::{Fault, Head, le32, part};
use crate::stimuli::decode::hold_to_limits;

pub fn read(bytes: &[u8]) -> Result<Head<'_>, Fault> {
    let said = le32(bytes, 4).ok_or(Fault::CutShort)?;
    let end = said.checked_add(8).ok_or(Fault::CutShort)?;
    let riff = bytes.get(..end).ok_or(Fault::CutShort)?;
    let mut head = Head { end: Some(end), ..Head::default() };
    let mut at = 12;
    while at < riff.len() {
        let (Some(name), Some(size)) = (part(riff, at, 4), le32(riff, at + 4)) else {
            return Err(Fault::Broken("bytes that are no chunk".into()));
        };
        let Some(data) = part(riff, at + 8, size) else {
            return Err(Fault::Broken(format!(
                "chunk {:?} reaches beyond the end",
                String::from_utf8_lossy(name)
            )));
        };
        match name {
            b"VP8X" => canvas(data)?,
            b"ANMF" => {
                // Blending the first frame with the clear canvas changes nothing but by the decoder's rounding, which
                // can take one level from each colour. Bit 1 asks it to copy instead.
                if let (0, Some(flags)) = (head.frames, data.get(15)) {
                    head.change = Some((at + 8 + 15, flags | 2));
                }
                head.frames += 1;
            }
            b"EXIF" => head.take_exif(data),
            b"ICCP" => head.colours.has_profile = true,
            _ => {}
        }
        // Chunks begin at even places.
        at += 8 + size + size % 2;
    }
    Ok(head)
}

/// Refuses a canvas that is too large by an error of its own; the decoder has none that tells.
fn canvas(data: &[u8]) -> Result<(), Fault> {
    // One less than each side, in three bytes.
    let side = |at| part(data, at, 3).map(|b| u32::from_le_bytes([b[0], b[1], b[2], 0]) + 1);
    let (Some(width), Some(height)) = (side(4), side(7)) else { return Err(Fault::CutShort) };
    hold_to_limits(width, height)
}
