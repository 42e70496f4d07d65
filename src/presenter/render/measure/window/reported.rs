//! A display system that tells of each picture: its refreshes, whether pictures keep to them, and how long one takes to
//! get there.

use super::{Declared, Found, PATIENCE, Probe, SHOTS, Server};
use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use crate::presenter::feedback::{Handed, Seen, Word};
use crate::presenter::gpu::GpuError;
use crate::presenter::render::refresh::{Pacing, Refresh};
use crate::presenter::ticks::{Row, Ticks, median};

/// Where in the refresh before they are handed over, as shares of it: one that keeps to refreshes comes on the same one.
const PHASES: [f64; 3] = [0.5, 0.3, 0.7];
/// A refresh is one that lies within this share of a period of the row.
const ON: f64 = 0.1;

/// What the reports of blank flips from the `from`th on say.
pub fn find(
    probe: &mut Probe<'_>,
    from: usize,
    server: Server,
    declared: Declared,
) -> Result<Found, GpuError> {
    let word = probe.source.as_ref().map_or(Word::default(), |s| s.word());
    let said = word.period.filter(|p| *p > Nanos::ZERO).map(|p| 1e9 / p.0 as f64);
    let row = probe.seen(from);
    let gaps = row.windows(2).map(|w| (w[1].1.onset - w[0].1.onset).0 as f64).collect();
    let measured_hz = median(gaps).filter(|g| *g > 0.0).map(|g| 1e9 / g);
    let hz = said.or(measured_hz).or(declared.hz()).unwrap_or(super::DEFAULT_HZ);
    let (ticks, step) = number(&row, hz);
    let known = ticks.row();
    let shots = match &known {
        Some(known) => shoot(probe, known)?,
        None => Vec::new(),
    };
    let lag = median(shots.iter().map(|s| s.lag).collect()).unwrap_or(0.0).max(0.0) as u32;
    let on_row = Refresh::on(ticks, Pacing::Refreshes { lag })
        .filter(|_| word.period != Some(Nanos::ZERO) && keep_to_refreshes(&shots));
    let regular = on_row.is_some();
    let (refresh, hz) = match on_row {
        Some(refresh) => {
            let hz = 1e9 / refresh.grid.period().0 as f64 / step.max(1.0);
            (server.keep(refresh), hz)
        }
        None => {
            let took = shots.iter().map(|s| (s.seen.onset - s.handed.called).0 as f64).collect();
            let handover = Nanos(median(took).unwrap_or(0.0) as i64);
            (Refresh::timer(monotonic_now(), hz, Pacing::Timer { handover }), hz)
        }
    };
    Ok(Found {
        refresh,
        feedback: probe.source.take().expect("it has reported"),
        hz,
        jitter: known.filter(|_| regular).map(|r| r.spread),
        regular,
        composited: word.composited.unwrap_or_else(|| probe.machine.is_composited()),
    })
}

/// Refreshes by the display's own numbers, or numbered by their times at a rate of `hz`; and how many of them lay
/// between pictures that came as fast as they could.
fn number(row: &[(Handed, Seen)], hz: f64) -> (Ticks, f64) {
    let counted = row.iter().all(|(_, s)| s.count.is_some());
    let (mut ticks, mut steps) = (Ticks::default(), Vec::with_capacity(row.len()));
    let mut last: Option<(u64, Nanos)> = None;
    for (_, seen) in row {
        let by_time =
            last.map_or(1, |(k, at)| k + ((seen.onset - at).secs() * hz).round().max(0.0) as u64);
        let count = seen.count.filter(|_| counted).unwrap_or(by_time);
        steps.extend(last.map(|(k, _)| count.saturating_sub(k) as f64));
        last = Some((count, seen.onset));
        ticks.push(count, seen.onset);
    }
    (ticks, median(steps).unwrap_or(1.0))
}

/// A single picture.
struct Shot {
    handed: Handed,
    seen: Seen,
    /// How far beside the row of refreshes it came, as a share of the period.
    beside: f64,
    /// By how many refreshes it came later than the one right behind its hand-over.
    lag: f64,
}

/// Hands single pictures over, each when the one before has long been seen, at several places between refreshes.
fn shoot(probe: &mut Probe<'_>, row: &Row) -> Result<Vec<Shot>, GpuError> {
    let from = probe.handed.len();
    let mut aimed = Vec::with_capacity(SHOTS);
    for i in 0..SHOTS {
        let soonest = monotonic_now() + Nanos((2.5 * row.period_ns) as i64);
        let k = row.steps(soonest).ceil();
        let at = row.at + Nanos(((k - PHASES[i % PHASES.len()]) * row.period_ns) as i64);
        if let Some(handed) = probe.hand_over_at(at)? {
            aimed.push((handed.number, k));
        }
        probe.settle(PATIENCE, || ());
    }
    let shots = probe.seen(from).into_iter().filter_map(|(handed, seen)| {
        let (_, k) = aimed.iter().find(|(number, _)| *number == handed.number)?;
        let came = row.steps(seen.onset);
        let beside = (came - came.round()).abs();
        Some(Shot { handed, seen, beside, lag: came.round() - k })
    });
    Ok(shots.collect())
}

/// Whether pictures come on the row of refreshes, wherever between them they are handed over.
fn keep_to_refreshes(shots: &[Shot]) -> bool {
    let beside = median(shots.iter().map(|s| s.beside).collect());
    shots.len() * 2 > SHOTS && beside.is_some_and(|b| b < ON)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::record::Basis;

    fn seen(count: Option<u64>, ms: i64) -> (Handed, Seen) {
        let t = Nanos::from_millis(ms);
        let handed = Handed { number: 1, called: t, returned: t, flip: t };
        (handed, Seen { onset: t, basis: Basis::WpPresentation, count })
    }

    #[test]
    fn pictures_on_every_second_refresh_are_found_by_number_or_by_time() {
        let by_count: Vec<_> = (0..40).map(|i| seen(Some(2 * i), 20 * i as i64)).collect();
        let (ticks, step) = number(&by_count, 100.0);
        assert_eq!((step, ticks.row().unwrap().hz()), (2.0, 100.0));
        let by_time: Vec<_> = (0..40).map(|i| seen(None, 20 * i)).collect();
        let (ticks, step) = number(&by_time, 100.0);
        assert_eq!((step, ticks.row().unwrap().hz()), (2.0, 100.0));
    }

    #[test]
    fn pictures_that_come_a_fixed_time_after_their_hand_over_keep_to_no_refreshes() {
        let shot = |beside: f64| {
            let (handed, seen) = seen(None, 0);
            Shot { handed, seen, beside, lag: 0.0 }
        };
        let on: Vec<Shot> = [0.01, 0.02, 0.0, 0.03, 0.4, 0.01, 0.0].map(shot).into();
        assert!(keep_to_refreshes(&on));
        let off: Vec<Shot> = [0.1, 0.3, 0.5, 0.1, 0.3, 0.5].map(shot).into();
        assert!(!keep_to_refreshes(&off));
        assert!(!keep_to_refreshes(&on[..2]), "too few to tell");
    }
}
