//! The window of a run is covered, minimised, resized, or without keyboard or monitor for a while: each is said and recorded
//! with its begin and its end, and the run goes on.

use super::gone::window;
use super::keys::Keys;
use super::lost_screen::{PAGE, says};
use super::program::{Program, kind};
use super::server::Server;
use super::system::{now, sleep_until};
use super::{MS, pictures};
use x11rb::connection::Connection;
use x11rb::protocol::randr::{ConnectionExt as _, Rotation};
use x11rb::protocol::xproto::{
    ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, InputFocus, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

fn focus(connection: &RustConnection, window: Window) {
    let to = InputFocus::POINTER_ROOT;
    connection.set_input_focus(to, window, x11rb::CURRENT_TIME).unwrap().check().unwrap();
}

/// A window of another program over a part of the screen.
fn other(connection: &RustConnection, root: Window, size: (u16, u16)) -> Window {
    let id = connection.generate_id().unwrap();
    let class = WindowClass::INPUT_OUTPUT;
    let attributes = CreateWindowAux::new().override_redirect(1);
    connection
        .create_window(0, id, root, 0, 0, size.0, size.1, 0, class, 0, &attributes)
        .unwrap()
        .check()
        .unwrap();
    connection.map_window(id).unwrap().check().unwrap();
    id
}

#[test]
fn a_window_that_is_covered_or_minimised_is_told_at_the_beginning_and_at_the_end() {
    let Some(server) = Server::start() else { return };
    let mut keys = Keys::connect(&server);
    let mut program = Program::start(&server, PAGE, None, &["--place", "lab"]);
    program.wait_for_phase(0);
    let (connection, ours) = window(&server);
    let over = other(&connection, keys.root, (800, 600));
    program.wait_for("a covered window", says("another window covers the window, and nothing"));
    // Not told each second.
    sleep_until(now() + 1_200 * MS);
    connection.destroy_window(over).unwrap().check().unwrap();
    program.wait_for("a window that is seen", says("wholly seen again, after 1."));
    connection.unmap_window(ours).unwrap().check().unwrap();
    program.wait_for("a hidden window", says("minimised or hidden"));
    connection.map_window(ours).unwrap().check().unwrap();
    program.wait_for("a window that is seen", says("wholly seen again, after 0."));
    focus(&connection, ours);
    keys.tap("Space", now() + 200 * MS, 50);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let told = |part: &str| run.lines("note").into_iter().filter(|l| says(part)(l)).count();
    assert_eq!([told("covers the window"), told("wholly seen again")], [1, 2], "{}", run.said);
    run.proves_itself();
}

#[test]
fn a_window_that_is_resized_is_laid_out_anew_and_the_run_goes_on() {
    let Some(server) = Server::start() else { return };
    let task = pictures(3, 0.8, 0.9, 0.5);
    let mut program = Program::start(&server, &task, None, &["--place", "lab"]);
    program.wait_for_phase(1);
    let (connection, ours) = window(&server);
    let smaller = ConfigureWindowAux::new().width(640).height(480);
    connection.configure_window(ours, &smaller).unwrap().check().unwrap();
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let resized = says("the window changed from 800 x 600 to 640 x 480 pixels");
    assert_eq!(run.lines("note").into_iter().filter(|l| resized(l)).count(), 1, "{}", run.said);
    run.proves_itself();
}

#[test]
fn a_full_screen_takes_the_keyboard_back_from_nobody_and_from_no_window_that_is_seen() {
    let Some(server) = Server::start() else { return };
    let mut keys = Keys::connect(&server);
    let place = ["--place", "lab", "--display", "fullscreen", "--any-display"];
    let mut program = Program::start(&server, PAGE, None, &place);
    program.wait_for_phase(0);
    let (connection, ours) = window(&server);
    let dialog = other(&connection, keys.root, (80, 60));
    focus(&connection, dialog);
    program.wait_for("a lost focus", |l| kind(l) == "focus" && l["gained"] == false);
    sleep_until(now() + 1_500 * MS);
    let has = || connection.get_input_focus().unwrap().reply().unwrap().focus;
    assert_eq!(has(), dialog, "somebody may have to answer it");
    connection.destroy_window(dialog).unwrap().check().unwrap();
    let give_up = now() + 3_000 * MS;
    while has() != ours {
        assert!(now() < give_up, "it is not taken back");
        sleep_until(now() + 20 * MS);
    }
    keys.tap("Space", now() + 200 * MS, 50);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    assert!(run.said.contains("note: the window has the keyboard again, after"), "{}", run.said);
    run.proves_itself();
}

#[test]
fn a_monitor_that_goes_and_comes_back_is_told_and_the_run_goes_on() {
    let Some(server) = Server::start() else { return };
    let mut keys = Keys::connect(&server);
    let mut program = Program::start(&server, PAGE, None, &["--place", "lab"]);
    program.wait_for_phase(0);
    let c = &keys.connection;
    let all = c.randr_get_screen_resources_current(keys.root).unwrap().reply().unwrap();
    let (crtc, at) = (all.crtcs[0], all.config_timestamp);
    let before = c.randr_get_crtc_info(crtc, at).unwrap().reply().unwrap();
    let set = |mode: u32, outputs: &[u32]| {
        let now = x11rb::CURRENT_TIME;
        let asked = c.randr_set_crtc_config(crtc, now, at, 0, 0, mode, Rotation::ROTATE0, outputs);
        asked.unwrap().reply().expect("the server switches its output")
    };
    set(0, &[]);
    program
        .wait_for("a monitor that is gone", says("is gone: the run goes on, and nobody sees it"));
    set(before.mode, &before.outputs);
    program.wait_for("a monitor that is back", says("is there again, after"));
    keys.tap("Space", now() + 200 * MS, 50);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    run.proves_itself();
}
