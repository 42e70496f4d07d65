//! How often the screen is refreshed, and whether flips wait for it: measured, since what is declared is often
//! wrong.

use super::machine::Machine;
use super::screen::Screen;
#[cfg(all(feature = "window", unix))]
use super::x11::{MscClock, window_id};
use super::{RenderConfig, Target};
use crate::ground::clock::monotonic_now;
use crate::ground::scene::Scene;
use crate::ground::time::Nanos;
use crate::presenter::grid::Grid;

/// What paces the flips.
#[derive(Debug)]
pub struct Refresh {
    pub hz: f64,
    /// Whether the swap chain waits for the screen.
    pub paced: bool,
    pub grid: Grid,
    #[cfg(all(feature = "window", unix))]
    ticks: Option<MscClock>,
    #[cfg(all(feature = "window", unix))]
    followed: Nanos,
}

/// How often the server is asked for its ticks.
#[cfg(all(feature = "window", unix))]
const FOLLOW_EVERY: Nanos = Nanos::from_millis(500);
/// Ticks come with the jitter of a timer: each moves the grid by so much of the difference.
#[cfg(all(feature = "window", unix))]
const FOLLOW_GAIN: f64 = 0.05;

impl Refresh {
    /// Keeps the grid on the server's ticks, where it has any. Never waits.
    pub fn follow_ticks(&mut self) {
        #[cfg(all(feature = "window", unix))]
        {
            let now = monotonic_now();
            if now - self.followed > FOLLOW_EVERY
                && let Some(ticks) = &mut self.ticks
                && let Some(tick) = ticks.tick(self.grid.period())
            {
                self.followed = now;
                self.grid.follow(tick, FOLLOW_GAIN);
                if let Some(period) = ticks.long_period_ns() {
                    self.grid.set_period_ns(period);
                }
            }
        }
    }
}

const FLIPS: usize = 120;
/// Where flips do not wait, so few of them show it.
const FEW: usize = 40;
/// Filling the swap chain's queue.
const WARM_UP: usize = 10;
const DEFAULT_HZ: f64 = 60.0;
#[cfg(all(feature = "window", unix))]
const TICKS: usize = 62;

/// Flips a blank screen and looks at the clock.
pub fn measure(machine: &mut Machine, config: &RenderConfig, target: &Target) -> Refresh {
    let declared = config.screen.refresh_hz.or(monitor_hz(target));
    let hz = declared.unwrap_or(DEFAULT_HZ);
    if matches!(machine.screen, Screen::Memory(_)) {
        return timer(hz);
    }
    let flips = blank_flips(machine, config);
    let mut intervals: Vec<Nanos> = flips.windows(2).map(|w| w[1] - w[0]).collect();
    intervals.sort();
    if machine.can_be_paced()
        && let Some(measured) = steady(&intervals, declared)
        && let Some(last) = flips.last()
    {
        return Refresh { paced: true, ..at(*last, measured) };
    }
    #[cfg(all(feature = "window", unix))]
    if let Target::Window(w) = target
        && let Some(id) = window_id(&w.window)
        && let Some(mut ticks) = MscClock::open(id)
        && let Some((hz, last)) = ticks.measure(TICKS)
    {
        return Refresh { ticks: Some(ticks), ..at(last, hz) };
    }
    timer(hz)
}

fn monitor_hz(target: &Target) -> Option<f64> {
    match target {
        Target::Offscreen { .. } => None,
        #[cfg(feature = "window")]
        Target::Window(w) => w.refresh_hz,
    }
}

fn timer(hz: f64) -> Refresh {
    at(monotonic_now(), hz)
}

fn at(flip: Nanos, hz: f64) -> Refresh {
    Refresh {
        hz,
        paced: false,
        grid: Grid::new(flip, hz),
        #[cfg(all(feature = "window", unix))]
        ticks: None,
        #[cfg(all(feature = "window", unix))]
        followed: flip,
    }
}

/// When `present` returned for a row of blank flips, after warming up.
fn blank_flips(machine: &mut Machine, config: &RenderConfig) -> Vec<Nanos> {
    let n = if machine.can_be_paced() { FLIPS } else { FEW };
    let mut returned = Vec::with_capacity(n);
    let blank = Scene::blank(config.background);
    let Ok(mut blank) = machine.renderer.prepare(&blank, |_| None) else { return returned };
    for i in 0..n + WARM_UP {
        let Ok(view) = machine.screen.acquire() else { break };
        let Ok(commands) = machine.renderer.encode(&mut blank, Nanos::ZERO, false, &view) else {
            break;
        };
        machine.gpu.queue.submit([commands]);
        machine.screen.present(&machine.gpu);
        if i >= WARM_UP {
            returned.push(monotonic_now());
        }
    }
    returned
}

/// The rate in hertz where sorted intervals are alike, plausible, and near what is declared.
fn steady(sorted: &[Nanos], declared: Option<f64>) -> Option<f64> {
    let n = sorted.len();
    if n < FLIPS / 2 {
        return None;
    }
    let (low, high) = (sorted[n / 4], sorted[n * 3 / 4]);
    // The mean of the middle half: single late flips do not count, and timer noise averages out.
    let middle = &sorted[n / 4..=n * 3 / 4];
    let mean = middle.iter().map(|i| i.0 as f64).sum::<f64>() / middle.len() as f64;
    let hz = 1e9 / mean;
    let alike = (high - low).0 as f64 <= 0.2 * mean;
    let plausible = (20.0..1000.0).contains(&hz);
    let near = declared.is_none_or(|d| (hz / d - 1.0).abs() < 0.1);
    (alike && plausible && near).then_some(hz)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(ms: impl Iterator<Item = f64>) -> Vec<Nanos> {
        let mut v: Vec<Nanos> = ms.map(|m| Nanos::from_secs(m / 1e3)).collect();
        v.sort();
        v
    }

    #[test]
    fn steady_flips_near_the_declared_rate_are_paced() {
        let v =
            sorted((0..119).map(|i| if i % 40 == 0 { 33.3 } else { 16.6 + (i % 3) as f64 * 0.1 }));
        let hz = steady(&v, Some(60.0)).expect("paced");
        assert!((hz - 60.0).abs() < 0.5, "{hz}");
        assert!(steady(&v, None).is_some());
    }

    #[test]
    fn flips_that_do_not_wait_are_not_paced() {
        let fast = sorted((0..119).map(|i| 2.9 + (i % 10) as f64 * 0.02));
        assert_eq!(steady(&fast, Some(60.0)), None);
        let uneven = sorted((0..119).map(|i| 10.0 + (i % 10) as f64));
        assert_eq!(steady(&uneven, Some(60.0)), None);
        assert_eq!(steady(&[], Some(60.0)), None);
    }
}
