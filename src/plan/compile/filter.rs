//! `where` of a picture source: what the columns of a row must hold. A condition is a list of which one must hold: a
//! plain value, `*`, `!= value`, or a comparison of numbers.

use super::CompileError;
use crate::ground::document::suggest::nearest;
use crate::ground::scene::StimulusId;
use crate::table::{Stimulus, Table};
use indexmap::{IndexMap, IndexSet};

/// Conditions by column, with all variables filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Filter(pub Vec<(String, Vec<String>)>);

/// So many values of a column, and columns of a table, are named.
const NAMED: usize = 8;

/// How a condition compares, longest sign first.
const SIGNS: [&str; 5] = ["!=", "<=", ">=", "<", ">"];

/// The sign of a condition and what it compares with; an empty sign for a plain value.
fn taken_apart(condition: &str) -> (&str, &str) {
    for sign in SIGNS {
        if let Some(rest) = condition.strip_prefix(sign) {
            return (sign, rest.trim_start());
        }
    }
    ("", condition)
}

fn holds(condition: &str, cell: &str) -> bool {
    let (sign, wanted) = taken_apart(condition);
    let numbers = || Some((cell.parse::<f64>().ok()?, wanted.parse::<f64>().ok()?));
    match sign {
        "" => wanted == "*" || wanted == cell,
        "!=" => wanted != cell,
        "<" => numbers().is_some_and(|(a, b)| a < b),
        "<=" => numbers().is_some_and(|(a, b)| a <= b),
        ">" => numbers().is_some_and(|(a, b)| a > b),
        _ => numbers().is_some_and(|(a, b)| a >= b),
    }
}

impl Filter {
    fn fits(&self, row: &Stimulus) -> bool {
        self.0.iter().all(|(column, any)| {
            row.values.get(column).is_some_and(|cell| any.iter().any(|c| holds(c, cell)))
        })
    }

    /// The rows that it lets through, in the order of the table.
    pub fn rows(&self, table: &Table) -> Vec<StimulusId> {
        table.rows.values().filter(|row| self.fits(row)).map(|row| row.id.clone()).collect()
    }

    /// It in words: `set = A, valence = low or high`.
    pub fn told(&self) -> String {
        let condition = |c: &str| match taken_apart(c) {
            ("", _) => format!("= {c}"),
            _ => c.to_string(),
        };
        let parts = self.0.iter().map(|(column, any)| {
            let any: Vec<String> = any.iter().map(|c| condition(c)).collect();
            format!("{column} {}", any.join(" or "))
        });
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() { "no condition".into() } else { parts.join(", ") }
    }

    /// Whether the table has the columns that it names, each plain value somewhere, and numbers where it compares.
    pub fn suits(&self, table: &Table, from: &str) -> Result<(), CompileError> {
        for (column, any) in &self.0 {
            let (from, column) = (from.to_string(), column.clone());
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
            for condition in any {
                let (sign, wanted) = taken_apart(condition);
                let plain = matches!(sign, "" | "!=");
                let numbers = values.iter().any(|v| v.parse::<f64>().is_ok());
                if !plain && (wanted.parse::<f64>().is_err() || !numbers) {
                    let wrong = if numbers { wanted.to_string() } else { some(values) };
                    return Err(CompileError::Comparison { from, column, value: wrong });
                }
                if sign.is_empty() && wanted != "*" && !values.contains(wanted) {
                    let (known, value) = (some(values), wanted.to_string());
                    return Err(CompileError::NoPictureValue { from, column, value, known });
                }
            }
        }
        Ok(())
    }
}

impl FromIterator<(String, Vec<String>)> for Filter {
    fn from_iter<T: IntoIterator<Item = (String, Vec<String>)>>(parts: T) -> Filter {
        let parts: IndexMap<String, Vec<String>> = parts.into_iter().collect();
        Filter(parts.into_iter().collect())
    }
}

/// The first few of them, and how many more there are.
fn some(all: IndexSet<&str>) -> String {
    let names: Vec<&str> = all.iter().copied().take(NAMED).collect();
    let more = all.len().saturating_sub(NAMED);
    let text = names.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_compare_texts_and_numbers() {
        for (condition, cell, expected) in [
            ("angry", "angry", true),
            ("*", "anything", true),
            ("!= angry", "angry", false),
            ("!=angry", "sad", true),
            ("< 4", "3.9", true),
            ("< 4", "n/a", false),
            ("<= 4", "4.0", true),
            (">= 4.5", "4.4", false),
            ("> -1", "0", true),
        ] {
            assert_eq!(holds(condition, cell), expected, "{condition} {cell}");
        }
    }
}
