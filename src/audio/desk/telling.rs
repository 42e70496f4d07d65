//! What the desk says of its sounds: when each was heard, when it fell silent, or why it was not played.

use super::{Desk, GIVEN_UP, Instance, due};
use crate::audio::ledger::BEHIND;
use crate::audio::part::Fate;
use crate::ground::cue::Silenced;
use crate::ground::event::SoundSaid;
use crate::ground::record::{SoundEnd, SoundOnset};
use crate::ground::time::Nanos;

/// Why a sound was not played whose time went by in a device that asked for nothing.
pub(super) const STOOD_STILL: &str = "its time had gone by when the device could play it";

/// Why a sound was not played.
pub(super) fn why_not(why: Silenced) -> &'static str {
    match why {
        Silenced::End | Silenced::Phase => "the next screen came first",
        Silenced::Response => "the answer came first",
        Silenced::Grey => "grey was asked for",
        Silenced::FalseStart => "the start of the scanner was taken back",
        Silenced::Run => "the run was over",
        Silenced::Device => "the sound device was gone",
    }
}

impl Desk {
    /// Whether all is said of a sound.
    pub(super) fn is_told(&mut self, i: &mut Instance, now: Nanos, last: bool) -> bool {
        if let (Some(first), None, None) = (i.part.first(), i.onset, &i.cannot)
            && (last || self.ledger.behind(first) >= BEHIND)
            && let Some((onset, basis)) = self.ledger.heard(first)
            // It may have stopped before it played them, unless it has asked for more since.
            && (last || self.ledger.asked() >= Some(onset))
        {
            i.onset = Some(onset);
            let planned = i.part.due().map(|t| t - self.correction);
            let said = SoundOnset {
                planned_ns: planned,
                onset_ns: Some(onset),
                lag_ns: i.part.due().map(|due| onset - due),
                basis: Some(basis),
                frame: Some(first),
                ..self.about(i)
            };
            self.said.push((onset, SoundSaid::Onset(said)));
        }
        if i.onset.is_some() {
            return self.is_over(i, last);
        }
        let repeated = i.time > 0;
        let past = i.part.due().is_some_and(|t| t + GIVEN_UP < now);
        let fate = i.part.fate();
        // Without a mixer nobody else sees that its scene has gone.
        let gone = i.part.not_from().zip(i.part.due()).is_some_and(|(end, due)| end <= due);
        let fate = if fate == Fate::Waiting && gone && past { Fate::Gone } else { fate };
        let why = match (fate, &i.cannot) {
            (Fate::TooLate, _) => STOOD_STILL.to_string(),
            (Fate::Gone, _) if repeated => {
                i.part.cancel();
                return true;
            }
            (Fate::Gone, _) => why_not(Silenced::Phase).into(),
            (Fate::Cancelled, _) => return true,
            (Fate::Waiting, Some(why)) if past => why.clone(),
            (Fate::Waiting, None) if self.without.is_some() => match &self.without {
                Some(why) if past => why.clone(),
                _ => return false,
            },
            (Fate::Playing | Fate::Over, Some(why)) => why.clone(),
            _ if last => match &i.cannot {
                Some(why) => why.clone(),
                None => "the device did not say when it was heard".into(),
            },
            _ => return false,
        };
        if i.part.fate() == Fate::Waiting && !i.part.cancel() {
            return false;
        }
        self.unplayed(i.ticket, i.cue, i.time, why, now);
        true
    }

    /// Whether a sound that was heard is over, and says so.
    fn is_over(&mut self, i: &Instance, last: bool) -> bool {
        let Some(end) = i.part.last() else { return false };
        if !last && self.ledger.behind(end) < BEHIND {
            return false;
        }
        let Some((at, _)) = self.ledger.heard(end) else { return last };
        if !last && self.ledger.asked() < Some(at) {
            return false;
        }
        let whole = i.part.first().is_some_and(|first| end - first >= i.length);
        let why = match i.hushed {
            Some(Silenced::Device) => Silenced::Device,
            _ if whole => Silenced::End,
            hushed => hushed.unwrap_or(Silenced::Phase),
        };
        self.ended(i, at, why);
        true
    }

    pub(super) fn ended(&mut self, i: &Instance, at: Nanos, why: Silenced) {
        let SoundOnset { phase, ticket, cue, time, sound, .. } = self.about(i);
        let said = SoundEnd { phase, ticket, cue, time, sound, why };
        self.said.push((at, SoundSaid::End(said)));
    }

    pub(super) fn unplayed(&mut self, ticket: u64, cue: usize, time: u32, why: String, now: Nanos) {
        let said = self.not_played(ticket, cue, time, why);
        self.said.push((now, SoundSaid::Onset(said)));
    }

    pub(super) fn not_played(&self, ticket: u64, cue: usize, time: u32, why: String) -> SoundOnset {
        let scene = &self.scenes[&ticket];
        let wanted = &scene.sounds.cues[cue];
        SoundOnset {
            phase: scene.sounds.phase,
            ticket,
            cue: cue as u32,
            time,
            sound: wanted.sound.clone(),
            planned_ns: scene.appears.map(|at| due(wanted, at, time)),
            onset_ns: None,
            lag_ns: None,
            basis: None,
            frame: None,
            error: Some(why),
        }
    }

    fn about(&self, i: &Instance) -> SoundOnset {
        SoundOnset {
            phase: self.scenes[&i.ticket].sounds.phase,
            ticket: i.ticket,
            cue: i.cue as u32,
            time: i.time,
            sound: self.name(i),
            planned_ns: None,
            onset_ns: None,
            lag_ns: None,
            basis: None,
            frame: None,
            error: None,
        }
    }

    pub(super) fn name(&self, i: &Instance) -> String {
        self.scenes[&i.ticket].sounds.cues[i.cue].sound.clone()
    }
}
