//! The texts of the files that the writer fills: the journal, and four tables read off it for people
//! who look at times with other programs. It knows their columns, not their places.

use super::super::{JOURNAL_FILE, encode_line};
use super::sounding::{SOUNDS_HEADER, Sounding};
use super::text::Text;
use crate::ground::record::{Entry, Record};

/// How many files a writer fills.
pub(super) const LANES: usize = 5;
/// Their names; the journal comes first.
pub(in crate::logger) const FILES: [&str; LANES] =
    [JOURNAL_FILE, "frames.tsv", "triggers.tsv", "markers.tsv", "sounds.tsv"];

const FRAMES_HEADER: &str = "seq\tphase\tticket\tplanned_ns\tonset_ns\tdelay_ns\tbasis\tframe\tskipped\tmissed\tlate\tmarked\n";
const TRIGGERS_HEADER: &str = "seq\tt_ns\tsource\tvolume\taccepted\twhy\n";
const MARKERS_HEADER: &str = "seq\tname\tphase\tcode\tdevice\tticket\tframe\trequested_ns\tbefore_ns\tafter_ns\tdelay_ns\terror\n";

#[cfg(test)]
pub(in super::super) const HEADERS: [&str; 4] =
    [FRAMES_HEADER, TRIGGERS_HEADER, MARKERS_HEADER, SOUNDS_HEADER];

/// What stands in the files, or should.
#[derive(Debug, Default)]
pub(super) struct Texts {
    texts: [Text; LANES],
    sounding: Sounding,
    /// Lines of the journal.
    pub lines: u64,
}

impl Texts {
    /// The texts of a run that has not begun.
    pub fn with_headers() -> Texts {
        let texts =
            ["", FRAMES_HEADER, TRIGGERS_HEADER, MARKERS_HEADER, SOUNDS_HEADER].map(Text::new);
        Texts { texts, sounding: Sounding::default(), lines: 0 }
    }

    pub fn text(&self, lane: usize) -> &Text {
        &self.texts[lane]
    }

    /// Packs what is in the file of a lane: so many bytes.
    pub fn pack(&mut self, lane: usize, written: usize) {
        self.texts[lane].pack(written);
    }

    pub fn push(&mut self, entry: &Entry) {
        self.texts[0].push(encode_line(entry).as_bytes());
        self.lines += 1;
        self.texts[4].push(self.sounding.take(entry).as_bytes());
        match &entry.record {
            Record::Onset(o) => {
                let skipped = o.skipped.map_or_else(|| "n/a".into(), |n| n.to_string());
                let row = format!(
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{skipped}\t{}\t{}\t{}\n",
                    entry.seq,
                    o.phase,
                    o.ticket,
                    o.planned_ns.0,
                    o.onset_ns.0,
                    o.onset_ns.0.saturating_sub(o.planned_ns.0),
                    o.basis.name(),
                    o.frame,
                    o.missed,
                    u8::from(o.late),
                    u8::from(o.marked),
                );
                self.texts[1].push(row.as_bytes());
            }
            Record::Trigger(t) => {
                let volume = t.volume.map_or_else(|| "n/a".into(), |v| v.to_string());
                let row = format!(
                    "{}\t{}\t{}\t{volume}\t{}\t{}\n",
                    entry.seq,
                    entry.t_ns.0,
                    cell(&t.source),
                    u8::from(t.accepted),
                    t.why.as_deref().map_or_else(|| "n/a".into(), cell),
                );
                self.texts[2].push(row.as_bytes());
            }
            Record::Marker(m) => {
                let number = |n: Option<i64>| n.map_or_else(|| "n/a".into(), |n| n.to_string());
                let whole = |n: Option<u64>| n.map_or_else(|| "n/a".into(), |n| n.to_string());
                let row = format!(
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                    entry.seq,
                    cell(&m.name),
                    whole(m.phase.map(u64::from)),
                    m.code,
                    cell(&m.device),
                    whole(m.ticket),
                    whole(m.frame),
                    m.requested_ns.0,
                    number(m.before_ns.map(|t| t.0)),
                    number(m.after_ns.map(|t| t.0)),
                    number(m.before_ns.map(|t| t.0.saturating_sub(m.requested_ns.0))),
                    m.error.as_deref().map_or_else(|| "n/a".into(), cell),
                );
                self.texts[3].push(row.as_bytes());
            }
            _ => {}
        }
    }
}

/// Text that can stand in a table: no tabs, no line ends, not empty.
pub(super) fn cell(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().is_empty() { "n/a".into() } else { text.trim().into() }
}
