//! The screen saver is held off as long as the window is open, and no longer.

use super::pictures;
use super::program::Program;
use super::server::Server;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::screensaver::{ConnectionExt as _, State};
use x11rb::protocol::xproto::{Blanking, ConnectionExt as _, Exposures};

#[test]
fn the_screen_saver_waits_for_the_end_of_a_run() {
    let Some(server) = Server::start() else { return };
    let (connection, screen) = x11rb::connect(Some(&server.display)).unwrap();
    let root = connection.setup().roots[screen].root;
    connection.screensaver_query_version(1, 1).unwrap().reply().unwrap();
    let is_on = || {
        let info = connection.screensaver_query_info(root).unwrap().reply().unwrap();
        info.state == u8::from(State::ON)
    };
    // After a second in which nobody presses a key.
    connection
        .set_screen_saver(1, 0, Blanking::PREFERRED, Exposures::ALLOWED)
        .unwrap()
        .check()
        .unwrap();
    let mut program =
        Program::start(&server, &pictures(4, 1.0, 0.6, 0.4), None, &["--place", "lab"]);
    let shown = program.wait_for_phase(0);
    assert!(shown > 0);
    // It may have come before the window; a key that means nothing here would end it, and so does this.
    connection.force_screen_saver(x11rb::protocol::xproto::ScreenSaver::RESET).unwrap();
    connection.flush().unwrap();
    let until = Instant::now() + Duration::from_millis(3_500);
    while Instant::now() < until {
        assert!(!is_on(), "the saver came while a scene was on the screen");
        std::thread::sleep(Duration::from_millis(50));
    }
    let run = program.finish();
    assert!(run.said.contains("run complete"), "{}", run.said);
    let give_up = Instant::now() + Duration::from_secs(20);
    while !is_on() {
        assert!(Instant::now() < give_up, "without a run it comes, or this test says nothing");
        std::thread::sleep(Duration::from_millis(50));
    }
}
