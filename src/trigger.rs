//! Sources of scanner pulses. A key is read by the window and mapped by `input`; here is the rest.

pub mod emulator;
