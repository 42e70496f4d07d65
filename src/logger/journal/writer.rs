//! Writes the journal from a thread of its own, with the tables that are read off it as it passes. The
//! caller is never kept waiting: what the disk does not take stays in memory, and goes to a fall-back folder as soon as
//! that is seen, from a second thread. It refuses to know what a run is; it is given entries.

mod keeper;
mod lanes;
mod rescue;
mod shared;
mod sounding;
mod text;
mod work;

pub use keeper::RescueAfter;
pub(in crate::logger) use lanes::FILES;

use crate::ground::ports::JournalSink;
use crate::ground::record::Entry;
use crate::ground::time::Nanos;
use crate::logger::disk::{self, Disk, RealDisk};
use crate::logger::lock::RunLock;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use keeper::{Keeper, Kept, Over, Place};
#[cfg(test)]
pub(super) use lanes::HEADERS as TABLE_HEADERS;
use shared::Shared;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;
use work::{Lane, write_all};

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
    /// Entries that the queue to the writing thread holds; further ones are kept beside it.
    pub queue: usize,
    /// Folder that gets the whole journal if the run folder does not take it.
    pub fallback: PathBuf,
    /// Where it goes if that folder cannot take it either.
    pub spare: Option<PathBuf>,
    /// When it gets it; none for the end of the run.
    pub rescue: Option<RescueAfter>,
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
            spare: None,
            rescue: Some(RescueAfter {
                refused: Duration::from_secs(1),
                silent: Duration::from_secs(2),
            }),
            patience: Duration::from_secs(10),
        }
    }

    /// For the virtual clock: synced once, at the end.
    pub fn at_end(fallback: impl Into<PathBuf>) -> WriterOptions {
        WriterOptions { sync: SyncRule::AtEnd, rescue: None, ..WriterOptions::real(fallback) }
    }
}

/// How the journal is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Entries given to the writer.
    pub taken: u64,
    /// Entries that are in the file.
    pub written: u64,
    /// Entries that did not even fit into the queue and are kept beside it.
    pub held_back: usize,
    /// What is wrong with the disk at present and where the records are kept in the meantime, for the experimenter. No
    /// record is lost by it so far.
    pub problem: Option<String>,
    /// The fall-back folder that holds every record so far, while one is filled.
    pub rescue: Option<PathBuf>,
}

/// How the writing ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Entries given to the writer.
    pub taken: u64,
    /// The last problem of the disk; data are at risk only where `fallback` or `lost` say so.
    pub problem: Option<String>,
    /// Where the whole journal is because the run folder did not take it.
    pub fallback: Option<PathBuf>,
    /// Why not even the fall-back folder could take it.
    pub lost: Option<String>,
}

/// Takes entries and writes them from its own thread.
#[derive(Debug)]
pub struct JournalWriter {
    sender: Option<Sender<Entry>>,
    queue: Receiver<Entry>,
    shared: Arc<Shared>,
    written: Receiver<()>,
    thread: Option<JoinHandle<()>>,
    over: Sender<Over>,
    kept: Receiver<Kept>,
    folder: PathBuf,
    options: WriterOptions,
    /// Held until the journal is closed.
    lock: Option<RunLock>,
}

/// Asks a writer for its health from any thread.
#[derive(Clone, Debug)]
pub struct Monitor {
    shared: Arc<Shared>,
    rule: SyncRule,
}

impl Monitor {
    /// How the journal is doing.
    pub fn health(&self) -> Health {
        let held_back = self.shared.held_back.load(Ordering::Relaxed);
        let kept = self.shared.kept();
        // On the virtual clock a run of an hour comes in a second; no disk is at fault then.
        let slow = (held_back > 0 && self.rule != SyncRule::AtEnd).then(|| {
            format!("the disk is too slow: {held_back} records of the journal wait in memory")
        });
        Health {
            taken: self.shared.taken.load(Ordering::Relaxed),
            written: kept.written,
            held_back,
            problem: kept.problem().or(slow),
            rescue: kept.rescue.folder.clone(),
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
                .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))
                .map(|file| Lane::new(file, path))
        };
        let lanes =
            [open(FILES[0])?, open(FILES[1])?, open(FILES[2])?, open(FILES[3])?, open(FILES[4])?];
        disk::sync_dir(folder)?;
        let (sender, queue) = bounded(options.queue);
        let (done, written) = bounded(1);
        let shared = Arc::new(Shared::beginning(folder));
        let (theirs, rule, entries) = (Arc::clone(&shared), options.sync, queue.clone());
        let thread = named("journal", move || {
            write_all(&entries, &theirs, lanes, rule);
            // The other side may have lost its patience and gone.
            let _ = done.send(());
        })?;
        let (over, told) = bounded(1);
        let (tell, kept) = bounded(1);
        let places = [Some(&options.fallback), options.spare.as_ref()];
        let keeper = Keeper {
            shared: Arc::clone(&shared),
            queue: queue.clone(),
            run: folder.to_path_buf(),
            places: places.into_iter().flatten().map(|p| Place::new(p)).collect(),
            after: options.rescue,
            next_try: Nanos::ZERO,
        };
        // It hangs where the fall-back folder's disk does, and is left to it then.
        named("journal-rescue", move || drop(tell.send(keeper.keep(&told))))?;
        Ok(JournalWriter {
            sender: Some(sender),
            queue,
            shared,
            written,
            thread: Some(thread),
            over,
            kept,
            folder: folder.to_path_buf(),
            options,
            lock: None,
        })
    }

    /// Keeps the lock of the run for as long as the journal is open.
    pub fn holding(mut self, lock: RunLock) -> JournalWriter {
        self.lock = Some(lock);
        self
    }

    /// How the journal is doing.
    pub fn health(&self) -> Health {
        self.monitor().health()
    }

    /// A handle that tells the same from any thread.
    pub fn monitor(&self) -> Monitor {
        Monitor { shared: Arc::clone(&self.shared), rule: self.options.sync }
    }

    /// Writes what is left, syncs, and tells how it went. Waits for the disk, but not for ever.
    pub fn finish(mut self) -> Finished {
        self.close()
    }

    fn close(&mut self) -> Finished {
        // The thread takes what is in the queue and beside it, and ends.
        self.sender = None;
        let ended = self.written.recv_timeout(self.options.patience).is_ok();
        // A thread that did not end hangs in the disk and is left to it.
        let ended = ended && self.thread.take().is_none_or(|t| t.join().is_ok());
        let (whole, problem, why) = {
            let mut kept = self.shared.kept();
            let silent = (!ended).then(|| "the disk does not answer".to_string());
            let problem = kept.faults.text().map(str::to_string).or(silent);
            (ended && !kept.faults.at_risk(), problem, kept.rescue.why.take())
        };
        let mut finished = Finished {
            taken: self.shared.taken.load(Ordering::Relaxed),
            problem: problem.filter(|_| !whole),
            fallback: None,
            lost: None,
        };
        let _ = self.over.send(Over { whole });
        // The disk of the fall-back folder may be slow too, and everything hangs on it now.
        let patience = self.options.patience.max(Duration::from_secs(10));
        match self.kept.recv_timeout(patience) {
            Ok(Kept::Nothing) => {}
            Ok(Kept::ForAWhile { was }) => {
                let why = why.unwrap_or_else(|| "the disk failed".into());
                finished.problem = Some(format!(
                    "{why}; that was made good, and the copy that was kept in {} in the meantime is removed",
                    was.display()
                ));
            }
            Ok(Kept::All(folder)) => finished.fallback = Some(folder),
            Ok(Kept::Failed(why)) => finished.lost = Some(why),
            Err(_) if whole => {}
            Err(_) => match self.spare() {
                Ok(folder) => finished.fallback = Some(folder),
                Err(why) => finished.lost = Some(why),
            },
        }
        self.lock = None;
        finished
    }

    /// Saves everything where the fall-back folder does not answer.
    fn spare(&self) -> Result<PathBuf, String> {
        let hangs = format!("{} does not answer", self.options.fallback.display());
        let Some(spare) = &self.options.spare else { return Err(hangs) };
        self.shared.take_all(&self.queue, &mut self.shared.kept());
        let done = Place::new(spare).fill(&self.folder, &self.shared);
        done.map_err(|e| format!("{hangs}; {}: {e}", spare.display()))
    }
}

fn named(name: &str, life: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.into()).spawn(life)
}

impl JournalSink for JournalWriter {
    fn append(&mut self, entry: &Entry) {
        self.shared.taken.fetch_add(1, Ordering::Relaxed);
        let Some(sender) = &self.sender else { return };
        let mut entry = entry.clone();
        if self.shared.held_back.load(Ordering::Acquire) == 0 {
            entry = match sender.try_send(entry) {
                Ok(()) => return,
                Err(TrySendError::Full(e) | TrySendError::Disconnected(e)) => e,
            };
        }
        self.shared.hold_back(sender, entry);
    }
}

impl Drop for JournalWriter {
    fn drop(&mut self) {
        if self.sender.is_some() {
            self.close();
        }
    }
}

#[cfg(test)]
mod tests;
