//! Watches a window on an X server, on a connection and a thread of its own: whether it can be seen, whether it has the
//! keyboard, and whether its monitor is there. It ends with the window.
//!
//! The keyboard is taken back only for a full screen, once a second, and only where nobody has it: it is not to be seen, or
//! there is none. A window that can be seen keeps it, for it may be a question of the desktop that somebody must answer.

mod monitors;

use super::sight::{Account, Sight};
use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crossbeam_channel::Sender;
use monitors::Monitors;
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::Event as XEvent;
use x11rb::protocol::randr::{ConnectionExt as _, NotifyMask};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, MapState, NotifyDetail,
    NotifyMode, Visibility, Window,
};
use x11rb::rust_connection::RustConnection;

/// How often the keyboard is asked for.
const RETRY: Nanos = Nanos::from_millis(1_000);
/// While it is waited for it is looked this often for what else happens.
const PAUSE: Duration = Duration::from_millis(50);

/// A window, and who is told of it.
pub struct Place {
    /// Its number on the server that DISPLAY names.
    pub window: Window,
    pub fullscreen: bool,
    /// The monitor that it is on, by the name of its output.
    pub monitor: Option<String>,
    pub events: Sender<Event>,
    /// Asks for the window to fill the monitor of that name.
    pub fill: Box<dyn Fn(String) + Send>,
}

/// What is known of the window.
struct Watch {
    place: Place,
    connection: RustConnection,
    root: Window,
    account: Account,
    mapped: bool,
    visibility: Visibility,
    monitors: Monitors,
    /// When it is next asked for the keyboard, while it has not got it.
    ask_at: Option<Nanos>,
}

/// Starts watching. Where it cannot, the run goes on without, and that is said.
pub fn start(place: Place) {
    let events = place.events.clone();
    let say = move |why: String| {
        let text = format!("nobody will tell whether the window can be seen: {why}");
        // Nobody listening means that the session is ending.
        let _ = events.send(Event::Note { stamp: monotonic_now(), level: Level::Warning, text });
    };
    let watching = move || match Watch::open(place) {
        // Its end is told by those who draw into the window.
        Ok(watch) => drop(watch.watch()),
        Err(why) => say(why.to_string()),
    };
    // A system that starts no threads any more says so in a louder place.
    let _ = std::thread::Builder::new().name("watch".into()).spawn(watching);
}

impl Watch {
    fn open(place: Place) -> Result<Watch, Box<dyn std::error::Error>> {
        let (connection, screen) = x11rb::connect(None)?;
        let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
        let mask =
            EventMask::VISIBILITY_CHANGE | EventMask::STRUCTURE_NOTIFY | EventMask::FOCUS_CHANGE;
        let wanted = ChangeWindowAttributesAux::new().event_mask(mask);
        connection.change_window_attributes(place.window, &wanted)?.check()?;
        let changes =
            NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE | NotifyMask::SCREEN_CHANGE;
        // A server without the extension has monitors that cannot go.
        let _ = connection.randr_select_input(root, changes).map(|cookie| cookie.check());
        let monitors = Monitors::new(place.monitor.clone(), monitors::names(&connection, root));
        let mapped = connection.get_window_attributes(place.window)?.reply()?.map_state;
        let account = Account::of(place.fullscreen);
        Ok(Watch {
            place,
            connection,
            root,
            account,
            mapped: mapped == MapState::VIEWABLE,
            visibility: Visibility::UNOBSCURED,
            monitors,
            ask_at: None,
        })
    }

    /// Watches until window or server are gone.
    fn watch(mut self) -> Result<(), Box<dyn std::error::Error>> {
        loop {
            let event = match self.ask_at {
                None => Some(self.connection.wait_for_event()?),
                Some(_) => self.connection.poll_for_event()?,
            };
            let now = monotonic_now();
            match event {
                Some(XEvent::DestroyNotify(e)) if e.window == self.place.window => return Ok(()),
                Some(event) => self.heard(now, &event),
                None => {
                    self.ask(now)?;
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    fn heard(&mut self, now: Nanos, event: &XEvent) {
        match event {
            XEvent::VisibilityNotify(e) => {
                self.visibility = e.state;
                self.look(now);
            }
            XEvent::MapNotify(e) if e.window == self.place.window => {
                // Its visibility is told next.
                self.mapped = true;
            }
            // One that is destroyed is unmapped first, and that is told elsewhere.
            XEvent::UnmapNotify(e) if e.window == self.place.window && self.is_there() => {
                self.mapped = false;
                self.look(now);
            }
            // One that comes with the pointer goes with it.
            XEvent::FocusIn(e) if e.detail != NotifyDetail::POINTER => self.ask_at = None,
            // One who grabs the keyboard gives it back.
            XEvent::FocusOut(e)
                if self.place.fullscreen
                    && e.mode != NotifyMode::GRAB
                    && e.detail != NotifyDetail::INFERIOR =>
            {
                self.ask_at.get_or_insert(now + RETRY);
            }
            XEvent::RandrNotify(_) | XEvent::RandrScreenChangeNotify(_) => {
                let there = monitors::names(&self.connection, self.root);
                let change = self.monitors.turn(now, there, self.place.fullscreen);
                if let Some(change) = change {
                    self.say(now, change.level, change.text);
                    change.fill.into_iter().for_each(&self.place.fill);
                }
            }
            _ => {}
        }
    }

    fn is_there(&self) -> bool {
        let asked = self.connection.get_window_attributes(self.place.window);
        asked.is_ok_and(|cookie| cookie.reply().is_ok())
    }

    /// What can be seen of the window now.
    fn look(&mut self, now: Nanos) {
        let sight = match (self.mapped, self.visibility) {
            (false, _) => Sight::Hidden,
            (true, Visibility::FULLY_OBSCURED) => Sight::Covered,
            (true, Visibility::PARTIALLY_OBSCURED) => Sight::Partly,
            (true, _) => Sight::Seen,
        };
        if let Some((level, text)) = self.account.turn(now, sight) {
            self.say(now, level, text);
        }
    }

    /// Takes the keyboard back where nobody has it.
    fn ask(&mut self, now: Nanos) -> Result<(), Box<dyn std::error::Error>> {
        if self.ask_at.is_none_or(|at| now < at) {
            return Ok(());
        }
        self.ask_at = Some(now + RETRY);
        let focus = self.connection.get_input_focus()?.reply()?.focus;
        let nobody = [x11rb::NONE, u32::from(InputFocus::POINTER_ROOT), self.root].contains(&focus);
        let unseen = || {
            let asked = self.connection.get_window_attributes(focus).ok()?;
            // One that is gone is not there either.
            Some(asked.reply().map_or(true, |a| a.map_state != MapState::VIEWABLE))
        };
        if self.mapped && (nobody || unseen() == Some(true)) {
            let to = InputFocus::POINTER_ROOT;
            // Where the server refuses, it is asked again in a second.
            self.connection.set_input_focus(to, self.place.window, x11rb::CURRENT_TIME)?;
            self.connection.flush()?;
        }
        Ok(())
    }

    fn say(&self, stamp: Nanos, level: Level, text: String) {
        // Nobody listening means that the session is ending.
        let _ = self.place.events.send(Event::Note { stamp, level, text });
    }
}
