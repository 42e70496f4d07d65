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
    /// The files beside the journal are in it.
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
        let open = |name: &str| {
            let path = folder.join(name);
            RealDisk.create(&path).map(|file| Lane::new(file, path))
        };
        let lanes = [open(FILES[0])?, open(FILES[1])?, open(FILES[2])?, open(FILES[3])?];
        let lock = RunLock::take(&folder).ok();
        disk::sync_dir(&folder)?;
        disk::sync_dir(folder.parent().unwrap_or(place))?;
        let run = std::path::absolute(run)?;
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
        if !self.given {
            self.write_given(shared);
            let origin = format!("{}\n", self.run.display());
            let _ = disk::write_new(&self.folder.join(ORIGIN_FILE), origin.as_bytes());
            disk::sync_dir(&self.folder)?;
            self.given = true;
        }
        Ok(())
    }

    /// The journal is what must be saved; without the others it can still be read.
    fn write_given(&self, shared: &Shared) {
        let names: Vec<&str> = shared.kept().given.iter().map(|(name, _)| *name).collect();
        for (i, name) in names.into_iter().enumerate() {
            let text = shared.kept().given[i].1.whole();
            let _ = text.and_then(|bytes| disk::write_new(&self.folder.join(name), &bytes));
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
        for file in FILES.iter().chain(&GIVEN_FILES).chain([&ORIGIN_FILE]) {
            match std::fs::remove_file(folder.join(file)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        std::fs::remove_dir(&folder)?;
        // Another run may have come to lie in it.
        let _ = numbered.map(std::fs::remove_dir);
        Ok(())
    }
}
