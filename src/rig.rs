//! A rig is a room: its screen, its keys, its trigger, its offset. The same protocol runs in any rig.
//! This room knows what is written in a rig file, and the geometry that follows; it opens no device.

pub mod boxes;
pub mod codes;
// A table of keys is read as a table: one key a line.
#[rustfmt::skip]
pub mod keys;
pub mod geometry;
pub mod parse;
pub mod patch;
pub mod pins;
pub mod schema;
pub mod trigger;
