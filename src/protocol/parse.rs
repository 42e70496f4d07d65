//! TOML to [`Protocol`]. Every table is read even when another one is wrong, so that all problems of a file
//! are seen at once; a value that could not be read is replaced by a stand-in, and the whole is given out only
//! when nothing was wrong. What concerns several tables together is in `check`.

mod block;
mod cue;
mod docs;
mod duration;
mod element;
mod event_code;
mod language;
mod length;
mod look;
mod phase;
mod scale;
mod sound;
mod task;
mod words;

pub(super) use words::is_identifier;

use super::schema::Protocol;
use super::{check, keys};
use crate::ground::diagnostic::{Problem, Source};
use crate::ground::document::{self, Problems, Table};

/// The largest protocol file that is read, in bytes.
const LARGEST_FILE: usize = 4 << 20;

/// A protocol that can be used, and what may not be meant in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    pub protocol: Protocol,
    pub warnings: Vec<Problem>,
}

/// Reads a protocol.
///
/// # Errors
/// Every problem of the file, warnings included, where at least one is an error.
pub fn parse(source: &Source) -> Result<Parsed, Vec<Problem>> {
    let document = document::read(source, LARGEST_FILE)?;
    let problems = Problems::default();
    let root = Table::root(&problems, document.get_ref(), "the protocol");
    root.allow(&[&keys::TOP]);
    let protocol = Protocol {
        task: task::task(&root),
        words: language::words(&root),
        allocate: task::allocate(&root),
        factors: task::factors(&root),
        pictures: task::pictures(&root),
        scales: scale::scales(&root),
        sounds: sound::sounds(&root),
        phases: phase::phases(&root),
        blocks: block::blocks(&root),
        sequence: block::sequence(&root),
        trial_types: docs::trial_types(&root),
        columns: docs::columns(&root),
        marks: docs::marks(&root),
        simulate: docs::simulate(&root),
    };
    check::check(&protocol, &root);
    let warnings = problems.finish()?;
    Ok(Parsed { protocol, warnings })
}
