//! Pulses as presses of a key on the X display (XTEST), as a scanner's USB box that is a keyboard makes them. Whichever
//! window has the keyboard gets them.

use super::{Edge, KeyNumber, NoPlace, Place, Said, key_code};
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

struct Keys {
    connection: Option<(RustConnection, u32)>,
    /// The scanner's key.
    own: u8,
    number: KeyNumber,
    down: BTreeSet<u8>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("own", &self.own).field("down", &self.down).finish()
    }
}

/// Connects to the display.
pub(super) fn open(code: &str, number: KeyNumber) -> Result<Box<dyn Place>, NoPlace> {
    let own = number(code).ok_or_else(|| NoPlace {
        what: format!("the key {code} has no number here"),
        remedy: "use another key, as in key:5 or key:t".into(),
    })?;
    let connection = connect().map_err(|what| NoPlace {
        what: format!("no keys can be pressed: {what}"),
        remedy:
            "keys are pressed on X displays (DISPLAY names one); elsewhere send to pty, tcp or udp"
                .into(),
    })?;
    let connection = Some(connection);
    Ok(Box::new(Keys { connection, own, number, down: BTreeSet::new() }))
}

fn connect() -> Result<(RustConnection, u32), String> {
    let (connection, screen) =
        x11rb::connect(None).map_err(|e| format!("the X display does not answer ({e})"))?;
    let lacking = || "the X display lacks the XTEST extension".to_string();
    let asked = connection.xtest_get_version(2, 2).map_err(|_| lacking())?;
    asked.reply().map_err(|_| lacking())?;
    let root = connection.setup().roots[screen].root;
    Ok((connection, root))
}

impl Keys {
    fn fake(&mut self, down: bool, key: u8) -> Result<(), String> {
        let kind = if down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT };
        let (connection, root) = self.connection.as_ref().ok_or("the X display is gone")?;
        let sent = connection.xtest_fake_input(kind, key, 0, *root, 0, 0, 0);
        let sent = sent.and_then(|_| connection.flush());
        if let Err(e) = sent {
            self.connection = None;
            self.down.clear();
            return Err(format!("the X display is gone: {e}"));
        }
        match down {
            true => self.down.insert(key),
            false => self.down.remove(&key),
        };
        Ok(())
    }
}

impl Place for Keys {
    fn ready(&mut self, _patience: Duration) -> Result<(), String> {
        // What the server has to say is read, so that it never waits to be rid of it; a dead connection is noticed.
        if let Some((connection, _)) = &self.connection {
            loop {
                match connection.poll_for_event() {
                    Ok(Some(_)) => {}
                    Ok(None) => return Ok(()),
                    Err(_) => break,
                }
            }
            self.connection = None;
            self.down.clear();
        }
        self.connection = Some(connect()?);
        Ok(())
    }

    fn send(&mut self, edge: Edge, code: Option<&str>) -> Result<Said, String> {
        let key = match code {
            None => self.own,
            Some(code) => {
                let code = key_code(code)?;
                (self.number)(&code).ok_or_else(|| format!("the key {code} has no number here"))?
            }
        };
        match edge {
            Edge::Down => {
                // A key that is down cannot go down.
                if self.down.contains(&key) {
                    self.fake(false, key)?;
                }
                self.fake(true, key)?;
            }
            Edge::Up if self.down.contains(&key) => self.fake(false, key)?,
            Edge::Up => return Ok(Said::NotHere),
            // The X server repeats a held key by itself.
            Edge::Repeat => return Ok(Said::NotHere),
        }
        Ok(Said::Yes)
    }
}

impl Drop for Keys {
    /// No key stays down behind a scanner that was switched off.
    fn drop(&mut self) {
        for key in std::mem::take(&mut self.down) {
            let _ = self.fake(false, key);
        }
        if let Some((connection, _)) = &self.connection {
            // The answer to a question that follows says that it was done.
            let _ = connection.get_input_focus().map(|asked| asked.reply());
        }
    }
}
