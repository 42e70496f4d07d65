//! Handing over: what is staged goes to the screen at its instant, and a surface that no longer fits is made to.

use super::reports::Awaited;
use super::stage::Staged;
use super::{Current, Ended, Flips, What};
use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::ports::MarkOrder;
use crate::ground::record::Level;
use crate::ground::time::Nanos;
use crate::presenter::feedback::Handed;
use crate::presenter::gpu::GpuError;
use crate::presenter::render::machine::Machine;
use crate::presenter::render::note;
use crate::presenter::render::screen::Acquired;

/// Reports come within some refreshes.
const REPORTING: Nanos = Nanos::from_millis(200);
/// A surface that was configured so often and still takes no picture will not.
const REFITS: u32 = 20;

impl Flips<'_> {
    /// Hands over what is staged; its report follows.
    pub(super) fn present(&mut self, frame: u64, machine: &mut Machine) -> Result<(), Ended> {
        let Some(staged) = self.staged.take() else { return Ok(()) };
        let flip = self.refresh.grid.time(frame);
        self.stall(staged.what);
        self.handed += 1;
        self.feedback.ask(self.handed);
        let called = monotonic_now();
        self.mark(staged.what, frame, called);
        self.foretell(staged.what, frame, called);
        machine.screen.present(&machine.gpu);
        let returned = monotonic_now();
        let handed = Handed { number: self.handed, called, returned, flip };
        self.hidden = false;
        // What never reached the screen has no onset; the session learns that instead.
        if machine.gpu.is_lost() {
            return Err(Ended::Lost);
        }
        self.feedback.handed(&handed).map_err(|_| gone(machine, &GpuError::Gone))?;
        self.refits = 0;
        match staged.what {
            What::Again => {
                self.again = Some((self.current.ticket, handed));
                self.awaited.extend(self.again_for.take().map(|a| Awaited { handed, ..a }));
                self.current.stale = staged.outdated;
                self.current.look = staged.look;
                self.came(returned);
            }
            What::Request(ticket) => self.handed_over(ticket, handed, frame, staged),
        }
        self.collect();
        self.end_gap(returned);
        self.fit(machine)
    }

    /// Stands still where a test asks for it.
    fn stall(&self, what: What) {
        let asked = |(ticket, _): &&(u64, Nanos)| what == What::Request(*ticket);
        if let Some((_, time)) = self.config.stalls.iter().find(asked) {
            note(&self.events, Level::Warning, format!("a test holds the flip loop up for {time}"));
            std::thread::sleep(time.to_duration());
        }
    }

    /// Tells recorders beside the screen of a scene that is handed over now, and when it will appear by all that is known.
    /// Before it is: a driver may wait for the screen, and the mark must not.
    fn mark(&mut self, what: What, frame: u64, called: Nanos) {
        let (What::Request(ticket), Some(markers)) = (what, &self.config.markers) else { return };
        let mark = self.mailbox.get_mut(ticket).and_then(|w| w.request.event.clone());
        if let Some(mark) = mark {
            let (frame, at) = self.refresh.appears(frame, called);
            markers.send(MarkOrder { mark, at, scene: Some((ticket, frame)) });
        }
    }

    /// A scene is on its way to the screen.
    fn handed_over(&mut self, ticket: u64, handed: Handed, frame: u64, staged: Staged) {
        let Some(taken) = self.mailbox.take(ticket) else { return };
        // One that waited to be handed over again has made way.
        if let Some(scene) = self.again_for.take() {
            self.never_seen(&scene);
        }
        let request = taken.request;
        let grid = &self.refresh.grid;
        let meant = self.mailbox.meant(&request, grid).unwrap_or(frame);
        let (meant, marked) = ((grid.time(meant), meant), request.mark);
        self.mailbox.remember(ticket, frame);
        let lacks = taken.prepared.as_ref().map_or(Vec::new(), |p| p.missing().to_vec());
        self.awaited.push(Awaited { handed, ticket, meant, marked, lacks: lacks.clone() });
        // Nobody listening means that the session is ending.
        let _ = self.events.send(Event::Shown { stamp: handed.returned, ticket, frame });
        self.current = Current::shown(request, taken.prepared, staged.look);
        self.current.stale = staged.outdated;
        // What is known at once is told before what was missing, for it belongs to this scene.
        self.collect();
        for id in &lacks {
            let text = format!(
                "picture \"{id}\" was not loaded in time; the scene was shown without it: make its file smaller, or use \
                 a faster disk"
            );
            note(&self.events, Level::Error, text);
        }
        // It is drawn again when they come.
        self.current.restoring = !lacks.is_empty();
        self.current.lacks = lacks;
    }

    /// The scene on the screen was handed over once more, with what it lacked, if that has come meanwhile.
    fn came(&mut self, stamp: Nanos) {
        if self.current.lacks.is_empty() {
            return;
        }
        let Some(prepared) = &self.current.prepared else { return };
        let missing = prepared.missing();
        let (lacks, pictures): (Vec<_>, Vec<_>) = std::mem::take(&mut self.current.lacks)
            .into_iter()
            .partition(|id| missing.contains(id));
        self.current.lacks = lacks;
        if !pictures.is_empty() {
            // Nobody listening means that the session is ending.
            let _ = self.events.send(Event::Came { stamp, ticket: self.current.ticket, pictures });
        }
    }

    /// Makes a surface fit its window again, where presenting has shown that it does not.
    fn fit(&mut self, machine: &mut Machine) -> Result<(), Ended> {
        if machine.screen.is_suboptimal() { self.refit(machine) } else { Ok(()) }
    }

    fn refit(&mut self, machine: &mut Machine) -> Result<(), Ended> {
        // A display system may count anew afterwards: what it still has to say comes first.
        let until = monotonic_now() + REPORTING;
        while !self.awaited.is_empty() && monotonic_now() < until {
            std::thread::sleep(std::time::Duration::from_millis(1));
            self.collect();
        }
        let before = machine.screen.size();
        let changed = machine.reconfigure(self.config).map_err(|e| gone(machine, &e))?;
        self.refits += 1;
        self.feedback.restart();
        self.staged = None;
        self.current.stale = true;
        if changed {
            self.forget_prepared();
            let (from, to) = (before, machine.screen.size());
            let text = format!(
                "the window changed from {} x {} to {} x {} pixels; scenes are laid out anew",
                from.0, from.1, to.0, to.1
            );
            note(&self.events, Level::Warning, text);
        } else if self.refits == 1 {
            note(&self.events, Level::Info, "the window's surface was configured again");
        }
        Ok(())
    }

    /// What to do when there is nothing to draw into.
    pub(super) fn not_acquired(
        &mut self,
        why: Acquired,
        machine: &mut Machine,
    ) -> Result<(), Ended> {
        match why {
            // One that never fits is lost.
            Acquired::Outdated if self.refits >= REFITS => Err(Ended::Lost),
            Acquired::Lost | Acquired::Broken => Err(Ended::Lost),
            Acquired::Outdated => {
                self.refit(machine)?;
                self.wait_until(monotonic_now() + Nanos::from_millis(2), machine)
            }
            Acquired::Hidden => {
                if !std::mem::replace(&mut self.hidden, true) {
                    note(
                        &self.events,
                        Level::Error,
                        "the window is hidden, and nothing can be shown in it: bring it to the front",
                    );
                }
                self.wait_until(monotonic_now() + self.refresh.grid.period(), machine)
            }
        }
    }
}

/// What it means that a window cannot be asked any more: another may take its place while its server is there.
fn gone(machine: &Machine, why: &GpuError) -> Ended {
    if machine.has_server() { Ended::Lost } else { Ended::Failed(why.failure()) }
}
