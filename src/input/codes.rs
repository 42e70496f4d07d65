//! The kernel's numbers of keys (linux/input-event-codes.h) and their W3C `code` names: those that a rig can use, and no
//! others. X servers on Linux count from 8 on instead.

/// How much higher X servers number the same keys.
pub const X_OFFSET: u32 = 8;

/// A key without a name here. It is told of all the same, and has no meaning in any rig.
pub const UNKNOWN: &str = "Unidentified";

/// Keys that stand for themselves, by ranges: the first number, and the names from there on.
const RANGES: [(u16, &[&str]); 18] = [
    (
        1,
        &[
            "Escape",
            "Digit1",
            "Digit2",
            "Digit3",
            "Digit4",
            "Digit5",
            "Digit6",
            "Digit7",
            "Digit8",
            "Digit9",
            "Digit0",
            "Minus",
            "Equal",
            "Backspace",
            "Tab",
        ],
    ),
    (
        16,
        &[
            "KeyQ",
            "KeyW",
            "KeyE",
            "KeyR",
            "KeyT",
            "KeyY",
            "KeyU",
            "KeyI",
            "KeyO",
            "KeyP",
            "BracketLeft",
            "BracketRight",
            "Enter",
            "ControlLeft",
        ],
    ),
    (
        30,
        &[
            "KeyA",
            "KeyS",
            "KeyD",
            "KeyF",
            "KeyG",
            "KeyH",
            "KeyJ",
            "KeyK",
            "KeyL",
            "Semicolon",
            "Quote",
            "Backquote",
            "ShiftLeft",
            "Backslash",
        ],
    ),
    (
        44,
        &[
            "KeyZ",
            "KeyX",
            "KeyC",
            "KeyV",
            "KeyB",
            "KeyN",
            "KeyM",
            "Comma",
            "Period",
            "Slash",
            "ShiftRight",
            "NumpadMultiply",
            "AltLeft",
            "Space",
            "CapsLock",
        ],
    ),
    (59, &["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "NumLock", "ScrollLock"]),
    (
        71,
        &[
            "Numpad7",
            "Numpad8",
            "Numpad9",
            "NumpadSubtract",
            "Numpad4",
            "Numpad5",
            "Numpad6",
            "NumpadAdd",
            "Numpad1",
            "Numpad2",
            "Numpad3",
            "Numpad0",
            "NumpadDecimal",
        ],
    ),
    (86, &["IntlBackslash", "F11", "F12", "IntlRo"]),
    (96, &["NumpadEnter", "ControlRight", "NumpadDivide", "PrintScreen", "AltRight"]),
    (
        102,
        &[
            "Home",
            "ArrowUp",
            "PageUp",
            "ArrowLeft",
            "ArrowRight",
            "End",
            "ArrowDown",
            "PageDown",
            "Insert",
            "Delete",
        ],
    ),
    (117, &["NumpadEqual"]),
    (119, &["Pause"]),
    (121, &["NumpadComma"]),
    (124, &["IntlYen", "MetaLeft", "MetaRight", "ContextMenu"]),
    (138, &["Help"]),
    (183, &["F13", "F14", "F15", "F16", "F17", "F18"]),
    (189, &["F19", "F20", "F21", "F22", "F23", "F24"]),
    (BUTTON_LEFT, &["MouseLeft", "MouseRight", "MouseMiddle"]),
    // The two at the side; drivers send these, not those that are called back and forward.
    (0x113, &["MouseBack", "MouseForward"]),
];

/// The kernel's number of the first mouse button.
const BUTTON_LEFT: u16 = 0x110;

/// The W3C name of a key by the kernel's number.
pub fn name(code: u16) -> Option<&'static str> {
    RANGES.iter().find_map(|(first, names)| {
        let at = code.checked_sub(*first)?;
        names.get(usize::from(at)).copied()
    })
}

/// Whether it is a button of a mouse.
pub fn is_button(code: u16) -> bool {
    name(code).is_some_and(|n| n.starts_with("Mouse"))
}

/// The kernel's number of a mouse button by the one that X servers give it; none for a wheel.
pub fn button(x: u32) -> Option<u16> {
    Some(match x {
        1 => BUTTON_LEFT,
        2 => BUTTON_LEFT + 2,
        3 => BUTTON_LEFT + 1,
        8 => BUTTON_LEFT + 3,
        9 => BUTTON_LEFT + 4,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::codes::is_code;
    use std::collections::BTreeSet;

    fn all() -> Vec<(u16, &'static str)> {
        (0..0x300).filter_map(|code| Some((code, name(code)?))).collect()
    }

    #[test]
    fn every_name_is_one_that_a_rig_can_use_and_stands_once() {
        let names: BTreeSet<&str> = all().iter().map(|(_, n)| *n).collect();
        assert_eq!(names.len(), all().len());
        for name in names {
            assert!(is_code(name), "{name}");
        }
        assert!(!is_code(UNKNOWN));
    }

    #[test]
    fn every_key_that_a_rig_can_use_has_a_number() {
        let names: BTreeSet<&str> = all().iter().map(|(_, n)| *n).collect();
        let letters = ('A'..='Z').map(|c| format!("Key{c}"));
        let digits = (0..=9).flat_map(|d| [format!("Digit{d}"), format!("Numpad{d}")]);
        let functions = (1..=24).map(|n| format!("F{n}"));
        let others = crate::rig::codes::OTHERS.map(String::from);
        for wanted in letters.chain(digits).chain(functions).chain(others) {
            assert!(names.contains(wanted.as_str()), "{wanted}");
        }
    }

    #[test]
    fn buttons_are_told_from_keys() {
        assert_eq!(button(1).and_then(name), Some("MouseLeft"));
        assert_eq!(button(2).and_then(name), Some("MouseMiddle"));
        assert_eq!(button(3).and_then(name), Some("MouseRight"));
        assert_eq!(button(9).and_then(name), Some("MouseForward"));
        assert_eq!(button(4), None, "the wheel");
        assert!(is_button(0x110) && !is_button(30));
    }

    #[cfg(all(feature = "window", target_os = "linux"))]
    #[test]
    fn the_window_gives_the_same_names() {
        use winit::keyboard::PhysicalKey;
        use winit::platform::scancode::PhysicalKeyExtScancode;
        // The window has no name for this one.
        let keys = all().into_iter().filter(|(code, name)| !is_button(*code) && *name != "Help");
        for (code, name) in keys {
            let PhysicalKey::Code(key) = PhysicalKey::from_scancode(u32::from(code)) else {
                panic!("{name} has no name in the window");
            };
            assert_eq!(format!("{key:?}").replace("Super", "Meta"), name, "{code}");
        }
    }
}
