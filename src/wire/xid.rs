//! Packets of Cedrus XID boxes in a stream of bytes: six bytes (`k`, port with direction and key, milliseconds), or nine
//! (`o`, port, key, `1` or `0`, milliseconds, 0). What does not fit is skipped byte by byte, so a stream that was joined
//! in the middle is understood from the next packet on. (Cedrus XID protocol.)

/// A key of a box that went down or up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XidKey {
    pub port: u8,
    pub key: u8,
    pub down: bool,
    /// The box's own clock, in milliseconds since it was reset.
    pub box_ms: u32,
}

/// Finds packets. It never holds more than one.
#[derive(Clone, Debug, Default)]
pub struct XidStream {
    held: Vec<u8>,
    skipped: u64,
}

impl XidStream {
    /// Takes bytes and gives the packets that are complete with them.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<XidKey> {
        let mut found = Vec::new();
        for byte in bytes {
            self.held.push(*byte);
            self.find(&mut found);
        }
        found
    }

    /// Bytes so far that belong to no packet.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The wire was cut: half a packet will not be finished.
    pub fn cut(&mut self) {
        self.held.clear();
    }

    fn find(&mut self, found: &mut Vec<XidKey>) {
        while !self.held.is_empty() {
            match read(&self.held) {
                Read::Whole(key) => {
                    found.push(key);
                    self.held.clear();
                }
                Read::More => return,
                Read::Wrong => {
                    self.held.remove(0);
                    self.skipped += 1;
                }
            }
        }
    }
}

enum Read {
    Whole(XidKey),
    More,
    Wrong,
}

fn read(held: &[u8]) -> Read {
    let ms = |b: &[u8]| u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    match held {
        [b'k', info, rest @ ..] if rest.len() == 4 => {
            let (port, key, down) = (info & 0x0f, info >> 5, info & 0x10 != 0);
            Read::Whole(XidKey { port, key, down, box_ms: ms(rest) })
        }
        [b'k', ..] if held.len() < 6 => Read::More,
        // What cannot be is found out as soon as it is there, so that little is lost with it.
        [b'o', _, _, state, ..] if !matches!(state, b'0' | b'1') => Read::Wrong,
        [b'o', port, key, state, rest @ ..] if rest.len() == 5 => match rest[4] {
            0 => {
                let down = *state == b'1';
                Read::Whole(XidKey { port: *port, key: *key, down, box_ms: ms(rest) })
            }
            _ => Read::Wrong,
        },
        [b'o', ..] if held.len() < 9 => Read::More,
        _ => Read::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn six(key: XidKey) -> Vec<u8> {
        let info = key.port & 0x0f | u8::from(key.down) << 4 | key.key << 5;
        [&[b'k', info][..], &key.box_ms.to_le_bytes()].concat()
    }

    fn nine(key: XidKey) -> Vec<u8> {
        let state = if key.down { b'1' } else { b'0' };
        [&[b'o', key.port, key.key, state][..], &key.box_ms.to_le_bytes(), &[0]].concat()
    }

    #[test]
    fn both_kinds_of_packets_are_read() {
        let mut stream = XidStream::default();
        let key = XidKey { port: 2, key: 5, down: true, box_ms: 0x0403_0201 };
        assert_eq!(six(key), [b'k', 0xb2, 1, 2, 3, 4]);
        assert_eq!(stream.feed(&six(key)), [key]);
        let key = XidKey { key: 9, down: false, ..key };
        assert_eq!(stream.feed(&nine(key)), [key]);
        assert_eq!(stream.skipped(), 0);
    }

    #[test]
    fn a_stream_joined_in_the_middle_is_understood_from_the_next_packet_on() {
        let key = XidKey { port: 0, key: 4, down: true, box_ms: 1000 };
        for from in 1..6 {
            let mut stream = XidStream::default();
            let bytes: Vec<u8> = six(key)[from..].iter().copied().chain(six(key)).collect();
            assert_eq!(stream.feed(&bytes), [key], "from byte {from}");
        }
        for from in 1..9 {
            let mut stream = XidStream::default();
            let bytes: Vec<u8> = nine(key)[from..].iter().copied().chain(nine(key)).collect();
            assert_eq!(stream.feed(&bytes), [key], "from byte {from}");
        }
    }

    fn any_key() -> impl Strategy<Value = XidKey> {
        (0..16_u8, 0..8_u8, any::<bool>(), any::<u32>())
            .prop_map(|(port, key, down, box_ms)| XidKey { port, key, down, box_ms })
    }

    proptest! {
        #[test]
        fn packets_are_found_however_they_are_cut(
            keys in proptest::collection::vec((any_key(), any::<bool>()), 0..20), cut in 1_usize..12,
        ) {
            let bytes: Vec<u8> = keys.iter().flat_map(|(k, long)| if *long { nine(*k) } else { six(*k) }).collect();
            let mut stream = XidStream::default();
            let found: Vec<XidKey> = bytes.chunks(cut).flat_map(|part| stream.feed(part)).collect();
            prop_assert_eq!(found, keys.iter().map(|(k, _)| *k).collect::<Vec<_>>());
        }

        #[test]
        fn no_stream_of_bytes_harms_or_is_kept(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let mut stream = XidStream::default();
            stream.feed(&bytes);
            prop_assert!(stream.held.len() < 9);
        }
    }
}
