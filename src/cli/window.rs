//! The window of a run or of a test: opened as the command line and the rig say, its keys listened to, until what is done in
//! it is done.

#[cfg(feature = "window")]
mod keys;

use super::args::DisplayMode;
use super::failure::Failure;
use crate::ground::event::Event;
use crate::presenter::render::Target;
use crate::rig::schema::Rig;
use crossbeam_channel::Sender;

/// What is wanted.
#[cfg_attr(not(feature = "window"), expect(dead_code, reason = "nothing opens windows"))]
#[derive(Clone, Debug)]
pub struct Wanted {
    pub title: String,
    pub display: DisplayMode,
    /// Of a window, in pixels.
    pub size: (u32, u32),
    /// For full screen; else the rig's.
    pub monitor: Option<String>,
    pub rig: Rig,
    /// It goes on in another window where somebody destroys the one that there is; else that ends it.
    pub lasting: bool,
}

/// A window that is open.
#[cfg(feature = "window")]
#[derive(Debug)]
pub struct Opened {
    pub shell: crate::shell::ShellHandle,
    pub window: crate::shell::OpenWindow,
    pub target: Target,
}

/// The same, where there are none.
#[cfg(not(feature = "window"))]
#[derive(Debug)]
pub struct Opened {
    pub target: Target,
}

/// Opens a window, and gives what is done in it gives. Keys and all else that happens to the window go to `events`.
///
/// # Errors
/// There is no such window to be had, or what `work` gives.
#[cfg(feature = "window")]
pub fn within<T: Send + 'static>(
    wanted: Wanted,
    events: Sender<Event>,
    work: impl FnOnce(Opened) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    use crate::presenter::render::WindowTarget;
    use crate::rig::schema::PointerSetup;
    use crate::shell::{self, Mode, Pointing, WindowSpec};
    let rig = wanted.rig;
    let mode = match wanted.display {
        DisplayMode::Fullscreen => {
            Mode::Fullscreen { monitor: wanted.monitor.or_else(|| rig.screen.monitor.clone()) }
        }
        _ => Mode::Window { width: wanted.size.0, height: wanted.size.1 },
    };
    let pointing = rig.pointer.map(|p| match p {
        PointerSetup::Move { .. } => Pointing::By,
        PointerSetup::Point => Pointing::To,
    });
    let spec = WindowSpec { title: wanted.title, mode, pointing, lasting: wanted.lasting };
    let told = events.clone();
    let failed = |e: shell::ShellError| Failure::device(&e, e.remedy());
    let ran = shell::run(events, move |shell| {
        let window = shell.open(spec).map_err(failed)?;
        let _keys = keys::listen(&rig.input, &window, &told);
        let target = Target::Window(WindowTarget {
            window: window.window.clone(),
            exposed: window.exposed.clone(),
            fullscreen: window.fullscreen,
            monitor: window.monitor.clone(),
            refresh_hz: window.refresh_hz,
            renewed: window.renewed.clone(),
        });
        work(Opened { shell, window, target })
    });
    match ran {
        Ok(done) => done,
        // What stopped it has been printed; the exit code is that of a defect.
        Err(shell::ShellError::WorkerPanicked) => std::panic::resume_unwind(Box::new(())),
        Err(e) => Err(failed(e)),
    }
}

/// There are none.
#[cfg(not(feature = "window"))]
pub fn within<T>(
    _: Wanted,
    _: Sender<Event>,
    _: impl FnOnce(Opened) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let remedy = "use --display offscreen, or build it with the feature \"window\"";
    Err(Failure::device("this program was built without windows", remedy))
}
