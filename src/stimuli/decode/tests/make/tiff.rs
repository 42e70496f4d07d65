//! TIFF files made tag by tag.

/// A value of a tag: its type and its numbers, or bytes of type 7.
#[derive(Clone)]
pub enum Value {
    Short(Vec<u16>),
    Long(Vec<u32>),
    Bytes(Vec<u8>),
    /// Filled in by the writer: where the pixels are.
    Data,
}

use Value::{Bytes, Data, Long, Short};

/// One page: its tags and its strips or tiles.
#[derive(Clone)]
pub struct Page {
    pub tags: Vec<(u16, Value)>,
    pub data: Vec<Vec<u8>>,
}

/// A page of one strip.
pub fn page(
    (width, height): (u32, u32),
    (bits, samples): (u16, u16),
    photometric: u16,
    compression: u16,
    data: Vec<u8>,
) -> Page {
    let size = data.len() as u32;
    let tags = vec![
        (256, Long(vec![width])),
        (257, Long(vec![height])),
        (258, Short(vec![bits; samples.into()])),
        (259, Short(vec![compression])),
        (262, Short(vec![photometric])),
        (273, Data),
        (277, Short(vec![samples])),
        (278, Long(vec![height])),
        (279, Long(vec![size])),
    ];
    Page { tags, data: vec![data] }
}

/// The RGB picture of the tests, without compression.
pub fn rgb() -> Page {
    page((3, 2), (8, 3), 2, 1, super::RGB.to_vec())
}

impl Page {
    pub fn with(mut self, tag: u16, value: Value) -> Page {
        self.tags.retain(|(t, _)| *t != tag);
        self.tags.push((tag, value));
        self.tags.sort_by_key(|(t, _)| *t);
        self
    }

    pub fn without(mut self, tag: u16) -> Page {
        self.tags.retain(|(t, _)| *t != tag);
        self
    }
}

/// A file of these pages; `big` is big-endian. The last page's link leads to `link` where there is one.
pub fn file(pages: &[Page], big: bool, link: Option<u32>) -> Vec<u8> {
    let two = |v: u16| if big { v.to_be_bytes() } else { v.to_le_bytes() };
    let four = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
    let mut out = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    let mut link_at = out.len();
    out.extend([0; 4]);
    for page in pages {
        let offsets: Vec<u32> = page
            .data
            .iter()
            .map(|data| {
                let at = out.len() as u32;
                out.extend(data);
                at
            })
            .collect();
        let values: Vec<(u16, u16, u32, Vec<u8>)> = page
            .tags
            .iter()
            .map(|(tag, value)| {
                let longs = |v: &[u32]| v.iter().flat_map(|n| four(*n)).collect::<Vec<u8>>();
                let (kind, count, bytes) = match value {
                    Short(v) => (3, v.len(), v.iter().flat_map(|n| two(*n)).collect()),
                    Long(v) => (4, v.len(), longs(v)),
                    Bytes(v) => (7, v.len(), v.clone()),
                    Data => (4, offsets.len(), longs(&offsets)),
                };
                (*tag, kind, count as u32, bytes)
            })
            .collect();
        let mut entries = Vec::new();
        for (tag, kind, count, mut bytes) in values {
            entries.extend(two(tag));
            entries.extend(two(kind));
            entries.extend(four(count));
            if bytes.len() <= 4 {
                bytes.resize(4, 0);
                entries.extend(bytes);
            } else {
                entries.extend(four(out.len() as u32));
                out.extend(bytes);
            }
        }
        let at = four(out.len() as u32);
        out[link_at..link_at + 4].copy_from_slice(&at);
        out.extend(two(page.tags.len() as u16));
        out.extend(entries);
        link_at = out.len();
        out.extend([0; 4]);
    }
    out[link_at..link_at + 4].copy_from_slice(&four(link.unwrap_or(0)));
    out
}
