//! `reframe schema`: the keys of a protocol for editors, on standard output.

use super::failure::{Exit, Failure};
use super::say;
use crate::protocol::json_schema::json_schema;

/// Prints the JSON Schema.
pub fn run() -> Result<Exit, Failure> {
    let text = serde_json::to_string_pretty(&json_schema()).map_err(Failure::wrong)?;
    say(format_args!("{text}\n"));
    Ok(Exit::Done)
}
