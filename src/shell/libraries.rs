//! What the window library needs and would panic without: looked for before it is touched.
#![cfg_attr(target_os = "linux", allow(unsafe_code))]

use super::ShellError;

/// What X11 windows need: library and Debian package.
#[cfg(target_os = "linux")]
const X11: [(&str, &str); 6] = [
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libXcursor.so.1", "libxcursor1"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
];

/// What Wayland windows need.
#[cfg(target_os = "linux")]
const WAYLAND: [(&str, &str); 2] =
    [("libwayland-client.so.0", "libwayland-client0"), ("libxkbcommon.so.0", "libxkbcommon0")];

/// Whether there is a screen, and everything that a window on it needs.
///
/// # Errors
/// What is missing, and which package has it.
#[cfg(target_os = "linux")]
pub fn check() -> Result<(), ShellError> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    let needed = needed(set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET"), set("DISPLAY"))?;
    first_missing(needed, can_load).map_or(Ok(()), Err)
}

/// Other systems bring their window system along.
#[cfg(not(target_os = "linux"))]
pub fn check() -> Result<(), ShellError> {
    Ok(())
}

/// What the window system that will be used needs; Wayland goes before X11.
#[cfg(target_os = "linux")]
fn needed(wayland: bool, x11: bool) -> Result<&'static [(&'static str, &'static str)], ShellError> {
    match (wayland, x11) {
        (true, _) => Ok(&WAYLAND),
        (false, true) => Ok(&X11),
        (false, false) => Err(ShellError::NoDisplay),
    }
}

#[cfg(target_os = "linux")]
fn first_missing(
    needed: &[(&'static str, &'static str)],
    present: impl Fn(&str) -> bool,
) -> Option<ShellError> {
    let (library, package) = *needed.iter().find(|(library, _)| !present(library))?;
    Some(ShellError::MissingLibrary { library, package })
}

#[cfg(target_os = "linux")]
fn can_load(library: &str) -> bool {
    let Ok(name) = std::ffi::CString::new(library) else { return false };
    // SAFETY: `name` is a valid C string for the call. The handle is never closed: the window library opens the
    // same one next, and running constructors of these system libraries is what it would do itself.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) };
    !handle.is_null()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_named_with_its_package() {
        let error = first_missing(&X11, |l| l != "libxkbcommon-x11.so.0").expect("one is missing");
        assert!(error.to_string().contains("libxkbcommon-x11.so.0"));
        assert!(error.remedy().contains("apt install libxkbcommon-x11-0"));
        assert!(first_missing(&X11, |_| true).is_none());
    }

    #[test]
    fn without_a_screen_there_is_an_error_and_a_way_out() {
        let error = needed(false, false).expect_err("no screen");
        assert!(error.to_string().contains("DISPLAY"));
        assert!(error.remedy().contains("--display offscreen"));
        assert_eq!(needed(true, true).expect("a screen"), WAYLAND);
    }

    #[test]
    fn what_is_not_there_cannot_be_loaded() {
        assert!(!can_load("libreframe-does-not-exist.so.7"));
        assert!(can_load("libc.so.6"));
    }
}
