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
    /// Of two at one flip the earlier ticket goes first.
    pub fn next(&self, grid: &Grid, earliest: u64) -> Option<(u64, u64)> {
        self.waiting
            .values()
            .filter_map(|w| {
                let frame = self.frame_of(&w.request, grid)?.max(earliest);
                Some((w.request.ticket, frame))
            })
            .min_by_key(|(ticket, frame)| (*frame, *ticket))
    }

    /// Whether the first that waits is an empty scene that is due at once.
    pub fn wants_empty_at_once(&self) -> bool {
        let first = self.waiting.values().next().map(|w| &w.request);
        first.is_some_and(|r| r.due == Due::Next && r.scene.elements.is_empty())
    }

    /// The flip that a request was meant for, whether or not it can still be reached; none for one due at once.
    pub fn meant(&self, request: &ShowRequest, grid: &Grid) -> Option<u64> {
        match request.due {
            Due::Next => None,
            Due::At(_) | Due::FramesAfter { .. } => self.frame_of(request, grid),
        }
    }

    /// The flip at which each request will be shown, by ticket, as things stand: `earliest` is the first that can still be
    /// reached. They are put into `all`, whose room is kept.
    pub fn foresee(&self, grid: &Grid, mut earliest: u64, all: &mut Vec<(u64, u64)>) {
        all.clear();
        for w in self.waiting.values() {
            let before = match w.request.due {
                Due::FramesAfter { ticket, frames, .. } => {
                    let first = all.iter().find(|(t, _)| *t == ticket);
                    first.map(|(_, frame)| frame + u64::from(frames))
                }
                Due::At(_) | Due::Next => None,
            };
            let Some(frame) = before.or_else(|| self.frame_of(&w.request, grid)) else { continue };
            let frame = frame.max(earliest);
            all.push((w.request.ticket, frame));
            earliest = frame + 1;
        }
    }

    /// What waits under a ticket.
    pub fn get_mut(&mut self, ticket: u64) -> Option<&mut Waiting<P>> {
        self.waiting.get_mut(&ticket)
    }

    /// Everything that waits, by ticket.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Waiting<P>> {
        self.waiting.values_mut()
    }

    /// Takes out a request for its flip.
    pub fn take(&mut self, ticket: u64) -> Option<Waiting<P>> {
        self.waiting.remove(&ticket)
    }

    /// Replaces the scene of a request that still waits; false where none does. `adopt` says whether what was prepared
    /// from the scene before is good for the new one.
    pub fn update(
        &mut self,
        update: ShowRequest,
        adopt: impl Fn(&mut P, &Scene, &Scene) -> bool,
    ) -> bool {
        let Some(w) = self.waiting.get_mut(&update.ticket) else { return false };
        if w.prepared.as_mut().is_some_and(|p| !adopt(p, &w.request.scene, &update.scene)) {
            w.prepared = None;
        }
        w.request.scene = update.scene;
        w.request.mark = update.mark;
        true
    }

    /// Remembers the first frame of a ticket, as it is known now.
    pub fn remember(&mut self, ticket: u64, frame: u64) {
        if let Some(known) = self.shown.iter_mut().find(|(t, _)| *t == ticket) {
            known.1 = frame;
            return;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::scene::Rgb;
    use crate::ground::time::Nanos;

    fn request(ticket: u64, due: Due) -> ShowRequest {
        ShowRequest {
            ticket,
            scene: Scene::blank(Rgb::BLACK),
            due,
            report: true,
            mark: false,
            event: None,
            sounds: None,
        }
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
        let m = mailbox(vec![request(1, at(104))]);
        assert_eq!(m.next(&grid(), 2), Some((1, 10)));
        let m = mailbox(vec![request(1, at(106))]);
        assert_eq!(m.next(&grid(), 2), Some((1, 11)));
    }

    #[test]
    fn an_empty_scene_is_wanted_at_once_where_it_is_the_first_that_waits_and_due_at_once() {
        assert!(mailbox(vec![request(3, Due::Next)]).wants_empty_at_once());
        assert!(!mailbox(vec![request(2, at(100)), request(3, Due::Next)]).wants_empty_at_once());
        assert!(!mailbox(vec![request(3, at(100))]).wants_empty_at_once());
        assert!(!mailbox(vec![]).wants_empty_at_once());
    }

    #[test]
    fn overdue_requests_are_each_shown_one_flip_after_the_other() {
        let mut m = mailbox(vec![request(1, at(50)), request(2, at(60))]);
        assert_eq!(m.next(&grid(), 20), Some((1, 20)));
        m.take(1);
        assert_eq!(m.next(&grid(), 21), Some((2, 21)));
    }

    #[test]
    fn frames_are_counted_from_the_first_frame_that_was_shown() {
        let due = Due::FramesAfter { ticket: 1, frames: 30, near: Nanos::from_millis(400) };
        let mut m = mailbox(vec![request(1, at(100)), request(2, due)]);
        assert_eq!(m.next(&grid(), 2), Some((1, 10)));
        m.take(1);
        // It came three frames late, and keeps its thirty.
        m.remember(1, 11);
        m.remember(1, 13);
        assert_eq!(m.next(&grid(), 14), Some((2, 43)));
    }

    #[test]
    fn each_request_is_foreseen_at_its_flip_and_overdue_ones_one_behind_the_other() {
        let due = Due::FramesAfter { ticket: 3, frames: 30, near: Nanos::from_millis(400) };
        let waiting =
            [request(1, at(50)), request(2, Due::Next), request(3, at(304)), request(4, due)];
        let m = mailbox(waiting.to_vec());
        let mut all = vec![(9, 9)];
        m.foresee(&grid(), 20, &mut all);
        assert_eq!(all, [(1, 20), (2, 21), (3, 30), (4, 60)]);
    }

    #[test]
    fn frames_after_a_withdrawn_request_follow_the_plan() {
        let due = Due::FramesAfter { ticket: 1, frames: 30, near: Nanos::from_millis(400) };
        let m = mailbox(vec![request(2, due)]);
        assert_eq!(m.next(&grid(), 2), Some((2, 40)));
    }

    #[test]
    fn withdrawing_forgets_later_tickets_too() {
        let mut m = mailbox((1..=4).map(|i| request(i, at(100))).collect());
        m.withdraw(2);
        m.take(1);
        assert_eq!(m.next(&grid(), 2), None);
    }

    #[test]
    fn an_update_of_what_waits_changes_its_picture_and_neither_its_flip_nor_its_report() {
        let mut m = mailbox(vec![request(5, at(500)), request(6, at(700))]);
        m.get_mut(5).expect("it waits").prepared = Some(());
        let white = Scene::blank(Rgb::WHITE);
        let update = ShowRequest { scene: white.clone(), report: false, ..request(5, Due::Next) };
        assert!(m.update(update.clone(), |_, old, new| old == new));
        assert_eq!(m.next(&grid(), 2), Some((5, 50)));
        let taken = m.take(5).expect("it waits");
        assert_eq!(
            (taken.request.scene, taken.request.report, taken.prepared),
            (white, true, None)
        );
        assert!(!m.update(update, |_, _, _| true), "it has gone");
    }

    #[test]
    fn what_was_prepared_is_kept_where_it_is_good_for_the_update() {
        let mut m = mailbox(vec![request(5, at(500))]);
        m.get_mut(5).expect("it waits").prepared = Some(());
        let update = ShowRequest { scene: Scene::blank(Rgb::WHITE), ..request(5, Due::Next) };
        assert!(m.update(update, |(), old, new| old.is_moving() == new.is_moving()));
        assert_eq!(m.take(5).expect("it waits").prepared, Some(()));
    }
}
