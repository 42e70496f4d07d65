//! An observer of the screen: looks at the photodiode patch in the server's frame buffer some thousand times a
//! second and notes when it changes, as a photodiode would.

use super::server::Server;
use super::system::{Mapped, now, sleep_until, wake_on_time};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

/// How often it looks, in nanoseconds.
const EVERY: i64 = 100_000;

/// The patch changed between two looks.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub before: i64,
    pub after: i64,
    pub white: bool,
}

impl Change {
    /// The middle of the two looks.
    pub fn at(&self) -> i64 {
        self.before + (self.after - self.before) / 2
    }
}

/// The whole screen, to be looked at.
pub struct Whole(Screen);

impl Whole {
    pub fn of(server: &Server) -> Whole {
        Whole(Screen::open(&server.frame_buffer()))
    }

    /// Whether all of it is the middle grey.
    pub fn is_grey(&self) -> bool {
        self.0.is_grey()
    }
}

/// A thread that looks.
pub struct Observer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<Change>>>,
    pub live: Receiver<Change>,
}

impl Observer {
    /// Looks at the middle of a patch of 40 pixels in the top left corner.
    pub fn start(server: &Server) -> Observer {
        let screen = Screen::open(&server.frame_buffer());
        let stop = Arc::new(AtomicBool::new(false));
        let (tell, live) = channel();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            wake_on_time();
            let mut changes = Vec::new();
            let (mut white, mut before) = (screen.is_white(20, 20), now());
            while !stopped.load(Ordering::Relaxed) {
                sleep_until(before + EVERY);
                let seen = screen.is_white(20, 20);
                let after = now();
                if seen != white {
                    white = seen;
                    let change = Change { before, after, white };
                    changes.push(change);
                    // Not every test listens.
                    let _ = tell.send(change);
                }
                before = after;
            }
            changes
        });
        Observer { stop, thread: Some(thread), live }
    }

    /// All that it has seen.
    pub fn finish(mut self) -> Vec<Change> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().expect("it is finished once").join().expect("the observer works")
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// The frame buffer: an XWD file, whose header is numbers of four bytes, the highest first.
struct Screen {
    map: Mapped,
    pixels: usize,
    line: usize,
}

impl Screen {
    fn open(path: &Path) -> Screen {
        let map = Mapped::open(path);
        let field = |i: usize| u32::from_be_bytes(map.read(4 * i)) as usize;
        let (header, bits, line, colours) = (field(0), field(11), field(12), field(19));
        assert_eq!((field(4), field(5), bits), (800, 600, 32), "a screen as it was asked for");
        Screen { pixels: header + 12 * colours, line, map }
    }

    /// Whether each of a grid of pixels is the middle grey.
    fn is_grey(&self) -> bool {
        let mut grid = (0..600).step_by(4).flat_map(|y| (0..800).step_by(4).map(move |x| (x, y)));
        grid.all(|(x, y)| {
            let p = self.map.read(self.pixels + y * self.line + 4 * x);
            p[..3].iter().all(|c| (127..=129).contains(c))
        })
    }

    fn is_white(&self, x: usize, y: usize) -> bool {
        let p = self.map.read(self.pixels + y * self.line + 4 * x);
        p[..3].iter().all(|c| *c > 200)
    }
}
