//! Physical keys by the names of the W3C `code` list (UI Events KeyboardEvent code values), which do not
//! depend on the layout of a keyboard.

use crate::ground::document::suggest::nearest;

/// A key as people call it: `Q`, `5`, `left arrow`; what stands behind an `@` stays.
pub fn spoken(code: &str) -> String {
    let (key, device) = split(code);
    let device = device.map_or_else(String::new, |device| format!("@{device}"));
    let one = |prefix| key.strip_prefix(prefix).filter(|rest: &&str| rest.len() == 1);
    let name = match (one("Key").or_else(|| one("Digit")), key.strip_prefix("Arrow")) {
        (Some(sign), _) => sign.to_string(),
        (None, Some(way)) => format!("{} arrow", way.to_lowercase()),
        (None, None) => key.to_string(),
    };
    name + &device
}

/// Several keys as people call them, with a word between them.
pub fn spoken_list<'a>(codes: impl IntoIterator<Item = &'a String>, word: &str) -> String {
    codes.into_iter().map(|code| spoken(code)).collect::<Vec<_>>().join(word)
}

/// Keys beside letters, digits and function keys.
pub const OTHERS: [&str; 67] = [
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Enter",
    "Space",
    "Escape",
    "Tab",
    "Backspace",
    "CapsLock",
    "ShiftLeft",
    "ShiftRight",
    "ControlLeft",
    "ControlRight",
    "AltLeft",
    "AltRight",
    "MetaLeft",
    "MetaRight",
    "ContextMenu",
    "Insert",
    "Delete",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "PrintScreen",
    "ScrollLock",
    "Pause",
    "Backquote",
    "Minus",
    "Equal",
    "BracketLeft",
    "BracketRight",
    "Backslash",
    "Semicolon",
    "Quote",
    "Comma",
    "Period",
    "Slash",
    "IntlBackslash",
    "IntlRo",
    "IntlYen",
    "NumLock",
    "Numpad0",
    "Numpad1",
    "Numpad2",
    "Numpad3",
    "Numpad4",
    "Numpad5",
    "Numpad6",
    "Numpad7",
    "Numpad8",
    "Numpad9",
    "NumpadAdd",
    "NumpadSubtract",
    "NumpadMultiply",
    "NumpadDivide",
    "NumpadDecimal",
    "NumpadEnter",
    "NumpadEqual",
    "NumpadComma",
    "Help",
    // Buttons of a mouse or trackball, which the list has no names for.
    "MouseLeft",
    "MouseMiddle",
    "MouseRight",
    "MouseBack",
    "MouseForward",
];

/// The name of a button of a response box.
pub fn button(number: u32) -> String {
    format!("Button{number}")
}

/// A code and the device behind its `@`, where one is named.
pub fn split(code: &str) -> (&str, Option<&str>) {
    code.split_once('@').map_or((code, None), |(key, device)| (key, Some(device)))
}

/// Whether it is the name of a physical key, or a button of a box, of any device or of a named one.
pub fn is_code(code: &str) -> bool {
    let (code, device) = split(code);
    device.is_none_or(|d| !d.trim().is_empty()) && is_key(code)
}

fn is_key(code: &str) -> bool {
    let last = |prefix: &str, fits: fn(&str) -> bool| code.strip_prefix(prefix).is_some_and(fits);
    last("Key", |l| l.len() == 1 && l.as_bytes()[0].is_ascii_uppercase())
        || last("Digit", |d| d.len() == 1 && d.as_bytes()[0].is_ascii_digit())
        || last("F", |n| matches!(n.parse::<u8>(), Ok(1..=24)) && !n.starts_with(['0', '+']))
        || last("Button", |n| n.parse::<u8>().is_ok() && (n == "0" || !n.starts_with(['0', '+'])))
        || OTHERS.contains(&code)
}

/// The code that was probably meant: `5` is `Digit5`, `t` is `KeyT`, `left` is `ArrowLeft`.
pub fn meant(written: &str) -> Option<String> {
    let mut chars = written.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return match c {
            'a'..='z' | 'A'..='Z' => Some(format!("Key{}", c.to_ascii_uppercase())),
            '0'..='9' => Some(format!("Digit{c}")),
            ' ' => Some("Space".into()),
            _ => None,
        };
    }
    let usual = match written.to_ascii_lowercase().as_str() {
        "left" => "ArrowLeft",
        "right" => "ArrowRight",
        "up" => "ArrowUp",
        "down" => "ArrowDown",
        "return" => "Enter",
        "esc" => "Escape",
        "spacebar" => "Space",
        "ctrl" | "control" => "ControlLeft",
        "shift" => "ShiftLeft",
        "alt" => "AltLeft",
        "del" => "Delete",
        "equals" => "Equal",
        "mouse" | "click" | "button1" => "MouseLeft",
        _ => "",
    };
    if !usual.is_empty() {
        return Some(usual.into());
    }
    let letters = ('A'..='Z').map(|c| format!("Key{c}"));
    let digits = ('0'..='9').map(|c| format!("Digit{c}"));
    let all: Vec<String> = letters.chain(digits).chain(OTHERS.map(String::from)).collect();
    let same = all.iter().find(|c| c.eq_ignore_ascii_case(written));
    same.cloned().or_else(|| nearest(written, all.iter().map(String::as_str)).map(String::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_as_people_call_them() {
        let codes = ["KeyQ", "Digit5", "ArrowLeft", "Escape", "Digit5@pad", "F5", "Keypad"];
        let codes = codes.map(str::to_string);
        assert_eq!(spoken_list(&codes, ", "), "Q, 5, left arrow, Escape, 5@pad, F5, Keypad");
    }

    #[test]
    fn codes_are_known_and_slips_find_theirs() {
        for code in [
            "KeyQ",
            "Button0",
            "Button12",
            "Digit5@pad",
            "Digit5",
            "F1",
            "F24",
            "ArrowLeft",
            "Numpad5",
            "Space",
        ] {
            assert!(is_code(code), "{code}");
        }
        for (written, code) in [
            ("5", "Digit5"),
            ("t", "KeyT"),
            ("left", "ArrowLeft"),
            ("keyq", "KeyQ"),
            ("ArowLeft", "ArrowLeft"),
            ("Return", "Enter"),
            ("mouseleft", "MouseLeft"),
            ("click", "MouseLeft"),
        ] {
            assert!(!is_code(written), "{written}");
            assert_eq!(meant(written).as_deref(), Some(code));
            assert!(is_code(code));
        }
        for none in [
            "F0",
            "F25",
            "F+1",
            "F01",
            "Keyq",
            "Digit10",
            "Button00",
            "Button256",
            "Digit1@",
            "@pad",
            "Key",
            "",
            "é",
        ] {
            assert!(!is_code(none), "{none}");
        }
    }
}
