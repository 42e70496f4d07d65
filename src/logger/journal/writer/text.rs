//! One growing text, kept whole in little room: what has reached a disk is packed, what has not is plain. It knows
//! bytes and places in them; it refuses to know what is written there, or where.

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use std::io::{self, Read, Write};

/// Bytes of the text in one packed piece. Each piece is closed, so that it can be read while the text grows, and no
/// packer stays in memory between two of them; larger ones would hardly be smaller together.
pub(super) const PIECE: usize = 64 * 1024;

/// A text that only grows.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// The first bytes of the text, [`PIECE`] in each.
    packed: Vec<Box<[u8]>>,
    /// All bytes behind them.
    plain: Vec<u8>,
}

impl Text {
    pub fn new(beginning: &str) -> Text {
        Text { packed: Vec::new(), plain: beginning.into() }
    }

    /// Bytes of the whole text.
    pub fn len(&self) -> usize {
        self.packed_len() + self.plain.len()
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.plain.extend_from_slice(bytes);
    }

    /// Packs what lies before a place, as far as it fills whole pieces.
    pub fn pack(&mut self, before: usize) {
        let from = self.packed_len();
        let pieces = before.min(self.len()).saturating_sub(from) / PIECE;
        if pieces == 0 {
            return;
        }
        self.packed.extend(self.plain[..pieces * PIECE].chunks(PIECE).map(packed));
        self.plain.drain(..pieces * PIECE);
        // What a slow disk let grow is given back.
        self.plain.shrink_to(PIECE + PIECE / 2);
    }

    /// Bytes of the text from a place on: all that are plain, or those to the end of a packed piece. Empty only at
    /// the end of the text.
    ///
    /// # Errors
    /// If a packed piece is damaged: the memory of the computer is faulty then.
    pub fn from(&self, place: usize) -> io::Result<Vec<u8>> {
        let Some(piece) = self.packed.get(place / PIECE) else {
            let plain = self.plain.get(place - self.packed_len()..);
            return Ok(plain.unwrap_or_default().to_vec());
        };
        let mut bytes = Vec::with_capacity(PIECE);
        ZlibDecoder::new(&piece[..]).read_to_end(&mut bytes)?;
        if bytes.len() != PIECE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        bytes.drain(..place % PIECE);
        Ok(bytes)
    }

    /// The whole text.
    ///
    /// # Errors
    /// As [`Text::from`].
    pub fn whole(&self) -> io::Result<Vec<u8>> {
        let mut all = Vec::with_capacity(self.len());
        while all.len() < self.len() {
            all.extend(self.from(all.len())?);
        }
        Ok(all)
    }

    /// Bytes of memory that it takes.
    #[cfg(test)]
    pub fn room(&self) -> usize {
        self.packed.iter().map(|p| p.len()).sum::<usize>() + self.plain.capacity()
    }

    fn packed_len(&self) -> usize {
        self.packed.len() * PIECE
    }
}

fn packed(bytes: &[u8]) -> Box<[u8]> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    let done = packer.write_all(bytes).and_then(|()| packer.finish());
    done.expect("memory takes what is written to it").into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &Text, mut place: usize) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let bytes = text.from(place).unwrap();
            if bytes.is_empty() {
                return all;
            }
            place += bytes.len();
            all.extend(bytes);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_text_reads_back_from_any_place_however_much_of_it_is_packed(
            pushed in proptest::collection::vec((0usize..150_000, any::<u8>(), 0usize..400_000), 1..8),
            place in 0usize..600_000,
        ) {
            let mut text = Text::new("head\n");
            let mut expected = b"head\n".to_vec();
            for (len, seed, before) in pushed {
                let bytes: Vec<u8> = (0..len).map(|i| (i % 251) as u8 ^ seed).collect();
                text.push(&bytes);
                expected.extend(bytes);
                text.pack(before);
                prop_assert_eq!(text.len(), expected.len());
            }
            let place = place.min(expected.len());
            prop_assert_eq!(whole(&text, place), &expected[place..]);
        }
    }

    #[test]
    fn what_is_not_on_the_disk_stays_plain_and_what_is_takes_little_room() {
        let mut text = Text::new("");
        let line =
            b"{\"seq\":12,\"t_ns\":1013000000000,\"kind\":\"shown\",\"phase\":2}\n".repeat(20_000);
        text.push(&line);
        text.pack(PIECE - 1);
        assert!(text.packed.is_empty());
        text.pack(line.len());
        assert!(text.plain.len() < PIECE && text.room() < line.len() / 8, "{}", text.room());
    }
}
