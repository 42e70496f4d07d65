//! What hands make of the marker of a scale: touches come in the order of their stamps, a marker comes out. It
//! knows neither phases nor screens, and is the same for a scale of points and for a line.
//!
//! The last thing that was pressed rules: a key ends a drag, a pick or a hand that points lets go of the keys, and
//! while a key moves the marker the travels of a trackball count for nothing (it is hardly ever at rest).

use crate::ground::record::Travel;
use crate::ground::scene::{Marker, Motion, Steps, Track};
use crate::ground::time::Nanos;
use crate::plan::schema::Scale;
use crate::runner::touch::{Act, POINTS, Touch};

/// The marker and what is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Hand {
    pub marker: Marker,
    pub confirmed: Option<Nanos>,
    /// Keys that are down, by code, with their directions; the last one moves the marker.
    held: Vec<(String, f64)>,
    /// On a scale of points: where travels have brought the pointer, while the marker stands on the nearest point.
    aim: Option<f64>,
    /// Where the pointer was seen last.
    place: Option<[f64; 2]>,
    dragging: bool,
}

/// What a key means to a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    /// -1 to the left, 1 to the right.
    Move(f64),
    Confirm,
    /// To this point.
    Pick(u32),
}

fn role(scale: &Scale, meaning: Option<&str>) -> Option<Role> {
    // An empty meaning of a scale stands for no key.
    let meaning = meaning.filter(|m| !m.is_empty())?;
    if meaning == scale.key_left {
        Some(Role::Move(-1.0))
    } else if meaning == scale.key_right {
        Some(Role::Move(1.0))
    } else if scale.key_confirm.as_deref() == Some(meaning) {
        Some(Role::Confirm)
    } else {
        scale.picks.get(meaning).filter(|_| scale.points.is_some()).map(|p| Role::Pick(*p))
    }
}

/// Whether a touch can ever matter to a scale.
pub fn concerns(scale: &Scale, touch: &Touch) -> bool {
    match &touch.act {
        Act::Key { meaning, .. } => {
            role(scale, meaning.as_deref()).is_some() || (scale.pointer && touch.is_button())
        }
        Act::Travel(Travel::By(way) | Travel::To(way)) => {
            scale.pointer && way.iter().all(|w| w.is_finite())
        }
    }
}

impl Hand {
    /// Nothing touched, the marker at its start.
    pub fn new(start: f64) -> Hand {
        Hand {
            marker: Marker::At(start),
            confirmed: None,
            held: Vec::new(),
            aim: None,
            place: None,
            dragging: false,
        }
    }

    /// Takes where the pointer is and nothing else, of a touch that came while the scale was not there.
    pub fn watch(&mut self, touch: &Touch) {
        if let Act::Travel(Travel::To(place)) = &touch.act {
            self.place = Some(*place);
        }
    }

    /// Takes a touch; `track` is where the scale stands then. True if it chose a position, whether or not the
    /// marker stood there already.
    pub fn follow(&mut self, touch: &Touch, scale: &Scale, track: Option<&Track>) -> bool {
        self.watch(touch);
        if self.confirmed.is_some() {
            return false;
        }
        let t = touch.stamp;
        match &touch.act {
            Act::Travel(Travel::By([right, _])) => self.nudge(*right, t, scale),
            Act::Travel(Travel::To(place)) => {
                if let Some(track) = track.filter(|_| self.dragging) {
                    self.point(place[0], track, scale);
                }
            }
            Act::Key { code, down: false, .. } if code == POINTS && self.dragging => {
                self.dragging = false;
            }
            Act::Key { code, meaning, down } => {
                let on_it = *down && code == POINTS && scale.pointer;
                if let Some((track, place)) = track.zip(self.place).filter(|_| on_it)
                    && track.position(place).is_some()
                {
                    self.let_go(t);
                    self.dragging = true;
                    self.point(place[0], track, scale);
                    return true;
                }
                if let Some(role) = role(scale, meaning.as_deref()) {
                    return self.key(code, role, *down, t, scale);
                }
            }
        }
        false
    }

    fn key(&mut self, code: &str, role: Role, down: bool, t: Nanos, scale: &Scale) -> bool {
        match (role, down) {
            (Role::Confirm, true) => {
                self.let_go(t);
                self.confirmed = Some(t);
            }
            (Role::Pick(point), true) => {
                self.let_go(t);
                self.marker = Marker::At(position(point, scale));
                self.confirmed = scale.pick_confirms.then_some(t);
                return true;
            }
            (Role::Move(direction), true) => {
                let here = self.marker.at(t);
                (self.aim, self.dragging) = (None, false);
                self.held.retain(|(held, _)| held != code);
                self.held.push((code.to_string(), direction));
                self.press(here, direction, t, scale);
            }
            (Role::Move(_), false) => self.release(code, t, scale),
            (Role::Confirm | Role::Pick(_), false) => {}
        }
        false
    }

    /// One step, and what follows while the key stays down.
    fn press(&mut self, here: f64, direction: f64, t: Nanos, scale: &Scale) {
        self.marker = match scale.points {
            Some(points) => {
                let last = i64::from(points) - 1;
                let next = (i64::from(nearest(here, scale)) + direction as i64).clamp(0, last);
                steps(next as u32, points, t, direction, scale.delay, scale)
            }
            None => {
                let from = (here + direction * scale.step).clamp(0.0, 1.0);
                glide(from, t, direction, scale.delay, scale)
            }
        };
    }

    /// A key goes up. Where it was the one that moved the marker, the one pressed before it goes on, if still held.
    fn release(&mut self, code: &str, t: Nanos, scale: &Scale) {
        let Some(i) = self.held.iter().position(|(held, _)| held == code) else { return };
        let moved_it = i + 1 == self.held.len();
        self.held.remove(i);
        if !moved_it {
            return;
        }
        let here = self.marker.at(t);
        self.marker = match (self.held.last(), scale.points) {
            (None, _) => Marker::At(here),
            (Some((_, d)), None) => glide(here, t, *d, Nanos::ZERO, scale),
            (Some((_, d)), Some(points)) => {
                steps(nearest(here, scale), points, t, *d, scale.repeat, scale)
            }
        };
    }

    /// Everything that is held counts no more; the marker stays where it is.
    fn let_go(&mut self, t: Nanos) {
        self.marker = Marker::At(self.marker.at(t));
        self.held.clear();
        (self.aim, self.dragging) = (None, false);
    }

    /// The pointer moves by a share of the scale.
    fn nudge(&mut self, right: f64, t: Nanos, scale: &Scale) {
        if !self.held.is_empty() || self.dragging {
            return;
        }
        let here = self.marker.at(t);
        let to = (self.aim.unwrap_or(here) + right).clamp(0.0, 1.0);
        self.aim = scale.points.map(|_| to);
        self.put(to, here, scale);
    }

    /// The hand points at this place on the screen, as far right or left as the scale goes.
    fn point(&mut self, x: f64, track: &Track, scale: &Scale) {
        let Some(to) = track.position([x, track.y]) else { return };
        let Marker::At(here) = self.marker else { return };
        self.put(to, here, scale);
    }

    fn put(&mut self, to: f64, here: f64, scale: &Scale) {
        let to = scale.points.map_or(to, |_| position(nearest(to, scale), scale));
        if to != here {
            self.marker = Marker::At(to);
        }
    }
}

/// The point (from 0) that is nearest to a position.
fn nearest(at: f64, scale: &Scale) -> u32 {
    let last = scale.points.unwrap_or(2).saturating_sub(1);
    ((at * f64::from(last)).round() as u32).min(last)
}

/// The position (0 to 1) of a point.
fn position(point: u32, scale: &Scale) -> f64 {
    let last = scale.points.unwrap_or(2).saturating_sub(1).max(1);
    f64::from(point.min(last)) / f64::from(last)
}

fn steps(
    from: u32,
    points: u32,
    since: Nanos,
    direction: f64,
    delay: Nanos,
    scale: &Scale,
) -> Marker {
    if scale.repeat <= Nanos::ZERO {
        return Marker::At(position(from, scale));
    }
    let direction = if direction < 0.0 { -1 } else { 1 };
    Marker::Stepping(Steps { from, points, since, direction, delay, every: scale.repeat })
}

fn glide(from: f64, since: Nanos, direction: f64, delay: Nanos, scale: &Scale) -> Marker {
    let (speed, acceleration) = (scale.speed, scale.acceleration);
    let top_speed = scale.top_speed;
    Marker::Moving(Motion { from, since, direction, delay, speed, acceleration, top_speed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_without_movers_is_moved_by_no_key_whatever_that_means() {
        let picks = indexmap::IndexMap::from([("left".to_string(), 0), ("right".to_string(), 1)]);
        let scale = Scale { points: Some(2), picks, ..Scale::default() };
        assert_eq!((scale.key_left.as_str(), scale.key_right.as_str()), ("", ""));
        assert_eq!(role(&scale, Some("")), None);
        assert_eq!(role(&scale, None), None);
        assert_eq!(role(&scale, Some("left")), Some(Role::Pick(0)));
        assert_eq!(role(&scale, Some("right")), Some(Role::Pick(1)));
    }
}
