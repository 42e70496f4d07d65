//! Pulses as samples of an LSL stream of text, each stamped by LSL's clock when it is sent.

use super::{Edge, NoPlace, Place, Said};
use crate::wire::lsl::{Library, Outlet, REMEDY};
use std::time::Duration;

#[derive(Debug)]
struct Stream {
    outlet: Outlet,
    name: String,
    text: String,
}

/// Opens a stream.
pub(super) fn open(name: &str, text: &str) -> Result<Box<dyn Place>, NoPlace> {
    let no_place = |what: String, remedy: String| NoPlace { what, remedy };
    let library = Library::load().map_err(|e| no_place(e.to_string(), e.remedy.clone()))?;
    let source = format!("reframe-emulate-scanner-{name}");
    let outlet = Outlet::open(&library, name, "Markers", &source, 1);
    let outlet = outlet.map_err(|e| no_place(e.to_string(), REMEDY.into()))?;
    Ok(Box::new(Stream { outlet, name: name.into(), text: text.into() }))
}

impl Place for Stream {
    fn ready(&mut self, _patience: Duration) -> Result<(), String> {
        match self.outlet.has_readers() {
            true => Ok(()),
            false => Err(format!("no program reads the LSL stream {:?}", self.name)),
        }
    }

    fn send(&mut self, edge: Edge, code: Option<&str>) -> Result<Said, String> {
        if edge == Edge::Up {
            return Ok(Said::NotHere);
        }
        if !self.outlet.has_readers() {
            return Err("no program reads the stream".into());
        }
        self.outlet.push(code.unwrap_or(&self.text), None).map_err(|e| e.to_string())?;
        Ok(Said::Yes)
    }
}
