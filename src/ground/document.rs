//! Reading a TOML file with every problem in it: tables and values that know their place in the text and
//! their name in messages. Whoever reads asks for a type and a range and gets the value or nothing; what was
//! wrong is on the list. It knows no key of any file: those are in the [`keys::Section`]s it is given.

pub mod keys;
pub mod suggest;
pub mod value;

use crate::ground::diagnostic::{Problem, Severity, Source};
use keys::Section;
use std::cell::RefCell;
use std::ops::Range;
use suggest::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use value::Value;

/// The most problems that are listed for one file; more only bury the first.
const MOST_PROBLEMS: usize = 100;

/// The problems found so far in one file.
#[derive(Debug, Default)]
pub struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Adds an error, once: the same words at the same place are not repeated.
    pub fn error(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push(Problem::error(span, message, expected, remedy));
    }

    /// Adds a warning, once.
    pub fn warning(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push(Problem::warning(span, message, expected, remedy));
    }

    fn push(&self, problem: Problem) {
        let mut list = self.0.borrow_mut();
        if list.len() < MOST_PROBLEMS && !list.contains(&problem) {
            list.push(problem);
        }
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.borrow().iter().any(|p| p.severity == Severity::Error)
    }

    /// The warnings where there is nothing worse, else everything.
    ///
    /// # Errors
    /// All problems, when one of them is an error.
    pub fn finish(self) -> Result<Vec<Problem>, Vec<Problem>> {
        if self.has_errors() { Err(self.0.into_inner()) } else { Ok(self.0.into_inner()) }
    }
}

/// Reads the text as TOML, up to `limit` bytes.
///
/// # Errors
/// Every place that is not TOML.
pub fn read(source: &Source, limit: usize) -> Result<Spanned<DeTable<'_>>, Vec<Problem>> {
    if source.text.len() > limit {
        let message = format!("the file has {} bytes", source.text.len());
        let expected = format!("at most {limit} bytes are read");
        return Err(vec![Problem::error(0..0, message, expected, "split or shorten the file")]);
    }
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    if errors.is_empty() {
        return Ok(table);
    }
    Err(not_toml(source, &errors))
}

/// The places that are not TOML. A bracket that is left open makes every line after it look wrong: of lines
/// that are wrong one after another only the first is named.
fn not_toml(source: &Source, errors: &[toml::de::Error]) -> Vec<Problem> {
    let mut errors: Vec<_> = errors.iter().map(|e| (e.span().unwrap_or(0..0), e)).collect();
    errors.sort_by_key(|(span, _)| span.start);
    let mut problems = Vec::new();
    let mut last = None;
    for (span, error) in errors {
        let (line, _) = source.line_column(span.start);
        let follows = last.is_some_and(|l| line <= l + 1);
        last = Some(line);
        if follows || problems.len() == MOST_PROBLEMS {
            continue;
        }
        let message = error.message().trim().replace('\n', ", ");
        problems.push(Problem::error(
            span,
            format!("this is not TOML: {message}"),
            "here, or just above",
            "texts stand in \"quotes\", lists in [ ], tables in { }; each key is written once, as \
             `key = value` on a line of its own",
        ));
    }
    problems
}

/// A table of the file.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    pub problems: &'a Problems,
    entries: &'a DeTable<'a>,
    /// Where the table is named, to point at when something is missing in it.
    pub span: Range<usize>,
    /// Its name in messages: `phase "cue"`.
    pub what: String,
}

impl<'a> Table<'a> {
    /// The whole file as a table.
    pub fn root(problems: &'a Problems, entries: &'a DeTable<'a>, what: &str) -> Table<'a> {
        Table { problems, entries, span: 0..0, what: what.to_string() }
    }

    /// The same table under another name in messages.
    pub fn named(self, what: impl Into<String>) -> Table<'a> {
        Table { what: what.into(), ..self }
    }

    /// The same table, pointed at where `span` is.
    pub fn at(self, span: Range<usize>) -> Table<'a> {
        Table { span, ..self }
    }

    /// Says of each key that is in none of the sections what may have been meant.
    pub fn allow(&self, sections: &[&Section]) {
        let known: Vec<&str> =
            sections.iter().flat_map(|s| s.keys.iter().map(|k| k.name)).collect();
        for (key, _) in self.entries.iter() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let expected = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "not a key that can stand here".to_string(),
            };
            self.problems.error(
                key.span(),
                format!("unknown key \"{}\" in {}", short(name), self.what),
                expected,
                format!("known keys: {}", known.join(", ")),
            );
        }
    }

    /// The value of a key, where the key is there.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        let (name, value) = self.entries.get_key_value(key)?;
        Some(Value {
            problems: self.problems,
            value: value.get_ref(),
            span: place(name.span(), value),
            what: format!("\"{}\" of {}", short(key), self.what),
        })
    }

    /// The value of a key that must be there.
    pub fn need(&self, key: &str, expected: &str, example: &str) -> Option<Value<'a>> {
        let value = self.get(key);
        if value.is_none() {
            self.missing(key, expected, example);
        }
        value
    }

    /// Says that a key is missing.
    pub fn missing(&self, key: &str, expected: &str, example: &str) {
        self.problems.error(
            self.span.clone(),
            format!("\"{key}\" is missing in {}", self.what),
            expected,
            format!("add a line such as `{example}`"),
        );
    }

    /// All keys with the place of each name, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Range<usize>, Value<'a>)> + use<'a> {
        let (problems, what) = (self.problems, self.what.clone());
        self.entries.iter().map(move |(name, value)| {
            let span = place(name.span(), value);
            let what = format!("\"{}\" of {what}", short(name.get_ref()));
            let value = Value { problems, value: value.get_ref(), span, what };
            (name.get_ref().as_ref(), name.span(), value)
        })
    }

    /// All keys, of which there may be `most`; says so where there are more.
    pub fn at_most(
        &self,
        most: usize,
    ) -> impl Iterator<Item = (&'a str, Range<usize>, Value<'a>)> + use<'a> {
        if let Some((_, span, _)) = self.entries().nth(most) {
            self.problems.error(
                span,
                format!("{} has {} keys", self.what, self.entries.len()),
                format!("at most {most}"),
                "use factors and variables instead of many keys that are alike",
            );
        }
        self.entries().take(most)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// A value by its path of keys.
    pub fn value(&self, path: &[&str]) -> Option<Value<'a>> {
        let (last, tables) = path.split_last()?;
        let mut table = self.clone();
        for key in tables {
            table = table.get(key)?.as_table()?;
        }
        table.get(last)
    }

    /// The place of a thing by its path of keys and list positions, or of the nearest thing around it.
    pub fn place(&self, path: &[&str]) -> Range<usize> {
        let mut found = self.span.clone();
        let mut table = Some(self.entries);
        let mut list: Option<&[Spanned<DeValue<'_>>]> = None;
        for step in path {
            let next = if let Some(t) = table {
                t.get_key_value(*step).map(|(k, v)| (place(k.span(), v), v.get_ref()))
            } else if let Some(l) = list {
                step.parse::<usize>().ok().and_then(|i| l.get(i)).map(|v| (v.span(), v.get_ref()))
            } else {
                None
            };
            let Some((span, value)) = next else { break };
            found = span;
            table = value.as_table();
            list = value.as_array().map(|a| &a[..]);
        }
        found
    }
}

/// Where to point: at the name of a table or list, at the text of any other value.
fn place(key: Range<usize>, value: &Spanned<DeValue<'_>>) -> Range<usize> {
    match value.get_ref() {
        DeValue::Table(_) | DeValue::Array(_) => key,
        _ => value.span(),
    }
}

/// A text cut to a length that fits into a message.
pub fn short(text: &str) -> String {
    let one_line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match one_line.char_indices().nth(40) {
        Some((end, _)) => format!("{}...", &one_line[..end]),
        None => one_line,
    }
}
