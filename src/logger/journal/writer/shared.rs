//! What the threads of a writer share: the entries that wait, the texts of all files, and what is wrong with the
//! disk. Nothing here waits for a disk, and what the caller touches is never locked while one is at work.

use super::lanes::{FILES, Texts};
use super::text::Text;
use crate::ground::clock::monotonic_now;
use crate::ground::record::{Entry, Record};
use crate::ground::time::Nanos;
use crate::logger::rundir::GIVEN_FILES;
use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the writer and its threads all see.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub taken: AtomicU64,
    /// How many entries are in `overflow`. Grows by the caller alone, becomes zero by the threads alone.
    pub held_back: AtomicUsize,
    /// Since when the writing thread waits for the disk, in monotonic nanoseconds; 0 where it does not.
    disk_since: AtomicI64,
    /// The writing thread is no more.
    pub ended: AtomicBool,
    /// A fall-back folder is being filled.
    pub rescuing: AtomicBool,
    /// Entries that the queue did not take, all later than those in it. Only locked to move entries.
    overflow: Mutex<Vec<Entry>>,
    /// Never locked while the disk is at work.
    kept: Mutex<Kept>,
}

/// The whole text of every file, kept until the run is over, so that a fall-back folder gets all of it. What is in
/// a file is packed: a run of an hour and a half has some ten megabytes, and takes one or two.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub texts: Texts,
    /// What else the run folder holds, by name, as it was when the journal was created.
    pub given: Vec<(&'static str, Text)>,
    /// Lines that are in the journal of the run folder.
    pub written: u64,
    pub faults: Faults,
    pub rescue: Rescued,
}

/// What is wrong with the disk of the run folder.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The last write was not taken, and not made good.
    pub refused: Option<String>,
    /// A sync failed: what was written may be gone, and no later write makes that good.
    pub unsafe_since: Option<String>,
    /// A file is no longer where it was created.
    pub gone: Option<String>,
    /// It does not answer.
    pub silent: Option<String>,
    /// Since when one of the first three is so.
    pub since: Option<Nanos>,
}

/// What is known of the fall-back folder.
#[derive(Debug, Default)]
pub(super) struct Rescued {
    /// The folder, once it holds every record.
    pub folder: Option<PathBuf>,
    /// Why none takes them at present.
    pub problem: Option<String>,
    /// What was wrong with the disk when it was opened.
    pub why: Option<String>,
}

impl Faults {
    /// The gravest of them, in words.
    pub fn text(&self) -> Option<&str> {
        let all = [&self.gone, &self.unsafe_since, &self.refused, &self.silent];
        all.into_iter().find_map(|text| text.as_deref())
    }

    /// Whether the run folder lacks something, or may.
    pub fn at_risk(&self) -> bool {
        self.gone.is_some() || self.unsafe_since.is_some() || self.refused.is_some()
    }

    /// Keeps the instant at which the trouble began.
    pub fn dated(&mut self) {
        self.since = self.at_risk().then(|| self.since.unwrap_or_else(monotonic_now));
    }
}

impl Kept {
    /// What is wrong, for the experimenter, and where the records are in the meantime.
    pub fn problem(&self) -> Option<String> {
        let text = self.faults.text()?;
        Some(match (&self.rescue.folder, &self.rescue.problem) {
            (Some(folder), _) => {
                format!("{text}; every record is kept in {} from now on", folder.display())
            }
            (None, Some(problem)) => {
                format!(
                    "{text}; the fall-back folder fails too, and the records are in memory alone: {problem}"
                )
            }
            (None, None) => text.to_string(),
        })
    }
}

impl Shared {
    /// Before the first entry; keeps what the run folder holds already, for it may vanish.
    pub fn beginning(folder: &Path) -> Shared {
        let given = |name: &'static str| {
            // Those who write journals for tests have nothing beside them.
            let bytes = std::fs::read(folder.join(name)).ok()?;
            let mut text = Text::new("");
            text.push(&bytes);
            text.pack(bytes.len());
            Some((name, text))
        };
        let shared = Shared::default();
        {
            let mut kept = shared.kept();
            kept.texts = Texts::with_headers();
            kept.given = GIVEN_FILES.into_iter().filter_map(given).collect();
        }
        shared
    }

    pub fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics while it is held; and if it did, the texts are still worth saving.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what the disk may take long for.
    pub fn at_work<T>(&self, work: impl FnOnce() -> T) -> T {
        self.disk_since.store(monotonic_now().0.max(1), Ordering::Release);
        let done = work();
        self.disk_since.store(0, Ordering::Release);
        done
    }

    /// For how long the writing thread has waited for the disk; zero where it does not.
    pub fn waits_for(&self) -> Nanos {
        match self.disk_since.load(Ordering::Acquire) {
            0 => Nanos::ZERO,
            since => monotonic_now() - Nanos(since),
        }
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

    /// Takes all entries that wait into the texts, in order: whoever takes holds the lock of the texts.
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
    pub urgent: bool,
    /// More may come.
    pub open: bool,
}

/// A bit of a text that a file lacks, and what it is when that is written.
pub(super) struct Lack {
    pub bytes: Vec<u8>,
    /// Lines of the journal, where this is the last of its text.
    pub lines: Option<u64>,
}

impl Shared {
    /// What a file lacks that has so many bytes of its text. Copied, so that the lock is free while the disk works.
    ///
    /// # Errors
    /// As [`Text::from`].
    pub fn lack(&self, lane: usize, written: usize) -> std::io::Result<Lack> {
        let kept = self.kept();
        let text = kept.texts.text(lane);
        let bytes = text.from(written)?;
        let whole = written + bytes.len() == text.len() && FILES[lane] == FILES[0];
        Ok(Lack { bytes, lines: whole.then_some(kept.texts.lines) })
    }
}
