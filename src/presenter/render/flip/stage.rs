//! Drawing ahead: a scene that is prepared, drawn, and finished by the card before its flip.

use super::{Ended, Flips, What};
use crate::ground::clock::monotonic_now;
use crate::ground::event::DisplayFailure;
use crate::ground::scene::Scene;
use crate::ground::time::Nanos;
use crate::presenter::gpu::{Look, Prepared};
use crate::presenter::render::machine::Machine;

/// What was drawn and waits for its flip.
#[derive(Debug)]
pub struct Staged {
    pub what: What,
    pub frame: u64,
    pub look: Look,
    /// Whether the scene has changed since it was drawn, too late to be drawn again for this flip.
    pub outdated: bool,
}

/// Lead that is too short to prepare anything else in.
const BUSY: Nanos = Nanos::from_millis(6);

impl Flips<'_> {
    /// Prepares one waiting request, where there is time before anything is shown.
    pub(super) fn prepare_ahead(&mut self, machine: &mut Machine) {
        let soon = monotonic_now() + BUSY;
        let grid = self.refresh.grid;
        let busy =
            self.current.scene.is_moving() && grid.time(grid.first_from(monotonic_now())) < soon;
        if busy {
            return;
        }
        if let Some(w) = self.mailbox.iter_mut().find(|w| w.prepared.is_none()) {
            // A scene that cannot be prepared is said so when it is staged.
            w.prepared = prepare(&w.request.scene, machine).ok();
        }
    }

    /// Whether the next flip's picture is drawn. A slow drawing stays good for a later flip where nothing in it
    /// has moved since.
    pub(super) fn is_staged(&mut self, what: What, frame: u64, machine: &Machine) -> bool {
        let t = self.refresh.grid.time(frame);
        let prepared = match what {
            What::Request(ticket) => self.mailbox.get_mut(ticket).and_then(|w| w.prepared.as_mut()),
            What::Again => self.current.prepared.as_mut(),
        };
        let (Some(s), Some(p)) = (&mut self.staged, prepared) else { return false };
        if s.outdated {
            return s.what == what && s.frame == frame;
        }
        // A picture that was missing may have come meanwhile.
        let came = p.missing().iter().any(|id| machine.pool.get(id).is_some());
        if s.what != what || came || p.look_at(t) != s.look {
            return false;
        }
        s.frame = frame;
        true
    }

    /// Draws what a flip will show, and waits until the card is done with it.
    pub(super) fn stage(
        &mut self,
        what: What,
        frame: u64,
        machine: &mut Machine,
    ) -> Result<(), Ended> {
        self.lose_for_a_test(what, machine);
        let began = monotonic_now();
        self.staged = None;
        let view = match machine.screen.acquire() {
            Ok(view) => view,
            Err(why) => return self.not_acquired(why, machine),
        };
        let acquired = monotonic_now();
        if self.must_lock() && acquired - began > Nanos(500_000) {
            // It waited for the screen: that is when the screen was refreshed.
            self.refresh.grid.follow(acquired, 0.3);
        }
        let (slot, scene, mark) = match what {
            What::Request(ticket) => match self.mailbox.get_mut(ticket) {
                Some(w) => (&mut w.prepared, &w.request.scene, w.request.mark),
                None => return Ok(()),
            },
            What::Again => (&mut self.current.prepared, &self.current.scene, self.current.mark),
        };
        let empty = scene.elements.is_empty();
        let lacking = slot
            .as_ref()
            .is_none_or(|p| p.missing().iter().any(|id| machine.pool.get(id).is_some()));
        if lacking {
            *slot = Some(prepare(scene, machine).map_err(|e| failed(machine, e))?);
        }
        let prepared = slot.as_mut().expect("it was prepared just now");
        let t = self.refresh.grid.time(frame);
        let commands = machine
            .renderer
            .encode(prepared, t, mark, &view)
            .map_err(|e| failed(machine, e.failure()))?;
        let look = prepared.look_at(t);
        let index = machine.gpu.queue.submit([commands]);
        let wait = wgpu::PollType::Wait { submission_index: Some(index), timeout: None };
        // What was not drawn must not count as shown: a device that is gone takes all commands, and says so here alone.
        if machine.gpu.device.poll(wait).is_err() {
            machine.gpu.give_up();
            return Err(Ended::Lost);
        }
        let cost = monotonic_now() - acquired;
        // Quick to grow and slow to shrink: a flip that is missed costs more than one that waits.
        let grown = |old: Nanos| cost.max(Nanos((old.0 * 7 + cost.0) / 8));
        self.draw_cost = grown(self.draw_cost);
        if empty {
            self.plain_cost = grown(self.plain_cost);
        }
        self.staged = Some(Staged { what, frame, look, outdated: false });
        Ok(())
    }
}

impl Flips<'_> {
    /// Makes the driver give its device up where a test asks for it: once, for the same scene comes again on the next one.
    fn lose_for_a_test(&mut self, what: What, machine: &Machine) {
        let asked = |ticket: &u64| what == What::Request(*ticket);
        if let Some(at) = self.losses.iter().position(asked) {
            self.losses.remove(at);
            machine.gpu.device.destroy();
        }
    }
}

/// Nothing can be drawn on a device that is gone; that is no failure of the scene.
fn failed(machine: &Machine, failure: DisplayFailure) -> Ended {
    if machine.gpu.is_lost() { Ended::Lost } else { Ended::Failed(failure) }
}

fn prepare(scene: &Scene, machine: &mut Machine) -> Result<Prepared, DisplayFailure> {
    let pool = machine.pool.clone();
    machine.renderer.prepare(scene, |id| pool.get(id)).map_err(|e| e.failure())
}
