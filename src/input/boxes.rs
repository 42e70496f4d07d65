//! Buttons of response boxes on serial ports: what arrives becomes keys that go down and up. What a button means, the
//! mapping knows.

use crate::ground::event::{Event, KeyEvent};
use crate::ground::time::Nanos;
use crate::rig::boxes::{BoxKind, ResponseBox};
use crate::rig::codes::button;
use crate::wire::listen::{Arrived, Decode, What};
use crate::wire::xid::XidStream;
use indexmap::IndexSet;

/// Why a button is let go that nobody will tell of.
const LOST: &str = "source lost";

/// Finds the buttons of one box.
#[derive(Debug)]
pub struct Buttons {
    name: String,
    source: String,
    kind: Kind,
    /// Buttons that are down, where the box tells when they come up.
    down: IndexSet<String>,
}

#[derive(Debug)]
enum Kind {
    Bytes(Vec<u8>),
    Xid {
        stream: XidStream,
        /// Keys that are the trigger's.
        not: Vec<u8>,
    },
}

impl Buttons {
    /// The buttons of a box; `not` are keys of an XID box that announce pulses. None for a keyboard, which speaks for itself.
    pub fn of(b: &ResponseBox, not: Vec<u8>) -> Option<Buttons> {
        let kind = match &b.kind {
            BoxKind::Serial { bytes, .. } => Kind::Bytes(bytes.clone()),
            BoxKind::Xid { .. } => Kind::Xid { stream: XidStream::default(), not },
            BoxKind::Keyboard { .. } => return None,
        };
        let (name, source) = (b.name.clone(), b.to_string());
        Some(Buttons { name, source, kind, down: IndexSet::new() })
    }

    /// Buttons that went down (or up), and whether all of it is understood.
    fn read(&mut self, bytes: &[u8]) -> (Vec<(String, bool)>, bool) {
        match &mut self.kind {
            Kind::Bytes(known) => {
                let place = |b: &u8| known.iter().position(|k| k == b);
                let found: Vec<usize> = bytes.iter().filter_map(place).collect();
                let all = found.len() == bytes.len();
                (found.into_iter().map(|n| (button(n as u32 + 1), true)).collect(), all)
            }
            Kind::Xid { stream, not } => {
                let skipped = stream.skipped();
                let keys = stream.feed(bytes);
                // Other ports of such a box are light sensors and the like.
                let ours = keys.iter().filter(|k| k.port == 0 && !not.contains(&k.key));
                let ours: Vec<_> = ours.map(|k| (button(u32::from(k.key)), k.down)).collect();
                let all = ours.len() == keys.len() && stream.skipped() == skipped;
                (ours, all)
            }
        }
    }

    fn event(&self, stamp: Nanos, code: String, down: bool, source: &str) -> Event {
        Event::Key(KeyEvent {
            stamp,
            code,
            down,
            repeat: false,
            device: self.name.clone(),
            source: source.into(),
        })
    }
}

impl Decode for Buttons {
    fn take(&mut self, arrived: &Arrived, out: &mut Vec<Event>) -> bool {
        let What::Bytes(bytes) = &arrived.what else { return false };
        let (found, all) = self.read(bytes);
        for (code, down) in found {
            if matches!(self.kind, Kind::Xid { .. }) {
                match down {
                    true => self.down.insert(code.clone()),
                    false => self.down.shift_remove(&code),
                };
            }
            out.push(self.event(arrived.stamp, code, down, &self.source));
        }
        all
    }

    fn lost(&mut self, stamp: Nanos, out: &mut Vec<Event>) {
        for code in std::mem::take(&mut self.down) {
            out.push(self.event(stamp, code, false, LOST));
        }
        if let Kind::Xid { stream, .. } = &mut self.kind {
            stream.cut();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: BoxKind, not: Vec<u8>) -> Buttons {
        Buttons::of(&ResponseBox { name: "pad".into(), kind, holds: true }, not).unwrap()
    }

    fn keys(out: &[Event]) -> Vec<(String, bool)> {
        let key = |e: &Event| match e {
            Event::Key(k) => (k.code.clone(), k.down),
            other => panic!("{other:?}"),
        };
        out.iter().map(key).collect()
    }

    fn take(buttons: &mut Buttons, bytes: &[u8]) -> (Vec<(String, bool)>, bool) {
        let mut out = Vec::new();
        let what = What::Bytes(bytes.to_vec());
        let used = buttons.take(&Arrived { stamp: Nanos(5), what }, &mut out);
        (keys(&out), used)
    }

    #[test]
    fn bytes_are_buttons_by_their_place_in_the_list() {
        let kind = BoxKind::Serial { port: "COM3".into(), baud: 9600, bytes: b"bygr".to_vec() };
        let mut buttons = of(kind, vec![]);
        assert_eq!(take(&mut buttons, b"b"), (vec![("Button1".into(), true)], true));
        assert_eq!(take(&mut buttons, b"r5"), (vec![("Button4".into(), true)], false));
    }

    #[test]
    fn keys_of_an_xid_box_go_down_and_up_and_come_up_when_it_is_lost() {
        let kind = BoxKind::Xid { port: "COM3".into(), baud: 115_200 };
        let mut buttons = of(kind, vec![4]);
        assert_eq!(take(&mut buttons, b"k\x30\0\0\0\0"), (vec![("Button1".into(), true)], true));
        assert_eq!(take(&mut buttons, b"k\x90\0\0\0\0"), (vec![], false), "the trigger's key");
        assert_eq!(take(&mut buttons, b"k\x50\0"), (vec![], true), "half a packet is only begun");
        let mut out = Vec::new();
        buttons.lost(Nanos(9), &mut out);
        assert_eq!(keys(&out), [("Button1".to_string(), false)]);
        assert_eq!(take(&mut buttons, b"k\x50\0\0\0\0"), (vec![("Button2".into(), true)], true));
    }
}
