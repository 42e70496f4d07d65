//! The tags of a TIFF file or of an EXIF block, which are built alike: directories of numbered values.
//! It reads whole numbers and plain bytes, follows no offset out of the bytes, and knows no pixels.
//! TIFF 6.0, section 2; BigTIFF has 8-byte offsets.

/// The most values of a directory: real ones have a few dozen.
const MAX_ENTRIES: u64 = 4096;

/// A TIFF structure whose head was read.
#[derive(Clone, Copy, Debug)]
pub struct Tags<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    /// BigTIFF.
    wide: bool,
}

/// One directory: its values by tag, and where the next one is (0: nowhere).
#[derive(Debug)]
pub struct Directory {
    entries: Vec<Entry>,
    pub next: u64,
}

#[derive(Debug)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Where its first value is.
    at: u64,
}

impl<'a> Tags<'a> {
    /// The structure in these bytes; none if they do not begin as one.
    pub fn open(bytes: &'a [u8]) -> Option<Tags<'a>> {
        let (big_endian, wide) = match bytes.get(..4)? {
            b"II\x2a\0" => (false, false),
            b"MM\0\x2a" => (true, false),
            b"II\x2b\0" => (false, true),
            b"MM\0\x2b" => (true, true),
            _ => return None,
        };
        Some(Tags { bytes, big_endian, wide })
    }

    /// Where the first directory is.
    pub fn first(&self) -> Option<u64> {
        if self.wide { self.number(8, 8) } else { self.number(4, 4) }
    }

    /// The directory at an offset; none if it is not wholly within the bytes.
    pub fn directory(&self, at: u64) -> Option<Directory> {
        let (head, each, word) = if self.wide { (8, 20, 8) } else { (2, 12, 4) };
        let count = self.number(at, head)?;
        let first = at.checked_add(head)?;
        if count > MAX_ENTRIES {
            return None;
        }
        // Writers of EXIF leave the last word out at times.
        let next = self.number(first.checked_add(count * each)?, word).unwrap_or(0);
        let entries =
            (0..count).map(|i| self.entry(first + i * each, word)).collect::<Option<_>>()?;
        Some(Directory { entries, next })
    }

    fn entry(&self, at: u64, word: u64) -> Option<Entry> {
        let kind = self.number(at + 2, 2)? as u16;
        let count = self.number(at + 4, word)?;
        let held = at + 4 + word;
        // Values that fit into the offset's place stand there themselves.
        let fits = count.checked_mul(size(kind)).is_some_and(|n| n <= word);
        let at_value = if fits { held } else { self.number(held, word)? };
        Some(Entry { tag: self.number(at, 2)? as u16, kind, count, at: at_value })
    }

    /// An unsigned number of 1, 2, 4 or 8 bytes at an offset.
    fn number(&self, at: u64, size: u64) -> Option<u64> {
        let from = usize::try_from(at).ok()?;
        let bytes = self.bytes.get(from..from.checked_add(size as usize)?)?;
        let take = |n: u64, b: &u8| n << 8 | u64::from(*b);
        Some(if self.big_endian {
            bytes.iter().fold(0, take)
        } else {
            bytes.iter().rev().fold(0, take)
        })
    }

    /// The first number of a tag; none where the tag is missing, is no whole number or lies outside the bytes.
    pub fn value(&self, directory: &Directory, tag: u16) -> Option<u64> {
        let entry = directory.entries.iter().find(|e| e.tag == tag && e.count > 0)?;
        match entry.kind {
            1 | 3 | 4 | 13 | 16 | 18 => self.number(entry.at, size(entry.kind)),
            _ => None,
        }
    }

    /// The bytes of a tag of single bytes: numbers, text or of no type.
    pub fn bytes(&self, directory: &Directory, tag: u16) -> Option<&'a [u8]> {
        let entry =
            directory.entries.iter().find(|e| e.tag == tag && matches!(e.kind, 1 | 2 | 7))?;
        let from = usize::try_from(entry.at).ok()?;
        self.bytes.get(from..from.checked_add(usize::try_from(entry.count).ok()?)?)
    }
}

impl Directory {
    /// Whether the directory has this tag, of whatever content.
    pub fn has(&self, tag: u16) -> bool {
        self.entries.iter().any(|e| e.tag == tag)
    }
}

/// The size of one value of a type, in bytes.
fn size(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1,
    }
}
