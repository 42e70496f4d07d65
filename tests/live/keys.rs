//! Keys as another program presses them (XTest), on a connection of its own, with the test's own stamps.

use super::MS;
use super::server::Server;
use super::system::{now, sleep_until};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// Keys by their W3C names, with the numbers that X servers on Linux give them.
const CODES: [(&str, u8); 19] = [
    ("Escape", 9),
    ("Digit1", 10),
    ("Digit2", 11),
    ("Digit3", 12),
    ("Digit4", 13),
    ("Digit5", 14),
    ("Backspace", 22),
    ("KeyY", 29),
    ("KeyN", 57),
    ("KeyQ", 24),
    ("Enter", 36),
    ("KeyO", 32),
    ("KeyP", 33),
    ("Tab", 23),
    ("KeyZ", 52),
    ("Space", 65),
    ("ArrowLeft", 113),
    ("ArrowRight", 114),
    ("ArrowDown", 116),
];

/// A press or release: it happened between the two stamps.
#[derive(Clone, Copy, Debug)]
pub struct Stroke {
    pub code: &'static str,
    pub down: bool,
    pub before: i64,
    pub after: i64,
}

impl Stroke {
    /// The middle of the two stamps.
    pub fn at(&self) -> i64 {
        self.before + (self.after - self.before) / 2
    }
}

/// Presses keys and keeps a log.
pub struct Keys {
    pub(super) connection: RustConnection,
    pub(super) root: u32,
    pub log: Vec<Stroke>,
}

impl Keys {
    pub fn connect(server: &Server) -> Keys {
        let (connection, screen) =
            x11rb::connect(Some(&server.display)).expect("the server answers");
        connection.xtest_get_version(2, 2).unwrap().reply().expect("the server has XTest");
        let root = connection.setup().roots[screen].root;
        Keys { connection, root, log: Vec::new() }
    }

    /// Presses or releases a key now.
    pub fn send(&mut self, code: &'static str, down: bool) -> Stroke {
        let (_, number) = CODES.iter().find(|(name, _)| *name == code).expect("a key of the list");
        let kind = if down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT };
        let before = now();
        self.connection.xtest_fake_input(kind, *number, 0, self.root, 0, 0, 0).unwrap();
        // The answer to a question that follows says that it was done.
        self.connection.get_input_focus().unwrap().reply().expect("the server answers");
        let stroke = Stroke { code, down, before, after: now() };
        self.log.push(stroke);
        stroke
    }

    /// Presses a key at an instant, and releases it so many milliseconds later. Gives the press.
    pub fn tap(&mut self, code: &'static str, at: i64, held_ms: i64) -> Stroke {
        sleep_until(at);
        let press = self.send(code, true);
        sleep_until(at + held_ms * MS);
        self.send(code, false);
        press
    }
}

/// Chance that comes out the same each time (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// A whole number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    /// Nanoseconds between two numbers of milliseconds.
    pub fn ms(&mut self, from: i64, to: i64) -> i64 {
        from * MS + self.below(((to - from) * MS) as u64) as i64
    }
}
