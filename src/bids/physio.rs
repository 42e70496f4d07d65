//! Scanner pulses as a recording: a signal that rises with each pulse. The exact stamps stay in the run
//! folder; this is for programs that read BIDS physiology.

use super::rows::{Micros, micros};
use super::run::Run;
use crate::ground::record::Record;
use crate::ground::time::Nanos;
use flate2::{Compression, GzBuilder};
use serde_json::{Value, json};
use std::io::Write;

/// Samples a second.
const RATE: i128 = 1000;
/// So many samples are 1 from each pulse on: readers that thin out the signal must not lose one.
const WIDTH: usize = 10;
/// No recording is longer: a day.
const LONGEST: i128 = 86_400 * RATE;

/// The recording of a run: text of its sidecar and bytes of its table. None where no counted pulse came at
/// onset 0 or later.
pub(super) fn recording(run: &Run, zero: Nanos) -> Option<(Value, Vec<u8>)> {
    let samples = samples(run, zero)?;
    let mut text = Vec::with_capacity(samples.len() * 2);
    for sample in samples {
        text.extend_from_slice(if sample { b"1\n" } else { b"0\n" });
    }
    // No file name and no time in the header: the same pulses give the same bytes.
    let mut gz =
        GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    gz.write_all(&text).expect("memory takes everything");
    Some((sidecar(run), gz.finish().expect("memory takes everything")))
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
    let pulses: Vec<i128> = counted.filter(|s| (0..LONGEST).contains(s)).collect();
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

fn sidecar(run: &Run) -> Value {
    json!({
        "TaskName": run.plan.task.name,
        "PhysioType": "generic",
        "SamplingFrequency": RATE as i64,
        "StartTime": 0,
        "Columns": ["trigger"],
        "trigger": {
            "Description": format!(
                "Scanner pulses as the stimulus computer received them: 1 for {WIDTH} ms from each counted pulse, \
                 else 0. Time 0 is onset 0 of the events file; pulses before it (dummy volumes) are left out. \
                 Exact times of all pulses stand in triggers.tsv of the run folder in sourcedata."
            ),
            "Levels": { "0": "no pulse", "1": "pulse" },
        },
    })
}
