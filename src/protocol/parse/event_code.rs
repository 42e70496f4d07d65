//! `marker` of a phase: the code that goes to the rig's marker devices, as a number, a text with a variable, or a table of
//! codes by the values of a variable.

use super::words::{cell, is_identifier};
use crate::ground::document::{short, value::Value};
use crate::protocol::schema::{EventCode, Template};
use indexmap::IndexMap;

/// The largest code: what fits into a byte.
const LARGEST: u32 = 255;
/// The most values that have codes.
const MOST: usize = 255;
const EXAMPLE: &str = "{ emotion = { fearful = 11, happy = 12 } }";

/// Reads the code of a phase.
pub fn event_code(value: &Value<'_>) -> Option<EventCode> {
    if value.is_table() {
        return by_value(value);
    }
    let of = match value.as_str() {
        Some(_) => cell(value)?,
        None => Template(value.count(1, LARGEST)?.to_string()),
    };
    Some(EventCode { of, codes: IndexMap::new() })
}

fn by_value(value: &Value<'_>) -> Option<EventCode> {
    let table = value.table(EXAMPLE)?;
    let mut entries = table.at_most(MOST);
    let (Some((variable, span, codes)), None) = (entries.next(), entries.next()) else {
        let remedy = format!("write for example `{EXAMPLE}`");
        value.wrong("does not name one variable", "one variable with a table of codes", remedy);
        return None;
    };
    if !variable.split('.').all(is_identifier) || variable.split('.').count() > 2 {
        table.problems.error(
            span,
            format!("\"{}\" in {} cannot be a variable", short(variable), table.what),
            "the name of a variable, or \"picture.column\" in quotes",
            format!("write for example `{EXAMPLE}`"),
        );
        return None;
    }
    let inner = codes.table("{ fearful = 11, happy = 12 }")?;
    if inner.is_empty() {
        let remedy = format!("write for example `{EXAMPLE}`");
        codes.wrong("holds no code", "a code for each value of the variable", remedy);
        return None;
    }
    let read = inner.at_most(MOST).filter_map(|(level, _, code)| {
        Some((level.to_string(), u8::try_from(code.count(1, LARGEST)?).ok()?))
    });
    Some(EventCode { of: Template(format!("{{{variable}}}")), codes: read.collect() })
}
