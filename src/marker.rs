//! Event markers: codes and lines of text that tell an EEG amplifier, an eye tracker or a recorder of physiology what is on
//! the screen. Each device has a thread of its own, so that none holds up another. It is told marks with their instants; what
//! they stand for, and what is shown, it refuses to know.

mod guard;
mod line;
mod sink;
mod writer;

pub use sink::NoDevice;

use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::ports::{EventMark, MarkOrder, MarkerPort};
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crate::rig::schema::MarkerSetup;
use crossbeam_channel::Sender;
use std::sync::Arc;
use std::time::Duration;
use writer::{Command, Device, Writer};

/// How long the end waits for a device that does not answer.
const PATIENCE: Duration = Duration::from_millis(2500);

/// The open devices of a room. Dropping them leaves their lines at rest.
#[derive(Debug)]
pub struct Markers {
    devices: Vec<(MarkerSetup, Device)>,
    port: Arc<Port>,
}

/// The way to all devices, for whoever knows when something is shown.
#[derive(Debug)]
struct Port(Vec<Sender<Command>>);

impl MarkerPort for Port {
    fn send(&self, order: MarkOrder) {
        for device in &self.0 {
            // A device's thread ends with the run alone.
            let _ = device.send(Command::Mark(order.clone()));
        }
    }
}

impl Markers {
    /// Opens the devices of a room and puts their lines to rest. What becomes of each mark is told as [`Event::Marked`]; a
    /// device that is not needed and not there is told of, and tried again each second.
    ///
    /// # Errors
    /// The first device that is needed and cannot be opened.
    pub fn open(setups: &[MarkerSetup], events: &Sender<Event>) -> Result<Markers, NoDevice> {
        let mut writers = Vec::new();
        for setup in setups {
            let again = setup.clone();
            let opener = Box::new(move || sink::open(&again));
            let sink = match sink::open(setup) {
                Ok(sink) => Some(sink),
                Err(e) if setup.required => return Err(e),
                Err(e) => {
                    let text = format!("{e}; it is tried again each second: {}", e.remedy);
                    let note = Event::Note { stamp: monotonic_now(), level: Level::Warning, text };
                    // Nobody listening means that the session is ending.
                    let _ = events.send(note);
                    None
                }
            };
            writers.push(Writer::new(setup, sink, opener, events.clone()));
        }
        let mut devices = Vec::new();
        for (setup, writer) in setups.iter().zip(writers) {
            devices.push((setup.clone(), Device::start(setup, writer)?));
        }
        let port = Arc::new(Port(devices.iter().map(|(_, d)| d.orders.clone()).collect()));
        Ok(Markers { devices, port })
    }

    /// Where marks with an instant go.
    pub fn port(&self) -> Arc<dyn MarkerPort> {
        self.port.clone()
    }

    /// Marks the beginning of a run, on devices that have a code for it.
    pub fn start(&self, at: Nanos) {
        self.own("start", "n/a", at, |setup| setup.start);
    }

    /// Marks the end of a run.
    pub fn stop(&self, at: Nanos) {
        self.own("stop", "n/a", at, |setup| setup.stop);
    }

    /// Marks a volume of the scanner.
    pub fn volume(&self, number: u32, at: Nanos) {
        self.own("volume", &number.to_string(), at, |setup| setup.volumes);
    }

    fn own(&self, name: &str, detail: &str, at: Nanos, code: fn(&MarkerSetup) -> Option<u8>) {
        for (setup, device) in &self.devices {
            let Some(code) = code(setup) else { continue };
            let mark = EventMark { phase: None, name: name.into(), code, detail: detail.into() };
            let order = MarkOrder { mark, at, scene: None };
            // As above.
            let _ = device.orders.send(Command::Mark(order));
        }
    }

    /// Writes what is due, then the rest level, and closes the devices. Waits for them, but not for ever.
    pub fn finish(&mut self) {
        for (_, device) in &self.devices {
            let _ = device.orders.send(Command::Finish);
        }
        let until = monotonic_now() + Nanos(PATIENCE.as_nanos() as i64);
        for (_, device) in &mut self.devices {
            device.join(until);
        }
        self.devices.clear();
    }
}

impl Drop for Markers {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
