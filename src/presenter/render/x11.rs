//! X11 connections of the render thread's own. Were the surface made on the window's connection, the driver
//! would read that socket, and key events would wait in it until the event loop looks.
#![allow(unsafe_code)]

use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use crate::presenter::gpu::GpuError;
use raw_window_handle::{
    HasWindowHandle, RawDisplayHandle, RawWindowHandle, XcbDisplayHandle, XcbWindowHandle,
};
use std::num::NonZeroU32;
use std::ptr::NonNull;
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::Event as XEvent;
use x11rb::protocol::present::{self, ConnectionExt as _};
use x11rb::protocol::xproto::ConnectionExt as _;
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
        let failed = |e: &dyn std::fmt::Display| GpuError::NoSurface(e.to_string());
        let window = NonZeroU32::new(window).ok_or_else(|| failed(&"the window has no id"))?;
        let (connection, screen) = XCBConnection::connect(None).map_err(|_| GpuError::Gone)?;
        let asked = connection.get_window_attributes(window.get()).map_err(|_| GpuError::Gone)?;
        let attributes = asked.reply().map_err(|_| GpuError::Gone)?;
        let visual = NonZeroU32::new(attributes.visual);
        Ok(X11Link { connection, screen, window, visual })
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
        let geometry = asked.reply().map_err(|_| GpuError::Gone)?;
        Ok((geometry.width.into(), geometry.height.into()))
    }

    /// Asks the server something and waits for the answer: all that was sent before has been done then.
    pub fn round_trip(&self) -> bool {
        self.connection.get_input_focus().is_ok_and(|cookie| cookie.reply().is_ok())
    }
}

/// The server's own ticks (PresentNotifyMSC), on a second connection.
#[derive(Debug)]
pub struct MscClock {
    connection: RustConnection,
    window: u32,
    asked: bool,
    /// Instant and number of the last tick heard of.
    last: (Nanos, u64),
    /// The first tick of the measurement, from which the rate gets ever better.
    first: (Nanos, u64),
}

/// After so many ticks the way from the first one tells more of the rate than the measurement did: their jitter
/// no longer counts.
const LONG: u64 = 1200;

impl MscClock {
    /// None where the server has no Present extension.
    pub fn open(window: u32) -> Option<MscClock> {
        let (connection, _) = x11rb::connect(None).ok()?;
        connection.present_query_version(1, 2).ok()?.reply().ok()?;
        let id = connection.generate_id().ok()?;
        connection
            .present_select_input(id, window, present::EventMask::COMPLETE_NOTIFY)
            .ok()?
            .check()
            .ok()?;
        let never = (Nanos::ZERO, 0);
        Some(MscClock { connection, window, asked: false, last: never, first: never })
    }

    /// Listens to so many ticks; gives their rate in hertz and the last of them. None where they do not come
    /// within three seconds or make no sense.
    pub fn measure(&mut self, ticks: usize) -> Option<(f64, Nanos)> {
        let deadline = monotonic_now() + Nanos::from_secs(3.0);
        // The answer to the first question comes at once, and not on a tick.
        self.ask(0)?;
        let mut heard = Vec::with_capacity(ticks + 1);
        while heard.len() <= ticks && monotonic_now() < deadline {
            if !self.asked {
                self.ask(self.last.1 + 1)?;
            }
            if self.heard()?.is_some() {
                heard.push(self.last);
            } else {
                std::thread::sleep(Duration::from_micros(300));
            }
        }
        let heard = heard.get(1..)?;
        self.first = *heard.first()?;
        let hz = rate(heard)?;
        (20.0..1000.0).contains(&hz).then_some((hz, self.last.0))
    }

    /// The period in nanoseconds as all ticks since the measurement tell it, once they are many.
    pub fn long_period_ns(&self) -> Option<f64> {
        let ticks = self.last.1.checked_sub(self.first.1)?;
        (ticks >= LONG).then(|| (self.last.0 - self.first.0).0 as f64 / ticks as f64)
    }

    /// A tick that came since the last call, and a question for a coming one. Never waits.
    pub fn tick(&mut self, period: Nanos) -> Option<Nanos> {
        let heard = self.heard().flatten();
        let now = monotonic_now();
        if !self.asked {
            let since = (now - self.last.0).periods(period).max(0) as u64;
            self.ask(self.last.1 + since + 2)?;
        }
        heard
    }

    fn ask(&mut self, msc: u64) -> Option<()> {
        self.connection.present_notify_msc(self.window, 1, msc, 0, 0).ok()?;
        self.connection.flush().ok()?;
        self.asked = true;
        Some(())
    }

    /// The tick that was asked for: `Some(None)` while it has not come, none when the connection is broken.
    fn heard(&mut self) -> Option<Option<Nanos>> {
        while let Some(event) = self.connection.poll_for_event().ok()? {
            if let XEvent::PresentCompleteNotify(e) = event
                && e.kind == present::CompleteKind::NOTIFY_MSC
            {
                self.asked = false;
                // Microseconds of CLOCK_MONOTONIC.
                let at = Nanos(i64::try_from(e.ust).ok()?.checked_mul(1000)?);
                self.last = (at, e.msc);
                return Some(Some(at));
            }
        }
        Some(None)
    }
}

/// The rate of numbered ticks in hertz: the median over pairs that lie half of the row apart (after Theil and
/// Sen), which a few late ticks do not move.
fn rate(ticks: &[(Nanos, u64)]) -> Option<f64> {
    let half = ticks.len() / 2;
    let pairs = ticks.iter().zip(ticks.get(half..)?);
    let mut periods: Vec<f64> = pairs
        .filter(|(a, b)| b.1 > a.1)
        .map(|(a, b)| (b.0 - a.0).0 as f64 / (b.1 - a.1) as f64)
        .collect();
    periods.sort_by(f64::total_cmp);
    let median = periods.get(periods.len() / 2)?;
    Some(1e9 / median)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_late_ticks_do_not_change_the_rate() {
        let late = |i: u64| if i % 11 == 10 { 9_000_000 } else { (i % 3) as i64 * 200_000 };
        let ticks: Vec<_> =
            (0..60).map(|i| (Nanos(i as i64 * 16_666_667 + late(i)), 1000 + i)).collect();
        let hz = rate(&ticks).expect("a rate");
        assert!((hz - 60.0).abs() < 0.1, "{hz}");
        assert_eq!(rate(&[]), None);
        assert_eq!(rate(&ticks[..1]), None);
    }
}
