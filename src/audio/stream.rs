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
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
#[derive(Debug)]
pub struct Output {
    opener: Opener,
    found: Found,
    stream: Option<Opened>,
}

impl Backend for Output {
    type Settings = (Found, Ear);
    type Error = NoSound;

    fn setup((found, ear): (Found, Ear), _chunk: usize) -> Result<(Output, u32), NoSound> {
        let rate = found.config.sample_rate;
        let opener = Opener { ear, renderer: Arc::default(), frame: Arc::default() };
        Ok((Output { opener, found, stream: None }, rate))
    }

    fn start(&mut self, renderer: Renderer) -> Result<(), NoSound> {
        *self.opener.renderer.lock().unwrap_or_else(|e| e.into_inner()) = Some(renderer);
        let opened = self.opener.open(&self.found)?;
        self.goes_on(opened);
        Ok(())
    }
}

impl Output {
    /// Lets go of the device.
    pub fn close(&mut self) {
        self.stream = None;
    }

    /// Opens other streams of the same mixer.
    pub fn opener(&self) -> Opener {
        self.opener.clone()
    }

    /// Goes on with this stream.
    pub fn goes_on(&mut self, with: Opened) {
        self.close();
        with.current.store(true, Ordering::Relaxed);
        self.stream = Some(with);
    }
}

/// A stream of a mixer. Dropping it lets go of the device, and waits for nothing: a server that hangs would be waited for.
pub struct Opened {
    stream: Option<Stream>,
    /// It is the one that the mixer goes on with.
    current: Arc<AtomicBool>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("current", &self.current).finish_non_exhaustive()
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.current.store(false, Ordering::Relaxed);
        let stream = self.stream.take();
        // Where there is no thread for it, it is dropped here.
        let _ = std::thread::Builder::new().name("sound close".into()).spawn(move || drop(stream));
    }
}

/// Opens streams of a mixer.
#[derive(Clone)]
pub struct Opener {
    ear: Ear,
    renderer: Arc<Mutex<Option<Renderer>>>,
    /// Number of the next sample of all streams.
    frame: Arc<AtomicU64>,
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener").field("frame", &self.frame).finish_non_exhaustive()
    }
}

impl Opener {
    /// Opens a device. It may take seconds, and on a system that hangs much longer.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(&self, found: &Found) -> Result<Opened, NoSound> {
        // A device may ask before anybody has taken the stream, and long after it was given up.
        let current = Arc::new(AtomicBool::new(false));
        let stream = match found.format {
            SampleFormat::F32 => self.build::<f32>(found, &current),
            SampleFormat::I16 => self.build::<i16>(found, &current),
            SampleFormat::I32 => self.build::<i32>(found, &current),
            SampleFormat::U16 => self.build::<u16>(found, &current),
            other => return Err(refused(found, &format!("it takes samples as {other} alone"))),
        };
        let stream = Some(stream.map_err(|e| refused(found, &e.to_string()))?);
        let opened = Opened { stream, current };
        let plays = opened.stream.as_ref().map_or(Ok(()), StreamTrait::play);
        plays.map_err(|e| refused(found, &e.to_string()))?;
        Ok(opened)
    }

    fn build<T: SizedSample + FromSample<f32>>(
        &self,
        found: &Found,
        current: &Arc<AtomicBool>,
    ) -> Result<Stream, cpal::Error> {
        let channels = found.config.channels;
        let rate = found.config.sample_rate;
        let Ear { now, stamps, troubles, stalls } = self.ear.clone();
        let (renderer, count, current) =
            (self.renderer.clone(), self.frame.clone(), current.clone());
        let in_use = current.clone();
        let mut line = Line::new(rate);
        let mut origin = Origin::default();
        let mut mixed = vec![0f32; MOST * usize::from(channels)];
        let mut raised = false;
        let fill = move |out: &mut [T], info: &OutputCallbackInfo| {
            // It is not in use yet, or another has taken its place.
            if !current.load(Ordering::Relaxed) {
                out.fill(T::EQUILIBRIUM);
                return;
            }
            if !std::mem::replace(&mut raised, true) {
                // The conductor has said in each run whether it is granted.
                let _ = priority::raise("sound", PRIORITY);
            }
            let frames = out.len() / usize::from(channels.max(1));
            let frame = count.fetch_add(frames as u64, Ordering::Relaxed);
            let stall = stalls.iter().find(|(at, _)| (frame..frame + frames as u64).contains(at));
            if let Some((_, time)) = stall {
                std::thread::sleep(time.to_duration());
            }
            let stamp = info.timestamp();
            let called = stamp.callback.as_nanos() as i64;
            let zero = origin.zero(monotonic_now(), called);
            let (called, heard) =
                (Nanos(called + zero), Nanos(stamp.playback.as_nanos() as i64 + zero));
            let stamp = Stamp { frame, frames: frames as u32, called, heard };
            line.push(&stamp);
            now.tell(frame, line.offset());
            // Held by nobody else: only one stream is in use.
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
            if in_use.load(Ordering::Relaxed) {
                let text = e.to_string();
                let _ = troubles.try_send(Trouble { at: monotonic_now(), over, text });
            }
        };
        found.device.build_output_stream(found.config, fill, wrong, Some(PATIENCE))
    }
}

fn refused(found: &Found, why: &str) -> NoSound {
    let (name, buffer) = (&found.name, &found.config.buffer_size);
    let rate = found.config.sample_rate;
    NoSound {
        text: format!(
            "sound device \"{name}\" cannot be opened at {rate} Hz with {buffer:?} frames: {why}"
        ),
        remedy: "close other programs that use it; change `buffer` or `rate` in [sound] of the rig, or run with --no-sound".into(),
    }
}

/// The program's time of the stream's own zero, what its stamps count from. A stamp is read by the program a little after it
/// was taken, so the least difference is the true one; and the stream's clock may run faster or slower than the program's, so
/// what was least long ago is no more.
#[derive(Debug, Default)]
struct Origin {
    /// The least difference of the span before this one, and of this one.
    before: Option<i64>,
    least: Option<i64>,
    began: Nanos,
}

/// After so long a span is over: a clock that is wrong by 100 ppm, the worst there are, is then behind by half a millisecond.
const SPAN: Nanos = Nanos::from_millis(2_500);

impl Origin {
    /// In nanoseconds, from a stamp of the stream that is read now.
    fn zero(&mut self, now: Nanos, stamp: i64) -> i64 {
        if self.least.is_some() && now - self.began >= SPAN {
            self.before = self.least.take();
        }
        if self.least.is_none() {
            self.began = now;
        }
        let least = (now.0 - stamp).min(self.least.unwrap_or(i64::MAX));
        self.least = Some(least);
        least.min(self.before.unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_clock_that_runs_faster_or_slower_is_followed(
            ppm in -100i64..=100, waits in proptest::collection::vec(0i64..3_000_000, 64),
        ) {
            let mut origin = Origin::default();
            for k in 0..30_000i64 {
                // An hour of stamps; each is read some time after it was taken, one in sixteen at once.
                let true_now = 5_000_000_000 + k * 120_000_000;
                let stamp = (true_now - 5_000_000_000) * (1_000_000 + ppm) / 1_000_000;
                let wait = if k % 16 == 0 { 0 } else { waits[(k % 64) as usize] };
                let zero = origin.zero(Nanos(true_now + wait), stamp);
                let off = (stamp + zero - true_now).abs();
                // Two spans of drift, and the first of the stamps.
                let drift = 2 * (SPAN.0 + 2_000_000_000) * ppm.abs() / 1_000_000;
                prop_assert!(k < 16 || off <= drift + 1, "{} of {}", off, drift);
            }
        }
    }
}
