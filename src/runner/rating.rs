//! A rating while it is on screen: presses and releases move the marker, confirming fixes it.
//! It reckons from stamps alone, so an input that arrives late leaves the same rating.

use crate::ground::record::Answer;
use crate::ground::scene::{Marker, Motion, Scene};
use crate::ground::time::Nanos;
use crate::plan::schema::Scale;

/// A rating in progress.
#[derive(Clone, Debug)]
pub struct Rating {
    pub phase: u32,
    pub ticket: u64,
    onset: Nanos,
    /// When it stops taking keys; never, where the person ends it.
    pub close: Nanos,
    scale: Scale,
    scene: Scene,
    /// Every key event that counts, by stamp.
    keys: Vec<Key>,
    state: State,
}

/// A key event of a scale.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    stamp: Nanos,
    code: String,
    act: Act,
    down: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    /// -1 to the left, 1 to the right.
    Move(f64),
    Confirm,
}

/// What the key events make of the marker.
#[derive(Clone, Debug, PartialEq)]
struct State {
    marker: Marker,
    /// Keys that are down, by code, with their directions; the last one moves the marker.
    held: Vec<(String, f64)>,
    first_move: Option<Nanos>,
    confirmed: Option<Nanos>,
}

impl Rating {
    /// Opens a rating whose scene appeared at `onset`.
    pub fn open(
        phase: u32,
        ticket: u64,
        scale: &Scale,
        scene: &Scene,
        onset: Nanos,
        close: Nanos,
    ) -> Rating {
        let (scale, scene) = (scale.clone(), scene.clone());
        let state = State::begin(scale.start);
        Rating { phase, ticket, onset, close, scale, scene, keys: Vec::new(), state }
    }

    /// Takes a key event; true if the picture changed. Presses from before the onset or after the close, and
    /// everything after confirmation, count for nothing.
    pub fn key(&mut self, stamp: Nanos, code: &str, meaning: &str, down: bool) -> bool {
        if stamp < self.onset || stamp >= self.close {
            return false;
        }
        let act = if meaning == self.scale.key_left {
            Act::Move(-1.0)
        } else if meaning == self.scale.key_right {
            Act::Move(1.0)
        } else if self.scale.key_confirm.as_deref() == Some(meaning) {
            Act::Confirm
        } else {
            return false;
        };
        // An event that arrived late takes its place among the others, and what follows from it is reckoned anew.
        let place = self.keys.partition_point(|k| k.stamp <= stamp);
        self.keys.insert(place, Key { stamp, code: code.to_string(), act, down });
        let mut state = State::begin(self.scale.start);
        self.keys.iter().for_each(|k| state.follow(k, &self.scale));
        let changed = state != self.state;
        self.state = state;
        changed
    }

    /// The screen as it should look now.
    pub fn scene(&self) -> Scene {
        let mut scene = self.scene.clone();
        if let Some(view) = scene.scale_mut() {
            view.marker = self.state.marker;
            view.confirmed = self.state.confirmed.is_some();
        }
        scene
    }

    /// What was rated, if it ends at `end`.
    pub fn answer(&self, end: Nanos) -> Answer {
        let State { marker, first_move, confirmed: confirm, .. } = &self.state;
        let position = marker.at(end.min(self.close));
        let moved = first_move.is_some();
        let confirmed = confirm.is_some();
        Answer::Rating {
            rating: (moved || confirmed).then(|| self.scale.value(position)),
            position,
            start: self.scale.start,
            moved,
            confirmed,
            first_move_ns: first_move.map(|t| t - self.onset),
            confirm_ns: confirm.map(|t| t - self.onset),
            mean: None,
        }
    }
}

impl State {
    fn begin(start: f64) -> State {
        State { marker: Marker::At(start), held: Vec::new(), first_move: None, confirmed: None }
    }

    fn follow(&mut self, key: &Key, scale: &Scale) {
        if self.confirmed.is_some() {
            return;
        }
        let here = self.marker.at(key.stamp);
        match (key.act, key.down) {
            (Act::Confirm, false) => {}
            (Act::Confirm, true) => {
                self.marker = Marker::At(here);
                self.held.clear();
                self.confirmed = Some(key.stamp);
            }
            (Act::Move(direction), true) => {
                let from = (here + direction * scale.step).clamp(0.0, 1.0);
                if from != here {
                    self.first_move.get_or_insert(key.stamp);
                }
                self.held.retain(|(code, _)| *code != key.code);
                self.held.push((key.code.clone(), direction));
                self.glide(from, key.stamp, direction, scale.delay, scale);
            }
            (Act::Move(_), false) => self.release(key, here, scale),
        }
    }

    /// A key goes up. Where it was the one that moved the marker, the one pressed before it goes on, if still held.
    fn release(&mut self, key: &Key, here: f64, scale: &Scale) {
        let Some(i) = self.held.iter().position(|(code, _)| *code == key.code) else { return };
        let moved_it = i + 1 == self.held.len();
        self.held.remove(i);
        match self.held.last() {
            _ if !moved_it => {}
            None => self.marker = Marker::At(here),
            Some((_, direction)) => {
                self.glide(here, key.stamp, *direction, Nanos::ZERO, scale);
            }
        }
    }

    fn glide(&mut self, from: f64, since: Nanos, direction: f64, delay: Nanos, scale: &Scale) {
        let (speed, acceleration) = (scale.speed, scale.acceleration);
        let top_speed = scale.top_speed;
        self.marker = Marker::Moving(Motion {
            from,
            since,
            direction,
            delay,
            speed,
            acceleration,
            top_speed,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::scene::Rgb;

    fn ms(n: i64) -> Nanos {
        Nanos::from_millis(n)
    }

    fn rating() -> Rating {
        let scale = Scale {
            name: "distress".into(),
            left: -50.0,
            right: 50.0,
            start: 0.5,
            key_left: "left".into(),
            key_right: "right".into(),
            key_confirm: Some("confirm".into()),
            step: 0.01,
            delay: ms(200),
            speed: 0.2,
            acceleration: 0.0,
            top_speed: 0.2,
            countdown: None,
            ..Scale::default()
        };
        Rating::open(3, 4, &scale, &Scene::blank(Rgb::GREY), ms(1_000), ms(7_000))
    }

    fn parts(a: Answer) -> (Option<f64>, bool, bool) {
        match a {
            Answer::Rating { rating, moved, confirmed, .. } => {
                (rating.map(|r| (r * 1e6).round() / 1e6), moved, confirmed)
            }
            Answer::Button { .. } => unreachable!("a rating gives a rating"),
        }
    }

    #[test]
    fn untouched_marker_rates_nothing() {
        assert_eq!(parts(rating().answer(ms(7_000))), (None, false, false));
    }

    #[test]
    fn confirmed_start_is_a_rating_though_unmoved() {
        let mut r = rating();
        assert!(r.key(ms(2_000), "Enter", "confirm", true));
        assert_eq!(parts(r.answer(ms(7_000))), (Some(0.0), false, true));
    }

    #[test]
    fn a_tap_is_one_step_and_a_held_key_glides_after_its_delay() {
        let mut r = rating();
        r.key(ms(2_000), "ArrowRight", "right", true);
        r.key(ms(2_050), "ArrowRight", "right", false);
        assert_eq!(parts(r.answer(ms(7_000))), (Some(1.0), true, false));
        r.key(ms(3_000), "ArrowRight", "right", true);
        r.key(ms(4_200), "ArrowRight", "right", false);
        assert_eq!(parts(r.answer(ms(7_000))), (Some(22.0), true, false));
    }

    #[test]
    fn a_key_held_at_the_close_counts_until_the_close() {
        let mut r = rating();
        r.key(ms(5_800), "ArrowLeft", "left", true);
        assert_eq!(parts(r.answer(ms(9_000))), (Some(-21.0), true, false));
    }

    #[test]
    fn keys_held_from_before_and_presses_outside_count_for_nothing() {
        let mut r = rating();
        assert!(!r.key(ms(900), "ArrowRight", "right", true));
        assert!(!r.key(ms(1_100), "ArrowRight", "right", false));
        assert!(!r.key(ms(7_000), "ArrowRight", "right", true));
        assert_eq!(parts(r.answer(ms(7_000))), (None, false, false));
    }

    #[test]
    fn the_key_that_is_still_held_goes_on_when_the_later_one_is_released() {
        let mut r = rating();
        r.key(ms(2_000), "ArrowRight", "right", true);
        r.key(ms(2_100), "ArrowLeft", "left", true);
        r.key(ms(2_150), "ArrowLeft", "left", false);
        r.key(ms(3_150), "ArrowRight", "right", false);
        // One step right, one left, then a second of gliding to the right.
        assert_eq!(parts(r.answer(ms(7_000))), (Some(20.0), true, false));
    }

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let events = [
            (2_000, "ArrowRight", "right", true),
            (2_900, "ArrowRight", "right", false),
            (3_000, "ArrowLeft", "left", true),
            (3_050, "ArrowLeft", "left", false),
            (4_000, "Enter", "confirm", true),
        ];
        let answer = |order: [usize; 5]| {
            let mut r = rating();
            for i in order {
                let (t, code, meaning, down) = events[i];
                r.key(ms(t), code, meaning, down);
            }
            r.answer(ms(7_000))
        };
        assert_eq!(answer([0, 1, 2, 3, 4]), answer([4, 2, 0, 3, 1]));
    }

    #[test]
    fn nothing_moves_after_confirmation() {
        let mut r = rating();
        r.key(ms(2_000), "ArrowRight", "right", true);
        r.key(ms(2_010), "Enter", "confirm", true);
        r.key(ms(2_020), "ArrowRight", "right", false);
        assert!(!r.key(ms(3_000), "ArrowLeft", "left", true));
        assert_eq!(parts(r.answer(ms(7_000))), (Some(1.0), true, true));
    }
}
