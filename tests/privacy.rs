//! What the program keeps of people and of whoever sits at the computer: nothing that it need not know, readable by user and
//! group alone, and nothing of it in a copy that is given away.

#![cfg(unix)]

use clap::CommandFactory;
use reframe::bids::Traces;
use reframe::ground::document::keys::Section;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Who sits at the computer, in the tests.
const USER: &str = "zwirnquast";

/// A task of three seconds with keys and a rating.
const TASK: &str = r#"
sequence = ["wait", "trials"]

[task]
name = "short"
title = "Short"
description = "For tests"
instructions = "None"
status = "a test"
tr = 0.5

[block.trials]
cycles = 2
contents = ["look", "rating"]

[phase.wait]
until = "trigger"
when = { place = "scanner" }
elements = [{ kind = "fixation" }]

[phase.look]
duration = 0.5
elements = [{ kind = "text", text = "Look" }]
trial_type = "look"
response = { keys = ["left", "right"] }

[phase.rating]
duration = 1.0
elements = [{ kind = "scale", scale = "distress" }]
trial_type = "rating"

[scale.distress]
question = "How distressed?"
left = 0
right = 10
higher_means = "more_distress"
anchors = ["not", "very"]

[trial_type]
look = { description = "A word" }
rating = { description = "A rating" }
"#;

struct Lab {
    dir: TempDir,
    home: PathBuf,
}

impl Lab {
    fn new() -> Lab {
        let dir = TempDir::new().unwrap();
        let home = dir.path().join("home").join(USER);
        fs::create_dir_all(&home).unwrap();
        fs::write(home.join("short.toml"), TASK).unwrap();
        Lab { dir, home }
    }

    /// The binary, as the user in their own folder, without a mask that hides what it lets others read.
    fn reframe(&self, line: &[&str]) -> Output {
        let mut command = Command::new("sh");
        command
            .args(["-c", "umask 0; exec \"$@\"", "sh"])
            .arg(env!("CARGO_BIN_EXE_reframe"))
            .args(line);
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "XDG_STATE_HOME"] {
            command.env_remove(name);
        }
        command.current_dir(&self.home).env("HOME", &self.home).env("USER", USER);
        command.output().expect("the binary starts")
    }

    #[track_caller]
    fn done(&self, line: &[&str]) -> String {
        let out = self.reframe(line);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(0), "{line:?}:\n{said}");
        said
    }

    /// A dataset of two simulated people with two visits each, and of a live run without a screen where there is a driver.
    fn dataset(&self) -> PathBuf {
        let task = self.home.join("short.toml");
        let task = task.to_str().unwrap();
        let minute = format!("{ROOT}/protocols/reappraisal-minute.toml");
        let people = ["--subjects", "2", "--sessions", "A,B", "--data", "data"];
        self.done(&[&["simulate", task, &minute], &people[..]].concat());
        #[cfg(feature = "gpu")]
        self.done(&[
            "run",
            task,
            "--sub",
            "03",
            "--data",
            "live",
            "--display",
            "offscreen",
            "--participant",
            "simulated",
            "--trigger",
            "emulate",
        ]);
        self.home.join("data")
    }
}

/// Everything under a folder, folders too.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The texts of all files, unpacked, by their names in the folder; pictures apart.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for path in all(folder).into_iter().filter(|p| p.is_file()) {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_string();
        let bytes = fs::read(&path).unwrap();
        if name.ends_with(".png") {
            continue;
        }
        let mut text = String::new();
        if name.ends_with(".gz") {
            assert_eq!(bytes[3] & 0b1_1110, 0, "{name}: the head names nothing");
            assert_eq!(bytes[4..8], [0; 4], "{name}: the head has no time");
            flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes).unwrap();
        }
        texts.insert(name, text);
    }
    texts
}

/// Days as they stand in texts and file names: `2026-11-30`, `20261130T0901`.
fn days(text: &str) -> Vec<String> {
    let digit = |b: &u8| b.is_ascii_digit();
    let day = |w: &[u8]| {
        let shape =
            |s: &[u8]| s.iter().map(|b| if digit(b) { b'0' } else { *b }).collect::<Vec<u8>>();
        shape(w).starts_with(b"0000-00-00") || shape(w).starts_with(b"00000000T")
    };
    let found = text.as_bytes().windows(10).filter(|w| day(w));
    found.map(|w| String::from_utf8_lossy(w).into_owned()).collect()
}

#[test]
fn no_key_and_no_option_asks_for_a_name_or_a_birth_date() {
    let person = [
        "birth",
        "born",
        "dob",
        "surname",
        "lastname",
        "firstname",
        "fullname",
        "initials",
        "gender",
        "sex",
        "age",
        "email",
        "phone",
        "insurance",
    ];
    let asks = |name: &str, meaning: &str| {
        let word = |text: &str| {
            text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|w| person.contains(&w))
        };
        let names =
            meaning.contains("name of the person") || meaning.contains("participant's name");
        word(name) || word(meaning) || names
    };
    let sections: Vec<&Section> = reframe::protocol::keys::SECTIONS
        .iter()
        .chain(reframe::rig::keys::SECTIONS)
        .copied()
        .collect();
    for key in sections.iter().flat_map(|s| s.keys) {
        assert!(!asks(key.name, key.meaning), "{}: {}", key.name, key.meaning);
    }
    let mut commands = vec![reframe::cli::Cli::command()];
    while let Some(command) = commands.pop() {
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!asks(arg.get_id().as_str(), &help), "{} {arg}: {help}", command.get_name());
        }
        commands.extend(command.get_subcommands().cloned());
    }
}

#[test]
fn a_label_that_tells_who_somebody_is_is_warned_of_and_a_code_is_not() {
    let lab = Lab::new();
    let said = |sub: &str, ses: &str| {
        let line = ["run", "short.toml", "--sub", sub, "--ses", ses, "--data", "data"];
        let simulated = ["--clock", "virtual", "--participant", "simulated"];
        lab.done(&[&line[..], &simulated].concat())
    };
    let named = said("anna", "1");
    assert!(
        named.contains("warning: --sub anna looks like a name") && named.contains("use a code"),
        "{named}"
    );
    let born = said("19871103", "20261130");
    assert!(born.contains("--sub 19871103 looks like a date of birth"), "{born}");
    assert!(born.contains("--ses 20261130 looks like a date"), "{born}");
    let code = said("01", "A");
    assert!(!code.contains("looks like"), "{code}");
}

#[test]
fn everything_that_is_written_is_readable_by_user_and_group_alone() {
    let lab = Lab::new();
    lab.dataset();
    lab.done(&["export", "data", "--share", "shared"]);
    lab.done(&["stimuli", "make", "--only", "shapes", "--out", "data/made"]);
    lab.done(&["stimuli", "sheet", "data/made/shapes.tsv", "--out", "data/sheet.png"]);
    let events = format!("{ROOT}/tests/events/task-look_events.tsv");
    lab.done(&["protocol", "from-events", &events, "--out", "data/made.toml"]);
    #[cfg(feature = "gpu")]
    lab.done(&["storyboard", "short.toml", "--out", "data/figure.svg"]);
    let found = ["data", "live", "shared"].map(|name| lab.home.join(name));
    let mut seen = 0;
    let open: Vec<String> = found
        .iter()
        .filter(|folder| folder.exists())
        .flat_map(|folder| all(folder).into_iter().chain([folder.clone()]))
        .inspect(|_| seen += 1)
        .filter_map(|path| {
            let mode = fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o7777;
            (mode & 0o007 != 0).then(|| format!("{} {mode:o}", path.display()))
        })
        .collect();
    assert!(seen > 50, "{seen}");
    assert_eq!(open, Vec::<String>::new(), "others can get at these");
}

#[test]
fn no_file_of_a_dataset_holds_the_name_or_the_folder_of_the_user() {
    let lab = Lab::new();
    let data = lab.dataset();
    let mut traces = Traces::default();
    traces.add_name("the user's name", USER);
    traces.add_folder("the user's folder", lab.home.to_str().unwrap());
    traces.add_folder("the folder for temporary files", lab.dir.path().to_str().unwrap());
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    traces.add_name("the computer's name", &host);
    for folder in [data, lab.home.join("live")].iter().filter(|f| f.exists()) {
        assert!(
            all(folder).iter().any(|p| p.ends_with("journal.jsonl")),
            "sourcedata is looked at"
        );
        assert_eq!(traces.find(folder).unwrap(), []);
        // That it would be found is shown by a file that holds it.
        fs::write(folder.join("note.txt"), format!("by {}\n", USER.to_uppercase())).unwrap();
        assert_eq!(traces.find(folder).unwrap().len(), 1);
    }
}

#[test]
fn a_shared_copy_has_all_files_and_no_day_and_nothing_of_the_raw_record() {
    let lab = Lab::new();
    let data = lab.dataset();
    let said = lab.done(&["export", "data", "--share", "shared"]);
    assert!(said.contains("README.md") && said.contains("were made anew"), "{said}");
    let shared = lab.home.join("shared");
    let (own, copy) = (texts(&data), texts(&shared));
    for name in own.keys().filter(|name| !name.starts_with("sourcedata")) {
        assert!(copy.contains_key(name), "{name} is not in the copy");
    }
    for (name, text) in &copy {
        assert!(!name.starts_with("sourcedata") && !name.ends_with("_scans.tsv"), "{name}");
        assert!(own.contains_key(name), "{name} is in the copy alone");
        assert!(!text.contains("sourcedata") && !text.contains("\"wall\""), "{name}:\n{text}");
        assert_eq!(days(name), Vec::<String>::new());
        assert_eq!(days(text), Vec::<String>::new(), "{name}");
        if name.ends_with(".tsv") || name.ends_with(".gz") {
            assert_eq!(text, &own[name], "{name}: what was measured is the same");
        }
    }
    assert!(all(&shared).iter().any(|p| p.ends_with("stimuli")), "pictures that may be shared are");
    let again = lab.reframe(&["export", "data", "--share", "shared"]);
    assert_eq!(again.status.code(), Some(2));
    let inside = lab.reframe(&["export", "data", "--share", "data/shared"]);
    assert_eq!(inside.status.code(), Some(2));
    assert!(!data.join("shared").exists());
}

#[test]
fn a_copy_that_would_name_the_user_is_refused_and_says_where() {
    let lab = Lab::new();
    let telling = TASK.replace("A word", &format!("A word of {USER}"));
    fs::write(lab.home.join("short.toml"), telling).unwrap();
    lab.done(&["simulate", "short.toml", "--data", "data"]);
    let out = lab.reframe(&["export", "data", "--share", "shared"]);
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("task-short_events.json holds"), "{said}");
    assert!(said.contains("the user's name") && said.contains("help: "), "{said}");
    assert!(!lab.home.join("shared").exists());
    let left: Vec<PathBuf> =
        all(&lab.home).into_iter().filter(|p| p.to_string_lossy().contains(".part")).collect();
    assert_eq!(left, Vec::<PathBuf>::new());
}
