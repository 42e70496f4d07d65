//! A device with the sounds of a plan: opened, heard to ask for samples, and what is to be played on it loaded at its rate.

use super::desk::{Cut, Desk};
use super::device::{self, Found};
use super::line::Stamp;
use super::mixer::KiraMixer;
use super::part::{Now, Part};
use super::player::{Player, Source, TELLING, Trouble};
use super::samples::Samples;
use super::stream::{Ear, Opened, Output};
#[cfg(target_os = "linux")]
use super::watch::{Watch, watch};
use super::{NoSound, Sounds, desk, load};
use crate::ground::cue::SoundSource;
use crate::ground::event::Event;
use crate::ground::record::SoundDevice;
use crate::ground::time::Nanos;
use crate::rig::schema::SoundSetup;
use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use indexmap::IndexMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a device may take until it asks for samples.
const PATIENCE: Duration = Duration::from_secs(4);
/// The sample that is given so long after the device was opened.
fn sample(at: Nanos, rate: u32) -> u64 {
    (at.secs() * f64::from(rate)) as u64
}

/// Stamps that fit in between two looks: at the least buffer, those of many seconds.
const QUEUE: usize = 8192;

/// Opens the device of a rig, loads these sounds for it (files are in `folder`), and starts to play silence on it. `stalls` are
/// for tests alone: so long after that the samples come so late.
///
/// # Errors
/// There is no device, it asks for nothing, or a sound cannot be loaded.
pub fn open(
    setup: &SoundSetup,
    sources: &IndexMap<String, SoundSource>,
    folder: Option<&Path>,
    events: &Sender<Event>,
    stalls: &[(Nanos, Nanos)],
) -> Result<Sounds, NoSound> {
    let found = device::find(setup)?;
    let rate = found.config.sample_rate;
    let sounds = load_all(sources, folder, rate)?;
    let now = Arc::new(Now::new(rate));
    let (stamps, stamped) = bounded(QUEUE);
    let (troubles, troubled) = bounded(QUEUE);
    let (cuts, cut) = bounded(QUEUE);
    let stalls = stalls.iter().map(|(at, time)| (sample(*at, rate), *time)).collect();
    let ear = Ear { now: now.clone(), stamps, troubles: troubles.clone(), stalls };
    let mixer = KiraMixer::<Output>::start((found.clone(), ear), now, cuts)?;
    let mixer = Arc::new(Mutex::new(mixer));
    let mut source = Live {
        mixer: mixer.clone(),
        setup: setup.clone(),
        found,
        stamped,
        troubled,
        troubles,
        cut,
        opening: None,
        #[cfg(target_os = "linux")]
        watch: None,
    };
    source.watch();
    let early = source.first()?;
    let desk = Desk::new(sounds, rate, Some(Box::new(Shared(mixer))));
    let offset = setup.offset.as_ref().map_or(Nanos::ZERO, |o| Nanos::from_secs(o.seconds));
    let player = Player::new(desk, Some(Box::new(source)), events.clone(), offset, early);
    Sounds::start(player)
}

fn load_all(
    sources: &IndexMap<String, SoundSource>,
    folder: Option<&Path>,
    rate: u32,
) -> Result<IndexMap<String, Samples>, NoSound> {
    let load = |(name, source): (&String, &SoundSource)| {
        let samples = match source {
            SoundSource::Tone(tone) if tone.frequency * 2.0 >= f64::from(rate) => {
                return Err(NoSound {
                    text: format!(
                        "sound \"{name}\" has {} Hz, and a device with {rate} samples a second cannot play it",
                        tone.frequency
                    ),
                    remedy: "use a device with more samples a second (a headset has few while its microphone is on), or a lower `frequency`".into(),
                });
            }
            SoundSource::Tone(tone) => Samples::tone(tone, rate),
            SoundSource::File(file) => {
                let path = folder.unwrap_or(Path::new(".")).join(file);
                load::file(&path, rate).map_err(|why| NoSound {
                    text: format!("sound \"{name}\" cannot be played: {}: {why}", path.display()),
                    remedy: "`reframe check` looks at all sounds of a protocol".into(),
                })?
            }
        };
        Ok((name.clone(), samples))
    };
    sources.iter().map(load).collect()
}

/// The mixer, for the desk.
#[derive(Debug)]
struct Shared(Arc<Mutex<KiraMixer<Output>>>);

impl desk::Mixer for Shared {
    fn play(
        &mut self,
        samples: &Samples,
        part: &Arc<Part>,
        volume: f64,
        pan: f64,
    ) -> Result<(), String> {
        lock(&self.0).play(samples, part, volume, pan)
    }

    fn volume(&mut self, gain: f64) {
        lock(&self.0).volume(gain);
    }
}

/// Its device, for the player.
#[derive(Debug)]
struct Live {
    mixer: Arc<Mutex<KiraMixer<Output>>>,
    setup: SoundSetup,
    found: Found,
    stamped: Receiver<Stamp>,
    troubled: Receiver<Trouble>,
    /// For the watch.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    troubles: Sender<Trouble>,
    cut: Receiver<Cut>,
    /// Where a device comes from that is being opened.
    opening: Option<Receiver<Reopened>>,
    #[cfg(target_os = "linux")]
    watch: Option<Watch>,
}

/// A device that was opened anew, or why it was not.
type Reopened = Result<(Found, Opened), NoSound>;

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(|e| e.into_inner())
}

impl Live {
    /// Looks from now on whether the sounds still go where they should, where a server can move them.
    fn watch(&mut self) {
        #[cfg(target_os = "linux")]
        {
            let sink = self.found.sink.clone();
            self.watch = sink.map(|sink| watch(sink, self.troubles.clone()));
        }
    }

    /// Waits until the device asks for samples steadily: one that was asleep asks once, and then takes its time.
    fn first(&self) -> Result<Vec<Stamp>, NoSound> {
        let mut early = Vec::new();
        while early.len() < TELLING {
            match self.stamped.recv_timeout(PATIENCE) {
                Ok(stamp) => early.push(stamp),
                Err(_) => break,
            }
        }
        let steady = early.len() == TELLING;
        steady.then_some(early).ok_or_else(|| NoSound {
            text: format!("sound device \"{}\" is there but asks for no sound", self.found.name),
            remedy: "see whether the system has suspended it, or name another as `device` in [sound] of the rig; --no-sound runs without".into(),
        })
    }
}

/// What has come of opening a device, once and no more.
fn answered(opening: &mut Option<Receiver<Reopened>>) -> Option<Reopened> {
    let answer = match opening.as_ref()?.try_recv() {
        Ok(answer) => answer,
        Err(TryRecvError::Empty) => return None,
        Err(TryRecvError::Disconnected) => Err(NoSound {
            text: "the thread that opens sound devices has failed".into(),
            remedy: "it is tried again".into(),
        }),
    };
    *opening = None;
    Some(answer)
}

impl Source for Live {
    fn stamps(&self) -> &Receiver<Stamp> {
        &self.stamped
    }

    fn troubles(&self) -> &Receiver<Trouble> {
        &self.troubled
    }

    fn cuts(&self) -> &Receiver<Cut> {
        &self.cut
    }

    fn about(&self) -> SoundDevice {
        let config = &self.found.config;
        SoundDevice {
            name: self.found.name.clone(),
            host: self.found.host.clone(),
            sample_rate: config.sample_rate,
            channels: config.channels,
            buffer: self.setup.buffer,
            taken: 0,
            latency_ns: Nanos::ZERO,
            offset_ns: Nanos::ZERO,
        }
    }

    fn close(&mut self) {
        #[cfg(target_os = "linux")]
        {
            self.watch = None;
        }
        lock(&self.mixer).manager.backend_mut().close();
    }

    fn reopen(&mut self) {
        // What is loaded has the rate of the first device.
        let rate = Some(self.found.config.sample_rate);
        let setup = SoundSetup { rate, ..self.setup.clone() };
        let opener = lock(&self.mixer).manager.backend_mut().opener();
        let (done, opening) = bounded(1);
        let open = move || {
            let opened = device::find(&setup).and_then(|f| opener.open(&f).map(|o| (f, o)));
            // It came too late, and is closed again.
            let _ = done.send(opened);
        };
        // Without a thread it is refused at once.
        let _ = std::thread::Builder::new().name("sound open".into()).spawn(open);
        self.opening = Some(opening);
    }

    fn reopened(&mut self) -> Option<Result<(), String>> {
        Some(match answered(&mut self.opening)? {
            Ok((found, stream)) => {
                lock(&self.mixer).manager.backend_mut().goes_on(stream);
                self.found = found;
                self.watch();
                Ok(())
            }
            Err(e) => Err(e.text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::cue::Tone;

    #[test]
    fn a_thread_that_fails_to_open_a_device_is_told_of_once_and_leaves_room_for_another() {
        let (done, answer) = bounded(1);
        let mut opening = Some(answer);
        assert!(answered(&mut opening).is_none() && opening.is_some());
        drop(done);
        assert!(answered(&mut opening).is_some_and(|a| a.is_err()));
        assert!(answered(&mut opening).is_none() && opening.is_none());
    }

    #[test]
    fn a_tone_that_is_too_high_for_a_device_is_refused_and_not_played_as_another() {
        let (duration, ramp) = (Nanos::from_millis(100), Nanos::ZERO);
        let tone = SoundSource::Tone(Tone { frequency: 8_000.0, duration, ramp });
        let sources = IndexMap::from([("high".to_string(), tone)]);
        assert!(load_all(&sources, None, 48_000).is_ok());
        let refused = load_all(&sources, None, 16_000).unwrap_err();
        assert!(refused.text.contains("\"high\" has 8000 Hz"), "{refused}");
    }
}
