//! What is plugged in, as far as the system tells: serial ports, sound devices, keyboards and boxes that act as one. Nothing is
//! opened.

use crate::wire::serial::ports;
use std::path::Path;

/// A list in words, for the terminal.
pub fn list() -> String {
    let mut text = String::from("serial ports\n");
    let found = ports();
    if found.is_empty() {
        text.push_str("  none\n");
    }
    for port in &found {
        text.push_str(&format!("  {}{}\n", port.display(), by_id(port)));
    }
    text.push_str(&sound_devices());
    text.push_str("keyboards, mice and boxes that act as one\n");
    let known = std::fs::read_to_string("/proc/bus/input/devices").unwrap_or_default();
    let devices = with_keys(&known);
    if devices.is_empty() {
        text.push_str(
            "  none that the system tells of; keys reach the program by its window all the same\n",
        );
    }
    for (name, event) in devices {
        text.push_str(&format!("  {name}  (/dev/input/{event})\n"));
    }
    text
}

/// The names that `device` in `[sound]` of a rig can have.
#[cfg(feature = "audio")]
fn sound_devices() -> String {
    let mut text = String::from("sound devices\n");
    let found = crate::audio::list();
    if found.is_empty() {
        text.push_str("  none\n");
    }
    found.iter().for_each(|(host, name)| text.push_str(&format!("  {name}  ({host})\n")));
    text
}

#[cfg(not(feature = "audio"))]
fn sound_devices() -> String {
    "sound devices\n  this program was built without sound\n".into()
}

/// The lasting name of a port, which does not depend on the order of plugging in.
fn by_id(port: &Path) -> String {
    let entries = std::fs::read_dir("/dev/serial/by-id").into_iter().flatten().flatten();
    let same = |e: &std::fs::DirEntry| e.path().canonicalize().is_ok_and(|p| p == port);
    let found = entries.into_iter().find(same);
    found.map_or_else(String::new, |e| format!("  = {}", e.path().display()))
}

/// Names and event files of devices with keys, as Linux lists them in /proc/bus/input/devices.
fn with_keys(text: &str) -> Vec<(String, String)> {
    let part = |block: &str, head: &str| {
        let line = block.lines().find_map(|l| l.strip_prefix(head))?;
        Some(line.trim().trim_matches('"').to_string())
    };
    let one = |block: &str| {
        let handlers = part(block, "H: Handlers=")?;
        let acts = handlers.split_whitespace().any(|h| h == "kbd" || h.starts_with("mouse"));
        let event = handlers.split_whitespace().find(|h| h.starts_with("event"))?.to_string();
        acts.then_some((part(block, "N: Name=")?, event))
    };
    text.split("\n\n").filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_with_keys_are_told_by_their_own_names() {
        let text = "I: Bus=0003 Vendor=1 Product=2\nN: Name=\"Current Designs, Inc. 932\"\nH: Handlers=sysrq kbd event3 leds \n\n\
                    I: Bus=0003\nN: Name=\"Camera\"\nH: Handlers=event9 \n\nN: Name=\"Ball\"\nH: Handlers=mouse0 event5 \n";
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(
            with_keys(text),
            [pair("Current Designs, Inc. 932", "event3"), pair("Ball", "event5")]
        );
        assert_eq!(with_keys(""), []);
    }
}
