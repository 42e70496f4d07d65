//! A Windows window as something to draw on. The window library gives its handle to the thread of the event loop alone,
//! unless it is asked as it is here.
#![allow(unsafe_code)]

use crate::presenter::gpu::GpuError;
use raw_window_handle::{RawDisplayHandle, WindowsDisplayHandle};
use winit::platform::windows::WindowExtWindows;
use winit::window::Window;

/// A surface on the window, which must be kept longer than it.
pub fn surface(
    instance: &wgpu::Instance,
    window: &Window,
) -> Result<wgpu::Surface<'static>, GpuError> {
    let failed = |e: &dyn std::fmt::Display| GpuError::NoSurface(e.to_string());
    // SAFETY: the handle is used to draw on the window, which Windows allows to any thread.
    let handle = unsafe { window.window_handle_any_thread() }.map_err(|e| failed(&e))?;
    let target = wgpu::SurfaceTargetUnsafe::RawHandle {
        raw_display_handle: Some(RawDisplayHandle::Windows(WindowsDisplayHandle::new())),
        raw_window_handle: handle.as_raw(),
    };
    // SAFETY: the handle is valid as long as the window, and `WindowScreen` declares its surface before the window, so it
    // is dropped first.
    unsafe { instance.create_surface_unsafe(target) }.map_err(|e| failed(&e))
}
