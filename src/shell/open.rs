//! Windows: what can be asked for, and how one is opened at exactly that size.

use super::ShellError;
use crate::ground::time::Nanos;
use crossbeam_channel::{Receiver, never};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use winit::dpi::{PhysicalPosition, PhysicalSize};
use winit::error::{ExternalError, OsError};
use winit::event_loop::ActiveEventLoop;
use winit::monitor::MonitorHandle;
use winit::raw_window_handle::{HasWindowHandle, RawWindowHandle};
use winit::window::{CursorGrabMode, Fullscreen, Window};

/// A window that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowSpec {
    pub title: String,
    pub mode: Mode,
    /// What is told of the mouse; its buttons are always told.
    pub pointing: Option<Pointing>,
    /// Where somebody destroys it, another is opened in its place; else it was closed then.
    pub lasting: bool,
}

/// What is told of a mouse or trackball.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointing {
    /// Movements of the device; the pointer stays within the window and is not seen.
    By,
    /// Where the pointer is.
    To,
}

/// How large it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// So many physical pixels.
    Window { width: u32, height: u32 },
    /// A whole monitor: the one of that name, else the main one.
    Fullscreen { monitor: Option<String> },
}

/// A window that is open.
#[derive(Clone, Debug)]
pub struct OpenWindow {
    pub window: Arc<Window>,
    /// Set when a part of it must be drawn again.
    pub exposed: Arc<AtomicBool>,
    pub pointing: Option<Pointing>,
    /// Whether it has the keyboard, and the pointer over it: for whoever hears of keys elsewhere.
    pub focused: Arc<AtomicBool>,
    pub inside: Arc<AtomicBool>,
    /// Its number on an X11 server, which changes where another is opened in its place; none on other window systems.
    pub x11: Option<Arc<AtomicU32>>,
    /// When it was destroyed, and the one that has taken its place; each as it comes. Disconnected where none ever will.
    pub renewed: Receiver<(Nanos, Arc<Window>)>,
    pub width: u32,
    pub height: u32,
    pub fullscreen: bool,
    pub monitor: Option<String>,
    /// What the monitor says of itself, in hertz.
    pub refresh_hz: Option<f64>,
}

impl OpenWindow {
    /// A pointer whose movements alone count must not wander off and click on something else; a window without the focus
    /// gives it back. X servers tell a client twice of movements while it has grabbed the pointer, so there it is put back
    /// into the middle instead, see [`OpenWindow::recall_pointer`].
    pub fn keep_pointer(&self, keep: bool) {
        if self.pointing != Some(Pointing::By) {
            return;
        }
        // Where the window system can do neither the pointer stays free: its movements still count.
        let _ = match keep {
            true if self.is_x11() => self.to_the_middle(),
            true => (self.window.set_cursor_grab(CursorGrabMode::Locked))
                .or_else(|_| self.window.set_cursor_grab(CursorGrabMode::Confined)),
            false => self.window.set_cursor_grab(CursorGrabMode::None),
        };
    }

    /// Puts a pointer that is to be kept back into the middle, if it has come near the edge of the window (`at`, in
    /// pixels from its top left) or left it.
    pub fn recall_pointer(&self, at: Option<[f64; 2]>) {
        let near = |x: f64, size: u32| (x / f64::from(size) - 0.5).abs() < 0.25;
        let inside = at.is_some_and(|[x, y]| near(x, self.width) && near(y, self.height));
        if self.pointing == Some(Pointing::By) && self.is_x11() && !inside {
            // As above.
            let _ = self.to_the_middle();
        }
    }

    fn to_the_middle(&self) -> Result<(), ExternalError> {
        self.window.set_cursor_position(PhysicalPosition::new(self.width / 2, self.height / 2))
    }

    /// Takes the place of one that was destroyed: whoever looks at that one looks at this from now on.
    pub(super) fn in_place_of(self, old: &OpenWindow) -> OpenWindow {
        if let (Some(number), Some(own)) = (&old.x11, &self.x11) {
            number.store(own.load(Ordering::Acquire), Ordering::Release);
        }
        OpenWindow {
            exposed: old.exposed.clone(),
            focused: old.focused.clone(),
            inside: old.inside.clone(),
            x11: old.x11.clone(),
            renewed: old.renewed.clone(),
            ..self
        }
    }

    pub(super) fn is_x11(&self) -> bool {
        self.x11.is_some()
    }
}

/// The number of a window on an X11 server; none on other window systems.
pub fn x11_id(window: &Window) -> Option<u32> {
    match window.window_handle().map(|h| h.as_raw()) {
        Ok(RawWindowHandle::Xlib(h)) => u32::try_from(h.window).ok(),
        Ok(RawWindowHandle::Xcb(h)) => Some(h.window.get()),
        _ => None,
    }
}

/// Opens a window.
pub fn open(event_loop: &ActiveEventLoop, spec: &WindowSpec) -> Result<OpenWindow, ShellError> {
    let attributes = Window::default_attributes()
        .with_title(&spec.title)
        .with_resizable(false)
        .with_active(true);
    let (attributes, monitor, size) = match &spec.mode {
        Mode::Window { width, height } => {
            let size = PhysicalSize::new(*width, *height);
            (attributes.with_inner_size(size), None, size)
        }
        Mode::Fullscreen { monitor } => {
            let monitor = find(event_loop, monitor.as_deref())?;
            let size = monitor.size();
            // Size and place are given too, for X servers without a window manager to see to them.
            let attributes = attributes
                .with_inner_size(size)
                .with_position(monitor.position())
                .with_fullscreen(Some(Fullscreen::Borderless(Some(monitor.clone()))));
            (attributes, Some(monitor), size)
        }
    };
    let refused = |e: OsError| ShellError::NoWindow(super::without_place(&e.to_string()));
    let window = event_loop.create_window(attributes).map_err(refused)?;
    window.set_cursor_visible(false);
    window.focus_window();
    let x11 = x11_id(&window);
    #[cfg(unix)]
    if let Some(id) = x11 {
        super::focus::take(id);
    }
    let fullscreen = monitor.is_some();
    let monitor = monitor
        .or_else(|| window.current_monitor())
        .or_else(|| event_loop.available_monitors().next());
    Ok(OpenWindow {
        window: Arc::new(window),
        exposed: Arc::new(AtomicBool::new(false)),
        pointing: spec.pointing,
        focused: Arc::new(AtomicBool::new(false)),
        inside: Arc::new(AtomicBool::new(false)),
        x11: x11.map(|id| Arc::new(AtomicU32::new(id))),
        renewed: never(),
        width: size.width,
        height: size.height,
        fullscreen,
        monitor: monitor.as_ref().and_then(MonitorHandle::name),
        refresh_hz: monitor
            .and_then(|m| m.refresh_rate_millihertz())
            .filter(|mhz| *mhz > 0)
            .map(|mhz| f64::from(mhz) / 1000.0),
    })
}

fn find(event_loop: &ActiveEventLoop, name: Option<&str>) -> Result<MonitorHandle, ShellError> {
    let all: Vec<MonitorHandle> = event_loop.available_monitors().collect();
    let found = match name {
        Some(name) => all.iter().find(|m| m.name().as_deref() == Some(name)).cloned(),
        None => event_loop.primary_monitor().or_else(|| all.first().cloned()),
    };
    found.ok_or_else(|| ShellError::NoMonitor {
        wanted: name.unwrap_or("main").into(),
        available: all.iter().filter_map(MonitorHandle::name).collect(),
    })
}
