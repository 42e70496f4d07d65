//! A window on a real X server: scenes appear when it is said they do, and keys are stamped. Needs DISPLAY
//! (`xvfb-run cargo test --test window`); says so and passes where there is none. One test, since a process can
//! have one event loop.
#![cfg(all(feature = "window", target_os = "linux"))]

use crossbeam_channel::{Receiver, Sender, unbounded};
use reframe::ground::clock::monotonic_now;
use reframe::ground::event::{Event, Presented};
use reframe::ground::ports::{Display, Due, PictureSource, Pixels, ShowRequest};
use reframe::ground::record::{Basis, DisplayInfo};
use reframe::ground::scene::{Rgb, Scene, StimulusId};
use reframe::ground::time::Nanos;
use reframe::presenter::render::{self, RenderConfig, RenderHandle, Target, WindowTarget};
use reframe::shell::{self, Mode, OpenWindow, ShellError, ShellHandle, WindowSpec};
use std::sync::Arc;
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};
use x11rb::protocol::xtest::ConnectionExt as _;

struct NoPictures;

impl PictureSource for NoPictures {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        Err(format!("no picture {id}"))
    }
}

#[test]
fn scenes_appear_when_it_is_said_they_do_and_keys_are_stamped() {
    if std::env::var_os("DISPLAY").is_none() {
        eprintln!("skipped: DISPLAY is not set, so there is no X server to open a window on");
        return;
    }
    let (tell, events) = unbounded();
    let to_render = tell.clone();
    let (done, passed) = unbounded();
    let ran = shell::run(tell, move |shell| {
        session(&shell, &to_render, &events);
        done.send(()).expect("the test waits");
        // Without a message, for it is on purpose.
        std::panic::resume_unwind(Box::new(()));
    });
    passed.try_recv().expect("the session got to its end");
    // A loop that outlives its worker would hang here, and a defect must not look like a run that has ended.
    let ran: Result<(), ShellError> = ran;
    assert!(matches!(ran, Err(ShellError::WorkerPanicked)), "{ran:?}");
}

fn session(shell: &ShellHandle, tell: &Sender<Event>, events: &Receiver<Event>) {
    a_monitor_that_is_not_there_is_an_error_that_names_the_others(shell);
    // Twice: a process may open one window after the other.
    for _ in 0..2 {
        let open = window(shell);
        let (mut display, info) = display(&open, tell, events);
        assert_eq!((info.width_px, info.height_px, info.mode.as_str()), (320, 240, "window"));
        onsets_are_near_their_plan(&mut display, events, &info);
        what_is_reported_is_on_the_screen(&mut display, events);
        an_update_changes_its_own_scene_and_no_other(&mut display, events);
        keys_are_stamped_when_they_are_pressed(events);
        display.stop();
        shell.close(open).expect("the loop runs");
    }
}

fn a_monitor_that_is_not_there_is_an_error_that_names_the_others(shell: &ShellHandle) {
    let mode = Mode::Fullscreen { monitor: Some("NOWHERE-7".into()) };
    match shell.open(WindowSpec { title: "test".into(), mode, pointing: None, lasting: false }) {
        Err(ShellError::NoMonitor { wanted, available }) => {
            assert_eq!(wanted, "NOWHERE-7");
            assert!(!available.is_empty(), "the monitors that are there are named");
        }
        other => panic!("{other:?}"),
    }
}

fn window(shell: &ShellHandle) -> OpenWindow {
    let mode = Mode::Window { width: 320, height: 240 };
    shell
        .open(WindowSpec { title: "reframe test".into(), mode, pointing: None, lasting: false })
        .expect("a window")
}

fn display(
    open: &OpenWindow,
    tell: &Sender<Event>,
    events: &Receiver<Event>,
) -> (RenderHandle, DisplayInfo) {
    let target = Target::Window(WindowTarget {
        window: open.window.clone(),
        exposed: open.exposed.clone(),
        fullscreen: open.fullscreen,
        monitor: open.monitor.clone(),
        refresh_hz: open.refresh_hz,
        renewed: open.renewed.clone(),
    });
    let display =
        render::start(RenderConfig::default(), target, Arc::new(NoPictures), vec![], tell.clone());
    let info = until(events, |e| match e {
        Event::DisplayReady(info) => Some(*info),
        _ => None,
    });
    (display, info)
}

fn until<T>(events: &Receiver<Event>, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
    loop {
        match events.recv_timeout(Duration::from_secs(20)).expect("an event in time") {
            Event::DisplayFailed(f) => panic!("{}; {}", f.text, f.remedy),
            event => {
                if let Some(found) = wanted(event) {
                    return found;
                }
            }
        }
    }
}

fn presented(events: &Receiver<Event>) -> Presented {
    until(events, |e| match e {
        Event::Presented(p) => Some(p),
        _ => None,
    })
}

fn request(ticket: u64, due: Due, color: Rgb) -> ShowRequest {
    ShowRequest {
        ticket,
        scene: Scene::blank(color),
        due,
        report: true,
        mark: false,
        event: None,
        sounds: None,
    }
}

fn onsets_are_near_their_plan(
    display: &mut RenderHandle,
    events: &Receiver<Event>,
    info: &DisplayInfo,
) {
    let start = monotonic_now() + Nanos::from_millis(300);
    let planned = |i: u64| start + Nanos::from_millis(103) * i as i64;
    for i in 0..10 {
        let color = if i % 2 == 0 { Rgb::WHITE } else { Rgb::BLACK };
        display.show(request(i, Due::At(planned(i)), color));
    }
    let mut errors = Vec::new();
    for i in 0..10 {
        let p = presented(events);
        assert_eq!(p.ticket, i);
        assert_eq!(p.basis, info.basis);
        errors.push((p.onset - planned(i)).abs());
    }
    errors.sort();
    // Half a frame by design, and what a busy machine adds; half of them must be well within.
    let half = Nanos::period(info.refresh_hz).half();
    assert!(errors[5] < half + Nanos::from_millis(4), "{errors:?}");
}

fn what_is_reported_is_on_the_screen(display: &mut RenderHandle, events: &Receiver<Event>) {
    let (connection, screen) = x11rb::connect(None).expect("the X server");
    let root = connection.setup().roots[screen].root;
    for (i, color) in [Rgb([200, 100, 50]), Rgb([1, 2, 3])].into_iter().enumerate() {
        display.show(request(100 + i as u64, Due::Next, color));
        let p = presented(events);
        if p.basis != Basis::X11Roundtrip {
            eprintln!("not checked on the screen: this driver does not copy");
            return;
        }
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, root, 10, 10, 1, 1, !0)
            .expect("the X server")
            .reply()
            .expect("a pixel");
        let [r, g, b] = color.0;
        assert_eq!(image.data[..3], [b, g, r], "the pixel has its exact bytes");
    }
}

fn an_update_changes_its_own_scene_and_no_other(
    display: &mut RenderHandle,
    events: &Receiver<Event>,
) {
    let (connection, screen) = x11rb::connect(None).expect("the X server");
    let root = connection.setup().roots[screen].root;
    let blue = || {
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, root, 10, 10, 1, 1, !0)
            .expect("the X server")
            .reply()
            .expect("a pixel");
        image.data[0]
    };
    let update = |ticket, blue| ShowRequest {
        report: false,
        ..request(ticket, Due::Next, Rgb([0, 0, blue]))
    };
    display.show(request(200, Due::Next, Rgb([0, 0, 70])));
    presented(events);
    display.show(update(200, 90));
    let drawn = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        blue() == 90
    });
    assert!(drawn, "the scene on screen was not changed");
    display.show(update(101, 110));
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(blue(), 90, "a scene that had gone came back");
}

fn keys_are_stamped_when_they_are_pressed(events: &Receiver<Event>) {
    let (connection, screen) = x11rb::connect(None).expect("the X server");
    let root = connection.setup().roots[screen].root;
    // Key code 38 is the A of a PC keyboard.
    for (kind, down) in [(2, true), (3, false)] {
        let before = monotonic_now();
        connection.xtest_fake_input(kind, 38, 0, root, 0, 0, 0).expect("the XTest extension");
        connection.flush().expect("the X server");
        let key = until(events, |e| match e {
            Event::Key(k) => Some(k),
            _ => None,
        });
        let after = monotonic_now();
        assert_eq!((key.code.as_str(), key.down, key.repeat), ("KeyA", down, false));
        assert!(before < key.stamp && key.stamp <= after, "{before} {} {after}", key.stamp);
    }
}
