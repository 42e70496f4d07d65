//! What is found in files, what is not looked for, and when no copy is made.

use super::super::fixture::{Wanted, make, pictures, rig};
use super::*;
use crate::ground::record::Record;
use flate2::{Compression, GzBuilder};
use std::fs;
use std::io::Write;

fn traces(names: &[&str], folders: &[&str]) -> Traces {
    let mut traces = Traces::default();
    names.iter().for_each(|n| traces.add_name("the user's name", n));
    folders.iter().for_each(|f| traces.add_folder("the user's folder", f));
    traces
}

/// The files in which something is found.
fn found(traces: &Traces, files: &[(&str, &[u8])]) -> Vec<String> {
    let room = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = room.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let found = traces.find(room.path()).unwrap();
    found.iter().map(|f| f.file.display().to_string()).collect()
}

fn packed(head: &str, text: &str) -> Vec<u8> {
    let mut gz = GzBuilder::new().filename(head).write(Vec::new(), Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap()
}

#[test]
fn whole_words_are_found_in_texts_names_and_packed_files_and_parts_of_words_are_not() {
    let in_text = packed("a", "x\tanna\n");
    let in_head = packed("anna.tsv", "x\n");
    let files: [(&str, &[u8]); 6] = [
        ("a.txt", b"By ANNA."),
        ("b.txt", b"annals of joanna"),
        ("c.gz", &in_text),
        ("d.gz", &in_head),
        ("e/sub-anna_x.txt", b""),
        ("f.json", b"{\"path\":\"C:\\\\Users\\\\Anna\\\\x\"}"),
    ];
    assert_eq!(
        found(&traces(&["Anna"], &[]), &files),
        ["a.txt", "c.gz", "d.gz", "e/sub-anna_x.txt", "f.json"]
    );
    assert_eq!(found(&traces(&[], &["C:\\Users\\Anna"]), &files), ["f.json"]);
}

#[test]
fn names_of_every_alphabet_are_found_in_capitals_or_not() {
    for (name, text) in [
        ("Łukasz", "by łukasz."),
        ("Élodie", "ÉLODIE"),
        ("Özlem", "von Özlem, gestern"),
        ("Ångström", "/home/ångström/x"),
        ("Анна", "(анна)"),
    ] {
        let file = [("a.txt", text.as_bytes())];
        assert_eq!(found(&traces(&[name], &[]), &file), ["a.txt"], "{name}");
    }
    // A letter of whatever alphabet makes it another word.
    assert!(found(&traces(&["Anna"], &[]), &[("a.txt", "annaś éanna".as_bytes())]).is_empty());
}

#[test]
fn short_names_and_words_of_the_trade_are_not_looked_for() {
    let files: [(&str, &[u8]); 1] = [("a.txt", b"bo and the user at the lab of root: scanner, /")];
    assert!(found(&traces(&["bo", "lab", "user", "root", "Scanner"], &["/"]), &files).is_empty());
    assert_eq!(found(&traces(&[], &["/root"]), &[("a.txt", b"at /root/x")]), ["a.txt"]);
}

#[test]
fn in_pictures_only_long_names_are_looked_for() {
    let files: [(&str, &[u8]); 2] =
        [("a.png", b"\0\xff anna \0"), ("b.png", b"\0\xff annabella \0")];
    assert_eq!(found(&traces(&["anna", "annabella"], &[]), &files), ["b.png"]);
}

#[test]
fn no_copy_is_made_over_another_folder_or_within_the_dataset() {
    let room = tempfile::tempdir().unwrap();
    let (data, stimuli) = (room.path().join("data"), room.path().join("pictures"));
    pictures(&stimuli);
    make(Wanted { trials: 4, ..Wanted::default() }).save(&data);
    let share = |out: &Path| share(&data, out, &|_| Ok(rig()), Some(&stimuli), &Traces::default());
    assert!(matches!(share(&data.join("x")), Err(ShareError::Inside(_))));
    assert!(matches!(share(&data), Err(ShareError::Inside(_))));
    assert!(matches!(share(&stimuli), Err(ShareError::Taken(_))));
    let out = room.path().join("out");
    fs::create_dir(&out).unwrap();
    let summary = share(&out).unwrap();
    assert_eq!((summary.exported.len(), summary.failed.len()), (1, 0));
    assert!(out.join("CHANGES").exists() && !out.join("sourcedata").exists());
    assert!(matches!(share(&out), Err(ShareError::Taken(_))));
}

#[test]
fn a_day_that_stands_in_a_copy_is_found_and_nothing_is_left_of_it() {
    let room = tempfile::tempdir().unwrap();
    let (data, stimuli, out) =
        (room.path().join("data"), room.path().join("pictures"), room.path().join("out"));
    pictures(&stimuli);
    let mut made = make(Wanted { trials: 4, ..Wanted::default() });
    let Record::Start(start) = &made.entries[0].record else { unreachable!() };
    let day = start.wall[..10].to_string();
    made.plan.task.trial_types.values_mut().for_each(|t| t.description = format!("As of {day}"));
    let hash = made.plan.sha256();
    if let Record::Start(start) = &mut made.entries[0].record {
        start.plan_sha256 = hash;
    }
    let folder = made.save(&data);
    assert!(folder.exists());
    let done = share(&data, &out, &|_| Ok(rig()), Some(&stimuli), &Traces::default());
    match done {
        Err(ShareError::Found(found)) => {
            assert!(found.iter().all(|f| f.what.contains(&day)), "{found:?}")
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read_dir(room.path()).unwrap().count(), 2, "the data and the pictures alone");
}
