//! The head of a BMP file: versions 4 and 5 name colours, and version 5 may hold a profile. A profile in a file of
//! its own is never followed.

use super::{Fault, Head, le16, le32, part};

pub fn read(bytes: &[u8]) -> Result<Head<'_>, Fault> {
    let mut head = Head { frames: 1, ..Head::default() };
    let size = le32(bytes, 14).ok_or(Fault::CutShort)?;
    let info = part(bytes, 14, size).ok_or(Fault::CutShort)?;
    let empty = match size {
        12 => le16(info, 4) == Some(0) || le16(info, 6) == Some(0),
        _ => le32(info, 4) == Some(0) || le32(info, 8) == Some(0),
    };
    if empty {
        return Err(Fault::NoFrame);
    }
    // The names are stored as little-endian numbers, hence backwards.
    match part(info, 56, 4) {
        Some(b"DEBM") => {
            let (at, size) = (le32(info, 112), le32(info, 116));
            head.colours.has_profile = true;
            head.colours.profile =
                at.zip(size).and_then(|(at, size)| part(bytes, at.checked_add(14)?, size));
        }
        Some(b"KNIL") => {
            return Err(Fault::Unsuited("colours by a profile in another file".into()));
        }
        // Primaries in 2.30 fixed point and gammas in 16.16 follow; all zeros where a writer left them out.
        Some([0, 0, 0, 0]) => {
            head.colours.calibrated =
                part(info, 60, 48).is_some_and(|said| said.iter().any(|b| *b != 0));
        }
        _ => {}
    }
    Ok(head)
}
