//! What hands do, as the runner keeps it: keys that go down and up, and travels of a pointer, each with its stamp;
//! and the latest of them, for phases whose onset is reported after they were touched. It refuses to know what a
//! touch is for.

use super::answers::Press;
use crate::ground::record::{Response, Travel};
use crate::ground::time::Nanos;
use std::collections::VecDeque;

/// The button that points at a scale, where the pointer is seen.
pub const POINTS: &str = "MouseLeft";

/// Keys that are kept for a phase whose onset is not reported yet.
const KEYS: usize = 128;
/// Travels that are kept: a second of the fastest mice (8000 a second), eight of an ordinary one.
const TRAVELS: usize = 8192;

/// Something that a hand did.
#[derive(Clone, Debug, PartialEq)]
pub struct Touch {
    pub stamp: Nanos,
    pub act: Act,
}

/// What it did.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    Key { code: String, meaning: Option<String>, down: bool },
    Travel(Travel),
}

impl Touch {
    /// The touch of a key; none for an auto-repeat, and for a key that neither means nor points at anything.
    pub fn key(stamp: Nanos, response: &Response) -> Option<Touch> {
        let Response { code, meaning, down, repeat, .. } = response;
        let counts = !repeat && (meaning.is_some() || code == POINTS);
        let act = || Act::Key { code: code.clone(), meaning: meaning.clone(), down: *down };
        counts.then(|| Touch { stamp, act: act() })
    }

    /// The press of a key that means something.
    pub fn press(&self) -> Option<Press> {
        match &self.act {
            Act::Key { code, meaning: Some(meaning), down: true } => {
                Some(Press { stamp: self.stamp, code: code.clone(), meaning: meaning.clone() })
            }
            _ => None,
        }
    }

    /// Whether it is a press or release of the button that points.
    pub fn is_button(&self) -> bool {
        matches!(&self.act, Act::Key { code, .. } if code == POINTS)
    }
}

/// The latest touches; keys never make way for travels.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// With their numbers in the order of arrival.
    keys: VecDeque<(u64, Touch)>,
    travels: VecDeque<(u64, Touch)>,
    count: u64,
}

impl Recent {
    /// Keeps one more.
    pub fn keep(&mut self, touch: Touch) {
        self.count += 1;
        let (kept, room) = match &touch.act {
            Act::Key { .. } => (&mut self.keys, KEYS),
            Act::Travel(_) => (&mut self.travels, TRAVELS),
        };
        kept.push_back((self.count, touch));
        if kept.len() > room {
            kept.pop_front();
        }
    }

    /// The keys, by stamp; those of one instant as they arrived.
    pub fn keys(&self) -> Vec<Touch> {
        in_order(self.keys.iter().cloned().collect())
    }

    /// Keys and travels, by stamp; those of one instant as they arrived.
    pub fn all(&self) -> Vec<Touch> {
        in_order(self.keys.iter().chain(&self.travels).cloned().collect())
    }

    /// Forgets where the pointer went: nobody is told of its travels any more, so the last one does not tell where
    /// it is.
    pub fn forget_travels(&mut self) {
        self.travels.clear();
    }
}

fn in_order(mut touches: Vec<(u64, Touch)>) -> Vec<Touch> {
    touches.sort_by_key(|(number, touch)| (touch.stamp, *number));
    touches.into_iter().map(|(_, touch)| touch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn travel(ms: i64) -> Touch {
        Touch { stamp: Nanos::from_millis(ms), act: Act::Travel(Travel::By([0.01, 0.0])) }
    }

    fn key(ms: i64) -> Touch {
        let act = Act::Key { code: "A".into(), meaning: Some("left".into()), down: true };
        Touch { stamp: Nanos::from_millis(ms), act }
    }

    #[test]
    fn no_number_of_travels_drops_a_key() {
        let mut recent = Recent::default();
        recent.keep(key(5));
        (0..20_000).for_each(|ms| recent.keep(travel(ms)));
        assert_eq!(recent.keys(), [key(5)]);
        assert_eq!(recent.all().len(), 1 + TRAVELS);
        assert_eq!(recent.all()[0], key(5));
        recent.forget_travels();
        assert_eq!(recent.all(), [key(5)]);
    }

    #[test]
    fn touches_come_back_by_stamp_and_in_the_order_of_arrival_within_one() {
        let mut recent = Recent::default();
        [travel(3), key(2), travel(2), key(1)].into_iter().for_each(|t| recent.keep(t));
        assert_eq!(recent.all(), [key(1), key(2), travel(2), travel(3)]);
    }

    #[test]
    fn repeats_and_keys_without_meaning_are_no_touches_but_the_button_that_points_is() {
        let response = |code: &str, meaning: Option<&str>, repeat| Response {
            code: code.into(),
            meaning: meaning.map(Into::into),
            down: true,
            repeat,
            device: String::new(),
            source: String::new(),
        };
        let touch = |r| Touch::key(Nanos::ZERO, &r).is_some();
        assert!(touch(response("ArrowLeft", Some("left"), false)));
        assert!(!touch(response("ArrowLeft", Some("left"), true)));
        assert!(!touch(response("KeyZ", None, false)));
        assert!(touch(response(POINTS, None, false)));
    }
}
