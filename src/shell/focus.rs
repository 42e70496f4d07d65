//! The keyboard on an X server without a window manager: nobody else gives a window the focus there, and
//! without it no key would be heard. Where there is a manager, the focus is its affair.

use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use std::time::Duration;
use winit::window::Window;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, InputFocus, MapState};
use x11rb::rust_connection::RustConnection;

/// How long a new window may take to be on the screen.
const PATIENCE: Nanos = Nanos::from_millis(1_000);

/// Takes the keyboard's focus for a window, where no window manager would give it. A server that refuses leaves
/// it as it was: that the window has no focus is in the journal.
pub fn take(window: &Window) {
    let Some(id) = window_id(window) else { return };
    let Ok((connection, screen)) = x11rb::connect(None) else { return };
    let root = connection.setup().roots[screen].root;
    if is_managed(&connection, root) {
        return;
    }
    let deadline = monotonic_now() + PATIENCE;
    // A window that is not on the screen cannot have the focus.
    while !is_viewable(&connection, id) && monotonic_now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    if let Ok(cookie) = connection.set_input_focus(InputFocus::PARENT, id, x11rb::CURRENT_TIME) {
        let _ = cookie.check();
    }
}

fn window_id(window: &Window) -> Option<u32> {
    match window.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(h) => u32::try_from(h.window).ok(),
        RawWindowHandle::Xcb(h) => Some(h.window.get()),
        _ => None,
    }
}

/// Whether a window manager says that it is there (_NET_SUPPORTING_WM_CHECK), or whether that cannot be found out.
fn is_managed(connection: &RustConnection, root: u32) -> bool {
    let property = || {
        let atom =
            connection.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK").ok()?.reply().ok()?.atom;
        connection.get_property(false, root, atom, AtomEnum::WINDOW, 0, 1).ok()?.reply().ok()
    };
    property().is_none_or(|p| p.value_len > 0)
}

fn is_viewable(connection: &RustConnection, window: u32) -> bool {
    connection
        .get_window_attributes(window)
        .is_ok_and(|cookie| cookie.reply().is_ok_and(|a| a.map_state == MapState::VIEWABLE))
}
