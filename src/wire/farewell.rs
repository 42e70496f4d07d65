//! The last byte of a wire: written by the handler of a signal that ends the process without a word, a fault in a driver or an
//! abort. Linux alone; elsewhere nothing is done. What comes like a power cut (`kill -9`) leaves the wire as it is.
#![cfg_attr(target_os = "linux", allow(unsafe_code))]

/// A byte that is written if the process dies while this is held.
#[derive(Debug)]
pub struct Farewell {
    #[cfg(target_os = "linux")]
    slot: Option<usize>,
}

/// How a byte goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Written, as to a serial port.
    Write,
    /// Put on the data lines of a parallel port.
    DataLines,
}

#[cfg(target_os = "linux")]
mod kept {
    use super::{Farewell, Way};
    use crate::wire::parport::WRITE_DATA;
    use std::os::fd::RawFd;
    use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
    use std::sync::{Once, OnceLock};

    /// As many wires as a room may have, and some.
    const MOST: usize = 16;
    const FREE: i32 = -1;
    const TAKEN: i32 = -2;
    /// The descriptors; a handler may read nothing that needs a lock.
    static AT: [AtomicI32; MOST] = [const { AtomicI32::new(FREE) }; MOST];
    /// The byte of each, and above it 1 for data lines.
    static LAST: [AtomicU32; MOST] = [const { AtomicU32::new(0) }; MOST];
    const DATA_LINES: u32 = 0x100;

    const SIGNALS: [libc::c_int; 5] =
        [libc::SIGABRT, libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE];
    /// What was to be done with each before.
    static BEFORE: [OnceLock<libc::sigaction>; SIGNALS.len()] =
        [const { OnceLock::new() }; SIGNALS.len()];
    static INSTALLED: Once = Once::new();

    impl Farewell {
        /// Has a byte written to an open descriptor if the process dies.
        pub fn keep(fd: RawFd, way: Way, byte: u8) -> Farewell {
            INSTALLED.call_once(install);
            let taken = |at: &AtomicI32| {
                at.compare_exchange(FREE, TAKEN, Ordering::AcqRel, Ordering::Relaxed).is_ok()
            };
            // More wires than there are places for are left as they are.
            let slot = AT.iter().position(taken);
            if let Some(slot) = slot {
                let how = if way == Way::DataLines { DATA_LINES } else { 0 };
                LAST[slot].store(u32::from(byte) | how, Ordering::Relaxed);
                AT[slot].store(fd, Ordering::Release);
            }
            Farewell { slot }
        }
    }

    impl Drop for Farewell {
        fn drop(&mut self) {
            if let Some(slot) = self.slot {
                AT[slot].store(FREE, Ordering::Release);
            }
        }
    }

    fn install() {
        for (signal, before) in SIGNALS.iter().zip(&BEFORE) {
            // SAFETY: all zeros are an empty action and an empty mask; both actions live through the calls. The handler does
            // nothing that a handler may not do, on the other stack where there is one, for its own may be full.
            unsafe {
                let mut old: libc::sigaction = std::mem::zeroed();
                if libc::sigaction(*signal, std::ptr::null(), &mut old) != 0 {
                    continue;
                }
                // Known before the handler can run.
                let _ = before.set(old);
                let mut new: libc::sigaction = std::mem::zeroed();
                let handler: extern "C" fn(libc::c_int) = last_words;
                new.sa_sigaction = handler as libc::sighandler_t;
                new.sa_flags = libc::SA_ONSTACK;
                libc::sigaction(*signal, &new, std::ptr::null_mut());
            }
        }
    }

    /// Writes the bytes, and leaves the rest to whoever was asked before: what made the signal makes it again.
    extern "C" fn last_words(signal: libc::c_int) {
        for (at, last) in AT.iter().zip(&LAST) {
            let (fd, last) = (at.load(Ordering::Acquire), last.load(Ordering::Relaxed));
            if fd < 0 {
                continue;
            }
            let byte = last as u8;
            // SAFETY: `write` and `ioctl` may be called by a handler, with one byte that lives through the call. A descriptor
            // that has just been closed gives an error and no more.
            unsafe {
                if last & DATA_LINES == 0 {
                    libc::write(fd, std::ptr::from_ref(&byte).cast(), 1);
                } else {
                    libc::ioctl(fd, WRITE_DATA, &byte);
                }
            }
        }
        let known = SIGNALS.iter().position(|s| *s == signal).and_then(|i| BEFORE[i].get());
        if let Some(before) = known {
            // SAFETY: a handler may call it; the action is the one that stood before.
            unsafe { libc::sigaction(signal, before, std::ptr::null_mut()) };
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Farewell {
    /// Nothing is written here.
    pub fn none() -> Farewell {
        Farewell {}
    }
}
