//! The real binary in a temporary folder: what it says, what it leaves behind, and its exit codes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn reframe(folder: &Path, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    command.args(line).current_dir(folder).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.output().expect("the binary starts")
}

fn protocol(name: &str) -> String {
    format!("{ROOT}/protocols/{name}.toml")
}

fn stderr(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// The exit code, and that the message has these parts.
#[track_caller]
fn refused(out: &Output, code: i32, parts: &[&str]) {
    let text = stderr(out);
    assert_eq!(out.status.code(), Some(code), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert!(!text.contains("panicked"), "{text}");
}

fn done(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(0), "{}", stderr(out));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// A copy of the shipped pictures that a test may break.
fn pictures(folder: &Path) -> PathBuf {
    let to = folder.join("stimuli");
    fs::create_dir_all(to.join("scenes")).unwrap();
    fs::copy(format!("{ROOT}/stimuli/scenes.tsv"), to.join("scenes.tsv")).unwrap();
    for file in fs::read_dir(format!("{ROOT}/stimuli/scenes")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join("scenes").join(file.file_name())).unwrap();
    }
    to
}

/// A virtual run of the minute form in `folder/data`.
fn virtual_run(folder: &Path, extra: &[&str]) -> Output {
    virtual_run_of("reappraisal-minute", folder, extra)
}

fn virtual_run_of(name: &str, folder: &Path, extra: &[&str]) -> Output {
    let p = protocol(name);
    let mut line = vec![
        "run",
        &p,
        "--sub",
        "01",
        "--participant",
        "simulated",
        "--clock",
        "virtual",
        "--data",
        "data",
        "--trigger",
        "emulate",
    ];
    line.extend(extra);
    reframe(folder, &line)
}

/// All files below a folder with their bytes, by relative path.
fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                all.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

#[test]
fn shipped_protocols_check_without_a_problem() {
    let dir = TempDir::new().unwrap();
    for file in fs::read_dir(format!("{ROOT}/protocols")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let text = done(&reframe(dir.path(), &["check", file.to_str().unwrap()]));
        assert!(text.contains("no problem found") && text.contains("144 Hz"), "{text}");
    }
    let text = done(&reframe(dir.path(), &["check", &protocol("reappraisal-block")]));
    assert!(
        text.contains("Timed part: 500.000 s") || text.contains("Expected: 250 volumes"),
        "{text}"
    );
}

#[test]
fn a_run_that_exists_is_refused_and_the_next_free_number_offered() {
    let dir = TempDir::new().unwrap();
    done(&virtual_run(dir.path(), &[]));
    let before = tree(&dir.path().join("data"));
    refused(&virtual_run(dir.path(), &[]), 2, &["exists already", "--run 2"]);
    assert_eq!(tree(&dir.path().join("data")), before);
    done(&virtual_run(dir.path(), &["--run", "2"]));
}

#[test]
fn a_dry_run_is_marked_in_every_name_and_goes_to_a_dataset_of_its_own() {
    let dir = TempDir::new().unwrap();
    let p = protocol("reappraisal-minute");
    let line = [
        "run",
        &p,
        "--sub",
        "01",
        "--participant",
        "simulated",
        "--clock",
        "virtual",
        "--place",
        "lab",
    ];
    let folder = done(&reframe(dir.path(), &line));
    assert!(folder.starts_with(
        "logs/dryrun/sourcedata/reframe/sub-01/sub-01_task-reappraisalminute_acq-dryrun"
    ));
    for (name, _) in tree(&dir.path().join("logs/dryrun")) {
        if name.starts_with("sub-") {
            assert!(name.contains("beh/") && name.contains("acq-dryrun"), "{name}");
        }
    }
}

#[test]
fn export_makes_the_same_files_again_byte_for_byte() {
    let dir = TempDir::new().unwrap();
    done(&virtual_run(dir.path(), &["--ses", "A"]));
    done(&virtual_run(dir.path(), &["--ses", "B"]));
    let data = dir.path().join("data");
    let before = tree(&data);
    done(&reframe(dir.path(), &["export", "data"]));
    assert_eq!(tree(&data), before);
    done(&reframe(dir.path(), &["export", "data", "--out", "again"]));
    let bids = |t: Vec<(String, Vec<u8>)>| -> Vec<_> {
        t.into_iter().filter(|(name, _)| !name.starts_with("sourcedata")).collect()
    };
    assert_eq!(bids(tree(&dir.path().join("again"))), bids(before));
}

#[test]
fn replay_proves_a_journal_and_finds_one_changed_stamp() {
    let dir = TempDir::new().unwrap();
    let folder = done(&virtual_run(dir.path(), &[]));
    let folder = folder.trim();
    assert!(
        done(&reframe(dir.path(), &["replay", folder])).contains("replayed to the same records")
    );
    let path = dir.path().join(folder).join("journal.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    // A press of the key that moves the marker, 10 ms later than it was.
    let line = text
        .lines()
        .find(|l| l.contains("\"meaning\":\"left\"") && l.contains("\"down\":true"))
        .unwrap();
    let at = line.find("\"t_ns\":").unwrap() + 7;
    let digits: String = line[at..].chars().take_while(char::is_ascii_digit).collect();
    let later = (digits.parse::<u64>().unwrap() + 10_000_000).to_string();
    fs::write(&path, text.replace(line, &line.replacen(&digits, &later, 1))).unwrap();
    let out = reframe(dir.path(), &["replay", folder]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(5), "{said}");
    assert!(said.contains("checksum") && said.contains("2 differences"), "{said}");
    // The way of the marker, and what came of it.
    assert!(said.contains("\"path\"") && said.contains("\"outcome\""), "{said}");
}

#[test]
fn broken_pictures_are_all_named_before_the_run() {
    let dir = TempDir::new().unwrap();
    let stimuli = pictures(dir.path());
    for set in ["A", "B"] {
        for half in 0..16 {
            let scene =
                |kind: &str, n: usize| stimuli.join(format!("scenes/{set}_{kind}_{n:02}.png"));
            match half {
                0..4 => fs::remove_file(scene("neu", half + 1)).unwrap(),
                4..8 => fs::write(scene("neu", half + 1), b"").unwrap(),
                8..12 => fs::write(scene("neu", half + 1), huge_png()).unwrap(),
                _ => fs::write(scene("neu", half + 1), b"GIF89a nonsense").unwrap(),
            }
        }
    }
    let out = virtual_run_of("reappraisal-block", dir.path(), &["--stimuli", "stimuli"]);
    refused(
        &out,
        2,
        &["16 of 52 pictures cannot be used", "A_neu_01.png", "30000", "A_neu_16.png"],
    );
    assert!(!dir.path().join("data/sourcedata/reframe/sub-01").exists(), "a run folder was made");
}

/// The first bytes of a PNG of 30,000 x 30,000 pixels.
fn huge_png() -> Vec<u8> {
    let mut ihdr = b"IHDR".to_vec();
    ihdr.extend([30_000_u32.to_be_bytes(), 30_000_u32.to_be_bytes()].concat());
    ihdr.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&ihdr);
    png.extend(crc32fast::hash(&ihdr).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT");
    png.extend(crc32fast::hash(b"IDAT").to_be_bytes());
    png
}

#[test]
fn a_picture_path_that_leaves_the_folder_is_refused() {
    let dir = TempDir::new().unwrap();
    let stimuli = pictures(dir.path());
    let table = stimuli.join("scenes.tsv");
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replace("\tscenes/A_neu_01.png", "\t../secret.png")).unwrap();
    let out =
        reframe(dir.path(), &["check", &protocol("reappraisal-block"), "--stimuli", "stimuli"]);
    refused(&out, 2, &["../secret.png", "scenes.tsv:2:"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_folder_is_refused() {
    let dir = TempDir::new().unwrap();
    let stimuli = pictures(dir.path());
    fs::copy(stimuli.join("scenes/A_neu_01.png"), dir.path().join("outside.png")).unwrap();
    fs::remove_file(stimuli.join("scenes/A_neu_01.png")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("outside.png"), stimuli.join("scenes/A_neu_01.png"))
        .unwrap();
    let out =
        reframe(dir.path(), &["check", &protocol("reappraisal-block"), "--stimuli", "stimuli"]);
    refused(&out, 2, &["A_neu_01.png", "1 of 104 pictures cannot be used"]);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let p = protocol("reappraisal-minute");
    let line = [
        "run",
        &p,
        "--sub",
        "01",
        "--participant",
        "simulated",
        "--clock",
        "virtual",
        "--data",
        "file/data",
        "--place",
        "lab",
    ];
    refused(&reframe(dir.path(), &line), 2, &["file/data", "help:"]);
}

#[test]
fn contradictions_on_the_command_line_are_refused_with_a_remedy() {
    let dir = TempDir::new().unwrap();
    let p = protocol("reappraisal-minute");
    let run =
        |extra: &[&str]| reframe(dir.path(), &[&["run", &p, "--sub", "01"][..], extra].concat());
    refused(&run(&["--clock", "virtual"]), 2, &["virtual clock", "--participant simulated"]);
    refused(&run(&["--place", "scanner"]), 2, &["source of pulses", "--trigger"]);
    refused(&run(&["--trigger", "key:1"]), 2, &["Digit1"]);
    refused(&run(&["--ses", "a b"]), 2, &["--ses", "letters"]);
    refused(&run(&["--size", "8x8"]), 2, &["800x600"]);
    refused(&run(&["--rig", "nowhere"]), 2, &["nowhere", "protocols/rigs"]);
    refused(&reframe(dir.path(), &["check", "nothing.toml"]), 2, &["nothing.toml", "help:"]);
}

#[cfg(feature = "window")]
#[test]
fn no_display_is_a_missing_device_and_uses_up_no_run() {
    let dir = TempDir::new().unwrap();
    let p = protocol("reappraisal-minute");
    let line =
        ["run", &p, "--sub", "01", "--place", "lab", "--display", "window", "--data", "data"];
    refused(&reframe(dir.path(), &line), 3, &["display", "help:"]);
    assert!(!dir.path().join("data").exists(), "something was written");
}

#[cfg(feature = "gpu")]
#[test]
fn no_adapter_is_a_missing_device() {
    let dir = TempDir::new().unwrap();
    let p = protocol("reappraisal-minute");
    let out = Command::new(env!("CARGO_BIN_EXE_reframe"))
        .args([
            "run",
            &p,
            "--sub",
            "01",
            "--place",
            "lab",
            "--display",
            "offscreen",
            "--data",
            "data",
        ])
        .args(["--participant", "simulated"])
        .current_dir(dir.path())
        .env("VK_DRIVER_FILES", "/nonexistent.json")
        .env("VK_ICD_FILENAMES", "/nonexistent.json")
        .output()
        .unwrap();
    refused(&out, 3, &["mesa-vulkan-drivers"]);
}

#[test]
fn no_file_of_a_dataset_can_be_read_by_others() {
    let dir = TempDir::new().unwrap();
    done(&virtual_run(dir.path(), &[]));
    #[cfg(unix)]
    for (name, _) in tree(&dir.path().join("data/sourcedata")) {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.path().join("data/sourcedata").join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o007, 0, "{name} has mode {mode:o}");
    }
}

#[test]
fn a_run_that_is_refused_takes_no_place_in_the_study() {
    let dir = TempDir::new().unwrap();
    let p = protocol("reappraisal-minute");
    // One picture that is no placeholder: a run that could be real, but shows others that are.
    let stimuli = pictures(dir.path());
    let table = stimuli.join("scenes.tsv");
    let text = fs::read_to_string(&table).unwrap();
    let rows = text.lines().map(|l| match l.starts_with("A_neu_16") {
        true => l.replace("placeholder", "rated") + "\n",
        false => format!("{l}\n"),
    });
    fs::write(&table, rows.collect::<String>()).unwrap();
    let line = ["run", &p, "--sub", "01", "--ses", "X", "--place", "lab", "--data", "data"];
    let out = reframe(dir.path(), &[&line[..], &["--stimuli", "stimuli"]].concat());
    refused(&out, 2, &["stand in for others"]);
    refused(&reframe(dir.path(), &line), 3, &["help:"]);
    assert!(!dir.path().join("data").exists(), "something was written");
}

#[test]
fn a_dry_run_takes_no_index_of_people_and_its_failures_no_visit() {
    let dir = TempDir::new().unwrap();
    let out = virtual_run(dir.path(), &["--ses", "A"]);
    assert!(stderr(&out).contains("allocation 0, visit 1"), "{}", stderr(&out));
    done(&out);
    refused(&virtual_run(dir.path(), &["--ses", "AA", "--stimuli", "nowhere"]), 2, &["nowhere"]);
    let out = virtual_run(dir.path(), &["--ses", "B"]);
    assert!(stderr(&out).contains("allocation 0, visit 2"), "{}", stderr(&out));
    let kept = dir.path().join("data/sourcedata/reframe");
    assert!(!kept.join("allocation.tsv").exists(), "a dry run took an index of people");
    let rows = fs::read_to_string(kept.join("allocation-dryrun.tsv")).unwrap();
    assert_eq!(rows, "sub\tses\tallocation\tvisit\n01\tA\t0\t0\n01\tB\t0\t1\n");
}

#[test]
fn simulating_into_a_used_folder_is_refused_before_anything_is_written() {
    let dir = TempDir::new().unwrap();
    let p = protocol("reappraisal-minute");
    let simulate = |n: &str, s: &str| {
        reframe(dir.path(), &["simulate", &p, "--subjects", n, "--sessions", s, "--data", "data"])
    };
    done(&simulate("1", "B"));
    let before = tree(&dir.path().join("data"));
    refused(&simulate("3", "A,B"), 2, &["exists already", "another one with --data"]);
    assert_eq!(tree(&dir.path().join("data")), before);
    done(&reframe(dir.path(), &["simulate", &p, "--subjects", "3", "--data", "new"]));
    let table = dir.path().join("new/sourcedata/reframe/allocation-dryrun.tsv");
    let rows = "sub\tses\tallocation\tvisit\n01\tn/a\t0\t0\n02\tn/a\t1\t0\n03\tn/a\t2\t0\n";
    assert_eq!(fs::read_to_string(table).unwrap(), rows);
}

#[cfg(unix)]
/// The commands that the README tells a newcomer to type, on the virtual clock.
#[test]
fn the_commands_of_the_readme_work() {
    let readme = fs::read_to_string(format!("{ROOT}/README.md")).unwrap();
    let lines: Vec<&str> = readme.split('`').filter(|l| l.starts_with("reframe ")).collect();
    let of = |start: &str| {
        let line = lines.iter().find(|l| l.starts_with(start));
        line.unwrap_or_else(|| panic!("the README has no {start}")).split(' ').skip(1)
    };
    let dir = TempDir::new().unwrap();
    for part in ["protocols", "stimuli"] {
        std::os::unix::fs::symlink(Path::new(ROOT).join(part), dir.path().join(part)).unwrap();
    }
    done(&reframe(dir.path(), &of("reframe check").collect::<Vec<_>>()));
    // Nobody is at the keys of a test, and it has no screen.
    let virtually = ["--participant", "simulated", "--clock", "virtual"];
    let dry: Vec<_> = of("reframe run protocols/reappraisal-minute").chain(virtually).collect();
    assert!(dry.contains(&"--trigger") && dry.contains(&"window"), "{dry:?}");
    let out = reframe(dir.path(), &dry);
    assert!(stderr(&out).contains("at the scanner"), "{}", stderr(&out));
    done(&out);
    let names = tree(&dir.path().join("logs/dryrun"));
    assert!(names.iter().any(|(n, _)| n.starts_with("sub-test/func/")), "no scanner run");
    done(&reframe(dir.path(), &of("reframe simulate").collect::<Vec<_>>()));
}

#[test]
fn an_emulated_scanner_with_another_tr_than_the_task_is_refused() {
    let dir = TempDir::new().unwrap();
    let p = protocol("reappraisal-minute");
    let line = ["run", &p, "--sub", "02", "--display", "offscreen", "--trigger", "emulate:1.5"];
    refused(&reframe(dir.path(), &line), 2, &["1.5 s", "2 s", "emulate:2"]);
}

#[test]
fn a_run_whose_program_was_killed_is_exported_with_its_pictures_and_from_anywhere() {
    let dir = TempDir::new().unwrap();
    let out = virtual_run(dir.path(), &[]);
    let said = stderr(&out);
    assert!(said.contains("volumes: 30 of 30 expected, 0 missing"), "{said}");
    assert!(said.contains("ratings: ") && !said.contains("key answers"), "{said}");
    let folder = PathBuf::from(done(&out).trim());
    // What a killed program leaves: the raw record, and none of the files made from it.
    fs::create_dir_all(dir.path().join("killed")).unwrap();
    let data = dir.path().join("data");
    fs::rename(data.join("sourcedata"), dir.path().join("killed/sourcedata")).unwrap();
    done(&reframe(dir.path(), &["export", "killed"]));
    let bids = |at: &str| {
        let all = tree(&dir.path().join(at)).into_iter();
        all.filter(|(n, _)| !n.starts_with("sourcedata")).collect::<Vec<_>>()
    };
    assert_eq!(bids("killed"), bids("data"));
    // A rescued folder lies outside of every dataset.
    let rescued = dir.path().join(folder.file_name().unwrap());
    let inside = dir.path().join("killed").join(folder.strip_prefix("data").unwrap());
    fs::rename(inside, &rescued).unwrap();
    let rescued = rescued.to_str().unwrap();
    refused(&reframe(dir.path(), &["export", rescued]), 2, &["--out DIR"]);
    let text = done(&reframe(dir.path(), &["export", rescued, "--out", "killed"]));
    assert!(text.contains("; 0 of the dataset were written now"), "{text}");
    let out = reframe(dir.path(), &["export", rescued, "--out", "bare"]);
    refused(&out, 5, &["--stimuli DIR"]);
    assert!(!dir.path().join("bare/sub-01").exists());
}

#[test]
fn a_rig_is_not_taken_for_a_protocol_and_warnings_are_no_problems() {
    let dir = TempDir::new().unwrap();
    refused(
        &reframe(dir.path(), &["check", &format!("{ROOT}/protocols/rigs/desk.toml")]),
        2,
        &["this looks like a rig", "--rig"],
    );
    let text = fs::read_to_string(protocol("reappraisal-minute")).unwrap();
    let p = dir.path().join("p.toml");
    fs::write(&p, text.replace("[task]", "[tusk]").replace("\"page\", \"armed\"", "\"armed\""))
        .unwrap();
    let out = reframe(dir.path(), &["check", p.to_str().unwrap()]);
    let said = stderr(&out);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(!said.contains("error: warning") && !said.contains("error: error"), "{said}");
    fs::write(&p, text).unwrap();
    let out = reframe(dir.path(), &["check", p.to_str().unwrap()]);
    refused(&out, 2, &["no stimuli folder", "looked in", "--stimuli DIR"]);
}

#[test]
fn data_do_not_go_among_dry_runs_or_into_a_persons_folder() {
    let dir = TempDir::new().unwrap();
    done(&virtual_run(dir.path(), &[]));
    let before = tree(dir.path());
    // One picture that is no placeholder, so that the run is no dry run.
    let p = protocol("reappraisal-minute");
    let stimuli = pictures(dir.path());
    let table = fs::read_to_string(stimuli.join("scenes.tsv")).unwrap();
    fs::write(stimuli.join("scenes.tsv"), table.replace("\tplaceholder", "\trated")).unwrap();
    let line =
        ["run", &p, "--sub", "02", "--place", "lab", "--data", "data", "--stimuli", "stimuli"];
    refused(&reframe(dir.path(), &line), 2, &["made by dry runs", "--data"]);
    fs::remove_dir_all(&stimuli).unwrap();
    let line = [
        &["run", &p, "--sub", "02", "--participant", "simulated", "--clock", "virtual"][..],
        &["--data", "data/sub-01/new"],
    ]
    .concat();
    refused(&reframe(dir.path(), &line), 2, &["another dataset"]);
    assert_eq!(tree(dir.path()), before);
}

#[test]
fn a_check_for_a_room_holds_its_refresh_and_its_dummies_against_the_task() {
    let dir = TempDir::new().unwrap();
    let rig = "[screen]\nrefresh = 85.0\n[trigger]\nsource = \"emulate\"\ndummies = 3\n\
               dummies_pulse = false\ndummies_stored = true\n";
    fs::write(dir.path().join("room.toml"), rig).unwrap();
    let text = fs::read_to_string(protocol("reappraisal-minute")).unwrap();
    fs::create_dir(dir.path().join("protocols")).unwrap();
    pictures(dir.path());
    let p = dir.path().join("protocols/p.toml");
    // A cue of 100 ms keeps its frames: 8.5 of them do not exist at 85 Hz.
    let text = text.replacen("duration = 2.0", "duration = 0.1", 1);
    fs::write(&p, text.replace("duration = 4.0", "duration = { uniform = [3, 5] }")).unwrap();
    let text = done(&reframe(dir.path(), &["check", p.to_str().unwrap(), "--rig", "room.toml"]));
    assert!(text.contains(" 85 Hz") && text.contains("in this room, phase"), "{text}");
    // Six drawn durations are one line, and no warning.
    assert!(text.contains("6 lengths") && text.matches("in this room").count() == 1, "{text}");
    let first = text.lines().find(|l| l.contains("lead_in")).unwrap();
    let cells: Vec<&str> = first.split_whitespace().collect();
    assert_eq!((cells[0], cells[2]), ("6.000", "4"), "{text}");
}

#[test]
fn a_run_that_never_began_is_named_and_does_not_spoil_the_export_of_the_others() {
    let dir = TempDir::new().unwrap();
    let folder = done(&virtual_run(dir.path(), &[]));
    let began = dir.path().join(folder.trim());
    let name = began.file_name().unwrap().to_str().unwrap().replace("run-1", "run-2");
    let never = began.parent().unwrap().join(name);
    fs::create_dir(&never).unwrap();
    for file in ["plan.json", "protocol.toml", "rig.toml"] {
        fs::copy(began.join(file), never.join(file)).unwrap();
    }
    fs::write(never.join("journal.jsonl"), "").unwrap();
    let out = reframe(dir.path(), &["export", "data"]);
    assert!(stderr(&out).contains("never began"), "{}", stderr(&out));
    done(&out);
}

#[test]
fn a_run_folder_can_be_named_from_inside() {
    let dir = TempDir::new().unwrap();
    let folder = done(&virtual_run(dir.path(), &[]));
    let inside = dir.path().join(folder.trim());
    done(&reframe(&inside, &["export", "."]));
    done(&reframe(&inside, &["replay", "."]));
}

#[test]
fn a_sheet_shows_all_pictures_of_a_table_and_replaces_nothing() {
    let dir = TempDir::new().unwrap();
    let table = format!("{ROOT}/stimuli/scenes.tsv");
    let line = ["stimuli", "sheet", &table, "--out", "sheet.png", "--by", "set,valence"];
    let out = reframe(dir.path(), &line);
    done(&out);
    assert!(stderr(&out).contains("104 pictures"), "{}", stderr(&out));
    let (width, _) = image::image_dimensions(dir.path().join("sheet.png")).unwrap();
    assert_eq!(width, 8 * (160 + 6) + 6);
    refused(&reframe(dir.path(), &line), 2, &["sheet.png", "there already", "--out"]);
    let line = ["stimuli", "sheet", &table, "--out", "other.png", "--by", "mood"];
    refused(&reframe(dir.path(), &line), 2, &["\"mood\"", "valence"]);
    assert!(!dir.path().join("other.png").exists());
}

#[test]
fn pictures_that_a_person_has_seen_at_another_visit_are_named_before_the_run() {
    let dir = TempDir::new().unwrap();
    let visit = |ses| virtual_run_of("reappraisal-block", dir.path(), &["--ses", ses]);
    for ses in ["A", "B"] {
        let said = stderr(&visit(ses));
        assert!(!said.contains("already, such as"), "{said}");
    }
    // The third visit comes round to the set of the first.
    let said = stderr(&visit("C"));
    let named = "48 of 48 pictures were in sub-01_ses-A_task-reappraisal";
    assert!(said.contains(named) && said.contains("is --ses right?"), "{said}");
    let again = virtual_run_of("reappraisal-block", dir.path(), &["--ses", "B", "--run", "2"]);
    assert!(
        stderr(&again).contains("the runs of one visit draw from the same pictures"),
        "{}",
        stderr(&again)
    );
}

#[test]
fn a_text_that_leaves_the_screen_is_named_in_each_language() {
    let dir = TempDir::new().unwrap();
    let text = fs::read_to_string(protocol("reappraisal-continuous")).unwrap();
    let moved = text.replace("y = \"-36%\"", "y = \"47%\"");
    assert_ne!(moved, text);
    fs::write(dir.path().join("task.toml"), moved).unwrap();
    let stimuli = format!("{ROOT}/stimuli");
    let said = done(&reframe(dir.path(), &["check", "task.toml", "--stimuli", &stimuli]));
    for part in [
        "\"How distressed do you feel?\" of phase \"picture\" in language \"en\"",
        "\"de\" does not fit",
        "at the top",
    ] {
        assert!(said.contains(part), "{part:?} is missing in:\n{said}");
    }
    assert!(!said.contains("no problem found"));
}
