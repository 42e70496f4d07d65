//! Keeps the screen on while a window is open: a person who only watches presses nothing for minutes, and desktops take
//! that for absence. Ends with the window, or with the process however it ends.

#[cfg(target_os = "linux")]
mod wayland;
#[cfg(unix)]
mod x11;

use crate::ground::record::Level;
use winit::window::Window;

/// Held while the screen must stay on.
#[derive(Debug)]
pub struct Awake {
    #[cfg(unix)]
    _x11: Option<x11::Suspended>,
    #[cfg(target_os = "linux")]
    _wayland: Option<wayland::Inhibitor>,
    #[cfg(windows)]
    _power: Option<windows::Required>,
}

/// Asks for the screen to stay on; says what was granted.
#[cfg_attr(not(unix), allow(unused_variables))]
pub fn hold(window: &std::sync::Arc<Window>) -> (Awake, Level, String) {
    #[cfg(unix)]
    let x11 = x11::suspend(window);
    #[cfg(target_os = "linux")]
    let wayland = wayland::inhibit(window);
    let by: Option<&str> = None;
    #[cfg(unix)]
    let by = by.or(x11.as_ref().map(|_| "the X11 screen saver extension"));
    #[cfg(target_os = "linux")]
    let by = by.or(wayland.as_ref().map(|_| "the compositor's idle inhibitor"));
    #[cfg(windows)]
    let power = windows::Required::ask();
    #[cfg(windows)]
    let by = by.or(power.as_ref().map(|_| "the system's power settings"));
    let (level, text) = match by {
        Some(by) => (Level::Info, format!("display sleep and screen saver are held off by {by}")),
        None => (
            Level::Warning,
            "nothing here can hold off display sleep: turn screen saver, lock and sleep off in the desktop's settings"
                .into(),
        ),
    };
    let awake = Awake {
        #[cfg(unix)]
        _x11: x11,
        #[cfg(target_os = "linux")]
        _wayland: wayland,
        #[cfg(windows)]
        _power: power,
    };
    (awake, level, text)
}

#[cfg(windows)]
mod windows {
    //! The thread that asked keeps the display on until it says otherwise or ends.
    #![allow(unsafe_code)]

    use windows_sys::Win32::System::Power::{
        ES_CONTINUOUS, ES_DISPLAY_REQUIRED, ES_SYSTEM_REQUIRED, SetThreadExecutionState,
    };

    /// Withdrawn when it is dropped.
    #[derive(Debug)]
    pub struct Required(());

    impl Required {
        /// None where the system refuses.
        pub fn ask() -> Option<Required> {
            // SAFETY: takes flags and touches no memory.
            let before = unsafe {
                SetThreadExecutionState(ES_CONTINUOUS | ES_DISPLAY_REQUIRED | ES_SYSTEM_REQUIRED)
            };
            (before != 0).then_some(Required(()))
        }
    }

    impl Drop for Required {
        fn drop(&mut self) {
            // SAFETY: as above.
            unsafe { SetThreadExecutionState(ES_CONTINUOUS) };
        }
    }
}
