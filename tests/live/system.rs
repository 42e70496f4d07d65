//! The few calls to the system that the tests need: clock, signals, a mapped file. Nothing of the program's.
#![allow(unsafe_code)]

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;

/// CLOCK_MONOTONIC in nanoseconds.
pub fn now() -> i64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is valid for writing for the whole call.
    let rc = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    assert_eq!(rc, 0, "the monotonic clock can be read");
    t.tv_sec * 1_000_000_000 + t.tv_nsec
}

/// Sleeps until an instant of `now`.
pub fn sleep_until(t: i64) {
    let at = libc::timespec { tv_sec: t / 1_000_000_000, tv_nsec: t % 1_000_000_000 };
    while now() < t {
        // SAFETY: `at` is valid for reading for the whole call, and no remainder is asked for.
        unsafe {
            libc::clock_nanosleep(
                libc::CLOCK_MONOTONIC,
                libc::TIMER_ABSTIME,
                &at,
                std::ptr::null_mut(),
            )
        };
    }
}

/// Lets this thread's sleeps end on time instead of up to 50 us later.
pub fn wake_on_time() {
    // SAFETY: this option takes one number and touches no memory.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1_000_u64) };
}

/// Sends a signal to a process that this test has started.
pub fn signal(pid: u32, signal: i32) {
    let pid = libc::pid_t::try_from(pid).expect("process ids are small");
    // SAFETY: sending a signal touches no memory of this process.
    let rc = unsafe { libc::kill(pid, signal) };
    assert_eq!(rc, 0, "the process is there");
}

/// A file that another process writes, mapped for reading.
pub struct Mapped {
    start: *const u8,
    len: usize,
}

// SAFETY: the mapping is only read, and stays where it is until it is dropped.
unsafe impl Send for Mapped {}

impl Mapped {
    pub fn open(path: &Path) -> Mapped {
        let file = File::open(path).expect("the frame buffer can be opened");
        let len = usize::try_from(file.metadata().unwrap().len()).unwrap();
        // SAFETY: a new mapping at an address that the system chooses; the file stays as long as it is.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len,
                libc::PROT_READ,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        assert_ne!(start, libc::MAP_FAILED, "the frame buffer can be mapped");
        Mapped { start: start.cast(), len }
    }

    /// Four bytes as they stand there now.
    pub fn read(&self, at: usize) -> [u8; 4] {
        assert!(at.is_multiple_of(4) && at + 4 <= self.len);
        // SAFETY: inside the mapping and aligned, as just checked; volatile, for the server writes to it.
        unsafe { self.start.add(at).cast::<[u8; 4]>().read_volatile() }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: what was mapped in `open`; nothing refers to it any more.
        unsafe { libc::munmap(self.start.cast_mut().cast(), self.len) };
    }
}
