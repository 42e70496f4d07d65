//! One picture file (PNG or JPEG) becomes upright 8-bit RGBA, or an error that names the file and a remedy.
//! No file is trusted: sizes are read from its head and held to limits before anything is decoded.
//! Colour values are passed through as they stand; an embedded profile is noted, never applied.

use crate::ground::ports::Pixels;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// The longest side that is accepted, in pixels: what graphics cards of today can hold.
pub const MAX_SIDE: u32 = 16_384;
/// The most pixels that are accepted.
pub const MAX_PIXELS: u64 = 64_000_000;
/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;
/// The most memory a decoder may ask for: the largest picture at 16 bits a channel.
const MAX_DECODER_BYTES: u64 = MAX_PIXELS * 8;

/// Why a picture cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("picture {file:?} {fault}")]
pub struct PictureError {
    pub file: PathBuf,
    pub fault: Fault,
}

/// What is wrong with a picture.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("does not exist: put it there, or correct the file column of the stimulus table")]
    Missing,
    #[error("is not a plain file: put the picture itself there")]
    NotAFile,
    #[error("cannot be read ({0}): check its permissions and the disk")]
    Unreadable(std::io::Error),
    #[error("is empty (0 bytes): copy it again from where it came")]
    Empty,
    #[error("is {0} bytes long, more than 256 MiB: save it smaller")]
    TooLong(u64),
    #[error("is neither PNG nor JPEG, whatever its name says: save it as PNG or JPEG")]
    UnknownFormat,
    #[error(
        "is {width} x {height} pixels, more than {MAX_SIDE} a side or 64 megapixels: save it smaller"
    )]
    TooLarge { width: u32, height: u32 },
    #[error("is cut short: copy it again from where it came")]
    CutShort,
    #[error("cannot be decoded ({0}): open it in a picture editor and save it again")]
    Broken(String),
    #[error(
        "lies outside the stimuli folder: keep pictures inside it, without links that lead out"
    )]
    Outside,
    #[error("has no row in the stimulus table: add one, or correct the name")]
    NotInTable,
}

impl Fault {
    /// The fault, said of a file.
    pub fn of(self, file: &Path) -> PictureError {
        PictureError { file: file.to_path_buf(), fault: self }
    }
}

/// A picture that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Upright pixels.
    pub pixels: Pixels,
    /// The name of an embedded colour profile that was not applied; none where there is no profile,
    /// or where it is sRGB itself.
    pub foreign_profile: Option<String>,
}

/// Reads and decodes a picture file.
///
/// # Errors
/// Any [`Fault`] but those of the stimulus table, with the file's name.
pub fn decode_file(path: &Path) -> Result<Decoded, PictureError> {
    read(path).and_then(|bytes| decode_bytes(&bytes)).map_err(|fault| fault.of(path))
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => Fault::Missing,
        _ => Fault::Unreadable(e),
    };
    // Asked before opening, since opening a named pipe would wait for ever.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Fault::NotAFile);
    }
    let file = File::open(path).map_err(unreadable)?;
    let said = file.metadata().map_err(unreadable)?.len();
    if said > MAX_FILE_BYTES {
        return Err(Fault::TooLong(said));
    }
    let mut bytes = Vec::with_capacity(said as usize);
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.is_empty() {
        return Err(Fault::Empty);
    }
    Ok(bytes)
}

/// Decodes the bytes of a picture file.
///
/// # Errors
/// [`Fault::UnknownFormat`], [`Fault::TooLarge`], [`Fault::CutShort`] or [`Fault::Broken`].
pub fn decode_bytes(bytes: &[u8]) -> Result<Decoded, Fault> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .expect("a slice in memory can be read");
    let format = match reader.format() {
        Some(f @ (ImageFormat::Png | ImageFormat::Jpeg)) => f,
        _ => return Err(Fault::UnknownFormat),
    };
    // The size has a limit and an error of its own below; this one bounds what a decoder may allocate.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let within = width <= MAX_SIDE && height <= MAX_SIDE;
    if !within || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Fault::TooLarge { width, height });
    }
    // The JPEG decoder fills what is missing with grey and says nothing.
    if format == ImageFormat::Jpeg && !jpeg_is_whole(bytes) {
        return Err(Fault::CutShort);
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let profile = decoder.icc_profile().map_err(broken)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    let rgba = picture.into_rgba8();
    let pixels = Pixels { width: rgba.width(), height: rgba.height(), rgba: rgba.into_raw() };
    let foreign_profile = profile
        .map(|p| profile_name(&p).unwrap_or_else(|| "without a name".into()))
        .filter(|name| !name.starts_with("sRGB"));
    Ok(Decoded { pixels, foreign_profile })
}

fn broken(e: image::ImageError) -> Fault {
    match &e {
        image::ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            Fault::CutShort
        }
        _ => Fault::Broken(e.to_string().trim_end_matches('.').to_string()),
    }
}

/// Whether an end marker follows the last start of scan. Within a scan every FF byte is followed by a stuffed
/// zero or a restart marker, and thumbnails come before it, so neither can be taken for the end.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|w| w == [0xFF, marker]);
    last(0xD9) > last(0xDA)
}

/// The description in an ICC profile: tag `desc`, of type `desc` (version 2) or `mluc` (version 4). ICC.1:2022, 7.3.
fn profile_name(icc: &[u8]) -> Option<String> {
    let word = |at: usize| {
        let four = icc.get(at..at.checked_add(4)?)?;
        Some(u32::from_be_bytes(four.try_into().expect("four bytes were taken")) as usize)
    };
    let tags = word(128)?.min(100);
    let at = (0..tags)
        .map(|i| 132 + 12 * i)
        .find(|&t| icc.get(t..t + 4) == Some(b"desc"))
        .and_then(|t| word(t + 4))?;
    let name = match icc.get(at..at.checked_add(4)?)? {
        b"desc" => {
            let text = icc.get(at + 12..(at + 12).checked_add(word(at + 8)?)?)?;
            String::from_utf8_lossy(text).into_owned()
        }
        b"mluc" => {
            let from = at.checked_add(word(at + 24)?)?;
            let text = icc.get(from..from.checked_add(word(at + 20)?)?)?;
            let units = text.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect()
        }
        _ => return None,
    };
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    Some(name.trim().to_string())
}

#[cfg(test)]
mod tests;
