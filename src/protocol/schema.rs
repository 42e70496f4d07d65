//! What a protocol can say. Every value here has been checked: names that are referred to exist, durations
//! are positive, templates use known variables. `parse` makes these from TOML; docs/protocol-reference.md
//! describes each key for experimenters.

use crate::ground::recipe::Look;
use crate::ground::record::Place;
use crate::ground::scene::{Extent, Figures, PictureSize, Rgb, Shape};
use indexmap::IndexMap;

/// A text in which `{name}` stands for a variable: of a factor level, of an allocation, a block counter,
/// `sub`, `ses`, `run`, or `name.column` for a picture drawn as `name` (in `trial_type`, columns, right answers).
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
    pub phases: IndexMap<String, PhaseDef>,
    pub blocks: IndexMap<String, BlockDef>,
    /// Names of phases and blocks, in the order of the run.
    pub sequence: Vec<String>,
    /// Descriptions and HED of each value of `trial_type`, for the events sidecar.
    pub trial_types: IndexMap<String, TrialTypeDoc>,
    /// Descriptions of the columns that phases add to their rows.
    pub columns: IndexMap<String, ColumnDoc>,
    pub simulate: Simulate,
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
    /// The stimulus table, relative to the stimuli folder.
    pub stimuli: Option<String>,
    pub background: Rgb,
    /// Colour of text, fixation and scales unless they say otherwise.
    pub color: Rgb,
    pub cog_atlas_id: Option<String>,
    pub cog_po_id: Option<String>,
    /// The language of what is written in the protocol itself, and of runs that ask for no other: `en`.
    pub language: String,
}

/// A variable given by who comes and when: value number `(allocation / every + visit * per_visit) mod n`.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocate {
    /// Plain texts, or words.
    pub values: Vec<Template>,
    /// So many allocation indices in a row share a value.
    pub every: u32,
    /// Steps taken from one visit to the next.
    pub per_visit: u32,
}

/// Pictures drawn without replacement within a run, in random order, from the rows of the stimulus table whose
/// columns have these values (`*` accepts any).
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    pub filter: IndexMap<String, Template>,
    /// When every row has been shown all of them come again, in a new order; otherwise none comes twice in a run.
    pub reuse: bool,
}

/// How long a phase lasts.
#[derive(Clone, Debug, PartialEq)]
pub enum DurationDef {
    Seconds(f64),
    /// Screen refreshes.
    Frames(u32),
    /// One of these at random, in seconds; each used equally often where the phase comes that often.
    Choose(Vec<f64>),
    /// Uniformly at random between two values, in seconds.
    Uniform(f64, f64),
    /// Until one of these meanings is pressed. What follows begins a new segment.
    UntilResponse(Vec<String>),
    /// Until the first counted pulse of the scanner. What follows begins a new segment.
    UntilTrigger,
}

/// One screen for one stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseDef {
    pub duration: DurationDef,
    /// Left out of runs at the other place.
    pub only: Option<Place>,
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
}

/// Keys that count as an answer from the onset of a phase on.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseDef {
    /// Meanings that count (the rig says which keys have them).
    pub keys: Vec<String>,
    /// What each of them stands for; empty where they stand for themselves.
    pub answers: IndexMap<String, Template>,
    /// The right one, where there is one.
    pub correct: Option<Template>,
    /// Seconds from onset; a press before that is an anticipation.
    pub anticipation: f64,
    /// Seconds from onset; the phase's own duration where absent. May outlast the phase.
    pub window: Option<f64>,
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
    /// A picture drawn from the source of that name.
    Picture {
        from: String,
        size: PictureSize,
        look: Look,
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

/// A rating scale.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleDef {
    pub kind: ScaleKindDef,
    pub question: Template,
    /// Value at the left end.
    pub left: f64,
    /// Value at the right end; below `left` for a scale that runs backwards.
    pub right: f64,
    /// Words under the line from left to right: none, two, or three with one for the middle.
    pub anchors: Vec<Template>,
    /// Where this comes out as `yes` the scale stands on the screen the other way round: labels, anchors, figures and ends are
    /// exchanged, and a value means the same as ever.
    pub reverse: Option<Template>,
    /// What a higher value means: `more_distress`, `less_distress`, or a word of one's own.
    pub higher_means: String,
    pub unit: Option<String>,
    pub start: ScaleStart,
    /// Meanings of the keys that move left, move right and confirm.
    pub keys: ScaleKeys,
    /// One press moves the marker this far (share of the scale); with points it is one point.
    pub step: f64,
    pub hold: Hold,
    /// With points: seconds from one step to the next while a key is held.
    pub repeat: f64,
    /// Whether a mouse or trackball moves it, where the rig has one.
    pub pointer: bool,
    /// Rated while other things are shown; it goes on through consecutive phases that show it.
    pub continuous: bool,
    /// The last seconds are counted down, where given.
    pub countdown: Option<f64>,
    pub width: Extent,
    pub text_height: Extent,
    pub color: Option<Rgb>,
}

/// The kinds of scale.
#[derive(Clone, Debug, PartialEq)]
pub enum ScaleKindDef {
    /// Visual analogue scale: a line.
    Vas,
    /// Likert scale: a row of points, each with its label (which may be empty), from left to right.
    Likert { labels: Vec<Template> },
    /// Self-assessment manikin: drawn figures, with points under and between them.
    Sam { figures: Figures, points: u32 },
}

impl ScaleKindDef {
    /// How many points it has; none for a line.
    pub fn points(&self) -> Option<u32> {
        match self {
            ScaleKindDef::Vas => None,
            ScaleKindDef::Likert { labels } => Some(labels.len() as u32),
            ScaleKindDef::Sam { points, .. } => Some(*points),
        }
    }
}

/// Where the marker begins, as a share of the scale from the left; with points, on the nearest of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScaleStart {
    At(f64),
    /// Uniformly at random between two shares.
    Random(f64, f64),
}

/// Meanings of the keys of a scale. Without `confirm` the rating ends with the phase alone; where `left` or `right` is
/// empty, which needs `pick`, no key moves the marker that way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleKeys {
    pub left: String,
    pub right: String,
    pub confirm: Option<String>,
    /// With points: the keys that choose a point at once, from the left; empty, or one for each point.
    pub pick: Vec<String>,
    /// Such a key confirms as well.
    pub pick_confirms: bool,
}

/// A held key: after `delay` seconds the marker glides, from `speed` with `acceleration` up to `top_speed`
/// (scales per second).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hold {
    pub delay: f64,
    pub speed: f64,
    pub acceleration: f64,
    pub top_speed: f64,
}

/// A part of the run that is repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockDef {
    /// Factors whose levels are crossed; each combination is one pass. Empty: plain repetition.
    pub each: Vec<String>,
    /// How often each combination comes.
    pub cycles: u32,
    pub order: OrderDef,
    /// At most so many passes in a row in which the variable has one value.
    pub max_in_row: IndexMap<String, u32>,
    /// Practice: nothing in it is ever counted, and it has no rows.
    pub practice: bool,
    /// A variable that counts the passes of the whole run, from 1.
    pub count: Option<String>,
    /// Names of phases and blocks.
    pub contents: Vec<String>,
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
    /// Row `allocation` of a Latin square over the combinations, again in each cycle.
    Latin,
    /// These levels of the one factor, in this order.
    Explicit(Vec<String>),
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

/// What a simulated participant does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Simulate {
    pub rating: SimRating,
    /// Ratings on single scales, by name; the others follow `rating`.
    pub scales: IndexMap<String, SimRating>,
    pub response: SimResponse,
}

/// Simulated ratings: value = mean of the condition + visit * `per_visit` + normal deviations of person,
/// person by condition, person by visit, and trial. All in units of the scale.
#[derive(Clone, Debug, PartialEq)]
pub struct SimRating {
    /// The variable whose value chooses the mean.
    pub by: Option<String>,
    pub mean: IndexMap<String, f64>,
    /// Mean where `by` is absent or its value has none.
    pub default: f64,
    pub per_visit: f64,
    pub person_sd: f64,
    pub condition_sd: f64,
    pub visit_sd: f64,
    pub trial_sd: f64,
    /// Share of ratings in which nothing is pressed.
    pub miss: f64,
    /// Share of ratings that are confirmed.
    pub confirm: f64,
    /// Median time to the first press, in seconds.
    pub latency: f64,
}

/// Simulated button answers: right with probability `accuracy`, after a log-normal time.
#[derive(Clone, Debug, PartialEq)]
pub struct SimResponse {
    pub by: Option<String>,
    pub accuracy: IndexMap<String, f64>,
    pub default: f64,
    /// Median reaction time in seconds.
    pub rt: f64,
    /// Standard deviation of the logarithm of the reaction time.
    pub rt_spread: f64,
    /// Seconds added at each later visit.
    pub per_visit: f64,
    pub miss: f64,
    /// Share of answers that come before the picture can have been seen.
    pub anticipation: f64,
}

impl Default for SimRating {
    fn default() -> Self {
        SimRating {
            by: None,
            mean: IndexMap::new(),
            default: 0.0,
            per_visit: 2.16,
            person_sd: 8.0,
            condition_sd: 3.0,
            visit_sd: 4.5,
            trial_sd: 5.0,
            miss: 0.03,
            confirm: 0.8,
            latency: 0.8,
        }
    }
}

impl Default for SimResponse {
    fn default() -> Self {
        SimResponse {
            by: None,
            accuracy: IndexMap::new(),
            default: 0.92,
            rt: 0.65,
            rt_spread: 0.25,
            per_visit: 0.03,
            miss: 0.03,
            anticipation: 0.005,
        }
    }
}
