//! Are the pictures of a table there, inside their folder, and pictures of a size that can be shown? Only the
//! first bytes of each file are read; nothing is decoded.

use super::Table;
use crate::ground::scene::StimulusId;
use image::{ImageFormat, ImageReader};
use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The longest side of a picture, in pixels: what every graphics processor can hold.
pub const LONGEST_SIDE: u32 = 16_384;
/// The largest picture, in pixels.
pub const MOST_PIXELS: u64 = 64_000_000;

/// Why a picture cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileProblem {
    #[error("the stimuli folder \"{folder}\" cannot be opened: {why}; name a folder that exists")]
    NoFolder { folder: String, why: String },
    #[error("stimulus \"{id}\" is not in the table; add a row for it")]
    Unknown { id: StimulusId },
    #[error("the file \"{file}\" of stimulus \"{id}\" is missing; copy it into the stimuli folder")]
    Missing { id: StimulusId, file: String },
    #[error(
        "the file \"{file}\" of stimulus \"{id}\" cannot be read: {why}; check who may read it"
    )]
    Unreadable { id: StimulusId, file: String, why: String },
    #[error(
        "the file \"{file}\" of stimulus \"{id}\" lies outside of the stimuli folder; copy it there instead of linking"
    )]
    Outside { id: StimulusId, file: String },
    #[error("\"{file}\" of stimulus \"{id}\" is not a file; name a picture")]
    NotAFile { id: StimulusId, file: String },
    #[error("the file \"{file}\" of stimulus \"{id}\" is empty (0 bytes); copy it again")]
    Empty { id: StimulusId, file: String },
    #[error("the file \"{file}\" of stimulus \"{id}\" is neither PNG nor JPEG; convert it to PNG")]
    Format { id: StimulusId, file: String },
    #[error("the file \"{file}\" of stimulus \"{id}\" is damaged: {why}; copy it again")]
    Damaged { id: StimulusId, file: String, why: String },
    #[error(
        "the picture \"{file}\" of stimulus \"{id}\" has {width} x {height} pixels; make it smaller, at most \
         {LONGEST_SIDE} on a side and {MOST_PIXELS} in all"
    )]
    TooLarge { id: StimulusId, file: String, width: u32, height: u32 },
}

/// Looks at the files of the pictures that are used, each once, in the order given.
pub fn check_files<'a>(
    table: &Table,
    root: &Path,
    used: impl Iterator<Item = &'a StimulusId>,
) -> Vec<FileProblem> {
    let folder = match root.canonicalize() {
        Ok(folder) => folder,
        Err(e) => {
            let folder = root.display().to_string();
            return vec![FileProblem::NoFolder { folder, why: e.to_string() }];
        }
    };
    let mut seen = HashSet::new();
    used.filter(|id| seen.insert(*id))
        .filter_map(|id| check_file(table, &folder, id).err())
        .collect()
}

fn check_file(table: &Table, folder: &Path, id: &StimulusId) -> Result<(), FileProblem> {
    let id = id.clone();
    let Some(row) = table.rows.get(&id) else { return Err(FileProblem::Unknown { id }) };
    let file = row.file.clone();
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => FileProblem::Missing { id: id.clone(), file: file.clone() },
        _ => FileProblem::Unreadable { id: id.clone(), file: file.clone(), why: e.to_string() },
    };
    let path: PathBuf = folder.join(&file).canonicalize().map_err(unreadable)?;
    if !path.starts_with(folder) {
        return Err(FileProblem::Outside { id, file });
    }
    // Asked before it is opened: opening a pipe would wait for its writer.
    let about = path.metadata().map_err(unreadable)?;
    if !about.is_file() {
        return Err(FileProblem::NotAFile { id, file });
    }
    if about.len() == 0 {
        return Err(FileProblem::Empty { id, file });
    }
    let bytes = BufReader::new(File::open(&path).map_err(unreadable)?);
    let reader = ImageReader::new(bytes).with_guessed_format().map_err(unreadable)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(FileProblem::Format { id, file });
    }
    let (width, height) = reader.into_dimensions().map_err(|e| FileProblem::Damaged {
        id: id.clone(),
        file: file.clone(),
        why: e.to_string(),
    })?;
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > LONGEST_SIDE || pixels > MOST_PIXELS || pixels == 0 {
        return Err(FileProblem::TooLarge { id, file, width, height });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::diagnostic::Source;
    use crate::table::parse::parse;

    /// A table whose ids are the files' names without their endings.
    fn table(files: &[&str]) -> Table {
        let mut text = String::from("id\tfile\n");
        for f in files {
            text.push_str(&format!("{}\t{f}\n", f.split('.').next().unwrap()));
        }
        parse(&Source { path: "t.tsv".into(), text }).unwrap()
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(2, 3).write_to(&mut bytes, ImageFormat::Png).unwrap();
        let mut bytes = bytes.into_inner();
        // The IHDR chunk: length at 8, name at 12, width at 16, height at 20, checksum over name and data at 29.
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32fast::hash(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        bytes
    }

    fn fault(folder: &Path, file: &str) -> Option<FileProblem> {
        let table = table(&[file]);
        let ids: Vec<&StimulusId> = table.rows.keys().collect();
        check_files(&table, folder, ids.iter().copied().chain(ids.iter().copied())).pop()
    }

    #[test]
    fn each_fault_of_a_file_has_its_name() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("stimuli");
        std::fs::create_dir_all(folder.join("dir.png")).unwrap();
        let put = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
        put("good.png", &png(2, 3));
        put("zero.png", b"");
        put("text.png", b"this is no picture");
        put("gif.png", b"GIF89a\x01\x00\x01\x00\x00\x00\x00");
        put("cut.png", &png(2, 3)[..20]);
        put("wide.png", &png(LONGEST_SIDE + 1, 1));
        put("big.png", &png(9000, 9000));
        assert_eq!(fault(&folder, "good.png"), None);
        let name = |file: &str| format!("{:?}", fault(&folder, file).expect(file));
        for (file, kind) in [
            ("none.png", "Missing"),
            ("zero.png", "Empty"),
            ("text.png", "Format"),
            ("gif.png", "Format"),
            ("cut.png", "Damaged"),
            ("wide.png", "TooLarge"),
            ("big.png", "TooLarge"),
            ("dir.png", "NotAFile"),
        ] {
            assert!(name(file).starts_with(kind), "{file}: {}", name(file));
        }
        assert!(matches!(fault(&folder.join("no"), "a.png"), Some(FileProblem::NoFolder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_refused_and_one_within_is_followed() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("stimuli");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(outer.path().join("secret.png"), png(2, 2)).unwrap();
        std::fs::write(folder.join("real.png"), png(2, 2)).unwrap();
        std::os::unix::fs::symlink("../secret.png", folder.join("out.png")).unwrap();
        std::os::unix::fs::symlink("real.png", folder.join("in.png")).unwrap();
        assert!(matches!(fault(&folder, "out.png"), Some(FileProblem::Outside { .. })));
        assert_eq!(fault(&folder, "in.png"), None);
    }

    #[test]
    fn a_picture_that_the_table_lacks_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let found =
            check_files(&table(&["a.png"]), folder.path(), [&StimulusId("b".into())].into_iter());
        assert_eq!(found, [FileProblem::Unknown { id: StimulusId("b".into()) }]);
        assert!(found[0].to_string().contains("\"b\" is not in the table"));
    }
}
