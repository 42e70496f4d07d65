//! Pseudo-terminals: a made serial port, whose other end another program opens by its path as if a device were there.
//! It moves bytes. Only Linux has them here.
#![cfg_attr(target_os = "linux", allow(unsafe_code))]

use std::io;
use std::path::{Path, PathBuf};

/// The near end of a pseudo-terminal.
#[derive(Debug)]
pub struct Pty {
    #[cfg(target_os = "linux")]
    near: std::fs::File,
    path: PathBuf,
}

impl Pty {
    /// The path that another program opens as a serial port.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(not(target_os = "linux"))]
impl Pty {
    /// There are none here.
    ///
    /// # Errors
    /// Always.
    pub fn open() -> io::Result<Pty> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "pseudo-terminals are made on Linux only"))
    }

    /// Nobody has.
    pub fn is_open_there(&self) -> bool {
        false
    }

    /// # Errors
    /// Always.
    pub fn write_all(&self, _bytes: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Nothing has arrived.
    pub fn forget_arrived(&self) {}

    /// Nothing was written.
    pub fn wait_until_read(&self, _patience: std::time::Duration) {}
}

#[cfg(target_os = "linux")]
impl Pty {
    /// Makes one. Its far end is raw from the start: nothing is echoed, and no byte waits for the end of a line.
    ///
    /// # Errors
    /// The system gives none.
    pub fn open() -> io::Result<Pty> {
        use std::os::fd::{AsRawFd, FromRawFd};
        // SAFETY: the call takes flags alone; what it returns is checked below.
        let fd = unsafe { libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor was just opened and is nobody else's.
        let near = unsafe { std::fs::File::from_raw_fd(fd) };
        let mut name = [0; 64];
        // SAFETY: the descriptor is open; the name is written into a buffer of the length that is told.
        let failed = unsafe {
            libc::grantpt(fd) != 0
                || libc::unlockpt(fd) != 0
                || libc::ptsname_r(fd, name.as_mut_ptr(), name.len()) != 0
        };
        if failed {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `ptsname_r` succeeded, so that a text ending in zero stands in the buffer.
        let path = unsafe { std::ffi::CStr::from_ptr(name.as_ptr()) };
        let path = PathBuf::from(path.to_string_lossy().into_owned());
        // The settings stay with the pair after this end is closed again. That it was opened and closed once is also what
        // lets the near end tell whether anybody has it open.
        let far = open_far(&path)?;
        // SAFETY: both descriptors are open; `settings` is filled before it is changed and given back. A descriptor that
        // does not block returns what is there.
        unsafe {
            let mut settings: libc::termios = std::mem::zeroed();
            if libc::tcgetattr(far.as_raw_fd(), &mut settings) != 0 {
                return Err(io::Error::last_os_error());
            }
            libc::cfmakeraw(&mut settings);
            if libc::tcsetattr(far.as_raw_fd(), libc::TCSANOW, &settings) != 0 {
                return Err(io::Error::last_os_error());
            }
            let flags = libc::fcntl(fd, libc::F_GETFL);
            if flags < 0 || libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK) < 0 {
                return Err(io::Error::last_os_error());
            }
        }
        drop(far);
        Ok(Pty { near, path })
    }

    /// Whether a program has the far end open. What is written while none has would wait there for the next one.
    pub fn is_open_there(&self) -> bool {
        use std::os::fd::AsRawFd;
        let mut asked = libc::pollfd { fd: self.near.as_raw_fd(), events: 0, revents: 0 };
        // SAFETY: one valid pollfd, and no waiting.
        let told = unsafe { libc::poll(&mut asked, 1, 0) };
        told >= 0 && asked.revents & libc::POLLHUP == 0
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Nobody reads at the far end, whose store is full.
    pub fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        use std::io::Write;
        (&self.near).write_all(bytes)
    }

    /// Forgets what the other program has written, so that it never has to wait.
    pub fn forget_arrived(&self) {
        use std::io::Read;
        let mut bytes = [0; 256];
        while matches!((&self.near).read(&mut bytes), Ok(n) if n > 0) {}
    }

    /// Waits until the other program has read what was written, but no longer than `patience`: what it has not read is lost
    /// when this end is closed.
    pub fn wait_until_read(&self, patience: std::time::Duration) {
        use std::os::fd::AsRawFd;
        const STEP: std::time::Duration = std::time::Duration::from_millis(10);
        if !self.is_open_there() {
            return;
        }
        let Ok(far) = open_far(&self.path) else { return };
        // The kernel hands bytes on a little later, so that nothing must be there twice in a row.
        let mut empty = 0;
        for _ in 0..patience.as_millis() / STEP.as_millis() {
            let mut left: libc::c_int = 0;
            // SAFETY: the descriptor is open and `left` is what the request writes to.
            let told = unsafe { libc::ioctl(far.as_raw_fd(), libc::FIONREAD, &mut left) };
            empty = if left == 0 { empty + 1 } else { 0 };
            if told != 0 || empty == 2 {
                return;
            }
            std::thread::sleep(STEP);
        }
    }
}

/// Opens the far end, without making it the terminal that this program is controlled from.
#[cfg(target_os = "linux")]
fn open_far(path: &Path) -> io::Result<std::fs::File> {
    use std::os::fd::FromRawFd;
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: the path ends in zero and outlives the call; what it returns is checked below.
    let fd = unsafe { libc::open(path.as_ptr(), libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just opened and is nobody else's.
    Ok(unsafe { std::fs::File::from_raw_fd(fd) })
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn bytes_pass_raw_and_the_near_end_knows_whether_anybody_listens() {
        let pty = Pty::open().unwrap();
        assert!(!pty.is_open_there());
        let mut far = open_far(pty.path()).unwrap();
        assert!(pty.is_open_there());
        pty.write_all(b"5\r\x03\x00\xff").unwrap();
        let mut bytes = [0; 5];
        far.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"5\r\x03\x00\xff", "no byte waits, is changed or is a signal");
        // Nothing that the other program writes comes back to it.
        far.write_all(b"_c1").unwrap();
        pty.forget_arrived();
        pty.write_all(b"6").unwrap();
        far.read_exact(&mut bytes[..1]).unwrap();
        assert_eq!(bytes[0], b'6');
        drop(far);
        assert!(!pty.is_open_there());
        drop(open_far(pty.path()).unwrap());
        assert!(!pty.is_open_there());
    }

    #[test]
    fn a_far_end_that_is_never_read_is_an_error_and_not_a_wait() {
        let pty = Pty::open().unwrap();
        let _far = open_far(pty.path()).unwrap();
        let full = (0..1000).find_map(|_| pty.write_all(&[b'5'; 100]).err());
        assert_eq!(full.unwrap().kind(), io::ErrorKind::WouldBlock);
    }
}
