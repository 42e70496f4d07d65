//! What is done about the lines when the program itself is at fault: before a panic is reported, each device's thread is told
//! to write its rest level, and is given a moment for it.

use super::writer::Command;
use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use crossbeam_channel::{Sender, bounded};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::ThreadId;

/// How long the report of a panic waits for all devices together.
const PATIENCE: Nanos = Nanos::from_millis(250);

/// Threads that write marks, with their ears.
static OPEN: Mutex<Vec<(ThreadId, Sender<Command>)>> = Mutex::new(Vec::new());
static HOOKED: Once = Once::new();

/// Counts a thread in. From the first on, panics are preceded by the rest level.
pub fn enter(thread: ThreadId, orders: Sender<Command>) {
    HOOKED.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |defect| {
            rest_all();
            report(defect);
        }));
    });
    OPEN.lock().unwrap_or_else(PoisonError::into_inner).push((thread, orders));
}

/// Counts a thread out.
pub fn leave(thread: ThreadId) {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner).retain(|(t, _)| *t != thread);
}

/// Has every device written at rest. The thread that calls may be one of those that write: its own device is put to rest as its
/// stack is taken down.
fn rest_all() {
    let own = std::thread::current().id();
    // Somebody who panics while they hold it must not wait for themselves.
    let Ok(open) = OPEN.try_lock() else { return };
    let (done, waiting) = bounded(open.len());
    for (_, orders) in open.iter().filter(|(thread, _)| *thread != own) {
        // One that has ended needs no rest.
        let _ = orders.send(Command::Rest(done.clone()));
    }
    drop((open, done));
    let until = monotonic_now() + PATIENCE;
    while waiting.recv_timeout((until - monotonic_now()).to_duration()).is_ok() {}
}
