//! Wayland `wp_presentation`: the compositor tells of each picture when it was turned into light, by a clock that it
//! names. Its events are read off the socket by whoever reads it first, and wait here in a queue of their own.
#![allow(unsafe_code)]

use super::{Fate, Feedback, Gone, Handed, Report, Seen, Word};
use crate::ground::clock::monotonic_from;
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use raw_window_handle::{HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle};
use std::sync::Arc;
use wayland_client::backend::{Backend, ObjectId};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::{wl_registry, wl_surface::WlSurface};
use wayland_client::{Connection, Dispatch, EventQueue, Proxy, QueueHandle, WEnum};
use wayland_protocols::wp::presentation_time::client::wp_presentation::{
    Event as Clock, WpPresentation,
};
use wayland_protocols::wp::presentation_time::client::wp_presentation_feedback::{
    Event, Kind, WpPresentationFeedback,
};
use winit::window::Window;

/// Listens to the compositor of a window.
#[derive(Debug)]
pub struct WaylandPresentation {
    presentation: WpPresentation,
    surface: WlSurface,
    queue: EventQueue<Heard>,
    heard: Heard,
    connection: Connection,
    /// Last, so that the window's connection outlives what was made on it.
    _window: Arc<Window>,
}

/// What was heard, and of which clock.
#[derive(Debug, Default)]
struct Heard {
    clock: Option<u32>,
    reports: Vec<Report>,
    word: Word,
}

impl WaylandPresentation {
    /// None where the window is not on Wayland, or its compositor does not tell.
    pub fn open(window: &Arc<Window>) -> Option<WaylandPresentation> {
        let RawDisplayHandle::Wayland(display) = window.display_handle().ok()?.as_raw() else {
            return None;
        };
        let RawWindowHandle::Wayland(handle) = window.window_handle().ok()?.as_raw() else {
            return None;
        };
        // SAFETY: the pointer is the window library's open wl_display, which outlives the window, and the window is
        // kept here until everything made on the connection is gone.
        let backend = unsafe { Backend::from_foreign_display(display.display.as_ptr().cast()) };
        let connection = Connection::from_backend(backend);
        let (globals, mut queue) = registry_queue_init::<Heard>(&connection).ok()?;
        let presentation = globals.bind(&queue.handle(), 1..=1, ()).ok()?;
        // SAFETY: the pointer is the window's wl_surface, of that interface, alive as long as the window.
        let id =
            unsafe { ObjectId::from_ptr(WlSurface::interface(), handle.surface.as_ptr().cast()) };
        let surface = WlSurface::from_id(&connection, id.ok()?).ok()?;
        let mut heard = Heard::default();
        // The clock is named at once.
        queue.roundtrip(&mut heard).ok()?;
        let _window = window.clone();
        Some(WaylandPresentation { presentation, surface, queue, heard, connection, _window })
    }
}

impl Feedback for WaylandPresentation {
    fn basis(&self) -> Basis {
        Basis::WpPresentation
    }

    fn ask(&mut self, number: u64) {
        // It is about the next commit of the surface, which `present` makes.
        self.presentation.feedback(&self.surface, &self.queue.handle(), number);
    }

    fn handed(&mut self, _: &Handed) -> Result<(), Gone> {
        self.connection.flush().map_err(|_| Gone)
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        // A broken connection is found by whoever hands over the next picture.
        let _ = self.queue.dispatch_pending(&mut self.heard);
        reports.append(&mut self.heard.reports);
    }

    fn word(&self) -> Word {
        self.heard.word
    }
}

impl Dispatch<wl_registry::WlRegistry, GlobalListContents> for Heard {
    fn event(
        _: &mut Heard,
        _: &wl_registry::WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Heard>,
    ) {
    }
}

impl Dispatch<WpPresentation, ()> for Heard {
    fn event(
        heard: &mut Heard,
        _: &WpPresentation,
        event: Clock,
        _: &(),
        _: &Connection,
        _: &QueueHandle<Heard>,
    ) {
        if let Clock::ClockId { clk_id } = event {
            heard.clock = Some(clk_id);
        }
    }
}

impl Dispatch<WpPresentationFeedback, u64> for Heard {
    fn event(
        heard: &mut Heard,
        _: &WpPresentationFeedback,
        event: Event,
        number: &u64,
        _: &Connection,
        _: &QueueHandle<Heard>,
    ) {
        let fate = match event {
            Event::Presented { tv_sec_hi, tv_sec_lo, tv_nsec, refresh, seq_hi, seq_lo, flags } => {
                let seconds = i64::from(tv_sec_hi) << 32 | i64::from(tv_sec_lo);
                let by_its_clock = Nanos(seconds * 1_000_000_000 + i64::from(tv_nsec));
                // A zero counter that never moves is none: compositors without one send zeros.
                let count = Some(u64::from(seq_hi) << 32 | u64::from(seq_lo)).filter(|n| *n > 0);
                let direct = matches!(flags, WEnum::Value(f) if f.contains(Kind::ZeroCopy));
                heard.word =
                    Word { period: Some(Nanos(i64::from(refresh))), composited: Some(!direct) };
                match heard.clock.and_then(|clock| monotonic_from(clock, by_its_clock)) {
                    Some(onset) => Fate::Shown(Seen { onset, basis: Basis::WpPresentation, count }),
                    // Its clock cannot be read here, so its times mean nothing.
                    None => return,
                }
            }
            Event::Discarded => Fate::Discarded,
            _ => return,
        };
        heard.reports.push(Report { number: *number, fate });
    }
}
