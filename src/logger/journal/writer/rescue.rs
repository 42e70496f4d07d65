//! One fall-back folder: where a journal goes that its own folder does not take. It is filled from what is kept, from the
//! beginning, as long as records come, and it can be removed again, for it is of the program's own making.

use super::lanes::{FILES, LANES};
use super::shared::Shared;
use super::work::Lane;
use crate::logger::disk::{self, Disk, RealDisk};
use crate::logger::lock::RunLock;
use crate::logger::rundir::{GIVEN_FILES, ORIGIN_FILE};
use std::io;
use std::path::{Path, PathBuf};

/// A fall-back folder, open.
pub(super) struct Rescue {
    pub folder: PathBuf,
    /// The run folder that it stands for.
    run: PathBuf,
    /// The folder that was made so that this one can bear the name of its run.
    numbered: Option<PathBuf>,
    lanes: [Lane; LANES],
    /// The files beside the journal are in it, and the one that says where it belongs.
    given: bool,
    /// Tells others that the run goes on, where the run folder may not be there to tell it.
    lock: Option<RunLock>,
    /// A sync failed; this folder cannot be trusted any more.
    broken: Option<String>,
}

impl Rescue {
    /// Makes a folder with the name of the run folder in `place`.
    pub fn open(run: &Path, place: &Path) -> io::Result<Rescue> {
        let name = run.file_name().map_or_else(|| "run".into(), |n| n.to_string_lossy());
        disk::create_dirs(place)?;
        let (mut folder, mut numbered) = (place.join(&*name), None);
        let mut n = 1;
        // Its name says which run it is, so a second one of that name goes a folder deeper.
        while let Err(e) = disk::create_dir(&folder) {
            if e.kind() != io::ErrorKind::AlreadyExists || n == 1000 {
                return Err(e);
            }
            n += 1;
            let deeper = place.join(n.to_string());
            numbered = disk::create_dir(&deeper).is_ok().then(|| deeper.clone());
            folder = deeper.join(&*name);
        }
        let begun = begin(&folder).and_then(|lanes| Ok((lanes, std::path::absolute(run)?)));
        let (lanes, run) = match begun {
            Ok(begun) => begun,
            Err(e) => {
                // The next attempt need not go round what this one leaves.
                let _ = remove(&folder, numbered.as_deref());
                return Err(e);
            }
        };
        let lock = RunLock::take(&folder).ok();
        Ok(Rescue { folder, run, numbered, lanes, given: false, lock, broken: None })
    }

    /// Writes and syncs all that it lacks, the journal first.
    ///
    /// # Errors
    /// Those of the system; what was not taken is tried again the next time, but a failed sync is never forgiven.
    pub fn catch_up(&mut self, shared: &Shared) -> io::Result<()> {
        if let Some(broken) = &self.broken {
            return Err(io::Error::other(broken.clone()));
        }
        for (i, lane) in self.lanes.iter_mut().enumerate() {
            loop {
                let lack = shared.lack(i, lane.written)?;
                if lack.bytes.is_empty() && !lane.torn {
                    break;
                }
                lane.write(&lack.bytes)?;
                // What is safe here need not stay plain, whatever becomes of the run folder.
                shared.kept().texts.pack(i, lane.written);
            }
            if lane.unsynced
                && let Err(e) = lane.sync()
            {
                self.broken = Some(e.to_string());
                return Err(e);
            }
        }
        // The journal is what must be saved; without the others it can still be read, and they are tried again.
        self.given = self.given || self.write_given(shared).is_ok();
        Ok(())
    }

    /// Whether nothing more can be trusted to it.
    pub fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    fn write_given(&self, shared: &Shared) -> io::Result<()> {
        let origin = format!("{}\n", self.run.display());
        self.write_once(ORIGIN_FILE, origin.as_bytes())?;
        let names: Vec<&str> = shared.kept().given.iter().map(|(name, _)| *name).collect();
        for (i, name) in names.into_iter().enumerate() {
            let bytes = shared.kept().given[i].1.whole()?;
            self.write_once(name, &bytes)?;
        }
        disk::sync_dir(&self.folder)
    }

    /// Writes a file where it is not there yet; a piece of one is not left.
    fn write_once(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.join(name);
        match disk::write_new(&path, bytes) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(e) => {
                let _ = std::fs::remove_file(&path);
                Err(e)
            }
            Ok(()) => Ok(()),
        }
    }

    /// Takes the folder away again, with what this program put into it and nothing else.
    ///
    /// # Errors
    /// Those of the system; something of it may be left then.
    pub fn remove(self) -> io::Result<()> {
        let Rescue { folder, numbered, lanes, lock, .. } = self;
        // Some systems do not remove what is open.
        drop((lanes, lock));
        remove(&folder, numbered.as_deref())
    }

    #[cfg(test)]
    pub fn break_it(&mut self) {
        self.broken = Some("input/output error".into());
    }
}

/// The files of a journal in a new folder, whose names survive a power cut.
fn begin(folder: &Path) -> io::Result<[Lane; LANES]> {
    let open = |name: &str| {
        let path = folder.join(name);
        RealDisk.create(&path).map(|file| Lane::new(file, path))
    };
    let lanes =
        [open(FILES[0])?, open(FILES[1])?, open(FILES[2])?, open(FILES[3])?, open(FILES[4])?];
    disk::sync_dir(folder)?;
    disk::sync_dir(folder.parent().unwrap_or(folder))?;
    Ok(lanes)
}

fn remove(folder: &Path, numbered: Option<&Path>) -> io::Result<()> {
    for file in FILES.iter().chain(&GIVEN_FILES).chain([&ORIGIN_FILE]) {
        match std::fs::remove_file(folder.join(file)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    std::fs::remove_dir(folder)?;
    // Another run may have come to lie in it.
    let _ = numbered.map(std::fs::remove_dir);
    Ok(())
}
