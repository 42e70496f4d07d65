//! An outsider with eyes and a finger: what a photodiode and a robot at the keyboard are to a real screen. It reads spots of
//! the screen from the memory of an X server, stamps each change, and answers each white spot with a key after a random
//! time. It knows nothing of Reframe: what it writes is held against what the program says of the same run.
//!
//!     Xvfb :91 -screen 0 800x600x24 -fbdir DIR &
//!     cargo run --example observer -- --fb DIR/Xvfb_screen0 --display :91 --spot 400,300 --out seen.csv
//!
//! It ends when its standard input does (Ctrl-D) and then writes its file: `spot,what,before_ns,after_ns`, where `what`
//! is `white`, `black`, `press`, `release` or a colour, and both stamps are of CLOCK_MONOTONIC. It happened between the two.
//! Further `--spot`s are watched, and not answered; neither is `--watch X,Y`, and of `--colour X,Y` every change is written
//! as `#rrggbb`.
#![allow(unsafe_code)]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// KeyF, by the number that X servers on Linux give it.
const KEY: u8 = 41;
/// How long the key is held, in nanoseconds.
const HELD: i64 = 40_000_000;
/// The answer comes so long after the change, in nanoseconds: from, and up to.
const DELAY: (u64, u64) = (150_000_000, 450_000_000);
/// How often it looks, in nanoseconds.
const EVERY: i64 = 50_000;

/// A place on the screen, in pixels, and what becomes of a change there.
#[derive(Clone, Copy, Debug)]
struct Spot {
    at: (usize, usize),
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// White or not; white is answered.
    Answered,
    /// White or not.
    Watched,
    /// Any colour.
    Coloured,
}

/// What to watch and where to write.
#[derive(Debug)]
pub struct Args {
    fb: String,
    display: String,
    spots: Vec<Spot>,
    out: String,
    seed: u64,
}

impl Args {
    /// Reads a command line, without the name of the program.
    pub fn read(words: impl IntoIterator<Item = String>) -> Result<Args, Failure> {
        let none = String::new;
        let mut args = Args { fb: none(), display: none(), spots: vec![], out: none(), seed: 1 };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let value = words.next().ok_or(format!("{word} needs a value"))?;
            match word.as_str() {
                "--fb" => args.fb = value,
                "--display" => args.display = value,
                "--out" => args.out = value,
                "--seed" => args.seed = value.parse()?,
                "--spot" | "--watch" | "--colour" => {
                    let (x, y) = value.split_once(',').ok_or("a spot is X,Y in pixels")?;
                    let kind = match word.as_str() {
                        "--colour" => Kind::Coloured,
                        "--spot" if args.spots.iter().all(|s| s.kind != Kind::Answered) => {
                            Kind::Answered
                        }
                        _ => Kind::Watched,
                    };
                    args.spots.push(Spot { at: (x.parse()?, y.parse()?), kind });
                }
                _ => return Err(format!("unknown argument {word}").into()),
            }
        }
        if [&args.fb, &args.display, &args.out].iter().any(|a| a.is_empty())
            || args.spots.is_empty()
        {
            return Err(
                "give --fb FILE, --display :N, --out FILE and at least one --spot, --watch or --colour X,Y".into()
            );
        }
        Ok(args)
    }
}

#[allow(dead_code, reason = "the live tests take this file in as a module")]
fn main() -> Result<(), Failure> {
    observe(&Args::read(std::env::args().skip(1))?)
}

/// Something that happened between two stamps.
struct Seen {
    spot: usize,
    what: String,
    before: i64,
    after: i64,
}

impl Spot {
    /// What is there now; the same as long as nothing that it is watched for has changed.
    fn look(&self, screen: &Screen) -> Result<u32, Failure> {
        let [b, g, r, _] = screen.pixel(self.at)?;
        Ok(match self.kind {
            Kind::Coloured => u32::from_be_bytes([0, r, g, b]),
            Kind::Answered | Kind::Watched => u32::from([r, g, b].iter().all(|c| *c > 200)),
        })
    }

    fn name(&self, seen: u32) -> String {
        match (self.kind, seen) {
            (Kind::Coloured, rgb) => format!("#{rgb:06x}"),
            (_, 0) => "black".into(),
            _ => "white".into(),
        }
    }
}

/// Watches until standard input ends, then writes what it saw.
pub fn observe(args: &Args) -> Result<(), Failure> {
    let screen = Screen::open(&args.fb)?;
    let mut finger = Finger::on(&args.display)?;
    let over = Arc::new(AtomicBool::new(false));
    let end = over.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        end.store(true, Ordering::Relaxed);
    });
    // Without the right to it, it is somewhat less punctual; the stamps say by how much.
    be_punctual();
    let mut dice = args.seed;
    let mut seen = Vec::with_capacity(1 << 16);
    let mut last = args.spots.iter().map(|s| s.look(&screen)).collect::<Result<Vec<_>, _>>()?;
    let answered = args.spots.iter().position(|s| s.kind == Kind::Answered).unwrap_or(0);
    // The next stroke: when, and whether it presses.
    let mut due: Option<(i64, bool)> = None;
    let mut before = now();
    while !over.load(Ordering::Relaxed) {
        sleep_until(due.map_or(i64::MAX, |d| d.0).min(before + EVERY));
        for (i, spot) in args.spots.iter().enumerate() {
            let is = spot.look(&screen)?;
            if is != last[i] {
                last[i] = is;
                seen.push(Seen { spot: i, what: spot.name(is), before, after: now() });
                if is != 0 && spot.kind == Kind::Answered && due.is_none() {
                    let delay = DELAY.0 + roll(&mut dice) % (DELAY.1 - DELAY.0);
                    due = Some((now() + delay as i64, true));
                }
            }
        }
        before = now();
        if let Some((at, down)) = due
            && at <= before
        {
            let (from, to) = finger.stroke(down)?;
            let what = String::from(if down { "press" } else { "release" });
            seen.push(Seen { spot: answered, what, before: from, after: to });
            due = down.then_some((from + HELD, false));
        }
    }
    let mut text = String::from("spot,what,before_ns,after_ns\n");
    for s in &seen {
        text += &format!("{},{},{},{}\n", s.spot, s.what, s.before, s.after);
    }
    File::create(&args.out)?.write_all(text.as_bytes())?;
    Ok(())
}

/// Chance that comes out the same for the same seed (SplitMix64).
fn roll(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Presses the key as another program would.
struct Finger {
    connection: RustConnection,
    root: u32,
}

impl Finger {
    fn on(display: &str) -> Result<Finger, Failure> {
        let (connection, screen) = x11rb::connect(Some(display))?;
        connection.xtest_get_version(2, 2)?.reply()?;
        let root = connection.setup().roots[screen].root;
        Ok(Finger { connection, root })
    }

    /// Gives the stamps before and after: the answer to a question that follows says that it was done.
    fn stroke(&mut self, down: bool) -> Result<(i64, i64), Failure> {
        let kind = if down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT };
        let before = now();
        self.connection.xtest_fake_input(kind, KEY, 0, self.root, 0, 0, 0)?;
        self.connection.get_input_focus()?.reply()?;
        Ok((before, now()))
    }
}

/// The frame buffer: an XWD file, whose header is numbers of four bytes, the highest first.
struct Screen {
    start: *const u8,
    len: usize,
    pixels: usize,
    line: usize,
}

impl Screen {
    fn open(path: &str) -> Result<Screen, Failure> {
        let file = File::open(path).map_err(|e| format!("{path}: {e}"))?;
        let len = usize::try_from(file.metadata()?.len())?;
        // SAFETY: a new mapping at an address that the system chooses; it is never unmapped.
        let start = unsafe {
            let (read, shared) = (libc::PROT_READ, libc::MAP_SHARED);
            libc::mmap(std::ptr::null_mut(), len, read, shared, file.as_raw_fd(), 0)
        };
        if start == libc::MAP_FAILED {
            return Err(format!("{path}: {}", std::io::Error::last_os_error()).into());
        }
        let mut screen = Screen { start: start.cast(), len, pixels: 0, line: 0 };
        let field = |i: usize| Ok::<_, Failure>(u32::from_be_bytes(screen.word(4 * i)?) as usize);
        let (header, bits, line, colours) = (field(0)?, field(11)?, field(12)?, field(19)?);
        if bits != 32 {
            return Err(
                format!("{path}: {bits} bits a pixel; expected 32 (-screen 0 800x600x24)").into()
            );
        }
        (screen.pixels, screen.line) = (header + 12 * colours, line);
        Ok(screen)
    }

    fn word(&self, at: usize) -> Result<[u8; 4], Failure> {
        if !at.is_multiple_of(4) || at + 4 > self.len {
            return Err("this spot is not on the screen".into());
        }
        // SAFETY: inside the mapping, as just checked; volatile, for the server writes to it.
        Ok(unsafe { self.start.add(at).cast::<[u8; 4]>().read_volatile() })
    }

    /// Blue, green, red, and a byte that means nothing.
    fn pixel(&self, (x, y): (usize, usize)) -> Result<[u8; 4], Failure> {
        self.word(self.pixels + y * self.line + 4 * x)
    }
}

/// CLOCK_MONOTONIC in nanoseconds.
fn now() -> i64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is valid for writing for the whole call.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    t.tv_sec * 1_000_000_000 + t.tv_nsec
}

fn sleep_until(t: i64) {
    let at = libc::timespec { tv_sec: t / 1_000_000_000, tv_nsec: t % 1_000_000_000 };
    let (clock, absolute) = (libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME);
    // SAFETY: `at` is valid for reading for the whole call, and no remainder is asked for.
    unsafe { libc::clock_nanosleep(clock, absolute, &at, std::ptr::null_mut()) };
}

/// Asks to be woken on time, before all ordinary threads.
fn be_punctual() {
    let first = libc::sched_param { sched_priority: 20 };
    // SAFETY: the option takes a number; `first` is valid for reading for the whole call.
    unsafe {
        libc::prctl(libc::PR_SET_TIMERSLACK, 1_000_u64);
        libc::sched_setscheduler(0, libc::SCHED_FIFO, &first);
    }
}
