//! A real X server, with another client that presents as a driver does.

use super::*;
use crate::ground::clock::monotonic_now;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::protocol::present::Option as PresentOption;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

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

#[test]
fn pictures_that_another_client_presents_are_told_of_with_refresh_and_time() {
    let Some((_server, display)) = server() else { return };
    let (driver, screen) = x11rb::connect(Some(&display)).unwrap();
    let root = driver.setup().roots[screen].root;
    let (window, depth) = (driver.generate_id().unwrap(), driver.setup().roots[screen].root_depth);
    let look = CreateWindowAux::new().override_redirect(1);
    driver
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
    driver.map_window(window).unwrap().check().unwrap();
    let mut source = X11Present::open_on(Some(&display), window).expect("Present");
    let (mut all, mut handed) = (Vec::new(), Vec::new());
    for number in 1..=20_u64 {
        source.ask(number);
        let pixmap = driver.generate_id().unwrap();
        driver.create_pixmap(depth, pixmap, window, 64, 64).unwrap();
        // As Mesa does: serials of its own, the next refresh.
        driver
            .present_pixmap(
                window,
                pixmap,
                number as u32 + 700,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                PresentOption::NONE.into(),
                0,
                0,
                0,
                &[],
            )
            .unwrap();
        driver.free_pixmap(pixmap).unwrap();
        driver.flush().unwrap();
        handed.push(monotonic_now());
        for _ in 0..200 {
            source.take(&mut all);
            if all.len() == number as usize {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let mut last = None;
    for (i, report) in all.iter().enumerate() {
        assert_eq!(report.number, i as u64 + 1);
        let Fate::Shown(seen) = report.fate else { panic!("{report:?}") };
        assert_eq!(seen.basis, Basis::X11Present);
        let behind = seen.onset - handed[i];
        assert!(behind.abs() < Nanos::from_millis(200), "on the monotonic clock: {behind}");
        assert!(seen.count > last, "each on a refresh of its own");
        last = seen.count;
    }
    assert_eq!(all.len(), 20);
}
