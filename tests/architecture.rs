//! The walls between the rooms, held by reading the source: which room may import which, and who alone may know
//! the graphics card, the windows, the time and the disk. docs/ARCHITECTURE.md says why they stand where they do.

#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use rules::*;
use source::Source;
use std::path::{Path, PathBuf};

/// Every Rust file under `src`.
fn all_sources() -> Vec<Source> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(Source::new(
                    &relative(&root, &path),
                    &std::fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 10, "the source was not found");
    let for_tests: Vec<String> = found.iter().flat_map(Source::test_modules).collect();
    let is_for_tests = |file: &Source| {
        let within = |module: &String| {
            let rest = file.path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        for_tests.iter().any(within)
    };
    found.into_iter().map(|f| if is_for_tests(&f) { f.for_tests() } else { f }).collect()
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/")
}

/// Fails with every violation in every file.
fn hold(rule: impl Fn(&Source) -> Vec<String>) {
    let broken: Vec<String> = all_sources().iter().flat_map(rule).collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// What a rule says of a file with this text.
fn said(rule: impl Fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(&Source::new(path, text)).len()
}

#[test]
fn rooms_import_only_lower_rooms() {
    hold(imports_only_lower_rooms);
}

#[test]
fn an_import_of_the_same_or_a_higher_room_is_found() {
    let found = |path: &str, text: &str| said(imports_only_lower_rooms, path, text);
    assert_eq!(found("src/plan/a.rs", "use crate::runner::io;"), 1);
    assert_eq!(found("src/ground/a.rs", "fn f() { crate::table::x() }"), 1);
    assert_eq!(found("src/runner.rs", "use crate::logger::journal;"), 1);
    assert_eq!(
        found("src/rig.rs", "use crate::{\n  ground::time::Nanos, protocol::{a, b},\n plan};"),
        2
    );
    assert_eq!(found("src/rig.rs", "use super::protocol;"), 1);
    assert_eq!(found("src/rig/a.rs", "use super::super::table::Table;"), 1);
    assert_eq!(found("src/stimuli/a.rs", "use crate::presenter::layout;"), 1);
    assert_eq!(found("src/plan/a.rs", "pub(in crate::session) fn f() {}"), 1);
    assert_eq!(found("src/attic/a.rs", ""), 1, "a room without a rank");
}

#[test]
fn imports_of_lower_rooms_and_the_two_exceptions_are_allowed() {
    let found = |path: &str, text: &str| said(imports_only_lower_rooms, path, text);
    assert_eq!(
        found("src/plan/a.rs", "use crate::{ground::time, protocol::x}; use crate::plan::b;"),
        0
    );
    assert_eq!(found("src/presenter/a.rs", "use crate::stimuli::pool::Pool;"), 0);
    assert_eq!(found("src/bids.rs", "use crate::logger::journal;"), 0);
    assert_eq!(found("src/plan/a.rs", "// use crate::runner::io;\nlet s = \"crate::cli\";"), 0);
    assert_eq!(found("src/plan/a/b.rs", "use super::super::schema;"), 0);
}

#[test]
fn the_binary_knows_only_the_command_line() {
    hold(binary_is_thin);
    assert_eq!(said(binary_is_thin, "src/main.rs", "use reframe::session::live;"), 1);
    assert_eq!(said(binary_is_thin, "src/main.rs", "fn main() { reframe::cli::main() }"), 0);
}

#[test]
fn only_the_presenter_and_the_desk_know_the_graphics_card() {
    hold(graphics_card);
    assert_eq!(said(graphics_card, "src/shell.rs", "use wgpu::Device;"), 1);
    assert_eq!(said(graphics_card, "src/shell.rs", "fn f(t: glyphon::Text) {}"), 1);
    assert_eq!(said(graphics_card, "src/shell.rs", "// wgpu\nlet my_wgpu = \"wgpu\";"), 0);
    assert_eq!(said(graphics_card, "src/presenter/gpu.rs", "use wgpu::Device;"), 0);
}

#[test]
fn only_the_presenter_and_the_shell_know_windows() {
    hold(windows);
    assert_eq!(said(windows, "src/session/live.rs", "use winit::event::Event;"), 1);
    assert_eq!(said(windows, "src/shell/loop.rs", "use winit::event::Event;"), 0);
}

#[test]
fn only_the_wires_know_serial_ports() {
    hold(serial_ports);
    assert_eq!(said(serial_ports, "src/trigger/serial.rs", "use serial2::SerialPort;"), 1);
    assert_eq!(said(serial_ports, "src/wire/serial.rs", "use serial2::SerialPort;"), 0);
}

#[test]
fn only_the_clock_reads_time() {
    hold(time);
    for text in [
        "Instant::now()",
        "SystemTime::UNIX_EPOCH",
        "chrono::Local::now()",
        "libc::clock_gettime(a, b)",
    ] {
        assert_eq!(said(time, "src/runner.rs", text), 1, "{text}");
        assert_eq!(said(time, "src/ground/clock.rs", text), 0, "{text}");
    }
    assert_eq!(said(time, "src/runner.rs", "let clock_gettime_like = self.clock.now();"), 0);
}

#[test]
fn only_those_who_own_output_write_to_the_disk() {
    hold(disk);
    for text in
        ["std::fs::write(p, b)", "File::create(p)", "OpenOptions::new()", "fs::rename(a, b)"]
    {
        assert_eq!(said(disk, "src/session/live.rs", text), 1, "{text}");
        for path in
            ["src/logger/journal.rs", "src/bids.rs", "src/cli/run.rs", "src/stimuli/make.rs"]
        {
            assert_eq!(said(disk, path, text), 0, "{path}");
        }
        let in_test = format!("#[cfg(test)]\nmod tests {{ fn f() {{ {text}; }} }}");
        assert_eq!(said(disk, "src/session/live.rs", &in_test), 0, "{text}");
    }
    assert_eq!(said(disk, "src/stimuli/folder.rs", "fs::remove_file(p)"), 1);
    assert_eq!(
        said(disk, "src/session/live.rs", "fs::read(p); fmt::write(a, b); created_dir()"),
        0
    );
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    hold(unwraps);
    assert_eq!(said(unwraps, "src/plan.rs", "let a = b\n    .unwrap();"), 1);
    assert_eq!(said(unwraps, "src/plan.rs", "a.unwrap_or(b); // .unwrap()\nf(\".unwrap()\")"), 0);
    let after = "#[cfg(test)]\nmod tests { fn f() { a.unwrap(); } }\nfn g() { b.unwrap(); }";
    assert_eq!(said(unwraps, "src/plan.rs", after), 1);
    assert_eq!(said(unwraps, "src/plan/tests.rs", "a.unwrap();"), 0);
}

#[test]
fn each_file_opens_with_what_it_owns() {
    hold(opening);
    assert_eq!(said(opening, "src/plan.rs", "use std::fs;\n//! Too late."), 1);
    assert_eq!(said(opening, "src/plan.rs", "//! Plans."), 0);
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    hold(length);
    assert_eq!(said(length, "src/plan.rs", &"\n".repeat(401)), 1);
    assert_eq!(said(length, "src/plan.rs", &"\n".repeat(400)), 0);
}

#[test]
fn no_paradigm_has_code_of_its_own() {
    hold(paradigms);
    for text in [
        "if block == \"attend\" {}",
        "fn regulate() {}",
        "struct FaceTrial;",
        "reappraisal_block()",
    ] {
        assert_eq!(said(paradigms, "src/runner.rs", text), 1, "{text}");
        assert_eq!(said(paradigms, "src/cli/demo.rs", text), 0, "{text}");
    }
    for text in
        ["let surface = interface;", "// as in the attend blocks", "attended(); \"attention\""]
    {
        assert_eq!(said(paradigms, "src/runner.rs", text), 0, "{text}");
    }
}

#[test]
fn comments_strings_and_lifetimes_are_told_from_code() {
    let text = r##"a /* b /* c */ d */ "e\"f" r#"g"h"# 'i' '\'' b"j" k<'l> // m
n"##;
    let code = Source::new("src/a.rs", text).code;
    let left: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(
        left,
        ["a", "\"", "\"", "r#\"", "\"#", "'", "'", "'", "'", "b\"", "\"", "k<'l>", "n"]
    );
    assert_eq!(code.len(), text.len());
}

#[test]
fn modules_declared_for_tests_are_told_from_shipped_ones() {
    let text = "#[cfg(test)]\nmod fixture;\nmod real;\n#[cfg(test)]\npub(crate) mod other;\n\
                #[cfg(test)]\nmod tests { fn f() {} }";
    let modules = Source::new("src/bids.rs", text).test_modules();
    assert_eq!(modules, ["src/bids/fixture", "src/bids/other"]);
    let fixture = Source::new("src/bids/fixture.rs", "fn f() { a.unwrap() }");
    assert_eq!(unwraps(&fixture).len(), 1);
    assert_eq!(unwraps(&fixture.for_tests()).len(), 0);
}
