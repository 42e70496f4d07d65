//! Who stamps the keys of a run in a window: asked of the rig, started, and said.

use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::record::Level;
use crate::input::source::{self, Place, Source};
use crate::rig::schema::InputSetup;
use crate::shell::{OpenWindow, Pointing};
use crossbeam_channel::Sender;

/// Listens to the keys that are meant for a window, until what it gives is dropped.
pub fn listen(setup: &InputSetup, open: &OpenWindow, events: &Sender<Event>) -> Source {
    let place = Place {
        x11: open.x11.clone(),
        focused: open.focused.clone(),
        inside: open.inside.clone(),
        // Where a button is pressed must be known before that it is pressed, and that the window knows.
        buttons: open.pointing != Some(Pointing::To),
    };
    let source = source::start(setup, &place, events);
    for (level, text) in source.said.clone() {
        if level != Level::Info {
            eprintln!("warning: {text}");
        }
        // Nobody listening means that the session is ending.
        let _ = events.send(Event::Note { stamp: monotonic_now(), level, text });
    }
    source
}
