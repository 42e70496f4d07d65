//! The life of the render thread: open, load, measure, say so, show; and make the machine anew when a driver
//! gives its device up.

use super::flip::{Ended, Flips};
use super::gap::{self, Losses, Supplies};
use super::machine::Machine;
use super::measure::measure;
use super::refresh::Refresh;
use super::{Command, RenderConfig, Target, note};
use crate::ground::clock::monotonic_now;
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::PictureSource;
use crate::ground::priority;
use crate::ground::record::{DisplayInfo, Level};
use crate::ground::scene::StimulusId;
use crate::presenter::pool::Quiet;
use crossbeam_channel::{Receiver, Sender, select};
use std::sync::Arc;
use std::time::Duration;

/// Real-time priority of the render thread: above all ordinary threads, below the system's own.
const PRIORITY: i32 = 10;
/// How often ticks are listened for while pictures are loaded.
const LISTEN: Duration = Duration::from_millis(5);

/// Runs until it is told to stop.
pub fn run(
    config: &RenderConfig,
    target: &Target,
    pictures: Arc<dyn PictureSource>,
    preload: Vec<StimulusId>,
    inbox: Receiver<Command>,
    events: &Sender<Event>,
) -> Result<(), DisplayFailure> {
    let quiet = Quiet::new();
    let mut machine = Machine::build(config, target).map_err(|e| e.failure())?;
    let ready = machine.load(pictures.clone(), preload.clone(), quiet.clone(), events.clone())?;
    machine.first_flip(config).map_err(|e| e.failure())?;
    // After the driver has started its own threads, which must not outrank the one that takes key stamps.
    let (raised, said) = priority::raise("render", PRIORITY);
    note(events, if raised { Level::Info } else { Level::Warning }, said);
    // Pictures are loaded meanwhile.
    let mut measured = measure(&mut machine, config, target).map_err(|e| e.failure())?;
    let Some(early) = loaded(&ready, &inbox, &mut measured.refresh)? else { return Ok(()) };
    let (width_px, height_px) = machine.screen.size();
    let (mode, monitor) = mode(target);
    let info = DisplayInfo {
        mode,
        monitor,
        width_px,
        height_px,
        refresh_hz: 1e9 / measured.refresh.grid.period_ns(),
        mode_hz: measured.mode_hz,
        jitter_ns: measured.jitter,
        paced: measured.refresh.paced(),
        basis: measured.feedback.basis(),
        concerns: measured.concerns.clone(),
        adapter: machine.gpu.info.name.clone(),
        driver: format!("{} {}", machine.gpu.info.driver, machine.gpu.info.driver_info)
            .trim()
            .to_string(),
        offset_ns: config.offset,
        lengths: Some(machine.renderer.geometry().lengths),
    };
    // Nobody listening means that the session is ending.
    let _ = events.send(Event::DisplayReady(Box::new(info)));

    let mut flips = Flips::new(config, measured, inbox, events.clone(), quiet.clone());
    let mut target = target.clone();
    flips.renewed = target.renewed();
    for command in early {
        flips.handle(command, Some(&machine));
    }
    let supplies = Supplies { pictures, preload, quiet, events: events.clone() };
    let mut losses = Losses::default();
    loop {
        match flips.run(&mut machine) {
            Ended::Stopped => return Ok(()),
            Ended::Failed(failure) => return Err(failure),
            Ended::Lost => {
                flips.lose(&mut machine);
                if !losses.bear(monotonic_now()) {
                    return Err(DisplayFailure {
                        text: "the screen is lost again and again".into(),
                        remedy: "update the graphics driver, or draw in software; end programs that close windows"
                            .into(),
                    });
                }
                // Two surfaces on one window are not allowed.
                drop(machine);
                match gap::rebuild(config, &mut target, &mut flips, &supplies)? {
                    Some(anew) => machine = anew,
                    None => return Ok(()),
                }
            }
        }
    }
}

/// Waits until all pictures were loaded; gives the commands that came meanwhile, or none where the last of them was to
/// stop.
fn loaded(
    ready: &Receiver<Result<(), DisplayFailure>>,
    inbox: &Receiver<Command>,
    refresh: &mut Refresh,
) -> Result<Option<Vec<Command>>, DisplayFailure> {
    let mut early = Vec::new();
    loop {
        select! {
            recv(ready) -> loaded => {
                let died = || DisplayFailure {
                    text: "the loading thread has stopped".into(),
                    remedy: "this is a defect of the program: report it with what stands above".into(),
                };
                loaded.map_err(|_| died())??;
                return Ok(Some(early));
            }
            recv(inbox) -> command => match command {
                Ok(Command::Stop) | Err(_) => return Ok(None),
                Ok(other) => early.push(other),
            },
            // Meanwhile the rate becomes better known.
            default(LISTEN) => refresh.follow_ticks(),
        }
    }
}

fn mode(target: &Target) -> (String, Option<String>) {
    match target {
        Target::Offscreen { .. } => ("offscreen".into(), None),
        #[cfg(feature = "window")]
        Target::Window(w) => {
            let mode = if w.fullscreen { "fullscreen" } else { "window" };
            (mode.into(), w.monitor.clone())
        }
    }
}
