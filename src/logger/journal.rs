//! The journal: one line of JSON for each thing a run takes and gives, with its checksum. docs/journal.md
//! describes every kind of line. This file owns the form of a line; it refuses to know files and threads.

mod reader;
mod writer;

pub use reader::{Damage, Journal, ReadError, Wrong, read_from, read_journal};
pub use writer::{Finished, Health, JournalWriter, Monitor, SyncRule, WriterOptions};

use crate::ground::record::Entry;

/// File name of the journal in a run folder.
pub const JOURNAL_FILE: &str = "journal.jsonl";
/// Longest line that is read, in bytes; real lines have a few hundred.
pub const MAX_LINE: usize = 64 * 1024;

/// What stands between the record and the eight digits of its checksum.
const CRC_KEY: &str = ",\"crc\":\"";
/// Bytes of the checksum member with the closing brace: `,"crc":"xxxxxxxx"}`.
const CRC_TAIL: usize = CRC_KEY.len() + 8 + 2;

/// The line of an entry, with checksum and newline. The checksum is the CRC-32 (IEEE) of the line as it
/// would be without the `crc` member and the newline, in eight lower-case hexadecimal digits.
pub fn encode_line(entry: &Entry) -> String {
    let mut line = serde_json::to_string(entry).expect("records have only string keys");
    let crc = crc32fast::hash(line.as_bytes());
    line.pop();
    line.push_str(&format!("{CRC_KEY}{crc:08x}\"}}\n"));
    line
}

/// A line without its newline, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// The line as it was before the checksum was added.
    pub body: std::borrow::Cow<'a, str>,
    /// Whether it has a checksum, and the right one.
    pub crc_ok: bool,
}

/// Separates a line from its checksum.
pub(crate) fn split_line(line: &str) -> Line<'_> {
    let whole = Line { body: line.into(), crc_ok: false };
    let Some(at) = line.len().checked_sub(CRC_TAIL) else { return whole };
    let Some((body, tail)) = line.split_at_checked(at) else { return whole };
    let digits = tail.strip_prefix(CRC_KEY).and_then(|t| t.strip_suffix("\"}"));
    let Some(digits) = digits else { return whole };
    let body = format!("{body}}}");
    let crc_ok = digits == format!("{:08x}", crc32fast::hash(body.as_bytes()));
    Line { body: body.into(), crc_ok }
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_reads_back_as_it_was_written() {
        for entry in samples::entries() {
            let line = encode_line(&entry);
            let split = split_line(line.trim_end());
            assert!(split.crc_ok, "{line}");
            let back: Entry = serde_json::from_str(&split.body).unwrap();
            assert_eq!(back, entry);
        }
    }

    #[test]
    fn one_changed_digit_fails_the_checksum() {
        let line = encode_line(&samples::entries()[0]).replace("\"seq\":1", "\"seq\":2");
        assert!(!split_line(line.trim_end()).crc_ok);
    }
}
