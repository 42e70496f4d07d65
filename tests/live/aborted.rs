//! A run that the experimenter ends with both keys: everything up to there is kept.

use super::keys::{Dice, Keys};
use super::program::{Program, kind, number};
use super::screen::Observer;
use super::server::Server;
use super::spread::Spread;
use super::system::sleep_until;
use super::{MS, pictures};
use std::time::Duration;

#[test]
fn a_run_ended_by_both_keys_keeps_all_that_came_before() {
    let Some(server) = Server::start() else { return };
    let observer = Observer::start(&server);
    let mut keys = Keys::connect(&server);
    let task = pictures(20, 0.8, 0.9, 0.35);
    let program = Program::start(&server, &task, None, &["--place", "lab"]);
    let mut dice = Dice(3);
    let mut answered = Vec::new();
    let mut shown = 0;
    // Every second picture is answered; the sixth is on the screen, and its answer open, when the end comes.
    while shown < 6 {
        let seen = observer.live.recv_timeout(Duration::from_secs(60)).expect("a picture");
        if !seen.white {
            continue;
        }
        shown += 1;
        if shown % 2 == 0 {
            let press = keys.tap("ArrowLeft", seen.at() + dice.ms(100, 200), 50);
            answered.push((shown, press.at() - seen.at()));
        }
    }
    // Neither the one key alone nor the letter of a reason does anything; both together ask, and the letter ends it.
    let t = keys.tap("KeyQ", super::system::now() + 20 * MS, 20).at();
    keys.tap("KeyO", t + 60 * MS, 20);
    sleep_until(t + 120 * MS);
    let last = keys.send("Escape", true);
    sleep_until(t + 150 * MS);
    keys.send("KeyQ", true);
    sleep_until(t + 250 * MS);
    keys.send("KeyO", true);
    let run = program.finish();
    assert_eq!(run.code, Some(4), "{}", run.said);

    let end = run.journal.last().unwrap();
    assert_eq!((kind(end), &end["complete"]), ("end", &false.into()));
    assert_eq!(end["reason"], "other");
    let seen = run.lines("onset").into_iter().filter(|o| o["covered"] != true);
    assert_eq!(number(&end["phases"]), seen.count() as i64);
    let had = run.strokes();
    assert_eq!(had.len(), keys.log.len(), "every key up to the end is in the journal");
    let stamps = had.iter().zip(&keys.log).map(|(ours, theirs)| {
        assert_eq!((ours.0.as_str(), ours.1), (theirs.code, theirs.down));
        ours.2 - theirs.at()
    });
    Spread::of("key stamps, logged minus injected", stamps).within(3, 8);

    let changes = observer.finish();
    let seen: Vec<_> = changes.iter().filter(|c| c.white && c.at() < last.at()).collect();
    let rows = run.events();
    assert_eq!((rows.len(), seen.len()), (6, 6));
    let zero = run.zero();
    let off = rows.iter().zip(&seen).map(|(row, s)| row.ns("onset").unwrap() + zero - s.at());
    Spread::of("onsets, logged minus seen", off).within(4, 8);
    let times = rows.iter().enumerate().filter_map(|(i, row)| {
        let wanted = answered.iter().find(|(n, _)| *n == i + 1).map(|(_, rt)| *rt);
        assert_eq!(row.cell("response"), if wanted.is_some() { "left" } else { "n/a" });
        Some(row.ns("response_time")? - wanted?)
    });
    Spread::of("reaction times, logged minus observed", times.collect::<Vec<_>>()).within(4, 10);
    // The last picture was on the screen until the end.
    let duration = rows[5].ns("duration").unwrap();
    assert!((seen[5].at() + duration - last.at()).abs() < 100 * MS, "{duration}");
    run.proves_itself();
}
