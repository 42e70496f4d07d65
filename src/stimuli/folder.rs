//! The stimuli folder with its table: which file a stimulus is, and whether it can be used.
//! No path leaves the folder, by `..` or by a link. It draws nothing and keeps no pixels.

use super::decode::remark::{self, Remark};
use super::decode::{Decoded, Fault, PictureError, decode_file};
use super::derive;
use crate::ground::ports::{PictureSource, Pixels};
use crate::ground::recipe::{Made, Recipe};
use crate::ground::scene::StimulusId;
use crate::table::Table;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Threads that check pictures before a run: decoding keeps two cores busy and leaves a laptop usable.
const CHECKERS: usize = 2;

/// A folder of pictures with the table that names them.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Without links and dots, so that a prefix decides what lies inside.
    root: PathBuf,
    table: Table,
}

/// What checking pictures found, in the order in which they were asked for.
#[derive(Debug, Default)]
pub struct Checked {
    /// Pictures that cannot be used.
    pub problems: Vec<PictureError>,
    /// What an experimenter should know of pictures that can: one line for each kind of remark.
    pub notes: Vec<String>,
}

impl Folder {
    /// The folder `root` (where the files of the table are) with its table.
    ///
    /// # Errors
    /// When the folder does not exist or cannot be read.
    pub fn new(root: &Path, table: Table) -> Result<Folder, PictureError> {
        let root = canonical(root)?;
        Ok(Folder { root, table })
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The file of a stimulus, as an absolute path inside the folder.
    ///
    /// # Errors
    /// [`Fault::NotInTable`], [`Fault::Missing`], [`Fault::Outside`] or [`Fault::Unreadable`].
    pub fn path(&self, id: &StimulusId) -> Result<PathBuf, PictureError> {
        // A picture without a row is named by its file, as its extension tells.
        let by_file = || Path::new(&id.0).extension().is_some().then_some(&id.0);
        let named = self.table.rows.get(id).map(|row| &row.file).or_else(by_file);
        let named = Path::new(named.ok_or_else(|| Fault::NotInTable.of(Path::new(&id.0)))?);
        // Refused before the disk is touched, so that no error tells what lies outside.
        if !named.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
            return Err(Fault::Outside.of(named));
        }
        let path = canonical(&self.root.join(named))?;
        if !path.starts_with(&self.root) {
            return Err(Fault::Outside.of(named));
        }
        Ok(path)
    }

    /// Reads and decodes the picture of a stimulus.
    ///
    /// # Errors
    /// Any [`Fault`], with the file's name.
    pub fn decode(&self, id: &StimulusId) -> Result<Decoded, PictureError> {
        decode_file(&self.path(id)?)
    }

    /// Reads and decodes the picture that another one is made of, and makes it.
    ///
    /// # Errors
    /// Any [`Fault`], with the name of the original's file.
    pub fn make(&self, made: &Made) -> Result<Decoded, PictureError> {
        let path = self.path(&made.of)?;
        let Decoded { pixels, remarks } = decode_file(&path)?;
        let pixels = derive::apply(&made.recipe, pixels).map_err(|fault| fault.of(&path))?;
        Ok(Decoded { pixels, remarks })
    }

    /// Decodes every one of these pictures once, on two threads, and says what is wrong with which; also whether the
    /// pictures that are `made` of them can be. `progress` is called on this thread with how many are done, of how many.
    pub fn check_all<'a>(
        &self,
        ids: &[StimulusId],
        made: impl IntoIterator<Item = &'a Made>,
        mut progress: impl FnMut(usize, usize),
    ) -> Checked {
        let mut recipes: HashMap<&StimulusId, Vec<&Recipe>> = HashMap::new();
        for m in made {
            recipes.entry(&m.of).or_default().push(&m.recipe);
        }
        let recipes = &recipes;
        let next = AtomicUsize::new(0);
        let (found, results) = std::sync::mpsc::channel();
        let mut by_position: Vec<Option<Result<Vec<Remark>, PictureError>>> = Vec::new();
        by_position.resize_with(ids.len(), || None);
        std::thread::scope(|scope| {
            for _ in 0..CHECKERS.min(ids.len()) {
                let (found, next) = (found.clone(), &next);
                scope.spawn(move || {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(id) = ids.get(at) else { break };
                        let result = self.decode(id).and_then(|d| {
                            let (w, h) = (d.pixels.width, d.pixels.height);
                            let mut all = recipes.get(id).into_iter().flatten();
                            match all.try_for_each(|r| derive::possible(r, w, h)) {
                                Ok(()) => Ok(d.remarks),
                                Err(fault) => Err(fault.of(&self.path(id)?)),
                            }
                        });
                        // The receiver outlives the scope's threads.
                        let _ = found.send((at, result));
                    }
                });
            }
            drop(found);
            for (done, (at, result)) in results.iter().enumerate() {
                by_position[at] = Some(result);
                progress(done + 1, ids.len());
            }
        });
        let each = by_position.into_iter().map(|r| r.expect("each was given to a thread once"));
        Checked::of(ids.iter().zip(each))
    }
}

impl Checked {
    /// From what was found of each.
    fn of<'a>(
        each: impl Iterator<Item = (&'a StimulusId, Result<Vec<Remark>, PictureError>)>,
    ) -> Checked {
        let mut checked = Checked::default();
        let mut remarks: Vec<(&str, Remark)> = Vec::new();
        for (id, result) in each {
            match result {
                Ok(of_this) => remarks.extend(of_this.into_iter().map(|r| (id.0.as_str(), r))),
                Err(e) => checked.problems.push(e),
            }
        }
        checked.notes = remark::sum_up(remarks.iter().map(|(id, remark)| (*id, remark)));
        checked
    }
}

fn canonical(path: &Path) -> Result<PathBuf, PictureError> {
    path.canonicalize().map_err(|e| {
        match e.kind() {
            std::io::ErrorKind::NotFound => Fault::Missing,
            _ => Fault::Unreadable(e),
        }
        .of(path)
    })
}

impl PictureSource for Folder {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        self.decode(id).map(|d| d.pixels).map_err(|e| e.within(&self.root))
    }
}

/// A folder with the pictures that are made of its own. It remembers what was found when each file was first loaded, so that
/// none is decoded twice to be checked.
#[derive(Debug)]
pub struct Watched {
    folder: Arc<Folder>,
    made: IndexMap<StimulusId, Made>,
    found: Mutex<HashMap<StimulusId, Result<Vec<Remark>, PictureError>>>,
}

impl Watched {
    /// Watches a folder; pictures of these names are made.
    pub fn new(folder: Arc<Folder>, made: IndexMap<StimulusId, Made>) -> Watched {
        Watched { folder, made, found: Mutex::default() }
    }

    /// What was found of the files of those of these pictures that were loaded since the last call, in this order.
    pub fn take_checked(&self, ids: &[StimulusId]) -> Checked {
        // Whoever panicked left whole entries behind.
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        Checked::of(ids.iter().filter_map(|id| Some((id, found.remove(id)?))))
    }
}

impl PictureSource for Watched {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        let (file, decoded) = match self.made.get(id) {
            Some(made) => (&made.of, self.folder.make(made)),
            None => (id, self.folder.decode(id)),
        };
        let (pixels, found) = match decoded {
            Ok(decoded) => (Ok(decoded.pixels), Ok(decoded.remarks)),
            Err(e) => (Err(e.within(&self.folder.root)), Err(e)),
        };
        let mut known = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let first = known.entry(file.clone()).or_insert(Ok(Vec::new()));
        // A file that can be shown may still be too large for one of its recipes.
        if first.is_ok() {
            *first = found;
        }
        pixels
    }
}

#[cfg(test)]
mod tests;
