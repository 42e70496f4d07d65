//! A run in real time: a window or an offscreen display, keys, the scanner or its emulator.

mod screen;
mod status;

use super::super::args::{DisplayMode, ParticipantArg, RunArgs};
use super::super::check::fonts;
use super::super::failure::{Exit, Failure};
use super::super::markers;
use super::super::prepare;
use super::super::progress;
use super::super::sounds;
use super::super::window::{self, Opened, Wanted};
use super::super::wires;
use super::Prepared;
use crate::audio::Sounds;
use crate::ground::clock::{Clock, MonotonicClock};
use crate::ground::event::Event;
use crate::ground::ports::{PictureSource, Pixels};
use crate::ground::scene::{Rgb, StimulusId};
use crate::ground::time::Nanos;
use crate::input::mapping::Mapping;
use crate::logger::journal::WriterOptions;
use crate::marker::Markers;
use crate::plan::schema::{Length, RunPlan};
use crate::presenter::render::{self, RenderConfig, Target};
use crate::rig::geometry::Geometry;
use crate::rig::schema::{MarkerTo, TriggerSource};
use crate::session::conductor::ShowPointer;
use crate::session::live::{LiveRun, NotReady, wait_ready};
use crate::session::participant::Participant;
use crate::stimuli::folder::Watched;
use crate::trigger::emulator::Emulator;
use crate::wire::lsl::Library;
use crossbeam_channel::{Receiver, Sender, unbounded};
use indexmap::IndexSet;
use screen::GoOn;
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
    let markers = markers::open(&prepared.rig.rig, &sender)?;
    if args.display == DisplayMode::Offscreen {
        let (width, height) = args.size;
        let target = Target::Offscreen { width, height };
        return perform(args, prepared, target, (None, markers), (sender, events));
    }
    let wanted = Wanted {
        title: format!("Reframe: {}", prepared.name),
        display: args.display,
        size: args.size,
        monitor: args.monitor.clone(),
        rig: prepared.rig.rig.clone(),
        lasting: true,
    };
    let (args, told) = (args.clone(), sender.clone());
    window::within(wanted, sender, move |open| {
        let (target, show) = seen(open);
        perform(&args, prepared, target, (show, markers), (told, events))
    })
}

/// Where to draw, and how to show the pointer.
#[cfg(feature = "window")]
fn seen(open: Opened) -> (Target, Option<ShowPointer>) {
    let id = open.window.window.id();
    (open.target, Some(Box::new(move |shown| open.shell.show_pointer(id, shown))))
}

#[cfg(not(feature = "window"))]
fn seen(open: Opened) -> (Target, Option<ShowPointer>) {
    (open.target, None)
}

fn perform(
    args: &RunArgs,
    mut p: Prepared,
    target: Target,
    (show_pointer, mut markers): (Option<ShowPointer>, Option<Markers>),
    (sender, events): (Sender<Event>, Receiver<Event>),
) -> Result<Exit, Failure> {
    let config = RenderConfig {
        screen: p.rig.rig.screen.clone(),
        // Plain grey until the first scene: whoever asks for it meanwhile has it.
        background: Rgb::GREY,
        patch: args.photodiode.map_or(p.rig.rig.screen.photodiode, |told| told.0),
        markers: markers.as_ref().map(Markers::port),
        stalls: if p.name.dry_run { stalls() } else { Vec::new() },
        losses: if p.name.dry_run { losses() } else { Vec::new() },
        ..RenderConfig::default()
    };
    let watched =
        p.pictures.clone().map(|folder| Arc::new(Watched::new(folder, p.plan.made.clone())));
    let pictures: Arc<dyn PictureSource> = match &watched {
        Some(watched) => watched.clone(),
        None => Arc::new(NoPictures),
    };
    let preload = preload(&p.plan);
    // A run that cannot hear the scanner must not begin.
    let wires = wires::start(&p.triggers, &p.rig.rig.boxes, &sender)?;
    // Nor one that cannot be heard.
    let late = if p.name.dry_run { sound_stalls() } else { Vec::new() };
    let mut sounds = sounds::open(&p.plan, &p.rig.rig, &p.loaded, args.no_sound, &sender, &late)?;
    let config = RenderConfig { sounds: sounds.as_ref().map(Sounds::port), ..config };
    let mut display = render::start(config, target, pictures, preload.clone(), sender);
    let bar = progress::loading();
    let mapping = Mapping::new(&p.rig.rig, &p.triggers);
    let ready = wait_ready(&events, &mapping, &mut |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    // What is wrong with pictures goes before what their display says of it.
    let files: IndexSet<&StimulusId> = preload.iter().map(|id| p.plan.original(id)).collect();
    let files: Vec<StimulusId> = files.into_iter().cloned().collect();
    let checked = watched.map(|w| w.take_checked(&files)).unwrap_or_default();
    prepare::usable(checked, files.len())?;
    let ready = ready.map_err(not_ready)?;
    let mut said = Vec::new();
    let go_on = GoOn::with(args.any_display || p.name.dry_run, p.rig.rig.input.grab);
    let miscounted = crate::plan::timing::miscounted(&p.plan, ready.info.refresh_hz);
    let other = screen::accept(&ready.info, &p.rig.rig, miscounted, go_on, |problems| {
        screen::ask(&mut display, &events, problems, &mut said)
    })?;
    let letters = fonts::warnings(&p.plan, &p.rig.rig.screen.fonts);
    let warnings = other.into_iter().chain(letters).collect();
    let mut ready = screen::correct(ready, &p.rig.rig, warnings);
    ready.sounds.append(&mut said);
    eprintln!("{}", screen::words(&ready.info));
    sounds.iter().for_each(|s| s.screen_offset(ready.info.offset_ns));
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
        mapping: mapping.on(geometry),
        show_pointer,
        participant: simulated.then(|| Participant::new(people, &p.plan.who)),
        emulator: emulator(p),
        markers: markers.as_mut(),
        sounds: sounds.as_mut(),
        lsl: lsl(p),
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
    drop(wires);
    Ok(exit)
}

/// What `REFRAME_TEST_STALLS` asks for, as in `12:40,20:40`: the tickets before which the flip loop is held up, and for how
/// many milliseconds. Tests of what the program says of missed frames set it; only dry runs listen.
fn stalls() -> Vec<(u64, Nanos)> {
    let text = std::env::var("REFRAME_TEST_STALLS").unwrap_or_default();
    let one = |pair: &str| {
        let (ticket, ms) = pair.split_once(':')?;
        Some((ticket.parse().ok()?, Nanos::from_millis(ms.parse().ok()?)))
    };
    text.split(',').filter_map(one).collect()
}

/// What `REFRAME_TEST_SOUND_STALLS` asks for, as in `1500:60,3000:90`: so many milliseconds after the sound device was opened its
/// samples come so many milliseconds late. As above.
fn sound_stalls() -> Vec<(Nanos, Nanos)> {
    let text = std::env::var("REFRAME_TEST_SOUND_STALLS").unwrap_or_default();
    let one = |pair: &str| {
        let (at, ms) = pair.split_once(':')?;
        Some((Nanos::from_millis(at.parse().ok()?), Nanos::from_millis(ms.parse().ok()?)))
    };
    text.split(',').filter_map(one).collect()
}

/// What `REFRAME_TEST_LOSSES` asks for, as in `4,9`: the tickets before which the graphics device is given up. As
/// above.
fn losses() -> Vec<u64> {
    let text = std::env::var("REFRAME_TEST_LOSSES").unwrap_or_default();
    text.split(',').filter_map(|ticket| ticket.parse().ok()).collect()
}

/// The pictures of a plan in the order in which they are needed.
fn preload(plan: &RunPlan) -> Vec<StimulusId> {
    let shown = plan.phases().flat_map(|p| p.scene.pictures());
    // The original of one that is made is looked at when that is made, and needs no room on the card.
    let made: IndexSet<&StimulusId> = plan.made.values().map(|m| &m.of).collect();
    let others = plan.pictures.keys().filter(|id| !made.contains(id));
    let all: IndexSet<&StimulusId> = shown.chain(others).collect();
    all.into_iter().cloned().collect()
}

/// The plan for the rate that was measured: phases in frames take their place in the schedule by it.
fn for_rate(p: &Prepared, measured: f64) -> Result<Arc<RunPlan>, Failure> {
    let planned = prepare::refresh(&p.rig.rig);
    let counts = p.plan.phases().any(|p| matches!(p.length, Length::Frames { .. }));
    if !counts || (measured / planned - 1.0).abs() < 1e-6 {
        return Ok(p.plan.clone());
    }
    // Not those of the plan: a part of a task expects no number.
    let volumes = prepare::volumes(&p.loaded, &p.rig.rig, &p.triggers)?;
    prepare::plan_after(&p.loaded, &p.plan.who, volumes, measured, &p.history)
}

/// The library of the Lab Streaming Layer, for its clock, where this run listens or sends by it. It is there: the wires are open.
fn lsl(p: &Prepared) -> Option<Arc<Library>> {
    let listens = p.triggers.iter().any(|t| matches!(t, TriggerSource::Lsl { .. }));
    let sends = p.rig.rig.markers.iter().any(|m| matches!(m.to, MarkerTo::Lsl(_)));
    if listens || sends { Library::load().ok() } else { None }
}

fn emulator(p: &Prepared) -> Option<Emulator> {
    let told = p.triggers.iter().find_map(|source| match source {
        TriggerSource::Emulate(tr) => Some(*tr),
        _ => None,
    });
    told.map(|tr| Emulator::new(tr, &p.plan.volumes))
}

fn not_ready(why: NotReady) -> Failure {
    match why {
        NotReady::Display(failure) => Failure::device(failure.text, failure.remedy),
        NotReady::Ended => Failure { exit: Exit::Ended, ..Failure::wrong(why) },
    }
}

/// For protocols that show no pictures.
struct NoPictures;

impl PictureSource for NoPictures {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        Err(format!("picture \"{id}\" is asked for by a protocol without a stimulus table"))
    }
}
