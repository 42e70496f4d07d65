//! Scenes become pixels, at a known flip. This room owns the graphics card, the surface, the flip loop and
//! the reports of when a scene appeared; it knows neither protocol nor runner, and writes no file.

pub mod figures;
pub mod layout;

#[cfg(feature = "gpu")]
pub mod adapters;
#[cfg(feature = "gpu")]
pub mod fonts;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(feature = "gpu")]
pub mod offscreen;
#[cfg(feature = "gpu")]
pub mod pool;
#[cfg(feature = "gpu")]
pub mod render;

#[cfg(feature = "gpu")]
mod feedback;
#[cfg(feature = "gpu")]
mod grid;
#[cfg(feature = "gpu")]
mod mailbox;
#[cfg(any(feature = "window", test))]
mod ticks;
