//! The fall-back folder: where a journal goes that its own folder could not take.

use super::lanes::{FILES, Texts};
use crate::logger::disk;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes all texts, and copies what else the run folder holds, to a folder of their own.
pub(super) fn rescue(folder: &Path, fallback: &Path, texts: &Texts) -> io::Result<PathBuf> {
    disk::create_dirs(fallback)?;
    let name = folder.file_name().map_or_else(|| "run".into(), |n| n.to_string_lossy());
    let mut target = fallback.join(&*name);
    let mut n = 1;
    // Its name says which run it is, so a second one of that name goes a folder deeper.
    while let Err(e) = disk::create_dir(&target) {
        if e.kind() != io::ErrorKind::AlreadyExists || n == 1000 {
            return Err(e);
        }
        n += 1;
        let deeper = fallback.join(n.to_string());
        disk::create_dirs(&deeper)?;
        target = deeper.join(&*name);
    }
    for (i, file) in FILES.iter().enumerate() {
        let mut file = disk::create_new(&target.join(file))?;
        let mut written = 0;
        while written < texts.text(i).len() {
            let bytes = texts.text(i).from(written)?;
            file.write_all(&bytes)?;
            written += bytes.len();
        }
        file.sync_all()?;
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
