//! The render thread: it owns surface, card and flips. Scenes come in through a mailbox; reports go out as
//! events. Nothing it waits for can hold up whoever sends the scenes.

mod flip;
mod gap;
#[cfg(all(feature = "window", windows))]
mod hwnd;
mod machine;
mod measure;
#[cfg(all(feature = "window", unix))]
mod msc;
mod refresh;
mod screen;
mod session;
#[cfg(feature = "window")]
mod surface;
#[cfg(feature = "window")]
mod verify;
#[cfg(all(feature = "window", unix))]
pub(super) mod x11;

use crate::ground::clock::monotonic_now;
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::{Display, MarkerPort, PictureSource, ShowRequest, SoundPort};
use crate::ground::scene::{Rgb, StimulusId};
use crate::ground::time::Nanos;
use crate::rig::patch::Patch;
use crate::rig::schema::Screen;
use crossbeam_channel::{Receiver, Sender, never, unbounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

/// How a display is set up.
#[derive(Clone, Debug)]
pub struct RenderConfig {
    /// The rig's screen.
    pub screen: Screen,
    /// What the screen shows before the first scene.
    pub background: Rgb,
    pub patch: Option<Patch>,
    /// The rig's photodiode correction, handed on in `DisplayInfo`.
    pub offset: Nanos,
    /// Room for pictures on the card, in bytes; by the kind of card where nothing is said.
    pub pool_bytes: Option<u64>,
    /// Told of each scene with an event mark, when it is handed over.
    pub markers: Option<Arc<dyn MarkerPort>>,
    /// Told ahead when scenes will appear.
    pub sounds: Option<Arc<dyn SoundPort>>,
    /// Only for tests: the flip loop stands still for so long right before it hands over these tickets.
    pub stalls: Vec<(u64, Nanos)>,
    /// Only for tests: the device is given up right before these tickets are drawn.
    pub losses: Vec<u64>,
}

impl RenderConfig {
    /// The row of a screen of this height in pixels whose onset is told, as a share from the top: that of the photodiode's
    /// patch, else the middle.
    #[cfg(feature = "window")]
    fn row(&self, height: u32) -> f64 {
        self.patch.map_or(0.5, |patch| {
            let middle = (f64::from(patch.size_px) / 2.0 / f64::from(height.max(1))).min(1.0);
            if patch.is_at_top() { middle } else { 1.0 - middle }
        })
    }
}

impl Default for RenderConfig {
    fn default() -> Self {
        RenderConfig {
            screen: Screen::default(),
            background: Rgb::BLACK,
            patch: None,
            offset: Nanos::ZERO,
            pool_bytes: None,
            markers: None,
            sounds: None,
            stalls: Vec::new(),
            losses: Vec::new(),
        }
    }
}

/// Where it draws.
#[derive(Clone, Debug)]
pub enum Target {
    /// Into memory, on a 60 Hz timer (or the rig's rate); onsets are `virtual`.
    Offscreen { width: u32, height: u32 },
    /// Into a window.
    #[cfg(feature = "window")]
    Window(WindowTarget),
}

/// A window to draw into.
#[cfg(feature = "window")]
#[derive(Clone, Debug)]
pub struct WindowTarget {
    pub window: Arc<winit::window::Window>,
    /// Set by whoever owns the window when a part of it must be drawn again.
    pub exposed: Arc<std::sync::atomic::AtomicBool>,
    pub fullscreen: bool,
    pub monitor: Option<String>,
    /// What the monitor says of itself, in hertz.
    pub refresh_hz: Option<f64>,
    /// Tells of each window that takes the place of this one after somebody has destroyed it. Disconnected where none ever will.
    pub renewed: Receiver<Renewed>,
}

/// When a window was destroyed, and the one that takes its place.
#[cfg(feature = "window")]
pub type Renewed = (Nanos, Arc<winit::window::Window>);
/// There are no windows.
#[cfg(not(feature = "window"))]
type Renewed = (Nanos, std::convert::Infallible);

impl Target {
    /// Tells of new windows.
    fn renewed(&self) -> Receiver<Renewed> {
        match self {
            Target::Offscreen { .. } => never(),
            #[cfg(feature = "window")]
            Target::Window(w) => w.renewed.clone(),
        }
    }

    /// Draws into another window from now on.
    #[cfg_attr(not(feature = "window"), expect(unused_variables, reason = "there are none"))]
    fn renew(&mut self, (_, window): Renewed) {
        #[cfg(feature = "window")]
        if let Target::Window(w) = self {
            w.window = window;
        }
    }
}

pub(super) enum Command {
    Show(Box<ShowRequest>),
    Withdraw(u64),
    Upcoming(Vec<StimulusId>, Nanos),
    Stop,
    #[cfg(test)]
    LoseDevice,
}

/// A running render thread. Dropping it ends the thread and waits for it.
#[derive(Debug)]
pub struct RenderHandle {
    commands: Sender<Command>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the render thread. It loads `preload`, measures the refresh, says `DisplayReady`, and then shows what
/// it is sent; whatever stops it is said as `DisplayFailed`.
pub fn start(
    config: RenderConfig,
    target: Target,
    pictures: Arc<dyn PictureSource>,
    preload: Vec<StimulusId>,
    events: Sender<Event>,
) -> RenderHandle {
    // Unbounded, so that a stalled screen never blocks its sender, and no scene or end is dropped. A runner looks one
    // second ahead at most, and each key adds at most one change of a scale: a minute's stall is some thousand.
    let (commands, inbox) = unbounded();
    let told = events.clone();
    let spawned = std::thread::Builder::new().name("render".into()).spawn(move || {
        let run = || session::run(&config, &target, pictures, preload, inbox, &events);
        let failure = match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(())) => return,
            Ok(Err(failure)) => failure,
            // The session must not wait for a screen that will never answer.
            Err(_) => DisplayFailure {
                text: "the render thread has stopped".into(),
                remedy: "this is a defect of the program: report it with what stands above".into(),
            },
        };
        // Nobody listening means that the session is ending anyway.
        let _ = events.send(Event::DisplayFailed(failure));
    });
    let thread = match spawned {
        Ok(t) => Some(t),
        Err(e) => {
            let text = format!("the render thread cannot be started: {e}");
            let remedy = "close other programs and start again".into();
            // As above.
            let _ = told.send(Event::DisplayFailed(DisplayFailure { text, remedy }));
            None
        }
    };
    RenderHandle { commands, thread }
}

impl RenderHandle {
    /// Ends the thread and waits for it.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.send(Command::Stop);
        if let Some(t) = self.thread.take() {
            // A panic there was reported by the panic hook; nothing is left to do here.
            let _ = t.join();
        }
    }

    fn send(&self, command: Command) {
        // The thread is gone only after it has said why.
        let _ = self.commands.send(command);
    }

    /// Makes the driver give the device up.
    #[cfg(test)]
    fn lose_device(&self) {
        self.send(Command::LoseDevice);
    }
}

impl Drop for RenderHandle {
    fn drop(&mut self) {
        self.end();
    }
}

impl Display for RenderHandle {
    fn upcoming(&mut self, pictures: &[StimulusId], at: Nanos) {
        self.send(Command::Upcoming(pictures.to_vec(), at));
    }

    fn show(&mut self, request: ShowRequest) {
        self.send(Command::Show(Box::new(request)));
    }

    fn withdraw(&mut self, from_ticket: u64) {
        self.send(Command::Withdraw(from_ticket));
    }
}

/// A note for the experimenter, stamped now.
fn note(events: &Sender<Event>, level: crate::ground::record::Level, text: impl Into<String>) {
    let note = Event::Note { stamp: monotonic_now(), level, text: text.into() };
    // Nobody listening means that the session is ending.
    let _ = events.send(note);
}

#[cfg(test)]
mod tests;
