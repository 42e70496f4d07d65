//! Offscreen there is no screen: a scene counts as shown when it was drawn, and no sooner than its flip.

use super::Feedback;
use crate::ground::record::Basis;
use crate::ground::time::Nanos;

/// Offscreen runs.
#[derive(Clone, Copy, Debug)]
pub struct VirtualFlip;

impl Feedback for VirtualFlip {
    fn basis(&self) -> Basis {
        Basis::Virtual
    }

    fn onset(&mut self, returned: Nanos, flip: Nanos) -> Option<(Nanos, Basis)> {
        Some((returned.max(flip), Basis::Virtual))
    }
}
