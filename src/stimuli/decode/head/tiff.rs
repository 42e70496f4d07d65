//! The directories of a TIFF file (TIFF 6.0 and BigTIFF): one for each page. Only what the decoder turns into right
//! colours is let through; raw camera files are TIFF files too, and begin with a small preview.

use super::{Fault, Head};
use crate::stimuli::decode::ifd::{Directory, Tags};

/// The most pages that are counted.
const MAX_PAGES: usize = 10_000;

pub fn read(bytes: &[u8]) -> Result<Head<'_>, Fault> {
    let tags = Tags::open(bytes).ok_or(Fault::UnknownFormat)?;
    let mut at = tags.first().ok_or(Fault::CutShort)?;
    if at == 0 {
        return Err(Fault::NoFrame);
    }
    let first = tags.directory(at).ok_or(Fault::CutShort)?;
    let is_preview = tags.value(&first, 254).is_some_and(|kind| kind & 1 == 1);
    // 50706 is the version of DNG; Canon writes its mark behind the head.
    if is_preview || first.has(50706) || bytes.get(8..12) == Some(b"CR\x02\0") {
        return Err(Fault::Raw);
    }
    suits(&tags, &first)?;
    let mut head = Head { frames: 1, ..Head::default() };
    head.orientation = tags.value(&first, 274);
    head.associated = tags.value(&first, 338) == Some(1);
    head.colours.has_profile = first.has(34675);
    head.colours.profile = tags.bytes(&first, 34675);
    let mut seen = vec![at];
    let mut directory = first;
    while directory.next != 0 {
        at = directory.next;
        if seen.contains(&at) {
            return Err(Fault::Broken("its list of pages runs in a circle".into()));
        }
        if seen.len() == MAX_PAGES {
            return Err(Fault::Broken(format!("more than {MAX_PAGES} pages")));
        }
        seen.push(at);
        directory = tags.directory(at).ok_or(Fault::CutShort)?;
        // Smaller copies of a page are no pages.
        let is_copy = tags.value(&directory, 254).is_some_and(|kind| kind & 1 == 1);
        head.frames += u64::from(!is_copy);
    }
    Ok(head)
}

/// Whether the decoder gives the colours of such pixels.
fn suits(tags: &Tags<'_>, page: &Directory) -> Result<(), Fault> {
    let value = |tag, default| tags.value(page, tag).unwrap_or(default);
    let (bits, samples) = (value(258, 1), value(277, 1));
    let what = match (value(262, 1), value(339, 1)) {
        (_, 3) => "floating-point values".to_string(),
        (_, 2) => "values with a sign".to_string(),
        (0 | 1, 1) if samples > 1 => "grey with a further channel, in TIFF".to_string(),
        (0 | 1, 1) if matches!(bits, 1 | 8 | 16) => return Ok(()),
        (2, 1) if matches!(bits, 8 | 16) => return Ok(()),
        (3, _) => "a palette, in TIFF".to_string(),
        (5, _) => "CMYK colours".to_string(),
        (6, _) => "YCbCr colours, in TIFF".to_string(),
        (8..=10, _) => "Lab colours".to_string(),
        (0..=2, 1) => format!("{bits} bits a channel"),
        _ => "colours of a rare kind".to_string(),
    };
    Err(Fault::Unsuited(what))
}
