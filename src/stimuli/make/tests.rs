//! What the made scenes promise: matched sets, the same bytes each time, nothing overwritten.

use super::scenes::{TABLE, scenes, table};
use super::*;
use crate::stimuli::decode::decode_bytes;
use std::collections::{BTreeMap, BTreeSet};

fn rows() -> Vec<BTreeMap<String, String>> {
    let text = table(SHIPPED_SEED);
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), names.len(), "{line}");
        names.iter().zip(cells).map(|(n, c)| (n.to_string(), c.to_string())).collect()
    };
    lines.map(row).collect()
}

fn mean(of: &str, keep: impl Fn(&BTreeMap<String, String>) -> bool) -> f64 {
    let values: Vec<f64> =
        rows().iter().filter(|r| keep(r)).map(|r| r[of].parse().unwrap()).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn each_set_has_sixteen_neutral_and_two_halves_of_sixteen_negative_scenes() {
    let mut counts = BTreeMap::new();
    for row in rows() {
        let cell = (row["set"].clone(), row["valence"].clone(), row["half"].clone());
        *counts.entry(cell).or_insert(0) += 1;
    }
    let expected = [("neutral", "0"), ("negative", "1"), ("negative", "2")];
    for valence in ["neutral", "negative"] {
        for set in ["practice_A", "practice_B"] {
            assert_eq!(counts[&(set.into(), valence.into(), "0".into())], 2);
        }
    }
    assert_eq!(counts.len(), 10);
    for set in ["A", "B"] {
        for (valence, half) in expected {
            assert_eq!(counts[&(set.into(), valence.into(), half.into())], 16);
        }
    }
}

#[test]
fn each_of_the_four_parts_of_a_set_has_four_scenes_of_each_kind() {
    for set in ["A", "B"] {
        for half in ["0", "1", "2"] {
            for part in ["1", "2", "3", "4"] {
                let here = |r: &BTreeMap<String, String>| {
                    r["set"] == set && r["half"] == half && r["part"] == part
                };
                assert_eq!(rows().iter().filter(|r| here(r)).count(), 4, "{set} {half} {part}");
            }
        }
    }
    assert!(rows().iter().all(|r| (r["part"] == "0") == r["set"].starts_with("practice")));
}

#[test]
fn halves_and_sets_have_the_same_themes() {
    let themes = |set: &str, half: &str| -> BTreeSet<String> {
        let rows = rows().into_iter().filter(|r| r["set"] == set && r["half"] == half);
        rows.map(|r| r["theme"].clone()).collect()
    };
    assert_eq!(themes("A", "0"), themes("B", "0"));
    for (set, half) in [("A", "2"), ("B", "1"), ("B", "2")] {
        assert_eq!(themes(set, half), themes("A", "1"));
    }
}

#[test]
fn halves_and_sets_have_equal_means_and_every_norm_is_called_a_placeholder() {
    for norm in ["valence_mean", "arousal_mean"] {
        let negative = |set: &str, half: &str| mean(norm, |r| r["set"] == set && r["half"] == half);
        let first = negative("A", "1");
        for (set, half) in [("A", "2"), ("B", "1"), ("B", "2")] {
            assert!((negative(set, half) - first).abs() < 0.05, "{norm} {set} {half}");
        }
        assert!((negative("A", "0") - negative("B", "0")).abs() < 0.05, "{norm}");
    }
    let apart = mean("valence_mean", |r| r["valence"] == "neutral")
        - mean("valence_mean", |r| r["valence"] == "negative");
    assert!(apart > 1.5, "neutral and negative are {apart} apart");
    assert!(rows().iter().all(|r| r["norms"] == "placeholder"));
}

#[test]
fn ids_follow_from_set_valence_and_number_and_files_from_ids() {
    let ids: BTreeSet<String> = rows().into_iter().map(|r| r["id"].clone()).collect();
    assert_eq!(ids.len(), 96 + 8);
    for id in ["A_neu_01", "A_neu_16", "A_neg_01", "B_neg_32", "practice_neu_04", "practice_neg_01"]
    {
        assert!(ids.contains(id), "{id} is missing");
    }
    for row in rows() {
        assert_eq!(row["file"], format!("scenes/{}.png", row["id"]));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    let scene = |seed| scenes().nth(20).unwrap().draw(seed);
    assert_eq!(scene(7), scene(7));
    assert_ne!(scene(7), scene(8));
    assert_eq!(table(7), table(7));
    assert_ne!(table(7), table(8));
}

#[test]
fn a_second_making_keeps_what_is_there_and_replaces_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("new/stimuli");
    let make = |out: &Path, seed| make(out, seed, What::Scenes, |_, _| {});
    assert_eq!(make(&out, SHIPPED_SEED).unwrap(), Outcome { written: 105, kept: 0 });
    let spoilt = out.join("scenes/A_neg_03.png");
    fs::remove_file(out.join(TABLE)).unwrap();
    assert_eq!(make(&out, SHIPPED_SEED).unwrap(), Outcome { written: 1, kept: 104 });
    fs::write(&spoilt, b"mine").unwrap();
    fs::remove_file(out.join(TABLE)).unwrap();
    let said = make(&out, SHIPPED_SEED).unwrap_err().to_string();
    assert!(said.contains("A_neg_03.png") && said.contains("--out"), "{said}");
    assert_eq!(fs::read(&spoilt).unwrap(), b"mine");
    assert!(!out.join(TABLE).exists(), "something was written after all");
}

#[test]
fn one_kind_can_be_named() {
    assert_eq!(("scenes".parse(), "faces".parse()), (Ok(What::Scenes), Ok(What::Faces)));
    assert_eq!("shapes".parse(), Ok(What::Shapes));
    assert_eq!("sounds".parse(), Ok(What::Sounds));
    assert!("houses".parse::<What>().unwrap_err().contains("scenes, faces, shapes or sounds"));
}

fn shipped(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("stimuli").join(name);
    fs::read(&path).unwrap_or_else(|e| panic!("{path:?}: {e}: run `reframe stimuli make`"))
}

/// Pixels that differ, as a share.
fn difference(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    let differ = one.chunks(4).zip(other.chunks(4)).filter(|(a, b)| a != b).count();
    differ as f64 / (one.len() / 4) as f64
}

/// Pixels and not bytes, with a little room, since sines differ in their last bit between systems; those of sounds are our own.
#[test]
fn what_is_shipped_is_what_the_code_draws() {
    let (mut pictures, mut seen) = (0, Vec::new());
    for made in files(SHIPPED_SEED, What::All, |n, of| seen.push((n, of))) {
        let there = shipped(&made.name);
        if !made.name.ends_with(".png") {
            assert!(there == made.bytes, "{} is not what the code makes", made.name);
            continue;
        }
        pictures += 1;
        let [there, drawn] = [there, made.bytes].map(|b| decode_bytes(&b).unwrap().pixels.rgba);
        let share = difference(&there, &drawn);
        assert!(
            share < 0.001,
            "{} differs in {share} of its pixels from what the code draws: \
             move stimuli/scenes*, stimuli/faces* and stimuli/shapes* away and run `reframe stimuli make`",
            made.name
        );
    }
    assert_eq!(pictures, 104 + 176 + 3);
    assert_eq!(seen, (1..=pictures).map(|n| (n, pictures)).collect::<Vec<_>>());
}

#[test]
fn no_two_shipped_scenes_look_alike_and_all_together_stay_small() {
    let files: Vec<Vec<u8>> = scenes().map(|s| shipped(&s.file())).collect();
    let total: usize = files.iter().map(Vec::len).sum();
    assert!(total < 1_500_000, "{total} bytes");
    let pictures: Vec<Vec<u8>> =
        files.iter().map(|bytes| decode_bytes(bytes).unwrap().pixels.rgba).collect();
    for (i, one) in pictures.iter().enumerate() {
        for (j, other) in pictures.iter().enumerate().skip(i + 1) {
            let share = difference(one, other);
            assert!(share > 0.2, "scenes {i} and {j} differ in {share:.2} only");
        }
    }
}
