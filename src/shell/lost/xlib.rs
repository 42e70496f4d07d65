//! Xlib's two hooks for a broken connection, found in the library that is already loaded.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use winit::raw_window_handle::{HasDisplayHandle, RawDisplayHandle};

type OnError = unsafe extern "C" fn(*mut c_void) -> c_int;
type SetOnError = unsafe extern "C" fn(Option<OnError>) -> Option<OnError>;
type OnExit = unsafe extern "C" fn(*mut c_void, *mut c_void);
type SetOnExit = unsafe extern "C" fn(*mut c_void, Option<OnExit>, *mut c_void);

/// Called by Xlib, with its locks released, on the thread that found the connection broken.
extern "C" fn broken(_display: *mut c_void) -> c_int {
    super::tell_and_wait();
    0
}

/// Called after `broken` where Xlib would end the process. Once it has returned, calls to Xlib do nothing, and the
/// loop finds the worker's wish to end it.
extern "C" fn go_on(_display: *mut c_void, _data: *mut c_void) {}

/// Does nothing where windows do not come from Xlib.
pub fn install(system: &impl HasDisplayHandle) {
    let Ok(RawDisplayHandle::Xlib(xlib)) = system.display_handle().map(|h| h.as_raw()) else {
        return;
    };
    let Some(display) = xlib.display else { return };
    // SAFETY: the names are C strings. The library is the one that the window library has loaded and made `display`
    // with; it is never closed, so the functions stay.
    let (set_error, set_exit) = unsafe {
        let library = libc::dlopen(c"libX11.so.6".as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL);
        if library.is_null() {
            return;
        }
        (
            libc::dlsym(library, c"XSetIOErrorHandler".as_ptr()),
            libc::dlsym(library, c"XSetIOErrorExitHandler".as_ptr()),
        )
    };
    if !set_error.is_null() {
        // SAFETY: so Xlib.h declares it; `broken` is there for ever and never unwinds.
        unsafe { std::mem::transmute::<*mut c_void, SetOnError>(set_error)(Some(broken)) };
    }
    // Before libX11 1.7 (2020) there is none: the data are written, and the exit code is Xlib's.
    if !set_exit.is_null() {
        // SAFETY: so Xlib.h declares it; `display` is open as long as the event loop, and `go_on` uses nothing.
        unsafe {
            std::mem::transmute::<*mut c_void, SetOnExit>(set_exit)(
                display.as_ptr(),
                Some(go_on),
                std::ptr::null_mut(),
            );
        }
    }
}
