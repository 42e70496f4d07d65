//! Input devices: what a physical key means in this room. It stamps nothing and knows no window.

pub mod mapping;
