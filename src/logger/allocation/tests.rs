//! Indices are given once, and only to runs that happen.

use super::*;
use crate::logger::rundir::lock;
use proptest::prelude::*;

/// Looks a place up and takes it, as a run that begins does.
fn try_take(
    data: &Path,
    sub: &str,
    ses: Option<&str>,
    explicit: Option<u32>,
) -> Result<(u32, u32), AllocateError> {
    let (sub, ses): (Label, Option<Label>) =
        (sub.parse().unwrap(), ses.map(|s| s.parse().unwrap()));
    let _lock = lock(data).unwrap();
    let claim = Allocations::read(data, false)?.plan(&sub, ses.as_ref(), explicit)?;
    keep(data, false, (&sub, ses.as_ref()), claim)?;
    Ok((claim.allocated.allocation, claim.allocated.visit))
}

fn take(data: &Path, sub: &str, ses: Option<&str>, explicit: Option<u32>) -> (u32, u32) {
    try_take(data, sub, ses, explicit).unwrap()
}

#[test]
fn people_get_the_lowest_free_index_and_sessions_the_next_visit() {
    let dir = tempfile::tempdir().unwrap();
    let d = dir.path();
    assert_eq!(take(d, "01", Some("A"), None), (0, 0));
    assert_eq!(take(d, "02", Some("A"), Some(2)), (2, 0));
    assert_eq!(take(d, "03", Some("B"), None), (1, 0));
    assert_eq!(take(d, "01", Some("B"), None), (0, 1));
    assert_eq!(take(d, "04", None, None), (3, 0));
    assert_eq!(take(d, "01", Some("A"), Some(0)), (0, 0));
    let text = std::fs::read_to_string(table_path(d, false)).unwrap();
    let rows = "sub\tses\tallocation\tvisit\n01\tA\t0\t0\n02\tA\t2\t0\n03\tB\t1\t0\n01\tB\t0\t1\n04\tn/a\t3\t0\n";
    assert_eq!(text, rows);
}

#[test]
fn an_index_that_contradicts_the_table_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    take(dir.path(), "01", Some("A"), None);
    let error = try_take(dir.path(), "01", Some("B"), Some(5)).unwrap_err();
    assert!(matches!(error, AllocateError::Other { has: 0, wanted: 5, .. }), "{error}");
}

#[test]
fn a_damaged_line_is_named_and_the_table_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    take(dir.path(), "01", None, None);
    let path = table_path(dir.path(), false);
    let text = std::fs::read_to_string(&path).unwrap() + "02\tn/a\tx\t0\n";
    std::fs::write(&path, &text).unwrap();
    let error = try_take(dir.path(), "03", None, None).unwrap_err();
    assert!(matches!(error, AllocateError::Damaged { line: 3, .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn sessions_that_begin_at_once_get_different_indices() {
    let dir = tempfile::tempdir().unwrap();
    let mut got: Vec<u32> = std::thread::scope(|s| {
        let one = |i: u32| {
            let data = dir.path();
            s.spawn(move || take(data, &format!("s{i}"), None, None).0)
        };
        let all: Vec<_> = (0..16).map(one).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect()
    });
    got.sort_unstable();
    assert_eq!(got, (0..16).collect::<Vec<_>>());
}

#[test]
fn looking_up_writes_nothing_and_plans_one_person_after_another() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Allocations::read(dir.path(), false).unwrap();
    for expected in 0..3 {
        let sub = format!("{expected}").parse().unwrap();
        assert_eq!(table.plan(&sub, None, None).unwrap().allocated.allocation, expected);
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_place_that_went_to_another_run_meanwhile_is_refused_and_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let late: Label = "02".parse().unwrap();
    let claim = Allocations::read(dir.path(), false).unwrap().plan(&late, None, None).unwrap();
    take(dir.path(), "01", None, None);
    let before = std::fs::read_to_string(table_path(dir.path(), false)).unwrap();
    let error = keep(dir.path(), false, (&late, None), claim).unwrap_err();
    assert!(error.to_string().ends_with("now gets allocation 1, visit 1; start again"), "{error}");
    assert_eq!(std::fs::read_to_string(table_path(dir.path(), false)).unwrap(), before);
}

#[test]
fn dry_runs_take_no_index_from_people() {
    let dir = tempfile::tempdir().unwrap();
    let sub: Label = "test".parse().unwrap();
    let claim = Allocations::read(dir.path(), true).unwrap().plan(&sub, None, None).unwrap();
    drop(lock(dir.path()).unwrap());
    keep(dir.path(), true, (&sub, None), claim).unwrap();
    assert_eq!(take(dir.path(), "01", None, None), (0, 0));
}

proptest! {
    #[test]
    fn no_table_makes_the_reader_panic(text in "[subvita\\t\\n0-9locn/]{0,80}") {
        let _ = parse(&format!("{HEADER}{text}"));
        let _ = parse(&text);
    }
}
