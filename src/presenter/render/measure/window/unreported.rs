//! A display system that tells of no picture: a software driver that copies is asked by round trips; else the swap chain
//! shows whether it waits, and the server's ticks when the screen is refreshed.

use super::{Declared, FLIPS, Found, Probe, SHOTS, Server, WARM_UP};
use crate::ground::record::Basis;
use crate::ground::scene::Rgb;
use crate::ground::time::Nanos;
use crate::presenter::gpu::GpuError;
use crate::presenter::render::refresh::{Pacing, Refresh};
use crate::presenter::ticks::median;

/// Whether a picture is on the server's screen once it answers: two that differ by a hair are looked for there.
pub fn copies(probe: &mut Probe<'_>) -> Result<bool, GpuError> {
    let plain = probe.background();
    let Rgb([r, g, b]) = plain;
    let other = Rgb([r, g, b ^ 1]);
    let mut found = Vec::new();
    for color in [other, plain, other, plain] {
        probe.paint(color)?;
        if probe.hand_over()?.is_none() {
            return Ok(false);
        }
        found.push(probe.machine.pixel_on_server());
    }
    let all_seen = found.iter().all(Option::is_some);
    Ok(all_seen && found[0] == found[2] && found[1] == found[3] && found[0] != found[1])
}

/// The driver copies pictures through the socket: the server's answer tells when.
pub fn copied(
    probe: &mut Probe<'_>,
    server: Server,
    declared: Declared,
) -> Result<Found, GpuError> {
    probe.source = Some(probe.machine.source(Basis::X11Roundtrip, probe.row(), None));
    let from = probe.handed.len();
    for _ in 0..SHOTS {
        probe.hand_over()?;
    }
    let took = probe.seen(from).iter().map(|(h, s)| (s.onset - h.called).0 as f64).collect();
    let handover = Nanos(median(took).unwrap_or(0.0) as i64);
    let pacing = Pacing::Timer { handover };
    let jitter = server.ticks.row().map(|r| r.spread);
    let refresh = server.refresh(pacing).unwrap_or_else(|| declared.timer(pacing));
    Ok(Found {
        hz: 1e9 / refresh.grid.period().0 as f64,
        refresh,
        feedback: probe.source.take().expect("it was put there just now"),
        jitter,
        regular: true,
        composited: false,
    })
}

/// Nobody tells of pictures.
pub fn find(probe: &Probe<'_>, server: Server, declared: Declared) -> Found {
    let returned: Vec<Nanos> = probe.handed.iter().skip(WARM_UP).map(|h| h.returned).collect();
    let mut gaps: Vec<Nanos> = returned.windows(2).map(|w| w[1] - w[0]).collect();
    gaps.sort();
    let waits_hz = steady(&gaps, &[declared.rig_hz, declared.mode_hz]);
    let pacing = match waits_hz {
        Some(_) => Pacing::Refreshes { lag: 0 },
        None => Pacing::Timer { handover: Nanos::ZERO },
    };
    let jitter = server.ticks.row().map(|r| r.spread);
    let ticking = server.refresh(pacing);
    let composited = probe.machine.is_composited();
    // A compositor decides on which refresh a picture comes, and no tick says what it decides.
    let basis = match ticking.is_some() && waits_hz.is_some() && !composited {
        true => Basis::X11Msc,
        false => Basis::Estimate,
    };
    let refresh = ticking.unwrap_or_else(|| match (waits_hz, returned.last()) {
        (Some(hz), Some(last)) => Refresh::timer(*last, hz, pacing),
        _ => declared.timer(pacing),
    });
    Found {
        hz: waits_hz.unwrap_or(1e9 / refresh.grid.period().0 as f64),
        feedback: probe.machine.source(basis, probe.row(), refresh.paced_period()),
        refresh,
        jitter,
        regular: true,
        composited,
    }
}

/// The rate in hertz where sorted intervals are alike, plausible, and near what is declared or half of it.
fn steady(sorted: &[Nanos], declared: &[Option<f64>]) -> Option<f64> {
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
    let like = |d: f64| (hz / d - 1.0).abs() < 0.1;
    let mut known = declared.iter().flatten().peekable();
    let near = known.peek().is_none() || known.any(|d| like(*d) || like(*d / 2.0));
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
    fn steady_flips_near_the_declared_rate_or_half_of_it_are_paced() {
        let v =
            sorted((0..119).map(|i| if i % 40 == 0 { 33.3 } else { 16.6 + (i % 3) as f64 * 0.1 }));
        let hz = steady(&v, &[Some(60.0), None]).expect("paced");
        assert!((hz - 60.0).abs() < 0.5, "{hz}");
        assert!(steady(&v, &[None]).is_some());
        assert!(steady(&v, &[Some(120.0)]).is_some(), "half rate");
    }

    #[test]
    fn a_screen_that_waits_at_the_rate_of_its_mode_is_paced_whatever_the_rig_expects() {
        let v = sorted((0..119).map(|i| 6.94 + (i % 3) as f64 * 0.02));
        assert!(steady(&v, &[Some(60.0), Some(144.0)]).is_some());
        assert!(steady(&v, &[Some(60.0), None]).is_none());
    }

    #[test]
    fn flips_that_do_not_wait_are_not_paced() {
        let fast = sorted((0..119).map(|i| 2.9 + (i % 10) as f64 * 0.02));
        assert_eq!(steady(&fast, &[Some(60.0)]), None);
        let uneven = sorted((0..119).map(|i| 10.0 + (i % 10) as f64));
        assert_eq!(steady(&uneven, &[Some(60.0)]), None);
        assert_eq!(steady(&[], &[Some(60.0)]), None);
    }
}
