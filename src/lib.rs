//! Reframe shows pictures, faces and words at known moments, takes ratings and reaction times, follows
//! the scanner, and leaves a BIDS dataset behind. docs/ARCHITECTURE.md says which room does what.

#![deny(unsafe_code, missing_debug_implementations)]

pub mod audio;
pub mod bids;
pub mod cli;
pub mod doctor;
pub mod ground;
pub mod input;
pub mod logger;
pub mod marker;
pub mod plan;
pub mod presenter;
pub mod protocol;
pub mod report;
pub mod rig;
pub mod runner;
pub mod session;
#[cfg(feature = "window")]
pub mod shell;
pub mod stimuli;
pub mod storyboard;
pub mod table;
pub mod trigger;
pub mod wire;
