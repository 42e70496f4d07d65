//! A key pressed as another program would press it (XTEST), on a connection of its own: what the self-test measures the
//! way of keys with. Where no such presses reach the window, it says so.

use super::{OpenWindow, ShellHandle};
use crate::ground::clock::monotonic_now;
use crate::ground::ports::KeyPresser;
use crate::ground::time::Nanos;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// Keys that few keyboards have, with the numbers that X servers on Linux give them. Those between F20 and F23 switch
/// microphones and touchpads on many desktops.
const KEYS: [(&str, u8); 4] = [("F24", 202), ("F19", 197), ("F18", 196), ("F17", 195)];
/// The key symbols F1 to F24; all others may do something.
const FUNCTION_KEYS: std::ops::RangeInclusive<u32> = 0xffbe..=0xffd5;

/// A connection that presses one key.
#[derive(Debug)]
struct XTest {
    connection: RustConnection,
    root: u32,
    code: &'static str,
    number: u8,
}

impl ShellHandle {
    /// Something that presses a key that does nothing, in the window that has the keyboard.
    ///
    /// # Errors
    /// A sentence, where the window system does not let other programs press keys.
    pub fn presser(&self, window: &OpenWindow) -> Result<Box<dyn KeyPresser>, String> {
        if !window.is_x11() {
            return Err("this window system does not let a program press keys".into());
        }
        let failed = |_| "the X server does not answer".to_string();
        let (connection, screen) = x11rb::connect(None).map_err(|e| e.to_string())?;
        let lacking = || "the X server lacks the XTEST extension".to_string();
        let asked = connection.xtest_get_version(2, 2).map_err(|_| lacking())?;
        asked.reply().map_err(|_| lacking())?;
        let root = connection.setup().roots[screen].root;
        for (code, number) in KEYS {
            let asked = connection.get_keyboard_mapping(number, 1).map_err(failed)?;
            let Ok(mapping) = asked.reply() else { continue };
            let harmless = |k: &u32| *k == 0 || FUNCTION_KEYS.contains(k);
            if mapping.keysyms.iter().all(harmless) {
                return Ok(Box::new(XTest { connection, root, code, number }));
            }
        }
        Err("the keyboard layout gives every spare key a meaning".into())
    }
}

impl KeyPresser for XTest {
    fn code(&self) -> &str {
        self.code
    }

    fn press(&mut self, down: bool) -> Result<(Nanos, Nanos), String> {
        let kind = if down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT };
        let gone = "the X server does not take keys any more";
        let before = monotonic_now();
        let sent = self.connection.xtest_fake_input(kind, self.number, 0, self.root, 0, 0, 0);
        sent.map_err(|e| format!("{gone}: {e}"))?;
        // The answer to a question that follows says that it was done.
        let asked = self.connection.get_input_focus().map_err(|e| format!("{gone}: {e}"))?;
        asked.reply().map_err(|e| format!("{gone}: {e}"))?;
        Ok((before, monotonic_now()))
    }
}
