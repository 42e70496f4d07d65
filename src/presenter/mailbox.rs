//! Requests that wait for their flip, and which of them is next. Pure: it sees the grid and never a clock.
//! `P` is what a request was prepared to; tests use nothing.

use super::grid::Grid;
use crate::ground::ports::{Due, ShowRequest};
use crate::ground::scene::Scene;
use std::collections::{BTreeMap, VecDeque};

/// A request that waits.
#[derive(Debug)]
pub struct Waiting<P> {
    pub request: ShowRequest,
    pub prepared: Option<P>,
}

/// Requests by ticket, and the first frames of those that were shown.
#[derive(Debug)]
pub struct Mailbox<P> {
    waiting: BTreeMap<u64, Waiting<P>>,
    /// Ticket and first frame of the last ones shown.
    shown: VecDeque<(u64, u64)>,
}

/// As many first frames as anything that counts frames can look back at.
const REMEMBERED: usize = 64;

impl<P> Mailbox<P> {
    /// An empty one.
    pub fn new() -> Mailbox<P> {
        Mailbox { waiting: BTreeMap::new(), shown: VecDeque::with_capacity(REMEMBERED + 1) }
    }

    /// Takes a request.
    pub fn put(&mut self, request: ShowRequest) {
        self.waiting.insert(request.ticket, Waiting { request, prepared: None });
    }

    /// Forgets this ticket and later ones.
    pub fn withdraw(&mut self, from_ticket: u64) {
        self.waiting.split_off(&from_ticket);
    }

    /// Which request comes next, and at which flip, where `earliest` is the first that can still be reached.
    /// Of two at one flip the earlier ticket goes first; a mere update gives way to what must be reported.
    pub fn next(&self, grid: &Grid, earliest: u64) -> Option<(u64, u64)> {
        self.waiting
            .values()
            .filter_map(|w| {
                let r = &w.request;
                let frame = self.frame_of(r, grid)?.max(earliest);
                // Of several updates only the last is worth drawing.
                let order = if r.report { r.ticket } else { u64::MAX - r.ticket };
                Some(((frame, !r.report, order), r.ticket, frame))
            })
            .min_by_key(|(order, ..)| *order)
            .map(|(_, ticket, frame)| (ticket, frame))
    }

    /// What waits under a ticket.
    pub fn get_mut(&mut self, ticket: u64) -> Option<&mut Waiting<P>> {
        self.waiting.get_mut(&ticket)
    }

    /// Everything that waits, by ticket.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Waiting<P>> {
        self.waiting.values_mut()
    }

    /// The first ticket that waits to show this screen and must be reported.
    pub fn screen_to_come(&self, scene: &Scene) -> Option<u64> {
        let comes = |r: &ShowRequest| r.report && same_screen(&r.scene, scene);
        self.waiting.values().map(|w| &w.request).find(|r| comes(r)).map(|r| r.ticket)
    }

    /// Takes out a request for its flip, with the updates that its being shown makes stale.
    pub fn take(&mut self, ticket: u64) -> Option<Waiting<P>> {
        let taken = self.waiting.remove(&ticket)?;
        self.drop_stale(ticket, &taken.request.scene);
        Some(taken)
    }

    /// Forgets updates that are older than `ticket`, or of another screen than the one on show. They are late:
    /// drawn now, they would put a former screen over this one.
    pub fn drop_stale(&mut self, ticket: u64, scene: &Scene) {
        self.waiting.retain(|_, w| {
            let r = &w.request;
            r.report || r.due != Due::Next || (r.ticket > ticket && same_screen(&r.scene, scene))
        });
    }

    /// Remembers the first frame of a ticket.
    pub fn remember(&mut self, ticket: u64, frame: u64) {
        if self.shown.len() == REMEMBERED {
            self.shown.pop_front();
        }
        self.shown.push_back((ticket, frame));
    }

    /// The flip a request asks for; none while it waits for another request.
    fn frame_of(&self, request: &ShowRequest, grid: &Grid) -> Option<u64> {
        match request.due {
            Due::At(t) => Some(grid.nearest(t)),
            Due::Next => Some(0),
            Due::FramesAfter { ticket, frames, near } => {
                let first = self.shown.iter().rev().find(|(t, _)| *t == ticket);
                match first {
                    Some((_, frame)) => Some(frame + u64::from(frames)),
                    None if self.waiting.contains_key(&ticket) => None,
                    // What it follows was withdrawn or is long gone: the plan is all there is.
                    None => Some(grid.nearest(near)),
                }
            }
        }
    }
}

/// Whether two scenes are the same screen with, at most, something moved in it.
pub fn same_screen(a: &Scene, b: &Scene) -> bool {
    a.background == b.background
        && a.elements.len() == b.elements.len()
        && a.elements.iter().zip(&b.elements).all(|(x, y)| {
            x.id == y.id && std::mem::discriminant(&x.kind) == std::mem::discriminant(&y.kind)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::scene::{Element, ElementKind, Extent, Rgb};
    use crate::ground::time::Nanos;

    fn scene(id: &str) -> Scene {
        let kind = ElementKind::Rect {
            width: Extent::Px(1.0),
            height: Extent::Px(1.0),
            color: Rgb::WHITE,
        };
        let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
        let element = Element { id: id.into(), x, y, depth: 0, kind };
        Scene { background: Rgb::BLACK, elements: vec![element] }
    }

    fn request(ticket: u64, due: Due, report: bool, id: &str) -> ShowRequest {
        ShowRequest { ticket, scene: scene(id), due, report, mark: false }
    }

    fn at(ms: i64) -> Due {
        Due::At(Nanos::from_millis(ms))
    }

    /// Flip `k` at `10 k` ms.
    fn grid() -> Grid {
        Grid::new(Nanos::from_millis(10), 100.0)
    }

    fn mailbox(requests: Vec<ShowRequest>) -> Mailbox<()> {
        let mut m = Mailbox::new();
        requests.into_iter().for_each(|r| m.put(r));
        m
    }

    #[test]
    fn a_request_goes_to_the_flip_nearest_to_its_target() {
        let m = mailbox(vec![request(1, at(104), true, "a")]);
        assert_eq!(m.next(&grid(), 2), Some((1, 10)));
        let m = mailbox(vec![request(1, at(106), true, "a")]);
        assert_eq!(m.next(&grid(), 2), Some((1, 11)));
    }

    #[test]
    fn overdue_requests_are_each_shown_one_flip_after_the_other() {
        let mut m = mailbox(vec![request(1, at(50), true, "a"), request(2, at(60), true, "b")]);
        assert_eq!(m.next(&grid(), 20), Some((1, 20)));
        m.take(1);
        assert_eq!(m.next(&grid(), 21), Some((2, 21)));
    }

    #[test]
    fn frames_are_counted_from_the_first_frame_that_was_shown() {
        let due = Due::FramesAfter { ticket: 1, frames: 30, near: Nanos::from_millis(400) };
        let mut m = mailbox(vec![request(1, at(100), true, "a"), request(2, due, true, "b")]);
        assert_eq!(m.next(&grid(), 2), Some((1, 10)));
        m.take(1);
        // It came three frames late, and keeps its thirty.
        m.remember(1, 13);
        assert_eq!(m.next(&grid(), 14), Some((2, 43)));
    }

    #[test]
    fn frames_after_a_withdrawn_request_follow_the_plan() {
        let due = Due::FramesAfter { ticket: 1, frames: 30, near: Nanos::from_millis(400) };
        let m = mailbox(vec![request(2, due, true, "b")]);
        assert_eq!(m.next(&grid(), 2), Some((2, 40)));
    }

    #[test]
    fn withdrawing_forgets_later_tickets_too() {
        let mut m = mailbox((1..=4).map(|i| request(i, at(100), true, "a")).collect());
        m.withdraw(2);
        m.take(1);
        assert_eq!(m.next(&grid(), 2), None);
    }

    #[test]
    fn an_update_does_not_wait_for_a_scene_that_is_due_later() {
        let m = mailbox(vec![request(5, at(500), true, "next"), request(6, Due::Next, false, "a")]);
        assert_eq!(m.next(&grid(), 2), Some((6, 2)));
    }

    #[test]
    fn only_the_last_of_several_updates_is_drawn() {
        let mut m = mailbox((1..=3).map(|i| request(i, Due::Next, false, "a")).collect());
        assert_eq!(m.next(&grid(), 2), Some((3, 2)));
        m.take(3);
        assert_eq!(m.next(&grid(), 2), None);
    }

    #[test]
    fn a_late_update_of_the_screen_before_is_dropped() {
        let mut m = mailbox(vec![
            request(5, at(20), true, "next"),
            request(6, Due::Next, false, "before"),
            request(7, Due::Next, false, "next"),
        ]);
        assert_eq!(m.next(&grid(), 2), Some((5, 2)));
        m.take(5);
        assert_eq!(m.next(&grid(), 3), Some((7, 3)));
        m.take(7);
        assert_eq!(m.next(&grid(), 4), None);
    }

    #[test]
    fn an_update_of_a_screen_to_come_finds_its_request() {
        let m =
            mailbox(vec![request(5, at(200), true, "next"), request(6, at(300), true, "later")]);
        assert_eq!(m.screen_to_come(&scene("later")), Some(6));
        assert_eq!(m.screen_to_come(&scene("gone")), None);
    }
}
