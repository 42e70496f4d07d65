//! A live run: waits for the display to be up, then lets the conductor follow the plan in real time.

use super::conductor::{Conductor, ShowPointer};
use super::participant::Participant;
use super::stage::LiveStage;
use super::status::Status;
use crate::audio::Sounds;
use crate::ground::clock::Clock;
use crate::ground::document::value::counted;
use crate::ground::event::{DisplayFailure, Event, SoundSaid};
use crate::ground::ports::{Display, JournalSink};
use crate::ground::priority;
use crate::ground::record::{DisplayInfo, End, Level, Record, Start};
use crate::ground::time::Nanos;
use crate::input::listening::Listening;
use crate::input::mapping::Mapping;
use crate::marker::Markers;
use crate::plan::schema::RunPlan;
use crate::plan::timing::unshowable;
use crate::runner::Runner;
use crate::trigger::emulator::Emulator;
use crate::wire::lsl::Library;
use crossbeam_channel::{Receiver, Sender};
use indexmap::IndexMap;
use std::sync::Arc;

/// Why a display never became ready.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    #[error("{}", .0.text)]
    Display(DisplayFailure),
    #[error("ended before the first screen")]
    Ended,
}

/// A display that is ready, and what was said while it got there.
#[derive(Clone, Debug)]
pub struct Ready {
    pub info: DisplayInfo,
    pub notes: Vec<(Nanos, Level, String)>,
    /// What the sound device said of itself meanwhile.
    pub sounds: Vec<(Nanos, SoundSaid)>,
    /// Whether the window got the keyboard; none where there is no window.
    pub focused: Option<bool>,
    /// Whose keys count.
    pub listening: Listening,
    /// Somebody asked for grey meanwhile: when, and with which key.
    pub grey: Option<(Nanos, String)>,
}

/// Waits until the display has loaded its pictures and measured its refresh.
///
/// # Errors
/// [`NotReady`] if the display fails, or the window is closed or the program ended meanwhile.
pub fn wait_ready(
    events: &Receiver<Event>,
    mapping: &Mapping,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Ready, NotReady> {
    let mut notes = Vec::new();
    let mut sounds = Vec::new();
    let mut focused = None;
    let mut listening = Listening::default();
    let mut grey = None;
    let mut early: IndexMap<String, (Nanos, usize)> = IndexMap::new();
    loop {
        match events.recv() {
            Ok(Event::DisplayReady(info)) => {
                notes.extend(early.into_iter().map(|(source, (stamp, n))| {
                    let pulses = counted(n, "pulse");
                    let text = format!(
                        "{pulses} of {source} came before the screen was ready, and were not taken"
                    );
                    (stamp, Level::Warning, text)
                }));
                return Ok(Ready { info: *info, notes, sounds, focused, listening, grey });
            }
            Ok(Event::Loading { done, of }) => progress(done, of),
            Ok(Event::Note { stamp, level, text }) => notes.push((stamp, level, text)),
            Ok(Event::DisplayFailed(failure)) => return Err(NotReady::Display(failure)),
            Ok(Event::Closed { .. } | Event::Signal { .. }) | Err(_) => {
                return Err(NotReady::Ended);
            }
            Ok(Event::Sound { stamp, said }) => sounds.push((stamp, *said)),
            Ok(Event::Focus { gained, .. }) => focused = Some(gained),
            Ok(Event::KeysFrom { from, .. }) => listening = Listening::to(from),
            // Not silently: a scanner that pulses already may have been started too early.
            Ok(Event::Pulse { stamp, source }) => {
                early.entry(source).or_insert((stamp, 0)).1 += 1;
            }
            // The screen is grey until the first scene: then it stays so.
            Ok(Event::Key(key)) if listening.hears(&key) && mapping.is_grey(&key) => {
                grey.get_or_insert((key.stamp, format!("{} of {}", key.code, key.device)));
            }
            // Other keys before the first screen belong to no run.
            Ok(_) => {}
        }
    }
}

/// Real-time priority of the conductor: below the render thread's, whose flips cannot wait, and above all ordinary threads.
const PRIORITY: i32 = 8;

/// What a live run needs.
pub struct LiveRun<'a> {
    pub plan: Arc<RunPlan>,
    pub start: Start,
    pub ready: Ready,
    pub mapping: Mapping,
    /// Shows the pointer while it is of use, where there is one to show.
    pub show_pointer: Option<ShowPointer>,
    pub participant: Option<Participant>,
    pub emulator: Option<Emulator>,
    /// Devices that event markers go to.
    pub markers: Option<&'a mut Markers>,
    /// Where sounds are played, where the plan has any.
    pub sounds: Option<&'a mut Sounds>,
    /// The Lab Streaming Layer, where the run uses it.
    pub lsl: Option<Arc<Library>>,
    pub clock: Arc<dyn Clock>,
    pub display: &'a mut dyn Display,
    pub events: Receiver<Event>,
    pub journal: &'a mut dyn JournalSink,
    pub status: Option<Sender<Status>>,
}

impl std::fmt::Debug for LiveRun<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveRun").field("start", &self.start).finish_non_exhaustive()
    }
}

impl LiveRun<'_> {
    /// Runs to the end, and says how it ended.
    pub fn perform(self) -> End {
        let clock = self.clock.clone();
        let hz = self.ready.info.refresh_hz;
        let runner = Runner::new(self.plan.clone(), Nanos::period(hz), self.ready.info.lengths);
        let mut conductor = Conductor::new(runner, clock.as_ref(), self.journal, self.mapping);
        conductor.participant = self.participant;
        conductor.emulator = self.emulator;
        conductor.markers = self.markers;
        conductor.lsl = self.lsl;
        conductor.status = self.status;
        conductor.listening = self.ready.listening;
        conductor.show_pointer = self.show_pointer.filter(|_| conductor.mapping.points());
        conductor.write(clock.now(), Record::Start(Box::new(self.start)));
        let in_window = matches!(self.ready.info.mode.as_str(), "window" | "fullscreen");
        conductor.write(clock.now(), Record::Display(Box::new(self.ready.info)));
        for (stamp, level, text) in self.ready.notes {
            conductor.write(stamp, Record::Note { level, text });
        }
        for (stamp, said) in self.ready.sounds {
            conductor.sound(stamp, said);
        }
        if in_window && self.ready.focused != Some(true) {
            let text =
                "the window does not have the keyboard: click on it, or keys are not heard".into();
            conductor.note(clock.now(), Level::Warning, text);
        }
        for text in unshowable(&self.plan, hz) {
            conductor.write(clock.now(), Record::Note { level: Level::Warning, text });
        }
        let (raised, text) = priority::raise("conductor", PRIORITY);
        let level = if raised { Level::Info } else { Level::Warning };
        conductor.write(clock.now(), Record::Note { level, text });
        let mut stage = LiveStage {
            display: self.display,
            events: self.events,
            clock: self.clock,
            sounds: self.sounds,
            latest: 0,
        };
        if let Some((stamp, by)) = self.ready.grey {
            conductor.put_grey_up(stamp, by, &mut stage);
        }
        let end = conductor.run(&mut stage);
        // The data files that this thread writes next must hold nobody up.
        priority::lower();
        end
    }
}
