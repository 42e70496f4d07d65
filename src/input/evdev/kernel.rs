//! The kernel's devices themselves (/dev/input/event*): opening, reading, asking which keys are down, taking them for ourselves.
//! Unverified on hardware: no machine that this was written on has one.
#![allow(unsafe_code)]

use super::super::codes;
use super::stream::Raw;
use super::{Bus, Device, Opened};
use crate::ground::time::Nanos;
use evdev::raw_stream::RawDevice;
use evdev::{AttributeSetRef, KeyCode};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// Where devices appear.
const FOLDER: &str = "/dev/input";

/// `_IOW('E', 0xa0, int)`: by which clock a device stamps its events.
const EVIOCSCLOCKID: u64 = 1 << 30 | 4 << 16 | (b'E' as u64) << 8 | 0xa0;

/// One device that is open.
#[derive(Debug)]
pub struct KernelDevice {
    device: RawDevice,
    name: String,
}

impl KernelDevice {
    /// None for a device without keys that a rig can name.
    fn open(path: &Path) -> Result<Option<KernelDevice>> {
        let device = RawDevice::open(path)?;
        let usable = |keys: &AttributeSetRef<KeyCode>| {
            keys.iter().any(|key| codes::name(key.code()).is_some())
        };
        if !device.supported_keys().is_some_and(usable) {
            return Ok(None);
        }
        let fd = device.as_raw_fd();
        let clock: libc::c_int = libc::CLOCK_MONOTONIC;
        // SAFETY: the descriptor is open, and the kernel reads one int from the pointer, which is valid for the call.
        let set = unsafe { libc::ioctl(fd, EVIOCSCLOCKID as _, &raw const clock) };
        // SAFETY: the descriptor is open; these two calls take and give numbers only.
        let nonblocking = unsafe {
            let flags = libc::fcntl(fd, libc::F_GETFL);
            libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK)
        };
        if set < 0 || nonblocking < 0 {
            return Err(Error::last_os_error());
        }
        let name = device.name().unwrap_or("a device without a name").to_string();
        Ok(Some(KernelDevice { device, name }))
    }
}

impl Device for KernelDevice {
    fn name(&self) -> &str {
        &self.name
    }

    fn read(&mut self) -> Result<Vec<Raw>> {
        let events = match self.device.fetch_events() {
            Ok(events) => events,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(Vec::new());
            }
            Err(e) => return Err(e),
        };
        let raw = |e: evdev::InputEvent| Raw {
            // The library takes every stamp for wall time; this one is of the monotonic clock.
            stamp: Nanos(e.timestamp().duration_since(UNIX_EPOCH).map_or(0, whole_ns)),
            kind: e.event_type().0,
            code: e.code(),
            value: e.value(),
        };
        Ok(events.map(raw).collect())
    }

    fn down(&self) -> Result<Vec<u16>> {
        Ok(self.device.get_key_state()?.iter().map(|key| key.code()).collect())
    }

    fn grab(&mut self, ours: bool) -> Result<()> {
        if ours { self.device.grab() } else { self.device.ungrab() }
    }
}

fn whole_ns(d: Duration) -> i64 {
    i64::try_from(d.as_nanos()).unwrap_or(i64::MAX)
}

/// All devices, or those that a rig names.
#[derive(Debug)]
pub struct Kernel {
    named: Vec<PathBuf>,
}

impl Kernel {
    /// These paths; all devices where there are none.
    pub fn new(named: &[String]) -> Kernel {
        Kernel { named: named.iter().map(PathBuf::from).collect() }
    }

    fn paths(&self) -> Vec<PathBuf> {
        if !self.named.is_empty() {
            return self.named.clone();
        }
        let is_event =
            |p: &PathBuf| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("event"));
        let entries = std::fs::read_dir(FOLDER).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|e| e.path()).filter(is_event).collect();
        paths.sort();
        paths
    }
}

impl Bus for Kernel {
    type Device = KernelDevice;

    fn open(&mut self, known: &[PathBuf]) -> Vec<(PathBuf, Opened<KernelDevice>)> {
        let new = self.paths().into_iter().filter(|p| !known.contains(p));
        new.filter_map(|path| {
            let opened = KernelDevice::open(&path).transpose();
            // One that is named is wanted, whatever keys it has.
            let nothing = || Err(Error::other("it has no keys"));
            let opened =
                if self.named.is_empty() { opened? } else { opened.unwrap_or_else(nothing) };
            Some((path, opened))
        })
        .collect()
    }

    fn wait(&mut self, devices: &[&KernelDevice], most: Duration) {
        let poll = |d: &&KernelDevice| libc::pollfd {
            fd: d.device.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        let mut fds: Vec<libc::pollfd> = devices.iter().map(poll).collect();
        let most = i32::try_from(most.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: the list is valid for the call and as long as is said; whatever the call gives, devices are read next.
        unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, most) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_device_that_is_not_there_is_told_with_its_path() {
        let mut kernel = Kernel::new(&["/dev/input/by-id/no-such-device".to_string()]);
        let opened = kernel.open(&[]);
        let [(path, Err(e))] = &opened[..] else { panic!("{opened:?}") };
        assert!(path.ends_with("no-such-device"));
        assert_eq!(e.kind(), ErrorKind::NotFound);
        assert!(kernel.open(std::slice::from_ref(path)).is_empty());
    }

    #[test]
    fn a_file_that_is_no_device_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(KernelDevice::open(file.path()).is_err());
    }
}
