//! Keys and mouse buttons straight from an X server: XInput2's raw events, on a connection and a thread of their own, stamped
//! when they arrive there. Raw events come whoever has the keyboard, so what is not meant for our window is left out here. The
//! server's own stamps are whole milliseconds: a check, no more. It follows the window to the one that takes its place, and tells
//! of keyboards that are unplugged.

mod attention;
mod crosscheck;
mod keyboards;

use super::codes::{self, X_OFFSET};
use super::gate::{Gate, Key, Stroke};
use super::source::{Stop, Unavailable, Voice};
use crate::ground::clock::monotonic_now;
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use attention::{Attention, FirstFocus};
use crosscheck::Crosscheck;
use keyboards::{Keyboards, News};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::Event as XEvent;
use x11rb::protocol::xinput::{
    self, ConnectionExt as _, Device, DeviceType, EventMask as XiEventMask, HierarchyEvent,
    KeyEventFlags, XIEventMask,
};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, Window,
};
use x11rb::rust_connection::RustConnection;

/// The name of this source in key events.
pub const NAME: &str = "xinput2";

/// How often it is looked for a window in the place of one that is gone.
const PAUSE: Duration = Duration::from_millis(5);

/// A window on the server that DISPLAY names, and what it has of keyboard and pointer.
#[derive(Debug)]
struct Ear {
    connection: RustConnection,
    root: Window,
    /// The window, as it is known to whoever opens others in its place, and the one that is listened to.
    number: Arc<AtomicU32>,
    window: Window,
    /// It is gone, and no other is there yet.
    gone: bool,
    keyboards: Keyboards,
    attention: Attention,
    gate: Gate,
    /// Logical numbers of the pointer's buttons, by the physical ones from 1 on.
    buttons: Vec<u8>,
    crosscheck: Crosscheck,
}

/// Listens to the keys that are meant for a window, and to mouse buttons where these are wanted too.
///
/// # Errors
/// A server that does not answer, or has no XInput 2.
pub fn start(
    window: Arc<AtomicU32>,
    buttons: bool,
    voice: Voice,
    stop: Stop,
) -> Result<(), Unavailable> {
    let unavailable = |why: &dyn std::fmt::Display| Unavailable {
        text: format!("XInput 2 cannot be used ({why})"),
        remedy: "update the X server, or write source = \"window\" into [input] of the rig".into(),
    };
    let ear = Ear::open(window, buttons).map_err(|e| unavailable(&e))?;
    let thread = voice.on_thread("xinput2", move |voice| ear.listen(voice, &stop));
    thread.map_err(|e| unavailable(&e))
}

impl Ear {
    /// Asks for the events first and then for the state they change, so that no change is missed between the two.
    fn open(number: Arc<AtomicU32>, buttons: bool) -> Result<Ear, Box<dyn std::error::Error>> {
        let window = number.load(Ordering::Acquire);
        let (connection, screen) = x11rb::connect(None)?;
        let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
        if connection.extension_information(xinput::X11_EXTENSION_NAME)?.is_none() {
            return Err("the server does not have it".into());
        }
        let version = connection.xinput_xi_query_version(2, 2)?.reply()?;
        // Before 2.1 raw events do not come while another program has grabbed the keyboard, and focus events tell of that.
        if version.major_version < 2 {
            return Err(format!("the server has version {}", version.major_version).into());
        }
        listen_to(&connection, window)?;
        let mut wanted = XIEventMask::RAW_KEY_PRESS | XIEventMask::RAW_KEY_RELEASE;
        if buttons {
            wanted |= XIEventMask::RAW_BUTTON_PRESS | XIEventMask::RAW_BUTTON_RELEASE;
        }
        // Each keyboard speaks through a master; listening to both would be to hear everything twice.
        let masters = u16::from(bool::from(Device::ALL_MASTER));
        let mask = XiEventMask { deviceid: masters, mask: vec![wanted] };
        // Who comes and goes is told to those alone who ask for all devices.
        let all = u16::from(bool::from(Device::ALL));
        let hierarchy = XiEventMask { deviceid: all, mask: vec![XIEventMask::HIERARCHY] };
        connection.xinput_xi_select_events(root, &[mask, hierarchy])?.check()?;
        let mut keyboards = Keyboards::default();
        for info in connection.xinput_xi_query_device(all)?.reply()?.infos {
            if info.type_ == DeviceType::SLAVE_KEYBOARD && info.enabled {
                keyboards.know(info.deviceid, &String::from_utf8_lossy(&info.name));
            }
        }

        let attention = first_attention(&connection, root, window)?;
        let mut gate = Gate::new(NAME);
        for code in pressed(&connection.query_keymap()?.reply()?.keys) {
            gate.is_down_somewhere(code);
        }
        gate.focus(Nanos::ZERO, attention.has_keys());
        let buttons = connection.get_pointer_mapping()?.reply()?.map;
        Ok(Ear {
            connection,
            root,
            number,
            window,
            gone: false,
            keyboards,
            attention,
            gate,
            buttons,
            crosscheck: Crosscheck::default(),
        })
    }

    /// Tells of keys until nobody listens or the server is gone.
    fn listen(mut self, voice: &Voice, stop: &Stop) -> String {
        loop {
            let next = match self.gone {
                false => self.connection.wait_for_event().map(Some),
                true => self.connection.poll_for_event(),
            };
            let stamp = monotonic_now();
            let event = match next {
                Ok(Some(event)) => event,
                Ok(None) if stop.is_set() => return String::new(),
                Ok(None) => {
                    self.find_window();
                    std::thread::sleep(PAUSE);
                    continue;
                }
                Err(e) => return format!("the X server does not answer any more ({e})"),
            };
            if stop.is_set() || !self.heard(stamp, &event, voice) {
                return String::new();
            }
        }
    }

    /// False once nobody listens.
    fn heard(&mut self, stamp: Nanos, event: &XEvent, voice: &Voice) -> bool {
        let (stroke, server_ms) = match event {
            XEvent::XinputRawKeyPress(e) => {
                (key(stamp, e.sourceid, e.detail, true, e.flags), e.time)
            }
            XEvent::XinputRawKeyRelease(e) => {
                (key(stamp, e.sourceid, e.detail, false, e.flags), e.time)
            }
            XEvent::XinputRawButtonPress(e) => {
                (self.button(stamp, e.sourceid, e.detail, true), e.time)
            }
            XEvent::XinputRawButtonRelease(e) => {
                (self.button(stamp, e.sourceid, e.detail, false), e.time)
            }
            XEvent::XinputHierarchy(e) => return self.plugged(stamp, e, voice),
            other => return self.crossed(stamp, other, voice),
        };
        let Some(stroke) = stroke else { return true };
        self.learn(stroke.key.device);
        let ours = !codes::is_button(stroke.key.code) || self.attention.has_pointer();
        let Some(event) = self.gate.stroke(stroke, ours) else { return true };
        let heard = voice.key(event);
        if let Some(late) = self.crosscheck.late(stamp, server_ms) {
            let text = format!(
                "a key was stamped {late} ms after the X server had it: end other programs; if it happens often, use \
                 source = \"evdev\" in [input] of the rig"
            );
            voice.note(Level::Warning, text);
        }
        heard
    }

    /// Asks the server what a device calls itself, once for each.
    fn learn(&mut self, device: u16) {
        if self.gate.knows(device) {
            return;
        }
        // One that has gone meanwhile, or has no name, is a keyboard like any other.
        let name = self.name(device).unwrap_or_else(|| "keyboard".into());
        self.gate.name(device, &name);
    }

    fn name(&self, device: u16) -> Option<String> {
        let reply = self.connection.xinput_xi_query_device(device).ok()?.reply().ok()?;
        let name = reply.infos.into_iter().next()?.name;
        (!name.is_empty()).then(|| String::from_utf8_lossy(&name).into_owned())
    }

    /// Keyboards came or went. What was down on one that went comes up, for nobody will tell of it.
    fn plugged(&mut self, stamp: Nanos, event: &HierarchyEvent, voice: &Voice) -> bool {
        let mut heard = true;
        for news in keyboards::news(&event.infos) {
            let said = match news {
                News::Went(device) => {
                    let released = self.gate.gone(stamp, device);
                    heard &= released.into_iter().all(|event| voice.key(event));
                    self.keyboards.went(stamp, device)
                }
                News::Came(device) => {
                    let name = self.name(device).unwrap_or_else(|| "without a name".into());
                    self.keyboards.came(stamp, device, &name)
                }
            };
            if let Some((level, text)) = said {
                voice.note(level, text);
            }
        }
        heard
    }

    /// Listens to the window in the place of the one that is gone, once it is there.
    fn find_window(&mut self) {
        let window = self.number.load(Ordering::Acquire);
        if window == self.window {
            return;
        }
        self.window = window;
        // One that is gone again has no attention; the next will be found.
        let found = listen_to(&self.connection, window)
            .and_then(|()| first_attention(&self.connection, self.root, window));
        if let Ok(attention) = found {
            self.gone = false;
            self.attention = attention;
            self.gate.focus(monotonic_now(), attention.has_keys());
        }
    }

    fn button(&self, stamp: Nanos, device: u16, detail: u32, down: bool) -> Option<Stroke> {
        // A left-handed mouse is one whose buttons the server has exchanged.
        let at = usize::try_from(detail.checked_sub(1)?).ok()?;
        let logical = self.buttons.get(at).map_or(detail, |b| u32::from(*b));
        let key = Key { device, code: codes::button(logical)? };
        Some(Stroke { stamp, key, down, repeat: false })
    }

    /// Follows keyboard and pointer to our window and away from it.
    fn crossed(&mut self, stamp: Nanos, event: &XEvent, voice: &Voice) -> bool {
        let had = self.attention.has_keys();
        match event {
            XEvent::FocusIn(e) if e.event == self.window => {
                self.attention.focus_in(e.mode, e.detail);
            }
            XEvent::FocusOut(e) if e.event == self.window => {
                self.attention.focus_out(e.mode, e.detail);
            }
            XEvent::EnterNotify(e) if e.event == self.window => {
                self.attention.enter(e.same_screen_focus & 1 != 0);
            }
            XEvent::LeaveNotify(e) if e.event == self.window => {
                self.attention.leave(e.mode, e.detail);
            }
            XEvent::DestroyNotify(e) if e.window == self.window => {
                self.gone = true;
                self.attention = Attention::new(FirstFocus::Other, false);
            }
            XEvent::MappingNotify(_) => {
                let asked = self.connection.get_pointer_mapping();
                if let Some(reply) = asked.ok().and_then(|cookie| cookie.reply().ok()) {
                    self.buttons = reply.map;
                }
            }
            _ => {}
        }
        let has = self.attention.has_keys();
        had == has || self.gate.focus(stamp, has).into_iter().all(|event| voice.key(event))
    }
}

fn key(stamp: Nanos, device: u16, detail: u32, down: bool, flags: KeyEventFlags) -> Option<Stroke> {
    let code = u16::try_from(detail.checked_sub(X_OFFSET)?).ok()?;
    let repeat = flags.contains(KeyEventFlags::KEY_REPEAT);
    Some(Stroke { stamp, key: Key { device, code }, down, repeat })
}

/// The kernel's numbers of the keys whose bits are set in a keymap of an X server.
fn pressed(keymap: &[u8; 32]) -> impl Iterator<Item = u16> {
    let down = |x: &u16| keymap[usize::from(x / 8)] >> (x % 8) & 1 == 1;
    (X_OFFSET as u16..256).filter(down).map(|x| x - X_OFFSET as u16)
}

/// Asks for what tells of a window's attention, and of its end.
fn listen_to(
    connection: &RustConnection,
    window: Window,
) -> Result<(), Box<dyn std::error::Error>> {
    let wanted = EventMask::FOCUS_CHANGE
        | EventMask::ENTER_WINDOW
        | EventMask::LEAVE_WINDOW
        | EventMask::STRUCTURE_NOTIFY;
    let attributes = ChangeWindowAttributesAux::new().event_mask(wanted);
    connection.change_window_attributes(window, &attributes)?.check()?;
    Ok(())
}

fn first_attention(
    connection: &RustConnection,
    root: Window,
    window: Window,
) -> Result<Attention, Box<dyn std::error::Error>> {
    let focus = connection.get_input_focus()?.reply()?.focus;
    let pointer = connection.query_pointer(window)?.reply()?;
    let size = connection.get_geometry(window)?.reply()?;
    let within = |at: i16, size: u16| (0..i32::from(size)).contains(&i32::from(at));
    let inside = pointer.same_screen
        && within(pointer.win_x, size.width)
        && within(pointer.win_y, size.height);
    let first = match focus {
        f if f == window => FirstFocus::Window,
        f if f == root || f == u32::from(InputFocus::POINTER_ROOT) => FirstFocus::PointerRoot,
        _ => FirstFocus::Other,
    };
    Ok(Attention::new(first, inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_keymap_have_the_kernels_numbers() {
        let mut keymap = [0; 32];
        // 9 is Escape, 113 the left arrow; 8 would be number 0, which no key has.
        keymap[9 / 8] |= 1 << (9 % 8);
        keymap[113 / 8] |= 1 << (113 % 8);
        let names: Vec<_> = pressed(&keymap).filter_map(codes::name).collect();
        assert_eq!(names, ["Escape", "ArrowLeft"]);
    }

    #[test]
    fn keys_below_the_first_number_are_none() {
        let no_flags = KeyEventFlags::from(0_u32);
        assert_eq!(key(Nanos::ZERO, 1, 3, true, no_flags), None);
        let escape = key(Nanos::ZERO, 1, 9, true, no_flags).unwrap();
        assert_eq!(codes::name(escape.key.code), Some("Escape"));
    }
}
