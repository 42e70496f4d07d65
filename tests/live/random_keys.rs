//! The shipped minute, edited as an experimenter would, under a hail of keys that mean something or nothing,
//! tapped and held, several at once. Each row must hold what follows from the keys as they were pressed.

use super::keys::{Dice, Keys, Stroke};
use super::model::{answer, rating};
use super::program::{Finished, Program, Row, kind, number};
use super::screen::{Change, Observer};
use super::server::Server;
use super::spread::Spread;
use super::system::{sleep_until, wake_on_time};
use super::{MS, edited};

const PLAIN: &str = include_str!("../../protocols/reappraisal-minute.toml");
const START: f64 = 0.3;
/// From the key that turns the page: fixation, then blocks of cue, picture, rating, rest. Milliseconds.
const LEAD_IN: i64 = 600;
const CUE: i64 = 550;
const PICTURE: i64 = 900;
const RATING: i64 = 2_500;
const REST: i64 = 400;
const BLOCK: i64 = CUE + PICTURE + RATING + REST;
/// Keys keep away from the edges of what they may answer: it would be chance on which side they fall.
const APART: i64 = 25 * MS;
/// No key at all is pressed in the rating of this block.
const SILENT: i64 = 2;
/// In the rating of this one a key is held so long that the system repeats it, and no other is pressed.
const LONG: i64 = 4;

/// Movers most of all: what is confirmed moves no more.
const CODES: [&str; 20] = [
    "ArrowLeft",
    "ArrowLeft",
    "ArrowLeft",
    "ArrowLeft",
    "Digit1",
    "Digit1",
    "ArrowRight",
    "ArrowRight",
    "ArrowRight",
    "ArrowRight",
    "Digit2",
    "Digit2",
    "Enter",
    "Space",
    "KeyZ",
    "KeyZ",
    "Digit4",
    "Digit4",
    "Backspace",
    "Backspace",
];

/// The shipped protocol with other words, another scale, other numbers of blocks and pictures, and shorter.
fn shorter(cycles: u32) -> String {
    let blocks = format!("order = \"cycle\"\ncycles = {cycles}");
    let edits = [
        ("word = \"ATTEND\"", "word = \"JUST LOOK\""),
        ("word = \"REGULATE\"", "word = \"THINK ANEW\""),
        ("tr = 2.0\nvolumes = 30\n", "tr = 2.0\n"),
        ("order = \"cycle\"", &blocks),
        ("cycles = 2\ncontents = [\"picture\"]", "cycles = 1\ncontents = [\"picture\"]"),
        ("left = -50\nright = 50", "left = 10\nright = 0"),
        ("\"less_distress\"", "\"more_distress\""),
        ("start = { random = [0.1, 0.9] }", "start = 0.3"),
        ("[phase.lead_in]\nduration = 4.0", "[phase.lead_in]\nduration = 0.6"),
        // The patch is white for the picture alone, so that its edges are the onsets of picture and rating.
        ("[phase.cue]\nduration = 2.0", "[phase.cue]\nmark = false\nduration = 0.55"),
        (
            "[phase.picture]\nduration = 4.0",
            "[phase.picture]\nresponse = { keys = [\"left\", \"right\"] }\nduration = 0.9",
        ),
        ("[phase.rating]\nduration = 5.0", "[phase.rating]\nmark = false\nduration = 2.5"),
        ("[phase.rest]\nduration = 2.0", "[phase.rest]\nduration = 0.4"),
        ("[phase.tail]\nduration = 5.0", "[phase.tail]\nduration = 0.5"),
        ("[phase.end_page]\nduration = 2.0", "[phase.end_page]\nduration = 0.5"),
    ];
    edited(PLAIN, &edits)
}

/// Presses and releases to come, from the instant at which the page was turned.
fn hail(dice: &mut Dice, blocks: i64) -> Vec<(i64, &'static str, bool)> {
    let edges: Vec<i64> = (0..blocks)
        .flat_map(|b| {
            let cue = LEAD_IN + b * BLOCK;
            [cue + CUE, cue + CUE + PICTURE, cue + CUE + PICTURE + RATING]
        })
        .map(|ms| ms * MS)
        .collect();
    let clear = |t: i64| match edges.iter().find(|e| (t - **e).abs() < APART) {
        Some(edge) => edge + APART,
        None => t,
    };
    let asked = |block: i64| (LEAD_IN + block * BLOCK + CUE + PICTURE) * MS;
    let alone = [SILENT, LONG].map(|b| asked(b) - APART..asked(b) + RATING * MS + APART);
    let mut all = vec![
        (asked(LONG) + dice.ms(100, 400), "ArrowRight", true),
        (asked(LONG) + dice.ms(1_600, 2_000), "ArrowRight", false),
    ];
    let mut free = std::collections::HashMap::new();
    let mut t = 200 * MS;
    while t < (LEAD_IN + blocks * BLOCK) * MS {
        let code = CODES[dice.below(CODES.len() as u64) as usize];
        let long = dice.below(10) < 3;
        let held = if long { dice.ms(280, 1_000) } else { dice.ms(25, 120) };
        let (down, up) = (clear(t), clear(clear(t) + held));
        t += dice.ms(20, 420);
        let meets = alone.iter().any(|a| down < a.end && up > a.start);
        if meets || free.get(code).is_some_and(|f| down < *f) {
            continue;
        }
        free.insert(code, up + 10 * MS);
        all.push((down, code, true));
        all.push((up, code, false));
    }
    all.sort_unstable();
    all
}

/// Plays the edited protocol; keys may be pressed from the turn of the page on.
fn play(cycles: u32, seed: Option<u64>) -> Option<(Finished, Vec<Change>, Stroke, Vec<Stroke>)> {
    let server = Server::start()?;
    let observer = Observer::start(&server);
    let mut keys = Keys::connect(&server);
    let mut program = Program::start(&server, &shorter(cycles), None, &["--place", "lab"]);
    program.wait_for_phase(0);
    wake_on_time();
    let page = keys.send("Space", true);
    sleep_until(page.at() + 60 * MS);
    keys.send("Space", false);
    if let Some(seed) = seed {
        for (after, code, down) in hail(&mut Dice(seed), 3 * i64::from(cycles)) {
            sleep_until(page.at() + after);
            keys.send(code, down);
        }
    }
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    Some((run, observer.finish(), page, keys.log))
}

/// What the journal must hold of the keys, and how far its stamps are from the injector's at most.
fn keys_are_all_there(run: &Finished, log: &[Stroke]) -> i64 {
    let strokes = run.strokes();
    let list = |s: &str, down: bool| format!("{s} {}", if down { "down" } else { "up" });
    assert_eq!(
        strokes.iter().map(|s| list(&s.0, s.1)).collect::<Vec<_>>(),
        log.iter().map(|s| list(s.code, s.down)).collect::<Vec<_>>(),
    );
    let spread = Spread::of(
        "key stamps, logged minus injected",
        strokes.iter().zip(log).map(|(a, b)| a.2 - b.at()),
    );
    spread.within(3, 8);
    spread.worst()
}

/// The rows of a block: cue, picture, rating.
fn blocks(run: &Finished, n: usize) -> Vec<[Row; 3]> {
    let mut rows = run.events().into_iter();
    let blocks: Vec<[Row; 3]> =
        std::iter::from_fn(|| Some([rows.next()?, rows.next()?, rows.next()?])).collect();
    assert_eq!(blocks.len(), n);
    assert!(rows.next().is_none());
    for (i, [cue, picture, rating]) in blocks.iter().enumerate() {
        let condition = picture.cell("trial_type");
        let (instruction, _) = condition.split_once('_').unwrap();
        assert_eq!(cue.cell("trial_type"), format!("cue_{instruction}"));
        assert_eq!(rating.cell("trial_type"), "rating");
        for row in [cue, picture, rating] {
            assert_eq!(row.cell("block"), (i + 1).to_string());
            assert_eq!(row.cell("condition"), condition);
        }
    }
    blocks
}

#[test]
fn each_answer_and_rating_follows_from_the_keys_that_were_pressed() {
    let Some((run, changes, page, log)) = play(2, Some(20)) else { return };
    // What a stamp may be off by, on this machine, now.
    let off = keys_are_all_there(&run, &log).max(3 * MS);
    let seen: Vec<i64> = changes.iter().map(Change::at).collect();
    assert_eq!(seen.len(), 12, "six pictures, each with a beginning and an end");
    let zero = run.zero();
    assert!((zero - page.at()).abs() <= off, "the key that turned the page is onset 0");

    let (mut doubtful, mut moved, mut missed) = (0, 0, 0);
    for (i, [_, picture, scale]) in blocks(&run, 6).iter().enumerate() {
        let (shown, asked) = (seen[2 * i], seen[2 * i + 1]);
        let late = [(picture, shown), (scale, asked)]
            .map(|(row, seen)| (row.ns("onset").unwrap() + zero - seen).abs());
        let near = off + late[0].max(late[1]);
        let close = page.at() + (LEAD_IN + i as i64 * BLOCK + CUE + PICTURE + RATING) * MS;
        let edges = [shown, shown + PICTURE * MS, asked, close];
        if log.iter().any(|s| edges.iter().any(|e| (s.at() - e).abs() < near)) {
            doubtful += 1;
            continue;
        }
        let at = |ns: Option<i64>| ns.map(|t| t as f64 / 1e9);
        let alike = |row: &Row, column: &str, wanted: Option<i64>| {
            let (had, wanted) = (row.value(column), at(wanted));
            let same = match (had, wanted) {
                (Some(a), Some(b)) => (a - b).abs() * 1e9 <= near as f64,
                (a, b) => a.is_none() && b.is_none(),
            };
            assert!(same, "block {i}, {column}: {had:?} instead of {wanted:?}");
        };
        let first = answer(&log, shown, shown + PICTURE * MS);
        assert_eq!(picture.cell("response"), first.map_or("n/a", |a| a.0), "block {i}");
        alike(picture, "response_time", first.map(|a| a.1 - shown));
        missed += usize::from(first.is_none());

        let r = rating(&log, asked, close, START);
        let given = r.first_move.is_some() || r.confirmed.is_some();
        let wide = r.leverage * near as f64 / 1e9 + 1e-3;
        let position = scale.value("rating_position").unwrap();
        assert!((position - r.position).abs() <= wide, "block {i}: {position}, {wide}, {r:?}");
        assert_eq!(scale.value("rating").is_some(), given, "block {i}: {r:?}");
        if let Some(rated) = scale.value("rating") {
            // From 10 on the left to 0 on the right.
            assert!(
                (rated - 10.0 * (1.0 - position)).abs() < 2e-3,
                "block {i}: {rated} {position}"
            );
        }
        assert_eq!(scale.value("rating_start"), Some(START));
        assert_eq!(scale.value("rating_moved"), Some(f64::from(u8::from(r.first_move.is_some()))));
        assert_eq!(
            scale.value("rating_confirmed"),
            Some(f64::from(u8::from(r.confirmed.is_some())))
        );
        alike(scale, "first_move_time", r.first_move.map(|t| t - asked));
        alike(scale, "confirm_time", r.confirmed.map(|t| t - asked));
        assert_eq!(given, i as i64 != SILENT, "block {i} was answered unless it was left alone");
        moved += usize::from(r.first_move.is_some());
        println!("block {i}: {first:?} {r:?}");
    }
    println!("{moved} ratings moved, {missed} pictures without answer, {doubtful} blocks in doubt");
    assert!(doubtful <= 2, "too many keys fell on an edge: {doubtful}");
    assert!(moved >= 3);
    let plan = std::fs::read_to_string(run.run.join("plan.json")).unwrap();
    assert!(plan.contains("JUST LOOK") && plan.contains("THINK ANEW"));
    assert!(!plan.contains("\"ATTEND\"") && plan.contains("more_distress"));
    run.proves_itself();
}

#[test]
fn without_a_key_nothing_was_answered() {
    let Some((run, _, _, log)) = play(1, None) else { return };
    keys_are_all_there(&run, &log);
    for [_, picture, scale] in blocks(&run, 3) {
        assert_eq!((picture.cell("response"), picture.cell("response_time")), ("n/a", "n/a"));
        for column in ["rating", "first_move_time", "confirm_time"] {
            assert_eq!(scale.cell(column), "n/a", "{column}");
        }
        assert_eq!((scale.cell("rating_moved"), scale.cell("rating_confirmed")), ("0", "0"));
        assert_eq!(scale.value("rating_position"), Some(START));
    }
    let end = run.journal.last().unwrap();
    assert_eq!((kind(end), &end["complete"]), ("end", &true.into()));
    assert_eq!(number(&end["phases"]), run.lines("onset").len() as i64);
    run.proves_itself();
}
