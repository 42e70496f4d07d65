//! The sources that listen to the Present extension, on a real X server, with another client that presents as a driver does.
#![cfg(all(feature = "window", unix))]

use super::x11_msc::X11Msc;
use super::x11_present::X11Present;
use super::xvfb::{self, server};
use super::{Fate, Feedback, Handed, Report};
use crate::ground::clock::monotonic_now;
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::present::{ConnectionExt as _, Option as PresentOption};
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// A window, by a connection that must stay open.
fn window(display: &str) -> (RustConnection, u32, u8) {
    let (driver, screen) = x11rb::connect(Some(display)).unwrap();
    let window = xvfb::window(&driver, screen);
    let depth = driver.setup().roots[screen].root_depth;
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
