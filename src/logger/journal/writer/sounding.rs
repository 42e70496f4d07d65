//! The rows of sounds: each is written when it is known how the sound ended, those of sounds that are still heard behind
//! them.

use super::lanes::cell;
use crate::ground::record::{Entry, Record, SoundOnset};
use crate::ground::time::Nanos;

pub(super) const SOUNDS_HEADER: &str = "seq\tphase\tticket\tcue\ttime\tsound\tplanned_ns\tonset_ns\tlag_ns\tbasis\tframe\terror\tend_ns\tsilenced\n";

/// Sounds that have been heard and have not fallen silent, in the order in which they were told.
#[derive(Debug, Default)]
pub(super) struct Sounding(Vec<Heard>);

#[derive(Debug)]
struct Heard {
    /// Scene, place in it and time: what a sound is told by.
    id: (u64, u32, u32),
    /// Its row, but for the end.
    row: String,
}

impl Sounding {
    /// The rows that can be written now that an entry has come.
    pub fn take(&mut self, entry: &Entry) -> String {
        match &entry.record {
            Record::Sound(s) if s.onset_ns.is_some() => {
                self.0.push(Heard { id: (s.ticket, s.cue, s.time), row: row(entry.seq, s) });
                String::new()
            }
            Record::Sound(s) => ended(&row(entry.seq, s), None),
            Record::SoundEnd(end) => {
                let id = (end.ticket, end.cue, end.time);
                let Some(place) = self.0.iter().position(|h| h.id == id) else {
                    return String::new();
                };
                ended(&self.0.remove(place).row, Some((entry.t_ns.0, end.why.name())))
            }
            // Nobody will say any more.
            Record::End(_) => self.0.drain(..).map(|heard| ended(&heard.row, None)).collect(),
            _ => String::new(),
        }
    }
}

fn row(seq: u64, s: &SoundOnset) -> String {
    let instant = |t: Option<Nanos>| t.map_or_else(na, |t| t.0.to_string());
    [
        seq.to_string(),
        s.phase.to_string(),
        s.ticket.to_string(),
        s.cue.to_string(),
        s.time.to_string(),
        cell(&s.sound),
        instant(s.planned_ns),
        instant(s.onset_ns),
        instant(s.lag_ns),
        s.basis.map_or_else(na, |b| b.name().into()),
        s.frame.map_or_else(na, |n| n.to_string()),
        s.error.as_deref().map_or_else(na, cell),
    ]
    .join("\t")
}

fn ended(row: &str, end: Option<(i64, &str)>) -> String {
    match end {
        Some((end_ns, why)) => format!("{row}\t{end_ns}\t{why}\n"),
        None => format!("{row}\tn/a\tn/a\n"),
    }
}

fn na() -> String {
    "n/a".into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::cue::Silenced;
    use crate::ground::record::SoundEnd;
    use crate::logger::journal::samples;

    fn sound(seq: u64, ticket: u64, error: Option<&str>) -> Entry {
        let heard = error.is_none().then_some(Nanos(100));
        let onset = SoundOnset {
            ticket,
            onset_ns: heard,
            error: error.map(str::to_string),
            ..samples::sound()
        };
        Entry { seq, t_ns: Nanos(100), record: Record::Sound(onset) }
    }

    fn end(ticket: u64) -> Entry {
        let SoundOnset { phase, cue, time, sound, .. } = samples::sound();
        let end = SoundEnd { phase, ticket, cue, time, sound, why: Silenced::Phase };
        Entry { seq: 9, t_ns: Nanos(900), record: Record::SoundEnd(end) }
    }

    #[test]
    fn a_sound_has_its_row_when_it_falls_silent() {
        let mut sounding = Sounding::default();
        assert_eq!(sounding.take(&sound(1, 7, None)), "");
        assert_eq!(sounding.take(&sound(2, 8, None)), "");
        let row = sounding.take(&end(8));
        assert!(row.starts_with("2\t") && row.ends_with("\t900\tphase\n"), "{row}");
        assert_eq!(row.split('\t').count(), SOUNDS_HEADER.split('\t').count());
        assert_eq!(sounding.take(&end(8)), "", "it ends once");
        assert_eq!(sounding.0.len(), 1);
    }

    #[test]
    fn one_that_was_not_played_has_its_row_at_once() {
        let row = Sounding::default().take(&sound(1, 7, Some("the device\twent")));
        assert!(row.ends_with("\tthe device went\tn/a\tn/a\n"), "{row}");
    }

    #[test]
    fn what_is_still_heard_when_the_run_ends_has_its_row_without_an_end() {
        let mut sounding = Sounding::default();
        [sound(1, 7, None), sound(2, 8, None)].iter().for_each(|e| drop(sounding.take(e)));
        let over = samples::entries().pop().unwrap();
        let rows = sounding.take(&over);
        let starts: Vec<&str> = rows.lines().map(|l| &l[..2]).collect();
        assert_eq!(starts, ["1\t", "2\t"]);
    }
}
