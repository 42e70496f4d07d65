//! When the window system goes. Xlib ends the process at once then, with the journal open and no data files
//! written; here the session is told instead, and the process stays until the session has ended.

#[cfg(unix)]
mod xlib;

use super::ShellError;
use crate::ground::event::Event;
use crossbeam_channel::{Receiver, Sender};
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

/// Who is told, and who is waited for. There is one event loop in a process, so there is one of these.
static WATCH: Mutex<Option<Watch>> = Mutex::new(None);

/// A thread of a graphics driver may be one that the worker in turn waits for at its end; after this the data are
/// on the disk.
#[cfg_attr(not(unix), allow(dead_code))]
const GRACE: Duration = Duration::from_secs(10);

/// What is known of the session.
#[derive(Debug)]
#[cfg_attr(not(unix), allow(dead_code))]
pub struct Watch {
    /// The thread of the event loop.
    pub thread: ThreadId,
    pub events: Sender<Event>,
    /// Dropped when the connection is lost, so that nobody waits for answers of the loop any more.
    pub alive: Option<Sender<Infallible>>,
    /// Disconnected when the worker has ended.
    pub ended: Receiver<Infallible>,
}

impl Watch {
    /// Tells the session once.
    fn tell(&mut self) {
        if self.alive.take().is_some() {
            // Nobody listening means that the session is ending.
            let _ = self.events.send(Event::DisplayFailed(ShellError::Lost.failure()));
        }
    }
}

/// Watches the connection that the windows of a loop come from. On other window systems than X11 the loop itself
/// ends.
#[cfg_attr(not(unix), allow(unused_variables))]
pub fn watch(system: &impl winit::raw_window_handle::HasDisplayHandle, session: Watch) {
    *WATCH.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    #[cfg(unix)]
    xlib::install(system);
}

/// Tells the session that no event will come any more.
pub fn tell() {
    if let Some(session) = &mut *WATCH.lock().unwrap_or_else(PoisonError::into_inner) {
        session.tell();
    }
}

/// Lets go of the session that has ended.
pub fn forget() {
    *WATCH.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Tells the session, and waits until it has ended.
#[cfg(unix)]
fn tell_and_wait() {
    let (here, ended) = {
        let mut watch = WATCH.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(session) = &mut *watch else { return };
        session.tell();
        (session.thread == std::thread::current().id(), session.ended.clone())
    };
    // Nothing is ever sent: both come back because the worker has ended, or because it took too long.
    if here {
        let _ = ended.recv();
    } else {
        let _ = ended.recv_timeout(GRACE);
    }
}
