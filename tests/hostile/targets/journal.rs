//! A journal as bytes: read, replayed beside a valid plan, and made into the files of a dataset.

use super::{source, volumes, who};
use reframe::bids::{ExportError, export_run};
use reframe::ground::hash::sha256_hex;
use reframe::ground::record::{Entry, JOURNAL_VERSION, Place, Record, Start};
use reframe::ground::time::Nanos;
use reframe::logger::journal::{JOURNAL_FILE, Journal, encode_line, read_from};
use reframe::plan::compile::compile;
use reframe::plan::schema::RunPlan;
use reframe::rig::schema::Rig;
use reframe::session::replay::replay;
use std::fs;
use std::sync::{Arc, LazyLock};

/// A task with a page, a practice, a start by the scanner, keys and a rating.
const TASK: &str = include_str!("../journal.toml");
const NAME: &str = "sub-01_task-hostile_run-1";

static PLAN: LazyLock<Arc<RunPlan>> = LazyLock::new(|| {
    let source = source(TASK.as_bytes(), "journal.toml").expect("text");
    let parsed = reframe::protocol::parse::parse(&source);
    let protocol = parsed.unwrap_or_else(|p| panic!("{}", source.render(&p, false))).protocol;
    Arc::new(
        compile(&protocol, None, &who(protocol.languages()[0]), volumes(), 60.0).expect("a plan"),
    )
});

/// Takes journals with or without checksums: they are made anew, so that what is behind them is reached.
pub fn journal(data: &[u8]) {
    let _ = read_from(data);
    let mut entries = entries(&read_signed(data));
    let _ = replay(PLAN.clone(), &entries);
    entries.insert(0, start());
    for (entry, seq) in entries.iter_mut().zip(1..) {
        entry.seq = seq;
    }
    export(&entries);
}

/// Each line with its right checksum.
fn read_signed(data: &[u8]) -> Journal {
    let mut signed = Vec::new();
    for line in data.split(|b| *b == b'\n') {
        let tail = line.windows(8).rposition(|w| w == b",\"crc\":\"");
        let body = tail.map_or(line, |at| &line[..at]);
        let body = body.strip_suffix(b"}").filter(|_| tail.is_none()).unwrap_or(body);
        let crc = crc32fast::hash(&[body, b"}"].concat());
        signed.extend_from_slice(body);
        signed.extend_from_slice(format!(",\"crc\":\"{crc:08x}\"}}\n").as_bytes());
    }
    read_from(&signed[..]).unwrap_or_default()
}

/// What it tells, but for who it is of.
fn entries(journal: &Journal) -> Vec<Entry> {
    let tells = |e: &&Entry| !matches!(e.record, Record::Start(_));
    journal.entries.iter().filter(tells).cloned().collect()
}

fn start() -> Entry {
    let start = Start {
        version: JOURNAL_VERSION,
        program: "reframe".into(),
        program_version: "0".into(),
        task: PLAN.task.name.clone(),
        sub: "01".into(),
        ses: None,
        run: 1,
        continues_run: None,
        dry_run: false,
        place: Place::Scanner,
        participant: "simulated".into(),
        clock: "virtual".into(),
        wall: "2000-01-01T00:00:00+00:00".into(),
        operating_system: "any".into(),
        plan_sha256: PLAN.sha256(),
        protocol_sha256: sha256_hex(TASK.as_bytes()),
        rig_sha256: sha256_hex(b""),
    };
    Entry { seq: 1, t_ns: Nanos(0), record: Record::Start(Box::new(start)) }
}

/// The run in a dataset of its own, as `reframe export` makes it.
fn export(entries: &[Entry]) {
    let room = tempfile::tempdir().expect("a folder");
    let folder =
        room.path().join("sourcedata/reframe/sub-01").join(format!("{NAME}_20000101T000000"));
    fs::create_dir_all(&folder).expect("a folder");
    let lines: String = entries.iter().map(encode_line).collect();
    fs::write(folder.join(JOURNAL_FILE), lines).expect("a journal");
    fs::write(folder.join("plan.json"), PLAN.to_json()).expect("a plan");
    match export_run(&folder, room.path(), &Rig::default(), None) {
        Ok(exported) => {
            for file in &exported.files {
                let bytes = fs::read(room.path().join(file)).expect("a file that was named");
                if file.extension().is_some_and(|e| e == "tsv") {
                    table(&String::from_utf8(bytes).expect("text"));
                }
            }
        }
        Err(ExportError::Contradiction { .. }) => {}
        Err(e) => panic!("{e}"),
    }
}

/// An events file is one whatever the journal says: as many cells in each row, numbers where they belong.
fn table(text: &str) {
    let mut rows = text.lines().map(|l| l.split('\t').collect::<Vec<_>>());
    let header = rows.next().expect("a header");
    assert_eq!(header[..2], ["onset", "duration"]);
    let mut last = f64::NEG_INFINITY;
    for row in rows {
        assert_eq!(row.len(), header.len(), "{row:?}");
        let onset: f64 = row[0].parse().unwrap_or_else(|_| panic!("onset {:?}", row[0]));
        assert!(onset >= last, "rows are not in order: {onset} after {last}");
        last = onset;
        assert!(row[1] == "n/a" || row[1].parse::<f64>().is_ok_and(|d| d >= 0.0), "{:?}", row[1]);
    }
}
