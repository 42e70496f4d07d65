//! `reframe devices`: what is plugged in, and what arrives when a button is pressed or the scanner pulses.

mod ports;
mod seen;

use super::args::{DevicesArgs, DisplayMode};
use super::failure::{Exit, Failure};
use super::load;
use super::say;
use super::wires;
use crate::ground::clock::monotonic_now;
use crate::ground::event::Event;
use crate::ground::time::Nanos;
use crate::input::listening::Listening;
use crate::input::mapping::Mapping;
use crate::rig::schema::Rig;
use crate::rig::trigger::{Byte, TriggerSource};
use crate::trigger::source;
use crate::wire::listen;
use crossbeam_channel::{Receiver, Sender, unbounded};
use seen::{Seen, Told};
use std::path::Path;
use std::time::Duration;

/// Runs the command.
pub fn run(args: &DevicesArgs) -> Result<Exit, Failure> {
    let rig = load::rig(args.rig.as_deref(), Path::new(""))?.rig;
    say(format_args!("{}", ports::list()));
    if args.list {
        return Ok(Exit::Done);
    }
    let (sender, events) = unbounded();
    let signals = sender.clone();
    // A second handler is refused; the first still ends it.
    let _ = ctrlc::set_handler(move || {
        let _ = signals.send(Event::Signal { stamp: monotonic_now() });
    });
    let triggers: Vec<TriggerSource> =
        rig.trigger.sources.iter().chain(&args.trigger).cloned().collect();
    // Where any byte would be a pulse, the bytes themselves are what is asked for.
    let (bare, triggers): (Vec<_>, Vec<_>) = triggers
        .into_iter()
        .partition(|t| matches!(t, TriggerSource::Serial { byte: Byte::Any, .. }));
    let mut wires = wires::start(&triggers, &rig.boxes, &sender)?;
    for port in &bare {
        let open = source::wire(port).expect("a serial port is a wire");
        let heard = listen::start(&port.to_string(), open, Vec::new(), sender.clone());
        wires.push(heard.map_err(|why| Failure::device(why.text, why.remedy))?);
    }
    let told = sender.clone();
    let watch = {
        let (args, rig, triggers) = (args.clone(), rig.clone(), triggers.clone());
        move |show: &mut dyn FnMut(&str)| tell(&args, &rig, &triggers, &events, show)
    };
    let done = match args.display {
        DisplayMode::Offscreen => watch(&mut |_| {}),
        _ => in_window(args, &rig, told, watch),
    };
    drop(wires);
    done
}

/// Tells of what arrives until somebody ends it, or enough has come.
fn tell(
    args: &DevicesArgs,
    rig: &Rig,
    triggers: &[TriggerSource],
    events: &Receiver<Event>,
    show: &mut dyn FnMut(&str),
) -> Result<Exit, Failure> {
    let began = monotonic_now();
    let mut seen = Seen::new(Mapping::new(rig, triggers), began);
    let mut listening = Listening::default();
    let keys = crate::rig::codes::spoken_list(&rig.abort, " and ");
    eprintln!(
        "press each button, and let the scanner pulse; {keys} held together, Ctrl-C or {} pulses end it",
        args.pulses
    );
    let until = args.seconds.map(|s| began + Nanos::from_secs(f64::from(s)));
    while until.is_none_or(|t| monotonic_now() < t) && seen.most_pulses() < args.pulses as usize {
        let Ok(event) = events.recv_timeout(Duration::from_millis(100)) else { continue };
        match &event {
            // The window tells of the same keys once more.
            Event::Key(key) if !listening.hears(key) => continue,
            Event::KeysFrom { from, .. } => listening = Listening::to(from.clone()),
            Event::DisplayFailed(failure) => {
                return Err(Failure::device(&failure.text, &failure.remedy));
            }
            _ => {}
        }
        match seen.take(&event) {
            Told::Line(line) => {
                say(format_args!("{line}\n"));
                show(&line);
            }
            Told::End => break,
            Told::Nothing => {}
        }
    }
    say(format_args!("{}", seen.summary(rig)));
    Ok(Exit::Done)
}

/// Listens while a window is open that shows the last thing that arrived.
#[cfg(feature = "gpu")]
fn in_window(
    args: &DevicesArgs,
    rig: &Rig,
    sender: Sender<Event>,
    listen: impl FnOnce(&mut dyn FnMut(&str)) -> Result<Exit, Failure> + Send + 'static,
) -> Result<Exit, Failure> {
    use super::window::{self, Wanted};
    let wanted = Wanted {
        title: "Reframe: devices".into(),
        display: args.display,
        size: args.size,
        monitor: None,
        rig: Rig { pointer: None, ..rig.clone() },
        lasting: false,
    };
    let (rig, told) = (rig.clone(), sender.clone());
    window::within(wanted, sender, move |open| {
        let mut board = board::Board::open(&rig, open.target, told);
        let done = listen(&mut |line| board.show(line));
        board.close();
        done
    })
}

/// There are no windows, and no keys.
#[cfg(not(feature = "gpu"))]
fn in_window(
    _: &DevicesArgs,
    _: &Rig,
    _: Sender<Event>,
    listen: impl FnOnce(&mut dyn FnMut(&str)) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    eprintln!("warning: this program was built without windows: keys are not heard");
    listen(&mut |_| {})
}

#[cfg(feature = "gpu")]
mod board;
