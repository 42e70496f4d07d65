//! Whatever a table of events holds: what is made of it is a protocol, and its plan keeps every onset to the nanosecond.

use crate::rules::expected;
use proptest::prelude::*;
use reframe::ground::diagnostic::Source;
use reframe::ground::record::Place;
use reframe::ground::time::Nanos;
use reframe::plan::compile::compile;
use reframe::plan::schema::{VolumeSetup, Who};
use reframe::protocol::events::{Wanted, convert};
use std::collections::{BTreeSet, HashMap};

/// A row: onset and duration in tenths of milliseconds, trial type, and a cell.
type Line = (i64, Option<i64>, String, String);

fn line() -> impl Strategy<Value = Line> {
    let onset = prop_oneof![4 => -20_000i64..600_000, 1 => 0i64..60];
    let duration = prop_oneof![
        4 => (0i64..40_000).prop_map(Some),
        1 => (0i64..20).prop_map(Some),
        1 => Just(None)
    ];
    let kind = prop_oneof![3 => "[abAB é_-]{0,3}", 1 => "\\PC{0,12}"];
    (onset, duration, kind, "\\PC{0,12}")
}

fn file(head: &str, lines: &[Line]) -> String {
    let time = |tenths: i64| format!("{}", tenths as f64 / 1e4);
    let mut text = format!("onset\tduration\ttrial_type\t{head}\n");
    for (onset, duration, kind, cell) in lines {
        let duration = duration.map_or("n/a".into(), time);
        text.push_str(&format!("{}\t{duration}\t{kind}\t{cell}\n", time(*onset)));
    }
    text
}

/// Trial types of rows, as a set: what is the same for two screens has one name, and nothing else has.
fn kinds(lines: &[Line], origin: &[usize]) -> BTreeSet<String> {
    let kind = |i: &usize| lines[*i].2.trim().replace('{', "(").replace('}', ")");
    let has = |kind: &String| !kind.is_empty() && !kind.eq_ignore_ascii_case("n/a");
    origin.iter().map(kind).filter(has).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn what_is_made_of_any_table_keeps_every_onset(
        lines in proptest::collection::vec(line(), 1..40),
        head in "\\PC{0,10}",
        tr in proptest::option::of(prop_oneof![Just(2.0), Just(0.72)]),
    ) {
        prop_assume!(!["onset", "duration", "trial_type"].contains(&head.trim()));
        let text = file(&head, &lines);
        let source = Source { path: "e.tsv".into(), text: text.clone() };
        let wanted = Wanted { file: "task-x_events.tsv", map: &[], tr, at_hand: &|_| false };
        let made = convert(&source, &wanted)
            .map_err(|p| TestCaseError::fail(source.render(&p, false)))?;
        let toml = Source { path: "t.toml".into(), text: made.text };
        let parsed = reframe::protocol::parse::parse(&toml)
            .map_err(|p| TestCaseError::fail(toml.render(&p, false)))?;
        prop_assert!(parsed.warnings.is_empty(), "{}", toml.render(&parsed.warnings, false));
        let expected = expected(&text, tr);
        for place in [Place::Lab, Place::Scanner] {
            let who = Who {
                sub: "1".into(),
                ses: None,
                run: 1,
                allocation: 0,
                visit: 0,
                seed: 1,
                place,
                language: "en".into(),
            };
            let volumes = VolumeSetup {
                tr: tr.map_or(Nanos::ZERO, Nanos::from_secs),
                expected: None,
                dummies: 0,
                dummies_pulse: true,
                dummies_stored: false, pulses: Default::default() };
            let plan = compile(&parsed.protocol, None, &who, volumes, 60.0)
                .map_err(|e| TestCaseError::fail(e.to_string()))?;
            let timed = &plan.segments[plan.zero_segment()];
            prop_assert!(plan.segments.len() == 2);
            let rows: Vec<_> = timed.phases.iter().filter(|p| p.row.is_some()).collect();
            prop_assert_eq!(plan.phases().filter(|p| p.row.is_some()).count(), rows.len());
            prop_assert_eq!(rows.len(), expected.screens.len());
            prop_assert_eq!(plan.marks.len(), expected.marks.len());
            for (row, (from, to)) in rows.iter().zip(&expected.screens) {
                let end = row.onset + row.length.nominal().unwrap();
                prop_assert!((row.onset.0 as f64 - from).abs() <= 2.0, "{} {from}", row.onset.0);
                prop_assert!((end.0 as f64 - to).abs() <= 2.0, "{} {to}", end.0);
            }
            for (mark, at) in plan.marks.iter().zip(&expected.marks) {
                prop_assert!((mark.onset.0 as f64 - at).abs() <= 2.0);
            }
            let marks = expected.mark_origins.iter().map(|i| vec![*i]);
            let origins = expected.origins.iter().cloned().chain(marks);
            let mut by_name: HashMap<&str, BTreeSet<String>> = HashMap::new();
            for (phase, origin) in rows.into_iter().chain(&plan.marks).zip(origins) {
                let name = phase.row.as_ref().unwrap().trial_type.as_str();
                let kinds = kinds(&lines, &origin);
                let known = by_name.entry(name).or_insert_with(|| kinds.clone());
                prop_assert_eq!(&*known, &kinds, "{}", name);
            }
        }
    }
}
