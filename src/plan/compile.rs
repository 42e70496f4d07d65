//! Protocol + stimulus table + person = plan. Every choice is made here, from named streams of chance, so
//! that the same arguments give the same plan on every machine. It opens no file and knows no screen.

mod build;
mod error;
mod expand;
mod filter;
mod lasting;
mod made;
mod pictures;
mod resume;
mod sounds;
mod task;

pub use error::CompileError;
pub use resume::{History, Interrupted};

use super::schema::*;
use crate::ground::hash::stream;
use crate::ground::time::Nanos;
use crate::protocol::schema::{OnRestart, Protocol};
use crate::table::Table;
use indexmap::IndexMap;
use rand_chacha::ChaCha8Rng;

/// The most phases that a run may have.
pub const MAX_PHASES: usize = 20_000;

/// A phase that will be shown, with the variables that hold there.
pub(crate) struct Occurrence {
    pub name: String,
    pub variables: IndexMap<String, String>,
    /// Which practice it belongs to, counted from 0 over the run.
    pub practice: Option<u32>,
    /// The passes of blocks that it lies in, outermost first: the block, and the number of the pass in the run.
    pub within: Vec<(String, u32)>,
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
    compile_after(protocol, table, who, volumes, refresh_hz, &History::default())
}

/// As [`compile`], for a person who was there before: a run that goes on where another was interrupted has the order, the
/// pictures and the durations of that one, but for what is done, and pictures that were seen give way to spare ones where the
/// task wants that and the table has some.
///
/// # Errors
/// As [`compile`]; [`CompileError::NothingLeft`] where nothing is left to go on with.
pub fn compile_after(
    protocol: &Protocol,
    table: Option<&Table>,
    who: &Who,
    volumes: VolumeSetup,
    refresh_hz: f64,
    history: &History,
) -> Result<RunPlan, CompileError> {
    let spoken = protocol.in_language(&who.language)?;
    let interrupted = history.interrupted.as_ref();
    // What follows from the number of a run follows from that of its first part.
    let whose = Who { run: interrupted.map_or(who.run, |i| i.first), ..who.clone() };
    let chance = Chance { who: &whose, task: &protocol.task.name };
    let occurrences = expand::expand(&spoken, &whose, &chance)?;
    if occurrences.is_empty() {
        return Err(CompileError::Empty);
    }
    let kept = match interrupted {
        Some(interrupted) => resume::kept(&spoken, &occurrences, interrupted, who.place),
        None => vec![true; occurrences.len()],
    };
    let has_row = |o: &Occurrence| spoken.phases[&o.name].trial_type.is_some();
    let left_out = occurrences.iter().zip(&kept).any(|(o, kept)| !kept && has_row(o));
    if left_out && !occurrences.iter().zip(&kept).any(|(o, kept)| *kept && has_row(o)) {
        return Err(CompileError::NothingLeft);
    }
    let durations = lasting::durations(&spoken, &occurrences, &chance)?;
    let spare = interrupted
        .filter(|i| i.mode != OnRestart::Repeat)
        .map(|i| pictures::Known { here: &i.seen, ever: &history.seen });
    let drawn = pictures::draw(&spoken, table, (&occurrences, &kept), spare, &chance)?;
    let studio = made::Studio::new(&chance);
    let mut scale_chance = chance.stream(&["scale"]);
    let mut practice_chance = chance.stream(&["scale", "practice"]);
    let mut segments = vec![Segment { anchor: Anchor::Start, phases: Vec::new() }];
    let mut clock = Nanos::ZERO;
    // The practice that is going on, with the segment that it began with.
    let mut practice: Option<(u32, u32)> = None;
    let mut index = 0;
    for (i, occurrence) in occurrences.iter().enumerate().filter(|(i, _)| kept[*i]) {
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
            tr: volumes.tr,
        };
        let rng = if practice.is_some() { &mut practice_chance } else { &mut scale_chance };
        let phase = build::phase(&context, index, clock, durations[i], rng)?;
        index += 1;
        let length = phase.length;
        here.phases.push(phase);
        match length {
            Length::Time(t) | Length::Frames { nominal: t, .. } => clock += t,
            Length::UntilResponse | Length::UntilTrigger | Length::UntilVolume { .. } => {
                let anchor = match length {
                    Length::UntilTrigger => Anchor::Trigger,
                    Length::UntilVolume { .. } => Anchor::Volume,
                    _ => Anchor::Response,
                };
                segments.push(Segment { anchor, phases: Vec::new() });
                clock = Nanos::ZERO;
            }
        }
    }
    segments.retain(|s| !s.phases.is_empty());
    lasting::windows(&spoken, &mut segments)?;
    let sounds = sounds::played(&spoken, &segments);
    Ok(RunPlan {
        version: 1,
        who: who.clone(),
        task: task::task_doc(protocol, &spoken, table, who)?,
        background: protocol.task.background,
        volumes: VolumeSetup { expected: volumes.expected.filter(|_| !left_out), ..volumes },
        segments,
        pictures: drawn.pictures,
        // Their times are those of a whole run.
        marks: if left_out { Vec::new() } else { task::marks(&spoken, index as usize) },
        made: studio.into_made(),
        sounds,
        seen: history.seen.iter().cloned().collect(),
        restart: interrupted.map(|i| Restart {
            first: i.first,
            before: i.before,
            part: i.part,
            mode: i.mode,
            places: resume::places(&occurrences)
                .into_iter()
                .zip(&kept)
                .filter_map(|(place, kept)| place.filter(|_| *kept))
                .collect(),
        }),
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
