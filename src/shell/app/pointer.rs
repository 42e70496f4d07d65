//! A mouse or trackball in the loop: its buttons are keys with names of their own, its movements are told as they come.

use crate::ground::event::{Event, KeyEvent, PointerEvent, RawTravel};
use crate::ground::time::Nanos;
use winit::event::MouseButton;

const DEVICE: &str = "mouse";
const SOURCE: &str = "window";

/// Where the pointer was seen last: physical pixels of the window, from its top left.
#[derive(Debug, Default)]
pub(super) struct Hand {
    pub at: [f64; 2],
    /// Whether a window has the focus, and so the right to keep the pointer.
    pub kept: bool,
}

/// A movement.
pub(super) fn travelled(stamp: Nanos, travel: RawTravel) -> Event {
    Event::Pointer(PointerEvent { stamp, travel, device: DEVICE.into(), source: SOURCE.into() })
}

/// A button as a key; none for a button that has no name here.
pub(super) fn button(stamp: Nanos, button: MouseButton, down: bool) -> Option<KeyEvent> {
    let code = match button {
        MouseButton::Left => "MouseLeft",
        MouseButton::Middle => "MouseMiddle",
        MouseButton::Right => "MouseRight",
        MouseButton::Back => "MouseBack",
        MouseButton::Forward => "MouseForward",
        MouseButton::Other(_) => return None,
    };
    Some(KeyEvent {
        stamp,
        code: code.into(),
        down,
        repeat: false,
        device: DEVICE.into(),
        source: SOURCE.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::codes::is_code;

    #[test]
    fn buttons_have_names_that_a_rig_can_use() {
        let all = [
            MouseButton::Left,
            MouseButton::Middle,
            MouseButton::Right,
            MouseButton::Back,
            MouseButton::Forward,
        ];
        for b in all {
            let key = button(Nanos(7), b, true).unwrap();
            assert!(is_code(&key.code), "{}", key.code);
            assert_eq!((key.stamp, key.down, key.repeat), (Nanos(7), true, false));
        }
        assert_eq!(button(Nanos::ZERO, MouseButton::Other(9), true), None);
    }
}
