//! Files of a dataset that are written once: a file that is there with the same content is kept, one with
//! other content is an error, and a crash never leaves half a file under its name.

use super::error::ExportError;
use crate::logger::disk;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Files that are to be in a dataset, checked together and then written together.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    /// Relative to the dataset.
    planned: Vec<(PathBuf, Vec<u8>)>,
}

impl Files {
    pub fn add(&mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.planned.push((path.into(), bytes.into()));
    }

    /// The files that are not there yet.
    ///
    /// # Errors
    /// If one is there with other content.
    pub fn check(self, dataset: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, ExportError> {
        let mut missing = Vec::new();
        for (relative, bytes) in self.planned {
            let path = dataset.join(&relative);
            match std::fs::read(&path) {
                Ok(old) if old == bytes => {}
                Ok(_) => return Err(ExportError::Differs(path)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => missing.push((relative, bytes)),
                Err(source) => return Err(ExportError::Io { path, source }),
            }
        }
        Ok(missing)
    }
}

/// Writes a file under its name at once and whole.
///
/// # Errors
/// If it came to be in the meantime, or the disk fails.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let io = |source| ExportError::Io { path: path.into(), source };
    let parent = path.parent().expect("files of a dataset lie in it");
    disk::create_dirs(parent).map_err(io)?;
    let name = path.file_name().expect("files have names").to_string_lossy();
    let draft = parent.join(format!(".{name}.{}.part", std::process::id()));
    // One that bears our own number is left from a program that was killed.
    let _ = std::fs::remove_file(&draft);
    disk::write_new(&draft, bytes).map_err(io)?;
    // A link fails where the name is taken; a rename would replace what is there.
    let placed = match std::fs::hard_link(&draft, path) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
            std::fs::rename(&draft, path)
        }
        other => other,
    };
    // After a rename there is no draft.
    let _ = std::fs::remove_file(&draft);
    match placed {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            Err(ExportError::Differs(path.into()))
        }
        other => other.map_err(io),
    }
}

/// Whether a picture's file can stand in `stim_file`: BIDS takes few signs, and it must stay in its folder.
pub(super) fn is_stim_file(file: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"+/_-.".contains(&b);
    !file.is_empty()
        && file.bytes().all(plain)
        && !file.starts_with("stimuli/")
        && Path::new(file).components().all(|c| matches!(c, Component::Normal(_)))
}
