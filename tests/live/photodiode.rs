//! The shipped photodiode protocol, measured as a room is: by an observer in a process of its own that sees the square and
//! the patch, and presses the robot's key. A few trials with generous limits; with REFRAME_STRICT=1 all hundred, held to
//! what an idle machine must reach.

use super::MS;
use super::edited;
use super::outsider::{Outsider, Seen};
use super::program::{Finished, Program, number};
use super::server::Server;
use super::spread::Spread;

const SHIPPED: &str = include_str!("../../protocols/photodiode.toml");
/// A room with a photodiode in a corner, and the usual keys.
const ROOM: &str = "[screen]\nphotodiode = \"bottom-right:40\"\n";
const CENTRE: (u32, u32) = (400, 300);
const PATCH: (u32, u32) = (780, 580);
/// A press is known well enough to hold the program to where the observer is in no more doubt. Nanoseconds.
const SURE: i64 = MS / 2;
/// The observer looks for the square in the middle first; it answers that.
const SPOTS: [&str; 2] = ["square in the middle", "patch"];

fn is_strict() -> bool {
    std::env::var("REFRAME_STRICT").as_deref() == Ok("1")
}

/// The shipped protocol with fewer trials.
pub fn shorter(trials: usize) -> String {
    let cycles = format!("cycles = {trials}");
    edited(SHIPPED, &[("cycles = 100", cycles.as_str()), ("duration = 4.0", "duration = 1.5")])
}

/// What one run says of itself, and what was seen of it.
struct Measured {
    run: Finished,
    seen: Vec<Seen>,
    trials: usize,
}

impl Measured {
    /// Instants at which something happened at a spot, one for each trial.
    #[track_caller]
    fn at(&self, spot: usize, what: &str) -> Vec<i64> {
        let all = self.seen.iter().filter(|s| s.spot == spot && s.what == what);
        let all: Vec<i64> = all.map(Seen::at).collect();
        assert_eq!(all.len(), self.trials, "{what} in each trial: {}", SPOTS[spot]);
        all
    }

    /// Onset, offset (the onset of what follows) and lateness of each square, from the journal.
    fn told(&self) -> Vec<(i64, i64, bool)> {
        let onsets = self.run.lines("onset");
        let pairs = onsets.windows(2).filter(|w| w[0]["marked"] == true);
        pairs
            .map(|w| (number(&w[0]["onset_ns"]), number(&w[1]["onset_ns"]), w[0]["late"] == true))
            .collect()
    }
}

fn measure(protocol: &str, trials: usize) -> Option<Measured> {
    let server = Server::start()?;
    let outsider = Outsider::start(&server, &[CENTRE, PATCH], 1);
    let program = Program::bare(&[("DISPLAY", &server.display)], protocol, Some(ROOM), &[]);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    Some(Measured { run, seen: outsider.finish(), trials })
}

#[test]
fn the_photodiode_protocol_says_what_an_observer_measures() {
    let strict = is_strict();
    let trials = if strict { 100 } else { 30 };
    let protocol = if strict { SHIPPED.to_string() } else { shorter(trials) };
    let Some(m) = measure(&protocol, trials) else { return };
    let told = m.told();
    let rows = m.run.events();
    assert_eq!((told.len(), rows.len()), (trials, trials));
    let zero = m.run.zero();
    let presses = m.at(0, "press");
    // A server that is kept waiting leaves the observer itself in doubt when it took a key.
    let doubts: Vec<i64> = m.seen.iter().filter(|s| s.what == "press").map(Seen::doubt).collect();
    let sure: Vec<usize> = (0..trials).filter(|i| doubts[*i] <= SURE).collect();
    // All is said before any of it is judged.
    let spread = |spot: usize, name: &str, values: Vec<i64>| {
        Spread::of(&format!("{}: {name}", SPOTS[spot]), values)
    };
    Spread::of("presses, the observer's own doubt", doubts.iter().copied());
    println!("{} of {trials} presses are known to half a millisecond", sure.len());
    let (mut onsets, mut times, mut known_times, mut shown) = (vec![], vec![], vec![], vec![]);
    for spot in 0..SPOTS.len() {
        let (white, black) = (m.at(spot, "white"), m.at(spot, "black"));
        let off = |i: usize| told[i].0 - white[i];
        let rt = |i: usize| {
            rows[i].ns("response_time").expect("it was answered") - (presses[i] - white[i])
        };
        let lasted = |i: usize| (told[i].1 - told[i].0) - (black[i] - white[i]);
        let all = |value: &dyn Fn(usize) -> i64| (0..trials).map(value).collect::<Vec<_>>();
        onsets.push(spread(spot, "onset, told minus seen", all(&off)));
        times.push(spread(spot, "reaction time, told minus seen", all(&rt)));
        if !sure.is_empty() {
            let known = sure.iter().map(|i| rt(*i)).collect();
            known_times.push(spread(spot, "the same where the press is known", known));
        }
        shown.push(spread(spot, "shown for, told minus seen", all(&lasted)));
        for (i, row) in rows.iter().enumerate() {
            // Microseconds stand in the file.
            assert!((row.ns("onset").unwrap() + zero - told[i].0).abs() <= 1_000, "trial {i}");
            assert_eq!(row.cell("trial"), (i + 1).to_string());
            assert_eq!((row.cell("trial_type"), row.cell("response")), ("square", "robot"));
        }
    }
    let late = told.iter().filter(|t| t.2).count();
    println!("{late} of {trials} onsets are called late");
    for spot in 0..SPOTS.len() {
        onsets[spot].within(4, 8);
        times[spot].within(4, 10);
        shown[spot].within(4, 8);
    }
    if strict {
        // Where a patch is shown, its row is what is told of; the middle is a fraction of a millisecond away.
        onsets[1].strictly(Some(100), Some(500), 235);
        assert!(sure.len() * 5 >= trials * 4, "too busy a machine: presses are in doubt");
        known_times[1].strictly(Some(500), None, 285);
        shown[1].strictly(None, None, 1_100);
        for (i, white) in m.at(0, "white").iter().enumerate() {
            let (onset, _, late) = told[i];
            assert!(
                late || (onset - white).abs() <= 2 * MS,
                "trial {i} was off, and not called late"
            );
        }
    }
    m.run.proves_itself();
}

#[test]
fn the_command_line_can_switch_the_patch_of_the_room_off() {
    let Some(server) = Server::start() else { return };
    let outsider = Outsider::start(&server, &[CENTRE, PATCH], 1);
    let off = ["--photodiode", "none"];
    let place = [("DISPLAY", server.display.as_str())];
    let run = Program::bare(&place, &shorter(2), Some(ROOM), &off).finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let seen = outsider.finish();
    let white = |spot| seen.iter().filter(|s| s.spot == spot && s.what == "white").count();
    assert_eq!((white(0), white(1)), (2, 0));
}
