//! The thread that sounds are ordered from: it keeps the desk, hears what the device says, tells the session what became of each
//! sound, and opens a device again that has gone.

use super::desk::{Cut, Desk};
use super::ledger::BEHIND;
use super::line::Stamp;
use crate::ground::clock::monotonic_now;
use crate::ground::cue::{LOOK_AHEAD, Silenced};
use crate::ground::event::{Event, SoundSaid};
use crate::ground::ports::{Hush, SceneSounds};
use crate::ground::record::{Level, SoundDevice};
use crate::ground::time::Nanos;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::ops::RangeInclusive;

/// What the thread is told.
#[derive(Debug)]
pub enum Command {
    Order {
        ticket: u64,
        sounds: SceneSounds,
    },
    Expect {
        ticket: u64,
        at: Nanos,
    },
    Withdraw {
        tickets: RangeInclusive<u64>,
    },
    Hush(Hush),
    Volume {
        gain: f64,
    },
    /// Scenes appear so much later than their display says.
    Screen {
        offset: Nanos,
    },
    /// Nothing more is begun; say what there is to say, and end.
    Finish,
}

/// What a device says is wrong with it.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// When it said so.
    pub at: Nanos,
    /// It is over with it.
    pub over: bool,
    pub text: String,
}

/// A device behind the mixer.
pub trait Source: Send + std::fmt::Debug {
    /// What it says each time that it asks for samples.
    fn stamps(&self) -> &Receiver<Stamp>;
    /// What is wrong with it.
    fn troubles(&self) -> &Receiver<Trouble>;
    /// What was beyond the amplitude that it can give.
    fn cuts(&self) -> &Receiver<Cut>;
    /// What the journal says of it; how many frames it takes and how late they are heard is filled in here.
    fn about(&self) -> SoundDevice;
    /// Lets go of it.
    fn close(&mut self);
    /// Begins to open it, or the one that takes its place, again. A system that hangs is not waited for.
    fn reopen(&mut self);
    /// What has come of that, once it is known: a sentence says why it cannot be opened now.
    fn reopened(&mut self) -> Option<Result<(), String>>;
}

/// How often the desk is looked after while something is to be heard, and while nothing is.
const BUSY: Nanos = Nanos::from_millis(5);
const IDLE: Nanos = Nanos::from_millis(50);
/// A device that has not asked for samples for this long is said to stand still.
const STILL: Nanos = Nanos::from_millis(500);
/// After this it is opened again.
const DEAD: Nanos = Nanos::from_millis(6_000);
/// A device that is gone is tried at once, for many only lose their connection, and then so often.
const AT_ONCE: Nanos = Nanos::from_millis(50);
const AGAIN: Nanos = Nanos::from_millis(1_000);
/// One that is neither opened nor refused for this long is tried once more.
const OPENING: Nanos = Nanos::from_millis(20_000);
/// So many stamps tell how late a device is.
pub const TELLING: usize = 24;
/// Slips of a stream that has just begun are not those of sounds.
const SETTLING: Nanos = Nanos::from_millis(500);
/// How long the end waits for what the device has to say.
const PATIENCE: Nanos = Nanos::from_millis(1_500);

/// What the thread has.
#[derive(Debug)]
pub struct Player {
    desk: Desk,
    source: Option<Box<dyn Source>>,
    events: Sender<Event>,
    /// The device's correction.
    offset: Nanos,
    /// When the stream was opened.
    opened: Nanos,
    /// The first stamps of a stream, until they have told how late it is.
    first: Option<Vec<Stamp>>,
    last: Nanos,
    still: bool,
    /// When a device that is gone is to be tried next.
    again: Option<Nanos>,
}

impl Player {
    /// `offset`: by how much later than it says the device is heard; `early`: what it has said so far.
    pub fn new(
        desk: Desk,
        source: Option<Box<dyn Source>>,
        events: Sender<Event>,
        offset: Nanos,
        early: Vec<Stamp>,
    ) -> Player {
        let now = monotonic_now();
        let first = source.is_some().then(Vec::new);
        let (opened, last, still, again) = (now, now, false, None);
        let mut player = Player { desk, source, events, offset, opened, first, last, still, again };
        for stamp in early {
            player.desk.heard_at_first(stamp);
            player.measure(stamp);
        }
        player
    }

    /// Until it is told to finish.
    pub fn run(mut self, commands: &Receiver<Command>) {
        self.desk.correct(-self.offset);
        let mut finish: Option<Nanos> = None;
        let mut over = false;
        loop {
            let wait = if self.desk.is_busy() { BUSY } else { IDLE };
            match commands.recv_timeout(wait.to_duration()) {
                Ok(command) => over |= self.handle(command),
                Err(RecvTimeoutError::Disconnected) => over = true,
                Err(RecvTimeoutError::Timeout) => {}
            }
            while let Ok(command) = commands.try_recv() {
                over |= self.handle(command);
            }
            let now = monotonic_now();
            if over && finish.is_none() {
                finish = Some(now + PATIENCE);
                self.desk.hush(Hush { answered: None, why: Silenced::Run }, now);
                self.tell();
            }
            self.listen(now, finish.is_some());
            let last = finish.is_some_and(|until| until <= now);
            if last && self.source.is_some() && self.again.is_none() && now - self.last > STILL {
                // What it held when it stopped was not heard.
                self.desk.lost(self.last);
            }
            self.desk.settle(now, last);
            self.tell();
            if finish.is_some() && (last || !self.desk.is_busy()) {
                return;
            }
        }
    }

    /// True where nothing more is to be begun.
    fn handle(&mut self, command: Command) -> bool {
        match command {
            Command::Order { ticket, sounds } => self.desk.order(ticket, sounds),
            Command::Expect { ticket, at } => self.desk.expect(ticket, at),
            Command::Withdraw { tickets } => self.desk.withdraw(tickets, monotonic_now()),
            Command::Hush(hush) => self.desk.hush(hush, monotonic_now()),
            Command::Volume { gain } => self.desk.volume(gain),
            Command::Screen { offset } => self.desk.correct(offset - self.offset),
            Command::Finish => return true,
        }
        false
    }

    /// Hears what the device has said.
    fn listen(&mut self, now: Nanos, ending: bool) {
        let Some(source) = &self.source else { return };
        let stamps: Vec<Stamp> = source.stamps().try_iter().collect();
        let troubles: Vec<Trouble> = source.troubles().try_iter().collect();
        source.cuts().try_iter().for_each(|cut| self.desk.cut(cut));
        // While there is none, they are what is left of a stream that has gone.
        for stamp in stamps.into_iter().filter(|_| self.again.is_none()).collect::<Vec<_>>() {
            self.last = stamp.called;
            if std::mem::take(&mut self.still) {
                self.note(Level::Warning, "the sound device goes on".into());
            }
            if stamp.called - self.opened < SETTLING {
                self.desk.heard_at_first(stamp);
            } else {
                self.desk.heard(stamp);
            }
            self.measure(stamp);
        }
        for Trouble { at, over, text } in troubles {
            if over && self.again.is_none() {
                self.lost(at, &text);
            } else if !over {
                self.note(Level::Warning, format!("the sound device says: {text}"));
            }
        }
        if self.again.is_some() && self.is_open_again() {
            return;
        }
        match self.again {
            Some(at) if at <= now && !ending => {
                self.again = Some(now + OPENING);
                self.source.iter_mut().for_each(|s| s.reopen());
            }
            // What it held when it stopped was not heard.
            None if now - self.last > DEAD => self.lost(self.last, "it asks for no sound"),
            None if now - self.last > STILL && !self.still => {
                self.still = true;
                let text = "the sound device has not asked for sound for 0.5 s: sounds that are due meanwhile are not played, \
                            and stand in the journal as that; see whether the system has muted, suspended or lost it";
                self.note(Level::Error, text.into());
            }
            _ => {}
        }
    }

    /// Tells the session of the device, once it has said how late it is.
    fn measure(&mut self, stamp: Stamp) {
        let Some(first) = &mut self.first else { return };
        first.push(stamp);
        if first.len() < TELLING {
            return;
        }
        let middle = |mut values: Vec<i64>| {
            values.sort_unstable();
            values[values.len() / 2]
        };
        let behind = &first[BEHIND..];
        let latency = middle(behind.iter().map(|s| (s.heard - s.called).0).collect());
        let taken = middle(behind.iter().map(|s| i64::from(s.frames)).collect());
        self.first = None;
        if let Some(source) = &self.source {
            let (latency_ns, taken) = (Nanos(latency), taken as u32);
            let device =
                SoundDevice { latency_ns, taken, offset_ns: self.offset, ..source.about() };
            if let Some(text) = too_slow(&device) {
                self.note(Level::Error, text);
            }
            self.send(stamp.called, SoundSaid::Device(device));
        }
    }

    /// Where what goes wrong in the thread is told.
    pub fn events(&self) -> Sender<Event> {
        self.events.clone()
    }

    fn lost(&mut self, at: Nanos, why: &str) {
        let Some(source) = &mut self.source else { return };
        let name = source.about().name;
        self.desk.lost(at);
        self.desk.without(Some("the sound device was gone".into()));
        source.close();
        self.again = Some(monotonic_now() + AT_ONCE);
        let text = format!(
            "sound device \"{name}\" is gone ({why}): it is tried again each second, and sounds until then are in the \
             journal as not played"
        );
        self.note(Level::Error, text);
    }

    /// Whether a device that was gone has just been opened again.
    fn is_open_again(&mut self) -> bool {
        let Some(source) = &mut self.source else { return false };
        match source.reopened() {
            None => return false,
            Some(Err(_)) => {
                self.again = Some(monotonic_now() + AGAIN);
                return false;
            }
            Some(Ok(())) => self.again = None,
        }
        let name = source.about().name;
        let now = monotonic_now();
        (self.opened, self.last, self.still) = (now, now, false);
        self.desk.restart();
        self.first = Some(Vec::new());
        self.desk.without(None);
        self.note(Level::Warning, format!("sounds are played on \"{name}\" again"));
        true
    }

    fn tell(&mut self) {
        for (stamp, said) in self.desk.take_said() {
            self.send(stamp, said);
        }
    }

    fn send(&self, stamp: Nanos, said: SoundSaid) {
        // Nobody listening means that the session is ending.
        let _ = self.events.send(Event::Sound { stamp, said: Box::new(said) });
    }

    fn note(&self, level: Level, text: String) {
        // As above.
        let _ = self.events.send(Event::Note { stamp: monotonic_now(), level, text });
    }
}

/// From a scene that is foreseen to the desk that orders its sounds, at most.
const ORDERED: Nanos = Nanos::from_millis(20);

/// What is no matter of the device.
const SLIGHT: Nanos = Nanos::from_millis(10);

/// What is to be said of a device that is further behind than scenes are known ahead.
fn too_slow(device: &SoundDevice) -> Option<String> {
    let rate = i64::from(device.sample_rate.max(1));
    let taken = Nanos(i64::from(device.taken) * 1_000_000_000 / rate);
    let needs = device.latency_ns + taken + device.offset_ns.max(Nanos::ZERO);
    let late = needs + ORDERED - LOOK_AHEAD;
    (late > SLIGHT).then(|| {
        format!(
            "sound device \"{}\" needs sounds {:.0} ms ahead, with the `offset` of the rig, and scenes are known {:.0} ms ahead: a \
             sound that begins with its screen comes up to {:.0} ms late, and one that is more than 100 ms late is not played; \
             use a wired device, or write a smaller `buffer` into [sound] of the rig",
            device.name,
            needs.millis(),
            LOOK_AHEAD.millis(),
            late.millis()
        )
    })
}

#[cfg(test)]
mod tests;
