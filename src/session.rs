//! A session: the one place where plan, runner, display, keys, trigger and journal meet. The same conductor
//! serves a live run and a simulated one; only the stage differs.

pub mod conductor;
pub mod live;
mod marking;
pub mod participant;
pub mod replay;
pub mod scanner;
pub mod selftest;
pub mod simulate;
mod sounding;
pub mod stage;
pub mod status;
pub mod stopping;
mod window;
pub mod wires;
