//! The sounds of a run: looked at before anything is opened, and the device that they are played on.

use super::failure::Failure;
use super::load::Loaded;
use crate::plan::schema::{RunPlan, SoundSource};
use indexmap::IndexMap;
use loud::Size;
use std::collections::BTreeMap;
use std::path::Path;

mod loud;
#[cfg(feature = "gpu")]
mod played;

#[cfg(feature = "gpu")]
pub use played::{open, tones};

/// The amplitude of a tone.
const TONE: f64 = 0.5;

/// Looks at the sounds of a plan, and says what may not be meant in them: in their files, and where they come together.
///
/// # Errors
/// All that cannot be played.
pub fn check(
    loaded: &Loaded,
    sounds: &IndexMap<String, SoundSource>,
    plan: Option<&RunPlan>,
) -> Result<Vec<String>, Failure> {
    let folder = loaded.root.as_deref().unwrap_or(Path::new("."));
    let (mut warnings, mut problems) = (Vec::new(), Vec::new());
    let mut files: BTreeMap<&str, Option<Size>> = BTreeMap::new();
    let mut sizes = IndexMap::new();
    for (name, source) in sounds {
        let size = match source {
            SoundSource::Tone(tone) => Some(Size { duration: tone.duration, peak: TONE }),
            SoundSource::File(file) => *files.entry(file).or_insert_with(|| {
                let path = folder.join(file);
                let looked = look(&path);
                let wrong = |why| problems.push(format!("error: {}: {why}\n", path.display()));
                let looked = looked.map_err(wrong).ok()?;
                warnings.extend(looked.1.map(|warning| format!("{file} {warning}")));
                looked.0
            }),
        };
        sizes.extend(size.map(|size| (name.clone(), size)));
    }
    if problems.is_empty() {
        warnings.extend(plan.iter().flat_map(|plan| loud::warnings(plan, &sizes)));
        return Ok(warnings);
    }
    let text = format!("{} of {} sound files cannot be played", problems.len(), files.len());
    Err(Failure { problems: problems.concat(), ..Failure::wrong(text) })
}

/// What a file is like, where sounds can be read, and what may not be meant in it.
type Looked = (Option<Size>, Option<String>);

#[cfg(feature = "audio")]
fn look(path: &Path) -> Result<Looked, String> {
    let found = crate::audio::look(path)?;
    Ok((Some(Size { duration: found.duration, peak: found.peak }), found.warning))
}

#[cfg(not(feature = "audio"))]
fn look(path: &Path) -> Result<Looked, String> {
    use crate::ground::plain;
    plain::open(path, u64::MAX).map(|_| (None, None)).map_err(|e| format!("it {e}; {}", e.remedy()))
}
