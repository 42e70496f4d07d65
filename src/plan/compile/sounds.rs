//! What is heard: the sounds of each phase, and where each comes from. Nothing here depends on chance.

use super::CompileError;
use crate::ground::time::Nanos;
use crate::plan::schema::{Cue, Segment, SoundSource};
use crate::protocol::schema::{CueDef, Protocol, Template};
use indexmap::IndexMap;

/// The sounds of a phase; `text` puts its variables into a template.
pub(super) fn cues(
    protocol: &Protocol,
    (phase, defs): (&str, &[CueDef]),
    text: impl Fn(&Template) -> Result<String, CompileError>,
) -> Result<Vec<Cue>, CompileError> {
    let cue = |def: &CueDef| {
        let sound = text(&def.play)?;
        if !protocol.sounds.contains_key(&sound) {
            return Err(CompileError::NoSound { phase: phase.to_string(), sound });
        }
        Ok(Cue {
            sound,
            at: Nanos::from_secs(def.at),
            every: def.every.map(Nanos::from_secs),
            volume: def.volume,
            pan: def.pan,
            stop: def.stop,
        })
    };
    defs.iter().map(cue).collect()
}

/// Every sound that is played, in order of first use.
pub(super) fn played(protocol: &Protocol, segments: &[Segment]) -> IndexMap<String, SoundSource> {
    let cues = segments.iter().flat_map(|s| &s.phases).flat_map(|p| &p.sounds);
    cues.map(|cue| (cue.sound.clone(), protocol.sounds[&cue.sound].clone())).collect()
}

#[cfg(test)]
mod tests;
