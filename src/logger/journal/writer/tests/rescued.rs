//! The fall-back folder while a run goes on: opened at once, filled as records come, and removed where it was not needed
//! after all.

use super::*;
use crate::logger::journal::writer::lanes::FILES;
use crate::logger::rundir::GIVEN_FILES;
use std::sync::MutexGuard;

/// A run folder with its plan, a writer on a disk that can be disturbed, and short patience.
fn run(dir: &Path) -> (PathBuf, Fault, JournalWriter) {
    let run = dir.join("data/run-a");
    std::fs::create_dir_all(&run).unwrap();
    std::fs::write(run.join("plan.json"), "{}").unwrap();
    let fault = Fault::default();
    let rescue =
        RescueAfter { refused: Duration::from_millis(100), silent: Duration::from_millis(200) };
    let options =
        WriterOptions { rescue: Some(rescue), patience: Duration::from_secs(10), ..options(dir) };
    let writer = JournalWriter::create_on(FaultyDisk(fault.clone()), &run, options).unwrap();
    (run, fault, writer)
}

/// What the journal in a folder holds at present.
fn there(folder: &Path) -> Vec<Entry> {
    std::fs::read(folder.join(JOURNAL_FILE))
        .map_or(Vec::new(), |b| read_from(&b[..]).unwrap().entries)
}

fn notes(up_to: u64) -> Vec<Entry> {
    (1..=up_to).map(note).collect()
}

/// Waits until a fall-back folder holds so many records, and says which.
fn rescued(writer: &JournalWriter, up_to: u64) -> PathBuf {
    wait_for("a folder is rescued to", || writer.health().rescue.is_some());
    let folder = writer.health().rescue.unwrap();
    wait_for("it holds every record", || there(&folder) == notes(up_to));
    folder
}

#[test]
fn a_full_disk_opens_the_fall_back_folder_long_before_the_end_and_tells_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let (run, fault, mut writer) = run(dir.path());
    notes(3).iter().for_each(|e| writer.append(e));
    wait_for("three are written", || writer.health().written == 3);
    assert_eq!(writer.health().rescue, None);
    fault.full.store(true, Ordering::SeqCst);
    writer.append(&note(4));
    let folder = rescued(&writer, 4);
    assert_eq!(folder, dir.path().join("rescue/run-a"));
    let problem = writer.health().problem.unwrap();
    assert!(
        problem.contains("no space left") && problem.contains(folder.to_str().unwrap()),
        "{problem}"
    );
    for seq in 5..=20 {
        writer.append(&note(seq));
        rescued(&writer, seq);
    }
    assert_eq!(std::fs::read_to_string(folder.join("plan.json")).unwrap(), "{}");
    let finished = writer.finish();
    assert_eq!((finished.fallback, finished.lost), (Some(folder.clone()), None));
    assert_eq!((there(&folder), there(&run)), (notes(20), notes(3)));
}

#[test]
fn a_run_folder_that_catches_up_leaves_no_second_copy_behind() {
    let dir = tempfile::tempdir().unwrap();
    let (run, fault, mut writer) = run(dir.path());
    fault.full.store(true, Ordering::SeqCst);
    notes(2000).iter().for_each(|e| writer.append(e));
    let folder = rescued(&writer, 2000);
    fault.full.store(false, Ordering::SeqCst);
    wait_for("the run folder has caught up", || writer.health().written == 2000);
    assert_eq!(writer.health().problem, None);
    // Until it is over, both get everything.
    writer.append(&note(2001));
    rescued(&writer, 2001);
    let finished = writer.finish();
    assert_eq!((finished.fallback, finished.lost), (None, None));
    assert!(finished.problem.unwrap().contains(folder.to_str().unwrap()));
    assert_eq!(there(&run), notes(2001));
    assert!(!folder.exists() && folder.parent().unwrap().exists());
}

#[test]
fn what_others_put_into_the_fall_back_folder_is_not_removed() {
    let dir = tempfile::tempdir().unwrap();
    let (_, fault, mut writer) = run(dir.path());
    fault.full.store(true, Ordering::SeqCst);
    writer.append(&note(1));
    let folder = rescued(&writer, 1);
    std::fs::write(folder.join("letter.txt"), "mine").unwrap();
    fault.full.store(false, Ordering::SeqCst);
    assert_eq!(writer.finish().fallback, None);
    assert_eq!(std::fs::read_to_string(folder.join("letter.txt")).unwrap(), "mine");
}

#[test]
fn a_disk_that_hangs_is_told_and_everything_is_kept_elsewhere_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let (run, fault, mut writer) = run(dir.path());
    writer.append(&note(1));
    wait_for("one is written", || writer.health().written == 1);
    let gate = Arc::clone(&fault.gate);
    let hang: MutexGuard<'_, ()> = gate.lock().unwrap();
    writer.append(&note(2));
    rescued(&writer, 2);
    assert!(writer.health().problem.unwrap().contains("does not answer"));
    // Far more than the queue holds.
    notes(9000)[2..].iter().for_each(|e| writer.append(e));
    let folder = rescued(&writer, 9000);
    assert_eq!((writer.health().written, writer.health().held_back), (1, 0));
    drop(hang);
    let finished = writer.finish();
    assert_eq!((finished.fallback, finished.lost), (None, None));
    let journal = read_journal(&run.join(JOURNAL_FILE)).unwrap();
    assert!(journal.entries == notes(9000) && journal.damages.is_empty());
    assert!(!folder.exists());
}

#[cfg(unix)]
#[test]
fn a_run_folder_that_vanishes_counts_as_a_failed_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (run, _, mut writer) = run(dir.path());
    notes(2).iter().for_each(|e| writer.append(e));
    wait_for("two are written", || writer.health().written == 2);
    std::fs::remove_dir_all(run.parent().unwrap()).unwrap();
    writer.append(&note(3));
    let folder = rescued(&writer, 3);
    assert!(writer.health().problem.unwrap().contains("was removed"));
    writer.append(&note(4));
    let finished = writer.finish();
    assert_eq!(finished.fallback, Some(folder.clone()));
    assert_eq!(there(&folder), notes(4));
    assert_eq!(std::fs::read_to_string(folder.join(GIVEN_FILES[0])).unwrap(), "{}");
}

#[cfg(unix)]
#[test]
fn a_journal_that_is_replaced_just_before_the_end_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let (run, _, mut writer) = run(dir.path());
    writer.append(&note(1));
    wait_for("one is written", || writer.health().written == 1);
    std::fs::rename(run.join(JOURNAL_FILE), run.join("old")).unwrap();
    std::fs::write(run.join(JOURNAL_FILE), "another's").unwrap();
    let folder = writer.finish().fallback.unwrap();
    assert_eq!(there(&folder), notes(1));
    assert_eq!(std::fs::read_to_string(run.join(JOURNAL_FILE)).unwrap(), "another's");
}

#[test]
fn where_no_fall_back_folder_can_be_made_it_is_said_and_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    // A file stands where the folder should be.
    std::fs::write(dir.path().join("rescue"), "").unwrap();
    let (_, fault, mut writer) = run(dir.path());
    fault.full.store(true, Ordering::SeqCst);
    writer.append(&note(1));
    wait_for("it is said", || {
        writer.health().problem.is_some_and(|p| p.contains("in memory alone"))
    });
    std::fs::remove_file(dir.path().join("rescue")).unwrap();
    rescued(&writer, 1);
    let folder = writer.finish().fallback.unwrap();
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    // With the plan and where it belongs.
    assert_eq!(names.len(), FILES.len() + 2, "{names:?}");
}
