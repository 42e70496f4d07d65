//! Looking through the files of a dataset for what must not be in them: the name of whoever was at the computer, where
//! their files lie, the computer's own name, and days. Packed tables are looked into. It asks no system for any of this.
//!
//! What would be found by chance is not looked for: names of fewer than four letters, and words that name a role or a
//! place and no person ([`COMMON`]). A name counts where neither a letter nor a digit stands beside it, in capitals or not.

use crate::ground::plain;
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Names of accounts and computers that say nothing of anybody, and would be found in any dataset.
const COMMON: [&str; 40] = [
    "admin",
    "administrator",
    "color",
    "computer",
    "control",
    "data",
    "debian",
    "default",
    "desktop",
    "display",
    "experiment",
    "experimenter",
    "fedora",
    "guest",
    "home",
    "keyboard",
    "laptop",
    "linux",
    "localhost",
    "mouse",
    "owner",
    "picture",
    "presentation",
    "public",
    "reframe",
    "response",
    "root",
    "scanner",
    "screen",
    "station",
    "stim",
    "stimulus",
    "student",
    "task",
    "test",
    "ubuntu",
    "user",
    "users",
    "windows",
    "workstation",
];
/// In pictures only what is at least this long is looked for: their bytes are as good as random.
const LONG: usize = 8;
/// The most bytes of one file that are looked at, packed or unpacked.
const MOST: u64 = 1 << 30;

/// One thing that is looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    /// What it is, for people: `the name of the user`.
    pub what: String,
    text: String,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Traces(BTreeSet<Trace>);

/// A file that holds something that must not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Relative to the folder that was looked through.
    pub file: PathBuf,
    /// What it holds, in words.
    pub what: String,
}

impl Traces {
    /// Adds a name of a person, an account or a computer, unless it is such as is found by chance.
    pub fn add_name(&mut self, what: &str, name: &str) {
        let name = name.trim().to_lowercase();
        let letters = name.chars().filter(|c| c.is_alphabetic()).count();
        if letters >= 4 && !COMMON.contains(&name.as_str()) {
            self.0.insert(Trace { what: format!("{what}, \"{name}\""), text: name });
        }
    }

    /// Adds a folder of the computer, as it stands in texts and in JSON. The root of a disk says nothing.
    pub fn add_folder(&mut self, what: &str, folder: &str) {
        let folder = folder.trim_end_matches(['/', '\\']).to_lowercase();
        if folder.len() < 4 {
            return;
        }
        let what = format!("{what}, {folder}");
        for text in [folder.clone(), folder.replace('\\', "\\\\"), folder.replace('\\', "/")] {
            self.0.insert(Trace { what: what.clone(), text });
        }
    }

    /// Adds the day of an RFC 3339 instant, as it stands in texts and in names of files.
    pub fn add_day(&mut self, wall: &str) {
        let Some(day) = wall.get(..10) else { return };
        for text in [day.to_string(), day.replace('-', "")] {
            self.0.insert(Trace { what: format!("the day of a run, {day}"), text });
        }
    }

    /// What there is in the files under a folder and in their names, each once for each file; the files in their order.
    /// Links are not followed.
    ///
    /// # Errors
    /// The file or folder that cannot be read, and why.
    pub fn find(&self, folder: &Path) -> Result<Vec<Found>, (PathBuf, io::Error)> {
        let mut found = Vec::new();
        let mut open = vec![folder.to_path_buf()];
        let mut files = Vec::new();
        while let Some(next) = open.pop() {
            let at = |e| (next.clone(), e);
            for entry in std::fs::read_dir(&next).map_err(at)? {
                let entry = entry.map_err(at)?;
                let kind = entry.file_type().map_err(at)?;
                if kind.is_dir() {
                    open.push(entry.path());
                } else {
                    files.push((entry.path(), kind.is_file()));
                }
            }
        }
        files.sort();
        for (path, is_plain) in files {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
            let bytes =
                if is_plain { content(&path).map_err(|e| (path.clone(), e))? } else { Vec::new() };
            let shortest = if is_text(&bytes) { 0 } else { LONG };
            // What is no text in other bytes stands apart from what is.
            let whole = String::from_utf8_lossy(&bytes).to_lowercase();
            let shown = name.to_string_lossy().to_lowercase();
            let mut seen = BTreeSet::new();
            for trace in &self.0 {
                let long = trace.text.len() >= shortest;
                if (long && holds(&whole, &trace.text) || holds(&shown, &trace.text))
                    && seen.insert(&trace.what)
                {
                    found.push(Found { file: name.clone(), what: trace.what.clone() });
                }
            }
        }
        Ok(found)
    }
}

/// The bytes of a file, unpacked where it is packed; the head of a packed file too, which may name another.
fn content(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = plain::read(path, MOST).map_err(plain::Unreadable::into_io)?;
    if !bytes.starts_with(b"\x1f\x8b") {
        return Ok(bytes);
    }
    let packed = flate2::read::MultiGzDecoder::new(&bytes[..]);
    let mut text = Vec::new();
    for part in packed.header().into_iter().flat_map(|h| [h.filename(), h.comment(), h.extra()]) {
        text.extend_from_slice(part.unwrap_or_default());
        text.push(b'\n');
    }
    packed.take(MOST).read_to_end(&mut text)?;
    Ok(text)
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// Whether something stands there as a whole word.
fn holds(text: &str, wanted: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(wanted).any(|(at, found)| {
        apart(text[..at].chars().next_back()) && apart(text[at + found.len()..].chars().next())
    })
}
