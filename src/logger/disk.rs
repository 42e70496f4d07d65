//! The disk as the logger sees it: files that are created once and only grow. A small trait, so that tests
//! can fill it up or slow it down. It refuses to know what is written.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Where new files come from.
pub trait Disk: Send {
    /// Creates a file that did not exist before.
    ///
    /// # Errors
    /// Those of the system; an existing file is an error.
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
}

/// A file that only grows.
pub trait DiskFile: Send {
    /// Writes all bytes at the end, or fails; some of them may then be in the file.
    ///
    /// # Errors
    /// Those of the system.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Waits until everything written is on the disk itself.
    ///
    /// # Errors
    /// Those of the system.
    fn sync(&mut self) -> io::Result<()>;
    /// Takes back what a failed `append` left behind the first `len` bytes.
    ///
    /// # Errors
    /// Those of the system.
    fn cut(&mut self, len: u64) -> io::Result<()>;
    /// Whether this file is the one that stands at `path`; true where that cannot be known.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::NotFound`] where nothing stands there.
    fn is_at(&self, _path: &Path) -> io::Result<bool> {
        Ok(true)
    }
}

/// The disk of this computer. Files are for the user and the group only.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(create_new(path)?))
    }
}

impl DiskFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)?;
        // The next write must not leave a hole where the cut piece was.
        self.seek(SeekFrom::End(0)).map(|_| ())
    }
    #[cfg(unix)]
    fn is_at(&self, path: &Path) -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt;
        let (own, there) = (self.metadata()?, std::fs::symlink_metadata(path)?);
        Ok(own.nlink() > 0 && (own.dev(), own.ino()) == (there.dev(), there.ino()))
    }
}

/// Creates a file that must not exist, readable by user and group only.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Not opened for appending: Windows would not let such a file be cut.
    options.write(true).create_new(true);
    private_file(&mut options);
    options.open(path)
}

/// Opens a file for reading and appending, creating it for user and group only.
///
/// # Errors
/// Those of the system; something that is there and is no plain file is an error, since a pipe would be waited for.
pub(crate) fn open_append(path: &Path) -> io::Result<File> {
    if std::fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        let text = "it is not a plain file; take away what is there";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    private_file(&mut options);
    options.open(path)
}

/// Creates a folder and its parents; new ones are for user and group only.
pub(crate) fn create_dirs(path: &Path) -> io::Result<()> {
    dir_builder().recursive(true).create(path)
}

/// Creates one folder that must not exist, for user and group only.
pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    dir_builder().create(path)
}

/// Writes a whole file that must not exist, down to the disk.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the names in a folder survive a power cut. Systems that cannot do it are left alone.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn private_file(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o640);
}

#[cfg(not(unix))]
fn private_file(_options: &mut OpenOptions) {}

fn dir_builder() -> DirBuilder {
    #[allow(unused_mut)]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o750);
    builder
}
