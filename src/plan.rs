//! A plan is a run with nothing left to chance: segments of phases with absolute onsets, drawn pictures,
//! texts and scales. It prints, hashes and compares; the runner and every data file follow it.

pub mod compile;
pub mod order;
mod parts;
pub mod progress;
pub mod randomise;
pub mod schema;
pub mod timing;
pub mod volumes;
