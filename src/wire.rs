//! The wires of a room: serial ports and what else leads out of the computer, opened and read and written as bytes.
//! What a byte means is known to those who use them: `trigger`, `input`, `marker`, and the commands that test a room.

pub mod farewell;
pub mod lines;
pub mod listen;
pub mod lsl;
pub mod modem;
pub mod net;
pub mod parport;
pub mod pty;
pub mod serial;
pub mod xid;
