//! The only reader of time. Everything else is given nanoseconds.
//! Two clocks: the machine's monotonic one, and a virtual one that moves only when it is told to.

mod compare;

pub use compare::{Readings, readings};

use super::time::Nanos;
use chrono::{DateTime, FixedOffset, Local, TimeZone};
use std::sync::atomic::{AtomicI64, Ordering};

/// A monotonic clock, with the wall time beside it.
pub trait Clock: Send + Sync {
    /// The present instant, in nanoseconds of this clock.
    fn now(&self) -> Nanos;
    /// The wall time, with the local offset.
    fn wall(&self) -> DateTime<FixedOffset>;
    /// Waits until `at`, or a little before; a virtual clock moves there at once.
    fn sleep_until(&self, at: Nanos);
    /// Moves a virtual clock to `at`; a real clock ignores it.
    fn advance_to(&self, _at: Nanos) {}
}

/// The machine's `CLOCK_MONOTONIC`: the clock of X11 Present, of evdev and of most compositors.
#[derive(Clone, Copy, Debug, Default)]
pub struct MonotonicClock;

impl Clock for MonotonicClock {
    fn now(&self) -> Nanos {
        monotonic_now()
    }
    fn wall(&self) -> DateTime<FixedOffset> {
        Local::now().fixed_offset()
    }
    fn sleep_until(&self, at: Nanos) {
        std::thread::sleep((at - self.now()).to_duration());
    }
}

/// The present instant of the machine's monotonic clock, in nanoseconds.
#[cfg(unix)]
pub fn monotonic_now() -> Nanos {
    let mut ts = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `ts` is a valid, writable timespec; CLOCK_MONOTONIC exists on every supported system.
    #[allow(unsafe_code)]
    let rc = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut ts) };
    debug_assert_eq!(rc, 0, "CLOCK_MONOTONIC is always readable");
    // The fields are narrower than 64 bits on some systems.
    #[allow(clippy::unnecessary_cast)]
    let now = ts.tv_sec as i64 * 1_000_000_000 + ts.tv_nsec as i64;
    Nanos(now)
}

/// An instant of another clock of the system (its `clockid_t`) as one of the monotonic clock; none where that clock cannot
/// be read. The two are read closely together, so it is true to a microsecond for an instant that is not long ago.
#[cfg(target_os = "linux")]
pub fn monotonic_from(clock: u32, instant: Nanos) -> Option<Nanos> {
    let clock = libc::clockid_t::try_from(clock).ok()?;
    if clock == libc::CLOCK_MONOTONIC {
        return Some(instant);
    }
    // The reading that was held up least is the truest.
    let (_, offset) = (0..3)
        .filter_map(|_| {
            let before = monotonic_now();
            let mut ts = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            // SAFETY: `ts` is a valid, writable timespec; a clock that does not exist is an error and no more.
            #[allow(unsafe_code)]
            let rc = unsafe { libc::clock_gettime(clock, &mut ts) };
            let after = monotonic_now();
            #[allow(clippy::unnecessary_cast)]
            let other = ts.tv_sec as i64 * 1_000_000_000 + ts.tv_nsec as i64;
            (rc == 0).then(|| (after - before, before + (after - before).half() - Nanos(other)))
        })
        .min_by_key(|(held_up, _)| *held_up)?;
    Some(instant + offset)
}

/// An instant that Windows tells in ticks of its performance counter as one of the monotonic clock, which goes by that
/// counter too; none where it cannot be read. True to a microsecond.
#[cfg(all(windows, feature = "window"))]
pub fn monotonic_from_performance_counter(ticks: i64) -> Option<Nanos> {
    use windows_sys::Win32::System::Performance::{
        QueryPerformanceCounter, QueryPerformanceFrequency,
    };
    let mut per_second = 0;
    // SAFETY: `per_second` is valid and writable for the call.
    #[allow(unsafe_code)]
    let known = unsafe { QueryPerformanceFrequency(&mut per_second) } != 0;
    // The reading that was held up least is the truest.
    let readings = (0..3).filter_map(|_| {
        let before = monotonic_now();
        let mut counted = 0;
        // SAFETY: `counted` is valid and writable for the call.
        #[allow(unsafe_code)]
        let read = unsafe { QueryPerformanceCounter(&mut counted) } != 0;
        let held_up = monotonic_now() - before;
        read.then_some((held_up, before + held_up.half(), counted))
    });
    let (_, at, counted) = readings.min_by_key(|(held_up, ..)| *held_up).filter(|_| known)?;
    Some(at + from_ticks(ticks.checked_sub(counted)?, per_second)?)
}

/// Ticks of a counter that makes so many in a second; none where it makes none, or they are too many to be told.
#[cfg(any(all(windows, feature = "window"), test))]
fn from_ticks(ticks: i64, per_second: i64) -> Option<Nanos> {
    let nanos = i128::from(ticks) * 1_000_000_000;
    i64::try_from(nanos.checked_div(i128::from(per_second))?).ok().map(Nanos)
}

/// The present instant of the machine's monotonic clock, in nanoseconds since the first call.
#[cfg(not(unix))]
pub fn monotonic_now() -> Nanos {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(std::time::Instant::now);
    Nanos(start.elapsed().as_nanos() as i64)
}

/// A clock that stands still until it is moved: simulation and replay run on it.
#[derive(Debug)]
pub struct VirtualClock {
    now: AtomicI64,
}

impl VirtualClock {
    /// Where every virtual run begins: 1000 s, so that instants before the run are still positive.
    pub const START: Nanos = Nanos(1_000_000_000_000);
    /// The wall time at `START`, 2026-01-01T09:00:00+00:00, in seconds since the Unix epoch.
    pub const EPOCH: i64 = 1_767_258_000;

    /// A clock that stands at `START`.
    pub fn new() -> VirtualClock {
        VirtualClock { now: AtomicI64::new(Self::START.0) }
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Nanos {
        Nanos(self.now.load(Ordering::Relaxed))
    }
    fn wall(&self) -> DateTime<FixedOffset> {
        let since = self.now().0 - Self::START.0;
        let utc = FixedOffset::east_opt(0).expect("zero is a valid offset");
        utc.timestamp_nanos(Self::EPOCH * 1_000_000_000 + since)
    }
    fn sleep_until(&self, at: Nanos) {
        self.advance_to(at);
    }
    fn advance_to(&self, at: Nanos) {
        self.now.fetch_max(at.0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn instants_of_other_clocks_are_told_by_the_monotonic_one() {
        let now = monotonic_now();
        assert_eq!(monotonic_from(libc::CLOCK_MONOTONIC as u32, now), Some(now));
        // Up to seconds away after an hour, if it were not honoured.
        let mut raw = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: a valid, writable timespec.
        #[allow(unsafe_code)]
        let rc = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_RAW, &mut raw) };
        assert_eq!(rc, 0);
        let raw = Nanos(raw.tv_sec * 1_000_000_000 + raw.tv_nsec);
        let told = monotonic_from(libc::CLOCK_MONOTONIC_RAW as u32, raw).unwrap();
        assert!((told - monotonic_now()).abs() < Nanos::from_millis(50), "{told:?}");
        assert_eq!(monotonic_from(u32::MAX, now), None);
        assert_eq!(monotonic_from(999, now), None);
    }

    #[test]
    fn ticks_of_a_counter_are_nanoseconds_by_its_rate() {
        assert_eq!(from_ticks(25, 10_000_000), Some(Nanos(2_500)));
        assert_eq!(from_ticks(-3_000_000_000, 3_000_000), Some(Nanos::from_secs(-1000.0)));
        let year = 366 * 86_400 * 24_000_000;
        assert_eq!(from_ticks(year, 24_000_000), Some(Nanos(366 * 86_400 * 1_000_000_000)));
        assert_eq!(from_ticks(1, 0), None);
        assert_eq!(from_ticks(i64::MAX, 1), None);
    }

    #[test]
    fn virtual_clock_never_runs_backwards() {
        let c = VirtualClock::new();
        c.advance_to(VirtualClock::START + Nanos::from_secs(2.0));
        c.advance_to(VirtualClock::START);
        assert_eq!(c.now(), VirtualClock::START + Nanos::from_secs(2.0));
        assert_eq!(c.wall().to_rfc3339(), "2026-01-01T09:00:02+00:00");
    }
}
