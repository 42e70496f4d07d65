//! The writing thread: takes entries, writes what the disk takes, tries again what it does not, and says how
//! it is doing. All that was ever taken is kept, for whoever has to save it elsewhere.

use super::super::JOURNAL_FILE;
use super::SyncRule;
use super::lanes::{FILES, LANES, Texts};
use crate::ground::clock::monotonic_now;
use crate::ground::record::{Entry, Record};
use crate::ground::time::Nanos;
use crate::logger::disk::DiskFile;
use crossbeam_channel::{Receiver, Select, Sender, TryRecvError, TrySendError};
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the writer and its thread both see.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub taken: AtomicU64,
    /// How many entries are in `overflow`. Grows by the caller alone, becomes zero by the thread alone.
    pub held_back: AtomicUsize,
    /// Entries that the queue did not take, all later than those in it. Only locked to move entries.
    overflow: Mutex<Vec<Entry>>,
    /// Never locked while the disk is at work.
    kept: Mutex<Kept>,
}

/// The whole text of every file, kept until the run is over, so that a fall-back folder gets all of it. What is in
/// the files is packed: a run of an hour and a half has some ten megabytes, and takes one or two.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub texts: Texts,
    pub written: u64,
    pub problem: Option<String>,
    /// Set where a sync failed (what was written may be gone) or the last write was not made good.
    pub unsafe_on_disk: bool,
}

impl Shared {
    pub fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics while it is held; and if it did, the texts are still worth saving.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an entry beside a full queue.
    pub fn hold_back(&self, queue: &Sender<Entry>, entry: Entry) {
        let mut overflow = self.overflow.lock().unwrap_or_else(PoisonError::into_inner);
        // The thread may just have taken everything, and would not be woken by what is kept here.
        let entry = if overflow.is_empty() {
            match queue.try_send(entry) {
                Ok(()) => return,
                Err(TrySendError::Full(e) | TrySendError::Disconnected(e)) => e,
            }
        } else {
            entry
        };
        overflow.push(entry);
        self.held_back.store(overflow.len(), Ordering::Release);
    }

    /// Takes all entries that wait into the texts, in order.
    pub fn take_all(&self, queue: &Receiver<Entry>, kept: &mut Kept) -> Taken {
        let mut taken = Taken { urgent: false, open: true };
        let mut entries = Vec::new();
        {
            let mut overflow = self.overflow.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                match queue.try_recv() {
                    Ok(entry) => entries.push(entry),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => {
                        taken.open = false;
                        break;
                    }
                }
            }
            entries.append(&mut overflow);
            self.held_back.store(0, Ordering::Release);
        }
        for entry in &entries {
            taken.urgent |= matches!(entry.record, Record::Outcome(_) | Record::End(_));
            kept.texts.push(entry);
        }
        taken
    }
}

/// What was said by what was taken.
pub(super) struct Taken {
    /// Something that should be on the disk at once.
    urgent: bool,
    /// More may come.
    open: bool,
}

/// The life of the writing thread.
pub(super) fn write_all(
    entries: &Receiver<Entry>,
    shared: &Shared,
    mut lanes: [Lane; LANES],
    rule: SyncRule,
) {
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
        let Taken { urgent, open } = shared.take_all(entries, &mut shared.kept());
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
pub(super) struct Lane {
    file: Box<dyn DiskFile>,
    /// Bytes of the text that are wholly written.
    written: usize,
    /// A failed write may have left a piece behind them.
    torn: bool,
    unsynced: bool,
}

impl Lane {
    pub fn new(file: Box<dyn DiskFile>) -> Lane {
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
            (kept.texts.text(i).from(lane.written), kept.texts.lines)
        };
        let done = bytes.and_then(|bytes| match bytes.is_empty() && !lane.torn {
            true => Ok(()),
            false => lane.write(&bytes),
        });
        let mut kept = shared.kept();
        kept.texts.pack(i, lane.written);
        match done {
            Ok(()) if FILES[i] == JOURNAL_FILE => kept.written = lines,
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
