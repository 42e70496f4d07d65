//! The tables that say what the task is, who gets what, what is varied and where pictures come from.

use super::language::{self, is_language};
use super::length::color;
use super::words::{
    LONG_TEXT, SHORT_TEXT, by_name, cell, is_identifier, is_level, no_repeats, template,
};
use crate::ground::document::{Table, short, value::Value};
use crate::ground::paths::is_inner_path;
use crate::ground::scene::Rgb;
use crate::protocol::keys;
use crate::protocol::schema::{Allocate, Draw, OnRestart, Task, Template};
use indexmap::IndexMap;

const MOST_VALUES: usize = 200;
/// The most levels of a factor: a fixed timeline has one for each event.
const MOST_LEVELS: usize = 10_000;

/// `[task]`.
pub fn task(root: &Table<'_>) -> Task {
    let table = root
        .need("task", "the table that names the task", "[task]")
        .and_then(|v| v.table("[task]"))
        .map(|t| t.named("[task]"));
    let Some(t) = table else { return stand_in() };
    t.allow(&[&keys::TASK]);
    let name = label(&t);
    let volumes = t.count("volumes", 1, 100_000);
    let tr = t.number("tr", 0.1, 30.0);
    if let (Some(v), false) = (t.get("volumes"), t.has("tr")) {
        v.wrong("needs a repetition time", "\"tr\" in [task]", "add a line such as `tr = 2.0`");
    }
    Task {
        title: t.text("title", SHORT_TEXT).unwrap_or_else(|| name.clone()),
        name,
        description: t.text("description", LONG_TEXT).unwrap_or_default(),
        instructions: t
            .get("instructions")
            .and_then(|v| template(&v, LONG_TEXT))
            .unwrap_or_default(),
        status: t.text("status", 1000).unwrap_or_else(|| "proposal".into()),
        tr,
        volumes,
        stimuli: stimuli(&t).unwrap_or_default(),
        background: color(&t, "background").unwrap_or(Rgb::GREY),
        color: color(&t, "color").unwrap_or(Rgb::BLACK),
        cog_atlas_id: address(&t, "cog_atlas_id"),
        cog_po_id: address(&t, "cog_po_id"),
        language: written_in(&t).unwrap_or_else(|| "en".into()),
        on_restart: t.get("on_restart").and_then(|v| v.word(&RESTARTS)).unwrap_or_default(),
    }
}

const RESTARTS: [(&str, OnRestart); 3] =
    [("repeat", OnRestart::Repeat), ("spare", OnRestart::Spare), ("continue", OnRestart::Continue)];

fn stand_in() -> Task {
    Task {
        name: String::new(),
        title: String::new(),
        description: String::new(),
        instructions: Template::default(),
        status: String::new(),
        tr: None,
        volumes: None,
        stimuli: Vec::new(),
        background: Rgb::GREY,
        color: Rgb::BLACK,
        cog_atlas_id: None,
        cog_po_id: None,
        language: String::new(),
        on_restart: OnRestart::default(),
    }
}

/// The BIDS label: it becomes a part of file names, in which `-` and `_` have a meaning.
fn label(t: &Table<'_>) -> String {
    let Some(value) = t.need("name", "letters and digits", "name = \"reappraisal\"") else {
        return String::new();
    };
    let Some(text) = value.text(LONG_TEXT) else { return String::new() };
    let fits = (1..=40).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric());
    if !fits {
        let message = format!("is \"{}\"", short(&text));
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        let remedy = match plain.is_empty() {
            true => "write for example \"reappraisal\"".to_string(),
            false => format!("write for example \"{plain}\""),
        };
        value.wrong(&message, "1 to 40 letters and digits, as BIDS wants them", remedy);
    }
    text
}

/// The language of what is written in the protocol itself.
fn written_in(t: &Table<'_>) -> Option<String> {
    let value = t.get("language")?;
    let text = value.text(SHORT_TEXT)?;
    if !is_language(&text) {
        let remedy = "write the two letters of ISO 639-1 in lower case, as in `language = \"en\"`";
        value.wrong(&format!("is \"{}\"", short(&text)), language::EXPECTED, remedy);
        return None;
    }
    Some(text)
}

fn stimuli(t: &Table<'_>) -> Option<Vec<String>> {
    let value = t.get("stimuli")?;
    if !value.is_list() {
        return Some(vec![table_path(&value)?]);
    }
    no_repeats(&value, "name each table once");
    value.list(1, 20, "[\"scenes.tsv\", \"faces.tsv\"]")?.iter().map(table_path).collect()
}

fn table_path(value: &Value<'_>) -> Option<String> {
    let path = value.text(SHORT_TEXT)?;
    if is_inner_path(&path) {
        return Some(path);
    }
    value.wrong(
        &format!("is \"{}\"", short(&path)),
        "a path inside the stimuli folder, with \"/\" between its parts",
        "write for example \"scenes.tsv\"",
    );
    None
}

fn address(t: &Table<'_>, key: &str) -> Option<String> {
    let value = t.get(key)?;
    let text = value.text(1000)?;
    if !text.starts_with("https://") && !text.starts_with("http://") || text.contains(' ') {
        let remedy = "copy the address from the web page of the task, or leave the line out";
        value.wrong("is no web address", "an address that begins with https://", remedy);
        return None;
    }
    Some(text)
}

/// `[allocate.VARIABLE]`.
pub fn allocate(root: &Table<'_>) -> IndexMap<String, Allocate> {
    by_name(root, "allocate", "[allocate.set]", 50, |t| {
        t.allow(&[&keys::ALLOCATE]);
        let example = "values = [\"A\", \"B\"]";
        let values = t
            .need("values", "the values, in their order", example)
            .and_then(|v| v.list(1, MOST_VALUES, "[\"A\", \"B\"]"));
        Allocate {
            values: values
                .unwrap_or_default()
                .iter()
                .map(|v| cell(v).unwrap_or_default())
                .collect(),
            every: t.count("every", 1, 100_000).unwrap_or(1),
            per_visit: t.count("per_visit", 0, 100_000).unwrap_or(0),
            per_run: t.count("per_run", 0, 100_000).unwrap_or(0),
        }
    })
}

/// `[factor.NAME.LEVEL]`.
pub fn factors(root: &Table<'_>) -> IndexMap<String, IndexMap<String, IndexMap<String, Template>>> {
    by_name(root, "factor", "[factor.condition.attend]", 50, levels)
}

fn levels(factor: Table<'_>) -> IndexMap<String, IndexMap<String, Template>> {
    let mut levels: IndexMap<String, IndexMap<String, Template>> = IndexMap::new();
    if factor.is_empty() {
        factor.problems.error(
            factor.span.clone(),
            format!("{} has no level", factor.what),
            "at least one table [factor.NAME.LEVEL]",
            "add a table for each level",
        );
    }
    for (level, span, value) in factor.at_most(MOST_LEVELS) {
        let what = format!("level \"{}\" of {}", short(level), factor.what);
        let Some(table) = value.table("[factor.condition.attend]") else { continue };
        if !is_level(level) {
            factor.problems.error(
                span.clone(),
                format!("{what} has a name that cannot be used"),
                "letters, digits and \"_\"",
                "rename the level; what participants see can stand in a variable of it",
            );
        }
        let table = table.at(span).named(what);
        levels.insert(level.to_string(), variables(&table));
    }
    levels
}

fn variables(level: &Table<'_>) -> IndexMap<String, Template> {
    let mut found = IndexMap::new();
    for (name, span, value) in level.at_most(MOST_VALUES) {
        if !is_identifier(name) {
            level.problems.error(
                span,
                format!(
                    "variable \"{}\" of {} has a name that cannot be used",
                    short(name),
                    level.what
                ),
                "a letter, then letters, digits and \"_\"",
                "rename the variable",
            );
        }
        let template = match value.written_number() {
            Some(number) => Some(Template(number)),
            None => template(&value, LONG_TEXT),
        };
        found.insert(name.to_string(), template.unwrap_or_default());
    }
    found
}

/// `[pictures.NAME]`.
pub fn pictures(root: &Table<'_>) -> IndexMap<String, Draw> {
    by_name(root, "pictures", "[pictures.scene]", 100, |t| {
        t.allow(&[&keys::PICTURES]);
        let filter = t.get("where").and_then(|v| v.table("{ valence = \"negative\" }"));
        let filter = filter.map(|f| f.named(format!("\"where\" of {}", t.what)));
        Draw {
            filter: filter.map(|f| choices(&f)).unwrap_or_default(),
            reuse: t.flag("reuse").unwrap_or(false),
        }
    })
}

/// Lists of templates by column or variable: one of them must hold.
pub fn choices(table: &Table<'_>) -> IndexMap<String, Vec<Template>> {
    let mut found = IndexMap::new();
    for (name, span, value) in table.at_most(MOST_VALUES) {
        if !is_identifier(name) {
            table.problems.error(
                span,
                format!("\"{}\" in {} cannot be the name of anything", short(name), table.what),
                "a letter, then letters, digits and \"_\"",
                "correct the name",
            );
        }
        let items = match value.is_list() {
            true => value.list(1, MOST_VALUES, "[\"angry\", \"fearful\"]").unwrap_or_default(),
            false => vec![value],
        };
        found.insert(name.to_string(), items.iter().filter_map(cell).collect());
    }
    found
}

/// Templates by column name.
pub fn cells(table: &Table<'_>) -> IndexMap<String, Template> {
    let mut found = IndexMap::new();
    for (column, span, value) in table.at_most(MOST_VALUES) {
        if !is_identifier(column) {
            table.problems.error(
                span,
                format!("\"{}\" in {} cannot be a column", short(column), table.what),
                "a letter, then letters, digits and \"_\"",
                "rename the column",
            );
        }
        if let Some(template) = cell(&value) {
            found.insert(column.to_string(), template);
        }
    }
    found
}
