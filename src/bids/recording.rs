//! What recordings have in common: tables of samples without a header, packed, whose first sample is at onset 0 of
//! the events file, and the sidecars that say so. What is recorded, others know.

use super::rows::Micros;
use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value, json};
use std::io::Write;

/// A recording of a run: its sidecar and the bytes of its table.
pub(super) struct Recording {
    pub about: Value,
    pub table: Vec<u8>,
}

/// No recording is longer: a day.
pub(super) const LONGEST: Micros = 86_400_000_000;

impl Recording {
    /// A recording from lines of cells, with what is said of each column and of the whole. Programs that read
    /// recordings fail on those that begin before onset 0, and take zeros for what lies before one that begins later:
    /// so it always begins there.
    pub fn new(
        rate: Micros,
        lines: &[u8],
        columns: &[(&str, Value)],
        more: &[(&str, Value)],
    ) -> Recording {
        let mut about = Map::new();
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        for (key, value) in more {
            about.insert((*key).into(), value.clone());
        }
        about.insert("SamplingFrequency".into(), json!(rate as i64));
        about.insert("StartTime".into(), json!(0));
        about.insert("Columns".into(), json!(names));
        for (name, doc) in columns {
            about.insert((*name).into(), doc.clone());
        }
        Recording { about: Value::Object(about), table: pack(lines) }
    }
}

/// Packs without a file name and a time in the header: the same samples give the same bytes. Lines that are the same for
/// seconds become small at once; packing them as tightly as can be would take longer than all else of an export.
fn pack(lines: &[u8]) -> Vec<u8> {
    let mut gz =
        GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::fast());
    gz.write_all(lines).expect("memory takes everything");
    gz.finish().expect("memory takes everything")
}
