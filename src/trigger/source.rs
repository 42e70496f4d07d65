//! The wires of trigger sources: which one each of them is on, and how it is opened.

use super::{lsl, parport};
use crate::rig::trigger::TriggerSource;
use crate::wire::listen::{NotThere, Open, PATIENCE, Port};
use crate::wire::serial::{ModemLine, NoPort, Serial};
use crate::wire::{modem, net};
use std::path::Path;

impl From<NoPort> for NotThere {
    fn from(why: NoPort) -> NotThere {
        NotThere { text: why.to_string(), remedy: why.remedy }
    }
}

/// How the wire of a source is opened; none for those that have no wire of their own (keys of the window, the emulator)
/// and for kernel devices, which `input` opens.
pub fn wire(source: &TriggerSource) -> Option<Open> {
    match source.clone() {
        TriggerSource::Serial { port, baud, .. } | TriggerSource::Xid { port, baud, .. } => {
            Some(serial(port, baud))
        }
        TriggerSource::Modem { port, line, .. } => {
            let line = ModemLine::ALL.iter().find(|(name, _)| *name == line)?.1;
            Some(Box::new(move || Ok(modem::open(Path::new(&port), line)?)))
        }
        TriggerSource::Tcp { at, text } => Some(Box::new(move || net::tcp(at, text.clone()))),
        TriggerSource::Udp { at, .. } => Some(Box::new(move || net::udp(at))),
        TriggerSource::Lsl { name, .. } => Some(Box::new(move || lsl::open(&name))),
        TriggerSource::Parport { port, pin, .. } => {
            Some(Box::new(move || parport::open(&port, pin)))
        }
        TriggerSource::Key(_) | TriggerSource::Emulate(_) | TriggerSource::Evdev { .. } => None,
    }
}

/// A serial port from which bytes come. What arrived before it was opened is no pulse of this run.
pub fn serial(port: String, baud: u32) -> Open {
    Box::new(move || {
        let serial = Serial::open(Path::new(&port), baud, PATIENCE)?;
        // A port that cannot forget has little to forget.
        let _ = serial.forget_arrived();
        Ok(Box::new(serial) as Box<dyn Port>)
    })
}
