//! Pictures that a protocol shows changed: what stands in the plan, what the data say, and that such a run is found wrong before
//! it begins or replays to the same records. The real binary, in a temporary folder.

use reframe::plan::schema::RunPlan;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Each trial shows a picture, its mask (twice, the same), and both beside each other.
const TASK: &str = r##"
sequence = ["trials"]

[task]
name = "demo"
stimuli = "table.tsv"

[pictures.scene]

[block.trials]
cycles = 3
contents = ["both"]

[phase.both]
duration = 1.0
trial_type = "both"

[[phase.both.elements]]
kind = "picture"
from = "scene"
size = "30%"
x = "-20%"
scramble = "phase"
crop = [0.1, 0, 0.1, 0]

[[phase.both.elements]]
kind = "picture"
id = "again"
from = "scene"
scramble = "phase"
crop = [0.1, 0, 0.1, 0]
size = "30%"
opacity = 0.5

[[phase.both.elements]]
kind = "picture"
id = "mirrored"
from = "scene"
flip = "h"
size = "30%"
x = "20%"

[[phase.both.elements]]
kind = "ellipse"
width = "40%"
height = "40%"
color = "yellow"
stroke = "6px"

[trial_type.both]
description = "A scene and its mask"
"##;

fn reframe(dir: &Path, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.args(line).current_dir(dir).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.output().expect("the binary starts")
}

fn done(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// A folder with the task and three pictures, of which the third may not be shared.
fn room(task: &str) -> TempDir {
    let dir = TempDir::new().unwrap();
    let stimuli = dir.path().join("stimuli");
    fs::create_dir(&stimuli).unwrap();
    let mut table = String::from("id\tfile\tshare\n");
    for n in 1..=3 {
        let scene = format!("{}/stimuli/scenes/A_neu_0{n}.png", env!("CARGO_MANIFEST_DIR"));
        fs::copy(scene, stimuli.join(format!("s{n}.png"))).unwrap();
        table += &format!("s{n}\ts{n}.png\t{}\n", if n < 3 { "yes" } else { "no" });
    }
    fs::write(stimuli.join("table.tsv"), table).unwrap();
    fs::write(dir.path().join("task.toml"), task).unwrap();
    dir
}

fn run(dir: &Path, seed: &str, data: &str) -> String {
    let line = ["run", "task.toml", "--sub", "01", "--stimuli", "stimuli", "--seed", seed];
    let rest = ["--data", data, "--clock", "virtual", "--participant", "simulated"];
    done(&reframe(dir, &[&line[..], &rest].concat())).trim().to_string()
}

fn plan(dir: &Path, folder: &str) -> (RunPlan, String) {
    let text = fs::read_to_string(dir.join(folder).join("plan.json")).unwrap();
    (serde_json::from_str(&text).unwrap(), text)
}

#[test]
fn a_picture_with_the_same_settings_is_made_once_and_by_another_seed_otherwise() {
    let dir = room(TASK);
    let (one, text) = plan(dir.path(), &run(dir.path(), "7", "one"));
    let (again, _) = plan(dir.path(), &run(dir.path(), "7", "two"));
    let (other, _) = plan(dir.path(), &run(dir.path(), "8", "three"));
    assert_eq!((one.pictures.len(), one.made.len()), (3, 6), "{text}");
    assert_eq!(one.made, again.made);
    let seeds = |p: &RunPlan| p.made.values().map(|m| m.recipe.seed).collect::<Vec<u64>>();
    let all = [seeds(&one), seeds(&other)].concat();
    let mut different: Vec<u64> = all.into_iter().filter(|&s| s != 0).collect();
    different.sort();
    different.dedup();
    assert_eq!(
        different.len(),
        6,
        "a seed for each picture and run, none for what is only mirrored"
    );
    for phase in one.phases() {
        let shown: Vec<_> = phase.scene.pictures().collect();
        let original = phase.row.as_ref().and_then(|r| r.picture.as_ref()).expect("a picture");
        assert!(shown.iter().all(|id| one.original(id) == original && *id != original));
        assert_eq!((shown.len(), shown[0] == shown[1], shown[0] == shown[2]), (3, true, false));
    }
}

#[test]
fn data_name_the_original_and_the_run_replays_to_the_same_records() {
    let dir = room(TASK);
    let folder = run(dir.path(), "7", "data");
    let said = done(&reframe(dir.path(), &["replay", &folder]));
    assert!(said.contains("replayed to the same records"), "{said}");
    let found = walk(&dir.path().join("data"));
    let events = found.iter().find(|p| p.ends_with("_events.tsv"));
    let events = events.unwrap_or_else(|| panic!("{found:?}"));
    let text = fs::read_to_string(events).unwrap();
    let head: Vec<&str> = text.lines().next().unwrap().split('\t').collect();
    let at = |name: &str| head.iter().position(|h| *h == name).unwrap_or_else(|| panic!("{text}"));
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (file, id) = (cells[at("stim_file")], cells[at("identifier")]);
        let named = if id == "s3" { "n/a".into() } else { format!("{id}.png") };
        assert!(id.len() == 2 && file == named, "{text}");
    }
    assert!(!text.contains('|') && text.lines().count() == 4, "{text}");
    assert!(found.iter().any(|p| p.ends_with("stimuli/s1.png")), "{found:?}");
    done(&reframe(dir.path(), &["export", "data", "--out", "again"]));
}

fn walk(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(walk(&path)),
            false => files.push(path.display().to_string()),
        }
    }
    files
}

#[test]
fn a_plan_without_looks_is_written_as_before_and_read_as_before() {
    let mut plain = TASK.to_string();
    for line in
        ["scramble = \"phase\"\n", "crop = [0.1, 0, 0.1, 0]\n", "opacity = 0.5\n", "flip = \"h\"\n"]
    {
        plain = plain.replace(line, "");
    }
    let dir = room(&plain);
    let (plan, text) = plan(dir.path(), &run(dir.path(), "7", "data"));
    for key in ["\"made\"", "\"opacity\""] {
        assert!(!text.contains(key), "{key}: {text}");
    }
    assert!(plan.made.is_empty());
    assert!(plan.phases().flat_map(|p| &p.scene.elements).all(|e| e.opacity == 1.0));
    assert_eq!(plan.to_json(), text);
}

#[test]
fn a_picture_that_is_too_large_for_its_recipe_is_found_by_check_and_before_a_run() {
    let dir = room(&TASK.replace("crop = [0.1, 0, 0.1, 0]\n", ""));
    let large = image::GrayImage::from_pixel(3100, 3000, image::Luma([90]));
    large.save(dir.path().join("stimuli/s2.png")).unwrap();
    let line = ["run", "task.toml", "--sub", "01", "--stimuli", "stimuli", "--data", "data"];
    let run = [&line[..], &["--clock", "virtual", "--participant", "simulated"]].concat();
    for line in [&["check", "task.toml", "--stimuli", "stimuli"][..], &run] {
        let out = reframe(dir.path(), line);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(
            said.contains("s2.png") && said.contains("3100 x 3000 pixels where its phases"),
            "{said}"
        );
        assert!(said.contains("1 of 3 pictures cannot be used"), "{said}");
    }
    fs::write(dir.path().join("task.toml"), TASK).unwrap();
    done(&reframe(dir.path(), &["check", "task.toml", "--stimuli", "stimuli"]));
}
