//! What the self-test measured of sounds, in milliseconds.

use crate::ground::record::{SoundDevice, SoundOnset};
use crate::ground::time::Nanos;
use serde::Serialize;

/// Tones that were played beside the patch.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sound {
    /// Name of the device and its sound system.
    pub device: Option<String>,
    pub host: Option<String>,
    pub sample_rate_hz: Option<u32>,
    /// Frames that the rig asks the device to take at a time, and that it takes.
    pub buffer: Option<u32>,
    pub taken: Option<u32>,
    /// From the call for samples until they are heard, as the device says.
    pub latency_ms: Option<f64>,
    /// The rig's correction, which is in the figures.
    pub offset_ms: f64,
    pub asked: u32,
    pub played: u32,
    /// Why those that were not played were not.
    pub errors: Vec<String>,
    /// How long the device was silent where it ran dry.
    pub silences_ms: Vec<f64>,
    /// From the plan of each tone to its onset.
    pub onset_minus_plan_ms: Vec<f64>,
    /// From the onset of its picture to that of the tone.
    pub sound_minus_picture_ms: Vec<f64>,
}

impl Sound {
    /// The figures of tones with the onsets of their pictures, where those are known; `screen` is the rig's correction of these.
    pub fn of(
        device: Option<&SoundDevice>,
        asked: u32,
        (tones, screen): (&[(SoundOnset, Option<Nanos>)], Nanos),
        silences: &[Option<Nanos>],
    ) -> Sound {
        let offset = device.map_or(Nanos::ZERO, |d| d.offset_ns);
        let heard = |o: &SoundOnset| o.onset_ns.map(|t| t + offset);
        let beside = tones
            .iter()
            .filter_map(|(o, picture)| Some((heard(o)? - (*picture)? - screen).millis()));
        Sound {
            device: device.map(|d| d.name.clone()),
            host: device.map(|d| d.host.clone()),
            sample_rate_hz: device.map(|d| d.sample_rate),
            buffer: device.map(|d| d.buffer),
            taken: device.map(|d| d.taken),
            latency_ms: device.map(|d| d.latency_ns.millis()),
            offset_ms: offset.millis(),
            asked,
            played: tones.iter().filter(|(o, _)| o.onset_ns.is_some()).count() as u32,
            errors: tones.iter().filter_map(|(o, _)| o.error.clone()).collect(),
            silences_ms: silences.iter().map(|s| s.map_or(0.0, Nanos::millis)).collect(),
            onset_minus_plan_ms: tones
                .iter()
                .filter_map(|(o, _)| o.lag_ns.map(Nanos::millis))
                .collect(),
            sound_minus_picture_ms: beside.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_held_against_its_picture_with_the_correction_of_the_room() {
        let ms = Nanos::from_millis;
        let tone = |onset: Option<Nanos>, error: Option<&str>| SoundOnset {
            phase: 0,
            ticket: 1,
            cue: 0,
            time: 0,
            sound: "tone".into(),
            planned_ns: Some(ms(100)),
            onset_ns: onset,
            lag_ns: onset.map(|t| t + ms(3) - ms(100)),
            basis: None,
            frame: None,
            error: error.map(String::from),
        };
        let device = SoundDevice {
            name: "room".into(),
            host: "pulseaudio".into(),
            sample_rate: 48_000,
            channels: 2,
            buffer: 1024,
            taken: 1024,
            latency_ns: ms(40),
            offset_ns: ms(3),
        };
        let tones = [(tone(Some(ms(101)), None), Some(ms(102))), (tone(None, Some("late")), None)];
        let corrected = Sound::of(Some(&device), 2, (&tones, ms(5)), &[]);
        assert_eq!(corrected.sound_minus_picture_ms, [-3.0], "the picture comes 5 ms later too");
        let s = Sound::of(Some(&device), 2, (&tones, Nanos::ZERO), &[Some(ms(7)), None]);
        assert_eq!((s.asked, s.played, s.errors.len()), (2, 1, 1));
        assert_eq!((s.sound_minus_picture_ms, s.onset_minus_plan_ms), (vec![2.0], vec![4.0]));
        assert_eq!((s.silences_ms, s.latency_ms), (vec![7.0, 0.0], Some(40.0)));
    }
}
