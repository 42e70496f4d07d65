//! Reframe shows pictures, faces and words at known moments, takes ratings and reaction times, follows
//! the scanner, and leaves a BIDS dataset behind. docs/ARCHITECTURE.md says which room does what.

pub mod ground;
pub mod plan;
pub mod protocol;
pub mod rig;
pub mod runner;
pub mod stimuli;
pub mod table;
