//! The device behind kira: a stream of cpal's that keeps when each of its samples is heard, tells the sounds in the mixer where
//! it is before it asks them, and hands every stamp on. The mixer outlives the stream, so that another device can take its place.

use super::NoSound;
use super::device::Found;
use super::line::{Line, Stamp};
use super::part::Now;
use super::player::Trouble;
use crate::ground::clock::monotonic_now;
use crate::ground::priority;
use crate::ground::time::Nanos;
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, OutputCallbackInfo, SampleFormat, SizedSample, Stream};
use crossbeam_channel::Sender;
use kira::backend::{Backend, Renderer};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Real-time priority of whoever asks for samples: it has until the device runs dry.
const PRIORITY: i32 = 11;
/// How long a device may take to be opened.
const PATIENCE: Duration = Duration::from_secs(3);
/// Frames that are mixed at a time, at most.
const MOST: usize = 4096;

/// What a stream hands on.
#[derive(Clone, Debug)]
pub struct Ear {
    pub now: Arc<Now>,
    pub stamps: Sender<Stamp>,
    pub troubles: Sender<Trouble>,
    /// Only for tests: the sample before which samples are late, and by how much.
    pub stalls: Vec<(u64, Nanos)>,
}

/// A mixer's device.
pub struct Output {
    ear: Ear,
    found: Found,
    renderer: Arc<Mutex<Option<Renderer>>>,
    /// Number of the next sample of all streams.
    frame: Arc<AtomicU64>,
    stream: Option<Stream>,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("found", &self.found).finish_non_exhaustive()
    }
}

impl Backend for Output {
    type Settings = (Found, Ear);
    type Error = NoSound;

    fn setup((found, ear): (Found, Ear), _chunk: usize) -> Result<(Output, u32), NoSound> {
        let rate = found.config.sample_rate;
        let (renderer, frame) = (Arc::default(), Arc::default());
        Ok((Output { ear, found, renderer, frame, stream: None }, rate))
    }

    fn start(&mut self, renderer: Renderer) -> Result<(), NoSound> {
        *self.renderer.lock().unwrap_or_else(|e| e.into_inner()) = Some(renderer);
        self.open()
    }
}

impl Output {
    /// Lets go of the device.
    pub fn close(&mut self) {
        self.stream = None;
    }

    /// Goes on on another device, or on the same one once more.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn reopen(&mut self, found: Found) -> Result<(), NoSound> {
        self.close();
        self.found = found;
        self.open()
    }

    fn open(&mut self) -> Result<(), NoSound> {
        let stream = match self.found.format {
            SampleFormat::F32 => self.build::<f32>(),
            SampleFormat::I16 => self.build::<i16>(),
            SampleFormat::I32 => self.build::<i32>(),
            SampleFormat::U16 => self.build::<u16>(),
            other => return Err(self.refused(&format!("it takes samples as {other} alone"))),
        };
        let stream = stream.map_err(|e| self.refused(&e.to_string()))?;
        stream.play().map_err(|e| self.refused(&e.to_string()))?;
        self.stream = Some(stream);
        Ok(())
    }

    fn refused(&self, why: &str) -> NoSound {
        let (name, buffer) = (&self.found.name, &self.found.config.buffer_size);
        let rate = self.found.config.sample_rate;
        NoSound {
            text: format!("sound device \"{name}\" cannot be opened at {rate} Hz with {buffer:?} frames: {why}"),
            remedy: "close other programs that use it; change `buffer` or `rate` in [sound] of the rig, or run with --no-sound".into(),
        }
    }

    fn build<T: SizedSample + FromSample<f32>>(&self) -> Result<Stream, cpal::Error> {
        let channels = self.found.config.channels;
        let rate = self.found.config.sample_rate;
        let Ear { now, stamps, troubles, stalls } = self.ear.clone();
        let (renderer, count) = (self.renderer.clone(), self.frame.clone());
        let mut line = Line::new(rate);
        let mut origin = Origin::default();
        let mut mixed = vec![0f32; MOST * usize::from(channels)];
        let mut raised = false;
        let fill = move |out: &mut [T], info: &OutputCallbackInfo| {
            if !std::mem::replace(&mut raised, true) {
                let _ = priority::raise("sound", PRIORITY);
            }
            let frames = out.len() / usize::from(channels.max(1));
            let frame = count.fetch_add(frames as u64, Ordering::Relaxed);
            let stall = stalls.iter().find(|(at, _)| (frame..frame + frames as u64).contains(at));
            if let Some((_, time)) = stall {
                std::thread::sleep(time.to_duration());
            }
            let (called, heard) = origin.stamps(monotonic_now(), info);
            let stamp = Stamp { frame, frames: frames as u32, called, heard };
            line.push(&stamp);
            now.tell(frame, line.offset());
            // Held by nobody while a stream is open.
            let mut renderer = renderer.try_lock().ok();
            let renderer = renderer.as_mut().and_then(|r| r.as_mut());
            match renderer {
                Some(renderer) => {
                    renderer.on_start_processing();
                    for part in out.chunks_mut(mixed.len()) {
                        let mixed = &mut mixed[..part.len()];
                        renderer.process(mixed, channels);
                        part.iter_mut().zip(mixed).for_each(|(o, m)| *o = T::from_sample(*m));
                    }
                }
                None => out.fill(T::EQUILIBRIUM),
            }
            // There is room for many seconds; whoever reads them has gone where there is none.
            let _ = stamps.try_send(stamp);
        };
        let wrong = move |e: cpal::Error| {
            use cpal::ErrorKind::{DeviceChanged, RealtimeDenied, Xrun};
            let over = !matches!(e.kind(), Xrun | DeviceChanged | RealtimeDenied);
            let _ = troubles.try_send(Trouble { at: monotonic_now(), over, text: e.to_string() });
        };
        self.found.device.build_output_stream(self.found.config, fill, wrong, Some(PATIENCE))
    }
}

/// The program's time of the stream's own zero: what its stamps count from.
#[derive(Debug, Default)]
struct Origin(Option<i64>);

impl Origin {
    /// When the stream asked, and when the first of its samples will be heard.
    fn stamps(&mut self, now: Nanos, info: &OutputCallbackInfo) -> (Nanos, Nanos) {
        let stamp = info.timestamp();
        let called = stamp.callback.as_nanos() as i64;
        // Its stamp was taken a little before: the least of these differences is the true one.
        let least = (now.0 - called).min(self.0.unwrap_or(i64::MAX));
        self.0 = Some(least);
        (Nanos(called + least), Nanos(stamp.playback.as_nanos() as i64 + least))
    }
}
