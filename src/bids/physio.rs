//! Scanner pulses as a recording: a signal that rises with each pulse. The exact stamps stay in the run
//! folder; this is for programs that read BIDS physiology.

use super::recording::{LONGEST, Recording};
use super::rows::{Micros, micros};
use super::run::Run;
use crate::ground::record::Record;
use crate::ground::time::Nanos;
use serde_json::json;

/// Samples a second.
const RATE: Micros = 1000;
/// So many samples are 1 from each pulse on: readers that thin out the signal must not lose one.
const WIDTH: usize = 10;

/// The recording of a run. None where no counted pulse came at onset 0 or later.
pub(super) fn recording(run: &Run, zero: Nanos) -> Option<Recording> {
    let samples = samples(run, zero)?;
    let mut lines = Vec::with_capacity(samples.len() * 2);
    for sample in samples {
        lines.extend_from_slice(if sample { b"1\n" } else { b"0\n" });
    }
    let exact = match run.to_share {
        true => "",
        false => {
            " Exact times of all pulses stand in triggers.tsv of the run folder in sourcedata."
        }
    };
    let trigger = json!({
        "Description": format!(
            "Scanner pulses as the stimulus computer received them: 1 for {WIDTH} ms from each counted pulse, \
             else 0. Time 0 is onset 0 of the events file; pulses before it (dummy volumes) are left out.{exact}"
        ),
        "Levels": { "0": "no pulse", "1": "pulse" },
    });
    let more = [("TaskName", json!(run.plan.task.name)), ("PhysioType", json!("generic"))];
    Some(Recording::new(RATE, &lines, &[("trigger", trigger)], &more))
}

fn samples(run: &Run, zero: Nanos) -> Option<Vec<bool>> {
    let at = |t: Nanos| -> i128 {
        let us: Micros = micros(i128::from(t.0) - i128::from(zero.0));
        (us * RATE + 500_000).div_euclid(1_000_000)
    };
    let counted = run.entries.iter().filter_map(|e| match &e.record {
        Record::Trigger(t) if t.accepted => Some(at(e.t_ns)),
        _ => None,
    });
    let longest = LONGEST * RATE / 1_000_000;
    let pulses: Vec<i128> = counted.filter(|s| (0..longest).contains(s)).collect();
    let last = usize::try_from(*pulses.iter().max()?).ok()?;
    let tr = run.plan.volumes.tr;
    let after = if tr > Nanos::ZERO { tr.0 / (1_000_000_000 / RATE as i64) } else { RATE as i64 };
    let after = usize::try_from(after).unwrap_or(0).clamp(WIDTH, 60 * RATE as usize);
    let mut samples = vec![false; last + after];
    for pulse in pulses {
        let pulse = usize::try_from(pulse).ok()?;
        samples[pulse..pulse + WIDTH].fill(true);
    }
    Some(samples)
}
