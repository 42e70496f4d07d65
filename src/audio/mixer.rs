//! kira's mixer, whatever device is behind it.

use super::desk::{Cut, Mixer};
use super::meter::Meter;
use super::part::{Now, Part};
use super::samples::Samples;
use super::voice::Voice;
use crossbeam_channel::Sender;
use kira::backend::Backend;
use kira::track::MainTrackBuilder;
use kira::{AudioManager, AudioManagerSettings, Decibels, Tween};
use std::sync::Arc;
use std::time::Duration;

/// Sounds that can wait and play at a time.
const MOST: usize = 512;
/// How long a change of the volume takes: a step would be heard as a click.
const GLIDE: Duration = Duration::from_millis(10);

/// A mixer and its device.
pub struct KiraMixer<B: Backend> {
    pub manager: AudioManager<B>,
    now: Arc<Now>,
}

impl<B: Backend> std::fmt::Debug for KiraMixer<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KiraMixer").field("now", &self.now).finish_non_exhaustive()
    }
}

impl<B: Backend> KiraMixer<B> {
    /// Starts the backend; `now` is what that tells the sounds, and `cuts` takes what was beyond full amplitude.
    ///
    /// # Errors
    /// Those of the backend.
    pub fn start(
        backend_settings: B::Settings,
        now: Arc<Now>,
        cuts: Sender<Cut>,
    ) -> Result<KiraMixer<B>, B::Error> {
        let mut main_track_builder = MainTrackBuilder::new().sound_capacity(MOST);
        main_track_builder.add_effect(Meter::new(now.clone(), cuts));
        let manager = AudioManager::new(AudioManagerSettings {
            main_track_builder,
            backend_settings,
            capacities: Default::default(),
            internal_buffer_size: 128,
        })?;
        Ok(KiraMixer { manager, now })
    }
}

impl<B: Backend + Send> Mixer for KiraMixer<B> {
    fn play(
        &mut self,
        samples: &Samples,
        part: &Arc<Part>,
        volume: f64,
        pan: f64,
    ) -> Result<(), String> {
        let (samples, part, now) = (samples.clone(), part.clone(), self.now.clone());
        let voice = Voice { samples, part, now, volume: volume as f32, pan: pan as f32 };
        let full = |_| format!("more than {MOST} sounds wait or play at a time");
        self.manager.play(voice).map_err(full)
    }

    fn volume(&mut self, gain: f64) {
        self.now.set_gain(gain as f32);
        let decibels = (20.0 * gain.max(1e-3).log10()) as f32;
        let tween = Tween { duration: GLIDE, ..Tween::default() };
        self.manager.main_track().set_volume(Decibels(decibels), tween);
    }
}
