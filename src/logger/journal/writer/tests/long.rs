//! Runs that are long: what they take of the memory, and that nothing of them is another in the fall-back folder.

use super::*;
use crate::ground::record::{Entry, Onset, Pointer, Record, Response, Travel, Trigger};
use crate::logger::journal::writer::lanes::FILES;

/// What so many minutes bring in which a picture is shown each second, a mouse is moved all the time, two keys go down and
/// up, and a volume comes every two seconds: with nothing that is the same from line to line but the words.
fn minutes(count: u64) -> Vec<Entry> {
    let Record::Onset(onset) = samples::entries()
        .into_iter()
        .find(|e| matches!(e.record, Record::Onset(_)))
        .unwrap()
        .record
    else {
        unreachable!()
    };
    let mut entries = Vec::new();
    let mut chance = 12_345u64;
    let mut drawn = || {
        chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 40) as i64
    };
    for second in 0..count * 60 {
        let mut add = |record, jitter: i64| {
            let t_ns = Nanos(1_000_000_000 * (second as i64 + 5_000) + jitter);
            entries.push(Entry { seq: entries.len() as u64 + 1, t_ns, record });
        };
        let phase = second as u32;
        add(Record::Shown { phase, ticket: second, frame: second * 60 }, drawn());
        let onset_ns = Nanos(drawn());
        add(Record::Onset(Onset { phase, ticket: second, onset_ns, ..onset.clone() }), onset_ns.0);
        for down in [true, false, true, false] {
            let code = "ArrowLeft".to_string();
            let meaning = Some("left".to_string());
            let (device, source) = ("keyboard".to_string(), "xinput2".to_string());
            let record = Response { code, meaning, down, repeat: false, device, source };
            add(Record::Response(record), drawn());
        }
        for _ in 0..10 {
            let travel = Travel::By([drawn() as f64 / 1e9, drawn() as f64 / 1e9]);
            let (device, source) = ("mouse".to_string(), "xinput2".to_string());
            add(Record::Pointer(Pointer { travel, device, source }), drawn());
        }
        if second % 2 == 0 {
            let (source, volume) = ("key:Digit5".to_string(), Some(phase / 2 + 1));
            add(Record::Trigger(Trigger { source, volume, accepted: true, why: None }), drawn());
        }
    }
    entries
}

#[test]
fn ninety_minutes_take_less_than_four_megabytes_of_memory() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = JournalWriter::create(dir.path(), options(dir.path())).unwrap();
    let entries = minutes(90);
    for some in entries.chunks(2000) {
        some.iter().for_each(|e| writer.append(e));
        let monitor = writer.monitor();
        wait_for("all is written", || monitor.health().written == monitor.health().taken);
    }
    let kept = writer.shared.kept();
    let room: usize = (0..LANES).map(|i| kept.texts.text(i).room()).sum();
    let plain: usize = (0..LANES).map(|i| kept.texts.text(i).len()).sum();
    drop(kept);
    println!("{} lines: {plain} bytes on the disk, {room} in memory", entries.len());
    assert!(plain > 10_000_000, "{plain}");
    assert!(room < 4_000_000, "{room}");
}

#[test]
fn the_rescued_files_of_a_long_run_are_byte_for_byte_those_of_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let entries = minutes(3);
    let write = |name: &str, full_from: usize| {
        let run = dir.path().join(name);
        std::fs::create_dir(&run).unwrap();
        let fault = Fault::default();
        let options = WriterOptions { patience: Duration::from_secs(5), ..options(dir.path()) };
        let mut writer =
            JournalWriter::create_on(FaultyDisk(fault.clone()), &run, options).unwrap();
        for (i, entry) in entries.iter().enumerate() {
            if i == full_from {
                let monitor = writer.monitor();
                wait_for("the first are written", || monitor.health().written == i as u64);
                fault.full.store(true, Ordering::SeqCst);
            }
            writer.append(entry);
        }
        writer.finish().fallback.unwrap_or(run)
    };
    let well = write("well", usize::MAX);
    let rescued = write("full", entries.len() / 2);
    assert_eq!(rescued, dir.path().join("rescue/full"));
    for file in FILES {
        let (one, other) = (std::fs::read(well.join(file)), std::fs::read(rescued.join(file)));
        assert!(one.unwrap() == other.unwrap(), "{file} differs");
    }
    let journal = read_journal(&rescued.join(JOURNAL_FILE)).unwrap();
    assert!(journal.entries == entries && journal.damages.is_empty());
}
