//! Every key that a protocol may hold, with its type, default, meaning and an example: the one list behind
//! the check for unknown keys and docs/protocol-reference.md. What the values may be is checked in `parse`.

mod data;
mod phase;
mod scale;
mod sound;
mod task;

pub use data::*;
pub use phase::*;
pub use scale::*;
pub use sound::*;
pub use task::*;

use crate::ground::document::keys::{Key, Section};

const fn k(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> Key {
    Key { name, kind, default, meaning, example }
}

pub const TOP: Section = Section {
    head: "At the top of the file",
    about: "`sequence` stands above the first `[...]`. All else is in tables, in any order.",
    keys: &[
        k("sequence", "list of names", "required", "the phases and blocks of a run, in their order", "sequence = [\"welcome\", \"blocks\", \"end\"]"),
        k("task", "table", "required", "the task as a whole", "[task]"),
        k("words", "tables by name", "none", "texts in several languages", "[words.attend]"),
        k("allocate", "tables by name", "none", "variables that follow from who comes and when", "[allocate.set]"),
        k("factor", "tables by name and level", "none", "what is varied, with the variables of each level", "[factor.condition.attend_negative]"),
        k("pictures", "tables by name", "none", "where pictures are drawn from", "[pictures.scene]"),
        k("scale", "tables by name", "none", "rating scales", "[scale.distress]"),
        k("sound", "tables by name", "none", "what phases play", "[sound.attend]"),
        k("phase", "tables by name", "none", "one screen for one stretch of time", "[phase.cue]"),
        k("block", "tables by name", "none", "parts of the run that are repeated", "[block.trials]"),
        k("trial_type", "tables by name", "none", "what each `trial_type` in the events file is", "[trial_type.cue_attend]"),
        k("column", "tables by name", "none", "what each further column of the events file holds", "[column.condition]"),
        k("mark", "list of tables", "none", "moments that get a row of their own", "[[mark]]"),
        k("simulate", "tables `rating`, `scale.NAME` and `response`", "see below", "what a simulated participant does", "[simulate.rating]"),
    ],
};

/// All tables of a protocol, in the order of the reference.
pub const SECTIONS: &[&Section] = &[
    &TOP, &TASK, &WORDS, &PHASE, &DURATION, &RESPONSE, &ELEMENT, &OPACITY, &TEXT, &PICTURE, &LOOK,
    &FIXATION, &RECT, &ELLIPSE, &PLACEHOLDER, &SCALE_ELEMENT, &SCALE, &SCALE_KEYS, &START, &HOLD, &SOUND, &TONE, &CUE, &BLOCK, &FACTOR, &ALLOCATE, &PICTURES,
    &TRIAL_TYPE, &COLUMN, &MARK, &SIMULATE, &SIM_RATING, &SIM_RESPONSE,
];
