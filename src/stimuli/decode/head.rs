//! What a picture file says of itself around its pixels: how many frames it holds, how it is turned, what its
//! colours are. It also refuses, before any pixel is decoded, what is cut short, what would be decoded to wrong
//! colours, and what the decoders would read beyond their bounds. It decodes no pixel.

mod bmp;
mod gif;
mod jpeg;
mod png;
mod tiff;
mod webp;

use super::Fault;
use super::ifd::Tags;
use image::ImageFormat;
use image::metadata::Orientation;

/// The head of a picture file.
#[derive(Debug, Default)]
pub struct Head<'a> {
    /// Where the picture ends, where bytes may follow that are no part of it.
    pub end: Option<usize>,
    /// Frames of an animation or pages of a document.
    pub frames: u64,
    /// The number in the orientation tag.
    pub orientation: Option<u64>,
    /// A byte to be changed for the decoder: its place and its value.
    pub change: Option<(usize, u8)>,
    /// Colour that was multiplied with its alpha (TIFF alone).
    pub associated: bool,
    pub colours: Colours<'a>,
}

/// What a file says of its colours, apart from a profile that the decoder hands out.
#[derive(Debug, Default)]
pub struct Colours<'a> {
    /// A profile is embedded, readable or not.
    pub has_profile: bool,
    /// The profile itself, where the decoder does not hand it out (BMP; TIFF, where it has no type).
    pub profile: Option<&'a [u8]>,
    /// PNG `cICP`: primaries, transfer, matrix and range, by the numbers of ITU-T H.273.
    pub cicp: Option<[u8; 4]>,
    /// Said to be sRGB.
    pub is_srgb: bool,
    /// Said to have a gamma or primaries other than those of sRGB.
    pub calibrated: bool,
    /// EXIF says the optional colour space of DCF, which is Adobe RGB (1998).
    pub is_adobe: bool,
}

/// Reads the head of a file of this format.
///
/// # Errors
/// [`Fault::CutShort`], [`Fault::NoFrame`], [`Fault::TooLarge`], [`Fault::Unsuited`], [`Fault::Raw`] or
/// [`Fault::Broken`].
pub fn read(format: ImageFormat, bytes: &[u8]) -> Result<Head<'_>, Fault> {
    match format {
        ImageFormat::Png => png::read(bytes),
        ImageFormat::Jpeg => jpeg::read(bytes),
        ImageFormat::Gif => gif::read(bytes),
        ImageFormat::WebP => webp::read(bytes),
        ImageFormat::Tiff => tiff::read(bytes),
        ImageFormat::Bmp => bmp::read(bytes),
        _ => Err(Fault::UnknownFormat),
    }
}

impl Head<'_> {
    /// How the picture is to be turned; an orientation that does not exist turns nothing.
    pub fn turn(&self) -> Option<Orientation> {
        let number = u8::try_from(self.orientation?).ok()?;
        Orientation::from_exif(number)
    }

    /// Takes orientation and colour space from an EXIF block. A broken one says nothing.
    fn take_exif(&mut self, block: &[u8]) {
        // PNG and WebP hold the bare block; some writers leave the opening of JPEG before it.
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let Some(tags) = Tags::open(block) else { return };
        let Some(main) = tags.first().and_then(|at| tags.directory(at)) else { return };
        self.orientation = tags.value(&main, 0x112);
        let below = |of: &_, tag| tags.value(of, tag).and_then(|at| tags.directory(at));
        let interop = below(&main, 0x8769).and_then(|exif| below(&exif, 0xA005));
        // DCF 2.0: index R03 is the optional colour space, with the primaries and gamma of Adobe RGB.
        self.colours.is_adobe =
            interop.and_then(|i| tags.bytes(&i, 1)).is_some_and(|t| t.starts_with(b"R03"));
    }
}

/// `size` bytes at `at`.
fn part(bytes: &[u8], at: usize, size: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(size)?)
}

fn le16(bytes: &[u8], at: usize) -> Option<usize> {
    part(bytes, at, 2).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])))
}

fn le32(bytes: &[u8], at: usize) -> Option<usize> {
    part(bytes, at, 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize)
}

fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    part(bytes, at, 2).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])))
}

fn be32(bytes: &[u8], at: usize) -> Option<usize> {
    part(bytes, at, 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize)
}
