//! The events of one kernel device in their order: keys that go down, repeat themselves and come up, and what is known after
//! the kernel had to drop some.

use super::super::gate::{Key, Stroke};
use crate::ground::time::Nanos;
use std::collections::BTreeSet;

/// An event as the kernel gives it (struct input_event).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw {
    pub stamp: Nanos,
    pub kind: u16,
    pub code: u16,
    pub value: i32,
}

const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_REPORT: u16 = 0;
const SYN_DROPPED: u16 = 3;
const UP: i32 = 0;
const REPEATED: i32 = 2;

/// What is known of one device.
#[derive(Debug)]
pub struct Stream {
    device: u16,
    down: BTreeSet<u16>,
    /// What comes up to the next report is a torso.
    dropping: bool,
    /// Events were dropped since the device was asked for its keys.
    stale: bool,
}

/// What a device that dropped events says of its keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caught {
    /// Releases that were missed: they happened at some time before their stamps.
    pub released: Vec<Stroke>,
    /// Keys that went down at some time that nobody knows; they cannot count.
    pub pressed: Vec<Key>,
}

impl Stream {
    /// A device with these keys down.
    pub fn new(device: u16, down: impl IntoIterator<Item = u16>) -> Stream {
        Stream { device, down: down.into_iter().collect(), dropping: false, stale: false }
    }

    /// Its number, as in its strokes.
    pub fn device(&self) -> u16 {
        self.device
    }

    /// The keys that are down.
    pub fn down(&self) -> impl Iterator<Item = Key> {
        self.down.iter().map(|code| self.key(*code))
    }

    /// Takes the next event; gives what happened to a key. A press of a key that is down already has lost its release.
    pub fn take(&mut self, raw: Raw) -> Vec<Stroke> {
        match (raw.kind, raw.code) {
            (EV_SYN, SYN_DROPPED) => (self.dropping, self.stale) = (true, true),
            (EV_SYN, SYN_REPORT) => self.dropping = false,
            (EV_KEY, code) if !self.dropping => return self.key_event(raw.stamp, code, raw.value),
            _ => {}
        }
        Vec::new()
    }

    fn key_event(&mut self, stamp: Nanos, code: u16, value: i32) -> Vec<Stroke> {
        let stroke = |down, repeat| Stroke { stamp, key: self.key(code), down, repeat };
        let (up, press, repeat) = (stroke(false, false), stroke(true, false), stroke(true, true));
        match value {
            UP => self.down.remove(&code).then_some(up).into_iter().collect(),
            REPEATED => {
                self.down.insert(code);
                vec![repeat]
            }
            _ if self.down.insert(code) => vec![press],
            _ => vec![up, press],
        }
    }

    /// Whether the device must be asked which keys are down: all that was read has been taken, and some was dropped.
    pub fn is_stale(&self) -> bool {
        self.stale && !self.dropping
    }

    /// Takes its answer.
    pub fn catch_up(&mut self, now: Nanos, down: impl IntoIterator<Item = u16>) -> Caught {
        self.stale = false;
        let down: BTreeSet<u16> = down.into_iter().collect();
        let before = std::mem::replace(&mut self.down, down);
        let release =
            |code: &u16| Stroke { stamp: now, key: self.key(*code), down: false, repeat: false };
        Caught {
            released: before.difference(&self.down).map(release).collect(),
            pressed: self.down.difference(&before).map(|code| self.key(*code)).collect(),
        }
    }

    fn key(&self, code: u16) -> Key {
        Key { device: self.device, code }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(ms: i64, kind: u16, code: u16, value: i32) -> Raw {
        Raw { stamp: Nanos::from_millis(ms), kind, code, value }
    }

    /// What became of key events: code, down, repeat.
    fn taken(stream: &mut Stream, events: &[Raw]) -> Vec<(u16, bool, bool)> {
        let strokes = events.iter().flat_map(|raw| stream.take(*raw));
        strokes.map(|s| (s.key.code, s.down, s.repeat)).collect()
    }

    #[test]
    fn keys_go_down_repeat_themselves_and_come_up() {
        let mut s = Stream::new(1, []);
        // As a keyboard sends them: scan code, key, report.
        let events = [
            raw(1, 4, 4, 0x7001e),
            raw(1, EV_KEY, 2, 1),
            raw(1, EV_SYN, SYN_REPORT, 0),
            raw(251, EV_KEY, 2, REPEATED),
            raw(251, EV_SYN, SYN_REPORT, 1),
            raw(300, EV_KEY, 2, UP),
            raw(300, EV_SYN, SYN_REPORT, 0),
        ];
        let all = [(2, true, false), (2, true, true), (2, false, false)];
        assert_eq!(taken(&mut s, &events), all);
        assert!(!s.is_stale());
    }

    #[test]
    fn what_lies_between_a_drop_and_the_next_report_is_not_believed() {
        let mut s = Stream::new(1, []);
        let events = [
            raw(1, EV_KEY, 30, 1),
            raw(2, EV_SYN, SYN_DROPPED, 0),
            raw(3, EV_KEY, 31, 1),
            raw(3, EV_SYN, SYN_REPORT, 0),
            raw(4, EV_KEY, 32, 1),
            raw(4, EV_SYN, SYN_REPORT, 0),
        ];
        assert_eq!(taken(&mut s, &events), [(30, true, false), (32, true, false)]);
        assert!(s.is_stale());
        let caught = s.catch_up(Nanos::from_millis(5), [31, 32]);
        let released: Vec<u16> = caught.released.iter().map(|r| r.key.code).collect();
        assert_eq!(released, [30], "its release was dropped");
        assert_eq!(caught.pressed, [Key { device: 1, code: 31 }], "its press was dropped");
        assert!(!s.is_stale());
        let more = [raw(6, EV_KEY, 31, UP), raw(6, EV_KEY, 30, UP)];
        assert_eq!(taken(&mut s, &more), [(31, false, false)], "30 was up already");
    }

    #[test]
    fn a_press_of_a_key_that_is_down_has_lost_its_release() {
        let mut s = Stream::new(1, [30]);
        let events = [raw(1, EV_KEY, 30, 1)];
        assert_eq!(taken(&mut s, &events), [(30, false, false), (30, true, false)]);
    }

    #[test]
    fn other_kinds_of_events_are_no_keys() {
        let mut s = Stream::new(1, []);
        assert_eq!(taken(&mut s, &[raw(1, 2, 30, 1), raw(1, 3, 30, 1), raw(1, 17, 1, 1)]), []);
    }
}
