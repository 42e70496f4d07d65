//! Reads a journal back: the entries, and everything that is damaged, by line number. It repairs nothing
//! and decides nothing; a line whose checksum is wrong is still returned if it can be read, and is named.

use super::{MAX_LINE, split_line};
use crate::ground::plain;
use crate::ground::record::{Entry, JOURNAL_VERSION, Record, Start};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The largest journal that is read, in bytes; some megabytes are usual, and a mouse that is moved for an hour gives
/// less than one gigabyte.
const LONGEST_FILE: u64 = 4 << 30;

/// A journal that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// In the order of the file.
    pub entries: Vec<Entry>,
    pub damages: Vec<Damage>,
}

impl Journal {
    /// The first line of the run.
    pub fn start(&self) -> Option<&Start> {
        self.entries.iter().find_map(|e| match &e.record {
            Record::Start(s) => Some(s.as_ref()),
            _ => None,
        })
    }

    /// Whether every line that was completed is as it was written. A torn last line is what a power cut
    /// leaves behind, and takes nothing away from the lines before it.
    pub fn is_sound(&self) -> bool {
        self.damages.iter().all(|d| d.what == Wrong::Torn)
    }
}

/// Something wrong with a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("journal line {line}: {what}")]
pub struct Damage {
    /// From 1.
    pub line: usize,
    pub what: Wrong,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("the last line is torn off: the program or the computer stopped while it was written")]
    Torn,
    #[error("the checksum does not fit: the line was changed after it was written")]
    Checksum,
    #[error("not a record: {0}")]
    NotARecord(String),
    #[error("longer than {MAX_LINE} bytes")]
    TooLong,
    #[error("number {found} follows where {expected} was expected: lines are missing or doubled")]
    Gap { expected: u64, found: u64 },
}

/// Why a journal cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("cannot read {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "the journal has version {found}, this program reads version {JOURNAL_VERSION}; use the version of \
         the program that is named in its first line"
    )]
    Version { found: u64 },
}

/// Reads a journal file.
///
/// # Errors
/// If the file cannot be read, or its version is not known. Damaged lines are no error; they are listed.
pub fn read_journal(path: &Path) -> Result<Journal, ReadError> {
    let io = |source| ReadError::Io { path: path.to_path_buf(), source };
    let (file, _) = plain::open(path, LONGEST_FILE).map_err(|e| io(e.into_io()))?;
    read_from(BufReader::new(file)).map_err(|e| match e {
        ReadError::Io { source, .. } => io(source),
        other => other,
    })
}

/// Reads a journal from any source of bytes.
///
/// # Errors
/// As [`read_journal`].
pub fn read_from(mut source: impl BufRead) -> Result<Journal, ReadError> {
    let io = |source| ReadError::Io { path: PathBuf::new(), source };
    let mut journal = Journal::default();
    let mut expected = 1;
    let mut line = 0;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let limit = MAX_LINE as u64 + 1;
        if source.by_ref().take(limit).read_until(b'\n', &mut bytes).map_err(io)? == 0 {
            return Ok(journal);
        }
        line += 1;
        let ended = bytes.last() == Some(&b'\n');
        if ended {
            bytes.pop();
        } else if bytes.len() > MAX_LINE {
            skip_line(&mut source).map_err(io)?;
            journal.damages.push(Damage { line, what: Wrong::TooLong });
            continue;
        }
        match parse(&bytes, line)? {
            // A last line that lacks nothing but its newline is whole.
            Parsed::Entry(entry, crc_ok) if crc_ok || ended => {
                if !crc_ok {
                    journal.damages.push(Damage { line, what: Wrong::Checksum });
                }
                if entry.seq != expected {
                    let what = Wrong::Gap { expected, found: entry.seq };
                    journal.damages.push(Damage { line, what });
                }
                expected = entry.seq.saturating_add(1);
                journal.entries.push(entry);
            }
            _ if !ended => journal.damages.push(Damage { line, what: Wrong::Torn }),
            Parsed::Entry(..) => unreachable!("a line that ended was taken above"),
            Parsed::Not(why) => {
                journal.damages.push(Damage { line, what: Wrong::NotARecord(why) });
            }
        }
    }
}

enum Parsed {
    Entry(Entry, bool),
    Not(String),
}

fn parse(bytes: &[u8], line: usize) -> Result<Parsed, ReadError> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(Parsed::Not("not UTF-8 text".into()));
    };
    let split = split_line(text);
    if line == 1
        && split.crc_ok
        && let Ok(value) = serde_json::from_str::<serde_json::Value>(&split.body)
        && let Some(found) = value.get("version").and_then(serde_json::Value::as_u64)
        && found != u64::from(JOURNAL_VERSION)
    {
        return Err(ReadError::Version { found });
    }
    Ok(match serde_json::from_str(&split.body) {
        Ok(entry) => Parsed::Entry(entry, split.crc_ok),
        Err(e) => Parsed::Not(e.to_string()),
    })
}

/// Reads on to the end of a line without keeping it.
fn skip_line(source: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = source.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        match buffer.iter().position(|b| *b == b'\n') {
            Some(at) => {
                source.consume(at + 1);
                return Ok(());
            }
            None => {
                let all = buffer.len();
                source.consume(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{encode_line, samples};
    use super::*;
    use crate::ground::record::MarkerPath;
    use crate::ground::scene::Marker;
    use crate::ground::time::Nanos;
    use proptest::prelude::*;

    fn text() -> String {
        samples::entries().iter().map(encode_line).collect()
    }

    #[test]
    fn a_whole_journal_reads_without_damage() {
        let journal = read_from(text().as_bytes()).unwrap();
        assert_eq!(journal.entries, samples::entries());
        assert_eq!(journal.damages, []);
        assert!(journal.start().is_some());
    }

    #[test]
    fn a_torn_last_line_is_named_and_loses_only_itself() {
        let whole = text();
        let lines = whole.lines().count();
        let journal = read_from(&whole.as_bytes()[..whole.len() - 9]).unwrap();
        assert_eq!(journal.entries.len(), lines - 1);
        assert_eq!(journal.damages, [Damage { line: lines, what: Wrong::Torn }]);
        assert!(journal.is_sound());
    }

    #[test]
    fn a_last_line_without_newline_is_whole() {
        let journal = read_from(text().trim_end().as_bytes()).unwrap();
        assert_eq!(journal.entries, samples::entries());
        assert!(journal.damages.is_empty());
    }

    #[test]
    fn a_changed_line_is_named_and_still_returned() {
        let changed = text().replacen("\"task\":\"blocks\"", "\"task\":\"blacks\"", 1);
        let journal = read_from(changed.as_bytes()).unwrap();
        assert_eq!(journal.entries.len(), samples::entries().len());
        assert_eq!(journal.damages, [Damage { line: 1, what: Wrong::Checksum }]);
        assert_eq!(journal.start().unwrap().task, "blacks");
        assert!(!journal.is_sound());
    }

    #[test]
    fn a_missing_line_is_a_gap_at_the_line_after_it() {
        let lines: Vec<String> = samples::entries().iter().map(encode_line).collect();
        let text = [&lines[..2], &lines[3..]].concat().concat();
        let journal = read_from(text.as_bytes()).unwrap();
        let what = Wrong::Gap { expected: 3, found: 4 };
        assert_eq!(journal.damages, [Damage { line: 3, what }]);
    }

    #[test]
    fn an_unknown_version_is_refused_before_anything_is_misread() {
        let mut first = samples::entries().remove(0);
        if let Record::Start(s) = &mut first.record {
            s.version = 7;
        }
        let error = read_from(encode_line(&first).as_bytes()).unwrap_err();
        assert!(matches!(error, ReadError::Version { found: 7 }), "{error}");
    }

    #[test]
    fn the_path_of_a_marker_that_a_mouse_led_for_a_minute_is_read_back() {
        let marks = (0..60_000).map(|i| (Nanos(i * 999_983), Marker::At(i as f64 / 60_001.0)));
        let path = MarkerPath { phase: 3, marks: marks.collect(), end_ns: Nanos(60_000_000_000) };
        let entry = Entry { seq: 1, t_ns: Nanos(7), record: Record::Path(path) };
        let journal = read_from(encode_line(&entry).as_bytes()).unwrap();
        assert_eq!((journal.entries, journal.damages), (vec![entry], vec![]));
    }

    #[test]
    fn an_endless_line_is_skipped_and_named() {
        let endless = std::io::repeat(b'x').take(MAX_LINE as u64 + 100_000);
        let text = format!("\n{}", text());
        let journal = read_from(BufReader::new(endless.chain(text.as_bytes()))).unwrap();
        assert_eq!(journal.entries, samples::entries());
        assert_eq!(journal.damages, [Damage { line: 1, what: Wrong::TooLong }]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let _ = read_from(&bytes[..]);
        }

        #[test]
        fn a_journal_cut_anywhere_returns_every_line_before_the_cut(at in 0usize..10_000) {
            let whole = text();
            let cut = &whole.as_bytes()[..at % whole.len()];
            let journal = read_from(cut).unwrap();
            let ended = cut.iter().filter(|b| **b == b'\n').count();
            prop_assert!(journal.entries.len() >= ended);
            prop_assert!(journal.is_sound());
            let samples = samples::entries();
            prop_assert_eq!(&journal.entries[..], &samples[..journal.entries.len()]);
        }

        #[test]
        fn no_changed_byte_goes_unnoticed(at in 0usize..10_000, to in any::<u8>()) {
            let mut bytes = text().into_bytes();
            let at = at % bytes.len();
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            let journal = read_from(&bytes[..]);
            let seen = match &journal {
                Err(_) => true,
                Ok(j) => !j.damages.is_empty(),
            };
            // The newline of the last line is the one byte that carries nothing.
            prop_assert!(seen || at + 1 == bytes.len());
        }

        #[test]
        fn ratings_read_back_to_the_last_bit(rating in any::<f64>()) {
            prop_assume!(rating.is_finite());
            let entry = samples::rating(rating);
            let line = encode_line(&entry);
            let journal = read_from(line.as_bytes()).unwrap();
            prop_assert_eq!(&journal.entries, &[entry]);
        }
    }
}
