//! A run that is started again: which of its phases come once more. What was done is taken in whole units: a pass of the
//! innermost block, or of a block that asks something about what lies within it. A unit that was interrupted comes as a
//! whole, and what frames units (a cue before trials) comes where any of them does.

use super::Occurrence;
use crate::ground::record::Place;
use crate::protocol::schema::{ElementDef, ElementKindDef, OnRestart, PhaseDef, Protocol};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a person and of a run before it is planned.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Files of pictures that the person has seen in earlier runs, of any task.
    pub seen: BTreeSet<String>,
    /// The run goes on where another was interrupted.
    pub interrupted: Option<Interrupted>,
}

/// A run that was interrupted, once or several times.
#[derive(Clone, Debug)]
pub struct Interrupted {
    /// Number of the run that was begun first.
    pub first: u32,
    /// Number of the run that was interrupted last.
    pub before: u32,
    /// Which part the new run is, from 2.
    pub part: u32,
    pub mode: OnRestart,
    /// Files of pictures that were seen in one of the parts: these give way to spare ones.
    pub seen: BTreeSet<String>,
    /// The practice was done in one of the parts.
    pub practised: bool,
    /// What each part has done, by places in the whole plan, practice left out.
    pub finished: Vec<BTreeSet<u32>>,
}

/// A pass of a block: its name, and its number among all passes of the run.
type Pass = (String, u32);

/// The places of occurrences in the whole plan; none for practice.
pub(super) fn places(occurrences: &[Occurrence]) -> Vec<Option<u32>> {
    let mut next = 0..;
    let place = |o: &Occurrence| if o.practice.is_some() { None } else { next.next() };
    occurrences.iter().map(place).collect()
}

/// Which occurrences come in a run that is started again.
pub(super) fn kept(
    protocol: &Protocol,
    occurrences: &[Occurrence],
    interrupted: &Interrupted,
    at: Place,
) -> Vec<bool> {
    let places = places(occurrences);
    let parts = &interrupted.finished;
    let done_in = |part: &BTreeSet<u32>, i: usize| places[i].is_none_or(|p| part.contains(&p));
    let done = |i: usize| parts.iter().any(|part| done_in(part, i));
    let has_row = |o: &Occurrence| protocol.phases[&o.name].trial_type.is_some();
    let is_page = |o: &Occurrence| protocol.phases[&o.name].duration.is_page() && !has_row(o);
    let units: Vec<Option<&Pass>> = occurrences.iter().map(|o| unit(protocol, o)).collect();
    // A unit is done that one part has done from end to end.
    let mut by_part: BTreeMap<&Pass, Vec<bool>> = BTreeMap::new();
    for (i, unit) in units.iter().enumerate() {
        let Some(unit) = unit else { continue };
        let whole = by_part.entry(unit).or_insert_with(|| vec![true; parts.len()]);
        whole.iter_mut().zip(parts).for_each(|(whole, part)| *whole &= done_in(part, i));
    }
    let whole: BTreeMap<&Pass, bool> =
        by_part.into_iter().map(|(unit, parts)| (unit, parts.contains(&true))).collect();
    // What is left within a pass, by the units in it.
    let mut left: BTreeMap<&Pass, bool> = BTreeMap::new();
    for (o, unit) in occurrences.iter().zip(&units) {
        let Some(unit) = unit else { continue };
        for pass in o.within.iter().filter(|pass| pass != unit) {
            *left.entry(pass).or_insert(false) |= !whole[unit];
        }
    }
    // How loud sounds are is set anew: nobody knows what the volume was, or whether the headphones are the same.
    let sets_volume = |element: &ElementDef| match &element.kind {
        ElementKindDef::Scale { scale } => protocol.scales[scale].volume,
        _ => false,
    };
    let is_volume = |o: &Occurrence| protocol.phases[&o.name].elements.iter().any(sets_volume);
    let again = |i: usize, o: &Occurrence| match units[i] {
        _ if is_volume(o) => true,
        _ if is_page(o) => !done(i),
        _ if interrupted.mode != OnRestart::Continue => true,
        Some(unit) => left.get(unit).copied().unwrap_or(!whole[unit]),
        None => !has_row(o) || !done(i),
    };
    let mut kept: Vec<bool> = occurrences
        .iter()
        .enumerate()
        .map(|(i, o)| match o.practice {
            Some(_) => !interrupted.practised || is_volume(o),
            None => again(i, o),
        })
        .collect();
    // In a lab nothing but a page begins the run, and nobody should be taken by surprise.
    if at == Place::Lab {
        let first = (0..kept.len()).find(|&i| kept[i] && !is_page(&occurrences[i]));
        let before = 0..first.unwrap_or(0);
        if !before.clone().any(|i| kept[i])
            && let Some(page) = before
                .rev()
                .find(|&i| occurrences[i].practice.is_none() && is_page(&occurrences[i]))
        {
            kept[page] = true;
        }
    }
    kept
}

/// The unit of an occurrence; none outside all blocks.
fn unit<'a>(protocol: &Protocol, o: &'a Occurrence) -> Option<&'a Pass> {
    let asks = |(block, _): &&Pass| {
        let phases = protocol.blocks[block].contents.iter().filter_map(|n| protocol.phases.get(n));
        let asks = |p: &PhaseDef| p.response.is_some() || p.elements.iter().any(is_scale);
        phases.into_iter().any(|p| p.trial_type.is_some() && asks(p))
    };
    o.within.iter().find(asks).or(o.within.last())
}

fn is_scale(element: &ElementDef) -> bool {
    matches!(element.kind, ElementKindDef::Scale { .. })
}

#[cfg(test)]
mod tests;
