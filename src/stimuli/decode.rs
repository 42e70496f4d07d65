//! One picture file becomes upright 8-bit sRGB, or an error that names the file and a remedy; docs/pictures.md says
//! how. No file is trusted: its head is read and held to limits before anything is decoded. 8-bit sRGB passes
//! through byte for byte. It knows no table and no screen.

mod colour;
mod head;
mod ifd;
pub mod remark;

use crate::ground::plain::{self, Unreadable};
use crate::ground::ports::Pixels;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use remark::Remark;
use std::borrow::Cow;
use std::io::Cursor;
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
    #[error(
        "is none of PNG, JPEG, BMP, GIF, WebP and TIFF, whatever its name says: save it as PNG or JPEG"
    )]
    UnknownFormat,
    #[error("is {0}, which cannot be shown: save it as PNG or JPEG")]
    OtherFormat(&'static str),
    #[error(
        "holds {0}, which cannot be shown faithfully: save it as PNG with 8 or 16 bits, RGB or grey, in sRGB"
    )]
    Unsuited(String),
    #[error("is a camera's raw file, which begins with a small preview: develop it to PNG or JPEG")]
    Raw,
    #[error("holds no picture: save it again from where it came")]
    NoFrame,
    #[error(
        "carries the colour profile {0:?}, which cannot be converted, so its colours would be wrong: \
         convert it to sRGB in a picture editor"
    )]
    Profile(String),
    #[error(
        "is {width} x {height} pixels, more than {MAX_SIDE} a side or 64 megapixels: save it smaller"
    )]
    TooLarge { width: u32, height: u32 },
    #[error("is cut short: copy it again from where it came")]
    CutShort,
    #[error("cannot be decoded ({0}): open it in a picture editor and save it again")]
    Broken(String),
    #[error(
        "is {width} x {height} pixels where its phases are scrambled, more than 9 megapixels: save it smaller, or crop it"
    )]
    TooLargeForPhases { width: u32, height: u32 },
    #[error(
        "lies outside the stimuli folder: keep pictures inside it, without links that lead out"
    )]
    Outside,
    #[error("has no row in the stimulus table: add one, or correct the name")]
    NotInTable,
}

impl PictureError {
    /// The same for who may read it anywhere: by the file's place in its folder, and not where that is on this computer.
    pub fn within(&self, root: &Path) -> String {
        let file = self.file.strip_prefix(root).unwrap_or(&self.file);
        format!("picture {file:?} {}", self.fault)
    }
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
    /// What was done to it that an experimenter should know.
    pub remarks: Vec<Remark>,
}

/// Reads and decodes a picture file.
///
/// # Errors
/// Any [`Fault`] but those of the stimulus table, with the file's name.
pub fn decode_file(path: &Path) -> Result<Decoded, PictureError> {
    let named = path.extension().and_then(ImageFormat::from_extension);
    let decode = |bytes: Vec<u8>| {
        let mut decoded = decode_bytes(&bytes)?;
        let is = guess(&bytes)?;
        if named.is_some_and(|named| named != is) {
            decoded.remarks.push(Remark::OtherName(name(is)));
        }
        Ok(decoded)
    };
    read(path).and_then(decode).map_err(|fault: Fault| fault.of(path))
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let bytes = plain::read(path, MAX_FILE_BYTES).map_err(|e| match e {
        Unreadable::NotPlain(_) => Fault::NotAFile,
        Unreadable::TooLong { bytes, .. } => Fault::TooLong(bytes),
        Unreadable::System(e) if e.kind() == std::io::ErrorKind::NotFound => Fault::Missing,
        Unreadable::System(e) => Fault::Unreadable(e),
    })?;
    if bytes.is_empty() {
        return Err(Fault::Empty);
    }
    Ok(bytes)
}

/// Decodes the bytes of a picture file.
///
/// # Errors
/// Any [`Fault`] of a file's content.
pub fn decode_bytes(bytes: &[u8]) -> Result<Decoded, Fault> {
    // The decoders are others' work: should one panic on a rare file, that file is at fault, not the run.
    std::panic::catch_unwind(|| decode(bytes))
        .unwrap_or_else(|_| Err(Fault::Broken("the decoder gave up".into())))
}

fn decode(bytes: &[u8]) -> Result<Decoded, Fault> {
    let format = guess(bytes)?;
    let head = head::read(format, bytes)?;
    let mut bytes = Cow::Borrowed(&bytes[..head.end.unwrap_or(bytes.len())]);
    if let Some((at, value)) = head.change {
        bytes.to_mut()[at] = value;
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // The size has a limit and an error of its own below; this one bounds what a decoder may allocate.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    hold_to_limits(width, height)?;
    if width == 0 || height == 0 {
        return Err(Fault::NoFrame);
    }
    let kind = decoder.color_type();
    let profile = decoder.icc_profile().map_err(broken)?;
    let mut conversion = colour::plan(&head.colours, profile.as_deref(), !kind.has_color())?;
    conversion.associated = head.associated;
    let picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    // Turned last, when it is smallest.
    let mut upright = DynamicImage::from(conversion.apply(picture)?);
    let turn = head.turn().unwrap_or(Orientation::NoTransforms);
    upright.apply_orientation(turn);
    let rgba = upright.into_rgba8();
    let pixels = Pixels { width: rgba.width(), height: rgba.height(), rgba: rgba.into_raw() };

    let several = |of: u64| match format {
        ImageFormat::Tiff => Remark::FirstPage(of),
        _ => Remark::FirstFrame(of),
    };
    let turned = match head.orientation {
        Some(number) if head.turn().is_none() => Some(Remark::NoOrientation(number)),
        _ => (turn != Orientation::NoTransforms).then_some(Remark::Turned),
    };
    let deep = kind.bytes_per_pixel() / kind.channel_count() > 1;
    let remarks = [
        (head.frames > 1).then(|| several(head.frames)),
        turned,
        deep.then_some(Remark::Rounded),
        conversion.remark,
    ];
    Ok(Decoded { pixels, remarks: remarks.into_iter().flatten().collect() })
}

/// Refuses a size beyond the limits.
fn hold_to_limits(width: u32, height: u32) -> Result<(), Fault> {
    let within = width <= MAX_SIDE && height <= MAX_SIDE;
    if !within || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Fault::TooLarge { width, height });
    }
    Ok(())
}

/// The format by the file's first bytes.
fn guess(bytes: &[u8]) -> Result<ImageFormat, Fault> {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    match image::guess_format(bytes) {
        Ok(known @ (Bmp | Gif | Jpeg | Png | Tiff | WebP)) => Ok(known),
        _ if matches!(bytes.get(..4), Some(b"II\x2b\0" | b"MM\0\x2b")) => Ok(Tiff),
        _ => Err(stranger(bytes).map_or(Fault::UnknownFormat, Fault::OtherFormat)),
    }
}

/// Files that are often taken for pictures that can be shown.
fn stranger(bytes: &[u8]) -> Option<&'static str> {
    let starts = |with: &[u8]| bytes.starts_with(with);
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]).to_lowercase();
    match bytes.get(4..12) {
        Some(b"ftypheic" | b"ftypheix" | b"ftypmif1" | b"ftypmsf1") => Some("a HEIC picture"),
        Some(b"ftypavif" | b"ftypavis") => Some("an AVIF picture"),
        _ if starts(b"\0\0\0\x0cJXL ") || starts(b"\xff\x0a") => Some("a JPEG XL picture"),
        _ if starts(b"\0\0\0\x0cjP  ") => Some("a JPEG 2000 picture"),
        _ if starts(b"8BPS") => Some("a Photoshop document"),
        _ if starts(b"%PDF") => Some("a PDF document"),
        _ if text.contains("<svg") => Some("an SVG drawing"),
        _ if text.contains("<html") || text.contains("<!doctype html") => Some("a web page"),
        _ => None,
    }
}

fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        _ => "TIFF",
    }
}

fn broken(e: image::ImageError) -> Fault {
    match &e {
        image::ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            Fault::CutShort
        }
        _ => Fault::Broken(e.to_string().trim_end_matches('.').to_string()),
    }
}

#[cfg(test)]
mod tests;
