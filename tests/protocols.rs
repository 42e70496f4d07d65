//! Files that people write: those that ship are right, broken ones are refused with words that help.

use reframe::ground::diagnostic::Source;
use reframe::protocol::parse::{Parsed, parse};
use reframe::protocol::schema::{DurationDef, Protocol};
use std::path::Path;

fn source(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    Source { path: path.file_name().unwrap().to_string_lossy().into_owned(), text }
}

fn shipped(name: &str) -> Protocol {
    let s = source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("protocols").join(name));
    match parse(&s) {
        Ok(Parsed { protocol, warnings }) => {
            assert!(warnings.is_empty(), "{}", s.render(&warnings, false));
            protocol
        }
        Err(problems) => panic!("{}", s.render(&problems, false)),
    }
}

/// Seconds of all phases that last a fixed time.
fn seconds(p: &Protocol, parts: &[String]) -> f64 {
    let of = |name: &String| match (p.phases.get(name), p.blocks.get(name)) {
        (Some(phase), _) => match phase.duration {
            DurationDef::Seconds(s) => s,
            _ => 0.0,
        },
        // Practice is not of the run.
        (_, Some(block)) if block.practice => 0.0,
        (_, Some(block)) => {
            let levels: usize = block.each.iter().map(|f| p.factors[f].len()).product();
            seconds(p, &block.contents) * levels as f64 * f64::from(block.cycles)
        }
        _ => unreachable!("a parsed protocol names what exists"),
    };
    parts.iter().map(of).sum()
}

#[test]
fn shipped_protocols_fill_their_volumes_before_the_end_page() {
    for (name, volumes) in [
        ("reappraisal-block.toml", 250),
        ("reappraisal-continuous.toml", 214),
        ("reappraisal-minute.toml", 30),
        ("faces-block.toml", 170),
        ("faces-passive.toml", 170),
    ] {
        let p = shipped(name);
        assert_eq!(p.sequence.last().unwrap(), "end_page");
        let timed = seconds(&p, &p.sequence[..p.sequence.len() - 1]);
        assert_eq!(p.task.volumes, Some(volumes));
        assert_eq!(timed, p.task.tr.unwrap() * f64::from(volumes), "{name}");
        assert!(p.task.status.starts_with("proposal"), "{name} is not called a proposal");
    }
}

/// The rendered problems of a case, and how many there are.
fn refused(case: &Path) -> (String, usize) {
    let file =
        ["protocol.toml", "rig.toml", "table.tsv"].into_iter().find(|f| case.join(f).exists());
    let file = file.unwrap_or_else(|| panic!("{}: no file", case.display()));
    let s = source(&case.join(file));
    let problems = match file {
        "protocol.toml" => parse(&s).map_or_else(|p| p, |p| p.warnings),
        "rig.toml" => reframe::rig::parse::parse(&s).map_or_else(|p| p, |(_, warnings)| warnings),
        _ => reframe::table::parse::parse(&s).expect_err("a broken table"),
    };
    (s.render(&problems, false), problems.len())
}

/// `REFRAME_BLESS=1 cargo test --test protocols` writes the expected messages anew.
#[test]
fn broken_files_are_refused_with_place_expectation_and_remedy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocols");
    let mut cases: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_dir())
        .collect();
    cases.sort();
    assert!(cases.len() >= 16);
    for case in cases {
        let (text, count) = refused(&case);
        let name = case.display();
        assert!(count > 0, "{name}: nothing was found");
        let places = text.lines().filter(|l| l.contains("-->")).collect::<Vec<_>>();
        assert_eq!(places.len(), count, "{name}: a problem without its place:\n{text}");
        for place in places {
            let mut parts = place.rsplit(':');
            let column = parts.next().unwrap().parse::<usize>();
            let line = parts.next().unwrap().parse::<usize>();
            assert!(matches!((line, column), (Ok(1..), Ok(1..))), "{name}: {place}");
        }
        let help = text.lines().filter(|l| l.trim_start().starts_with("= help:")).count();
        assert_eq!(help, count, "{name}: a problem without its remedy:\n{text}");
        let expected = case.join("expected.txt");
        if std::env::var_os("REFRAME_BLESS").is_some() {
            std::fs::write(&expected, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert!(text == expected, "{name}: expected\n{expected}\nfound\n{text}");
    }
}

#[test]
fn shipped_rigs_have_no_problem_and_give_every_shipped_protocol_its_keys() {
    use reframe::rig::trigger::TriggerSource;
    let rigs = Path::new(env!("CARGO_MANIFEST_DIR")).join("protocols/rigs");
    for (name, trigger) in [
        ("desk.toml", None),
        ("desk-mouse.toml", None),
        ("scanner-trackball.toml", Some(TriggerSource::Key("Digit5".into()))),
        ("scanner-key5.toml", Some(TriggerSource::Key("Digit5".into()))),
        ("scanner-emulated.toml", Some(TriggerSource::Emulate(None))),
    ] {
        let s = source(&rigs.join(name));
        let (rig, warnings) =
            reframe::rig::parse::parse(&s).unwrap_or_else(|p| panic!("{}", s.render(&p, false)));
        assert!(warnings.is_empty(), "{}", s.render(&warnings, false));
        assert_eq!(rig.trigger.sources.first().cloned(), trigger, "{name}");
        for protocol in [
            "reappraisal-block.toml",
            "reappraisal-minute.toml",
            "faces-ds003548.toml",
            "faces-masked.toml",
            "faces-match.toml",
            "faces-oneback.toml",
            "faces-rated.toml",
            "reappraisal-event.toml",
            "reappraisal-wager2008.toml",
            "reappraisal-mcrae.toml",
            "reappraisal-arrows.toml",
        ] {
            let p = shipped(protocol);
            let needs = p.needs();
            assert!(needs.len() >= 2, "a page, and a rating or a button");
            for need in needs {
                let lacking = need.lacking(|m| rig.keys.contains_key(m), false);
                assert!(lacking.is_empty(), "{name}: {} of {protocol}: {lacking:?}", need.phase);
            }
        }
    }
}

/// The timeline that was agreed on, in the terms of the parsed file.
#[test]
fn the_block_task_is_as_proposed() {
    let p = shipped("reappraisal-block.toml");
    let last = |name: &str| p.phases[name].duration.clone();
    for (name, seconds) in [
        ("lead_in", 10.0),
        ("cue", 4.0),
        ("picture", 5.0),
        ("rating", 6.0),
        ("rest", 10.0),
        ("tail", 10.0),
    ] {
        assert_eq!(last(name), DurationDef::Seconds(seconds), "{name}");
    }
    assert_eq!(last("armed"), DurationDef::UntilTrigger);
    let scale = &p.scales["distress"];
    assert_eq!(
        (scale.left, scale.right, scale.higher_means.as_str()),
        (-50.0, 50.0, "less_distress")
    );
    let mean = &p.simulate.rating.mean;
    assert!((mean["regulate_negative"] - mean["attend_negative"] - 3.4).abs() < 1e-9);
    assert_eq!(p.simulate.rating.per_visit, 2.16);
    let types: Vec<_> = p.trial_types.keys().map(String::as_str).collect();
    assert_eq!(
        types,
        [
            "cue_attend",
            "cue_regulate",
            "attend_neutral",
            "attend_negative",
            "regulate_negative",
            "rating"
        ]
    );
    assert!(
        p.trial_types.values().all(|t| t.hed.starts_with("Sensory-event, Visual-presentation"))
    );
}

#[test]
fn the_photodiode_protocol_runs_alone_in_every_shipped_room() {
    use reframe::rig::schema::Rig;
    let p = shipped("photodiode.toml");
    assert!(p.phases.values().all(|phase| matches!(phase.duration, DurationDef::Seconds(_))));
    assert!(p.task.stimuli.is_empty() && p.task.tr.is_none());
    assert_eq!(p.phases["square"].duration, DurationDef::Seconds(0.2));
    assert!(p.phases["square"].mark && !p.phases["dark"].mark);
    let trials = &p.blocks["trials"];
    assert_eq!((trials.cycles, seconds(&p, &trials.contents)), (100, 1.0));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("protocols/rigs");
    let rooms = std::fs::read_dir(folder).unwrap().map(|entry| {
        let s = source(&entry.unwrap().path());
        reframe::rig::parse::parse(&s).unwrap_or_else(|p| panic!("{}", s.render(&p, false))).0
    });
    for rig in rooms.chain([Rig::default()]) {
        assert_eq!(rig.keys["robot"], ["KeyF"], "{}", rig.name);
        for need in p.needs() {
            assert!(need.lacking(|m| rig.keys.contains_key(m), false).is_empty(), "{}", rig.name);
        }
    }
}
