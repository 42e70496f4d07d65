//! A desktop that hangs for a moment: the X server is stopped around some onsets. Those came late, and the data
//! must say so, and when; the others must not be touched by it.

use super::keys::Dice;
use super::program::{Program, kind, number};
use super::screen::Observer;
use super::server::Server;
use super::spread::Spread;
use super::system::{now, sleep_until, wake_on_time};
use super::{MS, pictures};

/// With REFRAME_STRICT=1, fifty, of which twenty are held up.
fn how_many() -> usize {
    if std::env::var("REFRAME_STRICT").as_deref() == Ok("1") { 50 } else { 20 }
}

const LEAD_IN: f64 = 1.0;
const PICTURE: f64 = 0.607;
/// Longer than what keeps a number of frames: each picture comes at its absolute time.
const REST: f64 = 0.511;

#[test]
fn onsets_of_a_stopped_server_are_logged_late_as_they_were_seen() {
    let Some(server) = Server::start() else { return };
    let count = how_many();
    let observer = Observer::start(&server);
    let task = pictures(count as u32, LEAD_IN, PICTURE, REST);
    let mut program = Program::start(&server, &task, None, &["--place", "lab"]);
    let began = number(&program.wait_for("a start", |l| kind(l) == "segment")["t_ns"]);
    let planned = |i: usize| began + ((LEAD_IN + i as f64 * (PICTURE + REST)) * 1e9).round() as i64;
    let mut dice = Dice(2);
    // Two in five, never the first.
    let mut stopped = vec![false; count];
    while stopped.iter().filter(|s| **s).count() < count * 2 / 5 {
        stopped[1 + dice.below(count as u64 - 1) as usize] = true;
    }
    wake_on_time();
    let mut missed = vec![false; count];
    for i in (0..count).filter(|i| stopped[*i]) {
        // Before the flip, which may come half a frame before its time, and until after its frame.
        let from = planned(i) - dice.ms(15, 33);
        sleep_until(from);
        server.stop();
        // Too late on a busy machine: the picture may have been shown before.
        missed[i] = now() > planned(i) - 10 * MS;
        sleep_until(from + 50 * MS);
        server.go_on();
    }
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let changes = observer.finish();
    let seen: Vec<_> = changes.iter().filter(|c| c.white).collect();
    let rows = run.events();
    assert_eq!((rows.len(), seen.len()), (count, count));

    let zero = run.zero();
    let (mut late, mut others, mut punctual, mut fair) = (vec![], vec![], 0, 0);
    for (i, (row, seen)) in rows.iter().zip(&seen).enumerate() {
        let logged = row.ns("onset").unwrap() + zero;
        assert!((row.ns("onset_planned").unwrap() + zero - planned(i)).abs() <= 1_000);
        let delay = seen.at() - planned(i);
        if missed[i] {
            continue;
        }
        if stopped[i] {
            assert!(delay > 12 * MS, "picture {i} was held up: {delay}");
            assert_eq!(row.cell("late"), "1", "picture {i} came {delay} ns late");
            // The size, in refreshes of 60 Hz, as the observer saw it: a frame either way is the flip it was meant for.
            let missed = number(
                &run.lines("onset").iter().filter(|l| l["marked"] == true).collect::<Vec<_>>()[i]["missed"],
            );
            let by_eye = (delay as f64 / 16_666_667.0).round() as i64;
            assert!((missed - by_eye).abs() <= 1, "picture {i}: {missed} for {by_eye} frames");
            late.push(logged - seen.at());
        } else {
            punctual += usize::from(delay.abs() < 12 * MS);
            // Half a frame either way is as planned; a flag needs a reason, and a delay a flag.
            fair +=
                usize::from(if row.cell("late") == "1" { delay > 7 * MS } else { delay < 12 * MS });
            others.push(logged - seen.at());
        }
    }
    assert!(late.len() >= 5, "too few were stopped in time: {}", late.len());
    let calm = others.len();
    Spread::of("onsets of stopped pictures, logged minus seen", late).within(4, 8);
    Spread::of("onsets of the others, logged minus seen", others).within(4, 8);
    println!("{punctual} of {calm} others came in time");
    assert!(fair * 10 >= calm * 8, "only {fair} of {calm} others are flagged as they were seen");
    assert!(punctual * 10 >= calm * 8, "only {punctual} of {calm} others came in time");
    run.proves_itself();
}
