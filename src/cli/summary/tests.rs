//! The summary says what came of a run, and the exit code follows from it.

use super::*;
use crate::cli::{load, prepare};
use crate::ground::record::Trigger;
use crate::ground::time::Nanos;
use crate::logger::rundir::RunName;
use crate::plan::schema::Who;
use std::sync::Arc;

pub(super) fn plan() -> Arc<RunPlan> {
    let loaded = load::protocol(Path::new("protocols/reappraisal-minute.toml"), None).unwrap();
    let rig = load::rig(None, Path::new("")).unwrap().rig;
    let (sub, ses, place) = ("01".into(), None, Place::Scanner);
    let who =
        Who { sub, ses, run: 1, allocation: 0, visit: 0, seed: 1, place, language: "en".into() };
    let volumes = prepare::volumes(&loaded, &rig, &[]).unwrap();
    prepare::plan(&loaded, &who, volumes, 60.0).unwrap()
}

fn end(reason: &str, volumes: u32) -> End {
    let (complete, reason) = (reason == "done", reason.into());
    End { complete, reason, phases: 1, late: 0, volumes, counts: IndexMap::new() }
}

#[test]
fn pulses_that_are_missing_or_refused_are_counted_with_the_commonest_reason() {
    let pulse = |(seq, volume, why): (u64, Option<u32>, Option<&str>)| Entry {
        seq,
        t_ns: Nanos::from_secs(volume.map_or(1.3 * seq as f64, |n| 2.0002 * f64::from(n))),
        record: Record::Trigger(Trigger {
            source: "key:Digit5".into(),
            volume,
            accepted: volume.is_some(),
            why: why.map(str::to_string),
        }),
    };
    let entries: Vec<Entry> = [
        (1, Some(1), None),
        (2, None, Some("50.0 ms after the last volume")),
        (3, Some(2), None),
        (4, None, Some("off phase by 812.5 ms")),
        (5, Some(4), Some("1 missing before it")),
        (6, None, Some("off phase by 7.0 ms")),
    ]
    .map(pulse)
    .into();
    let mut text = String::new();
    write_pulses(&mut text, &plan(), &entries).unwrap();
    assert_eq!(
        text,
        "  volumes: 3 of 30 expected, 1 missing (number 3)\n  scanner: TR 2.00020 s, +100 ppm from the task's, pulses \
         spread by 0.00 ms (SD)\n  pulses not taken for volumes: 3; 2 of them as in \
         \"off phase by 812.5 ms\": see triggers.tsv\n"
    );
}

#[test]
fn a_display_that_is_gone_is_a_missing_device_however_it_went() {
    let journal = Finished { taken: 0, problem: None, fallback: None, lost: None };
    let (name, _) = RunName::from_folder("sub-01_task-x_run-1_20261122T101500").unwrap();
    let exported = Ok(Exported {
        folder: "f".into(),
        name,
        complete: false,
        files: Vec::new(),
        written: 0,
        notes: Vec::new(),
    });
    let plan = plan();
    let exit = |reason: &str| {
        let (folder, data) = (Path::new("f"), Path::new("d"));
        let end = end(reason, 0);
        Left { folder, data, plan: &plan, end: &end, journal: &journal }.exit(&exported)
    };
    assert_eq!(DISPLAY_GONE.map(exit), [Exit::Device; 2]);
    assert_eq!(exit("displayed to the end by the experimenter"), Exit::Ended);
}

#[test]
fn what_was_rescued_is_named_with_the_command_that_brings_it_back() {
    let fallback = Some("/a place/run".into());
    let journal = Finished { taken: 1, problem: None, fallback, lost: None };
    let exported = Err(crate::bids::ExportError::NotARun("x".into()));
    let (plan, end) = (plan(), end("done", 0));
    let (folder, data) = (Path::new("/a place/run"), Path::new("logs"));
    let left = Left { folder, data, plan: &plan, end: &end, journal: &journal };
    let text = left.text();
    assert!(text.contains("/a place/run; keep that folder"), "{text}");
    assert!(text.contains("reframe recover logs"), "{text}");
    assert_eq!(left.exit(&exported), Exit::AtRisk);
    assert!(left.of_files(&exported).contains("reframe recover logs"));
}

#[test]
fn answers_that_came_too_early_are_told_apart_from_those_that_count() {
    use crate::ground::record::Outcome;
    let plan = plan();
    let asked: Vec<u32> =
        plan.phases().filter(|p| p.row.is_some() && !p.practice).map(|p| p.index).take(6).collect();
    let told = |early: usize| {
        let outcome = |(n, phase): (usize, &u32)| {
            let answer = Answer::Button {
                meaning: (n < early).then(|| "left".into()),
                code: (n < early).then(|| "ArrowLeft".into()),
                correct: None,
                rt_ns: (n < early).then_some(Nanos(1)),
                given: None,
                anticipated: n < early,
                presses: u32::from(n < early),
            };
            let record = Record::Outcome(Outcome { phase: *phase, answer, cut: false });
            Entry { seq: n as u64 + 1, t_ns: Nanos::ZERO, record }
        };
        let entries: Vec<Entry> = asked.iter().enumerate().map(outcome).collect();
        let mut text = String::new();
        write_answers(&mut text, &plan, &entries).unwrap();
        text
    };
    assert_eq!(told(0), "  key answers: 0 of 6 given\n");
    assert_eq!(told(1), "  key answers: 0 of 6 given, 1 other was too early to count\n");
    assert_eq!(told(5), "  key answers: 0 of 6 given, 5 others were too early to count\n");
}

#[test]
fn marks_that_no_device_got_and_lost_devices_are_told_again() {
    use crate::ground::record::SentMarker;
    let mark = |error: Option<&str>| {
        Record::Marker(SentMarker {
            name: "picture".into(),
            phase: Some(1),
            code: 7,
            detail: "n/a".into(),
            device: "tcp:tracker:5000".into(),
            ticket: None,
            frame: None,
            requested_ns: Nanos::ZERO,
            before_ns: None,
            after_ns: None,
            error: error.map(str::to_string),
        })
    };
    let gone = || Record::Note { level: Level::Error, text: "serial:COM3 is gone".into() };
    let quiet = Record::Note { level: Level::Warning, text: "a warning".into() };
    let all = [mark(None), mark(Some("the device was not there")), gone(), gone(), quiet];
    let entries: Vec<Entry> =
        all.into_iter().map(|record| Entry { seq: 1, t_ns: Nanos::ZERO, record }).collect();
    let mut text = String::new();
    write_troubles(&mut text, &entries).unwrap();
    assert_eq!(
        text,
        "  warning: 1 of 2 marks were not written to tcp:tracker:5000: see markers.tsv\n  \
         during the run: serial:COM3 is gone (2 times)\n"
    );
}
