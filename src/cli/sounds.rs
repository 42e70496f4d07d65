//! The sounds of a run: looked at before anything is opened, and the device that they are played on.

use super::failure::Failure;
use super::load::Loaded;
use crate::plan::schema::SoundSource;
use std::collections::BTreeSet;
use std::path::Path;

#[cfg(feature = "gpu")]
mod played;

#[cfg(feature = "gpu")]
pub use played::{open, tones};

/// Looks at sound files, and says what may not be meant in them.
///
/// # Errors
/// All that cannot be played.
pub fn check<'a>(
    loaded: &Loaded,
    sounds: impl IntoIterator<Item = &'a SoundSource>,
) -> Result<Vec<String>, Failure> {
    let files = sounds.into_iter().filter_map(|s| match s {
        SoundSource::File(file) => Some(file.as_str()),
        SoundSource::Tone(_) => None,
    });
    let files: BTreeSet<&str> = files.collect();
    let folder = loaded.root.as_deref().unwrap_or(Path::new("."));
    let (mut warnings, mut problems) = (Vec::new(), Vec::new());
    for file in &files {
        match look(&folder.join(file)) {
            Ok(found) => warnings.extend(found.map(|warning| format!("{file} {warning}"))),
            Err(why) => problems.push(format!("error: {}: {why}\n", folder.join(file).display())),
        }
    }
    if problems.is_empty() {
        return Ok(warnings);
    }
    let text = format!("{} of {} sound files cannot be played", problems.len(), files.len());
    Err(Failure { problems: problems.concat(), ..Failure::wrong(text) })
}

#[cfg(feature = "audio")]
fn look(path: &Path) -> Result<Option<String>, String> {
    crate::audio::look(path)
}

#[cfg(not(feature = "audio"))]
fn look(path: &Path) -> Result<Option<String>, String> {
    use crate::ground::plain;
    plain::open(path, u64::MAX).map(|_| None).map_err(|e| format!("it {e}; {}", e.remedy()))
}
