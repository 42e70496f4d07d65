//! Run folders are found, refused and hidden as they should be.

use super::*;
use crate::logger::allocation::{Allocations, table_path};

fn name(sub: &str, ses: Option<&str>, run: u32) -> RunName {
    RunName {
        sub: sub.parse().unwrap(),
        ses: ses.map(|s| s.parse().unwrap()),
        task: "blocks".parse().unwrap(),
        dry_run: false,
        run,
    }
}

fn wall(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

/// What is given, with the place in the study that is free.
fn given(data: &Path, name: &RunName) -> Given<'static> {
    let mut table = Allocations::read(data, name.dry_run).unwrap();
    let claim = table.plan(&name.sub, name.ses.as_ref(), None).unwrap();
    Given { plan_json: "{}", protocol_toml: "p = 1", rig_toml: "r = 1", claim }
}

fn make(data: &Path, name: &RunName) -> Result<PathBuf, CreateError> {
    create(data, name, given(data, name), wall("2026-11-22T10:15:00+01:00"))
}

#[test]
fn a_run_folder_is_named_by_its_run_and_holds_what_was_given() {
    let dir = tempfile::tempdir().unwrap();
    let folder = make(dir.path(), &name("01", Some("A"), 1)).unwrap();
    let expected = "sourcedata/reframe/sub-01/ses-A/sub-01_ses-A_task-blocks_run-1_20261122T101500";
    assert_eq!(folder, dir.path().join(expected));
    assert_eq!(std::fs::read_to_string(folder.join("rig.toml")).unwrap(), "r = 1");
}

#[test]
fn the_same_run_is_refused_whatever_its_time_and_the_next_free_number_is_offered() {
    let dir = tempfile::tempdir().unwrap();
    let first = make(dir.path(), &name("01", None, 1)).unwrap();
    make(dir.path(), &name("01", None, 4)).unwrap();
    let later = wall("2027-01-01T00:00:00+00:00");
    let again = name("01", None, 1);
    let error = create(dir.path(), &again, given(dir.path(), &again), later).unwrap_err();
    let CreateError::Exists { folder, next_free } = error else { panic!("{error}") };
    assert_eq!((folder, next_free), (first, 5));
    assert_eq!(find_runs(dir.path()).unwrap().len(), 2);
}

#[test]
fn dry_runs_use_up_no_run_number() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path(), &RunName { dry_run: true, ..name("01", None, 1) }).unwrap();
    assert_eq!(next_free_run(dir.path(), &name("01", None, 1)).unwrap(), 1);
}

#[test]
fn a_dry_run_dataset_is_named_once_in_the_bidsignore_around_it() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path(), &name("01", None, 1)).unwrap();
    std::fs::write(dir.path().join(".bidsignore"), "extra/").unwrap();
    for run in 1..=2 {
        let dry = RunName { dry_run: true, ..name("01", None, run) };
        let folder = make(&dir.path().join("dryrun"), &dry).unwrap();
        assert!(folder.to_str().unwrap().contains("_acq-dryrun_run-"));
    }
    let text = std::fs::read_to_string(dir.path().join(".bidsignore")).unwrap();
    assert_eq!(text, "extra/\n/dryrun\n");
}

#[test]
fn runs_are_found_in_the_order_in_which_they_were_begun() {
    let dir = tempfile::tempdir().unwrap();
    let at = |n: &RunName, t: &str| create(dir.path(), n, given(dir.path(), n), wall(t)).unwrap();
    let third = at(&name("01", Some("B"), 1), "2026-11-24T10:00:00+01:00");
    let first = at(&name("02", None, 1), "2026-11-22T10:00:00+01:00");
    let second = at(&name("01", Some("A"), 1), "2026-11-23T10:00:00+01:00");
    std::fs::create_dir(dir.path().join("sourcedata/reframe/sub-01/notes")).unwrap();
    let folders: Vec<_> = find_runs(dir.path()).unwrap().into_iter().map(|f| f.folder).collect();
    assert_eq!(folders, [first, second, third]);
}

#[test]
fn labels_hold_letters_and_digits_only() {
    for bad in ["", "a b", "../x", "ü", "1_2", "a-b"] {
        assert!(bad.parse::<Label>().is_err(), "{bad:?}");
    }
    assert_eq!("0A9z".parse::<Label>().unwrap().as_str(), "0A9z");
}

#[test]
fn only_names_of_run_folders_are_taken_for_runs() {
    let folder = "sub-01_ses-A_task-x_acq-dryrun_run-12_20261122T101500";
    let (found, stamp) = RunName::from_folder(folder).unwrap();
    assert_eq!(format!("{found}_{stamp}"), folder);
    for bad in [
        "sub-01_task-x_run-01_20261122T101500",
        "sub-01_task-x_run-1_20261122",
        "sub-01_task-x_acq-other_run-1_20261122T101500",
        "sub-01_task-x_run-1_x-2_20261122T101500",
        "sub-_task-x_run-1_20261122T101500",
        "",
        "_",
    ] {
        assert_eq!(RunName::from_folder(bad), None, "{bad}");
    }
}

#[test]
fn many_beginners_of_one_run_leave_one_folder() {
    let dir = tempfile::tempdir().unwrap();
    let made: usize = std::thread::scope(|s| {
        let begin = |i: u32| {
            let wall = wall(&format!("2026-11-22T10:15:0{i}+01:00"));
            let data = dir.path();
            let one = name("01", None, 1);
            s.spawn(move || create(data, &one, given(data, &one), wall).is_ok())
        };
        let all: Vec<_> = (0..8).map(begin).collect();
        all.into_iter().map(|t| usize::from(t.join().unwrap())).sum()
    });
    assert_eq!((made, find_runs(dir.path()).unwrap().len()), (1, 1));
}

#[cfg(unix)]
#[test]
fn nobody_but_user_and_group_can_read_a_run() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let folder = make(dir.path(), &name("01", None, 1)).unwrap();
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o007;
    assert_eq!((mode(&folder), mode(&folder.join("plan.json"))), (0, 0));
}

#[test]
fn a_run_whose_place_was_taken_leaves_neither_folder_nor_row() {
    let dir = tempfile::tempdir().unwrap();
    let late = name("02", None, 1);
    let planned = given(dir.path(), &late);
    make(dir.path(), &name("01", None, 1)).unwrap();
    let now = wall("2026-11-22T10:15:00+01:00");
    let error = create(dir.path(), &late, planned, now).unwrap_err();
    assert!(matches!(error, CreateError::Allocation(AllocateError::Taken { .. })), "{error}");
    assert_eq!(find_runs(dir.path()).unwrap().len(), 1);
    let table = std::fs::read_to_string(table_path(dir.path(), false)).unwrap();
    assert_eq!(table, "sub\tses\tallocation\tvisit\n01\tn/a\t0\t0\n");
    make(dir.path(), &late).unwrap();
}

#[test]
fn a_folder_is_tried_without_a_trace() {
    let dir = tempfile::tempdir().unwrap();
    check_writable(&dir.path().join("new/data")).unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    std::fs::write(dir.path().join("file"), "").unwrap();
    assert!(check_writable(&dir.path().join("file/data")).is_err());
}

#[test]
fn a_folder_inside_of_a_persons_is_known_for_it() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path(), &name("01", None, 1)).unwrap();
    let part = dir.path().join("sub-01");
    assert_eq!(inside_of_dataset(&part.join("func/new")).unwrap(), Some(part));
    assert_eq!(inside_of_dataset(&dir.path().join("dryrun")).unwrap(), None);
    assert_eq!(inside_of_dataset(&dir.path().join("dryrun/sub-01")).unwrap(), None);
}
