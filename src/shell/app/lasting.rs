//! Windows that last: another is opened in the place of one that somebody has destroyed, and fills another monitor where its
//! own is gone. Who draws into it and who hears its keys are told of the new one.

use super::super::awake::{self, Awake};
use super::super::sight::{Account, Sight};
#[cfg(unix)]
use super::super::watch;
use super::super::{Mode, OpenWindow, WindowSpec, open};
use super::App;
use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crossbeam_channel::{Sender, unbounded};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use winit::event_loop::ActiveEventLoop;
use winit::window::{Fullscreen, Window, WindowId};

/// A window that is open, and what is needed to open it anew.
pub(super) struct Kept {
    pub open: OpenWindow,
    spec: WindowSpec,
    /// Who is told of a window in its place; nobody where it is not to last.
    renew: Option<Sender<(Nanos, Arc<Window>)>>,
    /// Whether it can be seen, where the window library tells.
    account: Account,
    /// The screen stays on while it is open.
    _awake: Awake,
}

impl App {
    /// A window, if it is open.
    pub(super) fn open(&self, id: WindowId) -> Option<&OpenWindow> {
        self.windows.get(&id).map(|kept| &kept.open)
    }

    /// The window that has taken the place of one.
    pub(super) fn heir(&self, id: WindowId) -> WindowId {
        let mut heir = id;
        while let Some(next) = self.heirs.get(&heir) {
            heir = *next;
        }
        heir
    }

    /// Keeps a window that was opened for the first time.
    pub(super) fn keep(&mut self, spec: WindowSpec, open: OpenWindow) -> OpenWindow {
        // Unbounded, for the loop must not wait; windows are seldom destroyed.
        let (renew, renewed) = unbounded();
        let open = OpenWindow { renewed, ..open };
        let renew = spec.lasting.then_some(renew);
        self.insert(spec, open.clone(), renew);
        open
    }

    fn insert(
        &mut self,
        spec: WindowSpec,
        open: OpenWindow,
        renew: Option<Sender<(Nanos, Arc<Window>)>>,
    ) {
        let (awake, level, text) = awake::hold(&open.window);
        self.tell(Event::Note { stamp: monotonic_now(), level, text });
        let id = open.window.id();
        #[cfg(unix)]
        if let Some(number) = &open.x11 {
            let ask = self.asked.clone();
            let place = watch::Place {
                window: number.load(Ordering::Acquire),
                fullscreen: open.fullscreen,
                monitor: open.monitor.clone(),
                events: self.events.clone(),
                fill: Box::new(move |monitor| {
                    // The loop has ended, and its windows with it.
                    let _ = ask.send_event(super::Wish::Fill(id, monitor));
                }),
            };
            watch::start(place);
        }
        let account = Account::of(open.fullscreen);
        self.windows.insert(id, Kept { open, spec, renew, account, _awake: awake });
    }

    /// Somebody has destroyed a window. One that is to last is opened anew; else it was closed.
    pub(super) fn destroyed(&mut self, event_loop: &ActiveEventLoop, stamp: Nanos, id: WindowId) {
        let Some(old) = self.windows.remove(&id) else { return };
        let Some(renew) = old.renew else {
            self.tell(Event::Closed { stamp });
            return;
        };
        let text = "the window was destroyed by another program: another is opened in its place";
        self.tell(Event::Note { stamp, level: Level::Error, text: text.into() });
        old.open.inside.store(false, Ordering::Release);
        if old.open.focused.swap(false, Ordering::AcqRel) {
            self.hand.kept = false;
            self.tell(Event::Focus { stamp, gained: false });
        }
        let anywhere = || WindowSpec { mode: anywhere(&old.spec.mode), ..old.spec.clone() };
        let opened =
            open::open(event_loop, &old.spec).or_else(|_| open::open(event_loop, &anywhere()));
        match opened {
            Ok(new) => {
                let new = new.in_place_of(&old.open);
                new.window.set_cursor_visible(self.pointer_shown);
                self.heirs.insert(id, new.window.id());
                // Nobody draws into it any more where this fails.
                let _ = renew.send((stamp, new.window.clone()));
                self.insert(old.spec, new, Some(renew));
            }
            Err(why) => self.tell(Event::DisplayFailed(why.failure())),
        }
    }

    /// The window library tells whether a window can be seen. On X11 it does not tell all, and is not asked.
    pub(super) fn occluded(&mut self, stamp: Nanos, id: WindowId, covered: bool) {
        let Some(kept) = self.windows.get_mut(&id).filter(|k| !k.open.is_x11()) else { return };
        let sight = if covered { Sight::Hidden } else { Sight::Seen };
        if let Some((level, text)) = kept.account.turn(stamp, sight) {
            self.tell(Event::Note { stamp, level, text });
        }
    }

    /// Fills the monitor of that name, if it is there.
    pub(super) fn fill(&mut self, event_loop: &ActiveEventLoop, id: WindowId, name: &str) {
        let Some(open) = self.open(self.heir(id)).filter(|w| w.fullscreen) else { return };
        let found = event_loop.available_monitors().find(|m| m.name().as_deref() == Some(name));
        let Some(monitor) = found else { return };
        // Size and place too, for servers without a window manager.
        open.window.set_fullscreen(Some(Fullscreen::Borderless(Some(monitor.clone()))));
        open.window.set_outer_position(monitor.position());
        let _ = open.window.request_inner_size(monitor.size());
    }
}

/// A monitor may be gone with the window that was on it.
fn anywhere(mode: &Mode) -> Mode {
    match mode {
        Mode::Fullscreen { .. } => Mode::Fullscreen { monitor: None },
        window => window.clone(),
    }
}
