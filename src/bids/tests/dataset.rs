//! What exports do to a dataset that is there already, and what they refuse.

use super::answers::rich;
use super::*;

#[test]
fn exporting_again_changes_no_byte_and_needs_no_pictures() {
    let lab = Lab::new();
    let made = make(Wanted::default());
    let first = lab.export(&made).unwrap();
    assert!(first.written > 0);
    let before = tree(&lab.data());
    let again = export_run(&first.folder, &lab.data(), &rig(), None).unwrap();
    assert_eq!(again.written, 0);
    assert_eq!(tree(&lab.data()), before);
}

#[test]
fn an_empty_dataset_is_filled_with_the_same_bytes() {
    let lab = Lab::new();
    lab.export(&make(Wanted { sub: "02", ..Wanted::default() })).unwrap();
    lab.export(&make(Wanted { sub: "03", place: Place::Lab, ..Wanted::default() })).unwrap();
    let copy = lab.dir.path().join("copy");
    let summary = lab.export_all(&copy);
    assert_eq!((summary.exported.len(), summary.failed.len()), (2, 0));
    let mut original = tree(&lab.data());
    let mut copied = tree(&copy);
    original.retain(|path, _| !path.starts_with("sourcedata"));
    copied.retain(|path, _| !path.starts_with("sourcedata"));
    assert_eq!(copied, original);
}

#[test]
fn a_file_with_other_content_is_left_alone_and_nothing_of_the_run_is_written() {
    let lab = Lab::new();
    let folder = make(Wanted::default()).save(&lab.data());
    let taken = lab.data().join("stimuli/set/p01.png");
    fs::create_dir_all(taken.parent().unwrap()).unwrap();
    fs::write(&taken, "another picture").unwrap();
    let before = tree(&lab.data());
    let error = export_run(&folder, &lab.data(), &rig(), Some(&lab.stimuli())).unwrap_err();
    assert!(matches!(&error, ExportError::Differs(p) if *p == taken), "{error}");
    assert_eq!(tree(&lab.data()), before);
}

#[test]
fn a_changed_task_of_the_same_name_is_refused_before_its_run() {
    let lab = Lab::new();
    let mut made = make(Wanted::default());
    check_task_sidecar(&made.plan, &lab.data()).unwrap();
    lab.export(&made).unwrap();
    check_task_sidecar(&made.plan, &lab.data()).unwrap();
    made.plan.task.scales[0].right = 10.0;
    let error = check_task_sidecar(&made.plan, &lab.data()).unwrap_err();
    assert!(matches!(error, TaskError::OtherForm { .. }), "{error}");
}

#[test]
fn names_that_bids_or_its_tools_cannot_take_are_refused_before_the_run() {
    type Change = fn(&mut crate::plan::schema::RunPlan);
    let cases: [(&str, Change); 6] = [
        ("modulation", |p| {
            let column = p.task.columns[0].clone();
            p.task.columns.insert("modulation".into(), column);
        }),
        ("rating\"", |p| {
            let column = p.task.columns[0].clone();
            p.task.columns.insert("rating".into(), column);
        }),
        ("2nd", |p| row(p).trial_type = "2nd".into()),
        ("fear", |p| row(p).trial_type = "fear".into()),
        ("look", |p| {
            row(p).columns.insert("instruction".into(), "look".into());
        }),
        ("a b.png", |p| p.pictures[0].file = "set/a b.png".into()),
    ];
    fn row(p: &mut crate::plan::schema::RunPlan) -> &mut crate::plan::schema::Row {
        p.segments[1].phases[0].row.as_mut().unwrap()
    }
    for (part, change) in cases {
        let mut plan = make(Wanted::default()).plan;
        change(&mut plan);
        let error = check_task_sidecar(&plan, Path::new("nowhere")).unwrap_err().to_string();
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn a_plan_that_was_changed_after_the_run_is_refused() {
    let lab = Lab::new();
    let folder = make(Wanted::default()).save(&lab.data());
    let path = folder.join("plan.json");
    let text = fs::read_to_string(&path).unwrap().replacen("attend_neutral", "attend_nevtral", 1);
    fs::write(&path, text).unwrap();
    let error = export_run(&folder, &lab.data(), &rig(), None).unwrap_err();
    assert!(matches!(error, ExportError::Changed(_)), "{error}");
}

#[test]
fn a_journal_with_a_changed_or_missing_line_is_refused() {
    for change in [
        |t: &str| t.replacen("\"onset_ns\":1010001600", "\"onset_ns\":1010001601", 1),
        |t: &str| {
            t.lines().filter(|l| !l.contains("\"seq\":9,")).map(|l| format!("{l}\n")).collect()
        },
    ] {
        let lab = Lab::new();
        let folder = make(Wanted::default()).save(&lab.data());
        let path = folder.join("journal.jsonl");
        let old = fs::read_to_string(&path).unwrap();
        let new = change(&old);
        assert!(old != new);
        fs::write(&path, new).unwrap();
        let error = export_run(&folder, &lab.data(), &rig(), Some(&lab.stimuli())).unwrap_err();
        assert!(matches!(error, ExportError::Damaged { .. }), "{error}");
    }
}

#[test]
fn one_broken_run_does_not_keep_the_others_from_being_exported() {
    let lab = Lab::new();
    let broken = make(Wanted::default()).save(&lab.data());
    make(Wanted { sub: "02", ..Wanted::default() }).save(&lab.data());
    fs::write(broken.join("journal.jsonl"), "nonsense\n").unwrap();
    let summary = lab.export_all(&lab.data());
    assert_eq!(summary.exported.len(), 1);
    assert_eq!(summary.failed[0].0, broken);
}

#[test]
fn a_readme_and_participants_that_people_wrote_are_kept() {
    let lab = Lab::new();
    fs::create_dir_all(lab.data()).unwrap();
    fs::write(lab.data().join("README.md"), "ours").unwrap();
    fs::write(lab.data().join("participants.tsv"), "participant_id\tage\nsub-09\t30\n").unwrap();
    lab.export(&make(Wanted::default())).unwrap();
    let read = |p: &str| fs::read_to_string(lab.data().join(p)).unwrap();
    assert_eq!(read("README.md"), "ours");
    assert_eq!(read("participants.tsv"), "participant_id\tage\nsub-09\t30\nsub-01\tn/a\n");
}

#[test]
fn pulses_from_onset_zero_on_are_a_signal_that_starts_at_zero() {
    use std::io::Read;
    let lab = Lab::new();
    let made = make(Wanted { trials: 4, ..Wanted::default() });
    let exported = lab.export(&made).unwrap();
    let gz = fs::read(lab.data().join(&exported.files[3])).unwrap();
    assert_eq!((gz[3], &gz[4..8]), (0, &[0u8; 4][..]), "no name and no time in the header");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&gz[..]).read_to_string(&mut text).unwrap();
    let samples: Vec<&str> = text.lines().collect();
    let rises: Vec<usize> = (0..samples.len())
        .filter(|i| samples[*i] == "1" && (*i == 0 || samples[i - 1] == "0"))
        .collect();
    let accepted = |r: &Record| matches!(r, Record::Trigger(t) if t.accepted);
    let pulses = made.entries.iter().filter(|e| accepted(&e.record)).count() - 2;
    assert_eq!(rises, (0..pulses).map(|n| n * 2000).collect::<Vec<_>>());
    assert_eq!(samples.iter().filter(|s| **s == "1").count(), pulses * 10);
}

#[test]
fn a_missing_picture_stops_the_export_and_the_way_out_is_named() {
    for dry_run in [false, true] {
        let lab = Lab::new();
        fs::remove_file(lab.stimuli().join("set/p01.png")).unwrap();
        let error = lab.export(&make(Wanted { dry_run, ..Wanted::default() })).unwrap_err();
        assert!(
            matches!(&error, ExportError::NoPicture { file, .. } if file == "set/p01.png"),
            "{error}"
        );
        assert!(error.to_string().contains("--stimuli DIR"), "{error}");
        assert!(!lab.data().join("sub-01").exists());
    }
}

#[test]
fn pictures_kept_when_a_run_begins_are_all_that_its_export_needs() {
    let lab = Lab::new();
    let made = make(Wanted::default());
    let folder = made.save(&lab.data());
    check_pictures(&made.plan, &lab.data(), Some(&lab.stimuli())).unwrap();
    assert!(!lab.data().join("sourcedata/reframe/stimuli").exists());
    keep_pictures(&made.plan, &lab.data(), Some(&lab.stimuli())).unwrap();
    export_run(&folder, &lab.data(), &rig(), None).unwrap();
    // From elsewhere, as a folder that was rescued, by what the dataset keeps; and into another dataset.
    let copy = lab.dir.path().join("copy");
    export_run(&folder, &copy, &rig(), None).unwrap();
    assert_eq!(dataset_of(&folder).unwrap(), Some(lab.data()));
    let rescued = lab.dir.path().join(folder.file_name().unwrap());
    fs::rename(&folder, &rescued).unwrap();
    assert_eq!(dataset_of(&rescued).unwrap(), None);
    assert_eq!(export_run(&rescued, &lab.data(), &rig(), None).unwrap().written, 0);
}

#[test]
fn a_picture_that_changed_since_an_earlier_run_is_refused_before_the_next() {
    let lab = Lab::new();
    let plan = make(Wanted::default()).plan;
    keep_pictures(&plan, &lab.data(), Some(&lab.stimuli())).unwrap();
    fs::write(lab.stimuli().join("set/p00.png"), "another picture").unwrap();
    let error = check_pictures(&plan, &lab.data(), Some(&lab.stimuli())).unwrap_err();
    assert!(matches!(error, ExportError::OtherPicture { .. }), "{error}");
}

#[test]
fn exports_at_the_same_time_do_not_get_into_each_others_way() {
    let lab = Lab::new();
    let subs = ["01", "02", "03", "04", "05", "06"];
    let folders =
        subs.map(|sub| make(Wanted { sub, trials: 4, ..Wanted::default() }).save(&lab.data()));
    std::thread::scope(|s| {
        let lab = &lab;
        let all = folders.map(|f| {
            s.spawn(move || export_run(&f, &lab.data(), &rig(), Some(&lab.stimuli())).map(|_| ()))
        });
        all.into_iter().for_each(|t| t.join().unwrap().unwrap());
    });
    let people = fs::read_to_string(lab.data().join("participants.tsv")).unwrap();
    assert_eq!(people.lines().count(), 7);
}

#[test]
fn a_task_without_pictures_buttons_and_scales_has_no_columns_for_them() {
    let lab = Lab::new();
    let table = lab.events(&make(Wanted { bare: true, ..Wanted::default() }));
    let expected =
        ["onset", "duration", "trial_type", "onset_planned", "onset_delay", "onset_basis", "late"];
    assert_eq!(table.columns, expected);
}

#[test]
fn bounds_stand_in_the_sidecar_only_where_one_scale_has_them() {
    let mut task = make(Wanted::default()).plan.task;
    let one = columns::task_sidecar(&task);
    assert_eq!(
        (&one["rating"]["Minimum"], &one["rating"]["Maximum"]),
        (&0.0.into(), &100.0.into())
    );
    let mut second = task.scales[0].clone();
    (second.left, second.right, second.higher_means) = (5.0, -5.0, "less_distress".into());
    task.scales.insert("relief".into(), second);
    let two = columns::task_sidecar(&task);
    assert_eq!(two["rating"].get("Minimum"), None);
    let text = two["rating"]["Description"].as_str().unwrap();
    for part in [
        "Scale distress, a visual analogue scale:",
        "Scale relief,",
        "5 (not at all) at the left to -5 (very)",
        "less distress",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_dry_run_that_came_before_the_first_real_run_is_named_in_bidsignore_too() {
    let lab = Lab::new();
    make(Wanted { dry_run: true, ..Wanted::default() }).save(&lab.data().join("dryrun"));
    assert!(!lab.data().join(".bidsignore").exists());
    lab.export(&make(Wanted::default())).unwrap();
    let text = fs::read_to_string(lab.data().join(".bidsignore")).unwrap();
    assert_eq!(text, "/dryrun\n");
}

#[test]
fn runs_outside_the_scanner_go_to_beh_without_a_recording() {
    let lab = Lab::new();
    let exported =
        lab.export(&make(Wanted { place: Place::Lab, ses: None, ..Wanted::default() })).unwrap();
    let stem = "sub-01/beh/sub-01_task-blocks_run-1";
    let expected = ["_events.tsv", "_events.json"].map(|s| PathBuf::from(format!("{stem}{s}")));
    assert_eq!(exported.files, expected);
}

#[test]
fn no_instant_in_a_journal_makes_the_export_panic() {
    let far = [Nanos(i64::MIN), Nanos(i64::MAX), Nanos(-1), Nanos::ZERO];
    for (i, t) in far.into_iter().enumerate() {
        let lab = Lab::new();
        let mut made = make(Wanted { trials: 4, rich: true, ..Wanted::default() });
        let which = |r: &mut Record, t: Nanos| match r {
            Record::Onset(o) if o.phase == 6 => o.onset_ns = t,
            Record::Path(p) if p.phase == 6 => p.end_ns = t,
            Record::Outcome(o) => {
                if let Answer::Button { rt_ns, .. } = &mut o.answer {
                    *rt_ns = rt_ns.map(|_| t);
                }
            }
            _ => {}
        };
        made.entries.iter_mut().for_each(|e| which(&mut e.record, t));
        if i % 2 == 0 {
            made.entries
                .iter_mut()
                .filter(|e| matches!(e.record, Record::Trigger(_)))
                .for_each(|e| e.t_ns = t);
        }
        lab.export(&made).unwrap();
        assert!(OFFSET > Nanos::ZERO);
    }
}

/// Runs the validators on what the room writes. They need Python packages and a minute; CI has a job for it.
#[test]
#[ignore = "needs the Python packages that scripts/check-bids installs"]
fn the_validators_find_nothing_to_say() {
    let script = std::env::var("CHECK_BIDS")
        .unwrap_or_else(|_| format!("{}/scripts/check-bids", env!("CARGO_MANIFEST_DIR")));
    let visits_of = |wanted: Wanted| {
        let of = move |sub, ses| make(Wanted { sub, ses: Some(ses), ..wanted.clone() });
        vec![of("01", "A"), of("01", "B"), of("02", "A"), of("02", "B")]
    };
    let visits = |place| visits_of(Wanted { place, ..Wanted::default() });
    let one = |wanted: Wanted| vec![make(wanted)];
    let base = Wanted::default;
    let mut mixed = visits(Place::Scanner);
    mixed.extend(one(Wanted { sub: "03", place: Place::Lab, ..base() }));
    let sets = [
        ("func", visits(Place::Scanner)),
        ("beh", visits(Place::Lab)),
        ("no-sessions", one(Wanted { ses: None, ..base() })),
        ("aborted", one(Wanted { stop_after: Some(50), ..base() })),
        ("no-key", one(Wanted { keys: false, ..base() })),
        ("all-shared", one(Wanted { unshared: false, ..base() })),
        ("dry", one(Wanted { dry_run: true, ..base() })),
        ("bare", one(Wanted { bare: true, place: Place::Lab, ..base() })),
        ("mixed", mixed),
        ("sounds", one(Wanted { sounds: true, ..base() })),
        ("rich", visits_of(rich())),
        ("rich-lab", one(Wanted { place: Place::Lab, ..rich() })),
        ("rich-aborted", one(Wanted { stop_after: Some(50), ..rich() })),
    ];
    let only = std::env::var("CHECK_ONLY").ok();
    for (what, runs) in sets {
        if only.as_ref().is_some_and(|o| o != what) {
            continue;
        }
        let lab = Lab::new();
        for run in &runs {
            let rig = if what == "bare" { Rig::default() } else { rig() };
            let folder = run.save(&lab.data());
            export_run(&folder, &lab.data(), &rig, Some(&lab.stimuli())).unwrap();
        }
        if what == "mixed" {
            make(Wanted { dry_run: true, ..base() }).save(&lab.data().join("dryrun"));
            export_dataset(
                &lab.data().join("dryrun"),
                &lab.data().join("dryrun"),
                &|_| Ok(rig()),
                Some(&lab.stimuli()),
            )
            .unwrap();
        }
        let done =
            std::process::Command::new("bash").arg(&script).arg(lab.data()).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        if let Some(keep) = std::env::var_os("CHECK_KEEP") {
            let to = Path::new(&keep).join(what);
            std::process::Command::new("cp").arg("-r").arg(lab.data()).arg(to).status().unwrap();
        }
        println!("==== {what}\n{said}{}", String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success() && said.contains("RESULT PASS"), "{what}:\n{said}");
    }
}
