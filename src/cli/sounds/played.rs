//! The device that the sounds of a live run are played on, and that of the self-test.

use crate::audio::{NoSound, Sounds};
use crate::cli::failure::Failure;
use crate::cli::load::Loaded;
use crate::ground::event::Event;
use crate::ground::time::Nanos;
use crate::plan::schema::{RunPlan, SoundSource, Tone};
use crate::rig::schema::Rig;
use crate::session::selftest;
use crossbeam_channel::Sender;
use indexmap::IndexMap;
use std::path::Path;

/// Why the sounds of a run that was told so are not played.
const TOLD: &str = "the run was started with --no-sound";

fn failure(e: NoSound) -> Failure {
    Failure::device(e.text, e.remedy)
}

/// Opens the device for the sounds of a plan; none where it has none. Without a device no run with sounds begins, unless
/// that was asked for.
pub fn open(
    plan: &RunPlan,
    rig: &Rig,
    loaded: &Loaded,
    no_sound: bool,
    events: &Sender<Event>,
    stalls: &[(Nanos, Nanos)],
) -> Result<Option<Sounds>, Failure> {
    if plan.sounds.is_empty() {
        return Ok(None);
    }
    if no_sound {
        eprintln!("warning: no sound is played (--no-sound), and the data say so of each");
        return Sounds::silent(TOLD, events).map(Some).map_err(failure);
    }
    device((&plan.sounds, loaded.root.as_deref()), rig, events, stalls).map(Some)
}

#[cfg(feature = "audio")]
fn device(
    (sounds, root): (&IndexMap<String, SoundSource>, Option<&Path>),
    rig: &Rig,
    events: &Sender<Event>,
    stalls: &[(Nanos, Nanos)],
) -> Result<Sounds, Failure> {
    crate::audio::open(&rig.sound, sounds, root, events, stalls).map_err(failure)
}

#[cfg(not(feature = "audio"))]
fn device(
    _sounds: (&IndexMap<String, SoundSource>, Option<&Path>),
    _rig: &Rig,
    _events: &Sender<Event>,
    _stalls: &[(Nanos, Nanos)],
) -> Result<Sounds, Failure> {
    let remedy = "build it with its default features, or run with --no-sound";
    Err(Failure::device("the protocol has sounds, and this program was built without them", remedy))
}

/// The device for the tone of the self-test.
pub fn tones(rig: &Rig, events: &Sender<Event>) -> Result<Sounds, Failure> {
    let (duration, ramp) = (Nanos::from_millis(60), Nanos::from_millis(1));
    let tone = SoundSource::Tone(Tone { frequency: 880.0, duration, ramp });
    let sounds = IndexMap::from([(selftest::TONE.to_string(), tone)]);
    device((&sounds, None), rig, events, &[])
}
