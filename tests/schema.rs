//! The JSON Schema that editors use takes every protocol that ships, and finds the slips that an editor can find.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn schema() -> Value {
    let out = Command::new(env!("CARGO_BIN_EXE_reframe")).arg("schema").output().unwrap();
    assert!(out.status.success());
    serde_json::from_slice(&out.stdout).unwrap()
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    let table: toml::Table = text.parse().unwrap();
    serde_json::to_value(table).unwrap()
}

fn toml_files(folder: &str) -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

#[test]
fn every_protocol_that_ships_fits_the_schema() {
    let schema = jsonschema::validator_for(&schema()).expect("it is a schema");
    let files = toml_files("protocols");
    assert!(files.len() >= 7);
    for file in files {
        let protocol = read(&file);
        let wrong: Vec<String> =
            schema.iter_errors(&protocol).map(|e| format!("{}: {e}", e.instance_path)).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", file.display());
    }
}

#[test]
fn slips_of_the_pen_do_not_fit_the_schema() {
    let schema = jsonschema::validator_for(&schema()).expect("it is a schema");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocols");
    for case in ["unknown_keys", "wrong_types", "elements"] {
        assert!(!schema.is_valid(&read(&cases.join(case).join("protocol.toml"))), "{case}");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("protocols/reappraisal-minute.toml");
    let good = read(&file);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut protocol = good.clone();
        change(&mut protocol);
        schema.is_valid(&protocol)
    };
    assert!(changed(&|_| {}));
    let slips: [&dyn Fn(&mut Value); 6] = [
        &|p| p["task"]["nmae"] = "x".into(),
        &|p| p["phase"]["cue"]["duration"] = true.into(),
        &|p| p["phase"]["cue"]["elements"][0]["kind"] = "texts".into(),
        &|p| p["phase"]["cue"]["elements"][0]["from"] = "scene".into(),
        &|p| p["block"]["blocks"]["order"] = "random".into(),
        &|p| p["phase"]["armed"]["until"] = "pulse".into(),
    ];
    for (i, slip) in slips.iter().enumerate() {
        assert!(!changed(slip), "slip {i} fits");
    }
}
