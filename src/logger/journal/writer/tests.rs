//! Faults of the disk, and what becomes of the records.

mod long;
mod rescued;

use super::lanes::LANES;
use super::*;
use crate::ground::record::{Level, Record};
use crate::logger::disk::DiskFile;
use crate::logger::journal::{JOURNAL_FILE, read_from, read_journal, samples};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Instant;

/// What the tests do to the disk.
#[derive(Clone, Default)]
struct Fault {
    full: Arc<AtomicBool>,
    sync_fails: Arc<AtomicBool>,
    syncs: Arc<AtomicUsize>,
    /// The disk does nothing until this is free.
    gate: Arc<Mutex<()>>,
}

struct FaultyDisk(Fault);
struct FaultyFile(Fault, Box<dyn DiskFile>);

impl Disk for FaultyDisk {
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(FaultyFile(self.0.clone(), RealDisk.create(path)?)))
    }
}

impl DiskFile for FaultyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _wait = self.0.gate.lock().unwrap();
        if self.0.full.load(Ordering::SeqCst) {
            self.1.append(&bytes[..bytes.len().min(5)])?;
            return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left"));
        }
        self.1.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.0.syncs.fetch_add(1, Ordering::SeqCst);
        if self.0.sync_fails.load(Ordering::SeqCst) {
            return Err(io::Error::other("input/output error"));
        }
        self.1.sync()
    }
    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.1.cut(len)
    }
    fn is_at(&self, path: &Path) -> io::Result<bool> {
        self.1.is_at(path)
    }
}

fn note(seq: u64) -> Entry {
    let record = Record::Note { level: Level::Info, text: format!("entry {seq}") };
    Entry { seq, t_ns: Nanos(seq as i64), record }
}

fn options(dir: &Path) -> WriterOptions {
    WriterOptions {
        patience: Duration::from_millis(300),
        ..WriterOptions::real(dir.join("rescue"))
    }
}

/// Waits until something is so; fails after five seconds.
fn wait_for(what: &str, so: impl Fn() -> bool) {
    for _ in 0..1000 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came that {what}");
}

#[test]
fn a_journal_holds_every_entry_and_the_tables_their_rows() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = JournalWriter::create(dir.path(), options(dir.path())).unwrap();
    for entry in samples::entries() {
        writer.append(&entry);
    }
    let finished = writer.finish();
    assert_eq!((finished.problem, finished.fallback, finished.lost), (None, None, None));
    let journal = read_journal(&dir.path().join(JOURNAL_FILE)).unwrap();
    assert_eq!((journal.entries, journal.damages), (samples::entries(), vec![]));
    let frames = std::fs::read_to_string(dir.path().join("frames.tsv")).unwrap();
    assert_eq!(
        frames.lines().nth(1).unwrap(),
        "9\t0\t1\t1000000000\t1000000007\t7\tx11-present\t11\t0\t0\t0\t1"
    );
    let triggers = std::fs::read_to_string(dir.path().join("triggers.tsv")).unwrap();
    assert_eq!(triggers.lines().nth(1).unwrap(), "6\t1000000007\tkey:Digit5\t1\t1\tn/a");
}

#[test]
fn a_journal_that_exists_is_never_opened() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(JOURNAL_FILE), "mine").unwrap();
    let error = JournalWriter::create(dir.path(), options(dir.path())).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read_to_string(dir.path().join(JOURNAL_FILE)).unwrap(), "mine");
}

#[test]
fn an_entry_is_in_the_file_and_synced_long_before_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let fault = Fault::default();
    let mut writer =
        JournalWriter::create_on(FaultyDisk(fault.clone()), dir.path(), options(dir.path()))
            .unwrap();
    writer.append(&note(1));
    wait_for("it is synced", || fault.syncs.load(Ordering::SeqCst) > 0);
    let text = std::fs::read(dir.path().join(JOURNAL_FILE)).unwrap();
    assert_eq!(read_from(&text[..]).unwrap().entries, [note(1)]);
    assert_eq!(writer.health().written, 1);
}

#[test]
fn on_the_virtual_clock_nothing_is_synced_before_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let fault = Fault::default();
    let options = WriterOptions { sync: SyncRule::AtEnd, queue: 2, ..options(dir.path()) };
    let mut writer =
        JournalWriter::create_on(FaultyDisk(fault.clone()), dir.path(), options).unwrap();
    {
        let _slow = fault.gate.lock().unwrap();
        // The writing thread may take some before it meets the slow disk.
        while writer.health().held_back == 0 {
            for entry in samples::entries() {
                writer.append(&entry);
            }
        }
        assert_eq!(writer.health().problem, None);
    }
    let monitor = writer.monitor();
    wait_for("all is written", || monitor.health().written == monitor.health().taken);
    assert_eq!(fault.syncs.load(Ordering::SeqCst), 0);
    writer.finish();
    assert_eq!(fault.syncs.load(Ordering::SeqCst), LANES);
}

#[test]
fn a_full_disk_that_gets_room_again_leaves_a_whole_journal() {
    let dir = tempfile::tempdir().unwrap();
    let fault = Fault::default();
    let mut writer =
        JournalWriter::create_on(FaultyDisk(fault.clone()), dir.path(), options(dir.path()))
            .unwrap();
    writer.append(&note(1));
    wait_for("one is written", || writer.health().written == 1);
    fault.full.store(true, Ordering::SeqCst);
    writer.append(&note(2));
    wait_for("the problem is told", || writer.health().problem.is_some());
    assert!(writer.health().problem.unwrap().contains("no space left"));
    fault.full.store(false, Ordering::SeqCst);
    writer.append(&note(3));
    let finished = writer.finish();
    assert_eq!((finished.problem, finished.fallback), (None, None));
    let journal = read_journal(&dir.path().join(JOURNAL_FILE)).unwrap();
    assert_eq!((journal.entries, journal.damages), (vec![note(1), note(2), note(3)], vec![]));
}

#[test]
fn a_disk_that_stays_full_sends_the_whole_journal_to_the_fall_back_folder() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run-a");
    std::fs::create_dir(&run).unwrap();
    std::fs::write(run.join("plan.json"), "{}").unwrap();
    let fault = Fault::default();
    let mut writer =
        JournalWriter::create_on(FaultyDisk(fault.clone()), &run, options(dir.path())).unwrap();
    writer.append(&note(1));
    wait_for("one is written", || writer.health().written == 1);
    fault.full.store(true, Ordering::SeqCst);
    writer.append(&note(2));
    let finished = writer.finish();
    let fallback = finished.fallback.unwrap();
    assert_eq!(fallback, dir.path().join("rescue/run-a"));
    let journal = read_journal(&fallback.join(JOURNAL_FILE)).unwrap();
    assert_eq!((journal.entries, journal.damages), (vec![note(1), note(2)], vec![]));
    assert_eq!(std::fs::read_to_string(fallback.join("plan.json")).unwrap(), "{}");
    // What is left in the run folder is readable up to the torn line.
    let left = read_journal(&run.join(JOURNAL_FILE)).unwrap();
    assert_eq!(left.entries, [note(1)]);
}

#[test]
fn a_failed_sync_is_not_forgiven_by_a_later_write() {
    let dir = tempfile::tempdir().unwrap();
    let fault = Fault::default();
    let mut writer =
        JournalWriter::create_on(FaultyDisk(fault.clone()), dir.path(), options(dir.path()))
            .unwrap();
    fault.sync_fails.store(true, Ordering::SeqCst);
    writer.append(&note(1));
    wait_for("the problem is told", || writer.health().problem.is_some());
    fault.sync_fails.store(false, Ordering::SeqCst);
    writer.append(&note(2));
    wait_for("the next is written", || writer.health().written == 2);
    assert!(writer.finish().fallback.is_some());
}

#[test]
fn a_disk_that_hangs_never_blocks_the_caller_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let fault = Fault::default();
    let options = WriterOptions { queue: 8, ..options(dir.path()) };
    let mut writer =
        JournalWriter::create_on(FaultyDisk(fault.clone()), dir.path(), options).unwrap();
    let hang = fault.gate.lock().unwrap();
    // A caller that is blocked would wait for ever, for the disk hangs until the end of this test. How much the
    // writing thread takes before it hangs is its own affair: more comes until it is said to be too slow.
    let mut given = 0;
    let until = Instant::now() + Duration::from_secs(20);
    while writer.health().problem.is_none() {
        assert!(Instant::now() < until, "a disk that hangs was never noticed");
        for _ in 0..100 {
            given += 1;
            writer.append(&note(given));
        }
    }
    let finished = writer.finish();
    assert_eq!(finished.taken, given);
    let journal = read_journal(&finished.fallback.unwrap().join(JOURNAL_FILE)).unwrap();
    assert_eq!(journal.damages, []);
    assert_eq!(journal.entries, (1..=given).map(note).collect::<Vec<_>>());
    drop(hang);
}

#[test]
fn a_slow_disk_catches_up_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let fault = Fault::default();
    let options =
        WriterOptions { queue: 4, patience: Duration::from_secs(5), ..options(dir.path()) };
    let mut writer =
        JournalWriter::create_on(FaultyDisk(fault.clone()), dir.path(), options).unwrap();
    let hang = fault.gate.lock().unwrap();
    (1..=100).for_each(|seq| writer.append(&note(seq)));
    drop(hang);
    (101..=200).for_each(|seq| writer.append(&note(seq)));
    let finished = writer.finish();
    assert_eq!((finished.problem, finished.fallback), (None, None));
    let journal = read_journal(&dir.path().join(JOURNAL_FILE)).unwrap();
    assert_eq!((journal.entries.len(), journal.damages), (200, vec![]));
}

#[test]
fn a_dropped_writer_still_writes_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = JournalWriter::create(dir.path(), options(dir.path())).unwrap();
    (1..=50).for_each(|seq| writer.append(&note(seq)));
    drop(writer);
    assert_eq!(read_journal(&dir.path().join(JOURNAL_FILE)).unwrap().entries.len(), 50);
}

#[test]
fn a_second_rescue_of_a_name_goes_deeper_and_one_that_fails_to_the_spare_folder() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), "").unwrap();
    let shared = Shared::beginning(dir.path());
    let rescue = |to: &str| {
        Place::new(&dir.path().join(to)).fill(&dir.path().join("run-a"), &shared).unwrap()
    };
    assert_eq!(rescue("kept"), dir.path().join("kept/run-a"));
    assert_eq!(rescue("kept"), dir.path().join("kept/2/run-a"));
    let fault = Fault::default();
    let options = WriterOptions {
        fallback: dir.path().join("file/within"),
        spare: Some(dir.path().join("spare")),
        ..options(dir.path())
    };
    let run = dir.path().join("run-b");
    std::fs::create_dir(&run).unwrap();
    let mut writer = JournalWriter::create_on(FaultyDisk(fault.clone()), &run, options).unwrap();
    fault.full.store(true, Ordering::SeqCst);
    writer.append(&samples::entries()[0]);
    assert_eq!(writer.finish().fallback, Some(dir.path().join("spare/run-b")));
}
