//! Where the figure goes: two files that were not there before, of one name.

use crate::cli::failure::Failure;
use crate::logger::disk;
use crate::storyboard::figure::Figure;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Files that will be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    svg: PathBuf,
    png: PathBuf,
}

impl Files {
    /// Looks whether they can be written, as far as that can be seen before.
    pub fn new(out: Option<&Path>, task: &str) -> Result<Files, Failure> {
        let files = Files::named(out, task)?;
        for file in [&files.svg, &files.png] {
            if file.exists() {
                let text = format!("{} is there already", file.display());
                return Err(
                    Failure::wrong(text).help("give another name with --out, or move it away")
                );
            }
        }
        let folder = files.svg.parent().filter(|f| *f != Path::new(""));
        if let Some(folder) = folder.filter(|f| !f.is_dir()) {
            let text = format!("the folder {} is not there", folder.display());
            return Err(Failure::wrong(text).help("make it, or give another name with --out"));
        }
        Ok(files)
    }

    fn named(out: Option<&Path>, task: &str) -> Result<Files, Failure> {
        let svg = match out {
            None => PathBuf::from(format!("{task}-storyboard.svg")),
            Some(out) => {
                let ending = out.extension().map(|e| e.to_ascii_lowercase());
                if !ending.is_some_and(|e| e == "svg" || e == "png") {
                    let text = format!("{} ends in neither .svg nor .png", out.display());
                    return Err(Failure::wrong(text)
                        .help("name one of the two files, as in --out figure.svg"));
                }
                out.with_extension("svg")
            }
        };
        Ok(Files { png: svg.with_extension("png"), svg })
    }

    /// Writes the figure, and says where.
    pub fn write(&self, figure: &Figure) -> Result<(), Failure> {
        write_new(&self.svg, figure.svg.as_bytes())?;
        write_new(&self.png, &figure.png)?;
        let (svg, png) = (self.svg.display(), self.png.display());
        eprintln!("{svg}, {png}: {} x {} pixels", figure.width, figure.height);
        Ok(())
    }
}

fn write_new(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = disk::create_new(file).and_then(|mut f| f.write_all(bytes));
    written.map_err(|e| {
        Failure::wrong(format!("cannot write {}: {e}", file.display()))
            .help("give another place with --out")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_name_gives_both_files() {
        let named = |out: &str| Files::named(Some(Path::new(out)), "task").unwrap();
        let both = Files { svg: "a/f.svg".into(), png: "a/f.png".into() };
        assert_eq!([named("a/f.svg"), named("a/f.png")], [both.clone(), both]);
        assert_eq!(Files::named(None, "task").unwrap().png, Path::new("task-storyboard.png"));
    }

    #[test]
    fn another_ending_is_refused() {
        for out in ["figure.pdf", "figure", "figure.v2"] {
            assert!(Files::named(Some(Path::new(out)), "task").is_err(), "{out}");
        }
    }
}
