//! The journal: one line of JSON for each thing a run takes and gives, with its checksum. docs/journal.md
//! describes every kind of line. This file owns the form of a line; it refuses to know files and threads.

mod reader;
mod writer;

pub use reader::{Damage, Journal, ReadError, Wrong, read_from, read_journal};
pub(in crate::logger) use writer::FILES;
pub use writer::{Finished, Health, JournalWriter, Monitor, RescueAfter, SyncRule, WriterOptions};

use crate::ground::record::Entry;

/// File name of the journal in a run folder.
pub const JOURNAL_FILE: &str = "journal.jsonl";
/// Longest line that is read, in bytes. Most have a few hundred; the path of a marker has about 45 for each report of
/// a mouse, so that one that is moved 8000 times a second without a pause fills a line in three minutes.
pub const MAX_LINE: usize = 64 * 1024 * 1024;

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

    /// Names in backquotes in the first cells of the table under a heading of docs/journal.md.
    fn documented(doc: &str, kind: &str) -> Vec<String> {
        let heading = format!("\n## {kind}\n");
        let section = doc.split(&heading).nth(1).unwrap_or_else(|| panic!("no section {kind}"));
        let rows =
            section.lines().take_while(|l| !l.starts_with('#')).filter(|l| l.starts_with("| `"));
        let cells = rows.map(|l| l.split('|').nth(1).unwrap());
        let mut names: Vec<String> =
            cells.flat_map(|c| c.split('`').skip(1).step_by(2)).map(str::to_string).collect();
        names.sort();
        names
    }

    #[test]
    fn the_documentation_names_every_field_of_every_kind_and_no_other() {
        let doc = include_str!("../../docs/journal.md");
        let mut fields: std::collections::BTreeMap<String, Vec<String>> = Default::default();
        for entry in samples::entries() {
            samples::assert_known(&entry.record);
            let value = serde_json::to_value(&entry).unwrap();
            let kind = value["kind"].as_str().unwrap().to_string();
            let keys = value.as_object().unwrap().keys().cloned();
            let all = fields.entry(kind).or_default();
            all.extend(keys.filter(|k| !["seq", "t_ns", "kind"].contains(&k.as_str())));
            all.sort();
            all.dedup();
        }
        assert_eq!(fields.len(), samples::KINDS);
        for (kind, names) in fields {
            assert_eq!(documented(doc, &kind), names, "{kind}");
        }
        assert_eq!(documented(doc, "A line"), ["crc", "kind", "seq", "t_ns"]);
    }

    #[test]
    fn the_documentation_names_every_column_of_the_tables() {
        let doc = include_str!("../../docs/journal.md");
        let tables = doc.split("# The tables beside it").nth(1).unwrap();
        for header in writer::TABLE_HEADERS {
            for column in header.split_whitespace() {
                assert!(tables.contains(&format!("`{column}`")), "{column}");
            }
        }
    }
}
