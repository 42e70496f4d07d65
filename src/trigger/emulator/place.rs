//! Where an emulated scanner sends its pulses to: the places by their names, and what is the same for all of them. It
//! refuses to know what is sent when.

#[cfg(all(unix, feature = "window"))]
mod key;
mod line;
mod lsl;
mod net;

use crate::ground::time::Nanos;
use crate::rig::codes::{is_code, meant};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The port that a serial line has where none is told; that of XID devices.
const BAUD: u32 = 115_200;
/// What a pulse is where nothing else is told.
const PULSE: &str = "5";

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// A made serial port, and the path of a link to it.
    Pty {
        link: Option<PathBuf>,
    },
    Serial {
        port: PathBuf,
        baud: u32,
        byte: u8,
    },
    Tcp {
        address: String,
        text: String,
    },
    Udp {
        address: String,
        text: String,
    },
    Lsl {
        name: String,
        text: String,
    },
    /// A physical key, by its name.
    Key {
        code: String,
    },
}

/// How a pulse stands on a serial line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// One byte.
    #[default]
    Byte,
    /// A packet of 6 bytes, as older response boxes of the XID kind send: pressed and released.
    Xid6,
    /// A packet of 9 bytes, as newer ones send.
    Xid9,
}

/// What is said: that something goes down, comes up, or repeats while it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    Down,
    Up,
    Repeat,
}

/// Whether a place tells of such a thing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Yes,
    /// A byte, a line or a datagram has no end.
    NotHere,
}

/// A place that cannot be had, with what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct NoPlace {
    pub what: String,
    pub remedy: String,
}

/// An open place. It lives on one thread.
pub trait Place: Send {
    /// Whether somebody listens, as far as that can be known; tries once to get a lost place back, within `patience`.
    ///
    /// # Errors
    /// A sentence that says why nobody does.
    fn ready(&mut self, patience: Duration) -> Result<(), String>;

    /// Sends: the scanner's own pulse, or another code. It does not wait.
    ///
    /// # Errors
    /// A sentence that says why it was not sent.
    fn send(&mut self, edge: Edge, code: Option<&str>) -> Result<Said, String>;

    /// The path of a made port.
    fn path(&self) -> Option<PathBuf> {
        None
    }
}

/// The number of a key by its name, as X servers count.
pub type KeyNumber = fn(&str) -> Option<u8>;

impl Where {
    /// Opens it.
    ///
    /// # Errors
    /// It is not there.
    pub fn open(
        &self,
        format: Format,
        xid_port: u8,
        number: KeyNumber,
    ) -> Result<Box<dyn Place>, NoPlace> {
        match self {
            Where::Pty { .. } => line::pty(format, xid_port),
            Where::Serial { port, baud, byte } => {
                line::serial(port.clone(), *baud, *byte, format, xid_port)
            }
            Where::Tcp { address, text } => net::tcp(address, text),
            Where::Udp { address, text } => net::udp(address, text),
            Where::Lsl { name, text } => lsl::open(name, text),
            #[cfg(all(unix, feature = "window"))]
            Where::Key { code } => key::open(code, number),
            #[cfg(not(all(unix, feature = "window")))]
            Where::Key { .. } => {
                let _ = number;
                Err(NoPlace {
                    what: "this program cannot press keys here".into(),
                    remedy: "keys are pressed on X displays only; try pty, tcp or udp".into(),
                })
            }
        }
    }

    /// Whether a response can be told there.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn takes(&self, code: &str, format: Format) -> Result<(), String> {
        match self {
            Where::Pty { .. } | Where::Serial { .. } if format != Format::Byte => {
                line::xid_key(code).map(|_| ())
            }
            Where::Key { .. } => key_code(code).map(|_| ()),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Where::Pty { link: None } => f.write_str("pty"),
            Where::Pty { link: Some(link) } => write!(f, "pty:{}", link.display()),
            Where::Serial { port, .. } => write!(f, "serial:{}", port.display()),
            Where::Tcp { address, .. } => write!(f, "tcp:{address}"),
            Where::Udp { address, .. } => write!(f, "udp:{address}"),
            Where::Lsl { name, .. } => write!(f, "lsl:{name}"),
            Where::Key { code } => write!(f, "key:{code}"),
        }
    }
}

impl std::str::FromStr for Where {
    type Err = String;

    fn from_str(written: &str) -> Result<Where, String> {
        if written.chars().any(char::is_control) {
            return Err("a line break or another sign that cannot be seen stands in it".into());
        }
        let (kind, rest) = written.split_once(':').unwrap_or((written, ""));
        let missing = |what: &str| Err(format!("{what} is missing behind \"{kind}:\""));
        match kind {
            "pty" => Ok(Where::Pty { link: (!rest.is_empty()).then(|| rest.into()) }),
            "serial" if rest.is_empty() => {
                missing("the port, as in serial:/dev/ttyUSB0 or serial:COM3,")
            }
            "serial" => serial(rest),
            "tcp" | "udp" => {
                let (address, text) = with_text(rest)?;
                let port = address.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>()));
                if !matches!(port, Some((host, Ok(1..))) if !host.is_empty()) {
                    return Err(format!("expected {kind}:HOST:PORT, as in {kind}:localhost:5005"));
                }
                match kind {
                    "tcp" => Ok(Where::Tcp { address, text }),
                    _ => Ok(Where::Udp { address, text }),
                }
            }
            "lsl" => match with_text(rest)? {
                (name, _) if name.is_empty() => missing("the name of the stream"),
                (name, text) => Ok(Where::Lsl { name, text }),
            },
            "key" if rest.is_empty() => missing("the key, as in key:5,"),
            "key" => Ok(Where::Key { code: key_code(rest)? }),
            _ => Err(format!(
                "{kind:?} is no place; there are pty, serial:PORT, tcp:HOST:PORT, udp:HOST:PORT, lsl:NAME and key:KEY"
            )),
        }
    }
}

/// `PORT[@BAUD][:BYTE]`. Ports of Linux may have colons in their names.
fn serial(rest: &str) -> Result<Where, String> {
    let (port, baud, byte) = match rest.rsplit_once('@') {
        Some((port, after)) => {
            let (baud, byte) = after.split_once(':').unwrap_or((after, PULSE));
            let rate = baud.parse().ok().filter(|n| (50..=4_000_000).contains(n));
            let rate = rate.ok_or(format!("{baud:?} is no baud rate; write 9600 or 115200"))?;
            (port, rate, byte)
        }
        None => match rest.rsplit_once(':') {
            Some((port, byte)) if line::byte(byte).is_some() => (port, BAUD, byte),
            _ => (rest, BAUD, PULSE),
        },
    };
    let byte = line::byte(byte)
        .ok_or_else(|| format!("{byte:?} is no byte; write one character, as in 5, or 0x35"))?;
    if port.is_empty() {
        return Err("the port is missing, as in serial:/dev/ttyUSB0 or serial:COM3".into());
    }
    Ok(Where::Serial { port: port.into(), baud, byte })
}

fn with_text(rest: &str) -> Result<(String, String), String> {
    let (head, text) = rest.split_once('=').unwrap_or((rest, PULSE));
    if text.is_empty() || text.len() > 256 {
        return Err("expected a text of 1 to 256 bytes behind \"=\"".into());
    }
    Ok((head.into(), text.into()))
}

/// The name of the key that is meant; only slips that the program understands everywhere.
fn key_code(written: &str) -> Result<String, String> {
    let code = if is_code(written) { Some(written.to_string()) } else { meant(written) };
    match code {
        Some(code) if !code.starts_with("Mouse") => Ok(code),
        _ => {
            Err(format!("{written:?} is no key of a keyboard; write 5, t or the like, or Numpad5"))
        }
    }
}

/// Milliseconds since then, as devices count them; it runs over after 49 days.
fn device_ms(since: Nanos, now: Nanos) -> u32 {
    ((now - since).0 / 1_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_by_their_names() {
        let serial = |port: &str, baud, byte| Where::Serial { port: port.into(), baud, byte };
        let text = |t: &str| t.to_string();
        for (written, place) in [
            ("pty", Where::Pty { link: None }),
            ("pty:/tmp/scanner", Where::Pty { link: Some("/tmp/scanner".into()) }),
            ("serial:COM3", serial("COM3", 115_200, b'5')),
            ("serial:/dev/ttyUSB0@9600", serial("/dev/ttyUSB0", 9600, b'5')),
            ("serial:/dev/ttyUSB0@19200:0x74", serial("/dev/ttyUSB0", 19_200, b't')),
            ("serial:/dev/ttyUSB0:s", serial("/dev/ttyUSB0", 115_200, b's')),
            ("serial:/dev/pci-0:1.0-port0", serial("/dev/pci-0:1.0-port0", 115_200, b'5')),
            ("tcp:[::1]:5005", Where::Tcp { address: text("[::1]:5005"), text: text("5") }),
            ("udp:pc:5=scan=1", Where::Udp { address: text("pc:5"), text: text("scan=1") }),
            ("lsl:Scanner=TR", Where::Lsl { name: text("Scanner"), text: text("TR") }),
            ("key:5", Where::Key { code: text("Digit5") }),
            ("key:Numpad5", Where::Key { code: text("Numpad5") }),
        ] {
            assert_eq!(written.parse(), Ok(place), "{written}");
        }
        for (written, part) in [
            ("", "no place"),
            ("usb:1", "no place"),
            ("serial:", "missing"),
            ("serial:@9600", "missing"),
            ("serial:COM3@fast", "baud"),
            ("serial:COM3@9600:55", "no byte"),
            ("tcp:localhost", "HOST:PORT"),
            ("tcp:localhost:0", "HOST:PORT"),
            ("udp::5", "HOST:PORT"),
            ("udp:pc:5=", "behind"),
            ("lsl:", "missing"),
            ("lsl:a\nb", "line break"),
            ("key:", "missing"),
            ("key:MouseLeft", "no key"),
        ] {
            let said = written.parse::<Where>().unwrap_err();
            assert!(said.contains(part), "{written}: {said}");
        }
    }

    #[test]
    fn responses_that_a_place_cannot_tell_are_known_beforehand() {
        let place = |written: &str| written.parse::<Where>().unwrap();
        assert_eq!(place("pty").takes("left", Format::Byte), Ok(()));
        assert!(place("pty").takes("left", Format::Xid6).is_err());
        assert_eq!(place("pty").takes("7", Format::Xid9), Ok(()));
        assert!(place("pty").takes("8", Format::Xid9).is_err());
        assert_eq!(place("key:5").takes("b", Format::Byte), Ok(()));
        assert!(place("key:5").takes("0x31", Format::Byte).is_err());
        assert_eq!(place("lsl:x").takes("anything", Format::Xid6), Ok(()));
    }
}
