//! `reframe check` on texts whose letters no font has.
#![cfg(feature = "gpu")]

use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What `reframe check` says of the minute form in Hindi, Chinese and Hebrew.
fn checked(folder: &Path, rig: Option<&str>) -> String {
    let text = fs::read_to_string(format!("{ROOT}/protocols/reappraisal-minute.toml")).unwrap();
    let text = text
        .replacen("extremely", "बिल्कुल नहीं", 1)
        .replacen("How distressed do you feel?", "在这个 שלום", 1)
        .replacen("This part is over. Thank you.", "在 直", 1);
    assert!(text.contains("बिल्कुल") && text.contains("שלום") && text.contains('直'));
    fs::write(folder.join("p.toml"), text).unwrap();
    let pictures = format!("{ROOT}/stimuli");
    let mut line = vec!["check", "p.toml", "--stimuli", &pictures];
    if let Some(rig) = rig {
        fs::write(folder.join("room.toml"), rig).unwrap();
        line.extend(["--rig", "room.toml"]);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    let out = command.args(line).current_dir(folder).output().expect("the binary starts");
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn letters_that_no_font_has_are_named_once_with_their_places_and_the_fonts_that_help() {
    let dir = TempDir::new().unwrap();
    let said = checked(dir.path(), None);
    let warnings: Vec<&str> = said.lines().filter(|l| l.contains("no font has")).collect();
    let [warning] = warnings[..] else { panic!("{said}") };
    for part in [
        "language \"en\"",
        "Han 在 (U+5728), 这 (U+8FD9), 个 (U+4E2A), 直 (U+76F4)",
        "Devanagari ब (U+092C)",
        "scale \"",
        "phase \"",
        "NotoSansDevanagari-Regular.ttf\"",
        "NotoSansCJK-Regular.ttc#Noto Sans CJK SC\"",
        "fonts-noto-core",
        "fonts-noto-cjk",
    ] {
        assert!(warning.contains(part), "{part:?} is missing in {warning}");
    }
    assert!(!warning.contains('ש'), "the built-in font has Hebrew: {warning}");
}

#[test]
fn letters_that_a_font_of_the_rig_has_are_not_missing() {
    let dir = TempDir::new().unwrap();
    let said =
        checked(dir.path(), Some(&format!("[screen]\nfont = \"{ROOT}/tests/fonts/cjk.ttc#1\"\n")));
    let warning = said.lines().find(|l| l.contains("no font has")).expect("Hindi is missing");
    assert!(warning.contains("Devanagari") && !warning.contains("Han"), "{warning}");
}

#[test]
fn a_font_of_the_rig_that_is_not_there_is_named() {
    let dir = TempDir::new().unwrap();
    let said = checked(dir.path(), Some("[screen]\nfont = \"fonts/gone.ttf\"\n"));
    assert!(said.contains("warning: the font \"fonts/gone.ttf\" cannot be used"), "{said}");
}
