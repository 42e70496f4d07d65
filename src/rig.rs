//! A rig is a room: its screen, its keys, its trigger, its offset. The same protocol runs in any rig.
//! This room knows what is written in a rig file, and the geometry that follows; it opens no device.

pub mod geometry;
pub mod schema;
