//! What a rig file can say, checked; the defaults are a keyboard and a screen on a desk.

mod markers;
mod sound;

pub use super::boxes::{BoxKind, ResponseBox};
pub use super::trigger::{Byte, PulseFor, TriggerSetup, TriggerSource};
pub use markers::{MarkerSetup, MarkerTo};
pub use sound::{SoundOffset, SoundSetup};

use super::patch::Patch;
use crate::ground::record::Place;
use crate::ground::time::Nanos;
use indexmap::IndexMap;

/// A room.
#[derive(Clone, Debug, PartialEq)]
pub struct Rig {
    pub name: String,
    /// Where runs in this room take place, unless the command line says otherwise.
    pub place: Option<Place>,
    pub screen: Screen,
    /// Physical keys (W3C `code` names) by meaning.
    pub keys: IndexMap<String, Vec<String>>,
    pub input: InputSetup,
    /// Boxes with buttons for the participant, beside the keyboard.
    pub boxes: Vec<ResponseBox>,
    /// A mouse or trackball that moves the markers of scales. Its buttons are keys: `MouseLeft`, `MouseRight` ...
    pub pointer: Option<PointerSetup>,
    /// Keys of the operator that put plain grey up at once.
    pub grey: Vec<String>,
    /// Buttons of the participant that do the same.
    pub grey_button: Vec<String>,
    /// Keys that take the grey away again when they are held down together.
    pub go_on: Vec<String>,
    /// Keys that ask for the end of the run when they are held down together.
    pub abort: Vec<String>,
    /// Keys that take a wrong start back when they are held down together.
    pub rearm: Vec<String>,
    pub trigger: TriggerSetup,
    /// Devices that event markers go to.
    pub markers: Vec<MarkerSetup>,
    pub sound: SoundSetup,
    pub offset: Option<Offset>,
    pub head_stabilization: String,
    pub institution: Institution,
}

/// Where keys are stamped.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct InputSetup {
    pub source: KeySource,
    /// Kernel devices are kept from other programs while the window has the keyboard.
    pub grab: bool,
    /// Paths of kernel devices; all where there are none.
    pub devices: Vec<String>,
}

/// Who takes the stamp of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum KeySource {
    /// The nearest to the key that there is.
    #[default]
    Auto,
    /// Raw events of an X server.
    Xinput2,
    /// The kernel.
    Evdev,
    /// The window, among all else that it hears of.
    Window,
}

/// How a mouse or trackball moves the marker of a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PointerSetup {
    /// Moving it moves the marker; nothing is seen of the pointer itself. So many of the device's counts go from one end
    /// of a scale to the other.
    Move { counts: f64 },
    /// The pointer is seen while a scale is on the screen; pressing `MouseLeft` on the line puts the marker there, and it
    /// follows while the button is held.
    Point,
}

/// The participant's screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// Width and height in metres.
    pub size_m: [f64; 2],
    /// From eye to screen, in metres.
    pub distance_m: f64,
    pub transform: Transform,
    /// The part that can be seen: left, top, width, height as shares (0 to 1) of the screen.
    pub visible: [f64; 4],
    /// Monitor for full screen, where one is chosen.
    pub monitor: Option<String>,
    /// The refresh rate that is expected, in hertz.
    pub refresh_hz: Option<f64>,
    /// Whether the graphics driver may be asked when a picture is on the screen, where nobody better says it.
    pub present_wait: bool,
    /// Font files to use instead of the built-in one; a letter that the first lacks is taken from the next that
    /// has it, the built-in one last.
    pub fonts: Vec<String>,
    /// The patch under a photodiode, where there is one.
    pub photodiode: Option<Patch>,
}

/// How the picture must be turned so that the participant sees it upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    None,
    FlipH,
    FlipV,
    Rotate180,
}

/// A measured, dated correction: seconds added to onsets, valid for one screen mode.
#[derive(Clone, Debug, PartialEq)]
pub struct Offset {
    pub seconds: f64,
    /// The day it was measured, `2026-11-22`.
    pub measured: String,
    /// Width, height and refresh rate of the mode it was measured in.
    pub mode: (u32, u32, f64),
}

impl Offset {
    /// The correction for a screen of this mode, where it was measured in that: within a hundredth of its refresh rate.
    pub fn within(&self, width: u32, height: u32, hz: f64) -> Option<Nanos> {
        let (w, h, measured) = self.mode;
        let same = (w, h) == (width, height) && (hz / measured - 1.0).abs() < 0.01;
        same.then(|| Nanos::from_secs(self.seconds))
    }

    /// Why it is not applied to a screen of another mode.
    pub fn elsewhere(&self, width: u32, height: u32, hz: f64) -> String {
        let (w, h, measured) = self.mode;
        format!(
            "the rig's offset of {} was measured at {w} x {h}, {measured} Hz, and is not applied to {width} x {height}, \
             {hz:.2} Hz: measure it again in this mode",
            self.measured
        )
    }
}

/// Where the room is, for BIDS.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Institution {
    pub name: String,
    pub address: String,
    pub department: String,
}

impl Default for Rig {
    fn default() -> Self {
        let key = |m: &str, codes: &[&str]| {
            (m.to_string(), codes.iter().map(|c| c.to_string()).collect::<Vec<_>>())
        };
        Rig {
            name: "desk".into(),
            place: None,
            screen: Screen::default(),
            keys: IndexMap::from([
                key("left", &["ArrowLeft", "Digit1"]),
                key("right", &["ArrowRight", "Digit2"]),
                key("confirm", &["Enter", "ArrowDown", "Digit3"]),
                key("other", &["ArrowUp", "Digit4"]),
                key("continue", &["Space"]),
                key("robot", &["KeyF"]),
            ]),
            input: InputSetup::default(),
            boxes: Vec::new(),
            pointer: None,
            grey: vec!["Escape".into()],
            grey_button: Vec::new(),
            go_on: vec!["Escape".into(), "Tab".into()],
            abort: vec!["Escape".into(), "KeyQ".into()],
            rearm: vec!["Escape".into(), "Backspace".into()],
            trigger: TriggerSetup::default(),
            markers: Vec::new(),
            sound: SoundSetup::default(),
            offset: None,
            head_stabilization: "none".into(),
            institution: Institution::default(),
        }
    }
}

impl Default for Screen {
    fn default() -> Self {
        Screen {
            size_m: [0.53, 0.30],
            distance_m: 0.6,
            transform: Transform::None,
            visible: [0.0, 0.0, 1.0, 1.0],
            monitor: None,
            refresh_hz: None,
            present_wait: false,
            fonts: Vec::new(),
            photodiode: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_holds_in_the_mode_that_it_was_measured_in_alone() {
        let mode = (1920, 1080, 60.0);
        let offset = Offset { seconds: 0.0125, measured: "2026-11-22".into(), mode };
        assert_eq!(offset.within(1920, 1080, 59.94), Some(Nanos::from_secs(0.0125)));
        assert_eq!(offset.within(1920, 1080, 75.0), None);
        assert_eq!(offset.within(1080, 1920, 60.0), None);
        assert!(offset.elsewhere(800, 600, 60.0).contains("not applied to 800 x 600"));
    }
}
