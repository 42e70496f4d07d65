//! Lab Streaming Layer: liblsl, loaded when it is first asked for, with streams of text out and of text or numbers in.
//! It moves samples with their stamps and knows no meaning. An outlet or inlet belongs to one thread at a time: it may be
//! handed on, never shared.
#![allow(unsafe_code)]

mod library;

pub use library::{Library, NoLsl, REMEDY};

use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use library::{Handle, STRING, Status};
use std::ffi::{CString, c_char};
use std::marker::PhantomData;
use std::ptr::null_mut;
use std::sync::Arc;
use std::time::Duration;

/// The longest text of a sample, in bytes; markers and triggers are short, and what comes from outside has a bound.
pub const LONGEST: usize = 4096;
/// The most channels of a stream that is read.
const MOST_CHANNELS: usize = 256;
/// How much an inlet keeps that was not pulled: so many seconds, or hundreds of samples of an irregular stream.
const KEPT: i32 = 30;
/// A sample or a stream that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LslError {
    #[error("no LSL stream named {0:?} was found")]
    NotFound(String),
    #[error("the LSL stream {0:?} was lost: its sender has gone")]
    Lost(String),
    #[error("the LSL stream {0:?} did not answer in time")]
    Timeout(String),
    #[error("LSL stream {name:?}: {what}")]
    Refused { name: String, what: String },
}

/// Neither `Sync`, for liblsl says nothing of one object in two threads at once, nor bound to the thread that made it.
type OneThread = PhantomData<std::cell::Cell<()>>;

/// A stream that this program sends.
#[derive(Debug)]
pub struct Outlet {
    lib: Arc<Library>,
    at: Handle,
    name: String,
    channels: usize,
    one_thread: OneThread,
}

// SAFETY: liblsl's objects are not bound to the thread that made them; `OneThread` keeps two threads from one at a time.
unsafe impl Send for Outlet {}

impl Outlet {
    /// Opens a stream of text without a rate. Of `channels` each gets the same text. The source id is what a reader finds it
    /// again by after a break.
    ///
    /// # Errors
    /// liblsl does not take the names, or cannot open the stream.
    pub fn open(
        lib: &Arc<Library>,
        name: &str,
        kind: &str,
        source_id: &str,
        channels: usize,
    ) -> Result<Outlet, LslError> {
        let fault = |what: &str| LslError::Refused { name: name.into(), what: what.into() };
        let text = |t: &str| CString::new(t).map_err(|_| fault("a name has a zero byte in it"));
        let (c_name, c_kind, c_source) = (text(name)?, text(kind)?, text(source_id)?);
        if !(1..=MOST_CHANNELS).contains(&channels) || name.is_empty() {
            return Err(fault("a stream needs a name and 1 to 256 channels"));
        }
        // SAFETY: the three texts end in zero and outlive the call, which copies them; 0.0 is an irregular rate.
        let info = unsafe {
            (lib.create_streaminfo)(
                c_name.as_ptr(),
                c_kind.as_ptr(),
                channels as i32,
                0.0,
                STRING,
                c_source.as_ptr(),
            )
        };
        if info.is_null() {
            return Err(fault("liblsl does not take its names"));
        }
        // SAFETY: `info` is a live description; the outlet copies it, so that it is destroyed right after, once.
        let at = unsafe {
            let at = (lib.create_outlet)(info, 0, KEPT);
            (lib.destroy_streaminfo)(info);
            at
        };
        if at.is_null() {
            return Err(fault("liblsl cannot open it; is the network up?"));
        }
        let lib = lib.clone();
        Ok(Outlet { lib, at, name: name.into(), channels, one_thread: PhantomData })
    }

    /// Sends a sample, stamped by liblsl's own clock now, or with this stamp of that clock.
    ///
    /// # Errors
    /// The text is longer than `LONGEST` or has a zero byte in it, or liblsl does not take it.
    pub fn push(&mut self, text: &str, stamp: Option<f64>) -> Result<(), LslError> {
        let fault = |what: String| LslError::Refused { name: self.name.clone(), what };
        if text.len() > LONGEST {
            return Err(fault(format!("a sample of more than {LONGEST} bytes")));
        }
        let text = CString::new(text).map_err(|_| fault("a zero byte in a sample".into()))?;
        let samples: Vec<*const c_char> = vec![text.as_ptr(); self.channels];
        // liblsl takes zero for "now".
        let stamp = stamp.unwrap_or(0.0);
        // SAFETY: the outlet is alive, and there are as many texts as channels, each of which ends in zero and outlives the
        // call; they are copied and not changed.
        let status = unsafe { (self.lib.push_sample_strt)(self.at, samples.as_ptr(), stamp) };
        if status == 0 { Ok(()) } else { Err(error(status, &self.name)) }
    }

    /// Whether anybody reads the stream.
    pub fn has_readers(&self) -> bool {
        // SAFETY: the outlet is alive.
        unsafe { (self.lib.have_consumers)(self.at) != 0 }
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        // SAFETY: it is alive, and nobody uses it after this.
        unsafe { (self.lib.destroy_outlet)(self.at) };
    }
}

/// A stream that another program sends.
#[derive(Debug)]
pub struct Inlet {
    lib: Arc<Library>,
    at: Handle,
    name: String,
    channels: usize,
    one_thread: OneThread,
}

// SAFETY: as with `Outlet`.
unsafe impl Send for Inlet {}

/// What the channels of one sample said, and when, by the clock of its sender; add `Inlet::time_correction` for this PC's.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub texts: Vec<String>,
    pub stamp: f64,
}

impl Inlet {
    /// Finds a stream by its name and opens it, so that nothing sent from here on is missed. Numbers are told as text.
    ///
    /// # Errors
    /// There is none within `timeout`, it has too many channels, or it was lost at once.
    pub fn resolve(lib: &Arc<Library>, name: &str, timeout: Duration) -> Result<Inlet, LslError> {
        let not_found = || LslError::NotFound(name.into());
        let fault = |what: String| LslError::Refused { name: name.into(), what };
        let value = CString::new(name).map_err(|_| not_found())?;
        // The name stands in quotes in a query of liblsl's.
        if name.contains(['\'', '"']) {
            return Err(fault("liblsl cannot look for a name with a quote in it".into()));
        }
        let mut info = null_mut();
        // SAFETY: there is room for the one description that is asked for; the texts end in zero and outlive the call.
        let found = unsafe {
            (lib.resolve_byprop)(
                &mut info,
                1,
                c"name".as_ptr(),
                value.as_ptr(),
                1,
                timeout.as_secs_f64(),
            )
        };
        if found < 0 {
            return Err(error(found, name));
        }
        if found == 0 || info.is_null() {
            return Err(not_found());
        }
        // SAFETY: `info` is a live description that is ours; the inlet copies it, and it is destroyed right after, once.
        // Without recovery a stream that has gone is told of at once instead of being awaited in silence.
        let (channels, at) = unsafe {
            let channels = (lib.get_channel_count)(info);
            let at = (lib.create_inlet)(info, KEPT, 0, 0);
            (lib.destroy_streaminfo)(info);
            (usize::try_from(channels).unwrap_or(0), at)
        };
        if at.is_null() {
            return Err(fault("liblsl cannot open it".into()));
        }
        let inlet =
            Inlet { lib: lib.clone(), at, name: name.into(), channels, one_thread: PhantomData };
        if !(1..=MOST_CHANNELS).contains(&inlet.channels) {
            return Err(fault(format!("it has {channels} channels, and at most 256 are read")));
        }
        let mut status = 0;
        // SAFETY: the inlet is alive and `status` writable for the call.
        unsafe { (lib.open_stream)(inlet.at, timeout.as_secs_f64(), &mut status) };
        if status == 0 { Ok(inlet) } else { Err(error(status, name)) }
    }

    /// The next sample; none where none came within `timeout`.
    ///
    /// # Errors
    /// The stream was lost, or a sample is longer than `LONGEST`: it is let go, and the next can be pulled.
    pub fn pull(&mut self, timeout: Duration) -> Result<Option<Sample>, LslError> {
        let mut texts: Vec<*mut c_char> = vec![null_mut(); self.channels];
        let mut lengths: Vec<u32> = vec![0; self.channels];
        let mut status = 0;
        // SAFETY: the inlet is alive; both arrays have as many places as it has channels, and are writable for the call.
        let stamp = unsafe {
            (self.lib.pull_sample_buf)(
                self.at,
                texts.as_mut_ptr(),
                lengths.as_mut_ptr(),
                self.channels as i32,
                timeout.as_secs_f64(),
                &mut status,
            )
        };
        if status != 0 {
            // liblsl has made no texts then, or has freed them itself.
            return match error(status, &self.name) {
                LslError::Timeout(_) => Ok(None),
                other => Err(other),
            };
        }
        let too_long = lengths.iter().any(|n| *n as usize > LONGEST);
        let mut taken = Vec::with_capacity(self.channels);
        for (text, length) in texts.into_iter().zip(lengths) {
            if text.is_null() {
                continue;
            }
            if !too_long {
                // SAFETY: liblsl has given a text of so many bytes, which stays as it is until it is freed below.
                let bytes = unsafe { std::slice::from_raw_parts(text.cast(), length as usize) };
                taken.push(String::from_utf8_lossy(bytes).into_owned());
            }
            // SAFETY: it came from the same liblsl, and is not used after this.
            unsafe { (self.lib.destroy_string)(text) };
        }
        // Where nothing came, the stamp is zero and the texts are empty.
        match stamp {
            0.0 => Ok(None),
            _ if too_long => Err(LslError::Refused {
                name: self.name.clone(),
                what: format!("a sample of more than {LONGEST} bytes was let go"),
            }),
            stamp => Ok(Some(Sample { texts: taken, stamp })),
        }
    }

    /// Seconds to add to this stream's stamps to have them by this PC's LSL clock. The first call measures and may take as
    /// long as `timeout`; liblsl goes on measuring behind it.
    ///
    /// # Errors
    /// The sender does not answer, or has gone.
    pub fn time_correction(&mut self, timeout: Duration) -> Result<f64, LslError> {
        let mut status: Status = 0;
        // SAFETY: the inlet is alive and `status` writable for the call.
        let seconds =
            unsafe { (self.lib.time_correction)(self.at, timeout.as_secs_f64(), &mut status) };
        if status == 0 { Ok(seconds) } else { Err(error(status, &self.name)) }
    }

    /// How many channels a sample has.
    pub fn channels(&self) -> usize {
        self.channels
    }
}

impl Drop for Inlet {
    fn drop(&mut self) {
        // SAFETY: it is alive, and nobody uses it after this.
        unsafe { (self.lib.destroy_inlet)(self.at) };
    }
}

impl Library {
    /// liblsl's own clock on this PC, in seconds.
    pub fn local_clock(&self) -> f64 {
        // SAFETY: the function takes nothing and may be called from any thread at any time.
        unsafe { (self.local_clock)() }
    }

    /// A stamp of this PC's LSL clock as an instant of the monotonic clock; none where it is no time at all. On Linux both
    /// are the same clock, so that it is true to the width of the readings, well below a microsecond; elsewhere too, for an
    /// instant that is not long ago.
    pub fn monotonic_of(&self, stamp: f64) -> Option<Nanos> {
        // The reading that was held up least is the truest.
        let (_, mono, lsl) = (0..5)
            .map(|_| {
                let before = monotonic_now();
                let lsl = self.local_clock();
                let held_up = monotonic_now() - before;
                (held_up, before + held_up.half(), lsl)
            })
            .min_by_key(|(held_up, ..)| *held_up)?;
        // A century away is no time of this PC's; the sum cannot overflow.
        let away = stamp - lsl;
        (away.abs() < 3.2e9).then(|| mono + Nanos::from_secs(away))
    }

    /// The other way: an instant of the monotonic clock as a stamp to push.
    pub fn stamp_of(&self, instant: Nanos) -> Option<f64> {
        let now = self.local_clock();
        self.monotonic_of(now).map(|mono| now + (instant - mono).secs())
    }
}

fn error(status: Status, name: &str) -> LslError {
    let name = name.to_string();
    match status {
        -1 => LslError::Timeout(name),
        -2 => LslError::Lost(name),
        -3 => LslError::Refused { name, what: "liblsl does not take what it was given".into() },
        n => LslError::Refused { name, what: format!("liblsl reports a fault of its own ({n})") },
    }
}

#[cfg(test)]
mod tests;
