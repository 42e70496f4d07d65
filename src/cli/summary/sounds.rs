//! Whether every sound was heard, and when.

use crate::ground::record::{Entry, Record};
use crate::ground::time::Nanos;
use indexmap::IndexMap;
use std::fmt::Write;

/// So many reasons are told.
const MOST: usize = 5;

/// Writes it, where there were any.
pub fn write(out: &mut String, entries: &[Entry]) -> std::fmt::Result {
    let mut unplayed: IndexMap<(&str, &str), u32> = IndexMap::new();
    let mut lags: Vec<Nanos> = Vec::new();
    let mut silences: Vec<Nanos> = Vec::new();
    let mut clipped: IndexMap<&[String], u32> = IndexMap::new();
    for entry in entries {
        match &entry.record {
            Record::Sound(sound) => match (&sound.error, sound.lag_ns) {
                (Some(why), _) => *unplayed.entry((&sound.sound, why)).or_default() += 1,
                (None, lag) => lags.extend(lag),
            },
            Record::Clipping(c) => *clipped.entry(&c.sounds).or_default() += 1,
            Record::Underrun(underrun) => silences.push(underrun.silence_ns.unwrap_or_default()),
            _ => {}
        }
    }
    let lost: u32 = unplayed.values().sum();
    let all = lags.len() + lost as usize;
    if all > 0 {
        write!(out, "  sounds: {} of {all} played", lags.len())?;
        lags.sort();
        if let (Some(first), Some(last)) = (lags.first(), lags.last()) {
            let median = lags[lags.len() / 2].millis();
            write!(
                out,
                ", {median:+.2} ms after their plan (median; {:+.2} to {:+.2})",
                first.millis(),
                last.millis()
            )?;
        }
        writeln!(out)?;
    }
    for ((sound, why), n) in unplayed.iter().take(MOST) {
        writeln!(
            out,
            "  warning: sound \"{sound}\" was not played {n} times: {why}; see sounds.tsv"
        )?;
    }
    for (sounds, n) in clipped.iter().take(MOST) {
        writeln!(
            out,
            "  warning: {} together went beyond full amplitude {n} times, and sounded distorted: lower their `volume`",
            sounds.join(", ")
        )?;
    }
    if let Some(longest) = silences.iter().max() {
        writeln!(
            out,
            "  warning: the sound device ran dry {} times, for {:.0} ms at most: close other programs, or write a larger \
             `buffer` into [sound] of the rig",
            silences.len(),
            longest.millis()
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::record::{Clipping, SoundBasis, SoundOnset, Underrun};

    fn sound(lag_ms: Option<i64>, error: Option<&str>) -> Record {
        Record::Sound(SoundOnset {
            phase: 0,
            ticket: 1,
            cue: 0,
            time: 0,
            sound: "look".into(),
            planned_ns: Some(Nanos::ZERO),
            onset_ns: lag_ms.map(Nanos::from_millis),
            lag_ns: lag_ms.map(Nanos::from_millis),
            basis: lag_ms.map(|_| SoundBasis::DeviceStamps),
            frame: None,
            error: error.map(String::from),
        })
    }

    fn told(records: Vec<Record>) -> String {
        let entry = |record| Entry { seq: 1, t_ns: Nanos::ZERO, record };
        let entries: Vec<Entry> = records.into_iter().map(entry).collect();
        let mut out = String::new();
        write(&mut out, &entries).unwrap();
        out
    }

    #[test]
    fn sounds_that_were_not_played_are_named_with_the_reason_and_gaps_are_counted() {
        let gone = Some("the sound device was gone");
        let silence_ns = Some(Nanos::from_millis(40));
        let underrun = Record::Underrun(Underrun { silence_ns, sounds: Vec::new() });
        let records = vec![
            sound(Some(1), None),
            sound(Some(3), None),
            sound(None, gone),
            sound(None, gone),
            underrun,
            Record::Clipping(Clipping { samples: 9, sounds: vec!["look".into(), "hum".into()] }),
        ];
        let text = told(records);
        assert!(text.contains("sounds: 2 of 4 played, +3.00 ms after their plan"), "{text}");
        assert!(
            text.contains("\"look\" was not played 2 times: the sound device was gone"),
            "{text}"
        );
        assert!(text.contains("ran dry 1 times, for 40 ms at most"), "{text}");
        assert!(text.contains("look, hum together went beyond full amplitude 1 times"), "{text}");
        assert_eq!(told(Vec::new()), "");
    }
}
