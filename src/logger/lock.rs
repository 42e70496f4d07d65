//! Who is at work in a dataset: the lock that a run holds in its folder for as long as it goes on, and the short one under
//! which folders and tables are changed. It refuses to know what a run is. What it writes is shared with the dataset,
//! so it says nothing of a computer or a person but hashes.

mod holder;
mod short;

pub use holder::Holder;
pub(crate) use short::ShortLock;

use super::disk;
use crate::ground::clock::{Clock, MonotonicClock, monotonic_now};
use crate::ground::plain::{self, Unreadable};
use crate::ground::time::Nanos;
use chrono::{DateTime, TimeDelta, Utc};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file of a run that goes on, in its folder.
pub const RUNNING_FILE: &str = "running";

/// So often a run shows that it is alive, for folders on a network whose locks nobody honours.
const BEAT: Duration = Duration::from_secs(3);
/// One that has not moved for so long is dead.
const DEAD_AFTER: Nanos = Nanos(8_000_000_000);
/// What says who goes on is shorter than this, in bytes.
const LONGEST: u64 = 4096;
/// Whoever ends a run waits for a disk that does not answer no longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// A run that goes on. Dropping it is its orderly end: the file is removed.
#[derive(Debug)]
pub struct RunLock {
    end: Option<Sender<()>>,
    ended: Receiver<()>,
}

impl RunLock {
    /// Marks a run folder as being written, until this is dropped or the process ends in whatever way.
    ///
    /// # Errors
    /// Those of the system; a folder that is marked already is an error.
    pub fn take(folder: &Path) -> io::Result<RunLock> {
        let path = folder.join(RUNNING_FILE);
        let mut file = disk::create_new(&path)?;
        // Whoever looks at it at this instant holds it for a moment.
        for _ in 0..100 {
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
                Err(TryLockError::Error(e)) if !short::knows_no_locks(&e) => return Err(e),
                _ => break,
            }
        }
        let text = Holder::own(MonotonicClock.wall()).to_json();
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
        let (end, told) = bounded(1);
        let (done, ended) = bounded(1);
        let life = move || {
            beat(&mut file, &text, &told);
            remove(file, &path);
            let _ = done.send(());
        };
        // It writes to a disk that may hang, which nobody else may wait for.
        std::thread::Builder::new().name("running".into()).spawn(life)?;
        Ok(RunLock { end: Some(end), ended })
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        self.end = None;
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// Writes the same again and again, so that the time of the file moves by the clock of its own disk.
fn beat(file: &mut File, text: &str, told: &Receiver<()>) {
    while told.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
        // A disk that fails is told by the journal.
        let _ = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_data());
    }
}

fn remove(file: File, path: &Path) {
    // Another's must not be removed, where the folder was replaced.
    let own = disk::DiskFile::is_at(&file, path).unwrap_or(false);
    // Some systems do not remove what is open.
    drop(file);
    if own {
        let _ = std::fs::remove_file(path);
    }
}

/// Whether somebody writes a run folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Nobody, and it came to an orderly end, or never said that it began.
    Over,
    /// It goes on. The holder is not known where the system does not let it be read.
    Running(Option<Holder>),
    /// Nobody: its program was killed, or the computer lost its power.
    Stale(Option<Holder>),
}

/// Whether somebody writes these run folders. Takes some seconds where one was left by another computer, and none else.
pub fn states<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Vec<RunState> {
    let mut seen: Vec<Seen> = folders.into_iter().map(|f| look(&f.join(RUNNING_FILE))).collect();
    let until = monotonic_now() + DEAD_AFTER;
    let open = |seen: &[Seen]| seen.iter().any(|s| matches!(s, Seen::Unsure(_)));
    while open(&seen) && monotonic_now() < until {
        std::thread::sleep(Duration::from_millis(200));
        for one in &mut seen {
            if let Seen::Unsure(beating) = one
                && beating.moved()
            {
                *one = Seen::Sure(RunState::Running(Some(beating.holder.clone())));
            }
        }
    }
    let last = |one| match one {
        Seen::Sure(state) => state,
        Seen::Unsure(beating) => RunState::Stale(Some(beating.holder)),
    };
    seen.into_iter().map(last).collect()
}

enum Seen {
    Sure(RunState),
    /// Its lock says nothing; only its heart can tell.
    Unsure(Beating),
}

struct Beating {
    path: PathBuf,
    holder: Holder,
    modified: Option<String>,
}

impl Beating {
    fn moved(&self) -> bool {
        modified(&self.path) != self.modified
    }
}

/// The time of a file, in a form that can only be compared.
fn modified(path: &Path) -> Option<String> {
    Some(format!("{:?}", std::fs::metadata(path).ok()?.modified().ok()?))
}

/// Whether a file has not changed for a day, by whatever clocks: no heart beats in it.
fn is_old(path: &Path) -> bool {
    let modified = std::fs::metadata(path).and_then(|m| m.modified());
    let age =
        modified.map(|m| MonotonicClock.wall().signed_duration_since(DateTime::<Utc>::from(m)));
    age.is_ok_and(|age| age > TimeDelta::days(1))
}

fn look(path: &Path) -> Seen {
    let file = match plain::open(path, LONGEST) {
        Ok((file, _)) => file,
        Err(Unreadable::System(e)) if e.kind() == io::ErrorKind::NotFound => {
            return Seen::Sure(RunState::Over);
        }
        // Somebody's who does not let it be read.
        Err(Unreadable::System(_)) => return Seen::Sure(RunState::Running(None)),
        // A pipe, a device, a long file: no run of this program has written it.
        Err(_) => return Seen::Sure(RunState::Stale(None)),
    };
    let mut bytes = Vec::new();
    let read = (&file).take(LONGEST).read_to_end(&mut bytes);
    let holder = read.ok().and_then(|_| Holder::from_json(&bytes));
    let written = file.metadata().and_then(|m| m.modified()).ok().map(DateTime::<Utc>::from);
    let locked = match file.try_lock_shared() {
        Ok(()) => false,
        Err(TryLockError::WouldBlock) => true,
        Err(TryLockError::Error(_)) => false,
    };
    drop(file);
    match holder {
        holder if locked => Seen::Sure(RunState::Running(holder)),
        None => Seen::Sure(RunState::Stale(None)),
        Some(holder) => match holder.lives(written) {
            // Its file system honours no locks, for the process is there.
            Some(true) => Seen::Sure(RunState::Running(Some(holder))),
            Some(false) => Seen::Sure(RunState::Stale(Some(holder))),
            None if is_old(path) => Seen::Sure(RunState::Stale(Some(holder))),
            None => Seen::Unsure(Beating { path: path.into(), modified: modified(path), holder }),
        },
    }
}

#[cfg(test)]
mod tests;
