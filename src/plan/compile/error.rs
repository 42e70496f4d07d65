//! Why a protocol cannot become a plan; each a sentence with its remedy.

use crate::ground::time::Nanos;
use crate::protocol::languages::NoSuchLanguage;

/// Why a protocol cannot become a plan for this person; each a sentence with its remedy.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CompileError {
    #[error("{0}")]
    Order(String),
    #[error(
        "everything that has a row was shown and answered in the parts that are there: nothing is left to go on with; give \
         another run its own number with --run, or show all again with --resume=repeat"
    )]
    NothingLeft,
    #[error(
        "picture source \"{from}\" needs {needed} pictures with {filter}, and the stimulus table has {found}; add rows \
         to the table, show fewer pictures, or write `reuse = true` into [pictures.{from}] if they may come again"
    )]
    NotEnoughPictures { from: String, filter: String, needed: usize, found: usize },
    #[error(
        "stimulus table has no column \"{column}\", which `where` of picture source \"{from}\" asks for; {remedy}"
    )]
    NoPictureColumn { from: String, column: String, remedy: String },
    #[error(
        "no row of the stimulus table has {column} = {value}, which `where` of picture source \"{from}\" asks for; the column \
         has {known}: correct the one or the other"
    )]
    NoPictureValue { from: String, column: String, value: String, known: String },
    #[error("protocol shows pictures but names no stimulus table; set `stimuli` in [task]")]
    NoTable,
    #[error(
        "variable {{{0}}} has no value in phase \"{1}\"; define it in a factor level or in [allocate]"
    )]
    UnknownVariable(String, String),
    #[error(
        "variable {{{0}}} in `instructions` of [task] has no value; words and variables of [allocate] may stand there"
    )]
    Instructions(String),
    #[error(
        "phase \"{0}\" asks for column \"{1}\" of a picture, and the stimulus table has no such column: it has {2}; correct the \
         name, or add the column"
    )]
    NoColumn(String, String, String),
    #[error(
        "phase \"{0}\" has the trial_type \"{1}\", which is not described; add [trial_type.{1}] with its description \
         and HED"
    )]
    UnknownTrialType(String, String),
    #[error(
        "phase \"{0}\" has the right answer \"{1}\", which is none of its keys ({2}); correct the one or the other"
    )]
    NoSuchAnswer(String, String, String),
    #[error(
        "phase \"{phase}\" takes no press within {:.3} s of its onset for an answer, and its answers count for {:.3} s \
         only; give its response a longer `window`, or an `anticipation` that is shorter (0 takes every press)",
        anticipation.secs(), window.secs()
    )]
    OnlyAnticipations { phase: String, anticipation: Nanos, window: Nanos },
    #[error(
        "`reverse` of scale \"{scale}\" comes out as \"{value}\" in phase \"{phase}\", and only yes and no say how it stands; \
         correct the values of its variable"
    )]
    Reverse { phase: String, scale: String, value: String },
    #[error(
        "picture \"{picture}\" of the practice (source \"{practice}\") belongs to the run as well (source \"{run}\"); give the \
         practice its own pictures: mark them in a column of the stimulus table, and ask for them in a [pictures.NAME] of its own"
    )]
    PracticePicture { picture: String, practice: String, run: String },
    #[error(
        "`duration` of phase \"{0}\": {1}; correct its `total` (practice is not counted) or how often it comes"
    )]
    Jitter(String, String),
    #[error(
        "`{2}` of phase \"{0}\" comes out as \"{1}\", which is no {3}; correct the values of its variable"
    )]
    Length(String, String, &'static str, &'static str),
    #[error(
        "phase \"{phase}\" lasts {frames} frames of {at} Hz, {:.2} ms, which a screen of {hz} Hz cannot show; the nearest that it can \
         are {} and {}: use a screen of {at} Hz or a whole multiple of it, or leave `at` out for so many frames of any screen",
        1000.0 * f64::from(*frames) / at, told(below, hz), told(&(below + 1), hz)
    )]
    Unshowable { phase: String, frames: u32, at: f64, hz: f64, below: u32 },
    #[error(
        "`marker` of phase \"{0}\" has no code from 1 to 255 for \"{1}\"; add one to its table, or correct the values of its variable"
    )]
    EventCode(String, String),
    #[error(
        "phase \"{phase}\" plays the sound \"{sound}\", and the protocol has no [sound.{sound}]; add it, or correct the values of \
         the variable in `play`"
    )]
    NoSound { phase: String, sound: String },
    #[error(
        "answers to phase \"{0}\" count through phase \"{1}\", and no such phase follows it by the clock; name one that does, or \
         write seconds"
    )]
    Through(String, String),
    #[error(
        "phase \"{0}\" shows the `same` picture of source \"{1}\" as before, and none was drawn from it yet; show a new one first"
    )]
    NothingDrawn(String, String),
    #[error(
        "phase \"{0}\" shows the file \"{1}\", and no such path can be in the stimuli folder; {2}"
    )]
    File(String, String, &'static str),
    #[error(
        "`where` of picture source \"{from}\" compares column \"{column}\" with \"{value}\", which is no number; correct the one or \
         the other"
    )]
    Comparison { from: String, column: String, value: String },
    #[error(transparent)]
    NoSuchLanguage(#[from] NoSuchLanguage),
    #[error("plan has {0} phases, more than {1}; lower the cycles of its blocks")]
    TooLong(usize, usize),
    #[error("nothing is left of the protocol at this place; `when` leaves out every phase")]
    Empty,
}

/// So many frames of a screen, for a message.
fn told(frames: &u32, hz: &f64) -> String {
    let frames = (*frames).max(1);
    let plural = if frames == 1 { "" } else { "s" };
    format!("{frames} frame{plural} ({:.2} ms)", 1000.0 * f64::from(frames) / hz)
}
