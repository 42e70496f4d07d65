//! The X server's own tick (PresentNotifyMSC): where a driver's swap chain waits for the screen but tells of no picture,
//! one that was handed over appears at the first refresh afterwards. Nothing confirms that it did.

use super::{Fate, Feedback, Gone, Handed, Report, Seen};
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use crate::presenter::render::x11::completions;
use std::collections::VecDeque;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::present::{CompleteKind, ConnectionExt as _};
use x11rb::rust_connection::RustConnection;

/// Asks for the tick behind each picture.
#[derive(Debug)]
pub struct X11Msc {
    connection: RustConnection,
    window: u32,
    /// Handed over, and their tick not heard of.
    waiting: VecDeque<u64>,
    broken: bool,
}

impl X11Msc {
    /// None where the server has no Present extension.
    pub fn open(window: u32) -> Option<X11Msc> {
        X11Msc::open_on(None, window)
    }

    pub(super) fn open_on(display: Option<&str>, window: u32) -> Option<X11Msc> {
        let connection = completions(display, window)?;
        Some(X11Msc { connection, window, waiting: VecDeque::new(), broken: false })
    }

    /// A tick is the onset of the pictures that wait for one: the request for it went out behind each of them.
    fn ticked(&mut self, serial: u32, seen: Seen, reports: &mut Vec<Report>) {
        while let Some(number) = self.waiting.front().copied() {
            // The serial is the lower half of the number of the picture that asked.
            if (number as u32).wrapping_sub(serial).cast_signed() > 0 {
                break;
            }
            self.waiting.pop_front();
            reports.push(Report { number, fate: Fate::Shown(seen) });
        }
    }
}

impl Feedback for X11Msc {
    fn basis(&self) -> Basis {
        Basis::X11Msc
    }

    fn handed(&mut self, handed: &Handed) -> Result<(), Gone> {
        // A divisor of 1 and a target in the past: the next refresh.
        let asked = self.connection.present_notify_msc(self.window, handed.number as u32, 0, 1, 0);
        if self.broken || asked.is_err() || self.connection.flush().is_err() {
            return Err(Gone);
        }
        self.waiting.push_back(handed.number);
        Ok(())
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        loop {
            match self.connection.poll_for_event() {
                Ok(Some(Event::PresentCompleteNotify(e))) if e.kind == CompleteKind::NOTIFY_MSC => {
                    // Microseconds of CLOCK_MONOTONIC.
                    let onset = Nanos((e.ust as i64).saturating_mul(1000));
                    let seen = Seen { onset, basis: Basis::X11Msc, count: Some(e.msc) };
                    self.ticked(e.serial, seen, reports);
                }
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(_) => {
                    self.broken = true;
                    return;
                }
            }
        }
    }
}
