//! A real X server, with another client that presents as a driver does.

use super::*;
use crate::ground::clock::monotonic_now;
use crate::presenter::feedback::xvfb::{server, window};
use std::time::Duration;
use x11rb::protocol::present::Option as PresentOption;
use x11rb::protocol::xproto::ConnectionExt as _;

#[test]
fn pictures_that_another_client_presents_are_told_of_with_refresh_and_time() {
    let Some((_server, display)) = server() else { return };
    let (driver, screen) = x11rb::connect(Some(&display)).unwrap();
    let (window, depth) = (window(&driver, screen), driver.setup().roots[screen].root_depth);
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
