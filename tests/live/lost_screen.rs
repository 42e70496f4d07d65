//! The screen is lost in the middle of a run: the graphics driver gives its device up, or somebody destroys the window. The run
//! goes on within a second, the gap is recorded, and onsets are as two outsiders see them.

use super::gone::window;
use super::keys::Keys;
use super::program::{Finished, Program, kind, number, text};
use super::screen::Observer;
use super::server::Server;
use super::system::now;
use super::{MS, pictures};
use serde_json::Value;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    CLIENT_MESSAGE_EVENT, ClientMessageEvent, ConnectionExt as _, EventMask,
};

/// Until a key is pressed, then a cross with a row in the data.
pub const PAGE: &str = r#"
sequence = ["page", "tail"]

[task]
name = "page"

[phase.page]
until = "response"
response = { keys = ["continue"] }
elements = [{ kind = "text", text = "Press the space bar." }]

[phase.tail]
duration = 0.5
elements = [{ kind = "fixation" }]
trial_type = "tail"

[trial_type.tail]
description = "A cross"
"#;

/// Whether a line is a note that says this.
pub fn says<'a>(part: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |line| kind(line) == "note" && line["text"].as_str().is_some_and(|t| t.contains(part))
}

/// How long nothing could be shown, each time, in milliseconds; as the notes tell it.
#[track_caller]
fn gaps(run: &Finished) -> Vec<f64> {
    let notes = run.lines("note").into_iter().filter(|l| says("nothing could be shown for")(l));
    let ms = |note: &Value| {
        let text = text(&note["text"]);
        println!("{text}");
        let (_, rest) = text.split_once("shown for ").expect("its length");
        let (ms, _) = rest.split_once(" ms").expect("in milliseconds");
        ms.parse::<f64>().expect("a number")
    };
    notes.map(ms).collect()
}

/// Each onset of a picture is as the patch was seen; gives by how much they came late.
#[track_caller]
fn onsets_are_as_seen(run: &Finished, observer: Observer, again: usize) -> Vec<i64> {
    let seen: Vec<i64> =
        observer.finish().iter().filter(|c| c.white).map(super::screen::Change::at).collect();
    let onsets: Vec<&Value> =
        run.lines("onset").into_iter().filter(|l| l["marked"] == true).collect();
    assert!(seen.len() <= onsets.len() + again, "{} changes", seen.len());
    for line in &onsets {
        let at = number(&line["onset_ns"]);
        let off = seen.iter().map(|s| (s - at).abs()).min().expect("changes");
        assert!(off < 20 * MS, "an onset is {off} ns from any change: {line}");
    }
    onsets.iter().map(|l| number(&l["onset_ns"]) - number(&l["planned_ns"])).collect()
}

#[test]
fn a_run_whose_graphics_device_is_lost_goes_on_within_a_second() {
    let Some(server) = Server::start() else { return };
    let observer = Observer::start(&server);
    let task = pictures(6, 0.8, 1.3, 0.6);
    // The lead-in is the first scene, and a rest follows each picture: the second picture, and the rest behind the fourth.
    let place = [("DISPLAY", server.display.as_str()), ("REFRAME_TEST_LOSSES", "4,9")];
    let run =
        Program::bare(&place, &task, None, &["--photodiode", "top-left:40", "--place", "lab"])
            .finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let gaps = gaps(&run);
    assert!(gaps.len() == 2 && gaps.iter().all(|ms| (1.0..1_000.0).contains(ms)), "{gaps:?}");
    let late = onsets_are_as_seen(&run, observer, 0);
    assert_eq!(late.len(), 6);
    let lines = run.lines("onset");
    // Lost when they were to be drawn, which is up to a tenth of a second ahead of their flips.
    for (ticket, gap) in [4, 9].iter().zip(&gaps) {
        let held = lines.iter().find(|l| l["ticket"] == *ticket).expect("it was shown");
        let delay = number(&held["onset_ns"]) - number(&held["flip_ns"]);
        assert!(delay as f64 / 1e6 >= gap - 130.0, "it came as late as it did: {held}");
        assert!(held["late"] == true || delay < 12 * MS, "{held}");
    }
    for line in &lines {
        assert_eq!(line["basis"], "x11-roundtrip", "who told of onsets before tells of them again");
    }
    run.proves_itself();
}

#[test]
fn a_run_whose_window_is_destroyed_goes_on_in_another() {
    let Some(server) = Server::start() else { return };
    let mut keys = Keys::connect(&server);
    let mut program = Program::start(&server, PAGE, None, &["--place", "lab"]);
    program.wait_for_phase(0);
    let (connection, first) = window(&server);
    connection.destroy_window(first).unwrap().check().unwrap();
    program.wait_for("the end of the gap", says("nothing could be shown for"));
    let (_, second) = window(&server);
    assert_ne!(first, second);
    program.wait_for("the keyboard", |l| kind(l) == "focus" && l["gained"] == true);
    keys.tap("Space", now() + 200 * MS, 50);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let gaps = gaps(&run);
    assert!(gaps.len() == 1 && gaps[0] < 1_000.0, "{gaps:?}");
    let hidden = run.lines("note").into_iter().filter(|l| says("minimised or hidden")(l)).count();
    assert_eq!(hidden, 0, "it was destroyed, not hidden: {}", run.said);
    let strokes: Vec<_> = run.lines("response").into_iter().collect();
    assert_eq!(strokes.len(), 2, "{}", run.said);
    assert!(strokes.iter().all(|l| l["source"] == "xinput2" && l["code"] == "Space"));
    run.proves_itself();
}

#[test]
fn onsets_are_true_where_the_window_is_destroyed_under_a_picture() {
    let Some(server) = Server::start() else { return };
    let observer = Observer::start(&server);
    let task = pictures(5, 0.8, 1.0, 0.6);
    let mut program = Program::start(&server, &task, None, &["--place", "lab"]);
    // The second picture.
    program.wait_for_phase(3);
    let (connection, ours) = window(&server);
    connection.destroy_window(ours).unwrap().check().unwrap();
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let gaps = gaps(&run);
    assert!(gaps.len() == 1 && gaps[0] < 1_000.0, "{gaps:?}");
    // The picture that was on the screen is seen once more in the new window.
    let late = onsets_are_as_seen(&run, observer, 1);
    assert_eq!(late.len(), 5);
    run.proves_itself();
}

/// Asks the program's window to close, as the button of a window manager does.
fn ask_to_close(server: &Server) {
    let (connection, ours) = window(server);
    let atom = |name: &[u8]| connection.intern_atom(false, name).unwrap().reply().unwrap().atom;
    let event = ClientMessageEvent {
        response_type: CLIENT_MESSAGE_EVENT,
        format: 32,
        sequence: 0,
        window: ours,
        type_: atom(b"WM_PROTOCOLS"),
        data: [atom(b"WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0].into(),
    };
    connection.send_event(false, ours, EventMask::NO_EVENT, event).unwrap().check().unwrap();
    connection.flush().unwrap();
}

#[test]
fn a_window_that_is_asked_to_close_stays_and_says_what_ends_a_run() {
    let Some(server) = Server::start() else { return };
    let mut keys = Keys::connect(&server);
    let mut program = Program::start(&server, PAGE, None, &["--place", "lab"]);
    program.wait_for_phase(0);
    ask_to_close(&server);
    program.wait_for("what ends a run", says("hold Escape and Q together"));
    keys.tap("Space", now() + 200 * MS, 50);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    assert!(run.said.contains("warning: the window was asked to close"), "{}", run.said);
    run.proves_itself();
}

#[test]
fn a_window_that_is_closed_before_the_first_screen_ends_the_program() {
    let Some(server) = Server::start() else { return };
    let program = Program::start(&server, PAGE, None, &["--place", "lab"]);
    let (connection, screen) = x11rb::connect(Some(&server.display)).unwrap();
    let root = connection.setup().roots[screen].root;
    let give_up = now() + 20_000 * MS;
    // The screen is checked for longer than a second.
    loop {
        let tree = connection.query_tree(root).unwrap().reply().unwrap();
        let large = |w: &&u32| {
            let size = connection.get_geometry(**w).unwrap().reply();
            size.is_ok_and(|g| (g.width, g.height) == (800, 600))
        };
        if tree.children.iter().any(|w| large(&w)) {
            break;
        }
        assert!(now() < give_up, "no window");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    ask_to_close(&server);
    let (code, said) = program.refused();
    assert_eq!(code, Some(4), "{said}");
}
