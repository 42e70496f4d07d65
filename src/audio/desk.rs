//! The mixing desk: which sounds go with which scenes, when each is due, and what became of it. It knows no device: that is a
//! mixer, and what the ledger has heard of it.

mod clipping;
mod gone;
mod silence;
mod telling;

use super::ledger::Ledger;
use super::line::Stamp;
use super::part::Part;
use super::samples::Samples;
use crate::ground::cue::{Cue, Silenced, Stop};
use crate::ground::event::SoundSaid;
use crate::ground::ports::SceneSounds;
use crate::ground::record::{SoundOnset, Underrun};
use crate::ground::time::Nanos;
use clipping::Clip;
pub use clipping::Cut;
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use telling::why_not;

/// Where sounds are mixed.
pub trait Mixer: Send + std::fmt::Debug {
    /// Takes a sound, which is heard when its part says.
    ///
    /// # Errors
    /// A sentence that says why it cannot be played.
    fn play(
        &mut self,
        samples: &Samples,
        part: &Arc<Part>,
        volume: f64,
        pan: f64,
    ) -> Result<(), String>;
    /// All sounds are so loud from now on.
    fn volume(&mut self, gain: f64);
}

/// Sounds that are repeated are given to the mixer so long ahead.
const AHEAD: Nanos = Nanos::from_millis(1_000);
/// Without a device, a sound is given up so long after its time.
const GIVEN_UP: Nanos = Nanos::from_millis(150);

/// A scene with sounds.
#[derive(Debug)]
struct SceneCues {
    sounds: SceneSounds,
    /// When it appears, as is foreseen.
    appears: Option<Nanos>,
    /// The scene behind it, and when that appears.
    next: Option<(u64, Nanos)>,
    /// For each of its sounds that is repeated, which time comes next.
    again: Vec<Option<u32>>,
    /// Nothing more of it is begun.
    over: bool,
}

/// One sound that is to be heard once.
#[derive(Debug)]
struct Instance {
    ticket: u64,
    cue: usize,
    time: u32,
    part: Arc<Part>,
    /// How many samples it has, where it can be played.
    length: u64,
    /// Why it is silenced, if it is by more than the next scene.
    hushed: Option<Silenced>,
    /// Why it cannot be played.
    cannot: Option<String>,
    /// When it was heard, once that has been told.
    onset: Option<Nanos>,
}

/// What is to be said, with the instant of each.
pub type Said = Vec<(Nanos, SoundSaid)>;

/// The desk.
#[derive(Debug)]
pub struct Desk {
    sounds: IndexMap<String, Samples>,
    mixer: Option<Box<dyn Mixer>>,
    /// Why nothing can be played now.
    without: Option<String>,
    ledger: Ledger,
    /// The screen's correction minus that of the sound device.
    correction: Nanos,
    scenes: BTreeMap<u64, SceneCues>,
    instances: Vec<Instance>,
    withdrawn: Vec<RangeInclusive<u64>>,
    /// Sounds that were taken back with scenes which had appeared by what was known: the end of the run tells of them.
    taken_back: Vec<(Nanos, SoundOnset)>,
    clip: Option<Clip>,
    said: Said,
}

impl Desk {
    /// A desk for these sounds, at the rate of the device in hertz.
    pub fn new(
        sounds: IndexMap<String, Samples>,
        rate: u32,
        mixer: Option<Box<dyn Mixer>>,
    ) -> Desk {
        Desk {
            sounds,
            mixer,
            without: None,
            ledger: Ledger::new(rate),
            correction: Nanos::ZERO,
            scenes: BTreeMap::new(),
            instances: Vec::new(),
            withdrawn: Vec::new(),
            taken_back: Vec::new(),
            clip: None,
            said: Vec::new(),
        }
    }

    /// What is added to when scenes appear, so that the device's time for the sounds comes out.
    pub fn correct(&mut self, by: Nanos) {
        self.correction = by;
    }

    /// How loud all sounds are.
    pub fn volume(&mut self, gain: f64) {
        self.mixer.iter_mut().for_each(|m| m.volume(gain));
    }

    /// Whether something is still to be heard or said.
    pub fn is_busy(&self) -> bool {
        !self.instances.is_empty()
    }

    /// A scene with sounds is given to the display.
    pub fn order(&mut self, ticket: u64, sounds: SceneSounds) {
        let (cues, covered) = (sounds.cues.len(), sounds.covered);
        let again = sounds.cues.iter().map(|c| c.every.filter(|_| !covered).map(|_| 1)).collect();
        let scene = SceneCues { sounds, appears: None, next: None, again, over: false };
        self.scenes.insert(ticket, scene);
        // Those of one that grey covers are told of when that appears.
        let cues = if covered { 0 } else { cues };
        (0..cues).for_each(|cue| self.begin(ticket, cue, 0));
    }

    fn begin(&mut self, ticket: u64, cue: usize, time: u32) {
        let scene = &self.scenes[&ticket];
        let wanted = &scene.sounds.cues[cue];
        let part = Arc::new(Part::default());
        if let Some(at) = scene.appears {
            part.set_due(due(wanted, at, time) + self.correction);
        }
        let samples = self.sounds.get(&wanted.sound);
        let played = match (&self.without, &mut self.mixer, samples) {
            (Some(why), ..) => Err(why.clone()),
            (None, Some(mixer), Some(samples)) => {
                mixer.play(samples, &part, wanted.volume, wanted.pan)
            }
            (None, ..) => Err("it was not loaded".into()),
        };
        let length = samples.map_or(0, |s| s.frames.len() as u64);
        let cannot = played.err();
        let instance =
            Instance { ticket, cue, time, part, length, hushed: None, cannot, onset: None };
        limit(&instance, scene, scene.next.map(|(_, at)| at + self.correction));
        self.instances.push(instance);
    }

    /// A scene will appear at `at`, by what is known now.
    pub fn expect(&mut self, ticket: u64, at: Nanos) {
        // The display may say so of a scene that has been taken back meanwhile.
        if self.withdrawn.iter().any(|w| w.contains(&ticket)) {
            return;
        }
        let Desk { scenes, instances, correction, .. } = self;
        if let Some(scene) = scenes.get_mut(&ticket) {
            scene.appears = Some(at);
            // One that has begun keeps the plan that it was begun by.
            let own = instances.iter().filter(|i| i.ticket == ticket && i.part.first().is_none());
            own.for_each(|i| {
                i.part.set_due(due(&scene.sounds.cues[i.cue], at, i.time) + *correction)
            });
        }
        for (before, scene) in scenes.range_mut(..ticket) {
            if scene.next.is_none_or(|(next, _)| ticket <= next) {
                scene.next = Some((ticket, at));
                let end = Some(at + *correction);
                instances.iter().filter(|i| i.ticket == *before).for_each(|i| limit(i, scene, end));
            }
        }
    }

    /// The device has spoken, of a stream that has just begun: its slips are not those of sounds.
    pub fn heard_at_first(&mut self, stamp: Stamp) {
        self.ledger.push(stamp);
    }

    /// The device has spoken.
    pub fn heard(&mut self, stamp: Stamp) {
        if let Some(slip) = self.ledger.push(stamp).filter(|s| s.by > Nanos::ZERO) {
            let within = |i: &&Instance| {
                let first = i.part.first().is_some_and(|f| f < slip.frame);
                first && i.part.last().is_none_or(|l| l > slip.frame)
            };
            let sounds = self.instances.iter().filter(within).map(|i| self.name(i)).collect();
            let began = self.ledger.heard(slip.frame).map_or(slip.called, |(t, _)| t - slip.by);
            let underrun = Underrun { silence_ns: Some(slip.by), sounds };
            self.said.push((began, SoundSaid::Underrun(underrun)));
        }
    }

    /// Says all that can be said now.
    fn say(&mut self, now: Nanos, last: bool) {
        let mut instances = std::mem::take(&mut self.instances);
        instances.retain_mut(|i| !self.is_told(i, now, last));
        self.instances = instances;
    }

    /// Says what can be said now. `last`: nothing more will be known.
    pub fn settle(&mut self, now: Nanos, last: bool) {
        self.repeat(now);
        self.say(now, last);
        if last {
            self.cut_off(now, Silenced::Run);
        }
        self.say_clip(now, last);
        self.say_covered(now);
        // Those that may still be followed by one that stops their sounds, or that may come again.
        let past = |s: &SceneCues| s.over || s.next.is_some_and(|(_, at)| at + AHEAD < now);
        let used = |ticket: u64| self.instances.iter().any(|i| i.ticket == ticket);
        let done: Vec<u64> =
            self.scenes.iter().filter(|(t, s)| past(s) && !used(**t)).map(|(t, _)| *t).collect();
        done.iter().for_each(|ticket| drop(self.scenes.remove(ticket)));
    }

    /// Says of the sounds of scenes that grey has covered that they were not played.
    fn say_covered(&mut self, now: Nanos) {
        let came = |s: &SceneCues| s.sounds.covered && s.appears.is_some_and(|t| t <= now);
        let covered = self.scenes.iter().filter(|(_, s)| came(s));
        let covered: Vec<(u64, usize)> = covered.map(|(t, s)| (*t, s.sounds.cues.len())).collect();
        for (ticket, cues) in covered {
            let why = self.never().unwrap_or_else(|| why_not(Silenced::Grey).into());
            (0..cues).for_each(|cue| self.unplayed(ticket, cue, 0, why.clone(), now));
            self.scenes.remove(&ticket);
        }
    }

    /// What there is to say since this was asked last.
    pub fn take_said(&mut self) -> Said {
        std::mem::take(&mut self.said)
    }

    /// Gives the mixer what comes again soon.
    fn repeat(&mut self, now: Nanos) {
        let mut due_again = Vec::new();
        for (ticket, scene) in self.scenes.iter_mut().filter(|(_, s)| !s.over) {
            let (Some(appears), next) = (scene.appears, scene.next) else { continue };
            for (n, time) in scene.again.iter_mut().enumerate() {
                let Some(this) = *time else { continue };
                let at = due(&scene.sounds.cues[n], appears, this);
                if at < now + AHEAD && next.is_none_or(|(_, end)| at < end) {
                    *time = Some(this + 1);
                    due_again.push((*ticket, n, this));
                }
            }
        }
        due_again.into_iter().for_each(|(ticket, cue, time)| self.begin(ticket, cue, time));
    }
}

/// When a sound is due that goes with a scene which appears at `appears`.
fn due(cue: &Cue, appears: Nanos, time: u32) -> Nanos {
    appears + cue.at + cue.every.unwrap_or_default() * i64::from(time)
}

/// The scene of a sound is on until `end`.
fn limit(i: &Instance, scene: &SceneCues, end: Option<Nanos>) {
    i.part.end_of_scene(end);
    if scene.sounds.cues[i.cue].stop != Stop::End && i.hushed.is_none() {
        i.part.silence(end);
    }
}

#[cfg(test)]
mod tests;
