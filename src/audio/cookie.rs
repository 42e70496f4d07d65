//! The cookie of a PulseAudio server: a file of random bytes in the person's home that each program shows to the server. The
//! system's own library makes it where there is none; a server refuses programs that come without.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// How many bytes it has.
const LENGTH: usize = 256;

/// Makes the cookie where there is none anywhere that it is looked for; true where it was made.
pub fn make() -> bool {
    if pulseaudio::cookie_path_from_env().is_some() {
        return false;
    }
    let named = std::env::var_os("PULSE_COOKIE").map(PathBuf::from);
    let own = named.or_else(|| Some(std::env::home_dir()?.join(".config/pulse/cookie")));
    // A home that cannot be written to has no cookie, and is told of as a server that refuses.
    own.is_some_and(|path| write(&path).is_ok())
}

fn write(path: &Path) -> io::Result<()> {
    let mut bytes = [0; LENGTH];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_has_its_length_belongs_to_one_person_and_is_never_replaced() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(".config/pulse/cookie");
        write(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        assert_eq!(bytes.len(), LENGTH);
        assert!(bytes.iter().any(|b| *b != bytes[0]), "it is random");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(write(&path).is_err());
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}
