//! The event loop of the window system: one for the life of the process, on the main thread. It opens and
//! closes windows when a worker asks, and stamps what comes from them before anything else. What a key means
//! and what a window shows is decided elsewhere.

mod app;
mod awake;
#[cfg(unix)]
mod focus;
pub mod libraries;
mod lost;
mod open;
#[cfg(unix)]
mod press;
mod sight;
#[cfg(unix)]
mod watch;

pub use open::{Mode, OpenWindow, Pointing, WindowSpec};

use crate::ground::clock::monotonic_now;
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::priority;
use crate::ground::record::Level;
use crossbeam_channel::{Receiver, Sender, bounded, select};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use winit::event_loop::{ControlFlow, EventLoop, EventLoopProxy};
pub use winit::window::WindowId;

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    #[error("there is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set")]
    NoDisplay,
    #[error("the library {library} is missing, without which no window can be opened")]
    MissingLibrary { library: &'static str, package: &'static str },
    #[error("the window system cannot be reached: {0}")]
    NoWindowSystem(String),
    #[error("the window system was opened before, and can be opened only once in a process")]
    OpenedTwice,
    #[error("there is no monitor \"{wanted}\"; there is {}", list(.available))]
    NoMonitor { wanted: String, available: Vec<String> },
    #[error("the window cannot be opened: {0}")]
    NoWindow(String),
    #[error("the connection to the screen is gone")]
    Lost,
    #[error("the window system has ended")]
    Ended,
    #[error("the thread \"{0}\" cannot be started: {1}")]
    NoThread(&'static str, std::io::Error),
    #[error("the session's thread ended with a defect")]
    WorkerPanicked,
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none at all".into();
    }
    names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ")
}

impl ShellError {
    /// What helps.
    pub fn remedy(&self) -> String {
        match self {
            ShellError::NoDisplay | ShellError::NoWindowSystem(_) => {
                "start from a desktop session, or under xvfb-run, or draw without a window: --display offscreen"
                    .into()
            }
            ShellError::MissingLibrary { package, .. } => {
                format!("install it: on Debian, apt install {package}")
            }
            ShellError::NoMonitor { .. } => "name one of these with --monitor, or in the rig".into(),
            ShellError::NoWindow(_) => "draw without a window: --display offscreen".into(),
            ShellError::Lost => {
                "start the desktop or X server again, then the run with the next --run number; data files that were \
                 not written come from `reframe export DATA`"
                    .into()
            }
            ShellError::NoThread(..) => "close other programs and start again".into(),
            ShellError::OpenedTwice | ShellError::Ended | ShellError::WorkerPanicked => {
                "this is a defect of the program: report it with what stands above".into()
            }
        }
    }

    /// The failure as the session hears of it.
    pub fn failure(&self) -> DisplayFailure {
        DisplayFailure { text: self.to_string(), remedy: self.remedy() }
    }
}

/// What a worker asks of the event loop.
#[derive(Debug)]
enum Wish {
    Open(Box<WindowSpec>, Sender<Result<OpenWindow, ShellError>>),
    Close(winit::window::WindowId, Sender<()>),
    ShowPointer(winit::window::WindowId, bool),
    /// Fill the monitor of that name.
    #[cfg_attr(not(unix), expect(dead_code, reason = "nothing tells of monitors there"))]
    Fill(winit::window::WindowId, String),
    End,
}

/// The worker's way to the event loop.
#[derive(Clone, Debug)]
pub struct ShellHandle {
    proxy: EventLoopProxy<Wish>,
    /// Disconnected when the window system is gone, and nothing is answered any more.
    lost: Receiver<Infallible>,
}

impl ShellHandle {
    /// Opens a window, and waits until it is there.
    ///
    /// # Errors
    /// A monitor that is not there, or a window system that refuses.
    pub fn open(&self, spec: WindowSpec) -> Result<OpenWindow, ShellError> {
        let (reply, answer) = bounded(1);
        self.ask(Wish::Open(Box::new(spec), reply))?;
        self.answer(&answer)?
    }

    /// Closes a window. Stop whatever draws into it before.
    ///
    /// # Errors
    /// The event loop has ended.
    pub fn close(&self, window: OpenWindow) -> Result<(), ShellError> {
        let (reply, answer) = bounded(1);
        let id = window.window.id();
        drop(window);
        self.ask(Wish::Close(id, reply))?;
        self.answer(&answer)
    }

    /// Shows or hides the pointer over a window. Does not wait, and a window that is gone has none.
    pub fn show_pointer(&self, window: WindowId, shown: bool) {
        let _ = self.ask(Wish::ShowPointer(window, shown));
    }

    fn ask(&self, wish: Wish) -> Result<(), ShellError> {
        self.proxy.send_event(wish).map_err(|_| ShellError::Ended)
    }

    fn answer<T>(&self, answer: &Receiver<T>) -> Result<T, ShellError> {
        select! {
            recv(answer) -> given => given.map_err(|_| ShellError::Ended),
            recv(self.lost) -> _ => Err(ShellError::Lost),
        }
    }
}

/// Real-time priority of the thread that stamps keys: above the render thread's, which waits with open eyes for its
/// flips, and on few cores a key would wait with it.
const PRIORITY: i32 = 12;

/// Runs the event loop on this thread, which must be the main one, and `worker` on another. Gives what the
/// worker gives, once it has ended. Keys, focus and closing go to `events`.
///
/// # Errors
/// No window system, a library that it needs is missing, or a second call in one process.
pub fn run<T: Send + 'static>(
    events: Sender<Event>,
    worker: impl FnOnce(ShellHandle) -> T + Send + 'static,
) -> Result<T, ShellError> {
    libraries::check()?;
    let mut builder = EventLoop::<Wish>::with_user_event();
    // Tests run on threads of their own; X11 and Wayland do not mind.
    #[cfg(target_os = "linux")]
    {
        winit::platform::x11::EventLoopBuilderExtX11::with_any_thread(&mut builder, true);
        winit::platform::wayland::EventLoopBuilderExtWayland::with_any_thread(&mut builder, true);
    }
    // The window library panics where a server goes away, or lacks an extension, while it introduces itself.
    let built = catch_unwind(AssertUnwindSafe(|| builder.build()));
    let unfit = |_| ShellError::NoWindowSystem("it does not answer as it should".into());
    let event_loop = built.map_err(unfit)?.map_err(|e| match e {
        winit::error::EventLoopError::RecreationAttempt => ShellError::OpenedTwice,
        e => ShellError::NoWindowSystem(without_place(&e.to_string())),
    })?;
    event_loop.set_control_flow(ControlFlow::Wait);
    let proxy = event_loop.create_proxy();
    let (alive, lost) = bounded(0);
    let (working, ended) = bounded(0);
    let session = lost::Watch {
        thread: std::thread::current().id(),
        events: events.clone(),
        alive: Some(alive),
        ended,
    };
    lost::watch(&event_loop, session);
    let handle = ShellHandle { proxy: proxy.clone(), lost };
    let asked = proxy.clone();
    let thread = std::thread::Builder::new()
        .name("conductor".into())
        .spawn(move || {
            // However the worker ends, the loop must end too.
            let _end = EndLoop(proxy, working);
            worker(handle)
        })
        .map_err(|e| ShellError::NoThread("conductor", e))?;
    // Only now: threads that are started take over the priority of the one that starts them.
    let (raised, text) = priority::raise("window", PRIORITY);
    let level = if raised { Level::Info } else { Level::Warning };
    // Nobody listening means that the session is ending.
    let _ = events.send(Event::Note { stamp: monotonic_now(), level, text });
    let mut app = app::App::new(events, asked);
    let ran = catch_unwind(AssertUnwindSafe(|| event_loop.run_app(&mut app)));
    // A loop that ended before its worker has lost its window system; what it panicked for was said by the hook.
    if !matches!(ran, Ok(Ok(()))) {
        lost::tell();
    }
    let result = thread.join().map_err(|_| ShellError::WorkerPanicked);
    lost::forget();
    result
}

/// The window library says where in its own source a call failed: `os error at FILE:LINE: WHY`.
fn without_place(text: &str) -> String {
    let why = match text.strip_prefix("os error at ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, why)| why),
        None => text,
    };
    why.into()
}

/// Dropped when the worker has ended: the loop is told so, and so is whoever waits for the second to be dropped.
struct EndLoop(EventLoopProxy<Wish>, #[expect(dead_code)] Sender<Infallible>);

impl Drop for EndLoop {
    fn drop(&mut self) {
        // It fails only where the loop has ended already.
        let _ = self.0.send_event(Wish::End);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_do_not_show_places_in_foreign_sources() {
        assert_eq!(without_place("os error at /a/b.rs:7: no server"), "no server");
        assert_eq!(without_place("os error at /a/b.rs:7: X11 error: gone"), "X11 error: gone");
        assert_eq!(without_place("not supported: at all"), "not supported: at all");
    }

    #[test]
    fn a_missing_monitor_names_those_that_are_there() {
        let available = vec!["DP-1".to_string(), "HDMI-2".to_string()];
        let e = ShellError::NoMonitor { wanted: "DP-9".into(), available };
        assert_eq!(e.to_string(), "there is no monitor \"DP-9\"; there is \"DP-1\", \"HDMI-2\"");
    }
}
