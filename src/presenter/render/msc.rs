//! The X server's own ticks (PresentNotifyMSC), on a connection of their own. Never waits.

use super::x11::completions;
use crate::ground::time::Nanos;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::present::{CompleteKind, ConnectionExt as _};
use x11rb::rust_connection::RustConnection;

/// A numbered tick.
pub type Tick = (u64, Nanos);

/// Asks for ticks, one at a time.
#[derive(Debug)]
pub struct MscClock {
    connection: RustConnection,
    window: u32,
    asked: bool,
    last: Option<Tick>,
}

impl MscClock {
    /// None where the server has no Present extension.
    pub fn open(window: u32) -> Option<MscClock> {
        let connection = completions(None, window)?;
        Some(MscClock { connection, window, asked: false, last: None })
    }

    /// A tick that has come since the last call. Asks for another where none is asked for: the one `ahead` ticks after
    /// the last, or the next.
    pub fn tick(&mut self, ahead: u64) -> Option<Tick> {
        let heard = self.heard();
        if !self.asked {
            // A target in the past is answered with the next tick, for the divisor is 1.
            let target = self.last.map_or(0, |(count, _)| count + ahead.max(1));
            self.connection.present_notify_msc(self.window, 1, target, 1, 0).ok()?;
            self.connection.flush().ok()?;
            self.asked = true;
        }
        heard
    }

    fn heard(&mut self) -> Option<Tick> {
        while let Some(event) = self.connection.poll_for_event().ok()? {
            if let Event::PresentCompleteNotify(e) = event
                && e.kind == CompleteKind::NOTIFY_MSC
            {
                self.asked = false;
                // Microseconds of CLOCK_MONOTONIC.
                let at = Nanos(i64::try_from(e.ust).ok()?.checked_mul(1000)?);
                self.last = Some((e.msc, at));
                return self.last;
            }
        }
        None
    }
}
