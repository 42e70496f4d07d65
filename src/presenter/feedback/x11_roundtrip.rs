//! Where a software driver copies the picture through the X socket, the server has drawn it once it answers
//! the next question on the same connection. Says nothing about a card that flips by itself.
//!
//! The server begins to draw once it has read the picture, which is when `present` comes back, and draws from the
//! top; when it answers it is done. So the row that one looks at appears between the two, by its height. Where the
//! answer takes far longer than drawing does, the server was kept from the processor first: it drew just before it answered.
//! It is asked for the window itself, for a picture in one that is gone was never seen, and of one in a window that is not
//! mapped nothing is confirmed.

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
    drawing: Drawing,
    reports: Vec<Report>,
}

/// When the row appears that one looks at.
#[derive(Debug)]
struct Drawing {
    /// As a share of the height from the top.
    row: f64,
    /// How long the answer takes in half of the pictures; none before the first.
    usual: Option<Nanos>,
}

impl Drawing {
    /// Drawing may take so many times as long as usual.
    const SLOW: i64 = 3;
    /// The usual time changes by one part in so many with each picture. A single one says little: where this thread is kept
    /// from the processor itself, `present` comes back when the server has long begun.
    const STEP: i64 = 16;

    /// From the instants when `present` came back and when the server had answered.
    fn onset(&mut self, returned: Nanos, answered: Nanos) -> Nanos {
        let took = answered - returned;
        let usual = self.usual.map_or(took, |u| {
            let step = Nanos((u.0 / Self::STEP).max(1));
            if took > u { took.min(u + step) } else { took.max(u - step) }
        });
        self.usual = Some(usual);
        let drew = took.min(Nanos(usual.0 * Self::SLOW));
        answered - drew + Nanos((drew.0 as f64 * self.row).round() as i64)
    }
}

impl X11Roundtrip {
    /// For a row at this share of the height, from 0 (top) to 1.
    pub fn new(link: Arc<X11Link>, row: f64) -> X11Roundtrip {
        X11Roundtrip { link, drawing: Drawing { row, usual: None }, reports: Vec::new() }
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
        let onset = self.drawing.onset(handed.returned, monotonic_now());
        let seen = Seen { onset, basis, count: None };
        self.reports.push(Report { number: handed.number, fate: Fate::Shown(seen) });
        Ok(())
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        reports.append(&mut self.reports);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    /// Onsets of pictures whose answers took so long, each a second after the one before, in nanoseconds since it was handed
    /// over.
    fn onsets(row: f64, took: &[i64]) -> Vec<i64> {
        let mut drawing = Drawing { row, usual: None };
        let each = took.iter().enumerate();
        each.map(|(i, took)| {
            let returned = Nanos(i as i64 * 1_000 * MS);
            (drawing.onset(returned, returned + Nanos(*took)) - returned).0
        })
        .collect()
    }

    #[test]
    fn a_row_appears_by_its_height_while_the_server_draws() {
        assert_eq!(onsets(0.25, &[MS, 2 * MS, MS]), [MS / 4, MS / 2, MS / 4]);
    }

    #[test]
    fn one_answer_that_came_at_once_makes_no_other_late() {
        let told = onsets(0.0, &[MS, MS / 100, 2 * MS, MS]);
        assert_eq!(told, [0; 4]);
    }

    #[test]
    fn a_server_that_was_kept_from_the_processor_drew_just_before_it_answered() {
        let told = onsets(0.0, &[MS, 40 * MS, MS]);
        assert_eq!((told[0], told[2]), (0, 0));
        assert!((36 * MS..40 * MS).contains(&told[1]), "{told:?}");
    }

    #[test]
    fn a_screen_that_has_become_slower_to_draw_is_believed_after_a_while() {
        let took: Vec<i64> = std::iter::once(MS).chain(std::iter::repeat_n(5 * MS, 200)).collect();
        assert_eq!(onsets(0.5, &took).last(), Some(&(5 * MS / 2)));
    }
}
