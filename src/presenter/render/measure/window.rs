//! The check of a window: who tells of its pictures is found out, and with that its refreshes; what nobody tells is taken
//! from the swap chain and the server's ticks.

mod reported;
mod unreported;

use super::probe::Probe;
use super::{DEFAULT_HZ, Measured};
use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use crate::presenter::feedback::Feedback;
use crate::presenter::gpu::GpuError;
use crate::presenter::render::machine::Machine;
#[cfg(unix)]
use crate::presenter::render::msc::MscClock;
use crate::presenter::render::refresh::{Pacing, Refresh};
use crate::presenter::render::verify::{Measurement, concerns};
use crate::presenter::render::{RenderConfig, WindowTarget};
use crate::presenter::ticks::Ticks;
use std::time::Duration;

/// So many flips show the rate of a swap chain that waits for the screen.
const FLIPS: usize = 120;
/// A software driver on X11 never waits, and is not asked for long.
const FEW: usize = 8;
/// The first ones fill the swap chain's queue.
const WARM_UP: usize = 4;
/// Fewer reports say too little.
const FEWEST: usize = 24;
/// Nobody waits longer than this for them.
const LONGEST: Nanos = Nanos::from_millis(2_200);
/// Until the first flip has come, whatever the refresh.
const BEFORE: Duration = Duration::from_millis(100);
/// Reports come within some refreshes.
const PATIENCE: Nanos = Nanos::from_millis(250);
/// Ticks of a server before the run; more come while it goes on.
#[cfg(unix)]
const TICKS: usize = 24;
/// Ticks come at refreshes; a server that has none is not waited for longer.
#[cfg(unix)]
const TICKING: Nanos = Nanos::from_millis(1_500);
/// Single pictures, to see how long one takes that waits behind no other.
const SHOTS: usize = 9;
/// Looking for ticks while there is nothing else to do.
#[cfg(unix)]
const PAUSE: Duration = Duration::from_micros(300);

/// Rates that were declared, in hertz.
#[derive(Clone, Copy)]
struct Declared {
    rig_hz: Option<f64>,
    mode_hz: Option<f64>,
}

impl Declared {
    fn hz(self) -> Option<f64> {
        self.rig_hz.or(self.mode_hz)
    }

    /// A timer where nothing else is known.
    fn timer(self, pacing: Pacing) -> Refresh {
        Refresh::timer(monotonic_now(), self.hz().unwrap_or(DEFAULT_HZ), pacing)
    }
}

/// What was found of a window.
struct Found {
    refresh: Refresh,
    feedback: Box<dyn Feedback>,
    /// Refreshes a second on which pictures came.
    hz: f64,
    jitter: Option<Nanos>,
    /// Pictures come on a regular row of refreshes, as far as anybody says.
    regular: bool,
    composited: bool,
}

/// The ticks of the window's server, where it has any.
#[derive(Default)]
struct Server {
    #[cfg(unix)]
    clock: Option<MscClock>,
    ticks: Ticks,
}

impl Server {
    fn listen(&mut self) {
        #[cfg(unix)]
        if let Some((count, at)) = self.clock.as_mut().and_then(|c| c.tick(1)) {
            self.ticks.push(count, at);
        }
    }

    /// Listens until enough ticks are known, or none come.
    fn settle(&mut self) {
        #[cfg(unix)]
        {
            let until = monotonic_now() + TICKING;
            while self.clock.is_some() && self.ticks.len() < TICKS && monotonic_now() < until {
                self.listen();
                std::thread::sleep(PAUSE);
            }
        }
    }

    /// Flips on its ticks, and kept on them; none where it has none.
    fn refresh(mut self, pacing: Pacing) -> Option<Refresh> {
        let refresh = Refresh::on(std::mem::take(&mut self.ticks), pacing)?;
        Some(self.keep(refresh))
    }

    /// Flips on the same refreshes, kept on them by its ticks.
    fn keep(self, refresh: Refresh) -> Refresh {
        #[cfg(unix)]
        let refresh = refresh.followed_by(self.clock);
        refresh
    }
}

/// Measures a window.
pub fn measure(
    machine: &mut Machine,
    config: &RenderConfig,
    target: &WindowTarget,
) -> Result<Measured, GpuError> {
    let declared = Declared { rig_hz: config.screen.refresh_hz, mode_hz: target.refresh_hz };
    let never_waits = machine.is_software_on_x11();
    if !never_waits {
        // What is told of the very first flip must not be taken for what is told of the pictures of this check.
        std::thread::sleep(BEFORE);
    }
    let source = machine.reporting();
    let mut server = Server::default();
    #[cfg(unix)]
    {
        server.clock = machine.window_id().and_then(MscClock::open);
    }
    let flips = if never_waits { FEW } else { FLIPS };
    let mut probe = Probe::new(machine, config, source)?;
    let told_from = flip(&mut probe, &mut server, flips)?;
    #[cfg(target_os = "linux")]
    let told_from = match (told_from, probe.machine.waits()) {
        (None, Some(waits)) => {
            probe.listen_to(Box::new(waits));
            flip(&mut probe, &mut server, flips)?
        }
        (told, _) => told,
    };
    let found = if let Some(from) = told_from {
        reported::find(&mut probe, from, server, declared)?
    } else {
        probe.source = None;
        server.settle();
        let copied = match never_waits && !probe.machine.is_composited() {
            true => unreported::copies(&mut probe)?,
            false => false,
        };
        match copied {
            true => unreported::copied(&mut probe, server, declared)?,
            false => unreported::find(&probe, server, declared),
        }
    };
    let handed = probe.handed.len() as u64;
    Ok(measured(found, declared, handed))
}

/// Hands so many over as fast as they are taken. Gives the number of the first that counts where the source tells of
/// them.
fn flip(
    probe: &mut Probe<'_>,
    server: &mut Server,
    flips: usize,
) -> Result<Option<usize>, GpuError> {
    let from = probe.handed.len() + WARM_UP;
    let began = monotonic_now();
    while probe.handed.len() < from + flips && monotonic_now() - began < LONGEST {
        if probe.hand_over()?.is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        server.listen();
    }
    probe.settle(PATIENCE, || server.listen());
    // Most of them: a display system that tells of some pictures only is none to rely on.
    let (told, handed) = (probe.seen(from).len(), probe.handed.len().saturating_sub(from));
    let most = told >= FEWEST.min(flips) && told * 10 >= handed * 8;
    Ok(most.then_some(from))
}

fn measured(found: Found, declared: Declared, handed: u64) -> Measured {
    let measurement = Measurement {
        hz: found.hz,
        mode_hz: declared.mode_hz,
        rig_hz: declared.rig_hz,
        paced: found.refresh.paced(),
        regular: found.regular,
        composited: found.composited,
    };
    Measured {
        refresh: found.refresh,
        feedback: found.feedback,
        concerns: concerns(&measurement),
        mode_hz: declared.mode_hz,
        jitter: found.jitter,
        handed,
    }
}
