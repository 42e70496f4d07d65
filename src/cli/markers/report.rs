//! The test of marker devices in words: what was sent when, and what to look for on the recorder.

use crate::ground::record::SentMarker;
use crate::ground::time::Nanos;
use crate::rig::schema::MarkerSetup;
use std::fmt::Write;

/// The report of so many marks to each device.
pub fn text(devices: &[MarkerSetup], sent: &[SentMarker], marks: usize) -> String {
    let mut out = String::new();
    for device in devices {
        let name = device.to.to_string();
        let own: Vec<&SentMarker> = sent.iter().filter(|m| m.device == name).collect();
        one(&mut out, device, &own, marks).expect("writing to a string cannot fail");
    }
    out
}

fn one(
    out: &mut String,
    device: &MarkerSetup,
    sent: &[&SentMarker],
    marks: usize,
) -> std::fmt::Result {
    let written: Vec<&SentMarker> = sent.iter().copied().filter(|m| m.error.is_none()).collect();
    writeln!(out, "{}: {} of {marks} marks written", device.to, written.len())?;
    let late = written.iter().filter_map(|m| Some(m.before_ns? - m.requested_ns));
    let took = written.iter().filter_map(|m| Some(m.after_ns? - m.before_ns?));
    if let (Some(late), Some(took)) = (spread(late), spread(took)) {
        writeln!(out, "  from the instant asked for to the write: {late}")?;
        writeln!(out, "  the write itself, as the system sees it: {took}")?;
    }
    let mut errors: Vec<&String> = sent.iter().filter_map(|m| m.error.as_ref()).collect();
    errors.dedup();
    for error in errors {
        writeln!(out, "  not written: {error}")?;
    }
    if !device.to.has_level() {
        let text = "20 lines such as `test 1 0`, `test 2 1`, `test 4 2`, 500 ms apart";
        return writeln!(out, "  on the recorder: {text}");
    }
    let width = match device.pulse {
        Some(seconds) => format!("each for {} ms, then {}", seconds * 1000.0, device.rest),
        None => "each until the next".into(),
    };
    writeln!(
        out,
        "  on the recorder: 1, 2, 4, 8, 16, 32, 64, 128 (each line by itself), then 1 to 12; {width}; 500 ms apart. A \
         code that is missing or wrong is a cable, or pulses that are too short for its sampling rate"
    )
}

/// Mean and most, in words.
fn spread(all: impl Iterator<Item = Nanos>) -> Option<String> {
    let all: Vec<i64> = all.map(|t| t.0).collect();
    let most = *all.iter().max()?;
    let mean = all.iter().sum::<i64>() as f64 / all.len() as f64;
    Some(format!("mean {:.3} ms, most {:.3} ms", mean / 1e6, most as f64 / 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::schema::MarkerTo;

    fn setup(to: MarkerTo) -> MarkerSetup {
        let (pulse, rest, required) = (Some(0.005), 0, true);
        MarkerSetup { to, pulse, rest, start: None, stop: None, volumes: None, required }
    }

    fn mark(device: &str, us: Option<i64>) -> SentMarker {
        SentMarker {
            name: "test".into(),
            phase: None,
            code: 1,
            detail: "0".into(),
            device: device.into(),
            ticket: None,
            frame: None,
            requested_ns: Nanos::ZERO,
            before_ns: us.map(|us| Nanos(us * 1000)),
            after_ns: us.map(|us| Nanos(us * 1000 + 40_000)),
            error: us.is_none().then(|| "the device was not there".to_string()),
        }
    }

    #[test]
    fn each_device_has_its_own_figures_and_what_was_not_written_is_said() {
        let serial = MarkerTo::Serial { port: "COM3".into(), baud: 9600 };
        let devices = [setup(serial), setup(MarkerTo::Lsl("R".into()))];
        let name = "serial:COM3@9600";
        let sent = [
            mark(name, Some(100)),
            mark(name, Some(300)),
            mark("lsl:R", None),
            mark("lsl:R", None),
        ];
        let said = text(&devices, &sent, 2);
        for part in [
            "serial:COM3@9600: 2 of 2 marks written",
            "mean 0.200 ms, most 0.300 ms",
            "mean 0.040 ms, most 0.040 ms",
            "each for 5 ms, then 0",
            "lsl:R: 0 of 2 marks written\n  not written: the device was not there\n",
        ] {
            assert!(said.contains(part), "{part} is missing in:\n{said}");
        }
        assert_eq!(said.matches("not written").count(), 1, "{said}");
    }
}
