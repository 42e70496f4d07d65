//! What a rig says of the devices that event markers go to.

use std::fmt;

/// A device that marks go to: an EEG amplifier, an eye tracker, a recorder of physiology.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkerSetup {
    pub to: MarkerTo,
    /// Seconds for which a code stands before the rest level is written; none where it stands until the next.
    pub pulse: Option<f64>,
    /// The level of the lines while there is no mark.
    pub rest: u8,
    /// Codes for the beginning and the end of a run, and for each volume.
    pub start: Option<u8>,
    pub stop: Option<u8>,
    pub volumes: Option<u8>,
    /// A run is refused without it.
    pub required: bool,
}

/// Where marks go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkerTo {
    /// A byte to a serial port.
    Serial { port: String, baud: u32 },
    /// A byte on the data lines of a parallel port: a device file, or an address on Windows.
    Parport(String),
    /// Lines of text; we are the client.
    Tcp { host: String, port: u16 },
    /// Packets of text.
    Udp { host: String, port: u16 },
    /// A stream of this name.
    Lsl(String),
}

impl MarkerTo {
    /// Whether it has a level, which a pulse ends and which rests; text has none.
    pub fn has_level(&self) -> bool {
        matches!(self, MarkerTo::Serial { .. } | MarkerTo::Parport(_))
    }
}

impl MarkerSetup {
    /// The codes that the device has for the run itself, with the keys that name them.
    pub fn own_codes(&self) -> impl Iterator<Item = (&'static str, u8)> {
        let all = [("start", self.start), ("stop", self.stop), ("volumes", self.volumes)];
        all.into_iter().filter_map(|(key, code)| Some((key, code?)))
    }
}

/// As rig files write it.
impl fmt::Display for MarkerTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MarkerTo::Serial { port, baud } => write!(f, "serial:{port}@{baud}"),
            MarkerTo::Parport(place) => write!(f, "parport:{place}"),
            MarkerTo::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            MarkerTo::Udp { host, port } => write!(f, "udp:{host}:{port}"),
            MarkerTo::Lsl(name) => write!(f, "lsl:{name}"),
        }
    }
}
