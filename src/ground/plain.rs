//! Reading a file that somebody named, whole: plain files alone, up to a bound that is held before and while they are read.
//! What a name leads to is looked at first, so that no pipe is waited for and no device read without end. It knows nothing of
//! what is in them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// What is there instead of a plain file.
    #[error("is {0}")]
    NotPlain(&'static str),
    #[error("has {bytes} bytes, more than {most}")]
    TooLong { bytes: u64, most: u64 },
    #[error("cannot be read: {0}")]
    System(#[from] io::Error),
}

impl Unreadable {
    /// What helps.
    pub fn remedy(&self) -> &'static str {
        match self {
            Unreadable::NotPlain("a folder") => "name a file in it",
            Unreadable::NotPlain(_) => "save what it holds as a plain file, and name that",
            Unreadable::TooLong { .. } => "is this the right file?",
            Unreadable::System(e) => match e.kind() {
                io::ErrorKind::PermissionDenied => {
                    "give yourself the right to read it and to enter its folder"
                }
                // A link that leads to itself has no kind of its own yet.
                _ if is_loop(e) => "put the file itself there: the link leads in a circle",
                _ => "check the path and its spelling",
            },
        }
    }

    /// The same as an error of the system, for those who know only these.
    pub fn into_io(self) -> io::Error {
        match self {
            Unreadable::System(e) => e,
            Unreadable::NotPlain(_) => {
                io::Error::new(io::ErrorKind::InvalidInput, format!("it {self}; {}", self.remedy()))
            }
            Unreadable::TooLong { .. } => {
                io::Error::new(io::ErrorKind::FileTooLarge, format!("it {self}"))
            }
        }
    }
}

#[cfg(unix)]
fn is_loop(e: &io::Error) -> bool {
    e.raw_os_error() == Some(libc::ELOOP)
}

#[cfg(not(unix))]
fn is_loop(_e: &io::Error) -> bool {
    false
}

/// Opens a plain file of at most so many bytes, and says how many it has. Links are followed.
///
/// # Errors
/// There is none, it is something else or longer, or the system refuses.
pub fn open(path: &Path, most: u64) -> Result<(File, u64), Unreadable> {
    // Asked before opening, since opening a named pipe would wait for ever.
    plain(&std::fs::metadata(path)?, most)?;
    let file = File::open(path)?;
    let bytes = plain(&file.metadata()?, most)?;
    Ok((file, bytes))
}

/// Reads a plain file of at most so many bytes.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, Unreadable> {
    let (file, bytes) = open(path, most)?;
    let mut read = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
    file.take(most.saturating_add(1)).read_to_end(&mut read)?;
    // It may have grown.
    let bytes = read.len() as u64;
    if bytes > most { Err(Unreadable::TooLong { bytes, most }) } else { Ok(read) }
}

/// Reads a plain file of text.
///
/// # Errors
/// As [`open`]; and it is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String, Unreadable> {
    let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text");
    Ok(String::from_utf8(read(path, most)?).map_err(not_text)?)
}

/// How many bytes a plain file has.
fn plain(about: &std::fs::Metadata, most: u64) -> Result<u64, Unreadable> {
    if !about.is_file() {
        return Err(Unreadable::NotPlain(kind(about)));
    }
    let bytes = about.len();
    if bytes > most { Err(Unreadable::TooLong { bytes, most }) } else { Ok(bytes) }
}

fn kind(about: &std::fs::Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = about.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if about.is_dir() { "a folder" } else { "no plain file" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_files_are_read_up_to_their_bound_and_nothing_else_is() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("a");
        std::fs::write(&file, "abc").unwrap();
        assert_eq!(read(&file, 3).unwrap(), b"abc");
        assert_eq!(read_text(&file, 3).unwrap(), "abc");
        let error = read(&file, 2).unwrap_err();
        assert_eq!(error.to_string(), "has 3 bytes, more than 2");
        let error = read(room.path(), 3).unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.remedy()),
            ("is a folder", "name a file in it")
        );
        let gone = read(&room.path().join("b"), 3).unwrap_err();
        assert!(matches!(&gone, Unreadable::System(e) if e.kind() == io::ErrorKind::NotFound));
        assert_eq!(gone.into_io().kind(), io::ErrorKind::NotFound);
        std::fs::write(&file, b"\xff").unwrap();
        assert!(read_text(&file, 3).unwrap_err().to_string().contains("not UTF-8"));
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_links_in_a_circle_are_named_and_not_waited_for() {
        let room = tempfile::tempdir().unwrap();
        let link = room.path().join("link");
        std::os::unix::fs::symlink("link", &link).unwrap();
        assert!(read(&link, 3).unwrap_err().remedy().contains("circle"));
        let error = read(Path::new("/dev/zero"), 3).unwrap_err();
        assert_eq!(error.to_string(), "is a device");
    }
}
