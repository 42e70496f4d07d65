//! Names, templates and tables by name, as all tables of a protocol use them.

use crate::ground::document::{Table, short, value::Value};
use crate::protocol::schema::Template;
use crate::protocol::template::brace_fault;
use indexmap::IndexMap;

/// The longest text that a participant is shown, in characters.
pub const LONG_TEXT: usize = 5000;
/// The longest text of a cell or a label, in characters.
pub const SHORT_TEXT: usize = 200;
/// The longest name.
const LONG_NAME: usize = 60;

/// Whether it is a letter followed by letters, digits and underscores.
pub fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && is_level(text)
}

/// Whether it holds letters, digits and underscores only, and is no longer than a name may be.
pub fn is_level(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (1..=LONG_NAME).contains(&text.len()) && text.chars().all(allowed)
}

/// A name: a letter, then letters, digits and underscores.
pub fn name(value: &Value<'_>) -> Option<String> {
    let text = value.text(SHORT_TEXT)?;
    if !is_identifier(&text) {
        value.wrong(
            &format!("is \"{}\"", short(&text)),
            "a letter, then letters, digits and \"_\"",
            "choose a name such as \"left\" or \"block_number\"",
        );
        return None;
    }
    Some(text)
}

/// A list of names.
pub fn names(value: &Value<'_>, least: usize, most: usize, example: &str) -> Option<Vec<String>> {
    let items = value.list(least, most, example)?;
    Some(items.iter().filter_map(name).collect())
}

/// Says of each name that comes twice in a list that it does.
pub fn no_repeats(value: &Value<'_>, remedy: &str) {
    let items = value.items();
    for (i, item) in items.iter().enumerate() {
        if let Some(text) = item.as_str()
            && items[..i].iter().any(|before| before.as_str() == Some(text))
        {
            item.wrong(&format!("is \"{}\" again", short(text)), "each only once", remedy);
        }
    }
}

/// A text in which `{name}` stands for a variable.
pub fn template(value: &Value<'_>, most: usize) -> Option<Template> {
    let text = value.text(most)?;
    if let Some(fault) = brace_fault(&text) {
        value.wrong(fault, "braces enclose a variable's name", "write variables as {name}");
        return None;
    }
    Some(Template(text))
}

/// A template whose text becomes a cell of a table: one line.
pub fn cell(value: &Value<'_>) -> Option<Template> {
    let found = template(value, SHORT_TEXT)?;
    if found.0.contains('\n') || found.0.trim() != found.0 || found.0.is_empty() {
        value.wrong(
            "cannot be a cell of a table",
            "one line, not empty, no spaces at its ends",
            "write the value itself, or leave the key out where there is none (it becomes n/a)",
        );
        return None;
    }
    Some(found)
}

/// Values of one type by name: the tables `[group.NAME]`.
pub fn by_name<'a, T>(
    root: &Table<'a>,
    group: &str,
    example: &str,
    most: usize,
    read: impl Fn(Table<'a>) -> T,
) -> IndexMap<String, T> {
    let mut found = IndexMap::new();
    let Some(table) = root.get(group).and_then(|v| v.table(example)) else {
        return found;
    };
    for (name, span, value) in table.named(format!("[{group}]")).at_most(most) {
        let what = format!("{} \"{}\"", group.replace('_', " "), short(name));
        if !is_identifier(name) {
            root.problems.error(
                span.clone(),
                format!("{what} has a name that cannot be used"),
                "a letter, then letters, digits and \"_\"",
                format!("choose a name as in {example}"),
            );
        }
        if let Some(inner) = value.table(example) {
            found.insert(name.to_string(), read(inner.at(span).named(what)));
        }
    }
    found
}
