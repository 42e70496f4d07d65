//! A mouse as another program moves it (XTest): by so much, to a place, and its buttons.

use super::keys::{Keys, Stroke};
use super::system::now;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, MOTION_NOTIFY_EVENT,
};
use x11rb::protocol::xtest::ConnectionExt as _;

/// A movement: it happened between the two stamps.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// Right and down: by so much, or to this pixel of the screen.
    pub to: [i16; 2],
    pub before: i64,
    pub after: i64,
}

impl Moved {
    /// The middle of the two stamps.
    pub fn at(&self) -> i64 {
        self.before + (self.after - self.before) / 2
    }
}

impl Keys {
    /// Moves the mouse by so many pixels to the right and down.
    pub fn move_by(&mut self, by: [i16; 2]) -> Moved {
        self.mouse(MOTION_NOTIFY_EVENT, 1, by)
    }

    /// Moves the pointer to a pixel of the screen.
    pub fn move_to(&mut self, pixel: [i16; 2]) -> Moved {
        self.mouse(MOTION_NOTIFY_EVENT, 0, pixel)
    }

    /// Presses or releases the left button.
    pub fn button(&mut self, down: bool) -> Stroke {
        let kind = if down { BUTTON_PRESS_EVENT } else { BUTTON_RELEASE_EVENT };
        let Moved { before, after, .. } = self.mouse(kind, 1, [0, 0]);
        let stroke = Stroke { code: "MouseLeft", down, before, after };
        self.log.push(stroke);
        stroke
    }

    fn mouse(&mut self, kind: u8, detail: u8, [x, y]: [i16; 2]) -> Moved {
        let before = now();
        self.connection.xtest_fake_input(kind, detail, 0, self.root, x, y, 0).unwrap();
        self.connection.get_input_focus().unwrap().reply().expect("the server answers");
        Moved { to: [x, y], before, after: now() }
    }
}
