//! The sidecar of one run: its screen, its software, its state, and for runs outside the scanner the task
//! and the place. It holds no HED, since a tool fails on HED beside plain texts.

mod sound;

use super::rows::{EventRow, Timeline};
use super::run::Run;
use crate::ground::pulses::Account;
use crate::ground::record::{Place, Record};
use crate::ground::time::Nanos;
use crate::logger::rundir::RunName;
use crate::rig::schema::Rig;
use indexmap::IndexSet;
use serde_json::{Map, Value, json};

/// The `_events.json` beside a run's events file.
pub(super) fn run_sidecar(run: &Run, time: &Timeline<'_>, rig: &Rig) -> Value {
    let mut all = Map::new();
    if run.start.place == Place::Lab {
        let task = &run.plan.task;
        let or_na =
            |text: &str| if text.trim().is_empty() { "n/a".to_string() } else { text.to_string() };
        all.insert("TaskName".into(), json!(task.name));
        all.insert("TaskDescription".into(), json!(or_na(&task.description)));
        all.insert("Instructions".into(), json!(or_na(&task.instructions)));
        for (key, id) in [("CogAtlasID", &task.cog_atlas_id), ("CogPOID", &task.cog_po_id)] {
            all.insert(key.into(), json!(or_na(id.as_deref().unwrap_or(""))));
        }
        all.insert("InstitutionName".into(), json!(or_na(&rig.institution.name)));
        all.insert("InstitutionAddress".into(), json!(or_na(&rig.institution.address)));
        all.insert("InstitutionalDepartmentName".into(), json!(or_na(&rig.institution.department)));
    }
    all.insert("StimulusPresentation".into(), presentation(run, time, rig));
    Value::Object(all)
}

fn presentation(run: &Run, time: &Timeline<'_>, rig: &Rig) -> Value {
    let start = &run.start;
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| {
        all.insert(key.into(), value);
    };
    put("OperatingSystem", json!(start.operating_system));
    put("SoftwareName", json!(start.program));
    put("SoftwareVersion", json!(start.program_version));
    if !run.to_share {
        put("Code", json!(format!("protocol.toml in {}", source_path(run))));
    }
    put("ScreenDistance", json!(rig.screen.distance_m));
    put("ScreenSize", json!(rig.screen.size_m));
    if let Some(d) = &run.display {
        put("ScreenResolution", json!([d.width_px, d.height_px]));
        put("ScreenRefreshRate", json!(d.refresh_hz));
    }
    put("ScreenOrigin", json!(["top", "left"]));
    put("HeadStabilization", json!(rig.head_stabilization));
    put("Run", state(run, time));
    Value::Object(all)
}

/// Where the dataset's reader finds the run. Without the folder's time stamp, and so is the rest of the file:
/// the day of a recording can identify a person, and stays in sourcedata.
fn source_path(run: &Run) -> String {
    let name: &RunName = &run.name;
    let ses = name.ses.as_ref().map_or_else(String::new, |s| format!("ses-{s}/"));
    format!("sourcedata/reframe/sub-{}/{ses}{name}_*", name.sub)
}

/// What an analyst must know before using the run.
fn state(run: &Run, time: &Timeline<'_>) -> Value {
    let reason = match time.end {
        Some(end) if end.complete => None,
        Some(end) => Some(end.reason.clone()),
        None => Some("the program stopped before the run was over".to_string()),
    };
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| {
        all.insert(key.into(), value);
    };
    put("Complete", json!(time.complete()));
    if let Some(reason) = reason {
        put("EndedBecause", json!(reason));
    }
    if let Some(restart) = &run.plan.restart {
        put("ContinuesRun", json!(restart.before));
        put("FirstRun", json!(restart.first));
        put("Part", json!(restart.part));
        put("OnRestart", json!(restart.mode.name()));
    }
    put("DryRun", json!(run.start.dry_run));
    put("Participant", json!(run.start.participant));
    put("Clock", json!(run.start.clock));
    if let Some((_, basis)) = time.zero {
        put("OnsetZero", json!(basis));
    }
    if let Some(d) = &run.display {
        put("DisplayMode", json!(d.mode));
        put("FlipsFollowTheScreen", json!(d.paced));
        put("OnsetBasis", json!(d.basis.name()));
        put("OnsetCorrection", json!(d.offset_ns.secs()));
        let concerns: Vec<&str> = d.concerns.iter().map(|c| c.name()).collect();
        put("DisplayConcerns", json!(concerns));
    }
    if run.start.place == Place::Scanner {
        put("Scanner", scanner(run));
    }
    if !time.greys.is_empty() {
        put("Grey", grey(time));
    }
    let lacking = without_picture(run, time);
    if !lacking.is_empty() {
        put("WithoutPicture", json!(lacking));
    }
    for (key, value) in sound::state(run, time) {
        put(key, value);
    }
    let devices = devices(run);
    if !devices.is_empty() {
        put("ResponseDevices", json!(devices));
    }
    put("Protocol", json!(run.plan.task.status));
    put("ProtocolSHA256", json!(run.start.protocol_sha256));
    put("PlanSHA256", json!(run.start.plan_sha256));
    put("RigSHA256", json!(run.start.rig_sha256));
    Value::Object(all)
}

/// When somebody asked for a grey screen, in seconds from onset 0; without a duration where it stayed to the end.
fn grey(time: &Timeline<'_>) -> Value {
    let zero = time.zero.map_or(Nanos::ZERO, |(zero, _)| zero);
    let seconds = |t: Nanos| ((t.secs() * 1e6).round()) / 1e6;
    let span = |(from, to): &(Nanos, Option<Nanos>)| match to {
        Some(to) => json!({ "Onset": seconds(*from - zero), "Duration": seconds(*to - *from) }),
        None => json!({ "Onset": seconds(*from - zero) }),
    };
    Value::Array(time.greys.iter().map(span).collect())
}

/// Rows whose picture was not on the screen when they appeared, and when it was handed to the display, in seconds from onset 0,
/// where it was: no display reports when it appeared, and no correction is applied.
fn without_picture(run: &Run, time: &Timeline<'_>) -> Vec<Value> {
    let zero = time.zero.map_or(Nanos::ZERO, |(zero, _)| zero);
    let came = |phase: u32| {
        run.entries.iter().find_map(|e| match &e.record {
            Record::Came { phase: of, .. } if *of == phase => Some((e.t_ns - zero).secs()),
            _ => None,
        })
    };
    let row = |row: &EventRow<'_>| {
        let onset = row.onset as f64 / 1e6;
        match came(row.phase.index) {
            Some(at) => json!({ "Onset": onset, "PictureCame": (at * 1e6).round() / 1e6 }),
            None => json!({ "Onset": onset }),
        }
    };
    time.rows.iter().filter(|r| !r.lacks.is_empty()).map(row).collect()
}

/// What came of the scanner, held against what was to come.
fn scanner(run: &Run) -> Value {
    let account = Account::of(&run.entries, &run.plan.volumes.to_come());
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| {
        all.insert(key.into(), value);
    };
    if let Some(expected) = account.expected {
        put("VolumesExpected", json!(expected));
    }
    put("VolumesReceived", json!(account.received));
    put("VolumesMissing", json!(account.missing));
    put("PulsesUnexpected", json!(account.unexpected));
    put("FalseStarts", json!(account.false_starts));
    let to = |digits: i32, x: f64| (x * 10_f64.powi(digits)).round() / 10_f64.powi(digits);
    if let Some(fit) = account.fit {
        put("RepetitionTimeMeasured", json!(to(7, fit.tr_s)));
        if let Some(ppm) = fit.drift_ppm {
            put("DriftPPM", json!(to(1, ppm)));
        }
        put("PulseSpread", json!(to(6, fit.residual_ms / 1e3)));
    }
    Value::Object(all)
}

/// What the keys came from that mean something in the room, in the order of their first use.
fn devices(run: &Run) -> Vec<&str> {
    let all: IndexSet<&str> = run
        .entries
        .iter()
        .filter_map(|e| match &e.record {
            Record::Response(r) if r.meaning.is_some() => Some(r.device.as_str()),
            _ => None,
        })
        .collect();
    all.into_iter().collect()
}
