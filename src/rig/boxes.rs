//! Response boxes as a rig names them: those on serial ports, and keyboards that are one. Their buttons get names that
//! `[keys]` can use.

use std::fmt;

/// A response box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseBox {
    /// What it is called in this rig: behind an `@` its buttons are told from others.
    pub name: String,
    pub kind: BoxKind,
    /// Whether it tells how long a button is held. One that does not moves the marker of a scale by steps.
    pub holds: bool,
}

/// How its buttons arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoxKind {
    /// As bytes on a serial port: the first is `Button1`.
    Serial { port: String, baud: u32, bytes: Vec<u8> },
    /// As packets of a Cedrus XID box: key 0 is `Button0`.
    Xid { port: String, baud: u32 },
    /// As keys of a keyboard whose own name has this in it.
    Keyboard { has: String },
}

impl ResponseBox {
    /// The serial port that it is on, with its rate.
    pub fn serial_port(&self) -> Option<(&str, u32)> {
        match &self.kind {
            BoxKind::Serial { port, baud, .. } | BoxKind::Xid { port, baud } => Some((port, *baud)),
            BoxKind::Keyboard { .. } => None,
        }
    }
}

impl fmt::Display for ResponseBox {
    /// The name that stands in journals as the source of its presses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            BoxKind::Serial { port, .. } => write!(f, "serial:{port}"),
            BoxKind::Xid { port, .. } => write!(f, "xid:{port}"),
            BoxKind::Keyboard { has } => write!(f, "keyboard:{has}"),
        }
    }
}
