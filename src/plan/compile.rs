//! Protocol + stimulus table + person = plan. Every choice is made here, from named streams of chance, so
//! that the same arguments give the same plan on every machine. It opens no file and knows no screen.

mod build;
mod expand;
mod made;
mod pictures;

use super::randomise::{balanced, unit};
use super::schema::*;
use crate::ground::hash::stream;
use crate::ground::time::Nanos;
use crate::protocol::languages::NoSuchLanguage;
use crate::protocol::schema::{DurationDef, Protocol};
use crate::table::Table;
use indexmap::IndexMap;
use rand_chacha::ChaCha8Rng;

/// Why a protocol cannot become a plan for this person; each a sentence with its remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    #[error("{0}")]
    Order(String),
    #[error(
        "picture source \"{from}\" needs {needed} pictures with {filter}, and the stimulus table has {found}; add rows \
         to the table or show fewer pictures"
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
        "phase \"{0}\" asks for column \"{1}\" of a picture, and the stimulus table has no such column"
    )]
    NoColumn(String, String),
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
    #[error(transparent)]
    NoSuchLanguage(#[from] NoSuchLanguage),
    #[error("plan has {0} phases, more than {1}; lower the cycles of its blocks")]
    TooLong(usize, usize),
    #[error("nothing is left of the protocol at this place; `only` excludes every phase")]
    Empty,
}

/// The most phases that a run may have.
pub const MAX_PHASES: usize = 20_000;

/// A phase that will be shown, with the variables that hold there.
pub(crate) struct Occurrence {
    pub name: String,
    pub variables: IndexMap<String, String>,
    /// Which practice it belongs to, counted from 0 over the run.
    pub practice: Option<u32>,
}

/// Makes the plan of one run. `refresh_hz` is the refresh rate by which phases in frames take their place in the
/// schedule. With or without its practice ([`Protocol::without_practice`]) a run has the same order, pictures and
/// durations; with whatever language, too.
///
/// # Errors
/// [`CompileError`] where orders cannot be kept, pictures run out, or a variable has no value.
pub fn compile(
    protocol: &Protocol,
    table: Option<&Table>,
    who: &Who,
    volumes: VolumeSetup,
    refresh_hz: f64,
) -> Result<RunPlan, CompileError> {
    let spoken = protocol.in_language(&who.language)?;
    let chance = Chance { who, task: &protocol.task.name };
    let occurrences = expand::expand(&spoken, who, &chance)?;
    if occurrences.is_empty() {
        return Err(CompileError::Empty);
    }
    let durations = durations(&spoken, &occurrences, &chance);
    let drawn = pictures::draw(&spoken, table, &occurrences, &chance)?;
    let studio = made::Studio::new(&chance);
    let mut scale_chance = chance.stream(&["scale"]);
    let mut practice_chance = chance.stream(&["scale", "practice"]);
    let mut segments = vec![Segment { anchor: Anchor::Start, phases: Vec::new() }];
    let mut clock = Nanos::ZERO;
    // The practice that is going on, with the segment that it began with.
    let mut practice: Option<(u32, u32)> = None;
    for (i, occurrence) in occurrences.iter().enumerate() {
        let at = segments.len() as u32 - 1;
        practice = occurrence.practice.map(|entry| match practice {
            Some((same, began)) if same == entry => (entry, began),
            _ => (entry, at),
        });
        let here = segments.last_mut().expect("there is always a segment");
        let context = build::Context {
            protocol: &spoken,
            table,
            occurrence,
            drawn: &drawn.shown[i],
            studio: &studio,
            before: here.phases.last(),
            practice: practice.map(|(_, began)| began),
            refresh_hz,
        };
        let rng = if practice.is_some() { &mut practice_chance } else { &mut scale_chance };
        let phase = build::phase(&context, i as u32, clock, durations[i], rng)?;
        let length = phase.length;
        here.phases.push(phase);
        match length {
            Length::Time(t) | Length::Frames { nominal: t, .. } => clock += t,
            Length::UntilResponse | Length::UntilTrigger => {
                let anchor = match length {
                    Length::UntilTrigger => Anchor::Trigger,
                    _ => Anchor::Response,
                };
                segments.push(Segment { anchor, phases: Vec::new() });
                clock = Nanos::ZERO;
            }
        }
    }
    segments.retain(|s| !s.phases.is_empty());
    Ok(RunPlan {
        version: 1,
        who: who.clone(),
        task: build::task_doc(protocol, &spoken, table, who)?,
        background: protocol.task.background,
        volumes,
        segments,
        pictures: drawn.pictures,
        made: studio.into_made(),
    })
}

/// The named streams of chance of one run: by seed, task, allocation, visit and run, not by the person's label.
pub(crate) struct Chance<'a> {
    who: &'a Who,
    task: &'a str,
}

impl Chance<'_> {
    pub(crate) fn stream(&self, names: &[&str]) -> ChaCha8Rng {
        let numbers = [self.who.allocation, self.who.visit, self.who.run].map(|n| n.to_string());
        let mut all = vec![self.task];
        all.extend(numbers.iter().map(String::as_str));
        all.extend(names);
        stream(self.who.seed, &all)
    }
}

/// Seconds of each occurrence whose duration is drawn; `None` where it is not. Those of the practice are drawn apart,
/// so that the run keeps its balance and is the same without it.
fn durations(
    protocol: &Protocol,
    occurrences: &[Occurrence],
    chance: &Chance<'_>,
) -> Vec<Option<f64>> {
    let mut result = vec![None; occurrences.len()];
    for (name, phase) in &protocol.phases {
        for practice in [false, true] {
            let here = |o: &Occurrence| o.name == *name && o.practice.is_some() == practice;
            let places: Vec<usize> =
                (0..occurrences.len()).filter(|&i| here(&occurrences[i])).collect();
            let stream = ["duration", name, "practice"];
            let mut rng = chance.stream(if practice { &stream } else { &stream[..2] });
            let values = match &phase.duration {
                DurationDef::Choose(list) => balanced(list, places.len(), &mut rng),
                DurationDef::Uniform(low, high) => {
                    places.iter().map(|_| low + (high - low) * unit(&mut rng)).collect()
                }
                _ => continue,
            };
            for (place, value) in places.into_iter().zip(values) {
                result[place] = Some(value);
            }
        }
    }
    result
}
