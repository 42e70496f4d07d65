//! `reframe protocol`: making protocols from other files.

use super::args::{FromEventsArgs, ProtocolArgs, ProtocolCommand};
use super::failure::{Exit, Failure};
use super::{load, say};
use crate::ground::diagnostic::Source;
use crate::logger::disk;
use crate::protocol::events::{Made, Wanted, convert};
use crate::protocol::parse;
use std::io::Write;
use std::path::Path;

/// Runs the subcommand.
pub fn run(args: &ProtocolArgs) -> Result<Exit, Failure> {
    let ProtocolCommand::FromEvents(args) = &args.command;
    from_events(args)
}

fn from_events(args: &FromEventsArgs) -> Result<Exit, Failure> {
    if let Some(out) = args.out.as_deref().filter(|out| out.exists()) {
        return Err(there_already(out));
    }
    for (i, (role, _)) in args.map.iter().enumerate() {
        if args.map[..i].iter().any(|(before, _)| before == role) {
            let text = format!("--map names two columns for {}", role.name());
            return Err(Failure::wrong(text).help("name one column for each role"));
        }
    }
    let told = args.pictures.stimuli.as_deref();
    if let Some(folder) = told.filter(|folder| !folder.is_dir()) {
        let text = format!("{} is no folder", folder.display());
        return Err(Failure::wrong(text).help("name the stimuli folder with --stimuli DIR"));
    }
    let source = load::source(&args.events, "events file")?;
    // Without a folder no picture is at hand, which is no fault yet.
    let folder = load::stimuli_root(args.out.as_deref().unwrap_or(Path::new("")), told).ok();
    let at_hand = |picture: &str| folder.as_ref().is_some_and(|f| f.join(picture).is_file());
    let file = args.events.file_name().unwrap_or_default().to_string_lossy();
    let wanted = Wanted { file: &file, map: &args.map, tr: args.tr, at_hand: &at_hand };
    let made = convert(&source, &wanted).map_err(|p| load::problems(&source, &p))?;
    proved(&made)?;
    match &args.out {
        None => say(format_args!("{}", made.text)),
        Some(out) => save(out, &made.text)?,
    }
    for note in &made.notes {
        eprintln!("note: {note}");
    }
    if let Some(out) = &args.out {
        eprintln!("{}: made; look at it with `reframe check {0}`", out.display());
    }
    Ok(Exit::Done)
}

/// What was made is a protocol; nobody should find out otherwise later.
fn proved(made: &Made) -> Result<(), Failure> {
    let source = Source { path: "the protocol that was made".into(), text: made.text.clone() };
    match parse::parse(&source) {
        Ok(_) => Ok(()),
        Err(p) => Err(load::problems(&source, &p)
            .help("this is a defect of the program: please report it with the events file")),
    }
}

fn save(out: &Path, text: &str) -> Result<(), Failure> {
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::AlreadyExists => there_already(out),
        _ => Failure::wrong(format!("cannot write {}: {e}", out.display()))
            .help("name another file with --out"),
    };
    let mut file = disk::create_new(out).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|e| {
        // A part of a protocol is none.
        let _ = std::fs::remove_file(out);
        failed(e)
    })
}

fn there_already(out: &Path) -> Failure {
    Failure::wrong(format!("{} is there already", out.display()))
        .help("give another name with --out, or move it away")
}
