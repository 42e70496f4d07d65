//! The texts of trigger sources, as in `serial:/dev/ttyUSB0@115200:5`. What is wrong is told with what could have been
//! meant.

use super::{Byte, TriggerSource};
use crate::ground::document::short;
use crate::rig::codes::{is_code, meant};
use crate::rig::pins::Pin;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The usual rate of a serial port that sends bytes, and of Cedrus boxes.
const BAUD: u32 = 9600;
const XID_BAUD: u32 = 115_200;

/// All forms, for messages.
const FORMS: &str = "write key:CODE, serial:PORT@BAUD:BYTE, xid:PORT:KEY, modem:PORT:LINE, parport:PORT:PIN, tcp:PORT, udp:PORT, \
                     lsl:NAME, evdev:PATH:CODE, emulate:TR or emulate";

/// Reads a trigger source as it stands in a rig file and on the command line: `key:Digit5`, `key:5`,
/// `serial:/dev/ttyUSB0@115200:5`, `xid:COM3:4`, `modem:/dev/ttyUSB0:cts`, `parport:/dev/parport0:ack`, `tcp:5000`,
/// `udp:0.0.0.0:5000=5`, `lsl:Scanner`, `evdev:/dev/input/event3:5`, `emulate:2.0`, `emulate`.
///
/// # Errors
/// What was expected, with the nearest source that could have been meant.
pub fn trigger_source(text: &str) -> Result<TriggerSource, String> {
    let (kind, rest) = text.split_once(':').map_or((text, None), |(k, r)| (k, Some(r)));
    match (kind, rest) {
        ("emulate", None) => Ok(TriggerSource::Emulate(None)),
        ("emulate", Some(tr)) => match tr.parse::<f64>() {
            Ok(tr) if (0.1..=30.0).contains(&tr) => Ok(TriggerSource::Emulate(Some(tr))),
            _ => Err(format!(
                "\"{}\" is no repetition time: write seconds from 0.1 to 30, as in emulate:2.0",
                short(tr)
            )),
        },
        ("key", Some(key)) => Ok(TriggerSource::Key(code(key, "key:")?)),
        ("serial", Some(rest)) => serial(rest),
        ("xid", Some(rest)) => xid(rest),
        ("modem", Some(rest)) => {
            let lines = ["cts", "dsr", "ri", "dcd"].map(|l| (l, l));
            let (port, line, rising) =
                level(rest, &lines, "a line, as in modem:/dev/ttyUSB0:cts (cts, dsr, ri, dcd)")?;
            Ok(TriggerSource::Modem { port, line, rising })
        }
        ("parport", Some(rest)) => {
            let expected =
                "a pin, as in parport:/dev/parport0:ack (ack, busy, paper-out, select, error)";
            let (port, pin, rising) = level(rest, &Pin::ALL, expected)?;
            Ok(TriggerSource::Parport { port, pin, rising })
        }
        ("tcp", Some(rest)) => {
            let (at, text) = address(rest, "tcp")?;
            Ok(TriggerSource::Tcp { at, text })
        }
        ("udp", Some(rest)) => {
            let (at, text) = address(rest, "udp")?;
            Ok(TriggerSource::Udp { at, text })
        }
        ("lsl", Some(rest)) => {
            let (name, text) = with_text(rest)?;
            let name = filled(name, "the name of a stream, as in lsl:Scanner")?;
            Ok(TriggerSource::Lsl { name, text })
        }
        ("evdev", Some(rest)) => {
            let expected = "a device and a key, as in evdev:/dev/input/event3:5";
            let (path, key) = rest
                .rsplit_once(':')
                .ok_or(format!("\"{}\" names no key: write {expected}", short(rest)))?;
            let (path, code) = (filled(path, expected)?, code(key, "evdev:PATH:")?);
            if code.contains('@') {
                return Err(format!(
                    "\"{}\" names a keyboard twice: write {expected}",
                    short(&code)
                ));
            }
            Ok(TriggerSource::Evdev { path, code })
        }
        _ => Err(format!("\"{}\" is no trigger source: {FORMS}", short(text))),
    }
}

/// A key by its W3C code or what people write for it; behind an `@` its keyboard.
fn code(text: &str, before: &str) -> Result<String, String> {
    let (key, keyboard) = text.split_once('@').map_or((text, None), |(k, d)| (k, Some(d)));
    let single = key.chars().count() == 1;
    let code = match meant(key) {
        _ if is_code(key) => key.to_string(),
        Some(code) if single => code,
        Some(near) => {
            return Err(format!("\"{}\" is no key: did you mean {before}{near}?", short(key)));
        }
        None => {
            return Err(format!(
                "\"{}\" is no key: write its W3C code, as in {before}Digit5",
                short(key)
            ));
        }
    };
    Ok(keyboard.map_or(code.clone(), |k| format!("{code}@{k}")))
}

/// `PORT@BAUD`, either of which may be left out; behind the last colon what is meant, where `what` reads it.
fn port<T>(
    rest: &str,
    usual: u32,
    what: impl Fn(&str) -> Option<T>,
) -> Result<(String, u32, Option<T>), String> {
    // Names of ports have colons in them, as /dev/serial/by-path/pci-0000:00:14.0-usb.
    let (place, meant) = match rest.rsplit_once(':') {
        Some((place, last)) => match what(last) {
            Some(meant) => (place, Some(meant)),
            None => (rest, None),
        },
        None => (rest, None),
    };
    let (name, baud) = match place.rsplit_once('@') {
        None => (place, usual),
        Some((name, baud)) => match baud.parse() {
            Ok(baud) if (50..=4_000_000).contains(&baud) => (name, baud),
            _ => {
                let baud = short(baud);
                return Err(format!(
                    "\"{baud}\" is no rate of a serial port, or no byte follows it: write bits a second and one character or its number, as in /dev/ttyUSB0@115200:5 or :0x35"
                ));
            }
        },
    };
    Ok((filled(name, "a port, as in /dev/ttyUSB0 or COM3")?, baud, meant))
}

fn serial(rest: &str) -> Result<TriggerSource, String> {
    let (port, baud, byte) = port(rest, BAUD, byte)?;
    if let (None, Some((_, last))) = (byte, port.rsplit_once(':'))
        && !last.contains('/')
        && !last.contains('-')
        && !last.contains('.')
    {
        return Err(format!(
            "\"{}\" is no byte: write one character, as in :5, its number, as in :0x35, or any",
            short(last)
        ));
    }
    Ok(TriggerSource::Serial { port, baud, byte: byte.unwrap_or(Byte::Any) })
}

/// A byte: one character, its number in hexadecimal, or `any`.
pub fn byte(text: &str) -> Option<Byte> {
    match text.as_bytes() {
        b"any" => Some(Byte::Any),
        [one] if one.is_ascii_graphic() => Some(Byte::One(*one)),
        [b'0', b'x', ..] => u8::from_str_radix(&text[2..], 16).ok().map(Byte::One),
        _ => None,
    }
}

fn xid(rest: &str) -> Result<TriggerSource, String> {
    let key = |text: &str| {
        let (of, key) = text.split_once('.').map_or((None, text), |(p, k)| (Some(p), k));
        let of = match of {
            Some(of) => Some(of.parse::<u8>().ok()?),
            None => None,
        };
        Some((of, key.parse::<u8>().ok()?))
    };
    let (port, baud, key) = port(rest, XID_BAUD, key)?;
    let (of, key) = key.ok_or_else(|| {
        format!(
            "\"{}\" does not say which key of the box announces a pulse: write its number, as in xid:/dev/ttyUSB0:4 \
             (`reframe devices` shows it)",
            short(rest)
        )
    })?;
    Ok(TriggerSource::Xid { port, baud, of, key })
}

/// `PORT:NAME`, or `PORT:NAME:falling` for one that goes off.
fn level<T: Copy>(
    rest: &str,
    names: &[(&str, T)],
    expected: &str,
) -> Result<(String, T, bool), String> {
    let (rest, rising) = match rest.strip_suffix(":falling") {
        Some(rest) => (rest, false),
        None => (rest.strip_suffix(":rising").unwrap_or(rest), true),
    };
    let found = rest.rsplit_once(':').and_then(|(port, name)| {
        names.iter().find(|(n, _)| *n == name).map(|(_, found)| (port, *found))
    });
    let (port, found) = found.ok_or_else(|| {
        format!("\"{}\" does not name {expected}: write it as there", short(rest))
    })?;
    Ok((filled(port, expected)?, found, rising))
}

/// `PORT` on this computer alone, or `ADDRESS:PORT`; behind `=` the text that is a pulse.
fn address(rest: &str, kind: &str) -> Result<(SocketAddr, Option<String>), String> {
    let (place, text) = with_text(rest)?;
    let here =
        place.parse().ok().map(|port: u16| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
    let named = place.strip_prefix("localhost:").and_then(|p| p.parse().ok());
    let named = named.map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    let at = here.or(named).or(place.parse().ok()).filter(|at: &SocketAddr| at.port() != 0);
    let at = at.ok_or_else(|| {
        format!(
            "\"{}\" is no port to listen on: write {kind}:5000 for programs on this computer, {kind}:0.0.0.0:5000 for others too",
            short(place)
        )
    })?;
    Ok((at, text))
}

fn with_text(rest: &str) -> Result<(&str, Option<String>), String> {
    match rest.split_once('=') {
        None => Ok((rest, None)),
        Some((place, text)) => {
            let expected = "a text behind the =, as in tcp:5000=5";
            let text = filled(text.trim(), expected)?;
            if text.len() > 100 || text.chars().any(char::is_control) {
                return Err(format!(
                    "\"{}\" is too long or no plain text: write {expected}",
                    short(&text)
                ));
            }
            Ok((place, Some(text)))
        }
    }
}

fn filled(text: &str, expected: &str) -> Result<String, String> {
    match text.is_empty() {
        true => Err(format!("something is missing: write {expected}")),
        false => Ok(text.to_string()),
    }
}

#[cfg(test)]
mod tests;
