//! Scenes that were handed over and whose onset is not known yet. Each gets exactly one: the report of the display system
//! when it comes; an estimate, and a loud word, where none can come any more.

use super::Flips;
use crate::ground::clock::monotonic_now;
use crate::ground::event::{Event, Presented};
use crate::ground::record::{Basis, Level};
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use crate::presenter::feedback::{Fate, Handed, Report, Seen};
use crate::presenter::render::note;

/// A scene whose onset is not known yet.
#[derive(Clone, Debug)]
pub struct Awaited {
    pub handed: Handed,
    pub ticket: u64,
    /// The flip that it was meant for, and its number; the one it was handed over for where it was due at once.
    pub meant: (Nanos, u64),
    pub marked: bool,
    /// Pictures that were not there when it was drawn.
    pub lacks: Vec<StimulusId>,
}

/// A display that hangs reports late; after this it will not.
const PATIENCE: Nanos = Nanos(10_000_000_000);

impl Flips<'_> {
    /// Takes what has been reported since the last call.
    pub(super) fn collect(&mut self) {
        let mut reports = std::mem::take(&mut self.reports);
        self.feedback.take(&mut reports);
        for report in reports.drain(..) {
            self.reported(&report);
        }
        self.reports = reports;
        let overdue = monotonic_now() - PATIENCE;
        while let Some(at) = self.awaited.iter().position(|a| a.handed.returned < overdue) {
            let scene = self.awaited.remove(at);
            self.guess(&scene, "the display system says nothing of a scene that was handed over");
        }
    }

    fn reported(&mut self, report: &Report) {
        let at = self.awaited.iter().position(|a| a.handed.number == report.number);
        match (report.fate, at.map(|i| self.awaited.remove(i))) {
            (Fate::Shown(seen), scene) => {
                #[cfg(feature = "window")]
                self.refresh.saw(&seen);
                if let Some(scene) = scene {
                    self.appeared(&scene, &seen);
                }
            }
            (Fate::Discarded, Some(scene)) => self.discarded(scene),
            (Fate::Discarded, None) => self.thrown_away += 1,
        }
    }

    fn appeared(&mut self, scene: &Awaited, seen: &Seen) {
        if seen.basis.is_confirmed() {
            self.refresh.learn_handover(seen.onset - scene.handed.called);
        }
        // A scene that came late is on another flip than the one it was meant for.
        let frame = self.refresh.frame_of(seen).max(scene.meant.1);
        self.mailbox.remember(scene.ticket, frame);
        let counted = self.refresh.is_counted(seen);
        let skipped = counted.then(|| u32::try_from(frame - scene.meant.1).unwrap_or(u32::MAX));
        let presented = Presented {
            ticket: scene.ticket,
            onset: seen.onset,
            flip: scene.meant.0,
            basis: seen.basis,
            frame,
            skipped,
            marked: scene.marked,
            lacks: scene.lacks.clone(),
        };
        // Nobody listening means that the session is ending.
        let _ = self.events.send(Event::Presented(presented));
    }

    /// The display system threw a picture away. If it still is what should be seen, it is handed over again, and its onset
    /// is that of the picture that comes.
    fn discarded(&mut self, scene: Awaited) {
        self.thrown_away += 1;
        let again = self.again.filter(|(ticket, later)| {
            *ticket == scene.ticket && later.number > scene.handed.number
        });
        if let Some((_, handed)) = again {
            // The same scene went out once more meanwhile: that picture is when it is to be seen.
            self.awaited.push(Awaited { handed, ..scene });
        } else if scene.ticket == self.current.ticket {
            let n = self.thrown_away;
            let text = format!(
                "the display system threw a picture away ({n} so far), and it is handed over again: keep the window in front, \
                 uncovered"
            );
            note(&self.events, Level::Warning, text);
            self.current.stale = true;
            self.again_for = Some(scene);
        } else {
            self.never_seen(&scene);
        }
    }

    /// Another scene has taken its place before it was to be seen.
    pub(super) fn never_seen(&mut self, scene: &Awaited) {
        self.guess(scene, "the display system threw a scene away, and it was never to be seen");
    }

    /// An onset of which nothing is known.
    fn guess(&mut self, scene: &Awaited, why: &str) {
        let paced = self.refresh.paced_period();
        let onset = crate::presenter::feedback::estimated(&scene.handed, paced);
        self.appeared(scene, &Seen { onset, basis: Basis::Estimate, count: None });
        let text = format!(
            "{why}: its onset is an estimate; keep the window in front, and test this PC with `reframe timing`"
        );
        note(&self.events, Level::Error, text);
    }

    /// Nobody will report any more.
    pub(super) fn give_up_reports(&mut self) {
        self.collect();
        for scene in std::mem::take(&mut self.awaited) {
            self.guess(&scene, "the graphics driver gave up before a scene was reported");
        }
    }
}
