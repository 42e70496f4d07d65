//! The parallel port: a byte on its eight data lines, and its status lines. On Linux through the kernel's `ppdev`; on Windows
//! through the user's own `inpoutx64.dll`, which is never shipped. Both are unverified on hardware. It knows no meaning.
#![allow(unsafe_code)]

use super::farewell::Farewell;
#[cfg(target_os = "linux")]
use super::farewell::Way;
use std::io;

/// The request that puts a byte on the data lines of an open port.
#[cfg(target_os = "linux")]
pub(super) const WRITE_DATA: libc::Ioctl = raw::PPWDATA;

/// An open port.
#[derive(Debug)]
pub struct Parport {
    raw: raw::Raw,
}

/// A port that cannot be opened, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parallel port {place}: {what}")]
pub struct NoParport {
    pub place: String,
    pub what: String,
    pub remedy: String,
}

impl Parport {
    /// Opens a port and claims it: `/dev/parport0` on Linux, its address (`0x378`) on Windows.
    ///
    /// # Errors
    /// It is not there, may not be used, or another program has it.
    pub fn open(place: &str) -> Result<Parport, NoParport> {
        raw::Raw::open(place).map(|raw| Parport { raw })
    }

    /// Puts a byte on the data lines.
    ///
    /// # Errors
    /// The port is gone.
    pub fn write(&self, byte: u8) -> io::Result<()> {
        self.raw.write(byte)
    }

    /// Has a byte put on the data lines if the process dies while this is held.
    pub fn farewell(&self, byte: u8) -> Farewell {
        #[cfg(target_os = "linux")]
        return Farewell::keep(self.raw.descriptor(), Way::DataLines, byte);
        #[cfg(not(target_os = "linux"))]
        {
            let _ = byte;
            Farewell::none()
        }
    }

    /// The status lines, as the hardware's register has them: bit 3 is ERROR, 4 SELECT, 5 PAPER OUT, 6 ACK, 7 BUSY (inverted).
    ///
    /// # Errors
    /// The port is gone.
    pub fn status(&self) -> io::Result<u8> {
        self.raw.status()
    }
}

#[cfg(target_os = "linux")]
mod raw {
    use super::NoParport;
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsRawFd, FromRawFd};

    // <linux/ppdev.h>, of type 'p'.
    const PP: u32 = 'p' as u32;
    const PPRSTATUS: libc::Ioctl = libc::_IOR::<u8>(PP, 0x81);
    pub(in crate::wire) const PPWDATA: libc::Ioctl = libc::_IOW::<u8>(PP, 0x86);
    const PPCLAIM: libc::Ioctl = libc::_IO(PP, 0x8b);
    const PPRELEASE: libc::Ioctl = libc::_IO(PP, 0x8c);
    const PPDATADIR: libc::Ioctl = libc::_IOW::<libc::c_int>(PP, 0x90);

    #[derive(Debug)]
    pub struct Raw {
        port: File,
    }

    impl Raw {
        pub fn open(place: &str) -> Result<Raw, NoParport> {
            let no = |e: io::Error| no_port(place, &e);
            let path = std::ffi::CString::new(place)
                .map_err(|_| no(io::Error::from(io::ErrorKind::InvalidInput)))?;
            // SAFETY: the path ends in zero and outlives the call; what it returns is checked below.
            let fd = unsafe { libc::open(path.as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) };
            if fd < 0 {
                return Err(no(io::Error::last_os_error()));
            }
            // SAFETY: the descriptor was just opened and is nobody else's.
            let raw = Raw { port: unsafe { File::from_raw_fd(fd) } };
            // SAFETY: the request takes no argument.
            checked(unsafe { libc::ioctl(fd, PPCLAIM) }).map_err(no)?;
            let outwards: libc::c_int = 0;
            // SAFETY: the request reads one int, which lives through the call.
            checked(unsafe { libc::ioctl(fd, PPDATADIR, &outwards) }).map_err(no)?;
            Ok(raw)
        }

        pub fn write(&self, byte: u8) -> io::Result<()> {
            // SAFETY: the descriptor is open; the request reads one byte, which lives through the call.
            checked(unsafe { libc::ioctl(self.port.as_raw_fd(), PPWDATA, &byte) })
        }

        pub fn descriptor(&self) -> std::os::fd::RawFd {
            self.port.as_raw_fd()
        }

        pub fn status(&self) -> io::Result<u8> {
            let mut byte = 0_u8;
            // SAFETY: the descriptor is open; the request writes one byte, which is writable for the call.
            checked(unsafe { libc::ioctl(self.port.as_raw_fd(), PPRSTATUS, &mut byte) })?;
            Ok(byte)
        }
    }

    impl Drop for Raw {
        fn drop(&mut self) {
            // SAFETY: the descriptor is open, and the request takes no argument. One that was never claimed is refused.
            unsafe { libc::ioctl(self.port.as_raw_fd(), PPRELEASE) };
        }
    }

    fn checked(rc: libc::c_int) -> io::Result<()> {
        if rc < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    fn no_port(place: &str, e: &io::Error) -> NoParport {
        let (what, remedy) = match (e.kind(), e.raw_os_error()) {
            (io::ErrorKind::NotFound, _) => (
                "it is not there".to_string(),
                "load the driver with `sudo modprobe ppdev parport_pc`; ports are /dev/parport0, /dev/parport1 ...",
            ),
            (io::ErrorKind::PermissionDenied, _) => (
                "this user may not use it".into(),
                "sudo usermod -aG lp $USER, then log out and in",
            ),
            (_, Some(libc::ENXIO | libc::EBUSY | libc::EAGAIN)) => (
                "another driver or program has it".into(),
                "take the printer driver away with `sudo rmmod lp`, and close the other program",
            ),
            _ => (format!("it cannot be used ({e})"), "see that it is a parallel port"),
        };
        NoParport { place: place.into(), what, remedy: remedy.into() }
    }
}

#[cfg(windows)]
mod raw {
    use super::NoParport;
    use std::io;

    type Out = unsafe extern "system" fn(i16, i16);
    type Inp = unsafe extern "system" fn(i16) -> i16;
    type IsOpen = unsafe extern "system" fn() -> u32;

    pub struct Raw {
        address: i16,
        out: Out,
        inp: Inp,
        /// Last, so that it goes after the functions that are in it.
        _code: libloading::Library,
    }

    impl std::fmt::Debug for Raw {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "Raw({:#x})", self.address as u16)
        }
    }

    impl Raw {
        pub fn open(place: &str) -> Result<Raw, NoParport> {
            let no = |what: &str, remedy: &str| NoParport {
                place: place.into(),
                what: what.into(),
                remedy: remedy.into(),
            };
            let digits = place.trim_start_matches("0x").trim_start_matches("0X");
            let address = u16::from_str_radix(digits, 16).map_err(|_| {
                no("this is no address", "write it as in parport:0x378; the device manager has it")
            })?;
            let missing = |_| {
                no(
                    "inpoutx64.dll is not there",
                    "put inpoutx64.dll beside reframe.exe, and start its installer once as administrator",
                )
            };
            // SAFETY: the library is the user's own choice; loading it runs its start code alone. The functions have had
            // these types in all its versions, and are kept no longer than the library.
            unsafe {
                let code = libloading::Library::new("inpoutx64.dll").map_err(missing)?;
                let out = *code.get::<Out>(b"Out32\0").map_err(missing)?;
                let inp = *code.get::<Inp>(b"Inp32\0").map_err(missing)?;
                let is_open = *code.get::<IsOpen>(b"IsInpOutDriverOpen\0").map_err(missing)?;
                if is_open() == 0 {
                    return Err(no(
                        "the driver of inpoutx64.dll does not run",
                        "start its installer once as administrator",
                    ));
                }
                Ok(Raw { address: address as i16, out, inp, _code: code })
            }
        }

        pub fn write(&self, byte: u8) -> io::Result<()> {
            // SAFETY: the driver is open, and takes any address and byte.
            unsafe { (self.out)(self.address, i16::from(byte)) };
            Ok(())
        }

        pub fn status(&self) -> io::Result<u8> {
            // SAFETY: as above; the register of status is the one behind that of data.
            Ok(unsafe { (self.inp)(self.address.wrapping_add(1)) } as u8)
        }
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
mod raw {
    use super::NoParport;
    use std::io;

    #[derive(Debug)]
    pub struct Raw;

    impl Raw {
        pub fn open(place: &str) -> Result<Raw, NoParport> {
            let what = "parallel ports can be used on Linux and Windows only".into();
            Err(NoParport { place: place.into(), what, remedy: "use a serial trigger box".into() })
        }

        pub fn write(&self, _: u8) -> io::Result<()> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub fn status(&self) -> io::Result<u8> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_not_there_is_named_with_what_helps() {
        let why = Parport::open("/dev/parport99").unwrap_err();
        assert_eq!(why.to_string(), "parallel port /dev/parport99: it is not there");
        assert!(why.remedy.contains("modprobe ppdev"), "{}", why.remedy);
    }

    #[test]
    fn a_file_that_is_no_parallel_port_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let why = Parport::open(&file.path().to_string_lossy()).unwrap_err();
        assert!(why.what.contains("cannot be used"), "{why}");
    }
}
