//! What of that which arrives is a pulse: a byte, a key of a box, a text, an edge. Releases and repeats are none: they are
//! left over, and so recorded.

use crate::ground::event::Event;
use crate::ground::time::Nanos;
use crate::rig::trigger::{Byte, TriggerSource};
use crate::wire::listen::{Arrived, Decode, What};
use crate::wire::xid::XidStream;

/// Finds the pulses of one source.
#[derive(Debug)]
pub struct Pulses {
    source: String,
    what: Wanted,
}

#[derive(Debug)]
enum Wanted {
    Byte(Byte),
    Xid { stream: XidStream, of: Option<u8>, key: u8 },
    Text(Option<String>),
    Level { rising: bool },
    Key(String),
    Nothing,
}

impl Pulses {
    /// The pulses of a source.
    pub fn of(source: &TriggerSource) -> Pulses {
        let what = match source {
            TriggerSource::Serial { byte, .. } => Wanted::Byte(*byte),
            TriggerSource::Xid { of, key, .. } => {
                Wanted::Xid { stream: XidStream::default(), of: *of, key: *key }
            }
            TriggerSource::Tcp { text, .. }
            | TriggerSource::Udp { text, .. }
            | TriggerSource::Lsl { text, .. } => Wanted::Text(text.clone()),
            TriggerSource::Modem { rising, .. } | TriggerSource::Parport { rising, .. } => {
                Wanted::Level { rising: *rising }
            }
            TriggerSource::Evdev { code, .. } => Wanted::Key(code.clone()),
            // Keys come by way of the window, and the emulator has no wire.
            TriggerSource::Key(_) | TriggerSource::Emulate(_) => Wanted::Nothing,
        };
        Pulses { source: source.to_string(), what }
    }

    /// How many pulses there are in what has arrived, and whether all of it is understood.
    fn count(&mut self, what: &What) -> (usize, bool) {
        match (&mut self.what, what) {
            (Wanted::Byte(Byte::Any), What::Bytes(bytes)) => (bytes.len(), true),
            (Wanted::Byte(Byte::One(wanted)), What::Bytes(bytes)) => {
                let n = bytes.iter().filter(|b| *b == wanted).count();
                (n, n == bytes.len())
            }
            (Wanted::Xid { stream, of, key }, What::Bytes(bytes)) => {
                let skipped = stream.skipped();
                let keys = stream.feed(bytes);
                let ours = |k: &&crate::wire::xid::XidKey| {
                    k.key == *key && of.is_none_or(|of| of == k.port)
                };
                let n = keys.iter().filter(ours).filter(|k| k.down).count();
                // Half a packet is understood: it is only begun.
                (n, stream.skipped() == skipped && keys.iter().all(|k| ours(&k) && k.down))
            }
            (Wanted::Text(wanted), What::Text(text)) => {
                let is = !text.is_empty() && wanted.as_ref().is_none_or(|w| w == text);
                (usize::from(is), is)
            }
            (Wanted::Level { rising }, What::Level(on)) => {
                (usize::from(on == rising), on == rising)
            }
            (Wanted::Key(wanted), What::Key { code, down, repeat }) => {
                let pulse = code == wanted && *down && !repeat;
                (usize::from(pulse), pulse)
            }
            _ => (0, false),
        }
    }
}

impl Decode for Pulses {
    fn take(&mut self, arrived: &Arrived, out: &mut Vec<Event>) -> bool {
        let (n, understood) = self.count(&arrived.what);
        let pulse = || Event::Pulse { stamp: arrived.stamp, source: self.source.clone() };
        out.extend((0..n).map(|_| pulse()));
        understood
    }

    fn lost(&mut self, _stamp: Nanos, _out: &mut Vec<Event>) {
        if let Wanted::Xid { stream, .. } = &mut self.what {
            stream.cut();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::trigger::trigger_source;
    use proptest::prelude::*;

    fn pulses(source: &str, what: What) -> (usize, bool) {
        let mut pulses = Pulses::of(&trigger_source(source).unwrap());
        let mut out = Vec::new();
        let used = pulses.take(&Arrived { stamp: Nanos(7), what }, &mut out);
        for event in &out {
            let Event::Pulse { stamp, source: named } = event else { panic!("{event:?}") };
            assert_eq!(*stamp, Nanos(7));
            assert_eq!(named.split(':').next(), source.split(':').next());
        }
        (out.len(), used)
    }

    fn bytes(b: &[u8]) -> What {
        What::Bytes(b.to_vec())
    }

    #[test]
    fn bytes_are_pulses_where_they_are_the_one_that_is_meant() {
        assert_eq!(pulses("serial:COM3:5", bytes(b"5")), (1, true));
        assert_eq!(pulses("serial:COM3:5", bytes(b"1")), (0, false));
        assert_eq!(pulses("serial:COM3:5", bytes(b"152")), (1, false), "and what is none is told");
        assert_eq!(pulses("serial:COM3", bytes(b"\x00")), (1, true));
    }

    #[test]
    fn presses_of_the_key_of_a_box_are_pulses_and_releases_are_none() {
        let down = b"k\x90\0\0\0\0";
        let up = b"k\x80\0\0\0\0";
        assert_eq!(pulses("xid:COM3:4", bytes(down)), (1, true));
        assert_eq!(pulses("xid:COM3:4", bytes(up)), (0, false), "a release is told and no pulse");
        assert_eq!(pulses("xid:COM3:1.4", bytes(down)), (0, false), "of another port");
        assert_eq!(pulses("xid:COM3:4", bytes(b"o\x00\x041\0\0\0\0\0")), (1, true));
        assert_eq!(pulses("xid:COM3:3", bytes(down)), (0, false));
    }

    #[test]
    fn texts_edges_and_keys_are_pulses_as_the_rig_says() {
        let text = |t: &str| What::Text(t.into());
        assert_eq!(pulses("tcp:5000", text("anything")), (1, true));
        assert_eq!(pulses("tcp:5000=TR", text("TR")), (1, true));
        assert_eq!(pulses("tcp:5000=TR", text("TRX")), (0, false));
        assert_eq!(pulses("udp:127.0.0.1:5000", text("")), (0, false));
        assert_eq!(pulses("modem:COM1:cts", What::Level(true)), (1, true));
        assert_eq!(pulses("modem:COM1:cts", What::Level(false)), (0, false));
        assert_eq!(pulses("parport:/dev/parport0:ack:falling", What::Level(false)), (1, true));
        let key = |down, repeat| What::Key { code: "Digit5".into(), down, repeat };
        assert_eq!(pulses("evdev:/dev/input/event3:5", key(true, false)), (1, true));
        assert_eq!(pulses("evdev:/dev/input/event3:5", key(true, true)), (0, false));
        assert_eq!(pulses("evdev:/dev/input/event3:5", key(false, false)), (0, false));
    }

    proptest! {
        #[test]
        fn no_arrival_harms(bytes in proptest::collection::vec(any::<u8>(), 0..500), text in ".{0,300}") {
            for source in ["serial:COM3", "serial:COM3:5", "xid:COM3:4", "tcp:5000=5", "udp:99", "lsl:X", "modem:COM1:cts"] {
                let mut pulses = Pulses::of(&trigger_source(source).unwrap());
                let mut out = Vec::new();
                for what in [What::Bytes(bytes.clone()), What::Text(text.clone()), What::Level(true)] {
                    pulses.take(&Arrived { stamp: Nanos(0), what }, &mut out);
                }
                prop_assert!(out.len() <= bytes.len() + 2);
            }
        }
    }
}
