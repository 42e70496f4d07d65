//! A status line of a serial port as a wire: it goes on and off. It is asked five thousand times a second; Linux drivers count
//! its changes too, so that a pulse that is over before anybody looks is not lost. Unverified on hardware: no machine that this was written on has such a line.
#![cfg_attr(target_os = "linux", allow(unsafe_code))]

use super::listen::{Arrived, PATIENCE, Port, What};
use super::serial::{ModemLine, NoPort, Serial};
use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::time::Duration;

/// How often a line is asked where the kernel does not wait for it.
const EVERY: Duration = Duration::from_micros(200);

/// Opens the port of a line.
///
/// # Errors
/// The port cannot be opened, or has no such lines.
pub fn open(path: &Path, line: ModemLine) -> Result<Box<dyn Port>, NoPort> {
    let serial = Serial::open(path, 9600, PATIENCE)?;
    let level = serial.line(line).map_err(|e| NoPort {
        path: path.display().to_string(),
        what: format!("its line {} cannot be read ({e})", line.name()),
        remedy: "use a serial port with status lines; a pseudo-terminal has none".into(),
    })?;
    Ok(Box::new(Polled { serial, line, level, ready: VecDeque::new(), counted: Counted::new() }))
}

struct Polled {
    serial: Serial,
    line: ModemLine,
    level: bool,
    ready: VecDeque<Arrived>,
    counted: Counted,
}

impl Port for Polled {
    fn next(&mut self) -> io::Result<Option<Arrived>> {
        let until = monotonic_now() + Nanos(PATIENCE.as_nanos() as i64);
        loop {
            if let Some(arrived) = self.ready.pop_front() {
                return Ok(Some(arrived));
            }
            let changes = self.counted.changes(&self.serial, self.line);
            let now = self.serial.line(self.line)?;
            let stamp = monotonic_now();
            let levels = levels(self.level, now, changes);
            self.level = now;
            let arrived = |on| Arrived { stamp, what: What::Level(on) };
            self.ready.extend(levels.into_iter().map(arrived));
            if self.ready.is_empty() {
                if stamp >= until {
                    return Ok(None);
                }
                std::thread::sleep(EVERY);
            }
        }
    }
}

/// What a line did between two looks: `changes` as a driver counts them, where it does. Two of them make a pulse that
/// nobody saw; more than that are one pulse too, for no scanner sends two within a look.
fn levels(before: bool, now: bool, changes: u32) -> Vec<bool> {
    match (before == now, changes) {
        (false, _) => vec![now],
        (true, 0 | 1) => vec![],
        (true, _) => vec![!now, now],
    }
}

/// Changes of a line as the driver counts them.
struct Counted {
    #[cfg(target_os = "linux")]
    last: Option<u32>,
}

impl Counted {
    #[cfg(not(target_os = "linux"))]
    fn new() -> Counted {
        Counted {}
    }

    #[cfg(not(target_os = "linux"))]
    fn changes(&mut self, _: &Serial, _: ModemLine) -> u32 {
        0
    }

    #[cfg(target_os = "linux")]
    fn new() -> Counted {
        Counted { last: None }
    }

    /// Changes since the last call; none where the driver does not count.
    #[cfg(target_os = "linux")]
    fn changes(&mut self, serial: &Serial, line: ModemLine) -> u32 {
        /// `struct serial_icounter_struct` of linux/serial.h.
        #[repr(C)]
        #[derive(Default)]
        struct Counters {
            cts: i32,
            dsr: i32,
            rng: i32,
            dcd: i32,
            others: [i32; 16],
        }
        let mut counters = Counters::default();
        // SAFETY: the descriptor is open, and the kernel writes one struct of this layout to the pointer, which is valid
        // and writable for the call.
        let rc = unsafe { libc::ioctl(serial.fd(), libc::TIOCGICOUNT, &raw mut counters) };
        if rc != 0 {
            return 0;
        }
        let now = match line {
            ModemLine::Cts => counters.cts,
            ModemLine::Dsr => counters.dsr,
            ModemLine::Ri => counters.rng,
            ModemLine::Dcd => counters.dcd,
        } as u32;
        let since = self.last.map_or(0, |last| now.wrapping_sub(last));
        self.last = Some(now);
        since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pulse_between_two_looks_is_not_lost() {
        assert_eq!(levels(false, true, 1), [true]);
        assert_eq!(levels(true, false, 0), [false]);
        assert_eq!(levels(false, false, 2), [true, false]);
        assert_eq!(levels(false, false, 0), [] as [bool; 0]);
        assert_eq!(levels(false, true, 3), [true]);
    }

    #[test]
    fn a_port_without_lines_is_refused_with_what_helps() {
        let why = open(Path::new("/dev/null"), ModemLine::Cts).err().unwrap();
        assert!(!why.remedy.is_empty());
    }
}
