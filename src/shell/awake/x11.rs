//! The screen saver extension of X11 suspends saver and DPMS for as long as a connection is open. Desktops with a saver of
//! their own are told through `xdg-screensaver`, where it is installed; it watches the window, and ends with it.

use std::process::{Command, Stdio};
use winit::raw_window_handle::{HasWindowHandle, RawWindowHandle};
use winit::window::Window;
use x11rb::connection::Connection;
use x11rb::protocol::screensaver::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// Saver and DPMS are suspended as long as this is held.
#[derive(Debug)]
pub struct Suspended(#[expect(dead_code, reason = "its end is what counts")] RustConnection);

/// None where the window is not on X11, or the server has no such extension.
pub fn suspend(window: &Window) -> Option<Suspended> {
    let id = match window.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(h) => u32::try_from(h.window).ok()?,
        RawWindowHandle::Xcb(h) => h.window.get(),
        _ => return None,
    };
    tell_desktop(id);
    let (connection, _) = x11rb::connect(None).ok()?;
    connection.screensaver_query_version(1, 1).ok()?.reply().ok()?;
    connection.screensaver_suspend(1).ok()?.check().ok()?;
    connection.flush().ok()?;
    Some(Suspended(connection))
}

fn tell_desktop(window: u32) {
    // Not installed, or no desktop to tell: the extension is asked all the same.
    let _ = Command::new("xdg-screensaver")
        .args(["suspend", &format!("{window:#x}")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(|mut child| std::thread::spawn(move || child.wait()));
}
