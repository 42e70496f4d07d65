//! Keys at their source, and what they mean in this room. It knows no window but by its number, and no task.

pub mod boxes;
pub mod codes;
#[cfg(target_os = "linux")]
pub mod evdev;
pub mod gate;
pub mod listening;
pub mod mapping;
pub mod source;
#[cfg(all(feature = "window", unix))]
pub mod xinput;
