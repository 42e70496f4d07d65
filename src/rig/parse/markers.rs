//! `[[marker]]`: the devices that event markers go to.

use super::super::keys;
use super::super::schema::{MarkerSetup, MarkerTo};
use super::SHORT_TEXT;
use crate::ground::document::{Table, short, value::Value};

/// The most devices.
const MOST: usize = 8;
/// The largest code: what fits into a byte.
const LARGEST: u32 = 255;
/// How long a code stands where nothing is said, in seconds.
const USUAL_PULSE: f64 = 0.005;
/// The longest pulse, in seconds.
const LONGEST_PULSE: f64 = 1.0;
/// Boxes of the Arduino kind take this rate for the wish to be programmed anew.
const RESETS: u32 = 1200;
const EXAMPLE: &str = "[[marker]]";

/// All devices of a rig.
pub fn markers(root: &Table<'_>) -> Vec<MarkerSetup> {
    let Some(list) = root.get("marker") else { return Vec::new() };
    let items = list.list(0, MOST, EXAMPLE).unwrap_or_default();
    let mut found: Vec<MarkerSetup> = Vec::new();
    for (i, item) in items.into_iter().enumerate() {
        let Some(table) = item.table(EXAMPLE) else { continue };
        let table = table.named(format!("[[marker]] number {}", i + 1));
        let Some(setup) = marker(&table) else { continue };
        if found.iter().any(|other| other.to == setup.to) {
            let remedy = "keep one [[marker]] for each device";
            item.wrong("goes where another goes", "each device once", remedy);
        }
        found.push(setup);
    }
    found
}

fn marker(t: &Table<'_>) -> Option<MarkerSetup> {
    t.allow(&[&keys::MARKER]);
    let example = "to = \"serial:/dev/ttyACM0@9600\"";
    let to = t.need("to", "where marks go", example).and_then(|v| place(&v));
    let pulse = t.number("pulse", 0.0, LONGEST_PULSE).unwrap_or(USUAL_PULSE);
    let rest = t.count("rest", 0, LARGEST).unwrap_or(0) as u8;
    let code = |key: &str| t.count(key, 1, LARGEST).map(|n| n as u8);
    let setup = MarkerSetup {
        to: to?,
        pulse: Some(pulse).filter(|p| *p > 0.0),
        rest,
        start: code("start"),
        stop: code("stop"),
        volumes: code("volumes"),
        required: t.flag("required").unwrap_or(true),
    };
    for key in ["pulse", "rest"] {
        if let (false, Some(v)) = (setup.to.has_level(), t.get(key)) {
            let expected = format!("no \"{key}\" here");
            v.wrong(
                "is for serial and parallel ports only: text has no level",
                expected,
                "leave the line out",
            );
        }
    }
    let mut seen = vec![("rest", rest)];
    for (key, code) in setup.own_codes() {
        if let (Some((other, _)), Some(v)) = (seen.iter().find(|(_, c)| *c == code), t.get(key)) {
            let remedy = "choose a number of its own for each, 1 to 255";
            v.wrong(
                &format!("is {code}, as \"{other}\" is"),
                "codes that can be told apart",
                remedy,
            );
        }
        seen.push((key, code));
    }
    Some(setup)
}

fn place(value: &Value<'_>) -> Option<MarkerTo> {
    let text = value.text(SHORT_TEXT)?;
    let read = marker_to(&text);
    if let Err(expected) = &read {
        let remedy = "write for example serial:/dev/ttyACM0@9600, parport:/dev/parport0, tcp:192.168.0.5:5000, \
                      udp:192.168.0.5:5000 or lsl:Reframe";
        value.wrong(&format!("is \"{}\"", short(&text)), expected.clone(), remedy);
    }
    read.ok()
}

/// Reads where marks go, as it stands in a rig file.
///
/// # Errors
/// What was expected.
pub fn marker_to(text: &str) -> Result<MarkerTo, String> {
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    if rest.is_empty() || rest.trim() != rest || rest.chars().any(char::is_control) {
        return Err(
            "serial:PORT@BAUD, parport:PORT, tcp:HOST:PORT, udp:HOST:PORT or lsl:NAME".into()
        );
    }
    match kind {
        "serial" => serial(rest),
        "parport" => Ok(MarkerTo::Parport(rest.into())),
        "tcp" => address(rest).map(|(host, port)| MarkerTo::Tcp { host, port }),
        "udp" => address(rest).map(|(host, port)| MarkerTo::Udp { host, port }),
        "lsl" => Ok(MarkerTo::Lsl(rest.into())),
        _ => Err("serial, parport, tcp, udp or lsl before the first \":\"".into()),
    }
}

fn serial(text: &str) -> Result<MarkerTo, String> {
    let (port, baud) = text.rsplit_once('@').unwrap_or((text, "9600"));
    let baud: u32 =
        baud.parse().map_err(|_| "a baud rate behind the \"@\", such as 9600".to_string())?;
    match baud {
        _ if port.is_empty() => Err("a port, such as /dev/ttyACM0 or COM3".into()),
        RESETS => Err(
            "another rate: at 1200 baud the MMBT-S and its kind begin to wait for a new program"
                .into(),
        ),
        300..=4_000_000 => Ok(MarkerTo::Serial { port: port.into(), baud }),
        _ => Err("a baud rate from 300 to 4000000".into()),
    }
}

fn address(text: &str) -> Result<(String, u16), String> {
    let (host, port) = text.rsplit_once(':').ok_or("HOST:PORT, such as 192.168.0.5:5000")?;
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    match port.parse() {
        Ok(port) if port > 0 && !host.is_empty() => Ok((host.into(), port)),
        _ => Err("HOST:PORT with a port from 1 to 65535".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::diagnostic::Source;
    use crate::rig::parse::parse;

    fn read(text: &str) -> Result<Vec<MarkerSetup>, String> {
        let source = Source { path: "rig.toml".into(), text: text.into() };
        let words = |problems: &[_]| source.render(problems, false);
        parse(&source).map(|(rig, _)| rig.markers).map_err(|p| words(&p))
    }

    #[test]
    fn devices_are_read_as_people_write_them_and_written_as_they_are_read() {
        for text in [
            "serial:/dev/ttyACM0@9600",
            "serial:COM3@115200",
            "parport:/dev/parport0",
            "parport:0x378",
            "tcp:192.168.0.5:5000",
            "udp:tracker.local:5000",
            "lsl:Reframe",
        ] {
            assert_eq!(marker_to(text).map(|to| to.to_string()).as_deref(), Ok(text));
        }
        let plain = marker_to("serial:/dev/ttyACM0").unwrap();
        assert_eq!(plain, MarkerTo::Serial { port: "/dev/ttyACM0".into(), baud: 9600 });
        let six = marker_to("tcp:[::1]:5000").unwrap();
        assert_eq!(six, MarkerTo::Tcp { host: "::1".into(), port: 5000 });
        for text in [
            "",
            "serial",
            "serial:",
            "serial:@9600",
            "tcp:5000",
            "tcp:a:0",
            "tcp:a:99999",
            "usb:x",
            "lsl: a",
        ] {
            assert!(marker_to(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_serial_device_is_never_opened_at_the_rate_that_resets_it() {
        let why = marker_to("serial:/dev/ttyACM0@1200").unwrap_err();
        assert!(why.contains("MMBT-S"), "{why}");
    }

    #[test]
    fn what_is_not_said_is_a_short_pulse_from_zero_that_a_run_needs() {
        let all = read("[[marker]]\nto = \"serial:/dev/ttyACM0\"\n[[marker]]\nto = \"lsl:R\"\nrequired = false").unwrap();
        assert_eq!((all[0].pulse, all[0].rest, all[0].required), (Some(0.005), 0, true));
        assert_eq!(all[0].own_codes().count(), 0);
        assert!(!all[1].required);
        let own = read("[[marker]]\nto = \"parport:/dev/parport0\"\npulse = 0\nrest = 1\nstart = 254\nstop = 255\nvolumes = 200").unwrap();
        assert_eq!((own[0].pulse, own[0].rest), (None, 1));
        assert_eq!(
            own[0].own_codes().collect::<Vec<_>>(),
            [("start", 254), ("stop", 255), ("volumes", 200)]
        );
    }

    #[test]
    fn codes_that_cannot_be_told_apart_are_refused_and_so_are_levels_of_text() {
        for (lines, part) in [
            ("to = \"serial:COM3\"\nstart = 7\nstop = 7", "as \"start\" is"),
            ("to = \"serial:COM3\"\nrest = 7\nvolumes = 7", "as \"rest\" is"),
            ("to = \"serial:COM3\"\nstart = 256", "expected 1 to 255"),
            ("to = \"tcp:a:1\"\nrest = 1", "text has no level"),
            ("pulse = 0.1", "\"to\" is missing"),
            ("to = \"serial:COM3\"\npulze = 0.1", "did you mean \"pulse\"?"),
        ] {
            let why = read(&format!("[[marker]]\n{lines}")).unwrap_err();
            assert!(why.contains(part), "{part} is missing in:\n{why}");
        }
        let twice = "[[marker]]\nto = \"lsl:R\"\n[[marker]]\nto = \"lsl:R\"";
        assert!(read(twice).unwrap_err().contains("each device once"));
    }
}
