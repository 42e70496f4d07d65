//! The whole way of a marker, driven by a scripted mouse and by held keys: what the journal and the BIDS recording say of it
//! must be what the script did, within one event of the input and one sample of the recording.

use super::keys::{Dice, Keys};
use super::model::course;
use super::mouse::Moved;
use super::program::{Finished, Program, number};
use super::screen::Observer;
use super::server::Server;
use super::spread::Spread;
use super::system::{now, sleep_until, wake_on_time};
use super::trace::{Trace, recording};
use super::{MS, edited};

const CONTINUOUS: &str = include_str!("../../protocols/reappraisal-continuous.toml");

/// A room with a mouse. Counts of the mouse on this server are pixels.
fn room(pointer: &str) -> String {
    format!(
        r#"
[keys]
left = ["ArrowLeft", "Digit1"]
right = ["ArrowRight", "Digit2"]
confirm = ["Enter", "MouseRight"]
continue = "Space"

[pointer]
{pointer}
"#
    )
}

/// One rating of five seconds on a line of 400 pixels.
const RATING: &str = r#"
sequence = ["lead_in", "rating", "tail"]

[task]
name = "line"

[phase.lead_in]
duration = 0.8
elements = [{ kind = "fixation" }]

[phase.rating]
duration = 5.0
elements = [{ kind = "scale", scale = "line" }]
trial_type = "rating"

[phase.tail]
duration = 0.6

[scale.line]
question = "How far to the right?"
left = 0
right = 100
anchors = ["none", "all"]
higher_means = "more"
start = 0.3
width = "400px"
text_height = "30px"

[trial_type.rating]
description = "A rating"
"#;

/// Plays the rating while `script` moves the mouse from the onset that was seen on; gives what it did.
fn rated(pointer: &str, script: impl Fn(&mut Keys, i64)) -> Option<(Finished, i64, Keys)> {
    let server = Server::start()?;
    let observer = Observer::start(&server);
    let mut keys = Keys::connect(&server);
    keys.move_to([400, 300]);
    let program = Program::start(&server, RATING, Some(&room(pointer)), &["--place", "lab"]);
    let seen = loop {
        let change = observer.live.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
        if change.white {
            break change.at();
        }
    };
    wake_on_time();
    script(&mut keys, seen);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    run.proves_itself();
    Some((run, seen, keys))
}

/// Holds a course that steps from one position to the next at known instants against the journal and the recording: at any
/// time the marker is where one of the last, this or the next step has put it.
fn follows(run: &Finished, steps: &[(i64, f64)]) {
    let traces = Trace::all(run);
    assert_eq!(traces.len(), 1, "one rating");
    let trace = &traces[0];
    // A recording has four decimals.
    let among = |t: i64, slack: i64, p: f64, what: &str| {
        let round = if slack > 0 { 1e-4 } else { 1e-6 };
        let last = steps.iter().rposition(|(at, _)| *at <= t - slack).unwrap_or(0);
        let next = steps.iter().rposition(|(at, _)| *at <= t + slack).unwrap_or(0);
        let near = &steps[last.saturating_sub(1)..(next + 2).min(steps.len())];
        let (low, high) =
            near.iter().fold((1.0_f64, 0.0_f64), |(l, h), s| (l.min(s.1), h.max(s.1)));
        assert!((low - round..=high + round).contains(&p), "{what} {p} at {t}: {near:?}");
    };
    let mut t = trace.from;
    while t < trace.to {
        among(t, 0, trace.at(t), "journal");
        t += MS;
    }
    // The scale is to be seen until the next screen, which may come half a frame and a way to the server after its time.
    let next = run.lines("onset").iter().map(|l| number(&l["onset_ns"])).find(|t| *t > trace.from);
    let gone = next.expect("a screen after the scale");
    let mut samples = 0;
    for (t, p) in recording(run) {
        match p {
            Some(p) if t >= trace.from && t < gone => {
                among(t, 10 * MS, p, "recording");
                samples += 1;
            }
            Some(p) => panic!("{p} at {t}, where no scale was on the screen"),
            None => assert!(t < trace.from || t >= gone, "nothing at {t}"),
        }
    }
    assert!((495..=505).contains(&samples), "five seconds at 100 Hz: {samples}");
}

#[test]
fn a_moved_mouse_moves_the_marker_by_as_much() {
    let moves = std::cell::RefCell::new(Vec::<Moved>::new());
    let played = rated("mode = \"move\"\ncounts = 500", |keys, seen| {
        let mut dice = Dice(3);
        let mut at = seen + 300 * MS;
        while at < seen + 4_500 * MS {
            sleep_until(at);
            let by = [dice.below(41) as i16 - 19, dice.below(9) as i16 - 4];
            // No movement is none.
            if by != [0, 0] {
                moves.borrow_mut().push(keys.move_by(by));
            }
            at += dice.ms(2, 14);
        }
        keys.tap("Enter", now() + 50 * MS, 30);
    });
    let Some((run, seen, keys)) = played else { return };
    let moves = moves.into_inner();
    let told: Vec<_> = run.lines("pointer");
    assert_eq!(told.len(), moves.len(), "every movement is in the journal once");
    let mut position: f64 = 0.3;
    let mut steps = vec![(seen, position)];
    for m in &moves {
        position = (position + f64::from(m.to[0]) / 500.0).clamp(0.0, 1.0);
        steps.push((m.at(), position));
    }
    follows(&run, &steps);
    let stamps = told.iter().zip(&moves).map(|(l, m)| l["t_ns"].as_i64().unwrap() - m.at());
    Spread::of("mouse stamps, logged minus injected", stamps).within(3, 8);
    let row = &run.events()[0];
    assert!((row.value("rating_position").unwrap() - position).abs() < 1e-4);
    assert!((row.value("rating").unwrap() - 100.0 * position).abs() < 1e-3);
    assert_eq!((row.cell("rating_moved"), row.cell("rating_confirmed")), ("1", "1"));
    let off = row.ns("first_move_time").unwrap() - (moves[0].at() - seen);
    assert!(off.abs() < 15 * MS, "first movement: {off}");
    let confirmed = keys.log.iter().find(|s| s.code == "Enter").unwrap().at();
    let off = row.ns("confirm_time").unwrap() - (confirmed - seen);
    assert!(off.abs() < 15 * MS, "confirmation: {off}");
}

#[test]
fn pressing_and_dragging_on_the_line_puts_the_marker_there() {
    // The line is 400 pixels wide in the middle of the screen; its ends are half its thickness of 3 further in.
    let means = |x: i16| ((f64::from(x) - 400.0) / 397.0 + 0.5).clamp(0.0, 1.0);
    let steps = std::cell::RefCell::new(Vec::<(i64, f64)>::new());
    let played = rated("mode = \"point\"", |keys, seen| {
        let note = |at: i64, x: i16| steps.borrow_mut().push((at, means(x)));
        steps.borrow_mut().push((seen, 0.3));
        let mut dice = Dice(4);
        sleep_until(seen + 300 * MS);
        // Moving alone changes nothing, and neither does a press far from the line.
        keys.move_to([500, 300]);
        keys.move_to([500, 80]);
        keys.button(true);
        keys.button(false);
        sleep_until(seen + 600 * MS);
        keys.move_to([450, 305]);
        note(keys.button(true).at(), 450);
        let mut x = 450;
        for i in 0..120 {
            sleep_until(seen + (700 + 15 * i) * MS);
            x = (x + dice.below(25) as i16 - 12).clamp(190, 610);
            // Once held, the marker follows wherever the pointer goes.
            note(keys.move_to([x, 300 + 2 * (i as i16 % 60)]).at(), x);
        }
        keys.button(false);
        keys.move_to([250, 300]);
        sleep_until(seen + 3_000 * MS);
        note(keys.button(true).at(), 250);
        keys.button(false);
    });
    let Some((run, ..)) = played else { return };
    let steps = steps.into_inner();
    follows(&run, &steps);
    let row = &run.events()[0];
    assert!((row.value("rating_position").unwrap() - means(250)).abs() < 1e-4);
    assert_eq!((row.cell("rating_moved"), row.cell("rating_confirmed")), ("1", "0"));
}

/// The continuous form, three blocks, quicker.
fn continuous() -> String {
    let edits = [
        ("volumes = 214\n", ""),
        ("cycles = 4\norder = \"cycle\"", "cycles = 1\norder = \"cycle\""),
        ("[phase.lead_in]\nduration = 10.0", "[phase.lead_in]\nduration = 0.6"),
        ("[phase.cue]\nduration = 4.0", "[phase.cue]\nmark = false\nduration = 0.6"),
        ("[phase.picture]\nduration = 5.0", "[phase.picture]\nduration = 1.4"),
        ("[phase.rest]\nduration = 10.0", "[phase.rest]\nduration = 0.8"),
        ("[phase.tail]\nduration = 10.0", "[phase.tail]\nduration = 0.5"),
        ("[phase.end_page]\nduration = 4.0", "[phase.end_page]\nduration = 0.5"),
    ];
    edited(CONTINUOUS, &edits)
}

#[test]
fn a_rating_in_real_time_follows_the_keys_through_all_pictures_of_a_block() {
    let Some(server) = Server::start() else { return };
    let observer = Observer::start(&server);
    let mut keys = Keys::connect(&server);
    let extra = ["--place", "lab", "--no-practice"];
    let mut program = Program::start(&server, &continuous(), None, &extra);
    // Four pages, the check of the buttons, and one page more.
    let pages = ["Space", "Space", "Space", "Space", "Digit1", "ArrowRight", "Enter", "Space"];
    for (page, code) in pages.into_iter().enumerate() {
        let onset = program.wait_for_phase(page as u64);
        keys.tap(code, onset + 100 * MS, 30);
    }
    // White from the first picture of a block to the end of its last.
    let mut dice = Dice(6);
    let mut blocks = Vec::new();
    wake_on_time();
    while blocks.len() < 3 {
        let change = observer.live.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
        if !change.white {
            continue;
        }
        let seen = change.at();
        let mut at = seen + dice.ms(100, 300);
        while at < seen + 5_300 * MS {
            let code = ["ArrowLeft", "ArrowRight", "Digit1", "Digit2"][dice.below(4) as usize];
            let held = if dice.below(2) == 0 { dice.ms(400, 900) } else { dice.ms(25, 90) };
            keys.tap(code, at, held / MS);
            at = now() + dice.ms(20, 250);
        }
        blocks.push(seen);
    }
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let changes = observer.finish();
    run.proves_itself();
    let ends: Vec<i64> = changes.iter().filter(|c| !c.white).map(|c| c.at()).collect();
    let traces = Trace::all(&run);
    assert_eq!(traces.len(), 12, "each of twelve pictures has its part of the way");
    let samples = recording(&run);
    let rows = run.events();
    let pictures: Vec<_> =
        rows.iter().filter(|r| !r.cell("trial_type").starts_with("cue")).collect();
    assert_eq!(pictures.len(), 12);

    // A stamp that is off by a millisecond or two moves a gliding marker by at most so much, and a step comes so much sooner
    // or later.
    let slack = 4;
    let near = |course: &[f64], i: i64, around: i64, p: f64| {
        let from = (i - around).clamp(0, course.len() as i64 - 1) as usize;
        let to = (i + around).clamp(0, course.len() as i64 - 1) as usize;
        let (low, high) =
            course[from..=to].iter().fold((1.0_f64, 0.0_f64), |(l, h), p| (l.min(*p), h.max(*p)));
        // Gliding from another instant of the press adds up to the top speed times that difference.
        (low - 0.004..=high + 0.004).contains(&p)
    };
    let (mut all, mut off) = (0, 0);
    for (b, seen) in blocks.iter().enumerate() {
        let end = ends.iter().copied().find(|e| e > seen).expect("the pictures go");
        let course = course(&keys.log, *seen, end, 0.5);
        let mine = &traces[4 * b..4 * b + 4];
        for pair in mine.windows(2) {
            assert_eq!(pair[0].to, pair[1].from, "one goes on where the other ends");
            let (a, b) = (pair[0].at(pair[0].to), pair[1].at(pair[1].from));
            assert!((a - b).abs() < 1e-9, "the marker does not jump between pictures");
        }
        for trace in mine {
            let mut t = trace.from;
            while t < trace.to {
                all += 1;
                off += usize::from(!near(&course, (t - seen) / MS, slack, trace.at(t)));
                t += MS;
            }
        }
        for (t, p) in samples.iter().filter(|(t, _)| *t > seen + 20 * MS && *t < end - 20 * MS) {
            let p = p.expect("a scale is on the screen");
            all += 1;
            off += usize::from(!near(&course, (t - seen) / MS, 10 + slack, p));
        }
        for (picture, trace) in pictures[4 * b..].iter().zip(mine) {
            let from = picture.value("rating_start").unwrap();
            assert!((from - trace.at(trace.from)).abs() < 1e-4);
            let last = picture.value("rating_position").unwrap();
            assert!((last - trace.at(trace.to)).abs() < 1e-4);
            let n = 2_000;
            let step = (trace.to - trace.from) / n;
            let mean =
                (0..n).map(|i| trace.at(trace.from + i * step + step / 2)).sum::<f64>() / n as f64;
            let had = picture.value("rating_mean");
            let wanted = -50.0 + 100.0 * mean;
            assert!(had.is_none_or(|m| (m - wanted).abs() < 0.05), "{had:?} {wanted}");
        }
    }
    println!(
        "{off} of {all} instants away from the script; {} breakpoints",
        traces.iter().map(Trace::len).sum::<usize>()
    );
    assert!(off * 200 <= all, "{off} of {all} instants are away from what the script did");
}
