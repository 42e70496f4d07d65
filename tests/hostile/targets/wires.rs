//! What comes over wires: packets of response boxes, and lines of text.

use reframe::ground::event::Event;
use reframe::ground::time::Nanos;
use reframe::input::boxes::Buttons;
use reframe::rig::boxes::{BoxKind, ResponseBox};
use reframe::rig::trigger::trigger_source;
use reframe::trigger::decode::Pulses;
use reframe::wire::lines::Lines;
use reframe::wire::listen::flood::Flood;
use reframe::wire::listen::{Arrived, Decode, What};
use reframe::wire::net::message;
use reframe::wire::xid::XidStream;

/// Bytes in pieces; the first says how long they are.
fn pieces(data: &[u8]) -> (std::slice::Chunks<'_, u8>, &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    (rest.chunks(usize::from(*first % 17) + 1), rest)
}

fn pulses(source: &str) -> Pulses {
    Pulses::of(&trigger_source(source).expect("a source"))
}

/// A stream of an XID box: the same packets however it is cut, nothing kept, nothing lost.
pub fn xid(data: &[u8]) {
    let (pieces, whole) = pieces(data);
    let (mut cut, mut uncut) = (XidStream::default(), XidStream::default());
    let found: Vec<_> = pieces.clone().flat_map(|piece| cut.feed(piece)).collect();
    assert_eq!(found, uncut.feed(whole));
    assert_eq!(cut.skipped(), uncut.skipped());
    assert!(found.len() * 6 + cut.skipped() as usize <= whole.len());

    let pad = ResponseBox {
        name: "pad".into(),
        kind: BoxKind::Xid { port: "COM3".into(), baud: 115_200 },
        holds: true,
    };
    let mut buttons = Buttons::of(&pad, vec![4]).expect("a box with a port");
    let mut trigger = pulses("xid:COM3:4");
    let mut out = Vec::new();
    for (piece, n) in pieces.zip(0..) {
        let arrived = Arrived { stamp: Nanos(n), what: What::Bytes(piece.to_vec()) };
        buttons.take(&arrived, &mut out);
        trigger.take(&arrived, &mut out);
    }
    assert!(out.len() <= found.len() * 2);
    let mut last = Vec::new();
    buttons.lost(Nanos(1), &mut last);
    trigger.lost(Nanos(1), &mut last);
    let up = |e: &Event| matches!(e, Event::Key(k) if !k.down);
    assert!(last.iter().all(up), "what is let go at the end is a button: {last:?}");
}

/// Lines over TCP and packets over UDP: short, trimmed, and never more in a second than a scanner sends.
pub fn lines(data: &[u8]) {
    let (pieces, whole) = pieces(data);
    for expected in [None, Some("5".to_string())] {
        let mut lines = Lines::new(expected.clone());
        let mut flood = Flood::default();
        let mut trigger = match &expected {
            None => pulses("tcp:5000"),
            Some(text) => pulses(&format!("tcp:5000={text}")),
        };
        let (mut passed, mut stamp) = (0, Nanos(0));
        for piece in pieces.clone() {
            // Up to 25 ms between two pieces, as the bytes say.
            stamp += Nanos(i64::from(piece[0]) * 100_000);
            for text in lines.feed(piece) {
                assert!(!text.is_empty() && text.len() <= 256 * 3, "{text:?}");
                if flood.lets_through(stamp) {
                    let mut out = Vec::new();
                    trigger.take(&Arrived { stamp, what: What::Text(text) }, &mut out);
                    passed += out.len() as i64;
                }
            }
        }
        assert!(passed <= 300 * (stamp.0 / 1_000_000_000 + 1), "{passed} by {stamp}");
        let _ = flood.tell(stamp, 0, "tcp");
    }
    assert!(message(whole).len() <= whole.len() * 3);
}
