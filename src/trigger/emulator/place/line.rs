//! Serial lines, real ones and made ones: pulses as bytes, or as the packets of XID devices.

use super::{Edge, Format, NoPlace, Place, Said, device_ms};
use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use crate::wire::pty::Pty;
use crate::wire::serial::Serial;
use std::path::PathBuf;
use std::time::Duration;

/// What comes in on a port is not read here.
const PATIENCE: Duration = Duration::from_millis(10);

/// How long the last bytes on a made port may wait to be read.
const LINGER: Duration = Duration::from_secs(1);

/// How codes become bytes.
#[derive(Debug)]
struct Tongue {
    format: Format,
    xid_port: u8,
    pulse: u8,
    /// When the device was switched on, as it were.
    since: Nanos,
}

impl Tongue {
    /// The bytes; none where the format has nothing to say.
    fn bytes(&self, edge: Edge, code: Option<&str>) -> Result<Option<Vec<u8>>, String> {
        if self.format == Format::Byte {
            return Ok((edge != Edge::Up).then(|| match code {
                None => vec![self.pulse],
                Some(code) => byte(code).map_or_else(|| code.as_bytes().to_vec(), |b| vec![b]),
            }));
        }
        if edge == Edge::Repeat {
            // Such devices do not repeat.
            return Ok(None);
        }
        let pulse = char::from(self.pulse).to_string();
        let key = xid_key(code.unwrap_or(&pulse))?;
        let down = edge == Edge::Down;
        let ms = device_ms(self.since, monotonic_now()).to_le_bytes();
        let mut packet = match self.format {
            Format::Xid6 => vec![b'k', self.xid_port & 0xf | u8::from(down) << 4 | key << 5],
            _ => vec![b'o', self.xid_port, key, if down { b'1' } else { b'0' }],
        };
        packet.extend(ms);
        packet.extend((self.format == Format::Xid9).then_some(0));
        Ok(Some(packet))
    }
}

/// The byte that is written as one character, or as in `0x35`.
pub(super) fn byte(written: &str) -> Option<u8> {
    match (written.strip_prefix("0x"), written.as_bytes()) {
        (Some(hex), _) if hex.len() <= 2 && !hex.starts_with('+') => {
            u8::from_str_radix(hex, 16).ok()
        }
        (None, [one]) if one.is_ascii_graphic() => Some(*one),
        _ => None,
    }
}

/// The number of a key as it stands in the packets of XID devices.
pub(super) fn xid_key(code: &str) -> Result<u8, String> {
    let key = code.parse::<u8>().ok().filter(|n| *n < 8 && code.len() == 1);
    key.ok_or_else(|| format!("XID devices have keys 0 to 7, and {code:?} is none of them"))
}

#[derive(Debug)]
struct Made {
    pty: Pty,
    tongue: Tongue,
}

/// Makes a port.
pub(super) fn pty(format: Format, xid_port: u8) -> Result<Box<dyn Place>, NoPlace> {
    let pty = Pty::open().map_err(|e| NoPlace {
        what: format!("no pseudo-terminal can be made: {e}"),
        remedy: "send to tcp:HOST:PORT or udp:HOST:PORT instead, or to a pair of real ports".into(),
    })?;
    let tongue = Tongue { format, xid_port, pulse: b'5', since: monotonic_now() };
    Ok(Box::new(Made { pty, tongue }))
}

impl Place for Made {
    fn ready(&mut self, _patience: Duration) -> Result<(), String> {
        self.pty.forget_arrived();
        match self.pty.is_open_there() {
            true => Ok(()),
            false => Err(format!("no program has {} open", self.pty.path().display())),
        }
    }

    fn send(&mut self, edge: Edge, code: Option<&str>) -> Result<Said, String> {
        let Some(bytes) = self.tongue.bytes(edge, code)? else { return Ok(Said::NotHere) };
        // It would wait there, and the next program that opens the port would take it for new.
        if !self.pty.is_open_there() {
            return Err("no program has the port open".into());
        }
        self.pty
            .write_all(&bytes)
            .map_err(|e| format!("the program does not read the port: {e}"))?;
        Ok(Said::Yes)
    }

    fn path(&self) -> Option<PathBuf> {
        Some(self.pty.path().into())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        self.pty.wait_until_read(LINGER);
    }
}

#[derive(Debug)]
struct Port {
    path: PathBuf,
    baud: u32,
    tongue: Tongue,
    open: Option<Serial>,
}

/// Opens a real port.
pub(super) fn serial(
    path: PathBuf,
    baud: u32,
    byte: u8,
    format: Format,
    xid_port: u8,
) -> Result<Box<dyn Place>, NoPlace> {
    if format != Format::Byte {
        let remedy = "name a key from 0 to 7 as the byte".to_string();
        xid_key(&char::from(byte).to_string()).map_err(|what| NoPlace { what, remedy })?;
    }
    let port = Serial::open(&path, baud, PATIENCE)
        .map_err(|e| NoPlace { what: e.to_string(), remedy: e.remedy })?;
    let tongue = Tongue { format, xid_port, pulse: byte, since: monotonic_now() };
    Ok(Box::new(Port { path, baud, tongue, open: Some(port) }))
}

impl Place for Port {
    fn ready(&mut self, _patience: Duration) -> Result<(), String> {
        if self.open.is_none() {
            let port = Serial::open(&self.path, self.baud, PATIENCE).map_err(|e| e.to_string())?;
            self.open = Some(port);
        }
        Ok(())
    }

    fn send(&mut self, edge: Edge, code: Option<&str>) -> Result<Said, String> {
        let Some(bytes) = self.tongue.bytes(edge, code)? else { return Ok(Said::NotHere) };
        let port = self.open.as_ref().ok_or("the port is not there")?;
        let written = port.write_all(&bytes);
        written.map_err(|e| {
            self.open = None;
            format!("the port takes nothing: {e}")
        })?;
        Ok(Said::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tongue(format: Format) -> Tongue {
        Tongue { format, xid_port: 2, pulse: b'5', since: monotonic_now() }
    }

    #[test]
    fn bytes_say_that_something_goes_down_and_nothing_more() {
        let t = tongue(Format::Byte);
        assert_eq!(t.bytes(Edge::Down, None), Ok(Some(vec![b'5'])));
        assert_eq!(t.bytes(Edge::Repeat, None), Ok(Some(vec![b'5'])));
        assert_eq!(t.bytes(Edge::Up, None), Ok(None));
        assert_eq!(t.bytes(Edge::Down, Some("1")), Ok(Some(vec![b'1'])));
        assert_eq!(t.bytes(Edge::Down, Some("0x01")), Ok(Some(vec![1])));
        assert_eq!(t.bytes(Edge::Down, Some("left")), Ok(Some(b"left".to_vec())));
        assert_eq!((byte("0x100"), byte("55"), byte(" "), byte("0x+1")), (None, None, None, None));
    }

    #[test]
    fn packets_have_key_port_state_and_milliseconds() {
        let six = tongue(Format::Xid6);
        let down = six.bytes(Edge::Down, None).unwrap().unwrap();
        assert_eq!((down.len(), down[0], down[1]), (6, b'k', 5 << 5 | 1 << 4 | 2));
        assert!(u32::from_le_bytes(down[2..6].try_into().unwrap()) < 60_000);
        let up = six.bytes(Edge::Up, Some("1")).unwrap().unwrap();
        assert_eq!(up[1], 1 << 5 | 2);
        assert_eq!(six.bytes(Edge::Repeat, None), Ok(None));
        let nine = tongue(Format::Xid9);
        let down = nine.bytes(Edge::Down, Some("7")).unwrap().unwrap();
        assert_eq!((down.len(), &down[..4], down[8]), (9, &b"o\x02\x071"[..], 0));
        assert_eq!(nine.bytes(Edge::Up, Some("7")).unwrap().unwrap()[3], b'0');
        assert!(nine.bytes(Edge::Down, Some("left")).is_err());
    }
}
