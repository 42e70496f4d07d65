//! The writing thread: takes entries, writes what the disk takes, tries again what it does not, and sees whether the
//! files are still where they were created. Whoever saves the records elsewhere is `keeper`.

use super::SyncRule;
use super::lanes::{FILES, LANES};
use super::shared::{Shared, Taken};
use crate::ground::clock::monotonic_now;
use crate::ground::record::Entry;
use crate::ground::time::Nanos;
use crate::logger::disk::DiskFile;
use crossbeam_channel::{Receiver, Select};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A failed write is tried again after this long.
const AGAIN: Duration = Duration::from_millis(200);
/// While another thread takes entries too, this one must not wait to be woken by them.
const BESIDE: Duration = Duration::from_millis(100);
/// So often it is seen whether the files are still there.
const LOOK: Nanos = Nanos(1_000_000_000);

/// The life of the writing thread.
pub(super) fn write_all(
    entries: &Receiver<Entry>,
    shared: &Shared,
    mut lanes: [Lane; LANES],
    rule: SyncRule,
) {
    let _ended = Ended(shared);
    let mut unsynced_since: Option<Nanos> = None;
    let mut looked = monotonic_now();
    loop {
        let mut wait = match (rule, unsynced_since) {
            (SyncRule::Within(span), Some(since)) => (since + span - monotonic_now()).to_duration(),
            _ => Duration::from_secs(1),
        };
        if shared.kept().faults.refused.is_some() {
            wait = wait.min(AGAIN);
        }
        if shared.rescuing.load(Ordering::Acquire) {
            wait = wait.min(BESIDE);
        }
        let mut ready = Select::new();
        ready.recv(entries);
        // Only waits; what is ready is taken under the lock, so that nobody can miss an entry.
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
        if !open || rule != SyncRule::AtEnd && monotonic_now() - looked >= LOOK {
            look(shared, &lanes);
            looked = monotonic_now();
        }
        if !open {
            return;
        }
    }
}

/// Says that the thread is no more, however it ends.
struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Release);
    }
}

/// A file and how much of its text is in it.
pub(super) struct Lane {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    /// Bytes of the text that are wholly written.
    pub written: usize,
    /// A failed write may have left a piece behind them.
    pub torn: bool,
    pub unsynced: bool,
}

impl Lane {
    pub fn new(file: Box<dyn DiskFile>, path: PathBuf) -> Lane {
        Lane { file, path, written: 0, torn: false, unsynced: false }
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
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

    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync()?;
        self.unsynced = false;
        Ok(())
    }
}

/// Writes what is not in the files yet; true if all of it is now.
fn write_pending(shared: &Shared, lanes: &mut [Lane; LANES]) -> bool {
    let mut problem = None;
    for (i, lane) in lanes.iter_mut().enumerate() {
        if let Err(e) = write_lane(shared, i, lane) {
            problem.get_or_insert_with(|| format!("cannot write {}: {e}", FILES[i]));
        }
    }
    let whole = problem.is_none();
    let faults = &mut shared.kept().faults;
    faults.refused = problem;
    faults.dated();
    whole
}

fn write_lane(shared: &Shared, i: usize, lane: &mut Lane) -> io::Result<()> {
    loop {
        let lack = shared.lack(i, lane.written)?;
        if lack.bytes.is_empty() && !lane.torn {
            return Ok(());
        }
        shared.at_work(|| lane.write(&lack.bytes))?;
        let mut kept = shared.kept();
        kept.texts.pack(i, lane.written);
        kept.written = lack.lines.unwrap_or(kept.written);
    }
}

fn sync(shared: &Shared, lanes: &mut [Lane; LANES]) {
    for (i, lane) in lanes.iter_mut().enumerate().filter(|(_, l)| l.unsynced) {
        if let Err(e) = shared.at_work(|| lane.sync()) {
            let faults = &mut shared.kept().faults;
            let text = || format!("cannot make sure that {} is on the disk: {e}", FILES[i]);
            faults.unsafe_since.get_or_insert_with(text);
            faults.dated();
        }
    }
}

/// Sees whether the files are where they were created. What is written to one that was removed is lost in silence.
fn look(shared: &Shared, lanes: &[Lane; LANES]) {
    let lost = |lane: &&Lane| match shared.at_work(|| lane.file.is_at(&lane.path)) {
        Ok(there) => !there,
        Err(e) => {
            matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::StaleNetworkFileHandle)
        }
    };
    let gone = lanes.iter().find(lost).map(|lane| {
        format!("{} was removed or replaced while the run goes on", lane.path.display())
    });
    let faults = &mut shared.kept().faults;
    faults.gone = gone;
    faults.dated();
}
