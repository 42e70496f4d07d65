//! Wayland's idle inhibitor: the output that shows the surface stays on as long as it exists.
#![allow(unsafe_code)]

use std::sync::Arc;
use wayland_client::backend::{Backend, ObjectId};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::{wl_registry, wl_surface::WlSurface};
use wayland_client::{Connection, Proxy, delegate_noop};
use wayland_client::{Dispatch, EventQueue, QueueHandle};
use wayland_protocols::wp::idle_inhibit::zv1::client::zwp_idle_inhibit_manager_v1::ZwpIdleInhibitManagerV1;
use wayland_protocols::wp::idle_inhibit::zv1::client::zwp_idle_inhibitor_v1::ZwpIdleInhibitorV1;
use winit::raw_window_handle::{
    HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle,
};
use winit::window::Window;

/// The display stays on as long as this is held.
#[derive(Debug)]
pub struct Inhibitor {
    inhibitor: ZwpIdleInhibitorV1,
    connection: Connection,
    _queue: EventQueue<Nothing>,
    _window: Arc<Window>,
}

/// No event of these matters.
#[derive(Debug)]
struct Nothing;

delegate_noop!(Nothing: ignore ZwpIdleInhibitManagerV1);
delegate_noop!(Nothing: ignore ZwpIdleInhibitorV1);

impl Dispatch<wl_registry::WlRegistry, GlobalListContents> for Nothing {
    fn event(
        _: &mut Nothing,
        _: &wl_registry::WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Nothing>,
    ) {
    }
}

/// None where the window is not on Wayland, or its compositor has no inhibitor.
pub fn inhibit(window: &Arc<Window>) -> Option<Inhibitor> {
    let RawDisplayHandle::Wayland(display) = window.display_handle().ok()?.as_raw() else {
        return None;
    };
    let RawWindowHandle::Wayland(handle) = window.window_handle().ok()?.as_raw() else {
        return None;
    };
    // SAFETY: the pointer is the window library's open wl_display, which outlives the window, and the window is kept
    // here until everything made on the connection is gone.
    let backend = unsafe { Backend::from_foreign_display(display.display.as_ptr().cast()) };
    let connection = Connection::from_backend(backend);
    let (globals, queue) = registry_queue_init::<Nothing>(&connection).ok()?;
    let manager: ZwpIdleInhibitManagerV1 = globals.bind(&queue.handle(), 1..=1, ()).ok()?;
    // SAFETY: the pointer is the window's wl_surface, of that interface, alive as long as the window.
    let id = unsafe { ObjectId::from_ptr(WlSurface::interface(), handle.surface.as_ptr().cast()) };
    let surface = WlSurface::from_id(&connection, id.ok()?).ok()?;
    let inhibitor = manager.create_inhibitor(&surface, &queue.handle(), ());
    connection.flush().ok()?;
    Some(Inhibitor { inhibitor, connection, _queue: queue, _window: window.clone() })
}

impl Drop for Inhibitor {
    fn drop(&mut self) {
        self.inhibitor.destroy();
        // A connection that is gone inhibits nothing.
        let _ = self.connection.flush();
    }
}
