//! A contact sheet: all pictures of a stimulus table, small, each with its id, so that a person can look at a set.
//! It knows tables and pixels, and writes one file that was not there before.

use super::{MakeError, letters, write_new};
use crate::ground::scene::StimulusId;
use crate::stimuli::decode::{MAX_SIDE, PictureError};
use crate::stimuli::folder::Folder;
use crate::table::{Stimulus, Table};
use image::imageops::{FilterType, overlay, resize};
use image::{ExtendedColorType, Rgb, RgbImage, RgbaImage};
use std::collections::HashMap;
use std::io;
use std::path::Path;

/// The ground of the sheet: the background of the tasks.
const GROUND: Rgb<u8> = Rgb([128; 3]);
/// Between pictures, and between a picture and its label, in pixels.
const GAP: u32 = 6;
/// Dots of the font, in pixels: ids, and the headings of groups.
const SMALL: u32 = 1;
const LARGE: u32 = 2;

/// How a sheet is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the table: pictures with the same values there stand together, under a heading.
    pub by: Vec<String>,
    /// Pictures side by side.
    pub across: u32,
    /// The longer side of each picture on the sheet, in pixels.
    pub size: u32,
}

/// Why no sheet was made.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    #[error("the table has no column {0:?}: name one of {1}")]
    Column(String, String),
    #[error(
        "the sheet would be {0} x {1} pixels, more than {MAX_SIDE} a side: use smaller pictures (--size) or fewer in a row (--across)"
    )]
    TooLarge(u64, u64),
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// Draws the sheet of all pictures of the folder's table, groups in the order in which they first come.
/// `progress` is called with how many pictures are done, of how many.
///
/// # Errors
/// When a column is not there, the sheet would be too large, or a picture cannot be read.
pub fn draw(
    folder: &Folder,
    layout: &Layout,
    mut progress: impl FnMut(usize, usize),
) -> Result<RgbImage, SheetError> {
    let groups = groups(folder.table(), &layout.by)?;
    let across = layout.across.max(1);
    let heading = if layout.by.is_empty() { 0 } else { LARGE * letters::HEIGHT + 2 * GAP };
    let lines = |count: usize| count.div_ceil(across as usize) as u32;
    let total: u32 = groups.iter().map(|g| lines(g.1.len())).sum();
    // Where each picture comes, for cells of this size: width and height of the sheet.
    let extent = |(wide, high): (u32, u32)| {
        let line = u64::from(high + 2 * GAP + SMALL * letters::HEIGHT);
        let headings = groups.len() as u64 * u64::from(heading);
        (
            u64::from(across) * u64::from(wide + GAP) + u64::from(GAP),
            u64::from(total) * line + headings + u64::from(GAP),
        )
    };
    let too_large = |(width, height): (u64, u64)| width.max(height) > u64::from(MAX_SIDE);
    // No picture is flatter than a strip of this height, so that a hopeless sheet is refused before reading.
    let least = extent((1, 1));
    if too_large(least) {
        return Err(SheetError::TooLarge(least.0, least.1));
    }
    let mut pictures = HashMap::new();
    let count = folder.table().rows.len();
    for (i, id) in folder.table().rows.keys().enumerate() {
        pictures.insert(id, thumbnail(folder, id, layout.size)?);
        progress(i + 1, count);
    }
    let most = |side: fn(&RgbImage) -> u32| pictures.values().map(side).max().unwrap_or(1);
    let cell = (most(RgbImage::width), most(RgbImage::height));
    let (width, height) = extent(cell);
    if too_large((width, height)) {
        return Err(SheetError::TooLarge(width, height));
    }
    let mut sheet = RgbImage::from_pixel(width as u32, height as u32, GROUND);
    let mut top = GAP;
    for (name, ids) in &groups {
        if heading > 0 {
            letters::write(&mut sheet, name, (GAP, top + GAP / 2), LARGE, width as u32 - GAP);
            top += heading;
        }
        for (i, id) in ids.iter().enumerate() {
            let (column, line) = (i as u32 % across, i as u32 / across);
            let x = GAP + column * (cell.0 + GAP);
            let y = top + line * (cell.1 + 2 * GAP + SMALL * letters::HEIGHT);
            let small = &pictures[id];
            let (dx, dy) = ((cell.0 - small.width()) / 2, (cell.1 - small.height()) / 2);
            overlay(&mut sheet, small, i64::from(x + dx), i64::from(y + dy));
            letters::write(&mut sheet, &id.0, (x, y + cell.1 + GAP / 2), SMALL, cell.0);
        }
        top += lines(ids.len()) * (cell.1 + 2 * GAP + SMALL * letters::HEIGHT);
    }
    Ok(sheet)
}

/// Writes a sheet as a new PNG file.
///
/// # Errors
/// When the file is there already, or the disk fails.
pub fn save(sheet: &RgbImage, path: &Path) -> Result<(), MakeError> {
    let bytes = super::Made::png(sheet, sheet.dimensions(), ExtendedColorType::Rgb8);
    write_new(path, &bytes).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => MakeError::Exists(path.to_path_buf()),
        _ => MakeError::Disk { path: path.to_path_buf(), source },
    })
}

/// The ids of each group with its heading. Without columns all pictures are one group.
fn groups(table: &Table, by: &[String]) -> Result<Vec<(String, Vec<StimulusId>)>, SheetError> {
    if let Some(missing) = by.iter().find(|c| !table.columns.contains(c)) {
        return Err(SheetError::Column(missing.clone(), table.columns.join(", ")));
    }
    let heading = |row: &Stimulus| {
        let parts: Vec<String> = by.iter().map(|c| format!("{c}={}", row.values[c])).collect();
        parts.join(" ")
    };
    let mut groups: indexmap::IndexMap<String, Vec<StimulusId>> = indexmap::IndexMap::new();
    for (id, row) in &table.rows {
        groups.entry(heading(row)).or_default().push(id.clone());
    }
    Ok(groups.into_iter().collect())
}

/// A picture on the sheet's ground, its longer side as long as told.
fn thumbnail(folder: &Folder, id: &StimulusId, size: u32) -> Result<RgbImage, PictureError> {
    let pixels = folder.decode(id)?.pixels;
    let picture = RgbaImage::from_raw(pixels.width, pixels.height, pixels.rgba)
        .expect("a decoded picture has four bytes a pixel");
    let scale = f64::from(size) / f64::from(picture.width().max(picture.height()));
    let side = |long: u32| ((f64::from(long) * scale).round() as u32).clamp(1, size);
    let small =
        resize(&picture, side(picture.width()), side(picture.height()), FilterType::Triangle);
    let on_ground = |x, y| {
        let [r, g, b, a] = small.get_pixel(x, y).0;
        let mix = |over: u8, under: u8| {
            ((u32::from(over) * u32::from(a) + u32::from(under) * (255 - u32::from(a))) / 255) as u8
        };
        Rgb([mix(r, GROUND.0[0]), mix(g, GROUND.0[1]), mix(b, GROUND.0[2])])
    };
    Ok(RgbImage::from_fn(small.width(), small.height(), on_ground))
}

#[cfg(test)]
mod tests;
