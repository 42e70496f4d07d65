//! One sound in kira's mixer. It begins with the very sample that is heard at its time, wherever in a chunk that lies, and says
//! which it was.

use super::line::{frame_at, span};
use super::part::{Fate, Now, Part};
use super::samples::Samples;
use crate::ground::time::Nanos;
use kira::Frame;
use kira::info::Info;
use kira::sound::{Sound, SoundData};
use std::sync::Arc;

/// A sound that is further behind its time than this is not begun: whoever hears it would take it for another.
pub const LATEST: Nanos = Nanos::from_millis(100);
/// How long one that is silenced takes to fade: a step would be heard as a click.
pub const FADE: Nanos = Nanos::from_millis(5);

/// A sound that is to be heard once.
#[derive(Debug)]
pub struct Voice {
    pub samples: Samples,
    pub part: Arc<Part>,
    pub now: Arc<Now>,
    /// What its amplitude is multiplied by.
    pub volume: f32,
    /// -1 (left) to 1 (right): it takes from the other ear and adds nothing, so that nothing is cut off.
    pub pan: f32,
}

impl SoundData for Voice {
    type Error = std::convert::Infallible;
    type Handle = ();

    fn into_sound(self) -> Result<(Box<dyn Sound>, ()), Self::Error> {
        Ok((Box::new(Sounding { voice: self, frame: 0, at: 0, fading: None }), ()))
    }
}

/// The same while it is in the mixer.
struct Sounding {
    voice: Voice,
    /// Number of the sample that comes next of all.
    frame: u64,
    /// Place of the sample that comes next of its own.
    at: usize,
    /// How many samples are left of its fading.
    fading: Option<usize>,
}

impl Sounding {
    /// How many samples of a chunk go by before it begins; none where it does not begin in it.
    fn begins(&self, chunk: usize) -> Option<usize> {
        let (part, now) = (&self.voice.part, &self.voice.now);
        let (due, offset) = (part.due()?, now.read().1?);
        if part.not_from().is_some_and(|end| end <= due) {
            part.refuse(Fate::Gone);
            return None;
        }
        let first = frame_at(due, offset, now.rate());
        let late = self.frame as i64 - first;
        if late > 0 && span(late as u64, now.rate()) > LATEST {
            part.refuse(Fate::TooLate);
            return None;
        }
        // One that is late begins no later than its scene is on.
        let begins = offset + span(self.frame, now.rate());
        if late > 0 && part.not_from().is_some_and(|end| end <= begins) {
            part.refuse(Fate::TooLate);
            return None;
        }
        let within = usize::try_from(-late).unwrap_or(0);
        let begins = within < chunk && part.begin(self.frame + within as u64);
        begins.then_some(within)
    }

    /// The sample with which it is to begin fading, counted from this chunk's first.
    fn fades_from(&self) -> Option<usize> {
        let (from, offset) = (self.voice.part.silent_from()?, self.voice.now.read().1?);
        let frame = frame_at(from, offset, self.voice.now.rate());
        Some(usize::try_from(frame - self.frame as i64).unwrap_or(0))
    }
}

impl Sound for Sounding {
    fn on_start_processing(&mut self) {
        self.frame = self.voice.now.read().0;
    }

    fn process(&mut self, out: &mut [Frame], _dt: f64, _info: &Info<'_>) {
        out.fill(Frame::ZERO);
        let mut place = match self.voice.part.fate() {
            Fate::Waiting => self.begins(out.len()),
            Fate::Playing => Some(0),
            _ => None,
        };
        let fades_from = self.fades_from();
        let fade = frame_at(FADE, Nanos::ZERO, self.voice.now.rate()).max(1) as usize;
        while let Some(i) = place.filter(|i| *i < out.len()) {
            if self.fading.is_none() && fades_from.is_some_and(|from| from <= i) {
                self.fading = Some(fade);
            }
            let over = self.at >= self.voice.samples.frames.len() || self.fading == Some(0);
            if over {
                self.voice.part.end(self.frame + i as u64);
                break;
            }
            let [left, right] = self.voice.samples.frames[self.at];
            let gain = self.voice.volume * self.fading.map_or(1.0, |n| n as f32 / fade as f32);
            let pan = self.voice.pan;
            out[i] = Frame::new(left * (1.0 - pan).min(1.0), right * (1.0 + pan).min(1.0)) * gain;
            self.at += 1;
            self.fading = self.fading.map(|n| n - 1);
            place = Some(i + 1);
        }
        self.frame += out.len() as u64;
    }

    fn finished(&self) -> bool {
        !matches!(self.voice.part.fate(), Fate::Waiting | Fate::Playing)
    }
}

#[cfg(test)]
mod tests;
