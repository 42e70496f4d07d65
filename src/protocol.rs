//! A protocol is a task, written in TOML: phases with elements, response windows and scales; nested
//! blocks, factors and orders. This room turns text into a [`schema::Protocol`] that cannot be wrong,
//! or into every problem at once. It knows no paradigm, no picture and no screen.

mod check;
pub mod events;
// A table of keys is read as a table: one key a line.
#[rustfmt::skip]
pub mod keys;
pub mod json_schema;
pub mod languages;
pub mod needs;
pub mod parse;
mod practice;
pub mod schema;
pub mod template;

pub(crate) use check::RESERVED_COLUMNS;
