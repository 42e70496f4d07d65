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
    marker: Marker,
    /// The key that is held, by code.
    held: Option<String>,
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
        Rating {
            phase,
            ticket,
            onset,
            close,
            scale: scale.clone(),
            scene: scene.clone(),
            marker: Marker::At(scale.start),
            held: None,
            first_move: None,
            confirmed: None,
        }
    }

    /// Takes a key event; true if the picture changed. Presses from before the onset or after the close, and
    /// everything after confirmation, count for nothing.
    pub fn key(&mut self, stamp: Nanos, code: &str, meaning: &str, down: bool) -> bool {
        if stamp < self.onset || stamp >= self.close || self.confirmed.is_some() {
            return false;
        }
        let direction = if meaning == self.scale.key_left {
            -1.0
        } else if meaning == self.scale.key_right {
            1.0
        } else {
            if down && self.scale.key_confirm.as_deref() == Some(meaning) {
                self.marker = Marker::At(self.marker.at(stamp));
                self.held = None;
                self.confirmed = Some(stamp);
                return true;
            }
            return false;
        };
        if down { self.press(stamp, code, direction) } else { self.release(stamp, code) }
    }

    fn press(&mut self, stamp: Nanos, code: &str, direction: f64) -> bool {
        let before = self.marker.at(stamp);
        let from = (before + direction * self.scale.step).clamp(0.0, 1.0);
        if from != before {
            self.first_move.get_or_insert(stamp);
        }
        self.held = Some(code.to_string());
        self.marker = Marker::Moving(Motion {
            from,
            since: stamp,
            direction,
            delay: self.scale.delay,
            speed: self.scale.speed,
            acceleration: self.scale.acceleration,
            top_speed: self.scale.top_speed,
        });
        true
    }

    fn release(&mut self, stamp: Nanos, code: &str) -> bool {
        if self.held.as_deref() != Some(code) {
            return false;
        }
        self.held = None;
        self.marker = Marker::At(self.marker.at(stamp));
        true
    }

    /// The screen as it should look now.
    pub fn scene(&self) -> Scene {
        let mut scene = self.scene.clone();
        if let Some(view) = scene.scale_mut() {
            view.marker = self.marker;
            view.confirmed = self.confirmed.is_some();
        }
        scene
    }

    /// What was rated, if it ends at `end`.
    pub fn answer(&self, end: Nanos) -> Answer {
        let position = self.marker.at(end.min(self.close));
        let moved = self.first_move.is_some();
        let confirmed = self.confirmed.is_some();
        Answer::Rating {
            rating: (moved || confirmed).then(|| self.scale.value(position)),
            position,
            start: self.scale.start,
            moved,
            confirmed,
            first_move_ns: self.first_move.map(|t| t - self.onset),
            confirm_ns: self.confirmed.map(|t| t - self.onset),
        }
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
    fn nothing_moves_after_confirmation() {
        let mut r = rating();
        r.key(ms(2_000), "ArrowRight", "right", true);
        r.key(ms(2_010), "Enter", "confirm", true);
        r.key(ms(2_020), "ArrowRight", "right", false);
        assert!(!r.key(ms(3_000), "ArrowLeft", "left", true));
        assert_eq!(parts(r.answer(ms(7_000))), (Some(1.0), true, true));
    }
}
