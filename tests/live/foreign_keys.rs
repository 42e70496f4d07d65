//! Keys that were not meant for the run: held from before there was a window, repeated by the system, typed while another
//! window has the keyboard, clicked into another one. None of them may count, whoever stamps keys.

use super::MS;
use super::gone::window;
use super::keys::Keys;
use super::program::{Finished, Program, kind, text};
use super::server::Server;
use super::system::{now, sleep_until};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ConnectionExt as _, CreateWindowAux, InputFocus, Window, WindowClass,
};

const TASK: &str = r#"
sequence = ["page", "tail"]

[task]
name = "foreign"

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

impl Keys {
    /// Another program's window, large enough to be seen.
    fn another_window(&self) -> Window {
        let id = self.connection.generate_id().unwrap();
        let class = WindowClass::INPUT_OUTPUT;
        let attributes = CreateWindowAux::new().override_redirect(1);
        self.connection
            .create_window(0, id, self.root, 700, 500, 50, 50, 0, class, 0, &attributes)
            .unwrap()
            .check()
            .unwrap();
        self.connection.map_window(id).unwrap().check().unwrap();
        id
    }

    fn focus(&self, window: Window) {
        let to = InputFocus::POINTER_ROOT;
        self.connection.set_input_focus(to, window, x11rb::CURRENT_TIME).unwrap().check().unwrap();
    }
}

/// Presses what is foreign and what is not; gives the run.
fn play(source: &str) -> Option<Finished> {
    let server = Server::start()?;
    let mut keys = Keys::connect(&server);
    keys.send("ArrowLeft", true);
    let rig = format!("name = \"room\"\n[input]\nsource = \"{source}\"\n");
    let mut program = Program::start(&server, TASK, Some(&rig), &["--place", "lab"]);
    program.wait_for_phase(0);
    let (_connection, ours) = window(&server);
    let pause = |ms: i64| sleep_until(now() + ms * MS);
    pause(100);
    keys.send("ArrowLeft", false);
    // Long enough to be repeated.
    keys.tap("ArrowRight", now() + 50 * MS, 1_000);

    let click = |keys: &mut Keys| {
        keys.button(true);
        pause(30);
        keys.button(false);
        pause(30);
    };
    keys.move_to([400, 300]);
    click(&mut keys);
    let other = keys.another_window();
    // Beside our window, which still has the keyboard.
    keys.move_to([725, 525]);
    click(&mut keys);
    keys.move_to([400, 300]);
    keys.send("KeyZ", true);
    pause(50);
    keys.focus(other);
    pause(50);
    keys.send("KeyZ", false);
    keys.tap("Digit1", now() + 50 * MS, 30);
    // Held on into our window.
    keys.send("Digit2", true);
    pause(50);
    keys.focus(ours);
    pause(700);
    keys.send("Digit2", false);
    keys.tap("Digit3", now() + 50 * MS, 30);
    keys.tap("Space", now() + 50 * MS, 30);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    Some(run)
}

#[test]
fn keys_that_are_not_meant_for_the_run_never_count() {
    let Some(run) = play("auto") else { return };
    let had: Vec<_> = run.strokes().into_iter().map(|(code, down, _)| (code, down)).collect();
    let tap = |code: &str| [(code.to_string(), true), (code.to_string(), false)];
    let wanted = ["ArrowRight", "MouseLeft", "KeyZ", "Digit3", "Space"].map(tap).concat();
    assert_eq!(had, wanted);
    for line in run.lines("response") {
        // Whoever is told first that the keyboard is gone, the source or the window, reckons a key as released.
        let reckoned = line["down"] == false && line["source"] == "focus lost";
        assert!(line["source"] == "xinput2" || reckoned, "{line}");
    }
    loses_the_keyboard_once(&run);
    run.proves_itself();
}

#[test]
fn the_window_alone_tells_foreign_keys_too() {
    let Some(run) = play("window") else { return };
    let presses: Vec<_> =
        run.strokes().into_iter().filter(|s| s.1).map(|(code, ..)| code).collect();
    assert_eq!(presses, ["ArrowRight", "MouseLeft", "KeyZ", "Digit3", "Space"]);
    let repeats = run.lines("response").iter().filter(|l| l["repeat"] == true).count();
    assert!(repeats > 0, "a key was held long enough for the system to repeat it");
    loses_the_keyboard_once(&run);
    run.proves_itself();
}

/// It is in the journal, between the press of the key that was down then and the next that counts.
#[track_caller]
fn loses_the_keyboard_once(run: &Finished) {
    let told: Vec<String> = (run.journal.iter())
        .filter_map(|line| match kind(line) {
            "focus" => Some(format!("focus {}", line["gained"])),
            "response" if line["repeat"] == false && line["down"] == true => {
                Some(text(&line["code"]))
            }
            _ => None,
        })
        .collect();
    let at = told.iter().position(|t| t == "KeyZ").expect("it was pressed");
    assert_eq!(told[at..at + 4], ["KeyZ", "focus false", "focus true", "Digit3"], "{told:?}");
}
