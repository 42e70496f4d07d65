//! An X server without a screen and a window on it, for tests.
#![cfg(all(feature = "window", unix))]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

/// Killed when it is dropped.
#[derive(Debug)]
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server of its own; none where Xvfb is not installed.
pub fn server() -> Option<(Server, String)> {
    let started = Command::new("Xvfb")
        .args(["-screen", "0", "64x64x24", "-displayfd", "1", "-nolisten", "tcp", "-noreset"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = started else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "Xvfb is not installed");
        eprintln!("!!! NOT TESTED: Xvfb is not installed");
        return None;
    };
    let mut number = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
    Some((Server(child), format!(":{}", number.trim())))
}

/// A window of 64 x 64 pixels that can be seen.
pub fn window(connection: &impl Connection, screen: usize) -> u32 {
    let root = connection.setup().roots[screen].root;
    let window = connection.generate_id().unwrap();
    let look = CreateWindowAux::new().override_redirect(1);
    connection
        .create_window(
            COPY_DEPTH_FROM_PARENT,
            window,
            root,
            0,
            0,
            64,
            64,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &look,
        )
        .unwrap();
    connection.map_window(window).unwrap().check().unwrap();
    window
}
