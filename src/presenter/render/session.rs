//! The life of the render thread: open, load, measure, say so, show; and make the machine anew when a driver
//! gives its device up.

use super::flip::{Ended, Flips};
use super::machine::Machine;
use super::measure::measure;
use super::refresh::Refresh;
use super::{Command, RenderConfig, Target, note};
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
/// A driver that gives up more often than this will not come back.
const REBUILDS: u32 = 5;

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
    for command in early {
        flips.handle(command, &machine);
    }
    let mut rebuilt = 0;
    loop {
        match flips.run(&mut machine) {
            Ended::Stopped => return Ok(()),
            Ended::Failed(failure) => return Err(failure),
            Ended::Lost => {
                rebuilt += 1;
                if rebuilt > REBUILDS {
                    return Err(DisplayFailure {
                        text: "the graphics driver keeps giving its device up".into(),
                        remedy: "update the graphics driver, or draw in software".into(),
                    });
                }
                let why = machine.gpu.trouble().map_or(String::new(), |t| format!(" ({t})"));
                let text =
                    format!("the graphics driver gave its device up{why}; it is opened anew");
                note(events, Level::Error, text);
                // Two surfaces on one window are not allowed.
                flips.release_surface();
                drop(machine);
                machine = Machine::build(config, target).map_err(|e| e.failure())?;
                machine.load(pictures.clone(), preload.clone(), quiet.clone(), events.clone())?;
                flips.forget_device(&machine);
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
