//! A timeline to TOML that reads well: what it is at the top, a line for each event, and a phase for each trial type that can
//! be given other elements. It decides what things are called and what is shown, and no time.

mod notes;
mod parts;

use super::names::Names;
use super::read::{Events, is_picture};
use super::timeline::{Content, Timeline};
use super::{Made, Wanted};
use crate::ground::document::Problems;
use crate::ground::paths::is_inner_path;
use crate::ground::time::Nanos;
use crate::protocol::RESERVED_COLUMNS;
use indexmap::{IndexMap, IndexSet};

/// The largest protocol that is read, in bytes.
const LARGEST: usize = 4 << 20;
/// The most trial types.
const MOST_TYPES: usize = 200;
/// The most passes of all phases of a block.
const MOST_PASSES: usize = 400_000;
/// What rows are called that have no trial type.
const NO_TYPE: &str = "event";

/// What a phase shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shown {
    Text,
    Picture,
    Placeholder,
}

/// A trial type.
#[derive(Debug)]
struct Kind {
    name: String,
    /// What stands on the screen.
    text: String,
    /// Of the rows that it comes from; several where rows of one onset were joined.
    types: Vec<String>,
}

/// A column that has a value somewhere.
#[derive(Debug)]
struct Column {
    name: String,
    /// The variable that holds it in each event.
    variable: String,
    /// As the file writes it.
    original: String,
    /// Its place among the cells; none for the onset in the file.
    cell: Option<usize>,
}

/// A phase of one trial type.
#[derive(Debug)]
struct Phase {
    name: String,
    kind: usize,
    shown: Shown,
    /// The columns of which its rows have values.
    columns: IndexSet<usize>,
}

/// Everything that has a name, and what each screen shows.
#[derive(Debug)]
struct Script<'a> {
    events: &'a Events,
    time: &'a Timeline,
    wanted: &'a Wanted<'a>,
    kinds: Vec<Kind>,
    columns: Vec<Column>,
    phases: Vec<Phase>,
    /// For each screen, its phase.
    screens: Vec<usize>,
    /// For each mark, its trial type.
    marks: Vec<usize>,
}

/// Writes the protocol. What is too much for one is said.
pub fn write(events: &Events, time: &Timeline, wanted: &Wanted<'_>, problems: &Problems) -> Made {
    let script = Script::of(events, time, wanted);
    let too_many = |what: String, most: String, remedy: &str| {
        problems.error(0..0, what, most, remedy);
    };
    if script.kinds.len() > MOST_TYPES {
        too_many(
            format!("the file has {} trial types", script.kinds.len()),
            format!("at most {MOST_TYPES}"),
            "choose a column with fewer values: --map trial_type=COLUMN",
        );
    }
    if time.screens.len() * (script.phases.len() + 1) > MOST_PASSES {
        too_many(
            format!("{} rows of {} kinds are too many", time.screens.len(), script.phases.len()),
            format!("rows times kinds at most {MOST_PASSES}"),
            "choose a column with fewer values: --map trial_type=COLUMN, or divide the file into runs",
        );
    }
    if problems.has_errors() {
        return Made { text: String::new(), notes: Vec::new() };
    }
    let notes = script.notes();
    let text = script.text(&notes);
    if text.len() > LARGEST {
        too_many(
            format!("the protocol would have {} bytes", text.len()),
            format!("at most {LARGEST}"),
            "remove columns from a copy of the file, or divide it into runs",
        );
    }
    Made { text, notes }
}

impl<'a> Script<'a> {
    fn of(events: &'a Events, time: &'a Timeline, wanted: &'a Wanted<'a>) -> Script<'a> {
        let all = || time.screens.iter().map(|s| &s.what).chain(time.marks.iter().map(|m| &m.what));
        let mut types: IndexSet<&[String]> = all().map(|w| w.kinds.as_slice()).collect();
        types.sort_by_key(|t| all().position(|w| w.kinds == **t));
        let texts: Vec<String> = types.iter().map(|t| t.join(" + ")).collect();
        let plain: Vec<&str> = texts.iter().map(String::as_str).collect();
        let names = Names::of(&plain, NO_TYPE, "", |_| false);
        let kinds = names.into_iter().zip(&types).zip(&texts).map(|((name, types), text)| Kind {
            name,
            text: if text.is_empty() { NO_TYPE.into() } else { text.clone() },
            types: types.to_vec(),
        });
        let mut script = Script {
            events,
            time,
            wanted,
            kinds: kinds.collect(),
            columns: columns(events, time, all()),
            phases: Vec::new(),
            screens: Vec::new(),
            marks: Vec::new(),
        };
        let kind_of = |what: &Content| types.get_index_of(what.kinds.as_slice()).unwrap_or(0);
        script.marks = time.marks.iter().map(|m| kind_of(&m.what)).collect();
        script.screens(kind_of);
        script
    }

    /// Gives each screen its phase.
    fn screens(&mut self, kind_of: impl Fn(&Content) -> usize) {
        let mut names = Names::without(&["start", "armed", "lead_in", "gap", "timeline"]);
        let mut known: IndexMap<(usize, Shown), usize> = IndexMap::new();
        for screen in &self.time.screens {
            let what = &screen.what;
            let (kind, shown) = (kind_of(what), self.shown(what));
            let at = *known.entry((kind, shown)).or_insert_with(|| {
                let name = names.give(&self.kinds[kind].name);
                self.phases.push(Phase { name, kind, shown, columns: IndexSet::new() });
                self.phases.len() - 1
            });
            for (i, column) in self.columns.iter().enumerate() {
                if self.cell(column, what).is_some() {
                    self.phases[at].columns.insert(i);
                }
            }
            self.screens.push(at);
        }
        self.phases.iter_mut().for_each(|p| p.columns.sort_unstable());
    }

    fn shown(&self, what: &Content) -> Shown {
        match what.picture.as_deref() {
            None => Shown::Text,
            Some(picture) => match inner(picture, self.wanted) {
                Some(_) => Shown::Picture,
                None => Shown::Placeholder,
            },
        }
    }

    /// The picture of a screen, as its phase shows it.
    fn picture(&self, what: &Content) -> Option<String> {
        let picture = what.picture.as_deref()?;
        Some(inner(picture, self.wanted).unwrap_or_else(|| path(picture)))
    }

    /// What stands in a column of a row.
    fn cell(&self, column: &Column, what: &Content) -> Option<String> {
        match column.cell {
            Some(cell) => what.cells[cell].clone(),
            None => Some(seconds(what.onset)),
        }
    }
}

/// The columns that have a value somewhere, with names for them.
fn columns<'e>(
    events: &Events,
    time: &Timeline,
    all: impl Iterator<Item = &'e Content> + Clone,
) -> Vec<Column> {
    let mut texts: Vec<&str> = events.columns.iter().map(String::as_str).collect();
    // Where everything is shifted, the onset in the file leads back to it.
    let shifted = time.shift > Nanos::ZERO;
    texts.extend(shifted.then_some("onset"));
    let reserved = |name: &str| RESERVED_COLUMNS.iter().any(|r| r.eq_ignore_ascii_case(name));
    let names = Names::of(&texts, "column", "orig_", reserved);
    let mut variables = Names::without(&[
        "sub", "ses", "run", "visit", "place", "event", "kind", "seconds", "picture", "then", "gap",
    ]);
    let mut found = Vec::new();
    for (i, (name, text)) in names.into_iter().zip(texts).enumerate() {
        let cell = (i < events.columns.len()).then_some(i);
        if cell.is_none_or(|c| all.clone().any(|what| what.cells[c].is_some())) {
            let variable = variables.give(&name);
            found.push(Column { name, variable, original: text.to_string(), cell });
        }
    }
    found
}

/// A path as people write it, as one inside the stimuli folder.
fn path(written: &str) -> String {
    let path = written.replace('\\', "/");
    path.trim_start_matches("./").trim_start_matches('/').to_string()
}

/// The path in the stimuli folder of a picture that is there.
fn inner(written: &str, wanted: &Wanted<'_>) -> Option<String> {
    let path = path(written);
    let below = path.strip_prefix("stimuli/").map(str::to_string);
    let mut ways = std::iter::once(path).chain(below);
    ways.find(|p| is_picture(p) && is_inner_path(p) && (wanted.at_hand)(p))
}

/// Seconds with as many decimals as they need.
fn seconds(time: Nanos) -> String {
    let whole = time.0.unsigned_abs();
    let sign = if time < Nanos::ZERO { "-" } else { "" };
    let text = format!("{sign}{}.{:09}", whole / 1_000_000_000, whole % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// A text in the quotes of TOML, whatever it holds.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_keep_every_nanosecond() {
        for (nanos, text) in [
            (0, "0"),
            (5_000_000_000, "5"),
            (984_643_000, "0.984643"),
            (1, "0.000000001"),
            (-1_500_000_000, "-1.5"),
        ] {
            assert_eq!(seconds(Nanos(nanos)), text);
        }
    }

    #[test]
    fn paths_of_people_become_paths_of_the_stimuli_folder() {
        let at_hand = |p: &str| p == "a/b.png";
        let wanted = Wanted { file: "x", map: &[], tr: None, at_hand: &at_hand };
        for written in ["a/b.png", "a\\b.png", "/a/b.png", "stimuli/a/b.png", "./a/b.png"] {
            assert_eq!(inner(written, &wanted).as_deref(), Some("a/b.png"), "{written}");
        }
        assert_eq!(inner("b.png", &wanted), None);
    }
}
