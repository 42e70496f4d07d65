//! Where the report goes: files that were not there before, in a folder named by the date unless they are named.

use crate::cli::args::TimingArgs;
use crate::cli::failure::Failure;
use crate::logger::disk;
use crate::report::timing::Report;
use std::path::{Path, PathBuf};

/// The folder of reports, where none is named.
const FOLDER: &str = "timing";

/// Files that will be written.
#[derive(Clone, Debug)]
pub struct Files {
    json: Option<PathBuf>,
    picture: Option<PathBuf>,
    out: Option<PathBuf>,
}

impl Files {
    /// Looks whether they can be written, as far as that can be seen before.
    pub fn new(args: &TimingArgs) -> Result<Files, Failure> {
        for file in [&args.json, &args.picture].into_iter().flatten() {
            if file.exists() {
                let text = format!("{} is there already", file.display());
                return Err(Failure::wrong(text).help("give another name, or move it away"));
            }
            let folder = file.parent().filter(|f| *f != Path::new(""));
            if let Some(folder) = folder.filter(|f| !f.is_dir()) {
                let text = format!("the folder {} is not there", folder.display());
                return Err(Failure::wrong(text).help("make it, or give another name"));
            }
        }
        let named = args.json.is_some() || args.picture.is_some();
        let out = args.out.clone().or_else(|| (!named).then(|| PathBuf::from(FOLDER)));
        if let Some(out) = out.as_ref().filter(|o| o.exists() && !o.is_dir()) {
            let text = format!("{} is no folder", out.display());
            return Err(Failure::wrong(text).help("give another with --out"));
        }
        Ok(Files { json: args.json.clone(), picture: args.picture.clone(), out })
    }

    /// Writes the report, and says where.
    pub fn write(&self, report: &Report) -> Result<(), Failure> {
        if let Some(out) = &self.out {
            let folder = new_folder(out, &report.measured.made)?;
            write_new(&folder.join("timing.txt"), &report.text())?;
            write_new(&folder.join("timing.json"), &report.json())?;
            write_new(&folder.join("timing.svg"), &report.picture())?;
            eprintln!("{}: timing.txt, timing.json, timing.svg", folder.display());
        }
        if let Some(file) = &self.json {
            write_new(file, &report.json())?;
            eprintln!("{}", file.display());
        }
        if let Some(file) = &self.picture {
            write_new(file, &report.picture())?;
            eprintln!("{}", file.display());
        }
        Ok(())
    }
}

/// A new folder named by date and time, as run folders are: `20260101T090000`.
fn new_folder(out: &Path, made: &str) -> Result<PathBuf, Failure> {
    let second = made.get(..19).unwrap_or(made);
    let name: String = second.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let folder = out.join(name);
    disk::create_dirs(out).map_err(|e| cannot(out, &e))?;
    disk::create_dir(&folder).map_err(|e| cannot(&folder, &e))?;
    Ok(folder)
}

fn write_new(file: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write;
    let written = disk::create_new(file).and_then(|mut f| f.write_all(text.as_bytes()));
    written.map_err(|e| cannot(file, &e))
}

fn cannot(path: &Path, e: &std::io::Error) -> Failure {
    Failure::wrong(format!("cannot write {}: {e}", path.display()))
        .help("give another place with --out, --json or --picture")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.json");
        write_new(&file, "first").unwrap();
        assert!(write_new(&file, "second").is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "first");
    }

    #[test]
    fn a_folder_of_one_second_is_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let made = "2026-01-01T09:00:00+00:00";
        let folder = new_folder(dir.path(), made).unwrap();
        assert_eq!(folder, dir.path().join("20260101T090000"));
        assert!(new_folder(dir.path(), made).is_err());
    }
}
