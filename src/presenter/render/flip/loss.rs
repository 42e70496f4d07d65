//! What the loop does when everything on the card is lost: how long nothing could be shown, which pictures are needed first
//! afterwards, and who tells of onsets then.

use super::Flips;
use crate::ground::clock::monotonic_now;
use crate::ground::record::Level;
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use crate::presenter::render::machine::Machine;
#[cfg(all(feature = "window", unix))]
use crate::presenter::render::msc::MscClock;
use crate::presenter::render::{Renewed, note};
use crossbeam_channel::{TryRecvError, never, select};
use std::collections::VecDeque;

/// From when on nothing could be shown, and why.
#[derive(Debug)]
pub struct Gap {
    since: Nanos,
    why: String,
}

/// Pictures that were announced, so that they can be announced once more to a new card.
#[derive(Debug, Default)]
pub struct Announced(VecDeque<(Vec<StimulusId>, Nanos)>);

impl Announced {
    /// How long a picture may be needed after its time: scenes can be late.
    const KEPT: Nanos = Nanos(2_000_000_000);

    /// These pictures are needed from about `at` on. Those of long past are forgotten.
    pub fn put(&mut self, pictures: Vec<StimulusId>, at: Nanos, now: Nanos) {
        self.0.retain(|(_, at)| *at + Self::KEPT >= now);
        self.0.push_back((pictures, at));
    }
}

/// What came while there was nothing to draw on.
#[derive(Debug)]
pub enum Meanwhile {
    Stopped,
    Window(Renewed),
    Nothing,
}

impl Flips<'_> {
    /// Whether another window has taken the place of the one that is drawn into.
    pub(super) fn has_new_window(&mut self) -> bool {
        match self.renewed.try_recv() {
            Ok(window) => self.take_window(Some(window)),
            Err(TryRecvError::Disconnected) => self.take_window(None),
            Err(TryRecvError::Empty) => {}
        }
        self.new_window.is_some()
    }

    /// Takes a new window; none where no other will come.
    pub(super) fn take_window(&mut self, window: Option<Renewed>) {
        match window {
            Some(window) => self.new_window = Some(window),
            None => (self.renewed, self.no_more_windows) = (never(), true),
        }
    }

    /// Whether another window may still take the place of one that is gone.
    pub fn expects_window(&self) -> bool {
        !self.no_more_windows
    }

    /// Everything on the card is lost: says so, and lets go of whatever belongs to the surface. The scenes that were handed
    /// over and not reported yet get their onsets now, for nobody will tell of them.
    pub fn lose(&mut self, machine: &mut Machine) {
        self.staged = None;
        machine.screen.let_go(&machine.gpu);
        let lost = machine.gpu.is_lost() || machine.gpu.is_invalid();
        let window = self.new_window.as_ref().map(|(since, _)| *since);
        let since = window.unwrap_or_else(monotonic_now);
        let trouble = machine.gpu.trouble().map_or(String::new(), |t| format!(" ({t})"));
        let why = match (window, lost) {
            (None, true) => format!("the graphics driver gave its device up{trouble}"),
            (Some(_), _) => "the window was destroyed by another program".into(),
            (None, false) => "the window's surface was lost".into(),
        };
        note(&self.events, Level::Error, format!("{why}: the screen is made anew"));
        // One that follows another before anything could be shown is a part of it.
        self.gap.get_or_insert(Gap { since, why });
        self.give_up_reports();
        self.feedback.release();
    }

    /// The new window to draw into, if there is one.
    pub fn new_window(&mut self) -> Option<Renewed> {
        self.has_new_window();
        self.new_window.take()
    }

    /// Takes commands while there is nothing to draw on, until something else has come or that time is over.
    pub fn meanwhile(&mut self, most: Nanos) -> Meanwhile {
        let until = monotonic_now() + most;
        loop {
            let left = (until - monotonic_now()).max(Nanos::ZERO).to_duration();
            select! {
                recv(self.inbox) -> command => match command {
                    Ok(command) => {
                        if self.handle(command, None) {
                            return Meanwhile::Stopped;
                        }
                    }
                    Err(_) => return Meanwhile::Stopped,
                },
                recv(self.renewed) -> window => match window {
                    Ok(window) => return Meanwhile::Window(window),
                    Err(_) => self.take_window(None),
                },
                default(left) => return Meanwhile::Nothing,
            }
        }
    }

    /// The pictures that a new card needs at once: those on the screen and those of scenes that wait.
    pub fn needed_first(&mut self) -> Vec<StimulusId> {
        let mut first: Vec<StimulusId> = self.current.scene.pictures().cloned().collect();
        for waiting in self.mailbox.iter_mut() {
            first.extend(waiting.request.scene.pictures().cloned());
        }
        let mut seen = std::collections::HashSet::new();
        first.retain(|id| seen.insert(id.clone()));
        first
    }

    /// Goes on with another machine: forgets what was prepared on the one that is gone, announces again what is needed next, and
    /// listens to whoever tells of onsets now.
    pub fn go_on_with(&mut self, machine: &Machine) {
        self.forget_prepared();
        self.current.restoring = true;
        self.refits = 0;
        for (pictures, at) in &self.announced.0 {
            machine.upcoming(pictures.clone(), *at);
        }
        #[cfg(feature = "window")]
        {
            let row = self.config.row(machine.screen.size().1);
            let paced = self.refresh.paced_period();
            let before = self.feedback.basis();
            self.feedback = machine.source(before, row, paced);
            let after = self.feedback.basis();
            if after != before {
                let (after, before) = (after.name(), before.name());
                let text = format!("onset times come from {after} and no more from {before}");
                note(&self.events, Level::Warning, text);
            }
            #[cfg(unix)]
            self.refresh.follow_another(|| machine.window_id().and_then(MscClock::open));
        }
        #[cfg(not(feature = "window"))]
        let _ = machine;
    }

    /// A scene that was lost with its screen is drawn again when pictures come that it lacks.
    pub(super) fn restore(&mut self, machine: &Machine) {
        let Some(prepared) = self.current.prepared.as_ref().filter(|_| self.current.restoring)
        else {
            return;
        };
        if prepared.missing().iter().any(|id| machine.pool.get(id).is_some()) {
            self.current.stale = true;
        } else if prepared.missing().is_empty() && !self.current.stale {
            self.current.restoring = false;
        }
    }

    /// A picture was handed over at `at`: says how long nothing could be shown before it, if it is whole.
    pub(super) fn end_gap(&mut self, at: Nanos) {
        let lacks = |p: &crate::presenter::gpu::Prepared| !p.missing().is_empty();
        if self.current.restoring && self.current.prepared.as_ref().is_none_or(lacks) {
            return;
        }
        let Some(gap) = self.gap.take() else { return };
        let length = at - gap.since;
        let frames = length.periods(self.refresh.grid.period());
        let text = format!(
            "{}: nothing could be shown for {:.0} ms ({frames} frames); scenes that were due then came late, as their onsets \
             say",
            gap.why,
            length.millis()
        );
        note(&self.events, Level::Error, text);
    }
}
