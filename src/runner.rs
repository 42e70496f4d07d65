//! The runner: a pure state machine that follows a plan. `handle` an input, then drain `poll`.
//! It reads no clock, opens no file and knows no screen; the same runner runs live, simulated, replayed.

pub mod io;
