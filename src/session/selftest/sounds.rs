//! Tones beside the patch: each goes with a scene whose patch is white, as cues go with pictures in a run.

use super::Stopped;
use super::room::Room;
use crate::audio::Sounds;
use crate::ground::cue::{Cue, LOOK_AHEAD, Stop};
use crate::ground::event::SoundSaid;
use crate::ground::ports::{Due, SceneSounds};
use crate::ground::record::{SoundDevice, SoundOnset};
use crate::ground::time::Nanos;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;

/// How many tones are played.
pub const TONES: usize = 50;
/// The name of the tone among the sounds that were loaded.
pub const TONE: &str = "tone";
/// From one change of the patch to the next, in milliseconds: no multiple of a refresh.
const PAUSES_MS: std::ops::Range<f64> = 180.0..260.0;
/// What is not said after this is not known.
const LOST: Nanos = Nanos::from_millis(1_500);

/// What was seen of sounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SoundsSeen {
    pub device: Option<SoundDevice>,
    /// Each tone, with the onset of its picture.
    pub tones: Vec<(SoundOnset, Option<Nanos>)>,
    /// How long the device was silent where it ran dry.
    pub silences: Vec<Option<Nanos>>,
}

/// Plays the tones.
pub fn beside(
    room: &mut Room<'_>,
    what: &'static str,
    sounds: &Sounds,
) -> Result<SoundsSeen, Stopped> {
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    let mut pictures: HashMap<u64, Nanos> = HashMap::new();
    let cue = Cue {
        sound: TONE.into(),
        at: Nanos::ZERO,
        every: None,
        volume: 1.0,
        pan: 0.0,
        stop: Stop::End,
    };
    let mut at = room.clock.now() + LOOK_AHEAD * 2;
    let mut tones = 0;
    while tones < TONES {
        let (ticket, marked) = room.next();
        if marked {
            let cues = [cue.clone()].as_slice().into();
            sounds.order(ticket, SceneSounds { phase: tones as u32, cues, covered: false });
            tones += 1;
        }
        room.show(what, |_| Due::At(at));
        while room.clock.now() < at - LOOK_AHEAD {
            if let Some(p) = room.wait(at - LOOK_AHEAD)? {
                pictures.insert(p.ticket, p.onset);
            }
        }
        at += Nanos::from_secs(chance.random_range(PAUSES_MS) / 1e3);
    }
    let until = at + LOST;
    while room.clock.now() < until && told(&room.sounds) < TONES {
        if let Some(p) = room.wait(room.clock.now() + Nanos::from_millis(100))? {
            pictures.insert(p.ticket, p.onset);
        }
    }
    let mut seen = SoundsSeen::default();
    for said in std::mem::take(&mut room.sounds) {
        match said {
            SoundSaid::Device(device) => seen.device = Some(device),
            SoundSaid::Onset(onset) => {
                let picture = pictures.get(&onset.ticket).copied();
                seen.tones.push((onset, picture));
            }
            SoundSaid::Underrun(underrun) => seen.silences.push(underrun.silence_ns),
            SoundSaid::End(_) | SoundSaid::Clipping(_) => {}
        }
    }
    Ok(seen)
}

fn told(said: &[SoundSaid]) -> usize {
    said.iter().filter(|s| matches!(s, SoundSaid::Onset(_))).count()
}
