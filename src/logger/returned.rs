//! What was rescued comes back into its run folder, so that the folder is the whole truth again: nobody need look in two
//! places, back up two, or take the part for the whole. Nothing is replaced: what the failed disk had kept stands beside it.

use super::disk;
use super::journal::FILES;
use super::rundir::GIVEN_FILES;
use crate::ground::plain;
use std::io;
use std::path::{Path, PathBuf};

/// The largest file that comes back, in bytes.
const MOST: u64 = 4 << 30;

/// Brings the files of a fall-back folder into the run folder that it stands for, which may be gone. The journal comes last:
/// until it is there, whoever looks finds that something is still to be brought back.
///
/// # Errors
/// Those of the system; a file of the run folder that is no beginning of the rescued one, which is left alone.
pub fn bring_back(rescued: &Path, run: &Path) -> io::Result<()> {
    disk::create_dirs(run)?;
    for name in GIVEN_FILES {
        let Some(bytes) = read(&rescued.join(name))? else { continue };
        if read(&run.join(name))?.is_none() {
            place(&run.join(name), &bytes)?;
        }
    }
    for name in FILES.iter().rev() {
        let Some(bytes) = read(&rescued.join(name))? else { continue };
        let own = run.join(name);
        match read(&own)? {
            Some(there) if there == bytes => {}
            Some(there) if is_beginning(&there, &bytes) => {
                std::fs::rename(&own, aside(&own))?;
                place(&own, &bytes)?;
            }
            Some(_) => {
                let text = format!(
                    "{} is not a part of what was rescued to {}; keep both folders",
                    own.display(),
                    rescued.display()
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            None => place(&own, &bytes)?,
        }
    }
    disk::sync_dir(run)
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match plain::read(path, MOST).map_err(plain::Unreadable::into_io) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Whether a file is the other's up to its last whole line; behind that may stand a torn one.
fn is_beginning(part: &[u8], whole: &[u8]) -> bool {
    let lines = part.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    whole.starts_with(&part[..lines])
}

/// A free name beside a file for what the disk had kept of it: `journal-cut-off.jsonl`.
fn aside(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let mut names = (1..).map(|n| match n {
        1 => format!("{stem}-cut-off.{ending}"),
        n => format!("{stem}-cut-off-{n}.{ending}"),
    });
    let free = names.find(|name| !path.with_file_name(name).exists());
    path.with_file_name(free.expect("names without end"))
}

/// Puts a file under its name, at once and whole.
fn place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    // One that bears our own number is left from a program that was killed.
    let _ = std::fs::remove_file(&draft);
    let written = disk::write_new(&draft, bytes).and_then(|()| match path.exists() {
        false => std::fs::rename(&draft, path),
        true => Err(io::ErrorKind::AlreadyExists.into()),
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A rescued folder and a run folder with these journals.
    fn room(rescued: &str, own: Option<&str>) -> (tempfile::TempDir, PathBuf, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("rescued"), dir.path().join("sub-01/run"));
        fs::create_dir_all(&from).unwrap();
        fs::write(from.join("journal.jsonl"), rescued).unwrap();
        fs::write(from.join("plan.json"), "{}").unwrap();
        fs::write(from.join("run-folder.txt"), "x").unwrap();
        if let Some(own) = own {
            fs::create_dir_all(&to).unwrap();
            fs::write(to.join("journal.jsonl"), own).unwrap();
            fs::write(to.join("plan.json"), "{}").unwrap();
        }
        (dir, from, to)
    }

    fn names(folder: &Path) -> Vec<String> {
        let all = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name());
        let mut names: Vec<_> = all.map(|n| n.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_whole_comes_into_the_folder_and_the_part_is_kept_beside_it() {
        let (_dir, from, to) = room("a\nb\nc\n", Some("a\nb"));
        bring_back(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("journal.jsonl")).unwrap(), "a\nb\nc\n");
        assert_eq!(fs::read_to_string(to.join("journal-cut-off.jsonl")).unwrap(), "a\nb");
        // A second time there is nothing to do.
        bring_back(&from, &to).unwrap();
        assert_eq!(names(&to), ["journal-cut-off.jsonl", "journal.jsonl", "plan.json"]);
        assert!(from.join("journal.jsonl").exists(), "the copy stays where it is");
    }

    #[test]
    fn a_folder_that_is_gone_comes_again_whole() {
        let (_dir, from, to) = room("a\n", None);
        bring_back(&from, &to).unwrap();
        assert_eq!(names(&to), ["journal.jsonl", "plan.json"]);
    }

    #[test]
    fn what_is_no_part_of_it_is_left_alone() {
        let (_dir, from, to) = room("a\nb\n", Some("a\nx\n"));
        let error = bring_back(&from, &to).unwrap_err();
        assert!(error.to_string().contains("keep both folders"), "{error}");
        assert_eq!(fs::read_to_string(to.join("journal.jsonl")).unwrap(), "a\nx\n");
        assert_eq!(names(&to), ["journal.jsonl", "plan.json"]);
    }

    #[test]
    fn one_that_was_begun_and_cut_off_is_gone_on_with() {
        // Killed between setting the part aside and putting the whole in its place.
        let (_dir, from, to) = room("a\nb\n", Some("a\n"));
        fs::rename(to.join("journal.jsonl"), to.join("journal-cut-off.jsonl")).unwrap();
        bring_back(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("journal.jsonl")).unwrap(), "a\nb\n");
    }
}
