//! `reframe markers`: sends 20 marks to every marker device of a room and says when each was written, so that it can be seen
//! whether the recorder has them all. Here too: the devices of a run, and whether its codes can be told apart.

mod codes;
mod report;

pub use codes::check;

use super::args::MarkersArgs;
use super::failure::{Exit, Failure};
use super::{load, say};
use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::ports::{EventMark, MarkOrder};
use crate::ground::record::{Level, SentMarker};
use crate::ground::time::Nanos;
use crate::marker::Markers;
use crate::rig::schema::Rig;
use crossbeam_channel::{Sender, unbounded};
use std::path::Path;

/// How many marks the test sends, and how far apart.
const MARKS: u8 = 20;
const APART: Nanos = Nanos::from_millis(500);
/// How long before its instant a mark is handed on, as a flip's is.
const AHEAD: Nanos = Nanos::from_millis(20);
/// Before the first: the threads have begun.
const LEAD: Nanos = Nanos::from_millis(300);

/// The marker devices of a room, open; none where it has none.
pub fn open(rig: &Rig, events: &Sender<Event>) -> Result<Option<Markers>, Failure> {
    if rig.markers.is_empty() {
        return Ok(None);
    }
    let markers = Markers::open(&rig.markers, events).map_err(|e| {
        let remedy = format!("{}; or write `required = false` into its [[marker]]", e.remedy);
        Failure::device(&e, remedy)
    })?;
    Ok(Some(markers))
}

/// The codes of the test: each line of a parallel port by itself, then those that count.
fn code(mark: u8) -> u8 {
    match mark {
        0..8 => 1 << mark,
        _ => mark - 7,
    }
}

/// Runs the command.
pub fn run(args: &MarkersArgs) -> Result<Exit, Failure> {
    let rig = load::rig(Some(&args.rig), Path::new(""))?.rig;
    let (sender, events) = unbounded();
    let Some(mut markers) = open(&rig, &sender)? else {
        return Err(Failure::wrong(format!("rig {:?} has no marker device", rig.name))
            .help("add a [[marker]] with `to = ...`, as docs/markers.md shows"));
    };
    let names: Vec<String> = rig.markers.iter().map(|m| m.to.to_string()).collect();
    eprintln!(
        "{MARKS} marks, half a second apart, to {}: codes 1, 2, 4, 8, 16, 32, 64, 128, then 1 to 12",
        names.join(", ")
    );
    let port = markers.port();
    let began = monotonic_now() + LEAD;
    for i in 0..MARKS {
        let at = began + APART * i64::from(i);
        std::thread::sleep((at - AHEAD - monotonic_now()).to_duration());
        let (name, detail) = ("test".into(), i.to_string().into());
        let mark = EventMark { phase: None, name, code: code(i), detail };
        port.send(MarkOrder { mark, at, scene: None });
    }
    std::thread::sleep(APART.to_duration());
    markers.finish();
    let mut sent: Vec<SentMarker> = Vec::new();
    for event in events.try_iter() {
        match event {
            Event::Marked(mark) => sent.push(*mark),
            Event::Note { level: Level::Warning | Level::Error, text, .. } => {
                eprintln!("warning: {text}");
            }
            _ => {}
        }
    }
    say(format_args!("{}", report::text(&rig.markers, &sent, usize::from(MARKS))));
    let whole = sent.len() == rig.markers.len() * usize::from(MARKS);
    match whole && sent.iter().all(|m| m.error.is_none()) {
        true => Ok(Exit::Done),
        false => Err(Failure::device(
            "not every mark was written",
            "see what stands above, then the cable and the power of the device",
        )),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_test_shows_each_line_by_itself_and_then_counts() {
        let codes: Vec<u8> = (0..super::MARKS).map(super::code).collect();
        assert_eq!(codes[..8], [1, 2, 4, 8, 16, 32, 64, 128]);
        assert_eq!(codes[8..], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    }
}
