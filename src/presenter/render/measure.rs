//! The check of a screen before anything is shown: how often it is refreshed, whether flips wait for it, who can tell of
//! onsets, and what is wrong. All of it is measured on blank flips, since what is declared is often wrong.

// Without windows there is nothing to measure.
#![cfg_attr(not(feature = "window"), allow(unused_variables))]

#[cfg(feature = "window")]
mod probe;
#[cfg(feature = "window")]
mod window;

use super::machine::Machine;
use super::refresh::{Pacing, Refresh};
use super::{RenderConfig, Target};
use crate::ground::clock::monotonic_now;
use crate::ground::record::Concern;
use crate::ground::time::Nanos;
use crate::presenter::feedback::{Feedback, VirtualFlip};
use crate::presenter::gpu::GpuError;

/// What was found.
pub struct Measured {
    pub refresh: Refresh,
    pub feedback: Box<dyn Feedback>,
    pub concerns: Vec<Concern>,
    /// What the mode of the screen claims, in hertz.
    pub mode_hz: Option<f64>,
    /// SD of refreshes around their row.
    pub jitter: Option<Nanos>,
    /// How many pictures were handed over.
    pub handed: u64,
}

const DEFAULT_HZ: f64 = 60.0;

/// Flips a blank screen and looks at the clock.
///
/// # Errors
/// The screen is gone, or the card cannot draw.
pub fn measure(
    machine: &mut Machine,
    config: &RenderConfig,
    target: &Target,
) -> Result<Measured, GpuError> {
    match target {
        Target::Offscreen { .. } => {
            let hz = config.screen.refresh_hz.unwrap_or(DEFAULT_HZ);
            let pacing = Pacing::Timer { handover: Nanos::ZERO };
            Ok(Measured {
                refresh: Refresh::timer(monotonic_now(), hz, pacing),
                feedback: Box::new(VirtualFlip::default()),
                concerns: Vec::new(),
                mode_hz: None,
                jitter: None,
                handed: 0,
            })
        }
        #[cfg(feature = "window")]
        Target::Window(w) => window::measure(machine, config, w),
    }
}
