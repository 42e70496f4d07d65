//! The lock under which the folders and tables of a dataset are changed: held for moments, so that whoever finds it held
//! for seconds says by whom instead of waiting for ever.

use super::Holder;
use crate::ground::clock::{Clock, MonotonicClock, monotonic_now};
use crate::ground::time::Nanos;
use crate::logger::disk;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

/// Nobody waits longer for it.
const PATIENCE: Nanos = Nanos(10_000_000_000);

/// A dataset that nobody else changes, until this is dropped or the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct ShortLock {
    /// None where the file system knows no locks.
    file: Option<File>,
}

impl ShortLock {
    /// Waits for the lock for ten seconds at most. Where the file system knows none it is had at once, and excludes nobody.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] with the holder, as far as it is known; else those of the system.
    pub fn take(path: &Path) -> io::Result<ShortLock> {
        ShortLock::take_within(path, PATIENCE)
    }

    pub(super) fn take_within(path: &Path, patience: Nanos) -> io::Result<ShortLock> {
        let mut file = disk::open_append(path)?;
        let until = monotonic_now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(e)) if knows_no_locks(&e) => {
                    return Ok(ShortLock { file: None });
                }
                Err(TryLockError::Error(e)) => return Err(e),
                Err(TryLockError::WouldBlock) if monotonic_now() >= until => {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, held(&mut file, path)));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(25)),
            }
        }
        // For those who wait in vain. That it cannot be said is no reason to stop.
        let text = Holder::own(MonotonicClock.wall()).to_json();
        let _ = file.set_len(0).and_then(|()| file.write_all(text.as_bytes()));
        Ok(ShortLock { file: Some(file) })
    }

    /// Whether it keeps others out.
    pub fn excludes(&self) -> bool {
        self.file.is_some()
    }
}

impl Drop for ShortLock {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            let _ = file.set_len(0);
        }
    }
}

fn held(file: &mut File, path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(4096).read_to_end(&mut bytes));
    let holder = read.ok().and_then(|_| Holder::from_json(&bytes));
    let who = holder
        .map_or_else(|| "another process".into(), |h| format!("another process ({})", h.words()));
    format!(
        "{who} has held {} for more than 10 s; wait until its export or start is done, or end that process",
        path.display()
    )
}

/// Whether a file system has no locks at all, as some on networks.
pub(super) fn knows_no_locks(e: &io::Error) -> bool {
    #[cfg(unix)]
    let codes = [libc::ENOLCK, libc::EOPNOTSUPP, libc::ENOTSUP, libc::ENOSYS];
    // ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED
    #[cfg(not(unix))]
    let codes = [1, 50];
    e.kind() == io::ErrorKind::Unsupported || e.raw_os_error().is_some_and(|c| codes.contains(&c))
}
