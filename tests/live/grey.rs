//! Plain grey at the operator's key: on pictures, on a scale whose marker moves, on pages, before the first screen and while the scanner
//! is waited for. An outsider presses the key and looks at the frame buffer until all of it is grey.

use super::keys::{Dice, Keys, Stroke};
use super::program::{Program, kind};
use super::screen::Whole;
use super::server::Server;
use super::spread::Spread;
use super::system::{now, sleep_until};
use super::{MS, edited};

/// Longer than this nobody waits for grey.
const GIVE_UP: i64 = 500 * MS;

/// Presses the key, and waits until the whole screen is grey; then it stays so for a while.
fn grey(screen: &Whole, keys: &mut Keys) -> (Stroke, i64) {
    let press = keys.send("Escape", true);
    let seen = loop {
        let t = now();
        if screen.is_grey() {
            break t;
        }
        assert!(t - press.at() < GIVE_UP, "no grey came");
        sleep_until(t + MS / 10);
    };
    let until = now() + 150 * MS;
    while now() < until {
        assert!(screen.is_grey(), "it did not stay grey");
        sleep_until(now() + 5 * MS);
    }
    (press, seen)
}

fn go_on(keys: &mut Keys) {
    keys.send("Tab", true);
    keys.send("Tab", false);
    keys.send("Escape", false);
}

#[test]
fn the_screen_is_grey_within_two_frames_of_the_key_whatever_is_on_it() {
    let Some(server) = Server::start() else { return };
    let shipped = include_str!("../../protocols/reappraisal-minute.toml");
    // Nothing but the grey itself is grey all over.
    let task = edited(shipped, &[("background = \"grey\"", "background = \"white\"")]);
    let mut keys = Keys::connect(&server);
    let screen = Whole::of(&server);
    let mut program = Program::bare(
        &[("DISPLAY", &server.display)],
        &task,
        None,
        &["--trigger", "emulate", "--no-practice"],
    );
    let mut dice = Dice(11);
    let mut came = Vec::new();
    let mut shown = 0;
    program.wait_for("its first screen", |l| kind(l) == "onset");
    let began = now();
    // Pages are turned until the scanner starts the run; grey comes on each of them.
    while now() - began < 50_000 * MS && shown < 24 {
        sleep_until(now() + dice.ms(500, 1500));
        if screen.is_grey() {
            continue;
        }
        let (press, seen) = grey(&screen, &mut keys);
        came.push(seen - press.at());
        go_on(&mut keys);
        shown += 1;
        // A page comes again, and is turned; a marker is set moving.
        let t = now() + 150 * MS;
        keys.tap("Enter", t, 20);
        sleep_until(t + 60 * MS);
        keys.send("ArrowLeft", true);
        sleep_until(t + 160 * MS);
        keys.send("ArrowLeft", false);
    }
    keys.send("Escape", true);
    keys.send("KeyQ", true);
    sleep_until(now() + 100 * MS);
    keys.send("KeyP", true);
    let run = program.finish();
    assert_eq!(run.code, Some(4), "{}", run.said);
    assert!(run.said.contains("GREY screen since"), "{}", run.said);
    assert!(run.said.contains("participant's wish"), "{}", run.said);
    let spread = Spread::of("grey, seen after its key", came);
    spread.within(34, 60);
    assert_eq!(run.lines("grey").len(), 2 * shown + 1);
    // What the journal says of when it appeared is what was seen.
    run.proves_itself();
}

#[test]
fn who_asks_for_grey_while_pictures_are_loaded_sees_no_first_screen() {
    let Some(server) = Server::start() else { return };
    let shipped = include_str!("../../protocols/reappraisal-minute.toml");
    let task = edited(shipped, &[("background = \"grey\"", "background = \"white\"")]);
    let mut keys = Keys::connect(&server);
    let screen = Whole::of(&server);
    let mut program = Program::bare(
        &[("DISPLAY", &server.display)],
        &task,
        None,
        &["--place", "lab", "--no-practice"],
    );
    // From the moment the window is there it is grey; then the key comes, long before the first screen.
    let began = now();
    while !screen.is_grey() {
        assert!(now() - began < 60_000 * MS, "no window came");
        sleep_until(now() + MS);
    }
    sleep_until(now() + 300 * MS);
    let press = keys.send("Escape", true);
    keys.send("Escape", false);
    assert!(program.wait_for("the grey", |l| kind(l) == "grey")["t_ns"].as_i64().is_some());
    let until = now() + 1_000 * MS;
    while now() < until {
        assert!(screen.is_grey(), "a screen was shown");
        sleep_until(now() + 5 * MS);
    }
    keys.send("Escape", true);
    go_on(&mut keys);
    let first = program.wait_for("the first screen", |l| kind(l) == "onset");
    assert!(first["onset_ns"].as_i64().unwrap() > press.at() + 1_000 * MS);
    program.signal(libc::SIGTERM);
    let run = program.finish();
    assert_eq!(run.code, Some(4), "{}", run.said);
}
