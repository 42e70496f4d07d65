//! The thread that keeps records safe where the writing thread cannot: it sees that the disk refuses or does not answer,
//! opens a fall-back folder at once, and fills it until the run is over. It refuses to know the run folder's files.

use super::rescue::Rescue;
use super::shared::Shared;
use crate::ground::clock::monotonic_now;
use crate::ground::record::Entry;
use crate::ground::time::Nanos;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// So often it looks; an entry waits no longer for the fall-back folder, and as long as that folder's disk takes.
const TICK: Duration = Duration::from_millis(50);
/// Folders that failed are tried again after this long.
const AGAIN: Nanos = Nanos(1_000_000_000);

/// When a fall-back folder is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RescueAfter {
    /// A write or sync was refused, or a file vanished, and that was not made good for so long.
    pub refused: Duration,
    /// The disk has not answered for so long.
    pub silent: Duration,
}

/// The run is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Over {
    /// Everything is in the run folder and safe.
    pub whole: bool,
}

/// What became of the fall-back folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// None was needed.
    Nothing,
    /// One was needed for a while and is removed again.
    ForAWhile { was: PathBuf },
    /// It holds everything.
    All(PathBuf),
    /// None took everything, with the reason of each.
    Failed(String),
}

/// What the thread knows.
pub(super) struct Keeper {
    pub shared: Arc<Shared>,
    pub queue: Receiver<Entry>,
    /// The run folder; only its name counts.
    pub run: PathBuf,
    /// Where fall-back folders may be made, the best first.
    pub places: Vec<Place>,
    /// None where nothing is done before the end.
    pub after: Option<RescueAfter>,
    pub next_try: Nanos,
}

/// Where a fall-back folder may be made.
pub(super) struct Place {
    path: PathBuf,
    rescue: Option<Rescue>,
    /// One that cannot be trusted any more, until another holds what it holds.
    broken: Option<Rescue>,
}

impl Place {
    pub fn new(path: &Path) -> Place {
        Place { path: path.into(), rescue: None, broken: None }
    }

    /// Brings the folder here up to date, made anew where there is none.
    pub fn fill(&mut self, run: &Path, shared: &Shared) -> io::Result<PathBuf> {
        let rescue = match &mut self.rescue {
            Some(rescue) => rescue,
            none => none.insert(Rescue::open(run, &self.path)?),
        };
        let folder = rescue.folder.clone();
        match rescue.catch_up(shared) {
            Ok(()) => {
                let _ = self.broken.take().map(Rescue::remove);
                Ok(folder)
            }
            Err(e) => {
                // The next time another is made beside it; of those that failed one is enough.
                if let Some(broken) = self.rescue.take_if(|rescue| rescue.is_broken()) {
                    match &self.broken {
                        None => self.broken = Some(broken),
                        Some(_) => drop(broken.remove()),
                    }
                }
                Err(e)
            }
        }
    }

    /// Takes away all that was made here.
    fn remove(&mut self) {
        for rescue in self.rescue.take().into_iter().chain(self.broken.take()) {
            let _ = rescue.remove();
        }
    }
}

impl Keeper {
    /// The life of the thread: until the run is over.
    pub fn keep(mut self, over: &Receiver<Over>) -> Kept {
        loop {
            let told = match self.after {
                Some(_) => over.recv_timeout(TICK),
                None => over.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match told {
                Ok(Over { whole: true }) => return self.remove(),
                Ok(Over { whole: false }) => return self.last(),
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return Kept::Nothing,
            }
        }
    }

    fn look(&mut self) {
        let Some(after) = self.after else { return };
        let waits = self.shared.waits_for();
        let ended = self.shared.ended.load(Ordering::Acquire);
        let silent = waits.to_duration() >= after.silent;
        let open = {
            let mut kept = self.shared.kept();
            kept.faults.silent = match (ended, silent) {
                (true, _) => Some("the thread that writes the journal has ended".into()),
                (_, true) => Some("the disk does not answer".into()),
                _ => None,
            };
            let since = kept.faults.since.map(|s| (monotonic_now() - s).to_duration());
            let refused = since.is_some_and(|long| long >= after.refused);
            let open = refused || kept.faults.silent.is_some();
            if open && kept.rescue.why.is_none() {
                kept.rescue.why = kept.faults.text().map(str::to_string);
            }
            open
        };
        let rescuing = self.shared.rescuing.load(Ordering::Acquire);
        if !rescuing && !open || monotonic_now() < self.next_try {
            return;
        }
        self.shared.rescuing.store(true, Ordering::Release);
        let _ = self.fill();
    }

    /// Takes what waits, and brings the first folder up to date that takes it.
    fn fill(&mut self) -> Result<PathBuf, String> {
        self.shared.take_all(&self.queue, &mut self.shared.kept());
        let mut why = Vec::new();
        let mut good = None;
        for (i, place) in self.places.iter_mut().enumerate() {
            match place.fill(&self.run, &self.shared) {
                Ok(folder) => {
                    good = Some((i, folder));
                    break;
                }
                Err(e) => why.push(format!("{}: {e}", place.path.display())),
            }
        }
        let done = match good {
            Some((i, folder)) => {
                // What an earlier one holds, this one holds too; none is left that lacks something.
                self.places[..i].iter_mut().for_each(Place::remove);
                self.places[..=i].rotate_right(1);
                Ok(folder)
            }
            None => {
                self.next_try = monotonic_now() + AGAIN;
                Err(why.join("; "))
            }
        };
        let rescue = &mut self.shared.kept().rescue;
        rescue.folder = done.as_ref().ok().cloned();
        rescue.problem = done.as_ref().err().cloned();
        done
    }

    /// The run folder is not whole: whatever can hold everything gets it.
    fn last(mut self) -> Kept {
        match self.fill() {
            Ok(folder) => Kept::All(folder),
            Err(why) => Kept::Failed(why),
        }
    }

    /// The run folder is whole: the copies are not needed any more.
    fn remove(self) -> Kept {
        let mut kept = Kept::Nothing;
        for mut place in self.places {
            if let Some(rescue) = place.rescue.as_ref().or(place.broken.as_ref()) {
                kept = Kept::ForAWhile { was: rescue.folder.clone() };
            }
            place.remove();
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_back_folder_that_cannot_be_trusted_any_more_is_followed_by_another() {
        let dir = tempfile::tempdir().unwrap();
        let (run, kept) = (dir.path().join("run-a"), dir.path().join("kept"));
        let shared = Shared::beginning(&run);
        let mut place = Place::new(&kept);
        let first = place.fill(&run, &shared).unwrap();
        place.rescue.as_mut().unwrap().break_it();
        place.fill(&run, &shared).unwrap_err();
        // Until another holds what it holds, it is kept.
        assert!(first.exists());
        let second = place.fill(&run, &shared).unwrap();
        assert_eq!((first.exists(), second.clone()), (false, kept.join("2/run-a")));
        // Two that failed leave one.
        place.rescue.as_mut().unwrap().break_it();
        place.fill(&run, &shared).unwrap_err();
        let third = place.rescue.insert(Rescue::open(&run, &kept).unwrap());
        third.break_it();
        place.fill(&run, &shared).unwrap_err();
        assert!(second.exists() && place.rescue.is_none() && !first.exists());
        place.remove();
        assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 0);
    }
}
