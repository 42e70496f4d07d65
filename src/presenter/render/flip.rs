//! The flip loop. A scene is drawn ahead of its flip, waits finished, and is presented at the instant itself;
//! then its report goes out. Nothing here decodes, uploads or shapes close to a flip.

mod current;
mod foresee;
mod loss;
mod present;
mod reports;
mod stage;

use super::machine::Machine;
use super::measure::Measured;
use super::refresh::Refresh;
use super::{Command, RenderConfig, Renewed};
use crate::ground::clock::monotonic_now;
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::ShowRequest;
use crate::ground::time::Nanos;
use crate::presenter::feedback::{Feedback, Handed, Report};
use crate::presenter::gpu::Prepared;
use crate::presenter::mailbox::Mailbox;
use crate::presenter::pool::Quiet;
use crossbeam_channel::{Receiver, Sender, never, select};
use current::Current;
pub use loss::Meanwhile;
use loss::{Announced, Gap};
use reports::Awaited;
use stage::Staged;

/// Why the loop has ended.
#[derive(Debug)]
pub enum Ended {
    Stopped,
    /// The device, the surface or the window is gone; everything on it must be made anew.
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
/// How often reports that are still to come are looked for.
const LISTEN: Nanos = Nanos::from_millis(2);
/// A swap chain that has been idle is flipped so often before a change, to find its phase again.
const LOCK_FLIPS: u64 = 3;

/// The state of the loop, none of which lives on the card but what was prepared.
pub struct Flips<'a> {
    config: &'a RenderConfig,
    refresh: Refresh,
    feedback: Box<dyn Feedback>,
    inbox: Receiver<Command>,
    /// Tells of windows that take the place of one that was destroyed.
    pub renewed: Receiver<Renewed>,
    new_window: Option<Renewed>,
    /// Nobody will open another window.
    no_more_windows: bool,
    events: Sender<Event>,
    quiet: Quiet,
    mailbox: Mailbox<Prepared>,
    announced: Announced,
    /// While nothing can be shown.
    gap: Option<Gap>,
    /// How often in a row the surface had to be configured without anything being shown.
    refits: u32,
    /// Tickets before which the device is still to be lost, in a test.
    losses: Vec<u64>,
    current: Current,
    staged: Option<Staged>,
    /// How many pictures were handed over.
    handed: u64,
    /// Scenes whose onset is not known yet.
    awaited: Vec<Awaited>,
    /// A scene that the display system threw away, to be handed over again.
    again_for: Option<Awaited>,
    /// The ticket of the latest picture that showed the screen once more, and that picture.
    again: Option<(u64, Handed)>,
    /// How many pictures were thrown away.
    thrown_away: u64,
    /// Kept for its room.
    reports: Vec<Report>,
    /// What drawing took lately, from the first call until the card was done.
    draw_cost: Nanos,
    /// The same of empty scenes, such as the grey that somebody asks for.
    plain_cost: Nanos,
    hidden: bool,
    /// What was told ahead of scenes that wait: when they will appear, by ticket.
    foretold: Vec<(u64, Nanos)>,
    /// Kept for its room.
    foreseen: Vec<(u64, u64)>,
}

impl<'a> Flips<'a> {
    pub fn new(
        config: &'a RenderConfig,
        measured: Measured,
        inbox: Receiver<Command>,
        events: Sender<Event>,
        quiet: Quiet,
    ) -> Flips<'a> {
        Flips {
            config,
            refresh: measured.refresh,
            feedback: measured.feedback,
            inbox,
            renewed: never(),
            new_window: None,
            no_more_windows: false,
            events,
            quiet,
            mailbox: Mailbox::new(),
            announced: Announced::default(),
            gap: None,
            refits: 0,
            losses: config.losses.clone(),
            current: Current::blank(config.background),
            staged: None,
            handed: measured.handed,
            awaited: Vec::new(),
            again_for: None,
            again: None,
            thrown_away: 0,
            reports: Vec::new(),
            draw_cost: Nanos::from_millis(2),
            plain_cost: Nanos::from_millis(2),
            hidden: false,
            foretold: Vec::new(),
            foreseen: Vec::new(),
        }
    }

    /// Takes a command; true where it ends the loop. While there is no machine, what is announced is kept for the next one.
    pub fn handle(&mut self, command: Command, machine: Option<&Machine>) -> bool {
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
            Command::Upcoming(pictures, at) => {
                if let Some(machine) = machine {
                    machine.upcoming(pictures.clone(), at);
                }
                self.announced.put(pictures, at, monotonic_now());
            }
            Command::Stop => return true,
            #[cfg(test)]
            Command::LoseDevice => machine.iter().for_each(|m| m.gpu.device.destroy()),
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
        if monotonic_now() + self.draw_cost * 2 + SPIN < self.refresh.present_at(frame) {
            self.staged = None;
        }
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
                if self.handle(command, Some(machine)) {
                    return Ended::Stopped;
                }
            }
            if machine.gpu.is_lost() || self.has_new_window() {
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
        let at = self.refresh.present_at(frame);
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

    /// The first flip that can still be reached: what is drawn already needs no time for that.
    fn earliest(&self, now: Nanos) -> u64 {
        // What pictures cost must not put off an empty screen that somebody waits for.
        let cost = match self.mailbox.wants_empty_at_once() {
            true => self.plain_cost.min(self.draw_cost),
            false => self.draw_cost,
        };
        let reached = self.refresh.first_reached(now + cost);
        match &self.staged {
            Some(s)
                if now < self.refresh.present_at(s.frame) + self.refresh.grid.period().half() =>
            {
                reached.min(s.frame)
            }
            _ => reached,
        }
    }

    /// What comes next, as things stand.
    fn next(&self) -> Next {
        let now = monotonic_now();
        let grid = self.refresh.grid;
        let earliest = self.earliest(now);
        let request = self.mailbox.next(&grid, earliest);
        if let Some((ticket, frame)) = request
            && frame == earliest
        {
            return Next::Flip(What::Request(ticket), frame);
        }
        let locking = request.is_some_and(|(_, f)| self.must_lock() && f <= earliest + LOCK_FLIPS);
        if self.current.stale || locking || self.current.differs_at(grid.time(earliest)) {
            return Next::Flip(What::Again, earliest);
        }
        let moving = self.current.scene.is_moving();
        match request {
            Some((ticket, frame)) if !moving && !self.must_lock() => {
                Next::Flip(What::Request(ticket), frame)
            }
            // Each refresh may need a picture, however long pictures take to get there.
            _ if moving => Next::Look(grid.time(grid.first_from(now + self.draw_cost))),
            Some((_, frame)) => Next::Look(grid.time(frame.saturating_sub(LOCK_FLIPS + 1))),
            None => Next::Look(now + IDLE),
        }
    }

    /// Whether nothing but flips tells where the refreshes are.
    fn must_lock(&self) -> bool {
        let told = self.refresh.is_followed() || self.feedback.basis().is_confirmed();
        self.refresh.paced() && !told
    }

    /// How long before its flip a scene is drawn.
    fn lead(&self, what: What) -> Nanos {
        let period = self.refresh.grid.period();
        match what {
            // A moving screen needs the flips in between for itself.
            What::Request(_) if !self.current.scene.is_moving() && !self.must_lock() => {
                AHEAD.max(self.draw_cost * 2)
            }
            _ => Nanos(period.0 * 6 / 10).max(self.draw_cost + SPIN * 2),
        }
    }

    /// Waits for a command until an instant, and takes it. Comes back sooner where that is far away, so that the
    /// screen is looked after.
    fn wait_until(&mut self, at: Nanos, machine: &Machine) -> Result<(), Ended> {
        let longest = if self.awaited.is_empty() { IDLE } else { LISTEN };
        let left = (at - monotonic_now()).min(longest).to_duration();
        select! {
            recv(self.inbox) -> command => match command {
                Ok(command) => match self.handle(command, Some(machine)) {
                    true => Err(Ended::Stopped),
                    false => Ok(()),
                },
                Err(_) => Err(Ended::Stopped),
            },
            recv(self.renewed) -> window => {
                self.take_window(window.ok());
                Ok(())
            }
            default(left) => {
                // A driver says that it has given its device up only when it is asked.
                if longest == IDLE && left >= IDLE.to_duration() {
                    let _ = machine.gpu.device.poll(wgpu::PollType::Poll);
                }
                Ok(())
            }
        }
    }

    /// Takes reports, follows the server's ticks, and looks whether the window needs drawing.
    fn look_after(&mut self, machine: &Machine) {
        if machine.screen.take_exposed() {
            self.current.stale = true;
        }
        self.restore(machine);
        self.refresh.follow_ticks();
        self.collect();
        self.foresee();
    }
}

#[cfg(test)]
mod tests;
