//! Pictures are drawn from the stimulus table without replacement within a run.

use super::{Chance, CompileError, Occurrence};
use crate::ground::scene::StimulusId;
use crate::plan::schema::PictureRef;
use crate::protocol::schema::{ElementKindDef, Protocol};
use crate::table::Table;
use indexmap::{IndexMap, IndexSet};
use rand::seq::SliceRandom;

/// The pictures of a run.
pub(super) struct Drawn {
    /// For each occurrence, the picture of each source that it shows.
    pub shown: Vec<IndexMap<String, StimulusId>>,
    /// Every picture in order of first use.
    pub pictures: IndexMap<StimulusId, PictureRef>,
}

/// Draws the pictures of every occurrence.
pub(super) fn draw(
    protocol: &Protocol,
    table: Option<&Table>,
    occurrences: &[Occurrence],
    chance: &Chance<'_>,
) -> Result<Drawn, CompileError> {
    let mut bags: IndexMap<(String, String), Vec<StimulusId>> = IndexMap::new();
    let mut used: IndexSet<(String, StimulusId)> = IndexSet::new();
    let mut drawn = Drawn { shown: Vec::new(), pictures: IndexMap::new() };
    for occurrence in occurrences {
        let mut here = IndexMap::new();
        for from in sources(protocol, &occurrence.name) {
            let table = table.ok_or(CompileError::NoTable)?;
            let filter = resolve(protocol, from, occurrence)?;
            let key = (from.to_string(), describe(&filter));
            let bag = bags.entry(key.clone()).or_insert_with(|| {
                let mut all: Vec<StimulusId> = matching(table, &filter);
                all.shuffle(&mut chance.stream(&["pictures", from, &key.1]));
                all
            });
            let pick = std::iter::from_fn(|| bag.pop())
                .find(|id| !used.contains(&(from.to_string(), id.clone())))
                .ok_or_else(|| CompileError::NotEnoughPictures {
                    from: from.to_string(),
                    filter: key.1.clone(),
                    needed: count(protocol, occurrences, from, &key.1),
                    found: matching(table, &filter).len(),
                })?;
            used.insert((from.to_string(), pick.clone()));
            let row = &table.rows[&pick];
            drawn.pictures.entry(pick.clone()).or_insert_with(|| PictureRef {
                file: row.file.clone(),
                share: row.share,
                database: row.database.clone(),
            });
            here.insert(from.to_string(), pick);
        }
        drawn.shown.push(here);
    }
    Ok(drawn)
}

/// The picture sources that a phase shows, each once.
fn sources<'a>(protocol: &'a Protocol, phase: &str) -> IndexSet<&'a str> {
    protocol.phases[phase]
        .elements
        .iter()
        .filter_map(|e| match &e.kind {
            ElementKindDef::Picture { from, .. } => Some(from.as_str()),
            _ => None,
        })
        .collect()
}

fn resolve(
    protocol: &Protocol,
    from: &str,
    occurrence: &Occurrence,
) -> Result<IndexMap<String, String>, CompileError> {
    protocol.pictures[from]
        .filter
        .iter()
        .map(|(column, wanted)| {
            let value = wanted
                .fill(|v| occurrence.variables.get(v).map(String::as_str))
                .map_err(|v| CompileError::UnknownVariable(v, occurrence.name.clone()))?;
            Ok((column.clone(), value))
        })
        .collect()
}

fn matching(table: &Table, filter: &IndexMap<String, String>) -> Vec<StimulusId> {
    let fits = |values: &IndexMap<String, String>| {
        filter.iter().all(|(column, value)| value == "*" || values.get(column) == Some(value))
    };
    table.rows.values().filter(|row| fits(&row.values)).map(|row| row.id.clone()).collect()
}

fn describe(filter: &IndexMap<String, String>) -> String {
    let parts: Vec<String> = filter.iter().map(|(c, v)| format!("{c} = {v}")).collect();
    if parts.is_empty() { "no condition".into() } else { parts.join(", ") }
}

/// How often the whole run asks a source for pictures of this kind.
fn count(protocol: &Protocol, occurrences: &[Occurrence], from: &str, filter: &str) -> usize {
    let same = |o: &&Occurrence| {
        sources(protocol, &o.name).contains(from)
            && resolve(protocol, from, o).is_ok_and(|f| describe(&f) == filter)
    };
    occurrences.iter().filter(same).count()
}
