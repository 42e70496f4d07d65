//! Reading what a user names: protocols, rigs, stimulus tables. Every problem of a file is told at once.

use super::failure::Failure;
use crate::ground::diagnostic::{Problem, Severity, Source};
use crate::ground::plain::{self, Unreadable};
use crate::protocol::parse;
use crate::protocol::schema::Protocol;
use crate::rig::schema::Rig;
use crate::table::Table;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Text files larger than this are not read.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A protocol with its stimulus table.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub source: Source,
    pub protocol: Protocol,
    pub table: Option<Table>,
    /// The stimuli folder, where the protocol has a table or names files.
    pub root: Option<PathBuf>,
}

/// A rig with its text.
#[derive(Clone, Debug)]
pub struct LoadedRig {
    pub text: String,
    pub rig: Rig,
}

/// The rig that is used when none is named.
const DESK: &str = include_str!("../../protocols/rigs/desk.toml");

/// Reads a text file.
pub fn source(path: &Path, what: &str) -> Result<Source, Failure> {
    let shown = path.display();
    let wrong = |e: Unreadable| {
        let text = match &e {
            Unreadable::System(e) => format!("cannot read {what} {shown}: {e}"),
            other => format!("{what} {shown} {other}"),
        };
        Failure::wrong(text).help(e.remedy())
    };
    let bytes = plain::read(path, MAX_BYTES).map_err(wrong)?;
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let text = format!("{what} {shown} is UTF-16 text, as Windows calls Unicode");
        return Err(Failure::wrong(text).help("save it as UTF-8 in a text editor"));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        Failure::wrong(format!("{what} {shown} is not UTF-8 text (line {line}, byte {at})"))
            .help("save it as UTF-8 in a text editor")
    })?;
    Ok(Source { path: shown.to_string(), text })
}

/// Reads a protocol, and its stimulus table if it has one. Warnings go to stderr.
pub fn protocol(path: &Path, stimuli: Option<&Path>) -> Result<Loaded, Failure> {
    let source = source(path, "protocol")?;
    let parsed = parse::parse(&source).map_err(|p| match looks_like_a_rig(&source) {
        true => Failure::wrong(format!("{} is no protocol: this looks like a rig", source.path))
            .help("name a protocol here, and the rig with --rig"),
        false => problems(&source, &p),
    })?;
    warn(&source, &parsed.warnings);
    let protocol = parsed.protocol;
    let (mut table, mut root) = (None, None);
    let by_file = protocol.names_files() || protocol.plays_files();
    if by_file || !protocol.task.stimuli.is_empty() {
        let folder = stimuli_root(path, stimuli)?;
        for name in &protocol.task.stimuli {
            let next = self::table(&folder.join(name))?;
            table = Some(match table {
                None => next,
                Some(table) => Table::joined(table, next).map_err(|id| {
                    Failure::wrong(format!(
                        "two stimulus tables of {} have the id \"{id}\"",
                        source.path
                    ))
                    .help("rename the one or the other: an id stands for one picture")
                })?,
            });
        }
        root = Some(folder);
    }
    Ok(Loaded { source, protocol, table, root })
}

/// Reads a stimulus table.
pub fn table(path: &Path) -> Result<Table, Failure> {
    let file = source(path, "stimulus table")?;
    crate::table::parse::parse(&file).map_err(|p| problems(&file, &p))
}

/// The folder of the stimulus table: as told, or `stimuli` beside the protocol or beside its folder.
pub fn stimuli_root(protocol: &Path, told: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(dir) = told {
        return Ok(dir.to_path_buf());
    }
    let folder = protocol.parent().unwrap_or(Path::new(""));
    let beside = [folder.join("stimuli"), folder.join("..").join("stimuli"), "stimuli".into()];
    let places: Vec<String> = beside.iter().map(|d| d.display().to_string()).collect();
    beside.into_iter().find(|d| d.is_dir()).ok_or_else(|| {
        Failure::wrong(format!(
            "no stimuli folder was found for {}: looked in {}",
            protocol.display(),
            places.join(", ")
        ))
        .help("name it with --stimuli DIR")
    })
}

/// Reads a rig: a file, or a name in `protocols/rigs`; the desk without any.
pub fn rig(name: Option<&str>, protocol: &Path) -> Result<LoadedRig, Failure> {
    let Some(name) = name else {
        return parse_rig(Source { path: "the built-in rig".into(), text: DESK.into() });
    };
    let file = format!("{name}.toml");
    let beside = protocol.parent().unwrap_or(Path::new("")).join("rigs").join(&file);
    let places = [PathBuf::from(name), beside, Path::new("protocols/rigs").join(&file)];
    // What is there and no file is named as what it is, and not as missing.
    let there = || places.iter().find(|p| p.symlink_metadata().is_ok());
    match places.iter().find(|p| p.is_file()).or_else(there) {
        Some(path) => parse_rig(source(path, "rig")?),
        None => Err(Failure::wrong(format!(
            "rig {name:?} is neither a file nor a rig in protocols/rigs"
        ))
        .help("give a path, or the name of a file there without .toml")),
    }
}

fn parse_rig(source: Source) -> Result<LoadedRig, Failure> {
    let (rig, warnings) = crate::rig::parse::parse(&source).map_err(|p| problems(&source, &p))?;
    warn(&source, &warnings);
    Ok(LoadedRig { text: source.text, rig })
}

/// All problems of a file as one failure. Warnings among them are shown, and not counted.
pub fn problems(source: &Source, problems: &[Problem]) -> Failure {
    let n = problems.iter().filter(|p| p.severity == Severity::Error).count();
    let text = format!("{n} {} in {}", if n == 1 { "problem" } else { "problems" }, source.path);
    let problems = source.render(problems, std::io::stderr().is_terminal());
    Failure { problems, ..Failure::wrong(text) }
}

/// Whether a text that is no protocol is a rig.
fn looks_like_a_rig(source: &Source) -> bool {
    let says_something = |l: &str| !l.trim().is_empty() && !l.trim_start().starts_with('#');
    source.text.lines().any(says_something) && crate::rig::parse::parse(source).is_ok()
}

fn warn(source: &Source, warnings: &[Problem]) {
    if !warnings.is_empty() {
        eprint!("{}", source.render(warnings, std::io::stderr().is_terminal()));
    }
}
