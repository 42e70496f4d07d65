//! Pictures made for a test, each of one colour of its own, and their tables: whoever sees a spot of the screen can say
//! which picture is on it.

use super::outsider::Seen;
use image::{ImageFormat, Rgb, RgbImage};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Values of red, green and blue; far enough apart to be told from each other whatever a driver rounds.
const LEVELS: [u8; 6] = [16, 56, 96, 136, 176, 216];
/// A picture is as it should be within so much.
const ROUNDED: u8 = 8;
/// How many colours there are: all but the greys, which the screen's ground could be.
pub const COLOURS: usize = 6 * 6 * 6 - 6;

/// A stimuli folder of its own.
pub struct Album {
    folder: TempDir,
    colours: HashMap<String, [u8; 3]>,
}

impl Album {
    /// A picture of so many pixels for each of these rows of a table: id, file and further cells. Where there are more than
    /// colours, these come again.
    pub fn new(table: &str, header: &str, rows: &[Vec<String>], size: (u32, u32)) -> Album {
        let folder = TempDir::new().unwrap();
        let mut colours = HashMap::new();
        let mut text = format!("{header}\n");
        for (i, row) in rows.iter().enumerate() {
            let file = folder.path().join(&row[1]);
            fs::create_dir_all(file.parent().expect("a folder")).unwrap();
            let picture = RgbImage::from_pixel(size.0, size.1, Rgb(colour(i)));
            picture.save_with_format(&file, ImageFormat::Png).unwrap();
            colours.insert(row[0].clone(), colour(i));
            text += &format!("{}\n", row.join("\t"));
        }
        fs::write(folder.path().join(table), text).unwrap();
        Album { folder, colours }
    }

    /// As a table that there is, with every picture replaced by one of these.
    pub fn like(table: &Path, size: (u32, u32)) -> Album {
        let text = fs::read_to_string(table).unwrap();
        let (header, rows) = text.split_once('\n').expect("a header");
        let rows: Vec<Vec<String>> =
            rows.lines().map(|l| l.split('\t').map(String::from).collect()).collect();
        assert!(rows.len() <= COLOURS, "more pictures than colours");
        let name = table.file_name().and_then(|n| n.to_str()).expect("a plain name");
        Album::new(name, header, &rows, size)
    }

    pub fn path(&self) -> &str {
        self.folder.path().to_str().expect("a plain path")
    }

    /// Whether a colour that was seen is that of a picture.
    pub fn is(&self, id: &str, seen: [u8; 3]) -> bool {
        let wanted = self.colours[id];
        wanted.iter().zip(seen).all(|(w, s)| w.abs_diff(s) <= ROUNDED)
    }

    /// Whether a colour that was seen is that of any picture.
    pub fn is_any(&self, seen: [u8; 3]) -> bool {
        self.colours.keys().any(|id| self.is(id, seen))
    }
}

/// The colour of the picture in this row.
fn colour(i: usize) -> [u8; 3] {
    let at = |n: usize| [n / 36, n / 6 % 6, n % 6].map(|l| LEVELS[l]);
    // The greys among them are every 43rd.
    let mut all = (0..216).map(at).filter(|c| c[0] != c[1] || c[1] != c[2]);
    // Neighbours in a table differ much.
    all.nth(i * 37 % COLOURS).expect("there are as many")
}

/// The colour that a line of the observer tells.
pub fn told(seen: &Seen) -> Option<[u8; 3]> {
    let digits = seen.what.strip_prefix('#')?;
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([r, g, b])
}

#[test]
fn every_picture_of_an_album_has_a_colour_of_its_own() {
    let all: std::collections::HashSet<[u8; 3]> = (0..COLOURS).map(colour).collect();
    assert_eq!(all.len(), COLOURS);
}
