//! Files of a dataset that are written once: a file that is there with the same content is kept, one with
//! other content is an error, and a crash never leaves half a file under its name.

use super::error::ExportError;
use crate::ground::plain;
use crate::logger::disk;
use std::fs::File;
use std::io::{self, Read};
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
            match plain::read(&path, u64::MAX).map_err(plain::Unreadable::into_io) {
                Ok(old) if old == bytes => {}
                Ok(_) => return Err(ExportError::Differs(path)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => missing.push((relative, bytes)),
                Err(source) => return Err(ExportError::Io { path, source }),
            }
        }
        Ok(missing)
    }
}

/// Whether a folder is there and nothing is in it.
pub(super) fn is_empty_folder(path: &Path) -> bool {
    std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Whether a file that may be there has the content of another; none where it is not there. A part of each is in memory at
/// a time.
///
/// # Errors
/// The one that cannot be read, and why.
pub(super) fn is_same(there: &Path, other: &Path) -> Result<Option<bool>, (PathBuf, io::Error)> {
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |e| (path, e)
    };
    let mut a = match File::open(there) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(at(there)(e)),
    };
    let mut b = File::open(other).map_err(at(other))?;
    let (mut left, mut right) = (vec![0; PART], vec![0; PART]);
    loop {
        let n = fill(&mut a, &mut left).map_err(at(there))?;
        let m = fill(&mut b, &mut right).map_err(at(other))?;
        if left[..n] != right[..m] {
            return Ok(Some(false));
        }
        if n == 0 {
            return Ok(Some(true));
        }
    }
}

/// So many bytes are compared at a time.
const PART: usize = 64 * 1024;

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match file.read(&mut buffer[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(n)
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
    if let Err(e) = disk::write_new(&draft, bytes) {
        // A piece of a file helps nobody, and takes room that may be lacking.
        let _ = std::fs::remove_file(&draft);
        return Err(io(e));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_the_same_to_their_last_byte_or_not_at_all() {
        let room = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = room.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let long = vec![7; 3 * PART + 5];
        let a = file("a", &long);
        assert_eq!(is_same(&a, &file("b", &long)).unwrap(), Some(true));
        let mut other = long.clone();
        other[3 * PART + 4] = 8;
        assert_eq!(is_same(&a, &file("c", &other)).unwrap(), Some(false));
        assert_eq!(is_same(&a, &file("d", &long[..PART])).unwrap(), Some(false));
        assert_eq!(is_same(&file("e", b""), &file("f", b"")).unwrap(), Some(true));
        assert_eq!(is_same(&room.path().join("none"), &a).unwrap(), None);
        let (path, _) = is_same(&a, &room.path().join("none")).unwrap_err();
        assert!(path.ends_with("none"));
    }
}
