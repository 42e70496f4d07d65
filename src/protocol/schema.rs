//! What a protocol can say. Every value here has been checked: names that are referred to exist, durations
//! are positive, templates use known variables. `parse` makes these from TOML; docs/protocol-reference.md
//! describes each key for experimenters.

mod duration;
mod event_code;
mod scale;
mod simulate;
mod sound;

pub use duration::*;
pub use event_code::*;
pub use scale::*;
pub use simulate::*;
pub use sound::*;

use crate::ground::cue::SoundSource;
use crate::ground::recipe::Look;
use crate::ground::scene::{Extent, PictureSize, Rgb, Shape};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A text in which `{name}` stands for a variable: of a factor level, of an allocation, a block counter,
/// `sub`, `ses`, `run`, `place`, or `name.column` for a picture drawn as `name` (in `trial_type`, columns, right answers).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Template(pub String);

/// A whole task.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    pub task: Task,
    /// Texts by name and language; each language of the task has each of them. A name stands for its text as a variable does.
    pub words: IndexMap<String, IndexMap<String, Template>>,
    /// Variables that follow from who comes and when, by name.
    pub allocate: IndexMap<String, Allocate>,
    /// Factors by name; each level by name; each level's variables. The factor's own name is a variable too,
    /// whose value is the level.
    pub factors: IndexMap<String, IndexMap<String, IndexMap<String, Template>>>,
    /// Where pictures come from, by the name that elements use.
    pub pictures: IndexMap<String, Draw>,
    pub scales: IndexMap<String, ScaleDef>,
    /// What phases play, by the name that they use.
    pub sounds: IndexMap<String, SoundSource>,
    pub phases: IndexMap<String, PhaseDef>,
    pub blocks: IndexMap<String, BlockDef>,
    /// Names of phases and blocks, in the order of the run.
    pub sequence: Vec<String>,
    /// Descriptions and HED of each value of `trial_type`, for the events sidecar.
    pub trial_types: IndexMap<String, TrialTypeDoc>,
    /// Descriptions of the columns that phases add to their rows.
    pub columns: IndexMap<String, ColumnDoc>,
    /// Moments of the timed part that get a row without anything being shown, in order.
    pub marks: Vec<MarkDef>,
    pub simulate: Simulate,
}

/// A moment with a row of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkDef {
    /// Seconds from onset zero.
    pub at: f64,
    pub trial_type: String,
    pub columns: IndexMap<String, Template>,
}

/// The task as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// BIDS task label: letters and digits.
    pub name: String,
    pub title: String,
    pub description: String,
    /// What the participant is told, for the BIDS `Instructions` field.
    pub instructions: Template,
    /// `proposal`, or the publication whose values it holds.
    pub status: String,
    /// Repetition time of the scanner in seconds, where the task is made for one.
    pub tr: Option<f64>,
    /// Stored volumes of a whole run.
    pub volumes: Option<u32>,
    /// The stimulus tables, relative to the stimuli folder; their rows are one table.
    pub stimuli: Vec<String>,
    pub background: Rgb,
    /// Colour of text, fixation and scales unless they say otherwise.
    pub color: Rgb,
    pub cog_atlas_id: Option<String>,
    pub cog_po_id: Option<String>,
    /// The language of what is written in the protocol itself, and of runs that ask for no other: `en`.
    pub language: String,
    /// What a run does that is started again after it was interrupted.
    pub on_restart: OnRestart,
}

/// What a run does that is started again after it was interrupted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRestart {
    /// All of it comes again, with the same pictures.
    Repeat,
    /// All of it comes again, with spare pictures in the place of those that were seen.
    Spare,
    /// What is left comes, beginning with what was interrupted; that with spare pictures.
    #[default]
    Continue,
}

impl OnRestart {
    /// The word for it in protocols and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            OnRestart::Repeat => "repeat",
            OnRestart::Spare => "spare",
            OnRestart::Continue => "continue",
        }
    }
}

/// A variable given by who comes and when: value number `(allocation / every + visit * per_visit + (run - 1) * per_run) mod n`.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocate {
    /// Plain texts, or words.
    pub values: Vec<Template>,
    /// So many allocation indices in a row share a value.
    pub every: u32,
    /// Steps taken from one visit to the next.
    pub per_visit: u32,
    /// Steps taken from one run number to the next.
    pub per_run: u32,
}

/// Pictures drawn without replacement within a run, in random order, from the rows of the stimulus table whose
/// columns have one of these values. A value can be a comparison too: see `plan/compile/filter.rs`.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    pub filter: IndexMap<String, Vec<Template>>,
    /// When every row has been shown all of them come again, in a new order; otherwise none comes twice in a run.
    pub reuse: bool,
}

/// One screen for one stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseDef {
    pub duration: DurationDef,
    /// Left out where a variable has none of these values.
    pub when: When,
    pub elements: Vec<ElementDef>,
    pub response: Option<ResponseDef>,
    /// Meanings that begin the practice anew, on a page at its end.
    pub again: Vec<String>,
    /// Gives the phase a row in the events file.
    pub trial_type: Option<Template>,
    /// Further cells of that row.
    pub columns: IndexMap<String, Template>,
    /// Photodiode patch white from its first frame to its end.
    pub mark: bool,
    /// What recorders beside the screen are told with its first frame.
    pub marker: Option<EventCode>,
    /// What is heard with it.
    pub sounds: Vec<CueDef>,
}

/// Variables with the values that they must have, so that a phase or block is not left out.
pub type When = IndexMap<String, Vec<Template>>;

/// The right answer where the right thing is to press nothing.
pub const NO_PRESS: &str = "none";

/// Keys that count as an answer from the onset of a phase on.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseDef {
    /// Meanings that count (the rig says which keys have them).
    pub keys: Vec<String>,
    /// What each of them stands for; empty where they stand for themselves.
    pub answers: IndexMap<String, Template>,
    /// The right one, where there is one; [`NO_PRESS`] where the right thing is to press nothing.
    pub correct: Option<Template>,
    /// Seconds from onset; a press before that is an anticipation.
    pub anticipation: f64,
    /// How long answers count; as long as the phase where absent.
    pub window: Option<Window>,
}

/// How long answers count, from the onset of a phase. Both may outlast it.
#[derive(Clone, Debug, PartialEq)]
pub enum Window {
    Seconds(f64),
    /// To the end of the next phase of this name.
    Through(String),
}

/// Something on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementDef {
    pub id: String,
    pub x: Extent,
    pub y: Extent,
    pub depth: i32,
    pub opacity: f64,
    pub kind: ElementKindDef,
}

/// The kinds of element that a protocol can place.
#[derive(Clone, Debug, PartialEq)]
pub enum ElementKindDef {
    Picture {
        of: PictureOf,
        size: PictureSize,
        look: Look,
    },
    /// A labelled box where a picture would stand that is not at hand; it makes any run a dry run.
    Placeholder {
        label: Template,
        height: Extent,
    },
    Text {
        text: Template,
        height: Extent,
        wrap: Option<Extent>,
        color: Option<Rgb>,
    },
    Fixation {
        size: Extent,
        thickness: Extent,
        color: Option<Rgb>,
    },
    Rect(Shape),
    Ellipse(Shape),
    /// The scale of that name. At most one in a phase.
    Scale {
        scale: String,
    },
}

/// Which picture it is.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureOf {
    /// A new one from the source of that name; with `same` the one that was drawn from it last.
    Drawn { from: String, same: bool },
    /// The one with this file, in the stimuli folder.
    File(Template),
}

impl ElementKindDef {
    /// The source that its picture is drawn from, if it is such a picture.
    pub fn source(&self) -> Option<&str> {
        match self {
            ElementKindDef::Picture { of: PictureOf::Drawn { from, .. }, .. } => Some(from),
            _ => None,
        }
    }
}

/// A part of the run that is repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockDef {
    /// Factors whose levels are crossed; each combination is one pass. Empty: plain repetition.
    pub each: Vec<String>,
    /// How often each combination comes.
    pub cycles: u32,
    /// How often a level comes in each cycle, by factor and level; once where none is given.
    pub times: IndexMap<String, IndexMap<String, u32>>,
    pub order: OrderDef,
    /// At most so many passes in a row in which a variable has one value.
    pub max_in_row: IndexMap<String, InRow>,
    /// Left out where a variable has none of these values.
    pub when: When,
    /// Practice: nothing in it is ever counted, and it has no rows.
    pub practice: bool,
    /// A variable that counts the passes of the whole run, from 1.
    pub count: Option<String>,
    /// Names of phases and blocks.
    pub contents: Vec<String>,
}

/// How many passes in a row may have one value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InRow {
    /// Whatever the value.
    Any(u32),
    /// By value; the others are free.
    Of(IndexMap<String, u32>),
}

impl InRow {
    /// The bound for a value.
    pub fn most(&self, value: &str) -> Option<u32> {
        match self {
            InRow::Any(most) => Some(*most),
            InRow::Of(values) => values.get(value).copied(),
        }
    }
}

/// In which order the passes of a block come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderDef {
    /// As written, again in each cycle.
    Sequential,
    /// All passes shuffled together.
    Shuffle,
    /// Each cycle holds every combination once, shuffled.
    Cycle,
    /// Row `allocation` of a cyclic Latin square over the combinations, again in each cycle.
    Latin,
    /// Row `allocation` of a Williams design, in which each combination follows each other one equally often.
    Williams,
    /// These levels of the one factor, in this order; they may hold variables of `[allocate]`.
    Explicit(Vec<Template>),
}

/// What a `trial_type` is, for the sidecar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialTypeDoc {
    pub description: String,
    pub hed: String,
}

/// What a column holds, for the sidecar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDoc {
    pub description: String,
    pub units: Option<String>,
    /// Values with their descriptions; empty where any value may stand.
    pub levels: IndexMap<String, String>,
}

impl Protocol {
    /// How many passes one cycle of a block has, where its order does not list them.
    pub fn passes_in_cycle(&self, block: &BlockDef) -> u64 {
        let levels = |factor: &String| {
            let times = block.times.get(factor);
            let often = |level| u64::from(times.and_then(|t| t.get(level)).copied().unwrap_or(1));
            self.factors.get(factor).map_or(1, |l| l.keys().map(often).sum())
        };
        block.each.iter().map(levels).fold(1, u64::saturating_mul)
    }

    /// Whether any phase shows a picture by its file.
    pub fn names_files(&self) -> bool {
        let file = |kind: &ElementKindDef| {
            matches!(kind, ElementKindDef::Picture { of: PictureOf::File(_), .. })
        };
        self.phases.values().any(|p| p.elements.iter().any(|e| file(&e.kind)))
    }

    /// Whether any sound comes from a file.
    pub fn plays_files(&self) -> bool {
        self.sounds.values().any(|s| matches!(s, SoundSource::File(_)))
    }

    /// Whether a phase shows a box in the place of a picture.
    pub fn shows_placeholder(&self, phase: &str) -> bool {
        let boxed = |kind: &ElementKindDef| matches!(kind, ElementKindDef::Placeholder { .. });
        self.phases.get(phase).is_some_and(|p| p.elements.iter().any(|e| boxed(&e.kind)))
    }
}
