//! The keyboard focus on X servers without a window manager, such as a bare Xvfb or a kiosk: nobody else gives
//! it to a window there, and keys would go nowhere. Where there is a window manager, it decides.

use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, InputFocus, MapState};

/// A map request is answered within a fraction of this.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(5);

/// Gives the focus to a window on an X server without a window manager; does nothing elsewhere. A server that
/// does not answer is left alone: the session is told of the focus it has, not of the one it asked for.
pub fn take(window: u32) {
    // See above.
    let _ = on_own_connection(window);
}

fn on_own_connection(window: u32) -> Result<(), Box<dyn std::error::Error>> {
    let (connection, screen) = x11rb::connect(None)?;
    let root = connection.setup().roots[screen].root;
    let check = connection.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK")?.reply()?.atom;
    let managed = connection.get_property(false, root, check, AtomEnum::WINDOW, 0, 1)?.reply()?;
    if managed.value_len > 0 {
        return Ok(());
    }
    for _ in 0..TRIES {
        // A window that is not to be seen cannot have the focus.
        if connection.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE {
            connection
                .set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?
                .check()?;
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}
