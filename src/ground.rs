//! What every other room stands on: time, problems found in files, scenes, records, SVG, and the small
//! traits where the program meets the world. It knows no protocol, no window, no device and no folder.

pub mod cells;
pub mod clock;
pub mod cue;
pub mod diagnostic;
pub mod document;
pub mod event;
pub mod hash;
pub mod light;
pub mod paths;
pub mod plain;
pub mod ports;
pub mod precision;
pub mod priority;
pub mod pulses;
pub mod recipe;
pub mod record;
pub mod scene;
pub mod svg;
pub mod time;
