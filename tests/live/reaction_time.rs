//! Reaction times against an observer: a key is pressed a quarter of a second after the picture was seen on the
//! screen, at any phase of the frame.

use super::keys::{Dice, Keys};
use super::program::Program;
use super::screen::Observer;
use super::server::Server;
use super::spread::Spread;
use super::{MS, pictures};
use std::time::Duration;

#[test]
fn reaction_times_are_those_that_an_observer_measures() {
    follow("xinput2", 32, None);
}

#[test]
fn a_rig_can_leave_keys_to_the_window() {
    follow("window", 12, Some("name = \"room\"\n[input]\nsource = \"window\"\n"));
}

/// So many pictures, whose keys are stamped by this source.
fn follow(source: &str, count: u32, rig: Option<&str>) {
    let Some(server) = Server::start() else { return };
    let observer = Observer::start(&server);
    let mut keys = Keys::connect(&server);
    let task = pictures(count, 0.8, 0.53, 0.35);
    let program = Program::start(&server, &task, rig, &["--place", "lab"]);
    let mut dice = Dice(1);
    let mut presses = Vec::new();
    while presses.len() < count as usize {
        let seen = observer.live.recv_timeout(Duration::from_secs(60)).expect("a picture");
        if seen.white {
            let code = if dice.below(3) == 0 { "ArrowRight" } else { "Digit1" };
            let late = dice.ms(0, 17);
            presses.push(keys.tap(code, seen.at() + 250 * MS + late, 40));
        }
    }
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let changes = observer.finish();
    let seen: Vec<_> = changes.iter().filter(|c| c.white).collect();
    let rows = run.events();
    assert_eq!((rows.len(), seen.len()), (presses.len(), presses.len()));

    let zero = run.zero();
    let (mut onsets, mut times) = (vec![], vec![]);
    for ((row, seen), press) in rows.iter().zip(&seen).zip(&presses) {
        let right = press.code == "Digit1";
        assert_eq!(row.cell("response"), if right { "left" } else { "right" });
        assert_eq!(row.cell("accuracy"), if right { "1" } else { "0" });
        onsets.push(row.ns("onset").unwrap() + zero - seen.at());
        times.push(row.ns("response_time").unwrap() - (press.at() - seen.at()));
    }
    let strokes = run.strokes();
    assert_eq!(strokes.len(), keys.log.len(), "each key event is in the journal once");
    let stamps = strokes.iter().zip(&keys.log).map(|(ours, theirs)| {
        assert_eq!((ours.0.as_str(), ours.1), (theirs.code, theirs.down));
        ours.2 - theirs.at()
    });
    Spread::of(&format!("key stamps by {source}, logged minus injected"), stamps).within(3, 8);
    Spread::of("onsets, logged minus seen", onsets).within(4, 8);
    Spread::of("reaction times, logged minus observed", times).within(3, 8);
    for line in run.lines("response") {
        assert_eq!(line["source"], source, "the journal says who took the stamp");
    }
    run.proves_itself();
}
