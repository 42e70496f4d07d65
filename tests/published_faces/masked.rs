//! The shipped task with masked faces: who is shown and who is the mask, and that a face of a frame or two is shown for just
//! so long, in the plan, in the check of a screen and in a run.

use super::{at, cells, for_all, load, named, near, read, seconds, tally};
use reframe::plan::compile::CompileError;
use reframe::plan::schema::{Length, Phase, RunPlan};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn masks_are_neutral_faces_of_others_of_the_same_sex_and_every_combination_comes_as_often() {
    for_all("faces-masked", |seed, plan, table| {
        let (faces, masks) = (named(plan, "face"), named(plan, "mask"));
        assert_eq!((faces.len(), masks.len()), (60, 60));
        let mut people = [BTreeSet::new(), BTreeSet::new()];
        for (face, mask) in faces.iter().zip(&masks) {
            let own = cells(face, table);
            let other = &table.rows[mask.scene.pictures().next().expect("a mask")].values;
            assert_eq!(other["expression"], "neutral");
            assert_eq!((own["sex"], own["set"]), (&*other["sex"], &*other["set"]));
            assert_eq!(mask.onset, face.onset + face.length.nominal().expect("frames"));
            assert!(near(seconds(face) + seconds(mask), 0.2), "seed {seed}");
            let asked = face.response.as_ref().expect("it is judged");
            assert_eq!(asked.correct.as_deref(), Some(own["sex"]));
            people[0].insert(own["person"]);
            people[1].insert(other["person"].as_str());
        }
        assert!(people[0].is_disjoint(&people[1]), "seed {seed}: {people:?}");
        let types = faces.iter().map(|p| p.row.as_ref().expect("a row").trial_type.as_str());
        let counts = tally(types);
        assert!(counts.len() == 6 && counts.values().all(|n| *n == 10), "{counts:?}");
        for cycle in faces.chunks(12) {
            let key = |p: &&Phase| ["expression", "shown", "sex"].map(|v| p.variables[v].clone());
            assert_eq!(cycle.iter().map(key).collect::<BTreeSet<_>>().len(), 12, "seed {seed}");
        }
    });
}

#[test]
fn masked_faces_take_their_frames_at_60_and_120_hertz_and_are_refused_at_50_75_and_144() {
    let (protocol, table) = load("faces-masked");
    for (hz, expected) in [(60.0, [[1, 11], [2, 10]]), (120.0, [[2, 22], [4, 20]])] {
        let plan = at(&protocol, &table, 1, hz).unwrap();
        let frames = |p: &Phase| match p.length {
            Length::Frames { frames, timed: true, .. } => frames,
            other => panic!("{other:?}"),
        };
        for (face, mask) in named(&plan, "face").iter().zip(named(&plan, "mask")) {
            let pair = expected[usize::from(face.variables["shown"] == "33")];
            assert_eq!([frames(face), frames(mask)], pair, "{hz} Hz");
        }
    }
    for hz in [50.0, 75.0, 144.0] {
        let said = at(&protocol, &table, 1, hz).unwrap_err();
        let near = |frames: u32| format!("{frames} frame");
        let text = said.to_string();
        let CompileError::Unshowable { below, .. } = said else { panic!("{text}") };
        assert!(text.contains(&near(below.max(1))) && text.contains(&near(below + 1)), "{text}");
        assert!(text.contains(&format!("a screen of {hz} Hz cannot show")), "{text}");
    }
}

fn reframe(line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.args(line).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().expect("it starts")
}

/// A rig with a screen of this rate.
fn rig(folder: &Path, hz: u32) -> String {
    let path = folder.join(format!("{hz}.toml"));
    let text = read("protocols/rigs/scanner-emulated.toml").text;
    let with = text.replace("[screen]\n", &format!("[screen]\nrefresh = {hz}.0\n"));
    assert_ne!(text, with);
    std::fs::write(&path, with).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn the_check_refuses_masked_faces_on_screens_that_cannot_show_them() {
    let folder = tempfile::tempdir().unwrap();
    for (hz, code) in [(60, 0), (75, 2), (120, 0), (144, 2)] {
        let out =
            reframe(&["check", "protocols/faces-masked.toml", "--rig", &rig(folder.path(), hz)]);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(code), "{hz} Hz: {said}");
        assert_eq!(said.contains("the nearest that it can"), code == 2, "{hz} Hz: {said}");
    }
}

#[test]
fn a_simulated_run_shows_face_and_mask_for_exactly_their_frames() {
    for hz in [60, 120] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let out = reframe(&[
            "simulate",
            "protocols/faces-masked.toml",
            "--rig",
            &rig(folder.path(), hz),
            "--data",
            &data.to_string_lossy(),
        ]);
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
        let run = find(&data, "frames.tsv").expect("a run");
        let plan = std::fs::read_to_string(run.with_file_name("plan.json")).unwrap();
        let plan: RunPlan = serde_json::from_str(&plan).unwrap();
        let frames = std::fs::read_to_string(run).unwrap();
        let mut lines = frames.lines().map(|l| l.split('\t').collect::<Vec<_>>());
        let header = lines.next().unwrap();
        let column = |name: &str| header.iter().position(|h| *h == name).unwrap();
        let (phase, frame) = (column("phase"), column("frame"));
        let onset: BTreeMap<u32, u64> =
            lines.map(|l| (l[phase].parse().unwrap(), l[frame].parse().unwrap())).collect();
        let mut shown = 0;
        for p in plan.phases() {
            let Length::Frames { frames, .. } = p.length else { continue };
            let seen = onset[&(p.index + 1)] - onset[&p.index];
            assert_eq!(seen, u64::from(frames), "{hz} Hz, phase {} ({})", p.index, p.name);
            shown += 1;
        }
        assert_eq!(shown, 120);
    }
}

/// The first file of this name below a folder.
fn find(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).ok()?.map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    entries.iter().find_map(|path| match path.is_dir() {
        true => find(path, name),
        false => path.file_name().is_some_and(|n| n == name).then(|| path.clone()),
    })
}
