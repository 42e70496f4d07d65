//! Where scanner pulses come from: each source with its text, as rig files and the command line write it. It opens no
//! device.

mod text;

pub use text::{byte, trigger_source};

use crate::rig::pins::Pin;
use std::fmt;
use std::net::SocketAddr;

/// Where scanner pulses come from and what they mean.
#[derive(Clone, Debug, PartialEq)]
pub struct TriggerSetup {
    /// All that are listened to; the first that brings a pulse gives its stamp.
    pub sources: Vec<TriggerSource>,
    /// What a pulse announces.
    pub each: PulseFor,
    /// Volumes at the start that are not analysed.
    pub dummies: u32,
    /// Whether they send pulses.
    pub dummies_pulse: bool,
    /// Whether they are stored in the images.
    pub dummies_stored: bool,
}

impl Default for TriggerSetup {
    fn default() -> Self {
        TriggerSetup {
            sources: Vec::new(),
            each: PulseFor::Volume,
            dummies: 0,
            dummies_pulse: true,
            dummies_stored: false,
        }
    }
}

/// What the scanner sends a pulse for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PulseFor {
    Volume,
    /// Each slice, of so many in a volume.
    Slice(u32),
    /// The start of a run, once.
    Start,
}

/// Which bytes of a serial port are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Byte {
    Any,
    One(u8),
}

/// A source of scanner pulses.
#[derive(Clone, Debug, PartialEq)]
pub enum TriggerSource {
    /// A physical key, by its W3C `code` name; behind an `@` the name of its keyboard.
    Key(String),
    /// A byte on a serial port.
    Serial { port: String, baud: u32, byte: Byte },
    /// A key of a Cedrus XID box on a serial port; of one of its ports, where that is told.
    Xid { port: String, baud: u32, of: Option<u8>, key: u8 },
    /// A status line of a serial port that goes on, or off.
    Modem { port: String, line: &'static str, rising: bool },
    /// A status pin of a parallel port that goes on, or off.
    Parport { port: String, pin: Pin, rising: bool },
    /// Lines of text that arrive over TCP; of a certain text, where that is told.
    Tcp { at: SocketAddr, text: Option<String> },
    /// The same as packets over UDP.
    Udp { at: SocketAddr, text: Option<String> },
    /// Samples of a stream of the Lab Streaming Layer.
    Lsl { name: String, text: Option<String> },
    /// A key of one of the Linux kernel's devices, whoever has the keyboard.
    Evdev { path: String, code: String },
    /// The built-in emulator, with the TR in seconds (the task's own where absent).
    Emulate(Option<f64>),
}

impl TriggerSource {
    /// Whether it comes over the program's own window, or from inside of it: nothing has to be opened for it.
    pub fn is_built_in(&self) -> bool {
        matches!(self, TriggerSource::Key(_) | TriggerSource::Emulate(_))
    }

    /// The serial port that it listens to, with its rate, where it is one that bytes come from.
    pub fn serial_port(&self) -> Option<(&str, u32)> {
        match self {
            TriggerSource::Serial { port, baud, .. } | TriggerSource::Xid { port, baud, .. } => {
                Some((port, *baud))
            }
            _ => None,
        }
    }
}

impl fmt::Display for TriggerSource {
    /// The name that stands in journals: the kind and the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TriggerSource::Key(code) => write!(f, "key:{code}"),
            TriggerSource::Serial { port, .. } => write!(f, "serial:{port}"),
            TriggerSource::Xid { port, .. } => write!(f, "xid:{port}"),
            TriggerSource::Modem { port, line, .. } => write!(f, "modem:{port}:{line}"),
            TriggerSource::Parport { port, pin, .. } => write!(f, "parport:{port}:{}", pin.name()),
            TriggerSource::Tcp { at, .. } => write!(f, "tcp:{at}"),
            TriggerSource::Udp { at, .. } => write!(f, "udp:{at}"),
            TriggerSource::Lsl { name, .. } => write!(f, "lsl:{name}"),
            TriggerSource::Evdev { path, code } => write!(f, "evdev:{path}:{code}"),
            TriggerSource::Emulate(_) => write!(f, "emulator"),
        }
    }
}
