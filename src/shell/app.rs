//! What happens in the loop: wishes of the worker, and events of its windows.

mod lasting;
mod pointer;

use super::{Pointing, Wish, open};
use crate::ground::clock::monotonic_now;
use crate::ground::event::{Event, KeyEvent, RawTravel};
use crate::ground::time::Nanos;
use crossbeam_channel::Sender;
use lasting::Kept;
use pointer::Hand;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use winit::application::ApplicationHandler;
use winit::event::{DeviceEvent, DeviceId, ElementState, WindowEvent};
use winit::event_loop::{ActiveEventLoop, EventLoopProxy};
use winit::keyboard::{KeyCode, PhysicalKey};
use winit::window::WindowId;

/// The loop's state: the windows that are open.
pub struct App {
    events: Sender<Event>,
    /// For those who watch windows on threads of their own.
    asked: EventLoopProxy<Wish>,
    windows: HashMap<WindowId, Kept>,
    /// Windows that were destroyed, and those that have taken their places.
    heirs: HashMap<WindowId, WindowId>,
    /// Whether the pointer was asked for last.
    pointer_shown: bool,
    hand: Hand,
    before: Before,
}

/// Keys that were down when a window got the focus: only their next press counts. The library takes their first auto-repeat
/// for a press.
#[derive(Debug, Default)]
struct Before(HashSet<PhysicalKey>);

impl Before {
    /// Whether this is still about a key from before.
    fn has(&mut self, key: PhysicalKey, state: ElementState) -> bool {
        match state {
            ElementState::Pressed => self.0.contains(&key),
            ElementState::Released => self.0.remove(&key),
        }
    }
}

impl App {
    pub fn new(events: Sender<Event>, asked: EventLoopProxy<Wish>) -> App {
        App {
            events,
            asked,
            windows: HashMap::new(),
            heirs: HashMap::new(),
            pointer_shown: false,
            hand: Hand::default(),
            before: Before::default(),
        }
    }

    fn tell(&self, event: Event) {
        // Nobody listening means that the session is ending.
        let _ = self.events.send(event);
    }

    fn key(&mut self, stamp: Nanos, event: &winit::event::KeyEvent) {
        if self.before.has(event.physical_key, event.state) {
            return;
        }
        self.tell(Event::Key(KeyEvent {
            stamp,
            code: code(event.physical_key),
            down: event.state.is_pressed(),
            repeat: event.repeat,
            device: "keyboard".into(),
            source: "window".into(),
        }));
    }
}

impl ApplicationHandler<Wish> for App {
    fn resumed(&mut self, _: &ActiveEventLoop) {}

    fn user_event(&mut self, event_loop: &ActiveEventLoop, wish: Wish) {
        match wish {
            Wish::Open(spec, reply) => {
                let opened = open::open(event_loop, &spec).map(|open| self.keep(*spec, open));
                // A worker that does not wait any more has ended.
                let _ = reply.send(opened);
            }
            Wish::Close(id, reply) => {
                self.windows.remove(&self.heir(id));
                // As above.
                let _ = reply.send(());
            }
            Wish::ShowPointer(id, shown) => {
                self.pointer_shown = shown;
                if let Some(w) = self.open(self.heir(id)) {
                    w.window.set_cursor_visible(shown);
                }
            }
            Wish::Fill(id, monitor) => self.fill(event_loop, id, &monitor),
            Wish::End => {
                self.windows.clear();
                event_loop.exit();
            }
        }
    }

    fn device_event(&mut self, _: &ActiveEventLoop, _: DeviceId, event: DeviceEvent) {
        let stamp = monotonic_now();
        if let DeviceEvent::MouseMotion { delta: (right, down) } = event
            && self.windows.values().any(|w| w.open.pointing == Some(Pointing::By))
        {
            self.tell(pointer::travelled(stamp, RawTravel::By([right, down])));
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, id: WindowId, event: WindowEvent) {
        let stamp = monotonic_now();
        match event {
            // Keys that were down when the window got the focus were not pressed for us; keys that are down
            // when it loses the focus are as good as released.
            WindowEvent::KeyboardInput { event, is_synthetic, .. } => {
                if is_synthetic && event.state.is_pressed() {
                    self.before.0.insert(event.physical_key);
                } else {
                    self.key(stamp, &event);
                }
            }
            WindowEvent::Focused(gained) => {
                self.hand.kept = gained;
                if let Some(w) = self.open(id) {
                    w.focused.store(gained, Ordering::Release);
                    w.keep_pointer(gained);
                }
                self.tell(Event::Focus { stamp, gained });
            }
            WindowEvent::CursorMoved { position, .. } => {
                self.hand.at = [position.x, position.y];
                self.pointed(stamp, id);
                self.recall(id, Some(self.hand.at));
            }
            WindowEvent::CursorEntered { .. } => self.inside(id, true),
            WindowEvent::CursorLeft { .. } => {
                self.inside(id, false);
                self.recall(id, None);
            }
            WindowEvent::MouseInput { state, button, .. } => {
                // Where it is pressed must be known before that it is pressed.
                self.pointed(stamp, id);
                if let Some(key) = pointer::button(stamp, button, state.is_pressed()) {
                    self.tell(Event::Key(key));
                }
            }
            WindowEvent::CloseRequested => self.tell(Event::Closed { stamp }),
            // By somebody else: those that we close are out of the list by then.
            WindowEvent::Destroyed => self.destroyed(event_loop, stamp, id),
            WindowEvent::Occluded(covered) => self.occluded(stamp, id, covered),
            // One that became smaller exposes nothing, and must be laid out anew all the same.
            WindowEvent::RedrawRequested | WindowEvent::Resized(_) => {
                if let Some(w) = self.open(id) {
                    w.exposed.store(true, Ordering::Release);
                }
            }
            _ => {}
        }
    }
}

impl App {
    fn inside(&self, id: WindowId, inside: bool) {
        if let Some(w) = self.open(id) {
            w.inside.store(inside, Ordering::Release);
        }
    }

    fn recall(&self, id: WindowId, at: Option<[f64; 2]>) {
        if let Some(w) = self.open(id).filter(|_| self.hand.kept) {
            w.recall_pointer(at);
        }
    }

    /// Tells where the pointer is, if that is asked for.
    fn pointed(&self, stamp: Nanos, id: WindowId) {
        if self.open(id).is_some_and(|w| w.pointing == Some(Pointing::To)) {
            self.tell(pointer::travelled(stamp, RawTravel::To(self.hand.at)));
        }
    }
}

/// The W3C `code` name of a physical key.
fn code(key: PhysicalKey) -> String {
    match key {
        // The two for which the window library has names of its own.
        PhysicalKey::Code(KeyCode::SuperLeft) => "MetaLeft".into(),
        PhysicalKey::Code(KeyCode::SuperRight) => "MetaRight".into(),
        PhysicalKey::Code(code) => format!("{code:?}"),
        PhysicalKey::Unidentified(_) => "Unidentified".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_from_before_counts_from_its_next_press_on() {
        use ElementState::{Pressed, Released};
        let key = PhysicalKey::Code(KeyCode::Enter);
        let mut before = Before::default();
        before.0.insert(key);
        assert!(before.has(key, Pressed), "its auto-repeat");
        assert!(before.has(key, Released));
        assert!(!before.has(key, Pressed) && !before.has(key, Released));
    }

    #[test]
    fn keys_have_their_w3c_names() {
        let name = |k| code(PhysicalKey::Code(k));
        assert_eq!(name(KeyCode::ArrowLeft), "ArrowLeft");
        assert_eq!(name(KeyCode::Digit5), "Digit5");
        assert_eq!(name(KeyCode::KeyQ), "KeyQ");
        assert_eq!(name(KeyCode::NumpadEnter), "NumpadEnter");
        assert_eq!(name(KeyCode::SuperLeft), "MetaLeft");
    }
}
