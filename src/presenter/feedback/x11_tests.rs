//! The sources that listen to the Present extension, on a real X server, with another client that presents as a driver does.
#![cfg(all(feature = "window", unix))]

use super::x11_msc::X11Msc;
use super::x11_present::X11Present;
use super::{Fate, Feedback, Handed, Report};
use crate::ground::clock::monotonic_now;
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::present::{ConnectionExt as _, Option as PresentOption};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};
use x11rb::rust_connection::RustConnection;

/// Killed when it is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn server() -> Option<(Server, String)> {
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

/// A window, by a connection that must stay open.
fn window(display: &str) -> (RustConnection, u32, u8) {
    let (driver, screen) = x11rb::connect(Some(display)).unwrap();
    let root = driver.setup().roots[screen].root;
    let (window, depth) = (driver.generate_id().unwrap(), driver.setup().roots[screen].root_depth);
    let look = CreateWindowAux::new().override_redirect(1);
    let (kind, parent) = (WindowClass::INPUT_OUTPUT, COPY_DEPTH_FROM_PARENT);
    driver.create_window(parent, window, root, 0, 0, 64, 64, 0, kind, 0, &look).unwrap();
    driver.map_window(window).unwrap().check().unwrap();
    (driver, window, depth)
}

/// Waits until so many reports are there.
fn listen(source: &mut dyn Feedback, all: &mut Vec<Report>, wanted: usize) {
    for _ in 0..500 {
        source.take(all);
        if all.len() >= wanted {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Each was seen on a refresh of its own, soon after it was handed over.
fn one_after_the_other(all: &[Report], handed: &[Nanos], basis: Basis) {
    let mut last = None;
    for (i, report) in all.iter().enumerate() {
        assert_eq!(report.number, i as u64 + 1);
        let Fate::Shown(seen) = report.fate else { panic!("{report:?}") };
        assert_eq!(seen.basis, basis);
        let behind = seen.onset - handed[i];
        assert!(behind.abs() < Nanos::from_millis(200), "on the monotonic clock: {behind}");
        assert!(seen.count > last, "each on a refresh of its own");
        last = seen.count;
    }
    assert_eq!(all.len(), handed.len());
}

#[test]
fn pictures_that_another_client_presents_are_told_of_with_refresh_and_time() {
    let Some((_server, display)) = server() else { return };
    let (driver, window, depth) = window(&display);
    let mut source = X11Present::open_on(Some(&display), window).expect("Present");
    let (mut all, mut handed) = (Vec::new(), Vec::new());
    for number in 1..=20_u64 {
        source.ask(number);
        let pixmap = driver.generate_id().unwrap();
        driver.create_pixmap(depth, pixmap, window, 64, 64).unwrap();
        // As Mesa does: serials of its own, the next refresh.
        let (serial, now) = (number as u32 + 700, PresentOption::NONE.into());
        driver
            .present_pixmap(window, pixmap, serial, 0, 0, 0, 0, 0, 0, 0, now, 0, 0, 0, &[])
            .unwrap();
        driver.free_pixmap(pixmap).unwrap();
        driver.flush().unwrap();
        handed.push(monotonic_now());
        listen(&mut source, &mut all, number as usize);
    }
    one_after_the_other(&all, &handed, Basis::X11Present);
}

#[test]
fn what_nobody_tells_of_is_reckoned_to_be_on_the_first_tick_behind_it() {
    let Some((_server, display)) = server() else { return };
    let (_driver, window, _) = window(&display);
    let mut source = X11Msc::open_on(Some(&display), window).expect("Present");
    let (mut all, mut at) = (Vec::new(), Vec::new());
    for number in 1..=20_u64 {
        let now = monotonic_now();
        let handed = Handed { number, called: now, returned: now, flip: now };
        source.handed(&handed).expect("the server is there");
        at.push(now);
        listen(&mut source, &mut all, number as usize);
    }
    one_after_the_other(&all, &at, Basis::X11Msc);
}
