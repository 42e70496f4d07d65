//! The blocks of a GIF file (GIF89a). A frame whose data are not ended is cut short; the trailer of the file may be
//! missing, since many writers forget it and no pixel depends on it.

use super::{Fault, Head, le16, part};

pub fn read(bytes: &[u8]) -> Result<Head<'_>, Fault> {
    let mut head = Head::default();
    let screen = bytes.get(10).ok_or(Fault::CutShort)?;
    let mut at = 13 + table(*screen);
    loop {
        let cut = if head.frames == 0 { Err(Fault::CutShort) } else { Ok(()) };
        match bytes.get(at) {
            Some(0x2C) => {
                let Some(frame) = part(bytes, at + 1, 9) else {
                    return cut.map(|()| head);
                };
                if le16(frame, 4) == Some(0) || le16(frame, 6) == Some(0) {
                    return Err(Fault::Broken("a frame without pixels".into()));
                }
                // After the head and the colours comes one byte, the size of the codes.
                let Some(end) = sub_blocks(bytes, at + 11 + table(frame[8])) else {
                    return cut.map(|()| head);
                };
                head.frames += 1;
                at = end;
            }
            Some(0x21) => {
                let is_profile = part(bytes, at + 2, 12) == Some(b"\x0bICCRGBG1012");
                head.colours.has_profile |= is_profile && head.frames == 0;
                let Some(end) = sub_blocks(bytes, at + 2) else {
                    return cut.map(|()| head);
                };
                at = end;
            }
            Some(0x3B) | None if head.frames > 0 => return Ok(head),
            Some(0x3B) => return Err(Fault::NoFrame),
            None => return Err(Fault::CutShort),
            // Zeros between blocks are padding; anything else behind a whole frame is not the picture's.
            Some(0) => at += 1,
            Some(_) if head.frames > 0 => return Ok(head),
            Some(_) => return Err(Fault::Broken("a block of no known kind".into())),
        }
    }
}

/// The size of the colour table that a flag byte announces.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Where a chain of sub-blocks ends.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let size = usize::from(*bytes.get(at)?);
        at += 1 + size;
        if size == 0 {
            return Some(at);
        }
    }
}
