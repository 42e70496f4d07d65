//! Who stamps the keys of a run: the best source that there is, or the one that the rig names. A source that cannot be had, or
//! that dies, is said with its reason and what helps, and the window's keys count instead.

use super::listening::{WINDOW, window};
use crate::ground::clock::monotonic_now;
use crate::ground::event::{Event, KeyEvent, KeysFrom};
use crate::ground::priority;
use crate::ground::record::Level;
use crate::rig::schema::{InputSetup, KeySource};
use crossbeam_channel::Sender;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Real-time priority of the threads that stamp keys: just above the window's and the render thread's, for they sleep nearly
/// always, and a key must not wait for a flip.
const PRIORITY: i32 = 13;

/// The window whose keys are wanted.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its number on an X11 server, which changes where another is opened in its place; none on other systems.
    pub x11: Option<Arc<AtomicU32>>,
    /// Whether it has the keyboard, and the pointer over it, as it tells itself.
    pub focused: Arc<AtomicBool>,
    pub inside: Arc<AtomicBool>,
    /// Mouse buttons are wanted too. Not where it matters at what they point, which the window alone knows.
    pub buttons: bool,
}

/// Why a source cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    pub text: String,
    pub remedy: String,
}

/// Ends the threads of a source: set when it is dropped, and looked at with the next event at the latest.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether the source is not wanted any more.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A source that is at work, and what there is to say of it.
#[derive(Debug)]
pub struct Source {
    stop: Stop,
    /// For the journal; warnings for the terminal too.
    pub said: Vec<(Level, String)>,
}

impl Drop for Source {
    fn drop(&mut self) {
        self.stop.0.store(true, Ordering::Release);
    }
}

/// Starts the source that a rig asks for. Its events, and that keys come from it now, go to `events`.
pub fn start(setup: &InputSetup, place: &Place, events: &Sender<Event>) -> Source {
    let stop = Stop::default();
    let mut missed = Vec::new();
    for own in order(setup.source, place.x11.is_some()) {
        let from = KeysFrom { source: own.name().into(), buttons: place.buttons };
        let voice = Voice { events: events.clone(), from: from.clone() };
        match own.start(setup, place, voice, stop.clone()) {
            Ok(()) => {
                let said = words(own.name(), &missed);
                return Source { stop, said };
            }
            Err(why) => missed.push(why),
        }
    }
    Source { stop, said: words(WINDOW, &missed) }
}

/// What there is to say of who stamps keys, after those that could not.
fn words(name: &str, missed: &[Unavailable]) -> Vec<(Level, String)> {
    if missed.is_empty() {
        return vec![(Level::Info, format!("keys are stamped by {name}"))];
    }
    let warn = |u: &Unavailable| {
        let text = format!("{}: keys are stamped by {name} instead; {}", u.text, u.remedy);
        (Level::Warning, text)
    };
    missed.iter().map(warn).collect()
}

/// A source that is not the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    Xinput2,
    Evdev,
}

/// What is tried, the first wish first. Nothing is tried on systems that have neither.
fn order(wanted: KeySource, x11: bool) -> &'static [Own] {
    use Own::{Evdev, Xinput2};
    match wanted {
        KeySource::Window => &[],
        KeySource::Auto if cfg!(not(target_os = "linux")) && !x11 => &[],
        KeySource::Auto if x11 => &[Xinput2],
        KeySource::Auto => &[Evdev],
        KeySource::Xinput2 => &[Xinput2],
        // Another server's keys are the next best.
        KeySource::Evdev if x11 => &[Evdev, Xinput2],
        KeySource::Evdev => &[Evdev],
    }
}

impl Own {
    fn name(self) -> &'static str {
        match self {
            Own::Xinput2 => "xinput2",
            Own::Evdev => "evdev",
        }
    }

    #[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
    fn start(
        self,
        setup: &InputSetup,
        place: &Place,
        voice: Voice,
        stop: Stop,
    ) -> Result<(), Unavailable> {
        match (self, &place.x11) {
            #[cfg(all(feature = "window", unix))]
            (Own::Xinput2, Some(window)) => {
                super::xinput::start(window.clone(), place.buttons, voice, stop)
            }
            (Own::Xinput2, _) => Err(Unavailable {
                text: "XInput 2 is for windows on X11, and this is none".into(),
                remedy: "write source = \"auto\" into [input] of the rig".into(),
            }),
            #[cfg(target_os = "linux")]
            (Own::Evdev, _) => super::evdev::start(setup, place, voice, stop),
            #[cfg(not(target_os = "linux"))]
            (Own::Evdev, _) => Err(Unavailable {
                text: "evdev is there on Linux only".into(),
                remedy: "write source = \"auto\" into [input] of the rig".into(),
            }),
        }
    }
}

/// How a source speaks to the session.
#[derive(Clone, Debug)]
pub struct Voice {
    events: Sender<Event>,
    from: KeysFrom,
}

impl Voice {
    /// Speaks for a source into a channel.
    pub fn new(events: Sender<Event>, from: KeysFrom) -> Voice {
        Voice { events, from }
    }

    /// Tells of a key; false once nobody listens.
    pub fn key(&self, event: KeyEvent) -> bool {
        self.events.send(Event::Key(event)).is_ok()
    }

    /// Says something to the experimenter.
    pub fn note(&self, level: Level, text: String) {
        // Nobody listening means that the session is ending.
        let _ = self.events.send(Event::Note { stamp: monotonic_now(), level, text });
    }

    /// Keys come from this source from now on, or from the window while it has none to tell of.
    pub fn counts(&self, own: bool) {
        let from = if own { self.from.clone() } else { window() };
        // As above.
        let _ = self.events.send(Event::KeysFrom { stamp: monotonic_now(), from });
    }

    /// Runs a source on a thread of its own, before all others. However it ends, the window's keys count again then; `listen`
    /// gives why it had to end, or an empty text where nobody needs it any more.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn on_thread(
        self,
        name: &'static str,
        listen: impl FnOnce(&Voice) -> String + Send + 'static,
    ) -> std::io::Result<()> {
        let run = move || {
            let mut end = Ended { voice: &self, why: "its thread ended with a defect".into() };
            let (raised, text) = priority::raise(name, PRIORITY);
            self.note(if raised { Level::Info } else { Level::Warning }, text);
            self.counts(true);
            end.why = listen(&self);
        };
        std::thread::Builder::new().name(name.into()).spawn(run).map(drop)
    }
}

/// Says that a source has ended, also where it panicked.
struct Ended<'a> {
    voice: &'a Voice,
    why: String,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        if self.why.is_empty() {
            return;
        }
        let (source, why) = (&self.voice.from.source, &self.why);
        let text = format!(
            "keys come from {source} no more: {why}; those of the window count from here on"
        );
        self.voice.note(Level::Error, text);
        self.voice.counts(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::unbounded;

    fn place(x11: Option<u32>) -> Place {
        let x11 = x11.map(|id| Arc::new(AtomicU32::new(id)));
        let off = || Arc::new(AtomicBool::new(false));
        Place { x11, focused: off(), inside: off(), buttons: true }
    }

    fn voice() -> (Voice, crossbeam_channel::Receiver<Event>) {
        let (sender, events) = unbounded();
        (Voice::new(sender, KeysFrom { source: "test".into(), buttons: true }), events)
    }

    #[test]
    fn the_windows_keys_are_the_last_resort_and_never_silently() {
        let setup = InputSetup { source: KeySource::Xinput2, ..InputSetup::default() };
        let (sender, events) = unbounded();
        let source = start(&setup, &place(None), &sender);
        let (level, text) = &source.said[0];
        assert_eq!(*level, Level::Warning);
        assert!(text.contains("stamped by window instead") && text.contains("auto"), "{text}");
        assert!(events.is_empty(), "the window is the one from the start");
    }

    #[test]
    fn a_wish_for_the_window_is_no_warning() {
        let setup = InputSetup { source: KeySource::Window, ..InputSetup::default() };
        let source = start(&setup, &place(Some(1)), &unbounded().0);
        assert_eq!(source.said, [(Level::Info, "keys are stamped by window".to_string())]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_best_source_of_each_window_system_is_tried_first() {
        use Own::{Evdev, Xinput2};
        assert_eq!(order(KeySource::Auto, true), [Xinput2]);
        assert_eq!(order(KeySource::Auto, false), [Evdev]);
        assert_eq!(order(KeySource::Evdev, true), [Evdev, Xinput2]);
        assert_eq!(order(KeySource::Window, true), []);
    }

    fn died(listen: impl FnOnce(&Voice) -> String + Send + 'static) -> Vec<Event> {
        let (voice, events) = voice();
        voice.on_thread("test", listen).unwrap();
        events.iter().collect()
    }

    fn gives_the_window_back(events: &[Event], why: &str) -> bool {
        let [.., Event::Note { level: Level::Error, text, .. }, Event::KeysFrom { from, .. }] =
            events
        else {
            return false;
        };
        text.contains(why) && *from == window()
    }

    #[test]
    fn however_a_source_dies_the_windows_keys_count_again() {
        let events = died(|_| "unplugged".into());
        assert!(gives_the_window_back(&events, "unplugged"), "{events:?}");
        let events = died(|_| std::panic::resume_unwind(Box::new(())));
        assert!(gives_the_window_back(&events, "a defect"), "{events:?}");
    }

    #[test]
    fn a_source_that_is_not_needed_any_more_ends_in_silence() {
        let events = died(|_| String::new());
        assert!(matches!(&events[..], [Event::Note { .. }, Event::KeysFrom { .. }]), "{events:?}");
    }
}
