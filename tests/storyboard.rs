//! `reframe storyboard` on the protocols that come with the program: the real binary, in a temporary folder.
#![cfg(feature = "gpu")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn storyboard(folder: &Path, name: &str, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.args(["storyboard", &format!("{ROOT}/protocols/{name}.toml")]).args(more);
    command.current_dir(folder).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.output().expect("the binary starts")
}

#[track_caller]
fn done(out: &Output) {
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
}

#[track_caller]
fn refused(out: &Output, parts: &[&str]) {
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} is missing in:\n{said}");
    }
}

/// The words of a figure, how many screens it shows, and its width and height.
fn read(svg: &str) -> (Vec<String>, usize, (u32, u32)) {
    let document = roxmltree::Document::parse(svg).expect("the figure is sound XML");
    let root = document.root_element();
    let of = |tag: &'static str| root.descendants().filter(move |n| n.has_tag_name(tag));
    let words = of("text").map(|n| n.text().unwrap_or_default().to_string()).collect();
    let embedded = |n: &roxmltree::Node<'_, '_>| {
        n.attribute("href").is_some_and(|h| h.starts_with("data:image/png;base64,iVBOR"))
    };
    let side = |name| root.attribute(name).and_then(|v| v.parse().ok()).expect("a size");
    (words, of("image").filter(embedded).count(), (side("width"), side("height")))
}

#[test]
fn a_figure_holds_every_screen_with_its_duration_in_both_forms() {
    let dir = TempDir::new().unwrap();
    done(&storyboard(dir.path(), "reappraisal-block", &[]));
    let svg = fs::read_to_string(dir.path().join("reappraisal-storyboard.svg")).unwrap();
    let (words, screens, size) = read(&svg);
    // Eight pages, and eight columns of which two show three conditions.
    assert_eq!(screens, 8 + 6 + 2 * 3);
    let count = |text: &str| words.iter().filter(|w| *w == text).count();
    assert_eq!(count("until a key"), 8);
    assert_eq!(count("until the scanner"), 1);
    assert_eq!((count("4 s"), count("5 s"), count("6 s"), count("10 s")), (4, 3, 1, 3));
    assert_eq!(count("4 \u{d7} (3 conditions, shuffled in each cycle)"), 1);
    assert_eq!((count("4 \u{d7}"), count("cue regulate")), (1, 1));
    assert!(!words.iter().any(|w| w.contains("practice")), "{words:?}");
    let png = dir.path().join("reappraisal-storyboard.png");
    assert_eq!(image::image_dimensions(png).unwrap(), size);
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let dir = TempDir::new().unwrap();
    for name in ["a.svg", "b.png"] {
        done(&storyboard(dir.path(), "faces-block", &["--out", name, "--size", "400x300"]));
    }
    let file = |name: &str| fs::read(dir.path().join(name)).unwrap();
    assert!(file("a.svg") == file("b.svg") && file("a.png") == file("b.png"));
    done(&storyboard(dir.path(), "faces-block", &["--out", "c.svg", "--seed", "2"]));
    assert!(file("c.svg") != file("a.svg"));
}

#[test]
fn the_png_shows_the_screens_where_the_svg_has_them() {
    let dir = TempDir::new().unwrap();
    done(&storyboard(dir.path(), "faces-passive", &["--out", "f.svg", "--place", "lab"]));
    let svg = fs::read_to_string(dir.path().join("f.svg")).unwrap();
    let png = image::open(dir.path().join("f.png")).unwrap().to_rgb8();
    let document = roxmltree::Document::parse(&svg).unwrap();
    for node in document.descendants().filter(|n| n.has_tag_name("image")) {
        let number = |name| node.attribute(name).unwrap().parse::<f64>().unwrap() as u32;
        let (x, y, w, h) = (number("x"), number("y"), number("width"), number("height"));
        // The lower left corner is never covered; the tasks are on grey, and a thin black frame is around it.
        assert_eq!(png.get_pixel(x + 3, y + h - 3).0, [128; 3], "{x} {y} {w} {h}");
        assert_eq!(png.get_pixel(x - 1, y + h - 3).0, [0; 3], "{x} {y} {w} {h}");
    }
    assert_eq!(png.get_pixel(0, 0).0, [255; 3]);
}

#[test]
fn a_language_and_a_room_change_what_is_shown() {
    let dir = TempDir::new().unwrap();
    let shown = |name: &str, more: &[&str]| {
        let file = format!("{name}.svg");
        done(&storyboard(dir.path(), "state", &[&["--out", &file], more].concat()));
        fs::read_to_string(dir.path().join(file)).unwrap()
    };
    let plain = shown("plain", &[]);
    let (words, screens, _) = read(&plain);
    assert_eq!(screens, 6);
    assert!(words.iter().any(|w| w == "Before the run") && words.iter().any(|w| w == "2 s"));
    assert_ne!(shown("german", &["--lang", "de"]), plain);
    assert_ne!(shown("room", &["--rig", "desk"]), plain);
    refused(&storyboard(dir.path(), "state", &["--out", "x.svg", "--lang", "xx"]), &["\"xx\""]);
}

#[test]
fn nothing_is_ever_replaced() {
    let dir = TempDir::new().unwrap();
    done(&storyboard(dir.path(), "state", &["--size", "400x300"]));
    let (svg, png) = ("state-storyboard.svg", "state-storyboard.png");
    let before = fs::read(dir.path().join(svg)).unwrap();
    refused(&storyboard(dir.path(), "state", &[]), &[svg, "there already", "--out"]);
    assert!(fs::read(dir.path().join(svg)).unwrap() == before);
    // Either of the two files is enough.
    fs::remove_file(dir.path().join(svg)).unwrap();
    refused(&storyboard(dir.path(), "state", &[]), &[png, "there already"]);
    assert!(!dir.path().join(svg).exists());
    refused(&storyboard(dir.path(), "state", &["--out", "figure.pdf"]), &[".svg", ".png"]);
    refused(&storyboard(dir.path(), "state", &["--out", "no/f.svg"]), &["folder no"]);
}
