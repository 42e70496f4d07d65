//! The events file of a run that grey came into: what was seen, for as long as it was seen.

use super::*;
use reframe::bids::export_run;
use reframe::ground::hash::sha256_hex;
use reframe::ground::ports::JournalSink;
use reframe::ground::record::{JOURNAL_VERSION, Start};
use reframe::logger::journal::{JournalWriter, WriterOptions};
use reframe::plan::schema::{ScaleText, TrialTypeText};
use reframe::rig::schema::Rig;
use std::fs;
use std::path::Path;

/// The plan with its words, which no run needs and every dataset does.
fn described() -> RunPlan {
    let mut plan = plan();
    let text = |name: &str| TrialTypeText {
        description: format!("{name} is shown"),
        hed: "Sensory-event, Visual-presentation".into(),
    };
    for name in ["cue", "calm", "grim", "flash", "rating"] {
        plan.task.trial_types.insert(name.into(), text(name));
    }
    let distress = ScaleText {
        question: "How bad?".into(),
        left: -50.0,
        right: 50.0,
        anchors: vec!["not".into(), "very".into()],
        higher_means: "more distress".into(),
        unit: None,
        kind: "visual analogue scale".into(),
        labels: vec![],
        points: None,
        continuous: false,
        reversible: false,
    };
    plan.task.scales.insert("distress".into(), distress);
    plan
}

fn start(plan: &RunPlan) -> Start {
    Start {
        version: JOURNAL_VERSION,
        program: "Reframe".into(),
        program_version: "0.1.0".into(),
        task: plan.task.name.clone(),
        sub: plan.who.sub.clone(),
        ses: None,
        run: 1,
        continues_run: None,
        dry_run: false,
        place: plan.who.place,
        participant: "human".into(),
        clock: "real".into(),
        wall: "2026-11-22T10:15:00+01:00".into(),
        operating_system: "Linux".into(),
        plan_sha256: plan.sha256(),
        protocol_sha256: sha256_hex(b""),
        rig_sha256: sha256_hex(b""),
    }
}

/// Onsets and durations of its events file, in microseconds; none where there is no such file.
fn rows(plan: &RunPlan, journal: &[Entry], dir: &Path) -> Option<Vec<(i64, i64)>> {
    let data = dir.join("data");
    let run = data.join("sourcedata/reframe/sub-01/sub-01_task-small_run-1_20261122T101500");
    fs::create_dir_all(&run).unwrap();
    fs::write(run.join("plan.json"), plan.to_json()).unwrap();
    fs::write(run.join("protocol.toml"), "").unwrap();
    fs::write(run.join("rig.toml"), "").unwrap();
    let mut writer = JournalWriter::create(&run, WriterOptions::at_end(dir.join("kept"))).unwrap();
    let begun = VirtualClock::START;
    writer.append(&Entry { seq: 1, t_ns: begun, record: Record::Start(Box::new(start(plan))) });
    for (seq, entry) in (2..).zip(journal) {
        writer.append(&Entry { seq, ..entry.clone() });
    }
    assert_eq!(writer.finish().problem, None);
    export_run(&run, &data, &Rig::default(), None).unwrap();
    let text =
        fs::read_to_string(data.join("sub-01/func/sub-01_task-small_run-1_events.tsv")).ok()?;
    let micros = |cell: &str| (cell.parse::<f64>().unwrap() * 1e6).round() as i64;
    let row = |line: &str| {
        let mut cells = line.split('\t');
        (micros(cells.next().unwrap()), micros(cells.next().unwrap()))
    };
    Some(text.lines().skip(1).map(row).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn a_row_lasts_for_as_long_as_its_screen_was_seen(
        at in 1.0f64..22.0,
        lasts in 0.02f64..4.0,
        latency in 0usize..3,
    ) {
        let mut keys = all([tap("Space", 0.5).to_vec(), tap("Escape", at).to_vec(), go_on(at + 0.03 + lasts)]);
        keys.extend(tap("Space", 28.5));
        keys.extend([key("Escape", 60.0, true), key("KeyQ", 60.1, true), key("KeyO", 60.2, true)]);
        keys.sort_by_key(|(t, _)| *t);
        let (plan, journal) = run(described(), false, |s| {
            s.keys = keys;
            s.latency = [Nanos::ZERO, secs(0.042), secs(0.2)][latency];
        });
        let dir = tempfile::tempdir().unwrap();
        let rows = rows(&plan, &journal, dir.path());
        let mut shown = onsets(&journal);
        shown.sort_by_key(|o| o.onset_ns);
        let has_row = |o: &Onset| !o.covered && plan.phases().any(|p| p.index == o.phase && p.row.is_some());
        let wanted = |zero: Nanos| -> Vec<(i64, i64)> {
            let between = |from: Nanos, to: Nanos| (to - from).0 as f64 / 1e3;
            let pairs = shown.windows(2).filter(|pair| has_row(pair[0]));
            pairs.map(|pair| {
                let (from, to) = (pair[0].onset_ns, pair[1].onset_ns);
                (between(zero, from).round() as i64, between(from, to).round() as i64)
            }).collect()
        };
        let zero = journal.iter().find_map(|e| match &e.record {
            Record::Zero { .. } => Some(e.t_ns),
            _ => None,
        });
        let (Some(rows), Some(zero)) = (rows, zero) else {
            prop_assert!(shown.iter().all(|o| !has_row(o)), "screens with a row have an events file");
            return Ok(());
        };
        // Rounding is worth a microsecond.
        let wanted = wanted(zero);
        prop_assert!(rows.len() == wanted.len() || rows.len() == wanted.len() + 1, "{} {}", rows.len(), wanted.len());
        for (row, wanted) in rows.iter().zip(&wanted) {
            prop_assert!((row.0 - wanted.0).abs() <= 1 && (row.1 - wanted.1).abs() <= 1, "{row:?} {wanted:?}");
        }
        for pair in rows.windows(2) {
            prop_assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:?}");
        }
    }
}
