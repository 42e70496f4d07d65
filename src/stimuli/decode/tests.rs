//! Pictures made in memory, whole and spoilt, and what decoding says of them.

mod broken;
mod colour;
mod formats;
mod make;
mod orientation;
mod spoilt;

use super::*;
