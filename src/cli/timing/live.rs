//! The display of the self-test: a window or memory, opened as for a run, and the session that measures in it.

use crate::audio::Sounds;
use crate::cli::args::{DisplayMode, TimingArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::progress;
use crate::cli::sounds;
use crate::cli::window::{self, Opened, Wanted};
use crate::ground::clock::{Clock, MonotonicClock};
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::{KeyPresser, PictureSource, Pixels};
use crate::ground::record::DisplayInfo;
use crate::ground::scene::{Rgb, StimulusId};
use crate::ground::time::Nanos;
use crate::input::mapping::Mapping;
use crate::presenter::render::{self, RenderConfig, Target};
use crate::rig::schema::Rig;
use crate::session::live::{NotReady, wait_ready};
use crate::session::selftest::{Seen, SelfTest, Stopped};
use crossbeam_channel::{Receiver, Sender, unbounded};
use indicatif::ProgressBar;
use std::sync::Arc;
use std::time::Duration;

/// The display, and what was seen on it.
pub type Tested = (DisplayInfo, Seen);

/// Opening the screen and measuring its refresh take about so long, in seconds.
const OPENING_S: u32 = 4;

/// Tests the display that was asked for.
pub fn run(args: &TimingArgs, rig: &Rig) -> Result<Tested, Failure> {
    // Unbounded, as in a run: those who stamp keys and onsets must never wait.
    let (sender, events) = unbounded();
    let signals = sender.clone();
    // A second handler is refused; the first still ends the test.
    let _ = ctrlc::set_handler(move || {
        let _ = signals.send(Event::Signal { stamp: MonotonicClock.now() });
    });
    if args.display == DisplayMode::Offscreen {
        let (width, height) = args.size;
        let target = Target::Offscreen { width, height };
        let presser = Err("there is no window that could hear a key".into());
        return perform(args, rig, target, presser, (sender, events));
    }
    let wanted = Wanted {
        title: "Reframe: timing".into(),
        display: args.display,
        size: args.size,
        monitor: args.monitor.clone(),
        // Nothing is pointed at.
        rig: Rig { pointer: None, ..rig.clone() },
        // A test of what such a window shows would be of another.
        lasting: false,
    };
    let (args, rig, told) = (args.clone(), rig.clone(), sender.clone());
    window::within(wanted, sender, move |open| {
        let presser = presser(&open);
        perform(&args, &rig, open.target, presser, (told, events))
    })
}

#[cfg(all(feature = "window", unix))]
fn presser(open: &Opened) -> Result<Box<dyn KeyPresser>, String> {
    open.shell.presser(&open.window)
}

#[cfg(not(all(feature = "window", unix)))]
fn presser(_: &Opened) -> Result<Box<dyn KeyPresser>, String> {
    Err("this system does not let a program press keys".into())
}

fn perform(
    args: &TimingArgs,
    rig: &Rig,
    target: Target,
    presser: Result<Box<dyn KeyPresser>, String>,
    (sender, events): (Sender<Event>, Receiver<Event>),
) -> Result<Tested, Failure> {
    let seconds = args.seconds;
    let mut sounds = match args.sound {
        true => Some(sounds::tones(rig, &sender)?),
        false => None,
    };
    let keys = crate::rig::codes::spoken_list(&rig.abort, " and ");
    eprintln!(
        "about {seconds} seconds; leave mouse and keyboard alone. {keys}, held together, end it"
    );
    let config = RenderConfig {
        screen: rig.screen.clone(),
        background: Rgb::GREY,
        patch: rig.screen.photodiode,
        sounds: sounds.as_ref().map(Sounds::port),
        ..RenderConfig::default()
    };
    let bar = bar();
    bar.set_message("opening the screen");
    let mut display = render::start(config, target, Arc::new(NoPictures), Vec::new(), sender);
    let mapping = Mapping::new(rig, &[]);
    let ready = wait_ready(&events, &mapping, &mut |_, _| {}).map_err(|why| match why {
        NotReady::Display(failure) => no_display(failure),
        NotReady::Ended => ended(),
    })?;
    let mut info = ready.info.clone();
    // Sounds are held against pictures as in a run, where both are corrected.
    if let Some(offset) = &rig.offset {
        let (width, height, hz) = (info.width_px, info.height_px, info.refresh_hz);
        match offset.within(width, height, hz) {
            Some(by) => info.offset_ns = by,
            None => eprintln!("warning: {}", offset.elsewhere(width, height, hz)),
        }
    }
    sounds.iter().for_each(|s| s.screen_offset(info.offset_ns));
    let done = SelfTest {
        display: &mut display,
        events,
        clock: Arc::new(MonotonicClock),
        ready,
        mapping,
        how_to_end: format!(
            "Please leave mouse and keyboard alone. {keys}, held together, end it."
        ),
        presser,
        sounds: sounds.as_mut(),
        span: Nanos::from_secs(f64::from(seconds.saturating_sub(OPENING_S).max(2))),
        progress: &mut |what, share| {
            bar.set_message(what);
            bar.set_position((share * 100.0) as u64);
        },
    }
    .perform();
    bar.finish_and_clear();
    display.stop();
    let seen = done.map_err(|stopped| match stopped {
        Stopped::Ended => ended(),
        Stopped::Display(failure) => no_display(failure),
    })?;
    Ok((info, seen))
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(100);
    bar.set_style(progress::style("{elapsed} {wide_bar} {msg}"));
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

fn ended() -> Failure {
    Failure { exit: Exit::Ended, ..Failure::wrong(Stopped::Ended) }
        .help("nothing was written; start it again, and let it run to its end")
}

fn no_display(failure: DisplayFailure) -> Failure {
    Failure::device(failure.text, failure.remedy)
}

/// The test shows no pictures.
struct NoPictures;

impl PictureSource for NoPictures {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        Err(format!("picture \"{id}\" is asked for by a test without pictures"))
    }
}
