//! Pictures are drawn from the stimulus table: without replacement within a run, or as a deck that is shuffled anew
//! when it is through. Those of the practice and those of the run are kept apart.

use super::filter::Filter;
use super::{Chance, CompileError, Occurrence};
use crate::ground::paths::is_inner_path;
use crate::ground::scene::StimulusId;
use crate::plan::schema::PictureRef;
use crate::protocol::schema::{ElementKindDef, PictureOf, Protocol, Template};
use crate::table::Table;
use indexmap::IndexMap;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The pictures of a run.
pub(super) struct Drawn {
    /// For each occurrence, the picture of each source that it shows.
    pub shown: Vec<IndexMap<String, StimulusId>>,
    /// Every picture in order of first use.
    pub pictures: IndexMap<StimulusId, PictureRef>,
}

/// The pictures of one kind, in the order in which they will come.
struct Bag {
    /// All of them, in the order of the table.
    rows: Vec<StimulusId>,
    /// Whether the run and the practice have claimed them.
    claimed: [bool; 2],
    /// The last one comes next.
    left: Vec<StimulusId>,
    last: Option<StimulusId>,
    rng: ChaCha8Rng,
}

impl Bag {
    fn of(rows: Vec<StimulusId>, mut rng: ChaCha8Rng) -> Bag {
        let mut left = rows.clone();
        left.shuffle(&mut rng);
        Bag { rows, claimed: [false; 2], left, last: None, rng }
    }

    /// The next one that is not among those `used`.
    fn draw(&mut self, used: impl Fn(&StimulusId) -> bool) -> Option<StimulusId> {
        std::iter::from_fn(|| self.left.pop()).find(|id| !used(id))
    }

    /// The next one of a deck, but for those `shown` beside it: when none is left, all of them are shuffled again, and
    /// where there are several the first is not the one that came last.
    fn deal(&mut self, shown: impl Fn(&StimulusId) -> bool) -> Option<StimulusId> {
        if self.left.iter().all(&shown) {
            // Those that have to wait come first in the next round.
            let waiting = std::mem::take(&mut self.left);
            self.left = self.rows.iter().filter(|id| !waiting.contains(id)).cloned().collect();
            while self.left.len() > 1 {
                self.left.shuffle(&mut self.rng);
                if self.left.last() != self.last.as_ref() {
                    break;
                }
            }
            self.left.extend(waiting);
        }
        let place = self.left.iter().rposition(|id| !shown(id))?;
        self.last = Some(self.left.remove(place));
        self.last.clone()
    }
}

/// A kind of pictures: those of a source with one filter.
type Kind = (String, Filter);

/// Draws the pictures of every occurrence; those that are not kept take theirs with them. Where `spare` tells of pictures that
/// were seen, others of their kind come in their place as long as there are some that nothing else shows.
pub(super) fn draw(
    protocol: &Protocol,
    table: Option<&Table>,
    (occurrences, kept): (&[Occurrence], &[bool]),
    spare: Option<Known<'_>>,
    chance: &Chance<'_>,
) -> Result<Drawn, CompileError> {
    let mut bags: IndexMap<Kind, Bag> = IndexMap::new();
    let mut used: HashSet<(String, StimulusId)> = HashSet::new();
    // What each source gave last, in the practice and in the run.
    let mut last: IndexMap<(bool, String), StimulusId> = IndexMap::new();
    let mut shown_by: Vec<IndexMap<String, StimulusId>> = Vec::new();
    let mut owners = Owners::default();
    for occurrence in occurrences {
        let mut here: IndexMap<String, StimulusId> = IndexMap::new();
        let practice = occurrence.practice.is_some();
        for (from, same) in sources(protocol, &occurrence.name) {
            let table = table.ok_or(CompileError::NoTable)?;
            let before = (practice, from.to_string());
            if same {
                let name = || (occurrence.name.clone(), from.to_string());
                let nothing = || CompileError::NothingDrawn(name().0, name().1);
                here.insert(from.to_string(), last.get(&before).ok_or_else(nothing)?.clone());
                continue;
            }
            let filter = resolve(protocol, table, from, occurrence, &here)?;
            let key = (from.to_string(), filter);
            if !bags.contains_key(&key) {
                key.1.suits(table, from)?;
                let rng = chance.stream(&["pictures", from, &key.1.told()]);
                bags.insert(key.clone(), Bag::of(key.1.rows(table), rng));
            }
            let reuse = protocol.pictures[from].reuse;
            let bag = bags.get_mut(&key).expect("it was put there");
            if !std::mem::replace(&mut bag.claimed[usize::from(practice)], true) {
                owners.claim(from, practice, &bag.rows)?;
            }
            let shown = |id: &StimulusId| here.values().any(|h| h == id);
            let pick = match reuse {
                true => bag.deal(shown),
                false => bag.draw(|id| shown(id) || used.contains(&(from.to_string(), id.clone()))),
            };
            let pick = pick.ok_or_else(|| CompileError::NotEnoughPictures {
                from: from.to_string(),
                filter: key.1.told(),
                needed: count(protocol, table, occurrences, from, &key.1),
                found: bags[&key].rows.len(),
            })?;
            used.insert((from.to_string(), pick.clone()));
            last.insert(before, pick.clone());
            here.insert(from.to_string(), pick);
        }
        shown_by.push(here);
    }
    if let (Some(known), Some(table)) = (spare, table) {
        let spares = Spares { protocol, table, chance, known, used };
        spares.replace(occurrences, kept, &mut shown_by)?;
    }
    let mut pictures = IndexMap::new();
    for ((occurrence, here), _) in occurrences.iter().zip(&shown_by).zip(kept).filter(|(_, k)| **k)
    {
        for id in here.values() {
            let Some(row) = table.and_then(|t| t.rows.get(id)) else { continue };
            pictures.entry(id.clone()).or_insert_with(|| PictureRef {
                file: row.file.clone(),
                share: row.share,
                database: row.database.clone(),
            });
        }
        named(protocol, table, occurrence, &mut pictures)?;
    }
    Ok(Drawn { shown: shown_by, pictures })
}

/// Files of pictures that the person has seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    /// In the run that was interrupted.
    pub here: &'a BTreeSet<String>,
    /// In whatever run.
    pub ever: &'a BTreeSet<String>,
}

/// Puts pictures that were not seen in the place of those that were.
struct Spares<'a> {
    protocol: &'a Protocol,
    table: &'a Table,
    chance: &'a Chance<'a>,
    /// Files.
    known: Known<'a>,
    /// What the whole plan shows, by source.
    used: HashSet<(String, StimulusId)>,
}

impl Spares<'_> {
    fn replace(
        mut self,
        occurrences: &[Occurrence],
        kept: &[bool],
        shown: &mut [IndexMap<String, StimulusId>],
    ) -> Result<(), CompileError> {
        let mut last: IndexMap<String, StimulusId> = IndexMap::new();
        let coming = |i: usize| kept[i] && occurrences[i].practice.is_none();
        for i in (0..occurrences.len()).filter(|&i| coming(i)) {
            let mut here = IndexMap::new();
            for (from, same) in sources(self.protocol, &occurrences[i].name) {
                let planned = shown[i][from].clone();
                let pick = match same {
                    true => last.get(from).cloned().unwrap_or(planned),
                    false => self.pick(from, &occurrences[i], &here, planned)?,
                };
                last.insert(from.to_string(), pick.clone());
                here.insert(from.to_string(), pick);
            }
            shown[i] = here;
        }
        Ok(())
    }

    fn is_in(&self, id: &StimulusId, files: &BTreeSet<String>) -> bool {
        self.table.rows.get(id).is_some_and(|row| files.contains(&row.file))
    }

    /// The planned picture, or a spare one of its kind; the planned one again where there is none.
    fn pick(
        &mut self,
        from: &str,
        occurrence: &Occurrence,
        here: &IndexMap<String, StimulusId>,
        planned: StimulusId,
    ) -> Result<StimulusId, CompileError> {
        let filter = resolve(self.protocol, self.table, from, occurrence, here)?;
        let mut rows = filter.rows(self.table);
        // Where a picture beside it was replaced, it may be of another kind now.
        let fits = rows.contains(&planned);
        let again = self.is_in(&planned, self.known.here) && !self.protocol.pictures[from].reuse;
        if fits && !again {
            return Ok(planned);
        }
        rows.shuffle(&mut self.chance.stream(&["pictures", from, &filter.told(), "spare"]));
        let elsewhere = |id: &StimulusId| self.used.iter().any(|(_, used)| used == id);
        let free = |id: &&StimulusId| !self.is_in(id, self.known.here) && !elsewhere(id);
        let new = |id: &&StimulusId| free(id) && !self.is_in(id, self.known.ever);
        // One that was seen another time is better than one that was seen in this run.
        match rows.iter().find(new).or_else(|| rows.iter().find(free)) {
            Some(spare) => {
                self.used.insert((from.to_string(), spare.clone()));
                Ok(spare.clone())
            }
            None if fits => Ok(planned),
            None => Err(CompileError::NotEnoughPictures {
                from: from.to_string(),
                filter: filter.told(),
                needed: 1,
                found: 0,
            }),
        }
    }
}

/// Which rows the practice may show and which the run: no row belongs to both, whether it is drawn or not.
#[derive(Default)]
struct Owners {
    /// The source that claimed a row first, by whether it is of the practice.
    rows: [HashMap<StimulusId, String>; 2],
}

impl Owners {
    fn claim(
        &mut self,
        from: &str,
        practice: bool,
        rows: &[StimulusId],
    ) -> Result<(), CompileError> {
        for id in rows {
            if let Some(other) = self.rows[usize::from(!practice)].get(id) {
                let (own, other) = (from.to_string(), other.clone());
                let (practice, run) = if practice { (own, other) } else { (other, own) };
                return Err(CompileError::PracticePicture { picture: id.0.clone(), practice, run });
            }
            let owner = self.rows[usize::from(practice)].entry(id.clone());
            owner.or_insert_with(|| from.to_string());
        }
        Ok(())
    }
}

/// The picture sources that a phase shows, each once, with whether it shows what was drawn before and nothing new.
fn sources<'a>(protocol: &'a Protocol, phase: &str) -> IndexMap<&'a str, bool> {
    let mut found = IndexMap::new();
    for element in &protocol.phases[phase].elements {
        let ElementKindDef::Picture { of: PictureOf::Drawn { from, same }, .. } = &element.kind
        else {
            continue;
        };
        *found.entry(from.as_str()).or_insert(true) &= *same;
    }
    found
}

/// The conditions of a source for a phase, with what the pictures before it in the same phase say.
fn resolve(
    protocol: &Protocol,
    table: &Table,
    from: &str,
    occurrence: &Occurrence,
    here: &IndexMap<String, StimulusId>,
) -> Result<Filter, CompileError> {
    let lookup = |name: &str| match name.split_once('.') {
        Some((source, column)) => {
            table.rows[here.get(source)?].values.get(column).map(String::as_str)
        }
        None => occurrence.variables.get(name).map(String::as_str),
    };
    let fill = |text: &Template| {
        text.fill(lookup).map_err(|v| CompileError::UnknownVariable(v, occurrence.name.clone()))
    };
    protocol.pictures[from]
        .filter
        .iter()
        .map(|(column, any)| {
            let any = any.iter().map(fill).collect::<Result<Vec<_>, _>>()?;
            Ok((column.clone(), any))
        })
        .collect()
}

/// The picture with a file: by its row where the table has one, else by its path.
pub(super) fn of_file(table: Option<&Table>, file: &str) -> StimulusId {
    let row = table.and_then(|t| t.rows.values().find(|r| r.file == file));
    row.map_or_else(|| StimulusId(file.to_string()), |r| r.id.clone())
}

/// Notes the pictures that a phase names by file.
fn named(
    protocol: &Protocol,
    table: Option<&Table>,
    occurrence: &Occurrence,
    pictures: &mut IndexMap<StimulusId, PictureRef>,
) -> Result<(), CompileError> {
    for element in &protocol.phases[&occurrence.name].elements {
        let ElementKindDef::Picture { of: PictureOf::File(file), .. } = &element.kind else {
            continue;
        };
        let fill = |v: &str| occurrence.variables.get(v).map(String::as_str);
        let file = file
            .fill(fill)
            .map_err(|v| CompileError::UnknownVariable(v, occurrence.name.clone()))?;
        if !is_inner_path(&file) {
            let remedy = "letters, digits, \"+\", \"_\", \".\", \"-\", with \"/\" between folders, name a file there";
            return Err(CompileError::File(occurrence.name.clone(), file, remedy));
        }
        let id = of_file(table, &file);
        let row = table.and_then(|t| t.rows.get(&id));
        pictures.entry(id).or_insert_with(|| PictureRef {
            share: row.is_some_and(|r| r.share),
            database: row.and_then(|r| r.database.clone()),
            file,
        });
    }
    Ok(())
}

/// How often the whole run asks a source for pictures of this kind.
fn count(
    protocol: &Protocol,
    table: &Table,
    occurrences: &[Occurrence],
    from: &str,
    filter: &Filter,
) -> usize {
    let same = |o: &&Occurrence| {
        sources(protocol, &o.name).get(from) == Some(&false)
            && resolve(protocol, table, from, o, &IndexMap::new()).is_ok_and(|f| f == *filter)
    };
    occurrences.iter().filter(same).count().max(1)
}
