//! Whose key events count. While a source of its own stamps keys, the window's are the same keys once more, and later; when
//! that source is gone, they are all that is left.

use crate::ground::event::{KeyEvent, KeysFrom};

/// The source that every window is.
pub const WINDOW: &str = "window";

/// Decides by the source that a key event names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    from: KeysFrom,
}

impl Default for Listening {
    fn default() -> Listening {
        Listening::to(window())
    }
}

/// The window's keys and buttons.
pub fn window() -> KeysFrom {
    KeysFrom { source: WINDOW.into(), buttons: true }
}

impl Listening {
    /// Listens to a source, and to the window where that has no buttons.
    pub fn to(from: KeysFrom) -> Listening {
        Listening { from }
    }

    /// Whether a key event counts. Those of simulated people always do.
    pub fn hears(&self, key: &KeyEvent) -> bool {
        let left_to_window = key.device == "mouse" && !self.from.buttons;
        key.source != WINDOW || self.from.source == WINDOW || left_to_window
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::Nanos;

    fn hears(listening: &Listening, source: &str, device: &str) -> bool {
        listening.hears(&KeyEvent {
            stamp: Nanos::ZERO,
            code: "KeyA".into(),
            down: true,
            repeat: false,
            device: device.into(),
            source: source.into(),
        })
    }

    #[test]
    fn the_windows_keys_count_only_where_nobody_else_stamps_them() {
        let alone = Listening::default();
        assert!(hears(&alone, "window", "keyboard") && hears(&alone, "window", "mouse"));
        let own = Listening::to(KeysFrom { source: "xinput2".into(), buttons: true });
        assert!(hears(&own, "xinput2", "keyboard") && hears(&own, "xinput2", "mouse"));
        assert!(!hears(&own, "window", "keyboard") && !hears(&own, "window", "mouse"));
        assert!(hears(&own, "simulated", "simulated participant"));
    }

    #[test]
    fn buttons_that_nobody_else_stamps_stay_with_the_window() {
        let own = Listening::to(KeysFrom { source: "xinput2".into(), buttons: false });
        assert!(hears(&own, "window", "mouse"));
        assert!(!hears(&own, "window", "keyboard"));
    }
}
