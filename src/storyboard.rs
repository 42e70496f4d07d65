//! A figure of a task for a paper: what the participant sees, screen by screen, for how long, and what is repeated.
//! It goes by the protocol and its plan, holds pictures in memory, and writes no file.

#[cfg(feature = "gpu")]
pub mod figure;
pub mod layout;
mod looks;
pub mod story;
mod words;
