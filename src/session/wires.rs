//! Everything of a room that has a wire, listened to: triggers and response boxes. A serial port that is both is opened
//! once, and each takes its own from it.

use crate::ground::event::Event;
use crate::input::boxes::Buttons;
use crate::rig::boxes::ResponseBox;
use crate::rig::trigger::TriggerSource;
use crate::trigger::decode::Pulses;
use crate::trigger::source;
use crate::wire::listen::{self, Decode, Listener, NotThere, Open};
use crossbeam_channel::Sender;
use indexmap::IndexMap;

/// Opens all wires of these triggers and boxes; what comes goes to `events`.
///
/// # Errors
/// Each that cannot be opened.
pub fn start(
    triggers: &[TriggerSource],
    boxes: &[ResponseBox],
    events: &Sender<Event>,
) -> Result<Vec<Listener>, Vec<NotThere>> {
    let (mut open, mut missing) = (Vec::new(), Vec::new());
    for (name, wire, decoders) in wires(triggers, boxes) {
        match listen::start(&name, wire, decoders, events.clone()) {
            Ok(listener) => open.push(listener),
            Err(why) => missing.push(why),
        }
    }
    if missing.is_empty() { Ok(open) } else { Err(missing) }
}

type Wire = (String, Open, Vec<Box<dyn Decode>>);

fn wires(triggers: &[TriggerSource], boxes: &[ResponseBox]) -> Vec<Wire> {
    let mut ports: IndexMap<&str, Wire> = IndexMap::new();
    let mut others = Vec::new();
    for trigger in triggers {
        let pulses: Box<dyn Decode> = Box::new(Pulses::of(trigger));
        let Some((port, _)) = trigger.serial_port() else {
            if let Some(open) = own_wire(trigger) {
                others.push((trigger.to_string(), open, vec![pulses]));
            }
            continue;
        };
        match ports.get_mut(port) {
            Some((_, _, decoders)) => decoders.push(pulses),
            None => {
                let open = own_wire(trigger).expect("a serial port is a wire");
                ports.insert(port, (trigger.to_string(), open, vec![pulses]));
            }
        }
    }
    for one in boxes {
        let Some((port, baud)) = one.serial_port() else { continue };
        let Some(buttons) = Buttons::of(one, trigger_keys(triggers, port)) else { continue };
        let fresh = || (one.to_string(), source::serial(port.into(), baud), Vec::new());
        ports.entry(port).or_insert_with(fresh).2.push(Box::new(buttons));
    }
    ports.into_values().chain(others).collect()
}

/// Keys of an XID box on this port that announce pulses.
fn trigger_keys(triggers: &[TriggerSource], port: &str) -> Vec<u8> {
    let key = |t: &TriggerSource| match t {
        TriggerSource::Xid { port: on, of, key, .. } if on == port && of.unwrap_or(0) == 0 => {
            Some(*key)
        }
        _ => None,
    };
    triggers.iter().filter_map(key).collect()
}

fn own_wire(trigger: &TriggerSource) -> Option<Open> {
    match trigger {
        TriggerSource::Evdev { path, .. } => Some(kernel_device(path.clone())),
        other => source::wire(other),
    }
}

#[cfg(target_os = "linux")]
fn kernel_device(path: String) -> Open {
    Box::new(move || crate::input::evdev::pulses::open(std::path::Path::new(&path)))
}

#[cfg(not(target_os = "linux"))]
fn kernel_device(_: String) -> Open {
    Box::new(|| {
        Err(NotThere {
            text: "evdev is there on Linux only".into(),
            remedy: "use key:CODE as trigger".into(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::boxes::BoxKind;
    use crate::rig::trigger::trigger_source;

    #[test]
    fn a_port_that_is_trigger_and_box_is_one_wire() {
        let kind = BoxKind::Serial { port: "COM3".into(), baud: 9600, bytes: b"12".to_vec() };
        let boxes = [ResponseBox { name: "pad".into(), kind, holds: false }];
        let triggers = ["serial:COM3:5", "tcp:5000", "key:t", "emulate"];
        let triggers = triggers.map(|t| trigger_source(t).unwrap());
        let all = wires(&triggers, &boxes);
        let names: Vec<(&str, usize)> = all.iter().map(|(n, _, d)| (n.as_str(), d.len())).collect();
        assert_eq!(names, [("serial:COM3", 2), ("tcp:127.0.0.1:5000", 1)]);
    }

    #[test]
    fn everything_that_is_missing_is_told_at_once() {
        let triggers = ["serial:/dev/ttyNO1", "serial:/dev/ttyNO2"];
        let triggers = triggers.map(|t| trigger_source(t).unwrap());
        let (sender, _events) = crossbeam_channel::unbounded();
        assert_eq!(start(&triggers, &[], &sender).unwrap_err().len(), 2);
    }
}
