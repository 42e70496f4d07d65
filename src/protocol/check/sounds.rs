//! Sounds of phases: each is one that there is, begins while its phase is on the screen, stops with something that can happen,
//! and can come on time.

use super::Checked;
use super::scope::Scope;
use super::walk::Used;
use crate::ground::cue::{SoundSource, Stop};
use crate::ground::document::short;
use crate::ground::record::Place;
use crate::protocol::schema::{CueDef, DurationDef, PhaseDef, Template};
use std::ops::Range;

/// What a sound device needs with the usual buffer, and something beside, in seconds.
const SOON: f64 = 0.1;

impl<'p> Checked<'p> {
    /// What does not depend on the blocks around a phase.
    pub(super) fn cues(&self) {
        for (phase, def) in &self.protocol.phases {
            for (i, cue) in def.sounds.iter().enumerate() {
                // What could not be read is empty, and has been said.
                if cue.play.variables().next().is_none() && !cue.play.0.is_empty() {
                    self.sound(phase, i, &cue.play.0);
                }
                if cue.stop == Stop::Response && !self.takes_answer(def) {
                    self.root.problems.error(
                        self.cue_place(phase, i, "stop"),
                        format!(
                            "{} stops with an answer, and the phase takes none",
                            what(phase, i)
                        ),
                        "a response, a page that a key ends, or a scale that is confirmed",
                        "write `stop = \"phase\"`, or let the phase take an answer",
                    );
                }
            }
        }
    }

    /// At one place among the blocks.
    pub(super) fn heard(
        &self,
        name: &'p str,
        phase: &'p PhaseDef,
        scope: &Scope<'p>,
        used: &mut Used<'p>,
    ) {
        let lasts = self.lasts(&phase.duration, scope);
        for (i, cue) in phase.sounds.iter().enumerate() {
            match self.values(&cue.play, scope) {
                // It could not be read, which has been said.
                Some(_) if cue.play.0.is_empty() => {}
                Some(values) => {
                    for value in values {
                        self.sound(name, i, &value);
                        self.overlap(name, i, cue, &value);
                        used.sounds.insert(value);
                    }
                }
                None => used.open_sounds = true,
            }
            if let Some((least, most)) = lasts {
                self.within(name, i, cue, least, most);
            }
        }
    }

    fn sound(&self, phase: &str, i: usize, name: &str) {
        let sounds = &self.protocol.sounds;
        if !sounds.contains_key(name) {
            let message =
                format!("{} plays \"{}\", which is not a sound", what(phase, i), short(name));
            let known = sounds.keys().map(String::as_str);
            let place = self.cue_place(phase, i, "play");
            self.unknown(place, message, name, known, "name a table [sound.NAME]");
        }
    }

    /// A tone that comes again before it has ended is heard twice at once.
    fn overlap(&self, phase: &str, i: usize, cue: &CueDef, name: &str) {
        let Some(SoundSource::Tone(tone)) = self.protocol.sounds.get(name) else { return };
        let Some(every) = cue.every.filter(|s| *s < tone.duration.secs()) else { return };
        self.root.problems.warning(
            self.cue_place(phase, i, "every"),
            format!(
                "{} comes again after {every} s, and \"{}\" is longer",
                what(phase, i),
                short(name)
            ),
            format!("at least {} s: it overlaps itself", tone.duration.secs()),
            "write a larger `every`, or a shorter tone",
        );
    }

    /// A sound begins before its phase is over.
    fn within(&self, phase: &str, i: usize, cue: &CueDef, least: f64, most: f64) {
        let (place, what) = (self.cue_place(phase, i, "at"), what(phase, i));
        let remedy = "write a smaller `at`, or give the sound to a phase behind this one";
        if cue.at >= most {
            let message = format!(
                "{what} is never heard: it begins at {} s, and the phase is over after {most} s",
                cue.at
            );
            self.root.problems.error(place, message, format!("less than {most}"), remedy);
        } else if cue.at >= least {
            let message = format!("{what} is not always heard: it begins at {} s", cue.at);
            let expected = format!("less than {least}, the shortest that the phase lasts");
            self.root.problems.warning(place, message, expected, remedy);
        }
    }

    /// The shortest and the longest that a phase lasts, in seconds, where that is known.
    fn lasts(&self, duration: &'p DurationDef, scope: &Scope<'p>) -> Option<(f64, f64)> {
        let of = |text: &Template, by: f64| {
            let values = self.values(text, scope)?;
            let all: Option<Vec<f64>> =
                values.iter().map(|v| Some(v.parse::<f64>().ok()? / by)).collect();
            let all = all?;
            let least = all.iter().copied().reduce(f64::min)?;
            Some((least, all.into_iter().fold(least, f64::max)))
        };
        match duration {
            DurationDef::Seconds(s) => Some((*s, *s)),
            DurationDef::Jitter(jitter) => Some(jitter.from.bounds()),
            DurationDef::SecondsOf(text) => of(text, 1.0),
            DurationDef::Frames { frames, at } => of(frames, (*at)?),
            // A key may end it at any moment; later than this it cannot.
            DurationDef::UntilResponse { at_most, .. } => at_most.map(|s| (f64::INFINITY, s)),
            DurationDef::UntilTrigger | DurationDef::UntilVolume(_) => None,
        }
    }

    /// What begins when a key or the scanner says so begins at once, and a sound takes its time to come out of a device.
    pub(super) fn comes_late(
        &self,
        before: &'p PhaseDef,
        (name, phase): (&'p str, &'p PhaseDef),
        place: Place,
    ) {
        let waits = |phase: &PhaseDef| match phase.duration {
            DurationDef::UntilResponse { .. } => true,
            // In the lab they last so many repetition times.
            DurationDef::UntilTrigger | DurationDef::UntilVolume(_) => place == Place::Scanner,
            _ => false,
        };
        // What waits itself has no time that a sound could miss.
        if !waits(before) || waits(phase) {
            return;
        }
        let at_once = |cue: &&CueDef| cue.at < SOON && cue.every.is_none();
        for (i, _) in phase.sounds.iter().enumerate().filter(|(_, cue)| at_once(cue)) {
            self.root.problems.warning(
                self.cue_place(name, i, "at"),
                format!("{} comes late: a key or the scanner begins the phase", what(name, i)),
                "a little time between the two: the sound device is slower than the screen",
                "write `at = 0.1`, or put a phase with a duration before it",
            );
        }
    }

    /// Where a key of a sound stands: its table where it is not written.
    pub(super) fn cue_place(&self, phase: &str, i: usize, key: &str) -> Range<usize> {
        let sounds = ["phase", phase, "sounds"];
        let listed = self.root.value(&sounds).is_some_and(|v| v.is_list());
        let number = i.to_string();
        match listed {
            true => self.root.place(&[&sounds[..], &[&number, key]].concat()),
            false => self.root.place(&[&sounds[..], &[key]].concat()),
        }
    }
}

/// The name of a sound of a phase in messages.
fn what(phase: &str, i: usize) -> String {
    format!("sound {} of phase \"{}\"", i + 1, short(phase))
}
