//! The pictures of a run that may be shared. They are kept with the raw record when a run begins, so that its
//! files can be made again after a crash, on any computer, with the pictures that were really shown. No path of
//! a computer is kept.

use super::dataset::folder_of;
use super::error::ExportError;
use super::files::{is_same, put};
use super::rows::Timeline;
use super::run::Run;
use crate::ground::plain;
use crate::ground::scene::StimulusId;
use crate::logger::rundir;
use crate::plan::schema::RunPlan;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// The largest picture that is kept, in bytes; no larger one can be shown.
const MOST: u64 = 256 << 20;

/// Files of those of these pictures that may be shared, each once.
fn shared<'a>(
    plan: &'a RunPlan,
    ids: impl Iterator<Item = &'a StimulusId>,
) -> BTreeSet<&'a String> {
    ids.filter_map(|id| plan.pictures.get(id)).filter(|p| p.share).map(|p| &p.file).collect()
}

/// Where a dataset keeps the pictures that its runs began with.
fn kept(source: &Path) -> PathBuf {
    source.join("stimuli")
}

/// Whether a run of this plan can begin with the pictures in `root`: the dataset holds no others by their names.
/// Nothing is written, and no more is read than there is to compare; whether the rest can be read is for who shows it.
///
/// # Errors
/// [`ExportError::OtherPicture`], or a picture that cannot be read.
pub fn check_pictures(plan: &RunPlan, data: &Path, root: Option<&Path>) -> Result<(), ExportError> {
    not_kept(plan, data, root).map(|_| ())
}

/// Keeps the pictures of a run that begins. Call it when the run folder is there.
///
/// # Errors
/// Those of [`check_pictures`], and those of the system.
pub fn keep_pictures(plan: &RunPlan, data: &Path, root: Option<&Path>) -> Result<(), ExportError> {
    let _lock = rundir::lock(data)
        .map_err(|source| ExportError::Io { path: rundir::source_folder(data), source })?;
    let folder = kept(&rundir::source_folder(data));
    for (file, path) in not_kept(plan, data, root)? {
        // One at a time: all of them may be more than there is memory for.
        let bytes =
            plain::read(&path, MOST).map_err(|e| ExportError::Io { path, source: e.into_io() })?;
        put(&folder.join(file), &bytes)?;
    }
    Ok(())
}

/// The pictures that are not kept yet: their names, and where they are.
fn not_kept<'a>(
    plan: &'a RunPlan,
    data: &Path,
    root: Option<&Path>,
) -> Result<Vec<(&'a String, PathBuf)>, ExportError> {
    let Some(root) = root else { return Ok(Vec::new()) };
    let own = kept(&rundir::source_folder(data));
    let mut missing = Vec::new();
    let all = plan.phases().filter_map(|p| p.row.as_ref()?.picture.as_ref());
    for file in shared(plan, all) {
        let path = root.join(file);
        // The export would find out that the first has another, but then the run would be over.
        for place in [&data.join("stimuli"), &own] {
            let there = place.join(file);
            match is_same(&there, &path)
                .map_err(|(path, source)| ExportError::Io { path, source })?
            {
                Some(false) => {
                    return Err(ExportError::OtherPicture { path: there, root: root.into() });
                }
                Some(true) => {}
                None if *place == own => missing.push((file, path.clone())),
                None => {}
            }
        }
    }
    Ok(missing)
}

/// The pictures that were shown in rows, with their bytes: as they were kept, or else from `root`. Those that are
/// in the dataset already are left there where there is nothing to compare them with.
pub(super) fn shown(
    run: &Run,
    time: &Timeline<'_>,
    dataset: &Path,
    root: Option<&Path>,
) -> Result<BTreeMap<String, Vec<u8>>, ExportError> {
    let own = folder_of(&run.folder, &run.name).map(|data| rundir::source_folder(&data));
    let places: Vec<PathBuf> = own
        .into_iter()
        .chain([rundir::source_folder(dataset)])
        .map(|source| kept(&source))
        .chain(root.map(Path::to_path_buf))
        .collect();
    let mut found = BTreeMap::new();
    let there = time.rows.iter().filter_map(|r| r.picture(&run.plan));
    for file in shared(&run.plan, there) {
        if let Some(bytes) = first(&places, file)? {
            found.insert(file.clone(), bytes);
        } else if !dataset.join("stimuli").join(file).is_file() {
            let (file, root) = (file.clone(), root.map(Path::to_path_buf));
            return Err(ExportError::NoPicture { file, root, run: run.folder.clone() });
        }
    }
    Ok(found)
}

fn first(places: &[PathBuf], file: &str) -> Result<Option<Vec<u8>>, ExportError> {
    for path in places.iter().map(|p| p.join(file)) {
        match plain::read(&path, MOST).map_err(plain::Unreadable::into_io) {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(ExportError::Io { path, source }),
        }
    }
    Ok(None)
}
