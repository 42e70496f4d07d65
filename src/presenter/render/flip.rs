//! The flip loop. A scene is drawn ahead of its flip, waits finished, and is presented at the instant itself;
//! then its report goes out. Nothing here decodes, uploads or shapes close to a flip.

mod current;
mod stage;

use super::machine::Machine;
use super::measure::Refresh;
use super::screen::Acquired;
use super::{Command, RenderConfig, note};
use crate::ground::clock::monotonic_now;
use crate::ground::event::{DisplayFailure, Event, Presented};
use crate::ground::ports::ShowRequest;
use crate::ground::record::{Basis, Level};
use crate::ground::time::Nanos;
use crate::presenter::feedback::Feedback;
use crate::presenter::gpu::{GpuError, Prepared};
use crate::presenter::mailbox::Mailbox;
use crate::presenter::pool::Quiet;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use current::Current;
use stage::Staged;

/// Why the loop has ended.
#[derive(Debug)]
pub enum Ended {
    Stopped,
    /// The device is gone; everything on it must be made anew.
    Lost,
    Failed(DisplayFailure),
}

/// What a flip shows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Request(u64),
    /// The screen as it is, with what has moved.
    Again,
}

/// What to do next.
#[derive(Clone, Copy, Debug)]
enum Next {
    Flip(What, u64),
    /// Look again at this instant.
    Look(Nanos),
}

/// A waiting thread wakes up late; the rest is waited for with open eyes.
const SPIN: Nanos = Nanos::from_millis(1);
/// A still screen's next scene is drawn this long ahead.
const AHEAD: Nanos = Nanos::from_millis(100);
/// How often an idle loop looks after its screen.
const IDLE: Nanos = Nanos::from_millis(250);
/// A swap chain that has been idle is flipped so often before a change, to find its phase again.
const LOCK_FLIPS: u64 = 3;

/// The state of the loop, none of which lives on the card but what was prepared.
pub struct Flips<'a> {
    config: &'a RenderConfig,
    refresh: Refresh,
    feedback: Box<dyn Feedback>,
    inbox: Receiver<Command>,
    events: Sender<Event>,
    quiet: Quiet,
    mailbox: Mailbox<Prepared>,
    current: Current,
    staged: Option<Staged>,
    /// How long after the call to `present` scenes appeared lately, where that is known.
    handover: Nanos,
    /// What drawing took lately, from the first call until the card was done.
    draw_cost: Nanos,
    hidden: bool,
}

impl<'a> Flips<'a> {
    pub fn new(
        config: &'a RenderConfig,
        refresh: Refresh,
        feedback: Box<dyn Feedback>,
        inbox: Receiver<Command>,
        events: Sender<Event>,
        quiet: Quiet,
    ) -> Flips<'a> {
        Flips {
            config,
            refresh,
            feedback,
            inbox,
            events,
            quiet,
            mailbox: Mailbox::new(),
            current: Current::blank(config.background),
            staged: None,
            handover: Nanos::ZERO,
            draw_cost: Nanos::from_millis(2),
            hidden: false,
        }
    }

    /// Takes a command; true where it ends the loop.
    pub fn handle(&mut self, command: Command, machine: &Machine) -> bool {
        match command {
            Command::Show(request) if request.report => self.mailbox.put(*request),
            Command::Show(update) => self.update(*update),
            Command::Withdraw(from) => {
                self.mailbox.withdraw(from);
                if matches!(&self.staged, Some(s) if matches!(s.what, What::Request(t) if t >= from))
                {
                    self.staged = None;
                }
            }
            Command::Upcoming(pictures, at) => machine.upcoming(pictures, at),
            Command::Stop => return true,
            #[cfg(test)]
            Command::LoseDevice => machine.gpu.device.destroy(),
        }
        false
    }

    /// A change of a scene: of the one on screen, or of one that waits. A scene that has gone is left alone, for
    /// it would come back.
    fn update(&mut self, update: ShowRequest) {
        let ticket = update.ticket;
        let what = if ticket == self.current.ticket {
            self.current.update(update);
            What::Again
        } else if self.mailbox.update(update, Prepared::adopt) {
            What::Request(ticket)
        } else {
            return;
        };
        let Some(staged) = self.staged.as_mut().filter(|s| s.what == what) else { return };
        // A mouse changes things more often than they can be drawn. What is nearly due is shown as it was drawn, and the
        // change on the flip after; else drawing anew would go on until the flip is missed, and so with the next.
        staged.outdated = true;
        let frame = staged.frame;
        if monotonic_now() + self.draw_cost * 2 + SPIN < self.present_at(frame) {
            self.staged = None;
        }
    }

    /// Forgets what was prepared on a device that is gone.
    pub fn forget_device(&mut self, machine: &Machine) {
        self.forget_prepared();
        let paced = self.refresh.paced.then(|| self.refresh.grid.period());
        self.feedback = machine.feedback(paced);
    }

    fn forget_prepared(&mut self) {
        self.staged = None;
        self.current.prepared = None;
        self.current.stale = true;
        self.mailbox.iter_mut().for_each(|w| w.prepared = None);
    }

    /// Shows what comes until it is told to stop or the device is gone.
    pub fn run(&mut self, machine: &mut Machine) -> Ended {
        loop {
            while let Ok(command) = self.inbox.try_recv() {
                if self.handle(command, machine) {
                    return Ended::Stopped;
                }
            }
            if machine.gpu.is_lost() {
                return Ended::Lost;
            }
            self.look_after(machine);
            let step = match self.next() {
                Next::Look(at) => {
                    self.prepare_ahead(machine);
                    self.wait_until(at, machine)
                }
                Next::Flip(what, frame) => self.towards(what, frame, machine),
            };
            if let Err(ended) = step {
                return ended;
            }
        }
    }

    /// One step towards a flip; the loop comes back for the next, with whatever has come meanwhile.
    fn towards(&mut self, what: What, frame: u64, machine: &mut Machine) -> Result<(), Ended> {
        let at = self.present_at(frame);
        self.quiet.around(at);
        let draw_from = at - self.lead(what);
        if monotonic_now() < draw_from {
            self.prepare_ahead(machine);
            return self.wait_until(draw_from, machine);
        }
        if !self.is_staged(what, frame, machine) {
            return self.stage(what, frame, machine);
        }
        if monotonic_now() < at - SPIN {
            return self.wait_until(at - SPIN, machine);
        }
        while monotonic_now() < at {
            std::hint::spin_loop();
        }
        self.present(frame, machine)
    }

    /// What comes next, as things stand.
    fn next(&self) -> Next {
        let now = monotonic_now();
        let grid = self.refresh.grid;
        let mut earliest = grid.first_from(now + self.draw_cost);
        if let Some(s) = &self.staged
            && now < self.present_at(s.frame) + grid.period().half()
        {
            earliest = earliest.min(s.frame);
        }
        let request = self.mailbox.next(&grid, earliest);
        if let Some((ticket, frame)) = request
            && frame == earliest
        {
            return Next::Flip(What::Request(ticket), frame);
        }
        let locking =
            request.is_some_and(|(_, f)| self.refresh.paced && f <= earliest + LOCK_FLIPS);
        if self.current.stale || locking || self.current.differs_at(grid.time(earliest)) {
            return Next::Flip(What::Again, earliest);
        }
        let moving = self.current.scene.is_moving();
        match request {
            Some((ticket, frame)) if !moving && !self.refresh.paced => {
                Next::Flip(What::Request(ticket), frame)
            }
            _ if moving => Next::Look(grid.time(earliest)),
            Some((_, frame)) => Next::Look(grid.time(frame.saturating_sub(LOCK_FLIPS + 1))),
            None => Next::Look(now + IDLE),
        }
    }

    /// When to present so that flip `frame` shows it: where nothing waits for the screen, as much before the
    /// flip as the picture takes to get there, else in the middle of the refresh before.
    fn present_at(&self, frame: u64) -> Nanos {
        let before = match self.refresh.paced {
            true => self.refresh.grid.period().half(),
            false => self.handover,
        };
        self.refresh.grid.time(frame) - before
    }

    /// Learns from a confirmed onset how long a picture takes to get to the screen.
    fn learn_handover(&mut self, took: Nanos, basis: Basis) {
        let longest = Nanos(self.refresh.grid.period().0 / 4);
        // One that took longer was held up, and says nothing of the next.
        if basis == Basis::X11Roundtrip && Nanos::ZERO < took && took < longest {
            self.handover += Nanos((took - self.handover).0 / 8);
        }
    }

    /// How long before its flip a scene is drawn.
    fn lead(&self, what: What) -> Nanos {
        let period = self.refresh.grid.period();
        match what {
            // A moving screen needs the flips in between for itself.
            What::Request(_) if !self.current.scene.is_moving() && !self.refresh.paced => {
                AHEAD.max(self.draw_cost * 2)
            }
            _ => Nanos(period.0 * 6 / 10).max(self.draw_cost + SPIN * 2),
        }
    }

    /// Waits for a command until an instant, and takes it. Comes back sooner where that is far away, so that the
    /// screen is looked after.
    fn wait_until(&mut self, at: Nanos, machine: &Machine) -> Result<(), Ended> {
        let left = (at - monotonic_now()).min(IDLE).to_duration();
        match self.inbox.recv_timeout(left) {
            Ok(command) => match self.handle(command, machine) {
                true => Err(Ended::Stopped),
                false => Ok(()),
            },
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => Err(Ended::Stopped),
        }
    }

    /// Follows the server's ticks, and looks whether the window needs drawing.
    fn look_after(&mut self, machine: &Machine) {
        if machine.screen.take_exposed() {
            self.current.stale = true;
        }
        self.refresh.follow_ticks();
    }

    /// Presents what is staged, and reports it.
    fn present(&mut self, frame: u64, machine: &mut Machine) -> Result<(), Ended> {
        let Some(staged) = self.staged.take() else { return Ok(()) };
        let flip = self.refresh.grid.time(frame);
        let began = monotonic_now();
        machine.screen.present(&machine.gpu);
        let stamp = monotonic_now();
        self.hidden = false;
        let ticket = match staged.what {
            What::Again => {
                self.current.stale = staged.outdated;
                self.current.look = staged.look;
                return self.fit(machine);
            }
            What::Request(ticket) => ticket,
        };
        // What never reached the screen has no onset; the session learns that instead.
        if machine.gpu.is_lost() {
            return Err(Ended::Lost);
        }
        let Some((onset, basis)) = self.feedback.onset(stamp, flip) else {
            return Err(Ended::Failed(GpuError::Gone.failure()));
        };
        let Some(taken) = self.mailbox.take(ticket) else { return Ok(()) };
        let request = taken.request;
        self.learn_handover(onset - began, basis);
        // A scene that came late is on another flip than the one it was meant for.
        let grid = &self.refresh.grid;
        let shown = grid.nearest(onset).max(frame);
        let meant = self.mailbox.meant(&request, grid).map_or(flip, |k| grid.time(k));
        self.mailbox.remember(ticket, shown);
        // Nobody listening means that the session is ending.
        let _ = self.events.send(Event::Shown { stamp, ticket, frame: shown });
        let marked = request.mark;
        let presented = Presented { ticket, onset, flip: meant, basis, frame: shown, marked };
        let _ = self.events.send(Event::Presented(presented));
        if let Some(p) = &taken.prepared {
            for id in p.missing() {
                let text = format!(
                    "picture \"{id}\" was not loaded in time; the scene was shown without it"
                );
                note(&self.events, Level::Error, text);
            }
        }
        self.current = Current::shown(request, taken.prepared, staged.look);
        self.current.stale = staged.outdated;
        self.fit(machine)
    }

    /// Makes a surface fit its window again, where presenting has shown that it does not.
    fn fit(&mut self, machine: &mut Machine) -> Result<(), Ended> {
        if machine.screen.is_suboptimal() { self.refit(machine) } else { Ok(()) }
    }

    fn refit(&mut self, machine: &mut Machine) -> Result<(), Ended> {
        let before = machine.screen.size();
        let changed = machine.reconfigure(self.config).map_err(|e| Ended::Failed(e.failure()))?;
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
        } else {
            note(&self.events, Level::Info, "the window's surface was configured again");
        }
        Ok(())
    }

    /// What to do when there is nothing to draw into.
    fn not_acquired(&mut self, why: Acquired, machine: &mut Machine) -> Result<(), Ended> {
        match why {
            Acquired::Outdated => {
                self.refit(machine)?;
                self.wait_until(monotonic_now() + Nanos::from_millis(2), machine)
            }
            Acquired::Hidden => {
                if !std::mem::replace(&mut self.hidden, true) {
                    note(
                        &self.events,
                        Level::Error,
                        "the window is hidden: nothing can be shown in it",
                    );
                }
                self.wait_until(monotonic_now() + self.refresh.grid.period(), machine)
            }
            Acquired::Broken => Err(Ended::Failed(DisplayFailure {
                text: "the graphics driver gives no picture to draw into".into(),
                remedy: "update the graphics driver, or draw in software".into(),
            })),
        }
    }
}
