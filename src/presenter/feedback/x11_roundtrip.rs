//! Where a software driver copies the picture through the X socket, the server has drawn it once it answers
//! the next question on the same connection. Says nothing about a card that flips by itself.
//!
//! The server begins to draw once it has read the picture, which is when `present` comes back, and draws from the
//! top; when it answers it is done. So the row that one looks at appears between the two, by its height. It is asked for
//! the window itself, for a picture in one that is gone was never seen, and of one in a window that is not mapped nothing is
//! confirmed.

use super::{Fate, Feedback, Gone, Handed, Report, Seen};
use crate::ground::clock::monotonic_now;
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use crate::presenter::gpu::GpuError;
use crate::presenter::render::x11::X11Link;
use std::sync::Arc;

/// One GetWindowAttributes round trip on the surface's own connection.
#[derive(Debug)]
pub struct X11Roundtrip {
    link: Arc<X11Link>,
    /// The row whose onset is told, as a share of the height from the top.
    row: f64,
    reports: Vec<Report>,
}

impl X11Roundtrip {
    /// For a row at this share of the height, from 0 (top) to 1.
    pub fn new(link: Arc<X11Link>, row: f64) -> X11Roundtrip {
        X11Roundtrip { link, row, reports: Vec::new() }
    }
}

impl Feedback for X11Roundtrip {
    fn basis(&self) -> Basis {
        Basis::X11Roundtrip
    }

    fn handed(&mut self, handed: &Handed) -> Result<(), Gone> {
        let basis = match self.link.round_trip() {
            Ok(true) => Basis::X11Roundtrip,
            Ok(false) => Basis::Estimate,
            Err(GpuError::NoWindow) => {
                self.reports.push(Report { number: handed.number, fate: Fate::Discarded });
                return Ok(());
            }
            Err(_) => return Err(Gone),
        };
        let drawing = monotonic_now() - handed.returned;
        let onset = handed.returned + Nanos((drawing.0 as f64 * self.row).round() as i64);
        let seen = Seen { onset, basis, count: None };
        self.reports.push(Report { number: handed.number, fate: Fate::Shown(seen) });
        Ok(())
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        reports.append(&mut self.reports);
    }
}
