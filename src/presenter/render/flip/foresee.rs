//! When scenes will appear, told ahead to whoever plays sounds with them, and again whenever that changes.

use super::{Flips, What};
use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;

/// A change of less than this is none.
const CHANGED: Nanos = Nanos(20_000);

impl Flips<'_> {
    /// Tells of all that waits.
    pub(super) fn foresee(&mut self) {
        let Some(sounds) = &self.config.sounds else { return };
        let grid = &self.refresh.grid;
        let earliest = self.earliest(monotonic_now());
        self.mailbox.foresee(grid, earliest, &mut self.foreseen);
        let foreseen = &self.foreseen;
        self.foretold.retain(|(told, _)| foreseen.iter().any(|(ticket, _)| ticket == told));
        for &(ticket, frame) in foreseen {
            let at = grid.time(frame);
            match self.foretold.iter_mut().find(|(told, _)| *told == ticket) {
                Some((_, told)) if (at - *told).abs() < CHANGED => continue,
                Some((_, told)) => *told = at,
                None => self.foretold.push((ticket, at)),
            }
            sounds.expect(ticket, at);
        }
    }

    /// Tells of a scene that is handed over now.
    pub(super) fn foretell(&self, what: What, frame: u64, called: Nanos) {
        if let (What::Request(ticket), Some(sounds)) = (what, &self.config.sounds) {
            sounds.expect(ticket, self.refresh.appears(frame, called).1);
        }
    }
}
