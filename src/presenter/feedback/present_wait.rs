//! `vkWaitForPresentKHR`: the driver itself says when a picture is on the screen, to a thread that waits for one picture
//! after the other and stamps each return. Used where the rig asks for it and nobody better tells. Unverified on hardware.

mod hook;

pub use hook::{hooked, offers, open};

use self::hook::{Presented, WaitCall, Waited};
use super::{Fate, Feedback, Gone, Handed, Report, Seen, estimated};
use crate::ground::clock::monotonic_now;
use crate::ground::priority;
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// So long it waits before it looks whether it shall go on.
const SLICE: Nanos = Nanos::from_millis(20);
/// Nobody can see what does not come for so long.
const PATIENCE: Nanos = Nanos::from_millis(1_000);
/// One below the render thread's.
const PRIORITY: i32 = 9;

/// The waiting thread of a window's screen, which owns it: it must be halted before the swap chain is configured anew, and
/// dropped before swap chain and device.
#[derive(Debug)]
pub struct Waits {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Whoever waits shall come back.
    halting: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    reports: Vec<Report>,
    busy: bool,
    ended: bool,
    lost: bool,
}

/// A picture to wait for.
#[derive(Clone, Copy, Debug)]
struct Job {
    picture: Presented,
    handed: Handed,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_on<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// What the waiting thread does until it is ended.
    fn work(&self, wait: impl Fn(&Presented, Nanos) -> Waited) {
        let mut state = self.state();
        while !state.ended {
            let Some(job) = state.jobs.pop_front() else {
                state = self.wait_on(state);
                continue;
            };
            state.busy = true;
            drop(state);
            let fate = self.fate(&job, &wait);
            state = self.state();
            state.busy = false;
            match fate {
                Some(fate) => state.reports.push(Report { number: job.handed.number, fate }),
                None => state.lost = true,
            }
            self.changed.notify_all();
        }
    }

    /// What becomes of a picture; none where the device is lost.
    fn fate(&self, job: &Job, wait: impl Fn(&Presented, Nanos) -> Waited) -> Option<Fate> {
        // One that is there already came nobody knows when.
        let mut longest = Nanos::ZERO;
        loop {
            let waited = wait(&job.picture, longest);
            let now = monotonic_now();
            match waited {
                Waited::Shown if longest == Nanos::ZERO => return Some(unknown(&job.handed)),
                Waited::Shown => {
                    let seen = Seen { onset: now, basis: Basis::PresentWait, count: None };
                    return Some(Fate::Shown(seen));
                }
                Waited::Lost => return None,
                Waited::Never => return Some(Fate::Discarded),
                Waited::NotYet if self.halting.load(Ordering::Acquire) => {
                    return Some(unknown(&job.handed));
                }
                Waited::NotYet if now - job.handed.returned > PATIENCE => {
                    return Some(Fate::Discarded);
                }
                Waited::NotYet => longest = SLICE,
            }
        }
    }

    /// Waits for no picture any more until the next is handed over.
    fn halt(&self) {
        self.halting.store(true, Ordering::Release);
        let mut state = self.state();
        let left: Vec<Job> = state.jobs.drain(..).collect();
        let reports =
            left.iter().map(|j| Report { number: j.handed.number, fate: unknown(&j.handed) });
        state.reports.extend(reports);
        while state.busy {
            state = self.wait_on(state);
        }
        self.halting.store(false, Ordering::Release);
    }

    /// A picture was handed over, and this is what passed to the driver.
    fn handed(&self, handed: &Handed, passed: Option<Presented>) -> Result<(), Gone> {
        let mut state = self.state();
        if state.lost {
            return Err(Gone);
        }
        let number = handed.number;
        match passed.filter(|p| p.number == number) {
            Some(picture) if picture.taken && !state.ended => {
                state.jobs.push_back(Job { picture, handed: *handed });
                self.changed.notify_all();
            }
            Some(picture) if !picture.taken => {
                state.reports.push(Report { number, fate: Fate::Discarded });
            }
            // Nobody can be asked.
            _ => state.reports.push(Report { number, fate: unknown(handed) }),
        }
        Ok(())
    }
}

/// An estimate, and named so.
fn unknown(handed: &Handed) -> Fate {
    let onset = estimated(handed, None);
    Fate::Shown(Seen { onset, basis: Basis::Estimate, count: None })
}

impl Waits {
    /// Waits for the pictures of a device; none where it cannot be asked.
    pub fn of(device: &wgpu::Device) -> Option<Waits> {
        let call = WaitCall::of(device)?;
        Waits::start(move |picture, longest| call.wait(picture, longest)).ok()
    }

    fn start(
        wait: impl Fn(&Presented, Nanos) -> Waited + Send + 'static,
    ) -> std::io::Result<Waits> {
        let shared = Arc::new(Shared::default());
        let working = shared.clone();
        let thread = std::thread::Builder::new().name("present-wait".into()).spawn(move || {
            // What was granted to the render thread is granted here, and was said there.
            let _ = priority::raise("present-wait", PRIORITY);
            working.work(wait);
        })?;
        Ok(Waits { shared, thread: Some(thread) })
    }

    /// Who reports what was waited for.
    pub fn source(&self) -> PresentWait {
        PresentWait { shared: self.shared.clone() }
    }

    /// Comes back when the swap chain is used no more.
    pub fn halt(&self) {
        self.shared.halt();
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.shared.state().ended = true;
        self.shared.halt();
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the panic hook; nothing is left to do here.
            let _ = thread.join();
        }
    }
}

/// Names each picture, and tells of it when the thread has seen it.
#[derive(Debug)]
pub struct PresentWait {
    shared: Arc<Shared>,
}

impl Feedback for PresentWait {
    fn basis(&self) -> Basis {
        Basis::PresentWait
    }

    fn ask(&mut self, number: u64) {
        hook::name_next(number);
    }

    fn handed(&mut self, handed: &Handed) -> Result<(), Gone> {
        self.shared.handed(handed, hook::presented())
    }

    fn take(&mut self, reports: &mut Vec<Report>) {
        reports.append(&mut self.shared.state().reports);
    }
}

#[cfg(test)]
mod tests;
