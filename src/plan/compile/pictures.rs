//! Pictures are drawn from the stimulus table: without replacement within a run, or as a deck that is shuffled anew
//! when it is through. Those of the practice and those of the run are kept apart.

use super::{Chance, CompileError, Occurrence};
use crate::ground::document::suggest::nearest;
use crate::ground::scene::StimulusId;
use crate::plan::schema::PictureRef;
use crate::protocol::schema::{ElementKindDef, Protocol};
use crate::table::Table;
use indexmap::{IndexMap, IndexSet};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The pictures of a run.
pub(super) struct Drawn {
    /// For each occurrence, the picture of each source that it shows.
    pub shown: Vec<IndexMap<String, StimulusId>>,
    /// Every picture in order of first use.
    pub pictures: IndexMap<StimulusId, PictureRef>,
}

/// The pictures of one kind: those of a source with one filter, in the order in which they will come.
struct Bag {
    /// The last one comes next.
    left: Vec<StimulusId>,
    last: Option<StimulusId>,
    rng: ChaCha8Rng,
}

impl Bag {
    fn of(rows: Vec<StimulusId>, mut rng: ChaCha8Rng) -> Bag {
        let mut left = rows;
        left.shuffle(&mut rng);
        Bag { left, last: None, rng }
    }

    /// The next one that is not among those `used`.
    fn draw(&mut self, used: impl Fn(&StimulusId) -> bool) -> Option<StimulusId> {
        std::iter::from_fn(|| self.left.pop()).find(|id| !used(id))
    }

    /// The next one of a deck: when none is left, all of them are shuffled again, and where there are several the
    /// first is not the one that came last.
    fn deal(&mut self, rows: impl Fn() -> Vec<StimulusId>) -> Option<StimulusId> {
        if self.left.is_empty() {
            self.left = rows();
            while self.left.len() > 1 {
                self.left.shuffle(&mut self.rng);
                if self.left.last() != self.last.as_ref() {
                    break;
                }
            }
        }
        self.last = self.left.pop();
        self.last.clone()
    }
}

/// Draws the pictures of every occurrence.
pub(super) fn draw(
    protocol: &Protocol,
    table: Option<&Table>,
    occurrences: &[Occurrence],
    chance: &Chance<'_>,
) -> Result<Drawn, CompileError> {
    let mut bags: IndexMap<(String, String), Bag> = IndexMap::new();
    let mut used: IndexSet<(String, StimulusId)> = IndexSet::new();
    let mut drawn = Drawn { shown: Vec::new(), pictures: IndexMap::new() };
    let mut owners = Owners::default();
    for occurrence in occurrences {
        let mut here = IndexMap::new();
        for from in sources(protocol, &occurrence.name) {
            let table = table.ok_or(CompileError::NoTable)?;
            let filter = resolve(protocol, from, occurrence)?;
            let key = (from.to_string(), describe(&filter));
            if !bags.contains_key(&key) {
                table_has(table, from, &filter)?;
            }
            owners.claim(&key, occurrence.practice.is_some(), || matching(table, &filter))?;
            let bag = bags.entry(key.clone()).or_insert_with(|| {
                Bag::of(matching(table, &filter), chance.stream(&["pictures", from, &key.1]))
            });
            let pick = match protocol.pictures[from].reuse {
                true => bag.deal(|| matching(table, &filter)),
                false => bag.draw(|id| used.contains(&(from.to_string(), id.clone()))),
            };
            let pick = pick.ok_or_else(|| CompileError::NotEnoughPictures {
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

/// Which rows the practice may show and which the run: no row belongs to both, whether it is drawn or not.
#[derive(Default)]
struct Owners {
    /// Kinds of pictures, by whether they are of the practice, that were looked at.
    seen: IndexSet<(bool, (String, String))>,
    /// The source that claimed a row first, by whether it is of the practice.
    rows: [IndexMap<StimulusId, String>; 2],
}

impl Owners {
    fn claim(
        &mut self,
        key: &(String, String),
        practice: bool,
        rows: impl Fn() -> Vec<StimulusId>,
    ) -> Result<(), CompileError> {
        if !self.seen.insert((practice, key.clone())) {
            return Ok(());
        }
        for id in rows() {
            if let Some(other) = self.rows[usize::from(!practice)].get(&id) {
                let (own, other) = (key.0.clone(), other.clone());
                let (practice, run) = if practice { (own, other) } else { (other, own) };
                return Err(CompileError::PracticePicture { picture: id.0, practice, run });
            }
            self.rows[usize::from(practice)].entry(id).or_insert_with(|| key.0.clone());
        }
        Ok(())
    }
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

/// So many values of a column, and columns of a table, are named.
const NAMED: usize = 8;

/// Whether the table has the columns of a filter, and each of its values somewhere.
fn table_has(
    table: &Table,
    from: &str,
    filter: &IndexMap<String, String>,
) -> Result<(), CompileError> {
    for (column, value) in filter {
        let (from, column, value) = (from.to_string(), column.clone(), value.clone());
        if !table.columns.contains(&column) {
            let columns = || table.columns.iter().map(String::as_str);
            let remedy = match nearest(&column, columns()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("it has {}", some(columns().collect())),
            };
            return Err(CompileError::NoPictureColumn { from, column, remedy });
        }
        let values = table.rows.values().filter_map(|row| row.values.get(&column));
        let values: IndexSet<&str> = values.map(String::as_str).collect();
        if value != "*" && !values.contains(value.as_str()) {
            let known = some(values);
            return Err(CompileError::NoPictureValue { from, column, value, known });
        }
    }
    Ok(())
}

/// The first few of them, and how many more there are.
fn some(all: IndexSet<&str>) -> String {
    let names: Vec<&str> = all.iter().copied().take(NAMED).collect();
    let more = all.len().saturating_sub(NAMED);
    let text = names.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
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
