//! Makes the placeholder scenes that are shipped, with their table: two matched sets, drawn by code alone, so
//! that everything can be tried before a licensed set is at hand. The same seed gives the same bytes.
//! It writes into the folder that it is given, and replaces nothing there.

mod brush;
mod canvas;
mod negative;
mod neutral;
mod norms;

use brush::Brush;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use norms::Norms;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The seed of the scenes in the program's own `stimuli` folder.
pub const SHIPPED_SEED: u64 = 1;
/// The name of the table among the files.
pub const TABLE: &str = "scenes.tsv";

const COLUMNS: &str =
    "id\tfile\tshare\tset\tvalence\thalf\ttheme\tvalence_mean\tarousal_mean\tnorms\n";

/// A file that belongs into the stimuli folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Relative to the stimuli folder, with forward slashes.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What [`make`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Files that are new.
    pub written: usize,
    /// Files that were there already, byte for byte.
    pub kept: usize,
}

/// Why scenes were not made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(
        "{count} of the files are there already and differ, the first of them {first:?}: \
         give another folder with --out, or move them away"
    )]
    Differs { first: PathBuf, count: usize },
    #[error(
        "cannot write {path:?} ({source}): check that the folder can be written and the disk has room"
    )]
    Disk { path: PathBuf, source: io::Error },
}

/// Makes all scenes and their table, and puts them into the folder `out`.
/// Files that are there already with the same bytes are left alone.
///
/// # Errors
/// Before anything is written, when a file of one of the names is there and differs; and when the disk fails.
pub fn make(out: &Path, seed: u64) -> Result<Outcome, MakeError> {
    let mut new = Vec::new();
    let mut differing = Vec::new();
    let mut kept = 0;
    for made in files(seed) {
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
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)
}

/// All scenes and, last, their table.
pub fn files(seed: u64) -> Vec<Made> {
    let mut made: Vec<Made> =
        scenes().map(|s| Made { name: s.file(), bytes: s.draw(seed) }).collect();
    made.push(Made { name: TABLE.into(), bytes: table(seed).into_bytes() });
    made
}

/// The stimulus table, tab-separated, one row a scene.
fn table(seed: u64) -> String {
    let norms = Norms::new(seed);
    let mut table = String::from(COLUMNS);
    for scene in scenes() {
        let (id, file, kind, theme) = (scene.id(), scene.file(), scene.kind(), scene.theme.0);
        let (valence, arousal) = norms.of(&scene);
        writeln!(
            table,
            "{id}\t{file}\tyes\t{}\t{kind}\t{}\t{theme}\t{valence:.2}\t{arousal:.2}\tplaceholder",
            scene.set, scene.half
        )
        .expect("writing to a string cannot fail");
    }
    table
}

/// The name of a theme, and what draws its scenes.
type Theme = (&'static str, fn(&mut Brush));

/// One scene, before it is drawn.
#[derive(Clone, Copy, Debug)]
struct Scene {
    set: char,
    /// 1 or 2 for negative scenes, 0 for neutral ones.
    half: usize,
    /// Position of the theme among those of its kind, from 0.
    position: usize,
    theme: Theme,
}

impl Scene {
    fn is_negative(&self) -> bool {
        self.half > 0
    }

    fn kind(&self) -> &'static str {
        if self.is_negative() { "negative" } else { "neutral" }
    }

    /// `A_neg_01`: negative scenes count through the first half, then the second.
    fn id(&self) -> String {
        let before = self.half.saturating_sub(1) * negative::THEMES.len();
        let kind = if self.is_negative() { "neg" } else { "neu" };
        format!("{}_{kind}_{:02}", self.set, before + self.position + 1)
    }

    fn file(&self) -> String {
        format!("scenes/{}.png", self.id())
    }

    /// Which of its theme's scenes this is: 0 to 3.
    fn variant(&self) -> usize {
        let set = usize::from(self.set == 'B');
        if self.is_negative() { set * 2 + self.half - 1 } else { set }
    }

    fn draw(&self, seed: u64) -> Vec<u8> {
        let mut brush = Brush::new(seed, &self.id(), self.variant());
        (self.theme.1)(&mut brush);
        let picture = brush.into_picture();
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
            .write_image(&picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
            .expect("a picture of the right length is written to memory");
        bytes
    }
}

/// Every scene, in the order of the table.
fn scenes() -> impl Iterator<Item = Scene> {
    let halves: [(usize, &'static [Theme]); 3] =
        [(0, &neutral::THEMES), (1, &negative::THEMES), (2, &negative::THEMES)];
    ['A', 'B'].into_iter().flat_map(move |set| {
        halves.into_iter().flat_map(move |(half, themes)| {
            let each = themes.iter().enumerate();
            each.map(move |(position, &theme)| Scene { set, half, position, theme })
        })
    })
}

#[cfg(test)]
mod tests;
