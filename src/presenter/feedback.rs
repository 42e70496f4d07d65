//! Where onset times come from: one small trait, and a file for each source. What cannot be confirmed is named
//! an estimate.

#[cfg(any(feature = "window", test))]
mod estimate;
mod virtual_clock;
#[cfg(all(feature = "window", unix))]
mod x11_roundtrip;

#[cfg(feature = "window")]
pub use estimate::Estimate;
pub use virtual_clock::VirtualFlip;
#[cfg(all(feature = "window", unix))]
pub use x11_roundtrip::X11Roundtrip;

use crate::ground::record::Basis;
use crate::ground::time::Nanos;

/// A source of onset times.
pub trait Feedback: Send {
    /// What it gives unless something fails.
    fn basis(&self) -> Basis;

    /// When the picture that was presented just now appeared. `returned` is the stamp taken when `present`
    /// came back, `flip` the instant of the flip it was meant for. None where it cannot have appeared, for the
    /// screen is gone.
    fn onset(&mut self, returned: Nanos, flip: Nanos) -> Option<(Nanos, Basis)>;
}
