//! The machine's other clocks, read beside the monotonic one: how far they run apart tells how well it is kept.
#![allow(unsafe_code)]

use super::monotonic_now;
use crate::ground::time::Nanos;

/// The clocks of the machine at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readings {
    /// The monotonic clock, in the middle between its readings before and after the others.
    pub monotonic: Nanos,
    /// From the reading before to the reading after: so exactly are the others known.
    pub within: Nanos,
    /// The same oscillator without the corrections of a time service; none where the system does not show it.
    pub raw: Option<Nanos>,
    /// The wall clock, since the Unix epoch.
    pub wall: Nanos,
}

/// So often the clocks are read; the closest readings count.
const TRIES: usize = 200;

/// Reads all clocks as nearly at one instant as can be.
pub fn readings() -> Readings {
    let tries = (0..TRIES).map(|_| {
        let before = monotonic_now();
        let (raw, wall) = (raw(), wall());
        let within = monotonic_now() - before;
        Readings { monotonic: before + within.half(), within, raw, wall }
    });
    tries.min_by_key(|r| r.within).expect("they are read more than once")
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn raw() -> Option<Nanos> {
    Some(read(libc::CLOCK_MONOTONIC_RAW))
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn raw() -> Option<Nanos> {
    None
}

#[cfg(unix)]
fn wall() -> Nanos {
    read(libc::CLOCK_REALTIME)
}

#[cfg(not(unix))]
fn wall() -> Nanos {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Nanos(since.map_or(0, |s| s.as_nanos() as i64))
}

#[cfg(unix)]
fn read(clock: libc::clockid_t) -> Nanos {
    let mut ts = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `ts` is a valid, writable timespec for the whole call.
    let rc = unsafe { libc::clock_gettime(clock, &mut ts) };
    debug_assert_eq!(rc, 0, "the clock is one that this system has");
    // The fields are narrower than 64 bits on some systems.
    #[allow(clippy::unnecessary_cast)]
    let now = ts.tv_sec as i64 * 1_000_000_000 + ts.tv_nsec as i64;
    Nanos(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_of_one_machine_go_on_together() {
        let first = readings();
        std::thread::sleep(std::time::Duration::from_millis(20));
        let second = readings();
        assert!(second.monotonic - first.monotonic >= Nanos::from_millis(20));
        assert!(second.within >= Nanos::ZERO && second.wall > Nanos::ZERO);
        if let (Some(a), Some(b)) = (first.raw, second.raw) {
            assert!(b > a);
        }
    }
}
