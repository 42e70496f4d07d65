//! A stimulus table: one row a picture, with its file and whatever else is known of it.
//! It knows the table's text, and the bounds of paths, never the files themselves.

pub mod parse;

use crate::ground::scene::StimulusId;
use indexmap::IndexMap;

/// A checked stimulus table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Names of the columns, in order.
    pub columns: Vec<String>,
    /// Rows by stimulus id, in order.
    pub rows: IndexMap<StimulusId, Stimulus>,
}

/// One picture of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    pub id: StimulusId,
    /// Relative to the stimuli folder; never leaves it.
    pub file: String,
    /// False for pictures that may not be copied into a dataset (column `share` = `no`).
    pub share: bool,
    /// Database the picture comes from, where the table says.
    pub database: Option<String>,
    /// All cells of the row by column name.
    pub values: IndexMap<String, String>,
}

impl Table {
    /// Two tables as one. A row has `n/a` in the columns that only the other table has.
    ///
    /// # Errors
    /// An id that both have.
    pub fn joined(mut first: Table, second: Table) -> Result<Table, String> {
        if let Some(twice) = second.rows.keys().find(|id| first.rows.contains_key(*id)) {
            return Err(twice.0.clone());
        }
        let new = second.columns.into_iter().filter(|c| !first.columns.contains(c));
        let new: Vec<String> = new.collect();
        first.columns.extend(new);
        first.rows.extend(second.rows);
        for row in first.rows.values_mut() {
            for column in &first.columns {
                if !row.values.contains_key(column) {
                    row.values.insert(column.clone(), "n/a".into());
                }
            }
        }
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_tables_have_all_columns_and_no_id_twice() {
        let table = |column: &str, id: &str| {
            let text = format!("id\tfile\t{column}\n{id}\t{id}.png\tx\n");
            let source = crate::ground::diagnostic::Source { path: "t.tsv".into(), text };
            parse::parse(&source).unwrap()
        };
        let both = Table::joined(table("sex", "a"), table("shape", "b")).unwrap();
        assert_eq!(both.columns, ["id", "file", "sex", "shape"]);
        let a = &both.rows[&StimulusId("a".into())].values;
        assert_eq!((a["sex"].as_str(), a["shape"].as_str()), ("x", "n/a"));
        assert_eq!(Table::joined(table("sex", "a"), table("sex", "a")), Err("a".to_string()));
    }
}
