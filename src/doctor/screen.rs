//! Window system and graphics: whether a window can be opened, and what draws in it.

use super::Finding;

pub fn look() -> Vec<Finding> {
    let mut found = windows();
    found.extend(graphics());
    found
}

#[cfg(feature = "window")]
fn windows() -> Vec<Finding> {
    let mut found = Vec::new();
    match crate::shell::libraries::check() {
        Ok(()) => found.push(Finding::ok("there is a screen, and what a window needs")),
        Err(e) => {
            found.push(Finding::missing(e.to_string(), e.remedy()));
            return found;
        }
    }
    let wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|v| !v.is_empty());
    if wayland {
        let text = "the desktop is Wayland: its compositor adds a frame, and spread";
        let help = "for exact times log in with an X11 session (\"on Xorg\") without a compositor; `reframe timing` measures both";
        found.push(Finding::warning(text, help));
    }
    found.extend(super::screen::x11());
    found
}

#[cfg(not(feature = "window"))]
fn windows() -> Vec<Finding> {
    vec![Finding::note("this program was built without windows")]
}

/// What an X server says of compositor and monitors.
#[cfg(all(feature = "window", unix))]
fn x11() -> Vec<Finding> {
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::ConnectionExt;
    if std::env::var_os("DISPLAY").is_none_or(|v| v.is_empty()) {
        return Vec::new();
    }
    let Ok((connection, screen)) = x11rb::connect(None) else { return Vec::new() };
    let name = format!("_NET_WM_CM_S{screen}");
    let owner = connection
        .intern_atom(false, name.as_bytes())
        .ok()
        .and_then(|cookie| cookie.reply().ok())
        .and_then(|atom| connection.get_selection_owner(atom.atom).ok())
        .and_then(|cookie| cookie.reply().ok());
    let mut found = vec![composited(owner.is_some_and(|o| o.owner != 0))];
    let root = &connection.setup().roots[screen];
    found.push(Finding::ok(format!(
        "the X server has a screen of {} x {} pixels",
        root.width_in_pixels, root.height_in_pixels
    )));
    found
}

#[cfg(all(feature = "window", not(unix)))]
fn x11() -> Vec<Finding> {
    Vec::new()
}

#[cfg_attr(not(all(feature = "window", unix)), allow(dead_code))]
fn composited(is: bool) -> Finding {
    match is {
        true => Finding::warning(
            "a compositor stands between programs and the screen",
            "switch it off for runs: in the settings of the desktop, or log in with a plain session such as openbox",
        ),
        false => Finding::ok("no compositor stands between programs and the screen"),
    }
}

#[cfg(feature = "gpu")]
fn graphics() -> Vec<Finding> {
    let all = crate::presenter::adapters::adapters();
    match all.is_empty() {
        true => vec![Finding::missing(
            "no graphics driver was found",
            "install the driver of the graphics card; on Debian at least: sudo apt install mesa-vulkan-drivers",
        )],
        false => all.iter().map(|a| card(&a.name, &a.driver, a.software)).collect(),
    }
}

#[cfg(not(feature = "gpu"))]
fn graphics() -> Vec<Finding> {
    vec![Finding::note("this program was built without graphics")]
}

#[cfg_attr(not(feature = "gpu"), allow(dead_code))]
fn card(name: &str, driver: &str, software: bool) -> Finding {
    match software {
        true => Finding::warning(
            format!("{name} ({driver}) draws with the processor"),
            "fine for a dry run, not for exact times: use a PC with a graphics card, and its driver",
        ),
        false => Finding::ok(format!("{name} ({driver})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_processor_that_draws_and_a_compositor_are_warnings() {
        assert_eq!(card("GeForce", "NVIDIA", false).state, State::Ok);
        assert_eq!(card("llvmpipe", "llvmpipe", true).state, State::Warning);
        assert_eq!(composited(false).state, State::Ok);
        assert_eq!(composited(true).state, State::Warning);
    }
}
