//! Serial ports: opened raw (eight bits, no parity, no flow control), read blocking with a patience. Everything that can
//! be wrong with a port is told with the port and what helps.

use super::farewell::Farewell;
#[cfg(target_os = "linux")]
use super::farewell::Way;
use super::listen::{Arrived, Port, What};
use crate::ground::clock::monotonic_now;
use serial2::{CharSize, FlowControl, Parity, SerialPort, StopBits};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a write may take before the other side is given up.
const WRITE_PATIENCE: Duration = Duration::from_millis(200);

/// An open serial port. Reading and writing take `&self`, so that one thread can read while another writes.
#[derive(Debug)]
pub struct Serial {
    port: SerialPort,
    path: PathBuf,
}

/// A port that cannot be opened, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("serial port {path}: {what}")]
pub struct NoPort {
    pub path: String,
    pub what: String,
    pub remedy: String,
}

/// The lines by which a modem tells its state; scanners' pulses come on them through bare adapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModemLine {
    Cts,
    Dsr,
    Ri,
    Dcd,
}

impl ModemLine {
    /// All of them, by the names that rig files use.
    pub const ALL: [(&'static str, ModemLine); 4] = [
        ("cts", ModemLine::Cts),
        ("dsr", ModemLine::Dsr),
        ("ri", ModemLine::Ri),
        ("dcd", ModemLine::Dcd),
    ];

    /// The name that rig files use.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, line)| *line == self).map_or("", |(name, _)| name)
    }
}

impl Serial {
    /// Opens a port; reads return after `patience` at the latest.
    ///
    /// # Errors
    /// It is not there, may not be used, or does not take the rate.
    pub fn open(path: &Path, baud: u32, patience: Duration) -> Result<Serial, NoPort> {
        let raw = |mut s: serial2::Settings| {
            s.set_raw();
            s.set_baud_rate(baud)?;
            s.set_char_size(CharSize::Bits8);
            s.set_parity(Parity::None);
            s.set_stop_bits(StopBits::One);
            s.set_flow_control(FlowControl::None);
            Ok(s)
        };
        let open = || -> io::Result<SerialPort> {
            let mut port = SerialPort::open(path, raw)?;
            port.set_read_timeout(patience)?;
            port.set_write_timeout(WRITE_PATIENCE)?;
            Ok(port)
        };
        let port = open().map_err(|e| no_port(path, baud, &e))?;
        Ok(Serial { port, path: path.into() })
    }

    /// What has arrived, up to the size of the buffer; 0 bytes where nothing came within the patience.
    ///
    /// # Errors
    /// The port is gone.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.port.read(buffer) {
            // A port that has nothing to give ever again reads as ended.
            Ok(0) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the port was closed")),
            Ok(n) => Ok(n),
            Err(e) if matches!(e.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {
                Ok(0)
            }
            Err(e) => Err(e),
        }
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// The port is gone, or takes nothing for a fifth of a second.
    pub fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        self.port.write_all(bytes)
    }

    /// Whether a status line is on.
    ///
    /// # Errors
    /// The port is gone, or has no such lines.
    pub fn line(&self, line: ModemLine) -> io::Result<bool> {
        match line {
            ModemLine::Cts => self.port.read_cts(),
            ModemLine::Dsr => self.port.read_dsr(),
            ModemLine::Ri => self.port.read_ri(),
            ModemLine::Dcd => self.port.read_cd(),
        }
    }

    /// Forgets what has arrived and was not read.
    ///
    /// # Errors
    /// The port is gone.
    pub fn forget_arrived(&self) -> io::Result<()> {
        self.port.discard_input_buffer()
    }

    /// Its descriptor, for what the system alone can say of it.
    #[cfg(unix)]
    pub fn fd(&self) -> std::os::fd::RawFd {
        std::os::fd::AsRawFd::as_raw_fd(&self.port)
    }

    /// Has a byte written if the process dies while this is held.
    pub fn farewell(&self, byte: u8) -> Farewell {
        #[cfg(target_os = "linux")]
        return Farewell::keep(std::os::fd::AsRawFd::as_raw_fd(&self.port), Way::Write, byte);
        #[cfg(not(target_os = "linux"))]
        {
            let _ = byte;
            Farewell::none()
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Port for Serial {
    fn next(&mut self) -> io::Result<Option<Arrived>> {
        let mut buffer = [0; 256];
        let n = self.read(&mut buffer)?;
        let stamp = monotonic_now();
        Ok((n > 0).then(|| Arrived { stamp, what: What::Bytes(buffer[..n].to_vec()) }))
    }
}

/// The ports that the system knows of.
pub fn ports() -> Vec<PathBuf> {
    let mut all = SerialPort::available_ports().unwrap_or_default();
    all.sort();
    all
}

fn no_port(path: &Path, baud: u32, e: &io::Error) -> NoPort {
    let path = path.display().to_string();
    let (what, remedy) = match e.kind() {
        io::ErrorKind::NotFound => (
            "it is not there".to_string(),
            "plug the device in; `reframe devices` lists the ports of this PC".to_string(),
        ),
        io::ErrorKind::PermissionDenied => (
            "this user may not use it".into(),
            "on Linux: sudo usermod -aG dialout $USER, then log out and in; on Windows another program has it open".into(),
        ),
        io::ErrorKind::ResourceBusy => {
            ("another program has it open".into(), "close the other program".into())
        }
        _ => (
            format!("it cannot be used with {baud} baud ({e})"),
            "see that it is a serial port, and that its rate is right".into(),
        ),
    };
    NoPort { path, what, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_not_there_is_named_with_what_helps() {
        let why = Serial::open(Path::new("/dev/ttyNOWHERE9"), 9600, Duration::ZERO).unwrap_err();
        assert_eq!(why.to_string(), "serial port /dev/ttyNOWHERE9: it is not there");
        assert!(why.remedy.contains("reframe devices"), "{}", why.remedy);
    }

    #[test]
    fn a_file_is_no_serial_port() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let why = Serial::open(file.path(), 9600, Duration::ZERO).unwrap_err();
        assert!(why.what.contains("9600 baud"), "{why}");
    }

    #[test]
    fn status_lines_have_the_names_of_rig_files() {
        assert_eq!(ModemLine::ALL.map(|(_, line)| line.name()), ["cts", "dsr", "ri", "dcd"]);
    }
}
