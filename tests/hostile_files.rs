//! Whatever lies at a path that somebody names (a folder, a pipe, a device, a link in a circle, a file that is far too long or
//! no text), the real binary says what is wrong with it and what helps, at once, and never waits or fills the memory.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// A person waits a second; a loaded build server is given more. What would hang is ended then.
const PATIENCE: Duration = Duration::from_secs(20);
/// The most memory that the program may take, in KiB of address space: four gigabytes, of which most are never touched.
const MEMORY_KIB: u64 = 4 << 20;

/// The binary, with bounds on its memory.
fn reframe(folder: &Path, line: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v \"$1\"; shift; exec \"$@\"", "sh", &MEMORY_KIB.to_string()])
        .arg(env!("CARGO_BIN_EXE_reframe"))
        .args(line)
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env("HOME", folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("reframe {line:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

/// A run of the command that is refused; what it says.
#[track_caller]
fn refused(folder: &Path, line: &[&str]) -> String {
    let out = reframe(folder, line);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    let code = out.status.code();
    assert!(matches!(code, Some(2 | 5)), "{line:?} ended with {code:?}:\n{said}");
    assert!(!said.contains("panicked"), "{line:?}:\n{said}");
    assert!(said.contains("error: "), "{line:?}:\n{said}");
    said
}

/// Things that no file should be, each with a part of what is said of it.
fn odd_things(room: &Path) -> Vec<(PathBuf, &'static str)> {
    let at = |name: &str| room.join(name);
    fs::create_dir(at("folder")).unwrap();
    let made = Command::new("mkfifo").arg(at("pipe")).status().unwrap();
    assert!(made.success() && fs::metadata(at("pipe")).unwrap().file_type().is_fifo());
    UnixListener::bind(at("socket")).unwrap();
    symlink("circle", at("circle")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    let large = fs::File::create(at("large")).unwrap();
    large.set_len(5 << 30).unwrap();
    let mut all = vec![
        (at("folder"), "is a folder"),
        (at("pipe"), "is a pipe"),
        (at("socket"), "is a socket"),
        (at("circle"), "symbolic links"),
        (at("dangling"), "No such file"),
        (at("large"), "bytes, more than"),
        ("/dev/zero".into(), "is a device"),
        ("/dev/random".into(), "is a device"),
    ];
    let secret = at("secret");
    fs::write(&secret, "x").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever may read everything cannot be refused.
    if fs::read(&secret).is_err() {
        all.push((secret, "Permission denied"));
    }
    all
}

/// Texts that are none, or of a kind that is not read, each with a part of what is said of it.
fn odd_texts(room: &Path) -> Vec<(PathBuf, &'static str)> {
    let utf16: Vec<u8> = "\u{feff}id\tfile\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let texts: [(&str, Vec<u8>, &str); 4] = [
        ("utf16", utf16, "UTF-16"),
        ("latin1", b"a = \"\xe9\"\n".to_vec(), "not UTF-8 text"),
        ("zeros", vec![0; 1000], "zeros"),
        ("empty", Vec::new(), "empty"),
    ];
    let write = |(name, bytes, said)| {
        let path = room.join(name);
        fs::write(&path, bytes).unwrap();
        (path, said)
    };
    texts.into_iter().map(write).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_protocol_that_is_no_file_is_named_with_a_remedy() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    let things = odd_things(room);
    for (path, says) in things.iter().chain(&odd_texts(room)) {
        let virtually = ["--clock", "virtual", "--participant", "simulated", "--sub", "01"];
        for line in [
            vec!["check", text(path)],
            [&["run", text(path)], &virtually[..]].concat(),
            vec!["simulate", text(path), "--data", "data"],
            vec!["storyboard", text(path)],
        ] {
            let said = refused(room, &line);
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(said.contains(says) && said.contains(name), "{line:?}:\n{said}");
            assert!(said.contains("help: "), "{line:?}:\n{said}");
        }
    }
    assert!(!room.join("data").exists() && !room.join("logs").exists(), "nothing was written");
}

#[test]
fn a_rig_that_is_no_file_is_named_with_a_remedy() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    let protocol = format!("{ROOT}/protocols/photodiode.toml");
    for (path, says) in odd_things(room).iter().chain(&odd_texts(room)[..3]) {
        let said = refused(room, &["check", &protocol, "--rig", text(path)]);
        assert!(said.contains(says) && said.contains("help: "), "{}:\n{said}", path.display());
    }
}

#[test]
fn a_table_that_is_no_file_is_named_with_a_remedy() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    let mut all = odd_things(room);
    all.extend(odd_texts(room));
    for (path, says) in &all {
        let said = refused(room, &["stimuli", "sheet", text(path), "--out", "sheet.png"]);
        assert!(said.contains(says) || *says == "empty", "{}:\n{said}", path.display());
        assert!(said.contains("help: "), "{}:\n{said}", path.display());
        let place = room.join("stimuli");
        fs::create_dir(&place).unwrap();
        symlink(path, place.join("scenes.tsv")).unwrap();
        let minute = format!("{ROOT}/protocols/reappraisal-minute.toml");
        let said = refused(room, &["check", &minute, "--stimuli", "stimuli"]);
        assert!(said.contains("scenes.tsv") && said.contains("help: "), "{said}");
        fs::remove_dir_all(&place).unwrap();
    }
    assert!(!room.join("sheet.png").exists());
}

#[test]
fn an_events_file_that_is_no_file_is_named_with_a_remedy() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    let mut all = odd_things(room);
    all.extend(odd_texts(room));
    for (path, says) in &all {
        let said = refused(room, &["protocol", "from-events", text(path), "--out", "made.toml"]);
        assert!(said.contains(says) || *says == "empty", "{}:\n{said}", path.display());
        assert!(said.contains("help: "), "{}:\n{said}", path.display());
    }
    assert!(!room.join("made.toml").exists());
}

#[test]
fn a_picture_that_is_no_file_or_a_bomb_is_named_before_the_run() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    let mut all = odd_things(room);
    let outside = room.join("outside.png");
    fs::copy(format!("{ROOT}/stimuli/shapes/circle.png"), &outside).unwrap();
    all.push((outside, "lies outside the stimuli folder"));
    let bomb = room.join("bomb.png");
    fs::write(&bomb, huge_png()).unwrap();
    for (path, _) in &all {
        // Every one of them lies outside, and is refused for that: what is inside is tried below.
        let place = room.join("stimuli");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("t.tsv"), "id\tfile\np\tp.png\n").unwrap();
        symlink(path, place.join("p.png")).unwrap();
        let said = refused(room, &["stimuli", "sheet", "stimuli/t.tsv", "--out", "sheet.png"]);
        assert!(said.contains("p.png"), "{}:\n{said}", path.display());
        fs::remove_dir_all(&place).unwrap();
    }
    let place = room.join("stimuli");
    fs::create_dir(&place).unwrap();
    let large = fs::File::create(place.join("large.png")).unwrap();
    large.set_len(5 << 30).unwrap();
    fs::rename(&bomb, place.join("bomb.png")).unwrap();
    fs::create_dir(place.join("folder.png")).unwrap();
    Command::new("mkfifo").arg(place.join("pipe.png")).status().unwrap();
    UnixListener::bind(place.join("socket.png")).unwrap();
    symlink("circle.png", place.join("circle.png")).unwrap();
    for (name, says) in [
        ("large", "more than 256 MiB"),
        ("bomb", "pixels, more than"),
        ("folder", "is not a plain file"),
        ("pipe", "is not a plain file"),
        ("socket", "is not a plain file"),
        ("circle", "symbolic links"),
        ("none", "does not exist"),
    ] {
        fs::write(place.join("t.tsv"), format!("id\tfile\n{name}\t{name}.png\n")).unwrap();
        let said = refused(room, &["stimuli", "sheet", "stimuli/t.tsv", "--out", "sheet.png"]);
        assert!(said.contains(says), "{name}:\n{said}");
    }
    assert!(!room.join("sheet.png").exists());
}

/// A PNG of 65535 x 65535 pixels, by its head.
fn huge_png() -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend_from_slice(&65_535_u32.to_be_bytes());
    chunk.extend_from_slice(&65_535_u32.to_be_bytes());
    chunk.extend_from_slice(&[8, 2, 0, 0, 0]);
    let crc = crc32fast::hash(&chunk);
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0d", &chunk[..], &crc.to_be_bytes()].concat()
}

#[test]
fn paths_of_tables_and_protocols_that_leave_the_folder_are_refused() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    fs::create_dir(room.join("stimuli")).unwrap();
    for file in ["../a.png", "/etc/passwd", "x/../../a.png", "C:/a.png", "..\\a.png", "./a.png"] {
        fs::write(room.join("stimuli/t.tsv"), format!("id\tfile\na\t{file}\n")).unwrap();
        let said = refused(room, &["stimuli", "sheet", "stimuli/t.tsv", "--out", "s.png"]);
        assert!(said.contains("cannot be the file of a picture"), "{file}:\n{said}");
    }
    let head = "sequence = [\"p\"]\n[task]\nname = \"x\"\ntitle = \"x\"\ndescription = \"x\"\ninstructions = \"x\"\nstatus = \"x\"\n";
    for table in ["../t.tsv", "/etc/passwd", "a/../../t.tsv"] {
        let text = format!(
            "{head}stimuli = \"{table}\"\n[pictures.x]\n[phase.p]\nduration = 1\nelements = [{{ kind = \"picture\", from = \"x\" }}]\n"
        );
        fs::write(room.join("p.toml"), text).unwrap();
        let said = refused(room, &["check", "p.toml"]);
        assert!(said.contains("p.toml:8:"), "{table}:\n{said}");
    }
    for file in ["../a.png", "/etc/a.png", "a/../../b.png"] {
        let text = format!(
            "{head}[phase.p]\nduration = 1\nelements = [{{ kind = \"picture\", file = \"{file}\" }}]\n"
        );
        fs::write(room.join("p.toml"), text).unwrap();
        let said = refused(room, &["check", "p.toml"]);
        assert!(said.contains("no such path can be in the stimuli folder"), "{file}:\n{said}");
    }
}

#[test]
fn texts_with_a_byte_order_mark_and_carriage_returns_are_read() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    fs::create_dir_all(room.join("stimuli/shapes")).unwrap();
    for file in ["circle", "lying", "upright"] {
        let picture = format!("stimuli/shapes/{file}.png");
        fs::copy(Path::new(ROOT).join(&picture), room.join(&picture)).unwrap();
    }
    for (from, to) in [
        ("protocols/state.toml", "task.toml"),
        ("protocols/rigs/scanner-emulated.toml", "rig.toml"),
        ("stimuli/shapes.tsv", "stimuli/shapes.tsv"),
        ("tests/events/task-look_events.tsv", "events.tsv"),
    ] {
        let text = fs::read_to_string(Path::new(ROOT).join(from)).unwrap();
        fs::write(room.join(to), format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
    }
    for line in [
        &["check", "task.toml", "--rig", "rig.toml"][..],
        &["stimuli", "sheet", "stimuli/shapes.tsv", "--out", "sheet.png"],
        &["protocol", "from-events", "events.tsv", "--out", "made.toml"],
    ] {
        let out = reframe(room, line);
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(0), "{line:?}: {said}");
    }
}

#[test]
fn toml_that_is_nested_without_end_is_refused() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    for (open, close) in [("[", "]"), ("{a=", "}")] {
        let text = format!("a = {}1{}", open.repeat(200_000), close.repeat(200_000));
        fs::write(room.join("deep.toml"), text).unwrap();
        assert!(refused(room, &["check", "deep.toml"]).contains("deep.toml"));
        let photodiode = format!("{ROOT}/protocols/photodiode.toml");
        refused(room, &["check", &photodiode, "--rig", "deep.toml"]);
    }
    let dotted = format!("{} = 1\n", vec!["a"; 100_000].join("."));
    fs::write(room.join("deep.toml"), dotted).unwrap();
    refused(room, &["check", "deep.toml"]);
}

#[test]
fn odd_things_among_the_files_of_a_dataset_keep_nobody_waiting() {
    let photodiode = format!("{ROOT}/protocols/photodiode.toml");
    let line =
        ["run", &photodiode, "--sub", "01", "--clock", "virtual", "--participant", "simulated"];
    let line = || line.iter().copied().chain(["--data", "d", "--place", "lab"]);
    for name in ["participants.tsv", ".bidsignore", "sourcedata/reframe/allocation-dryrun.tsv"] {
        let dir = TempDir::new().unwrap();
        let (room, path) = (dir.path(), dir.path().join("d").join(name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let out = reframe(room, &line().collect::<Vec<_>>());
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        if name == ".bidsignore" {
            // A dataset of dry runs alone needs none.
            assert_eq!(out.status.code(), Some(0), "{said}");
            continue;
        }
        assert!(matches!(out.status.code(), Some(2 | 5)), "{name}: {:?}\n{said}", out.status);
        assert!(said.contains(name) && said.contains("plain file"), "{name}:\n{said}");
    }
}

#[test]
fn odd_things_in_a_run_folder_are_named_by_export_and_replay() {
    let dir = TempDir::new().unwrap();
    let room = dir.path();
    let photodiode = format!("{ROOT}/protocols/photodiode.toml");
    let line = [
        "run",
        &photodiode,
        "--sub",
        "01",
        "--clock",
        "virtual",
        "--participant",
        "simulated",
        "--data",
        "d",
        "--rig",
        "scanner-emulated",
    ];
    let rig = format!("{ROOT}/protocols/rigs/scanner-emulated.toml");
    let line: Vec<&str> =
        line.iter().map(|w| if *w == "scanner-emulated" { &rig } else { *w }).collect();
    let out = reframe(room, &line);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let run = PathBuf::from(String::from_utf8(out.stdout).unwrap().trim());
    let run = room.join(run);
    for (odd, says) in odd_things(room) {
        for file in ["journal.jsonl", "plan.json", "rig.toml"] {
            let (path, kept) = (run.join(file), run.join("kept"));
            fs::rename(&path, &kept).unwrap();
            symlink(&odd, &path).unwrap();
            let said = refused(room, &["export", text(&run), "--out", "elsewhere"]);
            assert!(said.contains(says), "{file} -> {}:\n{said}", odd.display());
            if file != "rig.toml" {
                let said = refused(room, &["replay", text(&run)]);
                assert!(said.contains(says) && said.contains("help: "), "{file}:\n{said}");
            }
            fs::remove_file(&path).unwrap();
            fs::rename(&kept, &path).unwrap();
        }
        refused(room, &["replay", text(&odd)]);
        if odd.is_dir() || odd.ends_with("dangling") {
            continue;
        }
        refused(room, &["export", text(&odd)]);
    }
    assert_eq!(reframe(room, &["replay", text(&run)]).status.code(), Some(0));
}
