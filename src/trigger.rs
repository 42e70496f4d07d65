//! Sources of scanner pulses: what is listened to, and what of it is a pulse. A key is read by the window and mapped by
//! `input`; everything else has a wire. Whether a pulse is a volume is the runner's to judge.

pub mod decode;
pub mod emulator;
pub mod lsl;
pub mod parport;
pub mod source;
