//! How long the phases of a run last: what is drawn, what variables give, what frames come to on this screen, and how
//! long answers count where they count through a later phase.

use super::{Chance, CompileError, Occurrence};
use crate::ground::record::Place;
use crate::ground::time::Nanos;
use crate::plan::randomise;
use crate::plan::schema::{Length, Segment};
use crate::protocol::schema::{DurationDef, Protocol, Template, Window};

/// By so much the frames of a screen may differ from those of the screen that a protocol names.
const NEAR: Nanos = Nanos(500_000);

/// The length of each occurrence whose duration is drawn; `None` where it is not. Those of the practice are drawn apart,
/// so that the run keeps its balance and is the same without it.
pub(super) fn durations(
    protocol: &Protocol,
    occurrences: &[Occurrence],
    chance: &Chance<'_>,
) -> Result<Vec<Option<Nanos>>, CompileError> {
    let mut result = vec![None; occurrences.len()];
    for (name, phase) in &protocol.phases {
        let DurationDef::Jitter(jitter) = &phase.duration else { continue };
        for practice in [false, true] {
            let here = |o: &Occurrence| o.name == *name && o.practice.is_some() == practice;
            let places: Vec<usize> =
                (0..occurrences.len()).filter(|&i| here(&occurrences[i])).collect();
            let stream = ["duration", name, "practice"];
            let mut rng = chance.stream(if practice { &stream } else { &stream[..2] });
            let total = jitter.total.filter(|_| !practice);
            let values = randomise::durations(jitter, places.len(), total, &mut rng)
                .map_err(|why| CompileError::Jitter(name.clone(), why))?;
            for (place, value) in places.into_iter().zip(values) {
                result[place] = Some(value);
            }
        }
    }
    Ok(result)
}

/// What a length depends on beside its definition.
pub(super) struct Here<'a> {
    pub phase: &'a str,
    pub place: Place,
    pub drawn: Option<Nanos>,
    pub refresh_hz: f64,
    /// Repetition time; zero where there is none.
    pub tr: Nanos,
}

/// The length of one phase; `fill` gives texts their variables.
pub(super) fn length(
    def: &DurationDef,
    here: &Here<'_>,
    fill: impl Fn(&Template) -> Result<String, CompileError>,
) -> Result<Length, CompileError> {
    let wrong = |text: &str, key, what| {
        CompileError::Length(here.phase.to_string(), text.to_string(), key, what)
    };
    Ok(match def {
        DurationDef::Seconds(s) => Length::Time(Nanos::from_secs(*s)),
        DurationDef::SecondsOf(text) => {
            let text = fill(text)?;
            let seconds = text.parse::<f64>().ok().filter(|s| (0.001..=7200.0).contains(s));
            let what = "number of seconds from 0.001 to 7200";
            Length::Time(Nanos::from_secs(seconds.ok_or_else(|| wrong(&text, "duration", what))?))
        }
        DurationDef::Jitter(_) => Length::Time(here.drawn.expect("a drawn duration has a value")),
        DurationDef::Frames { frames, at } => {
            let text = fill(frames)?;
            let frames = text.parse::<u32>().ok().filter(|n| (1..=100_000).contains(n));
            let what = "whole number from 1 to 100000";
            counted(frames.ok_or_else(|| wrong(&text, "frames", what))?, *at, here)?
        }
        DurationDef::UntilResponse { .. } => Length::UntilResponse,
        DurationDef::UntilTrigger => Length::UntilTrigger,
        // Without a scanner nothing would ever end this wait.
        DurationDef::UntilVolume(n) if here.place == Place::Lab => {
            Length::Time(here.tr * i64::from(*n))
        }
        DurationDef::UntilVolume(n) => Length::UntilVolume { volumes: *n },
    })
}

/// So many frames: of this screen, or those that take as long as they do on a screen of `at` hertz.
fn counted(frames: u32, at: Option<f64>, here: &Here<'_>) -> Result<Length, CompileError> {
    let hz = here.refresh_hz;
    let Some(at) = at else {
        let nominal = Nanos::from_secs(f64::from(frames) / hz);
        return Ok(Length::Frames { frames, nominal, timed: false });
    };
    let nominal = Nanos::from_secs(f64::from(frames) / at);
    let shown = nominal.periods(Nanos::period(hz)).max(1) as u32;
    if (Nanos::from_secs(f64::from(shown) / hz) - nominal).abs() > NEAR {
        let below = (nominal.secs() * hz).floor() as u32;
        let phase = here.phase.to_string();
        return Err(CompileError::Unshowable { phase, frames, at, hz, below });
    }
    Ok(Length::Frames { frames: shown, nominal, timed: true })
}

/// Gives windows that last through a later phase their length: to the planned end of the next phase of that name.
pub(super) fn windows(protocol: &Protocol, segments: &mut [Segment]) -> Result<(), CompileError> {
    for segment in segments {
        for i in 0..segment.phases.len() {
            let phase = &segment.phases[i];
            let def = protocol.phases[&phase.name].response.as_ref();
            let Some(Window::Through(last)) = def.and_then(|r| r.window.as_ref()) else { continue };
            let later = segment.phases[i..].iter().find(|p| p.name == *last);
            let end = later.and_then(|p| Some(p.onset + p.length.nominal()?));
            let end = end.ok_or_else(|| CompileError::Through(phase.name.clone(), last.clone()))?;
            let span = end - phase.onset;
            let name = phase.name.clone();
            let window = segment.phases[i].response.as_mut().expect("its definition has one");
            if window.anticipation > Nanos::ZERO && span <= window.anticipation {
                let anticipation = window.anticipation;
                return Err(CompileError::OnlyAnticipations {
                    phase: name,
                    anticipation,
                    window: span,
                });
            }
            window.window = Some(span);
        }
    }
    Ok(())
}
