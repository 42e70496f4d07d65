//! `reframe stimuli`: making pictures, and sheets to look at them.

use super::args::{StimuliArgs, StimuliCommand};
use super::failure::{Exit, Failure};
use super::{load, progress};
use crate::stimuli::folder::Folder;
use crate::stimuli::make::{What, make, sheet};
use std::path::Path;

/// Runs the subcommand.
pub fn run(args: &StimuliArgs) -> Result<Exit, Failure> {
    match &args.command {
        StimuliCommand::Make { out, seed, only } => {
            let what = only.unwrap_or(What::All);
            let bar = progress::pictures("drawing pictures");
            let done = make(out, *seed, what, |n, of| progress::count(&bar, n, of));
            bar.finish_and_clear();
            let done = done.map_err(Failure::wrong)?;
            eprintln!(
                "{}: {} files made, {} were there already",
                out.display(),
                done.written,
                done.kept
            );
        }
        StimuliCommand::Sheet { table, out, by, across, size } => {
            let layout = sheet::Layout { by: by.clone(), across: *across, size: *size };
            let pictures = lay_out(table, out, &layout)?;
            eprintln!("{}: {pictures} pictures", out.display());
        }
    }
    Ok(Exit::Done)
}

/// Makes a contact sheet, and says how many pictures are on it.
fn lay_out(table: &Path, out: &Path, layout: &sheet::Layout) -> Result<usize, Failure> {
    // Told before hundreds of pictures are read; saving looks again.
    if out.exists() {
        let text = format!("{} is there already", out.display());
        return Err(Failure::wrong(text).help("give another name with --out, or move it away"));
    }
    let root = match table.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let folder = Folder::new(root, load::table(table)?).map_err(Failure::wrong)?;
    let bar = progress::pictures("reading pictures");
    let drawn = sheet::draw(&folder, layout, |n, of| progress::count(&bar, n, of));
    bar.finish_and_clear();
    sheet::save(&drawn.map_err(Failure::wrong)?, out).map_err(Failure::wrong)?;
    Ok(folder.table().rows.len())
}
