//! Where onset times come from: one small trait, and a file for each source. A source is told of each picture that is
//! handed over and reports, at once or later, what became of it. What cannot be confirmed is named an estimate.
#![cfg_attr(not(feature = "window"), allow(dead_code))]

#[cfg(all(feature = "window", windows))]
mod dxgi;
mod estimate;
#[cfg(any(all(feature = "window", windows), test))]
mod frame_statistics;
#[cfg(any(all(feature = "window", unix), test))]
mod numbering;
#[cfg(all(feature = "window", target_os = "linux"))]
pub mod present_wait;
mod virtual_clock;
#[cfg(all(feature = "window", target_os = "linux"))]
mod wayland;
#[cfg(all(feature = "window", unix))]
mod x11_msc;
#[cfg(all(feature = "window", unix))]
mod x11_present;
#[cfg(all(feature = "window", unix))]
mod x11_roundtrip;
#[cfg(test)]
mod x11_tests;
#[cfg(test)]
mod xvfb;

#[cfg(all(feature = "window", windows))]
pub use dxgi::DxgiStatistics;
#[cfg(feature = "window")]
pub use estimate::Estimate;
pub use estimate::estimated;
pub use virtual_clock::VirtualFlip;
#[cfg(all(feature = "window", target_os = "linux"))]
pub use wayland::WaylandPresentation;
#[cfg(all(feature = "window", unix))]
pub use x11_msc::X11Msc;
#[cfg(all(feature = "window", unix))]
pub use x11_present::X11Present;
#[cfg(all(feature = "window", unix))]
pub use x11_roundtrip::X11Roundtrip;

use crate::ground::record::Basis;
use crate::ground::time::Nanos;

/// A picture that was handed over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handed {
    /// Pictures are numbered from 1.
    pub number: u64,
    /// Just before `present` was called.
    pub called: Nanos,
    /// When it came back.
    pub returned: Nanos,
    /// The flip it was meant for.
    pub flip: Nanos,
}

/// What became of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    pub number: u64,
    pub fate: Fate,
}

/// Whether it was ever seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    Shown(Seen),
    /// The display system has thrown it away: another took its place, or nobody could see it.
    Discarded,
}

/// When a picture appeared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    pub onset: Nanos,
    pub basis: Basis,
    /// The display's own number of the refresh, where it has one.
    pub count: Option<u64>,
}

/// The screen has gone, and with it whoever could report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// What a display system says of itself beside its reports.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Word {
    /// From one refresh to the next; zero where it says that they are not regular.
    pub period: Option<Nanos>,
    /// Whether pictures go through a compositor; none where it does not say.
    pub composited: Option<bool>,
}

/// A source of onset times.
pub trait Feedback: Send {
    /// What it gives unless something fails.
    fn basis(&self) -> Basis;

    /// The next picture is about to be handed over under this number.
    fn ask(&mut self, _number: u64) {}

    /// It was.
    ///
    /// # Errors
    /// The screen is gone.
    fn handed(&mut self, handed: &Handed) -> Result<(), Gone>;

    /// Puts the reports that have come meanwhile at the end of `reports`. Never waits.
    fn take(&mut self, reports: &mut Vec<Report>);

    /// The surface was configured anew: the display system may count from the beginning.
    fn restart(&mut self) {}

    /// The surface is about to be destroyed: lets go of whatever belongs to it.
    fn release(&mut self) {}

    /// What the display system has said of itself by now.
    fn word(&self) -> Word {
        Word::default()
    }
}
