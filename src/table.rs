//! A stimulus table: one row a picture, with its file and whatever else is known of it.
//! It knows the table's text, and the bounds of paths, never the files themselves.

pub mod parse;

use crate::ground::scene::StimulusId;
use indexmap::IndexMap;

/// A checked stimulus table.
#[derive(Clone, Debug, PartialEq)]
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
