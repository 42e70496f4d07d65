//! Protocol + stimulus table + person = plan. Every choice is made here, from named streams of chance, so
//! that the same arguments give the same plan on every machine. It opens no file and knows no screen.

mod build;
mod error;
mod expand;
mod filter;
mod lasting;
mod made;
mod pictures;
mod task;

pub use error::CompileError;

use super::schema::*;
use crate::ground::hash::stream;
use crate::ground::time::Nanos;
use crate::protocol::schema::Protocol;
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
    let durations = lasting::durations(&spoken, &occurrences, &chance)?;
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
            tr: volumes.tr,
        };
        let rng = if practice.is_some() { &mut practice_chance } else { &mut scale_chance };
        let phase = build::phase(&context, i as u32, clock, durations[i], rng)?;
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
    Ok(RunPlan {
        version: 1,
        who: who.clone(),
        task: task::task_doc(protocol, &spoken, table, who)?,
        background: protocol.task.background,
        volumes,
        segments,
        pictures: drawn.pictures,
        marks: task::marks(&spoken, occurrences.len()),
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
