//! Sounds that were heard, and those that were not. A sound belongs to a screen by the ticket of that, since a phase may
//! come several times, and its report may come behind the next screen's.

use super::gather::Gathered;
use super::{Micros, micros, wide};
use crate::bids::run::Run;
use crate::ground::record::{Record, SoundBasis, SoundOnset};
use crate::ground::time::Nanos;
use std::collections::BTreeMap;

/// The first sound of a screen, which was heard.
#[derive(Clone, Copy, Debug)]
pub(in crate::bids) struct Heard<'a> {
    pub sound: &'a str,
    pub onset: Micros,
    /// By how much it came later than planned.
    pub delay: Option<Micros>,
    pub basis: Option<SoundBasis>,
}

/// What sounds were played on, one after another, and by how much they came later than each said.
pub(super) struct Offsets(Vec<(Nanos, Nanos)>);

impl Offsets {
    pub fn of(run: &Run) -> Offsets {
        let all = run.entries.iter().filter_map(|e| match &e.record {
            Record::SoundDevice(device) => Some((e.t_ns, device.offset_ns)),
            _ => None,
        });
        Offsets(all.collect())
    }

    /// That of the device that an instant belongs to.
    fn at(&self, t: Nanos) -> Nanos {
        let before = self.0.iter().filter(|(from, _)| *from <= t).max_by_key(|(from, _)| *from);
        before.or(self.0.first()).map_or(Nanos::ZERO, |(_, offset)| *offset)
    }
}

/// The first sound of the screen of a ticket, in the time that counts from onset 0; none where it was not heard.
pub(super) fn heard<'a>(
    seen: &Gathered<'a>,
    offsets: &Offsets,
    ticket: u64,
    zero: Nanos,
) -> Option<Heard<'a>> {
    let first: &'a SoundOnset = seen.sounds.get(&ticket)?;
    let onset = first.onset_ns?;
    Some(Heard {
        sound: &first.sound,
        onset: micros(wide(onset) + wide(offsets.at(onset)) - wide(zero)),
        delay: first.lag_ns.map(|lag| micros(wide(lag))),
        basis: first.basis,
    })
}

/// How many sounds of screens that were seen were not played, by name and reason. A practice and what was taken back are no
/// part of the run.
pub(super) fn unplayed<'a>(seen: &Gathered<'a>) -> BTreeMap<(&'a str, &'a str), usize> {
    let counted = |ticket: u64| {
        let shown = seen.onsets.iter().find(|o| o.ticket == ticket);
        shown.is_some_and(|o| !o.covered && !seen.phases[&o.phase].practice)
    };
    let mut all = BTreeMap::new();
    for sound in seen.unheard.iter().filter(|s| counted(s.ticket)) {
        let why = sound.error.as_deref().unwrap_or("no reason is known");
        *all.entry((sound.sound.as_str(), why)).or_default() += 1;
    }
    all
}
