//! Where data go: whether there is room, and whether it is this PC's own disk.
#![cfg_attr(target_os = "linux", allow(unsafe_code))]

use super::Finding;
use std::path::Path;

/// With less than this, in bytes, a day of runs may not fit.
const LITTLE: u64 = 1_000_000_000;
/// With less than this one run may not fit, with its pictures.
const VERY_LITTLE: u64 = 200_000_000;

/// File systems that are elsewhere, by the numbers of linux/magic.h: NFS, SMB, CIFS, SMB2, FUSE.
const ELSEWHERE: [u32; 5] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546];

pub fn look(data: &Path) -> Vec<Finding> {
    // The folder may not be there yet: its disk is that of the nearest one that is.
    let absolute = std::path::absolute(data).unwrap_or_else(|_| data.to_path_buf());
    let there = absolute.ancestors().find(|p| p.is_dir()).unwrap_or(Path::new("/"));
    let mut found = Vec::new();
    if std::fs::metadata(there).is_ok_and(|m| m.permissions().readonly()) {
        let text = format!("{} cannot be written", there.display());
        found.push(Finding::missing(text, "choose another folder with --data"));
    }
    if let Some((free, kind)) = file_system(there) {
        found.push(room(data, free));
        found.extend(elsewhere(data, kind));
    }
    found
}

/// What to say before a run where its disk may fill up: below 200 MB.
pub fn little_room(data: &Path) -> Option<String> {
    let absolute = std::path::absolute(data).ok()?;
    let there = absolute.ancestors().find(|p| p.is_dir())?;
    let (free, _) = file_system(there)?;
    (free < VERY_LITTLE).then(|| {
        format!(
            "only {} are free for {}: make room, or choose another folder with --data",
            size(free),
            data.display()
        )
    })
}

/// Bytes in words.
fn size(bytes: u64) -> String {
    match bytes < LITTLE {
        true => format!("{:.1} MB", bytes as f64 / 1e6),
        false => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

fn room(data: &Path, free: u64) -> Finding {
    let text = format!("{} are free for {}", size(free), data.display());
    match free < LITTLE {
        true => Finding::warning(text, "make room, or choose another folder with --data"),
        false => Finding::ok(text),
    }
}

fn elsewhere(data: &Path, kind: u32) -> Option<Finding> {
    ELSEWHERE.contains(&kind).then(|| {
        Finding::warning(
            format!("{} may be on another computer, and wait for the network", data.display()),
            "record on this PC's own disk, and copy afterwards",
        )
    })
}

/// Free bytes and the kind of the file system of a folder.
#[cfg(target_os = "linux")]
fn file_system(folder: &Path) -> Option<(u64, u32)> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let mut told = std::mem::MaybeUninit::<libc::statfs>::zeroed();
    // SAFETY: the path ends in zero and the struct is writable for the call, which fills it where it succeeds.
    let rc = unsafe { libc::statfs(path.as_ptr(), told.as_mut_ptr()) };
    // SAFETY: zeroed memory is a valid struct of numbers, filled or not.
    let told = unsafe { told.assume_init() };
    #[allow(clippy::unnecessary_cast)]
    (rc == 0).then(|| (told.f_bavail as u64 * told.f_bsize as u64, told.f_type as u32))
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
fn file_system(_: &Path) -> Option<(u64, u32)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn little_room_and_a_disk_elsewhere_are_warnings() {
        let data = Path::new("logs");
        assert_eq!(room(data, 5_000_000_000).state, State::Ok);
        assert_eq!(room(data, 100).state, State::Warning);
        assert!(elsewhere(data, 0xff53_4d42).is_some());
        assert_eq!(elsewhere(data, 0xef53), None);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_that_is() {
        let room = tempfile::tempdir().unwrap();
        let found = look(&room.path().join("not/yet/there"));
        assert!(found.iter().all(|f| f.state != State::Missing), "{found:?}");
        assert_eq!(found.is_empty(), cfg!(not(target_os = "linux")));
    }
}
