//! Writes the journal from a thread of its own, with the two tables that are read off it as it passes. The
//! caller is never kept waiting: what the disk does not take stays in memory and goes to a fall-back folder
//! at the end. It refuses to know what a run is; it is given entries.

mod lanes;

use super::JOURNAL_FILE;
use crate::ground::clock::monotonic_now;
use crate::ground::ports::JournalSink;
use crate::ground::record::{Entry, Record};
use crate::ground::time::Nanos;
use crate::logger::disk::{self, Disk, DiskFile, RealDisk};
use crossbeam_channel::{Receiver, Select, Sender, TryRecvError, TrySendError, bounded};
#[cfg(test)]
pub(super) use lanes::HEADERS as TABLE_HEADERS;
use lanes::{FILES, LANES, Texts};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

/// When the journal is made to survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncRule {
    /// Within this span of every record, and at once after an outcome and the end.
    Within(Nanos),
    /// Once, when the run is over: for runs on the virtual clock.
    AtEnd,
}

/// How a journal is written.
#[derive(Clone, Debug)]
pub struct WriterOptions {
    pub sync: SyncRule,
    /// Entries that wait for the writing thread before further ones are kept by the caller.
    pub queue: usize,
    /// Folder that gets the whole journal if the run folder could not take it.
    pub fallback: PathBuf,
    /// How long `finish` waits for a disk that does not answer.
    pub patience: Duration,
}

impl WriterOptions {
    /// For the real clock: synced within 200 ms.
    pub fn real(fallback: impl Into<PathBuf>) -> WriterOptions {
        WriterOptions {
            sync: SyncRule::Within(Nanos::from_millis(200)),
            queue: 4096,
            fallback: fallback.into(),
            patience: Duration::from_secs(10),
        }
    }

    /// For the virtual clock: synced once, at the end.
    pub fn at_end(fallback: impl Into<PathBuf>) -> WriterOptions {
        WriterOptions { sync: SyncRule::AtEnd, ..WriterOptions::real(fallback) }
    }
}

/// How the journal is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Entries given to the writer.
    pub taken: u64,
    /// Entries that are in the file.
    pub written: u64,
    /// Entries that did not even fit into the queue and are kept by the caller.
    pub held_back: usize,
    /// What is wrong with the disk at present, for the experimenter. No record is lost by it so far.
    pub problem: Option<String>,
}

/// How the writing ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Entries given to the writer.
    pub taken: u64,
    /// The last problem of the disk; data are at risk only where `fallback` or `lost` say so.
    pub problem: Option<String>,
    /// Where the whole journal was written because the run folder could not take it.
    pub fallback: Option<PathBuf>,
    /// Why not even the fall-back folder could take it.
    pub lost: Option<String>,
}

/// Takes entries and writes them from its own thread.
#[derive(Debug)]
pub struct JournalWriter {
    sender: Option<Sender<Entry>>,
    queue: Receiver<Entry>,
    held_back: VecDeque<Entry>,
    shared: Arc<Shared>,
    over: Receiver<()>,
    thread: Option<JoinHandle<()>>,
    folder: PathBuf,
    options: WriterOptions,
}

/// Asks a writer for its health from any thread.
#[derive(Clone, Debug)]
pub struct Monitor {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    taken: AtomicU64,
    held_back: AtomicUsize,
    /// Never locked while the disk is at work.
    kept: Mutex<Kept>,
}

/// The whole text of every file, kept until the run is over, so that a fall-back folder gets all of it. A
/// half-hour run has a few megabytes.
#[derive(Debug, Default)]
struct Kept {
    texts: Texts,
    written: u64,
    problem: Option<String>,
    /// Set where a sync failed (what was written may be gone) or the last write was not made good.
    unsafe_on_disk: bool,
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics while it is held; and if it did, the texts are still worth saving.
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Monitor {
    /// How the journal is doing.
    pub fn health(&self) -> Health {
        let held_back = self.shared.held_back.load(Ordering::Relaxed);
        let kept = self.shared.kept();
        let slow = (held_back > 0).then(|| {
            format!("the disk is too slow: {held_back} records of the journal wait in memory")
        });
        Health {
            taken: self.shared.taken.load(Ordering::Relaxed),
            written: kept.written,
            held_back,
            problem: kept.problem.clone().or(slow),
        }
    }
}

impl JournalWriter {
    /// Creates the journal and its tables in a run folder.
    ///
    /// # Errors
    /// Those of the system; a journal that exists is never touched.
    pub fn create(folder: &Path, options: WriterOptions) -> io::Result<JournalWriter> {
        JournalWriter::create_on(RealDisk, folder, options)
    }

    /// As [`JournalWriter::create`], on a disk of the caller's.
    ///
    /// # Errors
    /// As [`JournalWriter::create`].
    pub fn create_on(
        mut disk: impl Disk,
        folder: &Path,
        options: WriterOptions,
    ) -> io::Result<JournalWriter> {
        let mut open = |name: &str| {
            let path = folder.join(name);
            disk.create(&path)
                .map(Lane::new)
                .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))
        };
        let lanes = [open(FILES[0])?, open(FILES[1])?, open(FILES[2])?];
        disk::sync_dir(folder)?;
        let (sender, queue) = bounded(options.queue);
        let (done, over) = bounded(1);
        let shared = Arc::new(Shared::default());
        shared.kept().texts = Texts::with_headers();
        let (theirs, rule, entries) = (Arc::clone(&shared), options.sync, queue.clone());
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || {
            write_all(&entries, &theirs, lanes, rule);
            // The other side may have lost its patience and gone.
            let _ = done.send(());
        })?;
        Ok(JournalWriter {
            sender: Some(sender),
            queue,
            held_back: VecDeque::new(),
            shared,
            over,
            thread: Some(thread),
            folder: folder.to_path_buf(),
            options,
        })
    }

    /// How the journal is doing.
    pub fn health(&self) -> Health {
        self.monitor().health()
    }

    /// A handle that tells the same from any thread.
    pub fn monitor(&self) -> Monitor {
        Monitor { shared: Arc::clone(&self.shared) }
    }

    /// Writes what is left, syncs, and tells how it went. Waits for the disk, but not for ever.
    pub fn finish(mut self) -> Finished {
        self.close()
    }

    fn close(&mut self) -> Finished {
        let dead = || matches!(self.over.try_recv(), Err(TryRecvError::Disconnected));
        if let Some(sender) = self.sender.take() {
            while !dead()
                && let Some(entry) = self.held_back.pop_front()
            {
                if let Err(e) = sender.send_timeout(entry, self.options.patience) {
                    self.held_back.push_front(e.into_inner());
                    break;
                }
            }
        }
        let ended = self.over.recv_timeout(self.options.patience).is_ok();
        // A thread that did not end hangs in the disk and is left to it.
        let whole = ended && self.thread.take().is_none_or(|t| t.join().is_ok());
        let mut kept = self.shared.kept();
        for entry in self.queue.try_iter().chain(self.held_back.drain(..)) {
            kept.texts.push(&entry);
        }
        let mut finished = Finished {
            taken: self.shared.taken.load(Ordering::Relaxed),
            problem: kept.problem.clone(),
            fallback: None,
            lost: None,
        };
        if whole && !kept.unsafe_on_disk {
            return finished;
        }
        finished.problem.get_or_insert_with(|| "the disk does not answer".into());
        match rescue(&self.folder, &self.options.fallback, &kept.texts) {
            Ok(folder) => finished.fallback = Some(folder),
            Err(e) => {
                finished.lost = Some(format!("{}: {e}", self.options.fallback.display()));
            }
        }
        finished
    }
}

impl JournalSink for JournalWriter {
    fn append(&mut self, entry: &Entry) {
        self.shared.taken.fetch_add(1, Ordering::Relaxed);
        self.held_back.push_back(entry.clone());
        let Some(sender) = &self.sender else { return };
        while let Some(entry) = self.held_back.pop_front() {
            match sender.try_send(entry) {
                Ok(()) => {}
                Err(TrySendError::Full(e) | TrySendError::Disconnected(e)) => {
                    self.held_back.push_front(e);
                    break;
                }
            }
        }
        self.shared.held_back.store(self.held_back.len(), Ordering::Relaxed);
    }
}

impl Drop for JournalWriter {
    fn drop(&mut self) {
        if self.sender.is_some() {
            self.close();
        }
    }
}

/// The life of the writing thread.
fn write_all(entries: &Receiver<Entry>, shared: &Shared, mut lanes: [Lane; LANES], rule: SyncRule) {
    let mut unsynced_since: Option<Nanos> = None;
    loop {
        let wait = match (rule, unsynced_since) {
            (SyncRule::Within(span), Some(since)) => (since + span - monotonic_now()).to_duration(),
            // A failed write is tried again each second.
            _ => Duration::from_secs(1),
        };
        let mut ready = Select::new();
        ready.recv(entries);
        // Only waits; what is ready is taken under the lock, so that `close` can never miss an entry.
        let _ = ready.ready_timeout(wait);
        let (mut urgent, mut open) = (false, true);
        {
            let mut kept = shared.kept();
            loop {
                match entries.try_recv() {
                    Ok(entry) => {
                        urgent |= matches!(entry.record, Record::Outcome(_) | Record::End(_));
                        kept.texts.push(&entry);
                    }
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => {
                        open = false;
                        break;
                    }
                }
            }
        }
        // The last chance is worth more than one try.
        for _ in 0..if open { 1 } else { 3 } {
            if write_pending(shared, &mut lanes) {
                break;
            }
        }
        if lanes.iter().any(|l| l.unsynced) {
            unsynced_since.get_or_insert_with(monotonic_now);
        }
        let due = match rule {
            SyncRule::AtEnd => false,
            SyncRule::Within(span) => {
                urgent || unsynced_since.is_some_and(|s| monotonic_now() - s >= span)
            }
        };
        if due || !open {
            sync(shared, &mut lanes);
            unsynced_since = None;
        }
        if !open {
            return;
        }
    }
}

/// A file and how much of its text is in it.
struct Lane {
    file: Box<dyn DiskFile>,
    /// Bytes of the text that are wholly written.
    written: usize,
    /// A failed write may have left a piece behind them.
    torn: bool,
    unsynced: bool,
}

impl Lane {
    fn new(file: Box<dyn DiskFile>) -> Lane {
        Lane { file, written: 0, torn: false, unsynced: false }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.torn {
            self.file.cut(self.written as u64)?;
            self.torn = false;
        }
        self.torn = true;
        self.file.append(bytes)?;
        self.torn = false;
        self.written += bytes.len();
        self.unsynced = true;
        Ok(())
    }
}

/// Writes what is not in the files yet; true if all of it is now.
fn write_pending(shared: &Shared, lanes: &mut [Lane; LANES]) -> bool {
    let mut problem = None;
    for (i, lane) in lanes.iter_mut().enumerate() {
        // Copied, so that the lock is free while the disk works.
        let (bytes, lines) = {
            let kept = shared.kept();
            (kept.texts.text(i)[lane.written..].to_vec(), kept.texts.lines)
        };
        if bytes.is_empty() && !lane.torn {
            continue;
        }
        match lane.write(&bytes) {
            Ok(()) if FILES[i] == JOURNAL_FILE => shared.kept().written = lines,
            Ok(()) => {}
            Err(e) => problem = Some(format!("cannot write {}: {e}", FILES[i])),
        }
    }
    let whole = problem.is_none();
    let mut kept = shared.kept();
    // A failed sync cannot be made good by a later write; its message stays.
    if !(whole && kept.unsafe_on_disk && kept.problem.as_deref().is_some_and(is_sync_problem)) {
        kept.unsafe_on_disk = !whole;
        kept.problem = problem;
    }
    whole
}

const SYNC_PROBLEM: &str = "cannot make sure that";

fn is_sync_problem(text: &str) -> bool {
    text.starts_with(SYNC_PROBLEM)
}

fn sync(shared: &Shared, lanes: &mut [Lane; LANES]) {
    for (i, lane) in lanes.iter_mut().enumerate().filter(|(_, l)| l.unsynced) {
        match lane.file.sync() {
            Ok(()) => lane.unsynced = false,
            Err(e) => {
                let mut kept = shared.kept();
                kept.unsafe_on_disk = true;
                kept.problem = Some(format!("{SYNC_PROBLEM} {} is on the disk: {e}", FILES[i]));
            }
        }
    }
}

/// Writes all texts, and copies what else the run folder holds, to a folder of their own.
fn rescue(folder: &Path, fallback: &Path, texts: &Texts) -> io::Result<PathBuf> {
    disk::create_dirs(fallback)?;
    let name = folder.file_name().map_or_else(|| "run".into(), |n| n.to_string_lossy());
    let mut target = fallback.join(&*name);
    let mut n = 1;
    while let Err(e) = disk::create_dir(&target) {
        if e.kind() != io::ErrorKind::AlreadyExists || n == 1000 {
            return Err(e);
        }
        n += 1;
        target = fallback.join(format!("{name}-{n}"));
    }
    for (i, file) in FILES.iter().enumerate() {
        disk::write_new(&target.join(file), texts.text(i))?;
    }
    for file in crate::logger::rundir::GIVEN_FILES {
        // The journal is what must be saved; these can be had from elsewhere.
        if let Ok(bytes) = std::fs::read(folder.join(file)) {
            let _ = disk::write_new(&target.join(file), &bytes);
        }
    }
    disk::sync_dir(&target)?;
    Ok(target)
}

#[cfg(test)]
mod tests;
