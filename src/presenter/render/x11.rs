//! X11 connections of the render thread's own. Were the surface made on the window's connection, the driver
//! would read that socket, and key events would wait in it until the event loop looks.
#![allow(unsafe_code)]

use crate::presenter::gpu::GpuError;
use raw_window_handle::{
    HasWindowHandle, RawDisplayHandle, RawWindowHandle, XcbDisplayHandle, XcbWindowHandle,
};
use std::ffi::CStr;
use std::num::NonZeroU32;
use std::ptr::NonNull;
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::present::{ConnectionExt as _, EventMask};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, ImageFormat, MapState};
use x11rb::rust_connection::RustConnection;
use x11rb::xcb_ffi::XCBConnection;

/// The id of an X11 window; none on other systems.
pub fn window_id(window: &winit::window::Window) -> Option<u32> {
    match window.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(h) => u32::try_from(h.window).ok(),
        RawWindowHandle::Xcb(h) => Some(h.window.get()),
        _ => None,
    }
}

/// A connection of its own on which the server tells what its Present extension completes for a window: pictures, and ticks
/// that are asked for. `display` names the server, as DISPLAY does where it is left out. None where it has no such extension.
pub fn completions(display: Option<&str>, window: u32) -> Option<RustConnection> {
    let (connection, _) = x11rb::connect(display).ok()?;
    connection.present_query_version(1, 2).ok()?.reply().ok()?;
    let id = connection.generate_id().ok()?;
    let told = connection.present_select_input(id, window, EventMask::COMPLETE_NOTIFY).ok()?;
    told.check().ok()?;
    Some(connection)
}

/// Lets an X server have room for the pictures of a driver that copies them through its socket. A server that has never let
/// go of so large a request asks the system for the room of each one anew and gives it back right after it has drawn, before
/// it answers: a fifth of a millisecond in which nobody can tell that the picture is there. After one client has come with
/// such a request and gone, it keeps the room (seen on Xvfb 21.1, whose memory is glibc's).
pub fn make_room(width: u32, height: u32) {
    // It fails where the server takes no request as large, and then pictures come in parts of their own.
    let _ = send_and_leave(width, height);
}

fn send_and_leave(width: u32, height: u32) -> Option<()> {
    let (connection, screen) = x11rb::connect(None).ok()?;
    let root = connection.setup().roots.get(screen)?;
    let (width, height) = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
    let (pixmap, context) = (connection.generate_id().ok()?, connection.generate_id().ok()?);
    connection.create_pixmap(root.root_depth, pixmap, root.root, width, height).ok()?;
    connection.create_gc(context, pixmap, &CreateGCAux::new()).ok()?;
    let data = vec![0; usize::from(width) * usize::from(height) * 4];
    let put = connection.put_image(
        ImageFormat::Z_PIXMAP,
        pixmap,
        context,
        width,
        height,
        0,
        0,
        0,
        root.root_depth,
        &data,
    );
    put.ok()?.check().ok()
}

/// The connection that pictures travel on. It must outlive the surface that is made from it.
pub struct X11Link {
    connection: XCBConnection,
    screen: usize,
    window: NonZeroU32,
    visual: Option<NonZeroU32>,
}

impl std::fmt::Debug for X11Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "X11Link({:#x})", self.window)
    }
}

impl X11Link {
    /// A connection to the server of a window.
    pub fn open(window: u32) -> Result<X11Link, GpuError> {
        X11Link::open_on(None, window)
    }

    /// The same on a display of that name.
    pub fn open_on(display: Option<&CStr>, window: u32) -> Result<X11Link, GpuError> {
        let failed = |e: &dyn std::fmt::Display| GpuError::NoSurface(e.to_string());
        let window = NonZeroU32::new(window).ok_or_else(|| failed(&"the window has no id"))?;
        let (connection, screen) = XCBConnection::connect(display).map_err(|_| GpuError::Gone)?;
        let asked = connection.get_window_attributes(window.get()).map_err(|_| GpuError::Gone)?;
        let attributes = asked.reply().map_err(|e| no_window(&e))?;
        let visual = NonZeroU32::new(attributes.visual);
        Ok(X11Link { connection, screen, window, visual })
    }

    /// The window.
    pub fn window(&self) -> u32 {
        self.window.get()
    }

    /// A surface on the window. Keep `self` longer than it.
    pub fn surface(&self, instance: &wgpu::Instance) -> Result<wgpu::Surface<'static>, GpuError> {
        let raw = NonNull::new(self.connection.get_raw_xcb_connection());
        let display = XcbDisplayHandle::new(raw.map(NonNull::cast), self.screen as i32);
        let mut window = XcbWindowHandle::new(self.window);
        window.visual_id = self.visual;
        let target = wgpu::SurfaceTargetUnsafe::RawHandle {
            raw_display_handle: Some(RawDisplayHandle::Xcb(display)),
            raw_window_handle: RawWindowHandle::Xcb(window),
        };
        // SAFETY: connection and window are valid, and their owners keep this link (and the window) until the
        // surface is gone: `WindowScreen` declares its surface before them, so it is dropped first.
        let surface = unsafe { instance.create_surface_unsafe(target) };
        surface.map_err(|e| GpuError::NoSurface(e.to_string()))
    }

    /// The window's size in pixels. The window library would end the thread where the window is gone.
    pub fn size(&self) -> Result<(u32, u32), GpuError> {
        let asked = self.connection.get_geometry(self.window.get()).map_err(|_| GpuError::Gone)?;
        let geometry = asked.reply().map_err(|e| no_window(&e))?;
        Ok((geometry.width.into(), geometry.height.into()))
    }

    /// The bytes of a pixel of the window as the server has them now. None where it is not to be seen.
    pub fn pixel(&self, x: i16, y: i16) -> Option<Vec<u8>> {
        let window = self.window.get();
        let asked = self.connection.get_image(ImageFormat::Z_PIXMAP, window, x, y, 1, 1, !0);
        Some(asked.ok()?.reply().ok()?.data)
    }

    /// Whether a compositing manager draws the windows of the screen.
    pub fn is_composited(&self) -> bool {
        let name = format!("_NET_WM_CM_S{}", self.screen);
        let owner = || {
            let atom = self.connection.intern_atom(false, name.as_bytes()).ok()?.reply().ok()?.atom;
            Some(self.connection.get_selection_owner(atom).ok()?.reply().ok()?.owner)
        };
        owner().is_some_and(|window| window != x11rb::NONE)
    }

    /// Asks the server whether the window is on the screen and waits for the answer: all that was sent before has been done
    /// then. False for one that is not mapped, in which nothing can be seen.
    ///
    /// # Errors
    /// The window is gone, or the server.
    pub fn round_trip(&self) -> Result<bool, GpuError> {
        let asked = self.connection.get_window_attributes(self.window.get());
        let answer = asked.map_err(|_| GpuError::Gone)?.reply().map_err(|e| no_window(&e))?;
        Ok(answer.map_state == MapState::VIEWABLE)
    }
}

/// What it means that a question about a window is not answered.
fn no_window(error: &ReplyError) -> GpuError {
    match error {
        ReplyError::X11Error(_) => GpuError::NoWindow,
        ReplyError::ConnectionError(_) => GpuError::Gone,
    }
}
