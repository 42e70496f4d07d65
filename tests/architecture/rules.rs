//! The rules. Each takes a file and gives what is wrong in it, with file, line and what to do.

use crate::source::{Source, is_word};

/// Rooms from the lowest rank to the highest.
const RANKS: [&[&str]; 6] = [
    &["ground"],
    &["protocol", "rig", "study", "table", "wire"],
    &["plan"],
    &[
        "presenter",
        "shell",
        "audio",
        "input",
        "trigger",
        "marker",
        "stimuli",
        "logger",
        "bids",
        "runner",
    ],
    &["session", "report", "doctor", "storyboard"],
    &["cli", "desk"],
];

/// Rooms of one rank of which the first may know the second: pictures are uploaded from the pool, and datasets
/// are made from journals.
const EXCEPTIONS: [(&str, &str); 2] = [("presenter", "stimuli"), ("bids", "logger")];

fn rank(room: &str) -> Option<usize> {
    RANKS.iter().position(|rooms| rooms.contains(&room))
}

/// A room may import lower rooms only, and itself.
pub fn imports_only_lower_rooms(file: &Source) -> Vec<String> {
    let room = file.room();
    if matches!(room, "lib" | "main") {
        return Vec::new();
    }
    let Some(own) = rank(room) else {
        return vec![file.at(
            0,
            &format!("room {room:?} has no rank: give it one in tests/architecture/rules.rs"),
        )];
    };
    let mut broken = Vec::new();
    for (at, other) in imports(file) {
        let Some(its) = rank(other) else { continue };
        if other != room && its >= own && !EXCEPTIONS.contains(&(room, other)) {
            broken.push(file.at(at, &format!("{room} may not know {other}: only lower rooms")));
        }
    }
    broken
}

/// The first name after `crate::`, and after as many `super::` as lead to the root; each with its place.
fn imports(file: &Source) -> Vec<(usize, &str)> {
    let code = file.code.as_str();
    let mut found = Vec::new();
    let roots = words(code, "crate").into_iter().map(|at| (at, at + "crate".len()));
    let supers = words(code, "super").into_iter().filter_map(|at| {
        // Only the first of a chain, and only where the chain is long enough to leave the room.
        if code[..at].trim_end().ends_with("super::") {
            return None;
        }
        let links = code[at..].split("::").take_while(|part| part.trim() == "super").count();
        // `pub(super)` is no chain at all.
        if links == 0 || links < file.depth() {
            return None;
        }
        let length: usize = code[at..].split("::").take(links).map(|part| part.len() + 2).sum();
        Some((at, at + length - 2))
    });
    for (at, end) in roots.chain(supers) {
        let Some(rest) = code[end..].trim_start().strip_prefix("::") else {
            // `pub(in crate::x)` has its `::`; plain `pub(crate)` has not.
            continue;
        };
        found.extend(first_names(rest.trim_start()).into_iter().map(|name| (at, name)));
    }
    found
}

/// The names at the head of a path: one, or each of a group in braces.
fn first_names(path: &str) -> Vec<&str> {
    let name = |s: &'_ str| s.bytes().take_while(|b| is_word(*b)).count();
    let Some(group) = path.strip_prefix('{') else { return vec![&path[..name(path)]] };
    let (mut depth, mut expected, mut names) = (0, true, Vec::new());
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expected = true,
            c if expected && !c.is_whitespace() => {
                names.push(&group[i..i + name(&group[i..])]);
                expected = false;
            }
            _ => {}
        }
    }
    names
}

/// Where `what` stands as a whole name (or path) and not as a part of another.
fn words(code: &str, what: &str) -> Vec<usize> {
    let bytes = code.as_bytes();
    let whole = |at: usize| {
        let before = at == 0 || !is_word(bytes[at - 1]);
        before && bytes.get(at + what.len()).is_none_or(|b| !is_word(*b))
    };
    code.match_indices(what).map(|(at, _)| at).filter(|at| whole(*at)).collect()
}

fn in_any(file: &Source, places: &[&str]) -> bool {
    places.iter().any(|p| {
        let inside = file.path.strip_prefix("src/").and_then(|f| f.strip_prefix(p));
        inside.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    })
}

/// These names stand in the shipped code of these places alone.
fn only_in(file: &Source, names: &[&str], places: &[&str], why: &str) -> Vec<String> {
    if in_any(file, places) {
        return Vec::new();
    }
    let each =
        names.iter().flat_map(|n| words(&file.shipped, n).into_iter().map(move |at| (at, n)));
    each.map(|(at, name)| file.at(at, &format!("{name}: {why}"))).collect()
}

/// The binary hands over to the command line, so that everything can be tested as a library.
pub fn binary_is_thin(file: &Source) -> Vec<String> {
    if file.path != "src/main.rs" {
        return Vec::new();
    }
    let rooms = RANKS.iter().copied().flatten().filter(|room| **room != "cli");
    let paths: Vec<String> = rooms.map(|room| format!("reframe::{room}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    only_in(file, &paths, &[], "the binary knows only reframe::cli")
}

/// Only the presenter and the desk draw.
pub fn graphics_card(file: &Source) -> Vec<String> {
    only_in(
        file,
        &["wgpu", "glyphon"],
        &["presenter", "desk"],
        "only the presenter and the desk draw",
    )
}

/// Only the presenter and the shell know windows.
pub fn windows(file: &Source) -> Vec<String> {
    only_in(
        file,
        &["winit"],
        &["presenter", "shell"],
        "only the presenter and the shell know windows",
    )
}

/// Only the wires open serial ports.
pub fn serial_ports(file: &Source) -> Vec<String> {
    let crates = ["serial2", "serialport", "serial2_tokio", "mio_serial"];
    only_in(file, &crates, &["wire"], "only the wires open serial ports")
}

/// Only the clock reads time: all else is given instants, so that it runs simulated and replayed too.
pub fn time(file: &Source) -> Vec<String> {
    let reads = [
        "SystemTime",
        "Instant::now",
        "Utc::now",
        "Local::now",
        "clock_gettime",
        "QueryPerformanceCounter",
    ];
    only_in(file, &reads, &["ground/clock"], "only ground/clock reads time: take a Clock")
}

/// Who writes: the logger its run folders, bids its dataset, a command what it was told to make (a report, a
/// completion file), `stimuli make` its scenes, and `audio/cookie` what a sound server must be shown. None of them replaces a
/// file that it did not write.
pub fn disk(file: &Source) -> Vec<String> {
    let writes = [
        "fs::write",
        "File::create",
        "File::create_new",
        "OpenOptions",
        "File::options",
        "fs::rename",
        "fs::copy",
        "fs::hard_link",
        "fs::remove_file",
        "fs::remove_dir",
        "fs::remove_dir_all",
        "fs::create_dir",
        "fs::create_dir_all",
    ];
    let places = ["logger", "bids", "cli", "stimuli/make", "audio/cookie"];
    only_in(
        file,
        &writes,
        &places,
        "only the logger, bids, the commands, stimuli/make and audio/cookie write to the disk",
    )
}

/// A state that cannot be is said with `expect`; one that can is handled.
pub fn unwraps(file: &Source) -> Vec<String> {
    let found = file.shipped.match_indices(".unwrap()");
    found
        .map(|(at, _)| file.at(at, "unwrap: handle it, or state the invariant with expect"))
        .collect()
}

/// The first line is a module paragraph.
pub fn opening(file: &Source) -> Vec<String> {
    if file.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![file.at(0, "open with a //! paragraph: what the file owns, and what it refuses to know")]
}

/// Past this length a file has a second idea.
pub fn length(file: &Source) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines <= 400 {
        return Vec::new();
    }
    vec![file.at(0, &format!("{lines} lines: move the second idea into a file of its own"))]
}

/// Tasks are written in protocol files. The demo opens one of them, and made pictures have to show something.
pub fn paradigms(file: &Source) -> Vec<String> {
    if in_any(file, &["cli/demo", "stimuli/make"]) {
        return Vec::new();
    }
    // Fonts have faces too.
    let names: &[&str] = match file.room() {
        "presenter" => &["reappraisal", "attend", "regulate"],
        _ => &["reappraisal", "attend", "regulate", "face", "faces"],
    };
    // The protocol's messages give examples of what to write; its code must not know them.
    let text = if file.room() == "protocol" { &file.shipped } else { &file.spoken };
    let each = parts_of_names(text)
        .into_iter()
        .filter(|(_, part)| names.iter().any(|name| name.eq_ignore_ascii_case(part)));
    each.map(|(at, part)| file.at(at, &format!("{part:?}: tasks belong into protocol files")))
        .collect()
}

/// The words that names are made of, with their places: `face` and `Trial` of `faceTrial` and of `face_Trial`.
fn parts_of_names(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut from = 0;
    for i in 0..=bytes.len() {
        let here = bytes.get(i).copied().unwrap_or(b' ');
        let hump = i > from && here.is_ascii_uppercase() && bytes[i - 1].is_ascii_lowercase();
        if !here.is_ascii_alphanumeric() || hump {
            if i > from {
                parts.push((from, &text[from..i]));
            }
            from = if hump { i } else { i + 1 };
        }
    }
    parts
}
