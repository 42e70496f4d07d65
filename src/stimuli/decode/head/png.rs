//! The chunks of a PNG file (W3C PNG, third edition). Checksums are the decoder's matter.

use super::{Fault, Head, be32, part};
use crate::stimuli::decode::hold_to_limits;

/// Values of `gAMA` and `cHRM` within this of sRGB's are rounding; in 1/100,000.
const SLACK: usize = 1_000;
/// `cHRM` of sRGB: white, red, green and blue, x and y.
const SRGB: [usize; 8] = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];

pub fn read(bytes: &[u8]) -> Result<Head<'_>, Fault> {
    let mut head = Head::default();
    let mut at = 8;
    let mut before_pixels = true;
    loop {
        let (size, name) = (be32(bytes, at), part(bytes, at.saturating_add(4), 4));
        let (Some(size), Some(name)) = (size, name) else { return Err(Fault::CutShort) };
        let Some(data) = part(bytes, at + 8, size) else { return Err(Fault::CutShort) };
        let colours = &mut head.colours;
        match name {
            // Told before what follows is looked for, which a bomb leaves out.
            b"IHDR" => {
                if let (Some(width), Some(height)) = (be32(data, 0), be32(data, 4)) {
                    hold_to_limits(width as u32, height as u32)?;
                }
            }
            b"IEND" => return Ok(head),
            b"IDAT" => before_pixels = false,
            b"acTL" if before_pixels => head.frames = be32(data, 0).unwrap_or(0) as u64,
            b"eXIf" => head.take_exif(data),
            b"iCCP" if before_pixels => colours.has_profile = true,
            b"sRGB" if before_pixels => colours.is_srgb = true,
            b"cICP" if before_pixels => colours.cicp = data.try_into().ok(),
            b"gAMA" if before_pixels => colours.calibrated |= differs(data, &[45_455]),
            b"cHRM" if before_pixels => colours.calibrated |= differs(data, &SRGB),
            _ => {}
        }
        // Its checksum follows each chunk.
        at += 12 + size;
    }
}

fn differs(data: &[u8], of_srgb: &[usize]) -> bool {
    let near = |(i, n): (usize, &usize)| be32(data, 4 * i).is_some_and(|v| v.abs_diff(*n) <= SLACK);
    !of_srgb.iter().enumerate().all(near)
}
