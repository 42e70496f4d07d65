//! The chunks of a WebP file (RFC 9649). The decoder takes the size of a chunk at its word, so sizes are held to
//! the file here, and bytes behind the picture are kept from it.

use super::{Fault, Head, le32, part};

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
            b"ANMF" => head.frames += 1,
            b"EXIF" => head.take_exif(data),
            b"ICCP" => head.colours.has_profile = true,
            _ => {}
        }
        // Chunks begin at even places.
        at += 8 + size + size % 2;
    }
    Ok(head)
}
