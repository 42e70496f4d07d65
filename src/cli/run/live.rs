//! A run in real time: a window or an offscreen display, keys, the scanner or its emulator.

#[cfg(feature = "window")]
mod keys;
mod screen;
mod status;

use super::super::args::{DisplayMode, ParticipantArg, RunArgs};
use super::super::check::fonts;
use super::super::failure::{Exit, Failure};
use super::super::prepare;
use super::super::progress;
use super::Prepared;
use crate::ground::clock::{Clock, MonotonicClock};
use crate::ground::event::Event;
use crate::ground::ports::{PictureSource, Pixels};
use crate::ground::scene::StimulusId;
use crate::input::mapping::Mapping;
use crate::logger::journal::WriterOptions;
use crate::plan::schema::{Length, RunPlan};
use crate::presenter::gpu::{Corner, Patch};
use crate::presenter::render::{self, RenderConfig, Target};
use crate::rig::geometry::Geometry;
use crate::rig::schema::TriggerSource;
use crate::session::conductor::ShowPointer;
use crate::session::live::{LiveRun, NotReady, wait_ready};
use crate::session::participant::Participant;
use crate::trigger::emulator::Emulator;
use crossbeam_channel::{Receiver, Sender, unbounded};
use status::StatusLine;
use std::sync::Arc;

/// Runs with the display that was asked for.
pub fn run(args: &RunArgs, prepared: Prepared) -> Result<Exit, Failure> {
    // Unbounded: those who stamp keys, pulses and onsets must never wait, and none of these may be dropped. The
    // conductor waits for nothing but this channel, so what queues up is what a moment brings.
    let (sender, events) = unbounded();
    let signals = sender.clone();
    // A second handler is refused; the first still ends the run.
    let _ = ctrlc::set_handler(move || {
        let _ = signals.send(Event::Signal { stamp: MonotonicClock.now() });
    });
    if args.display == DisplayMode::Offscreen {
        let (width, height) = args.size;
        return perform(
            args,
            prepared,
            Target::Offscreen { width, height },
            None,
            (sender, events),
        );
    }
    windowed(args, prepared, sender, events)
}

#[cfg(feature = "window")]
fn windowed(
    args: &RunArgs,
    prepared: Prepared,
    sender: Sender<Event>,
    events: Receiver<Event>,
) -> Result<Exit, Failure> {
    use crate::presenter::render::WindowTarget;
    use crate::rig::schema::PointerSetup;
    use crate::shell::{self, Mode, Pointing, WindowSpec};
    let mode = match args.display {
        DisplayMode::Fullscreen => Mode::Fullscreen {
            monitor: args.monitor.clone().or_else(|| prepared.rig.rig.screen.monitor.clone()),
        },
        _ => Mode::Window { width: args.size.0, height: args.size.1 },
    };
    let pointing = prepared.rig.rig.pointer.map(|p| match p {
        PointerSetup::Move { .. } => Pointing::By,
        PointerSetup::Point => Pointing::To,
    });
    let spec = WindowSpec { title: format!("Reframe: {}", prepared.name), mode, pointing };
    let args = args.clone();
    let setup = prepared.rig.rig.input.clone();
    let told = sender.clone();
    let failed = |e: shell::ShellError| Failure::device(&e, e.remedy());
    let ran = shell::run(sender, move |handle| {
        let open = handle.open(spec).map_err(failed)?;
        let id = open.window.id();
        let show: ShowPointer = Box::new(move |shown| handle.show_pointer(id, shown));
        let _keys = keys::listen(&setup, &open, &told);
        let target = Target::Window(WindowTarget {
            window: open.window.clone(),
            exposed: open.exposed.clone(),
            fullscreen: open.fullscreen,
            monitor: open.monitor.clone(),
            refresh_hz: open.refresh_hz,
        });
        perform(&args, prepared, target, Some(show), (told, events))
    });
    match ran {
        Ok(done) => done,
        // What stopped it has been printed; the exit code is that of a defect.
        Err(shell::ShellError::WorkerPanicked) => std::panic::resume_unwind(Box::new(())),
        Err(e) => Err(failed(e)),
    }
}

#[cfg(not(feature = "window"))]
fn windowed(
    _: &RunArgs,
    _: Prepared,
    _: Sender<Event>,
    _: Receiver<Event>,
) -> Result<Exit, Failure> {
    let remedy = "use --display offscreen, or build it with the feature \"window\"";
    Err(Failure::device("this program was built without windows", remedy))
}

fn perform(
    args: &RunArgs,
    mut p: Prepared,
    target: Target,
    show_pointer: Option<ShowPointer>,
    (sender, events): (Sender<Event>, Receiver<Event>),
) -> Result<Exit, Failure> {
    let config = RenderConfig {
        screen: p.rig.rig.screen.clone(),
        background: p.plan.background,
        patch: args.photodiode.map(|patch| Patch { corner: corner(patch), size_px: patch.px }),
        ..RenderConfig::default()
    };
    let pictures: Arc<dyn PictureSource> = match &p.pictures {
        Some(folder) => folder.clone(),
        None => Arc::new(NoPictures),
    };
    let preload: Vec<StimulusId> = p.plan.pictures.keys().cloned().collect();
    let mut display = render::start(config, target, pictures, preload, sender);
    let bar = progress::loading();
    let ready = wait_ready(&events, &mut |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let ready = ready.map_err(not_ready)?;
    let other =
        screen::refresh(ready.info.refresh_hz, &p.rig.rig, args.any_refresh || p.name.dry_run)?;
    let letters = fonts::warnings(&p.plan, &p.rig.rig.screen.fonts);
    let warnings = other.into_iter().chain(letters).collect();
    let ready = screen::correct(ready, &p.rig.rig, warnings);
    eprintln!("{}", screen::words(&ready.info));
    p.plan = for_rate(&p, ready.info.refresh_hz)?;
    let p = &p;
    let geometry = Geometry::new(&p.rig.rig.screen, ready.info.width_px, ready.info.height_px);
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock);
    let (folder, mut journal) = p.open(clock.as_ref(), WriterOptions::real)?;
    let (status, line) = StatusLine::start(Some(journal.monitor()));
    let simulated = args.participant == ParticipantArg::Simulated;
    let who = if simulated { "simulated" } else { "human" };
    let people = &p.loaded.protocol.simulate;
    let end = LiveRun {
        plan: p.plan.clone(),
        start: prepare::start(&p.plan, &p.name, &p.loaded, &p.rig, clock.as_ref(), (who, "real")),
        ready,
        mapping: Mapping::new(&p.rig.rig, p.trigger.as_ref()).on(geometry),
        show_pointer,
        participant: simulated.then(|| Participant::new(people, &p.plan.who)),
        emulator: emulator(p),
        clock,
        display: &mut display,
        events,
        journal: &mut journal,
        status: Some(status),
    }
    .perform();
    line.finish();
    // The data first: a driver may hang where its screen is gone. Until then the last change of the screen is shown.
    let exit = p.close(folder, journal, end);
    display.stop();
    Ok(exit)
}

/// The plan for the rate that was measured: phases in frames take their place in the schedule by it.
fn for_rate(p: &Prepared, measured: f64) -> Result<Arc<RunPlan>, Failure> {
    let planned = prepare::refresh(&p.rig.rig);
    let counts = p.plan.phases().any(|p| matches!(p.length, Length::Frames { .. }));
    if !counts || (measured / planned - 1.0).abs() < 1e-6 {
        return Ok(p.plan.clone());
    }
    prepare::plan(&p.loaded, &p.plan.who, p.plan.volumes, measured)
}

fn emulator(p: &Prepared) -> Option<Emulator> {
    match &p.trigger {
        Some(TriggerSource::Emulate(tr)) => Some(Emulator::new(*tr, &p.plan.volumes)),
        _ => None,
    }
}

fn not_ready(why: NotReady) -> Failure {
    match why {
        NotReady::Display(failure) => Failure::device(failure.text, failure.remedy),
        NotReady::Ended => Failure { exit: Exit::Ended, ..Failure::wrong(why) },
    }
}

fn corner(patch: super::super::args::Patch) -> Corner {
    match (patch.top, patch.left) {
        (true, true) => Corner::TopLeft,
        (true, false) => Corner::TopRight,
        (false, true) => Corner::BottomLeft,
        (false, false) => Corner::BottomRight,
    }
}

/// For protocols that show no pictures.
struct NoPictures;

impl PictureSource for NoPictures {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        Err(format!("picture \"{id}\" is asked for by a protocol without a stimulus table"))
    }
}
