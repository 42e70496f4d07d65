//! The listener on a bus of recorded devices: focus, drops, devices that come and go, and keeping keys from others.

use super::*;
use crate::ground::event::{Event, KeysFrom};
use crossbeam_channel::{Receiver, unbounded};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// What a recorded device will say, and what was done to it.
#[derive(Debug, Default)]
struct State {
    reads: VecDeque<Vec<Raw>>,
    down: Vec<u16>,
    gone: bool,
    denied: bool,
    grabs: Vec<bool>,
}

#[derive(Clone, Debug, Default)]
struct Recorded(Arc<Mutex<State>>);

impl Recorded {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap())
    }

    /// The next read brings these: number, value. All have the stamp 7 ms.
    fn says(&self, keys: &[(u16, i32)]) {
        let raw = |(code, value): &(u16, i32)| [raw(1, *code, *value), raw(0, 0, 0)];
        self.with(|s| s.reads.push_back(keys.iter().flat_map(raw).collect()));
    }
}

fn raw(kind: u16, code: u16, value: i32) -> Raw {
    Raw { stamp: STAMP, kind, code, value }
}

impl Device for Recorded {
    fn name(&self) -> &str {
        "a recorded keyboard"
    }
    fn read(&mut self) -> io::Result<Vec<Raw>> {
        self.with(|s| match s.gone {
            true => Err(io::Error::from_raw_os_error(libc::ENODEV)),
            false => Ok(s.reads.pop_front().unwrap_or_default()),
        })
    }
    fn down(&self) -> io::Result<Vec<u16>> {
        Ok(self.with(|s| s.down.clone()))
    }
    fn grab(&mut self, ours: bool) -> io::Result<()> {
        self.with(|s| s.grabs.push(ours));
        Ok(())
    }
}

/// Devices by path, plugged in or not.
#[derive(Clone, Debug, Default)]
struct Sockets(Arc<Mutex<BTreeMap<PathBuf, Recorded>>>);

impl Bus for Sockets {
    type Device = Recorded;
    fn open(&mut self, known: &[PathBuf]) -> Vec<(PathBuf, Opened<Recorded>)> {
        let all = self.0.lock().unwrap();
        let new = all.iter().filter(|(p, d)| !known.contains(p) && !d.with(|s| s.gone));
        let open = |d: &Recorded| match d.with(|s| s.denied) {
            true => Err(io::ErrorKind::PermissionDenied.into()),
            false => Ok(d.clone()),
        };
        new.map(|(p, d)| (p.clone(), open(d))).collect()
    }
    fn wait(&mut self, _: &[&Recorded], _: Duration) {}
}

const STAMP: Nanos = Nanos::from_millis(7);

struct Bench {
    listener: Listener<Sockets>,
    keyboard: Recorded,
    events: Receiver<Event>,
    now: Nanos,
}

fn bench(grab: bool) -> Bench {
    let keyboard = Recorded::default();
    let sockets = Sockets::default();
    sockets.0.lock().unwrap().insert("event0".into(), keyboard.clone());
    let (sender, events) = unbounded();
    let voice = Voice::new(sender, KeysFrom { source: NAME.into(), buttons: true });
    let flag = || Arc::new(AtomicBool::new(true));
    let place = Place { x11: None, focused: flag(), inside: flag(), buttons: true };
    let mut listener = Listener::new(sockets, grab, &place, voice);
    listener.looked = Nanos::ZERO;
    Bench { listener, keyboard, events, now: Nanos::from_millis(10) }
}

impl Bench {
    fn start(&mut self) -> Result<(), Unavailable> {
        self.listener.find()
    }

    /// One turn: key events as code, down, repeat; then the rest in words.
    fn turn(&mut self) -> (Vec<(String, bool, bool)>, Vec<String>) {
        self.now += Nanos::from_millis(1);
        assert!(self.listener.turn(self.now));
        let (mut keys, mut rest) = (vec![], vec![]);
        for event in self.events.try_iter() {
            match event {
                Event::Key(k) => keys.push((k.code, k.down, k.repeat)),
                Event::Note { level, text, .. } => rest.push(format!("{level:?}: {text}")),
                Event::KeysFrom { from, .. } => rest.push(format!("from {}", from.source)),
                other => panic!("{other:?}"),
            }
        }
        (keys, rest)
    }

    fn later(&mut self) {
        self.now += LOOK_EVERY;
    }
}

fn a(down: bool, repeat: bool) -> (String, bool, bool) {
    ("KeyA".into(), down, repeat)
}

#[test]
fn keys_have_the_kernels_stamps() {
    let mut b = bench(false);
    b.start().unwrap();
    b.keyboard.says(&[(30, 1)]);
    assert!(b.listener.turn(Nanos::from_millis(99)));
    let key = b.events.try_iter().find_map(|e| if let Event::Key(k) = e { Some(k) } else { None });
    let key = key.unwrap();
    assert_eq!(
        (key.stamp, key.source.as_str(), key.device.as_str()),
        (STAMP, "evdev", "a recorded keyboard")
    );
}

#[test]
fn auto_repeat_and_keys_held_from_before_do_not_count() {
    let mut b = bench(false);
    b.keyboard.with(|s| s.down = vec![31]);
    b.start().unwrap();
    b.keyboard.says(&[(31, 2), (31, 0), (30, 1), (30, 2), (30, 0)]);
    assert_eq!(b.turn().0, [a(true, false), a(true, true), a(false, false)]);
}

#[test]
fn without_the_focus_nothing_is_told_and_what_is_down_comes_up() {
    let mut b = bench(false);
    b.start().unwrap();
    b.keyboard.says(&[(30, 1)]);
    assert_eq!(b.turn().0, [a(true, false)]);
    b.listener.place.focused.store(false, Ordering::Release);
    b.keyboard.says(&[(30, 0), (30, 1), (48, 1)]);
    assert_eq!(b.turn().0, [a(false, false)]);
    b.listener.place.focused.store(true, Ordering::Release);
    b.keyboard.says(&[(30, 0), (48, 2), (48, 0)]);
    assert_eq!(b.turn().0, []);
}

#[test]
fn buttons_beside_the_window_are_not_for_us() {
    let mut b = bench(false);
    b.start().unwrap();
    b.listener.place.inside.store(false, Ordering::Release);
    b.keyboard.says(&[(0x110, 1), (0x110, 0), (30, 1)]);
    assert_eq!(b.turn().0, [a(true, false)]);
    b.listener.place.inside.store(true, Ordering::Release);
    b.keyboard.says(&[(0x110, 1)]);
    assert_eq!(b.turn().0, [("MouseLeft".into(), true, false)]);
}

#[test]
fn after_a_drop_the_device_is_asked_and_it_is_said() {
    let mut b = bench(false);
    b.start().unwrap();
    b.keyboard.says(&[(30, 1)]);
    b.turn();
    b.keyboard.with(|s| {
        s.reads.push_back(vec![raw(0, 3, 0), raw(1, 32, 1), raw(0, 0, 0)]);
        s.down = vec![31];
    });
    let (keys, said) = b.turn();
    assert_eq!(keys, [a(false, false)], "its release was lost, and that of 32 too");
    assert!(said[0].contains("1 releases") && said[0].contains("1 presses"), "{said:?}");
    b.keyboard.says(&[(31, 0), (30, 1)]);
    assert_eq!(b.turn().0, [a(true, false)]);
}

#[test]
fn a_device_that_is_unplugged_is_said_and_taken_again() {
    let mut b = bench(false);
    b.start().unwrap();
    b.keyboard.says(&[(30, 1)]);
    b.turn();
    b.keyboard.with(|s| s.gone = true);
    let (keys, said) = b.turn();
    assert_eq!(keys, [a(false, false)]);
    let text = "Error: keyboard \"a recorded keyboard\" was unplugged (";
    assert!(said[0].starts_with(text), "{said:?}");
    assert_eq!(said[1], "from window", "there is no other");
    b.keyboard.with(|s| s.gone = false);
    b.later();
    let (_, said) = b.turn();
    assert!(
        said[0].starts_with("Info: keyboard \"a recorded keyboard\" is there again"),
        "{said:?}"
    );
    assert_eq!(said[1], "from evdev");
    b.keyboard.says(&[(30, 1)]);
    assert_eq!(b.turn().0, [a(true, false)]);
}

#[test]
fn devices_that_may_not_be_read_are_named_with_what_helps() {
    let mut b = bench(false);
    b.keyboard.with(|s| s.denied = true);
    let why = b.start().unwrap_err();
    assert!(why.text.contains("event0") && why.remedy.contains("group input"), "{why:?}");
}

#[test]
fn keys_are_kept_from_others_only_with_the_focus_and_when_all_are_up() {
    let mut b = bench(true);
    b.keyboard.with(|s| s.down = vec![28]);
    b.start().unwrap();
    b.turn();
    let grabs = |b: &Bench| b.keyboard.with(|s| s.grabs.clone());
    assert!(grabs(&b).is_empty(), "Enter that started the program is still down");
    b.keyboard.says(&[(28, 0)]);
    b.turn();
    assert_eq!(grabs(&b), [true]);
    b.listener.place.focused.store(false, Ordering::Release);
    b.turn();
    assert_eq!(grabs(&b), [true, false]);
}
