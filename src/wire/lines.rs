//! Bytes of a network connection become lines of text. A sender that ends its messages with no newline is understood
//! where the text that is waited for is known.

/// The longest line that is taken, in bytes.
const LONGEST: usize = 256;

/// Splits what one sender sends.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Complete as soon as it is there, without a newline too.
    expected: Option<String>,
    begun: Vec<u8>,
    /// The line that goes on was told already.
    told: bool,
}

impl Lines {
    /// For lines, and for a text that need not end in a newline.
    pub fn new(expected: Option<String>) -> Lines {
        Lines { expected, ..Lines::default() }
    }

    /// Takes bytes, and gives the lines that are complete with them, trimmed; empty ones are none. Of one that is too long
    /// the beginning is given.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        for byte in bytes {
            if matches!(byte, b'\n' | b'\r' | 0) {
                self.end(&mut out);
                self.told = false;
                continue;
            }
            if self.told {
                continue;
            }
            self.begun.push(*byte);
            if self.begun.len() >= LONGEST {
                self.end(&mut out);
                self.told = true;
            }
        }
        // All that has come is the text that is waited for: its newline may never come.
        if self.expected.as_ref().is_some_and(|text| text.as_bytes() == self.begun.trim_ascii()) {
            self.end(&mut out);
        }
        out
    }

    /// Whether the line that goes on is longer than any that is taken.
    pub fn is_too_long(&self) -> bool {
        self.told
    }

    fn end(&mut self, out: &mut Vec<String>) {
        let line = String::from_utf8_lossy(self.begun.trim_ascii()).into_owned();
        self.begun.clear();
        if !line.is_empty() {
            out.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_with_a_newline_however_they_arrive() {
        let mut lines = Lines::new(None);
        assert_eq!(lines.feed(b"tri"), Vec::<String>::new());
        assert_eq!(lines.feed(b"gger\r\n\nTR 2\nhal"), ["trigger", "TR 2"]);
        assert_eq!(lines.feed(b"f\0"), ["half"]);
    }

    #[test]
    fn a_text_that_is_waited_for_needs_no_newline() {
        let mut lines = Lines::new(Some("5".into()));
        assert_eq!(lines.feed(b"5"), ["5"]);
        assert_eq!(lines.feed(b"5\n"), ["5"], "and with one it is still one");
        assert_eq!(lines.feed(b"\n5\n5"), ["5", "5"]);
        let mut lines = Lines::new(Some("TRIGGER".into()));
        assert_eq!(lines.feed(b"TRIG"), Vec::<String>::new());
        assert_eq!(lines.feed(b"GER"), ["TRIGGER"]);
    }

    #[test]
    fn a_line_without_end_is_told_once_and_takes_no_memory() {
        let mut lines = Lines::new(None);
        let told: usize = (0..1_000).map(|_| lines.feed(&[b'x'; 1_000]).len()).sum();
        assert_eq!(told, 1);
        assert!(lines.begun.capacity() <= 2 * LONGEST);
        assert_eq!(lines.feed(b"\nnext\n"), ["next"]);
    }

    proptest! {
        #[test]
        fn no_bytes_harm_and_cutting_them_anywhere_gives_the_same_lines(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'5'), any::<u8>()], 0..600), cut in 0_usize..600,
        ) {
            let mut whole = Lines::new(None);
            let mut parts = Lines::new(None);
            let (a, b) = bytes.split_at(cut.min(bytes.len()));
            let cut: Vec<String> = parts.feed(a).into_iter().chain(parts.feed(b)).collect();
            prop_assert_eq!(whole.feed(&bytes), cut);
        }
    }
}
