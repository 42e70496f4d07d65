//! What a rig needs: every wire of it, opened and closed again.

use super::Finding;
use crate::rig::boxes::BoxKind;
use crate::rig::schema::Rig;
use crate::rig::trigger::TriggerSource;
use crate::trigger::source;
use crate::wire::serial::Serial;
use std::path::Path;
use std::time::Duration;

pub fn look(rig: &Rig, triggers: &[TriggerSource]) -> Vec<Finding> {
    let mut found: Vec<Finding> = triggers.iter().flat_map(trigger).collect();
    let mut seen: Vec<&str> =
        triggers.iter().filter_map(|t| t.serial_port()).map(|p| p.0).collect();
    for one in &rig.boxes {
        match (&one.kind, one.serial_port()) {
            (_, Some((port, baud))) if !seen.contains(&port) => {
                seen.push(port);
                found.push(opened(&one.to_string(), Serial::open(Path::new(port), baud, Duration::ZERO)
                    .map(drop).map_err(|e| (e.to_string(), e.remedy))));
            }
            (BoxKind::Keyboard { has }, _) => found.push(Finding::note(format!(
                "box \"{}\" is a keyboard with \"{has}\" in its name: press a button in `reframe devices` to see it",
                one.name
            ))),
            _ => {}
        }
    }
    found.extend(rig.markers.iter().map(|m| {
        Finding::note(format!(
            "marker device {}: `reframe markers` sends it twenty marks to try",
            m.to
        ))
    }));
    if found.is_empty() {
        found.push(Finding::ok(format!("\"{}\" needs no wire", rig.name)));
    }
    found
}

fn trigger(source: &TriggerSource) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(mut open) = source::wire(source) {
        let done = open().map(drop).map_err(|e| (e.text, e.remedy));
        found.push(opened(&source.to_string(), done));
    }
    match source {
        TriggerSource::Key(code) => found.push(Finding::note(format!(
            "trigger key:{code}: a key reaches the program only while its window has the keyboard; evdev:PATH:{code} does \
             not depend on that"
        ))),
        TriggerSource::Tcp { at, text } | TriggerSource::Udp { at, text }
            if !at.ip().is_loopback() =>
        {
            let only = text.as_ref().map_or("anything".into(), |t| format!("\"{t}\""));
            found.push(Finding::note(format!(
                "{source}: every computer on this network that sends {only} is taken for the scanner"
            )));
        }
        TriggerSource::Evdev { path, .. } => {
            let done = std::fs::File::open(path).map(drop).map_err(|e| {
                let help = "plug it in; sudo usermod -aG input $USER where it may not be read";
                (format!("{path}: {e}"), help.to_string())
            });
            found.push(opened(&source.to_string(), done));
        }
        TriggerSource::Emulate(_) => found.push(Finding::note("pulses come from the emulator: a dry run")),
        _ => {}
    }
    found
}

fn opened(name: &str, done: Result<(), (String, String)>) -> Finding {
    match done {
        Ok(()) => Finding::ok(format!("{name} can be opened")),
        Err((text, help)) => Finding::missing(text, help),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use crate::rig::trigger::trigger_source;

    #[test]
    fn what_a_room_needs_and_is_not_there_is_missing() {
        let triggers = ["serial:/dev/ttyNOWHERE:5", "tcp:0.0.0.0:0"];
        let source = trigger_source(triggers[0]).unwrap();
        let found = look(&Rig::default(), &[source]);
        assert_eq!(found[0].state, State::Missing);
        assert!(found[0].text.contains("/dev/ttyNOWHERE: it is not there"), "{found:?}");
        assert_eq!(look(&Rig::default(), &[])[0].state, State::Ok);
    }

    #[test]
    fn who_else_could_send_pulses_is_told() {
        let found = trigger(&trigger_source("udp:0.0.0.0:48131=TR").unwrap());
        assert!(found.iter().any(|f| f.text.contains("every computer")), "{found:?}");
        let found = trigger(&trigger_source("key:5").unwrap());
        assert!(found[0].text.contains("evdev"), "{found:?}");
    }
}
