//! Makes the pictures that are shipped, with their tables: scenes in two matched sets, schematic faces and simple
//! shapes, drawn by code alone, so that everything can be tried before a licensed set is at hand; and two cues to be heard. The same seed gives the same
//! bytes. It writes into the folder that it is given, and replaces nothing there.

mod brush;
pub(crate) mod canvas;
mod faces;
mod letters;
mod negative;
mod neutral;
mod norms;
mod scenes;
mod shapes;
pub mod sheet;
mod sounds;

use faces::Face;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use scenes::Scene;
use shapes::Shape;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// The seed of the pictures in the program's own `stimuli` folder.
pub const SHIPPED_SEED: u64 = 1;
/// Threads that draw: they keep two cores busy and leave a laptop usable.
const DRAWERS: usize = 2;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    All,
    Scenes,
    Faces,
    Shapes,
    Sounds,
}

impl FromStr for What {
    type Err = String;

    /// One kind, by its name.
    fn from_str(name: &str) -> Result<What, String> {
        match name {
            "scenes" => Ok(What::Scenes),
            "faces" => Ok(What::Faces),
            "shapes" => Ok(What::Shapes),
            "sounds" => Ok(What::Sounds),
            _ => Err("expected scenes, faces, shapes or sounds".into()),
        }
    }
}

/// A file that belongs into the stimuli folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Relative to the stimuli folder, with forward slashes.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Made {
    /// Pixels, row by row, as a small PNG file.
    fn png(pixels: &[u8], (width, height): (u32, u32), kind: ExtendedColorType) -> Vec<u8> {
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
            .write_image(pixels, width, height, kind)
            .expect("a picture of the right length is written to memory");
        bytes
    }
}

/// What [`make`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Files that are new.
    pub written: usize,
    /// Files that were there already, byte for byte.
    pub kept: usize,
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(
        "{count} of the files are there already and differ, the first of them {first:?}: \
         give another folder with --out, or move them away"
    )]
    Differs { first: PathBuf, count: usize },
    #[error("{0:?} is there already: give another name, or move it away")]
    Exists(PathBuf),
    #[error(
        "cannot write {path:?} ({source}): check that the folder can be written and the disk has room"
    )]
    Disk { path: PathBuf, source: io::Error },
}

/// Makes pictures with their tables and sounds, and puts them into the folder `out`.
/// Files that are there already with the same bytes are left alone.
/// `progress` is called on this thread with how many pictures are drawn, of how many.
///
/// # Errors
/// Before anything is written, when a file of one of the names is there and differs; and when the disk fails.
pub fn make(
    out: &Path,
    seed: u64,
    what: What,
    progress: impl FnMut(usize, usize),
) -> Result<Outcome, MakeError> {
    let mut new = Vec::new();
    let mut differing = Vec::new();
    let mut kept = 0;
    for made in files(seed, what, progress) {
        let path = out.join(&made.name);
        match fs::read(&path) {
            Ok(there) if there == made.bytes => kept += 1,
            Ok(_) => differing.push(path),
            Err(e) if e.kind() == io::ErrorKind::NotFound => new.push((path, made.bytes)),
            Err(source) => return Err(MakeError::Disk { path, source }),
        }
    }
    if let Some(first) = differing.first() {
        return Err(MakeError::Differs { first: first.clone(), count: differing.len() });
    }
    let written = new.len();
    for (path, bytes) in new {
        write_new(&path, &bytes).map_err(|source| MakeError::Disk { path, source })?;
    }
    Ok(Outcome { written, kept })
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (mut folder, mut options) = (fs::DirBuilder::new(), fs::OpenOptions::new());
    // Whether a picture of a set may be seen by everybody is not ours to say.
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o750);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    }
    if let Some(parent) = path.parent() {
        folder.recursive(true).create(parent)?;
    }
    let mut file = options.write(true).create_new(true).open(path)?;
    file.write_all(bytes)
}

/// All pictures and, last, their tables and the sounds.
fn files(seed: u64, what: What, progress: impl FnMut(usize, usize)) -> Vec<Made> {
    let with = |kind| what == kind || what == What::All;
    let (with_scenes, with_faces) = (with(What::Scenes), with(What::Faces));
    let (with_shapes, with_sounds) = (with(What::Shapes), with(What::Sounds));
    let scenes = scenes::scenes().filter(|_| with_scenes).map(Picture::Scene);
    let faces = faces::faces().filter(|_| with_faces).map(Picture::Face);
    let shapes = Shape::ALL.into_iter().filter(|_| with_shapes).map(Picture::Shape);
    let pictures: Vec<Picture> = scenes.chain(faces).chain(shapes).collect();
    let mut made = drawn(&pictures, seed, progress);
    if with_scenes {
        made.push(Made { name: scenes::TABLE.into(), bytes: scenes::table(seed).into_bytes() });
    }
    if with_faces {
        made.push(Made { name: faces::TABLE.into(), bytes: faces::table().into_bytes() });
    }
    if with_shapes {
        made.push(Made { name: shapes::TABLE.into(), bytes: shapes::table().into_bytes() });
    }
    made.extend(sounds::sounds().filter(|_| with_sounds));
    made
}

/// A picture, before it is drawn.
#[derive(Clone, Copy, Debug)]
enum Picture {
    Scene(Scene),
    Face(Face),
    Shape(Shape),
}

impl Picture {
    fn file(&self) -> String {
        match self {
            Picture::Scene(scene) => scene.file(),
            Picture::Face(face) => face.file(),
            Picture::Shape(shape) => shape.file(),
        }
    }

    fn draw(&self, seed: u64) -> Vec<u8> {
        match self {
            Picture::Scene(scene) => scene.draw(seed),
            Picture::Face(face) => face.draw(seed),
            Picture::Shape(shape) => shape.draw(),
        }
    }
}

/// Draws the pictures on a few threads, and gives them in their order.
fn drawn(pictures: &[Picture], seed: u64, mut progress: impl FnMut(usize, usize)) -> Vec<Made> {
    let next = AtomicUsize::new(0);
    let (give, results) = mpsc::channel();
    let mut made: Vec<Option<Made>> = vec![None; pictures.len()];
    std::thread::scope(|scope| {
        for _ in 0..DRAWERS {
            let (give, next) = (give.clone(), &next);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(picture) = pictures.get(at) else { break };
                    let done = Made { name: picture.file(), bytes: picture.draw(seed) };
                    // The receiver outlives the scope's threads.
                    let _ = give.send((at, done));
                }
            });
        }
        drop(give);
        for (count, (at, done)) in results.iter().enumerate() {
            made[at] = Some(done);
            progress(count + 1, pictures.len());
        }
    });
    made.into_iter().map(|m| m.expect("each position was given to a thread once")).collect()
}

#[cfg(test)]
mod tests;
