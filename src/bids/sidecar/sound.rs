//! What an analyst must know of the sounds of a run: what they were played on, and which were not played.

use crate::bids::rows::Timeline;
use crate::bids::run::Run;
use crate::ground::record::{Record, SoundDevice};
use serde_json::{Map, Value, json};

/// The members that a run with sounds has; none for another.
pub(super) fn state(run: &Run, time: &Timeline<'_>) -> Vec<(&'static str, Value)> {
    let is_of_sounds = |r: &Record| matches!(r, Record::SoundDevice(_) | Record::Sound(_));
    if !run.entries.iter().any(|e| is_of_sounds(&e.record)) {
        return Vec::new();
    }
    let mut all = Vec::new();
    let devices = devices(run);
    if !devices.is_empty() {
        all.push(("SoundDevices", json!(devices)));
    }
    let unplayed = time
        .unplayed
        .iter()
        .map(|((sound, why), count)| json!({ "Sound": sound, "Reason": why, "Count": count }));
    let unplayed: Vec<Value> = unplayed.collect();
    if !unplayed.is_empty() {
        all.push(("SoundsUnplayed", json!(unplayed)));
    }
    let underruns = run.entries.iter().filter(|e| matches!(e.record, Record::Underrun(_)));
    let clipped = run.entries.iter().filter(|e| matches!(e.record, Record::Clipping(_))).count();
    if clipped > 0 {
        all.push(("SoundsClipped", json!(clipped)));
    }
    all.push(("SoundUnderruns", json!(underruns.count())));
    all
}

/// What sounds were played on, each once, in the order of first use.
fn devices(run: &Run) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for entry in &run.entries {
        if let Record::SoundDevice(device) = &entry.record {
            let device = described(device, run.to_share);
            if !all.contains(&device) {
                all.push(device);
            }
        }
    }
    all
}

fn described(device: &SoundDevice, to_share: bool) -> Value {
    let mut all = Map::new();
    // People call their headphones by their own names.
    if !to_share {
        all.insert("Name".into(), json!(device.name));
    }
    all.insert("System".into(), json!(device.host));
    all.insert("SampleRate".into(), json!(device.sample_rate));
    all.insert("BufferSize".into(), json!(device.buffer));
    all.insert("OnsetCorrection".into(), json!(device.offset_ns.secs()));
    Value::Object(all)
}
