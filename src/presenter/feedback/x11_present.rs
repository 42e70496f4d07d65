//! X11 Present CompleteNotify: drivers that present through the X server's Present extension have it tell every client
//! that asks, on a connection of its own, on which refresh each picture of a window came.

use super::numbering::Numbering;
use super::{Fate, Feedback, Gone, Handed, Report, Seen};
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use crate::presenter::render::x11::completions;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::present::{CompleteKind, CompleteMode, CompleteNotifyEvent};
use x11rb::rust_connection::RustConnection;

/// Listens to what the server tells of a window.
#[derive(Debug)]
pub struct X11Present {
    connection: RustConnection,
    numbers: Numbering,
    broken: bool,
}

impl X11Present {
    /// Listens to a window; none where the server has no Present extension.
    pub fn open(window: u32) -> Option<X11Present> {
        X11Present::open_on(None, window)
    }

    pub(super) fn open_on(display: Option<&str>, window: u32) -> Option<X11Present> {
        let connection = completions(display, window)?;
        Some(X11Present { connection, numbers: Numbering::default(), broken: false })
    }

    fn report(&mut self, e: &CompleteNotifyEvent) -> Option<Report> {
        if e.kind != CompleteKind::PIXMAP {
            return None;
        }
        let number = self.numbers.name(e.serial)?;
        // Microseconds of CLOCK_MONOTONIC.
        let onset = Nanos(i64::try_from(e.ust).ok()?.checked_mul(1000)?);
        let fate = match e.mode {
            CompleteMode::SKIP => Fate::Discarded,
            _ => Fate::Shown(Seen { onset, basis: Basis::X11Present, count: Some(e.msc) }),
        };
        Some(Report { number, fate })
    }
}

impl Feedback for X11Present {
    fn basis(&self) -> Basis {
        Basis::X11Present
    }

    fn ask(&mut self, number: u64) {
        self.numbers.ask(number);
    }

    fn handed(&mut self, _: &Handed) -> Result<(), Gone> {
        if self.broken { Err(Gone) } else { Ok(()) }
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        loop {
            match self.connection.poll_for_event() {
                Ok(Some(Event::PresentCompleteNotify(e))) => reports.extend(self.report(&e)),
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(_) => {
                    self.broken = true;
                    return;
                }
            }
        }
    }

    fn restart(&mut self) {
        self.numbers.restart();
    }
}
