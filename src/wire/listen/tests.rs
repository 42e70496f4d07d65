//! Listening threads on wires that speak, die and come back.

use super::*;
use crossbeam_channel::{Receiver, unbounded};
use std::collections::VecDeque;

/// Speaks what it is told to, then dies.
struct Script(VecDeque<Vec<u8>>);

impl Port for Script {
    fn next(&mut self) -> io::Result<Option<Arrived>> {
        match self.0.pop_front() {
            Some(bytes) => Ok(Some(Arrived { stamp: monotonic_now(), what: What::Bytes(bytes) })),
            None => Err(io::Error::other("unplugged")),
        }
    }
}

/// Has a use for fives.
struct Fives;

impl Decode for Fives {
    fn take(&mut self, arrived: &Arrived, out: &mut Vec<Event>) -> bool {
        let used = arrived.what == What::Bytes(b"5".to_vec());
        if used {
            out.push(Event::Pulse { stamp: arrived.stamp, source: "test".into() });
        }
        used
    }

    fn lost(&mut self, stamp: Nanos, out: &mut Vec<Event>) {
        out.push(Event::Signal { stamp });
    }
}

fn until(events: &Receiver<Event>, found: impl Fn(&Event) -> bool) -> Vec<Event> {
    let mut all = Vec::new();
    loop {
        let event = events.recv_timeout(Duration::from_secs(20)).expect("the event comes");
        let last = found(&event);
        all.push(event);
        if last {
            return all;
        }
    }
}

fn says(event: &Event, part: &str) -> bool {
    matches!(event, Event::Note { text, .. } if text.contains(part))
}

#[test]
fn a_wire_that_dies_is_said_and_opened_again_when_it_is_back() {
    let mut opened = 0;
    let open = move || {
        opened += 1;
        match opened {
            2 => Err(NotThere { text: "not yet".into(), remedy: String::new() }),
            _ => Ok(Box::new(Script(vec![b"5".to_vec()].into())) as Box<dyn Port>),
        }
    };
    let (sender, events) = unbounded();
    let listener = start("COM3", Box::new(open), vec![Box::new(Fives)], sender).unwrap();
    let first = until(&events, |e| says(e, "COM3 is back"));
    let gone = first.iter().position(|e| says(e, "COM3 is gone (unplugged)")).unwrap();
    assert!(first[..gone].iter().any(|e| matches!(e, Event::Pulse { .. })));
    assert!(first[..gone].iter().any(|e| matches!(e, Event::Signal { .. })), "decoders are told");
    until(&events, |e| matches!(e, Event::Pulse { .. }));
    drop(listener);
}

#[test]
fn what_nobody_has_a_use_for_is_recorded_all_the_same() {
    let script = Script(vec![b"5".to_vec(), vec![0, 0xff]].into());
    let mut ports = vec![script];
    let open = move || {
        let gone = || NotThere { text: String::new(), remedy: String::new() };
        ports.pop().map(|p| Box::new(p) as Box<dyn Port>).ok_or_else(gone)
    };
    let (sender, events) = unbounded();
    let _listener = start("COM3", Box::new(open), vec![Box::new(Fives)], sender).unwrap();
    let all = until(&events, |e| matches!(e, Event::Stray { .. }));
    let Some(Event::Stray { source, data, .. }) = all.last() else { panic!("{all:?}") };
    assert_eq!((source.as_str(), data.as_str()), ("COM3", "00 ff"));
}

#[test]
fn a_wire_that_cannot_be_opened_is_refused_at_once() {
    let open = || Err(NotThere { text: "COM3 is not there".into(), remedy: "plug it in".into() });
    let why = start("COM3", Box::new(open), vec![], unbounded().0).err().unwrap();
    assert_eq!(why.to_string(), "COM3 is not there");
}
